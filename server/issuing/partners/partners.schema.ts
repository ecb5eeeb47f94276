/** What partners may do, and the shapes of the token endpoint (RFC 6749). Pure. */
import { z } from 'zod'
import { AppError } from '../../platform/errors.ts'
import { nearest } from '../../platform/nearest.ts'

export const partnerScopes = [
  'write.education',
  'write.microcredential',
  'write.english_proficiency',
  'write.digital_identity',
  'write.right_to_work',
  'write.career_history',
  'write.universal',
  'read.status',
] as const
export type PartnerScope = (typeof partnerScopes)[number]

export const isPartnerScope = (text: string): text is PartnerScope =>
  (partnerScopes as readonly string[]).includes(text)

/** Scopes as an operator types them, between blanks or commas. Refuses (COMMAND_INVALID) an unknown one, and none. */
export function parseScopes(text: string): PartnerScope[] {
  const given = [...new Set(text.split(/[\s,]+/).filter((one) => one !== ''))]
  const unknown = given.find((one) => !isPartnerScope(one))
  if (unknown !== undefined) {
    const near = nearest(unknown, partnerScopes)
    throw new AppError(
      'COMMAND_INVALID',
      `There is no scope "${unknown}"${near ? `; did you mean "${near}"?` : '.'} The scopes: ${partnerScopes.join(', ')}.`,
    )
  }
  if (given.length === 0)
    throw new AppError('COMMAND_INVALID', `Name one scope at least: ${partnerScopes.join(', ')}.`)
  return partnerScopes.filter((scope) => given.includes(scope))
}

/** The form of the token endpoint (RFC 6749, section 4.4.2), for the document. */
export const tokenForm = z.object({
  grant_type: z.literal('client_credentials'),
  client_id: z.string().optional().describe('Or by HTTP Basic, together with the secret.'),
  client_secret: z.string().optional(),
  scope: z.string().optional().describe('Between blanks; left out = everything that the client may do.'),
})

/** RFC 6749, section 5.1. */
export const tokenAnswer = z.object({
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  expires_in: z.number().int().describe('Seconds.'),
  scope: z.string(),
})

export const tokenErrors = [
  'invalid_request',
  'invalid_client',
  'invalid_scope',
  'unauthorized_client',
  'unsupported_grant_type',
] as const
export type TokenErrorCode = (typeof tokenErrors)[number]

/** RFC 6749, section 5.2. */
export const tokenError = z.object({
  error: z.enum(tokenErrors),
  error_description: z.string(),
})
