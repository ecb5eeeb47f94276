/**
 * Licence status: what green, yellow and red mean (spec 60, Licence status). Pure: the day is passed in.
 *
 * The first rule that applies decides the colour; the reasons of that colour are all listed, most serious first.
 * Unknown is yellow: it never becomes green or red by itself.
 */
import { addDays, addMonths, type LocalDate } from '../../platform/local-date.ts'
import { normaliseCredentialNumber } from '../../workforce/credential-types/credential-numbers.rules.ts'
import {
  assuranceNeededOf,
  type Assurance,
  type CredentialTypeEntry,
} from '../../workforce/credential-types/credential-types.schema.ts'
import { evaluate } from '../../workforce/requirements/requirements.evaluate.rules.ts'
import { allOfTypes } from '../../workforce/requirements/requirements.groups.rules.ts'
import type { Colour, StatusReason } from '../../workforce/requirements/requirements.reasons.schema.ts'

export type { Colour, StatusReason }

export type Eligibility = 'MAY_ENGAGE' | 'MAY_NOT_ENGAGE' | 'REVIEW_REQUIRED' | 'IN_PROGRESS' | 'ERROR'
export type WorkerType = 'EMPLOYEE' | 'CONTRACTOR' | 'VOLUNTEER' | 'STUDENT'

/** Facts that a source states beside its answer. */
export type StatusDetail = 'CONDITIONS' | 'NON_PRACTISING' | 'RENEWAL_PENDING' | 'VOLUNTEER_ONLY'

export interface LicenceStatusInput {
  readonly type: CredentialTypeEntry
  /** The day in the organisation's zone. */
  readonly today: LocalDate
  readonly issueDate: LocalDate | null
  /** Null = none is known or it does not expire. See `lastDayOf` for types on which none is printed. */
  readonly expiryDate: LocalDate | null
  readonly number: string | null
  /** What the deciding check said; null = never asked. */
  readonly eligibility: Eligibility | null
  readonly details: readonly StatusDetail[]
  readonly assurance: Assurance
  /** The day of the last answer that was not an error. */
  readonly lastGoodAnswerOn: LocalDate | null
  readonly checkCadenceDays: number
  /** Whether the organisation lets what HR says be enough for this type. */
  readonly acceptDeclared: boolean
  readonly workerType: WorkerType | null
}

export interface LicenceStatus {
  readonly status: Colour
  readonly reasons: readonly StatusReason[]
  /** The first day on which the answer may differ by the passage of time alone; null = never. */
  readonly nextChangeOn: LocalDate | null
}

const assuranceRank: Readonly<Record<Assurance, number>> = { DECLARED: 0, REVIEWED: 1, VERIFIED: 2 }

/** The last day of the grace after an expiry date: 31 May and one month is 30 June. */
function graceEnd(expiry: LocalDate, months: number): LocalDate {
  return months === 0 ? expiry : addMonths(expiry, months)
}

const patterns = new Map<string, RegExp>()

/** Whether the number, in its normal form, is of the kind that the catalogue describes. */
function matches(pattern: string | null, number: string | null): boolean {
  if (pattern === null || number === null) return false
  let expression = patterns.get(pattern)
  if (!expression) patterns.set(pattern, (expression = new RegExp(pattern, 'u')))
  return expression.test(normaliseCredentialNumber(number))
}

/** The same months after its issue, where the type counts so. */
function monthsFromIssue({ type, issueDate }: LicenceStatusInput): LocalDate | null {
  const months = type.validity?.months
  return months === undefined || issueDate === null ? null : addMonths(issueDate, months)
}

/** The last day: the one that is known, else the one that its issue gives where none is printed. */
function lastDayOf(input: LicenceStatusInput): LocalDate | null {
  if (input.expiryDate !== null) return input.expiryDate
  return input.type.validity?.countsFromIssue === true ? monthsFromIssue(input) : null
}

/**
 * What says how things stood on one day and has no end grows old: the first day beyond its usual time. Undefined where that
 * does not apply; null where the day itself is not known.
 */
function tooOldFrom(input: LicenceStatusInput): LocalDate | null | undefined {
  const { type, expiryDate } = input
  if (!type.mayLackExpiry || expiryDate !== null || type.validity?.months === undefined) return undefined
  const last = monthsFromIssue(input)
  return last === null ? null : addDays(last, 1)
}

/**
 * A volunteer's card in paid work is red; where the kind of work is not known, nobody can tell. That it is one, its number says
 * in some states, in others its register alone.
 */
function roleOf(input: LicenceStatusInput): 'right' | 'wrong' | 'unknown' {
  const isVolunteers =
    input.details.includes('VOLUNTEER_ONLY') || matches(input.type.noPaidWork, input.number)
  if (!isVolunteers) return 'right'
  if (input.workerType === null) return 'unknown'
  return input.workerType === 'EMPLOYEE' || input.workerType === 'CONTRACTOR' ? 'wrong' : 'right'
}

