/** Where a connector may go, and who may let it (spec 60, Connectors; spec 90, SSRF). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { apiCaller, tokenFor, type ApiAnswer } from '../../../test/api-caller.ts'
import { guardedRegister, type GuardedRegister } from '../../../test/guarded-register.ts'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import { buildHttpServer } from '../../front-doors.ts'
import type { HttpServer } from '../../platform/http/http-server.ts'
import { openOutbound } from '../../platform/outbound.ts'
import { connectorInput } from './registers.schema.ts'
import { prepareConnector, setConnector } from './registers.ts'

describe('where a connector may go, in an installation as it is by default', () => {
  let house: TestHouse
  let server: HttpServer
  let register: GuardedRegister
  let organisationId: string
  let token: string
  const names: Record<string, readonly string[]> = {}
  const outbound = openOutbound({ allowPrivate: false, allowHttp: false }, async (hostname) => {
    const addresses = names[hostname]
    if (addresses === undefined) throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' })
    return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
  })

  beforeAll(async () => {
    house = await openTestHouse({ outbound, settings: { SANDBOX: '0' } })
    server = await buildHttpServer(house.runtime, '0.0.0')
    register = await guardedRegister('a secret')
    organisationId = (await house.newOrganisation()).id
    token = await tokenFor(house, organisationId)
  })
  afterAll(async () => {
    await server.close()
    await house.close()
    await outbound.close()
    register.close()
  })
  const ask = apiCaller(
    () => server,
    () => token,
  )
  const put = (kind: string, settings: object, secret?: string): Promise<ApiAnswer> =>
    ask('PUT', '/registers/AHPRA/connector', { kind, settings, ...(secret === undefined ? {} : { secret }) })

  test.each([
    'http://register.example.org/',
    'http://1.1.1.1/',
    'https://127.0.0.1/',
    'https://127.0.0.1:8443/',
    'http://127.0.0.1:8095/',
    'http://localhost:8095/',
    'https://localhost/',
    'https://inner.example.org/',
    'https://mixed.example.org/',
    'https://sixth.example.org/',
    'https://10.1.2.3/',
    'https://172.31.255.1/',
    'https://192.168.1.1/',
    'https://169.254.169.254/latest/meta-data',
    'https://100.64.0.1/',
    'https://0/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://[::1]/',
    'https://[fe80::1]/',
    'https://[fd00::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://register.example.org:22/',
    'https://user:word@register.example.org/',
  ])('refuses %s at once, as address, for health and for tokens', async (url) => {
    Object.assign(names, {
      'register.example.org': ['1.1.1.1'],
      'inner.example.org': ['10.0.0.8'],
      'mixed.example.org': ['1.1.1.1', '192.168.0.1'],
      'sixth.example.org': ['fd00::8'],
      localhost: ['127.0.0.1'],
    })
    const before = (await ask('GET', '/registers/AHPRA')).payload.replace(/"requestId":"[^"]+"/, '')
    const good = 'https://register.example.org/check'
    const answer = await put(
      'http',
      { url, healthUrl: url, auth: { kind: 'oauth2', tokenUrl: url, clientId: 'us' } },
      'a secret',
    )
    expect({ status: answer.status, errors: answer.body.errors }).toMatchObject({
      status: 400,
      errors: ['/settings/url', '/settings/healthUrl', '/settings/auth/tokenUrl'].map((pointer) => ({
        pointer,
        code: 'OUTBOUND_REFUSED',
      })),
    })
    expect(answer.payload).not.toContain('user:word')
    // Together with what else is wrong.
    const more = await put('http', { url: good, healthUrl: url, auth: { kind: 'bearer' } })
    expect(more.body.errors?.map(({ pointer }) => pointer)).toEqual(['/settings/healthUrl', '/secret'])
    expect((await ask('GET', '/registers/AHPRA')).payload.replace(/"requestId":"[^"]+"/, '')).toBe(before)
  })

  test('a name that changes its address after that is refused when it is called', async () => {
    names['turncoat.example.org'] = ['1.1.1.1']
    const made = await put('http', {
      url: 'https://turncoat.example.org/check',
      healthUrl: 'https://turncoat.example.org:8443/',
    })
    expect(made.status, made.payload).toBe(200)
    names['turncoat.example.org'] = ['127.0.0.1']
    expect((await ask('GET', '/registers/AHPRA/health')).body.data?.attributes).toMatchObject({
      isReachable: false,
      detail: 'turncoat.example.org has an address that is loopback (RFC 1122).',
    })
    await ask('DELETE', '/registers/AHPRA/connector')
  })

  test('a name that cannot be looked up now may be set', async () => {
    const made = await put('http', { url: 'https://not-yet.example.org/check' })
    expect(made.status, made.payload).toBe(200)
    await ask('DELETE', '/registers/AHPRA/connector')
  })

  test('the simulator is refused here, and the operator may set it, on this machine alone', async () => {
    const refused = await put('simulator', {
      url: `${register.url}/elsewhere`,
      healthUrl: `${register.url}/x`,
    })
    expect(refused.status).toBe(400)
    expect(refused.body.errors?.map(({ pointer, code }) => `${pointer} ${code}`)).toEqual([
      '/settings/healthUrl OUTBOUND_REFUSED',
      '/kind SIMULATOR',
      '/settings/url SIMULATOR_URL',
      '/settings/healthUrl SIMULATOR_URL',
    ])
    const set = async (url: string): Promise<unknown> => {
      const input = connectorInput.parse({ kind: 'simulator', settings: { url } })
      const prepared = await prepareConnector(house.runtime, organisationId, input)
      return house.runtime.write(organisationId, operator, (ctx) =>
        setConnector(ctx, prepared, 'AHPRA', { isSandbox: false }),
      )
    }
    for (const url of ['http://10.0.0.1:8095', 'http://169.254.169.254', 'http://register.example.org:8095'])
      await expect(set(url)).rejects.toMatchObject({
        code: 'VALIDATION_FAILED',
        errors: [{ pointer: '/settings/url', code: 'OUTBOUND_REFUSED' }],
      })
    await set(register.url)
    expect((await ask('GET', '/registers/AHPRA/health')).body.data?.attributes).toMatchObject({
      detail: 'It answers and does not let us in (401).',
    })
    expect(register.asked).toEqual(['/healthz false'])
    // That the operator set it lets nobody else change it, or reach this machine in another way.
    expect((await put('simulator', { url: register.url })).body.errors).toMatchObject([{ pointer: '/kind' }])
    expect((await put('http', { url: register.url })).body.errors).toMatchObject([
      { pointer: '/settings/url' },
    ])
    await ask('DELETE', '/registers/AHPRA/connector')
  })
})
