/** Fetch requests as the API takes and shows them (spec 30). */
import { z } from 'zod'
import { requirements, type Requirements } from '../../workforce/requirements/requirements.schema.ts'
import { workerReference } from '../../workforce/workers/workers.schema.ts'
import { statuses, type Status } from './fetch-requests.states.rules.ts'

export const expiryDaysMax = 90
const messageMax = 2_000
const guidingTextMax = 1_000
/** The most that an organisation can allow in one bulk call. */
export const bulkWorkersMax = 1_000

/** Plain text of several lines; blanks around it are dropped. */
const lines = (most: number): z.ZodType<string, string> =>
  z
    .string()
    .refine((text) => !/\p{Cc}/u.test(text.replace(/[\t\r\n]/g, '')), 'must not hold control characters')
    .transform((text) => text.replace(/\r\n?/g, '\n').trim())
    .refine((text) => [...text].length <= most, `must have at most ${most} characters`)
    .meta({ maxLength: most })

const message = lines(messageMax).nullable().optional().describe('To the worker, as plain text.')
const expiryDays = z
  .int()
  .min(1)
  .max(expiryDaysMax)
  .optional()
  .describe('Days for which the link is good; the organisation’s `fetchRequest.expiryDays` (14) when absent.')

const asked = {
  requestedCredentialTypes: z
    .array(z.string().min(1).max(64))
    .min(1)
    .max(100)
    .refine((types) => new Set(types).size === types.length, 'must not name a type twice')
    .optional()
    .describe('Credential types, all of which are needed. Exactly one of this and `requirements`.'),
  requirements: requirements.optional().describe('A tree of groups, where it is not simply all of a list.'),
  credentialGuidingTexts: z
    .record(z.string().max(64), lines(guidingTextMax))
    .optional()
    .describe('By credential type: what the worker is told beside it.'),
  message,
  expiryDays,
  delivery: z
    .strictObject({ channel: z.enum(['EMAIL', 'LINK']) })
    .optional()
    .describe('LINK: no e-mail is sent; take the link from `POST …/link` and hand it over.'),
}

const oneForm = ({
  requestedCredentialTypes,
  requirements: tree,
}: {
  requestedCredentialTypes?: unknown
  requirements?: unknown
}): boolean => (requestedCredentialTypes === undefined) !== (tree === undefined)
const oneFormWords = 'must have exactly one of requestedCredentialTypes and requirements'

/** POST /fetch-requests */
export const newFetchRequest = z
  .strictObject({ worker: workerReference, ...asked })
  .refine(oneForm, oneFormWords)
export type NewFetchRequest = z.infer<typeof newFetchRequest>

/** One worker of a bulk call. */
export const bulkWorker = workerReference

const { $schema, ...bulkWorkerShape } = z.toJSONSchema(bulkWorker, { io: 'input', unrepresentable: 'any' })

/**
 * POST /fetch-requests/bulk. Each worker is judged by itself, so that one that is faulty does not refuse the others: the schema
 * of a reference is said to the reader only.
 */
export const bulkFetchRequests = z
  .strictObject({
    workers: z
      .array(z.unknown().meta(bulkWorkerShape as Record<string, unknown>))
      .min(1)
      .max(bulkWorkersMax),
    ...asked,
  })
  .refine(oneForm, oneFormWords)
export type BulkFetchRequests = z.infer<typeof bulkFetchRequests>

/** What became of each worker of a bulk call. */
export const bulkOutcome = z.union([
  z.object({
    success: z.literal(true),
    workerId: z.string().describe('The worker’s id.'),
    requestId: z.string().describe('The fetch request that was made.'),
  }),
  z.object({
    success: z.literal(false),
    workerId: z.string().nullable().describe('The id or external id that was sent; null where neither was.'),
    error: z.string().describe('Why this worker was not asked, as a sentence.'),
  }),
])
export type BulkOutcome = z.infer<typeof bulkOutcome>

/** What was asked for, whoever is asked. */
export type Asked = Pick<
  NewFetchRequest,
  | 'requestedCredentialTypes'
  | 'requirements'
  | 'credentialGuidingTexts'
  | 'message'
  | 'expiryDays'
  | 'delivery'
>

/** PATCH /fetch-requests/{id}: what is absent stays. */
export const fetchRequestPatch = z.strictObject({ message, expiryDays })
export type FetchRequestPatch = z.infer<typeof fetchRequestPatch>

const at = z.date().optional()

export const disputeKinds = ['NOT_ME', 'NAME_WRONG'] as const
export type DisputeKind = (typeof disputeKinds)[number]
/** Why a link opens nothing any more although it has not run out. */
export type LockReason = 'IDENTITY_TRIES' | 'NOT_ME'

export const fetchRequestAttributes = z.object({
  displayName: z.string(),
  worker: z.object({ id: z.string(), displayName: z.string() }),
  message: z.string().nullable(),
  requestedCredentialTypes: z.array(z.string()).optional(),
  requirements: z.unknown().optional().describe('The tree, where the request came with one.'),
  credentialGuidingTexts: z.record(z.string(), z.string()),
  expiryDays: z.int(),
  delivery: z.object({
    channel: z.enum(['EMAIL', 'LINK']),
    emailAddress: z.string().nullable(),
    tokenExpiresAt: z.date(),
    remindersSent: z.int(),
    lastMailAt: z.date().nullable(),
    problem: z
      .string()
      .nullable()
      .describe(
        'Why the worker does not get on: the last e-mail did not arrive, as the mail server said it; or the link is locked.',
      ),
  }),
  lifecycle: z.object({
    status: z.enum(statuses),
    furthest: z.enum(statuses).describe('How far it has come at any time.'),
    initiatedAt: z.date(),
    sentAt: at,
    openedAt: at,
    submittedAt: at,
    completedAt: at,
    cancelledAt: at,
    expiredAt: at,
  }),
  dispute: z
    .object({ kind: z.enum(disputeKinds), detail: z.string(), at: z.date() })
    .nullable()
    .describe(
      'What the worker said about who they are: NOT_ME = the link reached somebody else, and is locked; NAME_WRONG = their name on file is wrong.',
    ),
  deletedAt: z.date().nullable(),
})
export type FetchRequestAttributes = z.infer<typeof fetchRequestAttributes>

