/** Signing in, sessions, lock-out and passwords, over HTTP. */
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { Browser, type Answer } from '../../../test/browser.ts'
import { consoleUser, password, secretOf, type ConsoleUser } from '../../../test/console-user.ts'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import { buildHttpServer } from '../../front-doors.ts'
import { openDatabase } from '../../platform/db/database.ts'
import type { HttpServer } from '../../platform/http/http-server.ts'
import { createRuntime } from '../../platform/runtime.ts'
import { allGrants } from '../access/access.schema.ts'
import { createToken } from '../access/access.ts'
import { preparePasswordReset } from './users.passwords.ts'

let house: TestHouse
let server: HttpServer
let organisationId: string
let owner: ConsoleUser
let browser: Browser
let addresses = 0

beforeAll(async () => {
  house = await openTestHouse()
  server = await buildHttpServer(house.runtime, '0.0.0')
})
beforeEach(async () => {
  organisationId = (await house.newOrganisation()).id
  owner = await consoleUser(house, organisationId)
  browser = newBrowser()
})
afterAll(async () => {
  await server.close()
  await house.close()
})

/** From a network of its own, so that tests do not lock one another out. */
const newBrowser = (): Browser => new Browser(server, `198.51.100.${++addresses}`)
const failed = { status: 401, body: { code: 'SIGN_IN_FAILED' } }
const locked = { status: 429, body: { code: 'TOO_MANY_REQUESTS' } }
const csrf = { status: 403, body: { code: 'CSRF_REQUIRED' } }