export function licenceStatusOf(given: LicenceStatusInput): LicenceStatus {
  const input = { ...given, expiryDate: lastDayOf(given) }
  const red = redReasons(input)
  if (red.length > 0) return { status: 'red', reasons: red, nextChangeOn: nextChangeOn(input) }
  const yellow = yellowReasons(input)
  return {
    status: yellow.length > 0 ? 'yellow' : 'green',
    reasons: yellow,
    nextChangeOn: nextChangeOn(input),
  }
}

function redReasons(input: LicenceStatusInput): StatusReason[] {
  const { type, today, expiryDate, eligibility } = input
  const reasons: StatusReason[] = []
  if (eligibility === 'MAY_NOT_ENGAGE') reasons.push('MAY_NOT_ENGAGE')
  if (expiryDate !== null && today > graceEnd(expiryDate, type.graceMonths)) reasons.push('EXPIRED')
  if (roleOf(input) === 'wrong') reasons.push('WRONG_ROLE')
  return reasons
}

/** Whether somebody has to look: the source could not tell, or what is known does not suffice to tell. */
function isToBeReviewed(input: LicenceStatusInput): boolean {
  const { type, today, issueDate, expiryDate, eligibility, number } = input
  const tooOld = tooOldFrom(input)
  return (
    eligibility === 'REVIEW_REQUIRED' ||
    // A type that always expires, without the day, or one that has not begun.
    (expiryDate === null && !type.mayLackExpiry) ||
    (issueDate !== null && issueDate > today) ||
    (tooOld !== undefined && (tooOld === null || today >= tooOld)) ||
    matches(type.isApplication, number) ||
    roleOf(input) === 'unknown'
  )
}

function yellowReasons(input: LicenceStatusInput): StatusReason[] {
  const { type, today, expiryDate, details } = input
  const reasons: StatusReason[] = []
  if (isToBeReviewed(input)) reasons.push('REVIEW_REQUIRED')
  for (const detail of ['CONDITIONS', 'NON_PRACTISING', 'RENEWAL_PENDING'] as const)
    if (details.includes(detail)) reasons.push(detail)
  if (expiryDate !== null && today > expiryDate) reasons.push('IN_GRACE')
  else if (expiryDate !== null && today >= addDays(expiryDate, -type.expiringWindowDays))
    reasons.push('EXPIRING')
  return [...reasons, ...assuranceReasons(input)]
}

/** A register's answer is demanded only where VERIFIED is needed; for the others assurance and dates decide. */
function assuranceReasons(input: LicenceStatusInput): StatusReason[] {
  const needed = input.acceptDeclared ? 'DECLARED' : assuranceNeededOf(input.type, input.expiryDate !== null)
  const hasAnswer =
    input.eligibility !== null && input.eligibility !== 'IN_PROGRESS' && input.eligibility !== 'ERROR'
  const reasons: StatusReason[] = []
  if (needed === 'VERIFIED' && !hasAnswer && input.lastGoodAnswerOn === null) reasons.push('NOT_YET_CHECKED')
  else if (assuranceRank[input.assurance] < assuranceRank[needed]) reasons.push('NOT_VERIFIED')
  const staleFrom = staleFromDay(input)
  if (needed === 'VERIFIED' && staleFrom !== null && input.today >= staleFrom) reasons.push('STALE')
  return reasons
}

/** The first day on which the last good answer is older than twice its cadence. */
function staleFromDay({ lastGoodAnswerOn, checkCadenceDays }: LicenceStatusInput): LocalDate | null {
  return lastGoodAnswerOn === null ? null : addDays(lastGoodAnswerOn, 2 * checkCadenceDays + 1)
}

/** Every day on which some rule that reads the calendar turns over; the earliest that is still to come. */
function nextChangeOn(input: LicenceStatusInput): LocalDate | null {
  const { type, today, issueDate, expiryDate } = input
  const days: LocalDate[] = []
  if (issueDate !== null) days.push(issueDate)
  if (expiryDate !== null) {
    days.push(
      addDays(expiryDate, -type.expiringWindowDays),
      addDays(expiryDate, 1),
      addDays(graceEnd(expiryDate, type.graceMonths), 1),
    )
  }
  const tooOld = tooOldFrom(input)
  if (tooOld) days.push(tooOld)
  const staleFrom = staleFromDay(input)
  if (staleFrom !== null) days.push(staleFrom)
  return days.filter((day) => day > today).sort()[0] ?? null
}

/**
 * The status of a worker without requirements: the worst, over credential types, of the best active credential of each
 * type (spec 60), which is what requiring one of each type that he holds comes to. Null when there is none.
 */
export function rollUp(
  credentials: readonly { readonly credentialType: string; readonly status: Colour }[],
  today: LocalDate,
): Colour | null {
  if (credentials.length === 0) return null
  const types = [...new Set(credentials.map(({ credentialType }) => credentialType))]
  const held = credentials.map((one, index) => ({
    ...one,
    id: String(index),
    jurisdiction: null,
    expiryDate: null,
    assurance: 'DECLARED' as const,
    reasons: [],
  }))
  return evaluate(allOfTypes(types), { credentials: held, today }).status
}
