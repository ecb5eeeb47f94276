/**
 * Files as HR systems, spreadsheets and enemies send them, each with the state that it ends in (spec 50, Files). An entry is
 * a file with its door; `ends` says what becomes of it, in the words of the API.
 *
 * Those of a public set say so: "spectrum" = the cases of csv-spectrum (max-mapper/csv-spectrum, BSD-2-Clause), "W3C" =
 * those of Tabular Data on the Web, "RFC" = RFC 4180, "BLNS" = the Big List of Naughty Strings; each made anew as a file
 * of people.
 */
import { zipSync } from 'fflate'
import { rowOf, text, workbook, workbookParts } from '../workbooks.ts'
import { naughtyStrings } from './naughty-strings.ts'

export interface Ending {
  readonly status: 'COMPLETED' | 'HELD' | 'FAILED'
  /** Of a file that failed: the fault's code, and its line where that is told. */
  readonly fault?: string
  readonly line?: number
  /** Of each row what became of it: `C` created, `U` unchanged, `R` rejected; behind it the rules that spoke, in order. */
  readonly rows?: string
  /** Notes about the file's dress. */
  readonly notes?: readonly string[]
}

export interface CorpusFile {
  readonly name: string
  /** Without it the file comes by SFTP; with it over the API, under this name. */
  readonly upload?: string
  readonly content: () => Buffer
  readonly ends: Ending
}

export const header =
  'external_id,first_name,last_name,dob,email,position_id,licence_type,licence_number,issue_date,expiry_date'

interface Person {
  readonly id: string
  readonly first: string
  readonly last: string
  readonly dob: string
  readonly email: string
  readonly position: string
  readonly type: string
  readonly number: string
  readonly issued: string
  readonly expires: string
}

/** A believable row, by number, with what is odd about it. */
export function person(n: number, odd: Partial<Person> = {}): string[] {
  const one: Person = {
    id: `E${n}`,
    first: 'Sam',
    last: `Chen${n}`,
    dob: '1992-03-15',
    email: `e${n}@example.com`,
    position: 'RN-001',
    type: 'AHPRA',
    number: `NMW${String(n).padStart(10, '0')}`,
    issued: '2020-06-01',
    expires: '2026-05-31',
    ...odd,
  }
  return [
    one.id,
    one.first,
    one.last,
    one.dob,
    one.email,
    one.position,
    one.type,
    one.number,
    one.issued,
    one.expires,
  ]
}
const quoted = (cells: readonly string[]): string =>
  cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')
const bare = (cells: readonly string[]): string => cells.join(',')
/** As a careful program writes it. */
const csv = (...rows: readonly (readonly string[])[]): string =>
  [header, ...rows.map(quoted)].join('\n') + '\n'
const odd = (name: string, ends: Ending, ...people: readonly Partial<Person>[]): CorpusFile =>
  file(name, ends, csv(...people.map((one, index) => person(index + 1, one))))

function file(
  name: string,
  ends: Ending,
  content: string | Buffer,
  encoding: BufferEncoding = 'utf8',
): CorpusFile {
  return { name, ends, content: () => (Buffer.isBuffer(content) ? content : Buffer.from(content, encoding)) }
}
const completed = (rows: string, ...notes: readonly string[]): Ending => ({
  status: 'COMPLETED',
  rows,
  ...(notes.length > 0 ? { notes } : {}),
})
const held = (rows: string): Ending => ({ status: 'HELD', rows })
const failed = (fault: string, line?: number): Ending => ({
  status: 'FAILED',
  fault,
  ...(line === undefined ? {} : { line }),
})

const two = [person(1), person(2)]
const plain = [header, ...two.map(bare)]

