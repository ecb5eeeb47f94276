/** What the worker's page shows of a request. */
import type { ReadContext } from '../../platform/context.ts'
import { localDateOf } from '../../platform/local-date.ts'
import { organisationName, settingsOf } from '../../tenancy/organisations/organisations.ts'
import type { CredentialTypeEntry } from '../../workforce/credential-types/credential-types.schema.ts'
import { catalogueOf } from '../../workforce/credential-types/credential-types.ts'
import { listCredentials } from '../../workforce/credentials/credentials.ts'
import type { Credential } from '../../workforce/credentials/credentials.schema.ts'
import { getWorker } from '../../workforce/workers/workers.ts'
import { onFile } from './fetch-requests.answers.ts'
import { openDraft } from './fetch-requests.drafts.ts'
import { noFields, type AnswerFields } from './fetch-requests.fields.rules.ts'
import { filesOf, isToAnswer } from './fetch-requests.files.ts'
import { guestRow, type Guest } from './fetch-requests.guests.ts'
import { privacyNoticeOf } from './fetch-requests.hand-in.ts'
import { itemsOf, type ItemRow } from './fetch-requests.items.store.ts'
import type { PageFacts, PageItemFacts } from './fetch-requests.page.schema.ts'
import { isOpen } from './fetch-requests.states.rules.ts'
import { answeredOf, pageTree } from './fetch-requests.tree.rules.ts'

/** All that a worker may have asked for at once is far below. */
const ownMax = 1_000

/** Everything of the guest's own request. LINK_DEAD; the caller has seen that they are identified. */
export async function pageOf(ctx: ReadContext, guest: Guest): Promise<PageFacts> {
  const row = await guestRow(ctx, guest)
  const { timeZone } = await settingsOf(ctx)
  const today = localDateOf(ctx.now, timeZone)
  const { types } = await catalogueOf(ctx)
  const worker = (await getWorker(ctx, row.workerId)).attributes.identity
  const { credentials: own } = await listCredentials(
    ctx,
    { workerId: row.workerId },
    { limit: ownMax, offset: 0, after: null, counting: 'QUICK' },
  )
  const rows = await itemsOf(ctx, row.id)
  const items: PageItemFacts[] = []
  for (const item of rows) {
    const type = types.get(item.credentialType)
    if (!type) continue
    items.push({
      id: item.id,
      type,
      guidingText: row.guidingTexts[item.credentialType] ?? null,
      state: item.state,
      fields: await fieldsOf(ctx, item, type, own),
      files: await filesOf(ctx, item),
      onFile: isToAnswer(item) ? (onFile(own, item, today) ?? null) : null,
      declineReason: item.declineReason,
      sentBackReason: item.sentBackReason,
    })
  }
  const hasStarted = row.status !== 'INITIATED' && row.status !== 'SENT'
  return {
    organisation: await organisationName(ctx),
    privacyNotice: await privacyNoticeOf(ctx),
    stage: !isOpen(row.status) ? 'SENT' : hasStarted ? 'ANSWERING' : 'WELCOME',
    worker: { firstName: worker.firstName ?? worker.displayName, displayName: worker.displayName },
    message: row.message,
    expiresAt: row.tokenExpiresAt,
    items,
    tree: pageTree(row.requirements),
    answered: answeredOf(row.requirements, rows),
    sentAt: row.submittedAt ?? row.handedInAt,
  }
}

/** A draft as it was typed; else what was declared with this answer. */
async function fieldsOf(
  ctx: ReadContext,
  item: ItemRow,
  type: CredentialTypeEntry,
  own: readonly Credential[],
): Promise<AnswerFields> {
  if (item.draft !== null && item.state !== 'SUPPLIED') return openDraft(ctx, item.id, item.draft)
  const attributes = own.find(({ id }) => id === item.credentialId)?.attributes
  if (!attributes) return noFields
  // What was confirmed is what was shown, which a source may know better than whoever declared it.
  const declared = item.isConfirmed ? attributes : attributes.declared
  return {
    number: declared.number ?? '',
    holderName: declared.holderName ?? '',
    issueDate: declared.issueDate ?? '',
    expiryDate: declared.expiryDate ?? '',
    hasNoExpiry: declared.expiryDate === null && type.mayLackExpiry,
  }
}
