/**
 * What the simulated register answers (spec 60, Connectors): the last four digits of a number, before any letter at its end,
 * decide. Pure but for what it remembers of the numbers that were asked.
 */
import { addDays, addMonths, parseLocalDate, type LocalDate } from '../../platform/local-date.ts'

export interface SimulatorQuestion {
  readonly number: string | null
  readonly holderName: string | null
  readonly issueDate: string | null
  readonly expiryDate: string | null
  readonly today: string | null
}

export interface SimulatorAnswer {
  readonly status: number
  /** Milliseconds before it comes. */
  readonly afterMs: number
  /** As it is sent: JSON, or what is none. */
  readonly body: string
}

const slowMs = 5_000
const failuresOfSeven = 2
const rememberedMax = 100_000
/** A year later has still four digits. */
const lastRenewable = '9998-12-31'

/** The last four digits before any trailing letters: `1230004E` is 0004, `12345678/9` is 6789. Null = fewer than four. */
export function magicOf(number: string): string | null {
  const digits = number
    .trim()
    .replace(/\p{L}+$/u, '')
    .replaceAll(/\D/g, '')
  return digits.length < 4 ? null : digits.slice(-4)
}

/** One simulator: it counts how often some numbers were asked, the longest ago forgotten first. */
export function openSimulator(): (question: SimulatorQuestion) => SimulatorAnswer {
  const asked = new Map<string, number>()
  const countOf = (number: string): number => {
    const count = (asked.get(number) ?? 0) + 1
    asked.delete(number)
    asked.set(number, count)
    if (asked.size > rememberedMax) asked.delete(asked.keys().next().value as string)
    return count
  }

  return (question) => {
    const number = question.number ?? ''
    const issueDate = date(question.issueDate)
    const expiryDate = date(question.expiryDate)
    const today = date(question.today)
    const valid = {
      status: 'CURRENT',
      number,
      holderName: question.holderName,
      issueDate,
      expiryDate,
      conditions: [],
    }
    const say = (what: object = {}, afterMs = 0): SimulatorAnswer => ({
      status: 200,
      afterMs,
      body: JSON.stringify({ ...valid, ...what }),
    })
    switch (magicOf(number)) {
      case '0002': {
        // Past every grace that a type may have, unless the card says so itself.
        const past = today === null ? expiryDate : addDays(today, -62)
        const isOver = expiryDate !== null && today !== null && expiryDate < today
        const ended = isOver ? expiryDate : past
        return say({
          status: 'EXPIRED',
          expiryDate: ended,
          issueDate: issueDate && ended && issueDate > ended ? null : issueDate,
        })
      }
      case '0003':
        return say({ status: 'SUSPENDED' })
      case '0004':
        return say({ status: 'CURRENT_WITH_CONDITIONS', conditions: ['Must practise under supervision.'] })
      case '0005':
        return { status: 404, afterMs: 0, body: JSON.stringify({ status: 'NOT_FOUND' }) }
      case '0006':
        return say({}, slowMs)
      case '0007':
        return countOf(number) <= failuresOfSeven
          ? { status: 500, afterMs: 0, body: JSON.stringify({ error: 'out of order' }) }
          : say()
      case '0008': {
        // A card that never ends cannot end later.
        const from = expiryDate === null || expiryDate > lastRenewable ? today : expiryDate
        return say({
          issueDate: today ?? issueDate,
          expiryDate: from === null ? null : addMonths(later(from, today), 12),
        })
      }
      case '0009':
        return { status: 200, afterMs: 0, body: '<html><p>Servlet error: ' }
      case '0010':
        return countOf(number) % 2 === 1 ? say() : say({ status: 'SUSPENDED' })
      case '0011':
        return say({ status: 'RENEWAL_PENDING' })
      case '0012':
        return say({ status: 'NON_PRACTISING' })
      default:
        return say()
    }
  }
}

const date = (text: string | null): LocalDate | null =>
  text === null ? null : (parseLocalDate(text) ?? null)
const later = (a: LocalDate, b: LocalDate | null): LocalDate => (b !== null && b > a ? b : a)
