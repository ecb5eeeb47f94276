/**
 * Answers: may this person work this position, today, and could they on 3 March?
 *
 * Owns: what the answer is, when it is computed, and what it was at any past instant. Words: a *case* is what is to be judged of
 * one worker. Promises: what a change touches is answered for anew at once, and nobody else; the answer about a past instant is
 * the one that was given then, whatever was changed, deleted or upgraded since; what could not be read satisfies nothing.
 */
export {
  eachAnswer,
  listAnswers,
  listAnswersAsOf,
  workerAnswer,
  type AnsweredWorker,
  type AnswerList,
  type AnswerPage,
  type AnswerResource,
} from './answers.ask.ts'
export { assertPosition, simulatePosition } from './answers.simulate.ts'
export { answersJob, bringAnswersUpToDate, followPositions, followWorkers } from './answers.recompute.ts'
