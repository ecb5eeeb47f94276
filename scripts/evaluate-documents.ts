/**
 * `npm run eval:documents -- FOLDER [options]`: reads a folder of labelled documents (`npm run documents`) with the engine that
 * ships and prints, per condition, how much of it was right, with 95 % intervals. Knows of the folder the form of its labels alone.
 *
 * --cache DIR   keeps what was read of each file by its content, so that rules can be tried again without OCR (its times are kept too)
 * --cached      leaves out what is not in the cache
 * --sample N    every N-th document only
 * --misses      lists what was wrong, by cause; refused for documents that are held back
 */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import {
  documentTypeHints,
  openReadingEngine,
  type DocumentReading,
} from '../server/evidence/document-reading/document-reading.ts'
import {
  openDocumentTextReader,
  type DocumentTextReader,
} from '../server/platform/documents/document-text-reader.ts'
import type { DocumentType } from '../server/platform/documents/media-types.rules.ts'
import { silentLog } from '../server/platform/log.ts'
import { loadCatalogue } from '../server/workforce/credential-types/credential-types.ts'

/** What `labels.json` says of a document. */
interface Label {
  readonly file: string
  readonly isHeldBack: boolean
  readonly layout: string
  readonly condition: string
  readonly mediaType: DocumentType
  /** What it is; null = no credential of the catalogue. */
  readonly type: string | null
  /** What it was handed in as. */
  readonly askedType: string
  readonly worker: {
    readonly firstName: string
    readonly middleName: string | null
    readonly lastName: string
  }
  readonly holderName: string
  /** Whether the name on it is the worker's. */
  readonly isWorkers: boolean
  readonly number: string
  readonly issueDate: string | null
  readonly expiryDate: string | null
  readonly arrangement: string
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    cache: { type: 'string' },
    cached: { type: 'boolean', default: false },
    sample: { type: 'string' },
    misses: { type: 'boolean', default: false },
  },
})
const [folder] = positionals
if (folder === undefined) {
  console.error('Usage: npm run eval:documents -- FOLDER [--cache DIR] [--cached] [--sample N] [--misses]')
  process.exit(2)
}
/** The day on which the labelled documents are looked at: their labels say nothing that depends on it. */
const today = new Date().toISOString().slice(0, 10)

const labels = JSON.parse(await readFile(join(folder, 'labels.json'), 'utf8')) as Label[]
const isHeldBack = labels.some((label) => label.isHeldBack)
if (isHeldBack && values.misses) {
  console.error('What is held back is measured as a whole: its single documents are not shown.')
  process.exit(2)
}
const every = Number(values.sample ?? 1)

let spent = 0
/** The child processes' reader, with a memory where one is asked for. */
function remembering(reader: DocumentTextReader, cache: string): DocumentTextReader {
  return {
    async read(task) {
      const { mediaType, bytes } = await task()
      const path = join(cache, `${createHash('sha256').update(bytes).digest('hex')}.json`)
      if (existsSync(path)) {
        const kept = JSON.parse(await readFile(path, 'utf8')) as {
          ms: number
          outcome: Awaited<ReturnType<DocumentTextReader['read']>>
        }
        spent = kept.ms
        return kept.outcome
      }
      if (values.cached) return { death: 'CLOSED' }
      const start = performance.now()
      const outcome = await reader.read(() => Promise.resolve({ mediaType, bytes }))
      spent = performance.now() - start
      await writeFile(path, JSON.stringify({ ms: spent, outcome }))
      return outcome
    },
    close: () => reader.close(),
  }
}

if (values.cache !== undefined) await mkdir(values.cache, { recursive: true })
const words = openDocumentTextReader({ log: silentLog, processes: Math.max(1, availableParallelism() - 1) })
const engine = openReadingEngine({
  log: silentLog,
  processes: null,
  reader: values.cache === undefined ? words : remembering(words, values.cache),
})
const types = [...loadCatalogue().types.values()].map(documentTypeHints)

