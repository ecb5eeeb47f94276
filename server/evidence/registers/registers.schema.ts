/** Registers, and how they are reached: settings of connectors as data. */
import { z } from 'zod'
import { ownHeaders } from '../../platform/outbound-headers.rules.ts'
import { listReading } from '../published-lists/published-lists.schema.ts'
import { jurisdictions } from '../../workforce/credential-types/credential-types.schema.ts'

export {
  listChangeAttributes,
  listVersionAttributes,
  type ListVersion,
} from '../published-lists/published-lists.schema.ts'

export const connectorKinds = ['http', 'simulator', 'list'] as const
export type ConnectorKind = (typeof connectorKinds)[number]
/** Those that ask an address about each credential. */
export type HttpKind = 'http' | 'simulator'

/** What can be said of a credential to a source, as placeholders: `{number}`. */
export const questionFields = [
  'correlationId',
  'register',
  'credentialType',
  'jurisdiction',
  'number',
  'familyName',
  'givenNames',
  'holderName',
  'birthDate',
  'issueDate',
  'expiryDate',
  'today',
] as const
export type QuestionField = (typeof questionFields)[number]

const placeholder = /\{([^{}]*)\}/g

/** The placeholders of a text that stand for nothing we know. */
function unknownPlaceholders(text: string): string[] {
  return [...text.matchAll(placeholder)]
    .map(([, name = '']) => name)
    .filter((name) => !questionFields.some((field) => field === name))
}

const withKnownPlaceholders = (text: string): boolean => unknownPlaceholders(text).length === 0
const knownPlaceholders = `may hold these placeholders only: ${questionFields.map((field) => `{${field}}`).join(' ')}`

const url = z
  .string()
  .max(2_000)
  .refine((text) => URL.canParse(text.replaceAll(placeholder, 'x')), 'must be a complete URL')
  .refine((text) => /^https?:/i.test(text), 'must begin with https://')

/** Whose address is asked, and with it who gets the secret, is not for the data of a credential to say. */
function hasOneOrigin(text: string): boolean {
  const [one, other] = ['x', 'y'].map((value) => URL.parse(text.replaceAll(placeholder, value))?.origin)
  return one === other
}

const pointer = z
  .string()
  .max(200)
  .regex(/^(?:\/(?:[^~/]|~[01])*)*$/, 'must be a JSON Pointer like /result/status (RFC 6901)')

/** RFC 9110: a field name is a token; a value has no control characters. */
const headerName = z
  .string()
  .max(100)
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'must be the name of a header')
const headerValue = z
  .string()
  .max(2_000)
  .regex(/^[\t\x20-\x7e]*$/, 'must be printable ASCII')

const secretHeaders = new Set(['authorization', 'cookie'])

const settableHeader = headerName.refine(
  (name) => !ownHeaders.has(name.toLowerCase()),
  'belongs to the connection and cannot be set',
)
/** What is set by name is shown to everybody who may see the connector. */
const shownHeader = settableHeader.refine(
  (name) => !secretHeaders.has(name.toLowerCase()),
  'would show a secret: say it by auth and secret',
)

const leafTexts = (value: unknown): string[] =>
  typeof value === 'string'
    ? [value]
    : value !== null && typeof value === 'object'
      ? Object.values(value).flatMap(leafTexts)
      : []

const auth = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('none') }),
    z.strictObject({ kind: z.literal('basic'), username: z.string().min(1).max(200) }),
    z.strictObject({ kind: z.literal('bearer') }),
    z.strictObject({ kind: z.literal('header'), name: settableHeader }),
    z.strictObject({
      kind: z.literal('oauth2'),
      tokenUrl: url,
      clientId: z.string().min(1).max(500),
      scope: z.string().max(1_000).optional(),
      audience: z.string().max(1_000).optional(),
    }),
  ])
  .describe(
    'How we say who we are. The secret that belongs to it (password, token, value, client secret) is sent beside it.',
  )

const outcomes = ['MAY_ENGAGE', 'MAY_NOT_ENGAGE', 'REVIEW_REQUIRED', 'IN_PROGRESS', 'NOT_FOUND'] as const

