/** Console users, as the API takes and shows them. */
import { z } from 'zod'
import { entityTypes, verbs } from '../access/access.schema.ts'
import { grantsOfRole, roles, type Role } from '../access/access.roles.rules.ts'

export { grantsOfRole, roles, type Role } from '../access/access.roles.rules.ts'

export const userStates = ['INVITED', 'ACTIVE', 'DISABLED'] as const
export type UserState = (typeof userStates)[number]

const noControls = /^[^\p{Cc}\u2028\u2029]*$/u
const line = (most: number): z.ZodType<string, string> =>
  z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(most)
    .regex(noControls, 'must be one line')
    .refine((text) => text.isWellFormed(), 'must be well-formed text') as unknown as z.ZodType<string, string>

/** An address without case and outer spaces: what an account is found by. */
export function foldEmail(email: string): string {
  return email.normalize('NFC').trim().toLowerCase()
}

const emailShape = /^[^\s@,;<>"()]+@[^\s@.,;<>"()]+(?:\.[^\s@.,;<>"()]+)+$/
const email = line(320).refine(
  (text) => emailShape.test(text),
  'must be an e-mail address, like name@example.com',
)

/** The owner of a new installation, until they say who they are. */
export const placeholderEmail = 'owner@localhost'

/** As typed at sign-in: whatever it is, it is known or not. */
const typedEmail = z.string().min(1).max(320)
const typedPassword = z.string().min(1).max(2_000)
const chosenPassword = z
  .string()
  .max(2_000)
  .describe('12 characters or more; no other rule but that it is none of those tried first.')
const secret = z.string().min(1).max(200)

export const userAttributes = z.strictObject({
  email: z.string(),
  displayName: z.string(),
  role: z.enum(roles),
  state: z.enum(userStates).describe('INVITED until the invitation is accepted.'),
  hasPassword: z.boolean(),
  hasSecondFactor: z.boolean(),
  hasSingleSignOn: z.boolean(),
  lastSignedInAt: z.date().nullable().describe('Of the sessions that are still there.'),
  deletedAt: z.date().nullable(),
})
export type UserAttributes = z.infer<typeof userAttributes>

/** As the API document shows one. */
export const exampleUser: UserAttributes = {
  email: 'sarah.chen@example.com',
  displayName: 'Sarah Chen',
  role: 'manager',
  state: 'ACTIVE',
  hasPassword: true,
  hasSecondFactor: false,
  hasSingleSignOn: false,
  lastSignedInAt: null,
  deletedAt: null,
}

export interface User {
  readonly id: string
  readonly attributes: UserAttributes
  readonly lastUpdated: Date
  readonly sortKey: readonly [string, string]
}

export const userInvitation = z.strictObject({
  email,
  role: z.enum(roles),
  displayName: line(300).optional().describe('The e-mail when absent.'),
})
export type UserInvitation = z.infer<typeof userInvitation>

export const userPatch = z.strictObject({
  role: z.enum(roles).optional(),
  state: z.enum(['ACTIVE', 'DISABLED']).optional(),
  displayName: line(300).optional(),
})
export type UserPatch = z.infer<typeof userPatch>

/** A user who was just invited, with the link: shown once. */
export const invitedAttributes = userAttributes.extend({
  invitation: z.strictObject({
    link: z.string().describe('Whoever has it can set the password, once. It is mailed too.'),
    expiresAt: z.date(),
  }),
})

export const acceptance = z.strictObject({
  token: secret.describe('What stands behind `#invitation=` in the link.'),
  password: chosenPassword,
  displayName: line(300).optional(),
  email: email
    .optional()
    .describe('Only for the first owner of an installation, whose address nobody knows yet.'),
})
export type Acceptance = z.infer<typeof acceptance>

export const passkeyAnswer = z.looseObject({
  id: z.string().min(1).max(2_000),
  rawId: z.string().min(1).max(2_000),
  type: z.literal('public-key'),
  response: z.record(z.string(), z.unknown()),
  clientExtensionResults: z.record(z.string(), z.unknown()).optional(),
})

export type PasskeyAnswer = z.infer<typeof passkeyAnswer>

export const secondFactorAnswer = z
  .strictObject({
    code: z.string().max(20).optional().describe('Six digits of an authenticator app.'),
    recoveryCode: z.string().max(50).optional(),
    passkey: passkeyAnswer.optional().describe('To a challenge of `POST /sign-in/passkey/options`.'),
  })
  .refine(
    (given) => Object.values(given).filter((one) => one !== undefined).length === 1,
    'must hold one answer',
  )
export type SecondFactorAnswer = z.infer<typeof secondFactorAnswer>

export const signInInput = z.strictObject({
  email: typedEmail,
  password: typedPassword,
  organisation: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('Id or name, for users of several organisations.'),
  secondFactor: secondFactorAnswer.optional(),
})
export type SignInInput = z.infer<typeof signInInput>

const grantsShown = z.partialRecord(z.enum(entityTypes), z.array(z.enum(verbs)))

/** The signed-in user: what a page needs first. */
export const meAttributes = userAttributes.extend({
  organisation: z.strictObject({ id: z.string(), name: z.string() }),
  grants: grantsShown,
  csrfToken: z.string().describe('For the header `X-CSRF-Token` of every request that changes something.'),
  session: z.strictObject({ id: z.string(), createdAt: z.date(), expiresAt: z.date() }),
})
export type MeAttributes = z.infer<typeof meAttributes>

/** As the API document shows one. */
export const exampleMe = {
  id: 'usr_9bXe27KfQz0aLw3M',
  type: 'me',
  attributes: {
    ...exampleUser,
    organisation: { id: 'org_3fTq08ZsXw2LkB7d', name: 'Sunrise Aged Care' },
    grants: grantsOfRole('viewer'),
    csrfToken: 'q0Jx…',
    session: {
      id: 'ses_7aXe27KfQz0aLw3M',
      createdAt: '2026-02-01T00:00:00.000Z',
      expiresAt: '2026-03-03T00:00:00.000Z',
    },
  },
  lastUpdated: '2026-02-01T00:00:00.000Z',
}

export const signInMethods = ['PASSWORD', 'TOTP', 'RECOVERY_CODE', 'PASSKEY', 'OIDC'] as const
export type SignInMethod = (typeof signInMethods)[number]

export const sessionAttributes = z.strictObject({
  userId: z.string(),
  isCurrent: z.boolean(),
  methods: z.array(z.enum(signInMethods)),
  address: z.string(),
  userAgent: z.string().nullable(),
  createdAt: z.date(),
  lastUsedAt: z.date().describe('Exact to a minute.'),
  expiresAt: z.date().describe('At the latest; 12 hours without use end it before.'),
})
export type SessionAttributes = z.infer<typeof sessionAttributes>

export interface Session {
  readonly id: string
  readonly attributes: SessionAttributes
  readonly lastUpdated: Date
}

export const passwordChange = z.strictObject({ currentPassword: typedPassword, newPassword: chosenPassword })
export const passwordResetRequest = z.strictObject({ email: typedEmail })
export const passwordReset = z.strictObject({ token: secret, password: chosenPassword })

export interface UserFilter {
  readonly role?: Role | undefined
  readonly state?: UserState | undefined
  readonly email?: string | undefined
  readonly includeDeleted?: boolean | undefined
  readonly updatedSince?: Date | undefined
}

export interface ListPage {
  readonly limit: number
  readonly offset: number
  readonly after: readonly [string, string] | null
}
