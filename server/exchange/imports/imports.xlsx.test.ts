import fc from 'fast-check'
import writeExcelFile from 'write-excel-file/node'
import { describe, expect, test } from 'vitest'
import {
  readerOf,
  rowOf,
  text,
  workbook,
  workbookParts,
  type HandMadeWorkbook,
} from '../../../test/workbooks.ts'
import { zipSync } from 'fflate'
import { openXlsx } from './imports.xlsx.ts'
import { meaningOfFormat, textOfNumber } from './imports.xlsx-formats.rules.ts'

const roomy = { rowsMax: 10_000, bytesMax: 10_000_000 }

interface Read {
  readonly header: readonly string[]
  readonly cells: readonly (readonly string[])[]
  readonly lines: readonly number[]
  readonly dateCells: readonly (readonly number[])[]
  readonly notes: readonly string[]
}

async function read(
  bytes: Buffer,
  { sheet, limits = roomy }: { sheet?: string; limits?: typeof roomy } = {},
): Promise<Read> {
  const file = await openXlsx(readerOf(bytes), limits, sheet)
  const records = []
  for await (const batch of file.batches) records.push(...batch)
  return {
    header: file.header,
    cells: records.map((record) => record.cells),
    lines: records.map((record) => record.line),
    dateCells: records.map((record) => record.dateCells ?? []),
    notes: file.notes().map(({ code }) => code),
  }
}
const made = (book: HandMadeWorkbook, more?: Parameters<typeof read>[1]): Promise<Read> =>
  read(workbook(book), more)
const fault = (rule: string): unknown =>
  expect.objectContaining({ code: 'FILE_FAULTY', extra: expect.objectContaining({ rule }) as unknown })

describe('what a spreadsheet program writes', () => {
  test('texts with their leading zeros, numbers, dates and truths', async () => {
    const bytes = await writeExcelFile([
      [{ value: 'external_id' }, { value: 'dob' }, { value: 'n' }, { value: 'ok' }, { value: 'empty' }],
      [
        { value: '00017' },
        { value: new Date(Date.UTC(1992, 2, 15)), type: Date, format: 'dd/mm/yyyy' },
        { value: 12.5 },
        { value: true },
        null,
      ],
      [{ value: 'Zoë & Söhne <x>' }, null, { value: 1_234_567 }, { value: false }, { value: ' kept ' }],
    ]).toBuffer()
    expect(await read(bytes)).toMatchObject({
      header: ['external_id', 'dob', 'n', 'ok', 'empty'],
      cells: [
        ['00017', '1992-03-15', '12.5', 'TRUE', ''],
        ['Zoë & Söhne <x>', '', '1234567', 'FALSE', ' kept '],
      ],
      dateCells: [[1], []],
    })
  })
  test('20,000 rows come in batches and in order', async () => {
    const rows = Array.from({ length: 20_000 }, (_, n) => rowOf(`E${n}`, `<c><v>${n}</v></c>`)).join('')
    const bytes = workbook({ rows: rowOf('id', 'n') + rows })
    const file = await openXlsx(readerOf(bytes), { rowsMax: 20_000, bytesMax: 10_000_000 })
    const sizes: number[] = []
    let next = 0
    for await (const batch of file.batches) {
      sizes.push(batch.length)
      for (const record of batch) {
        expect(record.cells).toEqual([`E${next}`, String(next)])
        next += 1
        expect(record.row).toBe(next)
      }
    }
    expect(next).toBe(20_000)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(2_000)
  })
})

