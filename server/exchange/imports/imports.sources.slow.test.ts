/** What several sources say of one person, and what a file's silence means (spec 50, A run, 2 and 3), sentence by sentence. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import { setMappings } from '../../workforce/credential-types/credential-types.ts'
import { approveRun, listRows, receiveFile, runById, type ImportRun } from './imports.ts'

const header =
  'external_id,first_name,last_name,dob,email,position_id,licence_type,licence_number,issue_date,expiry_date'

interface Person {
  readonly first?: string
  readonly last?: string
  readonly dob?: string
  readonly email?: string
  readonly type?: string
  readonly number?: string
  readonly issued?: string
}

function row(id: string, more: Person = {}): string {
  const number = id.replace(/\D/g, '').padStart(10, '0')
  return [
    id,
    more.first ?? 'Sam',
    more.last ?? `Chen${id}`,
    more.dob ?? '1992-03-15',
    more.email ?? `${id.toLowerCase()}@example.com`,
    'RN-001',
    more.type ?? 'AHPRA',
    more.number ?? `NMW${number}`,
    more.issued ?? '2020-06-01',
    '2027-05-31',
  ].join(',')
}
/** The same person as `id` of the other source, under this source's own number. */
const asPay = (id: string, pay: string, more: Person = {}): string =>
  row(pay, {
    last: `Chen${id}`,
    email: `${id.toLowerCase()}@example.com`,
    number: `NMW${id.replace(/\D/g, '').padStart(10, '0')}`,
    ...more,
  })

