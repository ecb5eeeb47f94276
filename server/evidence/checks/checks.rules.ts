/** When a credential is asked about next, and what is kept of what was asked. Pure. */
import { addDays, type LocalDate } from '../../platform/local-date.ts'
import { startOfDay } from '../../platform/zoned-time.ts'
import type { CheckOutcome, AskTrigger } from './checks.schema.ts'

const minuteMs = 60_000
const dayMs = 86_400_000

/**
 * By how much earlier a turn lies than the moment: the ones that somebody waits for come first, and yet whatever was due a
 * day ago comes before them, so that nothing waits for ever.
 */
export const headStartMs: Readonly<Record<AskTrigger, number>> = {
  REQUESTED: dayMs,
  CHANGED: dayMs / 24,
  CONNECTED: 0,
  SCHEDULE: 0,
  NEAR_EXPIRY: 0,
  RETRY: 0,
}

const firstRetryMs = minuteMs
const lastRetryMs = 6 * 60 * minuteMs
const firstWaitMs = 15 * minuteMs
const lastWaitMs = dayMs

export interface Attempt {
  readonly now: Date
  readonly outcome: CheckOutcome
  /** Attempts without an answer in a row, this one included. */
  readonly failures: number
  /** When the source wants to be asked again, if it said. */
  readonly retryAfterSeconds: number | null
  /** Inputs are lacking: only a change can help. */
  readonly isUnaskable: boolean
  readonly everyDays: number
  readonly expiryDate: LocalDate | null
  readonly expiringWindowDays: number
  readonly timeZone: string
  /** From 0 to 1: spreads those that were asked together, so that they do not come together again. */
  readonly spread: number
}

export interface Turn {
  readonly at: Date
  readonly trigger: AskTrigger
}

/**
 * The next turn after an attempt. An answer is asked for again by the rhythm of its type, or earlier on the day on which the
 * credential begins to expire, and on the day after it has: a renewal is mostly known to the register by then. Without an
 * answer it is asked again, at ever longer distances, and never sooner than the source wants.
 */
export function nextTurn(attempt: Attempt): Turn {
  const { now, spread } = attempt
  const after = (ms: number): Date => new Date(now.getTime() + Math.round(ms))
  if (attempt.outcome === 'ERROR' && !attempt.isUnaskable) {
    const backOff = Math.min(lastRetryMs, firstRetryMs * 2 ** Math.min(attempt.failures - 1, 20))
    const wanted = (attempt.retryAfterSeconds ?? 0) * 1_000
    return { at: after(Math.max(backOff * (0.8 + 0.4 * spread), wanted)), trigger: 'RETRY' }
  }
  if (attempt.outcome === 'IN_PROGRESS') {
    const wait = Math.min(lastWaitMs, firstWaitMs * 2 ** Math.min(attempt.failures - 1, 20))
    return { at: after(wait * (0.8 + 0.4 * spread)), trigger: 'RETRY' }
  }
  const byRhythm = after(attempt.everyDays * dayMs * (0.9 + 0.1 * spread))
  const { expiryDate: expiry, timeZone } = attempt
  const days = expiry === null ? [] : [addDays(expiry, -attempt.expiringWindowDays), addDays(expiry, 1)]
  const near = days
    .map((day) => startOfDay(day, timeZone))
    .filter((at) => at > now && at < byRhythm)
    .sort((a, b) => a.getTime() - b.getTime())[0]
  return near ? { at: near, trigger: 'NEAR_EXPIRY' } : { at: byRhythm, trigger: 'SCHEDULE' }
}

const shownCharacters = 4

/** What is kept of a question: of the number its last characters, of the rest only that it was sent. */
export function redacted(question: Readonly<Record<string, unknown>>): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(question)) {
    if (typeof value !== 'string' || value === '') continue
    if (name === 'number')
      kept[name] = `…${value.length > 2 * shownCharacters ? value.slice(-shownCharacters) : ''}`
    else if (plain.has(name)) kept[name] = value
    else if (personal.has(name)) kept[name] = 'sent'
  }
  return kept
}

const plain = new Set(['register', 'credentialType', 'jurisdiction'])
const personal = new Set(['familyName', 'givenNames', 'holderName', 'birthDate', 'issueDate', 'expiryDate'])

/** What an answer is about. When any of it has changed since it was asked, the answer is about another card or person. */
export function identityOf(asked: {
  readonly credentialType: string
  readonly number: string | null
  readonly holderName: string | null
  readonly displayName: string
  readonly firstName: string | null
  readonly middleName: string | null
  readonly lastName: string | null
  readonly birthDate: string | null
}): string {
  const { credentialType, number, holderName, displayName, firstName, middleName, lastName, birthDate } =
    asked
  return JSON.stringify([
    credentialType,
    number,
    holderName,
    displayName,
    firstName,
    middleName,
    lastName,
    birthDate,
  ])
}
