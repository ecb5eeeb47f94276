/** When answers are computed: after what changes them, and on the day on which time does. */
import type { JobDefinition, ListenerDefinition } from '../../platform/runtime.ts'
import { answersJob, bringAnswersUpToDate, followPositions, followWorkers } from './answers.ts'

export const answerJobs: readonly JobDefinition[] = [
  {
    kind: answersJob,
    run: (runtime, { organisationId }) => bringAnswersUpToDate(runtime, organisationId),
  },
]

export const answerListeners: readonly ListenerDefinition[] = [
  {
    name: 'compliance.answers.imports',
    types: ['import.completed'],
    run: (runtime, { organisationId }) => bringAnswersUpToDate(runtime, organisationId),
  },
  {
    name: 'compliance.answers.workers',
    types: ['worker.created', 'worker.updated', 'worker.reactivated', 'worker.deactivated'],
    skipsImports: true,
    run: (runtime, { organisationId }) => bringAnswersUpToDate(runtime, organisationId),
  },
  {
    name: 'compliance.answers.bans',
    types: ['banChecks.changed'],
    run: (runtime, { organisationId, data }) =>
      followWorkers(runtime, organisationId, data['workerIds'] as string[]),
  },
  {
    name: 'compliance.answers.positions',
    types: ['position.changed'],
    run: (runtime, { organisationId, data }) =>
      followPositions(runtime, organisationId, data['positionIds'] as string[]),
  },
]
