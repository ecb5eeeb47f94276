/** Authenticator apps and recovery codes, over HTTP. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Browser, type Answer } from '../../../test/browser.ts'
import { consoleUser, fromBase32, password, type ConsoleUser } from '../../../test/console-user.ts'
import { openTestHouse, type TestHouse } from '../../../test/harness.ts'
import { buildHttpServer } from '../../front-doors.ts'
import type { HttpServer } from '../../platform/http/http-server.ts'
import { totpCode, totpStep } from './users.totp.ts'

let house: TestHouse
let server: HttpServer
let organisationId: string
let user: ConsoleUser
let browser: Browser
let addresses = 0

const newBrowser = (): Browser => new Browser(server, `198.51.100.${++addresses}`)
const codeOf = (secret: string, offset = 0): string =>
  totpCode(fromBase32(secret), totpStep(house.clock.now()) + offset)
const signIn = (secondFactor?: object, by = newBrowser()): Promise<Answer> =>
  by.signIn(user.email, password, secondFactor === undefined ? {} : { secondFactor })
const failed = { status: 401, body: { code: 'SIGN_IN_FAILED' } }

/** Enrols and confirms; the clock stands in the next step after it. */
async function enrol(): Promise<{ id: string; secret: string; recoveryCodes: string[] }> {
  const begun = await browser.ask('POST', '/me/second-factors/totp', { body: { name: 'My phone' } })
  expect(begun.status).toBe(201)
  const secret = begun.attributes['secret'] as string
  const confirmed = await browser.ask('POST', '/me/second-factors/totp/confirm', {
    body: { code: codeOf(secret) },
  })
  expect(confirmed).toMatchObject({ status: 200, id: begun.id, attributes: { isConfirmed: true } })
  house.clock.advance('30s')
  return { id: begun.id, secret, recoveryCodes: confirmed.attributes['recoveryCodes'] as string[] }
}

beforeAll(async () => {
  house = await openTestHouse()
  server = await buildHttpServer(house.runtime, '0.0.0')
})
beforeEach(async () => {
  organisationId = (await house.newOrganisation()).id
  user = await consoleUser(house, organisationId)
  browser = newBrowser()
  await browser.signIn(user.email, password)
})
afterAll(async () => {
  await server.close()
  await house.close()
})

describe('an authenticator app', () => {
  test('is asked for once it was confirmed, and only after the right password', async () => {
    const begun = await browser.ask('POST', '/me/second-factors/totp', { body: {} })
    expect(begun.attributes['uri']).toContain(`secret=${begun.attributes['secret'] as string}&`)
    expect((await signIn()).status, 'not confirmed yet').toBe(200)
    const { secret } = await enrol()
    expect(await signIn()).toMatchObject({
      status: 401,
      body: { code: 'SECOND_FACTOR_REQUIRED', methods: ['TOTP', 'RECOVERY_CODE'] },
    })
    expect(
      await newBrowser().signIn(user.email, 'wrong password entirely', {
        secondFactor: { code: codeOf(secret) },
      }),
    ).toMatchObject(failed)
    expect(await signIn({ code: '000000' })).toMatchObject(failed)
    const answer = await signIn({ code: codeOf(secret) })
    expect(answer.status).toBe(200)
    const sessions = await house.owner<{ methods: string[] }>(
      'select methods from user_sessions where user_id = $1 order by created_at desc limit 1',
      [user.id],
    )
    expect(sessions[0]?.methods).toEqual(['PASSWORD', 'TOTP'])
    expect(answer.attributes['hasSecondFactor']).toBe(true)
  })

  test('gives codes that serve once, also when sent twice at once', async () => {
    const { secret } = await enrol()
    const code = codeOf(secret)
    const answers = await Promise.all([signIn({ code }), signIn({ code })])
    expect(answers.map((one) => one.status).sort()).toEqual([200, 401])
    expect(await signIn({ code })).toMatchObject(failed)
    expect(await signIn({ code: codeOf(secret, -1) }), 'older than the last').toMatchObject(failed)
    expect((await signIn({ code: codeOf(secret, 1) })).status).toBe(200)
  })

  test('is confirmed by a fitting code of the secret that was shown last', async () => {
    const first = await browser.ask('POST', '/me/second-factors/totp', { body: {} })
    const second = await browser.ask('POST', '/me/second-factors/totp', { body: {} })
    const confirm = (code: string): Promise<Answer> =>
      browser.ask('POST', '/me/second-factors/totp/confirm', { body: { code } })
    for (const code of ['123', codeOf(first.attributes['secret'] as string)])
      expect(await confirm(code)).toMatchObject({
        status: 400,
        body: { errors: [{ pointer: '/code', code: 'CODE_WRONG' }] },
      })
    expect(await confirm(codeOf(second.attributes['secret'] as string))).toMatchObject({ status: 200 })
    expect(await confirm(codeOf(second.attributes['secret'] as string, 1)), 'nothing left').toMatchObject({
      status: 400,
    })
    expect((await browser.ask('GET', '/me/second-factors')).body['meta']).toMatchObject({ total: 1 })
  })

  test('has its secret kept encrypted, opening in its own row only', async () => {
    const { id, secret } = await enrol()
    const other = await consoleUser(house, organisationId, 'viewer')
    const [row] = await house.owner<{ text: string; wrapped: Buffer }>(
      'select to_jsonb(f)::text as text, wrapped_secret as wrapped from user_second_factors f where id = $1',
      [id],
    )
    expect(row?.wrapped.includes(fromBase32(secret))).toBe(false)
    expect(row?.text).not.toContain(secret)
    // Moved to another user's row it opens nothing.
    await house.owner('update user_second_factors set user_id = $1 where id = $2', [other.id, id])
    const answer = await newBrowser().signIn(other.email, password, {
      secondFactor: { code: codeOf(secret) },
    })
    expect(answer.status).toBe(500)
  })

  test('cannot be guessed: wrong codes count like wrong passwords, the right password does not clear them', async () => {
    await enrol()
    for (let tries = 0; tries < 5; tries += 1) {
      expect(await signIn()).toMatchObject({ status: 401, body: { code: 'SECOND_FACTOR_REQUIRED' } })
      expect(await signIn({ code: '000000' })).toMatchObject(failed)
    }
    expect(await signIn()).toMatchObject({ status: 429 })
    house.clock.advance('1m')
    expect(await signIn(), 'the lock is over').toMatchObject({ body: { code: 'SECOND_FACTOR_REQUIRED' } })
    expect(await signIn({ code: '000000' })).toMatchObject(failed)
    expect(await signIn()).toMatchObject({ status: 429, headers: { 'retry-after': '120' } })
  })

  test('is taken away within ten minutes of a sign-in only, and by its user only', async () => {
    const { id, secret } = await enrol()
    const other = await consoleUser(house, organisationId, 'owner')
    expect(
      await newBrowser().ask('DELETE', `/me/second-factors/${id}`, { headers: other.headers }),
    ).toMatchObject({ status: 404 })
    house.clock.advance('10m')
    const stale = { status: 403, body: { code: 'REAUTHENTICATE' } }
    expect(await browser.ask('DELETE', `/me/second-factors/${id}`)).toMatchObject(stale)
    expect(await browser.ask('POST', '/me/recovery-codes')).toMatchObject(stale)
    await signIn({ code: codeOf(secret) }, browser)
    expect((await browser.ask('DELETE', `/me/second-factors/${id}`)).status).toBe(204)
    expect((await signIn()).status).toBe(200)
    expect(await house.owner('select 1 from user_recovery_codes where user_id = $1', [user.id])).toEqual([])
  })
})

