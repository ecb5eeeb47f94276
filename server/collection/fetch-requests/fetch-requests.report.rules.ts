/** What the report of a completed request says, in the words of people. Pure: what it needs is handed over. */
import { wallClock } from '../../platform/local-date.ts'
import type { ItemState } from './fetch-requests.tree.rules.ts'
import type { FetchRequestAttributes } from './fetch-requests.schema.ts'
import type { Cause } from './fetch-requests.states.rules.ts'

/** What became of one thing that was asked for. */
export interface ReportedAnswer {
  /** The credential type's name. */
  readonly name: string
  readonly state: ItemState
  readonly declineReason: string | null
  /** What is known of it now; null where nothing was supplied. */
  readonly credential: {
    readonly id: string
    readonly number: string | null
    readonly holderName: string | null
    readonly issueDate: string | null
    readonly expiryDate: string | null
    readonly eligibility: string | null
    readonly assurance: 'DECLARED' | 'REVIEWED' | 'VERIFIED'
    /** Whose word it rests on: the register's name. */
    readonly authority: string | null
    readonly lastVerifiedAt: Date | null
    readonly files: readonly { readonly fileName: string; readonly sha256: string }[]
  } | null
}

export interface ReportedStep {
  readonly at: Date
  readonly cause: string
  readonly actorKind: string
  readonly actorId: string | null
}

export interface RequestReport {
  readonly organisation: string
  readonly timeZone: string
  readonly madeAt: Date
  readonly requestId: string
  readonly request: Pick<
    FetchRequestAttributes,
    'displayName' | 'worker' | 'message' | 'delivery' | 'lifecycle'
  >
  readonly privacyNoticeVersion: string | null
  readonly answers: readonly ReportedAnswer[]
  readonly history: readonly ReportedStep[]
}

/** A part as the platform draws it (platform/pdf). */
type Part =
  | { readonly kind: 'heading' | 'paragraph'; readonly text: string }
  | {
      readonly kind: 'facts'
      readonly summary: string
      readonly facts: readonly { readonly name: string; readonly value: string }[]
    }
  | {
      readonly kind: 'table'
      readonly summary: string
      readonly columns: readonly { readonly title: string; readonly width: number }[]
      readonly rows: readonly (readonly string[])[]
    }

export interface DrawnReport {
  readonly title: string
  readonly author: string
  readonly language: string
  readonly madeAt: Date
  readonly parts: readonly Part[]
  readonly footer: string
}

const states: Readonly<Record<ItemState, string>> = {
  OPEN: 'Not answered',
  SUPPLIED: 'Supplied',
  DECLINED: 'The worker does not have it',
  SENT_BACK: 'Sent back to the worker',
  WAIVED: 'Waived',
}

const outcomes: Readonly<Record<string, string>> = {
  MAY_ENGAGE: 'May engage',
  MAY_NOT_ENGAGE: 'May not engage',
  REVIEW_REQUIRED: 'A person has to look at it',
  IN_PROGRESS: 'Being checked',
  ERROR: 'The check failed',
}

// Reviewed is never shown as verified (spec 00, Words).
const assurances = {
  DECLARED: 'Declared: nobody has checked it',
  REVIEWED: 'Reviewed: a person looked at a document',
  VERIFIED: 'Verified at the source',
} as const

const actors: Readonly<Record<string, string>> = {
  TOKEN: 'By the API',
  USER: 'By a user',
  WORKER: 'By the worker',
  OPERATOR: 'By the operator',
  SYSTEM: 'By the product',
}

/** What the history tells of, beside the causes of the state table. */
type ToldCause =
  | Cause
  | 'CREATED'
  | 'CHANGED'
  | 'DELETED'
  | 'RESTORED'
  | 'LINK_HANDED_OVER'
  | 'LINK_LOCKED'
  | 'DISPUTED'
  | 'DELIVERY_FAILED'

const happened: Readonly<Record<ToldCause, string>> = {
  CREATED: 'The request was made',
  MAIL_ACCEPTED: 'The e-mail went out',
  DELIVERY_FAILED: 'The e-mail could not be delivered',
  DISPUTED: 'Whoever opened the page says that something about the worker is wrong',
  LINK_LOCKED: 'The link was locked',
  LINK_HANDED_OVER: 'The link was handed over',
  STARTED: 'The worker opened the page',
  ANSWERED: 'The worker supplied something',
  HANDED_IN: 'The worker sent the answers',
  WAIVED: 'What the worker does not have was waived',
  SENT_BACK: 'An answer was sent back to the worker',
  ALL_CHECKED: 'Everything that was supplied is checked',
  REMINDED: 'A reminder was noted',
  REMINDED_AUTOMATICALLY: 'The worker was reminded',
  RESENT: 'A new link was sent',
  CHANGED: 'Message or days were changed',
  EXPIRED: 'The link expired',
  CANCELLED: 'The request was withdrawn',
  DELETED: 'The request was hidden',
  RESTORED: 'The request was brought back',
}

/** Of a cause that a newer node wrote: `SOMETHING_NEW` → `Something new`. */
const wordsOf = (cause: string): string =>
  (happened as Readonly<Record<string, string>>)[cause] ??
  cause.charAt(0) + cause.slice(1).toLowerCase().replaceAll('_', ' ')