describe('signing in', () => {
  test('gives the user, what they may do and a CSRF token; signing out ends it', async () => {
    const answer = await browser.signIn(owner.email.toUpperCase(), password)
    expect(answer).toMatchObject({
      status: 200,
      id: owner.id,
      attributes: {
        role: 'owner',
        organisation: { id: organisationId },
        grants: { user: ['READ', 'CREATE', 'UPDATE', 'DELETE'] },
      },
    })
    expect(await browser.ask('GET', '/me')).toMatchObject({ status: 200, id: owner.id })
    const cookies = new Map(browser.cookies)
    expect(await browser.ask('POST', '/sign-out')).toMatchObject({ status: 204 })
    expect(browser.cookies.size).toBe(0)
    for (const [name, value] of cookies) browser.cookies.set(name, value)
    expect(await browser.ask('GET', '/me')).toMatchObject({ status: 401, body: { code: 'SESSION_INVALID' } })
  })

  test('is one answer for an unknown address, a wrong password, a disabled and a waiting user', async () => {
    const admin = await browser.signIn(owner.email, password)
    expect(admin.status).toBe(200)
    const disabled = await consoleUser(house, organisationId, 'viewer')
    await browser.ask('PATCH', `/users/${disabled.id}`, { body: { state: 'DISABLED' } })
    await browser.ask('POST', '/users', { body: { email: 'waiting@example.com', role: 'viewer' } })
    const told = async (email: string, given: string): Promise<unknown> => {
      const { status, body } = await newBrowser().signIn(email, given)
      return { status, body: { ...body, requestId: '' } }
    }
    const wrong = await told(owner.email, 'wrong password entirely')
    expect(wrong).toMatchObject(failed)
    expect(await told('nobody@example.com', password)).toEqual(wrong)
    expect(await told(disabled.email, password)).toEqual(wrong)
    expect(await told('waiting@example.com', password)).toEqual(wrong)
    const [entry] = await house.owner<{ reason: string; changes: unknown }>(
      "select reason, changes from audit_entries where action = 'signInRefused' and entity_id = $1",
      [owner.id],
    )
    expect(entry).toEqual({ reason: 'PASSWORD', changes: { address: expect.any(String) as string } })
  })

  test('takes an unknown address no less work than a known one', async () => {
    const time = async (email: string): Promise<number> => {
      const start = performance.now()
      await newBrowser().signIn(email, 'wrong password entirely')
      return performance.now() - start
    }
    await time('warm-up@example.com')
    const [unknown, known] = [await time('nobody2@example.com'), await time(owner.email)]
    // One argon2id costs tens of milliseconds; everything else a few.
    expect(unknown).toBeGreaterThan(known / 3)
  })

  test('of a user of several organisations asks which, only once the password is right', async () => {
    const { id: second, name } = await house.newOrganisation()
    await consoleUser(house, second, 'viewer', owner.email)
    expect(await browser.signIn(owner.email, 'wrong password entirely')).toMatchObject(failed)
    const answer = await browser.signIn(owner.email, password)
    expect(answer).toMatchObject({ status: 400, body: { code: 'ORGANISATION_REQUIRED' } })
    const named = answer.body['organisations'] as { id: string; name: string }[]
    expect(named.map((one) => one.id).sort()).toEqual([organisationId, second].sort())
    expect(await browser.signIn(owner.email, password, { organisation: name.toUpperCase() })).toMatchObject({
      status: 200,
      attributes: { organisation: { id: second }, role: 'viewer' },
    })
    expect(await browser.signIn(owner.email, password, { organisation: 'Nowhere' })).toMatchObject(failed)
  })

  test('begins a session of its own: one that was slipped to the browser is not gone on with, but ended', async () => {
    const attacker = await consoleUser(house, organisationId, 'viewer')
    const [, slipped = ''] = /=(.*)/.exec(attacker.headers.cookie) ?? []
    browser.cookies.set('vouchsafe_session', slipped)
    await browser.signIn(owner.email, password)
    expect(browser.cookies.get('vouchsafe_session')).not.toBe(slipped)
    expect((await browser.ask('GET', '/me')).id).toBe(owner.id)
    expect(
      await newBrowser().ask('GET', '/me', { headers: { cookie: attacker.headers.cookie } }),
    ).toMatchObject({ status: 401 })
    browser.cookies.set('vouchsafe_session', 'x'.repeat(43))
    await browser.signIn(owner.email, password)
    expect(browser.cookies.get('vouchsafe_session')).not.toBe('x'.repeat(43))
  })

  test('keeps neither password nor cookie', async () => {
    await browser.signIn(owner.email, password)
    const secret = browser.cookies.get('vouchsafe_session') ?? ''
    for (const table of ['users', 'user_sessions', 'audit_entries', 'sign_in_failures']) {
      const rows = await house.owner<{ text: string }>(`select to_jsonb(t)::text as text from ${table} t`)
      const text = rows.map((row) => row.text).join('\n')
      expect(
        text.includes(secret) ||
          text.includes(password) ||
          text.includes(Buffer.from(secret).toString('hex')),
        table,
      ).toBe(false)
    }
  })
})

