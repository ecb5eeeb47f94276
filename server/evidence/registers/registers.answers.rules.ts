/** What a source's words mean: from the JSON that came back to an answer. Pure. */
import { parseLocalDate, type LocalDate } from '../../platform/local-date.ts'
import { normaliseCredentialNumber } from '../../workforce/credential-types/credential-numbers.rules.ts'
import type { CheckAnswer, CheckQuestion } from './connectors.schema.ts'
import { standardWords, type HttpSettings } from './registers.schema.ts'

/** What came back cannot be an answer. The message says why, and names no person. */
export class Unreadable extends Error {}

const textMax = 500
const conditionsMax = 20

/** The value at a JSON Pointer (RFC 6901); undefined where there is none. */
export function valueAt(document: unknown, pointer: string): unknown {
  let value = document
  for (const part of pointer.split('/').slice(1)) {
    if (value === null || typeof value !== 'object') return undefined
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~')
    value = Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined
  }
  return value
}

function textAt(document: unknown, pointer: string | null): string | null {
  const value = pointer === null ? undefined : valueAt(document, pointer)
  if (value === undefined || value === null) return null
  if (typeof value !== 'string' && typeof value !== 'number')
    throw new Unreadable(`What stands at ${pointer} is no text.`)
  const text = clean(String(value))
  return text === '' ? null : cut(text)
}

/** Its beginning. A character is not cut in two: half of one cannot be stored. */
const cut = (text: string): string => text.slice(0, textMax).toWellFormed()

/** Without what no line of text has. */
function clean(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim()
}

/** A day as sources write it: 2027-05-31, 31/05/2027, or an instant whose day counts. */
function dateAt(document: unknown, pointer: string | null): LocalDate | null {
  const text = textAt(document, pointer)
  if (text === null) return null
  const reversed = /^(\d{1,2})[/.](\d{1,2})[/.](\d{4})$/.exec(text)
  const iso = reversed
    ? `${reversed[3]}-${reversed[2]?.padStart(2, '0')}-${reversed[1]?.padStart(2, '0')}`
    : /^\d{4}-\d{2}-\d{2}(?=$|[T ])/.exec(text)?.[0]
  const date = iso === undefined ? undefined : parseLocalDate(iso)
  if (date === undefined) throw new Unreadable(`What stands at ${pointer} is no date.`)
  return date
}

function flagAt(document: unknown, pointer: string | null): boolean {
  const value = pointer === null ? undefined : valueAt(document, pointer)
  if (value === undefined || value === null) return false
  if (typeof value === 'boolean') return value
  if (value === 'true' || value === 'false') return value === 'true'
  throw new Unreadable(`What stands at ${pointer} is neither true nor false.`)
}

function listAt(document: unknown, pointer: string | null): string[] {
  const value = pointer === null ? undefined : valueAt(document, pointer)
  if (value === undefined || value === null || value === '') return []
  const items = Array.isArray(value) ? value : [value]
  if (!items.every((item) => typeof item === 'string'))
    throw new Unreadable(`What stands at ${pointer} is no list of texts.`)
  return items
    .map((item) => cut(clean(item as string)))
    .filter((item) => item !== '')
    .slice(0, conditionsMax)
}

const foldWord = (word: string): string =>
  word
    .trim()
    .toUpperCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '_')

/** What the source does not know: a matter for a person, unless its silence is decisive (spec 60, Checks). */
export function notFound(question: CheckQuestion, ownWords: string | null): CheckAnswer {
  return {
    outcome: question.absenceIsDecisive ? 'MAY_NOT_ENGAGE' : 'REVIEW_REQUIRED',
    details: ['NOT_FOUND'],
    conditions: [],
    ownWords,
    verified: null,
    evidence: null,
    fault: null,
  }
}

/** The source's word for "not found", where that is what a document says; else null. */
export function saysNotFound(document: unknown, mapping: HttpSettings['response']): string | null {
  const said = textAt(document, mapping.status)
  return said !== null && meaningOf(said, mapping)?.outcome === 'NOT_FOUND' ? said : null
}

function meaningOf(
  said: string,
  { words }: HttpSettings['response'],
): HttpSettings['response']['words'][string] | undefined {
  const own = new Map(Object.entries(words).map(([word, meaning]) => [foldWord(word), meaning]))
  return own.get(foldWord(said)) ?? standardWords[foldWord(said)]
}

