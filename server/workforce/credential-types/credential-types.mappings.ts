/**
 * Licence type mappings: an organisation's own codes, each standing for a credential type.
 *
 * Promises: a mapping is only ever set by a person, never guessed; every change counts the mapping version up, so that a
 * plan made before it is stale.
 */
import { AppError, type Fault } from '../../platform/errors.ts'
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import {
  bumpMappingVersion,
  lockOrganisation,
  mappingVersion,
} from '../../tenancy/organisations/organisations.ts'
import { catalogueOf } from './credential-types.own.ts'
import type { Catalogue } from './credential-types.schema.ts'
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
 * Resolved pairs; refuses (VALIDATION_FAILED) with every fault listed.
 * @param at where the pairs stand in what was sent, as a JSON pointer
 */
function resolved(
  catalogue: Catalogue,
  pairs: readonly MappingPair[],
  at: string,
): { code: string; credentialType: string }[] {
  const faults: Fault[] = []
  const found = pairs.flatMap(({ code, target }, index) => {
    const trimmed = code.trim()
    const answer = mappingTarget(target, catalogue)
    if (trimmed === '' || trimmed.length > 200 || /[\p{Cc}]/u.test(trimmed)) {
      faults.push({
        pointer: `${at}/${index}/code`,
        code: 'REQUIRED',
        detail: 'A mapping needs a code of 1 to 200 characters, without control characters.',
      })
      return []
    }
    if (answer.credentialType === null) {
      const near = answer.nearest.length > 0 ? ` Did you mean ${answer.nearest.join(' or ')}?` : ''
      faults.push({
        pointer: `${at}/${index}/credentialType`,
        code: 'UNKNOWN_CREDENTIAL_TYPE',
        detail: `"${target}" is no credential type.${near}`,
      })
      return []
    }
    return [{ code: trimmed, credentialType: answer.credentialType }]
  })
  if (faults.length > 0)
    throw new AppError('VALIDATION_FAILED', faults.map((fault) => fault.detail).join(' '), { errors: faults })
  return found
}

/**
 * Sets several mappings at once, or none: every fault is listed. Setting what is set already changes nothing.
 * Returns how many changed.
 */
export async function setMappings(ctx: WriteContext, pairs: readonly MappingPair[]): Promise<number> {
  return change(ctx, resolved(await catalogueOf(ctx), pairs, ''), [])
}

/** Puts these mappings in place of all that there are. Refuses a code that stands twice. Returns how many changed. */
export async function replaceMappings(ctx: WriteContext, pairs: readonly MappingPair[]): Promise<number> {
  const wanted = resolved(await catalogueOf(ctx), pairs, '/mappings')
  const codes = new Set<string>()
  const faults = wanted.flatMap(({ code }, index): Fault[] => {
    if (!codes.has(code)) {
      codes.add(code)
      return []
    }
    return [
      {
        pointer: `/mappings/${index}/code`,
        code: 'DUPLICATE_CODE',
        detail: `The code "${code}" stands twice.`,
      },
    ]
  })
  if (faults.length > 0)
    throw new AppError('VALIDATION_FAILED', faults.map((fault) => fault.detail).join(' '), { errors: faults })
  await lockOrganisation(ctx)
  const gone = (await store.mappingRows(ctx)).map((row) => row.code).filter((code) => !codes.has(code))
  return change(ctx, wanted, gone)
}

async function change(
  ctx: WriteContext,
  wanted: readonly { readonly code: string; readonly credentialType: string }[],
  gone: readonly string[],
): Promise<number> {
  let changed = 0
  const audit = (action: string, changes: Readonly<Record<string, string>>): Promise<void> =>
    ctx.audit({ entityType: 'credentialType', entityId: null, action, changes })
  for (const { code, credentialType } of wanted) {
    if (!(await store.saveMapping(ctx, code, credentialType))) continue
    changed += 1
    await audit('setMapping', { code, credentialType })
  }
  for (const code of gone) {
    if (!(await store.removeMapping(ctx, code))) continue
    changed += 1
    await audit('removeMapping', { code })
  }
  if (changed > 0) {
    await bumpMappingVersion(ctx)
    await ctx.emit({ type: 'mapping.changed', data: { changed } })
  }
  return changed
}

/** All mappings as one resource: they are read and replaced together. */
export interface MappingSet {
  readonly id: string
  readonly attributes: {
    readonly mappings: readonly { readonly code: string; readonly credentialType: string }[]
  }
  readonly lastUpdated: Date
}

const neverChanged = new Date('1970-01-01T00:00:00Z')

export async function mappingSet(ctx: ReadContext): Promise<MappingSet> {
  const rows = await store.mappingRows(ctx)
  return {
    id: ctx.organisationId,
    attributes: { mappings: rows.map(({ code, credentialType }) => ({ code, credentialType })) },
    lastUpdated: (await store.mappingsChangedAt(ctx)) ?? neverChanged,
  }
}

/** The same, held against other changes until the transaction ends. */
export async function lockedMappingSet(ctx: WriteContext): Promise<MappingSet> {
  await lockOrganisation(ctx)
  return mappingSet(ctx)
}
