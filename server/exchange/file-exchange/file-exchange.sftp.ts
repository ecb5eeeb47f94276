/**
 * The SFTP server (spec 50, Server): it listens, lets in, and ends.
 *
 * Only the `sftp` subsystem exists: no shell, no exec, no forwarding, no agent, since nothing listens for them.
 */
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { Connection } from 'ssh2'
import ssh2 from 'ssh2'
import { addressList } from '../../platform/address-list.ts'
import { AppError } from '../../platform/errors.ts'
import { bestEffort } from '../../platform/log.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { hostKey, type HostKey } from './file-exchange.host-keys.ts'
import { openRefusalJournal } from './file-exchange.ts'
import { openAdmission, type Guest, type Turned } from './file-exchange.sftp-admission.ts'
import { algorithms, isEncryptionNative, offeredKeys } from './file-exchange.sftp-algorithms.ts'
import { serveConnection, type OpenConnection } from './file-exchange.sftp-connection.ts'
import { openSources } from './file-exchange.sftp-sources.ts'
import { openTurns } from './file-exchange.sftp-turns.ts'
import { watchSessions } from './file-exchange.sftp-watch.ts'

export interface SftpServerOptions {
  readonly host: string
  /** 0 picks a free one. */
  readonly port: number
  /** How long a connection may take to log in (default SFTP_LOGIN_SECONDS). */
  readonly loginGraceMs?: number
  /** How long a connection may be silent (default SFTP_IDLE_MINUTES). */
  readonly idleMs?: number
  /** How long the refusal of a wrong password takes at least. */
  readonly failureMs?: number
}

/** What the server does at present, for metrics. */
export interface SftpFigures {
  readonly connections: { readonly waiting: number; readonly loggedIn: number }
  readonly sources: { readonly scored: number; readonly banned: number }
  /** Since the start: connections that were not let in or were cut before their login, by reason. */
  readonly turned: Readonly<Record<Turned, number>>
  /** Since the start: logins that came through, and refusals of a password, a signature or an account. */
  readonly logins: { readonly accepted: number; readonly refused: number }
}

export interface SftpServer {
  readonly port: number
  /** As ssh-keygen prints them, `SHA256:… (ED25519)` first; the RSA key's once it is made. */
  readonly fingerprints: readonly string[]
  /** Resolves when the RSA key for old clients is in use too. */
  readonly allKeysInUse: Promise<void>
  readonly figures: SftpFigures
  /** Hears at once, instead of within seconds, what other nodes and commands changed: bans, accounts. */
  follow(): Promise<void>
  /** Takes no more connections, lets transfers run for `graceMs`, ends the rest. Resolves when all is settled. */
  stop(graceMs?: number): Promise<void>
}

const minuteMs = 60_000

/** Starts listening. Refuses with ALREADY_RUNNING when the port is taken. */
export async function startSftpServer(runtime: Runtime, options: SftpServerOptions): Promise<SftpServer> {
  const { config, log } = runtime
  const loginGraceMs = options.loginGraceMs ?? config.sftpLoginSeconds * 1_000
  const idleMs = options.idleMs ?? config.sftpIdleMinutes * minuteMs
  const sockets = new Set<Socket>()
  const guests = new WeakMap<Socket, Guest>()
  const connections = new Set<OpenConnection>()
  const turned: Record<Turned, number> = { BANNED: 0, PROXY_HEADER: 0, NO_PLACE: 0, TOO_SLOW: 0 }
  const logins = { accepted: 0, refused: 0 }
  let isStopping = false

  const sources = await openSources(runtime, {
    // What a load balancer does by itself are health checks.
    allowlist: addressList([...config.sftpAllowlist, ...config.sftpTrustProxy]),
    terms: {
      score: config.sftpBanScore,
      windowMs: config.sftpBanWindowMinutes * minuteMs,
      firstMs: config.sftpBanMinutes * minuteMs,
      longestMs: Math.max(config.sftpBanMinutes, config.sftpBanMaxMinutes) * minuteMs,
    },
    onBan: (source) => admission.drop(source),
  })
  const admission = openAdmission({
    config,
    log,
    sources,
    loginGraceMs,
    onTurned: (reason) => (turned[reason] += 1),
  })
  const journal = openRefusalJournal(runtime)
  const watch = watchSessions(runtime, connections)
  const desk = {
    sources,
    journal,
    turns: openTurns(),
    failureMs: options.failureMs ?? 500,
    onRefused: () => (logins.refused += 1),
    connectionsOf: (accountId: string) =>
      [...connections].filter((one) => one.account?.id === accountId).length,
  }
  const closeAll = (): Promise<unknown> => Promise.all([sources.close(), journal.close(), watch.close()])

  const connect = (client: Connection): void => {
    const guest = guests.get((client as unknown as { _sock: Socket })._sock)
    if (!guest) throw new Error('a connection that nobody admitted')
    const connection = serveConnection(runtime, client, guest, {
      desk,
      idleMs,
      isStopping: () => isStopping,
    })
    client.once('ready', () => (logins.accepted += 1))
    connections.add(connection)
    void connection.settled.then(() => connections.delete(connection))
  }
  const protocolServer = (keys: readonly HostKey[]): ssh2.Server => {
    const server = new ssh2.Server({ hostKeys: offeredKeys(keys), algorithms, ident: 'Vouchsafe' }, connect)
    server.on('error', (error: unknown) => log.warn({ err: error }, 'SFTP server'))
    return server
  }

  try {
    let keys = [await hostKey(runtime, 'ED25519')]
    let protocol = protocolServer(keys)
    // The library's own listener leaves Nagle's algorithm on, which makes uploads four to five times slower.
    const listener = createServer(
      { noDelay: true, keepAlive: true, keepAliveInitialDelay: minuteMs },
      (socket) => {
        sockets.add(socket)
        socket.once('close', () => sockets.delete(socket))
        // Until the protocol listens.
        socket.on('error', (error) => log.debug({ err: error }, 'SFTP connection'))
        admission.receive(socket, (guest) => {
          guests.set(socket, guest)
          protocol.injectSocket(socket)
        })
      },
    )
    const port = await listen(listener, options)
    log.info({ isEncryptionNative: isEncryptionNative() }, 'SFTP server listens')

    // Made when the server is already serving: it takes a second. Connections from then on are offered both.
    const allKeysInUse = bestEffort(
      log,
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
      get figures() {
        const loggedIn = [...connections].filter((one) => one.login).length
        return {
          connections: { waiting: sockets.size - loggedIn, loggedIn },
          sources: sources.counts,
          turned,
          logins,
        }
      },
      follow: async () => {
        await Promise.all([sources.follow(), watch.look()])
      },
      stop: async (graceMs = 3_000) => {
        isStopping = true
        const closed = new Promise<void>((resolve) => listener.close(() => resolve()))
        for (const connection of connections) connection.endWhenQuiet()
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
        await closeAll()
        await allKeysInUse
      },
    }
  } catch (error) {
    await closeAll()
    throw error
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