const lines = (parts: readonly (string | false)[]): string =>
  parts.filter((part): part is string => typeof part === 'string' && part !== '').join('\n')

/**
 * The report of a request, to be drawn. Times are the organisation's, and each says its zone once, at the top.
 * Nothing is left out: what was declined, waived or supplied is told for each thing that was asked for.
 */
export function requestReport(report: RequestReport): DrawnReport {
  const { organisation, timeZone, request, requestId, madeAt } = report
  const time = (at: Date): string => {
    const { date, time: clock } = wallClock(at, timeZone)
    return `${date} ${clock.slice(0, 5)}`
  }
  const { lifecycle, delivery } = request
  const reached: readonly (readonly [string, Date | undefined])[] = [
    ['Asked', lifecycle.initiatedAt],
    ['E-mail sent', lifecycle.sentAt],
    ['Opened by the worker', lifecycle.openedAt],
    ['Submitted by the worker', lifecycle.submittedAt],
    ['Completed', lifecycle.completedAt],
  ]
  const facts = [
    { name: 'Organisation', value: organisation },
    { name: 'Worker', value: request.worker.displayName },
    { name: 'Worker’s id', value: request.worker.id },
    { name: 'Request', value: requestId },
    {
      name: 'Asked by',
      value:
        delivery.channel === 'LINK' ? 'A link that was handed over' : (delivery.emailAddress ?? 'E-mail'),
    },
    ...reached.flatMap(([name, at]) => (at === undefined ? [] : [{ name, value: time(at) }])),
    { name: 'Reminders', value: String(delivery.remindersSent) },
    ...(report.privacyNoticeVersion === null
      ? []
      : [{ name: 'Privacy notice agreed to', value: `Version ${report.privacyNoticeVersion}` }]),
    { name: 'Time zone', value: timeZone },
  ]
  return {
    title: request.displayName,
    author: organisation,
    language: 'en-AU',
    madeAt,
    footer: `${organisation} · ${requestId} · made ${time(madeAt)} (${timeZone})`,
    parts: [
      { kind: 'facts', summary: 'Who was asked, by whom and when', facts },
      ...(request.message === null
        ? []
        : ([
            { kind: 'heading', text: 'Message to the worker' },
            { kind: 'paragraph', text: request.message },
          ] as const)),
      { kind: 'heading', text: 'What was asked for, and what came of it' },
      {
        kind: 'table',
        summary: 'Each credential that was asked for, the worker’s answer, and what checks found',
        columns: [
          { title: 'Credential', width: 3 },
          { title: 'Answer', width: 4 },
          { title: 'Check', width: 4 },
        ],
        rows: report.answers.map((answer) => rowOf(answer, time)),
      },
      ...documentsOf(report.answers),
      { kind: 'heading', text: 'History' },
      {
        kind: 'table',
        summary: 'What happened to the request, when and through whom',
        columns: [
          { title: 'Time', width: 3 },
          { title: 'What happened', width: 4 },
          { title: 'Through', width: 4 },
        ],
        rows: report.history.map(({ at, cause, actorKind, actorId }) => [
          time(at),
          wordsOf(cause),
          `${actors[actorKind] ?? actorKind}${actorId === null || actorKind === 'WORKER' ? '' : ` (${actorId})`}`,
        ]),
      },
    ],
  }
}

function rowOf(
  { name, state, declineReason, credential }: ReportedAnswer,
  time: (at: Date) => string,
): readonly string[] {
  const said = [states[state], declineReason !== null && `Reason: ${declineReason}`]
  if (!credential) return [name, lines(said), '–']
  const { number, holderName, issueDate, expiryDate } = credential
  const { eligibility, assurance, authority, lastVerifiedAt } = credential
  return [
    name,
    lines([
      ...said,
      number !== null && `Number: ${number}`,
      holderName !== null && `Name on it: ${holderName}`,
      issueDate !== null && `Issued: ${issueDate}`,
      expiryDate === null ? 'No expiry date' : `Expires: ${expiryDate}`,
    ]),
    lines([
      eligibility === null ? 'Not checked' : (outcomes[eligibility] ?? eligibility),
      assurances[assurance],
      authority !== null && `Source: ${authority}`,
      lastVerifiedAt !== null && `Last confirmed: ${time(lastVerifiedAt)}`,
    ]),
  ]
}

/** With their hashes, by which anybody can see that a file is the one that was handed in. */
function documentsOf(answers: readonly ReportedAnswer[]): readonly Part[] {
  const rows = answers.flatMap(({ name, credential }) =>
    (credential?.files ?? []).map(({ fileName, sha256 }) => [name, fileName, sha256]),
  )
  if (rows.length === 0) return []
  return [
    { kind: 'heading', text: 'Documents' },
    {
      kind: 'table',
      summary: 'The documents of each credential, with the SHA-256 of their bytes',
      columns: [
        { title: 'Credential', width: 3 },
        { title: 'File', width: 4 },
        { title: 'SHA-256', width: 4 },
      ],
      rows,
    },
  ]
}
