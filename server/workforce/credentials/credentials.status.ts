/**
 * The licence status as it lies on credentials and workers. What the status *is* belongs to compliance (to the right);
 * this only keeps it, so that lists filter and exports stream by it.
 */
export {
  dueForStatus,
  earliestStatusDue,
  markAllDue,
  markWorkersDue,
  rollUpWorkers,
  saveStatuses,
} from './credentials.status.store.ts'
export { dueMarks } from './credentials.status.schema.ts'
export type { ComputedStatus, DueCredential } from './credentials.status.schema.ts'
