/** From the first start to a signed-in owner, with what the server prints and nothing else. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Installation } from './installation.ts'

let house: Installation
beforeAll(async () => {
  house = await Installation.create()
  await house.start()
}, 90_000)
afterAll(() => house.remove())

test('the first start prints how the owner signs in, once', async () => {
  const base = `http://127.0.0.1:${house.ready?.httpPort}`
  expect(house.said).toContain(`${base}/console#invitation=`)
  const body = /-d '(\{"token".*\})'/.exec(house.said)?.[1] ?? ''
  expect(house.said).toContain(`${base}/openapi/v1/invitations/accept`)
  const accept = (email: string): Promise<Response> =>
    fetch(`${base}/openapi/v1/invitations/accept`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: body.replace('YOU@EXAMPLE.COM', email).replace('…', 'correct horse battery staple'),
    })
  const accepted = await accept('sarah@example.com')
  expect(accepted.status).toBe(200)
  const [cookie = ''] = accepted.headers.getSetCookie().map((one) => one.split(';')[0])
  const me = await fetch(`${base}/openapi/v1/me`, { headers: { cookie } })
  expect(await me.json()).toMatchObject({
    data: { attributes: { email: 'sarah@example.com', role: 'owner', organisation: { name: 'Default' } } },
  })
  expect((await accept('mallory@example.com')).status).toBe(400)
  expect(house.log.join('\n'), 'no secret in the log').not.toContain('invitation=')

  await house.stop()
  const before = house.said.length
  await house.start()
  expect(house.said.slice(before)).not.toContain('invitation')
}, 90_000)
