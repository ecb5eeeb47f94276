import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { openOutbound, outboundRequest, type OutboundRequest, type Resolve } from './outbound.ts'

const open = { allowPrivate: true, allowHttp: true }
const strict = { allowPrivate: false, allowHttp: false }

const servers: Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
})

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  servers.push(server)
  return (server.address() as AddressInfo).port
}

const serve = (listener: RequestListener): Promise<number> => listen(createServer(listener))

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request) body += String(chunk)
  return body
}

/** Answers the given addresses, a list per look-up; the last one again and again. Counts the look-ups. */
function resolver(...answers: string[][]): Resolve & { names: string[] } {
  const names: string[] = []
  const resolve: Resolve = async (hostname) => {
    names.push(hostname)
    const addresses = answers[Math.min(names.length, answers.length) - 1] as string[]
    return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
  }
  return Object.assign(resolve, { names })
}

const get = (url: string, more: Partial<OutboundRequest> = {}): OutboundRequest => ({
  url,
  method: 'GET',
  timeoutMs: 10_000,
  responseBytesMax: 1_000_000,
  ...more,
})

const refusal = (code: string, detail: string | RegExp): unknown =>
  expect.objectContaining({ name: 'AppError', code, message: expect.stringMatching(detail) })

describe('a call', () => {
  it('carries method, headers and body, and gives back status, headers and body', async () => {
    const port = await serve((request, response) => {
      void bodyOf(request).then((body) => {
        response.writeHead(202, { 'x-answer': 'yes' })
        const { method, url, headers } = request
        response.end(JSON.stringify({ method, url, headers, body }))
      })
    })
    const response = await outboundRequest(
      get(`http://127.0.0.1:${port}/in?a=1`, {
        method: 'POST',
        headers: { 'Content-Type': 'text/plain' },
        body: 'hallo',
      }),
      open,
    )
    expect(response.status).toBe(202)
    expect(response.headers['x-answer']).toBe('yes')
    expect(JSON.parse(response.body.toString())).toMatchObject({
      method: 'POST',
      url: '/in?a=1',
      headers: { 'content-type': 'text/plain', 'content-length': '5', host: `127.0.0.1:${port}` },
      body: 'hallo',
    })
  })

  it.each([301, 302, 303, 307, 308])('hands a %i back', async (status) => {
    let calls = 0
    const port = await serve((_request, response) => {
      calls += 1
      response.writeHead(status, { location: '/elsewhere' }).end()
    })
    const response = await outboundRequest(get(`http://127.0.0.1:${port}/`), open)
    expect(response).toMatchObject({ status, headers: { location: '/elsewhere' } })
    expect(calls).toBe(1)
  })

  it('takes an answer of just the size, and none a byte longer, announced or not', async () => {
    const port = await serve((request, response) => {
      if (request.url === '/announced') response.setHeader('content-length', 1001)
      response.end(Buffer.alloc(request.url === '/exact' ? 1000 : 1001))
    })
    const at = (path: string) =>
      outboundRequest(get(`http://127.0.0.1:${port}${path}`, { responseBytesMax: 1000 }), open)
    expect((await at('/exact')).body).toHaveLength(1000)
    await expect(at('/announced')).rejects.toEqual(refusal('OUTBOUND_FAILED', 'more than 1000 bytes'))
    await expect(at('/chunked')).rejects.toEqual(refusal('OUTBOUND_FAILED', 'more than 1000 bytes'))
  })

  it('stops reading an endless answer', async () => {
    const port = await serve((_request, response) => {
      const more = (): void => {
        while (response.write(Buffer.alloc(10_000)));
      }
      response.on('drain', more)
      more()
    })
    await expect(outboundRequest(get(`http://127.0.0.1:${port}/`), open)).rejects.toEqual(
      refusal('OUTBOUND_FAILED', 'more than 1000000 bytes'),
    )
  })

  it('gives up in time, before the head and amid the body', async () => {
    const port = await serve((request, response) => {
      if (request.url === '/body') response.write('so far')
    })
    for (const path of ['/head', '/body']) {
      await expect(
        outboundRequest(get(`http://127.0.0.1:${port}${path}`, { timeoutMs: 50 }), open),
      ).rejects.toEqual(refusal('OUTBOUND_FAILED', 'within 50 ms'))
    }
    const never: Resolve = () => new Promise(() => {})
    await expect(
      outboundRequest(get('https://slow.test/', { timeoutMs: 50 }), strict, never),
    ).rejects.toEqual(refusal('OUTBOUND_FAILED', 'within 50 ms'))
  })

  it('can be given up by its caller', async () => {
    const controller = new AbortController()
    const port = await serve(() => controller.abort())
    await expect(
      outboundRequest(get(`http://127.0.0.1:${port}/`, { signal: controller.signal }), open),
    ).rejects.toEqual(refusal('OUTBOUND_FAILED', 'given up'))
  })

  it('says what went wrong without the path', async () => {
    const port = await serve((request) => request.socket.destroy())
    const error = await outboundRequest(get(`http://127.0.0.1:${port}/secret?token=secret`), open).catch(
      (e) => e,
    )
    expect(error).toEqual(refusal('OUTBOUND_FAILED', '127.0.0.1 could not be called'))
    expect(error.message).not.toContain('secret')
    await expect(outboundRequest(get('https://nowhere.test/'), strict, resolver([]))).rejects.toEqual(
      refusal('OUTBOUND_FAILED', 'no address'),
    )
    const unknown: Resolve = () =>
      Promise.reject(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }))
    await expect(outboundRequest(get('https://nowhere.test/'), strict, unknown)).rejects.toEqual(
      refusal('OUTBOUND_FAILED', 'ENOTFOUND'),
    )
  })

  it('keeps connections for the next one, and looks the name up once for each', async () => {
    const clients = new Set<number | undefined>()
    const port = await serve((request, response) => {
      clients.add(request.socket.remotePort)
      response.end()
    })
    const resolve = resolver(['127.0.0.1'])
    const outbound = openOutbound(open, resolve)
    for (let n = 0; n < 6; n++) await outbound.request(get(`http://kept.test:${port}/`))
    await outbound.close()
    expect(clients.size).toBeLessThan(6)
    expect(resolve.names).toHaveLength(clients.size)
  })
})