const word = z.strictObject({
  outcome: z.enum(outcomes),
  details: z
    .array(z.string().regex(/^[A-Z][A-Z0-9_]{0,39}$/))
    .max(10)
    .default([])
    .describe(
      'CONDITIONS, NON_PRACTISING and RENEWAL_PENDING make it yellow, VOLUNTEER_ONLY red in paid work; others only tell more.',
    ),
})

const yes = (...details: string[]): z.infer<typeof word> => ({ outcome: 'MAY_ENGAGE', details })
const no = (...details: string[]): z.infer<typeof word> => ({ outcome: 'MAY_NOT_ENGAGE', details })

/** The words of the simulator's protocol, and what registers commonly say. */
export const standardWords: Readonly<Record<string, z.infer<typeof word>>> = {
  CURRENT: yes(),
  REGISTERED: yes(),
  ACTIVE: yes(),
  VALID: yes(),
  CLEARED: yes(),
  CONDITIONS: yes('CONDITIONS'),
  CURRENT_WITH_CONDITIONS: yes('CONDITIONS'),
  REGISTERED_WITH_CONDITIONS: yes('CONDITIONS'),
  NON_PRACTISING: yes('NON_PRACTISING'),
  RENEWAL_PENDING: yes('RENEWAL_PENDING'),
  VOLUNTEER: yes('VOLUNTEER_ONLY'),
  CURRENT_VOLUNTEER: yes('VOLUNTEER_ONLY'),
  EXPIRED: no('EXPIRED'),
  LAPSED: no('EXPIRED'),
  SUSPENDED: no('SUSPENDED'),
  CANCELLED: no('CANCELLED'),
  REVOKED: no('CANCELLED'),
  SURRENDERED: no('CANCELLED'),
  BARRED: no('BARRED'),
  EXCLUDED: no('BARRED'),
  REFUSED: no('REFUSED'),
  PENDING: { outcome: 'IN_PROGRESS', details: [] },
  IN_PROGRESS: { outcome: 'IN_PROGRESS', details: [] },
  NOT_FOUND: { outcome: 'NOT_FOUND', details: [] },
}

const response = z.strictObject({
  status: pointer.default('/status').describe('Where the state stands.'),
  words: z
    .record(z.string().min(1).max(100), word)
    .default({})
    .describe(
      'What the source’s words for the state mean, without case; beside those that registers commonly use. A word that is not known asks for a person’s eye.',
    ),
  number: pointer.nullable().default('/number'),
  holderName: pointer.nullable().default('/holderName'),
  issueDate: pointer.nullable().default('/issueDate'),
  expiryDate: pointer.nullable().default('/expiryDate'),
  neverExpires: pointer.nullable().default('/neverExpires'),
  conditions: pointer.nullable().default('/conditions'),
  message: pointer.nullable().default('/message'),
})

const neverNotFound = new Set([401, 403, 407, 408, 429])

/** An HTTP connector: everything about it is data. */
export const httpSettings = z.strictObject({
  url: url
    .refine(withKnownPlaceholders, knownPlaceholders)
    .refine(hasOneOrigin, 'may hold placeholders in its path and query only')
    .describe('Whom to call. Placeholders in its path and query are percent-encoded.'),
  method: z.enum(['GET', 'POST']).default('POST'),
  headers: z
    .record(shownHeader, headerValue)
    .refine((headers) => Object.keys(headers).length <= 20, 'may be 20 at most')
    .default({})
    .describe('Sent with each question, and shown to whoever may see the connector.'),
  auth: auth.default({ kind: 'none' }),
  body: z
    .union([z.record(z.string(), z.unknown()), z.array(z.unknown())])
    .nullable()
    .default(null)
    .refine((body) => leafTexts(body).every(withKnownPlaceholders), knownPlaceholders)
    .refine((body) => JSON.stringify(body).length <= 10_000, 'may have 10,000 characters')
    .describe('The JSON to send, with placeholders in its texts; null = all fields by their names.'),
  inputs: z
    .array(z.enum(questionFields))
    .max(questionFields.length)
    .default(['number'])
    .describe('What must be known of a credential before the source can be asked.'),
  response: response.prefault({}),
  notFoundStatuses: z
    .array(
      z
        .int()
        .min(400)
        .max(499)
        // Else whoever is shut out, late or too fast would hear that nobody is registered.
        .refine((status) => !neverNotFound.has(status), 'says something else than that nobody was found'),
    )
    .max(10)
    .default([404])
    .describe('What the source answers when it does not know whom it is asked about.'),
  notFoundNeedsProof: z
    .boolean()
    .default(true)
    .describe(
      'Whether such a status counts only once the source has said something about somebody since it was connected so: a wrong address answers 404 for everybody. A body that says so in a known word at `response.status` counts at once. false = each counts.',
    ),
  healthUrl: url.nullable().default(null).describe('What to call to see whether it is there.'),
  timeoutMs: z.int().min(100).max(60_000).default(10_000),
  perSecond: z.number().min(0.01).max(1_000).default(10).describe('Questions in a second, at most.'),
  atOnce: z.int().min(1).max(64).default(4).describe('Questions at once, at most.'),
})
export type HttpSettings = z.infer<typeof httpSettings>