/** Line ends, quotes and blanks. */
const dress: readonly CorpusFile[] = [
  file('RFC: every value quoted', completed('C C'), csv(...two)),
  file('RFC: no value quoted', completed('C C', 'UNQUOTED'), `${plain.join('\n')}\n`),
  file('RFC: CRLF', completed('C C', 'UNQUOTED'), `${plain.join('\r\n')}\r\n`),
  file('spectrum: CR alone', completed('C C', 'UNQUOTED'), `${plain.join('\r')}\r`),
  file('RFC: no line end at the end', completed('C C', 'UNQUOTED'), plain.join('\n')),
  file(
    'line ends of three kinds',
    completed('C C', 'UNQUOTED', 'LINE_ENDS'),
    `${plain[0]}\r\n${plain[1]}\r${plain[2]}\n`,
  ),
  file('a byte order mark', completed('C C', 'BOM', 'UNQUOTED'), `\uFEFF${plain.join('\n')}\n`),
  file(
    'empty lines all over',
    completed('C C', 'UNQUOTED', 'BLANK_LINES'),
    `\n\n${plain.join('\n\n  \n')}\n\n\n`,
  ),
  odd('spectrum: commas in quotes', completed('C'), { last: 'Chen, the younger', first: 'Sam,' }),
  odd('spectrum: quotes in quotes', completed('C'), { last: 'Chen "Bo" Li', first: '""' }),
  odd('spectrum: line breaks in quotes', completed('C+LINE_BREAK'), { last: 'Chen\nLi' }),
  odd('spectrum: CRLF in quotes', completed('C+LINE_BREAK'), { last: 'Chen\r\nLi' }),
  odd('spectrum: quotes and line breaks', completed('C+LINE_BREAK'), { last: '"Chen"\n"Li"' }),
  odd('a line break in a key', completed('R:LINE_BREAK C'), { number: 'NMW0000\n000001' }, {}),
  odd('a line break behind a key', held('R:LINE_BREAK C'), { id: 'E1\n' }, {}),
  odd('spectrum: JSON in a cell', completed('C'), { last: '{"a": "b,c", "d": [1, 2]}' }),
  odd('spectrum: UTF-8', completed('C'), { first: 'ʤ', last: 'Ăngström' }),
  file(
    'W3C: blanks around values',
    completed('C', 'UNQUOTED', 'BLANKS'),
    `${header}\n${person(1)
      .map((cell) => ` "${cell}" `)
      .join(',')}\n`,
  ),
  odd('blanks inside quotes', completed('C', 'UNQUOTED', 'BLANKS'), {
    first: ' Sam ',
    email: ' e1@example.com ',
    number: ' NMW0000000001 ',
  }),
  odd('no-break spaces around values', completed('C', 'UNQUOTED', 'BLANKS'), {
    last: '\u00A0Chen\u00A0',
    number: '\u00A0NMW0000000001',
  }),
  file(
    'a value that is quoted in part',
    failed('BROKEN_QUOTE', 2),
    `${header}\n${bare(person(1)).replace('Sam', 'S"a"m')}\n`,
  ),
  file(
    'text behind a closing quote',
    failed('BROKEN_QUOTE', 2),
    `${header}\n${bare(person(1)).replace('Sam', '"Sam" x')}\n`,
  ),
  file(
    'a quote that is never closed',
    failed('BROKEN_QUOTE', 3),
    `${header}\n${bare(person(1))}\n"${bare(person(2))}\n${bare(person(3))}\n`,
  ),
  file(
    'quotes escaped by a backslash',
    failed('BROKEN_QUOTE', 2),
    `${header}\n${quoted(person(1)).replace('"Sam"', '"S\\"am"')}\n`,
  ),
  file(
    'single quotes',
    completed('R:DATE+UNMAPPED_LICENCE_TYPE', 'UNQUOTED'),
    `${header}\n${person(1)
      .map((cell) => `'${cell}'`)
      .join(',')}\n`,
  ),
]

