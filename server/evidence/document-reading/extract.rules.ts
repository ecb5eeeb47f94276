/** What stands on a document, whatever is expected of it (spec 40, "The automatic check"). Pure. */
import type { DocumentText, PdfNotes } from '../../platform/documents/document-text.rules.ts'
import { scoreMin, typeConfidence } from './confidence.rules.ts'
import type {
  Concern,
  DocumentTypeHints,
  ExtractedName,
  Findings,
  FoundDate,
  FoundField,
  PossibleType,
} from './document-reading.schema.ts'
import {
  candidatesOf,
  datesOf,
  field,
  labelsIn,
  looksLikeName,
  namesOf,
  type MetLabel,
} from './fields.rules.ts'
import { layoutOf, phraseIn, phraseOf, type Layout } from './layout.rules.ts'
import { multipleDocuments } from './multiple-documents.rules.ts'
import { numbersOf } from './numbers.rules.ts'
import { scoreTypes, type TypeScore } from './type-scores.rules.ts'

export interface Extraction {
  readonly detectedType: string | null
  readonly extracted: Readonly<Record<ExtractedName, FoundField | null>>
  readonly findings: Findings
}

/** Fewer letters are no document. */
const lettersMin = 20
const legibleMin = 0.55
const namesMost = 8

/** @param today YYYY-MM-DD: for years of two digits only */
export function extract(text: DocumentText, types: readonly DocumentTypeHints[], today: string): Extraction {
  const layout = layoutOf(text.pages)
  const met = labelsIn(layout)
  const { legibility, letters } = legibilityOf(layout)
  const scores = scoreTypes(layout, types)
  const possible = possibleTypes(scores, legibility)
  const detected = detectedOf(scores)
  const dates = datesOf(layout, met, today).map((one): FoundDate => {
    const { value, confidence, page, box } = field(one.date, one.confidence, one.page, one.box)
    return {
      kind: one.kind === 'OTHER_DATE' || one.kind === null ? 'OTHER' : one.kind,
      value,
      confidence,
      page,
      box,
    }
  })
  const names = allNames(layout, met)
  const numbers = numbersOf(layout, met, detected, today)
  const expiry = bestDate(dates, 'EXPIRY') ?? likelyEnd(dates, today)
  const isIllegible = legibility < legibleMin || letters < lettersMin
  const concerns: Concern[] = []
  if (isIllegible)
    concerns.push({
      code: 'ILLEGIBLE',
      message: 'Most of the document cannot be read: it is blurred, dark or cut off.',
    })
  const several = multipleDocuments(layout, met, scores, dates)
  if (several !== null) concerns.push({ code: 'MULTIPLE_DOCUMENTS', message: several })
  const edited = editedBy(text)
  if (edited !== null) concerns.push({ code: 'EDITED_METADATA', message: edited })
  return {
    detectedType: detected?.code ?? null,
    extracted: {
      holderName: names.labelled,
      number: numbers[0] ?? null,
      issueDate: bestDate(dates, 'ISSUE', expiry) ?? likelyIssue(dates, today),
      expiryDate: expiry,
      issuer: issuerOf(layout, met, detected),
    },
    findings: {
      types: possible,
      names: names.all,
      numbers: numbers
        .slice(0, 6)
        .map(({ value, confidence, page, box }) => ({ value, confidence, page, box })),
      dates: dates.slice(0, 12),
      monthsFromIssue: detected?.monthsFromIssue ?? null,
      legibility: Math.round(legibility * 100) / 100,
      concerns,
      notes: notesOf(text),
    },
  }
}

function legibilityOf({ pieces }: Layout): { legibility: number; letters: number } {
  let letters = 0
  let sum = 0
  for (const { words } of pieces)
    for (const { text, confidence } of words) {
      letters += text.length
      sum += confidence * text.length
    }
  return { letters, legibility: letters === 0 ? 0 : sum / letters }
}

function detectedOf(scores: readonly TypeScore[]): DocumentTypeHints | null {
  const [best] = scores
  return best && best.score >= scoreMin ? best.type : null
}

function possibleTypes(scores: readonly TypeScore[], legibility: number): PossibleType[] {
  const [best, second] = scores
  if (!best || best.score < scoreMin) return []
  const first = typeConfidence({ best: best.score, second: second?.score ?? 0, legibility })
  const rest = scores.slice(1, 5).filter(({ score }) => score > scoreMin / 2)
  const whole = rest.reduce((sum, { score }) => sum + Math.exp(score), 0)
  const shown = (one: TypeScore, confidence: number): PossibleType => ({
    code: one.type?.code ?? null,
    name: one.name,
    confidence: Math.round(confidence * 1_000) / 1_000,
  })
  return [
    shown(best, first),
    ...rest.map((one) => shown(one, ((1 - first) * Math.exp(one.score)) / Math.max(whole, 1e-9))),
  ]
}

function bestDate(
  dates: readonly FoundDate[],
  kind: FoundDate['kind'],
  end?: FoundField | null,
): FoundField | null {
  const ofKind = dates
    .filter((one) => one.kind === kind && (!end || one.value < end.value))
    .sort(
      // About as sure: the first on the page.
      (a, b) => Math.round((b.confidence - a.confidence) * 8) || a.page - b.page || a.box[1] - b.box[1],
    )
  const [best] = ofKind
  return best ? { value: best.value, confidence: best.confidence, page: best.page, box: best.box } : null
}

