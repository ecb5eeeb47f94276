/** The worker's page as it is served: documents, headers, files. */
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestHouse, type TestHouse } from '../../../test/harness.ts'
import { buildHttpServer } from '../../front-doors.ts'
import { createHttpServer, type HttpServer } from '../../platform/http/http-server.ts'
import { workerPageFiles } from './worker-page.assets.routes.ts'

const alive = 'A'.repeat(43)
let house: TestHouse
let server: HttpServer
let scriptPath: string

beforeAll(async () => {
  house = await openTestHouse()
  server = await createHttpServer({
    runtime: house.runtime,
    routes: [],
    pages: workerPageFiles((token) => Promise.resolve(token === alive)),
    tags: {},
    version: '0.0.0',
    authenticate: () => Promise.reject(new Error('nobody signs in here')),
    readiness: () => Promise.resolve({ parts: {} }),
  })
  const { payload } = await get(`/r/${alive}`)
  scriptPath = /src="([^"]+)"/.exec(payload)?.[1] ?? ''
})
afterAll(async () => {
  await server.close()
  await house.close()
})

const get = (url: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') =>
  server.inject({ method, url, headers })

test('the icon that browsers ask for by themselves is there', async () => {
  const { statusCode, headers } = await get('/favicon.ico')
  expect([statusCode, headers['content-type']]).toEqual([200, 'image/svg+xml'])
})

describe('the page', () => {
  test('is the same for every worker, kept by nobody, indexed by nobody, and tells no other site where it came from', async () => {
    const { statusCode, headers, payload } = await get(`/r/${alive}`)
    expect(statusCode).toBe(200)
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
    expect(headers['x-robots-tag']).toContain('noindex')
    expect(headers['permissions-policy']).toContain('camera=(self)')
    expect(payload).not.toContain(alive)
    expect(payload).toContain('This page needs JavaScript')
    expect(payload).toContain('lang="zh-Hans"')
  })

  test('runs this site’s own files only: no script or style stands in it', async () => {
    const { headers, payload } = await get(`/r/${alive}`)
    const policy = String(headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self'")
    expect(policy).not.toMatch(/unsafe|https?:|\*|data:/)
    expect(payload).not.toMatch(/<style|style=|<script(?![^>]* src=)|\son\w+=|https?:/)
    for (const [, path = ''] of payload.matchAll(/(?:src|href)="([^"]+)"/g))
      expect((await get(path)).statusCode, path).toBe(200)
  })

  test('answers HEAD without a body', async () => {
    const { statusCode, payload } = await get(`/r/${alive}`, {}, 'HEAD')
    expect([statusCode, payload]).toEqual([200, ''])
  })
})

describe('a link that leads nowhere', () => {
  const withoutRequest = ({ headers, payload }: { headers: object; payload: string }) => ({
    headers: { ...headers, date: '', 'x-request-id': '' },
    payload,
  })

  test('is 404 with the same bytes for every token and language', async () => {
    const first = await get('/r/unknown')
    expect(first.statusCode).toBe(404)
    expect(first.payload).toContain('This link no longer works')
    expect(first.payload).not.toContain('<script')
    for (const token of ['B'.repeat(43), '%F0%9F%92%A9', 'x', alive.toLowerCase()]) {
      const other = await get(`/r/${token}`, { 'accept-language': 'zh-CN' })
      expect(withoutRequest(other)).toEqual(withoutRequest(first))
    }
  })

  test('is every link of a house that has given none out', async () => {
    const whole = await buildHttpServer(house.runtime, '0.0.0')
    const answer = await whole.inject({ url: `/r/${alive}` })
    await whole.close()
    expect(withoutRequest(answer)).toEqual(withoutRequest(await get('/r/unknown')))
    expect(answer.statusCode).toBe(404)
  })
})

describe('the files of the bundle', () => {
  test('may be kept for ever, under an address of their content', async () => {
    const { statusCode, headers } = await get(scriptPath)
    expect(statusCode).toBe(200)
    expect(scriptPath).toMatch(/^\/r-assets\/[0-9a-f]{16}\/page\.js$/)
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable')
    expect(headers['content-type']).toBe('text/javascript; charset=utf-8')
  })

  test('go compressed to whoever takes that, and are the same bytes', async () => {
    const plain = await get(scriptPath)
    expect(plain.headers['content-encoding']).toBeUndefined()
    const gzip = await get(scriptPath, { 'accept-encoding': 'gzip, deflate' })
    expect(gzip.headers['content-encoding']).toBe('gzip')
    expect(gunzipSync(gzip.rawPayload)).toEqual(plain.rawPayload)
    const br = await get(scriptPath, { 'accept-encoding': 'gzip, deflate, br;q=0.5' })
    expect(br.headers['content-encoding']).toBe('br')
    expect(brotliDecompressSync(br.rawPayload)).toEqual(plain.rawPayload)
    const refused = await get(scriptPath, { 'accept-encoding': 'br;q=0, gzip;q=0.0' })
    expect(refused.headers['content-encoding']).toBeUndefined()
    expect(plain.headers['vary']).toContain('Accept-Encoding')
  })

  test('another build’s and unknown ones are 404, and no path leads out of the bundle', async () => {
    for (const path of [
      scriptPath.replace(/[0-9a-f]{16}/, '0'.repeat(16)),
      scriptPath.replace('page.js', 'page.tsx'),
      scriptPath.replace('page.js', '..%2f..%2fpackage.json'),
      scriptPath.replace('page.js', 'constructor'),
    ]) {
      const { statusCode, headers } = await get(path)
      expect([statusCode, headers['cache-control']], path).toEqual([404, 'no-store'])
    }
  })

  test('weigh at most 100 KB of JavaScript together, compressed', async () => {
    let bytes = 0
    for (const name of ['page.js', 'zh-Hans.js']) {
      const answer = await get(scriptPath.replace('page.js', name), { 'accept-encoding': 'gzip' })
      expect(answer.headers['content-encoding']).toBe('gzip')
      bytes += answer.rawPayload.length
    }
    expect(bytes).toBeLessThanOrEqual(100 * 1024)
  })
})