/** Separators, encodings, what is no CSV. */
const formats: readonly CorpusFile[] = [
  file('semicolons', failed('SEPARATOR', 1), plain.join('\n').replaceAll(',', ';')),
  file('tabs', failed('SEPARATOR', 1), plain.join('\n').replaceAll(',', '\t')),
  file('bars', failed('SEPARATOR', 1), plain.join('\n').replaceAll(',', '|')),
  file(
    'a line that tells a spreadsheet the separator',
    failed('MISSING_COLUMN', 1),
    `sep=,\n${plain.join('\n')}\n`,
  ),
  file('Windows-1252', failed('NOT_UTF8', 2), csv(person(1, { last: 'Müller' })), 'latin1'),
  file(
    'spectrum: Latin-1 far down',
    failed('NOT_UTF8', 1_002),
    Buffer.concat([
      Buffer.from(csv(...Array.from({ length: 1_000 }, (_, n) => person(n + 1)))),
      Buffer.from(`${quoted(person(2_000, { last: 'Zoë' }))}\n`, 'latin1'),
    ]),
  ),
  file('UTF-16 with a mark', failed('NOT_UTF8', 1), Buffer.from(`\uFEFF${csv(...two)}`, 'utf16le')),
  file('UTF-16 without a mark', failed('NOT_UTF8', 1), Buffer.from(csv(...two), 'utf16le')),
  file('UTF-16, big end first', failed('NOT_UTF8', 1), Buffer.from(csv(...two), 'utf16le').swap16()),
  file(
    'an overlong encoding of a slash',
    failed('NOT_UTF8', 2),
    Buffer.concat([
      Buffer.from(`${header}\nE1,Sam`),
      Buffer.from([0xc0, 0xaf]),
      Buffer.from(bare(person(1)).slice(6)),
    ]),
  ),
  file(
    'half of a surrogate pair',
    failed('NOT_UTF8', 2),
    Buffer.concat([
      Buffer.from(`${header}\nE1,Sam`),
      Buffer.from([0xed, 0xa0, 0x80]),
      Buffer.from(bare(person(1)).slice(6)),
    ]),
  ),
  file(
    'cut in the middle of a character',
    failed('NOT_UTF8'),
    Buffer.from(`${csv(person(1))}E2,Zo\u00eb`).subarray(0, -1),
  ),
  odd('a byte order mark in the middle', completed('C'), { last: '\uFEFFChen' }),
  file('an empty file', failed('EMPTY_FILE', 1), ''),
  file('nothing but line ends', failed('EMPTY_FILE', 1), '\n\r\n\n'),
  file('nothing but a byte order mark', failed('EMPTY_FILE', 1), '\uFEFF'),
  file('a header alone', held(''), `${header}\n`),
  file('a workbook that is called CSV', failed('NOT_CSV', 1), workbook({ rows: rowOf('a') })),
  file('an old workbook that is called CSV', failed('NOT_CSV', 1), Buffer.from('d0cf11e0a1b11ae1', 'hex')),
  file('a compressed file that is called CSV', failed('NOT_CSV', 1), Buffer.from('1f8b0800', 'hex')),
  file(
    'a page of HTML',
    failed('MISSING_COLUMN', 1),
    '<html><body><table><tr><td>1</td></tr></table></body></html>\n',
  ),
  file('JSON', failed('BROKEN_QUOTE', 1), '{"external_id": "E1"}\n'),
  file('zeros all over', failed('CONTROL_CHARACTER', 1), Buffer.alloc(10_000)),
  file(
    'noise',
    failed('NOT_UTF8'),
    Buffer.from(Array.from({ length: 5_000 }, (_, n) => (n * 7_919 + 13) % 256)),
  ),
]