describe('a session', () => {
  test('changes nothing for a page of another site', async () => {
    await browser.signIn(owner.email, password)
    const body = { email: 'csrf@example.com', role: 'viewer' }
    const right = browser.csrfToken ?? ''
    for (const headers of [
      { 'x-csrf-token': '' },
      { 'x-csrf-token': owner.headers['x-csrf-token'] },
      { 'x-csrf-token': right, origin: 'https://evil.example' },
      { 'x-csrf-token': right, 'sec-fetch-site': 'same-site' },
    ])
      expect(await browser.ask('POST', '/users', { body, headers })).toMatchObject(csrf)
    expect((await browser.ask('GET', '/users', { headers: { 'x-csrf-token': '' } })).status).toBe(200)
    expect((await browser.ask('POST', '/users', { body })).status).toBe(201)
    expect(
      await newBrowser().signIn(owner.email, password, {}, { headers: { 'sec-fetch-site': 'cross-site' } }),
    ).toMatchObject(csrf)
  })

  test('beside a token gives way to the token', async () => {
    const { id } = await house.newOrganisation()
    const { token } = await house.runtime.write(id, operator, (ctx) =>
      createToken(ctx, { name: 'x', grants: allGrants }),
    )
    const headers = { authorization: `Bearer ${token}`, cookie: owner.headers.cookie }
    expect((await browser.ask('GET', '/users', { headers })).body['meta']).toMatchObject({ total: 0 })
    const made = await browser.ask('POST', '/users', {
      body: { email: 'x@example.com', role: 'viewer' },
      headers,
    })
    expect(made.status).toBe(201)
    expect(await browser.ask('GET', '/me', { headers })).toMatchObject({
      status: 403,
      body: { code: 'SESSION_REQUIRED' },
    })
    expect(
      await browser.ask('GET', '/me', { headers: { ...headers, authorization: 'Bearer nonsense' } }),
    ).toMatchObject({ status: 401, body: { code: 'TOKEN_INVALID' } })
  })

  test('ends after twelve hours without use, and after thirty days with it', async () => {
    await browser.signIn(owner.email, password)
    for (let hours = 0; hours < 30 * 24; hours += 11) {
      expect((await browser.ask('GET', '/me')).status, `${hours} h`).toBe(200)
      house.clock.advance('11h')
    }
    expect((await browser.ask('GET', '/me')).status).toBe(401)
    await browser.signIn(owner.email, password)
    house.clock.advance('12h')
    expect((await browser.ask('GET', '/me')).status).toBe(401)
  })

  test('is written as used at most once a minute', async () => {
    await browser.signIn(owner.email, password)
    const { session } = (await browser.ask('GET', '/me')).attributes as { session: { id: string } }
    const version = async (): Promise<unknown> =>
      (await house.owner('select xmin::text, last_used_at from user_sessions where id = $1', [session.id]))[0]
    const first = await version()
    house.clock.advance('59s')
    await browser.ask('GET', '/me')
    expect(await version()).toEqual(first)
    house.clock.advance('1s')
    await Promise.all([1, 2, 3].map(() => browser.ask('GET', '/me')))
    expect(await version()).toMatchObject({ last_used_at: house.clock.now() })
  })

  test('is listed and ended: one’s own always, others’ with the grant', async () => {
    const viewer = await consoleUser(house, organisationId, 'viewer')
    const other = newBrowser()
    house.clock.advance('1s')
    await other.signIn(viewer.email, password, {}, { headers: { 'user-agent': 'Firefox' } })
    const list = await other.ask('GET', '/sessions')
    expect(list.body['data']).toMatchObject([
      { attributes: { userAgent: 'Firefox', isCurrent: true, methods: ['PASSWORD'], userId: viewer.id } },
      { id: viewer.sessionId, attributes: { isCurrent: false } },
    ])
    expect(await other.ask('GET', `/sessions?userId=${owner.id}`)).toMatchObject({
      status: 403,
      body: { grant: 'user:READ' },
    })
    expect(await other.ask('DELETE', `/sessions/${owner.sessionId}`)).toMatchObject({
      status: 403,
      body: { grant: 'user:DELETE' },
    })
    expect((await other.ask('DELETE', `/sessions/${viewer.sessionId}`)).status).toBe(204)
    expect((await newBrowser().ask('GET', '/me', { headers: viewer.headers })).status).toBe(401)

    await browser.signIn(owner.email, password)
    expect((await browser.ask('GET', '/sessions')).body['meta']).toMatchObject({ total: 2 })
    const theirs = await browser.ask('GET', `/sessions?userId=${viewer.id}`)
    const [one] = theirs.body['data'] as { id: string }[]
    expect((await browser.ask('DELETE', `/sessions/${one?.id}`)).status).toBe(204)
    expect((await other.ask('GET', '/me')).status).toBe(401)
    expect((await browser.ask('DELETE', `/sessions/${one?.id}`)).status).toBe(404)
    const { token } = await house.runtime.write(organisationId, operator, (ctx) =>
      createToken(ctx, { name: 'x', grants: { user: ['READ', 'DELETE'] } }),
    )
    const headers = { authorization: `Bearer ${token}` }
    const all = await newBrowser().ask('GET', '/sessions?pageSize=1', { headers })
    expect(all.body['meta']).toMatchObject({ total: 2, nextCursor: expect.any(String) as string })
    expect((await newBrowser().ask('DELETE', `/sessions/${owner.sessionId}`, { headers })).status).toBe(204)
  })
})

