import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import { setSetting } from '../../tenancy/organisations/organisations.ts'
import { setMappings } from '../../workforce/credential-types/credential-types.ts'
import { latestExports } from '../exports/exports.ts'
import {
  approveRun,
  processRuns,
  receiveFile,
  rejectRun,
  runById,
  withdrawFile,
  type ImportRun,
} from './imports.ts'

const header =
  'external_id,first_name,middle_name,last_name,dob,email,position_id,licence_type,licence_number,issue_date,expiry_date'

/** A person's row; what is not said is believable. */
function row(
  id: string,
  more: Partial<
    Record<
      'first' | 'middle' | 'last' | 'dob' | 'email' | 'position' | 'type' | 'number' | 'issued' | 'expires',
      string
    >
  > = {},
): string {
  const n = Number(id.replace(/\D/g, '')) || 1
  return [
    id,
    more.first ?? 'Sam',
    more.middle ?? '',
    more.last ?? `Chen${id}`,
    more.dob ?? '1992-03-15',
    more.email ?? `${id.toLowerCase()}@example.com`,
    more.position ?? 'RN-001',
    more.type ?? 'AHPRA',
    more.number ?? `NMW${String(n).padStart(10, '0')}`,
    more.issued ?? '2020-06-01',
    more.expires ?? '2026-05-31',
  ].join(',')
}

