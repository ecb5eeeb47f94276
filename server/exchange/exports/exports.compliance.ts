/** The compliance export: every active person with the answer about the position (spec 60, Positions). */
import { bringAnswersUpToDate, eachAnswer, type AnsweredWorker } from '../../compliance/answers/answers.ts'
import type { Caller, ReadContext } from '../../platform/context.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { recordExport } from './exports.record.ts'
import { complianceExportHeader, complianceLine } from './exports.rules.ts'
import type { ExportCounts, ExportRecord, ExportTrigger } from './exports.schema.ts'

type Tally = { -readonly [K in keyof ExportCounts]: ExportCounts[K] }

/** Brings the answers up to date and writes them, one row per person, in the order of the name. */
export async function writeComplianceExport(
  runtime: Runtime,
  caller: Caller,
  { organisationId, trigger }: { readonly organisationId: string; readonly trigger: ExportTrigger },
): Promise<ExportRecord> {
  await bringAnswersUpToDate(runtime, organisationId)
  const counts: Tally = { rows: 0, green: 0, yellow: 0, red: 0, peopleWithoutExternalId: 0 }
  // One snapshot: all rows tell of one moment.
  const blob = await runtime.read(
    organisationId,
    caller,
    (ctx) => runtime.storage.write(organisationId, lines(ctx, counts)),
    { isolation: 'repeatable read' },
  )
  return runtime.write(organisationId, caller, (ctx) =>
    recordExport(ctx, { kind: 'COMPLIANCE', source: null, trigger, counts, blob }),
  )
}

async function* lines(ctx: ReadContext, counts: Tally): AsyncGenerator<Buffer> {
  yield Buffer.from(complianceExportHeader)
  for await (const answered of eachAnswer(ctx)) {
    const text = answered.map((one) => lineOf(one, counts)).join('')
    if (text !== '') yield Buffer.from(text)
  }
}

/** Nothing for whom no other system knows: there is no key to tell them by. They are counted. */
function lineOf({ externalId, positionCode, state, answer, asOf }: AnsweredWorker, counts: Tally): string {
  if (externalId === null) {
    counts.peopleWithoutExternalId += 1
    return ''
  }
  counts.rows += 1
  if (answer.status !== null) counts[answer.status] += 1
  return complianceLine({ ...answer, externalId, positionCode, state, asOf })
}
