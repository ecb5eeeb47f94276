/** Another master key takes the place of the one that wrapped the data keys of scopes. */
import type { AuditEntry, Caller, WriteContext } from './context.ts'
import type { Runtime } from './runtime.ts'
import { rewrap } from './secrets.ts'

/** Where a kind of scope keeps its wrapped data key. */
export interface WrappedKeys {
  readonly purpose: (id: string) => string
  readonly entityType: AuditEntry['entityType']
  /** Locked until the transaction ends; undefined when the scope is gone. */
  readonly locked: (ctx: WriteContext) => Promise<Buffer | undefined>
  readonly set: (ctx: WriteContext, wrapped: Buffer) => Promise<void>
}

/**
 * Wraps the data key of each scope by the master key in force, where another one wrapped it. One by one, each at once or not at
 * all: what is broken off goes on where it was.
 *
 * @returns how many were wrapped anew
 */
export async function rewrapKeys(
  runtime: Runtime,
  caller: Caller,
  scopes: readonly { readonly id: string }[],
  keys: WrappedKeys,
): Promise<number> {
  let rewrapped = 0
  for (const { id } of scopes)
    rewrapped += await runtime.write(id, caller, async (ctx) => {
      const wrapped = await keys.locked(ctx)
      const anew = wrapped && rewrap(runtime.masterKeys, keys.purpose(id), wrapped)
      if (!anew) return 0
      await keys.set(ctx, anew)
      await ctx.audit({ entityType: keys.entityType, entityId: id, action: 'rewrapKey' })
      return 1
    })
  return rewrapped
}
