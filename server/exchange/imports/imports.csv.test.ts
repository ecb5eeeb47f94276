import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { employeeColumns, findColumns } from './imports.columns.rules.ts'
import { openCsv } from './imports.csv.ts'
import type { TableRecord } from './imports.table.schema.ts'
import { csvLine } from './imports.results.rules.ts'

const roomy = { rowsMax: 10_000, bytesMax: 1_000_000 }

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function readAll(
  content: string | Uint8Array,
  { chunk = 7, limits = roomy } = {},
): Promise<{ header: readonly string[]; records: TableRecord[]; notes: string[] }> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  const file = await openCsv(inChunks(bytes, chunk), limits)
  const records: TableRecord[] = []
  for await (const batch of file.batches) records.push(...batch)
  return { header: file.header, records, notes: file.notes().map((note) => note.code) }
}
const cellsOf = async (content: string): Promise<(readonly string[])[]> =>
  (await readAll(content)).records.map((record) => record.cells)

describe('what is read', () => {
  test('quoted, unquoted, empty and doubled quotes', async () => {
    expect(await cellsOf('a,b,c\n"1","say ""hi""",\n,"",x\n')).toEqual([
      ['1', 'say "hi"', ''],
      ['', '', 'x'],
    ])
  })
  test('commas and line breaks inside quotes; lines are counted on', async () => {
    const { records } = await readAll('a,b\n"x,y","two\nlines"\n1,2\n')
    expect(records).toEqual([
      { row: 1, line: 2, cells: ['x,y', 'two\nlines'] },
      { row: 2, line: 4, cells: ['1', '2'] },
    ])
  })
  test.each([
    ['LF', 'a,b\n1,2\n3,4\n'],
    ['CRLF', 'a,b\r\n1,2\r\n3,4\r\n'],
    ['CR', 'a,b\r1,2\r3,4\r'],
    ['no end at the end', 'a,b\n1,2\n3,4'],
    ['empty lines', '\na,b\n\n1,2\n   \n3,4\n\n'],
    ['a byte order mark', '\uFEFFa,b\n1,2\n3,4\n'],
    ['blanks around quotes', ' "a" ,"b"\n "1","2" \n"3" , "4"\n'],
  ])('%s', async (_name, content) => {
    for (const chunk of [1, 2, 3, 1000]) {
      const { header, records } = await readAll(content, { chunk })
      expect(header).toEqual(['a', 'b'])
      expect(records.map((record) => record.cells)).toEqual([
        ['1', '2'],
        ['3', '4'],
      ])
    }
  })
  test('a file that looks like a formula is data, untouched', async () => {
    expect(await cellsOf('a,b,c,d\n=1+1,+61400,-5,@SUM(A1)\n')).toEqual([
      ['=1+1', '+61400', '-5', '@SUM(A1)'],
    ])
  })
  test('the dress is noted, never refused', async () => {
    expect((await readAll('\uFEFFa,b\r\n1, 2\n\n3,4\n')).notes).toEqual([
      'BOM',
      'UNQUOTED',
      'BLANKS',
      'LINE_ENDS',
      'BLANK_LINES',
    ])
    expect((await readAll('"a","b"\n"1","2"\n')).notes).toEqual([])
  })
  test('blanks inside quotes are noted too, kept in the value, and every line end of a mixture is named', async () => {
    expect(await readAll('"a "," b"\n"1"," 2"\n')).toMatchObject({
      header: ['a ', ' b'],
      records: [{ cells: ['1', ' 2'] }],
      notes: ['BLANKS'],
    })
    const file = await openCsv(inChunks(Buffer.from('"a"\n"1"\r\n"2"\r'), 1), roomy)
    for await (const batch of file.batches) expect(batch).toHaveLength(2)
    expect(file.notes()).toEqual([
      { code: 'LINE_ENDS', detail: 'Lines end in more than one way (CR, CRLF, LF); all were understood.' },
    ])
  })
  test('lines are counted alike for every line end, inside quotes and outside', async () => {
    for (const end of ['\n', '\r\n', '\r']) {
      for (const chunk of [1, 2, 3, 5, 1000]) {
        const { records } = await readAll(['a,b', '', '"x', 'y",1', '2,3', ''].join(end), { chunk })
        expect(records.map((record) => [record.line, record.cells[0]])).toEqual([
          [3, `x${end}y`],
          [5, '2'],
        ])
      }
    }
  })
  test('a header alone is a file of no rows', async () => {
    expect((await readAll('a,b\r\n')).records).toEqual([])
    expect((await readAll('a,b')).records).toEqual([])
  })
  test('rows with too few or too many cells are passed on as they are', async () => {
    expect(await cellsOf('a,b\n1\n1,2,3\n,\n""\n')).toEqual([['1'], ['1', '2', '3'], ['', ''], ['']])
  })
  test('any characters in any pieces: the same records, or the same fault at the same place', async () => {
    const outcome = async (bytes: Uint8Array, chunk: number): Promise<unknown> =>
      readAll(bytes, { chunk }).catch((error: unknown) => (error as { extra: unknown }).extra)
    const character = fc.constantFrom('a', 'é', '😀', ',', ',', '"', '"', '\n', '\r', '\r\n', ' ', '\t', ';')
    await fc.assert(
      fc.asyncProperty(
        fc.array(character, { maxLength: 30 }),
        fc.option(fc.nat(40)),
        fc.integer({ min: 1, max: 9 }),
        async (characters, bad, chunk) => {
          const bytes = Buffer.from(`a,b\n${characters.join('')}`)
          if (bad !== null && bad < bytes.length) bytes[bad] = 0xe9
          expect(await outcome(bytes, chunk)).toEqual(await outcome(bytes, 1_000))
        },
      ),
      { numRuns: 500 },
    )
  })
  test('a file that comes in one piece is handed on in batches of at most 2,000 rows', async () => {
    const bytes = Buffer.from(['a,b', ...Array.from({ length: 5_000 }, (_, n) => `${n},x`)].join('\n'))
    const file = await openCsv(inChunks(bytes, bytes.length), roomy)
    const sizes: number[] = []
    for await (const batch of file.batches) sizes.push(batch.length)
    expect(sizes).toEqual([2_000, 2_000, 1_000])
  })
  test('rows of long values make smaller batches, so that memory is bounded by characters too', async () => {
    const bytes = Buffer.from(
      ['a,b', ...Array.from({ length: 60 }, () => `"${'x'.repeat(99_990)}",1`)].join('\n'),
    )
    const file = await openCsv(inChunks(bytes, 65_536), { rowsMax: 100, bytesMax: 10_000_000 })
    const sizes: number[] = []
    for await (const batch of file.batches) sizes.push(batch.length)
    expect(Math.max(...sizes)).toBeLessThan(15)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(60)
  })
  test('NUL and control characters reach the row rules', async () => {
    expect(await cellsOf('a,b\n"x\0y",\u0007\n')).toEqual([['x\0y', '\u0007']])
  })
  test('10,000 rows are fine and whatever was written is read back, however it comes in pieces', async () => {
    const lines = Array.from({ length: 10_000 }, (_, n) => `${n},x`)
    expect((await readAll(['a,b', ...lines].join('\n'), { chunk: 65_536 })).records).toHaveLength(10_000)
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.string({ unit: 'grapheme', maxLength: 12 }), { minLength: 3, maxLength: 3 }), {
          minLength: 1,
          maxLength: 8,
        }),
        fc.integer({ min: 1, max: 40 }),
        async (table, chunk) => {
          const wellFormed = table.map((cells) => cells.map((cell) => cell.toWellFormed()))
          const text = csvLine(['a', 'b', 'c']) + wellFormed.map(csvLine).join('')
          expect((await readAll(text, { chunk })).records.map((record) => record.cells)).toEqual(wellFormed)
        },
      ),
    )
  })
})

