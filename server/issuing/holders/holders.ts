/**
 * Holders: people who keep their own credentials.
 *
 * Owns: holders and their data keys. Promises: what a holder keeps lies under a key of the holder's own, which never lies
 * unwrapped; no organisation and no partner comes near it.
 */
import { AppError } from '../../platform/errors.ts'
import { systemCaller, type Caller, type ReadContext } from '../../platform/context.ts'
import { newId } from '../../platform/ids.ts'
import { rewrapKeys } from '../../platform/rewrap-keys.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { newKey, unwrapKey, wrapKey } from '../../platform/secrets.ts'
import * as store from './holders.store.ts'

const keyPurpose = (holderId: string): string => `holder:${holderId}`

/** Makes a holder with a scope and a data key of their own; the id. */
export async function createHolder(
  runtime: Runtime,
  input: { readonly isSandbox?: boolean } = {},
  caller: Caller = systemCaller,
): Promise<string> {
  const id = newId('holder')
  await runtime.write(id, caller, async (ctx) => {
    await store.insertHolder(ctx, {
      wrappedKey: wrapKey(runtime.masterKey, keyPurpose(id), newKey()),
      isSandbox: input.isSandbox ?? false,
    })
    await ctx.audit({ entityType: 'holder', entityId: id, action: 'create' })
  })
  return id
}

/** Wraps every holder's data key by the master key in force, where another one wrapped it; how many. */
export async function rewrapHolders(runtime: Runtime, caller: Caller): Promise<number> {
  return rewrapKeys(runtime, caller, await store.unscopedHolders(runtime.db), {
    purpose: keyPurpose,
    entityType: 'holder',
    locked: store.lockedWrappedKey,
    set: store.setWrappedKey,
  })
}

/** The holder's data key (32 bytes), unwrapped. NOT_FOUND when there is no such holder (any more). */
export async function holderKeyWithin(runtime: Runtime, ctx: ReadContext): Promise<Buffer> {
  const wrapped = await store.wrappedKey(ctx)
  if (!wrapped) throw new AppError('NOT_FOUND', 'There is no such holder.')
  return unwrapKey(runtime.masterKeys, keyPurpose(ctx.organisationId), wrapped)
}
