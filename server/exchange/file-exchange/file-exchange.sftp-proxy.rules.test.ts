import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readProxyHeader } from './file-exchange.sftp-proxy.rules.ts'

const line = (text: string): Buffer => Buffer.from(text, 'latin1')
const hello = line('SSH-2.0-Test\r\n')
const signature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1')
const version2 = (command: number, family: number, body: Buffer): Buffer => {
  const head = Buffer.from([command, family, body.length >> 8, body.length & 255])
  return Buffer.concat([signature, head, body])
}
const tcp4 = Buffer.from([203, 0, 113, 7, 192, 0, 2, 1, 0xc0, 0, 0, 22])
const bytes6 = (...groups: number[]): number[] => groups.flatMap((group) => [group >> 8, group & 255])
const tcp6 = Buffer.from([
  ...bytes6(0x2001, 0xdb8, 1, 2, 0, 0, 0, 7),
  ...bytes6(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1),
  0xc0,
  0,
  0,
  22,
])
const mapped = Buffer.concat([Buffer.from(bytes6(0, 0, 0, 0, 0, 0xffff, 0xcb00, 0x7107)), tcp6.subarray(16)])
const extras = Buffer.from([4, 0, 1, 0])

describe('PROXY headers', () => {
  test.each([
    ['IPv4', line('PROXY TCP4 203.0.113.7 192.0.2.1 49152 22\r\n'), '203.0.113.7'],
    ['IPv6', line('PROXY TCP6 2001:DB8:1:2:0:0:0:7 2001:db8::1 49152 22\r\n'), '2001:db8:1:2::7'],
    ['IPv4 as IPv6', line('PROXY TCP6 ::ffff:203.0.113.7 ::1 0 65535\r\n'), '203.0.113.7'],
    ['IPv4', version2(0x21, 0x11, tcp4), '203.0.113.7'],
    ['IPv4 with extras', version2(0x21, 0x11, Buffer.concat([tcp4, extras])), '203.0.113.7'],
    ['IPv6', version2(0x21, 0x21, tcp6), '2001:db8:1:2::7'],
    ['IPv4 as IPv6', version2(0x21, 0x21, mapped), '203.0.113.7'],
  ])('name whose connection it is: %s', (_name, header, address) => {
    expect(readProxyHeader(Buffer.concat([header, hello]))).toEqual({
      kind: 'PROXIED',
      address,
      bytes: header.length,
    })
  })

  test.each([
    ['UNKNOWN', line('PROXY UNKNOWN\r\n')],
    ['UNKNOWN with whatever', line('PROXY UNKNOWN ffff::1 x y z\r\n')],
    ['LOCAL', version2(0x20, 0x00, Buffer.alloc(0))],
    ['LOCAL with addresses', version2(0x20, 0x11, tcp4)],
    ['UNSPEC', version2(0x21, 0x00, extras)],
  ])('of the load balancer’s own: %s', (_name, header) => {
    expect(readProxyHeader(Buffer.concat([header, hello]))).toEqual({ kind: 'OWN', bytes: header.length })
  })

  test.each([
    ['no header', hello],
    ['HTTP', line('GET / HTTP/1.1\r\n')],
    ['small letters', line('proxy TCP4 203.0.113.7 192.0.2.1 49152 22\r\n')],
    ['another protocol', line('PROXY UDP4 203.0.113.7 192.0.2.1 49152 22\r\n')],
    ['addresses of another family', line('PROXY TCP4 2001:db8::1 2001:db8::2 49152 22\r\n')],
    ['a leading zero', line('PROXY TCP4 203.0.113.07 192.0.2.1 49152 22\r\n')],
    ['a byte above 255', line('PROXY TCP4 203.0.113.256 192.0.2.1 49152 22\r\n')],
    ['a port too large', line('PROXY TCP4 203.0.113.7 192.0.2.1 65536 22\r\n')],
    ['a port with a zero before it', line('PROXY TCP4 203.0.113.7 192.0.2.1 022 22\r\n')],
    ['a port missing', line('PROXY TCP4 203.0.113.7 192.0.2.1 49152\r\n')],
    ['one word more', line('PROXY TCP4 203.0.113.7 192.0.2.1 49152 22 x\r\n')],
    ['two blanks', line('PROXY TCP4  203.0.113.7 192.0.2.1 49152 22\r\n')],
    ['a zone', line('PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n')],
    ['no end', line(`PROXY UNKNOWN ${'x'.repeat(107)}`)],
    ['version 3', version2(0x31, 0x11, tcp4)],
    ['an unknown command', version2(0x22, 0x11, tcp4)],
    ['datagrams', version2(0x21, 0x12, tcp4)],
    ['a local socket', version2(0x21, 0x31, Buffer.alloc(216))],
    ['addresses cut short', version2(0x21, 0x21, tcp4)],
    ['more than anybody needs', version2(0x21, 0x11, Buffer.alloc(4_097))],
  ])('are refused: %s', (_name, header) => {
    expect(readProxyHeader(header)).toMatchObject({ kind: 'INVALID' })
  })

  const sound = fc.constantFrom(
    line('PROXY TCP4 203.0.113.7 192.0.2.1 49152 22\r\n'),
    line('PROXY UNKNOWN\r\n'),
    version2(0x21, 0x21, tcp6),
    version2(0x20, 0x11, tcp4),
  )

  test('are the same however they are cut, and never known too soon', () => {
    fc.assert(
      fc.property(sound, fc.uint8Array({ maxLength: 40 }), (header, rest) => {
        const whole = Buffer.concat([header, rest])
        const answer = readProxyHeader(whole)
        for (let length = 0; length < header.length; length += 1)
          expect(readProxyHeader(whole.subarray(0, length))).toEqual({ kind: 'INCOMPLETE' })
        for (let length = header.length; length <= whole.length; length += 1)
          expect(readProxyHeader(whole.subarray(0, length))).toEqual(answer)
      }),
    )
  })

  test('whatever comes, the answer is one of the four, and never longer than what came', () => {
    const anything = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes))
    const spoilt = fc
      .tuple(sound, fc.array(fc.tuple(fc.nat(80), fc.nat(255)), { maxLength: 4 }), anything)
      .map(([header, changes, rest]) => {
        const bytes = Buffer.concat([header, rest])
        for (const [at, value] of changes) bytes[at % bytes.length] = value
        return bytes
      })
    const prefixed = anything.map((bytes) => Buffer.concat([line('PROXY TCP6 '), bytes]))
    const signed = anything.map((bytes) => Buffer.concat([signature, bytes]))
    fc.assert(
      fc.property(fc.oneof(anything, spoilt, prefixed, signed), (bytes) => {
        const answer = readProxyHeader(bytes)
        expect(['INCOMPLETE', 'INVALID', 'PROXIED', 'OWN']).toContain(answer.kind)
        if ('bytes' in answer) expect(answer.bytes).toBeLessThanOrEqual(bytes.length)
        // It waits for a bounded time: what is never complete is refused.
        if (answer.kind === 'INCOMPLETE') expect(bytes.length).toBeLessThan(16 + 4_096)
      }),
      { numRuns: 2_000 },
    )
  })
})
