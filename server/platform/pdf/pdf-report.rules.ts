/** A report as it is handed over to be drawn: its parts in order, all of them text. Pure. */

export interface PdfTable {
  readonly kind: 'table'
  /** What the table tells, for those who hear it read. */
  readonly summary: string
  /** The widths are parts of the page's. */
  readonly columns: readonly { readonly title: string; readonly width: number }[]
  /** As many texts in each as there are columns. */
  readonly rows: readonly (readonly string[])[]
}

export type PdfPart =
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: string }
  /** Names and values: one below the other. */
  | {
      readonly kind: 'facts'
      readonly summary: string
      readonly facts: readonly { readonly name: string; readonly value: string }[]
    }
  | PdfTable

export interface PdfReport {
  /** Its first heading, and what the window of a reader is called. */
  readonly title: string
  /** In whose name it is. */
  readonly author: string
  /** BCP 47, like `en-AU`. */
  readonly language: string
  readonly madeAt: Date
  readonly parts: readonly PdfPart[]
  /** Stands at the foot of every page, before the page's number. */
  readonly footer: string
}

/** Joiners and marks of direction: they show nothing by themselves. */
const invisible = /\p{Cf}/u

/**
 * The text as a font can draw it: what it has no picture for is written as its code point, so that nothing is left out and
 * nothing looks like another thing. Line ends stay; other control characters go.
 */
export function drawable(text: string, hasPicture: (codePoint: number) => boolean): string {
  return [...text.normalize('NFC').replace(/\r\n?|[\u2028\u2029]/g, '\n')]
    .map((character) => {
      const codePoint = character.codePointAt(0) ?? 0
      if (character === '\n' || hasPicture(codePoint)) return character
      if (/\p{Cc}/u.test(character)) return character === '\t' ? ' ' : ''
      if (invisible.test(character)) return ''
      return `[U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}]`
    })
    .join('')
}

/**
 * The most of a text that fits, cut behind a word where there is one; never nothing and never half a character, so that
 * whoever goes on with the rest comes to its end.
 * @returns what fits, and what is left of it
 */
export function splitToFit(text: string, fits: (part: string) => boolean): readonly [string, string] {
  if (fits(text)) return [text, '']
  const characters = [...text]
  let least = 1
  let most = characters.length - 1
  while (least < most) {
    const middle = Math.ceil((least + most) / 2)
    if (fits(characters.slice(0, middle).join(''))) least = middle
    else most = middle - 1
  }
  const head = characters.slice(0, least).join('')
  const word = head.search(/\s\S*$/)
  const cut = word > 0 ? word : head.length
  return [text.slice(0, cut), text.slice(cut).trimStart()]
}
