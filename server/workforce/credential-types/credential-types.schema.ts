/** The shape of the catalogue: what is known about each credential type and register (spec 10, Credential types). */
import { z } from 'zod'
import { requiredLine } from '../../platform/fields.schema.ts'

export const categories = [
  'PROFESSIONAL_REGISTRATION',
  'CHILD_SAFETY',
  'SCREENING',
  'TEACHING',
  'TRAINING',
  'LICENCE',
  'HEALTH',
  'RIGHT_TO_WORK',
  'EDUCATION',
  'IDENTITY',
  'CUSTOM',
] as const

export const jurisdictions = ['NSW', 'VIC', 'QLD', 'WA', 'SA', 'TAS', 'ACT', 'NT'] as const
export type Jurisdiction = (typeof jurisdictions)[number]

export const assurances = ['DECLARED', 'REVIEWED', 'VERIFIED'] as const
export type Assurance = (typeof assurances)[number]

const code = z.string().regex(/^[A-Z][A-Z0-9_]{1,63}$/)
const firmness = z.enum(['firm', 'advisory'])

/** Month and day, the same in every year. */
const yearEnd = z.string().regex(/^(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/)

const pattern = z.string().refine((text) => {
  try {
    new RegExp(text, 'u')
    return true
  } catch {
    return false
  }
}, 'must be a regular expression')

const hintList = (description: string) => z.array(requiredLine(100)).max(20).default([]).describe(description)

/** What stands on documents of a type: what an automatic reading tells it by (spec 40, Type). */
export const documentHints = z.strictObject({
  titles: hintList('What such a document is called. None = the name of the type.'),
  issuers: hintList('Who gives them out, as it stands on them; the first is the usual name.'),
  codes: hintList('Codes that stand on no other type’s documents, like HLTAID011.'),
  numberLabels: hintList(
    'What stands before or above the number, beside the usual words; the first is the likeliest.',
  ),
  covers: z
    .array(code)
    .max(20)
    .default([])
    .describe('Types whose codes and titles stand on documents of this type too: first aid covers CPR.'),
})
export type DocumentHints = z.infer<typeof documentHints>

const noHints: DocumentHints = { titles: [], issuers: [], codes: [], numberLabels: [], covers: [] }

export const credentialTypeEntry = z.strictObject({
  code,
  name: z.string().min(1),
  category: z.enum(categories),
  jurisdiction: z.enum(jurisdictions).nullable().default(null),
  register: code.nullable().default(null),
  assuranceNeeded: z.enum(assurances).nullable().default(null),
  /** For those that have no end, where the register knows only those that have one. */
  assuranceNeededWithoutExpiry: z.enum(assurances).nullable().default(null),
  number: z.strictObject({ pattern, example: z.string().min(1), firmness }),
  validity: z
    .strictObject({
      months: z.int().positive().optional(),
      yearEnds: z.array(yearEnd).optional(),
      yearEndOfPrefix: z.record(z.string().regex(/^[A-Z]+$/), yearEnd).optional(),
      /** No end is printed on it: without one, it ends so many months after its issue. */
      countsFromIssue: z.boolean().optional(),
      firmness,
    })
    .nullable()
    .default(null),
  mayLackExpiry: z.boolean().default(false),
  graceMonths: z.int().min(0).default(0),
  expiringWindowDays: z.int().min(0).default(30),
  renewal: z.enum(['replaces', 'keeps']).default('keeps'),
  noPaidWork: pattern.nullable().default(null),
  isApplication: pattern.nullable().default(null),
  suppliedBy: z.enum(['number', 'document', 'both']),
  checkInputs: z.array(z.string()).default([]),
  checkEveryDays: z.int().min(1).max(366).default(7),
  absenceIsDecisive: z.boolean().default(false),
  aliases: z.array(z.string()).default([]),
  documentWords: z.array(z.string()).default([]),
  documentHints: documentHints.default(noHints),
})
export type CredentialTypeEntry = z.infer<typeof credentialTypeEntry>

/** An organisation's own type, as POST takes it. */
export const ownTypeInput = z.strictObject({
  code: code.describe('Yours for good: 2 to 64 capitals, digits and underscores.'),
  name: requiredLine(200),
  category: z.enum(categories).default('CUSTOM'),
  jurisdiction: z.enum(jurisdictions).nullable().default(null),
  number: z
    .strictObject({
      pattern: z.string().max(200).describe('Of the normal form (upper case, no blanks), like ^DC[0-9]{6}$.'),
      example: requiredLine(100),
      firmness,
    })
    .nullable()
    .optional()
    .describe('What its numbers look like; absent = anything.'),
  validity: z
    .strictObject({ months: z.int().min(1).max(1_200), firmness })
    .nullable()
    .default(null),
  assuranceNeeded: z
    .enum(['DECLARED', 'REVIEWED'])
    .default('REVIEWED')
    .describe('How well it has to be known to be green.'),
  mayLackExpiry: z.boolean().default(false),
  graceMonths: z.int().min(0).max(120).default(0),
  expiringWindowDays: z.int().min(0).max(3_650).default(30),
  renewal: z.enum(['replaces', 'keeps']).default('keeps'),
  suppliedBy: z.enum(['number', 'document', 'both']).default('document'),
  documentWords: z
    .array(requiredLine(100))
    .max(50)
    .default([])
    .describe('Words that are seen on such documents, which alone tell little.'),
  documentHints: documentHints
    .default(noHints)
    .describe('What an automatic reading of a document tells this type by.'),
})
export type OwnTypeInput = z.infer<typeof ownTypeInput>

/** A credential type as the API shows it (spec 10, Credential types). */
export const credentialTypeAttributes = z.object({
  code,
  name: z.string(),
  category: z.enum(categories),
  jurisdiction: z.enum(jurisdictions).nullable(),
  register: z.string().nullable().describe('Whose word decides; null = a document is looked at.'),
  number: z.object({
    pattern: z.string().describe('Of the normal form: upper case, no blanks.'),
    example: z.string(),
    firmness: firmness.describe(
      'firm = a number that does not fit is rejected; advisory = only warned about.',
    ),
  }),
  validity: z
    .object({ months: z.int().nullable(), yearEnds: z.array(z.string()), firmness })
    .nullable()
    .describe('How long it usually is good: months from issue, or the issuer’s fixed days (MM-DD).'),
  assuranceNeeded: z.enum(assurances),
  mayLackExpiry: z.boolean(),
  graceMonths: z.int(),
  expiringWindowDays: z.int(),
  renewal: z.enum(['replaces', 'keeps']),
  suppliedBy: z.enum(['number', 'document', 'both']),
  checkInputs: z.array(z.string()),
  documentWords: z.array(z.string()),
  documentHints: z
    .object({
      titles: z.array(z.string()),
      issuers: z.array(z.string()),
      codes: z.array(z.string()),
      numberLabels: z.array(z.string()),
      covers: z.array(z.string()),
    })
    .describe('What an automatic reading of a document tells this type by.'),
})
export type CredentialTypeAttributes = z.infer<typeof credentialTypeAttributes>

export const mappingSetAttributes = z.object({
  mappings: z.array(z.object({ code: z.string(), credentialType: z.string() })),
})

/** All mappings, as PUT takes them. */
export const mappingSetInput = z.strictObject({
  mappings: z
    .array(
      z.strictObject({
        code: z.string().describe('Your own code, byte for byte as it stands in your files.'),
        credentialType: z
          .string()
          .describe('A credential type, or one of the names `ahpra`, `vicwwc`, `qldblue`, `ndis`.'),
      }),
    )
    .max(2_000),
})

export const registerEntry = z.strictObject({
  code,
  name: z.string().min(1),
  jurisdiction: z.enum(jurisdictions).nullable().default(null),
  /** A register says who is licensed; a ban list says who may not work. */
  kind: z.enum(['register', 'ban']).default('register'),
  /** Of its published list: whether a row with just the number decides, or only asks for a person's eye. */
  numberDecides: z.boolean().default(false),
  /** Of a ban list that has numbers: of which credential type. */
  numberOf: code.nullable().default(null),
})
export type RegisterEntry = z.infer<typeof registerEntry>

export const typesFile = z.strictObject({ version: z.string().min(1), types: z.array(credentialTypeEntry) })
export const registersFile = z.strictObject({ registers: z.array(registerEntry) })

export interface Catalogue {
  readonly version: string
  readonly types: ReadonlyMap<string, CredentialTypeEntry>
  readonly registers: ReadonlyMap<string, RegisterEntry>
}

/**
 * VERIFIED where a register can be asked, else REVIEWED, unless the entry says otherwise (spec 60, Licence status).
 * @param hasExpiry whether this one is known to end
 */
export function assuranceNeededOf(type: CredentialTypeEntry, hasExpiry = true): Assurance {
  if (!hasExpiry && type.assuranceNeededWithoutExpiry !== null) return type.assuranceNeededWithoutExpiry
  return type.assuranceNeeded ?? (type.register === null ? 'REVIEWED' : 'VERIFIED')
}
