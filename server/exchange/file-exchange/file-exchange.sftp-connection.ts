/** One connection of the SFTP server, from its first words to its end. */
import type { Connection } from 'ssh2'
import { bestEffort } from '../../platform/log.ts'
import type { Runtime } from '../../platform/runtime.ts'
import type { LoginAccount } from './file-exchange.ts'
import type { Guest } from './file-exchange.sftp-admission.ts'
import { guardLogin, type LoggedIn, type LoginDesk } from './file-exchange.sftp-login.ts'
import { serveSftp, type SftpSession } from './file-exchange.sftp-session.ts'

const channelsMax = 10
/** A connection that was told to end and does not is cut after this long. */
const hangUpMs = 2_000
/**
 * The latest answer is given so much time to be read: OpenSSH's client ends at once when it is disconnected, and what it had
 * received a moment before, the OK to an upload among it, does not reach who asked.
 */
const readMs = 400

export interface OpenConnection {
  readonly address: string
  /** Who is in; undefined until somebody is. */
  readonly login: LoggedIn | undefined
  /** The account that passed its login, from that moment on. */
  readonly account: LoginAccount | undefined
  readonly isTransferring: boolean
  end(): void
  /** Ends it as soon as no file is open. */
  endWhenQuiet(): void
  /** Resolves when it is gone and every file that was open is settled. */
  readonly settled: Promise<unknown>
}

export interface ConnectionOptions {
  readonly desk: LoginDesk
  readonly idleMs: number
  isStopping(): boolean
}

export function serveConnection(
  runtime: Runtime,
  client: Connection,
  guest: Guest,
  options: ConnectionOptions,
): OpenConnection {
  const { socket, address } = guest
  const sessions = new Set<SftpSession>()
  const gone = new AbortController()
  let channels = 0
  let account: LoginAccount | undefined
  let isOurDoing = false
  let hangUpTimer: NodeJS.Timeout | undefined
  let idleTimer: NodeJS.Timeout | undefined
  let quietTimer: NodeJS.Timeout | undefined
  const end = (): void => {
    client.end()
    hangUpTimer ??= setTimeout(() => socket.destroy(), hangUpMs)
  }
  guest.spoke()
  const login = guardLogin(runtime, client, options.desk, {
    address,
    gone: gone.signal,
    onWaiting: () => guest.waitsForUs(),
    onAnswered: () => guest.goesOn(),
    onPassed: (passed) => (account = passed),
    end,
  })
  let settle: () => void = () => {}
  const connection: OpenConnection = {
    address,
    get login() {
      return login.done
    },
    get account() {
      return account
    },
    get isTransferring() {
      return [...sessions].some((session) => session.isTransferring)
    },
    end: () => {
      isOurDoing = true
      end()
    },
    endWhenQuiet: () => {
      if (connection.isTransferring || quietTimer) return
      quietTimer = setTimeout(() => {
        quietTimer = undefined
        // Another file may have been opened meanwhile: then it is asked again.
        if (!connection.isTransferring) connection.end()
      }, readMs)
    },
    settled: new Promise<void>((resolve) => (settle = resolve)),
  }

  const onActivity = (): void => void idleTimer?.refresh()
  client.once('handshake', () => guest.goesOn())
  client.on('ready', () => {
    guest.loggedIn()
    idleTimer = setTimeout(end, options.idleMs)
  })
  // Exchanging keys is costly: nobody needs new ones before the login.
  client.on('rekey', () => {
    if (!login.done) socket.destroy()
  })
  // What clients do wrong, and connections that break, are the network's everyday life.
  client.on('error', (error: Error) => runtime.log.debug({ err: error }, 'SFTP connection'))
  client.on('session', (accept, reject) => {
    const { done } = login
    if (!done || channels >= channelsMax) {
      reject()
      return
    }
    channels += 1
    const channel = accept()
    channel.once('close', () => (channels -= 1))
    channel.on('sftp', (acceptSftp) => {
      const served = serveSftp(runtime, done.session, acceptSftp(), {
        socket,
        onActivity,
        onQuiet: () => {
          if (options.isStopping()) connection.endWhenQuiet()
        },
        drop: () => socket.destroy(),
      })
      sessions.add(served)
      void served.ended.then(() => sessions.delete(served))
    })
  })
  socket.once('close', () => {
    gone.abort()
    clearTimeout(hangUpTimer)
    clearTimeout(idleTimer)
    clearTimeout(quietTimer)
    const work = Promise.all([login.abandoned(isOurDoing), ...[...sessions].map((session) => session.ended)])
    void bestEffort(runtime.log, 'the connection is gone', work).then(settle)
  })
  return connection
}
