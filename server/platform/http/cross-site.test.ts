import { describe, expect, test } from 'vitest'
import { assertOwnPages, cookiesOf, type SiteRequest } from './cross-site.ts'

const request: SiteRequest = {
  method: 'POST',
  origin: undefined,
  host: 'vouchsafe.example:8080',
  site: undefined,
  token: 'right',
  publicUrl: null,
}
const own = 'https://vouchsafe.example'

describe('a request with a session', () => {
  test.each<[string, Partial<SiteRequest>]>([
    ['with its token', {}],
    ['that is safe', { method: 'GET', token: undefined, site: 'cross-site', origin: 'https://evil.example' }],
    ['of our own page', { origin: 'http://vouchsafe.example:8080', site: 'same-origin' }],
    ['of the public address', { origin: own, publicUrl: own, host: 'inner:8080' }],
    ['typed by the user', { site: 'none' }],
  ])('%s passes', (_name, change) => {
    expect(() => assertOwnPages({ ...request, ...change }, 'right')).not.toThrow()
  })
  test.each<[string, Partial<SiteRequest>]>([
    ['without a token', { token: undefined }],
    ['with a wrong token', { token: 'wrong' }],
    ['of another site', { site: 'cross-site' }],
    ['of a sister site', { site: 'same-site' }],
    ['of another origin', { origin: 'https://evil.example' }],
    ['of no origin', { origin: 'null' }],
    ['of another port', { origin: 'http://vouchsafe.example:9090' }],
    ['of another scheme', { origin: 'http://vouchsafe.example', publicUrl: own }],
    [
      'of what only the Host header names',
      { origin: 'http://inner:8080', host: 'inner:8080', publicUrl: own },
    ],
  ])('%s is refused', (_name, change) => {
    expect(() => assertOwnPages({ ...request, ...change }, 'right')).toThrow(
      expect.objectContaining({ code: 'CSRF_REQUIRED' }) as Error,
    )
  })
  test('before anybody is signed in, the page alone is judged', () => {
    expect(() => assertOwnPages({ ...request, token: undefined }, undefined)).not.toThrow()
    expect(() => assertOwnPages({ ...request, site: 'cross-site' }, undefined)).toThrow('another site')
  })
})

test('cookies are read as browsers send them', () => {
  expect(cookiesOf(undefined)).toEqual({})
  expect(cookiesOf('a=1; b = x=y ;a=2;; c=; =d; e')).toEqual({ a: '1', b: 'x=y', c: '' })
  expect(cookiesOf('__proto__=1; constructor=2')).toEqual(
    Object.fromEntries([
      ['__proto__', '1'],
      ['constructor', '2'],
    ]),
  )
})
