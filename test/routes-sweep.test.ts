/** What holds on every route, whatever it is about (spec 10). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { routes } from '../server/app.ts'
import { buildHttpServer } from '../server/front-doors.ts'
import { receiveAttachment } from '../server/evidence/attachments/attachments.ts'
import { bringList } from '../server/evidence/registers/registers.lists.ts'
import { connectorInput } from '../server/evidence/registers/registers.schema.ts'
import { prepareConnector, removeConnector, setConnector } from '../server/evidence/registers/registers.ts'
import { trustIssuer } from '../server/evidence/signed-documents/signed-documents.ts'
import { openReview } from '../server/evidence/reviews/reviews.ts'
import { addAccount } from '../server/exchange/file-exchange/file-exchange.ts'
import { createFetchRequest } from '../server/collection/fetch-requests/fetch-requests.ts'
import { receiveFile } from '../server/exchange/imports/imports.ts'
import { basePath, type HttpServer } from '../server/platform/http/http-server.ts'
import { referencePage } from '../server/platform/http/reference.ts'
import type { ResourceRoute, Route } from '../server/platform/http/route.ts'
import { queueMail } from '../server/platform/mail/mail.ts'
import { allGrants } from '../server/tenancy/access/access.schema.ts'
import { createToken, revokeToken } from '../server/tenancy/access/access.ts'
import { organisationKey } from '../server/tenancy/organisations/organisations.ts'
import { beginTotp } from '../server/tenancy/users/users.second-factors.ts'
import { assertDocumented, assertGuarded } from './api/every-answer.ts'
import { consoleUser, type ConsoleUser } from './console-user.ts'
import { ownTypeInput } from '../server/workforce/credential-types/credential-types.schema.ts'
import { createOwnType } from '../server/workforce/credential-types/credential-types.ts'
import { openTestHouse, operator, type TestHouse } from './harness.ts'
import { multipart } from './multipart.ts'

const people = [
  'external_id,first_name,last_name,dob,email,position_id,licence_type,licence_number,issue_date,expiry_date',
  'E1,Sarah,Chen,1992-03-15,sarah@example.com,RN-001,AHPRA,NMW0001234567,2020-06-01,2026-05-31',
  'E2,Zoë,Ångström,1988-01-01,zoe@example.com,EN-001,AHPRA,NMW0001234568,2020-06-01,2026-05-31',
  'E3,Adam,Brown,1990-01-01,adam@example.com,EN-001,,,,',
].join('\n')

let house: TestHouse
let server: HttpServer
let ids: Record<string, string>
let attachmentId: string
let listVersionId: string
let token: string
let stranger: string
let user: ConsoleUser
let foreignUser: ConsoleUser

async function tokenOf(organisationId: string): Promise<string> {
  return (
    await house.runtime.write(organisationId, operator, (ctx) =>
      createToken(ctx, { name: 'all', grants: allGrants }),
    )
  ).token
}

beforeAll(async () => {
  house = await openTestHouse({ settings: { MAIL_EVENTS_KEY: 'k'.repeat(32) } })
  server = await buildHttpServer(house.runtime, '0.0.0')
  const { id } = await house.newOrganisation()
  const other = await house.newOrganisation()
  const blob = await house.runtime.storage.write(
    id,
    (async function* () {
      yield Buffer.from(people)
    })(),
  )
  const run = await house.runtime.write(id, operator, (ctx) =>
    receiveFile(ctx, { fileName: 'people.csv', blob, fileId: null, source: 'HRMS', mode: 'SNAPSHOT' }),
  )
  await house.drain()
  token = await tokenOf(id)
  stranger = await tokenOf(other.id)
  user = await consoleUser(house, id)
  foreignUser = await consoleUser(house, other.id)
  const key = await organisationKey(house.runtime, id)
  const { factor } = await house.runtime.write(id, operator, (ctx) =>
    beginTotp(ctx, key, { userId: user.id, name: undefined }),
  )
  await house.runtime.write(id, operator, (ctx) =>
    createOwnType(ctx, ownTypeInput.parse({ code: 'OUR_OWN', name: 'Our own' })),
  )
  const mail = await house.runtime.write(id, operator, (ctx) =>
    queueMail(ctx, { kind: 'test', to: 'sarah@example.com', subject: 'Hello', text: 'Hello' }),
  )
  const [worker] = await house.owner<{ id: string }>(
    "select id from workers where display_name = 'Sarah Chen'",
  )
  const [credential] = await house.owner<{ id: string }>('select id from credentials order by id')
  const [position] = await house.owner<{ id: string }>("select id from positions where code = 'RN-001'")
  const [accessToken] = await house.owner<{ id: string }>(
    'select id from access_tokens where organisation_id = $1',
    [id],
  )
  const account = await house.runtime.write(id, operator, (ctx) =>
    addAccount(ctx, { username: 'sweep', publicKeys: [], password: 'long enough' }),
  )
  const [written] = await house.owner<{ id: string }>('select id from exports where organisation_id = $1', [
    id,
  ])
  const document = await house.runtime.storage.write(
    id,
    (async function* () {
      yield Buffer.from('89504e470d0a1a0a', 'hex')
    })(),
  )
  const attachment = await house.runtime.write(id, operator, (ctx) =>
    receiveAttachment(
      ctx,
      { credentialId: credential?.id ?? '' },
      { name: 'a.png', mediaType: 'image/png', blob: document, scan: 'OFF' },
      'api',
    ),
  )
  attachmentId = attachment.id
  // A version of a published list that waits: it has lost all that was there.
  const list = await prepareConnector(
    house.runtime,
    id,
    connectorInput.parse({ kind: 'list', settings: { columns: { familyName: 'Surname' }, heldWhenLost: 0 } }),
  )
  await house.runtime.write(id, operator, (ctx) => setConnector(ctx, list, 'AHPRA', { isSandbox: true }))
  for (const name of ['Featherstone', 'Okonkwo']) {
    const version = await bringList(house.runtime, id, operator, 'AHPRA', {
      name: 'list.csv',
      content: (async function* () {
        yield Buffer.from(`Surname\n${name}\n`)
      })(),
    })
    listVersionId = version.id
  }
  await house.runtime.write(id, operator, (ctx) => removeConnector(ctx, 'AHPRA'))
  // Completed, so that there is a report of it.
  const request = await house.runtime.write(id, operator, (ctx) =>
    createFetchRequest(house.runtime, ctx, {
      worker: { id: worker?.id ?? '' },
      requestedCredentialTypes: ['FIRST_AID'],
    }),
  )
  await house.owner("update fetch_requests set status = 'COMPLETED' where id = $1", [request.id])
  const review = await house.runtime.write(id, operator, (ctx) =>
    openReview(ctx, {
      reason: 'DOCUMENT',
      subject: { type: 'credential', id: credential?.id ?? '' },
      workerId: worker?.id ?? '',
      credentialId: credential?.id ?? '',
      facts: {},
    }),
  )
  const issuer = await house.runtime.write(id, operator, (ctx) =>
    trustIssuer(ctx, { name: 'School', identifier: 'did:web:sweep.example', jwksUrl: null }),
  )
  ids = {
    'trusted-issuers': issuer.id,
    workers: worker?.id ?? '',
    credentials: credential?.id ?? '',
    positions: position?.id ?? '',
    'access-tokens': accessToken?.id ?? '',
    'sftp-accounts': account.id,
    'credential-types': 'OUR_OWN',
    outbox: mail,
    imports: run.id,
    exports: written?.id ?? '',
    users: user.id,
    sessions: user.sessionId,
    me: factor.id,
    registers: 'AHPRA',
    'fetch-requests': request.id,
    reviews: review.id,
  }
})
afterAll(async () => {
  await server.close()
  await house.close()
})

interface Answer {
  readonly status: number
  readonly headers: Record<string, unknown>
  readonly body: Record<string, unknown>
}

async function ask(
  method: string,
  path: string,
  options: { token?: string; body?: string | Buffer; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const answer = await server.inject({
    method: method as 'GET',
    url: basePath + path,
    headers: {
      ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
      ...(options.body === undefined
        ? {}
        : {
            'content-type': Buffer.isBuffer(options.body) ? multipart({}).contentType : 'application/json',
          }),
      ...options.headers,
    },
    ...(options.body === undefined ? {} : { payload: options.body }),
  })
  assertGuarded(answer.headers)
  assertDocumented(method, path, answer.statusCode)
  const isJson = String(answer.headers['content-type']).includes('json') && answer.payload !== ''
  return {
    status: answer.statusCode,
    headers: answer.headers,
    body: isJson ? (answer.json() as Record<string, unknown>) : {},
  }
}

/** The route's path for a thing that is there. */
function pathOf(route: Route, id = ids[route.path.split('/')[1] ?? ''] ?? ''): string {
  return route.path
    .replace('{sourceSystem}', 'HRMS')
    .replace('{externalId}', id === ids['workers'] ? 'E1' : id)
    .replace('{id}', id)
    .replace('{row}', '1')
    .replace('{attachmentId}', attachmentId)
    .replace('{versionId}', listVersionId)
    .concat(route.path === '/sftp-files/content' ? '?path=/templates/employees-template.csv' : '')
}
const takesBody = (route: Route): boolean =>
  (route.kind === 'resource' || route.kind === 'action' || route.kind === 'results') &&
  route.body !== undefined
