/** What holds of every answer, whatever was asked. */
import { expect } from 'vitest'
import { operations } from './api-document.ts'

/** Browsers are told to trust it in nothing, and what made it is not told. */
export function assertGuarded(headers: Readonly<Record<string, unknown>>): void {
  expect(headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'content-security-policy': expect.stringMatching(/^default-src 'none'/) as string,
    'x-request-id': expect.stringMatching(/./) as string,
  })
  const told = Object.keys(headers).filter(
    (name) => /^(server|x-powered-by)$/.test(name) || name.startsWith('access-control-'),
  )
  expect(told).toEqual([])
}

/** An operation answers with nothing that the document does not name. */
export function assertDocumented(method: string, path: string, status: number): void {
  const bare = path.split('?')[0] ?? ''
  const [nearest] = operations
    .map(({ route }) => route.path)
    .filter((one) => new RegExp(`^${one.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(bare))
    // A path that is written out goes before one with parts.
    .sort((a, b) => a.split('{').length - b.split('{').length)
  const asked = method === 'HEAD' ? 'GET' : method
  const match = operations.find(({ route }) => route.path === nearest && route.method === asked)
  if (match) expect(Object.keys(match.operation.responses), `${method} ${path}`).toContain(String(status))
}
