/**
 * The examples are what they are said to be: made by their script, as large as promised, and imported as
 * examples/organisation/README.md says, row by row.
 */
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exampleOrganisation } from '../scripts/make-example-organisation.ts'
import { openCsv } from '../server/exchange/imports/imports.csv.ts'
import { receiveFile, runById, type ImportRun } from '../server/exchange/imports/imports.ts'
import { setSetting } from '../server/tenancy/organisations/organisations.ts'
import { setMappings } from '../server/workforce/credential-types/credential-types.ts'
import { openTestHouse, operator, type TestHouse } from './harness.ts'

const examples = new URL('../examples/', import.meta.url)
const positions = 'organisation/HRMS-POS-20260201_060500.csv'
const firstDay = 'organisation/HRMS-20260201_060000.csv'
const secondDay = 'organisation/next-day/HRMS-20260202_060000.csv'
const thirdDay = 'organisation/broken-export/HRMS-20260203_060000.csv'

type Row = Readonly<Record<string, string>>

async function rowsOf(path: string): Promise<Row[]> {
  const bytes = await readFile(new URL(path, examples))
  const file = await openCsv(
    (async function* () {
      yield bytes
    })(),
    { rowsMax: 10_000, bytesMax: 1_000_000 },
  )
  const rows: Row[] = []
  for await (const batch of file.batches)
    for (const { cells } of batch)
      rows.push(Object.fromEntries(file.header.map((name, index) => [name, cells[index] ?? ''])))
  return rows
}

async function mappings(): Promise<{ code: string; target: string }[]> {
  return (await rowsOf('organisation/mappings.csv')).map((row) => ({
    code: row['code'] ?? '',
    target: row['credential_type'] ?? '',
  }))
}

const distinct = (rows: readonly Row[], column: string): Set<string | undefined> =>
  new Set(rows.map((row) => row[column]))

interface ListedFault {
  readonly row: number
  readonly externalId: string
  readonly outcome: string
  readonly rule: string | null
}

/** The table of the README. */
async function listedFaults(): Promise<ListedFault[]> {
  const readme = await readFile(new URL('organisation/README.md', examples), 'utf8')
  return readme.split('\n').flatMap((line) => {
    const [, row, externalId = '', , outcome = '', rule = ''] = line.split('|').map((cell) => cell.trim())
    if (!/^\d+$/.test(row ?? '')) return []
    return [{ row: Number(row), externalId, outcome, rule: rule.replaceAll('`', '') || null }]
  })
}

describe('the files', () => {
  test('are what the script makes, byte for byte', async () => {
    const files = exampleOrganisation()
    expect(files.size).toBe(5)
    for (const [path, text] of files) {
      const bytes = await readFile(new URL(`organisation/${path}`, examples))
      expect(
        bytes.equals(Buffer.from(text)),
        `${path}: run node scripts/make-example-organisation.ts, then mend the table in its README`,
      ).toBe(true)
    }
    expect([...exampleOrganisation()]).toEqual([...files])
  })

  test('are dressed as the HR system does it: every value quoted, CRLF', async () => {
    for (const path of [positions, firstDay, secondDay, thirdDay]) {
      const lines = (await readFile(new URL(path, examples), 'utf8')).split('\r\n')
      expect(lines.pop()).toBe('')
      const columns = path === positions ? 3 : 16
      for (const line of lines)
        expect(line).toMatch(new RegExp(`^("[^"\\r\\n]*",){${columns - 1}}"[^"\\r\\n]*"$`))
    }
  })

  test('are 300 people in 9 positions and 8 states with 900 credentials', async () => {
    const rows = await rowsOf(firstDay)
    expect(rows).toHaveLength(907)
    expect(distinct(rows, 'external_id').size).toBe(300)
    expect([...distinct(rows, 'state')].sort()).toEqual(['ACT', 'NSW', 'NT', 'QLD', 'SA', 'TAS', 'VIC', 'WA'])
    const keys = rows
      .filter((row) => row['licence_type'] !== '')
      .map((row) => `${row['external_id']} ${row['licence_type']} ${row['licence_number']}`)
    expect(new Set(keys).size).toBe(900)
    const asked = await rowsOf(positions)
    expect(asked).toHaveLength(23)
    expect([...distinct(asked, 'position_id')].sort()).toEqual([...distinct(rows, 'position_id')].sort())
    expect(distinct(asked, 'position_id').size).toBe(9)
  })

  test('have a mapping for every code but one', async () => {
    const mapped = new Set((await mappings()).map(({ code }) => code))
    expect(mapped.size).toBe(35)
    const used = new Set<string | undefined>()
    for (const path of [firstDay, secondDay, thirdDay])
      for (const code of distinct(await rowsOf(path), 'licence_type')) used.add(code)
    for (const code of distinct(await rowsOf(positions), 'license_code')) used.add(code)
    expect([...used].filter((code) => code !== '' && !mapped.has(code ?? ''))).toEqual(['WWC-VIC'])
  })

  test('lead nowhere: addresses and numbers are set aside for examples', async () => {
    for (const path of [firstDay, secondDay]) {
      for (const row of await rowsOf(path)) {
        expect(row['email']).toMatch(/^([a-z.-]+@example\.(com|org) ?)?$/)
        expect(row['mobile']).toMatch(/^0491 57\d \d{3}$/)
      }
    }
  })

  test('of the sample are the guide’s', async () => {
    const rows = await rowsOf('sample/HRMS-20260129_143000.csv')
    expect(
      rows.map((row) => `${row['external_id']} ${row['licence_type']} ${row['licence_number']}`),
    ).toEqual([
      'EMP001 AHPRA NMW0001234567',
      'EMP001 VICWWC 1234567A',
      'EMP002 AHPRA MED0001234567',
      'EMP003 NDIS NDIS-789012',
    ])
    expect(await rowsOf('sample/HRMS-POS-20260129_143000.csv')).toHaveLength(8)
  })
})