interface Judged {
  readonly label: Label
  readonly reading: DocumentReading
  readonly ms: number
}

async function judge(label: Label): Promise<Judged | undefined> {
  const bytes = await readFile(join(folder ?? '', label.file))
  const { firstName, middleName, lastName } = label.worker
  const start = performance.now()
  spent = 0
  try {
    const reading = await engine.read(
      { mediaType: label.mediaType, bytes: () => Promise.resolve(bytes) },
      {
        credentialType: label.askedType,
        types,
        holder: {
          givenName: middleName === null ? firstName : `${firstName} ${middleName}`,
          familyName: lastName,
          otherNames: [],
        },
        number: null,
        issueDate: null,
        expiryDate: null,
        today,
        expiringDays: 30,
      },
      new AbortController().signal,
    )
    const ms = performance.now() - start
    return { label, reading, ms: Math.max(ms, spent) }
  } catch (error) {
    if (values.cached) return undefined
    throw error
  }
}

const judged: Judged[] = []
for (const [at, label] of labels.entries()) {
  if (at % every !== 0) continue
  const one = await judge(label)
  if (one) judged.push(one)
}
engine.close()

/** The interval of Wilson at 95 %, in per cent. */
function wilson(right: number, all: number): string {
  if (all === 0) return '-'
  const z = 1.96
  const share = right / all
  const middle = (share + (z * z) / (2 * all)) / (1 + (z * z) / all)
  const half = (z / (1 + (z * z) / all)) * Math.sqrt((share * (1 - share)) / all + (z * z) / (4 * all * all))
  const percent = (value: number): string => (value * 100).toFixed(1)
  return `${right}/${all} = ${percent(share)} % (${percent(middle - half)}–${percent(middle + half)})`
}

const bare = (text: string): string => text.toUpperCase().replace(/[^A-Z0-9]/g, '')
const isCredential = ({ label }: Judged): boolean => label.type !== null

/** What is asked of each document, and whether it was right; undefined = it does not ask that. */
const questions: Readonly<Record<string, (one: Judged) => boolean | undefined>> = {
  type: (one) => (isCredential(one) ? one.reading.detectedType === one.label.type : undefined),
  'no type': (one) => (isCredential(one) ? undefined : one.reading.detectedType === null),
  number: (one) =>
    isCredential(one)
      ? bare(one.reading.extracted.number?.value ?? '') === bare(one.label.number)
      : undefined,
  expiry: (one) =>
    isCredential(one)
      ? (one.reading.extracted.expiryDate?.value ?? null) === one.label.expiryDate
      : undefined,
  issue: (one) =>
    isCredential(one) ? (one.reading.extracted.issueDate?.value ?? null) === one.label.issueDate : undefined,
  'holder name': (one) =>
    isCredential(one)
      ? bare((one.reading.extracted.holderName?.value ?? '').normalize('NFKD')) ===
        bare(one.label.holderName.normalize('NFKD'))
      : undefined,
  'name match': (one) =>
    isCredential(one) ? (one.reading.nameMatch === 'MATCH') === one.label.isWorkers : undefined,
  'several told': (one) =>
    one.label.arrangement === 'TWO'
      ? one.reading.concerns.some(({ code }) => code === 'MULTIPLE_DOCUMENTS')
      : undefined,
  'one told': (one) =>
    one.label.arrangement === 'TWO'
      ? undefined
      : !one.reading.concerns.some(({ code }) => code === 'MULTIPLE_DOCUMENTS'),
}

const conditions = [...new Set(judged.map(({ label }) => label.condition))].sort()
console.log(`${judged.length} of ${labels.length} documents (${isHeldBack ? 'held back' : 'seen'})\n`)
for (const [name, ask] of Object.entries(questions))
  for (const condition of [...conditions, 'all']) {
    const answers = judged
      .filter(({ label }) => condition === 'all' || label.condition === condition)
      .map(ask)
      .filter((answer) => answer !== undefined)
    console.log(
      `${name.padEnd(14)} ${condition.padEnd(8)} ${wilson(answers.filter(Boolean).length, answers.length)}`,
    )
  }

