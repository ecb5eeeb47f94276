/** What the HTTP kit does by time. */
import { systemCaller } from '../context.ts'
import type { JobDefinition } from '../runtime.ts'
import { forgetAnswers } from './idempotency.ts'

export const httpJobs: readonly JobDefinition[] = [
  {
    kind: 'http.forgetAnswers',
    run: (runtime, { organisationId }) => forgetAnswers(runtime, organisationId, systemCaller),
  },
]
