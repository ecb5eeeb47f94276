/**
 * An organisation's own credential types, beside the shipped ones: a driving assessment, a manual-handling course.
 *
 * Promises: a code means one thing for good, so an own type never takes a shipped one's code and does not change; its
 * number pattern can be tried on any text in no time.
 */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import type { AsOf } from '../../platform/db/as-of.ts'
import { brokenUnique } from '../../platform/db/database.ts'
import { AppError, type Fault } from '../../platform/errors.ts'
import { loadCatalogue } from './credential-types.catalogue.ts'
import { shownType, type ShownType } from './credential-types.list.ts'
import { credentialTypeEntry, type Catalogue, type OwnTypeInput } from './credential-types.schema.ts'
import * as store from './credential-types.store.ts'
import { isSafeNumberPattern } from './credential-numbers.rules.ts'

export type { OwnTypeInput } from './credential-types.schema.ts'

/** The shipped types and the organisation's own. */
export async function catalogueOf(ctx: ReadContext): Promise<Catalogue> {
  return withOwn(loadCatalogue(), await store.ownTypes(ctx))
}

/** The same as it was then: an upgrade says nothing about what was answered before it. */
export async function catalogueAsOf(ctx: ReadContext, at: AsOf): Promise<Catalogue> {
  const shipped = loadCatalogue()
  const past = await store.catalogueVersion(ctx, at)
  const then =
    past === undefined || past.version === shipped.version
      ? shipped
      : {
          ...shipped,
          version: past.version,
          types: new Map(past.types.map((entry) => [entry.code, entry] as const)),
        }
  return withOwn(then, await store.ownTypes(ctx, at.valid < at.known ? at.valid : at.known))
}

/** Keeps what the shipped catalogue says from now on. Called whenever it is another than the one that was last judged by. */
export async function noteCatalogue(ctx: WriteContext): Promise<void> {
  const { version, types } = loadCatalogue()
  await store.insertCatalogueVersion(ctx, version, [...types.values()])
}

function withOwn(shipped: Catalogue, own: readonly store.OwnTypeRow[]): Catalogue {
  if (own.length === 0) return shipped
  return {
    ...shipped,
    // Own types are only ever added, so that their number tells them apart.
    version: `${shipped.version}+${own.length}`,
    types: new Map([...shipped.types, ...own.map(({ entry }) => [entry.code, entry] as const)]),
  }
}

/** Makes a type of the organisation's own. Refuses a code that is taken, and a pattern that does not fit its example. */
export async function createOwnType(ctx: WriteContext, input: OwnTypeInput): Promise<ShownType> {
  const faults: Fault[] = []
  const fault = (pointer: string, code: string, detail: string): void =>
    void faults.push({ pointer, code, detail })
  if (loadCatalogue().types.has(input.code))
    throw new AppError('NAME_TAKEN', `${input.code} is a shipped credential type.`)
  const { number } = input
  if (number && !isSafeNumberPattern(number.pattern))
    fault(
      '/number/pattern',
      'PATTERN',
      'A pattern is written with letters, digits, [classes], {counts}, ?, and | between whole alternatives, like ^DC[0-9]{6}$; at most three parts of it may vary in length.',
    )
  else if (number && !new RegExp(number.pattern, 'u').test(number.example))
    fault('/number/example', 'EXAMPLE', 'The example does not fit the pattern.')
  if (faults.length > 0)
    throw new AppError('VALIDATION_FAILED', faults.map(({ detail }) => detail).join(' '), { errors: faults })
  const entry = credentialTypeEntry.parse({
    ...input,
    number: number ?? { pattern: '^.{1,200}$', example: '12345', firmness: 'advisory' },
  })
  try {
    await store.insertOwnType(ctx, entry)
  } catch (error) {
    if (brokenUnique(error) === undefined) throw error
    throw new AppError('NAME_TAKEN', `There is a credential type ${input.code} of your own already.`, {
      cause: error,
    })
  }
  await ctx.audit({
    entityType: 'credentialType',
    entityId: null,
    action: 'createType',
    changes: { code: entry.code },
  })
  return shownType(entry, ctx.now)
}