describe('imports', () => {
  let house: TestHouse
  let organisationId: string
  let clockSecond = 0

  beforeAll(async () => {
    house = await openTestHouse()
  })
  afterAll(() => house.close())
  beforeEach(async () => {
    organisationId = (await house.newOrganisation()).id
  })

  const read = <T>(work: Parameters<TestHouse['runtime']['read']>[2]): Promise<T> =>
    house.runtime.read(organisationId, operator, work) as Promise<T>

  async function receive(
    name: string,
    lines: readonly string[] | Buffer,
    more: Partial<Parameters<typeof receiveFile>[1]> = {},
  ): Promise<string> {
    const bytes = Buffer.isBuffer(lines) ? lines : Buffer.from([header, ...lines].join('\n') + '\n')
    const blob = await house.runtime.storage.write(
      organisationId,
      (async function* () {
        yield bytes
      })(),
    )
    clockSecond += 1
    const { id } = await house.runtime.write(organisationId, { ...operator, channel: 'SFTP' }, (ctx) =>
      receiveFile(ctx, { fileName: name, blob, fileId: `fil_${clockSecond}`, ...more }),
    )
    return id
  }
  async function run(
    name: string,
    lines: readonly string[] | Buffer,
    more?: Partial<Parameters<typeof receiveFile>[1]>,
  ): Promise<ImportRun> {
    const id = await receive(name, lines, more)
    await house.drain()
    return read((ctx) => runById(ctx, id))
  }
  async function results(importRun: ImportRun): Promise<string[]> {
    if (!importRun.resultsBlob) throw new Error('no results')
    const reader = await house.runtime.storage.open(organisationId, importRun.resultsBlob.key)
    let text = ''
    for await (const chunk of reader.stream()) text += chunk.toString()
    await reader.close()
    return text.trimEnd().split('\n')
  }
  const rowsOf = (
    importRun: ImportRun,
  ): Promise<{ row: number; row_status: string; row_severity: string; rules: string[] }[]> =>
    house.owner(
      `select "row", row_status, row_severity, array(select jsonb_array_elements(messages)->>'rule') as rules
       from import_rows where run_id = $1 order by "row"`,
      [importRun.id],
    )
  const workers = (): Promise<
    {
      external_id: string
      status: string
      work_email: string
      last_name: string
      version: number
      id: string
    }[]
  > =>
    house.owner(
      `select s.external_id, w.status, w.work_email, w.last_name, w.version, w.id from worker_sources s join workers w on w.id = s.worker_id
       where w.organisation_id = $1 order by s.source_folded, s.external_id`,
      [organisationId],
    )
  const statuses = async (): Promise<Record<string, string>> =>
    Object.fromEntries((await workers()).map((worker) => [worker.external_id, worker.status]))
  const exported = async (): Promise<string[]> => {
    const [newest] = await read<Awaited<ReturnType<typeof latestExports>>>((ctx) => latestExports(ctx, 1))
    const reader = await house.runtime.storage.open(
      organisationId,
      (newest as { blob: { key: string } }).blob.key,
    )
    let text = ''
    for await (const chunk of reader.stream()) text += chunk.toString()
    await reader.close()
    return text.trimEnd().split('\n').slice(1)
  }

  test('people and credentials are made, with a stub of their position, versions, audit and an export', async () => {
    const done = await run('HRMS-20260201_060000.csv', [
      row('E1'),
      row('E2', { type: '', number: '', issued: '', expires: '' }),
    ])
    expect(done).toMatchObject({
      status: 'COMPLETED',
      fileType: 'EMPLOYEE',
      source: 'HRMS',
      mode: 'SNAPSHOT',
      holdReasons: [],
      counts: { rows: 2, created: 2, rejected: 0, workersCreated: 2, credentialsCreated: 1 },
    })
    expect(done.planHash).toMatch(/^[0-9a-f]{64}$/)
    expect(await statuses()).toEqual({ E1: 'ACTIVE', E2: 'ACTIVE' })
    expect(await exported()).toEqual(['"E1","AHPRA","NMW0000000001","2020-06-01","2026-05-31","yellow"'])
    const [counts] = await house.owner<Record<string, number>>(
      `select (select count(*) from worker_versions where organisation_id = $1) as workers, (select count(*) from credential_versions where organisation_id = $1) as credentials,
        (select count(*) from positions where organisation_id = $1 and is_stub and code = 'RN-001') as stubs,
        (select count(*) from audit_entries where organisation_id = $1 and run_id = $2 and entity_type in ('worker', 'credential')) as audit`,
      [organisationId, done.id],
    )
    expect(counts).toEqual({ workers: 2, credentials: 1, stubs: 1, audit: 3 })
  })

  test('the same file again changes nothing', async () => {
    await run('HRMS-20260201_060000.csv', [row('E1'), row('E2')])
    const again = await run('HRMS-20260202_060000.csv', [row('E1'), row('E2')])
    expect(again).toMatchObject({ status: 'COMPLETED', counts: { unchanged: 2, created: 0, updated: 0 } })
    expect((await workers()).map((worker) => worker.version)).toEqual([1, 1])
  })

  test('absent people become inactive, and active again when named', async () => {
    await run('HRMS-20260201.csv', [row('E1'), row('E2'), row('E3')])
    expect(await run('HRMS-20260202.csv', [row('E1'), row('E2')])).toMatchObject({
      status: 'COMPLETED',
      counts: { workersDeactivated: 1 },
    })
    expect(await statuses()).toEqual({ E1: 'ACTIVE', E2: 'ACTIVE', E3: 'INACTIVE' })
    expect(await exported()).toHaveLength(2)
    expect(await run('HRMS-20260203.csv', [row('E1'), row('E2'), row('E3')])).toMatchObject({
      counts: { workersReactivated: 1 },
    })
    expect(await statuses()).toEqual({ E1: 'ACTIVE', E2: 'ACTIVE', E3: 'ACTIVE' })
  })

  test('a DELTA deactivates nobody', async () => {
    await run('HRMS-20260201.csv', [row('E1'), row('E2')])
    expect(await run('HRMS-DELTA-20260202.csv', [row('E3')])).toMatchObject({
      mode: 'UPSERT',
      status: 'COMPLETED',
    })
    expect(await statuses()).toEqual({ E1: 'ACTIVE', E2: 'ACTIVE', E3: 'ACTIVE' })
  })

  test('an e-mail swap and a hand-over inside one file are fine', async () => {
    await run('HRMS-20260201.csv', [
      row('E1', { email: 'a@example.com' }),
      row('E2', { email: 'b@example.com' }),
      row('E3', { email: 'c@example.com' }),
    ])
    const done = await run('HRMS-20260202.csv', [
      row('E1', { email: 'b@example.com' }),
      row('E2', { email: 'a@example.com' }),
      row('E4', { email: 'c@example.com', last: 'New' }),
    ])
    expect(done).toMatchObject({
      status: 'COMPLETED',
      counts: { rejected: 0, workersDeactivated: 1, workersCreated: 1 },
    })
    const mails = Object.fromEntries(
      (await workers()).map((worker) => [worker.external_id, [worker.status, worker.work_email]]),
    )
    expect(mails).toEqual({
      E1: ['ACTIVE', 'b@example.com'],
      E2: ['ACTIVE', 'a@example.com'],
      E3: ['INACTIVE', 'c@example.com'],
      E4: ['ACTIVE', 'c@example.com'],
    })
  })

  test('two people with one e-mail: the later is rejected, and counts as present', async () => {
    await run('HRMS-20260201.csv', [row('E1'), row('E2')])
    const done = await run('HRMS-20260202.csv', [row('E1'), row('E2', { email: 'E1@example.com' })])
    expect(await rowsOf(done)).toEqual([
      { row: 1, row_status: 'UNCHANGED', row_severity: 'OK', rules: [] },
      { row: 2, row_status: 'REJECTED', row_severity: 'ERROR', rules: ['EMAIL_SHARED'] },
    ])
    expect(await statuses()).toEqual({ E1: 'ACTIVE', E2: 'ACTIVE' })
  })

  test('one person with two birth dates: all rows rejected, both values shown', async () => {
    const done = await run('HRMS-20260201.csv', [
      row('E1'),
      row('E1', { dob: '1990-01-01', number: 'NMW0000000099' }),
      row('E2'),
    ])
    expect((await rowsOf(done)).map((one) => one.rules)).toEqual([['PERSON_DIFFERS'], ['PERSON_DIFFERS'], []])
    expect((await results(done))[1]).toContain('1990-01-01')
    expect((await results(done))[1]).toContain('1992-03-15')
    expect(await statuses()).toEqual({ E2: 'ACTIVE' })
  })

  test('a differing middle name only warns', async () => {
    const done = await run('HRMS-20260201.csv', [
      row('E1', { middle: 'Jane' }),
      row('E1', { middle: 'Janet', number: 'NMW0000000099' }),
    ])
    expect(await rowsOf(done)).toMatchObject([
      { row_status: 'CREATED', row_severity: 'WARNING' },
      { row_status: 'CREATED', row_severity: 'WARNING' },
    ])
  })

  test('duplicate keys: the later row is the error; other spellings share the credential, one export row each', async () => {
    const done = await run('HRMS-20260201.csv', [
      row('E1'),
      row('E1'),
      row('E1', { number: 'nmw 0000000001' }),
    ])
    expect(await rowsOf(done)).toEqual([
      { row: 1, row_status: 'CREATED', row_severity: 'WARNING', rules: ['SHARED_CREDENTIAL'] },
      { row: 2, row_status: 'REJECTED', row_severity: 'ERROR', rules: ['DUPLICATE_KEY'] },
      { row: 3, row_status: 'CREATED', row_severity: 'WARNING', rules: ['SHARED_CREDENTIAL'] },
    ])
    expect((await exported()).map((line) => line.split(',')[2])).toEqual([
      '"NMW0000000001"',
      '"nmw 0000000001"',
    ])
  })

  test('blanks around an external_id make no second key', async () => {
    const done = await run('HRMS-20260201.csv', [row('E1'), row('E1').replace('E1,', '" E1 ",'), row('E2')])
    expect(await rowsOf(done)).toMatchObject([
      { row: 1, row_status: 'CREATED' },
      { row: 2, row_status: 'REJECTED', rules: ['DUPLICATE_KEY'] },
      { row: 3, row_status: 'CREATED' },
    ])
    // The next file writes it otherwise: the key moves, and the export has it as it now stands.
    expect(await run('HRMS-20260202.csv', [row('E1').replace('E1,', '"E1 ",'), row('E2')])).toMatchObject({
      counts: { updated: 1, unchanged: 1, rejected: 0 },
    })
    expect((await exported())[0]?.split(',')[0]).toBe('"E1 "')
  })

  test('a credential missing from a named person goes inactive, but not when a row of the person was rejected', async () => {
    const two = [row('E1'), row('E1', { type: 'WWCC_NSW', number: 'WWC1234567E' })]
    await run('HRMS-20260201.csv', two)
    const broken = await run('HRMS-20260202.csv', [row('E1'), row('E1', { type: 'NONSENSE', number: '1' })])
    expect(broken).toMatchObject({ counts: { credentialsDeactivated: 0, rejected: 1 } })
    expect(await exported()).toHaveLength(2)
    expect(await run('HRMS-20260203.csv', [row('E1')])).toMatchObject({
      counts: { credentialsDeactivated: 1 },
    })
    expect(await exported()).toHaveLength(1)
    expect(await run('HRMS-20260204.csv', two)).toMatchObject({ counts: { credentialsReactivated: 1 } })
    expect(await exported()).toHaveLength(2)
  })

  test('import.missingCredentials=keep keeps them', async () => {
    await house.runtime.write(organisationId, operator, (ctx) =>
      setSetting(ctx, 'import.missingCredentials', 'keep'),
    )
    await run('HRMS-20260201.csv', [row('E1'), row('E1', { type: 'WWCC_NSW', number: 'WWC1234567E' })])
    await run('HRMS-20260202.csv', [row('E1')])
    expect(await exported()).toHaveLength(2)
  })

  test('a person known to two sources: a second key, and inactive only when absent from both', async () => {
    await run('HRMS-20260201.csv', [row('E1'), row('E2')])
    const other = await run('PAY-20260201.csv', [
      row('P1', { email: 'e1@example.com', last: 'ChenE1', number: 'NMW0000000001' }),
    ])
    expect(other).toMatchObject({ status: 'HELD', holdReasons: ['NEW_SOURCE'] })
    await approveRun(house.runtime, organisationId, operator, other.id, other.planHash as string)
    await house.drain()
    const ids = new Map((await workers()).map((worker) => [worker.external_id, worker.id]))
    expect(ids.get('P1')).toBe(ids.get('E1'))
    await run('HRMS-20260202.csv', [row('E2')])
    expect(await statuses()).toEqual({ E1: 'ACTIVE', E2: 'ACTIVE', P1: 'ACTIVE' })
  })

  test('another person with an e-mail in use is rejected, naming both', async () => {
    await run('HRMS-20260201.csv', [row('E1')])
    const other = await run('PAY-20260201.csv', [row('P1', { email: 'e1@example.com', dob: '1970-01-01' })])
    expect((await rowsOf(other))[0]).toMatchObject({ row_status: 'REJECTED', rules: ['EMAIL_TAKEN'] })
    expect((await results(other))[1]).toContain('HRMS E1')
  })

  describe('the guard and the hash', () => {
    const people = (from: number, to: number): string[] =>
      Array.from({ length: to - from + 1 }, (_, n) => row(`E${from + n}`))

    test('a file without 40 % of the people is held; approving the hash applies exactly that plan', async () => {
      await run('HRMS-20260201.csv', people(1, 50))
      const held = await run('HRMS-20260202.csv', people(1, 30))
      expect(held).toMatchObject({ status: 'HELD', counts: { workersDeactivated: 20 } })
      expect(held.holdReasons).toContain('DEACTIVATIONS')
      expect(held.deactivatedWorkerIds).toHaveLength(20)
      expect(held.resultsBlob).not.toBeNull()
      expect(Object.values(await statuses()).filter((status) => status === 'INACTIVE')).toHaveLength(0)
      const done = await approveRun(house.runtime, organisationId, operator, held.id, held.planHash as string)
      expect(done).toMatchObject({ status: 'COMPLETED', planHash: held.planHash })
      const inactive = (await workers()).filter((worker) => worker.status === 'INACTIVE')
      expect(inactive.map((worker) => worker.id).sort()).toEqual([...held.deactivatedWorkerIds].sort())
    })

    test.each([
      [
        'a mapping',
        () =>
          house.runtime.write(organisationId, operator, (ctx) =>
            setMappings(ctx, [{ code: 'VICWWC', target: 'vicwwc' }]),
          ),
      ],
      [
        'an upsert under a second source',
        async () => {
          const blob = await house.runtime.storage.write(
            organisationId,
            (async function* () {
              yield Buffer.from([header, row('X1')].join('\n'))
            })(),
          )
          await house.runtime.write(organisationId, operator, (ctx) =>
            receiveFile(ctx, { fileName: 'extra.csv', blob, fileId: null, source: 'EXTRA', mode: 'UPSERT' }),
          )
          await house.drain()
          expect((await statuses())['X1']).toBe('ACTIVE')
        },
      ],
      [
        'a setting',
        () =>
          house.runtime.write(organisationId, operator, (ctx) =>
            setSetting(ctx, 'import.missingCredentials', 'keep'),
          ),
      ],
    ])('stale after %s', async (_what, change) => {
      await run('HRMS-20260201.csv', people(1, 50))
      const held = await run('HRMS-20260202.csv', people(1, 30))
      await change()
      await expect(
        approveRun(house.runtime, organisationId, operator, held.id, held.planHash as string),
      ).rejects.toMatchObject({ code: 'PLAN_STALE' })
      const after = await read<ImportRun>((ctx) => runById(ctx, held.id))
      expect(after.status).toBe('HELD')
      expect(after.planHash).not.toBe(held.planHash)
      const done = await approveRun(
        house.runtime,
        organisationId,
        operator,
        held.id,
        after.planHash as string,
      )
      expect(done.status).toBe('COMPLETED')
    })

    test('a person who is edited in between makes it stale; time alone does not', async () => {
      await run('HRMS-20260201.csv', people(1, 50))
      const held = await run('HRMS-20260202.csv', people(1, 30))
      house.clock.advance('2d')
      await run('HRMS-DELTA-20260201_120000.csv', [row('E50', { last: 'Renamed' })])
      await expect(
        approveRun(house.runtime, organisationId, operator, held.id, held.planHash as string),
      ).rejects.toMatchObject({ code: 'PLAN_STALE' })
      const other = await run('HRMS-20260203.csv', people(1, 30))
      house.clock.advance('2d')
      await house.drain()
      expect(
        await approveRun(house.runtime, organisationId, operator, other.id, other.planHash as string),
      ).toMatchObject({ status: 'COMPLETED' })
      house.clock.set('2026-02-01T00:00:00Z')
    })

    test('held runs lapse, can be rejected, are superseded by a newer file; an ended one cannot be applied', async () => {
      await run('HRMS-20260201.csv', people(1, 50))
      const first = await run('HRMS-20260202.csv', people(1, 30))
      const second = await run('HRMS-20260203.csv', people(1, 29))
      expect(await read((ctx) => runById(ctx, first.id))).toMatchObject({
        status: 'SUPERSEDED',
        supersededBy: second.id,
      })
      await expect(
        approveRun(house.runtime, organisationId, operator, first.id, first.planHash as string),
      ).rejects.toMatchObject({ code: 'IMPORT_STATE' })
      await house.runtime.write(organisationId, operator, (ctx) => rejectRun(ctx, second.id))
      const third = await run('HRMS-20260204.csv', people(1, 28))
      house.clock.advance('15d')
      await house.drain()
      expect(await read((ctx) => runById(ctx, third.id))).toMatchObject({ status: 'LAPSED' })
      house.clock.set('2026-02-01T00:00:00Z')
    })

    test('older by name, rows of nobody, a header only: held', async () => {
      await run('HRMS-20260202_060000.csv', people(1, 5))
      expect(await run('HRMS-20260202_050000.csv', people(1, 5))).toMatchObject({
        status: 'HELD',
        holdReasons: ['OUT_OF_ORDER'],
      })
      expect(await run('HRMS-20260203.csv', [...people(1, 5), row('')])).toMatchObject({
        status: 'HELD',
        holdReasons: ['UNATTRIBUTABLE_ROWS'],
      })
      expect(await run('HRMS-20260204.csv', [...people(1, 5), row('1.23E+09')])).toMatchObject({
        status: 'HELD',
        holdReasons: ['UNATTRIBUTABLE_ROWS'],
      })
      // Whoever it was meant for would be left without the change, unseen.
      expect(
        await run('HRMS-DELTA-20260204_060000.csv', [row('E1', { first: 'Samuel' }), row('')]),
      ).toMatchObject({ status: 'HELD', holdReasons: ['UNATTRIBUTABLE_ROWS'] })
      expect(await run('HRMS-20260205.csv', [])).toMatchObject({
        status: 'HELD',
        holdReasons: ['DEACTIVATIONS', 'HEADER_ONLY'],
      })
    })
  })

  describe('a file that ends the process', () => {
    const startsOf = async (id: string): Promise<number> => {
      const [kept] = await house.owner<{ n: number }>(
        'select planning_starts::int as n from import_runs where id = $1',
        [id],
      )
      return kept?.n ?? -1
    }
    /** What a process leaves that ended in the middle of planning. */
    const endInPlanning = (id: string, starts: number): Promise<unknown> =>
      house.owner("update import_runs set status = 'PLANNING', planning_starts = $2 where id = $1", [
        id,
        starts,
      ])

    test('is begun three times and then FAILED, with what to do; the next one goes on', async () => {
      const id = await receive('HRMS-20260201_060000.csv', [row('E1')])
      await endInPlanning(id, 3)
      await house.drain()
      const failed = await read<ImportRun>((ctx) => runById(ctx, id))
      expect(failed).toMatchObject({
        status: 'FAILED',
        counts: {},
        fault: { code: 'PLANNING_BROKEN_OFF', detail: expect.stringContaining('begun 3 times') as unknown },
      })
      expect(failed.finishedAt).not.toBeNull()
      expect(await statuses()).toEqual({})
      const events = await house.owner<{ type: string }>(
        "select type from events where data->>'importId' = $1",
        [id],
      )
      expect(events.map(({ type }) => type)).toEqual(['import.failed'])
      expect(await run('HRMS-20260201_070000.csv', [row('E1')])).toMatchObject({ status: 'COMPLETED' })
    })
    test('has its third start', async () => {
      const id = await receive('HRMS-20260201_060000.csv', [row('E1')])
      await endInPlanning(id, 2)
      await house.drain()
      expect(await read((ctx) => runById(ctx, id))).toMatchObject({ status: 'COMPLETED' })
      expect(await startsOf(id)).toBe(3)
    })
    test('a start is on record before the file is opened; one that ends by itself does not count', async () => {
      const id = await receive('HRMS-20260201_060000.csv', [row('E1')])
      const seen: number[] = []
      const passing: TestHouse['runtime'] = {
        ...house.runtime,
        storage: {
          ...house.runtime.storage,
          open: async () => {
            seen.push(await startsOf(id))
            throw Object.assign(new Error('the disk is away'), { code: 'ECONNRESET' })
          },
        },
      }
      for (const _time of [1, 2, 3, 4, 5])
        await expect(processRuns(passing, organisationId)).rejects.toThrow('the disk is away')
      expect(seen).toEqual([1, 1, 1, 1, 1])
      expect(await startsOf(id)).toBe(0)
      await house.drain()
      expect(await read((ctx) => runById(ctx, id))).toMatchObject({ status: 'COMPLETED' })
    })
  })

  describe('waiting files', () => {
    test('the newest snapshot is taken, the older is superseded, every DELTA is applied', async () => {
      const old = await receive('HRMS-20260201_010000.csv', [row('E1')])
      const delta = await receive('HRMS-DELTA-20260201_020000.csv', [row('E2')])
      const fresh = await receive('HRMS-20260201_030000.csv', [row('E1'), row('E2'), row('E3')])
      await house.drain()
      const state = async (id: string): Promise<string> =>
        (await read<ImportRun>((ctx) => runById(ctx, id))).status
      expect([await state(old), await state(delta), await state(fresh)]).toEqual([
        'SUPERSEDED',
        'COMPLETED',
        'COMPLETED',
      ])
    })
    test('a failed newest never lets an older one run by itself', async () => {
      const old = await receive('HRMS-20260201_010000.csv', [row('E1')])
      const broken = await receive('HRMS-20260201_020000.csv', Buffer.from('nonsense'))
      await house.drain()
      expect(await read((ctx) => runById(ctx, broken))).toMatchObject({
        status: 'FAILED',
        fault: { code: 'MISSING_COLUMN' },
      })
      expect(await read((ctx) => runById(ctx, old))).toMatchObject({ status: 'RECEIVED' })
    })
    test('a file taken back while waiting is cancelled', async () => {
      const id = await receive('HRMS-20260201_010000.csv', [row('E1')], { fileId: 'fil_taken_back' })
      await house.runtime.write(organisationId, operator, (ctx) => withdrawFile(ctx, 'fil_taken_back'))
      await house.drain()
      expect(await read((ctx) => runById(ctx, id))).toMatchObject({ status: 'CANCELLED' })
      expect(await workers()).toEqual([])
    })
  })

  describe('positions', () => {
    const pos = (...lines: string[]): Buffer =>
      Buffer.from(['position_id,license_code,state', ...lines].join('\n') + '\n')

    test('the file of a source is replaced; what cannot be read stays as unresolved', async () => {
      const first = await run(
        'HRMS-POS-20260201.csv',
        pos('RN-001,AHPRA,', 'RN-001,WWCC_VIC,', 'RN-001,QLDWWC,QLD', 'EN-001,AHPRA,', 'EN-001,WWCC_VIC,QLD'),
      )
      expect(first).toMatchObject({
        status: 'COMPLETED',
        fileType: 'POSITION',
        counts: { requirementsCreated: 5, rejected: 0 },
      })
      expect(await rowsOf(first)).toMatchObject([
        { row_status: 'CREATED', row_severity: 'OK' },
        { row_status: 'CREATED', row_severity: 'OK' },
        { row_status: 'CREATED', row_severity: 'ERROR', rules: ['UNMAPPED_LICENCE_TYPE'] },
        { row_status: 'CREATED', row_severity: 'OK' },
        { row_status: 'CREATED', row_severity: 'ERROR', rules: ['STATE_AGAINST_TYPE'] },
      ])
      const rows = await house.owner<object>(
        `select p.code, r.license_code, r.credential_type, r.jurisdiction, r.unresolved_reason from position_requirements r join positions p on p.id = r.position_id
         where r.organisation_id = $1 order by 1, 2`,
        [organisationId],
      )
      expect(rows).toContainEqual({
        code: 'RN-001',
        license_code: 'QLDWWC',
        credential_type: null,
        jurisdiction: null,
        unresolved_reason: 'UNMAPPED_CODE',
      })
      expect(rows).toContainEqual({
        code: 'RN-001',
        license_code: 'WWCC_VIC',
        credential_type: 'WWCC_VIC',
        jurisdiction: 'VIC',
        unresolved_reason: null,
      })
      await house.runtime.write(organisationId, operator, (ctx) =>
        setMappings(ctx, [{ code: 'QLDWWC', target: 'qldblue' }]),
      )
      const second = await run(
        'HRMS-POS-20260202.csv',
        pos('RN-001,AHPRA,', 'RN-001,WWCC_VIC,', 'RN-001,QLDWWC,QLD', 'EN-001,AHPRA,'),
      )
      expect(second).toMatchObject({
        status: 'COMPLETED',
        counts: { requirementsUpdated: 1, requirementsRemoved: 1 },
      })
    })

    test('a file that removes much or empties a position is held', async () => {
      await run('HRMS-POS-20260201.csv', pos('RN-001,AHPRA,', 'EN-001,AHPRA,'))
      expect(await run('HRMS-POS-20260202.csv', pos('RN-001,AHPRA,'))).toMatchObject({
        status: 'HELD',
        holdReasons: ['REQUIREMENTS_REMOVED', 'POSITION_EMPTIED'],
      })
    })
  })

  describe('what a crash leaves', () => {
    const versions = async (): Promise<number> => {
      const [row] = await house.owner<{ n: number }>(
        'select count(*)::int as n from worker_versions where organisation_id = $1',
        [organisationId],
      )
      return (row as { n: number }).n
    }
    test('in the middle of planning: planned again, applied once', async () => {
      const id = await receive('HRMS-20260201.csv', [row('E1'), row('E2')])
      await house.owner(
        "update import_runs set status = 'PLANNING', started_at = received_at where id = $1",
        [id],
      )
      await house.drain()
      expect(await read((ctx) => runById(ctx, id))).toMatchObject({ status: 'COMPLETED' })
      expect(await versions()).toBe(2)
    })
    test('after applying, before the results: only the results are written', async () => {
      const done = await run('HRMS-20260201.csv', [row('E1'), row('E2')])
      await house.owner(
        "update import_runs set status = 'APPLYING', results_blob_key = null, finished_at = null where id = $1",
        [done.id],
      )
      await receive('HRMS-DELTA-20260202.csv', [row('E3')])
      await house.drain()
      const again = await read<ImportRun>((ctx) => runById(ctx, done.id))
      expect(again.status).toBe('COMPLETED')
      expect(await results(again)).toHaveLength(3)
      expect(await versions()).toBe(3)
    })
    test('held, before the results: they are written, nothing is applied', async () => {
      await run('HRMS-20260202.csv', [row('E1')])
      const held = await run('HRMS-20260201.csv', [row('E1'), row('E2')])
      await house.owner('update import_runs set results_blob_key = null where id = $1', [held.id])
      await receive('HRMS-DELTA-20260203.csv', [row('E3')])
      await house.drain()
      const again = await read<ImportRun>((ctx) => runById(ctx, held.id))
      expect(again).toMatchObject({ status: 'HELD', planHash: held.planHash })
      expect(await results(again)).toHaveLength(3)
      expect(Object.keys(await statuses())).toEqual(['E1', 'E3'])
    })
  })

  test('NUL, controls and half characters: the row is rejected, shown, and nothing breaks', async () => {
    const done = await run('HRMS-20260201.csv', [
      row('E1', { first: 'Sa\0m' }),
      row('E2', { last: '\u0007' }),
      row('E3'),
    ])
    expect((await rowsOf(done)).map((one) => one.rules)).toEqual([
      ['CONTROL_CHARACTER'],
      ['CONTROL_CHARACTER'],
      [],
    ])
    expect(await results(done)).toHaveLength(4)
  })

  test('what looks like a formula is kept as it is, and exported byte for byte', async () => {
    const done = await run('HRMS-20260201.csv', [
      row('=E1', { last: '=1+1', type: 'FIRST_AID', number: '+HLTAID011' }),
    ])
    expect(done).toMatchObject({ status: 'COMPLETED', counts: { rejected: 0 } })
    expect(await exported()).toEqual(['"=E1","FIRST_AID","+HLTAID011","2020-06-01","2026-05-31","yellow"'])
  })

  test('another organisation sees nothing of it', async () => {
    const done = await run('HRMS-20260201.csv', [row('E1')])
    const other = await house.newOrganisation()
    await expect(
      house.runtime.read(other.id, operator, (ctx) => runById(ctx, done.id)),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})
