/**
 * The journal of refused logins (spec 50, Server). A refusal is an entry; a flood of them is counted, and an entry per
 * account says every minute how many there were and from where. So a night of guessing writes some thousand rows, however
 * many guesses it holds.
 */
import { newId } from '../../platform/ids.ts'
import { bestEffort } from '../../platform/log.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { accountCaller, recordLoginRefusal } from './file-exchange.logins.ts'
import type { LoginAccount } from './file-exchange.schema.ts'

export interface Refusal {
  readonly requestId: string
  /** The account that the name stands for; undefined when there is none. */
  readonly account: Pick<LoginAccount, 'id' | 'organisationId'> | undefined
  readonly username: string
  readonly reason: string
  readonly address: string
}

export interface RefusalJournal {
  /** Enters it, or counts it. Resolves when it is written; never throws. */
  record(refusal: Refusal): Promise<void>
  /** Writes what was counted. Called by itself each minute. */
  flush(): Promise<void>
  /** Writes what was counted, and stops. */
  close(): Promise<void>
}

const flushMs = 60_000
/** Between two flushes: entries of their own for one account (or for all unknown names together), and for all. */
const entriesPerAccountMax = 10
const entriesMax = 100
/** Accounts whose refusals are counted apart; whatever is beyond is counted with the unknown names. */
const countsMax = 1_000
const addressesShown = 10

interface Count {
  readonly account: Refusal['account']
  readonly from: Date
  entered: number
  counted: number
  readonly reasons: Map<string, number>
  readonly addresses: Set<string>
}

export function openRefusalJournal(runtime: Runtime): RefusalJournal {
  let counts = new Map<string, Count>()
  let entered = 0

  const countOf = (account: Refusal['account']): Count => {
    const key = account?.id ?? ''
    const known = counts.get(key)
    if (known) return known
    if (account !== undefined && counts.size >= countsMax) return countOf(undefined)
    const made: Count = {
      account,
      from: runtime.clock.now(),
      entered: 0,
      counted: 0,
      reasons: new Map(),
      addresses: new Set(),
    }
    counts.set(key, made)
    return made
  }

  const write = (refusal: Omit<Refusal, 'requestId'>, requestId: string | null, more = {}): Promise<void> => {
    const { account, username, reason, address } = refusal
    const caller = accountCaller(account?.id ?? '', requestId)
    return bestEffort(
      runtime.log,
      'the refusal itself stands',
      recordLoginRefusal(runtime, caller, account, { username, reason, address, ...more }),
    )
  }

  const flush = async (): Promise<void> => {
    const flushed = counts
    counts = new Map()
    entered = 0
    for (const { account, counted, from, reasons, addresses } of flushed.values()) {
      if (counted === 0) continue
      const shown = [...addresses].slice(0, addressesShown)
      await write(
        { account, username: '', reason: [...reasons.keys()].sort().join(' '), address: shown.join(' ') },
        newId('request'),
        {
          count: counted,
          reasons: Object.fromEntries(reasons),
          areMoreAddresses: addresses.size > addressesShown,
          from: from.toISOString(),
        },
      )
    }
  }
  const timer = setInterval(() => void flush(), flushMs)
  timer.unref()

  return {
    record: async ({ requestId, ...refusal }) => {
      const count = countOf(refusal.account)
      if (count.entered < entriesPerAccountMax && entered < entriesMax) {
        count.entered += 1
        entered += 1
        await write(refusal, requestId)
        return
      }
      count.counted += 1
      count.reasons.set(refusal.reason, (count.reasons.get(refusal.reason) ?? 0) + 1)
      if (count.addresses.size <= addressesShown) count.addresses.add(refusal.address)
    },
    flush,
    close: async () => {
      clearInterval(timer)
      await flush()
    },
  }
}
