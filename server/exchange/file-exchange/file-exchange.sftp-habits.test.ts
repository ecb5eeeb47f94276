/**
 * What clients that cannot be run here are known to send: WinSCP (SftpFileSystem.cpp) and FileZilla (whose fzsftp is made of
 * PuTTY's psftp), request by request.
 */
import { once } from 'node:events'
import { promisify } from 'node:util'
import ssh2, { type SFTPWrapper } from 'ssh2'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import { promised, type SftpCalls } from '../../../test/sftp-calls.ts'
import { randomCharacters } from '../../platform/ids.ts'
import { setSetting } from '../../tenancy/organisations/organisations.ts'
import { addAccount } from './file-exchange.ts'
import { makeEd25519 } from './file-exchange.key-pairs.ts'
import { startSftpServer, type SftpServer } from './file-exchange.sftp.ts'

const flag = { read: 1, write: 2, append: 4, create: 8, truncate: 16, exclusive: 32 }
const csv = Buffer.from(
  'external_id,first_name,last_name,dob,email,position_id,licence_type,licence_number,issue_date,expiry_date\n'.repeat(
    20,
  ),
)
const large = Buffer.concat(Array.from({ length: 80 }, () => csv))
const name = '/upload/HRMS-20260129.csv'
const time = 1_780_000_000
const noSuchFile = expect.objectContaining({ code: 2 }) as object
const failure = expect.objectContaining({ code: 4 }) as object