export interface FetchRequest {
  readonly id: string
  readonly attributes: FetchRequestAttributes
  readonly lastUpdated: Date
  /** Where it stands in a list: newest first. */
  readonly sortKey: readonly [createdAt: string, id: string]
}

export interface FetchRequestFilter {
  readonly status?: readonly Status[] | undefined
  readonly workerId?: string | undefined
  readonly query?: string | undefined
  readonly includeDeleted?: boolean | undefined
  readonly updatedSince?: Date | undefined
}

/** The row, as operations work with it. */
export interface RequestRow {
  readonly id: string
  readonly workerId: string
  readonly workerName: string
  readonly displayName: string
  readonly message: string | null
  readonly requestedTypes: readonly string[] | null
  readonly requirements: Requirements
  readonly guidingTexts: Readonly<Record<string, string>>
  readonly expiryDays: number
  readonly channel: 'EMAIL' | 'LINK'
  readonly emailAddress: string | null
  readonly generation: number
  readonly linkKeyVersion: number
  readonly tokenExpiresAt: Date
  readonly issuedAt: Date
  readonly remindersSent: number
  readonly automaticReminders: number
  readonly lastMailAt: Date | null
  readonly deliveryProblem: string | null
  readonly status: Status
  readonly furthest: Status
  readonly initiatedAt: Date
  readonly sentAt: Date | null
  readonly openedAt: Date | null
  readonly submittedAt: Date | null
  readonly completedAt: Date | null
  readonly cancelledAt: Date | null
  readonly expiredAt: Date | null
  readonly identityTries: number
  readonly privacyNoticeVersion: string | null
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly deletedAt: Date | null
  readonly lockedAt: Date | null
  readonly disputeKind: DisputeKind | null
  readonly disputeDetail: string | null
  readonly disputedAt: Date | null
  readonly handedInAt: Date | null
  readonly workerDeletedAt: Date | null
  readonly workerStatus: 'ACTIVE' | 'INACTIVE'
}

/** Whether mails may go to the worker: only active ones are asked, and so reminded. Their link opens as long as they are there. */
export const isWrittenTo = ({
  workerDeletedAt,
  workerStatus,
}: Pick<RequestRow, 'workerDeletedAt' | 'workerStatus'>): boolean =>
  workerDeletedAt === null && workerStatus === 'ACTIVE'

const given = (date: Date | null): Date | undefined => date ?? undefined

/** As the API shows it. */
export function present(row: RequestRow): FetchRequest {
  return {
    id: row.id,
    lastUpdated: row.updatedAt,
    sortKey: [row.createdAt.toISOString(), row.id],
    attributes: {
      displayName: row.displayName,
      worker: { id: row.workerId, displayName: row.workerName },
      message: row.message,
      ...(row.requestedTypes
        ? { requestedCredentialTypes: [...row.requestedTypes] }
        : { requirements: row.requirements }),
      credentialGuidingTexts: { ...row.guidingTexts },
      expiryDays: row.expiryDays,
      delivery: {
        channel: row.channel,
        emailAddress: row.emailAddress,
        tokenExpiresAt: row.tokenExpiresAt,
        remindersSent: row.remindersSent,
        lastMailAt: row.lastMailAt,
        problem: row.deliveryProblem,
      },
      lifecycle: {
        status: row.status,
        furthest: row.furthest,
        initiatedAt: row.initiatedAt,
        sentAt: given(row.sentAt),
        openedAt: given(row.openedAt),
        submittedAt: given(row.submittedAt),
        completedAt: given(row.completedAt),
        cancelledAt: given(row.cancelledAt),
        expiredAt: given(row.expiredAt),
      },
      dispute:
        row.disputeKind === null || row.disputedAt === null
          ? null
          : { kind: row.disputeKind, detail: row.disputeDetail ?? '', at: row.disputedAt },
      deletedAt: row.deletedAt,
    },
  }
}

/** One answer in `GET …/submissions`. */
export const submissionAttributes = z.object({
  credentialId: z.string(),
  credentialType: z.string(),
  displayName: z.string(),
  status: z.string().nullable().describe('The credential’s eligibility, as checks have it so far.'),
  licenceStatus: z.string(),
  assurance: z.string(),
  submittedAt: z.date(),
  attachments: z.array(
    z.object({
      id: z.string(),
      fileName: z.string(),
      mediaType: z.string(),
      sizeBytes: z.int(),
      contentUrl: z.string(),
    }),
  ),
})

/** One entry of `GET …/events`. */
export const historyAttributes = z.object({
  cause: z.string(),
  from: z.enum(statuses).nullable(),
  to: z.enum(statuses),
  at: z.date(),
  actor: z.object({ kind: z.string(), id: z.string().nullable() }),
  channel: z.string(),
  facts: z.record(z.string(), z.unknown()),
})