/** A list connector: where the file is published, and how it is read. */
export const listSettings = z.strictObject({
  ...listReading.shape,
  url: url
    .refine((text) => !/[{}]/.test(text), 'may hold no placeholders: the whole file is fetched')
    .nullable()
    .default(null)
    .describe('Where the file is published as CSV; null = it is uploaded.'),
  everyHours: z.int().min(1).max(744).default(24).describe('How often it is fetched.'),
  timeoutMs: z.int().min(1_000).max(300_000).default(60_000),
  words: z
    .record(z.string().min(1).max(100), word)
    .default({})
    .describe(
      'Of a register of credentials: what the words of the column `status` mean, beside the common ones.',
    ),
})
export type ListSettings = z.infer<typeof listSettings>

/** A connector as PUT takes it. */
const httpInput = z.strictObject({
  kind: z.enum(['http', 'simulator']),
  settings: httpSettings,
  secret: z
    .string()
    .min(1)
    .max(5_000)
    .regex(/^[\x20-\x7e]+$/, 'must be printable ASCII')
    .nullable()
    .optional()
    .describe('The secret of `auth`; never shown again. Absent = the one that is there stays; null = none.'),
})
export type HttpInput = z.infer<typeof httpInput>

export const connectorInput = z.discriminatedUnion('kind', [
  httpInput,
  z.strictObject({ kind: z.literal('list'), settings: listSettings }),
])
export type ConnectorInput = z.infer<typeof connectorInput>

/** A register as the API shows it. */
export const registerAttributes = z.object({
  code: z.string(),
  name: z.string(),
  jurisdiction: z.enum(jurisdictions).nullable(),
  kind: z.enum(['register', 'ban']),
  credentialTypes: z.array(z.string()).describe('What it knows.'),
  connector: z
    .object({
      kind: z.enum(['http', 'simulator', 'list', 'manual']),
      version: z.int(),
      settings: z.record(z.string(), z.unknown()),
      hasSecret: z.boolean(),
      updatedAt: z.date(),
    })
    .nullable()
    .describe('How your organisation asks it; null = it does not.'),
  isDegraded: z.boolean().describe('Its answers are late: what was known stays, with its age.'),
  lastGoodAt: z.date().nullable(),
  lastFault: z.object({ code: z.string(), detail: z.string(), at: z.date() }).nullable(),
})
export type RegisterAttributes = z.infer<typeof registerAttributes>

export interface Register {
  readonly id: string
  readonly attributes: RegisterAttributes
  readonly lastUpdated: Date
}

/** How a register is, looked at just now. */
export const healthAttributes = z.object({
  isReachable: z.boolean(),
  detail: z.string(),
  isDegraded: z.boolean(),
  mayAskAt: z.date().nullable().describe('It is left alone until then.'),
  lastGoodAt: z.date().nullable(),
  lastFault: z.object({ code: z.string(), detail: z.string(), at: z.date() }).nullable(),
  waiting: z.int().describe('Credentials that wait for their turn now, as far as 10,000.'),
})