describe('habits of clients', () => {
  let house: TestHouse
  let server: SftpServer
  let organisationId: string
  let username: string
  let key: Awaited<ReturnType<typeof makeEd25519>>
  const clients: ssh2.Client[] = []

  beforeAll(async () => {
    house = await openTestHouse()
    server = await startSftpServer(house.runtime, { host: '127.0.0.1', port: 0 })
    key = await makeEd25519()
  })
  afterAll(async () => {
    await server.stop(0)
    await house.close()
  })
  beforeEach(async () => {
    organisationId = (await house.newOrganisation()).id
    username = `user-${randomCharacters(8)}`
    await house.runtime.write(organisationId, operator, (ctx) =>
      addAccount(ctx, { username, publicKeys: [key.public] }),
    )
  })
  afterEach(() => {
    for (const client of clients.splice(0)) client.destroy()
  })

  const connected = async (): Promise<{ sftp: SftpCalls; client: ssh2.Client }> => {
    const client = new ssh2.Client()
    clients.push(client)
    client.connect({ host: '127.0.0.1', port: server.port, username, privateKey: key.private })
    await once(client, 'ready')
    client.on('error', () => {})
    return { client, sftp: promised((await promisify(client.sftp.bind(client))()) as unknown as SFTPWrapper) }
  }
  const rows = (): Promise<{ name: string; state: string; bytes: number }[]> =>
    house.owner(
      "select name, state, bytes::int from exchange_files where organisation_id = $1 and folder = '/upload' order by name",
      [organisationId],
    )
  const runs = async (): Promise<string[]> =>
    (
      await house.owner<{ status: string }>(
        'select status from import_runs where organisation_id = $1 order by arrival',
        [organisationId],
      )
    ).map((row) => row.status)
  /** In pieces of 32 KiB, all sent before the first is answered. */
  const writeAll = (sftp: SftpCalls, handle: Buffer, content: Buffer, from = 0): Promise<unknown> => {
    const pieces: Promise<void>[] = []
    for (let at = from; at < content.length; at += 32_768)
      pieces.push(sftp.write(handle, content.subarray(at, at + 32_768), at))
    return Promise.all(pieces)
  }

  test('WinSCP, a small file: opened exclusively with its size, its properties sent before CLOSE is answered', async () => {
    const { sftp } = await connected()
    const flags = flag.write | flag.create | flag.exclusive | flag.truncate
    const put = async (): Promise<void> => {
      const handle = await sftp.open(name, flags, { size: csv.length })
      const written = sftp.write(handle, csv, 0)
      const closed = sftp.close(handle)
      const set = sftp.setstat(name, { mode: 0o644, atime: time, mtime: time })
      await Promise.all([written, closed, set])
    }
    await put()
    expect(await sftp.lstat(name)).toMatchObject({ size: csv.length, mtime: time })
    // The second time it asks its user, having been told that the file exists.
    await expect(put()).rejects.toEqual(failure)
    expect(await sftp.lstat(name)).toMatchObject({ size: csv.length })
    expect(await runs()).toEqual(['RECEIVED'])
  })

  test('WinSCP, cancelled by its user: CLOSE in the middle, then REMOVE', async () => {
    const { sftp } = await connected()
    const handle = await sftp.open(name, flag.write | flag.create | flag.truncate, { size: csv.length })
    await sftp.write(handle, csv.subarray(0, 50), 0)
    await sftp.close(handle)
    await sftp.remove(name)
    await house.drain()
    expect(await rows()).toEqual([])
    expect(await runs()).toEqual(['CANCELLED'])
  })

  test('WinSCP, a larger file: cut as .filepart, gone on with, put in place of the older one, its properties set', async () => {
    const first = await connected()
    const older = await first.sftp.open(name, flag.write | flag.create | flag.truncate)
    await first.sftp.write(older, csv, 0)
    await first.sftp.close(older)
    await expect(first.sftp.lstat(`${name}.filepart`)).rejects.toEqual(noSuchFile)
    const part = await first.sftp.open(`${name}.filepart`, flag.write | flag.create | flag.truncate, {
      size: large.length,
    })
    await writeAll(first.sftp, part, large.subarray(0, 70_000))
    first.client.destroy()
    while ((await rows()).find((row) => row.state === 'PARTIAL')?.bytes !== 70_000)
      await new Promise((resolve) => setTimeout(resolve, 10))

    const { sftp } = await connected()
    expect(await sftp.lstat(name)).toMatchObject({ size: csv.length })
    const { size } = await sftp.lstat(`${name}.filepart`)
    expect(size).toBe(70_000)
    const rest = await sftp.open(`${name}.filepart`, flag.write | flag.create, { size: large.length })
    await writeAll(sftp, rest, large, size)
    await sftp.close(rest)
    expect(await runs()).toEqual(['RECEIVED'])
    await sftp.remove(name)
    await sftp.rename(`${name}.filepart`, name)
    await sftp.setstat(name, { mode: 0o640, atime: time, mtime: time })
    expect(await sftp.lstat(name)).toMatchObject({ size: large.length, mtime: time })
    expect(await rows()).toEqual([{ name: 'HRMS-20260129.csv', state: 'COMPLETE', bytes: large.length }])
    expect(await runs()).toEqual(['CANCELLED', 'RECEIVED'])
  })

  test('WinSCP, a .filepart that was closed half-way is gone on with too', async () => {
    const { sftp } = await connected()
    const part = await sftp.open(`${name}.filepart`, flag.write | flag.create | flag.truncate)
    await writeAll(sftp, part, large.subarray(0, 100_000))
    await sftp.close(part)
    await house.drain()
    expect(await runs()).toEqual([])
    const { size } = await sftp.lstat(`${name}.filepart`)
    const rest = await sftp.open(`${name}.filepart`, flag.write | flag.create)
    await writeAll(sftp, rest, large, size)
    await sftp.close(rest)
    await sftp.rename(`${name}.filepart`, name)
    expect(await rows()).toMatchObject([{ state: 'COMPLETE', bytes: large.length }])
  })

  test('WinSCP, staying awake and looking around', async () => {
    const { sftp } = await connected()
    expect(await sftp.realpath('.')).toBe('/')
    expect(await sftp.realpath('/upload/.')).toBe('/upload')
    expect(await sftp.list('/upload/')).toEqual(['archive', 'attachments'])
    // It asks whether a link may be made before it shows the command, and checks every folder on the way.
    for (const path of ['/', '/upload', '/upload/archive', '/download/'])
      expect((await sftp.lstat(path)).mode & 0o170000).toBe(0o040000)
  })

  test('FileZilla: the time is set by path after the file was closed, with nothing else', async () => {
    const { sftp } = await connected()
    expect(await sftp.realpath('.')).toBe('/')
    const handle = await sftp.open(name, flag.write | flag.create | flag.truncate)
    await writeAll(sftp, handle, large)
    await sftp.close(handle)
    await sftp.setstat(name, { atime: time, mtime: time })
    expect(await sftp.stat(name)).toMatchObject({ size: large.length, mtime: time })
    await sftp.setstat(name, { mode: 0o100666 })
    expect(await sftp.stat(name)).toMatchObject({ mtime: time })
    expect(await runs()).toEqual(['RECEIVED'])
  })

  test('FileZilla goes on with what is there: opened for writing alone, its size asked of the handle', async () => {
    const first = await connected()
    const cut = await first.sftp.open(name, flag.write | flag.create | flag.truncate)
    await writeAll(first.sftp, cut, large.subarray(0, 99_000))
    first.client.destroy()
    const { sftp } = await connected()
    const handle = await sftp.open(name, flag.write)
    const { size } = await sftp.fstat(handle)
    expect(size).toBe(99_000)
    await writeAll(sftp, handle, large, size)
    await sftp.close(handle)
    expect(await rows()).toMatchObject([{ state: 'COMPLETE', bytes: large.length }])
    expect(await runs()).toEqual(['RECEIVED'])
  })

  test('the older path stands for /upload in every request, and is in no list', async () => {
    const { sftp } = await connected()
    const old = '/upload/constituents'
    const handle = await sftp.open(`${old}/HRMS-20260129.csv.part`, flag.write | flag.create | flag.truncate)
    await sftp.write(handle, csv, 0)
    await sftp.close(handle)
    expect(await sftp.stat(`${old}/HRMS-20260129.csv.part`)).toMatchObject({ size: csv.length })
    await sftp.setstat(`${old}/HRMS-20260129.csv.part`, { atime: time, mtime: time })
    await sftp.rename(`${old}/HRMS-20260129.csv.part`, `${old}/HRMS-20260129.csv`)
    expect(await sftp.list(old)).toEqual(['HRMS-20260129.csv', 'archive', 'attachments'])
    expect(await sftp.list('/upload')).toEqual(['HRMS-20260129.csv', 'archive', 'attachments'])
    expect(await sftp.realpath(old)).toBe('/upload')
    expect((await sftp.lstat(old)).mode & 0o170000).toBe(0o040000)
    await sftp.posixRename(`${old}/HRMS-20260129.csv`, `${old}/HRMS-20260130.csv`)
    const reading = await sftp.open(`${old}/HRMS-20260130.csv`, flag.read)
    expect(await sftp.read(reading, 0, 11)).toEqual(Buffer.from('external_id'))
    await sftp.close(reading)
    await sftp.remove(`${old}/HRMS-20260130.csv`)
    expect(await rows()).toEqual([])
    await expect(sftp.mkdir(old)).rejects.toEqual(failure)
  })

  test('a file that is overwritten while it is processed: the run keeps its bytes, the new version waits for its own', async () => {
    const { sftp } = await connected()
    const put = async (content: Buffer): Promise<void> => {
      const handle = await sftp.open(name, flag.write | flag.create | flag.truncate)
      await sftp.write(handle, content, 0)
      await sftp.close(handle)
    }
    await put(csv)
    const blobs = (): Promise<{ status: string; blob_key: string }[]> =>
      house.owner('select status, blob_key from import_runs where organisation_id = $1 order by arrival', [
        organisationId,
      ])
    const [pinned] = await blobs()
    await house.owner("update import_runs set status = 'PLANNING' where organisation_id = $1", [
      organisationId,
    ])
    await put(large.subarray(0, 30_000))
    expect(await blobs()).toMatchObject([
      { status: 'PLANNING', blob_key: pinned?.blob_key },
      { status: 'RECEIVED' },
    ])
    const reader = await house.runtime.storage.open(organisationId, pinned?.blob_key as string)
    expect(await reader.read(0, csv.length)).toEqual(csv)
    await reader.close()
  })

  test("how long a partial stays is the organisation's setting", async () => {
    await house.runtime.write(organisationId, operator, (ctx) => setSetting(ctx, 'sftp.partialHours', '2'))
    const { sftp, client } = await connected()
    const handle = await sftp.open(name, flag.write | flag.create | flag.truncate)
    await sftp.write(handle, csv, 0)
    client.destroy()
    while ((await rows())[0]?.bytes !== csv.length) await new Promise((resolve) => setTimeout(resolve, 10))
    house.clock.advance('1h')
    await house.drain()
    expect(await rows()).toMatchObject([{ state: 'PARTIAL' }])
    house.clock.advance('61m')
    await house.drain()
    expect(await rows()).toEqual([])
    expect(
      await house.owner("select action from audit_entries where organisation_id = $1 and action = 'expire'", [
        organisationId,
      ]),
    ).toHaveLength(1)
  })

  test('ten thousand names come page by page, each of them once', async () => {
    await house.owner(
      `insert into exchange_files (organisation_id, id, folder, name, state, blob_key, bytes, sha256, modified_at)
       select $1, 'file_' || n, '/download/results', 'S-' || n || '-results.csv', 'COMPLETE', 'blb_x', n, 'x', '2026-01-01'
       from generate_series(1, 10000) n`,
      [organisationId],
    )
    const { sftp } = await connected()
    const names = await sftp.list('/download/results')
    expect(new Set(names).size).toBe(10_000)
  })
})
