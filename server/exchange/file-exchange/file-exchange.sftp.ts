/**
 * The SFTP server (spec 50, Server): connections, what they may negotiate, and how they end.
 *
 * Only the `sftp` subsystem exists: no shell, no exec, no forwarding, no agent, since nothing listens for them.
 */
import { createRequire } from 'node:module'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { Algorithms, Connection } from 'ssh2'
import ssh2 from 'ssh2'
import { AppError } from '../../platform/errors.ts'
import { bestEffort } from '../../platform/log.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { hostKey, type HostKey } from './file-exchange.host-keys.ts'
import { guardLogin } from './file-exchange.sftp-login.ts'
import { serveSftp, type SftpSession } from './file-exchange.sftp-session.ts'

/** Best first: the client's order decides, these are what it may choose from. Strict key exchange comes with the library. */
const algorithms: Algorithms = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group14-sha256',
    'diffie-hellman-group16-sha512',
  ],
  cipher: [
    'aes128-gcm@openssh.com',
    'aes256-gcm@openssh.com',
    'chacha20-poly1305@openssh.com',
    'aes128-ctr',
    'aes192-ctr',
    'aes256-ctr',
  ],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
  serverHostKey: ['ssh-ed25519', 'rsa-sha2-512', 'rsa-sha2-256'],
  compress: ['none'],
}

/**
 * The library's native encryption is built for the Node that installed it. Under another one it does not load, and the
 * library goes on, slower, without a word.
 */
function isEncryptionNative(): boolean {
  const { bindingAvailable } = createRequire(import.meta.url)('ssh2/lib/protocol/crypto.js') as {
    bindingAvailable?: boolean
  }
  return bindingAvailable === true
}

const channelsPerConnectionMax = 10

export interface SftpServerOptions {
  readonly host: string
  /** 0 picks a free one. */
  readonly port: number
  /** How long a connection may take to log in. */
  readonly loginGraceMs?: number
  /** How long a connection may be silent. */
  readonly idleMs?: number
}

export interface SftpServer {
  readonly port: number
  /** As ssh-keygen prints them, `SHA256:… (ED25519)` first; the RSA key's once it is made. */
  readonly fingerprints: readonly string[]
  /** Resolves when the RSA key for old clients is in use too. */
  readonly allKeysInUse: Promise<void>
  /** Takes no more connections, lets transfers run for `graceMs`, ends the rest. Resolves when all is settled. */
  stop(graceMs?: number): Promise<void>
}

interface OpenConnection {
  readonly isTransferring: boolean
  end(): void
  readonly settled: Promise<unknown>
}

/** A connection that was told to end and does not is cut after this long. */
const hangUpMs = 2_000