const wrong = judged.filter(({ label }) => label.type !== label.askedType)
console.log(
  `\nwrong documents accepted as what was asked: ${wilson(wrong.filter(({ reading }) => reading.matchesExpectedType).length, wrong.length)}`,
)

/** Confidence against what came of it: that what was asked is, or is not, what the document is, and that the name is decided rightly. */
function calibration(): void {
  const bins = Array.from({ length: 10 }, () => ({ all: 0, right: 0, said: 0 }))
  for (const { label, reading } of judged) {
    const isRight =
      reading.detectedType === label.type &&
      (!reading.matchesExpectedType || (reading.nameMatch === 'MATCH') === label.isWorkers)
    const bin = bins[Math.min(9, Math.floor(reading.confidencePercent / 10))]
    if (!bin) continue
    bin.all += 1
    bin.said += reading.confidencePercent / 100
    if (isRight) bin.right += 1
  }
  let error = 0
  console.log('\nconfidence     documents   said    right')
  for (const [at, { all, right, said }] of bins.entries()) {
    if (all === 0) continue
    error += Math.abs(right - said) / judged.length
    console.log(
      `${`${at * 10}–${at * 10 + 10} %`.padEnd(14)} ${String(all).padStart(6)}   ${((said / all) * 100).toFixed(1).padStart(6)}   ${((right / all) * 100).toFixed(1).padStart(6)}`,
    )
  }
  console.log(`expected calibration error ${error.toFixed(3)}`)
}
calibration()

console.log('\ntime')
for (const condition of conditions) {
  const times = judged
    .filter(({ label }) => label.condition === condition)
    .map(({ ms }) => ms)
    .sort((a, b) => a - b)
  const at = (share: number): string =>
    `${((times[Math.floor(share * (times.length - 1))] ?? 0) / 1000).toFixed(2)} s`
  console.log(`${condition.padEnd(8)} median ${at(0.5)}, 95 % under ${at(0.95)}`)
}

if (values.misses)
  for (const [name, ask] of Object.entries(questions)) {
    const missed = judged.filter((one) => ask(one) === false)
    console.log(`\n${name}: ${missed.length} wrong`)
    for (const { label, reading } of missed) {
      const { extracted, findings } = reading
      const got: Readonly<Record<string, string>> = {
        type: `${label.type ?? 'none'} taken for ${findings.types
          .slice(0, 3)
          .map((one) => `${one.code ?? one.name} ${one.confidence}`)
          .join(', ')}`,
        'no type': `taken for ${findings.types
          .slice(0, 3)
          .map((one) => `${one.code ?? one.name} ${one.confidence}`)
          .join(', ')}`,
        number: `${label.number}, read ${findings.numbers.map((one) => `${one.value} ${one.confidence}`).join(' | ')}`,
        expiry: `${label.expiryDate ?? 'none'}, read ${findings.dates.map((one) => `${one.kind} ${one.value} ${one.confidence}`).join(' | ')}`,
        issue: `${label.issueDate ?? 'none'}, read ${findings.dates.map((one) => `${one.kind} ${one.value} ${one.confidence}`).join(' | ')}`,
        'holder name': `${label.holderName}, read ${extracted.holderName?.value ?? 'none'} ${extracted.holderName?.confidence ?? ''}`,
        'name match': `${label.worker.firstName} ${label.worker.middleName ?? ''} ${label.worker.lastName} beside ${label.holderName} (${label.isWorkers ? 'the same' : 'another'}): ${reading.nameMatch ?? ''} by ${findings.names.map(({ value }) => value).join(' | ')}`,
      }
      console.log(
        `  ${label.file} ${label.layout} ${label.condition} ${label.arrangement}: legible ${findings.legibility}; ${got[name] ?? reading.reasoning}`,
      )
    }
  }
