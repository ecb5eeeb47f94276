/** Users and invitations over HTTP. What holds on every route is in test/routes-sweep.test.ts. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Browser, type Answer } from '../../../test/browser.ts'
import { consoleUser, password, secretOf, type ConsoleUser } from '../../../test/console-user.ts'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import { buildHttpServer } from '../../front-doors.ts'
import { basePath, type HttpServer } from '../../platform/http/http-server.ts'
import { parseGrants } from '../access/access.schema.ts'
import { createToken } from '../access/access.ts'
import { roles } from './users.schema.ts'
import { inviteFirstOwner } from './users.ts'

let house: TestHouse
let server: HttpServer
let organisationId: string
let owner: ConsoleUser

beforeAll(async () => {
  house = await openTestHouse({ settings: { PUBLIC_URL: 'https://vouchsafe.example' } })
  server = await buildHttpServer(house.runtime, '0.0.0')
})
beforeEach(async () => {
  organisationId = (await house.newOrganisation()).id
  owner = await consoleUser(house, organisationId, 'owner')
})
afterAll(async () => {
  await server.close()
  await house.close()
})

function ask(
  by: { readonly headers: object },
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer> {
  return new Browser(server).ask(method, path, { body, headers: by.headers as Record<string, string> })
}
const bearer = async (...grants: string[]): Promise<{ headers: object }> => {
  const { token } = await house.runtime.write(organisationId, operator, (ctx) =>
    createToken(ctx, { name: 'x', grants: parseGrants(grants) }),
  )
  return { headers: { authorization: `Bearer ${token}` } }
}
const linkOf = (answer: Answer): string => (answer.attributes['invitation'] as { link: string }).link
const accept = (link: string, more: object = {}): Promise<Answer> =>
  new Browser(server).ask('POST', '/invitations/accept', {
    body: { token: secretOf(link), password, ...more },
  })
const invite = (
  by: { headers: object },
  role: string,
  email = `new-${Math.random()}@example.com`,
): Promise<Answer> => ask(by, 'POST', '/users', { email, role })

describe('an invitation', () => {
  test('is 201 with a link, shown once; accepting it signs in', async () => {
    const made = await ask(owner, 'POST', '/users', {
      email: ' Sarah@Example.com ',
      role: 'manager',
      displayName: 'Sarah Chen',
    })
    expect(made).toMatchObject({
      status: 201,
      headers: { location: `${basePath}/users/${made.id}` },
      attributes: { email: 'Sarah@Example.com', role: 'manager', state: 'INVITED', hasPassword: false },
    })
    const link = linkOf(made)
    expect(link).toMatch(/^https:\/\/vouchsafe\.example\/console#invitation=[\w-]{43}$/)
    const [kept] = await house.owner<{ row: string }>(
      'select to_jsonb(l)::text as row from user_links l where user_id = $1',
      [made.id],
    )
    expect(kept?.row).not.toContain(secretOf(link))

    const answer = await accept(link)
    expect(answer).toMatchObject({
      status: 200,
      id: made.id,
      attributes: { state: 'ACTIVE', hasPassword: true, organisation: { id: organisationId } },
    })
    expect(String(answer.headers['set-cookie'])).toEqual(
      expect.stringMatching(
        /^vouchsafe_session=[\w-]{43}; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Lax; Secure$/,
      ),
    )
    expect(answer.headers['cache-control']).toBe('no-store')
    expect((await new Browser(server).signIn('SARAH@example.com', password)).status).toBe(200)
  })

  test('serves once, within seven days, and not after a newer one', async () => {
    const made = await invite(owner, 'viewer')
    expect(await ask(owner, 'POST', `/users/${made.id}/invite`)).toMatchObject({ status: 200, id: made.id })
    const second = await ask(owner, 'POST', `/users/${made.id}/invite`)
    const invalid = { status: 400, body: { code: 'LINK_INVALID' } }
    expect(await accept(linkOf(made))).toMatchObject(invalid)
    house.clock.advance('7d')
    expect(await accept(linkOf(second))).toMatchObject(invalid)
    const fresh = await consoleUser(house, organisationId, 'owner')
    const third = await ask(fresh, 'POST', `/users/${made.id}/invite`)
    expect(await accept(linkOf(third), { password: 'short' })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/password', code: 'PASSWORD_WEAK' }] },
    })
    const twice = await Promise.all([accept(linkOf(third)), accept(linkOf(third))])
    expect(twice.map((one) => one.status).sort()).toEqual([200, 400])
    expect(await accept(linkOf(third))).toMatchObject(invalid)
    expect(await ask(fresh, 'POST', `/users/${made.id}/invite`)).toMatchObject({
      status: 409,
      body: { code: 'CONFLICT' },
    })
  })

  test('of a disabled or deleted user opens nothing', async () => {
    const disabled = await invite(owner, 'viewer')
    await ask(owner, 'PATCH', `/users/${disabled.id}`, { state: 'DISABLED' })
    expect(await ask(owner, 'POST', `/users/${disabled.id}/invite`)).toMatchObject({ status: 409 })
    const deleted = await invite(owner, 'viewer')
    expect((await ask(owner, 'DELETE', `/users/${deleted.id}`)).status).toBe(204)
    for (const link of [disabled, deleted].map(linkOf))
      expect(await accept(link)).toMatchObject({ status: 400, body: { code: 'LINK_INVALID' } })
  })

  test('goes to one user per address and organisation, whatever runs at once', async () => {
    const email = 'twin@example.com'
    const answers = await Promise.all([1, 2, 3, 4].map(() => invite(owner, 'viewer', email)))
    expect(answers.map((one) => one.status).sort()).toEqual([201, 409, 409, 409])
    const made = answers.find((one) => one.status === 201)
    expect(await invite(owner, 'viewer', 'TWIN@Example.COM')).toMatchObject({
      status: 409,
      body: { code: 'USER_EXISTS', holder: made?.id },
    })
    const other = await consoleUser(house, (await house.newOrganisation()).id)
    expect((await invite(other, 'viewer', email)).status).toBe(201)
    await ask(owner, 'DELETE', `/users/${made?.id}`)
    expect((await invite(owner, 'viewer', email)).status).toBe(201)
  })

  test('with an Idempotency-Key is made once, and its link is not kept', async () => {
    const body = JSON.stringify({ email: 'once@example.com', role: 'viewer' })
    const again = (): Promise<Answer> =>
      new Browser(server).ask('POST', '/users', {
        body: JSON.parse(body) as unknown,
        headers: { ...owner.headers, 'idempotency-key': 'k-1' },
      })
    const first = await again()
    expect(first.status).toBe(201)
    expect(await again()).toMatchObject({
      status: 409,
      headers: { 'idempotency-replayed': 'true' },
      body: { code: 'SECRET_SHOWN_ONCE', id: first.id },
    })
    const [kept] = await house.owner<{ row: string }>(
      'select to_jsonb(a)::text as row from idempotency_answers a where token_id = $1',
      [owner.id],
    )
    expect(kept?.row).not.toContain(secretOf(linkOf(first)))
  })

  test('of the first owner of an installation lets them say who they are; nobody else', async () => {
    const { link } = await house.runtime.write(organisationId, operator, (ctx) =>
      inviteFirstOwner(ctx, house.config),
    )
    const made = await invite(owner, 'viewer')
    expect(await accept(linkOf(made), { email: 'me@example.com' })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/email' }] },
    })
    expect(await accept(link, { email: owner.email })).toMatchObject({
      status: 409,
      body: { code: 'USER_EXISTS' },
    })
    expect(await accept(link, { email: 'me@example.com' })).toMatchObject({
      status: 200,
      attributes: { email: 'me@example.com', role: 'owner' },
    })
  })
})

describe('nobody makes more of anybody than they are', () => {
  test('by session', async () => {
    const admin = await consoleUser(house, organisationId, 'admin')
    expect(await invite(admin, 'owner')).toMatchObject({ status: 409, body: { code: 'ROLE_ABOVE_OWN' } })
    for (const role of roles.slice(1)) expect((await invite(admin, role)).status, role).toBe(201)
    for (const [path, body] of [
      [`/users/${admin.id}`, { role: 'owner' }],
      [`/users/${owner.id}`, { role: 'viewer' }],
      [`/users/${owner.id}`, { state: 'DISABLED' }],
    ] as const)
      expect(await ask(admin, 'PATCH', path, body)).toMatchObject({
        status: 409,
        body: { code: 'ROLE_ABOVE_OWN' },
      })
    expect(await ask(admin, 'DELETE', `/users/${owner.id}`)).toMatchObject({ status: 409 })
    for (const role of ['manager', 'reviewer', 'viewer'] as const) {
      const user = await consoleUser(house, organisationId, role)
      expect(await invite(user, 'viewer'), role).toMatchObject({ status: 403 })
      expect(await ask(user, 'PATCH', `/users/${user.id}`, { role: 'owner' })).toMatchObject({
        status: 403,
        body: { grant: 'user:UPDATE' },
      })
    }
  })
  test('by token: it gives what its own grants cover', async () => {
    const narrow = await bearer('user:READ,CREATE,UPDATE,DELETE')
    expect(await invite(narrow, 'viewer')).toMatchObject({ status: 409, body: { code: 'ROLE_ABOVE_OWN' } })
    expect(await invite(await bearer('worker:READ'), 'viewer')).toMatchObject({
      status: 403,
      body: { grant: 'user:CREATE' },
    })
    const seeing = [
      'worker',
      'credential',
      'captureRequest',
      'import',
      'export',
      'position',
      'credentialType',
    ]
    const wide = await bearer('user:CREATE', ...[...seeing, 'register', 'review'].map((one) => `${one}:READ`))
    expect((await invite(wide, 'viewer')).status).toBe(201)
    expect((await invite(wide, 'manager')).status).toBe(409)
  })
  test('a role that was taken away is gone with the next request', async () => {
    const admin = await consoleUser(house, organisationId, 'admin')
    expect((await ask(admin, 'GET', '/users')).status).toBe(200)
    await ask(owner, 'PATCH', `/users/${admin.id}`, { role: 'viewer' })
    expect(await ask(admin, 'GET', '/users')).toMatchObject({ status: 403, body: { grant: 'user:READ' } })
  })
})

describe('the last owner', () => {
  const refused = { status: 409, body: { code: 'LAST_OWNER' } }
  test('stays owner, enabled and there', async () => {
    await invite(owner, 'owner') // one who has not joined cannot look after anything
    for (const body of [{ role: 'admin' }, { state: 'DISABLED' }])
      expect(await ask(owner, 'PATCH', `/users/${owner.id}`, body)).toMatchObject(refused)
    expect(await ask(owner, 'DELETE', `/users/${owner.id}`)).toMatchObject(refused)
    expect((await ask(owner, 'PATCH', `/users/${owner.id}`, { displayName: 'Boss' })).status).toBe(200)
  })
  test('is somebody, when all of them go at once', async () => {
    const owners = [owner, await consoleUser(house, organisationId), await consoleUser(house, organisationId)]
    const answers = await Promise.all(
      owners.map((one, index) =>
        index === 1
          ? ask(one, 'DELETE', `/users/${one.id}`)
          : ask(one, 'PATCH', `/users/${one.id}`, { role: 'viewer' }),
      ),
    )
    expect(answers.filter((one) => one.status === 409)).toHaveLength(1)
    const left = await house.owner(
      "select id from users where organisation_id = $1 and role = 'owner' and deleted_at is null",
      [organisationId],
    )
    expect(left).toHaveLength(1)
  })
})

describe('users', () => {
  test('are listed in the order of the e-mail, filtered, by page and by cursor', async () => {
    for (const email of ['b@example.com', 'A@example.com', 'c@example.com'])
      await invite(owner, email.startsWith('b') ? 'viewer' : 'manager', email)
    const emails = async (query: string): Promise<unknown[]> =>
      ((await ask(owner, 'GET', `/users?${query}`)).body['data'] as { attributes: { email: string } }[]).map(
        (one) => one.attributes.email,
      )
    expect(await emails('')).toEqual(['A@example.com', 'b@example.com', 'c@example.com', owner.email])
    expect(await emails('role=manager')).toEqual(['A@example.com', 'c@example.com'])
    expect(await emails('state=ACTIVE')).toEqual([owner.email])
    expect(await emails('email=a%40EXAMPLE.com')).toEqual(['A@example.com'])
    expect(await emails('updatedSince=2030-01-01T00:00:00Z')).toEqual([])
    const { meta } = (await ask(owner, 'GET', '/users?pageSize=2')).body as { meta: { nextCursor: string } }
    expect(await emails(`pageSize=2&cursor=${meta.nextCursor}`)).toEqual(['c@example.com', owner.email])
  })

  test('of another organisation are not there', async () => {
    const foreign = await consoleUser(house, (await house.newOrganisation()).id)
    for (const [method, body] of [['GET'], ['PATCH', { role: 'viewer' }], ['DELETE']] as const)
      expect(await ask(owner, method, `/users/${foreign.id}`, body)).toMatchObject({ status: 404 })
    expect(await ask(owner, 'POST', `/users/${foreign.id}/invite`)).toMatchObject({ status: 404 })
    expect(await ask(owner, 'GET', `/sessions?userId=${foreign.id}`)).toMatchObject({
      status: 200,
      body: { data: [] },
    })
    expect(await ask(owner, 'DELETE', `/sessions/${foreign.sessionId}`)).toMatchObject({ status: 404 })
    expect((await ask(foreign, 'GET', '/me')).status).toBe(200)
  })

  test('who are disabled or deleted are out at once; enabled again, they sign in anew', async () => {
    const user = await consoleUser(house, organisationId, 'viewer')
    expect((await ask(user, 'GET', '/workers')).status).toBe(200)
    expect(await ask(owner, 'PATCH', `/users/${user.id}`, { state: 'DISABLED' })).toMatchObject({
      status: 200,
      attributes: { state: 'DISABLED' },
    })
    expect(await ask(user, 'GET', '/workers')).toMatchObject({
      status: 401,
      body: { code: 'SESSION_INVALID' },
    })
    const browser = new Browser(server, '192.0.2.77')
    expect(await browser.signIn(user.email, password)).toMatchObject({
      status: 401,
      body: { code: 'SIGN_IN_FAILED' },
    })
    await ask(owner, 'PATCH', `/users/${user.id}`, { state: 'ACTIVE' })
    expect((await ask(user, 'GET', '/workers')).status).toBe(401)
    expect((await browser.signIn(user.email, password)).status).toBe(200)
    await ask(owner, 'DELETE', `/users/${user.id}`)
    expect((await browser.ask('GET', '/me')).status).toBe(401)
    expect(await ask(owner, 'GET', `/users/${user.id}`)).toMatchObject({ status: 404 })
    expect((await ask(owner, 'GET', '/users?includeDeleted=true')).body['meta']).toMatchObject({ total: 2 })
  })

  test('are guarded by If-Match', async () => {
    const { headers } = await ask(owner, 'GET', `/users/${owner.id}`)
    const change = (etag: unknown): Promise<Answer> =>
      new Browser(server).ask('PATCH', `/users/${owner.id}`, {
        body: { displayName: 'Boss' },
        headers: { ...owner.headers, 'if-match': String(etag) },
      })
    expect((await change(headers['etag'])).status).toBe(200)
    expect(await change(headers['etag'])).toMatchObject({ status: 412, body: { code: 'VERSION_MISMATCH' } })
  })
})
