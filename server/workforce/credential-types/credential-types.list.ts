/** The catalogue as a list: what can be asked for, and what is known about it. */
import { foldText } from '../../platform/text.ts'
import { loadCatalogue } from './credential-types.catalogue.ts'
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

interface ShownType {
  readonly id: string
  readonly attributes: CredentialTypeAttributes
  readonly lastUpdated: Date
}

function shown(type: CredentialTypeEntry, lastUpdated: Date): ShownType {
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
    },
    lastUpdated,
  }
}

/** The day that the catalogue's version names: `2026-11-2` is November's second. */
function publishedAt(version: string): Date {
  const [year = '1970', month = '1'] = version.split('-')
  return new Date(`${year}-${month.padStart(2, '0')}-01T00:00:00Z`)
}

/** In the order of the code. */
export function findTypes(filter: TypeFilter, page: TypePage): { types: ShownType[]; total: number } {
  const { types, version } = loadCatalogue()
  const at = publishedAt(version)
  const words = foldText(filter.query ?? '').split(' ')
  const found = [...types.values()]
    .filter(
      (type) =>
        (filter.category === undefined || type.category === filter.category) &&
        (filter.jurisdiction === undefined || type.jurisdiction === filter.jurisdiction) &&
        (filter.register === undefined || type.register === filter.register) &&
        (filter.updatedSince === undefined || at >= filter.updatedSince) &&
        words.every((word) =>
          foldText(`${type.code} ${type.code.replaceAll('_', ' ')} ${type.name}`).includes(word),
        ),
    )
    .sort((a, b) => (a.code < b.code ? -1 : 1))
  const { after } = page
  const start = after === null ? page.offset : found.filter((type) => type.code <= after).length
  return { types: found.slice(start, start + page.limit).map((type) => shown(type, at)), total: found.length }
}