describe('numbers as their author sees them', () => {
  test.each([
    ['0000000', '1234567', '1234567'],
    ['0000000', '4567', '0004567'],
    ['000-000-000', '12345678', '012-345-678'],
    ['"WWC"0000000', '1234', 'WWC0001234'],
    ['\\N00', '7', 'N07'],
    ['00', '12345', '12345'],
    ['00', '12.5', '12.5'],
    ['00', '-12', '-12'],
    ['#0000000', '4567', '0004567'],
    ['????0000', '45', '0045'],
    ['???0000000', '1234567890', '1234567890'],
    ['"WWC"#', '1234', 'WWC1234'],
    ['"WWC"#######', '1234', 'WWC1234'],
    ['###-###', '123456', '123-456'],
    ['###-###', '12345', '12-345'],
    ['#,##0', '5', '5'],
    ['0,000', '12345', '12345'],
    ['#,##0.00;[Red]-#,##0.00', '-1234.5', '-1234.5'],
    ['"$"#,##0.00', '12', '12'],
    ['[<=9999999]###-####;(###) ###-####', '412345678', '412345678'],
    ['0;-0;;@', '17', '17'],
    ['"a;b"0', '5', 'a;b5'],
    ['[<1]hh:mm;dd/mm/yyyy', '33678', '1992-03-15'],
    // What its author sees there cannot be told for certain, and the plain number is another value.
    ['0000', '12.5', '#FORMAT:12.5'],
    ['0000', '-12', '#FORMAT:-12'],
    ['0,000,000', '4567', '#FORMAT:4567'],
    ['000,000', '12', '#FORMAT:12'],
    ['0#######', '4567', '#FORMAT:4567'],
    ['0??', '5', '#FORMAT:5'],
    ['0000.00', '12.5', '#FORMAT:12.5'],
    ['00%', '0.5', '#FORMAT:0.5'],
    ['0,', '1234567', '#FORMAT:1234567'],
    ['"N"#,##0', '1234', '#FORMAT:1234'],
    ['"N"General', '1234', '#FORMAT:1234'],
    ['*0#', '17', '#FORMAT:17'],
    ['00/00', '7', '#FORMAT:7'],
    ['###-###', '12', '#FORMAT:12'],
    ['##', '0', '#FORMAT:0'],
    ['[<1000]0000;0', '12', '#FORMAT:12'],
    ['General', '0x1F', '0x1F'],
    ['#,##0', '12345', '12345'],
    ['0.00', '1.5', '1.5'],
    ['General', '0.30000000000000004', '0.3'],
    ['@', '17', '17'],
    ['General', '1.2345678E9', '1234567800'],
    ['0', '1234567890123456', '1.234567890123456E+15'],
    ['General', '1.2345678901234568E+19', '1.2345678901234567E+19'],
    ['yyyy-mm-dd', '33678', '1992-03-15'],
    ['d/m/yy', '33678', '1992-03-15'],
    ['[$-C09]dd mmmm yyyy;@', '33678', '1992-03-15'],
    ['[Red]0000', '7', '0007'],
    ['dd/mm/yyyy hh:mm', '33678.5', '1992-03-15 12:00:00'],
    ['yyyy-mm-dd', '33678.99999999', '1992-03-16'],
    ['h:mm', '0.25', '06:00:00'],
    ['[h]:mm', '0.25', '06:00:00'],
    ['yyyy-mm-dd', '1', '1900-01-01'],
    ['yyyy-mm-dd', '59', '1900-02-28'],
    ['yyyy-mm-dd', '60', '1900-02-29'],
    ['yyyy-mm-dd', '61', '1900-03-01'],
    ['yyyy-mm-dd', '2958465', '9999-12-31'],
    ['yyyy-mm-dd', '2958466', '2958466'],
    ['yyyy-mm-dd', '-1', '-1'],
    ['"May" 0', '5', 'May 5'],
  ])('format %s, value %s: %s', async (format, value, expected) => {
    const { cells } = await made({
      formats: [format],
      rows: rowOf('a') + rowOf(`<c s="1"><v>${value}</v></c>`),
    })
    expect(cells).toEqual([[expected]])
  })
  test('built-in formats of dates and times', async () => {
    const { cells } = await made({
      formats: [14, 22, 3, 49, 57],
      rows:
        rowOf('a', 'b', 'c', 'd', 'e') + rowOf(...[1, 2, 3, 4, 5].map((s) => `<c s="${s}"><v>33678</v></c>`)),
    })
    expect(cells).toEqual([['1992-03-15', '1992-03-15', '33678', '33678', '1992-03-15']])
  })
  test('days that count from 1904', async () => {
    const { cells } = await made({
      is1904: true,
      formats: ['yyyy-mm-dd'],
      rows: rowOf('a') + rowOf('<c s="1"><v>32216</v></c>') + rowOf('<c s="1"><v>0</v></c>'),
    })
    expect(cells).toEqual([['1992-03-15'], ['1904-01-01']])
  })
  test('whatever a format says, a text comes out and nothing is thrown', () => {
    fc.assert(
      fc.property(fc.string(), fc.double(), fc.boolean(), (code, value, is1904) => {
        expect(typeof textOfNumber(String(value), meaningOfFormat(170, code), is1904)).toBe('string')
      }),
    )
  })
  test('of places and commas, whatever their order: no zero that is shown is lost, none is added', () => {
    const code = fc.string({ unit: fc.constantFrom('0', '#', '?', ',', '.'), minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(code, fc.integer({ min: 1, max: 99_999_999 }), (mask, value) => {
        const shown = textOfNumber(String(value), meaningOfFormat(170, mask), false)
        if (shown.startsWith('#FORMAT:')) return
        expect(Number(shown)).toBe(value)
        // What every program shows at least: a digit for each place before the point, from the first 0 on.
        const before = /0.*$/.exec((mask.split('.')[0] ?? '').replaceAll(',', ''))?.[0].length ?? 0
        expect(shown.trim().length).toBeGreaterThanOrEqual(before)
        // And no zero in front without a place for it.
        if (shown.trim().length > String(value).length) expect(shown.trim().length).toBe(before)
      }),
      { numRuns: 1_000 },
    )
  })
  test('a whole number below 10^15 comes back digit by digit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999_999_999_999 }), (value) => {
        expect(textOfNumber(String(value), { kind: 'number' }, false)).toBe(String(value))
        expect(Number(textOfNumber(String(value), meaningOfFormat(170, '000000000'), false))).toBe(value)
      }),
    )
  })
})

