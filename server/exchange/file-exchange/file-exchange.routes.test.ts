/** SFTP accounts, the tree and the server's facts over HTTP (spec 96); the accounts log in over SFTP. */
import ssh2 from 'ssh2'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { apiCaller, tokenFor, type ApiAnswer } from '../../../test/api-caller.ts'
import { openTestHouse, type TestHouse } from '../../../test/harness.ts'
import { buildHttpServer } from '../../front-doors.ts'
import type { HttpServer } from '../../platform/http/http-server.ts'
import { randomCharacters } from '../../platform/ids.ts'
import { startSftpServer, type SftpServer } from './file-exchange.sftp.ts'
import { makeEd25519 } from './file-exchange.key-pairs.ts'

describe('SFTP over HTTP', () => {
  let house: TestHouse
  let server: HttpServer
  let sftp: SftpServer
  let organisationId: string
  let token: string
  let username: string

  beforeAll(async () => {
    house = await openTestHouse()
    server = await buildHttpServer(house.runtime, '0.0.0')
    sftp = await startSftpServer(house.runtime, { host: '127.0.0.1', port: 0 })
  })
  afterAll(async () => {
    await sftp.stop(0)
    await server.close()
    await house.close()
  })
  beforeEach(async () => {
    organisationId = (await house.newOrganisation()).id
    token = await newToken(organisationId)
    username = `hr-${randomCharacters(8).toLowerCase()}`
  })
  const newToken = (id: string): Promise<string> => tokenFor(house, id)

  const ask = apiCaller(
    () => server,
    () => token,
  )

  /** Logs in and, with `put`, writes a file; false when the login is refused. */
  const logIn = (
    auth: { password?: string; privateKey?: string },
    put?: { path: string; text: string },
  ): Promise<boolean> =>
    new Promise((resolve, reject) => {
      const client = new ssh2.Client()
      client.on('ready', () => {
        const done = (): void => {
          client.end()
          resolve(true)
        }
        if (!put) return done()
        client.sftp((error, session) => {
          if (error) return reject(error)
          session.writeFile(put.path, put.text, (failed) => (failed ? reject(failed) : done()))
        })
      })
      client.on('error', () => resolve(false))
      client.connect({ host: '127.0.0.1', port: sftp.port, username, ...auth })
    })
  const pair = makeEd25519

  test('an account logs in with what it was given, and with nothing else after it was changed', async () => {
    const [first, second] = [await pair(), await pair()]
    const made = await ask('POST', '/sftp-accounts', {
      username,
      publicKeys: [first.public],
      password: 'long enough',
    })
    expect(made).toMatchObject({
      status: 201,
      body: { data: { attributes: { username, requires: 'EITHER', isEnabled: true, hasPassword: true } } },
    })
    const path = `/sftp-accounts/${made.body.data?.id}`
    expect(made.payload).not.toContain('long enough')
    expect(await logIn({ password: 'long enough' })).toBe(true)
    expect(await logIn({ privateKey: first.private })).toBe(true)

    expect(
      await ask('PATCH', path, { password: null, requires: 'KEY', publicKeys: [second.public] }),
    ).toMatchObject({
      status: 200,
      body: { data: { attributes: { hasPassword: false, requires: 'KEY' } } },
    })
    expect(await logIn({ password: 'long enough' })).toBe(false)
    expect(await logIn({ privateKey: first.private })).toBe(false)
    expect(await logIn({ privateKey: second.private })).toBe(true)

    await ask('PATCH', path, { isEnabled: false })
    expect(await logIn({ privateKey: second.private })).toBe(false)
    await ask('PATCH', path, { isEnabled: true, allowedAddresses: ['203.0.113.0/24'] })
    expect(await logIn({ privateKey: second.private })).toBe(false)
    await ask('PATCH', path, { allowedAddresses: [] })
    expect(await logIn({ privateKey: second.private })).toBe(true)

    expect(await ask('DELETE', path)).toMatchObject({ status: 204 })
    expect(await logIn({ privateKey: second.private })).toBe(false)
    expect(await ask('GET', path)).toMatchObject({ status: 404 })
    expect(await ask('POST', `${path}/restore`)).toMatchObject({ status: 200 })
    expect(await logIn({ privateKey: second.private })).toBe(true)
  })

  test('a user name is one account’s of the whole installation, free again when it is deleted', async () => {
    const made = await ask('POST', '/sftp-accounts', { username, password: 'long enough' })
    const path = `/sftp-accounts/${made.body.data?.id}`
    const mine = token
    token = await newToken((await house.newOrganisation()).id)
    expect(
      await ask('POST', '/sftp-accounts', { username: username.toUpperCase(), password: 'long enough' }),
    ).toMatchObject({ status: 409, body: { code: 'NAME_TAKEN' } })
    const theirs = token
    token = mine
    await ask('DELETE', path)
    token = theirs
    expect(await ask('POST', '/sftp-accounts', { username, password: 'long enough' })).toMatchObject({
      status: 201,
    })
    token = mine
    expect(await ask('POST', `${path}/restore`)).toMatchObject({ status: 409, body: { code: 'NAME_TAKEN' } })
    expect((await ask('GET', '/sftp-accounts')).body['meta']).toMatchObject({ total: 0 })
    expect((await ask('GET', '/sftp-accounts?includeDeleted=true')).body['meta']).toMatchObject({ total: 1 })
  })

  test.each([
    [{}, '/publicKeys'],
    [{ password: 'short' }, '/password'],
    [{ publicKeys: ['not a key'] }, '/publicKeys/0'],
    [{ password: 'long enough', requires: 'BOTH' }, '/requires'],
    [{ password: 'long enough', allowedAddresses: ['home'] }, '/allowedAddresses'],
    [{ username: 'no spaces', password: 'long enough' }, '/username'],
  ])('%j is refused at %s', async (more, pointer) => {
    expect(await ask('POST', '/sftp-accounts', { username, ...more })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer }] },
    })
  })

  test('what changes nothing leaves no trace', async () => {
    const { id } =
      (await ask('POST', '/sftp-accounts', { username, password: 'long enough' })).body.data ?? {}
    await ask('PATCH', `/sftp-accounts/${id}`, { isEnabled: true, allowedAddresses: [] })
    expect(await house.owner('select action from audit_entries where entity_id = $1', [id])).toEqual([
      { action: 'create' },
    ])
  })

  test('the tree is what the account finds; a download is recorded; another organisation’s is another tree', async () => {
    await ask('POST', '/sftp-accounts', { username, password: 'long enough' })
    await logIn({ password: 'long enough' }, { path: '/upload/attachments/notes.txt', text: 'hello' })
    const names = (answer: ApiAnswer): unknown[] =>
      (answer.body['data'] as unknown as { attributes: { kind: string; name: string } }[]).map(
        ({ attributes }) => `${attributes.kind} ${attributes.name}`,
      )
    expect(names(await ask('GET', '/sftp-files'))).toEqual([
      'FOLDER upload',
      'FOLDER download',
      'FOLDER templates',
    ])
    expect(names(await ask('GET', '/sftp-files?path=/upload/attachments'))).toEqual(['FILE notes.txt'])
    const page = await ask('GET', '/sftp-files?path=/templates&pageSize=2')
    const { nextCursor } = page.body['meta'] as { nextCursor: string }
    expect(
      names(await ask('GET', `/sftp-files?path=/templates&pageSize=2&cursor=${nextCursor}`)),
    ).toHaveLength(2)
    const content = await ask('GET', '/sftp-files/content?path=/upload/attachments/notes.txt')
    expect(content).toMatchObject({ status: 200, payload: 'hello', headers: { 'content-length': '5' } })
    expect(
      await house.owner(
        "select 1 from audit_entries where organisation_id = $1 and action = 'download' and actor_kind = 'TOKEN'",
        [organisationId],
      ),
    ).toHaveLength(1)
    for (const path of ['/nowhere', '/upload/none.csv', '/upload/../../etc/passwd'])
      expect(await ask('GET', `/sftp-files/content?path=${encodeURIComponent(path)}`), path).toMatchObject({
        status: 404,
      })
    expect(await ask('GET', '/sftp-files/content?path=/upload')).toMatchObject({ status: 409 })
    expect(await ask('GET', '/sftp-files?path=/nowhere')).toMatchObject({ status: 404 })
    token = await newToken((await house.newOrganisation()).id)
    expect(names(await ask('GET', '/sftp-files?path=/upload/attachments'))).toEqual([])
    expect(await ask('GET', '/sftp-files/content?path=/upload/attachments/notes.txt')).toMatchObject({
      status: 404,
    })
  })

  test('the server’s fingerprints are those it shows', async () => {
    const { attributes } = (await ask('GET', '/sftp-server')).body.data ?? {}
    expect(attributes).toMatchObject({ host: '127.0.0.1', fingerprints: sftp.fingerprints })
  })
})
