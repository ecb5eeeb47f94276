/** The rows that count, as they are searched by name: made once for each version, and kept while it is used. */
import type { ReadContext } from '../../platform/context.ts'
import { nameIndex, type ComparedPerson, type NameMatch } from './names.matching.rules.ts'
import { foldNumber } from './published-lists.rows.rules.ts'
import type { ListReading } from './published-lists.schema.ts'
import * as store from './published-lists.store.ts'

export interface ListIndex {
  readonly version: number
  readonly entries: ReadonlyMap<string, store.EntryRow>
  /** By the number as it is compared (`foldNumber`). */
  readonly byNumber: ReadonlyMap<string, readonly store.EntryRow[]>
  /** The likeliest first; rows that are no persons are nobody. */
  matchesOf(person: ComparedPerson): (NameMatch & { readonly entry: store.EntryRow })[]
}

const kept = new Map<string, ListIndex>()
/** Some 20 MB for a list of five thousand. */
const keptMax = 8

/** Of the version that counts; without any, of no rows. */
export async function listIndex(
  ctx: ReadContext,
  register: string,
  { isStateIgnored }: Pick<ListReading, 'isStateIgnored'>,
): Promise<ListIndex> {
  const version = (await store.findState(ctx, register))?.version ?? 0
  const key = `${ctx.organisationId}:${register}:${version}:${String(isStateIgnored)}`
  const there = kept.get(key)
  if (there) {
    // The one that was used longest ago goes first.
    kept.delete(key)
    kept.set(key, there)
    return there
  }
  const rows = version === 0 ? [] : await store.presentEntries(ctx, register)
  const made = indexOf(version, rows, isStateIgnored)
  for (const old of kept.keys()) {
    if (kept.size < keptMax) break
    kept.delete(old)
  }
  kept.set(key, made)
  return made
}

function indexOf(version: number, rows: readonly store.EntryRow[], isStateIgnored: boolean): ListIndex {
  const entries = new Map(rows.map((entry) => [entry.key, entry]))
  const { matchesOf } = nameIndex(
    rows
      .filter(({ row }) => row.isPerson)
      .map(({ key, row }) => ({
        key,
        family: row.family,
        given: row.given,
        middle: row.middle,
        otherNames: row.otherNames,
        birthDate: row.birthDate,
        state: isStateIgnored ? null : row.state,
      })),
  )
  const byNumber = new Map<string, store.EntryRow[]>()
  for (const entry of rows) {
    const number = foldNumber(entry.row.number)
    if (number !== null) byNumber.set(number, [...(byNumber.get(number) ?? []), entry])
  }
  return {
    version,
    entries,
    byNumber,
    matchesOf: (person) =>
      matchesOf(person).flatMap((match) => {
        const entry = entries.get(match.key)
        return entry === undefined ? [] : [{ ...match, entry }]
      }),
  }
}
