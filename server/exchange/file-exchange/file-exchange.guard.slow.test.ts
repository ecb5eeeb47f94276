/** What the server does about those who should not come in, and about those who may no longer stay. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { promisify } from 'node:util'
import ssh2, { type ConnectConfig, type SFTPWrapper } from 'ssh2'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import { createMetrics } from '../../platform/http/metrics.ts'
import { randomCharacters } from '../../platform/ids.ts'
import { setSetting } from '../../tenancy/organisations/organisations.ts'
import { banCommands } from './file-exchange.bans.commands.ts'
import { addAccount, changeAccount, deleteAccount, listBans, type AccountRequest } from './file-exchange.ts'
import { startSftpServer, type SftpServer, type SftpServerOptions } from './file-exchange.sftp.ts'
import { makeEd25519 } from './file-exchange.key-pairs.ts'

const password = 'correct horse battery'
const key = await makeEd25519()
const otherKey = await makeEd25519()
const byKey: ConnectConfig = { privateKey: key.private }
const byPassword: ConnectConfig = { password }
const wrong: ConnectConfig = { password: 'wrong horse battery' }
const everyWayIn: Partial<AccountRequest> = { publicKeys: [key.public], password }

interface Account {
  readonly id: string
  readonly username: string
}

describe('the guard of the SFTP server', () => {
  let house: TestHouse
  let server: SftpServer
  let organisationId: string
  const clients: ssh2.Client[] = []
  const sockets: Socket[] = []
  const servers: SftpServer[] = []

  beforeAll(async () => {
    house = await openTestHouse({
      settings: {
        SFTP_ALLOWLIST: '127.9.9.0/24',
        SFTP_TRUST_PROXY: '127.8.8.8',
        SFTP_UNAUTHENTICATED_PER_SOURCE: '5',
      },
    })
    server = await start()
  })
  afterAll(async () => {
    for (const one of servers) await one.stop(0)
    await house.close()
  })
  beforeEach(async () => {
    organisationId = (await house.newOrganisation()).id
  })
  afterEach(() => {
    for (const client of clients.splice(0)) client.destroy()
    for (const socket of sockets.splice(0)) socket.destroy()
  })

  const start = async (more: Partial<SftpServerOptions> = {}): Promise<SftpServer> => {
    const made = await startSftpServer(house.runtime, { host: '127.0.0.1', port: 0, failureMs: 5, ...more })
    servers.push(made)
    return made
  }
  let sourcesUsed = 0
  /** A loopback address that no other test comes from. */
  const freshSource = (): string => `127.1.${Math.floor(++sourcesUsed / 250)}.${(sourcesUsed % 250) + 1}`

  const account = async (request: Partial<AccountRequest> = everyWayIn): Promise<Account> => {
    const username = `user-${randomCharacters(8)}`
    const { id } = await house.runtime.write(organisationId, operator, (ctx) =>
      addAccount(ctx, { username, publicKeys: [], ...request }),
    )
    return { id, username }
  }
  const change = (id: string, patch: Parameters<typeof changeAccount>[2]): Promise<unknown> =>
    house.runtime.write(organisationId, operator, (ctx) => changeAccount(ctx, id, patch))

  /** A client that is in, or an error that says how it was refused. */
  const login = async (
    username: string,
    localAddress: string,
    more: ConnectConfig = byKey,
    to: SftpServer = server,
  ): Promise<ssh2.Client> => {
    const client = new ssh2.Client()
    clients.push(client)
    const ready = new Promise<void>((resolve, reject) =>
      client
        .once('ready', resolve)
        .once('error', reject)
        .once('close', () => reject(new Error('closed'))),
    )
    client.on('error', () => {})
    client.connect({ host: '127.0.0.1', port: to.port, localAddress, username, ...more })
    await ready
    return client
  }
  const notIn = async (...args: Parameters<typeof login>): Promise<string> =>
    login(...args).then(
      () => 'in',
      (error: Error) => error.message,
    )
  const refusal = 'All configured authentication methods failed'
  const dropped = expect.stringMatching(/ECONNRESET|closed|handshake|Connection lost/) as string

  const sftpOf = async (client: ssh2.Client): Promise<SFTPWrapper> =>
    (await promisify(client.sftp.bind(client))()) as unknown as SFTPWrapper
  const raw = async (localAddress: string, say = '', to: SftpServer = server): Promise<Socket> => {
    const socket = connect({ host: '127.0.0.1', port: to.port, localAddress })
    socket.on('error', () => {})
    sockets.push(socket)
    await new Promise<void>((resolve) => socket.once('connect', resolve).once('close', () => resolve()))
    if (say !== '') socket.write(say)
    return socket
  }
  const closed = async (socket: Socket): Promise<void> => {
    socket.resume()
    // A reset is an end too.
    if (!socket.destroyed) await new Promise<void>((resolve) => socket.once('close', () => resolve()))
  }
  const until = async (condition: () => boolean | Promise<boolean>): Promise<void> => {
    while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10))
  }
  const banned = async (source: string): Promise<boolean> =>
    (await listBans(house.runtime)).some((ban) => ban.source === source)
  /** Guesses at names that nobody has, until there is nobody to talk to; how often that went. */
  const guess = async (source: string, how: ConnectConfig = byKey): Promise<number> => {
    for (let tries = 1; tries <= 30; tries += 1)
      if ((await notIn(`nobody-${tries}`, source, how)) !== refusal) return tries
    return Infinity
  }
  const command = async (path: string, input: Record<string, string> = {}): Promise<string> => {
    const found = banCommands.find((one) => one.path === path)
    const context = { runtime: house.runtime, caller: operator } as Parameters<
      NonNullable<typeof found>['run']
    >[0]
    return ((await found?.run(context, input)) as { text: string }).text
  }
  const operatorEntries = (action: string): Promise<{ channel: string; detail: Record<string, unknown> }[]> =>
    house.owner('select channel, detail from operator_audit_entries where action = $1 order by at, id', [
      action,
    ])
  const entries = (id: string): Promise<{ action: string; changes: Record<string, unknown> }[]> =>
    house.owner('select action, changes from audit_entries where entity_id = $1 order by at, id', [id])

  describe('bans', () => {
    test('who guesses at names is banned on every node, over a restart, and nobody else is', async () => {
      const source = freshSource()
      const { username } = await account()
      expect(await guess(source, wrong)).toBe(8)
      expect(await notIn(username, source)).toEqual(dropped)
      await login(username, freshSource())

      await server.follow()
      const other = await start()
      expect(await notIn(username, source, byKey, other)).toEqual(dropped)
      await login(username, freshSource(), byKey, other)
      const [entry] = (await operatorEntries('sftp-ban')).filter((one) => one.detail['source'] === source)
      expect(entry).toMatchObject({ channel: 'SFTP', detail: { reason: 'UNKNOWN_NAME', repeats: 1 } })
    })

    test('a node hears of a ban that another made', async () => {
      const [source, other] = [freshSource(), await start()]
      const { username } = await account()
      await login(username, source, byKey, other)
      await guess(source)
      await server.follow()
      await other.follow()
      expect(await notIn(username, source, byKey, other)).toEqual(dropped)
    })

    test('they end, the next is longer, and the operator lists and clears them', async () => {
      const source = freshSource()
      const { username } = await account()
      await guess(source)
      house.clock.advance('10m')
      await login(username, source)
      await guess(source)
      house.clock.advance('10m')
      expect(await notIn(username, source)).toEqual(dropped)
      await server.follow()
      expect(await command('bans list')).toMatch(
        new RegExp(`^${source.replaceAll('.', '\\.')} .* ban 2 `, 'm'),
      )

      expect(await command('bans clear', { ip: source })).toBe(`${source} is no longer banned.`)
      await server.follow()
      await login(username, source)
      await expect(command('bans clear', { ip: source })).rejects.toMatchObject({ code: 'NOT_FOUND' })
      await expect(command('bans clear', { ip: 'office' })).rejects.toMatchObject({
        code: 'VALIDATION_FAILED',
      })
      expect(await operatorEntries('sftp-ban-clear')).toMatchObject([{ channel: 'CLI', detail: { source } }])
      await guess(source)
      expect(await command('bans list')).not.toContain(source)
      await server.follow()
      expect(await command('bans list')).toMatch(
        new RegExp(`^${source.replaceAll('.', '\\.')} .* first ban `, 'm'),
      )
    })

    test('the allow-list is never banned', async () => {
      const source = '127.9.9.7'
      expect(await guess(source)).toBe(Infinity)
      await login((await account()).username, source)
    })

    test('one stale password does not lock a shared office out; guessing at that account ends all the same', async () => {
      const source = freshSource()
      const [stale, colleague] = [await account(), await account()]
      for (let tries = 0; tries < 10; tries += 1)
        expect(await notIn(stale.username, source, wrong)).toBe(refusal)
      // Even the right one: it is not looked at.
      expect(await notIn(stale.username, source, byPassword)).toBe(refusal)
      await login(colleague.username, source, byPassword)
      await login(stale.username, source, byKey)
      await login(stale.username, freshSource(), byPassword)
      expect(await banned(source)).toBe(false)
    })

    test('what is under way when the ban comes is cut', async () => {
      const source = freshSource()
      const silent = await raw(source)
      const { username } = await account()
      const colleague = await login(username, source)
      await guess(source)
      await closed(silent)
      // Who is in stays in.
      await sftpOf(colleague)
    })

    test('scanners and half-open connections count a little', async () => {
      const source = freshSource()
      let count = 0
      for (; count < 60; count += 1) {
        const socket = await raw(source, 'SSH-2.0-scanner\r\n')
        const answer = await Promise.race([once(socket, 'data'), closed(socket)])
        if (!Array.isArray(answer)) break
        socket.destroy()
        await until(() => server.figures.connections.waiting === 0)
      }
      // The server looks at its hang-up a moment after the client has gone.
      expect(count).toBeGreaterThanOrEqual(40)
      expect(count).toBeLessThan(45)
    })
  })

  describe('before the login', () => {
    test('a source has so many places, and others have theirs', async () => {
      const source = freshSource()
      const { username } = await account()
      for (let place = 0; place < 5; place += 1) await raw(source)
      await until(() => server.figures.connections.waiting === 5)
      expect(await notIn(username, source)).toEqual(dropped)
      await login(username, freshSource())
      expect(server.figures.turned.NO_PLACE).toBeGreaterThan(0)
    })

    test('new keys are not exchanged again and again', async () => {
      const { username } = await account()
      const client = new ssh2.Client()
      clients.push(client)
      const end = new Promise<string>((resolve) => {
        client.on('error', () => {}).once('close', () => resolve('closed'))
        client.once('handshake', () =>
          (client as unknown as { _protocol: { rekey(): void } })._protocol.rekey(),
        )
        client.once('ready', () => resolve('ready'))
      })
      client.connect({
        host: '127.0.0.1',
        port: server.port,
        localAddress: freshSource(),
        username,
        // Slow enough for the second exchange to come first.
        authHandler: (_left, _partial, next) => void setTimeout(() => next('none' as never), 500),
      })
      expect(await end).toBe('closed')
    })
  })

  describe('the PROXY protocol', () => {
    /** A login through the load balancer at 127.8.8.8, which says this first. */
    const through = async (username: string, header: string, how: ConnectConfig = byKey): Promise<string> =>
      notIn(username, '', { ...how, sock: await raw('127.8.8.8', header) })
    const header = (address: string): string => `PROXY TCP4 ${address} 192.0.2.1 40000 22\r\n`

    test('the client’s address is what bans, allow-lists and journals go by', async () => {
      const { id, username } = await account({ ...everyWayIn, allowedAddresses: ['203.0.113.7'] })
      expect(await through(username, header('203.0.113.7'))).toBe('in')
      expect(await through(username, header('203.0.113.8'))).toBe(refusal)
      expect((await entries(id)).find((one) => one.action === 'login')?.changes['address']).toBe(
        '203.0.113.7',
      )
      for (let tries = 0; (await through(`nobody-${tries}`, header('198.51.100.9'))) === refusal;) tries += 1
      expect(await through(username, header('203.0.113.7'))).toBe('in')
      await server.follow()
      expect(await banned('198.51.100.9')).toBe(true)
    })

    test('it is required from the load balancer, and not believed from others', async () => {
      const { username } = await account()
      await closed(await raw('127.8.8.8', 'SSH-2.0-direct\r\n'))
      expect(server.figures.turned.PROXY_HEADER).toBeGreaterThan(0)
      const liar = await raw(freshSource(), header('203.0.113.7'))
      expect(await notIn(username, '', { ...byKey, sock: liar })).not.toBe('in')
    })

    test('the load balancer’s own looks are never held against it', async () => {
      const { scored, banned: before } = server.figures.sources
      for (let look = 0; look < 50; look += 1) {
        const socket = await raw(
          '127.8.8.8',
          look % 2 === 0 ? 'PROXY UNKNOWN\r\n' : 'PROXY UNKNOWN\r\nSSH-2.0-look\r\n',
        )
        await once(socket, 'data')
        socket.destroy()
      }
      await until(() => server.figures.connections.waiting === 0)
      expect(server.figures.sources).toEqual({ scored, banned: before })
    })

    test('IPv6 clients are held to account by their /64', async () => {
      const from = (host: number): string => `PROXY TCP6 2001:db8:0:7::${host} ::1 40000 22\r\n`
      for (let host = 1; (await through(`nobody-${host}`, from(host))) === refusal;) host += 1
      const { username } = await account()
      expect(await through(username, from(99))).toEqual(dropped)
      expect(await through(username, 'PROXY TCP6 2001:db8:0:8::1 ::1 40000 22\r\n')).toBe('in')
      await server.follow()
      expect(await banned('2001:db8:0:7::/64')).toBe(true)
      expect(await command('bans clear', { ip: '2001:db8:0:7::/64' })).toContain('no longer')
    })
  })

  describe('the journal', () => {
    test('a flood of refusals is counted, not written one by one', async () => {
      const { id, username } = await account()
      const flooded = await start()
      const stranger = { privateKey: otherKey.private }
      for (let tries = 0; tries < 25; tries += 1) await notIn(username, '127.9.9.7', stranger, flooded)
      await flooded.stop(0)
      const refused = (await entries(id)).filter((one) => one.action === 'login-refused')
      expect(refused).toHaveLength(11)
      expect(refused.find((one) => 'count' in one.changes)?.changes).toMatchObject({
        count: 15,
        reasons: { KEY: 15 },
        address: '127.9.9.7',
        areMoreAddresses: false,
      })
    })
  })

  describe('accounts', () => {
    const cases: [string, (one: Account) => Promise<unknown>, string, ConnectConfig][] = [
      ['disabled', ({ id }) => change(id, { isEnabled: false }), 'DISABLED', byKey],
      [
        'deleted',
        ({ id }) => house.runtime.write(organisationId, operator, (ctx) => deleteAccount(ctx, id)),
        'DELETED',
        byKey,
      ],
      ['without that key', ({ id }) => change(id, { publicKeys: [otherKey.public] }), 'KEY', byKey],
      [
        'with another password',
        ({ id }) => change(id, { password: 'another horse battery' }),
        'PASSWORD',
        byPassword,
      ],
      ['that needs both', ({ id }) => change(id, { requires: 'BOTH' }), 'REQUIRES', byPassword],
      [
        'for other addresses',
        ({ id }) => change(id, { allowedAddresses: ['203.0.113.0/24'] }),
        'ADDRESS',
        byKey,
      ],
    ]
    test.each(cases)('one %s by now has its sessions ended', async (_name, alter, reason, how) => {
      const [mine, other] = [await account(), await account()]
      const source = freshSource()
      const client = await login(mine.username, source, how)
      const stays = await login(other.username, source)
      await sftpOf(client)
      await server.follow()
      const end = once(client, 'close')
      await alter(mine)
      await server.follow()
      await end
      await sftpOf(stays)
      expect((await entries(mine.id)).filter((one) => one.action === 'session-ended')).toMatchObject([
        { changes: { reason, address: source } },
      ])
    })

    test('what does not concern a session lets it go on', async () => {
      const { id, username } = await account()
      const client = await login(username, freshSource())
      await change(id, {
        publicKeys: [otherKey.public, key.public],
        password: null,
        allowedAddresses: ['127.0.0.0/8'],
      })
      await server.follow()
      await sftpOf(client)
    })

    test('by itself, within seconds', async () => {
      const { id, username } = await account()
      const client = await login(username, freshSource())
      const end = once(client, 'close')
      await change(id, { isEnabled: false })
      await end
    })

    test('have so many connections, and are told', async () => {
      const { id, username } = await account()
      await house.runtime.write(organisationId, operator, (ctx) =>
        setSetting(ctx, 'sftp.connectionsPerAccount', '2'),
      )
      const source = freshSource()
      const first = await login(username, source)
      await login(username, source, byPassword)
      expect(await notIn(username, source)).toBe('This account has 2 connections already; close some.')
      await until(async () => (await entries(id)).some((one) => one.changes['reason'] === 'CONNECTIONS'))
      await login((await account()).username, source)
      first.end()
      await until(async () => (await notIn(username, source)) === 'in')
    })

    test('have so many channels in a connection', async () => {
      const client = await login((await account()).username, freshSource())
      const open: SFTPWrapper[] = []
      for (let channel = 0; channel < 10; channel += 1) open.push(await sftpOf(client))
      await expect(sftpOf(client)).rejects.toThrow('open failure')
      open[0]?.end()
      await until(() =>
        sftpOf(client).then(
          () => true,
          () => false,
        ),
      )
      // A channel counts too while nothing was asked of it.
      await expect(promisify(client.exec.bind(client))('id')).rejects.toThrow('open failure')
    })

    test('may store so much: what is too much is refused, reported and thrown away', async () => {
      const { id, username } = await account()
      await house.runtime.write(organisationId, operator, (ctx) =>
        setSetting(ctx, 'sftp.storageMegabytes', '1'),
      )
      const sftp = await sftpOf(await login(username, freshSource()))
      const open = promisify(sftp.open.bind(sftp)) as unknown as (
        path: string,
        flags: string,
      ) => Promise<Buffer>
      const close = promisify(sftp.close.bind(sftp)) as (handle: Buffer) => Promise<void>
      const write = (handle: Buffer, at: number, bytes: number): Promise<void> =>
        new Promise((resolve, reject) =>
          sftp.write(handle, Buffer.alloc(bytes), 0, bytes, at, (error) =>
            error ? reject(error) : resolve(),
          ),
        )
      const [one, two] = [await open('/upload/a.part', 'w'), await open('/upload/b.part', 'w')]
      await write(one, 0, 200_000)
      await write(one, 200_000, 200_000)
      await write(two, 0, 200_000)
      await write(two, 200_000, 200_000)
      await expect(write(two, 400_000, 250_000)).rejects.toMatchObject({
        code: 4,
        message: "The account's files take at most 1048576 bytes here.",
      })
      await expect(close(two)).rejects.toMatchObject({ code: 4 })
      await close(one)
      const rows = await house.owner<{ folder: string; name: string }>(
        'select folder, name from exchange_files where organisation_id = $1 order by folder desc',
        [organisationId],
      )
      expect(rows.map(({ folder, name }) => `${folder}/${name}`)).toEqual([
        '/upload/a.part',
        '/download/results/b.part-error.json',
      ])
      expect(
        await house.owner(
          "select 1 from audit_entries where organisation_id = $1 and changes->>'code' = 'STORAGE_FULL'",
          [organisationId],
        ),
      ).toHaveLength(1)
      // Another account has its own room; this one has it again once something is gone.
      const theirs = await sftpOf(await login((await account()).username, freshSource()))
      await promisify(
        theirs.writeFile.bind(theirs) as (path: string, data: Buffer, done: () => void) => void,
      )('/upload/c.part', Buffer.alloc(1_000_000))
      const three = await open('/upload/d.part', 'w')
      await write(three, 0, 250_000)
      await write(three, 250_000, 250_000)
      await close(three)
      expect(id).toBeTruthy()
    })
  })

  test('the figures are there for Prometheus', async () => {
    const { connections, logins, turned } = server.figures
    expect(connections.loggedIn).toBeGreaterThanOrEqual(0)
    expect(logins.accepted).toBeGreaterThan(10)
    expect(logins.refused).toBeGreaterThan(10)
    expect(turned.BANNED).toBeGreaterThan(3)
    const metrics = createMetrics(house.runtime)
    metrics.show({
      name: 'x_total',
      help: 'x',
      kind: 'counter',
      label: 'reason',
      read: () => ({ ...turned }),
    })
    expect(await metrics.text()).toContain(`x_total{reason="BANNED"} ${turned.BANNED}`)
    expect(await metrics.text()).toContain(`x_total{reason="BANNED"} ${turned.BANNED}`)
  })
})