/** The header and the shape of rows. */
const shapes: readonly CorpusFile[] = [
  file(
    'columns in another order',
    completed('C', 'UNQUOTED', 'COLUMN_ORDER'),
    [header.split(',').reverse().join(','), bare([...person(1)].reverse())].join('\n'),
  ),
  file(
    'headings in capitals, with blanks',
    completed('C', 'BLANKS'),
    `${header
      .toUpperCase()
      .split(',')
      .map((one) => `" ${one} "`)
      .join(',')}\n${quoted(person(1))}\n`,
  ),
  file(
    'columns that nobody asked for',
    completed('C', 'UNQUOTED', 'UNKNOWN_COLUMNS'),
    `${header},pageup_id,cost centre,\n${quoted([...person(1), 'P1', 'C,1', ''])}\n`,
  ),
  file(
    'a missing column',
    failed('MISSING_COLUMN', 1),
    `${header.replace(',email', '')}\n${bare(person(1).filter((_, place) => place !== 4))}\n`,
  ),
  file(
    'a column that stands twice',
    failed('DUPLICATE_COLUMN', 1),
    `${header},email\n${bare([...person(1), 'x@example.com'])}\n`,
  ),
  file(
    'a column that stands twice, in other letters',
    failed('DUPLICATE_COLUMN', 1),
    `${header}, EMAIL\n${bare([...person(1), 'x@example.com'])}\n`,
  ),
  file(
    'a title above the header',
    failed('MISSING_COLUMN', 1),
    `Staff list as of 1 February\n${plain.join('\n')}\n`,
  ),
  file('no header at all', failed('MISSING_COLUMN', 1), two.map(bare).join('\n')),
  file(
    'the header a second time',
    completed('C R:EMAIL+DATE+UNMAPPED_LICENCE_TYPE C', 'UNQUOTED'),
    `${plain[0]}\n${plain[1]}\n${plain[0]}\n${plain[2]}\n`,
  ),
  file(
    'a line of totals at the end',
    completed('C R:CELL_COUNT'),
    `${header}\n${bare(person(1))}\nTotal: 1\n`,
  ),
  file(
    'too few cells, too many cells',
    completed('R:CELL_COUNT R:CELL_COUNT C'),
    `${header}\nE1,Sam\n${bare([...person(2), 'x', 'y'])}\n${bare(person(3))}\n`,
  ),
  file(
    'a comma at the end of each row',
    completed('R:CELL_COUNT R:CELL_COUNT', 'UNQUOTED'),
    `${header}\n${two.map((one) => `${bare(one)},`).join('\n')}\n`,
  ),
  file(
    'a comma at the end of each line',
    completed('C C', 'UNQUOTED', 'UNKNOWN_COLUMNS'),
    `${[header, ...two.map(bare)].map((one) => `${one},`).join('\n')}\n`,
  ),
  file('1,001 columns', failed('TOO_MANY_COLUMNS', 1), `${header}${','.repeat(991)}\n`),
  file(
    '10,001 rows',
    failed('TOO_MANY_ROWS', 10_002),
    csv(...Array.from({ length: 10_001 }, (_, n) => person(n + 1))),
  ),
  file(
    'a row of more than a million characters',
    failed('ROW_TOO_LONG', 2),
    `${header}\n${bare(person(1, { last: 'x'.repeat(1_000_001) }))}\n`,
  ),
  odd('a value of 100,000 characters', completed('R:TOO_LONG C'), { last: 'x'.repeat(100_000) }, {}),
]

