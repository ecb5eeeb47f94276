/**
 * Logins (RFC 4252): public key, password, or the key and then the password.
 *
 * Nothing tells whether an account exists: every name is offered the same methods, and a password takes as long to
 * be refused whoever it is for. Of an account that needs both, the password is looked at only after the key.
 */
import type { AuthContext, AuthenticationType, Connection, ParsedKey } from 'ssh2'
import ssh2 from 'ssh2'
import { newId } from '../../platform/ids.ts'
import { bestEffort } from '../../platform/log.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { verifyPassword } from '../../platform/secrets.ts'
import {
  accountCaller,
  isAddressAllowed,
  recordLogin,
  recordLoginRefusal,
  unscopedFindAccount,
  type ExchangeSession,
  type LoginAccount,
} from './file-exchange.ts'

const methods: AuthenticationType[] = ['publickey', 'password']
const triesMax = 6

/** RSA with SHA-1 is not modern (RFC 8332); the other kinds of key bring their own hash. */
const rsaHashes = ['sha256', 'sha512']

type KeyContext = Extract<AuthContext, { method: 'publickey' }>

export interface Login {
  /** Who is in; undefined until somebody is. */
  readonly session: ExchangeSession | undefined
  /** Writes down, once, that the connection ended without a login though keys were offered. */
  abandoned(): Promise<void>
}

/** Answers the connection's requests for authentication. */
export function guardLogin(runtime: Runtime, client: Connection, address: string): Login {
  const requestId = newId('request')
  const passed: string[] = []
  let tries = 0
  let unknownKeysOffered = 0
  let isRefusalRecorded = false
  let username = ''
  /** Why a known account may not come in at all; recorded once. */
  let barredReason: string | undefined
  let found: { account: LoginAccount | undefined } | undefined
  let session: ExchangeSession | undefined

  const recordRefusal = async (reason: string): Promise<void> => {
    isRefusalRecorded = true
    const account = found?.account
    const caller = accountCaller(account?.id ?? '', requestId)
    await bestEffort(
      runtime.log,
      'the refusal itself stands',
      recordLoginRefusal(runtime, caller, account, { username, reason, address }),
    )
  }

  const fail = async (context: AuthContext, reason: string | undefined): Promise<void> => {
    tries += 1
    if (reason !== undefined) await recordRefusal(reason)
    if (tries >= triesMax) client.end()
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
    await recordLogin(runtime, caller, account, { by: passed, address })
    session = { organisationId: account.organisationId, accountId: account.id, caller }
    context.accept()
  }

  const byPassword = async (
    context: AuthContext,
    password: string,
    account: LoginAccount | undefined,
  ): Promise<void> => {
    const isWanted =
      account !== undefined &&
      account.requires !== 'KEY' &&
      (account.requires !== 'BOTH' || passed.length === 1)
    const isRight = await verifyPassword(password, isWanted ? account.passwordHash : null)
    if (isRight && account) await pass(context, account, 'password')
    else await fail(context, barredReason === undefined ? 'PASSWORD' : undefined)
  }

  const byKey = async (context: KeyContext, account: LoginAccount | undefined): Promise<void> => {
    const isWanted = account !== undefined && account.requires !== 'PASSWORD' && passed.length === 0
    const known = isWanted ? account.keys.find((key) => key.publicKey.equals(context.key.data)) : undefined
    const parsed = known ? publicKeyOf(known.publicKey) : undefined
    const { hashAlgo } = context as { hashAlgo?: string }
    const isModern = parsed?.type !== 'ssh-rsa' || rsaHashes.includes(hashAlgo ?? '')
    if (!account || !known || !parsed || !isModern) {
      unknownKeysOffered += 1
      await fail(context, undefined)
    } else if (!context.signature || !context.blob) {
      context.accept() // only asked whether it would do
    } else if (parsed.verify(context.blob, context.signature, hashAlgo)) {
      await pass(context, account, `publickey ${known.fingerprint}`)
    } else {
      await fail(context, 'SIGNATURE')
    }
  }

  const decide = async (context: AuthContext): Promise<void> => {
    if (context.method === 'none') {
      context.reject(methods)
      return
    }
    // The library holds a connection to one name.
    username = context.username
    found ??= { account: await unscopedFindAccount(runtime, username) }
    const account = found.account
    const barred = account && reasonToBar(account, address)
    if (barred && !barredReason) {
      barredReason = barred
      await recordRefusal(barred)
    }
    const usable = barred ? undefined : account
    if (context.method === 'password') await byPassword(context, context.password, usable)
    else if (context.method === 'publickey') await byKey(context, usable)
    else await fail(context, undefined)
  }

  client.on('authentication', (context) => {
    decide(context).catch((error: unknown) => {
      runtime.log.error({ err: error }, 'SFTP login failed')
      client.end()
    })
  })

  return {
    get session() {
      return session
    },
    abandoned: async () => {
      if (!session && !isRefusalRecorded && unknownKeysOffered > 0) await recordRefusal('KEY')
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
