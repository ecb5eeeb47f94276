/** Who gets in by a link, and who does not: dead links, the step-up, other sites, other people's things. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { pdf, picture } from '../../../test/documents.ts'
import { openTestHouse, type TestHouse } from '../../../test/harness.ts'
import { openAsker, type Asker } from '../../../test/asked-worker.ts'
import { noFields, visitor, type Answer } from '../../../test/page-visitor.ts'
import { buildHttpServer } from '../../front-doors.ts'
import type { HttpServer } from '../../platform/http/http-server.ts'
import { silentLog, type Log } from '../../platform/log.ts'

const said: string[] = []
/** Everything that is logged, as text. */
const log: Log = {
  ...silentLog,
  ...Object.fromEntries(
    (['debug', 'info', 'warn', 'error'] as const).map((level) => [
      level,
      (fields: object, message: string) => {
        const { err, ...rest } = fields as { err?: Error }
        said.push(`${message} ${JSON.stringify(rest)} ${err?.stack ?? ''} ${JSON.stringify(err ?? null)}`)
      },
    ]),
  ),
  child: () => log,
}

let house: TestHouse
let server: HttpServer
let asker: Asker

beforeAll(async () => {
  house = await openTestHouse({ log })
  server = await buildHttpServer(house.runtime, '0.0.0')
})
afterAll(async () => {
  await server.close()
  await house.close()
})
beforeEach(async () => {
  house.clock.set('2026-02-01T00:00:00Z')
  asker = await openAsker(house, () => server)
})

/** Of an answer what anybody could tell causes apart by. */
const bare = ({ status, headers, payload }: Answer): object => ({
  status,
  payload,
  headers: { ...headers, date: '', 'x-request-id': '' },
})

const unknown = () => visitor(() => server, `/r/${'A'.repeat(43)}`)

/** Every kind of request that a page makes, as one dead link answers it. */
async function deadAnswers(page: ReturnType<typeof visitor>): Promise<object[]> {
  const item = '/items/fri_0123456789abcdef'
  const answers = [
    await page.call('GET', ''),
    await page.call('GET', '/state'),
    await page.call('POST', '/identify', { birthDate: '1990-05-17' }),
    await page.call('POST', '/start', {}),
    await page.call('POST', '/start', '{broken'),
    await page.call('PUT', `${item}/draft`, { fields: noFields }),
    await page.call('POST', `${item}/supply`, { fields: noFields }),
    await page.call('POST', `${item}/confirm`, {}),
    await page.call('POST', `${item}/decline`, { reason: 'lost' }),
    await page.call('POST', `${item}/reopen`, {}),
    await page.call('POST', '/submit', { privacyNoticeVersion: null }),
    await page.call('POST', '/not-me', { kind: 'NOT_ME', detail: '' }),
    await page.upload('fri_0123456789abcdef', pdf(), 'a.pdf'),
    await page.call('DELETE', `${item}/files/att_0123456789abcdef`),
    await page.call('GET', `${item}/files/att_0123456789abcdef/content`),
  ]
  for (const answer of answers) expect(answer.status).toBe(404)
  return answers.map(bare)
}

describe('a dead link', () => {
  const kill: Record<string, (id: string) => Promise<unknown>> = {
    expired: () => Promise.resolve(house.clock.advance('15d')),
    'expired and noticed': async () => {
      house.clock.advance('15d')
      await house.drain()
    },
    cancelled: (id) => asker.api('POST', `/fetch-requests/${id}/cancel`),
    replaced: (id) => asker.api('POST', `/fetch-requests/${id}/resend`),
    deleted: (id) => asker.api('DELETE', `/fetch-requests/${id}`),
  }
  test.each(Object.entries(kill))(
    'that is %s answers as an unknown one does, byte for byte',
    async (_, die) => {
      const { id, page } = await asker.request()
      expect((await page.call('GET', '/state')).status).toBe(200)
      await die(id)
      expect(await deadAnswers(page)).toEqual(await deadAnswers(unknown()))
    },
  )

  test('is that of a worker who was deleted', async () => {
    const { workerId, page } = await asker.request()
    expect((await asker.api('DELETE', `/workers/${workerId}`)).status).toBe(204)
    expect(await deadAnswers(page)).toEqual(await deadAnswers(unknown()))
  })

  test('is the old one at once when the request is sent again; the new one has what was given', async () => {
    const { id, page } = await asker.request()
    await page.call('POST', '/start', {})
    const { id: itemId } = await page.item('WWCC_NSW')
    await page.call('POST', `/items/${itemId}/supply`, { fields: { ...noFields, number: 'WWC1234567E' } })
    await asker.api('POST', `/fetch-requests/${id}/resend`)
    expect((await page.call('GET', '/state')).status).toBe(404)
    await house.drain()
    const anew = visitor(() => server, await asker.link(id))
    expect(await anew.state()).toMatchObject({ stage: 'WELCOME', progress: { answered: 1 } })
    await anew.call('POST', '/start', {})
    expect(await asker.status(id)).toBe('PARTIALLY_COMPLETED')
  })

  test('comes back with a request that is restored', async () => {
    const { id, page } = await asker.request()
    await asker.api('DELETE', `/fetch-requests/${id}`)
    expect((await page.call('GET', '/state')).status).toBe(404)
    await asker.api('POST', `/fetch-requests/${id}/restore`)
    expect((await page.call('GET', '/state')).status).toBe(200)
  })
})