describe('who guesses', () => {
  const wrong = (by: Browser, email = owner.email): Promise<Answer> =>
    by.signIn(email, 'wrong password entirely')

  test('waits a minute after five, then twice as long each time; a right one clears it', async () => {
    for (let tries = 0; tries < 5; tries += 1) expect(await wrong(newBrowser())).toMatchObject(failed)
    for (const [minutes] of [[1], [2], [4]] as const) {
      const answer = await newBrowser().signIn(owner.email, password)
      expect(answer).toMatchObject(locked)
      expect(answer.headers['retry-after']).toBe(String(minutes * 60))
      house.clock.advance(`${minutes}m`)
      expect(await wrong(newBrowser())).toMatchObject(failed)
    }
    house.clock.advance('8m')
    expect((await newBrowser().signIn(owner.email, password)).status).toBe(200)
    for (let tries = 0; tries < 5; tries += 1) expect(await wrong(newBrowser())).toMatchObject(failed)
    expect(await wrong(newBrowser())).toMatchObject(locked)
  })

  test('is not told by it who exists', async () => {
    for (let tries = 0; tries < 5; tries += 1)
      expect(await wrong(newBrowser(), 'ghost@example.com')).toMatchObject(failed)
    expect(await wrong(newBrowser(), 'GHOST@example.com')).toMatchObject(locked)
  })

  test('from one network waits too, whomever they try', async () => {
    for (let tries = 0; tries < 5; tries += 1)
      expect(await wrong(browser, `a${tries}@example.com`)).toMatchObject(failed)
    expect(await browser.signIn(owner.email, password)).toMatchObject(locked)
    expect((await newBrowser().signIn(owner.email, password)).status).toBe(200)
    house.clock.advance('1m')
    expect((await browser.signIn(owner.email, password)).status).toBe(200)
  })

  test('gets five tries over all nodes and at once', async () => {
    const [row] = await house.owner<{ name: string }>('select current_database() as name')
    const db = openDatabase({ ...inject('server').app, database: row?.name }, { connectionsMax: 8 })
    const second = await buildHttpServer(createRuntime({ ...house.runtime, db, listeners: [] }), '0.0.0')
    try {
      const answers = await Promise.all(
        Array.from({ length: 12 }, (_, index) =>
          wrong(new Browser(index % 2 === 0 ? server : second, `203.0.113.${index + 1}`)),
        ),
      )
      expect(answers.filter((one) => one.status === 401)).toHaveLength(5)
      expect(answers.filter((one) => one.status === 429)).toHaveLength(7)
      expect(await new Browser(second, '203.0.113.100').signIn(owner.email, password)).toMatchObject(locked)
    } finally {
      await second.close()
      await db.close()
    }
  })

  test('starts anew a day later', async () => {
    for (let tries = 0; tries < 4; tries += 1) await wrong(newBrowser())
    house.clock.advance('1d')
    for (let tries = 0; tries < 5; tries += 1) expect(await wrong(newBrowser())).toMatchObject(failed)
    expect(await wrong(newBrowser())).toMatchObject(locked)
  })
})

