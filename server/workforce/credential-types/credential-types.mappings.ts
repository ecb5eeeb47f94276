/**
 * Licence type mappings: an organisation's own codes, each standing for a credential type.
 *
 * Promises: a mapping is only ever set by a person, never guessed; every change counts the mapping version up, so that a
 * plan made before it is stale.
 */
import { AppError, type Fault } from '../../platform/errors.ts'
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { bumpMappingVersion, mappingVersion } from '../../tenancy/organisations/organisations.ts'
import { loadCatalogue } from './credential-types.catalogue.ts'
import * as store from './credential-types.store.ts'
import { mappingTarget } from './licence-types.rules.ts'

export interface Mappings {
  readonly byCode: ReadonlyMap<string, string>
  readonly version: number
}

export async function mappingsOf(ctx: ReadContext): Promise<Mappings> {
  const rows = await store.mappingRows(ctx)
  return {
    byCode: new Map(rows.map((row) => [row.code, row.credentialType])),
    version: await mappingVersion(ctx),
  }
}

export function listMappings(ctx: ReadContext): Promise<store.MappingRow[]> {
  return store.mappingRows(ctx)
}

export interface MappingPair {
  readonly code: string
  /** A catalogue code, or one of the contract's names (`vicwwc`). */
  readonly target: string
}

/**
 * Sets several mappings at once, or none: every fault is listed. Setting what is set already changes nothing.
 * Returns how many changed.
 */
export async function setMappings(ctx: WriteContext, pairs: readonly MappingPair[]): Promise<number> {
  const catalogue = loadCatalogue()
  const faults: Fault[] = []
  const resolved: { code: string; credentialType: string }[] = []
  pairs.forEach(({ code, target }, index) => {
    const trimmed = code.trim()
    const found = mappingTarget(target, catalogue)
    if (trimmed === '' || trimmed.length > 200) {
      faults.push({
        pointer: `/${index}/code`,
        code: 'REQUIRED',
        detail: 'A mapping needs a code of 1 to 200 characters.',
      })
    } else if (found.credentialType === null) {
      const near = found.nearest.length > 0 ? ` Did you mean ${found.nearest.join(' or ')}?` : ''
      faults.push({
        pointer: `/${index}/credentialType`,
        code: 'UNKNOWN_CREDENTIAL_TYPE',
        detail: `"${target}" is no credential type.${near}`,
      })
    } else resolved.push({ code: trimmed, credentialType: found.credentialType })
  })
  if (faults.length > 0)
    throw new AppError('VALIDATION_FAILED', faults.map((fault) => fault.detail).join(' '), { errors: faults })

  let changed = 0
  for (const { code, credentialType } of resolved) {
    if (!(await store.saveMapping(ctx, code, credentialType))) continue
    changed += 1
    await ctx.audit({
      entityType: 'credentialType',
      entityId: null,
      action: 'setMapping',
      changes: { code, credentialType },
    })
  }
  if (changed > 0) {
    await bumpMappingVersion(ctx)
    await ctx.emit({ type: 'mapping.changed', data: { changed } })
  }
  return changed
}
