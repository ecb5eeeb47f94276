/** Passkeys over HTTP, with an authenticator in software. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Browser, type Answer } from '../../../test/browser.ts'
import { consoleUser, password, type ConsoleUser } from '../../../test/console-user.ts'
import { openTestHouse, type TestHouse } from '../../../test/harness.ts'
import { SoftwareAuthenticator, type Bend } from '../../../test/software-authenticator.ts'
import { buildHttpServer } from '../../front-doors.ts'
import type { HttpServer } from '../../platform/http/http-server.ts'

const origin = 'https://vouchsafe.example'
let house: TestHouse
let server: HttpServer
let organisationId: string
let user: ConsoleUser
let browser: Browser
let authenticator: SoftwareAuthenticator
let addresses = 0

const newBrowser = (): Browser => new Browser(server, `198.51.100.${++addresses}`)
const failed = { status: 401, body: { code: 'SIGN_IN_FAILED' } }
const invalid = {
  status: 400,
  body: { errors: [{ pointer: '/response', code: 'PASSKEY_INVALID' }] },
}

beforeAll(async () => {
  house = await openTestHouse({ settings: { PUBLIC_URL: origin } })
  server = await buildHttpServer(house.runtime, '0.0.0')
})
beforeEach(async () => {
  organisationId = (await house.newOrganisation()).id
  user = await consoleUser(house, organisationId)
  browser = newBrowser()
  await browser.signIn(user.email, password)
  authenticator = new SoftwareAuthenticator(origin)
})
afterAll(async () => {
  await server.close()
  await house.close()
})

async function optionsOf(path: string, by = browser): Promise<Record<string, unknown>> {
  const answer = await by.ask('POST', path)
  expect(answer.status).toBe(200)
  return answer.attributes['publicKey'] as Record<string, unknown>
}
async function add(bend: Bend = {}, by = browser, key = authenticator): Promise<Answer> {
  const response = key.create(await optionsOf('/me/second-factors/passkey/options', by), bend)
  return by.ask('POST', '/me/second-factors/passkey', { body: { name: 'My laptop', response } })
}
const signInOptions = (): Promise<Record<string, unknown>> =>
  optionsOf('/sign-in/passkey/options', newBrowser())
const alone = async (bend: Bend = {}, by = newBrowser()): Promise<Answer> =>
  by.ask('POST', '/sign-in/passkey', { body: { response: authenticator.get(await signInOptions(), bend) } })
const beside = async (bend: Bend = {}, by = newBrowser()): Promise<Answer> =>
  by.signIn(user.email, password, {
    secondFactor: { passkey: authenticator.get(await signInOptions(), bend) },
  })

describe('a passkey', () => {
  test('is added, and signs in alone, with nothing else asked', async () => {
    const options = await optionsOf('/me/second-factors/passkey/options')
    expect(options).toMatchObject({
      rp: { id: 'vouchsafe.example' },
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      excludeCredentials: [],
    })
    const added = await add()
    expect(added).toMatchObject({
      status: 201,
      attributes: { kind: 'PASSKEY', name: 'My laptop', isConfirmed: true },
    })
    expect(added.attributes['recoveryCodes']).toHaveLength(10)
    const by = newBrowser()
    house.clock.advance('1s')
    expect(await alone({}, by)).toMatchObject({ status: 200, id: user.id })
    expect((await by.ask('GET', '/sessions')).body['data']).toMatchObject([
      { attributes: { methods: ['PASSKEY'], isCurrent: true } },
      {},
      {},
    ])
    expect((await by.ask('GET', '/me/second-factors')).body['data']).toMatchObject([
      { id: added.id, attributes: { lastUsedAt: house.clock.now().toISOString() } },
    ])
    expect(await optionsOf('/me/second-factors/passkey/options')).toMatchObject({
      excludeCredentials: [{ id: authenticator.id }],
    })
  })

  test('is asked for beside the password', async () => {
    await add()
    expect(await newBrowser().signIn(user.email, password)).toMatchObject({
      status: 401,
      body: { code: 'SECOND_FACTOR_REQUIRED', methods: ['PASSKEY', 'RECOVERY_CODE'] },
    })
    expect((await beside()).status).toBe(200)
    const other = new SoftwareAuthenticator(origin)
    other.create(await optionsOf('/me/second-factors/passkey/options'))
    expect(
      await newBrowser().signIn(user.email, password, {
        secondFactor: { passkey: other.get(await signInOptions()) },
      }),
    ).toMatchObject(failed)
  })

  test('of somebody else is no second factor of this user', async () => {
    await add()
    const other = await consoleUser(house, organisationId, 'viewer')
    const theirs = newBrowser()
    await theirs.signIn(other.email, password)
    const key = new SoftwareAuthenticator(origin)
    expect((await add({}, theirs, key)).status).toBe(201)
    expect(
      await newBrowser().signIn(user.email, password, {
        secondFactor: { passkey: key.get(await signInOptions()) },
      }),
    ).toMatchObject(failed)
  })

  test.each<[string, Bend]>([
    ['for another site', { origin: 'https://evil.example' }],
    ['for another party', { rpId: 'evil.example' }],
    ['to a challenge of its own', { challenge: 'b3duIGNoYWxsZW5nZQ' }],
    ['to another question', { type: 'payment.get' }],
    ['without knowing who touched it', { isUnverified: true }],
    ['with another user’s handle', { userHandle: 'dXNyX3NvbWVib2R5' }],
  ])('that answers %s does not sign in', async (_name, bend) => {
    await add()
    expect(await alone(bend)).toMatchObject(failed)
    expect(await beside(bend)).toMatchObject(failed)
  })

  test('whose counter went back was copied, and does not sign in', async () => {
    await add()
    expect((await alone({ counter: 50 })).status).toBe(200)
    expect(await alone({ counter: 50 })).toMatchObject(failed)
    expect(await alone({ counter: 7 })).toMatchObject(failed)
    expect((await alone({ counter: 51 })).status).toBe(200)
  })

  test('answers a challenge once, within five minutes, and for what it was made', async () => {
    await add()
    const response = authenticator.get(await signInOptions())
    const send = (): Promise<Answer> => newBrowser().ask('POST', '/sign-in/passkey', { body: { response } })
    const answers = await Promise.all([send(), send(), send()])
    expect(answers.map((one) => one.status).sort()).toEqual([200, 401, 401])
    const late = authenticator.get(await signInOptions())
    house.clock.advance('5m')
    expect(await newBrowser().ask('POST', '/sign-in/passkey', { body: { response: late } })).toMatchObject(
      failed,
    )
    const { challenge } = await optionsOf('/me/second-factors/passkey/options')
    expect(await alone({ challenge: String(challenge) })).toMatchObject(failed)
  })

  test('is not added by an answer that does not fit', async () => {
    for (const bend of [
      { origin: 'https://evil.example' },
      { rpId: 'evil.example' },
      { isUnverified: true },
      { type: 'webauthn.get' },
      { challenge: String((await signInOptions())['challenge']) },
    ])
      expect(await add(bend), JSON.stringify(bend)).toMatchObject(invalid)
    const response = authenticator.create(await optionsOf('/me/second-factors/passkey/options'))
    const other = await consoleUser(house, organisationId, 'viewer')
    const send = (headers: Record<string, string>): Promise<Answer> =>
      newBrowser().ask('POST', '/me/second-factors/passkey', { body: { response }, headers })
    expect(await send({ ...other.headers }), 'asked of somebody else').toMatchObject(invalid)
    for (const nonsense of [{}, { clientDataJSON: 1 }, { clientDataJSON: 'bnVsbA' }])
      expect(
        await browser.ask('POST', '/me/second-factors/passkey', {
          body: { response: { ...response, response: nonsense } },
        }),
      ).toMatchObject(invalid)
    expect((await browser.ask('GET', '/me/second-factors')).body['meta']).toMatchObject({ total: 0 })
  })

  test('comes without certificates: none is looked at, and nothing that one names is called', async () => {
    expect(await add({ certificate: Buffer.from('a certificate') })).toMatchObject(invalid)
  })

  test('is added after a fresh sign-in only, and once', async () => {
    await add()
    const other = await consoleUser(house, (await house.newOrganisation()).id)
    const theirs = newBrowser()
    await theirs.signIn(other.email, password)
    expect(await add({}, theirs)).toMatchObject({ status: 409, body: { code: 'CONFLICT' } })
    const options = await optionsOf('/me/second-factors/passkey/options')
    house.clock.advance('11m')
    const stale = { status: 403, body: { code: 'REAUTHENTICATE' } }
    expect(await browser.ask('POST', '/me/second-factors/passkey/options')).toMatchObject(stale)
    const late = new SoftwareAuthenticator(origin).create(options)
    expect(
      await browser.ask('POST', '/me/second-factors/passkey', { body: { response: late } }),
    ).toMatchObject(invalid)
  })

  test('that was taken away, or whose user is disabled, does not sign in', async () => {
    const { id } = await add()
    const boss = await consoleUser(house, organisationId, 'owner')
    const set = (state: string): Promise<Answer> =>
      newBrowser().ask('PATCH', `/users/${user.id}`, { body: { state }, headers: boss.headers })
    expect((await set('DISABLED')).status).toBe(200)
    expect(await alone()).toMatchObject(failed)
    expect((await set('ACTIVE')).status).toBe(200)
    expect((await alone({}, browser)).status).toBe(200)
    expect((await browser.ask('DELETE', `/me/second-factors/${id}`)).status).toBe(204)
    expect(await alone()).toMatchObject(failed)
  })
})
