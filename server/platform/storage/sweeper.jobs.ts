/** When the storage is cleared: soon after something let go of a blob, and once a day of what nothing names. */
import type { JobDefinition } from '../runtime.ts'
import { sweepOrphans, sweepReleased, sweepTimer, type BlobOwner } from './sweeper.ts'

/** @param owners every feature that names blobs */
export function storageJobs(owners: readonly BlobOwner[]): readonly JobDefinition[] {
  return [
    {
      kind: sweepTimer,
      run: (runtime, { organisationId }) => sweepReleased(runtime, organisationId, owners),
    },
    {
      kind: 'storage.sweepOrphans',
      run: async (runtime, { organisationId }) => void (await sweepOrphans(runtime, organisationId, owners)),
    },
  ]
}
