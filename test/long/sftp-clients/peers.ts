/** The two servers that every client meets: ours, and Debian's sshd with internal-sftp, each with the same tree. */
import { createHash, randomBytes } from 'node:crypto'
import {
  chmod,
  copyFile,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { openTestHouse, operator, type TestHouse } from '../../harness.ts'
import { isRoot, startDebianSshd } from '../../debian-sshd.ts'
import { makeEd25519 } from '../../../server/exchange/file-exchange/file-exchange.key-pairs.ts'
import { addAccount } from '../../../server/exchange/file-exchange/file-exchange.ts'
import { startSftpServer } from '../../../server/exchange/file-exchange/file-exchange.sftp.ts'
import { templates } from '../../../server/exchange/file-exchange/file-exchange.templates.ts'
import { setSetting } from '../../../server/tenancy/organisations/organisations.ts'

export interface Peer {
  readonly name: 'ours' | 'sshd'
  readonly port: number
  readonly username: string
  /** What stands before each path. */
  readonly root: string
  /** Brings the tree back to how it was at first. */
  reset(): Promise<void>
  /** The files that a client may have changed: path to SHA-256, `cut` for one that is not complete. */
  files(): Promise<Record<string, string>>
  /** Whether nobody is connected any more. */
  isLeft(): boolean
}

export interface Peers {
  readonly ours: Peer
  readonly sshd: Peer
  /** Files for the clients to put; a folder for each to get into. */
  readonly folder: string
  readonly keyFile: string
  /** Why the client cannot reach above the tree on Debian's server; empty where it can be tried. */
  readonly noChroot: string
  close(): Promise<void>
}

export const largeBytes = 20_000_000
/** The folder of many: nobody writes there, so it is filled once. */
const manyFolder = '/download/archive'
export const manyFiles = 10_000
/** Recent, so that both show its time of day; a whole second, which is all that the protocol tells. */
const seedTime = new Date(Math.floor(Date.now() / 1_000 - 40 * 86_400) * 1_000)

const writableFolders = ['/upload', '/upload/attachments', '/download', '/download/results']
const readOnlyFolders = ['/upload/archive', manyFolder, '/templates', '/']
const watchedFolders = ['/upload', '/upload/attachments', '/upload/archive', '/download', '/download/results']

const isFixed = (path: string): boolean => [...writableFolders, ...readOnlyFolders].includes(path)
const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex')

export async function openPeers(): Promise<Peers> {
  // sshd keeps nobody to a folder above which others may write: /tmp will not do.
  const home = await mkdtemp(join(isRoot ? '/run' : tmpdir(), 'vouchsafe-clients-'))
  await chmod(home, 0o755)
  const key = await makeEd25519()
  const keyFile = join(home, 'key')
  await writeFile(keyFile, key.private, { mode: 0o600 })
  await writeFile(`${keyFile}.pub`, `${key.public}\n`)

  const folder = join(home, 'local')
  await mkdir(folder)
  const large = randomBytes(largeBytes)
  const small = Buffer.from('"external_id","first_name"\n"E1","Åse"\n'.repeat(40))
  const local: Record<string, Buffer> = {
    small,
    large,
    empty: Buffer.alloc(0),
    half: large.subarray(0, largeBytes / 2 - 7),
    'a b  c.txt': small,
    'Müller – 名簿.csv': small,
    'it\'s "x".txt': small,
    ['café'.normalize('NFD')]: small,
    [`${'n'.repeat(251)}.csv`]: small,
  }
  for (const [name, content] of Object.entries(local)) await writeFile(join(folder, name), content)
  await mkdir(join(folder, 'many'))
  for (let n = 0; n < 100; n += 1) await writeFile(join(folder, 'many', `m${n}.part`), `${n}\n`)

  const seeds: Record<string, Buffer> = {
    '/upload/old.txt': Buffer.from('as it was\n'),
    '/upload/x.csv.part': small,
    '/upload/half.part': local['half'] as Buffer,
    '/upload/.hidden': Buffer.from('dot\n'),
    '/upload/archive/done.csv': Buffer.from('processed\n'),
    '/download/export.csv': small,
    '/download/none.csv': Buffer.alloc(0),
    '/download/large.bin': large,
    '/download/results/done-results.csv': Buffer.from('results\n'),
    '/download/results/done-summary.json': Buffer.from('{}\n'),
  }
  const expected = Object.fromEntries(Object.entries(seeds).map(([path, content]) => [path, sha256(content)]))
  const isAsAtFirst = (found: Record<string, string>): boolean =>
    JSON.stringify(Object.entries(found).sort()) === JSON.stringify(Object.entries(expected).sort())

  const tree = join(home, 'tree')
  await mkdir(tree)
  const daemon = await startDebianSshd({ home, tree, publicKey: key.public, isChrooted: true })
  const sshd: Peer = {
    name: 'sshd',
    ...{ port: daemon.port, username: daemon.username, root: daemon.root },
    files: async () => {
      const found: Record<string, string> = {}
      for (const inside of watchedFolders) {
        const names = await readdir(tree + inside, { encoding: 'buffer' }).catch(() => undefined)
        if (names === undefined) found[inside] = 'gone'
        for (const name of names ?? []) {
          const path = `${inside}/${name.toString()}`
          if (isFixed(path)) continue
          const place = Buffer.concat([Buffer.from(`${tree}${inside}/`), name])
          const entry = await lstat(place)
          if (entry.isFile()) found[path] = sha256(await readFile(place))
          else found[path] = entry.isDirectory() ? 'folder' : 'link'
        }
      }
      return found
    },
    // What a client wrote is in the file at once.
    isLeft: () => true,
    reset: async () => {
      for (const inside of [...writableFolders, '/upload/archive', '/templates']) {
        await mkdir(tree + inside, { recursive: true })
        await chmod(tree + inside, 0o750)
        await daemon.own(tree + inside)
      }
      for (const inside of watchedFolders) {
        for (const name of await readdir(tree + inside, { encoding: 'buffer' })) {
          const path = `${inside}/${name.toString()}`
          if (!isFixed(path) && path !== '/download/large.bin')
            await rm(Buffer.concat([Buffer.from(`${tree}${inside}/`), name]), { recursive: true })
        }
      }
      for (const [path, content] of Object.entries(seeds)) {
        if (
          path === '/download/large.bin' &&
          (await stat(tree + path).catch(() => undefined))?.size === largeBytes
        )
          continue
        await writeFile(tree + path, content)
        await chmod(tree + path, path.startsWith('/upload/') && !path.includes('archive') ? 0o640 : 0o440)
        await utimes(tree + path, seedTime, seedTime)
        await daemon.own(tree + path)
      }
      for (const { name, content } of templates) {
        await rm(`${tree}/templates/${name}`, { force: true })
        await writeFile(`${tree}/templates/${name}`, content)
        await chmod(`${tree}/templates/${name}`, 0o444)
      }
      for (const inside of readOnlyFolders) await chmod(tree + inside, 0o555)
    },
  }
  await mkdir(join(tree, manyFolder), { recursive: true })
  const [first, ...others] = Array.from({ length: manyFiles }, (_, n) => `${tree}${manyFolder}/S-${n}.csv`)
  await writeFile(first as string, 'x')
  for (const path of others) await copyFile(first as string, path)

  const house = await openTestHouse({ now: new Date().toISOString() })
  const server = await startSftpServer(house.runtime, { host: '127.0.0.1', port: 0 })
  const { id } = await house.newOrganisation()
  const username = 'matrix'
  await house.runtime.write(id, operator, async (ctx) => {
    await addAccount(ctx, { username, publicKeys: [key.public] })
    await setSetting(ctx, 'sftp.connectionsPerAccount', '100')
  })
  await server.allKeysInUse
  const blobs = await storeSeeds(house, id, seeds)
  const ours: Peer = {
    name: 'ours',
    ...{ port: server.port, username, root: '' },
    isLeft: () => server.figures.connections.loggedIn === 0,
    files: async () => {
      const rows = await house.owner<{ folder: string; name: string; state: string; sha256: string }>(
        `select folder, name, state, sha256 from exchange_files
         where organisation_id = $1 and folder <> $2 and name not like '%-error.json'`,
        [id, manyFolder],
      )
      return Object.fromEntries(
        rows.map((row) => [`${row.folder}/${row.name}`, row.state === 'COMPLETE' ? row.sha256 : 'cut']),
      )
    },
    reset: async () => {
      await house.owner('delete from import_runs where organisation_id = $1', [id])
      await house.owner('delete from exchange_files where organisation_id = $1 and folder <> $2', [
        id,
        manyFolder,
      ])
      await house.owner(
        `insert into exchange_files (organisation_id, id, folder, name, state, blob_key, bytes, sha256, client_modified_at, modified_at)
         select $1, 'file_seed' || n, folder, name, 'COMPLETE', key, bytes, sha256, $3, $3
         from jsonb_to_recordset($2) as seed (n int, folder text, name text, key text, bytes bigint, sha256 text)`,
        [id, JSON.stringify(blobs), seedTime],
      )
    },
  }
  await house.owner(
    `insert into exchange_files (organisation_id, id, folder, name, state, blob_key, bytes, sha256, modified_at)
     select $1, 'file_many' || n, $2, 'S-' || n || '.csv', 'COMPLETE', 'blb_none', 1, 'x', now() from generate_series(0, $3::int - 1) n`,
    [id, manyFolder, manyFiles],
  )

  const resetting = (peer: Peer): Peer => {
    let isFirst = true
    return {
      ...peer,
      // Times may have been set without a byte having changed.
      reset: async () => {
        if (isFirst || !isAsAtFirst(await peer.files())) await peer.reset()
        isFirst = false
      },
    }
  }
  return {
    ours: resetting(ours),
    sshd: resetting(sshd),
    folder,
    keyFile,
    noChroot: isRoot ? '' : 'only root may keep a client to a folder',
    close: async () => {
      await server.stop(0)
      await daemon.stop()
      await house.close()
      for (const inside of ['', ...readOnlyFolders]) await chmod(join(tree, inside), 0o755)
      await rm(home, { recursive: true, force: true })
    },
  }
}

/** The same files in our storage, once; their rows are made anew at each reset. */
async function storeSeeds(
  house: TestHouse,
  organisationId: string,
  seeds: Record<string, Buffer>,
): Promise<{ n: number; folder: string; name: string; key: string; bytes: number; sha256: string }[]> {
  const stored = []
  for (const [n, [path, content]] of Object.entries(seeds).entries()) {
    const blob = await house.runtime.storage.write(
      organisationId,
      Readable.from(content.length ? [content] : []),
    )
    const slash = path.lastIndexOf('/')
    stored.push({ n, folder: path.slice(0, slash), name: path.slice(slash + 1), ...blob })
  }
  return stored
}
