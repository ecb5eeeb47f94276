/**
 * Checks: each one is an attempt to verify a credential at a source, recorded for good.
 *
 * Owns: checks, and when each credential is asked about next. Words: a *trigger* is why it is asked; the *deciding* check is
 * the one on which the verified values rest. Promises: a check is never edited; a source that errs or is slow changes no
 * known answer; what is due is asked in turn and no register is asked faster than its connector allows; nothing that is
 * queued is lost by a crash.
 */
import type { ReadContext } from '../../platform/context.ts'
import { decidingCheck } from '../../workforce/credentials/credentials.ts'
import type { Check } from './checks.schema.ts'
import * as store from './checks.store.ts'

export { recordPersonCheck, type PersonSaw } from './checks.person.ts'
export { recordDocumentCheck, type DocumentSaid } from './checks.document.ts'
export { askDue } from './checks.ask.ts'
export { lastAnswers } from './checks.store.ts'
export {
  askAnew,
  askTimer,
  askedOfWorker,
  dismissRegister,
  enrol,
  isAwaited,
  queueChanged,
  queueChecksOfImport,
  queueChecksOfWorkers,
  requestCheck,
  waitingFor,
} from './checks.schedule.ts'

/** Of one credential, newest first. NOT_FOUND for a credential that is not there. */
export async function listChecks(
  ctx: ReadContext,
  credentialId: string,
  since: Date | undefined,
  page: store.CheckPage,
): Promise<{ checks: Check[]; total: number }> {
  const decidingCheckId = await decidingCheck(ctx, credentialId)
  return store.findChecks(ctx, { id: credentialId, decidingCheckId }, since, page)
}
