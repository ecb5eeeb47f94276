/**
 * How much an account may store (spec 50, Server): the files that it sent, wherever they lie by now, and its partials.
 *
 * What is stored is asked of the database when a file is opened; what grows while files are written is counted here, over
 * all that the account has open on this node. So nobody passes the limit by opening many files first. With several nodes it
 * is passed by at most what is open on the others: it protects the disk and is no accounting.
 */
import type { Caller } from '../../platform/context.ts'
import type { Runtime } from '../../platform/runtime.ts'
import type { OrganisationSettings } from '../../tenancy/organisations/organisations.schema.ts'
import { settingsOf } from '../../tenancy/organisations/organisations.ts'
import * as store from './file-exchange.store.ts'

export interface Quota {
  readonly bytesMax: number
  readonly storedBytes: number
}

const megabyte = 2 ** 20

/** What an account may store that has stored so much. */
export function quotaFrom(settings: OrganisationSettings, storedBytes: number): Quota {
  return { bytesMax: settings['sftp.storageMegabytes'] * megabyte, storedBytes }
}

/** The same, for who asks how much room there is. */
export function storageOf(
  runtime: Runtime,
  session: { readonly organisationId: string; readonly accountId: string; readonly caller: Caller },
): Promise<Quota> {
  return runtime.read(session.organisationId, session.caller, async (ctx) =>
    quotaFrom(...(await Promise.all([settingsOf(ctx), store.storedBytes(ctx, session.accountId)]))),
  )
}

/** One open file's share of its account's storage. */
export interface StorageShare {
  readonly bytesMax: number
  /** The file is to have that many bytes. False, and nothing is counted, when there is no room for them. */
  grow(bytes: number): boolean
  /** The file is closed, cut or thrown away. */
  settle(): void
}

interface Ledger {
  /** As the database said last, and what was closed or cut since. */
  stored: number
  /** What the open files have grown by. */
  grown: number
  shares: number
}

/** By account id: those that have files open. */
const ledgers = new Map<string, Ledger>()

/** @param bytes how much of the file there is already, counted in `quota` if it is a partial */
export function openShare(accountId: string, quota: Quota, bytes: number): StorageShare {
  const ledger = ledgers.get(accountId) ?? { stored: 0, grown: 0, shares: 0 }
  ledgers.set(accountId, ledger)
  ledger.stored = quota.storedBytes
  ledger.shares += 1
  let size = bytes
  let grown = 0
  let isOpen = true
  return {
    bytesMax: quota.bytesMax,
    grow: (wanted) => {
      const more = wanted - size
      if (more <= 0) return true
      if (ledger.stored + ledger.grown + more > quota.bytesMax) return false
      size = wanted
      grown += more
      ledger.grown += more
      return true
    },
    settle: () => {
      if (!isOpen) return
      isOpen = false
      ledger.grown -= grown
      ledger.stored += grown
      ledger.shares -= 1
      if (ledger.shares === 0) ledgers.delete(accountId)
    },
  }
}
