/** Finding workers by the beginning of a name or an e-mail, in the table `workers`. */
import type { ReadContext } from '../../platform/context.ts'
import { sql, type Sql } from '../../platform/db/database.ts'
import { fewIdsOf } from '../../platform/db/total.ts'
import { foldText } from '../../platform/text.ts'
import type { WorkerFilter } from './workers.schema.ts'

/** Text ranges instead of LIKE: LIKE is not leak-proof, so under row-level security it would not use an index. */
const lastCharacter = '\u{10FFFF}'

function startsWith(column: Sql, text: string): Sql {
  return sql`(${column} >= ${text} and ${column} < ${text + lastCharacter})`
}

/**
 * Where the beginning of a name, a family name or an e-mail may stand behind a page's end; who is met twice is to be listed
 * once. Each way finds its own index, or walks the names where so many begin like that that it soon meets a page of them;
 * the e-mail is said in two halves, so that each finds its partial index. None asks what another has found: each then reads
 * its index alone (as the application's role, under row-level security).
 */
export function beginningWith(
  { query = '', status, includeDeleted }: WorkerFilter,
  after: readonly [string, string] | null,
  behind: Sql,
): { readonly family: Sql; readonly others: Sql[] } {
  const text = foldText(query)
  const email = sql`w.work_email_folded is not null and ${startsWith(sql`w.work_email_folded`, text)}`
  // Of two lower bounds an index begins at the lesser: all names between the page and the beginning would be read.
  const begins = after !== null && after[0] >= text ? behind : sql`w.display_name_folded >= ${text}`
  const others = [
    sql`${begins} and w.display_name_folded < ${text + lastCharacter}`,
    // Each way costs the planner: one that can find nobody is left out.
    ...(status === 'INACTIVE'
      ? []
      : [sql`${behind} and w.status = 'ACTIVE' and w.deleted_at is null and ${email}`]),
    ...(status === 'ACTIVE' && !includeDeleted
      ? []
      : [sql`${behind} and not (w.status = 'ACTIVE' and w.deleted_at is null) and ${email}`]),
  ]
  // The first letter by itself has an index in the order of the names: many family names begin with it.
  const family =
    lettersIn(query) === 1 ? sql`w.family_letter = ${text}` : startsWith(sql`w.family_name_folded`, text)
  return { family: sql`${behind} and ${family}`, others }
}

/** How many letters are looked for. */
export function lettersIn(query: string): number {
  return [...foldText(query)].length
}

/** The same in one condition, for counting. */
export function beginsWith(query: string): Sql {
  const text = foldText(query)
  const columns = [sql`w.display_name_folded`, sql`w.family_name_folded`, sql`w.work_email_folded`]
  return sql`(${sql.join(
    columns.map((column) => startsWith(column, text)),
    sql` or `,
  )})`
}

/**
 * Who is meant by a beginning of a name or an e-mail, for lists of other features: a condition on a column with workers' ids.
 * Where few begin like that it holds their ids, else it asks for each.
 */
export async function workersBeginningWith(
  { tx, organisationId }: ReadContext,
  query: string,
  workerId: Sql,
): Promise<Sql> {
  const of = sql`w.organisation_id = ${organisationId} and ${beginsWith(query)}`
  const ids = await fewIdsOf(tx, sql`w.id`, sql`from workers w where ${of}`)
  if (ids) return sql`${workerId} = any (${ids}::text[])`
  return sql`exists (select from workers w where ${of} and w.id = ${workerId} offset 0)`
}
