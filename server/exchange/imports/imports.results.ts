/** The results file: what became of each row, fit to be mended and sent again (spec 50, A run, 6). */
import type { ReadContext } from '../../platform/context.ts'
import { csvLine } from './imports.results.rules.ts'
import { resultsCopy } from './imports.store.ts'

const ownColumns = ['row', 'row_status', 'row_severity', 'row_messages']

/**
 * The file's bytes: the original header and our four columns, then every row in order. A file that was such a results
 * file itself has our columns already: they are written anew, not twice.
 */
export async function* resultsLines(
  ctx: ReadContext,
  runId: string,
  header: readonly string[],
): AsyncGenerator<Buffer> {
  const original = header.flatMap((cell, index) =>
    ownColumns.includes(cell.trim().toLowerCase()) ? [] : [index],
  )
  yield Buffer.from(csvLine([...original.map((index) => header[index] as string), ...ownColumns]))
  for await (const chunk of ctx.tx.copyOut(resultsCopy(runId, original))) yield chunk as Buffer
}
