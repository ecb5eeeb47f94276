/** How words stand on a page: pieces of lines, what is beside them and what is below. Pure. */
import type { PageText, Word } from '../../platform/documents/document-text.rules.ts'
import type { Box } from './document-reading.schema.ts'
import { editsBetween, editsForgiven, folded } from './likeness.rules.ts'

/** Words in a row with no more than a blank or two between them: a label, a value, a sentence's line. */
export interface Piece {
  readonly page: number
  readonly words: readonly Word[]
  readonly text: string
  readonly box: Box
  /** Of its words, by their length. */
  readonly confidence: number
  /** Of its words, in the page's height. */
  readonly height: number
}

export interface Layout {
  readonly pieces: readonly Piece[]
  /** By page number. */
  readonly aspects: ReadonlyMap<number, number>
}

/** More is a book: what a document is, it says before. */
const wordsMost = 3_000

/** A wider gap, as a multiple of the words' height, parts two columns. */
const columnGap = 1.3

export function boxAround(boxes: readonly Box[]): Box {
  const left = Math.min(...boxes.map(([x]) => x))
  const top = Math.min(...boxes.map(([, y]) => y))
  const right = Math.max(...boxes.map(([x, , width]) => x + width))
  const bottom = Math.max(...boxes.map(([, y, , height]) => y + height))
  return [left, top, right - left, bottom - top]
}

export function pieceOf(page: number, words: readonly Word[]): Piece {
  const letters = words.reduce((sum, { text }) => sum + text.length, 0)
  const heights = words.map(({ box }) => box[3]).sort((a, b) => a - b)
  return {
    page,
    words,
    text: words.map(({ text }) => text).join(' '),
    box: boxAround(words.map(({ box }) => box)),
    confidence:
      words.reduce((sum, { text, confidence }) => sum + confidence * text.length, 0) / Math.max(1, letters),
    height: heights[Math.floor(heights.length / 2)] ?? 0,
  }
}

/** What OCR makes of lines, frames and dots is no word. */
const isMark = ({ text }: Word): boolean => /^[^\p{L}\p{N}]+$/u.test(text) && !/^[:#/&-]$/.test(text)

export function layoutOf(pages: readonly PageText[]): Layout {
  const pieces: Piece[] = []
  const aspects = new Map<number, number>()
  let words = 0
  for (const { page, width, height, lines } of pages) {
    const aspect = width / Math.max(1, height)
    aspects.set(page, aspect)
    for (const line of lines) {
      words += line.words.length
      if (words > wordsMost) break
      let row: Word[] = []
      for (const word of line.words.filter((one) => !isMark(one))) {
        const last = row.at(-1)
        const gap = last ? (word.box[0] - last.box[0] - last.box[2]) * aspect : 0
        if (last && (gap > columnGap * Math.max(last.box[3], word.box[3]) || endsLabel(last, gap))) {
          pieces.push(pieceOf(page, row))
          row = []
        }
        row.push(word)
      }
      if (row.length > 0) pieces.push(pieceOf(page, row))
    }
  }
  return { pieces, aspects }
}

/** "Card number:    123": the colon and a small gap already part label and value. */
const endsLabel = (word: Word, gap: number): boolean => word.text.endsWith(':') && gap > 0.8 * word.box[3]

const middle = (from: number, length: number): number => from + length / 2

/** What stands to the right of a piece on the same row, the nearest first. */
export function rightOf(piece: Piece, pieces: readonly Piece[]): Piece[] {
  const [x, y, width, height] = piece.box
  return pieces
    .filter((other) => {
      if (other === piece || other.page !== piece.page) return false
      const [left, top, , tall] = other.box
      return (
        left >= x + width - 0.01 &&
        Math.abs(middle(top, tall) - middle(y, height)) < 0.6 * Math.max(height, tall)
      )
    })
    .sort((a, b) => a.box[0] - b.box[0])
}

/** What stands below a piece, beginning about where it begins or centred under it, the nearest first. */
export function below(piece: Piece, pieces: readonly Piece[]): Piece[] {
  const [x, y, width, height] = piece.box
  return pieces
    .filter((other) => {
      if (other === piece || other.page !== piece.page) return false
      const [left, top, wide, tall] = other.box
      const drop = middle(top, tall) - middle(y, height)
      if (drop < 0.5 * Math.max(height, tall) || drop > 4.2 * Math.max(height, tall)) return false
      return left < x + width && x < left + wide
    })
    .sort((a, b) => a.box[1] - b.box[1])
}

export interface Span {
  readonly piece: Piece
  /** Words of the piece from (included) and to (excluded). */
  readonly from: number
  readonly to: number
  /** 0 to 1: how well the words were met. */
  readonly likeness: number
}

const lettersOf = (word: string): string => folded(word).replace(/[^\p{L}\p{N}]/gu, '')

const foldedWords = new WeakMap<Piece, readonly string[]>()

/** The words of a piece as they are compared. */
export function comparableWords(piece: Piece): readonly string[] {
  let words = foldedWords.get(piece)
  if (!words) {
    words = piece.words.map(({ text }) => lettersOf(text))
    foldedWords.set(piece, words)
  }
  return words
}

/** A phrase as `phraseIn` takes it. */
export function phraseOf(phrase: string): readonly string[] {
  return phrase
    .split(/[\s/-]+/)
    .map(lettersOf)
    .filter((word) => word !== '')
}

/** Where a phrase stands in a piece, a misread letter here and there forgiven; undefined where it does not. */
export function phraseIn(piece: Piece, phrase: readonly string[], start = 0): Span | undefined {
  const words = comparableWords(piece)
  for (let from = start; from < words.length; from += 1) {
    let edits = 0
    let at = from
    let isMet = true
    for (const wanted of phrase) {
      while (at < words.length && at > from && words[at] === '') at += 1
      const word = words[at]
      const forgiven = editsForgiven(wanted.length)
      const distance = word === undefined ? forgiven + 1 : editsBetween(word, wanted, forgiven)
      if (distance > forgiven) {
        isMet = false
        break
      }
      edits += distance
      at += 1
    }
    if (isMet && at > from) {
      const letters = phrase.reduce((sum, word) => sum + word.length, 0)
      return { piece, from, to: at, likeness: 1 - edits / Math.max(4, letters) }
    }
  }
  return undefined
}
