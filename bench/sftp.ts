/**
 * The SFTP server beside Debian's sshd with internal-sftp, both asked by OpenSSH's client with its default options, in pairs
 * one after the other. Each time is that of the whole command, its login included.
 */
import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { systemCaller } from '../server/platform/context.ts'
import { addAccount } from '../server/exchange/file-exchange/file-exchange.ts'
import { makeEd25519 } from '../server/exchange/file-exchange/file-exchange.key-pairs.ts'
import { startSftpServer } from '../server/exchange/file-exchange/file-exchange.sftp.ts'
import { startDebianSshd } from '../test/debian-sshd.ts'
import { median, openBenchHouse } from './house.ts'

export interface SftpFigures {
  readonly what: string
  readonly oursMs: number
  readonly sshdMs: number
  /** Ours may take so many times as long. */
  readonly target: number
}

const largeBytes = 100 * 1_000_000
const smallFiles = 1_000
const smallBytes = 2_000

const run = promisify(execFile)
const digest = async (path: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex')

/** A day of changes, in files of their own: each of them arrives. */
const smallName = (n: number): string => {
  const clock = [n / 3_600, (n / 60) % 60, n % 60].map((part) => String(Math.floor(part)).padStart(2, '0'))
  return `HRMS-DELTA-20260129_${clock.join('')}.csv`
}

/** Put and get 100 MB, and put 1,000 files of 2 KB. */
export async function measureSftp(repeats: number): Promise<SftpFigures[]> {
  const folder = await mkdtemp(join(tmpdir(), 'vouchsafe-bench-sftp-'))
  await chmod(folder, 0o755)
  const house = await openBenchHouse({ 'import.maxBytes': String(largeBytes) })
  const { runtime } = house
  const ours = await startSftpServer(runtime, { host: '127.0.0.1', port: 0 })
  const tree = join(folder, 'tree')
  await mkdir(join(tree, 'upload'), { recursive: true })
  const key = await makeEd25519()
  const sshd = await startDebianSshd({ home: folder, tree, publicKey: key.public, isChrooted: false })
  try {
    for (const path of [tree, join(tree, 'upload')]) await sshd.own(path)
    await writeFile(join(folder, 'key'), key.private, { mode: 0o600 })
    await writeFile(join(folder, 'large'), randomBytes(largeBytes))
    const small = join(folder, 'small')
    await mkdir(small)
    for (let n = 0; n < smallFiles; n += 1)
      await writeFile(join(small, smallName(n)), randomBytes(smallBytes))
    const { id } = await house.newOrganisation('SFTP')
    await runtime.write(id, systemCaller, (ctx) =>
      addAccount(ctx, { username: 'bench', publicKeys: [key.public] }),
    )

    const sftp = async (peer: { port: number; username: string }, command: string): Promise<number> => {
      const batch = join(folder, 'batch')
      await writeFile(batch, `${command}\n`)
      const options = ['UserKnownHostsFile=/dev/null', 'StrictHostKeyChecking=no', 'IdentitiesOnly=yes']
      const started = performance.now()
      await run('sftp', [
        ...['-q', '-F', 'none', ...options.flatMap((option) => ['-o', option])],
        ...['-i', join(folder, 'key'), '-P', String(peer.port), '-b', batch, `${peer.username}@127.0.0.1`],
      ])
      return performance.now() - started
    }
    const peers = [
      { name: 'ours', port: ours.port, username: 'bench', root: '' },
      { name: 'sshd', port: sshd.port, username: sshd.username, root: sshd.root },
    ] as const
    const clear = async (): Promise<void> => {
      await house.asOwner(`delete from import_runs where organisation_id = '${id}'`)
      await house.asOwner(`delete from exchange_files where organisation_id = '${id}'`)
      await rm(join(tree, 'upload'), { recursive: true })
      await mkdir(join(tree, 'upload'))
      await sshd.own(join(tree, 'upload'))
    }

    const rows: readonly [
      what: string,
      target: number,
      isClearedBefore: boolean,
      command: (root: string) => string,
    ][] = [
      ['put 100 MB', 1.0, true, (root) => `put ${folder}/large ${root}/upload/large.part`],
      ['get 100 MB', 1.1, false, (root) => `get ${root}/upload/large.part ${folder}/back`],
      [
        'put 1,000 files of 2 KB, each recorded and audited',
        2,
        true,
        (root) => `put ${small}/* ${root}/upload/`,
      ],
    ]
    const figures: SftpFigures[] = []
    for (const [what, target, isClearedBefore, command] of rows) {
      const times = { ours: [] as number[], sshd: [] as number[] }
      // The first time warms up, and is not counted.
      for (let n = 0; n <= repeats; n += 1) {
        if (isClearedBefore) await clear()
        for (const peer of n % 2 === 0 ? peers : [...peers].reverse()) {
          const ms = await sftp(peer, command(peer.root))
          if (n > 0) times[peer.name].push(ms)
          if (
            !isClearedBefore &&
            (await digest(join(folder, 'back'))) !== (await digest(join(folder, 'large')))
          )
            throw new Error(`${what}: other bytes came back from ${peer.name}`)
        }
      }
      figures.push({ what, oursMs: median(times.ours), sshdMs: median(times.sshd), target })
    }
    await checkRecords(house, id)
    return figures
  } finally {
    await sshd.stop()
    await ours.stop(0)
    await house.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** What was measured did happen: each small file has its arrival and its entry in the journal. */
async function checkRecords(
  house: Awaited<ReturnType<typeof openBenchHouse>>,
  organisationId: string,
): Promise<void> {
  await house.asOwner(
    `do $$ declare found bigint; begin
       select count(*) into found from exchange_files f
         join import_runs r on r.organisation_id = f.organisation_id and r.file_id = f.id
         join audit_entries e on e.organisation_id = f.organisation_id and e.entity_id = f.id and e.action = 'upload'
       where f.organisation_id = '${organisationId}' and f.state = 'COMPLETE';
       if found <> ${smallFiles} then raise exception 'of ${smallFiles} files % are recorded', found; end if;
     end $$`,
  )
}
