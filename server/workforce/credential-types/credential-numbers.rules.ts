/** Licence numbers: one normal form for comparing, and what is odd about one. Pure. */
import type { CredentialTypeEntry } from './credential-types.schema.ts'

// "WWC No: 1234567A", "Card Number 12", "Reg. no. 3": what forms put in front of the number itself.
const label =
  /^(?:(?:WWCC?|CARD|REG(?:ISTRATION)?|LIC(?:ENCE|ENSE)?|CLEARANCE|APPLICATION|CERT(?:IFICATE)?)\.?\s*)?(?:NO|NUMBER|NUM|#)\s*[.:#]?\s+|^(?:NO|NUMBER|NUM)\s*[.:]\s*/

/**
 * The form in which numbers are compared: one Unicode form, upper case, no blanks, no label in front; `/` and `-` stay.
 * What is stored and exported is what came, byte for byte.
 */
export function normaliseCredentialNumber(raw: string): string {
  let normal = raw
    .normalize('NFKC')
    .trim()
    .toUpperCase()
    // Upper case takes some letters apart again.
    .normalize('NFKC')
    .replace(/[‐‑‒–—−]/g, '-')
  // A label may stand twice ("WWC No: No. 5"): the normal form has none, so that it is its own normal form.
  for (let before = ''; before !== normal;) {
    before = normal
    normal = normal.replace(label, '').replace(/\s+/g, '')
  }
  return normal
}

export interface NumberFault {
  readonly firmness: 'firm' | 'advisory'
  readonly detail: string
}

/** What is wrong with a number of this type, if anything; a firm fault rejects, an advisory one warns. */
export function checkCredentialNumber(
  type: CredentialTypeEntry,
  raw: string,
): { normalised: string; fault?: NumberFault } {
  const normalised = normaliseCredentialNumber(raw)
  if (new RegExp(type.number.pattern, 'u').test(normalised)) return { normalised }
  return {
    normalised,
    fault: {
      firmness: type.number.firmness,
      detail: `A number of ${type.name} looks like ${type.number.example}. Check it against the card.`,
    },
  }
}

/**
 * Whether a spreadsheet has put a number into scientific notation and lost its digits: `1.23E+09`. A sign after the E is
 * required, since `12E45` may be a real number of some issuer.
 */
export function looksExcelDamaged(value: string): boolean {
  return /^\s*[+-]?\d+(?:[.,]\d+)?E[+-]\d+\s*$/i.test(value)
}

const patternPart =
  /(?:[A-Za-z0-9 /_-]|\\[d./-]|\[(?:[A-Za-z0-9](?:-[A-Za-z0-9])?|[ /_])+-?\])(?:\{\d{1,2}(?:,\d{1,2})?\}|\?)?/
const patternShape = new RegExp(`^\\^(?:${patternPart.source})+\\$(?:\\|\\^(?:${patternPart.source})+\\$)*$`)

/**
 * Whether a number pattern that an organisation wrote may be run on any text: a plain row of characters, classes and
 * bounded counts, of which few vary in length, cannot be made to search for long.
 */
export function isSafeNumberPattern(pattern: string): boolean {
  if (pattern.length > 200 || !patternShape.test(pattern)) return false
  return pattern.split('|').every((one) => (one.match(/\?|\{\d+,\d+\}/g) ?? []).length <= 3)
}