describe('cells as they may be written', () => {
  test('shared texts, with formatting inside and readings beside them', async () => {
    const { cells } = await made({
      texts:
        '<si><t>id</t></si><si><r><t>Sa</t></r><r><rPr><b/></rPr><t xml:space="preserve">rah </t></r></si><si><t>東</t><rPh sb="0" eb="1"><t>ひがし</t></rPh></si><si><t>a_x000A_b_x005F_x0041_</t></si>',
      rows: ['0', '1', '2', '3'].map((n) => rowOf(`<c t="s"><v>${n}</v></c>`)).join(''),
    })
    expect(cells).toEqual([['Sarah '], ['東'], ['a\nb_x0041_']])
  })
  test('cells that are left out, rows that are left out, rows and cells without a place', async () => {
    const { header, cells, lines, notes } = await made({
      rows: `<row r="3">${text('a', 'A3')}${text('b', 'B3')}${text('c', 'C3')}</row><row r="4"/><row r="7">${text('z', 'C7')}</row><row>${text('1')}${text('2')}</row>`,
    })
    expect(header).toEqual(['a', 'b', 'c'])
    expect(cells).toEqual([
      ['', '', 'z'],
      ['1', '2', ''],
    ])
    expect(lines).toEqual([7, 8])
    expect(notes).toEqual(['BLANK_LINES'])
  })
  test('more cells than the header has stay to be seen', async () => {
    expect((await made({ rows: rowOf('a', 'b') + rowOf('1', '2', '3') })).cells).toEqual([['1', '2', '3']])
  })
  test('formulas count as they were calculated; one that never was is no value', async () => {
    const { cells, notes } = await made({
      rows:
        rowOf('a', 'b', 'c', 'd') +
        rowOf(
          '<c t="str"><f>A1&amp;"x"</f><v>ax</v></c>',
          '<c><f>1+1</f><v>2</v></c>',
          '<c><f>NOW()</f></c>',
          '<c t="e"><f>1/0</f><v>#DIV/0!</v></c>',
        ),
    })
    expect(cells).toEqual([['ax', '2', '#NOT_CALCULATED', '#DIV/0!']])
    expect(notes).toContain('FORMULAS')
  })
  test('truths, dates in ISO 8601, and CDATA', async () => {
    const { cells, dateCells } = await made({
      rows:
        rowOf('a', 'b', 'c') +
        rowOf(
          '<c t="b"><v>1</v></c>',
          '<c t="d"><v>1992-03-15T00:00:00Z</v></c>',
          '<c t="str"><v><![CDATA[<x>]]></v></c>',
        ),
    })
    expect(cells).toEqual([['TRUE', '1992-03-15', '<x>']])
    expect(dateCells).toEqual([[1]])
  })
  test('names with prefixes, and UTF-16', async () => {
    const sheet =
      '<?xml version="1.0" encoding="UTF-16"?><x:worksheet xmlns:x="urn:x"><x:sheetData><x:row><x:c t="str"><x:v>é</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    const { header } = await made({
      rows: '',
      parts: { 'xl/worksheets/sheet1.xml': Buffer.from(`\uFEFF${sheet}`, 'utf16le') },
    })
    expect(header).toEqual(['é'])
  })
  test('notes tell of hidden rows, merged cells and other sheets', async () => {
    const { notes } = await made({
      rows: rowOf('a') + '<row hidden="1"><c><v>1</v></c></row>',
      behind: '<mergeCells><mergeCell ref="A1:B2"/></mergeCells>',
      sheets: [{ name: 'Lists' }],
    })
    expect(notes).toEqual(['SHEET', 'HIDDEN_ROWS', 'MERGED_CELLS'])
  })
})

