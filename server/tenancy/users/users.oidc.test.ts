/** Single sign-on against a provider that really answers. */
import { generateKeyPair } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Browser, type Answer } from '../../../test/browser.ts'
import { consoleUser, password, type ConsoleUser } from '../../../test/console-user.ts'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import { OidcProvider } from '../../../test/oidc-provider.ts'
import { buildHttpServer } from '../../front-doors.ts'
import { readConfig } from '../../platform/config.ts'
import { basePath, type HttpServer } from '../../platform/http/http-server.ts'
import { inviteUser } from './users.ts'

const publicUrl = 'https://vouchsafe.example'
const provider = new OidcProvider()
let house: TestHouse
let server: HttpServer
let organisationId: string
let owner: ConsoleUser
let browser: Browser

beforeAll(async () => {
  await provider.start()
  house = await openTestHouse({
    settings: {
      PUBLIC_URL: publicUrl,
      OIDC_ISSUER: provider.issuer,
      OIDC_CLIENT_ID: provider.clientId,
      OIDC_CLIENT_SECRET: provider.clientSecret,
      OIDC_ORGANISATION: 'Sunrise Aged Care',
    },
  })
  server = await buildHttpServer(house.runtime, '0.0.0')
  organisationId = (await house.newOrganisation('Sunrise Aged Care')).id
  owner = await consoleUser(house, organisationId)
})
afterAll(async () => {
  await server.close()
  await house.close()
  await provider.stop()
})

let count = 0
let email = ''
let userId = ''
beforeEach(async () => {
  email = `single-${++count}@example.com`
  provider.identity = { sub: `subject-${count}`, email, email_verified: true }
  provider.bent = {}
  provider.foreignKey = undefined
  browser = new Browser(server)
  userId = (
    await house.runtime.write(organisationId, operator, (ctx) =>
      inviteUser(ctx, house.config, { email: email.toUpperCase(), role: 'manager' }),
    )
  ).user.id
})

const failed = { status: 401, body: { code: 'SIGN_IN_FAILED' } }

/** The way back from the provider; `bend` changes what the browser brings. */
async function comeBack(bend: (back: URL) => void = () => {}): Promise<Answer> {
  const begun = await browser.ask('GET', '/sign-in/oidc')
  expect(begun.status).toBe(302)
  const back = provider.authorize(String(begun.headers['location']))
  expect(back.href.startsWith(`${publicUrl}${basePath}/sign-in/oidc/callback?`)).toBe(true)
  bend(back)
  return browser.ask('GET', `/sign-in/oidc/callback${back.search}`)
}

describe('an invited user', () => {
  test('comes in by a verified address, and by issuer and subject from then on', async () => {
    const answer = await comeBack()
    expect(answer).toMatchObject({ status: 302, headers: { location: `${publicUrl}/console` } })
    expect(answer.headers['set-cookie']).toMatchObject([
      expect.stringMatching(/^vouchsafe_session=[\w-]{43}; Path=\/; .*HttpOnly; SameSite=Lax; Secure$/),
      expect.stringMatching(/^vouchsafe_oidc=; Path=\/openapi\/v1\/sign-in\/oidc; Max-Age=0;/),
    ])
    expect(await browser.ask('GET', '/me')).toMatchObject({
      id: userId,
      attributes: { state: 'ACTIVE', role: 'manager', hasSingleSignOn: true, hasPassword: false },
    })
    expect((await browser.ask('GET', '/sessions')).body['data']).toMatchObject([
      { attributes: { methods: ['OIDC'] } },
    ])
    expect(await house.owner('select 1 from user_links where user_id = $1', [userId])).toEqual([])
    // Another address, not even verified: the subject is who they are.
    provider.identity = { sub: `subject-${count}`, email: 'married@example.com', email_verified: false }
    browser = new Browser(server)
    expect((await comeBack()).status).toBe(302)
    expect((await browser.ask('GET', '/me')).id).toBe(userId)
  })

  test('who has a password keeps it', async () => {
    provider.identity = { sub: 'the-owner', email: owner.email, email_verified: true }
    expect((await comeBack()).status).toBe(302)
    expect((await new Browser(server, '192.0.2.99').signIn(owner.email, password)).status).toBe(200)
  })

  test('is not taken over by another subject with their address', async () => {
    expect((await comeBack()).status).toBe(302)
    provider.identity = { sub: 'somebody else', email, email_verified: true }
    expect(await comeBack()).toMatchObject(failed)
  })

  test.each([
    ['unverified', { email_verified: false }],
    ['of unknown verification', { email_verified: undefined }],
    ['verified by a text that says so', { email_verified: 'true' }],
    ['not told', { email: undefined }],
    ['of nobody who was invited', { email: 'nobody@example.com' }],
  ])('does not come in at first by an address that is %s', async (_name, bent) => {
    provider.bent = bent
    expect(await comeBack()).toMatchObject(failed)
    expect(browser.cookies.has('vouchsafe_session')).toBe(false)
  })

  test('who is disabled or deleted does not come in', async () => {
    expect((await comeBack()).status).toBe(302)
    const change = (method: string, body?: object): Promise<Answer> =>
      new Browser(server).ask(method, `/users/${userId}`, { body, headers: owner.headers })
    expect((await change('PATCH', { state: 'DISABLED' })).status).toBe(200)
    expect(await comeBack()).toMatchObject(failed)
    expect((await change('DELETE')).status).toBe(204)
    expect(await comeBack()).toMatchObject(failed)
  })

  test('of another organisation does not come in by its address', async () => {
    const { id } = await house.newOrganisation()
    const other = await consoleUser(house, id)
    provider.identity = { sub: 'elsewhere', email: other.email, email_verified: true }
    expect(await comeBack()).toMatchObject(failed)
  })
})

