/**
 * The account that the embedded PostgreSQL runs as. PostgreSQL refuses to run as root; started as root we lend it
 * an existing unprivileged account and never create one.
 */
import { spawn } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import { AppError } from '../errors.ts'

/** An entry of /etc/passwd. Numbers are unsigned (macOS writes `nobody` as -2). */
export interface Account {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

const candidates = ['nobody', 'daemon']

/** The account of whoever owns `path`, or undefined when it does not exist or is root's. */
export async function ownerOf(path: string): Promise<Account | undefined> {
  const status = await stat(path).catch(() => undefined)
  if (status === undefined || status.uid === 0) return undefined
  return { name: `uid ${status.uid}`, uid: status.uid, gid: status.gid }
}

/** `nobody`, or else `daemon`. Refuses (`DATABASE_UNAVAILABLE`) a machine that has neither. */
export async function unprivilegedAccount(): Promise<Account> {
  const accounts = parsePasswd(await readFile('/etc/passwd', 'utf8').catch(() => ''))
  for (const name of candidates) {
    const account = accounts.find((one) => one.name === name && one.uid !== 0)
    if (account) return account
  }
  throw new AppError(
    'DATABASE_UNAVAILABLE',
    `PostgreSQL does not run as root, and this machine has none of the accounts ${candidates.join(', ')}. ` +
      'Start Vouchsafe as an ordinary user, or set DATABASE_URL.',
  )
}

function parsePasswd(text: string): Account[] {
  return text.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':')
    if (!name || !uid || !gid) return []
    return [{ name, uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 }]
  })
}

/**
 * Options of `spawn` for a program of PostgreSQL: as `account` (ourselves when undefined), with nothing of our
 * environment (PGDATA and its like would change what it does) and in a folder that everybody may enter.
 */
export function asAccount(account: Account | undefined): {
  cwd: string
  env: NodeJS.ProcessEnv
  uid?: number
  gid?: number
} {
  const base = { cwd: '/', env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' } }
  // spawn takes signed numbers, chown unsigned ones.
  return account === undefined ? base : { ...base, uid: account.uid | 0, gid: account.gid | 0 }
}

/**
 * Whether `account` can enter every folder of `enter` and read every file of `read`. Asked of the system as that
 * account, so access lists and mounts count as well as modes.
 */
export async function canReach(
  account: Account,
  paths: { enter?: readonly string[]; read?: readonly string[] },
): Promise<boolean> {
  const tests = [
    ...(paths.enter ?? []).flatMap((path) => ['-x', path]),
    ...(paths.read ?? []).flatMap((path) => ['-r', path]),
  ]
  const script = 'while [ $# -gt 0 ]; do test "$1" "$2" || exit 1; shift 2; done'
  const { code } = await run('/bin/sh', ['-c', script, 'sh', ...tests], { account })
  return code === 0
}

/**
 * Runs a program to its end as `account`. `output` is what it wrote on both streams. Resolves whatever its exit
 * code (null after a signal); throws when it cannot be started at all. `started` hears its process id.
 */
export function run(
  file: string,
  args: readonly string[],
  options: { account: Account | undefined; input?: string; started?: (pid: number) => void },
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { ...asAccount(options.account), stdio: 'pipe' })
    let output = ''
    child.on('error', (error: NodeJS.ErrnoException) => {
      const hint =
        error.code === 'EPERM' && options.account !== undefined
          ? ` (root may not change to the account ${options.account.name} here: start Vouchsafe as an ordinary user)`
          : ''
      reject(
        new AppError('DATABASE_UNAVAILABLE', `${file} cannot be run: ${error.message}${hint}`, {
          cause: error,
        }),
      )
    })
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text))
    // A program that ends without reading its input is judged by its exit code.
    child.stdin.on('error', () => {})
    child.stdin.end(options.input ?? '')
    child.on('close', (code) => resolve({ code, output }))
    if (child.pid !== undefined) options.started?.(child.pid)
  })
}