describe('what is refused, with line and column', () => {
  const latin1 = Buffer.concat([Buffer.from('a,b\n1,2\nJos'), Buffer.from([0xe9]), Buffer.from(',3\n')])
  test.each<[string, string | Uint8Array, object]>([
    ['not UTF-8', latin1, { rule: 'NOT_UTF8', line: 3, column: 4 }],
    ['UTF-16', Buffer.from('\uFEFFa,b', 'utf16le'), { rule: 'NOT_UTF8', line: 1 }],
    [
      'cut in the middle of a character',
      Buffer.from('a,b\n1,é').subarray(0, 7),
      { rule: 'NOT_UTF8', line: 2 },
    ],
    ['UTF-16 without a mark', Buffer.from('a,b\n1,2', 'utf16le'), { rule: 'NOT_UTF8', line: 1 }],
    [
      'a bad byte behind characters of several bytes, a real U+FFFD among them',
      Buffer.concat([Buffer.from('\uFEFFa,b\r\n😀\uFFFDé,'), Buffer.from([0xe9]), Buffer.from('x\r\n')]),
      { rule: 'NOT_UTF8', line: 2, column: 6 },
    ],
    [
      'a bad byte on line 1, behind a byte order mark',
      Buffer.concat([Buffer.from('\uFEFFa,'), Buffer.from([0xff])]),
      { rule: 'NOT_UTF8', line: 1, column: 3 },
    ],
    [
      'a surrogate in UTF-8',
      Buffer.from([0x61, 0x2c, 0xed, 0xa0, 0x80]),
      { rule: 'NOT_UTF8', line: 1, column: 3 },
    ],
    ['a workbook', Buffer.from('PK\x03\x04\x14\0\x06\0', 'latin1'), { rule: 'NOT_CSV', line: 1 }],
    ['0 bytes', '', { rule: 'EMPTY_FILE', line: 1 }],
    ['a byte order mark only', '\uFEFF', { rule: 'EMPTY_FILE' }],
    ['blank lines only', '\n\n', { rule: 'EMPTY_FILE' }],
    ['an open quote', 'a,b\n1,"x\n2,3\n', { rule: 'BROKEN_QUOTE', line: 2, column: 3 }],
    ['text after a closing quote', 'a,b\n1,2\n"x"y,3\n', { rule: 'BROKEN_QUOTE', line: 3, column: 4 }],
    ['two values without a comma', 'a,b\n"x" "y",3\n', { rule: 'BROKEN_QUOTE', line: 2, column: 5 }],
    [
      'a quote that the next value closes',
      'a,b\n"x,1\n"y",2\n',
      { rule: 'BROKEN_QUOTE', line: 3, column: 2 },
    ],
    ['a quote inside a bare value', 'a,b\n5" nail,3\n', { rule: 'BROKEN_QUOTE', line: 2, column: 2 }],
    ['semicolons', 'external_id;first_name\n1;2\n', { rule: 'SEPARATOR', line: 1 }],
    ['semicolons, quoted', '"external_id";"first_name"\n"1";"2"\n', { rule: 'SEPARATOR', line: 1 }],
    ['tabs, quoted', '"external_id"\t"first_name"\n"1"\t"2"\n', { rule: 'SEPARATOR', line: 1 }],
    ['tabs', 'external_id\tfirst_name\n1\t2\n', { rule: 'SEPARATOR', line: 1 }],
  ])('%s', async (_name, content, extra) => {
    for (const chunk of [1, 3, 1000]) {
      await expect(readAll(content, { chunk })).rejects.toMatchObject({ code: 'FILE_FAULTY', extra })
    }
  })
  test('10,001 rows', async () => {
    const lines = Array.from({ length: 10_001 }, (_, n) => `${n},x`)
    await expect(readAll(['a,b', ...lines].join('\n'), { chunk: 65_536 })).rejects.toMatchObject({
      extra: { rule: 'TOO_MANY_ROWS', line: 10_002 },
    })
  })
  test('a quote that is never closed is found before the whole file has become one value', async () => {
    const limits = { rowsMax: 10, bytesMax: 100_000_000 }
    let given = 0
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('a,b\n1,"')
      for (;;) {
        given += 65_536
        yield Buffer.alloc(65_536, 'x')
      }
    }
    const file = await openCsv(endless(), limits)
    await expect(file.batches[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      extra: { rule: 'BROKEN_QUOTE', line: 2, column: 3 },
    })
    expect(given).toBeLessThan(1_200_000)
    await expect(
      readAll(`a,b\n1,2\n${'x'.repeat(1_000_001)}`, { chunk: 65_536, limits }),
    ).rejects.toMatchObject({
      extra: { rule: 'ROW_TOO_LONG', line: 3 },
    })
  })
  test('one byte more than is allowed', async () => {
    const limits = { rowsMax: 10, bytesMax: 8 }
    expect((await readAll('a,b\n1,22', { limits })).records).toHaveLength(1)
    await expect(readAll('a,b\n1,222', { limits })).rejects.toMatchObject({
      extra: { rule: 'TOO_MANY_BYTES' },
    })
  })
})

