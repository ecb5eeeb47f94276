import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs'
import { afterAll, describe, expect, test } from 'vitest'
import { silentLog } from '../log.ts'
import type { PdfReport } from './pdf-report.rules.ts'
import { openReportWriter } from './report-writer.ts'

const writer = openReportWriter({ log: silentLog })
afterAll(() => writer.close())

const report: PdfReport = {
  title: 'Fetch Request — Nguyễn Thị Ánh — 2026-06-29',
  author: 'Sunrise Aged Care',
  language: 'en-AU',
  madeAt: new Date('2026-07-01T00:00:00Z'),
  footer: 'Sunrise Aged Care',
  parts: [
    { kind: 'facts', summary: 'The request', facts: [{ name: 'Worker', value: 'Nguyễn Thị Ánh' }] },
    { kind: 'heading', text: 'What was asked for' },
    { kind: 'paragraph', text: 'Two things.' },
    {
      kind: 'table',
      summary: 'Answers',
      columns: [
        { title: 'Credential', width: 2 },
        { title: 'Answer', width: 1 },
      ],
      rows: Array.from({ length: 80 }, (_, index) => [`Certificate ${index}`, 'Supplied']),
    },
  ],
}

interface StructNode {
  readonly role?: string
  readonly type?: string
  readonly children?: readonly StructNode[]
}

const open = (bytes: Buffer): ReturnType<typeof getDocument>['promise'] =>
  getDocument({ data: new Uint8Array(bytes), verbosity: 0, useSystemFonts: false }).promise

async function textOf(bytes: Buffer): Promise<string[]> {
  const document = await open(bytes)
  const pages: string[] = []
  for (let page = 1; page <= document.numPages; page += 1) {
    const { items } = await (await document.getPage(page)).getTextContent()
    pages.push(items.map((item) => ('str' in item ? item.str : '')).join(' '))
  }
  return pages
}

/** Of what has something on this page. */
const rolesOf = (node: StructNode): string[] => [
  ...(node.role !== undefined && node.children?.some(({ type }) => type === 'content') ? [node.role] : []),
  ...(node.children ?? []).flatMap(rolesOf),
]

describe('a report', () => {
  test('says everything, with the letters of many languages, and repeats a table’s header on each page', async () => {
    const pages = await textOf(await writer.write(report))
    expect(pages.length).toBeGreaterThan(2)
    const all = pages.join('\n').replace(/\s+/g, ' ')
    for (const said of [report.title, 'What was asked for', 'Two things.', 'Certificate 79'])
      expect(all).toContain(said)
    for (const [index, page] of pages.entries()) {
      expect(page).toContain('Credential')
      expect(page.replace(/\s+/g, ' ')).toContain(`Page ${index + 1} of ${pages.length}`)
    }
  })

  test('can be read aloud: language, title, headings, and tables with headers that are told once', async () => {
    const document = await open(await writer.write(report))
    const { info } = await document.getMetadata()
    expect(info).toMatchObject({ Title: report.title, Author: report.author, Language: 'en-AU' })
    expect(await document.getMarkInfo()).toMatchObject({ Marked: true })
    const roles: string[] = []
    for (let page = 1; page <= document.numPages; page += 1) {
      const tree = (await (await document.getPage(page)).getStructTree()) as StructNode | null
      if (tree) roles.push(...rolesOf(tree))
    }
    const count = (role: string): number => roles.filter((one) => one === role).length
    expect(count('H1')).toBe(1)
    expect(count('H2')).toBe(1)
    expect(count('P')).toBe(1)
    // One beside the fact, two above the answers.
    expect(count('TH')).toBe(3)
    expect(count('TD')).toBe(161)
  })

  test('is the same bytes for the same report', async () => {
    expect((await writer.write(report)).equals(await writer.write(report))).toBe(true)
  })

  test('goes on where a cell is longer than a page', async () => {
    const words = Array.from({ length: 3_000 }, (_, index) => `word${index}`)
    const bytes = await writer.write({
      ...report,
      parts: [{ kind: 'facts', summary: 'Long', facts: [{ name: 'Message', value: words.join(' ') }] }],
    })
    const all = (await textOf(bytes)).join(' ')
    for (const word of ['word0', 'word1499', 'word2999']) expect(all).toContain(word)
  })

  test('of hostile text is drawn all the same', async () => {
    const bytes = await writer.write({
      ...report,
      parts: [
        { kind: 'paragraph', text: '' },
        { kind: 'paragraph', text: '\u0000\ud800 (unpaired) \\) Tj endstream 张' },
        {
          kind: 'table',
          summary: '',
          columns: [{ title: '', width: 1 }],
          rows: [[''], ['x'.repeat(4_000)]],
        },
      ],
    })
    expect((await textOf(bytes)).join(' ').replace(/\s+/g, ' ')).toContain('[U+5F20]')
  })
})
