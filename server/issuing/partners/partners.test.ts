/** Clients, secrets and tokens of partners (RFC 6749). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPartnerHouse, type PartnerAnswer, type PartnerHouse } from '../../../test/partner-house.ts'
import { operator } from '../../../test/harness.ts'
import { partnerCommands } from './partners.commands.ts'
import {
  authenticatePartner,
  changeClient,
  createPartner,
  dailyTimer,
  listClients,
  retireOldSecrets,
  rotateSecret,
  type NewClient,
} from './partners.ts'

let api: PartnerHouse
let made: NewClient
beforeAll(async () => {
  api = await openPartnerHouse()
  made = await createPartner(api.house.runtime, operator, {
    name: 'Skill Test Provider',
    scopes: ['write.education', 'read.status'],
  })
})
afterAll(() => api.close())

const ask = (
  form: Record<string, string> | string,
  headers: Record<string, string> = {},
): Promise<PartnerAnswer> =>
  api.ask('POST', '/v1/oauth/token.json', {
    body: typeof form === 'string' ? form : new URLSearchParams(form).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  })
const grant = { grant_type: 'client_credentials' }
const inForm = ({ clientId, clientSecret }: NewClient): Record<string, string> => ({
  ...grant,
  client_id: clientId,
  client_secret: clientSecret,
})
const basic = (id: string, secret: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`,
})
const holds = async (token: unknown): Promise<readonly string[]> =>
  (await authenticatePartner(api.house.runtime, `Bearer ${String(token)}`)).scopes

describe('the token endpoint', () => {
  test('gives a client all its scopes, or those that it asks for; nothing keeps the answer', async () => {
    const answer = await ask(inForm(made))
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'cache-control': 'no-store', pragma: 'no-cache' },
      body: { token_type: 'Bearer', expires_in: 1800, scope: 'write.education read.status' },
    })
    expect(Object.keys(answer.body)).toHaveLength(4)
    const less = await ask({ ...inForm(made), scope: 'read.status' })
    expect(less.body['scope']).toBe('read.status')
    expect(await holds(less.body['access_token'])).toEqual(['read.status'])
  })
  test('takes HTTP Basic as well, but not both', async () => {
    const { clientId, clientSecret } = made
    expect((await ask(grant, basic(clientId, clientSecret))).status).toBe(200)
    expect((await ask({ ...grant, client_id: clientId }, basic(clientId, clientSecret))).status).toBe(200)
    expect(await ask(inForm(made), basic(clientId, clientSecret))).toMatchObject({
      status: 400,
      body: { error: 'invalid_request' },
    })
  })
  test.each<[string, Record<string, string> | string, number, string]>([
    ['no grant_type', {}, 400, 'invalid_request'],
    ['another grant', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
    ['no client', grant, 401, 'invalid_client'],
    [
      'an unknown client',
      { ...grant, client_id: 'pcl_0000000000000000', client_secret: `vps_${'x'.repeat(32)}` },
      401,
      'invalid_client',
    ],
    ['a NUL', { ...grant, client_id: '\0', client_secret: '\0' }, 401, 'invalid_client'],
    [
      'a parameter twice',
      'grant_type=client_credentials&grant_type=client_credentials',
      400,
      'invalid_request',
    ],
  ])('refuses %s in the words of RFC 6749', async (_name, form, status, error) => {
    const answer = await ask(form)
    expect(answer).toMatchObject({ status, body: { error } })
    expect(Object.keys(answer.body).sort()).toEqual(['error', 'error_description'])
    expect(answer.headers['www-authenticate']).toBe(status === 401 ? 'Basic realm="partner"' : undefined)
  })
  test('refuses a wrong secret, a scope that the client has not, and one that is none', async () => {
    const wrong = `${made.clientSecret.slice(0, -1)}${made.clientSecret.endsWith('a') ? 'b' : 'a'}`
    expect(await ask({ ...inForm(made), client_secret: wrong })).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    })
    for (const scope of ['write.microcredential', 'read.status everything', 'a"b'])
      expect(await ask({ ...inForm(made), scope })).toMatchObject({
        status: 400,
        body: { error: 'invalid_scope' },
      })
  })
  test('takes a form only', async () => {
    expect(await ask('{}', { 'content-type': 'application/json' })).toMatchObject({ status: 415 })
    expect(await ask(`a=${'x'.repeat(20_000)}`)).toMatchObject({ status: 413 })
  })
})

describe('secrets and tokens', () => {
  test('are kept as hashes only', async () => {
    const { body } = await ask(inForm(made))
    const [row] = await api.house.owner<{ all: string }>(
      `select (select string_agg(t::text, ' ') from partner_client_secrets t) || (select string_agg(t::text, ' ') from partner_access_tokens t)
        || (select string_agg(t::text, ' ') from audit_entries t) as all`,
    )
    expect(row?.all).not.toContain(made.clientSecret)
    expect(row?.all).not.toContain(String(body['access_token']))
  })
  test('two secrets are live during a rotation, and no third', async () => {
    const { runtime } = api.house
    const first = await createPartner(runtime, operator, { name: 'Rotating', scopes: ['read.status'] })
    const inScope = <T>(work: Parameters<typeof runtime.write<T>>[2]) =>
      runtime.write(first.partnerId, operator, work)
    const works = async (one: NewClient): Promise<boolean> => (await ask(inForm(one))).status === 200
    api.house.clock.advance('1m')
    const second = await inScope((ctx) => rotateSecret(ctx, first.clientId))
    expect([await works(first), await works(second)]).toEqual([true, true])
    api.house.clock.advance('1m')
    const third = await inScope((ctx) => rotateSecret(ctx, first.clientId))
    expect([await works(first), await works(second), await works(third)]).toEqual([false, true, true])
    expect(await inScope((ctx) => retireOldSecrets(ctx, first.clientId))).toBe(1)
    expect([await works(second), await works(third)]).toEqual([false, true])
    const clients = await runtime.read(first.partnerId, operator, (ctx) => listClients(ctx))
    expect(clients[0]?.secrets.map(({ lastFour }) => lastFour)).toEqual([third.clientSecret.slice(-4)])
    await expect(inScope((ctx) => rotateSecret(ctx, made.clientId))).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })
  test('a token ends after half an hour, with its client, and may no more than its client', async () => {
    const { runtime, clock } = api.house
    const own = await createPartner(runtime, operator, {
      name: 'Ending',
      scopes: ['write.education', 'read.status'],
    })
    const change = (to: Parameters<typeof changeClient>[2]) =>
      runtime.write(own.partnerId, operator, (ctx) => changeClient(ctx, own.clientId, to))
    const tokenNow = async (): Promise<unknown> => (await ask(inForm(own))).body['access_token']
    const first = await tokenNow()
    await change({ scopes: ['read.status'] })
    expect(await holds(first)).toEqual(['read.status'])
    await change({ isEnabled: false })
    await expect(holds(first)).rejects.toMatchObject({ code: 'PARTNER_TOKEN_INVALID' })
    expect(await ask(inForm(own))).toMatchObject({ status: 401 })
    await change({ isEnabled: true })
    await expect(holds(first)).rejects.toMatchObject({ code: 'PARTNER_TOKEN_INVALID' })
    const second = await tokenNow()
    clock.advance('29m')
    expect(await holds(second)).toEqual(['read.status'])
    clock.advance('1m')
    await expect(holds(second)).rejects.toMatchObject({ code: 'PARTNER_TOKEN_INVALID' })
  })
})

describe('commands', () => {
  const run = async (path: string, input: Record<string, string | boolean>) => {
    const command = partnerCommands.find((one) => one.path === path)
    if (!command) throw new Error(path)
    return command.run({ runtime: api.house.runtime, caller: operator } as never, input)
  }
  test('make a partner whose client gets a token, and refuse a name or a scope that cannot be', async () => {
    const { output } = await run('partner create', {
      name: 'By command',
      scopes: 'write.universal, read.status',
    })
    expect(await ask(inForm(output as NewClient))).toMatchObject({
      body: { scope: 'write.universal read.status' },
    })
    await expect(run('partner create', { name: 'by COMMAND', scopes: 'read.status' })).rejects.toMatchObject({
      code: 'NAME_TAKEN',
    })
    await expect(run('partner create', { name: 'X', scopes: 'write.educaton' })).rejects.toThrow(
      /write\.education/,
    )
    await expect(run('partner rotate-secret', { partner: 'By commands', client: 'x' })).rejects.toThrow(
      /Did you mean "By command"/,
    )
    expect((await run('partner list', {})).text).toContain('By command')
  })
})

test('every day the storage of a partner is looked at', async () => {
  api.house.clock.advance('24h')
  await api.house.drain()
  const timers = await api.house.owner<{ due: Date }>(
    'select due_at as due from timers where kind = $1 and organisation_id = $2',
    [dailyTimer, made.partnerId],
  )
  expect(timers).toHaveLength(1)
  expect(timers[0]?.due.getTime()).toBeGreaterThan(api.house.clock.now().getTime())
})
