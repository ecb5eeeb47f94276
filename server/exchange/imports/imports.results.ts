/** The results file: what became of each row, fit to be mended and sent again (spec 50, A run, 6). */
import type { ReadContext } from '../../platform/context.ts'
import { csvLine } from './imports.results.rules.ts'
import { resultsCopy } from './imports.store.ts'

const ownColumns = ['row', 'row_status', 'row_severity', 'row_messages']

/** The file's bytes: the original header and our four columns, then every row in order. */
export async function* resultsLines(
  ctx: ReadContext,
  runId: string,
  header: readonly string[],
): AsyncGenerator<Buffer> {
  yield Buffer.from(csvLine([...header, ...ownColumns]))
  for await (const chunk of ctx.tx.copyOut(resultsCopy(runId, header.length))) yield chunk as Buffer
}
