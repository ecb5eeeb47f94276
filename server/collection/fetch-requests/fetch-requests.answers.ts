/**
 * What a worker says to each thing that is asked: here it is, what you have is right, I don't have it.
 *
 * Promises: an answer is the organisation's the moment it is saved: the credential is made or changed and has its documents in
 * the same unit of work; what a source has verified is never overwritten; what is typed and not saved is kept sealed; two
 * tabs, or a repeated request, end as one of them alone would.
 */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { AppError, type Fault } from '../../platform/errors.ts'
import { localDateOf } from '../../platform/local-date.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { settingsOf } from '../../tenancy/organisations/organisations.ts'
import { adoptHeld, attachmentsOf, moveAttachments } from '../../evidence/attachments/attachments.ts'
import { normaliseCredentialNumber } from '../../workforce/credential-types/credential-numbers.rules.ts'
import type { CredentialTypeEntry } from '../../workforce/credential-types/credential-types.schema.ts'
import { catalogueOf } from '../../workforce/credential-types/credential-types.ts'
import {
  createCredential,
  deleteCredential,
  listCredentials,
  replaceCredential,
} from '../../workforce/credentials/credentials.ts'
import { credentialInput, type Credential } from '../../workforce/credentials/credentials.schema.ts'
import { sealDraft } from './fetch-requests.drafts.ts'
import { judgeAnswer, type AnswerFields, type AnswerValues } from './fetch-requests.fields.rules.ts'
import { filesOf, guestItem, requireToAnswer } from './fetch-requests.files.ts'
import { answerableRow, type Guest } from './fetch-requests.guests.ts'
import { updateItem, type ItemRow } from './fetch-requests.items.store.ts'
import { transition } from './fetch-requests.transition.ts'

/** Keeps what was typed as it is. CONFLICT where the item was answered meanwhile: a draft that is late changes nothing. */
export async function saveDraft(
  ctx: WriteContext,
  guest: Guest,
  itemId: string,
  fields: AnswerFields,
): Promise<Date> {
  await answerableRow(ctx, guest)
  const item = await guestItem(ctx, guest, itemId)
  requireToAnswer(item)
  await updateItem(ctx, item.id, { draft: await sealDraft(ctx, item.id, fields) })
  return ctx.now
}

export interface Supplied {
  readonly fields: AnswerFields
  /** The worker agreed to what the type needs an agreement for. */
  readonly hasConsent: boolean
}

/** So many of one type nobody holds. */
const ownMax = 200

async function ownOfType(ctx: ReadContext, workerId: string, credentialType: string): Promise<Credential[]> {
  const page = { limit: ownMax, offset: 0, after: null, counting: 'QUICK' } as const
  return (await listCredentials(ctx, { workerId, credentialType }, page)).credentials
}

/**
 * Gives one answer. Refuses VALIDATION_FAILED (every fault at once, at its field), CONFLICT for what is no longer needed.
 * Repeated, it ends as the first: a lost answer may be sent again.
 */
export async function supplyItem(
  runtime: Runtime,
  guest: Guest,
  itemId: string,
  supplied: Supplied,
): Promise<void> {
  const supply = (): Promise<void> =>
    runtime.write(guest.organisationId, guest.caller, (ctx) => supplyOnce(ctx, guest, itemId, supplied))
  try {
    await supply()
  } catch (error) {
    // Somebody else has just declared this very credential: now it is there to be changed.
    if (!(error instanceof AppError) || error.code !== 'CREDENTIAL_EXISTS') throw error
    await supply()
  }
}

async function supplyOnce(
  ctx: WriteContext,
  guest: Guest,
  itemId: string,
  { fields, hasConsent }: Supplied,
): Promise<void> {
  const row = await answerableRow(ctx, guest)
  const item = await guestItem(ctx, guest, itemId)
  if (item.state === 'WAIVED') requireToAnswer(item)
  const type = await typeOf(ctx, item)
  const today = localDateOf(ctx.now, (await settingsOf(ctx)).timeZone)
  const documents = await countDocuments(ctx, item)
  const { values, faults } = judgeAnswer(type, fields, { documents, hasConsent, today })
  if (faults.length > 0) throw refused(faults)
  const own = await ownOfType(ctx, row.workerId, item.credentialType)
  const { credentialId, isMade } = await declare(ctx, row.workerId, item, own, values, fields)
  await adoptHeld(ctx, item.id, credentialId)
  await updateItem(ctx, item.id, {
    state: 'SUPPLIED',
    draft: null,
    credentialId,
    hasMadeCredential: isMade,
    isConfirmed: false,
    declineReason: null,
    sentBackReason: null,
    answeredAt: ctx.now,
    consentedAt: hasConsent ? ctx.now : item.consentedAt,
  })
  await transition(ctx, row.id, 'ANSWERED')
}

const refused = (errors: readonly Fault[]): AppError =>
  new AppError('VALIDATION_FAILED', errors.map(({ detail }) => detail).join(' '), { errors })

async function typeOf(ctx: ReadContext, { credentialType }: ItemRow): Promise<CredentialTypeEntry> {
  const type = (await catalogueOf(ctx)).types.get(credentialType)
  if (!type)
    throw new AppError('INTERNAL', `The credential type ${credentialType} is gone from the catalogue.`)
  return type
}

async function countDocuments(ctx: ReadContext, item: ItemRow): Promise<number> {
  const sent = await filesOf(ctx, item)
  if (sent.length > 0 || item.credentialId === null || item.isConfirmed) return sent.length
  // The same bytes were on the credential before, from somebody else: they were not kept twice.
  const there = await attachmentsOf(ctx, { credentialId: item.credentialId }).catch(() => [])
  return there.length
}