describe('a mail scanner', () => {
  test('that follows the link, reads everything and asks for heads changes nothing', async () => {
    const { id, page } = await asker.request()
    const { id: itemId } = await page.item('FIRST_AID')
    const rows = () =>
      house.owner(
        `select (select jsonb_agg(f) from fetch_requests f where id = $1), (select jsonb_agg(i order by i.id) from fetch_request_items i where fetch_request_id = $1),
          (select count(*) from fetch_request_history where fetch_request_id = $1), (select count(*) from audit_entries where entity_id = $1), (select count(*) from events)`,
        [id],
      )
    const before = await rows()
    for (const method of ['GET', 'HEAD'] as const)
      for (const path of [
        '',
        '/state',
        '/start',
        '/submit',
        '/not-me',
        `/items/${itemId}/supply`,
        `/items/${itemId}/files`,
        '/anything',
      ])
        await page.call(method, path)
    expect(await rows()).toEqual(before)
    expect(await asker.status(id)).toBe('SENT')
  })
})

describe('a request of another site', () => {
  const refused: Record<string, Record<string, string | undefined>> = {
    'without the page’s header': { 'x-vouchsafe-page': undefined },
    'with another origin': { origin: 'https://evil.example' },
    'that the browser calls cross-site': { 'sec-fetch-site': 'cross-site' },
    'that the browser calls same-site': { 'sec-fetch-site': 'same-site' },
  }
  test.each(Object.entries(refused))('%s is refused', async (_, headers) => {
    const { id, page } = await asker.request()
    expect((await page.call('POST', '/start', {}, headers)).status).toBe(403)
    expect(await asker.status(id)).toBe('SENT')
  })

  test('as a form or plain text is refused', async () => {
    const { page } = await asker.request()
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
      expect((await page.call('POST', '/start', '{}', { 'content-type': type })).status, type).toBe(415)
  })
})

describe('another link', () => {
  test('reaches no item and no file of this request, also within one organisation', async () => {
    const mine = await asker.request()
    const other = await openAsker(house, () => server)
    for (const theirs of [await other.request(), await asker.request()]) {
      await mine.page.call('POST', '/start', {})
      const { id: itemId } = await mine.page.item('FIRST_AID')
      const file = await mine.page.file(itemId, await picture('png'), 'card.png')
      await theirs.page.call('POST', '/start', {})
      const own = await theirs.page.item('FIRST_AID')
      for (const answer of [
        await theirs.page.call('GET', `/items/${itemId}/files/${file.id}/content`),
        await theirs.page.call('GET', `/items/${own.id}/files/${file.id}/content`),
        await theirs.page.call('PUT', `/items/${itemId}/draft`, { fields: noFields }),
        await theirs.page.call('POST', `/items/${itemId}/decline`, { reason: 'x' }),
        await theirs.page.call('POST', `/items/${itemId}/confirm`, {}),
        await theirs.page.call('POST', `/items/${itemId}/reopen`, {}),
        await theirs.page.call('POST', `/items/${itemId}/supply`, { fields: noFields }),
        await theirs.page.upload(itemId, pdf(), 'a.pdf'),
        await theirs.page.call('DELETE', `/items/${itemId}/files/${file.id}`),
      ])
        expect(answer.status).toBe(404)
      // A file that is not there is not told apart from one that is gone.
      expect((await theirs.page.call('DELETE', `/items/${own.id}/files/${file.id}`)).status).toBe(204)
      expect((await mine.page.item('FIRST_AID')).files.map(({ id }) => id)).toContain(file.id)
      await mine.page.call('DELETE', `/items/${itemId}/files/${file.id}`)
    }
  })
})

