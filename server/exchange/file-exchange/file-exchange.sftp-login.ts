/**
 * Logins (RFC 4252): public key, password, or the key and then the password.
 *
 * Nothing tells whether an account exists: every name is offered the same methods, and a refusal comes no sooner for one
 * name than for another. Of an account that needs both, the password is looked at only after the key.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { AuthContext, AuthenticationType, Connection, ParsedKey } from 'ssh2'
import ssh2 from 'ssh2'
import { newId } from '../../platform/ids.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { verifyPassword } from '../../platform/secrets.ts'
import {
  accountCaller,
  isAddressAllowed,
  recordLogin,
  unscopedFindAccount,
  type ExchangeSession,
  type LoginAccount,
  type RefusalJournal,
} from './file-exchange.ts'
import { sayGoodbye, tooManyConnections } from './file-exchange.sftp-disconnect.ts'
import type { Sources } from './file-exchange.sftp-sources.ts'
import type { Turns } from './file-exchange.sftp-turns.ts'

const methods: AuthenticationType[] = ['publickey', 'password']
const triesMax = 6

/** RSA with SHA-1 is not modern (RFC 8332); the other kinds of key bring their own hash. */
const rsaHashes = ['sha256', 'sha512']

type KeyContext = Extract<AuthContext, { method: 'publickey' }>

/** What all logins of a server share. */
export interface LoginDesk {
  readonly sources: Sources
  readonly turns: Turns
  readonly journal: RefusalJournal
  /** A wrong password is refused no sooner than this; each further one of a connection takes twice as long, to a limit. */
  readonly failureMs: number
  onRefused(): void
  /** How many connections an account has open here. */
  connectionsOf(accountId: string): number
}

export interface LoggedIn {
  readonly session: ExchangeSession
  /** As it was found at the login. */
  readonly account: LoginAccount
  /** `publickey SHA256:…`, `password`, or both. */
  readonly by: readonly string[]
}

export interface LoginOptions {
  readonly address: string
  /** Aborted when the connection is gone. */
  readonly gone: AbortSignal
  /** A password waits for its turn; and had it. */
  onWaiting(): void
  onAnswered(): void
  /** Takes a place among the account's connections, before anything else is awaited. */
  onPassed(account: LoginAccount): void
  end(): void
}

export interface Login {
  /** Who is in; undefined until somebody is. */
  readonly done: LoggedIn | undefined
  /** The connection is gone: what it did is held against its source, and entered once if it was not yet. */
  abandoned(isOurDoing: boolean): Promise<void>
}

/** Wrong keys are no guesses: clients offer all they have. The wait only hides what the lookup takes. */
const keyShare = 1 / 10
const slowdownMax = 8

