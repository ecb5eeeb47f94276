import { expect, test } from 'vitest'
import { addressList, plainAddress } from './address-list.ts'

test('addresses and networks of both families, and IPv4 in the dress of IPv6', () => {
  const list = addressList(['203.0.113.7', '198.51.100.0/24', '2001:db8::/32', '0.0.0.0/32'])
  for (const address of [
    '203.0.113.7',
    '::ffff:203.0.113.7',
    '198.51.100.255',
    '2001:db8:1::1',
    '2001:DB8::1',
  ])
    expect(list.has(address), address).toBe(true)
  for (const address of ['203.0.113.8', '198.51.101.1', '2001:db9::1', '::', 'localhost', ''])
    expect(list.has(address), address).toBe(false)
  expect(addressList([]).has('203.0.113.7')).toBe(false)
  expect(plainAddress('fe80::1%eth0')).toBe('fe80::1')
})

test('what is neither is refused by name', () => {
  for (const text of [
    '',
    'example.com',
    '203.0.113.7/33',
    '203.0.113.7/',
    '::/129',
    '10.0.0.0/8/8',
    '1.2.3',
    'fe80::1%eth0',
  ])
    expect(() => addressList(['203.0.113.7', text]), text).toThrow(`"${text}" is neither`)
})
