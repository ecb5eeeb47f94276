/** What a mail provider tells about mail that it took: a signed hook, since it has no access token of anybody. */
import { z } from 'zod'
import { AppError } from '../../platform/errors.ts'
import type { Proof } from '../../platform/http/route.ts'
import { equalSecrets } from '../../platform/secrets.ts'
import { createHmac } from 'node:crypto'

export const timestampHeader = 'X-Vouchsafe-Timestamp'
export const signatureHeader = 'X-Vouchsafe-Signature'

const windowSeconds = 300

export const mailEvents = z.strictObject({
  events: z
    .array(
      z.strictObject({
        type: z.literal('bounced'),
        messageId: z
          .string()
          .min(1)
          .max(998)
          .describe('The header Message-ID of the mail, with or without angle brackets.'),
        detail: z.string().max(2_000).default('').describe('What the receiving server said.'),
        permanent: z.boolean().describe('Whether it will not arrive any more; else nothing changes yet.'),
      }),
    )
    .min(1)
    .max(500),
})

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
export const mailEventsProof: Proof = {
  headers: {
    [timestampHeader]: 'When it was signed, in seconds since 1970.',
    [signatureHeader]:
      'HMAC-SHA-256 with MAIL_EVENTS_KEY over the timestamp, a dot and the body byte for byte, in hexadecimal digits.',
  },
  judge: ({ runtime, header, body }) => {
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
  },
}
