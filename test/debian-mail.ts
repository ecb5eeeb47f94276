/**
 * Debian's OpenSMTPD and Dovecot, each a process of its own on a free port of 127.0.0.1 with its own configuration: what mail
 * is handed to, delivered by and given back by in earnest. Both change accounts, so they need root (`isRoot`). Where it can,
 * OpenSMTPD has its queue in a mount namespace of its own, so that it meets no other one of this machine.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { chmod, chown, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { connect, createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export const isRoot = process.getuid?.() === 0

const nobody = 65_534

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Waits until something listens there; what the process said when it ends before that. */
async function listening(child: ChildProcess, port: number): Promise<void> {
  let said = ''
  let ended: string | undefined
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (said += chunk.toString()))
  child.once('error', (error) => (ended = error.message))
  child.once('exit', (code, signal) => (ended = `ended with ${code ?? signal}`))
  for (let tries = 0; ended === undefined && tries < 200; tries += 1) {
    const isThere = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
    if (isThere) return
    await sleep(50)
  }
  throw new Error(`${child.spawnfile} does not listen: ${ended ?? 'not in time'}\n${said}`)
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGTERM')
  await gone
}

export interface DebianService {
  readonly port: number
  stop(): Promise<void>
}

export interface DebianSmtpd extends DebianService {
  readonly url: string
  /** What it delivered, as it lies in the maildir. */
  delivered(): Promise<Buffer[]>
}

/**
 * @param options.home for configuration and queue; everybody must be able to come to it
 * @param options.maildir where mail to everybody is delivered, as `nobody`
 * @param options.relays domains whose mail it hands on, and to which port of 127.0.0.1
 */
export async function startDebianSmtpd(options: {
  readonly home: string
  readonly maildir: string
  readonly relays: Readonly<Record<string, number>>
}): Promise<DebianSmtpd> {
  const { home, maildir } = options
  const port = await freePort()
  const own = { spool: join(home, 'spool'), run: join(home, 'run') }
  await mkdir(maildir, { recursive: true })
  await chown(maildir, nobody, nobody)
  for (const folder of Object.values(own)) await mkdir(folder)
  await chmod(own.spool, 0o711)
  const relays = Object.entries(options.relays)
  const lines = [
    'table everybody { "@" = nobody }',
    `listen on 127.0.0.1 port ${port} hostname mx.example`,
    `action "deliver" maildir "${maildir}" virtual <everybody>`,
    ...relays.map(([, to], n) => `action "relay${n}" relay host "smtp://127.0.0.1:${to}"`),
    ...relays.map(([domain], n) => `match from any for domain "${domain}" action "relay${n}"`),
    'match from any for any action "deliver"',
  ]
  const config = join(home, 'smtpd.conf')
  await writeFile(config, `${lines.join('\n')}\n`, { mode: 0o644 })
  const script = [
    'mkdir -p /var/spool/smtpd',
    `mount --bind ${own.spool} /var/spool/smtpd && mount --bind ${own.run} /run || true`,
    `exec /usr/sbin/smtpd -d -f ${config}`,
  ]
  const child = spawn(
    'sh',
    [
      '-c',
      `if unshare -m true 2>/dev/null; then exec unshare -m sh -c "$0"; else exec smtpd -d -f ${config}; fi`,
      script.join('\n'),
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` },
    },
  )
  await listening(child, port)
  return {
    port,
    url: `smtp://127.0.0.1:${port}`,
    delivered: async () => {
      // An IMAP server moves what it has shown from the one to the other.
      const files = await Promise.all(
        ['new', 'cur'].map(async (name) => {
          const names = await readdir(join(maildir, name)).catch(() => [])
          return names.map((file) => join(maildir, name, file))
        }),
      )
      return Promise.all(files.flat().map((file) => readFile(file)))
    },
    stop: () => stop(child),
  }
}

export interface DebianImap extends DebianService {
  /** Of the mailbox INBOX. */
  readonly url: string
}

/**
 * @param options.home for configuration and sockets: a short path
 * @param options.maildir the INBOX of whoever logs in with `password`
 */
export async function startDebianImap(options: {
  readonly home: string
  readonly maildir: string
  readonly password: string
}): Promise<DebianImap> {
  const { home, maildir, password } = options
  const port = await freePort()
  const lines = [
    `base_dir = ${join(home, 'base')}`,
    `state_dir = ${join(home, 'state')}`,
    'log_path = /dev/stderr',
    'protocols = imap',
    'listen = 127.0.0.1',
    'ssl = no',
    'disable_plaintext_auth = no',
    `mail_location = maildir:${maildir}`,
    'first_valid_uid = 1',
    `passdb {\n  driver = static\n  args = password=${password}\n}`,
    `userdb {\n  driver = static\n  args = uid=${nobody} gid=${nobody} home=${home}\n}`,
    `service imap-login {\n  inet_listener imap {\n    port = ${port}\n  }\n  inet_listener imaps {\n    port = 0\n  }\n}`,
  ]
  const config = join(home, 'dovecot.conf')
  await writeFile(config, `${lines.join('\n')}\n`, { mode: 0o644 })
  const child = spawn('/usr/sbin/dovecot', ['-F', '-c', config], { stdio: ['ignore', 'pipe', 'pipe'] })
  await listening(child, port)
  return {
    port,
    url: `imap://bounces:${encodeURIComponent(password)}@127.0.0.1:${port}/INBOX`,
    stop: () => stop(child),
  }
}
