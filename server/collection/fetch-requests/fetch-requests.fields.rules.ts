/** The form of a credential type, and what is wrong with what was typed into it. Pure. */
import type { Fault } from '../../platform/errors.ts'
import { addMonths, parseLocalDate, type LocalDate } from '../../platform/local-date.ts'
import { checkCredentialNumber } from '../../workforce/credential-types/credential-numbers.rules.ts'
import type { CredentialTypeEntry } from '../../workforce/credential-types/credential-types.schema.ts'

/** As typed. Dates: YYYY-MM-DD, or '' */
export interface AnswerFields {
  readonly number: string
  readonly holderName: string
  readonly issueDate: string
  readonly expiryDate: string
  readonly hasNoExpiry: boolean
}

export const noFields: AnswerFields = {
  number: '',
  holderName: '',
  issueDate: '',
  expiryDate: '',
  hasNoExpiry: false,
}

export interface Form {
  readonly suppliedBy: 'number' | 'document' | 'both'
  /** Null where the type has no numbers of its own. */
  readonly number: CredentialTypeEntry['number'] | null
  readonly mayLackExpiry: boolean
  readonly asksIssueDate: boolean
  readonly asksExpiryDate: boolean
  /** Whether the worker must agree in so many words: health data and the right to work (spec 30). */
  readonly needsConsent: boolean
}

/** A type of which nothing is known about its numbers: see credential-types.own.ts. */
const anyNumber = '^.{1,200}$'

/** What a worker is asked for each type. A register tells the day of issue itself; some documents print no end. */
export function formOf(type: CredentialTypeEntry): Form {
  const { suppliedBy, number, mayLackExpiry, category, validity } = type
  return {
    suppliedBy,
    number: suppliedBy === 'document' && number.pattern === anyNumber ? null : number,
    mayLackExpiry,
    asksIssueDate: suppliedBy !== 'number',
    asksExpiryDate: validity?.countsFromIssue !== true,
    needsConsent: category === 'HEALTH' || category === 'RIGHT_TO_WORK',
  }
}

/** What was typed, as it is declared; null = nothing. */
export interface AnswerValues {
  readonly number: string | null
  readonly holderName: string | null
  readonly issueDate: LocalDate | null
  readonly expiryDate: LocalDate | null
}

const earliest = '1900-01-01'
const aheadMonthsMax = 100 * 12
const control = /[\p{Cc}\u2028\u2029]/u

function lineOf(typed: string): string | null {
  const text = typed.trim()
  return text === '' ? null : text
}

/**
 * Judges a whole answer; `faults` in the order of the form, in words for the worker.
 * @param given.documents files that vouch for it
 * @param given.today on the organisation's calendar
 */
export function judgeAnswer(
  type: CredentialTypeEntry,
  fields: AnswerFields,
  given: { readonly documents: number; readonly hasConsent: boolean; readonly today: LocalDate },
): { readonly values: AnswerValues; readonly faults: readonly Fault[] } {
  const form = formOf(type)
  const faults: Fault[] = []
  const fault = (pointer: string, code: string, detail: string): void =>
    void faults.push({ pointer, code, detail })

  if (form.suppliedBy !== 'number' && given.documents === 0)
    fault('/files', 'REQUIRED', 'Add a photo or a PDF of the document.')

  const number = lineOf(fields.number)
  if (number === null) {
    if (form.suppliedBy !== 'document')
      fault('/fields/number', 'REQUIRED', `Type the number. It looks like ${type.number.example}.`)
  } else if (control.test(number))
    fault('/fields/number', 'CHARACTERS', 'The number holds a character that cannot be kept. Type it again.')
  else {
    const judged = checkCredentialNumber(type, number).fault
    if (judged?.firmness === 'firm') fault('/fields/number', 'NUMBER_FORMAT', judged.detail)
  }

  const holderName = lineOf(fields.holderName)
  if (holderName !== null && control.test(holderName))
    fault(
      '/fields/holderName',
      'CHARACTERS',
      'The name holds a character that cannot be kept. Type it again.',
    )

  const dateOf = (name: 'issueDate' | 'expiryDate', latest: LocalDate, tooLate: string): LocalDate | null => {
    const pointer = `/fields/${name}`
    if (fields[name] === '') return null
    const date = parseLocalDate(fields[name])
    if (date === undefined) {
      fault(pointer, 'DATE', 'There is no such day. Check day, month and year.')
      return null
    }
    if (date < earliest) fault(pointer, 'TOO_EARLY', 'The year is too long ago. Check it.')
    else if (date > latest) fault(pointer, 'TOO_LATE', tooLate)
    return date
  }
  const issueDate = dateOf(
    'issueDate',
    given.today,
    'The day of issue lies in the future. Check it against the document.',
  )
  if (issueDate === null && fields.issueDate === '' && form.asksIssueDate && !form.asksExpiryDate)
    fault('/fields/issueDate', 'REQUIRED', 'Type the day on which it was issued: it counts from there.')

  const expiryDate = dateOf(
    'expiryDate',
    addMonths(given.today, aheadMonthsMax),
    'The year is too far ahead. Check it against the document.',
  )
  if (fields.hasNoExpiry && !form.mayLackExpiry)
    fault('/fields/hasNoExpiry', 'HAS_EXPIRY', `${type.name} always has an end. Type the day.`)
  else if (fields.hasNoExpiry && fields.expiryDate !== '')
    fault('/fields/expiryDate', 'EITHER', 'Either it has an end or it has none. Empty one of the two.')
  else if (
    !fields.hasNoExpiry &&
    fields.expiryDate === '' &&
    form.asksExpiryDate &&
    form.suppliedBy !== 'number'
  )
    fault(
      '/fields/expiryDate',
      'REQUIRED',
      form.mayLackExpiry
        ? 'Type the day on which it ends, or say that it has no end.'
        : 'Type the day on which it ends.',
    )
  if (issueDate !== null && expiryDate !== null && expiryDate < issueDate)
    fault('/fields/expiryDate', 'EXPIRES_BEFORE_ISSUE', 'It would end before it was issued. Check both days.')

  if (form.needsConsent && !given.hasConsent)
    fault('/consent', 'REQUIRED', 'This can only be taken with your agreement. Tick the box if you agree.')
  return { values: { number, holderName, issueDate, expiryDate }, faults }
}
