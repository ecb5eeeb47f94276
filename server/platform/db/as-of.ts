/** Asking rows that are kept with their versions how things stood (ARCHITECTURE.md, History). */
import { sql, type Sql } from './database.ts'

/** What was so at `valid`, as it was known at `known`. */
export interface AsOf {
  readonly valid: Date
  readonly known: Date
}

/** The condition on a table of versions named `alias`: those that were so by then, and known. The latest of them counts. */
export function knownVersions(alias: 'v', { valid, known }: AsOf): Sql {
  return sql`${sql.ref(alias)}.valid_from <= ${valid} and ${sql.ref(alias)}.recorded_at <= ${known}`
}
