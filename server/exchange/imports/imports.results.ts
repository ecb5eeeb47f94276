/** The results file: what became of each row, fit to be mended and sent again (spec 50, A run, 6). */
import type { ReadContext } from '../../platform/context.ts'
import { csvLine } from './imports.results.rules.ts'
import { longestRow, resultsCopy } from './imports.store.ts'

const ownColumns = ['row', 'row_status', 'row_severity', 'row_messages']
/** Each is a walk along the row for the database: the last takes what is left. */
const extraMax = 40

/**
 * The file's bytes: the original header and our four columns, then every row in order. A file that was such a results
 * file itself has our columns already: they are written anew, not twice. What stands in a row beyond the header's last
 * column comes under `extra_1`, `extra_2` and so on: nothing that was sent is left out.
 */
export async function* resultsLines(
  ctx: ReadContext,
  runId: string,
  header: readonly string[],
): AsyncGenerator<Buffer> {
  const original = header.flatMap((cell, index) =>
    ownColumns.includes(cell.trim().toLowerCase()) ? [] : [index],
  )
  const beyond = (await longestRow(ctx, runId)) - header.length
  const count = Math.max(0, Math.min(beyond, extraMax))
  const taken = new Set(header.map((cell) => cell.trim().toLowerCase()))
  let name = 'extra'
  while (taken.has(`${name}_1`)) name += '_'
  const extra = Array.from({ length: count }, (_, index) => `${name}_${index + 1}`)
  yield Buffer.from(csvLine([...original.map((index) => header[index] as string), ...extra, ...ownColumns]))
  for await (const chunk of ctx.tx.copyOut(resultsCopy(runId, original, { from: header.length, count })))
    yield chunk as Buffer
}
