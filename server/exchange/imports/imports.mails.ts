/**
 * What people are written about imports: held, failed, missing and refused files, in words of those who run the wards and
 * not the computers. Counts and file names, never a person's data.
 */
import { composeMail } from '../../platform/mail/mail-template.ts'
import { grouped, type Group, type Notice } from './imports.notices.rules.ts'
import type { HoldReason, ImportRun } from './imports.schema.ts'

export interface MailContent {
  readonly kind: string
  readonly subject: string
  readonly text: string
  readonly html: string
}

export interface Reader {
  /** Undefined for an address without a user. */
  readonly displayName: string | undefined
}

export interface Matter {
  readonly notice: Notice
  /** As it is now; null where the notice is not about a run. */
  readonly run: ImportRun | null
}

export interface Surroundings {
  readonly organisation: string
  readonly timeZone: string
  /** Without a slash at its end. */
  readonly publicUrl: string
  readonly heldDays: number
  readonly missingHours: number
}

const short = (text: string, most: number): string => {
  const line = text.replace(/\p{Cc}+/gu, ' ').trim()
  return [...line].length <= most ? line : `${[...line].slice(0, most - 1).join('')}…`
}
const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en-AU')} ${count === 1 ? one : many}`

function timeOf(instant: Date, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-AU', { dateStyle: 'full', timeStyle: 'short', timeZone })
  return `${format.format(instant)} (${timeZone})`
}
const dayOf = (instant: Date, timeZone: string): string =>
  new Intl.DateTimeFormat('en-AU', { dateStyle: 'long', timeZone }).format(instant)

/** A subject line has 200 characters: names are cut, states are not. */
const subjectOf = (around: Surroundings, rest: string): string => `${short(around.organisation, 60)}: ${rest}`
const fileOf = (name: string | null): string => short(name ?? 'a file', 70)

const apiUrl = (around: Surroundings, importId: string): string =>
  `${around.publicUrl}/openapi/v1/imports/${importId}`
const buttonOf = (around: Surroundings, importId: string): { label: string; url: string } => ({
  label: 'Look at the import',
  url: `${around.publicUrl}/console#import=${importId}`,
})

function footerOf(around: Surroundings, reader: Reader): string {
  const why =
    reader.displayName === undefined
      ? `this address stands in the setting import.notify of ${around.organisation}`
      : `you can decide on imports of ${around.organisation}`
  return `You get this mail from Vouchsafe because ${why}. The setting import.notify says who else gets it; off means nobody.`
}

const reasonWords: Readonly<Record<HoldReason, (run: ImportRun) => string>> = {
  DEACTIVATIONS: ({ counts }) =>
    `It leaves out ${plural(counts.workersDeactivated ?? 0, 'person who is', 'people who are')} active now and would become inactive. That is more than usual: perhaps the file is not complete.`,
  CREDENTIALS_INACTIVATED: ({ counts }) =>
    `It leaves out ${plural(counts.credentialsDeactivated ?? 0, 'credential')} that would become inactive. That is more than usual.`,
  NEW_SOURCE: ({ source }) =>
    `It is the first file from ${source}, and another system has sent files before. If both list the same people, look closely.`,
  OUT_OF_ORDER: () => 'Its name says that it is older than the last file that was applied.',
  UNATTRIBUTABLE_ROWS: () =>
    'Some rows have no external_id, or one that a spreadsheet has damaged, so nobody can tell whose they are.',
  REQUIREMENTS_REMOVED: ({ counts }) =>
    `It takes away ${plural(counts.requirementsRemoved ?? 0, 'requirement')} of positions. That is more than usual.`,
  POSITION_EMPTIED: () => 'It leaves a position without any requirement.',
  HEADER_ONLY: () => 'It has a line of column names and nobody below it.',
}

const stem = (name: string): string => name.replace(/\.(csv|xlsx|zip)$/i, '')

function planWords({ counts, fileType }: ImportRun): string {
  const parts =
    fileType === 'POSITION'
      ? [
          `${plural(counts.requirementsCreated ?? 0, 'new requirement')}`,
          `${counts.requirementsRemoved ?? 0} taken away`,
        ]
      : [
          plural(counts.workersCreated ?? 0, 'new person', 'new people'),
          `${counts.workersUpdated ?? 0} changed`,
          `${counts.workersDeactivated ?? 0} made inactive`,
        ]
  return `Applied, it would mean: ${[...parts, `${counts.rejected ?? 0} of ${plural(counts.rows ?? 0, 'row')} rejected`].join(', ')}.`
}

