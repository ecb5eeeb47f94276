/** How a credential's number looks while it is typed. */
import type { PageItem } from '../page-state.ts'

type NumberSpec = NonNullable<PageItem['number']>

/** Such as three letters, then ten digits. */
export interface ShapePart {
  readonly kind: 'letters' | 'digits' | 'mark'
  readonly count: number
  readonly text: string
}

export type NumberLook = 'empty' | 'fits' | 'unfinished' | 'differs'

// What cards and forms print in front of a number.
const label =
  /^(?:(?:WWCC?|CARD|REG(?:ISTRATION)?|LIC(?:ENCE|ENSE)?|CLEARANCE|APPLICATION|CERT(?:IFICATE)?)\.?\s*)?(?:NO|NUMBER|NUM|#)\s*[.:#]?\s+|^(?:NO|NUMBER|NUM)\s*[.:]\s*/

/** The form in which the server compares numbers (test/worker-page/contract.test.ts holds the two together). */
export function plainNumber(typed: string): string {
  let plain = typed
    .normalize('NFKC')
    .trim()
    .toUpperCase()
    .normalize('NFKC')
    .replaceAll(/[‐‑‒–—−]/g, '-')
  for (let before = ''; before !== plain;) {
    before = plain
    plain = plain.replace(label, '').replaceAll(/\s+/g, '')
  }
  return plain
}

/**
 * Whether what was typed looks like a number of this type. `unfinished` while it is shorter than the example and may still come
 * to fit; a pattern that this browser cannot read refuses nothing.
 */
export function lookOf(typed: string, { pattern, example }: NumberSpec): NumberLook {
  const number = plainNumber(typed)
  if (number === '') return 'empty'
  if (matches(number, pattern)) return 'fits'
  return number.length < plainNumber(example).length ? 'unfinished' : 'differs'
}

function matches(number: string, pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(number)
  } catch {
    return true
  }
}

/** A pattern that takes nearly everything: there is nothing to say about the look of such a number. */
export function isFreeForm({ pattern }: NumberSpec): boolean {
  return /^\^\.\{\d+,\d*\}\$$/.test(pattern)
}

/** The parts of the example, to say them in words. Empty when it has so many that words would not help. */
export function shapeOf({ example }: NumberSpec): readonly ShapePart[] {
  const parts = [...plainNumber(example).matchAll(/\p{L}+|\p{N}+|[^\p{L}\p{N}]+/gu)].map(
    ([text]): ShapePart => ({
      kind: /^\p{L}/u.test(text) ? 'letters' : /^\p{N}/u.test(text) ? 'digits' : 'mark',
      count: text.length,
      text,
    }),
  )
  return parts.length > 3 ? [] : parts
}