describe('imported', () => {
  let house: TestHouse
  let organisationId: string
  const runs = new Map<string, ImportRun>()

  async function run(path: string): Promise<ImportRun> {
    const bytes = await readFile(new URL(path, examples))
    const blob = await house.runtime.storage.write(
      organisationId,
      (async function* () {
        yield bytes
      })(),
    )
    const { id } = await house.runtime.write(organisationId, { ...operator, channel: 'SFTP' }, (ctx) =>
      receiveFile(ctx, { fileName: basename(path), blob, fileId: `fil_${runs.size}` }),
    )
    house.clock.advance('10m')
    await house.drain()
    return house.runtime.read(organisationId, operator, (ctx) => runById(ctx, id))
  }
  const colours = async (): Promise<Record<string, number>> => {
    const rows = await house.owner<{ licence_status: string; count: string }>(
      `select licence_status, count(*) from credentials where organisation_id = $1 group by licence_status`,
      [organisationId],
    )
    return Object.fromEntries(rows.map((row) => [row.licence_status, Number(row.count)]))
  }
  let coloursOfFirstDay: Record<string, number>

  beforeAll(async () => {
    house = await openTestHouse({ now: '2026-02-01T00:00:00Z' })
    organisationId = (await house.newOrganisation('Banksia Community Care')).id
    const pairs = await mappings()
    const accepted = [...new Set(pairs.map(({ target }) => target))].join(',')
    await house.runtime.write(organisationId, operator, async (ctx) => {
      await setMappings(ctx, pairs)
      await setSetting(ctx, 'import.acceptDeclared', accepted)
    })
    for (const path of [positions, firstDay]) runs.set(path, await run(path))
    coloursOfFirstDay = await colours()
    for (const path of [secondDay, thirdDay]) runs.set(path, await run(path))
  })
  afterAll(() => house.close())

  test('the positions ask for what every code stands for', () => {
    expect(runs.get(positions)).toMatchObject({
      status: 'COMPLETED',
      counts: { requirementsCreated: 23, rejected: 0, warnings: 0 },
    })
  })

  test('the first day completes', () => {
    expect(runs.get(firstDay)).toMatchObject({
      status: 'COMPLETED',
      fault: null,
      counts: { rows: 907, rejected: 11, warnings: 2, workersCreated: 297, credentialsCreated: 891 },
    })
  })

  test('each odd row ends as the README says, and no other row is odd', async () => {
    const listed = await listedFaults()
    expect(listed).toHaveLength(17)
    const kept = await house.owner<{
      row: number
      external_id: string
      row_status: string
      row_severity: string
      rules: string[]
    }>(
      `select "row", cells[1] as external_id, row_status, row_severity,
         array(select jsonb_array_elements(messages)->>'rule') as rules
       from import_rows where run_id = $1 order by "row"`,
      [runs.get(firstDay)?.id],
    )
    expect(kept).toHaveLength(907)
    const byRow = new Map(kept.map((row) => [row.row, row]))
    for (const { row, externalId, outcome, rule } of listed) {
      expect(byRow.get(row), `row ${row}`).toMatchObject({
        external_id: externalId,
        row_status: outcome.startsWith('taken') ? 'CREATED' : 'REJECTED',
        rules: rule === null ? [] : [rule],
      })
    }
    const odd = kept.filter((row) => row.row_severity !== 'OK').map((row) => row.row)
    expect(odd).toEqual(listed.flatMap(({ row, rule }) => (rule === null ? [] : [row])).sort((a, b) => a - b))
  })

  test('most credentials are green where HR’s word is enough', async () => {
    const { green = 0, yellow = 0, red = 0 } = coloursOfFirstDay
    expect({ green, yellow, red }).toEqual({ green: 815, yellow: 41, red: 35 })
    const reasons = await house.owner<{ reason: string }>(
      `select distinct unnest(status_reasons) as reason from credentials where organisation_id = $1 order by 1`,
      [organisationId],
    )
    expect(reasons.map(({ reason }) => reason)).toEqual(['EXPIRED', 'EXPIRING', 'IN_GRACE', 'WRONG_ROLE'])
  })

  test('the next day brings two leavers, three joiners, a renewal and a new surname', () => {
    expect(runs.get(secondDay)).toMatchObject({
      status: 'COMPLETED',
      counts: {
        rows: 908,
        rejected: 11,
        workersCreated: 3,
        workersUpdated: 1,
        workersDeactivated: 2,
        credentialsCreated: 6,
        credentialsUpdated: 1,
      },
    })
  })

  test('the broken export is held before 119 people lose their clearance', () => {
    expect(runs.get(thirdDay)).toMatchObject({
      status: 'HELD',
      holdReasons: ['DEACTIVATIONS'],
      counts: { rows: 542, workersDeactivated: 119 },
    })
  })
})