describe('refused', () => {
  it.each([
    ['not a url', 'no complete URL'],
    ['https://', 'no complete URL'],
    ['/path', 'no complete URL'],
    ['ftp://example.org/', 'by ftp'],
    ['file:///etc/passwd', 'no complete URL'],
    ['http://example.org/', 'by http'],
    ['https://user:password@example.org/', 'user name or password'],
    ['https://user@example.org/', 'user name or password'],
    ['https://example.org:22/', 'port 22'],
    ['https://example.org:80/', 'port 80'],
    ['https://127.0.0.1/', 'loopback'],
    ['https://127.1/', 'loopback'],
    ['https://2130706433/', 'loopback'],
    ['https://0x7f.0.0.1/', 'loopback'],
    ['https://0177.0.0.1:8443/', 'loopback'],
    ['https://[::1]/', 'loopback'],
    ['https://[::ffff:10.0.0.1]/', 'private'],
    ['https://[fe80::1]/', 'link-local'],
    ['https://169.254.169.254/latest/meta-data', 'link-local'],
    ['https://\uff11\uff12\uff17.0.0.1/', 'loopback'],
  ])('%s', async (url, detail) => {
    const resolve = resolver(['8.8.8.8'])
    await expect(outboundRequest(get(url), strict, resolve)).rejects.toEqual(
      refusal('OUTBOUND_REFUSED', detail),
    )
    expect(resolve.names).toEqual([])
  })

  it.each([
    [['127.0.0.1']],
    [['8.8.8.8', '10.0.0.1']],
    [['2606:4700::1111', '::1']],
    [['::ffff:192.168.1.1']],
    [['64:ff9b::7f00:1']],
    [['100.64.1.1']],
    [['0.0.0.0']],
  ])('a name that has the addresses %j', async (addresses) => {
    const error = await outboundRequest(get('https://named.test/'), strict, resolver(addresses)).catch(
      (e) => e,
    )
    expect(error).toEqual(refusal('OUTBOUND_REFUSED', 'named.test has an address that is'))
    for (const address of addresses) expect(error.message).not.toContain(address)
  })

  it('localhost as the system resolves it', async () => {
    await expect(outboundRequest(get('https://localhost/'), strict)).rejects.toEqual(
      refusal('OUTBOUND_REFUSED', 'loopback'),
    )
  })

  it('http, if only private addresses are allowed; other ports and addresses, if only http is', async () => {
    await expect(
      outboundRequest(get('http://127.0.0.1/'), { ...strict, allowPrivate: true }),
    ).rejects.toEqual(refusal('OUTBOUND_REFUSED', 'by http'))
    await expect(outboundRequest(get('http://example.org/'), { ...strict, allowHttp: true })).rejects.toEqual(
      refusal('OUTBOUND_REFUSED', 'port 80'),
    )
    await expect(
      outboundRequest(get('http://127.0.0.1:443/'), { ...strict, allowHttp: true }),
    ).rejects.toEqual(refusal('OUTBOUND_REFUSED', 'loopback'))
  })

  it.each([
    { Host: 'other.test' },
    { 'Transfer-Encoding': 'chunked' },
    { connection: 'upgrade' },
    { 'bad name': 'x' },
    { good: 'line\r\nbreak: 1' },
    { good: 'nul\0' },
  ])('the header %j', async (headers) => {
    await expect(outboundRequest(get('http://127.0.0.1:1/', { headers }), open)).rejects.toEqual(
      refusal('OUTBOUND_REFUSED', 'header'),
    )
  })

  it('a body above the limit', async () => {
    const body = Buffer.alloc(16 * 2 ** 20 + 1)
    await expect(outboundRequest(get('http://127.0.0.1:1/', { method: 'POST', body }), open)).rejects.toEqual(
      refusal('BODY_TOO_LARGE', 'bytes'),
    )
  })
})

