import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import { sql } from '../../platform/db/database.ts'
import { setSetting } from '../../tenancy/organisations/organisations.ts'
import { approveRun, receiveFile, runById } from '../imports/imports.ts'
import { exportById, latestExports, listExports, openExport, writeStatusExports } from './exports.ts'
import type { ExportRecord } from './exports.schema.ts'

const columns = [
  'external_id',
  'first_name',
  'last_name',
  'dob',
  'email',
  'position_id',
  'licence_type',
  'licence_number',
  'issue_date',
  'expiry_date',
]
const header = '"external_id","licence_type","licence_number","issue_date","expiry_date","licence_status"'
const quoted = (cells: readonly string[]): string =>
  cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')

/** A person's row as a file has it; without a licence where `type` is empty. */
function row(
  id: string,
  licence: { type?: string; number?: string; issued?: string; expires?: string } = {},
): string {
  const { type = 'FIRST_AID', number = 'HLTAID011', issued = '2024-06-01', expires = '2027-05-31' } = licence
  const name = Buffer.from(id.trim()).toString('hex')
  return quoted([
    id,
    'Sam',
    `Chen${name}`,
    '1992-03-15',
    `p${name}@example.com`,
    'RN-001',
    ...(type === '' ? ['', '', '', ''] : [type, number, issued, expires]),
  ])
}

