/**
 * The worker's page: what a worker sees and does behind the link of a fetch request, without an account.
 *
 * Owns: nothing; fetch requests hold what is asked and answered. Promises: looking changes nothing; what is shown and what may be
 * done is decided by the link alone; nothing personal before the step-up where the organisation asks for it.
 */
import type { WriteContext } from '../../platform/context.ts'
import { AppError } from '../../platform/errors.ts'
import { parseLocalDate } from '../../platform/local-date.ts'
import { publicUrlOf } from '../../platform/public-url.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { organisationName } from '../../tenancy/organisations/organisations.ts'
import type { OpenAttachment } from '../../evidence/attachments/attachments.ts'
import * as requests from '../fetch-requests/fetch-requests.ts'
import type { Guest, SentFile } from '../fetch-requests/fetch-requests.ts'
import { farewellState, identifyState, pageFileOf, pageStateOf } from './worker-page.state.rules.ts'
import type { PageFields, PageFile, PageState } from './worker-page.schema.ts'

export type { Guest } from '../fetch-requests/fetch-requests.ts'

/** In which a browser keeps the proof that the date of birth was said. */
export const proofCookie = 'vouchsafe_page'

/** Whether a link's token leads anywhere. Changes nothing. */
export async function isAlive(runtime: Runtime, token: string): Promise<boolean> {
  return (await requests.findByToken(runtime, token, undefined, null)) !== undefined
}

/** Whom the link lets in. LINK_DEAD for every dead link alike. */
export async function letIn(
  runtime: Runtime,
  token: string,
  proof: string | undefined,
  callId: string,
): Promise<Guest> {
  const guest = await requests.findByToken(runtime, token, proof, callId)
  if (!guest) throw requests.linkDead()
  return guest
}

/** What the page shows now. */
export function stateOf(runtime: Runtime, guest: Guest): Promise<PageState> {
  return runtime.read(guest.organisationId, guest.caller, async (ctx) => {
    if (!guest.isIdentified) return identifyState(await organisationName(ctx))
    return pageStateOf(await requests.pageOf(ctx, guest))
  })
}

/** A change and, in the same unit of work, what the page shows then. */
function changed(
  runtime: Runtime,
  guest: Guest,
  change: (ctx: WriteContext) => Promise<unknown>,
): Promise<PageState> {
  return runtime.write(guest.organisationId, guest.caller, async (ctx) => {
    await change(ctx)
    return pageStateOf(await requests.pageOf(ctx, guest))
  })
}

/**
 * Says the date of birth; the cookie to keep, if one is needed. Refuses VALIDATION_FAILED what is no date (that is no try),
 * IDENTITY_WRONG with `triesLeft`, and LINK_DEAD with the last.
 */
export async function identify(
  runtime: Runtime,
  guest: Guest,
  token: string,
  birthDate: string,
): Promise<string | null> {
  if (parseLocalDate(birthDate) === undefined) {
    const detail = 'There is no such day. Check day, month and year.'
    throw new AppError('VALIDATION_FAILED', detail, {
      errors: [{ pointer: '/birthDate', code: 'DATE', detail }],
    })
  }
  // A wrong one is noted before it is refused.
  const said = await runtime.write(guest.organisationId, guest.caller, (ctx) =>
    requests.identify(runtime, ctx, guest, birthDate),
  )
  if (said.isRight) return said.proof === null ? null : cookieOf(runtime, token, said.proof)
  if (said.triesLeft === 0) throw requests.linkDead()
  throw new AppError('IDENTITY_WRONG', 'That is not the date of birth on file.', {
    extra: { triesLeft: said.triesLeft },
  })
}

function cookieOf({ config }: Runtime, token: string, proof: string): string {
  const isSecure = publicUrlOf(config).startsWith('https:')
  return `${proofCookie}=${proof}; Path=/r/${encodeURIComponent(token)}; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`
}

export async function start(runtime: Runtime, guest: Guest): Promise<void> {
  await runtime.write(guest.organisationId, guest.caller, (ctx) => requests.start(ctx, guest))
}

export async function saveDraft(
  runtime: Runtime,
  guest: Guest,
  itemId: string,
  fields: PageFields,
): Promise<{ savedAt: string }> {
  const at = await runtime.write(guest.organisationId, guest.caller, (ctx) =>
    requests.saveDraft(ctx, guest, itemId, fields),
  )
  return { savedAt: at.toISOString() }
}

export async function supply(
  runtime: Runtime,
  guest: Guest,
  itemId: string,
  { fields, consent }: { readonly fields: PageFields; readonly consent?: boolean | undefined },
): Promise<PageState> {
  await requests.supplyItem(runtime, guest, itemId, { fields, hasConsent: consent === true })
  return stateOf(runtime, guest)
}

export const confirm = (runtime: Runtime, guest: Guest, itemId: string): Promise<PageState> =>
  changed(runtime, guest, (ctx) => requests.confirmItem(ctx, guest, itemId))

export const decline = (runtime: Runtime, guest: Guest, itemId: string, reason: string): Promise<PageState> =>
  changed(runtime, guest, (ctx) => requests.declineItem(ctx, guest, itemId, reason))

export const reopen = (runtime: Runtime, guest: Guest, itemId: string): Promise<PageState> =>
  changed(runtime, guest, (ctx) => requests.reopenItem(ctx, guest, itemId))

export const submit = (
  runtime: Runtime,
  guest: Guest,
  privacyNoticeVersion: string | null,
): Promise<PageState> => changed(runtime, guest, (ctx) => requests.submit(ctx, guest, privacyNoticeVersion))

/** After NOT_ME the link opens nothing any more, and the answer holds nothing of the worker. */
export function notMe(
  runtime: Runtime,
  guest: Guest,
  given: { readonly kind: 'NOT_ME' | 'NAME_WRONG'; readonly detail: string },
): Promise<PageState> {
  return runtime.write(guest.organisationId, guest.caller, async (ctx) => {
    await requests.reportNotMe(ctx, guest, given)
    if (given.kind === 'NOT_ME') return farewellState(await organisationName(ctx))
    return pageStateOf(await requests.pageOf(ctx, guest))
  })
}

export async function takeFile(
  runtime: Runtime,
  guest: Guest,
  itemId: string,
  file: SentFile,
): Promise<PageFile> {
  const write = <T>(work: (ctx: WriteContext) => Promise<T>): Promise<T> =>
    runtime.write(guest.organisationId, guest.caller, work)
  // Before anybody opens it: looking at a file takes a while.
  await write((ctx) => requests.assertTakesFiles(ctx, guest, itemId))
  const inspected = await requests.inspectSentFile(runtime, guest, file)
  return pageFileOf(await write((ctx) => requests.receiveFile(ctx, guest, itemId, inspected)))
}

export async function deleteFile(
  runtime: Runtime,
  guest: Guest,
  itemId: string,
  fileId: string,
): Promise<void> {
  await runtime.write(guest.organisationId, guest.caller, (ctx) =>
    requests.deleteFile(ctx, guest, itemId, fileId),
  )
}

export const openFile = (
  runtime: Runtime,
  guest: Guest,
  itemId: string,
  fileId: string,
): Promise<OpenAttachment> => requests.openFile(runtime, guest, itemId, fileId)
