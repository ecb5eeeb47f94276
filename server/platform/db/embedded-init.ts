/**
 * The embedded database's first start. Made beside its place and moved there when complete, so a process killed in
 * the middle leaves nothing that looks like a database.
 */
import { chown, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../errors.ts'
import { randomCharacters } from '../ids.ts'
import { run } from './embedded-account.ts'
import type { Binaries } from './embedded-binaries.ts'
import { type Home, syncFolder } from './embedded-home.ts'
import { stopWhenWeDie } from './embedded-postmaster.ts'

/** The bootstrap superuser and the database that is ours, on the embedded server. */
export const embeddedUser = 'vouchsafe'
export const embeddedDatabase = 'vouchsafe'

/**
 * Makes the database of `home` unless it is there, and sees that it is of PostgreSQL `major`. `durable: false`
 * leaves the flush to disk out (tests). The caller holds the lock. Refuses (`DATABASE_UNAVAILABLE`) another major
 * version's files and whatever `initdb` refuses.
 */
export async function ensureDatabase(
  home: Home,
  binaries: Binaries,
  options: { major: string; durable: boolean },
): Promise<void> {
  await sweep(home)
  let version = await readFile(join(home.database, 'PG_VERSION'), 'utf8').catch(() => undefined)
  if (version === undefined) {
    await make(home, binaries, options.durable)
    version = options.major
  }
  if (version.trim() !== options.major) {
    throw new AppError(
      'DATABASE_UNAVAILABLE',
      `The database in ${home.database} is PostgreSQL ${version.trim()}’s, and this is ${options.major}. ` +
        'Make a backup with the version of Vouchsafe that made it and restore it here.',
    )
  }
  // The move is the deed; a crash between the two leaves a complete database that is only not on record yet.
  if (!home.complete) await home.markComplete()
}

const makingPrefix = 'making-'

/** Left over by starts that died. */
async function sweep(home: Home): Promise<void> {
  for (const name of await readdir(home.folder)) {
    if (!name.startsWith(makingPrefix)) continue
    // An initdb that outlived its parent may still write there for a moment: the next start tries again.
    await rm(join(home.folder, name), { recursive: true, force: true, maxRetries: 3 }).catch(() => {})
  }
}

async function make(home: Home, binaries: Binaries, durable: boolean): Promise<void> {
  const { account } = home
  const making = join(home.folder, `${makingPrefix}${randomCharacters(8)}`)
  const passwordFile = join(making, 'password')
  const database = join(making, 'database')
  await mkdir(making, { mode: 0o700 })
  const file = await open(passwordFile, 'wx', 0o600)
  await file.writeFile(`${home.password}\n`)
  if (account !== undefined) await file.chown(account.uid, account.gid)
  await file.close()
  if (account !== undefined) await chown(making, account.uid, account.gid)

  await complete('initdb', binaries.initdb, [
    `--pgdata=${database}`,
    `--username=${embeddedUser}`,
    `--pwfile=${passwordFile}`,
    '--auth-local=scram-sha-256',
    '--auth-host=reject',
    '--encoding=UTF8',
    // PostgreSQL's own C.UTF-8: sorts by code point and knows the case of every script, the same on every machine.
    // A collation of the system's library (or ICU) may change with an upgrade and break every index on text.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
    ...(durable ? [] : ['--no-sync']),
  ])
  const single = ['--single', '-D', database, '-c', 'exit_on_error=on', '-c', 'log_min_messages=warning']
  await complete(
    'the first start',
    binaries.postgres,
    [...single, ...(durable ? [] : ['-c', 'fsync=off']), 'postgres'],
    `CREATE DATABASE ${embeddedDatabase};\n`,
  )
  await rename(database, home.database)
  await syncFolder(home.folder)
  await rm(making, { recursive: true })

  async function complete(
    what: string,
    program: string,
    args: readonly string[],
    input?: string,
  ): Promise<void> {
    let guard: { dismiss(): void } | undefined
    const { code, output } = await run(program, args, {
      account,
      ...(input === undefined ? {} : { input }),
      started: (pid) => (guard = stopWhenWeDie(pid, account)),
    })
    guard?.dismiss()
    if (code === 0) return
    throw new AppError(
      'DATABASE_UNAVAILABLE',
      `The embedded database cannot be made: ${what} failed. ${hint(output)}`,
    )
  }
}

function hint(output: string): string {
  const text = output.trim().split('\n').slice(-6).join(' ')
  if (output.includes('could not look up effective user ID')) {
    return `${text} PostgreSQL needs an entry in /etc/passwd for the account that runs it: start as another one, or set DATABASE_URL.`
  }
  if (output.includes('No space left on device')) return `${text} Make room on the disk and start again.`
  return text
}