/**
 * The answer in a document. Throws Unreadable where it holds none. A word that is not known, a number or a name that is not
 * the one that was asked about asks for a person's eye.
 */
export function answerIn(
  document: unknown,
  mapping: HttpSettings['response'],
  question: CheckQuestion,
): CheckAnswer {
  if (document === null || typeof document !== 'object') throw new Unreadable('It is no JSON object.')
  const said = textAt(document, mapping.status)
  if (said === null) throw new Unreadable(`There is no state at ${mapping.status}.`)
  const meaning = meaningOf(said, mapping)
  const message = textAt(document, mapping.message)
  const ownWords = cut(message === null ? said : `${said}: ${message}`)
  if (meaning?.outcome === 'NOT_FOUND') return notFound(question, ownWords)
  const neverExpires = flagAt(document, mapping.neverExpires)
  const verified = {
    number: textAt(document, mapping.number),
    holderName: textAt(document, mapping.holderName),
    issueDate: dateAt(document, mapping.issueDate),
    expiryDate: neverExpires ? null : dateAt(document, mapping.expiryDate),
    neverExpires,
  }
  if (verified.issueDate && verified.expiryDate && verified.issueDate > verified.expiryDate)
    throw new Unreadable('It expires before it was issued.')
  const conditions = listAt(document, mapping.conditions)
  const details = new Set(meaning?.details ?? [])
  if (conditions.length > 0) details.add('CONDITIONS')
  const answer = { conditions, ownWords, evidence: null, fault: null }
  const doubts = [
    ...(meaning ? [] : ['UNKNOWN_WORD']),
    ...(isOtherNumber(question.number, verified.number) ? ['NUMBER_DIFFERS'] : []),
    ...(isOtherName(question, verified.holderName) ? ['NAME_DIFFERS'] : []),
  ]
  if (doubts.length > 0)
    return { ...answer, outcome: 'REVIEW_REQUIRED', details: [...doubts, ...details], verified }
  const outcome = (meaning as NonNullable<typeof meaning>).outcome as CheckAnswer['outcome']
  return { ...answer, outcome, details: [...details], verified }
}

function isOtherNumber(asked: string | null, told: string | null): boolean {
  if (asked === null || told === null) return false
  return normaliseCredentialNumber(asked) !== normaliseCredentialNumber(told)
}

const titles = new Set(['MR', 'MRS', 'MS', 'MISS', 'MX', 'DR', 'PROF', 'PROFESSOR', 'SIR', 'DAME', 'REV'])

/** The words of a name: without case, marks, apostrophes and titles. */
function nameWords(name: string): string[] {
  return name
    .normalize('NFKD')
    .replaceAll(/[\p{M}'’ʼ`.]/gu, '')
    .toUpperCase()
    .split(/[^\p{L}]+/u)
    .filter((word) => word !== '' && !titles.has(word))
}

const joinedMin = 4

/** Whether every word of a name stands in another, however either is divided (Mary-Anne, Maryanne). */
function standsIn(words: readonly string[], within: readonly string[]): boolean {
  if (words.every((word) => within.includes(word))) return true
  const joined = words.join('')
  if (joined.length < joinedMin) return false
  // Whole words only: Mann does not stand in Hoffmann.
  return within.some((_, from) =>
    within.some((_, to) => to >= from && within.slice(from, to + 1).join('') === joined),
  )
}

/**
 * Whether a name that came back is clearly another one than that which was asked about. Order, middle names, case, marks and
 * hyphens do not count; a first name may come back as its initial. A typing error does: a person looks at it.
 */
export function isOtherName(
  question: Pick<CheckQuestion, 'familyName' | 'givenNames' | 'holderName'>,
  told: string | null,
): boolean {
  const toldWords = told === null ? [] : nameWords(told)
  if (toldWords.length === 0) return false
  const holder = nameWords(question.holderName ?? '')
  const family = nameWords(question.familyName ?? '')
  const given = nameWords(question.givenNames ?? '')
  const [first] = given
  // The name on the card goes before that in the books: people keep an earlier one.
  const isTheHolder = holder.length > 0 && (standsIn(holder, toldWords) || standsIn(toldWords, holder))
  if (isTheHolder) return false
  if (family.length === 0) return holder.length > 0
  if (!standsIn(family, toldWords)) return true
  if (first === undefined || toldWords.includes(first.slice(0, 1))) return false
  // A double first name may come back as one word.
  return !standsIn([first], toldWords) && !standsIn(given.slice(0, 2), toldWords)
}
