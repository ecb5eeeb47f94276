/** What the client makes of a network that loses, delays and garbles: one effect, or an error that says what is known. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  createClient,
  VouchsafeAnswerError,
  VouchsafeConnectionError,
  VouchsafeError,
  type VouchsafeClient,
} from '../../sdk/client.ts'
import { openFaultyProxy, type FaultyProxy, type Mishap } from './faulty-proxy.ts'
import { openServedHouse, type ServedHouse } from './served-house.ts'

let served: ServedHouse
let proxy: FaultyProxy
let client: VouchsafeClient
/** Past the proxy. */
let direct: VouchsafeClient

beforeAll(async () => {
  served = await openServedHouse()
  proxy = await openFaultyProxy(served.port)
})
afterAll(async () => {
  await proxy.close()
  await served.close()
})
beforeEach(async () => {
  const token = await served.newToken()
  client = createClient({ baseUrl: proxy.baseUrl, token })
  direct = createClient({ baseUrl: served.baseUrl, token })
  proxy.next()
})

const body = { identity: { displayName: 'Sarah Chen' } }
const total = async (): Promise<number> => (await direct.listWorkers()).meta.total
async function thrownBy(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    (answer) => expect.unreachable(`it answered ${JSON.stringify(answer)}`),
    (error: unknown) => error,
  )
}
/** The time between two requests. */
const pauses = (): number[] => proxy.seen.slice(1).map(({ at }, index) => at - (proxy.seen[index]?.at ?? 0))
const busy: Mishap = {
  status: 503,
  headers: { 'content-type': 'application/problem+json' },
  body: JSON.stringify({ status: 503, code: 'DATABASE_UNAVAILABLE', detail: 'Away.', title: 'Away' }),
}
const tooMany = (retryAfter: string): Mishap => ({
  status: 429,
  headers: { 'content-type': 'application/problem+json', 'retry-after': retryAfter },
  body: JSON.stringify({ status: 429, code: 'TOO_MANY_REQUESTS', detail: 'Slower.', title: 'Too many' }),
})
const gateway = (status: number): Mishap => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: '<h1>Bad gateway</h1>',
})