describe('nobody comes in', () => {
  const seconds = Math.floor(Date.now() / 1_000)
  test.each([
    ['another nonce', { nonce: 'another' }],
    ['no nonce', { nonce: undefined }],
    ['another issuer', { iss: 'https://evil.example' }],
    ['another audience', { aud: 'somebody else' }],
    ['several audiences and another party', { aud: ['vouchsafe', 'evil'], azp: 'evil' }],
    ['an end that has passed', { exp: seconds - 3_600 }],
    ['no subject', { sub: undefined }],
  ])('by an ID token with %s', async (_name, bent) => {
    provider.bent = bent
    expect(await comeBack()).toMatchObject(failed)
  })

  test('by an ID token that another key signed', async () => {
    provider.foreignKey = (await generateKeyPair('RS256')).privateKey
    expect(await comeBack()).toMatchObject(failed)
  })

  test('with another state, another code, or an error of the provider', async () => {
    for (const bend of [
      (back: URL) => back.searchParams.set('state', 'another'),
      (back: URL) => back.searchParams.delete('state'),
      (back: URL) => back.searchParams.set('code', 'another'),
      (back: URL) => {
        back.searchParams.delete('code')
        back.searchParams.set('error', 'access_denied')
      },
    ])
      expect(await comeBack(bend)).toMatchObject(failed)
  })

  test('without the cookie of this browser, with a changed one, twice, or ten minutes later', async () => {
    expect(await comeBack(() => browser.cookies.clear())).toMatchObject(failed)
    expect(
      await comeBack(() => {
        const value = browser.cookies.get('vouchsafe_oidc') ?? ''
        browser.cookies.set('vouchsafe_oidc', `${value.startsWith('A') ? 'B' : 'A'}${value.slice(1)}`)
      }),
    ).toMatchObject(failed)
    let back: URL | undefined
    let errand = ''
    expect(
      (
        await comeBack((url) => {
          back = url
          errand = browser.cookies.get('vouchsafe_oidc') ?? ''
        })
      ).status,
    ).toBe(302)
    browser.cookies.set('vouchsafe_oidc', errand)
    expect(await browser.ask('GET', `/sign-in/oidc/callback${back?.search}`)).toMatchObject(failed)
    const calls = provider.tokenCalls
    expect(await comeBack(() => house.clock.advance('10m'))).toMatchObject(failed)
    expect(provider.tokenCalls, 'the code was not even sent').toBe(calls)
  })
})

test('without single sign-on there is none; half of it does not start', async () => {
  const plain = await openTestHouse()
  const bare = await buildHttpServer(plain.runtime, '0.0.0')
  try {
    for (const path of ['/sign-in/oidc', '/sign-in/oidc/callback?code=x&state=y'])
      expect(await new Browser(bare).ask('GET', path)).toMatchObject({ status: 404 })
  } finally {
    await bare.close()
    await plain.close()
  }
  expect(() => readConfig({ OIDC_ISSUER: 'https://id.example/', OIDC_CLIENT_ID: 'x' }, {})).toThrow(
    'Single sign-on needs OIDC_CLIENT_SECRET, OIDC_ORGANISATION',
  )
  expect(() => readConfig({ OIDC_ISSUER: 'id.example' }, {})).toThrow('OIDC_ISSUER must be a URL')
})

test('a provider that does not answer is told as that, and asked again', async () => {
  const lonely = await openTestHouse({
    settings: {
      OIDC_ISSUER: 'http://127.0.0.1:1',
      OIDC_CLIENT_ID: 'x',
      OIDC_CLIENT_SECRET: 'x',
      OIDC_ORGANISATION: 'x',
    },
  })
  const bare = await buildHttpServer(lonely.runtime, '0.0.0')
  try {
    for (let tries = 0; tries < 2; tries += 1)
      expect(await new Browser(bare).ask('GET', '/sign-in/oidc')).toMatchObject({
        status: 503,
        body: { code: 'OUTBOUND_FAILED' },
      })
  } finally {
    await bare.close()
    await lonely.close()
  }
})
