/** What becomes of submissions by the clock. */
import { systemCaller } from '../../platform/context.ts'
import type { JobDefinition } from '../../platform/runtime.ts'
import { expireById, expiryTimer } from './submissions.ts'

export const submissionJobs: readonly JobDefinition[] = [
  {
    kind: expiryTimer,
    run: (runtime, { organisationId, subjectId }) =>
      runtime.write(organisationId, systemCaller, (ctx) => expireById(ctx, subjectId)),
  },
]