describe('a POST has one effect', () => {
  test.each<[string, Mishap[]]>([
    ['its answer is lost', ['lose the answer']],
    ['half of its answer comes', ['cut the answer']],
    ['its answer is lost again and again', ['lose the answer', 'cut the answer', 'lose the answer']],
    ['the request is lost', ['lose the request']],
    ['the server is away for a moment', [busy, busy]],
    ['a proxy has lost the server after it', [gateway(502), gateway(504)]],
  ])('when %s', async (_name, mishaps) => {
    proxy.next(...mishaps)
    const { data, status } = await client.createWorker({ body })
    expect(status).toBe(201)
    expect(await total()).toBe(1)
    expect((await direct.getWorker({ id: data.id })).data).toEqual(data)
    expect(proxy.seen).toHaveLength(mishaps.length + 1)
    const keys = new Set(proxy.seen.map(({ headers }) => headers['idempotency-key']))
    expect(keys.size).toBe(1)
    expect([...keys][0]).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('when it hangs past its time', async () => {
    proxy.next('hang')
    const made = await client.createWorker({ body }, { timeoutMs: 300 })
    expect(made.status).toBe(201)
    expect(proxy.seen).toHaveLength(2)
    expect(await total()).toBe(1)
  })

  test('when its first request still runs', async () => {
    const running: Mishap = {
      status: 409,
      headers: { 'content-type': 'application/problem+json' },
      body: JSON.stringify({ status: 409, code: 'IDEMPOTENCY_RUNNING', detail: 'Still runs.' }),
    }
    proxy.next(running, running)
    expect((await client.createWorker({ body })).status).toBe(201)
    expect(proxy.seen).toHaveLength(3)
  })

  test('and two calls have two, each with its own key', async () => {
    await client.createWorker({ body })
    await client.createWorker({ body })
    expect(await total()).toBe(2)
    expect(new Set(proxy.seen.map(({ headers }) => headers['idempotency-key'])).size).toBe(2)
    await client.createWorker({ body }, { idempotencyKey: 'mine' })
    expect(proxy.seen.at(-1)?.headers['idempotency-key']).toBe('mine')
  })

  test('a conflict is told at once', async () => {
    const contact = { workEmail: 'one@example.com' }
    await direct.createWorker({ body: { ...body, contact } })
    expect(await thrownBy(client.createWorker({ body: { ...body, contact } }))).toMatchObject({
      code: 'EMAIL_TAKEN',
      attempts: 1,
      isUncertain: false,
    })
  })
})

describe('changes', () => {
  test('a lost answer to PUT and DELETE is asked for again', async () => {
    const { data } = await direct.createWorker({ body })
    proxy.next('lose the answer')
    const replaced = await client.replaceWorker({ id: data.id, body: { identity: { displayName: 'Zoë' } } })
    expect(replaced.data.attributes.identity.displayName).toBe('Zoë')
    expect(proxy.seen).toHaveLength(2)

    proxy.next('lose the request')
    expect((await client.deleteWorker({ id: data.id })).status).toBe(204)
    expect(await total()).toBe(0)
  })

  test('what the repeat of a change finds changed by itself is marked as uncertain', async () => {
    const { data, etag } = await direct.createWorker({ body })
    const options = { ifMatch: etag ?? '' }
    proxy.next('lose the answer')
    const stale = await thrownBy(
      client.replaceWorker({ id: data.id, body: { identity: { displayName: 'Zoë' } } }, options),
    )
    expect(stale).toBeInstanceOf(VouchsafeError)
    expect(stale).toMatchObject({ isStale: true, attempts: 2, isUncertain: true })
    proxy.next('lose the answer')
    expect(await thrownBy(client.deleteWorker({ id: data.id }))).toMatchObject({
      isNotFound: true,
      isUncertain: true,
    })
  })

  test('a PATCH is repeated only where no second effect can come of it', async () => {
    const { data, etag } = await direct.createWorker({ body })
    const patch = { id: data.id, body: { employment: { jobTitle: 'Nurse' } } }
    for (const mishap of ['lose the answer', 'lose the request', gateway(502)] as const) {
      proxy.next(mishap)
      await expect(client.updateWorker(patch)).rejects.toThrow()
      expect(proxy.seen).toHaveLength(1)
    }
    proxy.next(busy, tooMany('0'))
    expect((await client.updateWorker(patch)).status).toBe(200)
    expect(proxy.seen).toHaveLength(3)

    const { etag: now } = await direct.getWorker({ id: data.id })
    expect(now).not.toBe(etag)
    proxy.next('lose the request')
    expect((await client.updateWorker(patch, { ifMatch: now ?? '' })).status).toBe(200)
    expect(proxy.seen).toHaveLength(2)
  })
})

describe('patience', () => {
  test('429 is waited for as long as it says', async () => {
    proxy.next(tooMany('1'))
    expect((await client.listWorkers()).status).toBe(200)
    const [pause = 0] = pauses()
    expect(pause).toBeGreaterThanOrEqual(990)
    expect(pause).toBeLessThan(2_500)
  })

  test('a wait that is too long is told instead of slept through', async () => {
    proxy.next(tooMany('3600'))
    const start = performance.now()
    expect(await thrownBy(client.listWorkers())).toMatchObject({ isRateLimited: true, retryAfter: 3_600 })
    expect(performance.now() - start).toBeLessThan(1_000)
  })

  test('after three repeats the last fault is thrown; fewer when told so', async () => {
    proxy.next(busy, busy, busy, busy, busy)
    expect(await thrownBy(client.listWorkers())).toMatchObject({ status: 503, attempts: 4 })
    expect(proxy.seen).toHaveLength(4)
    proxy.next(busy, busy)
    expect(await thrownBy(client.listWorkers({}, { maxRetries: 0 }))).toMatchObject({ attempts: 1 })
    expect(proxy.seen).toHaveLength(1)
  })

  test('a list goes on where it was', async () => {
    for (const displayName of ['A', 'B', 'C', 'D', 'E'])
      await direct.createWorker({ body: { identity: { displayName } } })
    proxy.next('pass', 'lose the answer', 'pass', 'cut the answer')
    const names: string[] = []
    for await (const { attributes } of client.iterateWorkers({ pageSize: 2 }))
      names.push(attributes.identity.displayName)
    expect(names).toEqual(['A', 'B', 'C', 'D', 'E'])
    expect(proxy.seen).toHaveLength(5)
  })

  test('a real limit slows a client down and loses nothing', async () => {
    const strict = await openServedHouse({ RATE_LIMIT: '20', RATE_LIMIT_BURST: '3' })
    try {
      const slow = createClient({ baseUrl: strict.baseUrl, token: strict.token })
      const made = await Promise.all(
        ['A', 'B', 'C', 'D', 'E', 'F'].map((displayName) =>
          slow.createWorker({ body: { identity: { displayName } } }),
        ),
      )
      expect(new Set(made.map(({ data }) => data.id)).size).toBe(6)
      expect((await slow.listWorkers()).meta.total).toBe(6)
    } finally {
      await strict.close()
    }
  })
})

describe('answers of somebody else', () => {
  test.each<[string, Mishap, number]>([
    ['a page instead of JSON', { status: 200, body: '<html>Welcome</html>' }, 200],
    ['JSON of another shape', { status: 200, body: '{"hello":"world"}' }, 200],
    ['a list without its cursor', { status: 200, body: '{"data":[],"meta":{}}' }, 200],
    ['nothing', { status: 200, body: '' }, 200],
    ['a fault of another product', { status: 500, body: '{"error":"oops"}' }, 500],
    ['a redirect', { status: 301, headers: { location: 'https://example.org/' } }, 301],
  ])('%s', async (_name, mishap, status) => {
    proxy.next(mishap)
    const thrown = await thrownBy(client.listWorkers())
    expect(thrown).toBeInstanceOf(VouchsafeAnswerError)
    expect(thrown).toMatchObject({ status, attempts: 1, isUncertain: true })
    expect((thrown as VouchsafeAnswerError).beginning).toBe(
      typeof mishap === 'object' ? (mishap.body ?? '') : '',
    )
    expect(proxy.seen).toHaveLength(1)
  })

  test('a list that comes back to where it was ends with an error', async () => {
    const page = (nextCursor: string): Mishap => ({
      status: 200,
      body: JSON.stringify({ data: [{ id: nextCursor }], meta: { nextCursor, requestId: 'r' } }),
    })
    for (const circle of [['a'], ['a', 'b'], ['a', 'b', 'c', 'd', 'b', 'c', 'd']]) {
      const endless = Array.from({ length: 60 }, (_, index) => page(circle[index % circle.length] ?? 'a'))
      proxy.next(...endless)
      const drained = (async () => {
        for await (const _worker of client.iterateWorkers());
      })()
      expect(await thrownBy(drained)).toBeInstanceOf(VouchsafeAnswerError)
      expect(proxy.seen.length).toBeLessThan(40)
    }
  })
})

describe('files', () => {
  const part = (isCut: boolean): Mishap => ({
    status: 200,
    headers: { 'content-type': 'text/csv', 'content-length': '1000' },
    body: 'a,b\n',
    isCut,
  })
  const id = 'imp_0000000000000000'

  test('a file that ends too early is an error, not a short file', async () => {
    proxy.next(part(true))
    const file = await client.getImportResults({ id })
    expect(file.bytes).toBe(1_000)
    expect(await thrownBy(file.text())).toBeInstanceOf(VouchsafeConnectionError)
  })

  test('its content may take longer than the time limit, and ends with the signal', async () => {
    const reason = new Error('enough')
    const controller = new AbortController()
    proxy.next(part(false))
    const file = await client.getImportResults({ id }, { timeoutMs: 200, signal: controller.signal })
    setTimeout(() => controller.abort(reason), 500)
    const start = performance.now()
    expect(await thrownBy(file.text())).toBe(reason)
    expect(performance.now() - start).toBeGreaterThan(400)
  })

  test('a lost file is asked for again; a fault is thrown as everywhere', async () => {
    proxy.next('lose the answer', busy)
    expect(await thrownBy(client.getImportResults({ id }))).toMatchObject({ isNotFound: true, attempts: 3 })
  })
})

describe('time and ends', () => {
  test('a server that never answers is a timeout', async () => {
    proxy.next('hang', 'hang')
    const thrown = await thrownBy(client.listWorkers({}, { timeoutMs: 100, maxRetries: 1 }))
    expect(thrown).toBeInstanceOf(VouchsafeConnectionError)
    expect(thrown).toMatchObject({ reason: 'TIMEOUT', attempts: 2, isUncertain: true })
  })

  test('a signal ends a call while it waits for an answer, and while it pauses', async () => {
    const reason = new Error('not wanted any more')
    for (const mishaps of [['hang'], [tooMany('30')]] as const) {
      proxy.next(...mishaps)
      const controller = new AbortController()
      const call = client.createWorker({ body }, { signal: controller.signal })
      setTimeout(() => controller.abort(reason), 100)
      expect(await thrownBy(call)).toBe(reason)
      expect(proxy.seen).toHaveLength(1)
    }
    proxy.next()
    expect(await thrownBy(client.listWorkers({}, { signal: AbortSignal.abort(reason) }))).toBe(reason)
    expect(proxy.seen).toHaveLength(0)
    expect(await total()).toBe(0)
  })

  test('a call leaves nothing behind on its signal', async () => {
    const { signal } = new AbortController()
    let listeners = 0
    const add = signal.addEventListener.bind(signal)
    const remove = signal.removeEventListener.bind(signal)
    signal.addEventListener = ((...given: Parameters<typeof add>) => {
      listeners += 1
      add(...given)
    }) as typeof add
    signal.removeEventListener = ((...given: Parameters<typeof remove>) => {
      listeners -= 1
      remove(...given)
    }) as typeof remove
    proxy.next(busy, 'lose the answer')
    await client.listWorkers({}, { signal })
    expect(proxy.seen).toHaveLength(3)
    expect(listeners).toBe(0)
  })
})