/** No label says which is the end: the one date that is still to come, or the later of two a year or more apart. */
function likelyEnd(dates: readonly FoundDate[], today: string): FoundField | null {
  const free = dates.filter(({ kind, confidence }) => kind === 'OTHER' && confidence > 0.15)
  const ahead = [...new Set(free.map(({ value }) => value))].filter((value) => value > today)
  const found = ahead.length === 1 ? free.find(({ value }) => value === ahead[0]) : undefined
  return found ? { value: found.value, confidence: 0.45, page: found.page, box: found.box } : null
}

/** No label says which is the issue: the one date that is past, and no birth. */
function likelyIssue(dates: readonly FoundDate[], today: string): FoundField | null {
  if (dates.some(({ kind }) => kind === 'ISSUE')) return null
  const free = dates.filter(
    ({ kind, value, confidence }) => kind === 'OTHER' && value <= today && confidence > 0.15,
  )
  const [first] = free
  if (!first || free.some(({ value }) => value !== first.value) || first.confidence > 0.6) return null
  return { value: first.value, confidence: 0.4, page: first.page, box: first.box }
}

/** Names with a label first, then what looks like one. */
function allNames(
  layout: Layout,
  met: readonly MetLabel[],
): { labelled: FoundField | null; all: FoundField[] } {
  const labelled = namesOf(layout, met).map((one) => field(one.value, one.confidence, one.page, one.box))
  const all = [...labelled]
  for (const piece of layout.pieces) {
    const text = piece.text.replace(/^(dear|mr|mrs|ms|miss|dr)\.?\s+/i, '').replace(/[,.]$/, '')
    if (all.length >= namesMost) break
    if (
      looksLikeName(text) &&
      !met.some((one) => one.piece === piece) &&
      !all.some(({ value }) => value === text)
    )
      all.push(field(text, 0.35 * piece.confidence, piece.page, piece.box))
  }
  // Alone, larger than what is around it: where no label says it, it is the likeliest.
  const alone = layout.pieces
    .filter((piece) => looksLikeName(piece.text) && !met.some((one) => one.piece === piece))
    .sort((a, b) => b.height - a.height)[0]
  const guess = alone ? field(alone.text, 0.35 * alone.confidence, alone.page, alone.box) : null
  return { labelled: labelled[0] ?? guess, all: all.slice(0, namesMost) }
}

function issuerOf(
  layout: Layout,
  met: readonly MetLabel[],
  type: DocumentTypeHints | null,
): FoundField | null {
  for (const issuer of type?.hints.issuers ?? [])
    for (const piece of layout.pieces) {
      const span = phraseIn(piece, phraseOf(issuer))
      if (span) return field(issuer, span.likeness * piece.confidence, piece.page, piece.box)
    }
  for (const one of met.filter(({ label }) => label.kind === 'ISSUER'))
    for (const { piece, weight } of candidatesOf(one, layout, met))
      if (/\p{L}{2}/u.test(piece.text))
        return field(piece.text, weight * piece.confidence, piece.page, piece.box)
  return null
}

const editors =
  /photoshop|illustrator|gimp|inkscape|affinity|pixelmator|paint\.net|snapseed|picsart|canva|pdfescape|sejda|smallpdf|ilovepdf|pdffiller|dochub|nitro|pdfelement|pdf-xchange editor|foxit (?:phantom|pdf editor)|soda pdf|master pdf|pdf editor|phantompdf|acrobat pro|pdfill|libreoffice draw|coreldraw/i

function editedBy({ pdf, picture }: DocumentText): string | null {
  const said = pdf ? `${pdf.producer} ${pdf.creator}` : (picture?.software ?? '')
  const editor = editors.exec(said)?.[0]
  if (editor !== undefined)
    return `The file says that it was last written by a program for editing (${editor}).`
  if (pdf && pdf.laterSaves > 0 && !pdf.isSigned)
    return `The PDF was changed and saved again ${pdf.laterSaves === 1 ? 'once' : `${pdf.laterSaves} times`} after it was made.`
  if (pdf && changedLater(pdf)) return 'The PDF says that it was changed more than a day after it was made.'
  return null
}

/** ISO 32000-2, section 7.9.4: D:YYYYMMDDHHmmSS. */
function changedLater({ created, modified }: PdfNotes): boolean {
  const day = (text: string): number => {
    const [, year, month, date] = /^D:(\d{4})(\d{2})(\d{2})/.exec(text) ?? []
    return Date.UTC(Number(year), Number(month) - 1, Number(date))
  }
  return day(modified) - day(created) > 86_400_000
}

function notesOf({ pages, pageCount, pdf }: DocumentText): string[] {
  const notes: string[] = []
  if (pdf?.hasScript) notes.push('The PDF holds a script, which was not run.')
  if (pdf?.hasFiles) notes.push('The PDF holds other files, which were not opened.')
  if (pageCount > pages.length) notes.push(`Of its ${pageCount} pages the first ${pages.length} were read.`)
  for (const code of new Set(pages.flatMap((page) => page.codes)))
    notes.push(`A code on it says: ${code.slice(0, 200)}`)
  return notes.slice(0, 10)
}