/** What stands in the cells. */
const values: readonly CorpusFile[] = [
  odd(
    'days that are none',
    completed('R:DATE R:DATE R:DATE R:DATE'),
    { dob: '2026-02-30' },
    { dob: '31/05/1990' },
    { expires: '05/31/2026' },
    { issued: '1 June 2020' },
  ),
  odd(
    'days as a spreadsheet counts them',
    completed('R:DATE R:DATE'),
    { dob: '33678' },
    { expires: '46173.5' },
  ),
  odd(
    'years that cannot be meant',
    completed('R:DATE R:DATE R:DATE'),
    { dob: '0192-03-15' },
    { dob: '2192-03-15' },
    { expires: '9999-12-31' },
  ),
  odd('expiry before issue', completed('R:EXPIRES_BEFORE_ISSUE'), {
    issued: '2026-01-01',
    expires: '2025-12-31',
  }),
  odd(
    'numbers that a spreadsheet has rounded',
    held('R:SPREADSHEET_NOTATION R:SPREADSHEET_NOTATION R:SPREADSHEET_NOTATION C'),
    { number: '1.23E+09' },
    { id: '4.5E+15' },
    { position: '1E+05' },
    {},
  ),
  odd(
    'faults that a spreadsheet shows',
    completed('R:SPREADSHEET_ERROR R:SPREADSHEET_ERROR R:SPREADSHEET_ERROR R:SPREADSHEET_ERROR'),
    { first: '#N/A' },
    { number: '#REF!' },
    { dob: '########' },
    { email: '#VALUE!' },
  ),
  odd(
    'formulas',
    completed('C C C C C'),
    { last: '=1+1' },
    { last: '+61400000000' },
    { last: '-5' },
    { last: '@SUM(A1)' },
    { last: '=HYPERLINK("http://example.com","x")' },
  ),
  odd('a formula as an id', completed('C'), { id: "=cmd|'/C calc'!A0" }),
  odd(
    'characters that nobody sees',
    completed('R:CONTROL_CHARACTER R:CONTROL_CHARACTER R:CONTROL_CHARACTER'),
    { last: 'Chen\u0000' },
    { number: 'NMW\u0007000' },
    { first: 'Sam\u0085' },
  ),
  odd('a control character in a column that is not used', completed('C'), {}),
  odd(
    'empty where it may not be',
    held('R:REQUIRED R:REQUIRED R:REQUIRED R:REQUIRED R:REQUIRED R:REQUIRED C'),
    { id: '' },
    { first: '', last: '' },
    { dob: '' },
    { email: '' },
    { position: '' },
    { number: '' },
    {},
  ),
  odd(
    'empty where it may be',
    completed('C C C+EXPIRY_MISSING'),
    { first: '' },
    { last: '' },
    { expires: '' },
  ),
  odd(
    'people without credentials',
    completed('C C'),
    { type: '', number: '', issued: '', expires: '' },
    { type: ' ', number: '', issued: '', expires: '' },
  ),
  odd(
    'no e-mail addresses',
    completed('R:EMAIL R:EMAIL R:EMAIL R:EMAIL'),
    { email: 'sam' },
    { email: 'sam@' },
    { email: 'sam@@example.com' },
    { email: 'sam @example.com' },
  ),
  odd(
    'one e-mail on two people',
    completed('C R:EMAIL_SHARED'),
    { email: 'shared@example.com' },
    { email: 'Shared@Example.com' },
  ),
  odd(
    'one person with two days of birth',
    completed('R:PERSON_DIFFERS R:PERSON_DIFFERS C'),
    { id: 'E9', email: 'e9@example.com' },
    { id: 'E9', email: 'e9@example.com', dob: '1990-01-01' },
    {},
  ),
  odd(
    'a key that stands twice',
    completed('C R:DUPLICATE_KEY'),
    {},
    { id: 'E1', last: 'Chen1', email: 'e1@example.com', number: 'NMW0000000001' },
  ),
  odd(
    'keys that differ in blanks mean one credential',
    completed('C+SHARED_CREDENTIAL C+SHARED_CREDENTIAL'),
    {},
    { id: 'E1', last: 'Chen1', email: 'e1@example.com', number: 'NMW 0000000001' },
  ),
  odd(
    'codes that stand for nothing',
    completed('R:UNMAPPED_LICENCE_TYPE R:UNMAPPED_LICENCE_TYPE'),
    { type: 'AHPRAA' },
    { type: 'Working with children' },
  ),
  odd(
    'ids that differ in case only are two people',
    completed('C C'),
    { id: 'e1' },
    { id: 'E1', email: 'other@example.com' },
  ),
  odd(
    'ids with zeros in front are kept apart',
    completed('C C'),
    { id: '007' },
    { id: '7', email: 'other@example.com' },
  ),
  odd(
    'letters that look like others',
    completed('C C'),
    { email: 'sam@example.com' },
    { email: 'sаm@example.com' },
  ),
  odd(
    'composed and decomposed letters',
    completed('C C'),
    { last: 'Zo\u00eb', number: 'NMW0000000001' },
    { last: 'Zoe\u0308' },
  ),
]

/** A number as a spreadsheet rounds it: in a column of keys it is refused, whoever wrote it. */
const isRounded = (value: string): boolean => /^\d\.\d+e-\d+$/.test(value)
const keyOutcome = (value: string): string => (isRounded(value) ? 'R:SPREADSHEET_NOTATION' : 'C')
const naughtyIds = naughtyStrings.filter((one) => !isRounded(one))

/** Naughty strings in every column that takes free text. */
const naughty: readonly CorpusFile[] = [
  odd(
    'BLNS: as family names',
    completed(naughtyStrings.map(() => 'C').join(' ')),
    ...naughtyStrings.map((last) => ({ last })),
  ),
  odd('BLNS: as ids', completed(naughtyIds.map(() => 'C').join(' ')), ...naughtyIds.map((id) => ({ id }))),
  odd(
    'BLNS: as job positions',
    completed(naughtyStrings.map(keyOutcome).join(' ')),
    ...naughtyStrings.map((position) => ({ position })),
  ),
  odd(
    'BLNS: as licence numbers',
    completed(naughtyStrings.map(keyOutcome).join(' ')),
    ...naughtyStrings.map((number) => ({ number, type: 'EDUCATION_QUALIFICATION' })),
  ),
  odd(
    'BLNS: as e-mails',
    completed(naughtyStrings.map(() => 'R:EMAIL').join(' ')),
    ...naughtyStrings.map((email) => ({ email })),
  ),
  file(
    'BLNS: in columns that are not used',
    completed(naughtyStrings.map(() => 'C').join(' '), 'UNQUOTED', 'UNKNOWN_COLUMNS'),
    [`${header},note`, ...naughtyStrings.map((note, n) => quoted([...person(n + 1), note]))].join('\n'),
  ),
]