describe('a name that changes its address', () => {
  it('is connected to where it was when it was checked', async () => {
    const port = await serve((request, response) => response.end(`checked ${request.headers.host}`))
    const resolve = resolver(['127.0.0.1'], ['127.0.0.2'])
    const response = await outboundRequest(get(`http://rebind.test:${port}/`), open, resolve)
    expect(response.body.toString()).toBe(`checked rebind.test:${port}`)
    expect(resolve.names).toEqual(['rebind.test'])
  })

  it('is refused as soon as a new connection finds it at a private one', async () => {
    const resolve = resolver(['8.8.8.8', '127.0.0.1'], ['127.0.0.1'])
    const outbound = openOutbound(strict, resolve)
    for (let n = 0; n < 2; n++)
      await expect(outbound.request(get('https://rebind.test/'))).rejects.toEqual(
        refusal('OUTBOUND_REFUSED', 'loopback'),
      )
    await outbound.close()
    expect(resolve.names).toEqual(['rebind.test', 'rebind.test'])
  })

  it('keeps its name for the certificate, which has to fit', async () => {
    const server = createTlsServer({ key: testKey, cert: testCertificate }, (_request, response) =>
      response.end('ok'),
    )
    const port = await listen(server)
    const resolve = resolver(['127.0.0.1'])
    const call = (host: string) => outboundRequest(get(`https://${host}:${port}/`), open, resolve)
    await expect(call('named.test')).rejects.toEqual(
      refusal('OUTBOUND_FAILED', 'SELF_SIGNED|UNABLE_TO_VERIFY'),
    )
    const usual = getCACertificates()
    setDefaultCACertificates([testCertificate])
    try {
      expect((await call('named.test')).body.toString()).toBe('ok')
      await expect(call('other.test')).rejects.toEqual(
        refusal('OUTBOUND_FAILED', 'ERR_TLS_CERT_ALTNAME_INVALID'),
      )
    } finally {
      setDefaultCACertificates(usual)
    }
  })
})

/** For `named.test`, made for this file and used nowhere else. */
const testKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgVS5vD/23z9Ei2//D
8EzptRC3QYxoK9uj2S+UHqNFX/+hRANCAASp3LvrpzRUoe1ry3kM+oxj0Vt3KQ9Q
eJ3KImfyFutLZEWbnAYGPLSY9DIGzsYjA1Nz8HS1mOKqW/UXaaRz1q8l
-----END PRIVATE KEY-----`
const testCertificate = `-----BEGIN CERTIFICATE-----
MIIBmjCCAT+gAwIBAgIUa1txQlc3+33+dORWOZ4jE1AmQccwCgYIKoZIzj0EAwIw
JjEkMCIGA1UEAwwbVGVzdCBvZiB0aGUgb3V0Ym91bmQgY2xpZW50MCAXDTI2MTEy
MzA1NTIzNVoYDzIxMjYxMDMwMDU1MjM1WjAmMSQwIgYDVQQDDBtUZXN0IG9mIHRo
ZSBvdXRib3VuZCBjbGllbnQwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASp3Lvr
pzRUoe1ry3kM+oxj0Vt3KQ9QeJ3KImfyFutLZEWbnAYGPLSY9DIGzsYjA1Nz8HS1
mOKqW/UXaaRz1q8lo0kwRzAVBgNVHREEDjAMggpuYW1lZC50ZXN0MA8GA1UdEwEB
/wQFMAMBAf8wHQYDVR0OBBYEFEOW7A+5XVolhGPdIMBRXxwAGXp/MAoGCCqGSM49
BAMCA0kAMEYCIQCNSaB9a1pGdCX1pXqjVxXURR4tKfu/9WA54lPkiL6PbQIhAIBv
j2vrmhjz4pshIq2p3ryTMo4q8aeTZdmfnjFLAb9V
-----END CERTIFICATE-----`