describe('several sources', () => {
  let house: TestHouse
  let organisationId: string
  let files = 0

  beforeAll(async () => {
    house = await openTestHouse()
  })
  afterAll(() => house.close())
  beforeEach(async () => {
    organisationId = (await house.newOrganisation()).id
    await house.runtime.write(organisationId, operator, (ctx) =>
      setMappings(ctx, [{ code: 'AHPRA', target: 'AHPRA' }]),
    )
  })

  /** Applies the file; a source that is new is approved, as a person would. */
  async function run(fileName: string, rows: readonly string[]): Promise<ImportRun> {
    async function* content(): AsyncGenerator<Buffer> {
      yield Buffer.from([header, ...rows].join('\n') + '\n')
    }
    const blob = await house.runtime.storage.write(organisationId, content())
    files += 1
    const { id } = await house.runtime.write(organisationId, { ...operator, channel: 'SFTP' }, (ctx) =>
      receiveFile(ctx, { fileName, blob, fileId: `fil_sources_${files}` }),
    )
    await house.drain()
    const now = (): Promise<ImportRun> =>
      house.runtime.read(organisationId, operator, (ctx) => runById(ctx, id))
    const { status, holdReasons, planHash } = await now()
    if (status === 'HELD' && holdReasons.every((reason) => reason === 'NEW_SOURCE')) {
      await approveRun(house.runtime, organisationId, operator, id, planHash as string)
      await house.drain()
    }
    return now()
  }
  const rulesOf = async (of: ImportRun): Promise<[string, string, string[]][]> => {
    const page = { limit: 50, offset: 0, after: 0 }
    const { rows } = await house.runtime.read(organisationId, operator, (ctx) =>
      listRows(ctx, of.id, undefined, page),
    )
    return rows.map(({ status, severity, messages }) => [status, severity, messages.map(({ rule }) => rule)])
  }
  const people = (): Promise<{ id: string; keys: string; status: string; is_deleted: boolean }[]> =>
    house.owner(
      `select w.id, coalesce(string_agg(s.source_system || ' ' || s.external_id, ', ' order by s.source_folded), '') as keys, w.status,
         w.deleted_at is not null as is_deleted
       from workers w left join worker_sources s on s.organisation_id = w.organisation_id and s.worker_id = w.id
       where w.organisation_id = $1 group by w.id, w.status, w.deleted_at order by 2`,
      [organisationId],
    )
  const states = async (): Promise<Record<string, string>> =>
    Object.fromEntries((await people()).map(({ keys, status }) => [keys, status]))
  const activeCredentials = async (): Promise<number> =>
    (
      await house.owner<{ n: number }>(
        "select count(*)::int as n from credentials where organisation_id = $1 and lifecycle = 'ACTIVE'",
        [organisationId],
      )
    )[0]?.n ?? 0

  describe('who is who', () => {
    test('birth date and family name agree: the same person, a second key, a warning', async () => {
      await run('HRMS-20260201.csv', [row('E1')])
      const pay = await run('PAY-20260201.csv', [asPay('E1', 'P1', { first: 'Samuel' })])
      expect(await rulesOf(pay)).toEqual([['UPDATED', 'WARNING', ['SAME_PERSON']]])
      expect(await states()).toEqual({ 'HRMS E1, PAY P1': 'ACTIVE' })
    })
    test.each([
      ['another birth date', { dob: '1970-01-01' }],
      ['another family name', { last: 'Nguyen' }],
    ])('%s: rejected, naming both', async (_what, more) => {
      await run('HRMS-20260201.csv', [row('E1')])
      const pay = await run('PAY-20260201.csv', [asPay('E1', 'P1', more)])
      expect(await rulesOf(pay)).toEqual([['REJECTED', 'ERROR', ['EMAIL_TAKEN']]])
      const page = { limit: 1, offset: 0, after: 0 }
      const { rows } = await house.runtime.read(organisationId, operator, (ctx) =>
        listRows(ctx, pay.id, undefined, page),
      )
      expect(rows[0]?.messages[0]?.detail).toContain('HRMS E1')
    })
    test('a worker without any source, with this e-mail and birth date, is adopted', async () => {
      await house.owner(
        `insert into workers (organisation_id, id, version, display_name, display_name_folded, first_name, last_name, birth_date,
           work_email, work_email_folded, status, created_at, updated_at)
         values ($1, 'wkr_by_hand', 1, 'Sam Hand', 'sam hand', 'Sam', 'Hand', '1992-03-15', 'E1@Example.com', 'e1@example.com', 'ACTIVE', $2, $2)`,
        [organisationId, '2026-01-01'],
      )
      const done = await run('HRMS-20260201.csv', [row('E1')])
      expect(await rulesOf(done)).toEqual([['CREATED', 'WARNING', ['WORKER_ADOPTED']]])
      expect(await people()).toMatchObject([{ id: 'wkr_by_hand', keys: 'HRMS E1' }])
    })
    test('a soft-deleted worker who is named is restored', async () => {
      await run('HRMS-20260201.csv', [row('E1')])
      await house.owner('update workers set deleted_at = now() where organisation_id = $1', [organisationId])
      await run('HRMS-20260202.csv', [row('E1')])
      expect(await people()).toMatchObject([{ keys: 'HRMS E1', status: 'ACTIVE', is_deleted: false }])
    })
    test('an erased one is rejected', async () => {
      await run('HRMS-20260201.csv', [row('E1'), row('E2')])
      await house.owner(
        `update workers set erased_at = now() where organisation_id = $1 and id = (select worker_id from worker_sources
           where organisation_id = $1 and external_id = 'E1')`,
        [organisationId],
      )
      const again = await run('HRMS-20260202.csv', [row('E1'), row('E2')])
      expect((await rulesOf(again)).map(([, , rules]) => rules)).toEqual([['ERASED_PERSON'], []])
    })
  })

  describe('absence', () => {
    test('a person of two sources becomes INACTIVE only when absent from both, and ACTIVE again when one names them', async () => {
      await run('HRMS-20260201.csv', [row('E1'), row('E2')])
      await run('PAY-20260201.csv', [asPay('E1', 'P1'), asPay('E2', 'P2')])
      await run('HRMS-20260202.csv', [row('E2')])
      expect(await states()).toEqual({ 'HRMS E1, PAY P1': 'ACTIVE', 'HRMS E2, PAY P2': 'ACTIVE' })
      await run('PAY-20260202.csv', [asPay('E2', 'P2')])
      expect(await states()).toEqual({ 'HRMS E1, PAY P1': 'INACTIVE', 'HRMS E2, PAY P2': 'ACTIVE' })
      await run('HRMS-20260203.csv', [row('E1'), row('E2')])
      expect(await states()).toEqual({ 'HRMS E1, PAY P1': 'ACTIVE', 'HRMS E2, PAY P2': 'ACTIVE' })
    })
    test('nobody of another source is touched', async () => {
      await run('HRMS-20260201.csv', [row('E1'), row('E2')])
      await run('PAY-20260201.csv', [row('P7'), row('P8')])
      await run('PAY-20260202.csv', [row('P8')])
      expect(await states()).toEqual({
        'HRMS E1': 'ACTIVE',
        'HRMS E2': 'ACTIVE',
        'PAY P7': 'INACTIVE',
        'PAY P8': 'ACTIVE',
      })
    })
    test('a credential that another source knows too stays when one leaves it out, and goes when both do', async () => {
      const second = { type: 'WWCC_NSW', number: 'WWC1234567E' }
      await run('HRMS-20260201.csv', [row('E1'), row('E1', second)])
      await run('PAY-20260201.csv', [asPay('E1', 'P1'), asPay('E1', 'P1', second)])
      expect(await activeCredentials()).toBe(2)
      await run('HRMS-20260202.csv', [row('E1')])
      expect(await activeCredentials()).toBe(2)
      await run('PAY-20260202.csv', [asPay('E1', 'P1')])
      expect(await activeCredentials()).toBe(1)
    })
    test.each([
      ['e-mail', { email: 'e1@example.com', last: 'Other', dob: '1980-01-01' }],
      ['name and birth date', { email: 'new@example.com', last: 'ChenE1' }],
    ])('a person whose %s stands on a rejected row counts as present', async (_what, more) => {
      await run('HRMS-20260201.csv', [row('E1'), row('E2'), row('E3')])
      const done = await run('HRMS-20260202.csv', [
        row('E9', { ...more, issued: 'nonsense' }),
        row('E2'),
        row('E3'),
      ])
      expect(done).toMatchObject({ status: 'COMPLETED', counts: { rejected: 1, workersDeactivated: 0 } })
      expect((await states())['HRMS E1']).toBe('ACTIVE')
    })
    test('and one of whom no row says anything does not', async () => {
      await run('HRMS-20260201.csv', [row('E1'), row('E2'), row('E3')])
      const done = await run('HRMS-20260202.csv', [row('E9', { issued: 'nonsense' }), row('E2'), row('E3')])
      expect(done).toMatchObject({ counts: { rejected: 1, workersDeactivated: 1 } })
      expect((await states())['HRMS E1']).toBe('INACTIVE')
    })
  })
})
