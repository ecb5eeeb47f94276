import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { assertGoodPassword, isSessionOver, lockMs, networkOf, shortUserAgent } from './users.rules.ts'
import { foldEmail } from './users.schema.ts'

const minute = 60_000
const user = { email: 'sarah.chen@example.com', displayName: 'Sarah Chen' }

describe('a lock', () => {
  test.each([
    [0, 0],
    [4, 0],
    [5, 1],
    [6, 2],
    [7, 4],
    [10, 32],
    [11, 60],
    [5_000, 60],
  ])('after %i wrong ones lasts %i minutes', (failures, minutes) => {
    expect(lockMs(failures)).toBe(minutes * minute)
  })
})

describe('a password', () => {
  test.each(['correct horse battery staple', 'zwölf Zeichen!', 'k9#vT!2mQx7&', 'Sarah Chen runs at dawn'])(
    '%s is good enough',
    (password) => expect(() => assertGoodPassword(password, user)).not.toThrow(),
  )
  test.each([
    ['', 'at least 12'],
    ['short', 'at least 12'],
    ['😀😀😀😀😀😀', 'at least 12'],
    ['aaaaaaaaaaaaaaaa', 'repeats'],
    ['abababababababab', 'repeats'],
    ['Sarah.Chen@Example.com', 'own name'],
    ['sarah chensarah chen1', 'own name'],
    ['password1234', 'tried first'],
    ['qwertyuiop123', 'tried first'],
    ['Abcdefghijkl99', 'tried first'],
  ])('%s is refused', (password, why) => {
    expect(() => assertGoodPassword(password, user)).toThrow(why)
  })
})

describe('a session', () => {
  const now = new Date('2026-02-01T12:00:00Z')
  const ago = (ms: number): Date => new Date(now.getTime() - ms)
  test.each([
    ['used just now', 0, 1, false],
    ['almost twelve hours idle', 12 * 60 * minute - 1, 1, false],
    ['twelve hours idle', 12 * 60 * minute, 1, true],
    ['at its end', 0, 0, true],
  ])('%s', (_name, idle, left, isOver) => {
    expect(isSessionOver({ lastUsedAt: ago(idle), expiresAt: ago(-left) }, now)).toBe(isOver)
  })
})

describe('the network of an address', () => {
  test.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::6', '2001:db8:1:2::/64'],
    ['2001:db8::6', '2001:db8:0:0::/64'],
    ['2001:0db8:0001:0002::', '2001:db8:1:2::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('%s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network)
  })
})

test('an address is one whatever its case and composition', () => {
  expect(foldEmail(' Zo\u0065\u0308@Example.COM ')).toBe('zo\u00eb@example.com')
  fc.assert(fc.property(fc.string(), (text) => foldEmail(foldEmail(text)) === foldEmail(text)))
})

test('a user agent is shown short, and without what no screen shows', () => {
  expect(shortUserAgent(null)).toBeNull()
  expect(shortUserAgent('  ')).toBeNull()
  expect(shortUserAgent('Mozilla\u001b[31m/5.0')).toBe('Mozilla?[31m/5.0')
  expect(shortUserAgent('x'.repeat(1_000))).toHaveLength(200)
})