/** Starts listening. Refuses with ALREADY_RUNNING when the port is taken. */
export async function startSftpServer(runtime: Runtime, options: SftpServerOptions): Promise<SftpServer> {
  const { loginGraceMs = 60_000, idleMs = 600_000 } = options
  const sockets = new Set<Socket>()
  const loggedIn = new WeakSet<Socket>()
  const connections = new Set<OpenConnection>()
  let isStopping = false

  const protocolServer = (keys: readonly HostKey[]): ssh2.Server => {
    const server = new ssh2.Server(
      { hostKeys: keys.map((key) => key.privateKey), algorithms, ident: 'Vouchsafe' },
      (client, info) => {
        const socket = (client as unknown as { _sock: Socket })._sock
        connect(client, info.ip, socket)
      },
    )
    server.on('error', (error: unknown) => runtime.log.warn({ err: error }, 'SFTP server'))
    return server
  }

  const connect = (client: Connection, address: string, socket: Socket): void => {
    const sessions = new Set<SftpSession>()
    const login = guardLogin(runtime, client, address)
    let hangUpTimer: NodeJS.Timeout | undefined
    const end = (): void => {
      client.end()
      hangUpTimer ??= setTimeout(() => socket.destroy(), hangUpMs)
    }
    let settle: () => void = () => {}
    const connection: OpenConnection = {
      get isTransferring() {
        return [...sessions].some((session) => session.isTransferring)
      },
      end,
      settled: new Promise<void>((resolve) => (settle = resolve)),
    }
    connections.add(connection)

    let idleTimer: NodeJS.Timeout | undefined
    const onActivity = (): void => void idleTimer?.refresh()
    client.on('ready', () => {
      loggedIn.add(socket)
      idleTimer = setTimeout(end, idleMs)
    })
    // The library offers an RSA host key for SHA-1 signatures too, and cannot be told not to.
    client.on('handshake', (negotiated) => {
      if (negotiated.serverHostKey === 'ssh-rsa') end()
    })
    // What clients do wrong, and connections that break, are the network's everyday life.
    client.on('error', (error: Error) => runtime.log.debug({ err: error }, 'SFTP connection'))
    client.on('session', (accept, reject) => {
      const { session } = login
      if (!session || sessions.size >= channelsPerConnectionMax) {
        reject()
        return
      }
      accept().on('sftp', (acceptSftp) => {
        const served = serveSftp(runtime, session, acceptSftp(), {
          socket,
          onActivity,
          onQuiet: () => {
            if (isStopping && !connection.isTransferring) end()
          },
          drop: () => socket.destroy(),
        })
        sessions.add(served)
        void served.ended.then(() => sessions.delete(served))
      })
    })
    socket.once('close', () => {
      clearTimeout(hangUpTimer)
      clearTimeout(idleTimer)
      const work = Promise.all([login.abandoned(), ...[...sessions].map((session) => session.ended)])
      void bestEffort(runtime.log, 'the connection is gone', work).then(() => {
        connections.delete(connection)
        settle()
      })
    })
  }

  let keys = [await hostKey(runtime, 'ED25519')]
  let protocol = protocolServer(keys)
  // The library's own listener leaves Nagle's algorithm on, which makes uploads four to five times slower.
  const listener = createServer({ noDelay: true }, (socket) => {
    // From the very first byte: a client that never says hello is nobody's connection yet.
    const graceTimer = setTimeout(() => {
      if (!loggedIn.has(socket)) socket.destroy()
    }, loginGraceMs)
    sockets.add(socket)
    socket.once('close', () => {
      clearTimeout(graceTimer)
      sockets.delete(socket)
    })
    protocol.injectSocket(socket)
  })
  const port = await listen(listener, options)
  runtime.log.info({ isEncryptionNative: isEncryptionNative() }, 'SFTP server listens')

  // Made when the server is already serving: it takes a second. Connections from then on are offered both.
  const allKeysInUse = bestEffort(
    runtime.log,
    'only old clients need the RSA host key',
    hostKey(runtime, 'RSA').then((rsa) => {
      keys = [...keys, rsa]
      protocol = protocolServer(keys)
    }),
  )

  return {
    port,
    get fingerprints() {
      return keys.map((key) => key.fingerprint)
    },
    allKeysInUse,
    stop: async (graceMs = 3_000) => {
      isStopping = true
      const closed = new Promise<void>((resolve) => listener.close(() => resolve()))
      for (const connection of connections) if (!connection.isTransferring) connection.end()
      const settled = (): Promise<unknown> => Promise.all([...connections].map((one) => one.settled))
      const waiting = new AbortController()
      const grace = (ms: number): Promise<unknown> =>
        delay(ms, undefined, { signal: waiting.signal }).catch(() => {})
      await Promise.race([settled(), grace(graceMs)])
      for (const connection of connections) connection.end()
      await Promise.race([settled(), grace(1_000)])
      for (const socket of sockets) socket.destroy()
      await settled()
      waiting.abort()
      await closed
      await allKeysInUse
    },
  }
}

function listen(listener: ReturnType<typeof createServer>, options: SftpServerOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    listener.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        cause.code === 'EADDRINUSE'
          ? new AppError(
              'ALREADY_RUNNING',
              `SFTP port ${options.port} is taken; choose another (SFTP_PORT).`,
              { cause },
            )
          : cause,
      ),
    )
    listener.listen(options.port, options.host, () => resolve((listener.address() as AddressInfo).port))
  })
}