/**
 * Makes the credential, or changes the one that is meant: the worker's own with this number; else the one that this answer made,
 * as long as nothing has vouched for it, so that a typing error leaves nothing behind.
 */
async function declare(
  ctx: WriteContext,
  workerId: string,
  item: ItemRow,
  own: readonly Credential[],
  values: AnswerValues,
  { hasNoExpiry }: AnswerFields,
): Promise<{ credentialId: string; isMade: boolean }> {
  const normal = values.number === null ? null : normaliseCredentialNumber(values.number)
  const sameNumber =
    normal === null
      ? undefined
      : own.find(({ attributes: { declared } }) => {
          return declared.number !== null && normaliseCredentialNumber(declared.number) === normal
        })
  const before = own.find(({ id }) => id === item.credentialId)
  const mayMend = before !== undefined && item.hasMadeCredential && before.attributes.verified === null
  // A document without a number is told apart by the answer that brought it.
  const target =
    sameNumber ?? (mayMend || (before && normal === null && !item.isConfirmed) ? before : undefined)
  const identity = { worker: { id: workerId }, credentialType: item.credentialType }
  if (!target) {
    const made = await createCredential(ctx, credentialInput.parse({ ...identity, ...values }))
    return { credentialId: made.id, isMade: true }
  }
  const { declared } = target.attributes
  const changed = credentialInput.parse({
    ...identity,
    jurisdiction: target.attributes.jurisdiction,
    // What the form left empty is no reason to forget what was known.
    number: values.number ?? declared.number,
    holderName: values.holderName ?? declared.holderName,
    issueDate: values.issueDate ?? declared.issueDate,
    expiryDate: values.expiryDate ?? (hasNoExpiry ? null : declared.expiryDate),
  })
  await replaceCredential(ctx, target.id, changed)
  if (mayMend && before.id !== target.id) {
    // The number was mended to one that is on file already: what the slip made goes, its documents stay.
    await moveAttachments(ctx, before.id, target.id, 'upload_link')
    await deleteCredential(ctx, before.id)
  }
  return { credentialId: target.id, isMade: target.id === item.credentialId && item.hasMadeCredential }
}

const colours = ['green', 'yellow']

/**
 * What is on file of a type and may be confirmed: active, not over, nothing red about it; the best of several. Not what this
 * item was answered with: that is no longer "on file" but the answer.
 */
export function onFile(own: readonly Credential[], item: ItemRow, today: string): Credential | undefined {
  return own
    .filter(({ id, attributes }) => {
      const { credentialType, lifecycle, licenceStatus, expiryDate } = attributes
      return (
        credentialType === item.credentialType &&
        (id !== item.credentialId || item.isConfirmed) &&
        lifecycle === 'ACTIVE' &&
        colours.includes(licenceStatus) &&
        (expiryDate === null || expiryDate >= today)
      )
    })
    .sort(
      ({ attributes: a, id: first }, { attributes: b, id: second }) =>
        colours.indexOf(a.licenceStatus) - colours.indexOf(b.licenceStatus) ||
        (b.expiryDate ?? '9999').localeCompare(a.expiryDate ?? '9999') ||
        first.localeCompare(second),
    )[0]
}

/** What is on file is still right: it counts as supplied. CONFLICT where nothing is on file (any more) that could be. */
export async function confirmItem(ctx: WriteContext, guest: Guest, itemId: string): Promise<void> {
  const row = await answerableRow(ctx, guest)
  const item = await guestItem(ctx, guest, itemId)
  // Sent again after a lost answer.
  if (item.state === 'SUPPLIED' && item.isConfirmed) return
  requireToAnswer(item)
  const today = localDateOf(ctx.now, (await settingsOf(ctx)).timeZone)
  const known = onFile(await ownOfType(ctx, row.workerId, item.credentialType), item, today)
  if (!known)
    throw new AppError(
      'CONFLICT',
      'What was on file is not good any more. Fill in the form with what you have now.',
    )
  await updateItem(ctx, item.id, {
    state: 'SUPPLIED',
    credentialId: known.id,
    hasMadeCredential: false,
    isConfirmed: true,
    declineReason: null,
    sentBackReason: null,
    answeredAt: ctx.now,
  })
  await transition(ctx, row.id, 'ANSWERED')
}

/** "I don't have this", with the reason. What was typed and sent stays, should it turn up. */
export async function declineItem(
  ctx: WriteContext,
  guest: Guest,
  itemId: string,
  reason: string,
): Promise<void> {
  const row = await answerableRow(ctx, guest)
  const item = await guestItem(ctx, guest, itemId)
  if (item.state !== 'DECLINED') requireToAnswer(item)
  await updateItem(ctx, item.id, { state: 'DECLINED', declineReason: reason, answeredAt: ctx.now })
  await transition(ctx, row.id, 'ANSWERED')
}

/** Takes an answer up again. The credential and its documents stay; saving changes them. */
export async function reopenItem(ctx: WriteContext, guest: Guest, itemId: string): Promise<void> {
  const row = await answerableRow(ctx, guest)
  const item = await guestItem(ctx, guest, itemId)
  if (item.state === 'OPEN' || item.state === 'SENT_BACK') return
  if (item.state === 'WAIVED') requireToAnswer(item)
  await updateItem(ctx, item.id, {
    // Why it was sent back still stands.
    state: item.sentBackReason === null ? 'OPEN' : 'SENT_BACK',
    declineReason: null,
    answeredAt: null,
    ...(item.isConfirmed ? { credentialId: null, isConfirmed: false } : {}),
  })
  await transition(ctx, row.id, 'ANSWERED')
}
