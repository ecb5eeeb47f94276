/** The report of a completed request as a PDF, in the organisation's name. */
import type { Caller, WriteContext } from '../../platform/context.ts'
import { AppError } from '../../platform/errors.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { organisationName, settingsOf } from '../../tenancy/organisations/organisations.ts'
import { catalogueOf } from '../../workforce/credential-types/credential-types.ts'
import { getCredential } from '../../workforce/credentials/credentials.ts'
import { attachmentsOf } from '../../evidence/attachments/attachments.ts'
import { itemsOf, type ItemRow } from './fetch-requests.items.store.ts'
import {
  requestReport,
  type ReportedAnswer,
  type ReportedStep,
  type RequestReport,
} from './fetch-requests.report.rules.ts'
import { present } from './fetch-requests.schema.ts'
import { inWords } from './fetch-requests.states.rules.ts'
import { findHistory, findRequest } from './fetch-requests.store.ts'

/** What of the history a report tells; a request that was reminded of by hand for years has more. */
const stepsMax = 1_000

/**
 * The report as bytes. The same request gives the same words; what checks say is told as it is now. Refuses NOT_FOUND, and
 * CONFLICT before the request is COMPLETED. That it was taken is audited: it holds numbers and names.
 */
export async function reportOf(
  runtime: Runtime,
  organisationId: string,
  caller: Caller,
  id: string,
): Promise<{ readonly name: string; readonly pdf: Buffer }> {
  const facts = await runtime.write(organisationId, caller, async (ctx) => {
    const told = await factsOf(ctx, id)
    await ctx.audit({ entityType: 'captureRequest', entityId: id, action: 'report' })
    return told
  })
  // Drawn behind the transaction, in a process of its own: nothing waits for it but who asked.
  return { name: `fetch-request-${id}.pdf`, pdf: await runtime.reports.write(requestReport(facts)) }
}

async function factsOf(ctx: WriteContext, id: string): Promise<RequestReport> {
  const row = await findRequest(ctx, id)
  if (!row || row.deletedAt !== null) throw new AppError('NOT_FOUND', 'There is no such fetch request.')
  if (row.status !== 'COMPLETED')
    throw new AppError(
      'CONFLICT',
      `The request ${inWords(row.status)}: there is a report once it is completed, when everything that was supplied is checked.`,
    )
  const { types } = await catalogueOf(ctx)
  const answers: ReportedAnswer[] = []
  for (const item of await itemsOf(ctx, id)) {
    // What could have been given in another's stead, and was not, is nothing that is missing.
    if (item.isAlternative && item.state === 'OPEN') continue
    answers.push({
      name: types.get(item.credentialType)?.name ?? item.credentialType,
      state: item.state,
      declineReason: item.declineReason,
      credential: await knownOf(ctx, item),
    })
  }
  const { entries } = await findHistory(ctx, id, { limit: stepsMax, offset: 0, after: null })
  const { attributes } = present(row)
  return {
    organisation: await organisationName(ctx),
    timeZone: (await settingsOf(ctx)).timeZone,
    madeAt: ctx.now,
    requestId: id,
    request: attributes,
    privacyNoticeVersion: row.privacyNoticeVersion,
    answers,
    history: entries.map(({ at, cause, actorKind, actorId }): ReportedStep => ({
      at,
      cause,
      actorKind,
      actorId,
    })),
  }
}

/** What is known now of what an item was answered with; null also where it was deleted since. */
async function knownOf(
  ctx: WriteContext,
  { state, credentialId }: ItemRow,
): Promise<ReportedAnswer['credential']> {
  if (state !== 'SUPPLIED' || credentialId === null) return null
  const credential = await getCredential(ctx, credentialId).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'NOT_FOUND') return undefined
    throw error
  })
  if (!credential) return null
  const {
    number,
    holderName,
    issueDate,
    expiryDate,
    eligibility,
    assurance,
    verificationAuthority,
    lastVerifiedAt,
  } = credential.attributes
  return {
    id: credentialId,
    number,
    holderName,
    issueDate,
    expiryDate,
    eligibility,
    assurance,
    authority: verificationAuthority,
    lastVerifiedAt,
    files: (await attachmentsOf(ctx, { credentialId })).map(({ fileName, sha256 }) => ({ fileName, sha256 })),
  }
}
