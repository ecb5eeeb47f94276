import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { whyNotPublic } from './outbound-addresses.ts'

describe('public', () => {
  it.each([
    '1.1.1.1',
    '8.8.8.8',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.1',
    '169.253.255.255',
    '172.15.255.255',
    '172.32.0.0',
    '192.0.1.0',
    '192.167.255.255',
    '192.169.0.0',
    '198.17.255.255',
    '198.20.0.0',
    '223.255.255.255',
    '2606:4700:4700::1111',
    '2001:4860:4860::8888',
    '2a00:1450:4001:82a::200e',
    '::ffff:1.1.1.1',
    '::FFFF:0808:0808',
    '64:ff9b::8.8.8.8',
  ])('%s', (address) => {
    expect(whyNotPublic(address)).toBeNull()
  })
})

describe('not public', () => {
  it.each([
    ['0.0.0.0', 'this network'],
    ['0.1.2.3', 'this network'],
    ['10.0.0.1', 'private'],
    ['10.255.255.255', 'private'],
    ['100.64.0.0', 'shared'],
    ['100.127.255.255', 'shared'],
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['169.254.169.254', 'link-local'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.0.0.8', 'protocols'],
    ['192.0.2.1', 'documentation'],
    ['192.88.99.1', '6to4'],
    ['192.168.0.1', 'private'],
    ['198.18.0.1', 'benchmarks'],
    ['198.19.255.255', 'benchmarks'],
    ['198.51.100.7', 'documentation'],
    ['203.0.113.9', 'documentation'],
    ['224.0.0.1', 'multicast'],
    ['239.255.255.255', 'multicast'],
    ['240.0.0.1', 'reserved'],
    ['255.255.255.255', 'reserved'],
    ['::', 'unspecified'],
    ['::1', 'loopback'],
    ['0:0:0:0:0:0:0:1', 'loopback'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['::ffff:7f00:1', 'loopback'],
    ['0:0:0:0:0:ffff:10.0.0.1', 'private'],
    ['::ffff:169.254.169.254', 'link-local'],
    ['::ffff:0:0', 'this network'],
    ['::ffff:0:8.8.8.8', 'not assigned'],
    ['::8.8.8.8', 'not assigned'],
    ['64:ff9b::127.0.0.1', 'loopback'],
    ['64:ff9b::a00:1', 'private'],
    ['64:ff9b:1::8.8.8.8', 'local NAT64'],
    ['100::1', 'black hole'],
    ['2001::1', 'protocols'],
    ['2001:0:4136:e378:8000:63bf:3fff:fdd2', 'protocols'],
    ['2001:2::1', 'protocols'],
    ['2001:db8::1', 'documentation'],
    ['2002:7f00:1::', '6to4'],
    ['3fff:0fff::1', 'documentation'],
    ['4000::1', 'not assigned'],
    ['5f00::1', 'not assigned'],
    ['fc00::1', 'private'],
    ['fd12:3456:789a::1', 'private'],
    ['fe80::1', 'link-local'],
    ['fe80::1%eth0', 'interface'],
    ['2606:4700:4700::1111%eth0', 'interface'],
    ['febf::1', 'link-local'],
    ['fec0::1', 'site-local'],
    ['ff02::1', 'multicast'],
    ['example.org', 'not an address'],
    ['', 'not an address'],
    ['1.2.3', 'not an address'],
    ['0x7f.0.0.1', 'not an address'],
    ['[::1]', 'not an address'],
  ])('%s: %s', (address, kind) => {
    expect(whyNotPublic(address)).toContain(kind)
  })

  it('says the same of every notation of an address', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const [a, b, c, d] = address.split('.').map(Number) as [number, number, number, number]
        const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
        expect(whyNotPublic(`::ffff:${address}`)).toBe(whyNotPublic(address))
        expect(whyNotPublic(`0:0::ffff:${hex.toUpperCase()}`)).toBe(whyNotPublic(address))
        expect(whyNotPublic(`64:ff9b::${hex}`)).toBe(whyNotPublic(address))
      }),
    )
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const { hostname } = new URL(`http://[${address}]/`)
        expect(whyNotPublic(hostname.slice(1, -1))).toBe(whyNotPublic(address))
      }),
    )
  })
})
