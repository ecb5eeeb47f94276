/** Real files through real child processes: few, since each costs seconds. */
import { fileURLToPath } from 'node:url'
import { createCanvas, GlobalFonts } from '@napi-rs/canvas'
import PDFDocument from 'pdfkit'
import sharp from 'sharp'
import { afterEach, expect, test } from 'vitest'
import { openDocumentTextReader } from '../../platform/documents/document-text-reader.ts'
import type { DocumentType } from '../../platform/documents/media-types.rules.ts'
import { silentLog } from '../../platform/log.ts'
import { loadCatalogue } from '../../workforce/credential-types/credential-types.ts'
import {
  documentTypeHints,
  openReadingEngine,
  type DocumentExpectation,
  type DocumentReading,
  type ReadingEngine,
} from './document-reading.ts'

const lines = [
  'Blue Card Services',
  'Blue Card',
  'Name: Maria Rossi',
  'Card number: 1234567/2',
  'Date of issue: 4 May 2025',
  'Expiry date: 3 May 2028',
]

const expectation: DocumentExpectation = {
  credentialType: 'BLUE_CARD_QLD',
  types: [...loadCatalogue().types.values()].map(documentTypeHints),
  holder: { givenName: 'Maria', familyName: 'Rossi', otherNames: [] },
  number: '1234567/2',
  issueDate: '2025-05-04',
  expiryDate: '2028-05-03',
  today: '2026-11-28',
  expiringDays: 30,
}

let engine: ReadingEngine
afterEach(() => engine.close())

const read = (mediaType: DocumentType, bytes: Uint8Array): Promise<DocumentReading> =>
  engine.read({ mediaType, bytes: () => Promise.resolve(bytes) }, expectation, new AbortController().signal)

/** As a text PDF; with a script in it that nobody should run. */
async function textPdf(): Promise<Buffer> {
  const document = new PDFDocument({ size: 'A4' })
  const parts: Buffer[] = []
  document.on('data', (part: Buffer) => parts.push(part))
  const ended = new Promise((resolve) => document.on('end', resolve))
  for (const line of lines) document.fontSize(14).text(line).moveDown()
  document.end()
  await ended
  return Buffer.concat(parts)
}

/** As a photo of it: grey paper that lies askew on a dark desk. */
async function photo(): Promise<Buffer> {
  const font = fileURLToPath(import.meta.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'))
  GlobalFonts.registerFromPath(font, 'Print')
  const canvas = createCanvas(1_400, 900)
  const context = canvas.getContext('2d')
  context.fillStyle = '#d8d8d0'
  context.fillRect(0, 0, 1_400, 900)
  context.fillStyle = '#202020'
  context.font = '44px Print'
  for (const [at, line] of lines.entries()) context.fillText(line, 90, 130 + at * 110)
  return sharp(canvas.toBuffer('image/png'))
    .rotate(4, { background: '#303234' })
    .jpeg({ quality: 80 })
    .toBuffer()
}

test('a text PDF and a photo of the same document say the same, and where it stands', async () => {
  engine = openReadingEngine({ log: silentLog, processes: 1 })
  for (const [mediaType, bytes] of [
    ['application/pdf', await textPdf()],
    ['image/jpeg', await photo()],
  ] as const) {
    const reading = await read(mediaType, bytes)
    expect(reading).toMatchObject({
      outcome: 'READ',
      detectedType: 'BLUE_CARD_QLD',
      matchesExpectedType: true,
      nameMatch: 'MATCH',
      concerns: [],
    })
    expect(reading.extracted).toMatchObject({
      holderName: { value: 'Maria Rossi', page: 1 },
      number: { value: '1234567/2' },
      issueDate: { value: '2025-05-04' },
      expiryDate: { value: '2028-05-03' },
    })
    for (const share of reading.extracted.number?.box ?? []) expect(share).toBeGreaterThan(0)
  }
}, 180_000)

test('a file that no decoder can read, or that ends its child twice, is unreadable, and the engine goes on', async () => {
  engine = openReadingEngine({ log: silentLog, processes: 1 })
  const broken = await read('image/jpeg', Buffer.from('ffd8ffe000104a464946', 'hex'))
  expect(broken).toMatchObject({ outcome: 'UNREADABLE', confidencePercent: 0, matchesExpectedType: false })
  expect(broken.concerns.map(({ code }) => code)).toEqual(['UNREADABLE'])
  engine.close()
  // A child that aborts over every document that it is given.
  const entry = new URL('../../../test/hostile-child.ts', import.meta.url)
  engine = openReadingEngine({
    log: silentLog,
    processes: 1,
    reader: openDocumentTextReader({ log: silentLog, processes: 1, entry }),
  })
  const crashed = await read('application/pdf', await textPdf())
  expect(crashed.concerns.map(({ code }) => code)).toEqual(['UNREADABLE'])
}, 120_000)

test('one that takes too long, or too much memory, is ended and unreadable', async () => {
  for (const limit of [{ timeMs: 1 }, { memoryBytes: 1_000_000 }]) {
    engine = openReadingEngine({
      log: silentLog,
      processes: 1,
      reader: openDocumentTextReader({ log: silentLog, processes: 1, ...limit }),
    })
    const reading = await read('image/jpeg', await photo())
    expect(reading.outcome).toBe('UNREADABLE')
    engine.close()
  }
}, 120_000)

test('an aborted reading rejects with the reason', async () => {
  engine = openReadingEngine({ log: silentLog, processes: 1 })
  const stop = new AbortController()
  stop.abort(new Error('no longer wanted'))
  await expect(
    engine.read(
      { mediaType: 'application/pdf', bytes: () => Promise.reject(new Error('never asked')) },
      expectation,
      stop.signal,
    ),
  ).rejects.toThrow('no longer wanted')
})
