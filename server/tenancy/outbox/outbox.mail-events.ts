/** What a mail provider tells about mail that it took: a signed hook, since it has no access token of anybody. */
import { createHmac } from 'node:crypto'
import { AppError } from '../../platform/errors.ts'
import { settleBounce } from '../../platform/mail/mail-bounces.ts'
import type { MailParts } from '../../platform/mail/mail.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { equalSecrets } from '../../platform/secrets.ts'
import type { MailEvents } from './outbox.schema.ts'

export type { MailParts } from '../../platform/mail/mail.ts'

export const timestampHeader = 'X-Vouchsafe-Timestamp'
export const signatureHeader = 'X-Vouchsafe-Signature'

const windowSeconds = 300

/**
 * HMAC-SHA-256 (RFC 2104) over `<timestamp>.<body>`, in lower-case hexadecimal digits.
 * @param timestamp seconds since 1970, as text
 */
export function signMailEvents(key: string, timestamp: string, body: Buffer | string): string {
  return createHmac('sha256', key).update(`${timestamp}.`).update(body).digest('hex')
}

/**
 * Without MAIL_EVENTS_KEY there is nothing at this address (NOT_FOUND). A signature that is absent, not the body's, or more than
 * five minutes from now is refused (SIGNATURE_INVALID): what was overheard is soon of no use, and until then says only what
 * was said before.
 */
export function assertSigned(sent: {
  readonly runtime: Runtime
  header(name: string): string | undefined
  readonly body: Buffer
}): void {
  const { runtime, header, body } = sent
  const key = runtime.config.mailEventsKey
  if (key === null) throw new AppError('NOT_FOUND', 'There is nothing at this address.')
  const timestamp = header(timestampHeader) ?? ''
  const signature = header(signatureHeader) ?? ''
  if (!/^\d{1,12}$/.test(timestamp))
    throw new AppError('SIGNATURE_INVALID', `${timestampHeader} must be the seconds since 1970.`)
  if (!equalSecrets(signature.toLowerCase(), signMailEvents(key, timestamp, body)))
    throw new AppError('SIGNATURE_INVALID', `${signatureHeader} is not this body's signature.`)
  const offBy = Math.abs(runtime.clock.now().getTime() / 1_000 - Number(timestamp))
  if (offBy > windowSeconds)
    throw new AppError(
      'SIGNATURE_INVALID',
      `${timestampHeader} is more than ${windowSeconds / 60} minutes from now.`,
    )
}

/** Does what follows from each, once, however often it is told. What is not about a mail of ours is left aside. */
export async function takeMailEvents(
  runtime: Runtime,
  parts: MailParts,
  { events }: MailEvents,
): Promise<void> {
  for (const { messageId, detail, permanent } of events)
    await settleBounce(runtime, parts, { messageId, detail, isPermanent: permanent })
}