function held(around: Surroundings, { notice }: Matter, run: ImportRun): Body {
  const lapses = new Date(notice.at.getTime() + around.heldDays * 86_400_000)
  return {
    kind: 'import.held',
    subject: subjectOf(
      around,
      `${short(run.source, 40)} file ${fileOf(run.fileName)} is HELD and waits for a decision`,
    ),
    paragraphs: [
      `The file ${run.fileName} from ${run.source} came on ${timeOf(run.receivedAt, around.timeZone)}. It was read and not applied: nobody’s record has changed. Somebody should look at it first.`,
      ...run.holdReasons.map((reason) => `• ${reasonWords[reason](run)}`),
      planWords(run),
      ...(run.mode === 'UPSERT' && run.fileId !== null
        ? [
            `Later files of changes from ${run.source} wait until this one is decided, since their order matters.`,
          ]
        : []),
      `If the file is right, approve it. If it is wrong, send a corrected one, which takes its place, or reject it. What nobody decides on ends by itself on ${dayOf(lapses, around.timeZone)}, unapplied.`,
    ],
    button: buttonOf(around, run.id),
    details: [
      ...resultsWords(run, 'What became of each row', 'results.csv'),
      `Over the API: POST ${apiUrl(around, run.id)}/apply with {"planHash":"${run.planHash ?? ''}"} approves it, POST ${apiUrl(around, run.id)}/reject rejects it.`,
      `On the command line, beside a copy of the file: vouchsafe import ${quoted(run.fileName)} --org ${quoted(around.organisation)} --source ${run.source} --apply ${run.planHash ?? ''}`,
    ],
  }
}

/** Only what came as a file of the exchange has an answer there. */
function resultsWords(run: ImportRun, what: string, ending: string): string[] {
  return run.fileId === null ? [] : [`${what} stands in /download/results/${stem(run.fileName)}-${ending}.`]
}