const withQuery = (path: string, query: string): string => `${path}${path.includes('?') ? '&' : '?'}${query}`
const uploadOf = (route: Route): ResourceRoute['upload'] =>
  route.kind === 'resource' ? route.upload : undefined
const formOf = (route: Route, more: object = {}): Buffer =>
  multipart({ ...((route as ResourceRoute).bodyExample as object), file: uploadOf(route)?.example, ...more })
    .body
const bodyOf = (route: Route): { body?: string | Buffer } =>
  uploadOf(route)
    ? { body: formOf(route) }
    : takesBody(route)
      ? { body: JSON.stringify((route as { bodyExample?: unknown }).bodyExample) }
      : {}
/** As whom a route is asked by somebody of our organisation, and by a stranger. */
type Asker = { token: string } | { headers: Record<string, string> }
const us = (route: Route): Asker => (route.grant === 'session' ? { headers: { ...user.headers } } : { token })
const them = (route: Route): Asker =>
  route.grant === 'session' ? { headers: { ...foreignUser.headers } } : { token: stranger }

describe.each(routes.map((route) => [`${route.method} ${route.path}`, route] as const))(
  '%s',
  (_name, route) => {
    if (route.grant === 'public') {
      test('asks nobody who they are, but from which page they come', async () => {
        const answer = await ask(route.method, pathOf(route), bodyOf(route))
        expect(['TOKEN_MISSING', 'TOKEN_INVALID', 'GRANT_MISSING']).not.toContain(answer.body['code'])
        expect(answer.status).toBeLessThan(500)
        if (route.method === 'GET') return
        expect(
          await ask(route.method, pathOf(route), {
            ...bodyOf(route),
            headers: { origin: 'https://evil.example' },
          }),
        ).toMatchObject({ status: 403, body: { code: 'CSRF_REQUIRED' } })
      })
    } else {
      test('401 without a token or session, with a malformed, an unknown and a revoked one', async () => {
        expect(await ask(route.method, pathOf(route), bodyOf(route))).toMatchObject({
          status: 401,
          body: { code: 'TOKEN_MISSING' },
        })
        for (const wrong of ['nonsense', `vs_${'x'.repeat(32)}`]) {
          expect(await ask(route.method, pathOf(route), { token: wrong, ...bodyOf(route) })).toMatchObject({
            status: 401,
            body: { code: 'TOKEN_INVALID' },
          })
        }
        for (const wrong of ['', 'nonsense', 'x'.repeat(43)]) {
          const headers = { cookie: `vouchsafe_session=${wrong}` }
          expect(await ask(route.method, pathOf(route), { headers, ...bodyOf(route) })).toMatchObject({
            status: 401,
            body: { code: 'SESSION_INVALID' },
          })
        }
      })

      if (route.method !== 'GET') {
        test('403 for a session whose request may come from another site', async () => {
          const { cookie } = user.headers
          for (const headers of [
            { cookie },
            { cookie, 'x-csrf-token': foreignUser.headers['x-csrf-token'] },
            { ...user.headers, origin: 'https://evil.example' },
            { ...user.headers, 'sec-fetch-site': 'cross-site' },
          ])
            expect(await ask(route.method, pathOf(route), { headers, ...bodyOf(route) })).toMatchObject({
              status: 403,
              body: { code: 'CSRF_REQUIRED' },
            })
        })
      }
    }

    if (route.grant === 'session') {
      test('403 for a token, which has no user', async () => {
        expect(await ask(route.method, pathOf(route), { token, ...bodyOf(route) })).toMatchObject({
          status: 403,
          body: { code: 'SESSION_REQUIRED' },
        })
      })
    }

    const { grant } = route
    if (typeof grant === 'object') {
      test('403 naming the grant', async () => {
        const { id } = await house.newOrganisation()
        const others = Object.fromEntries(
          Object.entries(allGrants).filter(([entity]) => entity !== grant.entity),
        )
        const { token: poor } = await house.runtime.write(id, operator, (ctx) =>
          createToken(ctx, { name: 'poor', grants: others }),
        )
        const answer = await ask(route.method, pathOf(route), { token: poor, ...bodyOf(route) })
        expect(answer).toMatchObject({
          status: 403,
          body: { code: 'GRANT_MISSING', grant: `${grant.entity}:${grant.verb}` },
        })
        expect(answer.body['detail']).toContain(`${grant.entity}:${grant.verb}`)
      })
    }

    const isUpsert = route.kind === 'resource' && route.mayReplace === true
    if (route.path.includes('{') && !isUpsert) {
      test('404 for another organisation’s id, equal to that of an unknown and of a malformed one', async () => {
        const own = route.path.includes('{externalId}')
          ? 'E1'
          : route.path.startsWith('/registers/')
            ? 'NO_SUCH_REGISTER' // their codes are everybody's
            : (ids[route.path.split('/')[1] ?? ''] as string)
        const about = async (id: string, by: Asker): Promise<unknown> => {
          const { status, body } = await ask(route.method, pathOf(route, encodeURIComponent(id)), {
            ...by,
            ...bodyOf(route),
          })
          return { status, body: { ...body, requestId: '', instance: '' } }
        }
        const foreign = await about(own, them(route))
        expect(foreign).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } })
        expect(await about('wkr_0000000000000000', us(route))).toEqual(foreign)
        expect(await about('%00 or 1=1', us(route))).toEqual(foreign)
        for (const odd of ['%00', '%zz', '%ff', '..%2f..', 'x'.repeat(900)]) {
          expect(
            await ask(route.method, pathOf(route, odd), { ...us(route), ...bodyOf(route) }),
            odd,
          ).toMatchObject({ status: 404 })
        }
      })
    }

    test('405 names what is allowed', async () => {
      const matches = (other: Route): boolean =>
        new RegExp(`^${other.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(route.path)
      const taken = routes.filter(matches).map((other) => other.method)
      const free = (['POST', 'PUT', 'PATCH', 'DELETE'] as const).filter((method) => !taken.includes(method))
      for (const method of free) {
        const answer = await ask(method, pathOf(route), { ...us(route), ...bodyOf(route) })
        expect(answer, method).toMatchObject({ status: 405, body: { code: 'METHOD_NOT_ALLOWED' } })
        expect(answer.headers['allow']).toContain(route.method)
      }
    })

    test('OPTIONS is 405 and gives other origins nothing', async () => {
      const origin = { origin: 'https://elsewhere.example', 'access-control-request-method': route.method }
      const preflight = await ask('OPTIONS', pathOf(route), { token, headers: origin })
      expect(preflight).toMatchObject({ status: 405, body: { code: 'METHOD_NOT_ALLOWED' } })
      expect(preflight.headers['allow']).toContain(route.method)
      // That no header opens the answer to another origin is held for every answer of this file.
      await ask(route.method, pathOf(route), { headers: origin, ...bodyOf(route) })
    })

    if (route.method === 'GET' && route.kind !== 'action') {
      test('HEAD answers as GET does, without the body', async () => {
        const own = route.grant === 'session' ? user.headers : { authorization: `Bearer ${token}` }
        const headers = { ...own, 'x-request-id': 'same' }
        const url = basePath + pathOf(route)
        const get = await server.inject({ method: 'GET', url, headers })
        const head = await server.inject({ method: 'HEAD', url, headers })
        expect(get.statusCode).toBe(200)
        expect(head.statusCode).toBe(200)
        expect(head.payload).toBe('')
        // What differs by the moment.
        const lasting = ({ date, ratelimit, ...rest }: Record<string, unknown>): object => rest
        expect(lasting(head.headers)).toEqual(lasting(get.headers))
        expect(Number(head.headers['content-length'])).toBe(get.rawPayload.length)
        assertGuarded(head.headers)
      })
    }

    // A provider of single sign-on may send more than was asked for.
    const takesAnyQuery = route.kind === 'action' && route.query !== undefined
    const isProven = route.kind === 'action' && route.proof !== undefined
    test.skipIf(takesAnyQuery || isProven)('400 naming unknown parameters', async () => {
      const answer = await ask(route.method, withQuery(pathOf(route), 'colour=blue'), {
        ...us(route),
        ...bodyOf(route),
      })
      expect(answer).toMatchObject({
        status: 400,
        body: { code: 'VALIDATION_FAILED', errors: [{ pointer: '/colour', code: 'UNKNOWN_FIELD' }] },
      })
    })

    if (route.kind === 'list') {
      test('a cursor of another list is a fault or a place in this one, never a fault of ours', async () => {
        const keys = [
          ['x'],
          ['x', 'y'],
          ['x', 'y', 'z'],
          [1],
          [1, 2],
          [1.5],
          [2 ** 31],
          [-1e308],
          ['2026-02-30', 'y'],
          ['\u0000', '\u0000'],
          ['-271821-04-20T00:00:00.000Z', 'y'],
          ['+275760-09-13T00:00:00.000Z', 'y'],
          ['0000-01-01T00:00:00.000Z', 'y'],
        ]
        for (const key of keys) {
          const cursor = Buffer.from(JSON.stringify([key, 3, true])).toString('base64url')
          const { status } = await ask('GET', withQuery(pathOf(route), `cursor=${cursor}`), us(route))
          expect([200, 400], JSON.stringify(key)).toContain(status)
        }
      })
    }

    if (route.method === 'GET' && route.kind !== 'action') {
      test('answers as documented, with its request id', async () => {
        const answer = await ask(route.method, pathOf(route), {
          ...us(route),
          headers: { ...('headers' in us(route) ? user.headers : {}), 'x-request-id': 'mine-1' },
        })
        expect(answer.status).toBe(200)
        expect(answer.headers['x-request-id']).toBe('mine-1')
        if (route.kind === 'file' || route.kind === 'removal') return
        const data = answer.body['data'] as {
          id: string
          type: string
          attributes: unknown
          lastUpdated: string
        }
        for (const one of Array.isArray(data) ? (data as (typeof data)[]) : [data]) {
          expect(one.type).toBe(route.type)
          expect(one.lastUpdated).toMatch(/Z$/)
        }
        expect((answer.body['meta'] as { requestId: string }).requestId).toBe('mine-1')
      })
    }

    if (uploadOf(route)) {
      test('judges a form with all its faults', async () => {
        const asked = (body: string | Buffer, type?: string): Promise<Answer> =>
          ask(route.method, pathOf(route), {
            ...us(route),
            body,
            ...(type === undefined ? {} : { headers: { 'content-type': type } }),
          })
        const faulty = { more: '1', source: '' }
        expect(await asked(formOf(route, faulty))).toMatchObject({
          status: 400,
          body: {
            code: 'VALIDATION_FAILED',
            errors: expect.arrayContaining(
              Object.keys(faulty).map((name) => expect.objectContaining({ pointer: `/${name}` }) as unknown),
            ) as unknown,
          },
        })
        expect(await asked(formOf(route, { file: undefined }))).toMatchObject({
          status: 400,
          body: { errors: [{ pointer: '/file', code: 'REQUIRED' }] },
        })
        for (const [body, type] of [
          [formOf(route).subarray(0, -40), undefined],
          [Buffer.from('noise'), undefined],
          [Buffer.alloc(0), undefined],
          [formOf(route), 'multipart/form-data'],
        ] as const)
          expect(await asked(body, type)).toMatchObject({
            status: 400,
            body: { code: 'MALFORMED_MULTIPART' },
          })
        const asJson = uploadOf(route)?.asJson
        if (asJson) {
          expect(await asked('{', 'application/json')).toMatchObject({
            status: 400,
            body: { code: 'MALFORMED_JSON' },
          })
          expect(await asked('{"more":1}', 'application/json')).toMatchObject({
            status: 400,
            body: {
              errors: expect.arrayContaining([expect.objectContaining({ pointer: '/more' })]) as unknown,
            },
          })
        }
        const others = [
          'text/csv',
          'multipart/mixed; boundary=x',
          '',
          ...(asJson ? [] : ['application/json']),
        ]
        for (const type of others)
          expect(await asked(formOf(route), type), type).toMatchObject({
            status: 415,
            body: { code: 'MEDIA_TYPE_UNSUPPORTED' },
          })
      })
    } else if (route.kind === 'action' && route.proof) {
      test('asks for the proof before anything of the body is read', async () => {
        for (const body of ['{', '{"more":1}', bodyOf(route).body])
          expect(await ask(route.method, pathOf(route), body === undefined ? {} : { body })).toMatchObject({
            status: 401,
            body: { code: 'SIGNATURE_INVALID' },
          })
      })
    } else if (takesBody(route)) {
      test('judges existence before the body, and the body with all its faults', async () => {
        if (route.path.includes('{') && !isUpsert) {
          const unknown = pathOf(route, 'imp_0000000000000000')
          expect(await ask(route.method, unknown, { ...us(route), body: '{' })).toMatchObject({ status: 404 })
        }
        expect(await ask(route.method, pathOf(route), { ...us(route), body: '{' })).toMatchObject({
          status: 400,
          body: { code: 'MALFORMED_JSON' },
        })
        expect(await ask(route.method, pathOf(route), us(route))).toMatchObject({
          status: 400,
          body: { code: 'MALFORMED_JSON' },
        })
        expect(await ask(route.method, pathOf(route), { ...us(route), body: '{"more":1}' })).toMatchObject({
          status: 400,
          body: {
            code: 'VALIDATION_FAILED',
            errors: expect.arrayContaining([expect.objectContaining({ pointer: '/more' })]) as unknown,
          },
        })
        for (const type of [
          'text/plain',
          'application/xml',
          'application/x-www-form-urlencoded',
          multipart({}).contentType,
          '',
        ]) {
          expect(
            await ask(route.method, pathOf(route), {
              ...us(route),
              body: '{}',
              headers: { ...('headers' in us(route) ? user.headers : {}), 'content-type': type },
            }),
            type,
          ).toMatchObject({ status: 415, body: { code: 'MEDIA_TYPE_UNSUPPORTED' } })
        }
        expect(
          await ask(route.method, pathOf(route), {
            ...us(route),
            body: `"${'x'.repeat(('bodyBytesMax' in route && route.bodyBytesMax ? route.bodyBytesMax : 1_048_576) + 1)}"`,
          }),
        ).toMatchObject({ status: 413 })
      })
    }
  },
)

describe('access', () => {
  test('a token that was revoked or has expired is refused at once', async () => {
    const { id } = await house.newOrganisation()
    const made = await house.runtime.write(id, operator, (ctx) =>
      createToken(ctx, { name: 'short', grants: allGrants, expiresInMs: 60_000 }),
    )
    expect(await ask('GET', '/workers', { token: made.token })).toMatchObject({ status: 200 })
    house.clock.advance('1m')
    expect(await ask('GET', '/workers', { token: made.token })).toMatchObject({
      status: 401,
      body: { code: 'TOKEN_INVALID' },
    })
    const second = await house.runtime.write(id, operator, (ctx) =>
      createToken(ctx, { name: 'second', grants: allGrants }),
    )
    await house.runtime.write(id, operator, (ctx) => revokeToken(ctx, second.id))
    expect(await ask('GET', '/workers', { token: second.token })).toMatchObject({ status: 401 })
  })
})

describe('lists', () => {
  test('a total is counted once: a cursor brings it along, and `total=exact` counts all', async () => {
    const first = await ask('GET', '/workers?pageSize=1&total=exact', { token })
    expect(first.body['meta']).toMatchObject({ total: 3, totalIsExact: true })
    const { nextCursor } = first.body['meta'] as { nextCursor: string }
    await ask('POST', '/workers', { token, body: JSON.stringify({ identity: { displayName: 'Aa' } }) })
    const second = await ask('GET', `/workers?pageSize=1&cursor=${nextCursor}`, { token })
    expect(second.body['meta']).toMatchObject({ total: 3, totalIsExact: true })
    const made = await ask('GET', '/workers?query=aa', { token })
    const [{ id } = { id: '' }] = made.body['data'] as { id: string }[]
    await ask('DELETE', `/workers/${id}`, { token })
  })
  test('workers with what they hold, for those who may see it', async () => {
    const held = [
      expect.objectContaining({ credentialType: 'AHPRA', number: 'NMW0001234567', licenceStatus: 'yellow' }),
    ] as unknown
    const one = await ask('GET', `/workers/${ids['workers']}?include=credentials`, { token })
    expect(one.body['data']).toMatchObject({ attributes: { credentials: held } })
    expect((await ask('GET', `/workers/${ids['workers']}`, { token })).body['data']).not.toHaveProperty(
      'attributes.credentials',
    )
    expect(
      (await ask('GET', '/workers/by-external-id/HRMS/E1?include=credentials', { token })).body['data'],
    ).toMatchObject({ attributes: { credentials: held } })
    const all = await ask('GET', '/workers?include=credentials', { token })
    expect(all.body['data']).toMatchObject([
      { attributes: { credentials: [] } },
      { attributes: { credentials: held } },
      { attributes: { credentials: [{ number: 'NMW0001234568' }] } },
    ])
    const { id } = await house.newOrganisation()
    const { token: poor } = await house.runtime.write(id, operator, (ctx) =>
      createToken(ctx, { name: 'poor', grants: { worker: ['READ'] } }),
    )
    for (const path of ['/workers', '/workers/by-external-id/HRMS/E1'])
      expect(await ask('GET', `${path}?include=credentials`, { token: poor })).toMatchObject({
        status: 403,
        body: { grant: 'credential:READ' },
      })
  })
  const names = (answer: Answer): string[] =>
    (answer.body['data'] as { attributes: { identity: { displayName: string } } }[]).map(
      (one) => one.attributes.identity.displayName,
    )

  test('workers in the order of the name, by page and by cursor', async () => {
    const all = await ask('GET', '/workers', { token })
    expect(names(all)).toEqual(['Adam Brown', 'Sarah Chen', 'Zoë Ångström'])
    expect(all.body['meta']).toMatchObject({ page: 1, pageSize: 25, total: 3, nextCursor: null })
    const second = await ask('GET', '/workers?page=2&pageSize=1', { token })
    expect(names(second)).toEqual(['Sarah Chen'])
    const { nextCursor } = second.body['meta'] as { nextCursor: string }
    expect(names(await ask('GET', `/workers?pageSize=1&cursor=${nextCursor}`, { token }))).toEqual([
      'Zoë Ångström',
    ])
  })
  test.each([
    ['externalId=E2', ['Zoë Ångström']],
    ['externalId=E2&sourceSystem=hrms', ['Zoë Ångström']],
    ['externalId=E2&sourceSystem=other', []],
    ['positionId=EN-001', ['Adam Brown', 'Zoë Ångström']],
    ['status=INACTIVE', []],
    ['licenceStatus=yellow', ['Sarah Chen', 'Zoë Ångström']],
    ['query=zoe', ['Zoë Ångström']],
    ['query=SARAH%40', ['Sarah Chen']],
    ['query=chen', ['Sarah Chen']],
    ['query=%C3%A5ngstr', ['Zoë Ångström']],
    ['query=a', ['Adam Brown', 'Zoë Ångström']],
    ['query=%25', []],
    ['updatedSince=2030-01-01T00:00:00Z', []],
  ])('workers?%s', async (query, expected) => {
    expect(names(await ask('GET', `/workers?${query}`, { token }))).toEqual(expected)
  })
  test.each([
    ['credentialType=AHPRA', 2],
    ['category=CHILD_SAFETY', 0],
    ['category=PROFESSIONAL_REGISTRATION', 2],
    ['ownerExternalId=E1&ownerSourceSystem=HRMS', 1],
    ['expiringBefore=2026-06-01', 2],
    ['expiringBefore=2026-05-31', 0],
    ['assurance=DECLARED&licenceStatus=yellow', 2],
    ['eligibility=MAY_ENGAGE', 0],
    ['jurisdiction=VIC', 0],
  ])('credentials?%s', async (query, expected) => {
    expect((await ask('GET', `/credentials?${query}`, { token })).body['meta']).toMatchObject({
      total: expected,
    })
  })
  test.each([
    'page=0',
    'pageSize=201',
    'pageSize=x',
    'cursor=x',
    'cursor=W10',
    'status=GONE',
    'updatedSince=yesterday',
    'updatedSince=0000-12-31T00:00:00Z',
    'updatedSince=9999-12-31T23:59:59-12:00',
    'updatedSince=2026-02-01T25:00:00Z',
    'licenceStatus=blue',
  ])('workers?%s is 400', async (query) => {
    expect(await ask('GET', `/workers?${query}`, { token })).toMatchObject({
      status: 400,
      body: { code: 'VALIDATION_FAILED' },
    })
  })
  test.each(['0000-01-01', '2026-02-30', '10000-01-01', '2026-2-1'])(
    'credentials?expiringBefore=%s is 400',
    async (date) => {
      expect(await ask('GET', `/credentials?expiringBefore=${date}`, { token })).toMatchObject({
        status: 400,
        body: { errors: [{ pointer: '/expiringBefore' }] },
      })
    },
  )
  test('an unchanged resource is 304', async () => {
    const first = await ask('GET', `/workers/${ids['workers']}`, { token })
    expect(first.headers['etag']).toMatch(/^"[\w-]{20,}"$/)
    expect(
      await ask('GET', `/workers/${ids['workers']}`, {
        token,
        headers: { 'if-none-match': String(first.headers['etag']) },
      }),
    ).toMatchObject({ status: 304 })
  })
})

describe('exports', () => {
  test('the newest first, by cursor too; the file as it is, and that it was taken is recorded', async () => {
    const list = await ask('GET', '/exports?pageSize=1', { token })
    const { nextCursor, total } = list.body['meta'] as { nextCursor: string; total: number }
    expect(total).toBeGreaterThan(0)
    expect(await ask('GET', `/exports?pageSize=1&cursor=${nextCursor}`, { token })).toMatchObject({
      status: 200,
    })
    expect(await ask('GET', '/exports?source=nobody', { token })).toMatchObject({ body: { data: [] } })
    const content = await server.inject({
      url: `${basePath}/exports/${ids['exports']}/content`,
      headers: { authorization: `Bearer ${token}` },
    })
    expect(content.headers).toMatchObject({
      'content-type': 'text/csv',
      'content-disposition': expect.stringMatching(
        /^attachment; filename="Vouchsafe-\d{8}_\d{6}\.csv"$/,
      ) as string,
    })
    expect(content.payload).toMatch(/^"external_id","licence_type"/)
    expect(
      await house.owner(
        "select 1 from audit_entries where entity_id = $1 and action = 'download' and actor_kind = 'TOKEN'",
        [ids['exports']],
      ),
    ).not.toEqual([])
  })
})

describe('the server', () => {
  test('a token that asks too much waits, and is told how long; others do not', async () => {
    const strict = await openTestHouse({ settings: { RATE_LIMIT: '1', RATE_LIMIT_BURST: '3' } })
    const limited = await buildHttpServer(strict.runtime, '0.0.0')
    try {
      const { id } = await strict.newOrganisation()
      const make = async (): Promise<string> =>
        (
          await strict.runtime.write(id, operator, (ctx) =>
            createToken(ctx, { name: 'x', grants: allGrants }),
          )
        ).token
      const [greedy, modest] = [await make(), await make()]
      const get = (by: string): Promise<{ statusCode: number; headers: Record<string, unknown> }> =>
        limited.inject({
          url: `${basePath}/workers`,
          headers: { authorization: `Bearer ${by}` },
        }) as never
      expect(await get(greedy)).toMatchObject({
        statusCode: 200,
        headers: { 'ratelimit-policy': '"token";q=3;w=3', ratelimit: '"token";r=2;t=1' },
      })
      await get(greedy)
      await get(greedy)
      expect(await get(greedy)).toMatchObject({ statusCode: 429, headers: { 'retry-after': '1' } })
      expect(await get(modest)).toMatchObject({ statusCode: 200 })
    } finally {
      await limited.close()
      await strict.close()
    }
  })
  test('health, readiness, the document, an unknown address', async () => {
    for (const url of ['/healthz', '/readyz', '/nothing', `${basePath}/openapi.json`, `${basePath}/docs`])
      assertGuarded((await server.inject({ url, headers: { origin: 'https://elsewhere.example' } })).headers)
    expect((await server.inject('/healthz')).statusCode).toBe(200)
    expect((await server.inject('/readyz')).json()).toMatchObject({
      status: 'ready',
      parts: { database: { ok: true }, storage: { ok: true } },
    })
    const document = (await server.inject(`${basePath}/openapi.json`)).json() as {
      openapi: string
      paths: object
    }
    expect(document.openapi).toBe('3.1.0')
    expect(Object.keys(document.paths)).toEqual([...new Set(routes.map((route) => route.path))])
    expect((await server.inject('/nothing')).json()).toMatchObject({ status: 404, code: 'NOT_FOUND' })
  })
  test('the reference page names every operation, runs no script and lets nothing in unescaped', async () => {
    const page = await server.inject(`${basePath}/docs`)
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(page.headers['content-security-policy']).toContain("default-src 'none'; style-src 'sha256-")
    for (const route of routes) {
      expect(page.payload).toContain(`id="${route.name}"`)
      expect(page.payload).toContain(`href="#${route.name}"`)
    }
    expect(page.payload).not.toMatch(/<script|undefined|\[object/)
    const hostile = referencePage(
      {
        info: { title: '<b>', version: '1', description: '`a<b`' },
        tags: [{ name: '<i>' }],
        paths: {},
      },
      basePath,
    )
    expect(hostile).not.toMatch(/<b>|<i>|a<b/)
  })
})