test('a format longer than anybody can type is none, however often it is named', async () => {
  const code = `${'0'.repeat(500_000)}\\x`
  const styles = `<s><numFmts><numFmt numFmtId="200" formatCode="${code}"/></numFmts><cellXfs>${'<xf numFmtId="200"/>'.repeat(5_000)}</cellXfs></s>`
  const { cells } = await made({
    rows: rowOf('a') + '<row><c s="1"><v>7</v></c></row>',
    parts: { 'xl/styles.xml': styles },
  })
  expect(cells).toEqual([['7']])
})
test('what looks like half of a character stays the text that it is', async () => {
  expect((await made({ rows: rowOf('a') + rowOf('A_xD800_B') })).cells).toEqual([['A_xD800_B']])
})

describe('which sheet', () => {
  const book: HandMadeWorkbook = {
    before: [
      { name: 'Secret', state: 'veryHidden', rows: rowOf('no') },
      { name: 'Old', state: 'hidden', rows: rowOf('no') },
    ],
    rows: rowOf('yes'),
    sheets: [{ name: 'Second', rows: rowOf('two') }],
  }
  test('the first that is not hidden', async () => {
    expect((await made(book)).header).toEqual(['yes'])
  })
  test('or the one that is named, hidden or not', async () => {
    expect((await made(book, { sheet: 'second ' })).header).toEqual(['two'])
    expect((await made(book, { sheet: 'OLD' })).header).toEqual(['no'])
    await expect(made(book, { sheet: 'Secnd' })).rejects.toThrow('Is it "Second"?')
    await expect(made(book, { sheet: 'Other' })).rejects.toEqual(fault('UNKNOWN_SHEET'))
  })
})