/** For a shell, whatever stands in a name. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** What is wrong with a file, without what may be a person's data: a file without a header shows its first row there. */
function faultWords(run: ImportRun): string {
  const { fault } = run
  if (!fault) return 'The reason stands in its summary.'
  if (fault.code === 'DUPLICATE_COLUMN')
    return 'Two columns of its first line have the same name. Remove or rename one of the two.'
  const detail = fault.detail.replace(/ \(is it "[^"]*"\?\)/g, '')
  const isPlaced = fault.line === null || /\bline \d/i.test(detail)
  return isPlaced ? detail : `${detail} (Line ${fault.line}.)`
}

function failed(around: Surroundings, run: ImportRun): Body {
  return {
    kind: 'import.failed',
    subject: subjectOf(
      around,
      `${short(run.source, 40)} file ${fileOf(run.fileName)} FAILED and was not applied`,
    ),
    paragraphs: [
      `The file ${run.fileName} from ${run.source}, which came on ${timeOf(run.receivedAt, around.timeZone)}, could not be read. Nothing of it was applied: nobody’s record has changed.`,
      `What is wrong: ${faultWords(run)}`,
      `What to do: have the file corrected and sent again. It is not tried again as it is, and until a good one comes, what changed in ${run.source} since the last one is not known here.`,
    ],
    button: buttonOf(around, run.id),
    details: [
      ...resultsWords(run, 'The same, for who sent it,', 'summary.json'),
      `Over the API: GET ${apiUrl(around, run.id)}`,
    ],
  }
}

function missing(around: Surroundings, { notice, run }: Matter): Body {
  const source = notice.source ?? 'A source'
  const since = new Date(notice.detail ?? notice.at)
  return {
    kind: 'import.missing',
    subject: subjectOf(
      around,
      `${short(source, 40)} is MISSING, no file since ${dayOf(since, around.timeZone)} (last: ${fileOf(run?.fileName ?? null)})`,
    ),
    paragraphs: [
      `${source} has sent a file almost every day, and none now for ${around.missingHours} hours; days of the week on which it never sends are not counted. The last one${run ? `, ${run.fileName},` : ''} came on ${timeOf(since, around.timeZone)}.`,
      `Until it sends again, new people, people who left and renewed credentials in ${source} are not known here, and statuses go by what was sent last.`,
      `What to do: ask who looks after ${source} whether its daily export still runs. What is behind it most often: the job stopped, a password or key was changed, or the system was moved. Failed logins are on the record of the SFTP account.`,
      'You are told this once; again only when it has come back and fallen silent another time. The setting import.missingHours says after how many hours, 0 for never.',
    ],
  }
}

function refused(around: Surroundings, { notice }: Matter): Body {
  const name = notice.fileName ?? 'a file'
  return {
    kind: 'import.refused',
    subject: subjectOf(around, `file ${fileOf(name)} was NOT TAKEN`),
    paragraphs: [
      `The file ${name} came on ${timeOf(notice.at, around.timeZone)} and was not taken in. Nothing of it was read.`,
      `Why: ${notice.detail ?? ''}`,
      `What to do: have it sent again as described. The same words stand in /download/results/${name}-error.json for those who sent it.`,
    ],
  }
}

interface Body {
  readonly kind: string
  readonly subject: string
  readonly paragraphs: readonly string[]
  readonly button?: { readonly label: string; readonly url: string }
  readonly details?: readonly string[]
}

function bodyOf(around: Surroundings, matter: Matter): Body {
  const { notice, run } = matter
  if (notice.kind === 'HELD' && run) return held(around, matter, run)
  if (notice.kind === 'FAILED' && run) return failed(around, run)
  if (notice.kind === 'MISSING') return missing(around, matter)
  return refused(around, matter)
}

function compose(around: Surroundings, reader: Reader, body: Body): MailContent {
  const { kind, subject, paragraphs, button, details } = body
  return {
    kind,
    subject,
    ...composeMail({
      greeting: reader.displayName === undefined ? 'Hello,' : `Hello ${reader.displayName},`,
      paragraphs,
      ...(button ? { button } : {}),
      ...(details ? { details } : {}),
      footer: footerOf(around, reader),
    }),
  }
}

/** The mail about one matter. */
export function matterMail(around: Surroundings, reader: Reader, matter: Matter): MailContent {
  return compose(around, reader, bodyOf(around, matter))
}

const stateWords: Readonly<Record<Notice['kind'], readonly [string, string]>> = {
  HELD: ['file is HELD and waits for a decision', 'files are HELD and wait for a decision'],
  FAILED: ['file FAILED and was not applied', 'files FAILED and were not applied'],
  MISSING: ['is MISSING', 'is MISSING'],
  REFUSED: ['file was NOT TAKEN', 'files were NOT TAKEN'],
}

function groupWords(around: Surroundings, group: Group, newest: Matter): string {
  const { notice, run } = newest
  const [one, many] = stateWords[group.kind]
  const who = group.source ?? 'Without a source'
  if (group.kind === 'MISSING')
    return `• ${who} ${one}: no file since ${timeOf(new Date(notice.detail ?? notice.at), around.timeZone)}.`
  const what =
    run && group.kind === 'FAILED'
      ? faultWords(run)
      : run && group.kind === 'HELD'
        ? run.holdReasons.map((reason) => reasonWords[reason](run)).join(' ')
        : (notice.detail ?? '')
  const name = run?.fileName ?? notice.fileName ?? 'a file'
  const count = group.count === 1 ? `1 ${one}` : `${group.count} ${many}`
  const last = `${group.count === 1 ? '' : 'the last '}${name}, ${timeOf(notice.at, around.timeZone)}`
  return `• ${who}: ${count} (${last}). ${what}${run ? ` ${apiUrl(around, run.id)}` : ''}`
}

/** One mail about what came since the last one. A single matter is told as if it came alone. */
export function togetherMail(around: Surroundings, reader: Reader, matters: readonly Matter[]): MailContent {
  const [only] = matters
  if (only && matters.length === 1) return matterMail(around, reader, only)
  const groups = grouped(matters.map(({ notice }) => notice))
  const words = groups.map((group) => {
    const newest = matters.find(({ notice }) => notice.id === group.newest.id) as Matter
    return groupWords(around, group, newest)
  })
  const sources = [...new Set(groups.map((group) => group.source ?? 'files without a source'))]
  const states = [...new Set(groups.map((group) => group.kind))].join(', ')
  return compose(around, reader, {
    kind: 'import.digest',
    subject: subjectOf(
      around,
      `${plural(matters.length, 'file')} of ${short(sources.join(', '), 80)} need attention (${states})`,
    ),
    paragraphs: [
      `Since you were last written to, more came that somebody should see. So that you are not written to about each, here it is in one mail.`,
      ...words,
      'What a file would do or why it failed stands in /download/results under its name, and over the API at the address beside it. Held files wait for somebody to approve or reject them; failed ones, to be corrected and sent again.',
    ],
  })
}