describe('status exports', () => {
  let house: TestHouse
  let organisationId: string
  let files = 0

  beforeAll(async () => {
    house = await openTestHouse()
  })
  afterAll(() => house.close())
  beforeEach(async () => {
    organisationId = (await house.newOrganisation()).id
    await set('export.afterImport', '0')
  })

  const set = (key: string, value: string): Promise<unknown> =>
    house.runtime.write(organisationId, operator, (ctx) => setSetting(ctx, key, value))

  async function importFile(fileName: string, rows: readonly string[]): Promise<void> {
    async function* content(): AsyncGenerator<Buffer> {
      yield Buffer.from([columns.join(','), ...rows].join('\n') + '\n')
    }
    const blob = await house.runtime.storage.write(organisationId, content())
    files += 1
    const fileId = `fil_${files}`
    const { id } = await house.runtime.write(organisationId, { ...operator, channel: 'SFTP' }, (ctx) =>
      receiveFile(ctx, { fileName, blob, fileId }),
    )
    await house.drain()
    const runNow = (): ReturnType<typeof runById> =>
      house.runtime.read(organisationId, operator, (ctx) => runById(ctx, id))
    const { status, planHash } = await runNow()
    // A second source waits for somebody to say yes.
    if (status === 'HELD' && planHash !== null) {
      await approveRun(house.runtime, organisationId, operator, id, planHash)
      await house.drain()
    }
    expect((await runNow()).status, fileName).toBe('COMPLETED')
  }
  const write = (): Promise<ExportRecord[]> =>
    writeStatusExports(house.runtime, operator, { organisationId, trigger: 'DEMAND' })
  async function textOf({ id }: ExportRecord): Promise<string> {
    const pieces: Buffer[] = []
    const { content } = await openExport(house.runtime, organisationId, operator, id)
    for await (const piece of content) pieces.push(piece)
    return Buffer.concat(pieces).toString()
  }
  /** The one export's text, without the header that it must begin with. */
  async function body(): Promise<string> {
    const written = await write()
    expect(written).toHaveLength(1)
    const text = await textOf(written[0] as ExportRecord)
    expect(text.startsWith(`${header}\n`)).toBe(true)
    return text.slice(header.length + 1)
  }

  test('nobody yet: a header alone', async () => {
    const [only] = await write()
    expect(only?.counts).toEqual({ rows: 0, green: 0, yellow: 0, red: 0, peopleWithoutExternalId: 0 })
    expect(await textOf(only as ExportRecord)).toBe(`${header}\n`)
  })

  // Spec 50, A run, 7: the key exactly as last received, byte for byte.
  test.each([
    ['plain', 'EMP001', 'HLTAID011'],
    ['leading zeros', '000123', '0001'],
    ['blanks at the ends', ' EMP001  ', '  HLT AID011 '],
    ['no-break spaces at the ends', '\u00A0EMP001\u00A0', 'HLTAID011\u00A0'],
    ['quotes', 'EMP"001"', '"HLT"AID'],
    ['commas', 'EMP,001', 'HLT,AID,'],
    ['a quote and a comma together', 'E",1', '","'],
    ['letters beyond ASCII', 'Müller-Straße', 'Ærøskøbing'],
    ['composed and decomposed are not the same bytes', 'Jos\u00E9', 'Jose\u0301'],
    ['wide digits', 'Ｅ１', '１２３'],
    ['beyond the basic plane', '𝒳1', '🩺7'],
    ['written from the right', 'עובד-1', 'رقم٧'],
    ['a formula', '=1+1', '+HLTAID011'],
    ['a formula with a call', '@SUM(A1)', '=HYPERLINK("http://x.example","y")'],
    ['a minus', '-1', '-7'],
    ['backslashes', 'E\\1', '\\N'],
    ['what ends a COPY', '\\.', '\\.'],
    ['words for nothing', 'NULL', 'null'],
    ['what a status line looks like', 'x,"green"', '"red"'],
    ['case', 'eMp001', 'hLtAiD011'],
  ])('%s: the key goes back byte for byte', async (_what, id, number) => {
    await importFile('HRMS-20260201.csv', [row(id, { number })])
    expect(await body()).toBe(`${quoted([id, 'FIRST_AID', number, '2024-06-01', '2027-05-31', 'yellow'])}\n`)
  })

  // Spec 50, A run, 2: rows that differ in bytes but mean one credential share it, with one export row each.
  test('two spellings of one number are two rows of one status', async () => {
    await importFile('HRMS-20260201.csv', [
      row('EMP001', { type: 'AHPRA', number: 'NMW0001234567' }),
      row('EMP001', { type: 'AHPRA', number: 'nmw 0001234567' }),
    ])
    expect((await body()).trimEnd().split('\n').sort()).toEqual([
      '"EMP001","AHPRA","NMW0001234567","2024-06-01","2027-05-31","yellow"',
      '"EMP001","AHPRA","nmw 0001234567","2024-06-01","2027-05-31","yellow"',
    ])
    expect(
      await house.owner('select 1 from credentials where organisation_id = $1', [organisationId]),
    ).toHaveLength(1)
  })

  test('a spelling that changes from day to day is the last one', async () => {
    await importFile('HRMS-20260201.csv', [row('EMP001', { type: 'AHPRA', number: 'NMW0001234567' })])
    await importFile('HRMS-20260202.csv', [row('EMP001', { type: 'AHPRA', number: 'nmw0001234567 ' })])
    expect(await body()).toBe('"EMP001","AHPRA","nmw0001234567 ","2024-06-01","2027-05-31","yellow"\n')
  })

  test('what does not expire has two quotes for its date; a person without a credential has no row', async () => {
    await importFile('HRMS-20260201.csv', [
      row('EMP001', { type: 'RSA_QLD', number: '12345678', expires: '' }),
      row('EMP002', { type: '' }),
    ])
    expect(await body()).toBe('"EMP001","RSA_QLD","12345678","2024-06-01","","yellow"\n')
  })

  test('people and credentials that are not active are left out, and come back with their keys', async () => {
    const both = [row('EMP001'), row('EMP002')]
    await importFile('HRMS-20260201.csv', both)
    await importFile('HRMS-20260202.csv', [row('EMP001')])
    expect(await body()).toBe('"EMP001","FIRST_AID","HLTAID011","2024-06-01","2027-05-31","yellow"\n')
    await importFile('HRMS-20260203.csv', [row('EMP001', { type: '' }), row('EMP002')])
    expect(await body()).toBe('"EMP002","FIRST_AID","HLTAID011","2024-06-01","2027-05-31","yellow"\n')
    await importFile('HRMS-20260204.csv', both)
    expect((await body()).trimEnd().split('\n')).toHaveLength(2)
  })

  test('several sources: a file each with its own keys, or one of all where they are joined', async () => {
    await importFile('HRMS-20260201.csv', [row('EMP001')])
    await importFile('PAY-DELTA-20260201.csv', [row('P-7', { number: 'HLTAID012' })])
    const hrms = '"EMP001","FIRST_AID","HLTAID011","2024-06-01","2027-05-31","yellow"\n'
    const pay = '"P-7","FIRST_AID","HLTAID012","2024-06-01","2027-05-31","yellow"\n'

    const written = await write()
    expect(written.map(({ source, fileName, counts }) => [source, fileName, counts.rows])).toEqual([
      ['HRMS', 'Vouchsafe-HRMS-20260201_110000.csv', 1],
      ['PAY', 'Vouchsafe-PAY-20260201_110000.csv', 1],
    ])
    expect(await Promise.all(written.map(textOf))).toEqual([`${header}\n${hrms}`, `${header}\n${pay}`])

    await set('export.merge', '1')
    const joined = await write()
    expect(joined).toMatchObject([{ source: null, fileName: 'Vouchsafe-20260201_110000.csv' }])
    expect(await textOf(joined[0] as ExportRecord)).toBe(`${header}\n${hrms}${pay}`)
  })

  test('never two files of one name, also within one second and at once', async () => {
    const names = [
      await write(),
      await write(),
      ...(await Promise.all(Array.from({ length: 6 }, () => write()))),
    ].map(([only]) => only?.fileName)
    expect(new Set(names).size).toBe(8)
    expect(names.every((name) => /^Vouchsafe-20260201_11000\d\.csv$/.test(name ?? ''))).toBe(true)
  })

  test('after an import that queued no checks it is written at once, whatever export.settleMinutes says', async () => {
    await set('export.afterImport', '1')
    await set('export.settleMinutes', '1440')
    await importFile('HRMS-20260201.csv', [row('EMP001')])
    const all = await house.runtime.read(organisationId, operator, (ctx) => latestExports(ctx, 5))
    expect(all.map(({ trigger, counts }) => [trigger, counts.rows])).toEqual([['IMPORT', 1]])
  })

  test('on its own schedule too: daily at 05:00 in the zone, without an import', async () => {
    await importFile('HRMS-20260201.csv', [row('EMP001')])
    try {
      house.clock.set('2026-02-01T17:59:59Z')
      await house.drain()
      const all = (): Promise<ExportRecord[]> =>
        house.runtime.read(organisationId, operator, (ctx) => latestExports(ctx, 5))
      expect(await all()).toEqual([])
      house.clock.set('2026-02-01T18:00:00Z')
      await house.drain()
      expect((await all()).map(({ trigger, fileName }) => [trigger, fileName])).toEqual([
        ['SCHEDULE', 'Vouchsafe-20260202_050000.csv'],
      ])
    } finally {
      house.clock.set('2026-02-01T00:00:00Z')
    }
  })

  test('another prefix, and a name that is taken: the next free second', async () => {
    await set('export.filePrefix', 'Oho')
    const [first] = await write()
    const [second] = await write()
    expect([first?.fileName, second?.fileName]).toEqual([
      'Oho-20260201_110000.csv',
      'Oho-20260201_110001.csv',
    ])
  })

  test('the hour that comes twice at the end of daylight saving gives no name twice', async () => {
    try {
      house.clock.set('2026-04-04T15:30:00Z')
      const [before] = await write()
      house.clock.set('2026-04-04T16:30:00Z')
      const [after] = await write()
      expect([before?.fileName, after?.fileName]).toEqual([
        'Vouchsafe-20260405_023000.csv',
        'Vouchsafe-20260405_023001.csv',
      ])
    } finally {
      house.clock.set('2026-02-01T00:00:00Z')
    }
  })

  test('people whom no source knows are counted, not exported', async () => {
    await house.runtime.write(organisationId, operator, (ctx) =>
      ctx.tx
        .run(sql`insert into workers (organisation_id, id, version, display_name, display_name_folded, status, created_at, updated_at)
        values (${organisationId}, 'wkr_of_nobody', 1, 'x', 'x', 'ACTIVE', ${ctx.now}, ${ctx.now})`),
    )
    const [only] = await write()
    expect(only?.counts).toMatchObject({ rows: 0, peopleWithoutExternalId: 1 })
  })

  test('what is counted is what stands in the file, whose bytes and hash are kept with it', async () => {
    await importFile('HRMS-20260201.csv', [
      row('EMP001', { type: 'WWCC_NSW', number: 'WWC1234567E' }),
      row('EMP002', { expires: '2026-01-31' }),
      row('EMP003', { number: ',"green"' }),
    ])
    await set('import.acceptDeclared', 'WWCC_NSW')
    await house.drain()
    const [only] = await write()
    expect(only?.counts).toEqual({ rows: 3, green: 1, yellow: 1, red: 1, peopleWithoutExternalId: 0 })
    const text = await textOf(only as ExportRecord)
    expect(Buffer.byteLength(text)).toBe(only?.blob.bytes)
    expect(createHash('sha256').update(text).digest('hex')).toBe(only?.blob.sha256)
  })

  test('statuses are those of the day on which it is written', async () => {
    await importFile('HRMS-20260201.csv', [row('EMP001', { expires: '2026-02-01' })])
    expect(await body()).toContain('"yellow"')
    try {
      house.clock.set('2026-02-01T13:00:00Z')
      expect(await body()).toContain('"red"')
    } finally {
      house.clock.set('2026-02-01T00:00:00Z')
    }
  })

  test('another organisation neither lists nor opens it, and a download is an audit entry', async () => {
    const [mine] = (await write()) as [ExportRecord]
    const other = await house.newOrganisation()
    const theirs = <T>(work: Parameters<typeof house.runtime.read<T>>[2]): Promise<T> =>
      house.runtime.read(other.id, operator, work)
    expect(await theirs((ctx) => latestExports(ctx, 10))).toEqual([])
    expect(await theirs((ctx) => listExports(ctx, {}, { limit: 10, offset: 0, after: null }))).toEqual({
      exports: [],
      total: 0,
    })
    await expect(theirs((ctx) => exportById(ctx, mine.id))).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(openExport(house.runtime, other.id, operator, mine.id)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    await textOf(mine)
    expect(
      await house.owner('select action from audit_entries where entity_id = $1 order by action', [mine.id]),
    ).toEqual([{ action: 'create' }, { action: 'download' }])
  })
})