describe('the step-up', () => {
  beforeEach(() => asker.set('fetchRequest.stepUp', 'birthDate'))

  test('shows who asks and nothing else, until the date of birth was said; the browser remembers', async () => {
    await asker.set('privacyNotice', 'We keep it.')
    const { link, page } = await asker.request({ message: 'Hi Jordan' })
    expect(await page.state()).toEqual({
      stage: 'IDENTIFY',
      organisation: { name: expect.any(String) as string, privacyNotice: null },
    })
    const before = await page.call('POST', '/start', {})
    expect([before.status, before.json.code]).toEqual([403, 'IDENTITY_REQUIRED'])
    const wrong = await page.call('POST', '/identify', { birthDate: '1990-05-18' })
    expect([wrong.status, wrong.json['triesLeft']]).toEqual([422, 4])
    const noDate = await page.call('POST', '/identify', { birthDate: '1990-02-30' })
    expect([noDate.status, noDate.json.errors?.[0]?.pointer]).toEqual([400, '/birthDate'])
    const right = await page.call('POST', '/identify', { birthDate: '1990-05-17' })
    expect(right.status).toBe(204)
    const cookie = String(right.headers['set-cookie'])
    expect(cookie).toMatch(/^vouchsafe_page=[\w-]{43}; Path=\/r\/[\w-]{43}; HttpOnly; SameSite=Strict$/)
    expect(await page.state()).toMatchObject({ stage: 'WELCOME', message: 'Hi Jordan' })
    expect((await page.call('POST', '/start', {})).status).toBe(204)
    // Another browser says it again.
    expect((await visitor(() => server, link).state()).stage).toBe('IDENTIFY')
  })

  test('locks the link at the fifth wrong date, over all browsers; sending again opens it', async () => {
    const { id, link, page } = await asker.request()
    for (const triesLeft of [4, 3, 2, 1]) {
      const answer = await visitor(() => server, link).call('POST', '/identify', { birthDate: '1980-01-01' })
      expect([answer.status, answer.json['triesLeft']]).toEqual([422, triesLeft])
    }
    const last = await page.call('POST', '/identify', { birthDate: '1980-01-01' })
    const dead = await unknown().call('POST', '/identify', { birthDate: '1980-01-01' })
    expect(bare(last)).toEqual(bare(dead))
    expect((await page.call('POST', '/identify', { birthDate: '1990-05-17' })).status).toBe(404)
    expect(await deadAnswers(page)).toEqual(await deadAnswers(unknown()))
    expect((await asker.api('POST', `/fetch-requests/${id}/link`)).status).toBe(409)
    const { body } = await asker.api('GET', `/fetch-requests/${id}`)
    expect(body.data?.attributes['delivery']).toMatchObject({
      problem: expect.stringContaining('locked') as string,
    })
    // Nobody is reminded of a link that opens nothing.
    house.clock.advance('8d')
    await house.drain()
    const mails = await house.owner('select 1 from mails where about_id = $1', [id])
    expect(mails).toHaveLength(1)
    await asker.api('POST', `/fetch-requests/${id}/resend`)
    const anew = visitor(() => server, await asker.link(id))
    expect((await anew.call('POST', '/identify', { birthDate: '1990-05-17' })).status).toBe(204)
  })

  test('locks at the fifth also when all are tried at once', async () => {
    const { page } = await asker.request()
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => page.call('POST', '/identify', { birthDate: '1980-01-01' })),
    )
    expect(answers.filter(({ status }) => status === 422)).toHaveLength(4)
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(8)
  })

  test('is asked again when the link is replaced or the date on file changes', async () => {
    const { id, workerId, page } = await asker.request()
    await page.call('POST', '/identify', { birthDate: '1990-05-17' })
    expect((await page.state()).stage).toBe('WELCOME')
    await asker.api(
      'PATCH',
      `/workers/${workerId}`,
      { identity: { birthDate: '1990-05-18' } },
      {
        'content-type': 'application/merge-patch+json',
      },
    )
    expect((await page.state()).stage).toBe('IDENTIFY')
    await asker.api('POST', `/fetch-requests/${id}/resend`)
    expect((await visitor(() => server, await asker.link(id)).state()).stage).toBe('IDENTIFY')
  })

  test('is passed by those without a date on file only where the organisation lets them', async () => {
    await asker.set('fetchRequest.stepUpMayBeSkipped', '1')
    const worker = { id: await asker.worker() }
    const { page } = await asker.request({ worker })
    expect((await page.state()).stage).toBe('WELCOME')
    await asker.set('fetchRequest.stepUpMayBeSkipped', '')
    expect((await page.state()).stage).toBe('IDENTIFY')
    expect((await page.call('POST', '/identify', { birthDate: '1990-05-17' })).status).toBe(422)
  })
})

