/** The job that sends a mail, at once and when its time to be tried again has come. */
import type { JobDefinition } from '../runtime.ts'
import { sendMail } from './mail.ts'

export const mailJobs: readonly JobDefinition[] = [
  {
    kind: 'mail.send',
    run: (runtime, { organisationId, subjectId }) => sendMail(runtime, organisationId, subjectId),
  },
]
