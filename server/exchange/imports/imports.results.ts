/** The results file: what became of each row, fit to be mended and sent again (spec 50, A run, 6). */
import type { ReadContext } from '../../platform/context.ts'
import { csvLine } from './imports.results.rules.ts'
import { longestRow, resultsCopy } from './imports.store.ts'

const ownColumns = ['row', 'row_status', 'row_severity', 'row_messages']
/** As many columns as a query of the database can give, with some to spare. */
const columnsMax = 1_600

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
  const count = Math.max(0, Math.min(beyond, columnsMax - original.length - ownColumns.length))
  const extra = Array.from({ length: count }, (_, index) => `extra_${index + 1}`)
  yield Buffer.from(csvLine([...original.map((index) => header[index] as string), ...extra, ...ownColumns]))
  for await (const chunk of ctx.tx.copyOut(resultsCopy(runId, original, { from: header.length, count })))
    yield chunk as Buffer
}
