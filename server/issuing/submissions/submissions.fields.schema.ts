/**
 * The fields of each kind of credential that partners push, as published (spec 80, Adding). Each shape says what one field may
 * hold; what holds between several is in submissions.faults.rules.ts. Pure.
 */
import { z } from 'zod'
import { calendarDate, calendarDay, requiredLine } from '../../platform/fields.schema.ts'
import { countryCodes } from './submissions.countries.rules.ts'

/** Ids of the partner's own: they come back in addresses and answers as they were sent. */
export const partnerId = z
  .string()
  .min(1)
  .max(255)
  .refine((text) => !/[\p{Cc}\u2028\u2029]/u.test(text), 'must not hold control characters')

const name = requiredLine(300)
const words = requiredLine(1_000)
const optionalWords = words.nullable().optional()
/** Results are written as texts and as numbers. */
const score = z.union([words, z.number()])

const year = z
  .string()
  .regex(/^(19|20|21)\d{2}$/, 'must be a year, written YYYY')
  .describe('YYYY')

export const monthPattern = /^(?!0000)\d{4}-(0[1-9]|1[0-2])$/
const month = z
  .string()
  .regex(monthPattern, 'must be a month of the calendar, written YYYY-MM')
  .describe('YYYY-MM')

const chain = z
  .array(z.strictObject({ name }))
  .max(20)
  .nullable()
  .optional()
  .describe('The institutions through which it came.')

const transcript = z
  .strictObject({
    overall: z.strictObject({ issuance_date: calendarDay, score: score.nullable().optional() }),
    subjects: z
      .array(
        z.strictObject({
          name: words,
          code: words,
          credit: score.nullable().optional(),
          score: score.nullable().optional(),
          grade: words,
          completion_date: calendarDay,
        }),
      )
      .max(500),
  })
  .nullable()
  .optional()

const education = z.strictObject({
  full_name: name,
  education_provider: words,
  course_name: words,
  conferral_year: year.nullable().optional().describe('YYYY; required unless awaiting_graduation.'),
  awaiting_graduation: z.boolean().optional(),
  has_majors: z.boolean().optional(),
  majors: z.array(words).max(50).optional(),
  with_honours: z.boolean().optional(),
  transcript,
  partner_chain: chain,
})

const microcredential = z.strictObject({
  full_name: name,
  issuer_name: words,
  microcredential_name: words,
  issue_date: calendarDay,
  expiry_date: calendarDate,
  assessment_result: optionalWords,
  partner_chain: chain,
})

const cefr = z.enum(['A1', 'A2', 'B1', 'B2', 'C1', 'C2'])

const englishProficiency = z.strictObject({
  full_name: name,
  test_provider: words,
  test_name: words,
  completion_date: calendarDay,
  expiry_date: calendarDate,
  test_scores: z.strictObject({
    cefr_scores: z.strictObject({
      combined: cefr.optional(),
      reading: cefr.optional(),
      listening: cefr.optional(),
      speaking: cefr.optional(),
      writing: cefr.optional(),
    }),
    overall: z.strictObject({ score, scale: words }),
    subskills: z
      .array(z.strictObject({ skill: words, score }))
      .max(50)
      .optional(),
    partner_chain: chain,
  }),
  partner_chain: chain,
})

const rightToWork = z.strictObject({
  full_name: name,
  country: z.enum(countryCodes, 'must be a country of ISO 3166-1 in two capital letters, like AU'),
  singapore_work_rights: words.optional().describe('Required for SG.'),
  partner_chain: chain,
})

const careerHistory = z.strictObject({
  full_name: name,
  employment: z
    .array(
      z.strictObject({
        organisation: words,
        role_classification: words.optional(),
        role_title: words.optional(),
        start_date: month,
        end_date: month.nullable().optional(),
        last_processed_month: month,
      }),
    )
    .min(1)
    .max(200),
  partner_chain: chain,
})

const digitalIdentity = z.strictObject({
  full_name: name,
  date_of_birth: calendarDay.optional(),
  identity_document_validity: z.enum(['manual', 'government_database', 'verifiable_credential']).optional(),
  identity_document_liveness: z.enum(['automated', 'in_person']).optional(),
  identity_document_person_match: z.enum(['manual', 'automated', 'government_database']).optional(),
  partner_chain: chain,
})

const details = z.record(
  z.string().max(255),
  z.union([z.string().max(5_000), z.number(), z.boolean(), z.null()]),
)

const universalCredential = z.strictObject({
  full_name: name,
  credential_name: words,
  issuer_name: words,
  issue_date: calendarDate,
  expiry_date: calendarDate,
  credential_category: words.optional(),
  credential_sub_type: words.optional(),
  credential_details: z
    .union([z.string().max(5_000), details], 'must be a text, or an object of plain values')
    .nullable()
    .optional(),
  partner_chain: chain,
})

export const fieldsOf = {
  digital_identity: digitalIdentity,
  education,
  microcredential,
  english_proficiency: englishProficiency,
  right_to_work: rightToWork,
  career_history: careerHistory,
  universal_credential: universalCredential,
} as const

/** The kinds, as the single adds are called. */
export type Kind = keyof typeof fieldsOf
export const kinds = Object.keys(fieldsOf) as readonly Kind[]

export const assetTypes = ['pdf', 'jpg', 'png', 'open_cert'] as const
export type AssetType = (typeof assetTypes)[number]

/** Which assets a kind may have; those that are not named have none. */
export const assetTypesOf = {
  education: ['pdf', 'open_cert'],
  microcredential: ['pdf', 'jpg', 'png', 'open_cert'],
  english_proficiency: ['pdf'],
  universal_credential: ['pdf', 'jpg', 'png'],
} as const satisfies Readonly<Partial<Record<Kind, readonly AssetType[]>>>

/** One credential that is pushed. */
export const itemOf = <Of extends Kind>(kind: Of) => {
  const types: readonly AssetType[] | undefined =
    kind in assetTypesOf ? assetTypesOf[kind as keyof typeof assetTypesOf] : undefined
  return z.strictObject({
    credential_id: partnerId.describe('Yours: unique for each item and each submission.'),
    fields: fieldsOf[kind],
    partner_chain: chain,
    ...(types
      ? {
          assets: z
            .array(
              z.strictObject({
                asset_id: partnerId.describe('Yours: unique within the submission.'),
                asset_type: z.enum(types as readonly [AssetType, ...AssetType[]]),
              }),
            )
            .optional(),
        }
      : {}),
  })
}
