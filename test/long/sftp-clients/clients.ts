/**
 * The clients, each in its own language: a step is a piece of it, run in one process against one server. It fails when
 * the process does.
 */
import { execFile } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Peer, Peers } from './peers.ts'

export const clientNames = ['openssh', 'scp', 'lftp', 'curl', 'rclone', 'sshfs', 'paramiko'] as const
export type ClientName = (typeof clientNames)[number]

export interface Ran {
  readonly isOk: boolean
  readonly out: string
  /** Of both streams, to be shown when something is not as it should be. */
  readonly said: string
}

/** What a step may name. All are shell variables, too, where the step is shell. */
export interface Places {
  /** Root of the tree on the server. */
  readonly R: string
  /** Files to put. */
  readonly L: string
  /** An empty folder of this step's own. */
  readonly W: string
}

const timeoutMs = 90_000

function run(
  command: string,
  args: readonly string[],
  env: Record<string, string>,
  cwd: string,
): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(
      command,
      args,
      {
        env: { PATH: process.env['PATH'] ?? '', HOME: cwd, LC_ALL: 'C.UTF-8', TZ: 'UTC', ...env },
        ...{ timeout: timeoutMs, maxBuffer: 64 * 2 ** 20, cwd },
      },
      (error, stdout, stderr) => resolve({ isOk: error === null, out: stdout, said: `${stdout}${stderr}` }),
    )
    child.stdin?.end()
  })
}

const sshOptions = (keyFile: string, more: readonly string[] = []): string[] => [
  ...['-F', 'none'],
  ...[
    `IdentityFile=${keyFile}`,
    'UserKnownHostsFile=/dev/null',
    'StrictHostKeyChecking=no',
    'IdentitiesOnly=yes',
    'IdentityAgent=none',
    'BatchMode=yes',
    'LogLevel=ERROR',
    ...more,
  ].flatMap((option) => ['-o', option]),
]

/** Puts the places into a text that is not shell: `$R`, `$L`, `$W`. */
const filled = (step: string, places: Places): string =>
  step.replace(/\$([RLW])\b/g, (_all, name: keyof Places) => places[name])

/** Shell functions around each command; the step is the script. */
const prelude: Readonly<Record<'scp' | 'curl' | 'rclone' | 'sshfs', string>> = {
  scp: 'copy() { scp -q -s $OPTIONS -P "$PORT" "$@"; }\nT="$USERNAME@127.0.0.1:$R"\n',
  curl: 'U="sftp://127.0.0.1:$PORT/$R"\nfetch() { curl -sS -k --key "$KEY" --pubkey "$KEY.pub" -u "$USERNAME:" "$@"; }\n',
  rclone: 'clone() { rclone --retries 1 --low-level-retries 1 "$@"; }\nT="peer:$R"\n',
  sshfs: `M="$W/mount"; mkdir "$M"
sshfs $OPTIONS -p "$PORT" $MOUNT "$USERNAME@127.0.0.1:\${R:-/}" "$M"
leave() { fusermount3 -u "$M" || { sleep 1; fusermount3 -u -z "$M"; }; }
trap leave EXIT
`,
}

const python = `
import os, sys, stat, threading, time, paramiko
R, L, W = (os.environ[name] for name in 'RLW')
key = paramiko.Ed25519Key.from_private_key_file(os.environ['KEY'])
def connect(port=int(os.environ['PORT'])):
    transport = paramiko.Transport(('127.0.0.1', port))
    transport.connect(username=os.environ['USERNAME'], pkey=key)
    return transport, paramiko.SFTPClient.from_transport(transport)
t, s = connect()
read = lambda path: open(path, 'rb').read()
def refused(work, *args):
    try: work(*args)
    except (IOError, paramiko.SSHException): return
    raise SystemExit('was not refused')
`

export interface RunOptions {
  /** Instead of the server's own: a line that can be cut. */
  readonly port?: number
  readonly sshOptions?: readonly string[]
}

let runs = 0

/** Runs a step; what it left in its folder W is looked at by `look`, then thrown away. */
export async function runStep<T>(
  peers: Peers,
  peer: Peer,
  client: ClientName,
  step: string,
  options: RunOptions,
  look: (ran: Ran, places: Places) => Promise<T>,
): Promise<T> {
  runs += 1
  const W = join(peers.folder, '..', `w${runs}`)
  await mkdir(W)
  const places: Places = { R: peer.root, L: peers.folder, W }
  const port = String(options.port ?? peer.port)
  const ssh = sshOptions(peers.keyFile, options.sshOptions)
  const env = {
    ...places,
    ...{ PORT: port, USERNAME: peer.username, KEY: peers.keyFile, OPTIONS: ssh.join(' ') },
  }
  const script = join(W, '.script')
  const ran = async (): Promise<Ran> => {
    switch (client) {
      case 'openssh': {
        await writeFile(script, `${filled(step, places)}\n`)
        return run('sftp', ['-q', ...ssh, '-P', port, '-b', script, `${peer.username}@127.0.0.1`], env, W)
      }
      case 'lftp': {
        const lines = [
          'set cmd:fail-exit yes',
          'set sftp:auto-confirm yes',
          `set sftp:connect-program "ssh -a -x ${ssh.join(' ')}"`,
          'set net:max-retries 2',
          'set net:timeout 20',
          'set net:reconnect-interval-base 1',
          'set cmd:interactive no',
          `open -u ${peer.username},none sftp://127.0.0.1:${port}`,
          filled(step, places),
        ]
        await writeFile(script, `${lines.join('\n')}\n`)
        return run('lftp', ['--norc', '-f', script], env, W)
      }
      case 'paramiko':
        await writeFile(script, `${python}${step}\n`)
        return run('/usr/bin/python3', [script], env, W)
      case 'rclone': {
        const config = {
          RCLONE_CONFIG: join(W, '.rclone'),
          RCLONE_CONFIG_PEER_TYPE: 'sftp',
          RCLONE_CONFIG_PEER_HOST: '127.0.0.1',
          RCLONE_CONFIG_PEER_PORT: port,
          RCLONE_CONFIG_PEER_USER: peer.username,
          RCLONE_CONFIG_PEER_KEY_FILE: peers.keyFile,
        }
        return run('sh', ['-euc', prelude.rclone + step], { ...env, ...config }, W)
      }
      default:
        return run('sh', ['-euc', prelude[client] + step], { ...env, MOUNT: '' }, W)
    }
  }
  try {
    return await look(await ran(), places)
  } finally {
    await rm(W, { recursive: true, force: true })
  }
}