describe('a password', () => {
  const next = 'four more words that nobody guesses'

  test('is changed with the present one; all other sessions end', async () => {
    await browser.signIn(owner.email, password)
    const change = (currentPassword: string, newPassword: string): Promise<Answer> =>
      browser.ask('POST', '/me/password', { body: { currentPassword, newPassword } })
    expect(await change('wrong password entirely', next)).toMatchObject(failed)
    expect(await change(password, 'short')).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/newPassword', code: 'PASSWORD_WEAK' }] },
    })
    expect((await change(password, next)).status).toBe(204)
    expect((await browser.ask('GET', '/me')).status).toBe(200)
    expect((await newBrowser().ask('GET', '/me', { headers: owner.headers })).status).toBe(401)
    expect(await newBrowser().signIn(owner.email, password)).toMatchObject(failed)
    expect((await newBrowser().signIn(owner.email, next)).status).toBe(200)
  })

  test('cannot be guessed by who found an open session', async () => {
    await browser.signIn(owner.email, password)
    const guess = (): Promise<Answer> =>
      browser.ask('POST', '/me/password', { body: { currentPassword: 'a guess of mine', newPassword: next } })
    for (let tries = 0; tries < 5; tries += 1) expect(await guess()).toMatchObject(failed)
    expect(await guess()).toMatchObject(locked)
  })

  test('that was forgotten is asked for with one answer, whoever it is', async () => {
    const asked = async (email: string): Promise<unknown> => {
      const { status, body } = await newBrowser().ask('POST', '/password-reset', { body: { email } })
      return { status, body }
    }
    expect(await asked(owner.email)).toEqual({ status: 202, body: {} })
    expect(await asked('nobody@example.com')).toEqual({ status: 202, body: {} })
    const entries = await house.owner<{ action: string }>(
      "select action from audit_entries where entity_id = $1 and action = 'requestPasswordReset'",
      [owner.id],
    )
    expect(entries.map((one) => one.action).sort()).toEqual(['requestPasswordReset'])
  })

  test('is set anew by the mailed link, once, within an hour; the guesser’s lock and all sessions end', async () => {
    const mail = (): ReturnType<typeof preparePasswordReset> =>
      house.runtime.write(organisationId, operator, (ctx) =>
        preparePasswordReset(ctx, house.config, owner.id),
      )
    const tokenIn = (text = ''): string => secretOf(/http\S+/.exec(text)?.[0] ?? '')
    const confirm = (token: string): Promise<Answer> =>
      newBrowser().ask('POST', '/password-reset/confirm', { body: { token, password: next } })
    const invalid = { status: 400, body: { code: 'LINK_INVALID' } }

    const first = await mail()
    expect(first).toMatchObject({
      to: owner.email,
      kind: 'user.passwordReset',
      about: owner.id,
    })
    expect(await mail(), 'not one after the other').toBeUndefined()
    house.clock.advance('1h')
    expect(await confirm(tokenIn(first?.text))).toMatchObject(invalid)
    const token = tokenIn((await mail())?.text)
    expect(
      await newBrowser().ask('POST', '/invitations/accept', { body: { token, password } }),
    ).toMatchObject(invalid)
    for (let tries = 0; tries < 5; tries += 1)
      await newBrowser().signIn(owner.email, 'wrong password entirely')
    expect((await confirm(token)).status).toBe(204)
    expect(await confirm(token)).toMatchObject(invalid)
    expect((await newBrowser().ask('GET', '/me', { headers: owner.headers })).status).toBe(401)
    expect((await newBrowser().signIn(owner.email, next)).status).toBe(200)
  })

  test('is not set anew for who is disabled or has not joined', async () => {
    await browser.signIn(owner.email, password)
    const waiting = await browser.ask('POST', '/users', { body: { email: 'w@example.com', role: 'viewer' } })
    const disabled = await consoleUser(house, organisationId, 'viewer')
    await browser.ask('PATCH', `/users/${disabled.id}`, { body: { state: 'DISABLED' } })
    for (const id of [waiting.id, disabled.id])
      expect(
        await house.runtime.write(organisationId, operator, (ctx) =>
          preparePasswordReset(ctx, house.config, id),
        ),
      ).toBeUndefined()
  })
})
