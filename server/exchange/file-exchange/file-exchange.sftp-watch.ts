/**
 * Looks after the sessions of this node while they run: an account that was disabled, deleted or changed so that it could
 * not log in as it did ends them within seconds, whichever node it was changed on.
 */
import { bestEffort } from '../../platform/log.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { reasonToEnd, recordSessionEnd, unscopedAccounts } from './file-exchange.ts'
import type { OpenConnection } from './file-exchange.sftp-connection.ts'

const lookMs = 2_000

export interface Watch {
  /** Called by itself every few seconds. */
  look(): Promise<void>
  close(): Promise<void>
}

export function watchSessions(runtime: Runtime, connections: ReadonlySet<OpenConnection>): Watch {
  const ended = new WeakSet<OpenConnection>()
  let looking: Promise<void> | undefined

  const lookOnce = async (): Promise<void> => {
    const open = [...connections].filter((one) => !ended.has(one))
    const accounts = new Map(open.flatMap(({ account }) => (account ? [[account.id, account]] : [])))
    if (accounts.size === 0) return
    const found = await unscopedAccounts(runtime, [...accounts.values()])
    const present = new Map(found.map((account) => [account.id, account]))
    for (const connection of open) {
      const { login, address } = connection
      if (!login) continue
      const { account, by, session } = login
      const reason = reasonToEnd({ account, by, address }, present.get(account.id))
      if (reason === undefined) continue
      ended.add(connection)
      connection.end()
      const entered = recordSessionEnd(runtime, session.caller, account, { reason, address })
      await bestEffort(runtime.log, 'the session is ended all the same', entered)
    }
  }
  const look = async (): Promise<void> => {
    while (looking) await looking
    looking = lookOnce().finally(() => (looking = undefined))
    await looking
  }
  const timer = setInterval(() => {
    if (!looking) void bestEffort(runtime.log, 'sessions are looked at again in a moment', look())
  }, lookMs)
  timer.unref()
  return {
    look,
    close: async () => {
      clearInterval(timer)
      await looking?.catch(() => {})
    },
  }
}
