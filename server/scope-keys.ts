/** The data key of a scope, whatever its kind (spec 80: each under its own). */
import { systemCaller, type ReadContext } from './platform/context.ts'
import { scopeKindOf } from './platform/db/database.ts'
import { AppError } from './platform/errors.ts'
import type { Runtime } from './platform/runtime.ts'
import { holderKeyWithin } from './issuing/holders/holders.ts'
import { partnerKeyWithin } from './issuing/partners/partners.ts'
import { organisationKeyWithin } from './tenancy/organisations/organisations.ts'

const known = new WeakMap<Runtime, Map<string, Buffer>>()

function knownTo(runtime: Runtime): Map<string, Buffer> {
  let keys = known.get(runtime)
  if (!keys) known.set(runtime, (keys = new Map()))
  return keys
}

function readKey(runtime: Runtime, ctx: ReadContext): Promise<Buffer> {
  switch (scopeKindOf(ctx.organisationId)) {
    case 'organisation':
      return organisationKeyWithin(runtime, ctx)
    case 'partner':
      return partnerKeyWithin(runtime, ctx)
    case 'holder':
      return holderKeyWithin(runtime, ctx)
    case undefined:
      throw new AppError('INTERNAL', 'No scope for a key.')
  }
}

/**
 * 32 bytes, unwrapped once per process. Read on the context's connection: one that waits for another connection could wait for
 * ever. NOT_FOUND when there is no such scope.
 */
export async function scopeKeyWithin(runtime: Runtime, ctx: ReadContext): Promise<Buffer> {
  const keys = knownTo(runtime)
  const cached = keys.get(ctx.organisationId)
  if (cached) return cached
  const key = await readKey(runtime, ctx)
  keys.set(ctx.organisationId, key)
  return key
}

/** The same outside of a unit of work. */
export async function scopeKey(runtime: Runtime, scopeId: string): Promise<Buffer> {
  const cached = knownTo(runtime).get(scopeId)
  return cached ?? runtime.read(scopeId, systemCaller, (ctx) => scopeKeyWithin(runtime, ctx))
}