describe('what is refused', () => {
  const sound: HandMadeWorkbook = { rows: rowOf('a') + rowOf('1') }
  const zip = (parts: Record<string, Uint8Array>): Buffer => Buffer.from(zipSync(parts))
  const withSheet = (xml: string): Buffer =>
    workbook({ ...sound, parts: { 'xl/worksheets/sheet1.xml': xml } })

  test.each<[string, string, () => Buffer]>([
    ['no archive', 'BROKEN_WORKBOOK', () => Buffer.from('PK\x03\x04 and then nothing of the kind')],
    ['an archive cut off', 'BROKEN_WORKBOOK', () => workbook(sound).subarray(0, -200)],
    ['an archive of something else', 'BROKEN_WORKBOOK', () => zip({ 'readme.txt': Buffer.from('hello') })],
    [
      'a document',
      'NOT_A_WORKBOOK',
      () => zip({ '_rels/.rels': Buffer.from('<Relationships/>'), 'word/document.xml': Buffer.from('<x/>') }),
    ],
    ['an empty sheet', 'EMPTY_FILE', () => workbook({ rows: '' })],
    [
      'a sheet that is not there',
      'BROKEN_WORKBOOK',
      () => workbook({ ...sound, parts: { 'xl/worksheets/sheet1.xml': null } }),
    ],
    ['no well-formed XML', 'BROKEN_WORKBOOK', () => withSheet('<worksheet><sheetData><row>')],
    [
      'a document type',
      'BROKEN_WORKBOOK',
      () =>
        withSheet(
          '<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet><sheetData><row><c t="str"><v>&a;</v></c></row></sheetData></worksheet>',
        ),
    ],
    [
      'an entity of its own',
      'BROKEN_WORKBOOK',
      () => workbook({ rows: '<row><c t="str"><v>&bomb;</v></c></row>' }),
    ],
    [
      'rows backwards',
      'BROKEN_WORKBOOK',
      () => workbook({ rows: '<row r="2"><c><v>1</v></c></row><row r="1"/>' }),
    ],
    [
      'cells backwards',
      'BROKEN_WORKBOOK',
      () => workbook({ rows: '<row><c r="B1"><v>1</v></c><c r="A1"><v>2</v></c></row>' }),
    ],
    [
      'a cell beyond the last column',
      'BROKEN_WORKBOOK',
      () => workbook({ rows: '<row><c r="XFE1"><v>1</v></c></row>' }),
    ],
    [
      'a text that is not there',
      'BROKEN_WORKBOOK',
      () => workbook({ rows: '<row><c t="s"><v>9</v></c></row>' }),
    ],
    [
      'not UTF-8',
      'BROKEN_WORKBOOK',
      () =>
        workbook({
          ...sound,
          parts: { 'xl/worksheets/sheet1.xml': Buffer.from('<worksheet>\xff</worksheet>', 'latin1') },
        }),
    ],
    ['an endless value', 'ROW_TOO_LONG', () => workbook({ rows: rowOf('a') + rowOf('x'.repeat(1_000_001)) })],
    ['an endless attribute', 'BROKEN_WORKBOOK', () => withSheet(`<worksheet x="${'y'.repeat(3_000_000)}"/>`)],
    ['levels without end', 'BROKEN_WORKBOOK', () => withSheet('<a>'.repeat(1_000_000))],
    [
      'sheets without end',
      'BROKEN_WORKBOOK',
      () =>
        workbook({
          ...sound,
          parts: { 'xl/workbook.xml': `<workbook><sheets>${'<sheet/>'.repeat(2_000)}</sheets></workbook>` },
        }),
    ],
    [
      'a row beyond the last',
      'BROKEN_WORKBOOK',
      () => workbook({ rows: '<row r="3000000000"><c><v>1</v></c></row>' }),
    ],
    [
      'a part whose address is none',
      'BROKEN_WORKBOOK',
      () =>
        workbook({
          ...sound,
          parts: {
            'xl/_rels/workbook.xml.rels':
              '<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="%zz"/></Relationships>',
          },
        }),
    ],
    [
      'one text that stands in every cell',
      'WORKBOOK_TOO_LARGE',
      () =>
        workbook({
          texts: `<si><t>${'x'.repeat(100_000)}</t></si>`,
          rows: rowOf('a') + '<row><c t="s"><v>0</v></c></row>'.repeat(200),
        }),
    ],
    [
      'cells far to the right, in every row',
      'WORKBOOK_TOO_LARGE',
      () => workbook({ rows: rowOf('a') + '<row><c r="XFD1"><v>1</v></c></row>'.repeat(1_000) }),
    ],
    [
      'a list of parts that is too large',
      'WORKBOOK_TOO_LARGE',
      () => workbook({ ...sound, parts: { 'xl/styles.xml': `<x>${' '.repeat(17_000_000)}</x>` } }),
    ],
    ['too many rows', 'TOO_MANY_ROWS', () => workbook({ rows: rowOf('a') + rowOf('1').repeat(10_001) })],
  ])('%s: %s', async (_name, rule, bytes) => {
    await expect(read(bytes())).rejects.toEqual(fault(rule))
  })

  test('more bytes than the organisation takes', async () => {
    await expect(made(sound, { limits: { rowsMax: 10, bytesMax: 100 } })).rejects.toEqual(
      fault('TOO_MANY_BYTES'),
    )
  })
  test('a part that says it is small and is not', async () => {
    const bytes = workbook({ rows: rowOf('a') + rowOf('x'.repeat(5_000)) })
    const at = bytes.lastIndexOf('xl/worksheets/sheet1.xml') - 46 + 24 // the size in the directory
    bytes.writeUInt32LE(10, at)
    await expect(read(bytes)).rejects.toEqual(fault('BROKEN_WORKBOOK'))
  })
  test('two parts of one name', async () => {
    const [name, other] = ['xl/worksheets/sheet1.xml', 'xl/worksheets/sheet9.xml']
    const bytes = zip({ ...workbookParts(sound), [other]: Buffer.from('<x/>') })
    for (let at = bytes.indexOf(other); at >= 0; at = bytes.indexOf(other)) bytes.write(name, at)
    await expect(read(bytes)).rejects.toEqual(fault('BROKEN_WORKBOOK'))
  })
  test('a protected part', async () => {
    const bytes = workbook(sound)
    const at = bytes.lastIndexOf('xl/worksheets/sheet1.xml') - 46 + 8
    bytes.writeUInt16LE(bytes.readUInt16LE(at) | 1, at)
    await expect(read(bytes)).rejects.toEqual(fault('PROTECTED_WORKBOOK'))
  })
  test('a storage that fails is no fault of the file', async () => {
    const reader = readerOf(workbook(sound))
    const failing = {
      ...reader,
      stream: () => {
        throw Object.assign(new Error('disk'), { code: 'EIO' })
      },
    }
    await expect(openXlsx(failing, roomy)).rejects.toMatchObject({ code: 'EIO' })
  })
  test(
    'whatever is done to a workbook’s bytes, it is read or refused as a file',
    { timeout: 60_000 },
    async () => {
      const bytes = workbook({ rows: rowOf('a', 'b') + rowOf('1', '2').repeat(20), formats: ['yyyy-mm-dd'] })
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
          async (changes) => {
            const copy = Buffer.from(bytes)
            for (const [at, value] of changes) copy[at] = value
            await read(copy).catch((error: unknown) => expect(error).toMatchObject({ code: 'FILE_FAULTY' }))
          },
        ),
        { numRuns: 500 },
      )
    },
  )
})
