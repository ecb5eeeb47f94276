/** What opens and ends reviews by itself: what registers could not tell, and what is no longer there. */
import { systemCaller } from '../../platform/context.ts'
import type { ListenerDefinition } from '../../platform/runtime.ts'
import { reviewAnswers, withdrawReviews } from './reviews.ts'

export const reviewListeners: readonly ListenerDefinition[] = [
  {
    name: 'reviews.answers',
    types: ['credential.verified'],
    run: (runtime, { organisationId, data }) =>
      runtime.write(organisationId, systemCaller, (ctx) =>
        reviewAnswers(ctx, data['credentialIds'] as readonly string[]),
      ),
  },
  {
    name: 'reviews.gone',
    types: ['credential.deleted', 'worker.deleted'],
    run: (runtime, { organisationId, type, data }) => {
      const { credentialIds = [], workerIds = [] } = data as Record<string, readonly string[] | undefined>
      return runtime.write(organisationId, systemCaller, (ctx) =>
        withdrawReviews(ctx, type === 'worker.deleted' ? { workerIds } : { credentialIds }),
      )
    },
  },
]
