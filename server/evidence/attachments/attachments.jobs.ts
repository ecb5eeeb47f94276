/** Looking again at what came while the virus scanner did not answer. */
import type { JobDefinition } from '../../platform/runtime.ts'
import { scanTimer, scanWaiting } from './attachments.ts'

export const attachmentJobs: readonly JobDefinition[] = [
  { kind: scanTimer, run: (runtime, { organisationId }) => scanWaiting(runtime, organisationId) },
]
