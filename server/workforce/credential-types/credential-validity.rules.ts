/** The issuer's calendar: on which days of the year a credential of a type ends. Pure. */
import type { LocalDate } from '../../platform/local-date.ts'
import type { CredentialTypeEntry } from './credential-types.schema.ts'

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

/** `05-31` as people say it: 31 May. */
function spoken(yearEnd: string): string {
  return `${Number(yearEnd.slice(3))} ${months[Number(yearEnd.slice(0, 2)) - 1] ?? ''}`
}

/**
 * What is odd about an expiry date on the calendar of its issuer, if anything: it is a fixed day of the type, but of
 * another profession than the number's. Any other day says nothing, since provisional and limited registrations end on
 * their own anniversary; nor does a prefix that the catalogue does not know. Advisory: warn, never reject.
 *
 * @param numberNormalised as `normaliseCredentialNumber` gives it
 */
export function yearEndFault(
  type: CredentialTypeEntry,
  numberNormalised: string,
  expiryDate: LocalDate,
): string | undefined {
  const { yearEnds = [], yearEndOfPrefix = {} } = type.validity ?? {}
  const prefix = /^[A-Z]+/.exec(numberNormalised)?.[0] ?? ''
  const own = new Map(Object.entries(yearEndOfPrefix)).get(prefix)
  const day = expiryDate.slice(5)
  if (own === undefined || day === own || !yearEnds.includes(day)) return undefined
  return `Numbers with ${prefix} end on ${spoken(own)}; ${spoken(day)} is the day of another profession. Check the date against the register.`
}
