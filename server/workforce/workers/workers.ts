/**
 * Workers: the people on an organisation's books.
 *
 * Owns: workers, the keys under which other systems know them (sources), their versions. Promises: an e-mail address
 * belongs to one active worker at most; a source's key names one worker; every change leaves a version and an audit
 * entry.
 */
export {
  absentWorkerIds,
  analyzeStage,
  applyWorkers,
  countWithoutSource,
  createStage,
  planCounts,
  planLines,
  planWorkers,
} from './workers.bulk.ts'
export type { GivenWorkerFields, WorkerPlanCounts } from './workers.bulk.ts'
