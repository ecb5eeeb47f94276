/**
 * An installation as an operator has it: the real command in a folder of its own, driven from outside with the CLI and
 * OpenSSH's own clients.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const command = new URL('../../bin/vouchsafe.js', import.meta.url).pathname
const run = promisify(execFile)

export interface Ready {
  readonly httpPort: number
  readonly sftpPort: number
}

export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export class Installation {
  readonly folder: string
  readonly environment: NodeJS.ProcessEnv
  #server: ChildProcess | undefined
  #log: string[] = []
  #said = ''
  ready: Ready | undefined

  private constructor(folder: string, settings: Record<string, string>) {
    this.folder = folder
    this.environment = {
      ...process.env,
      DATA_DIR: join(folder, 'data'),
      HTTP_PORT: '0',
      SFTP_PORT: '0',
      SANDBOX: '1',
      LOG_LEVEL: 'info',
      ...settings,
    }
  }

  static async create(settings: Record<string, string> = {}): Promise<Installation> {
    return new Installation(await mkdtemp(join(tmpdir(), 'vouchsafe-e2e-')), settings)
  }

  /** Starts the server and waits until it says that it is ready. */
  async start(...flags: string[]): Promise<Ready> {
    const server = spawn(process.execPath, [command, 'serve', ...flags], {
      env: this.environment,
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#server = server
    server.stdout.on('data', (chunk: Buffer) => (this.#said += chunk.toString()))
    return new Promise<Ready>((resolve, reject) => {
      const timeout = setTimeout(
        () => reject(new Error(`not ready in time:\n${this.#log.join('\n')}`)),
        60_000,
      )
      createInterface({ input: server.stderr }).on('line', (line) => {
        this.#log.push(line)
        if (!line.includes('"ready"')) return
        clearTimeout(timeout)
        this.ready = JSON.parse(line) as Ready
        resolve(this.ready)
      })
      server.once('exit', (code) => {
        clearTimeout(timeout)
        reject(new Error(`ended with ${code}:\n${this.#log.join('\n')}`))
      })
    })
  }

  /** What the server printed for people. */
  get said(): string {
    return this.#said
  }

  get log(): readonly string[] {
    return this.#log
  }

  get pid(): number {
    return this.#server?.pid ?? 0
  }

  /** Ends the server: kindly, or as a power cut would. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<number | null> {
    const server = this.#server
    if (!server || server.exitCode !== null || server.signalCode !== null) return server?.exitCode ?? null
    const ended = new Promise<number | null>((resolve) => server.once('exit', (code) => resolve(code)))
    server.kill(signal)
    return ended
  }

  /** Runs a command; never throws for its exit code. */
  async cli(...args: string[]): Promise<Outcome> {
    try {
      const { stdout, stderr } = await run(process.execPath, [command, ...args], {
        env: this.environment,
        cwd: this.folder,
      })
      return { code: 0, stdout, stderr }
    } catch (error) {
      const failed = error as { code: number; stdout: string; stderr: string }
      return { code: failed.code, stdout: failed.stdout, stderr: failed.stderr }
    }
  }

  /** Runs a command with --json and gives what it printed. */
  async json<T>(...args: string[]): Promise<T> {
    const { code, stdout, stderr } = await this.cli(...args, '--json')
    if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}${stdout}`)
    return JSON.parse(stdout) as T
  }

  /** Makes an ed25519 key pair; the path of the private key. */
  async sshKey(name = 'key'): Promise<string> {
    const path = join(this.folder, name)
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', path])
    return path
  }

  /** Runs a batch of OpenSSH sftp commands. */
  async sftp(username: string, key: string, ...commands: string[]): Promise<Outcome> {
    const batch = join(this.folder, `batch-${Math.random().toString(36).slice(2)}`)
    await writeFile(batch, commands.join('\n') + '\n')
    const args = ['-b', batch, '-i', key, '-P', String(this.ready?.sftpPort)]
    for (const option of [
      'StrictHostKeyChecking=no',
      'UserKnownHostsFile=/dev/null',
      'IdentitiesOnly=yes',
      'LogLevel=ERROR',
    ]) {
      args.push('-o', option)
    }
    try {
      const { stdout, stderr } = await run('sftp', [...args, `${username}@127.0.0.1`], { cwd: this.folder })
      return { code: 0, stdout, stderr }
    } catch (error) {
      const failed = error as { code: number; stdout: string; stderr: string }
      return { code: failed.code, stdout: failed.stdout, stderr: failed.stderr }
    }
  }

  async remove(): Promise<void> {
    await this.stop()
    // After a kill, the database may still be ending by itself.
    await rm(this.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 })
  }
}
