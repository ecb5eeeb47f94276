/** Sending a mail, at once and when its time to be tried again has come; clearing old ones; asking for what came back. */
import type { JobDefinition } from '../runtime.ts'
import { bounceJob, lookForBounces } from './mail-bounces.ts'
import type { MailParts } from './mail-definition.ts'
import { clearContent, clearJob, deliverMail } from './mail-delivery.ts'
import { deliverJob } from './mail.ts'

export function mailJobs(parts: MailParts): readonly JobDefinition[] {
  const deliver: JobDefinition['run'] = (runtime, { organisationId, subjectId }) =>
    deliverMail(runtime, parts, organisationId, subjectId)
  return [
    { kind: deliverJob, run: deliver },
    // What an older node queued.
    { kind: 'mail.send', run: deliver },
    { kind: clearJob, run: (runtime, { organisationId }) => clearContent(runtime, organisationId) },
    {
      kind: bounceJob,
      run: (runtime, { organisationId }) => lookForBounces(runtime, parts, organisationId),
    },
  ]
}