describe('recovery codes', () => {
  test('are ten, come with the first factor, serve once each, and are kept as keyed hashes', async () => {
    const { recoveryCodes } = await enrol()
    expect(new Set(recoveryCodes).size).toBe(10)
    const [first = '', second = ''] = recoveryCodes
    expect(first).toMatch(/^([0-9A-Z]{4}-){3}[0-9A-Z]{4}$/)
    const answers = await Promise.all([
      signIn({ recoveryCode: first }),
      signIn({ recoveryCode: first.toLowerCase().replaceAll('-', ' ') }),
    ])
    expect(answers.map((one) => one.status).sort()).toEqual([200, 401])
    expect(await signIn({ recoveryCode: first })).toMatchObject(failed)
    expect((await signIn({ recoveryCode: second })).status).toBe(200)
    expect(await house.owner('select 1 from user_recovery_codes where user_id = $1', [user.id])).toHaveLength(
      8,
    )
    const again = await browser.ask('POST', '/me/second-factors/totp', { body: {} })
    const confirmed = await browser.ask('POST', '/me/second-factors/totp/confirm', {
      body: { code: codeOf(again.attributes['secret'] as string) },
    })
    expect(confirmed.attributes['recoveryCodes']).toBeNull()
  })

  test('of one user are nothing to another', async () => {
    const { recoveryCodes } = await enrol()
    const other = await consoleUser(house, organisationId, 'viewer')
    const theirs = newBrowser()
    await theirs.signIn(other.email, password)
    const begun = await theirs.ask('POST', '/me/second-factors/totp', { body: {} })
    await theirs.ask('POST', '/me/second-factors/totp/confirm', {
      body: { code: codeOf(begun.attributes['secret'] as string) },
    })
    expect(
      await newBrowser().signIn(other.email, password, { secondFactor: { recoveryCode: recoveryCodes[0] } }),
    ).toMatchObject(failed)
  })

  test('are made anew, and those from before are worth nothing', async () => {
    expect(await browser.ask('POST', '/me/recovery-codes')).toMatchObject({ status: 409 })
    const { recoveryCodes } = await enrol()
    const renewed = await browser.ask('POST', '/me/recovery-codes')
    expect(renewed.attributes['recoveryCodes']).toHaveLength(10)
    expect(await signIn({ recoveryCode: recoveryCodes[0] })).toMatchObject(failed)
    const [fresh] = renewed.attributes['recoveryCodes'] as string[]
    expect((await signIn({ recoveryCode: fresh })).status).toBe(200)
  })
})
