/** Second factors and recovery codes, as the API takes and shows them. */
import { z } from 'zod'
import { passkeyAnswer } from './users.schema.ts'

export const secondFactorAttributes = z.strictObject({
  kind: z.enum(['TOTP', 'PASSKEY']),
  name: z.string(),
  isConfirmed: z.boolean().describe('Asked for at sign-in only once it is.'),
  createdAt: z.date(),
  lastUsedAt: z.date().nullable(),
})
export type SecondFactorAttributes = z.infer<typeof secondFactorAttributes>

export interface SecondFactor {
  readonly id: string
  readonly attributes: SecondFactorAttributes
  readonly lastUpdated: Date
}

const name = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}\u2028\u2029]*$/u, 'must be one line')

export const totpRequest = z.strictObject({ name: name.optional().describe('What the device is called.') })
export const totpConfirmation = z.strictObject({ code: z.string().min(1).max(20) })

export const totpAttributes = secondFactorAttributes.extend({
  secret: z.string().describe('In base32, for typing.'),
  uri: z.string().describe('The same for a QR code (otpauth).'),
})

export const confirmedAttributes = secondFactorAttributes.extend({
  recoveryCodes: z
    .array(z.string())
    .nullable()
    .describe('With the first second factor: ten codes, each for one sign-in without it. Shown once.'),
})

export const recoveryAttributes = z.strictObject({ recoveryCodes: z.array(z.string()) })

export const passkeyRequest = z.strictObject({ name: name.optional(), response: passkeyAnswer })
