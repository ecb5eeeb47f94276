/** Putting the runs of text that a PDF draws together to lines of words. Pure. */
import type { TextLine, Word } from './document-text.rules.ts'

/** What was drawn at once: a word, a part of one, or several. */
export interface TextRun {
  readonly text: string
  readonly box: readonly [number, number, number, number]
}

/** As shares of a run's height. */
const sameLine = 0.5
const sameWord = 0.12

/**
 * Lines from top to bottom, each with its words from left to right.
 * @param aspect width of the page by its height: boxes are shares of either
 */
export function linesOfRuns(runs: readonly TextRun[], aspect: number): TextLine[] {
  const rows: { middle: number; height: number; runs: TextRun[] }[] = []
  for (const run of [...runs].sort((a, b) => middleOf(a) - middleOf(b))) {
    const middle = middleOf(run)
    const [, , , height] = run.box
    const row = rows.findLast(
      (one) => Math.abs(one.middle - middle) < sameLine * Math.min(one.height, height),
    )
    if (row) row.runs.push(run)
    else rows.push({ middle, height, runs: [run] })
  }
  return rows.map((row) => ({ words: wordsOf(row.runs, aspect) }))
}

const middleOf = ({ box }: TextRun): number => box[1] + box[3] / 2

function wordsOf(runs: readonly TextRun[], aspect: number): Word[] {
  const words: { text: string; left: number; top: number; right: number; bottom: number }[] = []
  let endsWithBlank = true
  for (const { text, box } of [...runs].sort((a, b) => a.box[0] - b.box[0])) {
    const [left, top, width, height] = box
    const step = width / Math.max(1, text.length)
    for (const match of text.matchAll(/\S+/g)) {
      const from = left + step * match.index
      const to = from + step * match[0].length
      const last = words.at(-1)
      const isJoined =
        match.index === 0 && !endsWithBlank && last && (from - last.right) * aspect < sameWord * height
      if (isJoined) {
        last.text += match[0]
        last.right = to
        last.top = Math.min(last.top, top)
        last.bottom = Math.max(last.bottom, top + height)
      } else words.push({ text: match[0], left: from, top, right: to, bottom: top + height })
      endsWithBlank = false
    }
    endsWithBlank = /\s$/.test(text)
  }
  return words.map(({ text, left, top, right, bottom }) => ({
    text: text.normalize('NFKC'),
    confidence: 1,
    box: [left, top, right - left, bottom - top],
  }))
}
