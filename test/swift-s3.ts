/**
 * An S3 that checks signatures: OpenStack Swift of Debian with its S3 interface, in a folder of its own, one device, one copy.
 * Its daemons are children of the test and end with it.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import aws4 from 'aws4'

const run = promisify(execFile)
const kinds = ['account', 'container', 'object'] as const

export const isSwiftThere = existsSync('/usr/bin/swift-proxy-server')

export interface SwiftS3 {
  readonly endpoint: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  makeBucket(name: string): Promise<void>
  /** What the daemons logged. */
  log(): string
  /** Stops answering, as a store does whose network is cut, until `resume`. */
  pause(): void
  resume(): void
  stop(): Promise<void>
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer())
  const ports: number[] = []
  for (const server of servers) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    ports.push((server.address() as AddressInfo).port)
  }
  for (const server of servers) await new Promise((resolve) => server.close(resolve))
  return ports
}

const proxyPipeline =
  'catch_errors gatekeeper cache listing_formats bulk s3api tempauth copy slo dlo proxy-server'

/** Starts it and waits until it answers. One user, `test:tester`, may make buckets. */
export async function startSwiftS3(): Promise<SwiftS3> {
  const folder = await mkdtemp(join(tmpdir(), 'vouchsafe-swift-'))
  const { username } = userInfo()
  const [proxyPort, ...ports] = (await freePorts(4)) as [number, ...number[]]
  const common = (port: number): string =>
    `[DEFAULT]\nbind_ip = 127.0.0.1\nbind_port = ${port}\nuser = ${username}\nswift_dir = ${folder}\ndevices = ${folder}/devices\n` +
    `mount_check = false\nworkers = 0\nlog_level = ERROR\nfallocate_reserve = 0\nlog_address = ${folder}/no-syslog\n`

  await mkdir(join(folder, 'devices', 'd1'), { recursive: true })
  await writeFile(
    join(folder, 'swift.conf'),
    '[swift-hash]\nswift_hash_path_suffix = test\nswift_hash_path_prefix = test\n[storage-policy:0]\nname = one\ndefault = yes\n',
  )
  const makeRing = async (kind: string, port: number): Promise<void> => {
    const builder = join(folder, `${kind}.builder`)
    await run('swift-ring-builder', [builder, 'create', '4', '1', '0'])
    await run('swift-ring-builder', [builder, 'add', `r1z1-127.0.0.1:${port}/d1`, '1'])
    await run('swift-ring-builder', [builder, 'rebalance'])
    await writeFile(
      join(folder, `${kind}-server.conf`),
      `${common(port)}[pipeline:main]\npipeline = ${kind}-server\n[app:${kind}-server]\nuse = egg:swift#${kind}\n`,
    )
  }
  await Promise.all(kinds.map((kind, n) => makeRing(kind, ports[n] as number)))
  const filters = proxyPipeline
    .split(' ')
    .slice(0, -1)
    .map((name) => `[filter:${name}]\nuse = egg:swift#${name === 'cache' ? 'memcache' : name}\n`)
  await writeFile(
    join(folder, 'proxy-server.conf'),
    `${common(proxyPort)}[pipeline:main]\npipeline = ${proxyPipeline}\n[app:proxy-server]\nuse = egg:swift#proxy\n` +
      `account_autocreate = true\nerror_suppression_interval = 0\nallow_account_management = true\n${filters.join('')}`
        // No memcached is needed for one proxy; it asks, is refused and goes on.
        .replace('#memcache\n', '#memcache\nmemcache_servers = 127.0.0.1:1\n')
        .replace('#tempauth\n', '#tempauth\nuser_test_tester = testing .admin\n')
        .replace('#s3api\n', '#s3api\nlocation = us-east-1\ns3_acl = false\n'),
  )

  const daemons: ChildProcess[] = []
  let logged = ''
  // Also when the test's process breaks off.
  const killAll = (): void => daemons.forEach((daemon) => daemon.kill('SIGKILL'))
  process.once('exit', killAll)
  const stop = async (): Promise<void> => {
    process.off('exit', killAll)
    for (const daemon of daemons) {
      if (daemon.exitCode !== null || daemon.signalCode !== null) continue
      const ended = new Promise((resolve) => daemon.once('close', resolve))
      daemon.kill('SIGKILL')
      await ended
    }
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const endpoint = `http://127.0.0.1:${proxyPort}`
    const start = (kind: string): void => {
      const daemon = spawn(`swift-${kind}-server`, [join(folder, `${kind}-server.conf`), '-v'], {
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      for (const out of [daemon.stdout, daemon.stderr])
        out.on('data', (text: Buffer) => (logged = (logged + text.toString()).slice(-20_000)))
      daemons.push(daemon)
    }
    const untilUp = async (urls: readonly string[]): Promise<void> => {
      const deadline = Date.now() + 60_000
      while (!(await Promise.all(urls.map(isUp))).every((up) => up)) {
        if (Date.now() > deadline || daemons.some(({ exitCode }) => exitCode !== null))
          throw new Error(`Swift did not start: ${logged}`)
        await sleep(100)
      }
    }
    // The proxy last: a server that it does not find it leaves alone for a while.
    kinds.forEach(start)
    await untilUp(ports.map((port) => `http://127.0.0.1:${port}/`))
    start('proxy')
    await untilUp([endpoint])
    return {
      endpoint,
      accessKeyId: 'test:tester',
      secretAccessKey: 'testing',
      async makeBucket(name) {
        const signed = aws4.sign(
          { host: new URL(endpoint).host, path: `/${name}`, method: 'PUT', service: 's3' },
          { accessKeyId: 'test:tester', secretAccessKey: 'testing' },
        )
        const headers = signed.headers as Record<string, string>
        const { status } = await fetch(`${endpoint}/${name}`, { method: 'PUT', headers })
        if (status !== 200) throw new Error(`The bucket ${name} could not be made: ${status}`)
      },
      log: () => logged,
      pause: () => daemons.forEach((daemon) => daemon.kill('SIGSTOP')),
      resume: () => daemons.forEach((daemon) => daemon.kill('SIGCONT')),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Any answer, also a refusal, says that it is up. */
async function isUp(endpoint: string): Promise<boolean> {
  try {
    await fetch(endpoint)
    return true
  } catch {
    return false
  }
}