describe('“this isn’t me”', () => {
  test('locks the link, tells nothing more of the worker, and tells the organisation', async () => {
    const { id, page } = await asker.request({ message: 'Hi Jordan' })
    const answer = await page.call('POST', '/not-me', { kind: 'NOT_ME', detail: 'I am Alex.' })
    expect(answer.status).toBe(200)
    expect(answer.payload).not.toMatch(/Jordan|FIRST_AID/)
    expect(await deadAnswers(page)).toEqual(await deadAnswers(unknown()))
    const { body } = await asker.api('GET', `/fetch-requests/${id}`)
    expect(body.data?.attributes['dispute']).toMatchObject({ kind: 'NOT_ME', detail: 'I am Alex.' })
    const events = await house.owner<{ type: string }>(
      "select type from events where data ->> 'fetchRequestId' = $1 order by at, id",
      [id],
    )
    expect(events.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['fetchRequest.disputed', 'fetchRequest.linkLocked']),
    )
  })

  test('“my name is wrong” leaves the worker where they are', async () => {
    const { id, page } = await asker.request()
    const answer = await page.call('POST', '/not-me', { kind: 'NAME_WRONG', detail: 'Jordan Every' })
    expect(answer.json).toMatchObject({ stage: 'WELCOME', worker: { displayName: 'Jordan Avery' } })
    expect((await page.state()).stage).toBe('WELCOME')
    const { body } = await asker.api('GET', `/fetch-requests/${id}`)
    expect(body.data?.attributes['dispute']).toMatchObject({ kind: 'NAME_WRONG', detail: 'Jordan Every' })
  })
})

describe('the token', () => {
  test('stands in no log, no row and no answer, also when something breaks', async () => {
    const { link, page } = await asker.request()
    const token = link.split('/r/')[1] ?? ''
    await page.call('POST', '/start', {})
    const { id: itemId } = await page.item('FIRST_AID')
    const { id: fileId } = await page.file(itemId, pdf(), 'a.pdf')
    said.length = 0
    await house.owner('alter table fetch_request_items rename to moved_away')
    try {
      const broken = await page.call('GET', '/state')
      expect(broken.status).toBe(500)
      expect(broken.payload).not.toContain(token)
      expect((await page.call('PUT', `/items/${itemId}/draft`, { fields: noFields })).status).toBe(500)
      expect((await page.call('GET', `/items/${itemId}/files/${fileId}/content`)).status).toBe(500)
    } finally {
      await house.owner('alter table moved_away rename to fetch_request_items')
    }
    expect(said.join('\n')).toContain('request failed')
    expect(said.join('\n')).not.toContain(token)
    expect((await page.call('POST', '/nothing', {})).payload).not.toContain(token)
    expect((await page.call('POST', '/submit', '{')).payload).not.toContain(token)
    const tables = await house.owner<{ name: string }>(
      "select table_schema || '.' || table_name as name from information_schema.tables where table_schema in ('public', 'pgboss') and table_type = 'BASE TABLE'",
    )
    for (const { name } of tables)
      expect(
        await house.owner(`select 1 from ${name} t where t::text like '%' || $1 || '%' limit 1`, [token]),
        name,
      ).toEqual([])
  })
})

describe('whoever tries many tokens', () => {
  test('is slowed down, and workers elsewhere are not', async () => {
    const narrow = await openTestHouse({
      settings: { RATE_LIMIT: '20', RATE_LIMIT_BURST: '200', TRUST_PROXY: '127.0.0.1' },
    })
    const slow = await buildHttpServer(narrow.runtime, '0.0.0')
    const { page } = await (await openAsker(narrow, () => slow)).request()
    const from = (address: string): Record<string, string> => ({ 'x-forwarded-for': address })
    const guess = (index: number) =>
      visitor(() => slow, `/r/${String(index).padStart(43, 'B')}`).call(
        'GET',
        index % 2 ? '/state' : '',
        undefined,
        from('192.0.2.7'),
      )
    const statuses: number[] = []
    for (let index = 0; index < 30; index += 1) statuses.push((await guess(index)).status)
    expect(statuses.filter((status) => status === 404).length).toBeGreaterThanOrEqual(10)
    expect(statuses.at(-1)).toBe(429)
    expect((await guess(99)).headers['retry-after']).toBeDefined()
    expect((await page.call('GET', '/state', undefined, from('192.0.2.8'))).status).toBe(200)
    await slow.close()
    await narrow.close()
  })
})