/** Answers the connection's requests for authentication. */
export function guardLogin(
  runtime: Runtime,
  client: Connection,
  desk: LoginDesk,
  options: LoginOptions,
): Login {
  const { address, gone } = options
  const { sources, journal } = desk
  const failureMs = sources.isExempt(address) ? 0 : desk.failureMs
  const requestId = newId('request')
  const passed: string[] = []
  let tries = 0
  let wrongPasswords = 0
  let unknownKeysOffered = 0
  let isRefusalRecorded = false
  let username = ''
  /** Why a known account may not come in at all; recorded once. */
  let barredReason: string | undefined
  let found: { account: LoginAccount | undefined } | undefined
  let done: LoggedIn | undefined
  let isOneTooMany = false
  const recording = new Set<Promise<void>>()

  /** Not waited for by the answer: how long it takes would tell whose journal it goes into. */
  const recordRefusal = (reason: string): void => {
    isRefusalRecorded = true
    desk.onRefused()
    const entered = journal
      .record({ requestId, account: found?.account, username, reason, address })
      .finally(() => recording.delete(entered))
    recording.add(entered)
  }

  const wait = async (from: number, ms: number): Promise<void> => {
    const rest = from + ms - performance.now()
    if (rest > 0) await delay(rest, undefined, { signal: gone }).catch(() => {})
  }

  const refuse = (context: AuthContext): void => {
    tries += 1
    if (tries >= triesMax) options.end()
    else context.reject(methods)
  }

  /** A method was passed: in, or on to the next one. */
  const pass = async (context: AuthContext, account: LoginAccount, by: string): Promise<void> => {
    passed.push(by)
    if (account.requires === 'BOTH' && passed.length < 2) {
      context.reject(['password'], true)
      return
    }
    const caller = accountCaller(account.id, requestId)
    const others = desk.connectionsOf(account.id)
    options.onPassed(account)
    const most = await recordLogin(runtime, caller, account, { by: passed, address }, others)
    sources.forgive(address, account.id)
    if (most !== undefined) {
      isOneTooMany = true
      recordRefusal('CONNECTIONS')
      sayGoodbye(client, tooManyConnections, `This account has ${most} connections already; close some.`)
      options.end()
      return
    }
    const session = { organisationId: account.organisationId, accountId: account.id, caller }
    done = { session, account, by: passed }
    context.accept()
  }

  const byPassword = async (
    context: AuthContext,
    password: string,
    account: LoginAccount | undefined,
    asked: number,
  ): Promise<void> => {
    let isLocked = false
    options.onWaiting()
    const isRight = await desk.turns.run(sources.points(address), gone, () => {
      // Only now: others may have been guessing while this one waited.
      isLocked = account !== undefined && sources.isLocked(address, account.id)
      const isWanted =
        account !== undefined &&
        !isLocked &&
        account.requires !== 'KEY' &&
        (account.requires !== 'BOTH' || passed.length === 1)
      return verifyPassword(password, isWanted ? account.passwordHash : null)
    })
    if (isRight === undefined) return
    options.onAnswered()
    if (isRight && account) {
      await pass(context, account, 'password')
      return
    }
    // The name decides what it counts, not what became of it: an account that is barred is one too.
    const known = found?.account
    sources.hold(address, known ? 'REFUSED' : 'UNKNOWN_NAME', known?.id)
    if (barredReason === undefined) recordRefusal(isLocked ? 'LOCKED' : 'PASSWORD')
    const slowdown = Math.min(slowdownMax, 2 ** wrongPasswords)
    wrongPasswords += 1
    await wait(asked, failureMs * slowdown)
    refuse(context)
  }

  const byKey = async (
    context: KeyContext,
    account: LoginAccount | undefined,
    asked: number,
  ): Promise<void> => {
    const isWanted = account !== undefined && account.requires !== 'PASSWORD' && passed.length === 0
    const known = isWanted ? account.keys.find((key) => key.publicKey.equals(context.key.data)) : undefined
    const parsed = known ? publicKeyOf(known.publicKey) : undefined
    const { hashAlgo } = context as { hashAlgo?: string }
    const isModern = parsed?.type !== 'ssh-rsa' || rsaHashes.includes(hashAlgo ?? '')
    if (!account || !known || !parsed || !isModern) {
      unknownKeysOffered += 1
      await wait(asked, failureMs * keyShare)
      refuse(context)
    } else if (!context.signature || !context.blob) {
      context.accept() // only asked whether it would do
    } else if (parsed.verify(context.blob, context.signature, hashAlgo)) {
      await pass(context, account, `publickey ${known.fingerprint}`)
    } else {
      sources.hold(address, 'REFUSED', account.id)
      recordRefusal('SIGNATURE')
      await wait(asked, failureMs)
      refuse(context)
    }
  }

  let hasAskedForMethods = false
  const decide = async (context: AuthContext): Promise<void> => {
    if (context.method === 'none' && !hasAskedForMethods) {
      hasAskedForMethods = true
      context.reject(methods)
      return
    }
    const asked = performance.now()
    // The library holds a connection to one name.
    username = context.username
    found ??= { account: await unscopedFindAccount(runtime, username) }
    const account = found.account
    const barred = account && reasonToBar(account, address)
    if (barred && !barredReason) {
      barredReason = barred
      recordRefusal(barred)
    }
    const usable = barred ? undefined : account
    if (context.method === 'password') await byPassword(context, context.password, usable, asked)
    else if (context.method === 'publickey') await byKey(context, usable, asked)
    else refuse(context)
  }

  client.on('authentication', (context) => {
    decide(context).catch((error: unknown) => {
      runtime.log.error({ err: error }, 'SFTP login failed')
      options.end()
    })
  })

  return {
    get done() {
      return done
    },
    abandoned: async (isOurDoing) => {
      if (!done && !isOneTooMany && !isOurDoing && wrongPasswords === 0) {
        const isUnknown = found !== undefined && found.account === undefined
        sources.hold(address, isUnknown ? 'UNKNOWN_NAME' : 'NO_LOGIN')
      }
      if (!done && !isRefusalRecorded && unknownKeysOffered > 0) recordRefusal('KEY')
      await Promise.all(recording)
    },
  }
}

function reasonToBar(account: LoginAccount, address: string): string | undefined {
  if (!account.isEnabled) return 'DISABLED'
  return isAddressAllowed(account, address) ? undefined : 'ADDRESS'
}

function publicKeyOf(wire: Buffer): ParsedKey | undefined {
  const algorithm = wire.subarray(4, 4 + wire.readUInt32BE(0)).toString('latin1')
  const parsed = ssh2.utils.parseKey(`${algorithm} ${wire.toString('base64')}`)
  return parsed instanceof Error ? undefined : parsed
}
