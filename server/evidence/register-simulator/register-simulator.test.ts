/** The register simulator as an HTTP server: how it treats those who ask badly. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRegisterSimulator, type RegisterSimulator } from './register-simulator.ts'

describe('the simulator over HTTP', () => {
  let simulator: RegisterSimulator
  beforeAll(async () => {
    simulator = await startRegisterSimulator({ host: '127.0.0.1', port: 0 })
  })
  afterAll(() => simulator.close())
  const call = async (path: string, init?: RequestInit): Promise<{ status: number; body: unknown }> => {
    const response = await fetch(simulator.url + path, init)
    return { status: response.status, body: await response.json() }
  }
  const post = (body: string | Buffer<ArrayBuffer>) => call('/v1/checks', { method: 'POST', body })

  it('answers questions, and counts them', async () => {
    const before = simulator.answered()
    expect(
      await post(JSON.stringify({ number: '1230001', birthDate: '1990-01-01', more: [1] })),
    ).toMatchObject({
      status: 200,
      body: { status: 'CURRENT', number: '1230001' },
    })
    expect(await post('{}')).toMatchObject({ status: 200, body: { status: 'CURRENT' } })
    expect(simulator.answered()).toBe(before + 2)
  })

  it('tells questions that are none from numbers that it does not know', async () => {
    for (const body of ['', 'CURRENT', '[]', 'null', '{"number":1}', `{"number":"${'x'.repeat(1_001)}"}`])
      expect((await post(body)).status, body.slice(0, 20)).toBe(400)
    expect((await post('{"number":"1230005"}')).status).toBe(404)
  })

  it('takes no more than a question has', async () => {
    for (const bytes of [16_385, 5_000_000])
      expect(await post(Buffer.alloc(bytes, ' '))).toMatchObject({
        status: 413,
        body: { error: expect.stringContaining('16384') as string },
      })
    expect((await post(`{}${' '.repeat(16_382)}`)).status).toBe(200)
  })

  it('says where questions go, and that it is there', async () => {
    expect(await call('/healthz')).toEqual({ status: 200, body: { status: 'ok' } })
    expect(await call('/v1/checks')).toMatchObject({ status: 405 })
    expect(await call('/v2/checks', { method: 'POST', body: '{}' })).toMatchObject({ status: 404 })
  })

  it('does not take a port that is taken', async () => {
    const port = Number(new URL(simulator.url).port)
    await expect(startRegisterSimulator({ host: '127.0.0.1', port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    })
  })

  it('ends although somebody waits for a slow answer', async () => {
    const other = await startRegisterSimulator({ host: '127.0.0.1', port: 0 })
    const waiting = fetch(`${other.url}/v1/checks`, { method: 'POST', body: '{"number":"1230006"}' }).catch(
      () => 'broken off',
    )
    // It is asked before it is ended.
    await fetch(`${other.url}/healthz`)
    await other.close()
    expect(await waiting).toBe('broken off')
  })
})
