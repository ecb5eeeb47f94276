import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { apiCaller, tokenFor, type Ask } from '../../../test/api-caller.ts'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import { openExport, writeComplianceExport } from '../../exchange/exports/exports.ts'
import { buildHttpServer } from '../../front-doors.ts'
import type { HttpServer } from '../../platform/http/http-server.ts'
import { sql } from '../../platform/db/database.ts'
import { setSetting } from '../../tenancy/organisations/organisations.ts'
import type { AnswerAttributes } from './answers.schema.ts'

describe('answers', () => {
  let house: TestHouse
  let server: HttpServer
  let organisationId: string
  let token: string
  let ask: Ask<AnswerAttributes>

  beforeAll(async () => {
    house = await openTestHouse()
    server = await buildHttpServer(house.runtime, '0.0.0')
    ask = apiCaller<AnswerAttributes>(
      () => server,
      () => token,
    )
  })
  afterAll(async () => {
    await server.close()
    await house.close()
  })
  beforeEach(async () => {
    house.clock.set('2026-02-01T00:00:00Z')
    organisationId = (await house.newOrganisation()).id
    token = await tokenFor(house, organisationId)
    await house.runtime.write(organisationId, operator, (ctx) =>
      setSetting(ctx, 'import.acceptDeclared', 'FIRST_AID,CPR,AHPRA'),
    )
  })

  const made = async (path: string, body: object): Promise<string> => {
    const answer = await ask('POST', path, body)
    expect(answer.status, answer.payload).toBe(201)
    return answer.body.data?.id ?? ''
  }
  const changed = async (method: 'PUT' | 'PATCH', path: string, body: object): Promise<void> => {
    const answer = await ask(method, path, body)
    expect(answer.status, answer.payload).toBe(200)
    await house.drain()
  }
  const position = (more: object = {}): Promise<string> =>
    made('/positions', {
      code: 'RN-001',
      requirements: { allOf: [{ credentialType: 'FIRST_AID' }] },
      ...more,
    })
  const worker = (employment: object = { positionId: 'RN-001' }, key = 'E1'): Promise<string> =>
    made('/workers', {
      identity: { displayName: `Sam ${key}` },
      employment,
      source: { externalId: key, sourceSystem: 'HRMS' },
    })
  const firstAid = (workerId: string, expiryDate = '2027-12-31'): Promise<string> =>
    made('/credentials', {
      worker: { id: workerId },
      credentialType: 'FIRST_AID',
      number: 'HLTAID011',
      issueDate: '2025-01-01',
      expiryDate,
    })
  /** As `status reason,reason`. */
  const told = ({ status, gaps }: AnswerAttributes): string =>
    [status ?? 'none', gaps.map(({ reason }) => reason).join()].join(' ').trim()
  const answerOf = async (workerId: string, query = ''): Promise<string> => {
    const answer = await ask('GET', `/workers/${workerId}/compliance${query}`)
    expect(answer.status, answer.payload).toBe(200)
    return told(answer.body.data?.attributes as AnswerAttributes)
  }
  /** As lists show it, that is, as it is kept. */
  const kept = async (): Promise<string[]> => {
    await house.drain()
    const answer = await ask('GET', '/compliance')
    return (answer.body.data as never as { attributes: AnswerAttributes }[]).map(({ attributes }) =>
      told(attributes),
    )
  }

  test('grace begins with the person’s start, and what is missing is red when it is over', async () => {
    await position({ graceDays: 14 })
    const id = await worker({ positionId: 'RN-001', startDate: '2026-02-01' })
    expect(await kept()).toEqual(['yellow MISSING'])
    expect(await answerOf(id)).toBe('yellow MISSING')
    house.clock.set('2026-02-15T12:59:00Z')
    expect(await kept()).toEqual(['yellow MISSING'])
    house.clock.set('2026-02-15T13:00:00Z')
    expect(await kept()).toEqual(['red MISSING'])
    expect(await answerOf(id, '?asOf=2026-02-15')).toBe('yellow MISSING')
    expect(await answerOf(id, '?asOf=2026-02-16')).toBe('red MISSING')
  })

  test('who comes to a position from another has its grace, however long he has been there', async () => {
    await position({ graceDays: 10 })
    const id = await worker({ startDate: '2020-01-01' })
    await house.drain()
    house.clock.advance('30d')
    await changed('PATCH', `/workers/${id}`, { employment: { positionId: 'RN-001' } })
    expect(await kept()).toEqual(['yellow MISSING'])
    house.clock.advance('11d')
    expect(await kept()).toEqual(['red MISSING'])
  })

  test('rules with a day wait for it, and those before count until then', async () => {
    await position()
    const id = await worker()
    await firstAid(id)
    expect(await kept()).toEqual(['green'])
    await changed('PATCH', '/positions/RN-001', {
      requirements: { allOf: [{ credentialType: 'FIRST_AID' }, { credentialType: 'CPR' }] },
      effectiveFrom: '2026-03-01',
    })
    expect(await kept()).toEqual(['green'])
    expect(await answerOf(id, '?asOf=2026-03-01')).toBe('red MISSING')
    const shown = await ask('GET', '/positions/RN-001')
    expect(shown.body.data?.attributes).toMatchObject({
      requirements: { allOf: [{}, {}] },
      effectiveRequirements: { allOf: [{ credentialType: 'FIRST_AID' }] },
    })
    house.clock.set('2026-02-28T13:00:00Z')
    expect(await kept()).toEqual(['red MISSING'])
  })

  test('rules that were taken back before their day never count', async () => {
    await position()
    const id = await worker()
    await firstAid(id)
    const both = { allOf: [{ credentialType: 'FIRST_AID' }, { credentialType: 'CPR' }] }
    await changed('PATCH', '/positions/RN-001', { requirements: both, effectiveFrom: '2026-03-01' })
    await changed('PATCH', '/positions/RN-001', { requirements: both, effectiveFrom: '2026-04-01' })
    house.clock.set('2026-03-10T00:00:00Z')
    expect(await kept()).toEqual(['green'])
    house.clock.set('2026-04-10T00:00:00Z')
    expect(await kept()).toEqual(['red MISSING'])
  })

  test('a row that cannot be read is yellow, whatever is held; an own tree and files are joined', async () => {
    const positionId = await position()
    const id = await worker()
    await firstAid(id)
    expect(await kept()).toEqual(['green'])
    await house.runtime.write(organisationId, operator, async (ctx) => {
      await ctx.tx
        .run(sql`insert into position_requirements (organisation_id, position_id, source_folded, license_code, state, unresolved_reason)
        values (${organisationId}, ${positionId}, 'hrms', 'WHAT-IS-IT', '', 'UNMAPPED_CODE')`)
    })
    await changed('PATCH', '/positions/RN-001', { name: 'Nurse' })
    expect(await kept()).toEqual(['yellow RULE_UNRESOLVED'])
    const { body } = await ask('GET', `/workers/${id}/compliance`)
    expect(body.data?.attributes.gaps).toEqual([
      { path: '/allOf/1', credentialType: null, reason: 'RULE_UNRESOLVED' },
    ])
    expect(body.data?.attributes.satisfied).toBe(false)
  })

  test('days that must be left turn on their day; a list that nobody looked into is yellow', async () => {
    await position({
      requirements: { allOf: [{ credentialType: 'FIRST_AID', minimumDaysLeft: 60 }] },
    })
    const id = await worker()
    await firstAid(id, '2026-05-31')
    expect(await kept()).toEqual(['green'])
    house.clock.set('2026-04-01T13:00:00Z')
    expect(await kept()).toEqual(['yellow TOO_FEW_DAYS_LEFT'])
    expect(await answerOf(id, '?asOf=2026-04-01')).toBe('green')
    await changed('PATCH', '/positions/RN-001', {
      requirements: { banChecks: [{ register: 'NDIS_ENFORCEMENT' }] },
    })
    expect(await kept()).toEqual(['yellow NOT_YET_CHECKED'])
  })

  test('whose position requires nothing is judged by what he holds; nothing held is nothing judged', async () => {
    const id = await worker({})
    expect(await answerOf(id)).toBe('none')
    await firstAid(id, '2026-01-15')
    expect(await kept()).toEqual(['red EXPIRED'])
    await position()
    await changed('PATCH', `/workers/${id}`, { employment: { positionId: 'RN-001' } })
    expect(await kept()).toEqual(['red EXPIRED'])
    await changed('PUT', '/positions/RN-001', { code: 'RN-001' })
    expect(await kept()).toEqual(['red EXPIRED'])
    expect(
      await house.owner('select 1 from worker_answers where organisation_id = $1', [organisationId]),
    ).toEqual([])
  })

  test('who comes to a position that will require something, and holds nothing, has no answer; all others go on', async () => {
    await position()
    await made('/positions', {
      code: 'LATER',
      requirements: { allOf: [{ credentialType: 'CPR' }] },
      effectiveFrom: '2026-03-01',
    })
    const id = await worker()
    const other = await worker({ positionId: 'RN-001' }, 'E2')
    expect(await kept()).toEqual(['red MISSING', 'red MISSING'])
    await changed('PATCH', `/workers/${id}`, { employment: { positionId: 'LATER' } })
    await firstAid(other)
    expect(await kept()).toEqual(['none', 'green'])
    const shown = await ask('GET', `/workers/${id}`)
    expect(shown.body.data?.attributes).toMatchObject({ compliance: { licenceStatus: null, gaps: [] } })
    house.clock.set('2026-02-28T13:00:00Z')
    expect(await kept()).toEqual(['red MISSING', 'green'])
  })

  test('what was recorded later does not count, and what was deleted later still does', async () => {
    await position()
    const id = await worker()
    await house.drain()
    house.clock.set('2026-02-03T00:00:00Z')
    const credentialId = await firstAid(id)
    house.clock.set('2026-02-05T00:00:00Z')
    expect((await ask('DELETE', `/credentials/${credentialId}`)).status).toBe(204)
    await house.drain()
    expect(await answerOf(id)).toBe('red MISSING')
    expect(await answerOf(id, '?asOf=2026-02-04')).toBe('green')
    expect(await answerOf(id, '?asOf=2026-02-02')).toBe('red MISSING')
    // Asked with what was known on the second, the fourth looks as it did then.
    expect(await answerOf(id, '?asOf=2026-02-04&knownAt=2026-02-02')).toBe('red MISSING')
    expect((await ask('GET', `/workers/${id}/compliance?asOf=2026-01-31T00:00:00Z`)).status).toBe(404)
    expect((await ask('DELETE', `/workers/${id}`)).status).toBe(204)
    expect((await ask('GET', `/workers/${id}/compliance`)).status).toBe(404)
    expect(await answerOf(id, '?asOf=2026-02-04')).toBe('green')
  })

  test('a person who was erased is gone', async () => {
    const id = await worker({})
    await house.owner('update workers set erased_at = $1 where id = $2', ['2026-02-01', id])
    const answer = await ask('GET', `/workers/${id}/compliance?asOf=2026-02-01`)
    expect([answer.status, answer.body['code']]).toEqual([410, 'ERASED_PERSON'])
  })

  test('the evidence says what was on file, and when it was deleted', async () => {
    await position()
    const id = await worker()
    const credentialId = await firstAid(id)
    await house.owner(
      `insert into deleted_attachments (organisation_id, id, credential_id, uploaded_at, deleted_at)
       values ($1, 'att_x', $2, '2026-02-01T00:00:00Z', '2026-03-01T20:00:00Z')`,
      [organisationId, credentialId],
    )
    const { body } = await ask('GET', `/workers/${id}/compliance?asOf=2026-02-10`)
    expect(body.data?.attributes.evidence).toMatchObject([
      {
        credentialId,
        status: 'green',
        documents: [{ attachmentId: 'att_x', note: 'evidence deleted on 2026-03-02' }],
      },
    ])
  })

  test('what cannot be an instant is refused', async () => {
    const id = await worker({})
    for (const asOf of ['yesterday', '2026-02-30', '2026-13-01T00:00:00Z'])
      expect((await ask('GET', `/workers/${id}/compliance?asOf=${asOf}`)).status, asOf).toBe(400)
  })

  test('trying rules out tells who would flip, and changes nothing', async () => {
    await position()
    const [one, two] = [
      await worker({ positionId: 'RN-001' }, 'E1'),
      await worker({ positionId: 'RN-001' }, 'E2'),
    ]
    await firstAid(one)
    await firstAid(two)
    await made('/credentials', {
      worker: { id: one },
      credentialType: 'CPR',
      number: 'HLTAID009',
      issueDate: '2026-01-15',
      expiryDate: '2027-01-14',
    })
    expect(await kept()).toEqual(['green', 'green'])
    const answer = await ask('POST', '/positions/RN-001/simulate', {
      requirements: { allOf: [{ credentialType: 'FIRST_AID' }, { credentialType: 'CPR' }] },
    })
    expect(answer.status, answer.payload).toBe(200)
    expect(answer.body.data?.attributes).toMatchObject({
      holders: 2,
      flipped: 1,
      counts: { before: { green: 2 }, after: { green: 1, red: 1 } },
      flips: [
        {
          workerId: two,
          externalId: 'E2',
          from: { status: 'green', satisfied: true },
          to: { status: 'red', satisfied: false, gaps: [{ path: '/allOf/1', reason: 'MISSING' }] },
        },
      ],
    })
    const grace = await ask('POST', '/positions/RN-001/simulate', {
      requirements: { allOf: [{ credentialType: 'CPR' }] },
      graceDays: 30,
    })
    expect(grace.body.data?.attributes).toMatchObject({ counts: { after: { green: 1, yellow: 1 } } })
    expect(await kept()).toEqual(['green', 'green'])
    const unknown = await ask('POST', '/positions/RN-001/simulate', {
      requirements: { allOf: [{ credentialType: 'NOPE' }] },
    })
    expect([unknown.status, unknown.body.errors?.[0]?.pointer]).toEqual([
      400,
      '/requirements/allOf/0/credentialType',
    ])
  })

  test('the compliance export has a row for each active person, with what is lacking', async () => {
    await position({
      requirements: {
        allOf: [{ credentialType: 'FIRST_AID' }],
        banChecks: [{ register: 'NDIS_ENFORCEMENT' }],
      },
    })
    await worker({ positionId: 'RN-001', state: 'VIC' }, 'E"1')
    await worker({ positionId: 'RN-001', status: 'INACTIVE' }, 'E2')
    await worker({}, 'E3')
    await made('/workers', { identity: { displayName: 'Nobody knows' } })
    const row = await writeComplianceExport(house.runtime, operator, { organisationId, trigger: 'DEMAND' })
    expect(row).toMatchObject({
      kind: 'COMPLIANCE',
      fileName: 'Vouchsafe-COMPLIANCE-20260201_110000.csv',
      counts: { rows: 2, green: 0, yellow: 0, red: 1, peopleWithoutExternalId: 1 },
    })
    const pieces: Buffer[] = []
    const { content } = await openExport(house.runtime, organisationId, operator, row.id)
    for await (const piece of content) pieces.push(piece)
    expect(Buffer.concat(pieces).toString()).toBe(
      [
        '"external_id","position_id","state","status","gaps","as_of"',
        '"E""1","RN-001","VIC","red","FIRST_AID MISSING; /banChecks/0 NOT_YET_CHECKED","2026-02-01T00:00:00.000Z"',
        '"E3","","","","","2026-02-01T00:00:00.000Z"',
        '',
      ].join('\n'),
    )
  })
})
