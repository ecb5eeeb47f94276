import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { apiCaller, tokenFor, type Ask } from '../../../test/api-caller.ts'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import { latestExports, openExport } from '../../exchange/exports/exports.ts'
import { receiveFile, runById } from '../../exchange/imports/imports.ts'
import { buildHttpServer } from '../../front-doors.ts'
import type { HttpServer } from '../../platform/http/http-server.ts'
import { setSetting } from '../../tenancy/organisations/organisations.ts'
import { startRegisterSimulator, type RegisterSimulator } from '../register-simulator/register-simulator.ts'

interface Attributes {
  readonly number: string | null
  readonly eligibility: string | null
  readonly licenceStatus: string
  readonly statusReasons: readonly string[]
  readonly statusDetail: readonly string[]
  readonly conditions: readonly string[]
  readonly assurance: string
  readonly issueDate: string | null
  readonly expiryDate: string | null
  readonly lastCheck: { readonly outcome: string } | null
  readonly verificationAuthority: string | null
  readonly verified: { readonly expiryDate: string | null } | null
}

const header =
  'external_id,first_name,last_name,dob,email,position_id,licence_type,licence_number,issue_date,expiry_date'

describe('checks against the simulator', () => {
  let house: TestHouse
  let server: HttpServer
  let simulator: RegisterSimulator
  let organisationId: string
  let token: string
  let ask: Ask<Attributes>
  let files: number
  let lastRun: string

  beforeAll(async () => {
    house = await openTestHouse()
    server = await buildHttpServer(house.runtime, '0.0.0')
    simulator = await startRegisterSimulator({ host: '127.0.0.1', port: 0 })
    ask = apiCaller<Attributes>(
      () => server,
      () => token,
    )
  })
  afterAll(async () => {
    await server.close()
    await house.close()
    await simulator.close()
  })
  beforeEach(async () => {
    house.clock.set('2026-02-01T00:00:00Z')
    organisationId = (await house.newOrganisation()).id
    token = await tokenFor(house, organisationId)
    files = 0
  })

  const connect = async (register = 'AHPRA', settings: object = {}): Promise<void> => {
    const answer = await ask('PUT', `/registers/${register}/connector`, {
      kind: 'simulator',
      settings: { url: simulator.url, perSecond: 1_000, atOnce: 16, ...settings },
    })
    expect(answer.status, answer.payload).toBe(200)
    await house.drain()
  }
  const set = (key: string, value: string): Promise<unknown> =>
    house.runtime.write(organisationId, operator, (ctx) => setSetting(ctx, key, value))

  async function importRows(rows: readonly string[]): Promise<void> {
    files += 1
    const content = Buffer.from([header, ...rows].join('\n') + '\n')
    async function* bytes(): AsyncGenerator<Buffer> {
      yield content
    }
    const blob = await house.runtime.storage.write(organisationId, bytes())
    const stamp = `2026020${files}_060000`
    const { id } = await house.runtime.write(organisationId, { ...operator, channel: 'SFTP' }, (ctx) =>
      receiveFile(ctx, { fileName: `HRMS-${stamp}.csv`, blob, fileId: `fil_${organisationId}_${files}` }),
    )
    lastRun = id
    await house.drain()
    const run = await house.runtime.read(organisationId, operator, (ctx) => runById(ctx, id))
    expect(run.status, JSON.stringify(run)).toBe('COMPLETED')
  }
  const row = (n: number, number: string, expires = '2026-11-30', issued = '2025-12-01'): string =>
    `EMP${n},Sam,Chen${n},1990-01-01,sam${n}@example.com,RN-001,AHPRA,${number},${issued},${expires}`

  async function byNumber(): Promise<Map<string, Attributes & { id: string }>> {
    const { body } = await ask('GET', '/credentials?pageSize=200')
    const data = body['data'] as unknown as { id: string; attributes: Attributes }[]
    return new Map(data.map(({ id, attributes }) => [attributes.number ?? '', { ...attributes, id }]))
  }

  async function exported(): Promise<string[]> {
    const [latest] = await house.runtime.read(organisationId, operator, (ctx) => latestExports(ctx, 1))
    if (!latest) return []
    const { content } = await openExport(house.runtime, organisationId, operator, latest.id)
    const pieces: Buffer[] = []
    for await (const piece of content) pieces.push(piece)
    return Buffer.concat(pieces).toString().trim().split('\n').slice(1)
  }

  let series = 100
  beforeEach(() => {
    // What the simulator counts by number begins anew.
    series += 1
  })
  const magic = (digits: string): string => `NMW000${series}${digits}`

  test('every magic number, from the file to the export', { timeout: 60_000 }, async () => {
    await connect()
    const digits = Array.from({ length: 13 }, (_, n) => String(n + 1).padStart(4, '0'))
    await importRows(digits.map((four, n) => row(n, magic(four))))
    // Two failures and their pauses; the wait for the export is not over before all have had an answer.
    expect(await exported()).toEqual([])
    for (let n = 0; n < 3; n += 1) {
      house.clock.advance('5m')
      await house.drain()
    }
    const found = await byNumber()
    const shown = Object.fromEntries(
      digits.map((four) => {
        const one = found.get(magic(four))
        return [
          four,
          [one?.licenceStatus, one?.eligibility, one?.statusReasons.join(), one?.statusDetail.join()].join(
            ' ',
          ),
        ]
      }),
    )
    expect(shown).toEqual({
      '0001': 'green MAY_ENGAGE  ',
      '0002': 'red MAY_NOT_ENGAGE MAY_NOT_ENGAGE,EXPIRED EXPIRED',
      '0003': 'red MAY_NOT_ENGAGE MAY_NOT_ENGAGE SUSPENDED',
      '0004': 'yellow MAY_ENGAGE CONDITIONS CONDITIONS',
      '0005': 'yellow REVIEW_REQUIRED REVIEW_REQUIRED,NOT_VERIFIED NOT_FOUND',
      '0006': 'green MAY_ENGAGE  ',
      '0007': 'green MAY_ENGAGE  ',
      '0008': 'green MAY_ENGAGE  ',
      '0009': 'yellow ERROR NOT_YET_CHECKED ',
      '0010': 'green MAY_ENGAGE  ',
      '0011': 'yellow MAY_ENGAGE RENEWAL_PENDING RENEWAL_PENDING',
      '0012': 'yellow MAY_ENGAGE NON_PRACTISING NON_PRACTISING',
      '0013': 'green MAY_ENGAGE  ',
    })
    expect(found.get(magic('0008'))).toMatchObject({
      expiryDate: '2027-11-30',
      verified: { expiryDate: '2027-11-30' },
      verificationAuthority: 'Australian Health Practitioner Regulation Agency register',
      assurance: 'VERIFIED',
    })
    expect(found.get(magic('0004'))).toMatchObject({ conditions: ['Must practise under supervision.'] })
    // The one that only answers rubbish keeps the export waiting, for an hour and no longer.
    expect(await exported()).toEqual([])
    house.clock.advance('1h')
    await house.drain()
    const lines = await exported()
    expect(lines).toHaveLength(13)
    expect(lines).toContain(`"EMP2","AHPRA","${magic('0003')}","2025-12-01","2026-11-30","red"`)
    expect(lines).toContain(`"EMP7","AHPRA","${magic('0008')}","2026-02-01","2027-11-30","green"`)
    expect(lines).toContain(`"EMP8","AHPRA","${magic('0009')}","2025-12-01","2026-11-30","yellow"`)
    // Taken away, it is asked no more, and what it said stays.
    expect((await ask('DELETE', '/registers/AHPRA/connector')).status).toBe(204)
    await house.drain()
    expect(
      await house.owner('select from check_schedule where organisation_id = $1', [organisationId]),
    ).toEqual([])
    expect((await byNumber()).get(magic('0008'))).toMatchObject({ expiryDate: '2027-11-30' })
  })

  test('one number that only gets rubbish does not make the register a bad one', async () => {
    const fine = (n: number): string => row(n + 1, `NMW000${series}1${n}00`)
    await connect()
    await importRows([row(1, magic('0009')), fine(1), fine(2)])
    // Others are answered while it fails.
    house.clock.advance('1m')
    await importRows([row(1, magic('0009')), fine(1), fine(2), fine(3)])
    for (let n = 0; n < 24; n += 1) {
      house.clock.advance('1h')
      await house.drain()
    }
    const { length: tries } = await house.owner(
      "select from checks where organisation_id = $1 and outcome = 'ERROR'",
      [organisationId],
    )
    expect(tries).toBeGreaterThan(5)
    expect((await byNumber()).get(magic('0009'))).toMatchObject({ eligibility: 'ERROR' })
    expect((await ask('GET', '/registers/AHPRA')).body.data?.attributes).toMatchObject({
      isDegraded: false,
      lastFault: { code: 'UNREADABLE' },
    })
  })

  test('the export after an import waits for first answers, and not without a register', async () => {
    await importRows([row(1, magic('0001'))])
    expect(await exported()).toEqual([`"EMP1","AHPRA","${magic('0001')}","2025-12-01","2026-11-30","yellow"`])
    await connect()
    await importRows([row(1, magic('0001')), row(2, magic('0003'))])
    expect(await exported()).toEqual([
      `"EMP1","AHPRA","${magic('0001')}","2025-12-01","2026-11-30","green"`,
      `"EMP2","AHPRA","${magic('0003')}","2025-12-01","2026-11-30","red"`,
    ])
  })

  test('asked for by somebody, it is asked once, and stands with its correlation id', async () => {
    await connect()
    await importRows([row(1, magic('0010'))])
    const { id } = [...(await byNumber()).values()][0] as { id: string }
    house.clock.advance('1m')
    const first = await ask('POST', `/credentials/${id}/verify`)
    const { correlationId } = first.body.data?.attributes as unknown as { correlationId: string }
    expect(first).toMatchObject({ status: 200, body: { data: { id, attributes: { register: 'AHPRA' } } } })
    expect((await ask('POST', `/credentials/${id}/verify`)).body.data?.attributes).toMatchObject({
      correlationId,
    })
    await house.drain()
    expect([...(await byNumber()).values()][0]).toMatchObject({
      licenceStatus: 'red',
      eligibility: 'MAY_NOT_ENGAGE',
    })
    const { body } = await ask('GET', `/credentials/${id}/checks`)
    expect((body['data'] as unknown as { attributes: object }[]).map((one) => one.attributes)).toMatchObject([
      {
        trigger: 'REQUESTED',
        correlationId,
        outcome: 'MAY_NOT_ENGAGE',
        isDeciding: true,
        inputs: { number: '…0010', familyName: 'sent', register: 'AHPRA' },
      },
      { trigger: 'CHANGED', outcome: 'MAY_ENGAGE', isDeciding: false },
    ])
  })

  test('its correlation id stands in each attempt until an answer has come', async () => {
    await connect()
    await importRows([row(1, magic('0001'))])
    const { id } = [...(await byNumber()).values()][0] as { id: string }
    house.clock.advance('1m')
    await ask('PATCH', `/credentials/${id}`, { number: magic('0007') })
    const wish = async (): Promise<unknown> =>
      (
        (await ask('POST', `/credentials/${id}/verify`)).body.data?.attributes as unknown as {
          correlationId: string
        }
      ).correlationId
    const correlationId = await wish()
    await house.drain()
    // Out of order twice: who asks again meanwhile is told the same.
    expect(await wish()).toBe(correlationId)
    for (let n = 0; n < 3; n += 1) {
      house.clock.advance('10m')
      await house.drain()
    }
    const { body } = await ask('GET', `/credentials/${id}/checks`)
    const checks = (
      body['data'] as unknown as { attributes: { outcome: string; correlationId: string } }[]
    ).map(({ attributes: { outcome, correlationId: of } }) => `${outcome} ${of === correlationId}`)
    expect(checks).toEqual(['MAY_ENGAGE true', 'ERROR true', 'ERROR true', 'MAY_ENGAGE false'])
    expect(await wish()).not.toBe(correlationId)
  })

  test('what somebody holds who has left cannot be asked about, and is asked about again when they are back', async () => {
    await connect()
    await importRows([row(1, magic('0001'))])
    const [first] = (await byNumber()).values()
    const { body } = await ask('GET', `/credentials/${first?.id}`)
    const { worker } = body.data?.attributes as unknown as { worker: { id: string } }
    await ask('PATCH', `/workers/${worker.id}`, { employment: { status: 'INACTIVE' } })
    await house.drain()
    expect(await ask('POST', `/credentials/${first?.id}/verify`)).toMatchObject({
      status: 409,
      body: { code: 'NOT_CHECKABLE' },
    })
    await ask('PATCH', `/workers/${worker.id}`, { employment: { status: 'ACTIVE' } })
    house.clock.advance('1m')
    await house.drain()
    expect((await ask('POST', `/credentials/${first?.id}/verify`)).status).toBe(200)
    const checks = (await ask('GET', `/credentials/${first?.id}/checks`)).body['data'] as unknown as object[]
    expect(checks.length).toBeGreaterThan(1)
  })

  /** Rules of the warnings of the last import, by row. */
  const warnings = async (): Promise<string[]> =>
    (
      await house.owner<{ row: number; messages: readonly { rule: string; detail: string }[] }>(
        'select "row", messages from import_rows where organisation_id = $1 and run_id = $2 order by "row"',
        [organisationId, lastRun],
      )
    ).flatMap(({ row: n, messages }) => messages.map(({ rule, detail }) => `${n} ${rule} ${detail}`))

  /** All that a night could leave of these credentials: versions, what is told of them, what they say. */
  const traces = async (): Promise<unknown> => ({
    versions: await house.owner(
      'select credential_id, version, verified_expiry_date from credential_versions where organisation_id = $1 order by 1, 2',
      [organisationId],
    ),
    events: await house.owner(
      "select type, data from events where organisation_id = $1 and type like 'credential.%' order by id",
      [organisationId],
    ),
    audit: await house.owner(
      "select entity_id, action from audit_entries where organisation_id = $1 and entity_type = 'credential' order by id",
      [organisationId],
    ),
  })

  test('HR says one day, the register another: the register stands, night after night', async () => {
    await connect()
    // The register knows of a renewal; the file names the old end each night.
    const rows = [row(1, magic('0008')), row(2, magic('0001'), '2026-12-31')]
    await importRows(rows)
    const told = `"EMP1","AHPRA","${magic('0008')}","2026-02-01","2027-11-30","green"`
    expect(await exported()).toContain(told)
    const kept = await traces()
    for (let night = 0; night < 3; night += 1) {
      house.clock.advance('1d')
      await importRows(rows)
      expect((await byNumber()).get(magic('0008'))).toMatchObject({
        expiryDate: '2027-11-30',
        licenceStatus: 'green',
      })
      expect(await warnings()).toContain(
        '1 DIFFERS_FROM_REGISTER The register says that it expires on 2027-11-30; that date stands.',
      )
      expect(await exported()).toContain(told)
    }
    expect(await traces()).toEqual(kept)
  })

  test('HR says 2028, the register 2027: status and export follow the register', async () => {
    await connect()
    // First the register confirms 2027, then HR makes 2028 of it.
    await importRows([row(1, magic('0001'), '2027-11-30')])
    expect((await byNumber()).get(magic('0001'))).toMatchObject({ assurance: 'VERIFIED' })
    const rows = [row(1, magic('0001'), '2028-11-30')]
    // The simulator echoes what it is asked about; the real one does not know what HR wrote.
    await connect('AHPRA', { url: 'http://127.0.0.1:9', timeoutMs: 200 })
    await importRows(rows)
    const stands = {
      assurance: 'VERIFIED',
      expiryDate: '2027-11-30',
      verified: { expiryDate: '2027-11-30' },
      declared: { expiryDate: '2028-11-30' },
    }
    expect((await byNumber()).get(magic('0001'))).toMatchObject({ ...stands, licenceStatus: 'green' })
    expect(await warnings()).toContain(
      '1 DIFFERS_FROM_REGISTER The register says that it expires on 2027-11-30; that date stands.',
    )
    const kept = await traces()
    for (let night = 0; night < 2; night += 1) {
      house.clock.advance('1d')
      await importRows(rows)
      expect((await byNumber()).get(magic('0001'))).toMatchObject(stands)
    }
    expect(await traces()).toEqual(kept)
    // Beyond the register's end and its month, whatever HR says.
    house.clock.set('2028-01-02T00:00:00Z')
    await importRows(rows)
    await house.drain()
    house.clock.advance('2h')
    await house.drain()
    expect((await byNumber()).get(magic('0001'))).toMatchObject({
      ...stands,
      licenceStatus: 'red',
      statusReasons: ['EXPIRED'],
    })
    expect((await exported()).at(-1)).toMatch(/"2027-11-30","red"$/)
    expect(await traces()).toEqual(kept)
  })

  test('another spelling of a number is the same card, and what the register said stands', async () => {
    await connect()
    await importRows([row(1, magic('0001'))])
    const spelled = `nmw 000${series} 0001`
    await importRows([row(1, spelled)])
    const found = [...(await byNumber()).values()]
    expect(found).toMatchObject([{ assurance: 'VERIFIED', licenceStatus: 'green' }])
    const versions = await house.owner(
      'select assurance from credential_versions where organisation_id = $1 order by version',
      [organisationId],
    )
    // Declared, verified, spelled otherwise, confirmed: at no time was it known less well again.
    expect(versions).toEqual(
      ['DECLARED', 'VERIFIED', 'VERIFIED', 'VERIFIED'].map((assurance) => ({ assurance })),
    )
    expect((await exported())[0]).toContain(`"${spelled}"`)
  })

  test('a register that falls silent changes nothing that is known, and heals by itself', async () => {
    await connect()
    await importRows([row(1, magic('0001')), row(2, magic('0003'))])
    const before = await byNumber()
    const down = await startRegisterSimulator({ host: '127.0.0.1', port: 0 })
    await down.close()
    await connect('AHPRA', { url: down.url, timeoutMs: 500 })
    for (const { id } of before.values()) await ask('POST', `/credentials/${id}/verify`)
    for (let n = 0; n < 6; n += 1) {
      house.clock.advance('10m')
      await house.drain()
    }
    for (const [number, one] of await byNumber())
      expect(one).toMatchObject({
        eligibility: before.get(number)?.eligibility,
        licenceStatus: before.get(number)?.licenceStatus,
        lastCheck: { outcome: 'ERROR' },
      })
    const register = (await ask('GET', '/registers/AHPRA')).body.data?.attributes as unknown
    expect(register).toMatchObject({ isDegraded: true, lastFault: { code: 'UNREACHABLE' } })
    expect((await ask('GET', '/registers/AHPRA/health')).body.data?.attributes).toMatchObject({
      isReachable: false,
      isDegraded: true,
    })
    await connect()
    house.clock.advance('6h')
    await house.drain()
    expect((await ask('GET', '/registers/AHPRA')).body.data?.attributes).toMatchObject({ isDegraded: false })
    for (const one of (await byNumber()).values()) expect(one.lastCheck?.outcome).not.toBe('ERROR')
  })

  test('each type is asked about again by its rhythm, and around its end', async () => {
    await set('import.acceptDeclared', '')
    await connect()
    await importRows([row(1, magic('0001'), '2026-03-05')])
    const asked = async (): Promise<string[]> =>
      (
        await house.owner<{ at: Date; trigger: string }>(
          'select finished_at as at, "trigger" from checks where organisation_id = $1 order by finished_at',
          [organisationId],
        )
      ).map(({ at, trigger }) => `${at.toISOString().slice(0, 10)} ${trigger}`)
    for (const day of ['02-02', '02-03', '02-10', '02-17', '02-24', '03-03', '03-06', '03-13']) {
      house.clock.set(`2026-${day}T12:00:00Z`)
      await house.drain()
    }
    const lines = await asked()
    // 30 days before its end, as Sydney counts, and the day after it.
    expect(lines).toContain('2026-02-03 NEAR_EXPIRY')
    expect(lines).toContain('2026-03-06 NEAR_EXPIRY')
    expect(lines.filter((line) => line.endsWith('SCHEDULE')).length).toBeGreaterThan(3)
    expect(lines.length).toBeLessThan(10)
  })

  test('another organisation’s credential can neither be verified nor its checks read', async () => {
    await connect()
    await importRows([row(1, magic('0001'))])
    const { id } = [...(await byNumber()).values()][0] as { id: string }
    token = await tokenFor(house, (await house.newOrganisation()).id)
    const strange = await ask('GET', '/credentials/cred_0000000000000000/checks')
    const theirs = await ask('GET', `/credentials/${id}/checks`)
    expect([strange.status, theirs.status]).toEqual([404, 404])
    expect((await ask('POST', `/credentials/${id}/verify`)).status).toBe(404)
    expect((await ask('GET', '/registers?isConnected=true')).body['data']).toEqual([])
  })
})