describe('columns', () => {
  const all = [...employeeColumns.required]
  const rule = (header: readonly string[]): unknown => {
    try {
      findColumns(header, employeeColumns)
      return undefined
    } catch (error) {
      return (error as { extra: { rule: string } }).extra.rule
    }
  }
  test('every required column in turn may not be missing, and is named', () => {
    for (const name of all) {
      const without = all.filter((other) => other !== name)
      expect(rule(without), name).toBe('MISSING_COLUMN')
      expect(() => findColumns(without, employeeColumns)).toThrow(name)
    }
  })
  test('what the missing one may be called now is said', () => {
    expect(() =>
      findColumns(
        all.map((name) => (name === 'email' ? 'e_mail' : name)),
        employeeColumns,
      ),
    ).toThrow('email (is it "e_mail"?)')
  })
  test('a column twice is refused, case and blanks apart', () => {
    expect(rule([...all, ' EMAIL '])).toBe('DUPLICATE_COLUMN')
  })
  test('columns without a name, as spreadsheets leave them, are no duplicates', () => {
    const found = findColumns([...all, '', ' ', ''], employeeColumns)
    expect(found.notes).toEqual([{ code: 'UNKNOWN_COLUMNS', detail: 'Columns not used: (no name).' }])
    expect(found.count).toBe(all.length + 3)
  })
  test('more columns than anyone has', () => {
    expect(rule([...all, ...Array.from({ length: 1_000 }, (_, n) => `extra_${n}`)])).toBe('TOO_MANY_COLUMNS')
  })
  test('another order, case, blanks and unknown columns are noted', () => {
    const found = findColumns(
      [' Pageup_ID', ...all.map((name) => ` ${name.toUpperCase()} `).reverse()],
      employeeColumns,
    )
    expect(found.notes.map((note) => note.code)).toEqual(['UNKNOWN_COLUMNS', 'COLUMN_ORDER'])
    expect(found.at.get('external_id')).toBe(all.length)
    expect(found.count).toBe(all.length + 1)
  })
})