const sheetHeader = rowOf(...header.split(','))
const cells = (n: number, oddCells: Readonly<Record<number, string>> = {}): string =>
  rowOf(...person(n).map((value, place) => oddCells[place] ?? value))
function book(
  name: string,
  ends: Ending,
  content: Buffer | (() => Buffer),
  upload = 'people.xlsx',
): CorpusFile {
  return { name, upload, ends, content: () => (Buffer.isBuffer(content) ? content : content()) }
}
const sound = (): Parameters<typeof workbook>[0] => ({ rows: sheetHeader + cells(1) + cells(2) })

const workbooks: readonly CorpusFile[] = [
  book('a sound workbook', completed('C C'), workbook(sound())),
  book(
    'dates as dates',
    completed('C'),
    workbook({
      formats: ['dd/mm/yyyy'],
      rows:
        sheetHeader +
        cells(1, {
          3: '<c s="1"><v>33678</v></c>',
          8: '<c s="1"><v>43983</v></c>',
          9: '<c s="1"><v>46173</v></c>',
        }),
    }),
  ),
  book(
    'dates as bare numbers',
    completed('R:DATE'),
    workbook({ rows: sheetHeader + cells(1, { 3: '<c><v>33678</v></c>' }) }),
  ),
  book(
    'a time behind a date',
    completed('R:DATE'),
    workbook({
      formats: ['dd/mm/yyyy hh:mm'],
      rows: sheetHeader + cells(1, { 3: '<c s="1"><v>33678.5</v></c>' }),
    }),
  ),
  book(
    'an id with zeros that only its format shows',
    completed('C'),
    workbook({ formats: ['000000'], rows: sheetHeader + cells(1, { 0: '<c s="1"><v>17</v></c>' }) }),
  ),
  book(
    'an id of too many digits',
    held('R:SPREADSHEET_NOTATION C'),
    workbook({ rows: sheetHeader + cells(1, { 0: '<c><v>12345678901234567890</v></c>' }) + cells(2) }),
  ),
  book(
    'an id that became a date',
    held('R:SPREADSHEET_DATE'),
    workbook({ formats: ['d-mmm'], rows: sheetHeader + cells(1, { 0: '<c s="1"><v>46023</v></c>' }) }),
  ),
  book(
    'formulas',
    completed('C R:SPREADSHEET_ERROR'),
    workbook({
      rows:
        sheetHeader +
        cells(1, { 2: '<c t="str"><f>A1</f><v>Chen1</v></c>' }) +
        cells(2, { 2: '<c><f>A1</f></c>' }),
    }),
  ),
  book(
    'hidden rows, merged cells, other sheets',
    completed('C C', 'SHEET', 'HIDDEN_ROWS', 'MERGED_CELLS'),
    workbook({
      rows: sheetHeader + cells(1) + cells(2).replace('<row>', '<row hidden="1">'),
      behind: '<mergeCells><mergeCell ref="L1:M2"/></mergeCells>',
      sheets: [{ name: 'Lists' }],
    }),
  ),
  book(
    'an empty row in the middle, empty cells at the end',
    completed('C C+EXPIRY_MISSING', 'BLANK_LINES'),
    workbook({ rows: `${sheetHeader}${cells(1)}<row/>${cells(2, { 9: '<c/>' })}` }),
  ),
  book(
    'a title above the header',
    failed('MISSING_COLUMN', 1),
    workbook({ rows: rowOf('Staff list') + sheetHeader + cells(1) }),
  ),
  book(
    'headings in other words',
    completed('C', 'COLUMNS_MAPPED'),
    workbook({
      rows:
        rowOf(
          'Employee No',
          'Given Name',
          'Surname',
          'Date of Birth',
          'Work e-mail',
          'Position code',
          'Credential type',
          'Registration No',
          'Issued',
          'Expires',
        ) + cells(1),
    }),
  ),
  book(
    'control characters, escaped',
    completed('R:CONTROL_CHARACTER'),
    workbook({ rows: sheetHeader + cells(1, { 2: text('Chen_x0007_') }) }),
  ),
  book('BLNS: in a workbook', completed(naughtyStrings.map(() => 'C').join(' ')), () =>
    workbook({
      rows: sheetHeader + naughtyStrings.map((last, n) => cells(n + 1, { 2: text(last) })).join(''),
    }),
  ),
  book('an empty sheet', failed('EMPTY_FILE'), workbook({ rows: '' })),
  book('a workbook cut off', failed('BROKEN_WORKBOOK'), () => workbook(sound()).subarray(0, -100)),
  book('a workbook with a byte turned over', failed('BROKEN_WORKBOOK'), () => {
    const bytes = workbook({ rows: sheetHeader + cells(1).repeat(1) })
    const at = bytes.indexOf('xl/worksheets/sheet1.xml') + 60
    bytes.writeUInt8(bytes.readUInt8(at) ^ 0xff, at)
    return bytes
  }),
  book('a part that unpacks to a hundred thousand times its size', failed('BROKEN_WORKBOOK'), () =>
    workbook({ rows: sheetHeader + rowOf('x'.repeat(50_000_000)) }),
  ),
  book('a million empty rows', completed('C', 'BLANK_LINES'), () =>
    workbook({ rows: sheetHeader + cells(1) + '<row/>'.repeat(1_000_000) }),
  ),
  book('entities within entities', failed('BROKEN_WORKBOOK'), () =>
    workbook({
      rows: '',
      parts: {
        'xl/sharedStrings.xml':
          '<!DOCTYPE s [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><sst><si><t>&b;</t></si></sst>',
      },
    }),
  ),
  book('an archive in an archive', failed('NOT_A_WORKBOOK'), () =>
    Buffer.from(zipSync({ '_rels/.rels': Buffer.from('<Relationships/>'), 'book.xlsx': workbook(sound()) })),
  ),
  book('a part outside the package', failed('BROKEN_WORKBOOK'), () =>
    workbook({ ...sound(), parts: { '../../etc/passwd': 'x' } }),
  ),
  book('links to another file', completed('C C'), () => {
    const parts = workbookParts(sound())
    const relations = Buffer.from(parts['xl/_rels/workbook.xml.rels'] ?? '').toString()
    parts['xl/_rels/workbook.xml.rels'] = Buffer.from(
      relations.replace(
        '</Relationships>',
        '<Relationship Id="rId99" Type="x/externalLink" Target="http://example.com/x" TargetMode="External"/></Relationships>',
      ),
    )
    return Buffer.from(zipSync(parts))
  }),
  book(
    'a workbook with macros',
    completed('C C'),
    workbook({ ...sound(), parts: { 'xl/vbaProject.bin': Buffer.from('macro') } }),
    'people.xlsm',
  ),
  book(
    'a document of another program',
    failed('BROKEN_WORKBOOK'),
    () =>
      Buffer.from(
        zipSync({
          mimetype: Buffer.from('application/vnd.oasis.opendocument.spreadsheet'),
          'content.xml': Buffer.from('<x/>'),
        }),
      ),
    'people.ods',
  ),
  book(
    'an old or protected workbook',
    failed('NOT_CSV', 1),
    Buffer.from('d0cf11e0a1b11ae1', 'hex'),
    'people.xls',
  ),
  book(
    'CSV that is called a workbook',
    completed('C C', 'UNQUOTED'),
    Buffer.from(plain.join('\n')),
    'people.xlsx',
  ),
  book(
    'CSV over the API, headings in other words',
    completed('C', 'UNQUOTED', 'COLUMNS_MAPPED'),
    Buffer.from(
      `Staff ID,Forename,Surname,DOB,E-Mail,Role Code,Licence type,Licence No.,Date issued,Expiry\n${bare(person(1))}\n`,
    ),
    'people.csv',
  ),
]

export const corpus: readonly CorpusFile[] = [
  ...dress,
  ...formats,
  ...shapes,
  ...values,
  ...naughty,
  ...workbooks,
]
