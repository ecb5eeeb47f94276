/** The protocol where ordinary clients do not go, and what others see of it. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { promisify } from 'node:util'
import ssh2, { type ConnectConfig, type SFTPWrapper } from 'ssh2'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import { promised, type SftpCalls } from '../../../test/sftp-calls.ts'
import { randomCharacters } from '../../platform/ids.ts'
import { addAccount, type AccountRequest } from './file-exchange.ts'
import { startSftpServer, type SftpServer } from './file-exchange.sftp.ts'
import { makeEd25519 } from './file-exchange.key-pairs.ts'

const csv = Buffer.from(
  'external_id,first_name,last_name,dob,email,position_id,licence_type,licence_number,issue_date,expiry_date\n',
)
const flag = { read: 1, write: 2, append: 4, create: 8, truncate: 16, exclusive: 32 }
const put = flag.write | flag.create | flag.truncate
const name = '/upload/HRMS-20260129.csv'
const password = 'correct horse battery'
const sharedKey = await makeEd25519()
const byKey: ConnectConfig = { privateKey: sharedKey.private }
const byPassword: ConnectConfig = { password }

type Sftp = SftpCalls

describe('the SFTP server', () => {
  let house: TestHouse
  let server: SftpServer
  let organisationId: string
  const clients: ssh2.Client[] = []

  beforeAll(async () => {
    house = await openTestHouse()
    server = await startSftpServer(house.runtime, { host: '127.0.0.1', port: 0 })
  })
  afterAll(async () => {
    await server.stop(0)
    await house.close()
  })
  beforeEach(async () => {
    organisationId = (await house.newOrganisation()).id
  })
  afterEach(() => {
    for (const client of clients.splice(0)) client.destroy()
  })

  const account = async (
    request: Partial<AccountRequest> = { publicKeys: [sharedKey.public] },
    id = organisationId,
  ): Promise<string> => {
    const username = `user-${randomCharacters(8)}`
    await house.runtime.write(id, operator, (ctx) =>
      addAccount(ctx, { username, publicKeys: [], ...request }),
    )
    return username
  }
  const connectAs = async (username: string, more: ConnectConfig = byKey): Promise<ssh2.Client> => {
    const client = new ssh2.Client()
    clients.push(client)
    const ready = new Promise<void>((resolve, reject) =>
      client
        .once('ready', resolve)
        .once('error', reject)
        .once('close', () => reject(new Error('closed'))),
    )
    client.once('connect', () => client.setNoDelay(true))
    client.connect({ host: '127.0.0.1', port: server.port, username, ...more })
    await ready
    client.on('error', () => {})
    return client
  }
  const channelOf = async (client: ssh2.Client): Promise<Sftp> =>
    promised((await promisify(client.sftp.bind(client))()) as unknown as SFTPWrapper)
  const session = async (username: string): Promise<Sftp> => channelOf(await connectAs(username))
  const upload = async (sftp: Sftp, path: string, content: Buffer): Promise<void> => {
    const handle = await sftp.open(path, put)
    if (content.length > 0) await sftp.write(handle, content, 0)
    await sftp.close(handle)
  }
  interface Row {
    id: string
    folder: string
    name: string
    state: string
    bytes: number
    sha256: string
    blob_key: string
  }
  const rows = (): Promise<Row[]> =>
    house.owner<Row>(
      'select id, folder, name, state, bytes::int, sha256, blob_key from exchange_files where organisation_id = $1 order by folder, name',
      [organisationId],
    )
  const runs = (): Promise<{ status: string; file_id: string }[]> =>
    house.owner('select status, file_id from import_runs where organisation_id = $1 order by arrival', [
      organisationId,
    ])
  /** Waits for what the server does after a client has gone. */
  const until = async (condition: () => Promise<boolean>): Promise<void> => {
    while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10))
  }
  const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex')
  const refused = (code: number): object => expect.objectContaining({ code }) as object
  const noSuchFile = refused(2)
  const denied = refused(3)
  const failure = refused(4)

  describe('writing', () => {
    test('in any order, pipelined, with holes', async () => {
      const sftp = await session(await account())
      const content = Buffer.from(Array.from({ length: 300_000 }, (_, at) => at % 251))
      const handle = await sftp.open('/upload/x.bin', put)
      const pieces = Array.from({ length: 30 }, (_, index) => 29 - index)
      await Promise.all(
        pieces.map((piece) =>
          sftp.write(handle, content.subarray(piece * 10_000, piece * 10_000 + 10_000), piece * 10_000),
        ),
      )
      await sftp.write(handle, Buffer.from('end'), 400_000)
      expect((await sftp.fstat(handle)).size).toBe(400_003)
      await sftp.fsync(handle)
      await sftp.close(handle)
      const whole = Buffer.concat([content, Buffer.alloc(100_000), Buffer.from('end')])
      expect(await rows()).toContainEqual(
        expect.objectContaining({ name: 'x.bin', state: 'COMPLETE', bytes: 400_003, sha256: sha256(whole) }),
      )
      const back = await sftp.open('/upload/x.bin', flag.read)
      expect(await sftp.read(back, 299_990, 20)).toEqual(whole.subarray(299_990, 300_010))
      await expect(sftp.read(back, 400_003, 5)).resolves.toHaveLength(0)
      await sftp.close(back)
    })

    test('an open without changes makes no version; a change of a few bytes does, and keeps the rest', async () => {
      const sftp = await session(await account())
      await upload(sftp, name, Buffer.concat([csv, Buffer.from('EMP1')]))
      const [before] = await rows()
      await sftp.close(await sftp.open(name, flag.write))
      expect(await rows()).toEqual([before])
      const handle = await sftp.open(name, flag.write | flag.append | flag.create)
      await sftp.write(handle, Buffer.from('!'), 0)
      await sftp.close(handle)
      const [after] = await rows()
      expect(after).toMatchObject({
        bytes: csv.length + 5,
        sha256: sha256(Buffer.concat([csv, Buffer.from('EMP1!')])),
      })
      expect(after?.id).not.toBe(before?.id)
      expect((await runs()).map((run) => run.status)).toEqual(['CANCELLED', 'RECEIVED'])
      await sftp.setstat(name, { size: csv.length, mtime: 1_600_000_000, atime: 1_600_000_000 })
      expect(await sftp.stat(name)).toMatchObject({ size: csv.length, mtime: 1_600_000_000 })
      expect((await rows())[0]?.sha256).toBe(sha256(csv))
    })

    test('a file that is being imported is pinned: its successor is another version and waits', async () => {
      const sftp = await session(await account())
      await upload(sftp, name, csv)
      await house.owner("update import_runs set status = 'PLANNING' where organisation_id = $1", [
        organisationId,
      ])
      await upload(sftp, name, Buffer.concat([csv, csv]))
      const [first, second] = await runs()
      expect([first?.status, second?.status]).toEqual(['PLANNING', 'RECEIVED'])
      expect(second?.file_id).not.toBe(first?.file_id)
      expect((await rows()).map((row) => row.id)).toEqual([second?.file_id])
    })

    test('refusals: flags, handles and names', async () => {
      const sftp = await session(await account())
      await expect(sftp.open('/upload/x.csv', flag.write)).rejects.toEqual(noSuchFile)
      await expect(sftp.open('/upload/x.csv', flag.read)).rejects.toEqual(noSuchFile)
      await expect(sftp.open('/upload/x.csv', 0)).rejects.toEqual(failure)
      await expect(sftp.open('/upload', put)).rejects.toEqual(failure)
      await expect(sftp.open('/upload', flag.read)).rejects.toEqual(failure)
      await expect(sftp.open('/elsewhere/x.csv', put)).rejects.toEqual(noSuchFile)
      await expect(sftp.open('/upload/archive/x.csv', put)).rejects.toEqual(denied)
      await expect(sftp.open('/upload/bad\u0007name.csv', put)).rejects.toEqual(failure)
      await expect(sftp.open(`/upload/${'x'.repeat(256)}`, put)).rejects.toEqual(failure)
      await upload(sftp, '/upload/x.csv', csv)
      await expect(sftp.open('/upload/x.csv', put | flag.exclusive)).rejects.toEqual(failure)
      const reading = await sftp.open('/upload/x.csv', flag.read)
      await expect(sftp.write(reading, csv, 0)).rejects.toEqual(failure)
      await sftp.close(reading)
      await expect(sftp.close(reading)).rejects.toEqual(failure)
      await expect(sftp.read(Buffer.from('none'), 0, 1)).rejects.toEqual(failure)
      await expect(sftp.mkdir('/upload/new')).rejects.toEqual(denied)
      await expect(sftp.hardlink('/upload/x.csv', '/upload/y.csv')).rejects.toThrow('does not support')
      await expect(sftp.setstat('/download', { mode: 0o777 })).rejects.toEqual(failure)
    })

    test('at most so many files are open at once', async () => {
      const sftp = await session(await account())
      const open: Buffer[] = []
      for (let index = 0; index < 128; index += 1)
        open.push(await sftp.open('/templates/employees-template.csv', flag.read))
      await expect(sftp.open('/templates/employees-template.csv', flag.read)).rejects.toEqual(failure)
      await sftp.close(open[0] as Buffer)
      await sftp.open('/templates/employees-template.csv', flag.read)
    })
  })

  describe('cut uploads', () => {
    test('are seen by their own account only, go on where they stopped, and count when closed', async () => {
      const [username, other] = [await account(), await account()]
      const client = await connectAs(username)
      const sftp = await channelOf(client)
      const handle = await sftp.open(name, put)
      await sftp.write(handle, csv, 0)
      client.destroy()
      await until(async () => (await rows())[0]?.bytes === csv.length)

      const [again, stranger] = [await session(username), await session(other)]
      expect((await again.stat(name)).size).toBe(csv.length)
      expect(await again.list('/upload')).toContain('HRMS-20260129.csv')
      expect(await stranger.list('/upload')).not.toContain('HRMS-20260129.csv')
      await expect(stranger.stat(name)).rejects.toEqual(noSuchFile)
      await expect(again.open(name, flag.read)).rejects.toEqual(failure)
      await expect(again.rename(name, '/upload/HRMS-20260130.csv')).rejects.toEqual(failure)
      await house.drain()
      expect(await runs()).toEqual([])

      const rest = await again.open(name, flag.write | flag.create)
      await again.write(rest, Buffer.from('more'), csv.length)
      await again.close(rest)
      expect(await rows()).toMatchObject([
        { state: 'COMPLETE', sha256: sha256(Buffer.concat([csv, Buffer.from('more')])) },
      ])
      expect(await runs()).toHaveLength(1)
      expect(await stranger.list('/upload')).toContain('HRMS-20260129.csv')
    })

    test('may be taken over from a connection that has not been noticed to be dead', async () => {
      const username = await account()
      const dead = await session(username)
      const old = await dead.open(name, put)
      await dead.write(old, csv, 0)
      const alive = await session(username)
      expect((await alive.stat(name)).size).toBe(csv.length)
      const handle = await alive.open(name, flag.write | flag.create | flag.append)
      await expect(dead.write(old, csv, csv.length)).rejects.toEqual(failure)
      await alive.write(handle, Buffer.from('!'), 0)
      await alive.close(handle)
      await expect(dead.close(old)).rejects.toEqual(failure)
      expect(await rows()).toMatchObject([{ state: 'COMPLETE', bytes: csv.length + 1 }])
    })

    test('opened anew, the older attempt is lost', async () => {
      const username = await account()
      const first = await session(username)
      const old = await first.open(name, put)
      await first.write(old, csv, 0)
      const second = await session(username)
      await upload(second, name, Buffer.from('short'))
      await expect(first.close(old)).rejects.toEqual(failure)
      expect(await rows()).toMatchObject([{ state: 'COMPLETE', bytes: 5 }])
    })

    test('left by a crash just before the arrival can be gone on with too', async () => {
      const username = await account()
      const client = await connectAs(username)
      const sftp = await channelOf(client)
      await sftp.write(await sftp.open(name, put), csv, 0)
      client.destroy()
      await until(async () => (await rows())[0]?.bytes === csv.length)
      const [row] = await rows()
      await (await house.runtime.storage.resume(organisationId, row?.blob_key as string)).complete()
      const again = await session(username)
      expect((await again.stat(name)).size).toBe(csv.length)
      const handle = await again.open(name, flag.write)
      await again.write(handle, Buffer.from('!'), csv.length)
      await again.close(handle)
      expect(await rows()).toMatchObject([
        { state: 'COMPLETE', sha256: sha256(Buffer.concat([csv, Buffer.from('!')])) },
      ])
    })

    test('that nobody goes on with are thrown away after a day; ones being written are not', async () => {
      const username = await account()
      const client = await connectAs(username)
      const sftp = await channelOf(client)
      await sftp.write(await sftp.open(name, put), csv, 0)
      const cut = await rows()
      const open = await session(username)
      const handle = await open.open('/upload/HRMS-20260130.csv', put)
      client.destroy()
      await until(async () => (await rows())[0]?.bytes === csv.length)
      house.clock.advance('23h')
      await house.drain()
      expect(await rows()).toHaveLength(2)
      house.clock.advance('2h')
      await house.drain()
      expect((await rows()).map((row) => row.name)).toEqual(['HRMS-20260130.csv'])
      await expect(
        house.runtime.storage.resume(organisationId, cut[0]?.blob_key as string),
      ).rejects.toMatchObject({ code: 'NOT_FOUND' })
      await open.write(handle, csv, 0)
      await open.close(handle)
      expect(await runs()).toHaveLength(1)
    })

    test('can be deleted', async () => {
      const username = await account()
      const client = await connectAs(username)
      const sftp = await channelOf(client)
      await sftp.write(await sftp.open(name, put), csv, 0)
      client.destroy()
      await until(async () => (await rows())[0]?.bytes === csv.length)
      const again = await session(username)
      await again.remove(name)
      expect(await rows()).toEqual([])
      await expect(again.remove(name)).rejects.toEqual(noSuchFile)
    })
  })

  describe('names and places', () => {
    test('rename refuses to replace, posix-rename replaces; a final name arrives, a waiting one does not', async () => {
      const sftp = await session(await account())
      await upload(sftp, '/upload/a.tmp', csv)
      await upload(sftp, name, csv)
      await expect(sftp.rename('/upload/a.tmp', name)).rejects.toEqual(failure)
      expect(await runs()).toHaveLength(1)
      await sftp.posixRename('/upload/a.tmp', name)
      expect((await runs()).map((run) => run.status)).toEqual(['CANCELLED', 'RECEIVED'])
      await sftp.rename(name, '/upload/.hidden')
      expect((await runs()).map((run) => run.status)).toEqual(['CANCELLED', 'CANCELLED'])
      await expect(sftp.rename('/upload/.hidden', '/upload/archive/x.csv')).rejects.toEqual(denied)
      await expect(sftp.rename('/upload/none', '/upload/x')).rejects.toEqual(noSuchFile)
      await expect(sftp.rename('/upload', '/upload/x')).rejects.toEqual(denied)
    })

    test('there is nothing behind the tree', async () => {
      const sftp = await session(await account())
      expect(await sftp.realpath('.')).toBe('/')
      expect(await sftp.realpath('../../../etc/passwd')).toBe('/etc/passwd')
      expect(await sftp.realpath('/upload/../download//./results/')).toBe('/download/results')
      expect(await sftp.realpath('upload/constituents/x.csv')).toBe('/upload/x.csv')
      for (const path of [
        '/etc/passwd',
        '../../etc/passwd',
        '/upload/../../etc/passwd',
        '/upload/x\0.csv',
        '/upload/archive/../../../etc/shadow',
      ])
        await expect(sftp.open(path, flag.read)).rejects.toEqual(noSuchFile)
      expect(await sftp.list('/')).toEqual(['download', 'templates', 'upload'])
      expect(await sftp.list('/upload/constituents')).toEqual(['archive', 'attachments'])
    })

    test('another organisation has another tree', async () => {
      const [mine, theirs] = [
        await session(await account()),
        await session(await account(undefined, (await house.newOrganisation()).id)),
      ]
      await upload(mine, name, csv)
      await expect(theirs.stat(name)).rejects.toEqual(noSuchFile)
      await expect(theirs.open(name, flag.read)).rejects.toEqual(noSuchFile)
      await expect(theirs.remove(name)).rejects.toEqual(noSuchFile)
      expect(await theirs.list('/upload')).toEqual(['archive', 'attachments'])
      expect(await rows()).toHaveLength(1)
    })

    test('an archive of documents is a file to import, and one by another name is not taken in silence', async () => {
      const sftp = await session(await account())
      await upload(sftp, '/upload/attachments/certificates.zip', csv)
      expect(await sftp.list('/download/results')).toEqual(['certificates.zip-error.json'])
      await upload(sftp, '/upload/attachments/HRMS-ATT-20260129_143000.zip', csv)
      expect(await sftp.list('/download/results')).toEqual(['certificates.zip-error.json'])
      expect(
        await house.owner('select file_name from import_runs where organisation_id = $1', [organisationId]),
      ).toEqual([{ file_name: 'HRMS-ATT-20260129_143000.zip' }])
    })
  })

  describe('logging in', () => {
    const entries = (username: string): Promise<{ action: string; changes: Record<string, unknown> }[]> =>
      house.owner(
        `select e.action, e.changes from audit_entries e join sftp_accounts a on a.id = e.entity_id
         where a.username = $1 and e.channel = 'SFTP' order by e.at, e.id`,
        [username],
      )
    const keyPair = makeEd25519

    test('a key, a password, either or both, as the account requires', async () => {
      const mine = await keyPair()
      const stranger = await keyPair()
      const publicKeys = [mine.public]
      const key = { privateKey: mine.private }
      const both: ConnectConfig = { ...key, password, authHandler: ['none', 'publickey', 'password'] }

      const keyOnly = await account({ publicKeys, password, requires: 'KEY' })
      await connectAs(keyOnly, key)
      await expect(connectAs(keyOnly, byPassword)).rejects.toThrow(/authentication/)
      const passwordOnly = await account({ publicKeys, password, requires: 'PASSWORD' })
      await connectAs(passwordOnly, byPassword)
      await expect(connectAs(passwordOnly, key)).rejects.toThrow(/authentication/)
      const either = await account({ publicKeys, password })
      await connectAs(either, key)
      await connectAs(either, byPassword)
      await expect(connectAs(either, { privateKey: stranger.private })).rejects.toThrow(/authentication/)
      const needsBoth = await account({ publicKeys, password, requires: 'BOTH' })
      await connectAs(needsBoth, both)
      await expect(connectAs(needsBoth, key)).rejects.toThrow(/authentication/)
      await expect(connectAs(needsBoth, byPassword)).rejects.toThrow(/authentication/)
      await expect(connectAs(needsBoth, { ...both, password: 'wrong' })).rejects.toThrow(/authentication/)
      await until(async () => (await entries(needsBoth)).length === 3)
      expect((await entries(needsBoth)).map((entry) => entry.action).sort()).toEqual([
        'login',
        'login-refused',
        'login-refused',
      ])
      await until(async () => (await entries(either)).some((entry) => entry.changes['reason'] === 'KEY'))
    })

    test('from allowed addresses only', async () => {
      await connectAs(await account({ password, allowedAddresses: ['127.0.0.0/8'] }), byPassword)
      const elsewhere = await account({ password, allowedAddresses: ['203.0.113.7', '2001:db8::/32'] })
      await expect(connectAs(elsewhere, byPassword)).rejects.toThrow(/authentication/)
      await until(async () => (await entries(elsewhere)).length > 0)
      expect((await entries(elsewhere))[0]).toMatchObject({
        action: 'login-refused',
        changes: { reason: 'ADDRESS' },
      })
    })

    test('an unknown name is refused like a wrong password, and the operator can see it', async () => {
      const username = `nobody-${randomCharacters(8)}`
      await expect(connectAs(username, byPassword)).rejects.toThrow(
        'All configured authentication methods failed',
      )
      await expect(connectAs('my secret password!', byPassword)).rejects.toThrow(
        'All configured authentication methods failed',
      )
      const names = async (): Promise<(string | null)[]> =>
        (
          await house.owner<{ detail: { username: string | null } }>(
            "select detail from operator_audit_entries where action = 'sftp-login-refused'",
          )
        ).map((row) => row.detail.username)
      await until(async () => {
        const found = await names()
        return found.includes(username) && found.includes(null)
      })
    })

    test('six tries a connection', async () => {
      const username = await account({ password })
      let tries = 0
      await expect(
        connectAs(username, {
          authHandler: (_left, _partial, next) => {
            tries += 1
            next({ type: 'password', username, password: `wrong ${tries}` })
          },
        }),
      ).rejects.toThrow()
      expect(tries).toBe(6)
    })

    test('a disabled account is out', async () => {
      const username = await account({ password })
      await house.owner('update sftp_accounts set is_enabled = false where username = $1', [username])
      await expect(connectAs(username, byPassword)).rejects.toThrow(/authentication/)
    })
  })

  describe('the end', () => {
    test('a client that says nothing is cut after the login grace', async () => {
      const impatient = await startSftpServer(house.runtime, { host: '127.0.0.1', port: 0, loginGraceMs: 50 })
      const socket = connect(impatient.port, '127.0.0.1')
      socket.resume()
      await once(socket, 'close')
      await impatient.stop(0)
    })

    test('an idle session is cut', async () => {
      const impatient = await startSftpServer(house.runtime, { host: '127.0.0.1', port: 0, idleMs: 50 })
      const client = await connectAs(await account(), { ...byKey, port: impatient.port })
      await once(client, 'close')
      await impatient.stop(0)
    })

    test('stopping lets a transfer finish, and keeps what does not', async () => {
      const stopping = await startSftpServer(house.runtime, { host: '127.0.0.1', port: 0 })
      const username = await account()
      const [one, two] = await Promise.all(
        [1, 2].map(async () => channelOf(await connectAs(username, { ...byKey, port: stopping.port }))),
      )
      const finishes = await (one as Sftp).open(name, put)
      await (one as Sftp).write(finishes, csv, 0)
      const stays = await (two as Sftp).open('/upload/HRMS-20260130.csv', put)
      await (two as Sftp).write(stays, csv, 0)
      const stopped = stopping.stop(500)
      await (one as Sftp).close(finishes)
      await stopped
      expect((await rows()).map((row) => [row.name, row.state, row.bytes])).toEqual([
        ['HRMS-20260129.csv', 'COMPLETE', csv.length],
        ['HRMS-20260130.csv', 'PARTIAL', csv.length],
      ])
      await expect(connectAs(username, { ...byKey, port: stopping.port })).rejects.toThrow('ECONNREFUSED')
    })

    test('the port of another is refused in words; the keys stay the same', async () => {
      await expect(
        startSftpServer(house.runtime, { host: '127.0.0.1', port: server.port }),
      ).rejects.toMatchObject({ code: 'ALREADY_RUNNING' })
      const again = await startSftpServer(house.runtime, { host: '127.0.0.1', port: 0 })
      expect(again.fingerprints[0]).toBe(server.fingerprints[0])
      await again.stop(0)
    })
  })

  test('extensions are announced', async () => {
    const sftp = await session(await account())
    expect(Object.keys(sftp.extensions())).toEqual([
      'posix-rename@openssh.com',
      'statvfs@openssh.com',
      'fsync@openssh.com',
      'limits@openssh.com',
    ])
  })
})
