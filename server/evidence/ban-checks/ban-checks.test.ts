/** Ban lists from the upload to the decision, over the API, on a real database. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { apiCaller, tokenFor } from '../../../test/api-caller.ts'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import { multipart } from '../../../test/multipart.ts'
import { buildHttpServer } from '../../front-doors.ts'
import type { HttpServer } from '../../platform/http/http-server.ts'
import { banAnswers, banAnswersAt } from './ban-checks.ts'

type Attributes = Readonly<Record<string, unknown>>
const register = 'AGED_CARE_BANNING_ORDERS'
const header = 'Reference,Surname,Given names,Born,State,Details'
const rows = [
  'BO-1,Featherstonehaugh,Zephyrine Ottoline,13/07/1991,VIC,"Banned, for good"',
  'BO-2,Okonkwo,Chiamaka,02/03/1980,NSW,',
  'BO-3,Brown,Adam,,QLD,',
  'BO-4,Sunny Care Pty Ltd,,,SA,',
  'BO-5,Đặng,Thị Hồng,,NSW,',
]
const settings = {
  columns: {
    reference: 'Reference',
    familyName: 'surname',
    givenNames: 'Given names',
    birthDate: 'Born',
    state: 'State',
    details: 'Details',
  },
}

describe('ban checks', () => {
  let house: TestHouse
  let server: HttpServer
  let organisationId: string
  let token: string

  beforeAll(async () => {
    house = await openTestHouse()
    server = await buildHttpServer(house.runtime, '0.0.0')
  })
  afterAll(async () => {
    await server.close()
    await house.close()
  })
  const ask = apiCaller<Attributes>(
    () => server,
    () => token,
  )
  const idOf = (answer: Awaited<ReturnType<typeof ask>>): string => answer.body.data?.id ?? ''

  beforeEach(async () => {
    organisationId = (await house.newOrganisation()).id
    token = await tokenFor(house, organisationId)
    expect((await ask('PUT', `/registers/${register}/connector`, { kind: 'list', settings })).status).toBe(
      200,
    )
  })

  const upload = async (
    lines: readonly string[],
    head = header,
  ): Promise<Awaited<ReturnType<typeof ask>>> => {
    const form = multipart({ file: Buffer.from([head, ...lines].join('\n')) }, 'orders.csv')
    const answer = await ask('POST', `/registers/${register}/lists`, form.body.toString('utf8'), {
      'content-type': form.contentType,
    })
    await house.drain()
    return answer
  }
  const person = async (
    firstName: string,
    lastName: string,
    more: { birthDate?: string; state?: string; middleName?: string } = {},
  ): Promise<string> => {
    const { state, ...identity } = more
    const answer = await ask('POST', '/workers', {
      identity: { displayName: `${firstName} ${lastName}`, firstName, lastName, ...identity },
      employment: { workerType: 'EMPLOYEE', state: state ?? null },
    })
    await house.drain()
    return idOf(answer)
  }
  const outcomeOf = async (workerId: string): Promise<unknown> => {
    const answer = await ask('GET', `/workers/${workerId}/ban-checks`)
    const [first] = answer.body.data as unknown as { attributes: Attributes }[]
    return first?.attributes['outcome']
  }
  const reviews = async (): Promise<{ id: string; attributes: Attributes }[]> =>
    (await ask('GET', '/reviews?reason=LIST_MATCH')).body.data as never
  const decide = async (id: string, decision: string): Promise<void> => {
    const answer = await ask('POST', `/reviews/${id}/decide`, { decision, reason: 'Looked at both.' })
    expect(answer.status).toBe(200)
    await house.drain()
  }

  test('who is spelt like a row comes to review, and a name alone makes nobody red', async () => {
    const mistyped = await person('Zephyrine', 'Fetherstonehaugh')
    const swapped = await person('Okonkwo', 'Chiamaka')
    const plain = await person('Hong', 'Dang', { middleName: 'Thi' })
    const clean = await person('Sarah', 'Quinn')
    expect(await outcomeOf(mistyped)).toBe('NOT_YET_CHECKED')
    const made = await upload(rows)
    expect([made.status, made.body.data?.attributes]).toMatchObject([
      201,
      { number: 1, rows: 5, status: 'APPLIED' },
    ])
    for (const id of [mistyped, swapped, plain]) expect(await outcomeOf(id)).toBe('POSSIBLE')
    expect(await outcomeOf(clean)).toBe('CLEAR')
    expect((await reviews()).length).toBe(3)
    const late = await person('Zephirine', 'Featherstonehaugh', { birthDate: '1991-07-13' })
    expect(await outcomeOf(late)).toBe('POSSIBLE')
  })

  test('that it is somebody else is remembered until the row or the worker changes', async () => {
    const id = await person('Adam', 'Brown', { state: 'QLD' })
    await upload(rows)
    await decide((await reviews())[0]?.id ?? '', 'ACCEPT')
    expect(await outcomeOf(id)).toBe('CLEAR')
    await upload([...rows, 'BO-6,Nobody,Known,,WA,'])
    expect([await outcomeOf(id), (await reviews()).length]).toEqual(['CLEAR', 0])
    await ask('PATCH', `/workers/${id}`, { contact: { mobile: '+61 400 000 000' } })
    await house.drain()
    expect((await reviews()).length).toBe(0)
    await ask('PATCH', `/workers/${id}`, { identity: { middleName: 'John' } })
    await house.drain()
    expect([await outcomeOf(id), (await reviews()).length]).toEqual(['POSSIBLE', 1])
    await decide((await reviews())[0]?.id ?? '', 'ACCEPT')
    await upload(rows.map((row) => row.replace('BO-3,Brown,Adam,,QLD,', 'BO-3,Brown,Adam,,QLD,Convicted')))
    expect([await outcomeOf(id), (await reviews()).length]).toEqual(['POSSIBLE', 1])
  })

  test('that it is this person makes a match, which only a person ends when the row has left the list', async () => {
    const id = await person('Zephyrine', 'Featherstonehaugh')
    await upload(rows)
    await decide((await reviews())[0]?.id ?? '', 'REJECT')
    const [check] = (await ask('GET', `/workers/${id}/ban-checks`)).body.data as unknown as {
      attributes: { outcome: string; matches: Attributes[] }
    }[]
    expect(check?.attributes.outcome).toBe('MATCH')
    expect(check?.attributes.matches[0]).toMatchObject({
      status: 'CONFIRMED',
      decidedBy: 'REVIEW',
      entry: { reference: 'BO-1', details: 'Banned, for good' },
    })
    await ask('PATCH', `/workers/${id}`, { identity: { firstName: 'Alma', lastName: 'Mater' } })
    await house.drain()
    expect(await outcomeOf(id)).toBe('MATCH')
    await upload(rows.slice(1))
    expect([await outcomeOf(id), (await reviews())[0]?.attributes['facts']]).toMatchObject([
      'POSSIBLE',
      { grounds: expect.arrayContaining(['LEFT_LIST']) as unknown },
    ])
    await upload([...rows.slice(1), 'BO-7,Else,Someone,,NT,'])
    expect(await outcomeOf(id)).toBe('POSSIBLE')
    await decide((await reviews())[0]?.id ?? '', 'ACCEPT')
    expect(await outcomeOf(id)).toBe('CLEAR')
  })

  test('a version that lost much is held, and a file that cannot be read changes nothing', async () => {
    const id = await person('Zephyrine', 'Featherstonehaugh')
    await upload(rows)
    const held = await upload(rows.slice(3))
    expect(held.body.data?.attributes).toMatchObject({ status: 'HELD', removed: 3 })
    expect(await outcomeOf(id)).toBe('POSSIBLE')
    const bad = await upload(['BO-1,Featherstonehaugh,Zephyrine,31/31/1991,VIC,'])
    expect([bad.status, bad.body]).toMatchObject([
      400,
      { code: 'FILE_FAULTY', rule: 'DATE', line: 2, column: 'Born' },
    ])
    const renamed = await upload(rows, header.replace('Surname', 'Surnames'))
    expect(JSON.stringify(renamed.body)).toContain('The nearest is')
    expect(await outcomeOf(id)).toBe('POSSIBLE')
    const applied = await ask('POST', `/registers/${register}/lists/${idOf(held)}/apply`, {})
    await house.drain()
    expect([applied.status, await outcomeOf(id), (await reviews()).length]).toEqual([200, 'CLEAR', 0])
    const again = await ask('POST', `/registers/${register}/lists/${idOf(held)}/reject`, {})
    expect([again.status, again.body]).toMatchObject([409, { code: 'LIST_STATE' }])
    const changes = await ask('GET', `/registers/${register}/lists/${idOf(held)}/changes`)
    expect(
      (changes.body.data as unknown as { attributes: Attributes }[]).map((one) => one.attributes['change']),
    ).toEqual(['REMOVED', 'REMOVED', 'REMOVED'])
  })

  test('the evaluator hears clear, stale and match, now and as of any day', async () => {
    const id = await person('Zephyrine', 'Featherstonehaugh')
    const clean = await person('Sarah', 'Quinn')
    const before = house.clock.now()
    house.clock.advance('1h')
    await upload(rows)
    const found = house.clock.now()
    house.clock.advance('1h')
    await decide((await reviews())[0]?.id ?? '', 'REJECT')
    const read = <T>(work: Parameters<typeof house.runtime.read<T>>[2]): Promise<T> =>
      house.runtime.read(organisationId, operator, work)
    const now = await read((ctx) => banAnswers(ctx, [id, clean]))
    expect([now.get(id)?.[0]?.outcome, now.get(clean)?.[0]?.outcome]).toEqual(['MATCH', 'CLEAR'])
    const at = async (when: Date): Promise<unknown> =>
      (await read((ctx) => banAnswersAt(ctx, [id], { validAt: when, knownAt: when }))).get(id)?.[0]?.outcome
    expect([await at(before), await at(found), await at(house.clock.now())]).toEqual([
      undefined,
      'POSSIBLE',
      'MATCH',
    ])
    house.clock.advance('15d')
    const late = await read((ctx) => banAnswers(ctx, [id, clean]))
    expect([late.get(id)?.[0]?.outcome, late.get(clean)?.[0]?.outcome]).toEqual(['MATCH', 'STALE'])
  })

  test('a list that is asked no more says nothing, and nothing waits for it', async () => {
    const id = await person('Zephyrine', 'Featherstonehaugh')
    await upload(rows)
    await ask('DELETE', `/registers/${register}/connector`)
    await house.drain()
    expect([(await reviews()).length, await outcomeOf(id)]).toEqual([0, undefined])
    const answers = await house.runtime.read(organisationId, operator, (ctx) => banAnswers(ctx, [id]))
    expect(answers.size).toBe(0)
  })
})
