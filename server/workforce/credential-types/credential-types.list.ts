/** The catalogue as a list: what can be asked for, and what is known about it. */
import { foldText } from '../../platform/text.ts'
import type { ReadContext } from '../../platform/context.ts'
import { AppError } from '../../platform/errors.ts'
import { loadCatalogue } from './credential-types.catalogue.ts'
import { ownTypes } from './credential-types.store.ts'
import {
  assuranceNeededOf,
  type CredentialTypeAttributes,
  type CredentialTypeEntry,
} from './credential-types.schema.ts'

export interface TypeFilter {
  readonly category?: string | undefined
  readonly jurisdiction?: string | undefined
  readonly register?: string | undefined
  /** Words of the code or the name. */
  readonly query?: string | undefined
  readonly updatedSince?: Date | undefined
}

export interface TypePage {
  readonly limit: number
  readonly offset: number
  /** The code behind which to go on. */
  readonly after: string | null
}

export interface ShownType {
  readonly id: string
  readonly attributes: CredentialTypeAttributes
  readonly lastUpdated: Date
}

export function shownType(type: CredentialTypeEntry, lastUpdated: Date): ShownType {
  const { code, name, category, jurisdiction, register, number, validity } = type
  return {
    id: code,
    attributes: {
      code,
      name,
      category,
      jurisdiction,
      register,
      number,
      validity: validity && {
        months: validity.months ?? null,
        yearEnds: validity.yearEnds ?? [],
        firmness: validity.firmness,
      },
      assuranceNeeded: assuranceNeededOf(type),
      mayLackExpiry: type.mayLackExpiry,
      graceMonths: type.graceMonths,
      expiringWindowDays: type.expiringWindowDays,
      renewal: type.renewal,
      suppliedBy: type.suppliedBy,
      checkInputs: type.checkInputs,
      documentWords: type.documentWords,
      documentHints: type.documentHints,
    },
    lastUpdated,
  }
}

/** The day that the catalogue's version names: `2026-11-2` is November's second. */
function publishedAt(version: string): Date {
  const [year = '1970', month = '1'] = version.split('-')
  return new Date(`${year}-${month.padStart(2, '0')}-01T00:00:00Z`)
}

/** The shipped type of this code. */
export function shippedType(code: string): ShownType {
  const { types, version } = loadCatalogue()
  return shownType(types.get(code) as CredentialTypeEntry, publishedAt(version))
}

/** Shipped or the organisation's own. NOT_FOUND for another organisation's and an unknown one alike. */
export async function getType(ctx: ReadContext, code: string): Promise<ShownType> {
  if (loadCatalogue().types.has(code)) return shippedType(code)
  const own = (await ownTypes(ctx)).find(({ entry }) => entry.code === code)
  if (!own) throw new AppError('NOT_FOUND', 'There is no such credential type.')
  return shownType(own.entry, own.createdAt)
}

/** The shipped types and the organisation's own, in the order of the code. */
export async function findTypes(
  ctx: ReadContext,
  filter: TypeFilter,
  page: TypePage,
): Promise<{ types: ShownType[]; total: number }> {
  const { types, version } = loadCatalogue()
  const shipped = [...types.values()].map((entry) => ({ entry, createdAt: publishedAt(version) }))
  const words = foldText(filter.query ?? '').split(' ')
  const found = [...shipped, ...(await ownTypes(ctx))]
    .filter(
      ({ entry, createdAt }) =>
        (filter.category === undefined || entry.category === filter.category) &&
        (filter.jurisdiction === undefined || entry.jurisdiction === filter.jurisdiction) &&
        (filter.register === undefined || entry.register === filter.register) &&
        (filter.updatedSince === undefined || createdAt >= filter.updatedSince) &&
        words.every((word) =>
          foldText(`${entry.code} ${entry.code.replaceAll('_', ' ')} ${entry.name}`).includes(word),
        ),
    )
    .sort((a, b) => (a.entry.code < b.entry.code ? -1 : 1))
  const { after } = page
  const start = after === null ? page.offset : found.filter(({ entry }) => entry.code <= after).length
  return {
    types: found.slice(start, start + page.limit).map(({ entry, createdAt }) => shownType(entry, createdAt)),
    total: found.length,
  }
}
