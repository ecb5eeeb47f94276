/** The job that sends a mail, at once and when its time to be tried again has come. */
import type { JobDefinition } from '../runtime.ts'
import type { MailParts } from './mail-definition.ts'
import { sendMail } from './mail.ts'

export function mailJobs(_parts: MailParts): readonly JobDefinition[] {
  return [
    {
      kind: 'mail.send',
      run: (runtime, { organisationId, subjectId }) => sendMail(runtime, organisationId, subjectId),
    },
  ]
}
