/**
 * Credentials: what a worker holds, as declared and as verified.
 *
 * Owns: credentials, the keys under which files name them, their versions. Promises: declared and verified values are
 * kept apart and a declaration never overwrites what a check said; every change leaves a version and an audit entry.
 */
export { applyCredentials, createStage, planCounts, planCredentials, planLines } from './credentials.bulk.ts'
export type { CredentialPlanCounts } from './credentials.bulk.ts'
export {
  dueForStatus,
  earliestStatusDue,
  markAllDue,
  rollUpWorkers,
  saveStatuses,
} from './credentials.status.ts'
export type { ComputedStatus, DueCredential } from './credentials.status.ts'
export { exportSources, statusCopy, statusCounts } from './credentials.export.store.ts'
