/** When time and other features move a request. */
import type { JobDefinition, ListenerDefinition } from '../../platform/runtime.ts'
import {
  completeWith,
  completeWithBanChecks,
  expireFetchRequest,
  expiryTimer,
  heedReview,
  remindByItself,
  reminderTimer,
} from './fetch-requests.ts'

export const fetchRequestJobs: readonly JobDefinition[] = [
  {
    kind: expiryTimer,
    run: (runtime, { organisationId, subjectId }) => expireFetchRequest(runtime, organisationId, subjectId),
  },
  {
    kind: reminderTimer,
    run: (runtime, { organisationId, subjectId }) => remindByItself(runtime, organisationId, subjectId),
  },
]

export const fetchRequestListeners: readonly ListenerDefinition[] = [
  {
    name: 'fetch-requests.checked',
    types: ['credential.verified', 'credential.updated'],
    run: (runtime, { organisationId, data }) =>
      completeWith(runtime, organisationId, data['credentialIds'] as readonly string[]),
  },
  {
    name: 'fetch-requests.banChecks',
    types: ['banChecks.changed', 'list.confirmed'],
    run: (runtime, { organisationId, data }) =>
      completeWithBanChecks(
        runtime,
        organisationId,
        (data['workerIds'] as readonly string[] | undefined) ?? null,
      ),
  },
  {
    name: 'fetch-requests.reviewed',
    types: ['review.decided'],
    run: (runtime, { organisationId, data }) => heedReview(runtime, organisationId, data),
  },
]
