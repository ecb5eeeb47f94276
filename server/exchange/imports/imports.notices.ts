/**
 * Telling people of files that are held, failed, missing or not taken: those users who may decide on imports, and the
 * addresses of `import.notify`.
 *
 * Owns: import_notices. Promises: a matter is told once, whatever is repeated or crashes, since what was told is written
 * with the mail; a source that goes on failing fills nobody's inbox (imports.notices.rules.ts).
 */
import type { Config } from '../../platform/config.ts'
import { systemCaller, type WriteContext } from '../../platform/context.ts'
import type { StoredEvent } from '../../platform/events/event-types.ts'
import { queueMail } from '../../platform/mail/mail.ts'
import { publicUrlOf } from '../../platform/public-url.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { organisationName, settingsOf } from '../../tenancy/organisations/organisations.ts'
import { usersWhoMay, type Addressee } from '../../tenancy/users/users.ts'
import {
  matterMail,
  togetherMail,
  type MailContent,
  type Matter,
  type Reader,
  type Surroundings,
} from './imports.mails.ts'
import { aloneWindowMs, sameMatterMs, tellTogetherAt, type Notice } from './imports.notices.rules.ts'
import * as notices from './imports.notices.store.ts'
import type { ImportRun } from './imports.schema.ts'
import * as store from './imports.store.ts'

export const togetherTimer = 'imports.tellTogether'
export const refusalTimer = 'imports.tellOfRefusal'

const refusalWaitMs = 60_000

const readersMax = 50
const mattersMax = 500

/** What an event of the imports has to say to people, if anything. */
async function noticeOf(ctx: WriteContext, event: StoredEvent): Promise<Notice | undefined> {
  const about = { id: event.id, at: event.at, detail: null, fileName: null }
  if (event.type === 'import.missing') {
    const { source, lastImportId, lastReceivedAt } = event.data as Readonly<Record<string, string>>
    return {
      ...about,
      kind: 'MISSING',
      source: source ?? null,
      importId: lastImportId ?? null,
      detail: lastReceivedAt ?? null,
    }
  }
  const run = await store.runRow(ctx, event.data['importId'] as string)
  // Who asked for a plan waits for it, and sees what it says.
  if (!run || run.stop_at_plan) return undefined
  const kind = event.type === 'import.held' ? 'HELD' : 'FAILED'
  // A plan that is made anew, a row having been mended, is the same matter.
  const id = `${kind}:${run.id}`
  return { ...about, id, kind, source: run.source_system, importId: run.id, fileName: run.file_name }
}

/** Tells people of what an event says. */
export async function tellOfEvent(runtime: Runtime, event: StoredEvent): Promise<void> {
  await runtime.write(event.organisationId, systemCaller, async (ctx) => {
    const notice = await noticeOf(ctx, event)
    if (notice && (await notices.insertNotice(ctx, notice))) await tell(ctx, runtime.config, notice)
  })
}

/**
 * A file was not taken, in the unit of work that says so. People are told a minute later, if it is still there: clients
 * put files under names of their own first, and rename them when they are whole.
 */
export async function noteRefusal(
  ctx: WriteContext,
  refusal: { readonly id: string; readonly fileName: string; readonly detail: string },
): Promise<void> {
  const { id, fileName, detail } = refusal
  const notice: Notice = { id, kind: 'REFUSED', source: null, importId: null, fileName, detail, at: ctx.now }
  if (!(await notices.insertNotice(ctx, notice))) return
  const dueAt = new Date(ctx.now.getTime() + refusalWaitMs)
  await ctx.setTimer({ kind: refusalTimer, subjectId: id, dueAt, isQuietTime: true })
}

/** The file that was not taken is gone, or has another name now: nothing is left to tell. */
export function withdrawRefusal(ctx: WriteContext, id: string): Promise<void> {
  return notices.deleteUntold(ctx, id)
}

/** The job behind it. */
export async function tellOfRefusal(
  runtime: Runtime,
  organisationId: string,
  noticeId: string,
): Promise<void> {
  await runtime.write(organisationId, systemCaller, async (ctx) => {
    const notice = await notices.untoldNotice(ctx, noticeId)
    if (notice) await tell(ctx, runtime.config, notice)
  })
}

async function tell(ctx: WriteContext, config: Config, notice: Notice): Promise<void> {
  await notices.lockNotices(ctx)
  const ago = (ms: number): Date => new Date(ctx.now.getTime() - ms)
  const told = await notices.toldSince(ctx, ago(sameMatterMs))
  const alone = await notices.countAlone(ctx, ago(aloneWindowMs))
  const waitsUntil = tellTogetherAt(notice, told, alone, ctx.now)
  if (waitsUntil !== null) {
    await ctx.setTimer({
      kind: togetherTimer,
      subjectId: ctx.organisationId,
      dueAt: waitsUntil,
      orEarlier: true,
    })
    return
  }
  const [matter] = await mattersOf(ctx, [notice])
  const isSent =
    matter !== undefined &&
    (await mailAll(ctx, config, (around, reader) => matterMail(around, reader, matter), notice.importId))
  await notices.markTold(ctx, [notice.id], isSent ? 'ALONE' : 'NOT_WANTED')
}

/** Everything that waits, in one mail. */
export async function tellTogether(runtime: Runtime, organisationId: string): Promise<void> {
  await runtime.write(organisationId, systemCaller, async (ctx) => {
    await notices.lockNotices(ctx)
    const waiting = await notices.untoldNotices(ctx, mattersMax)
    if (waiting.length === 0) return
    const matters = await mattersOf(ctx, waiting)
    const isSent =
      matters.length > 0 &&
      (await mailAll(ctx, runtime.config, (around, reader) => togetherMail(around, reader, matters), null))
    await notices.markTold(
      ctx,
      waiting.map(({ id }) => id),
      isSent ? 'TOGETHER' : 'NOT_WANTED',
    )
    // More than one mail can hold: the rest has its own, as late as if it came now.
    if (waiting.length === mattersMax)
      await ctx.setTimer({
        kind: togetherTimer,
        subjectId: organisationId,
        dueAt: new Date(ctx.now.getTime() + sameMatterMs),
        orEarlier: true,
      })
  })
}

/** With the runs as they are now. What was held and is not any more needs nobody. */
async function mattersOf(ctx: WriteContext, of: readonly Notice[]): Promise<Matter[]> {
  const runs = new Map<string, ImportRun>()
  for (const { importId } of of) {
    const run = importId === null || runs.has(importId) ? undefined : await store.servedRun(ctx, importId)
    if (run) runs.set(run.id, run)
  }
  return of
    .map((notice) => ({
      notice,
      run: notice.importId === null ? null : (runs.get(notice.importId) ?? null),
    }))
    .filter(({ notice, run }) => notice.kind !== 'HELD' || run?.status === 'HELD')
}

async function readersOf(
  ctx: WriteContext,
  extra: readonly string[],
): Promise<(Reader & { email: string })[]> {
  const users: readonly Addressee[] = await usersWhoMay(ctx, 'import', 'UPDATE')
  const known = new Set(users.map(({ email }) => email.toLowerCase()))
  const others = extra.filter((email) => !known.has(email.toLowerCase()))
  return [...others.map((email) => ({ email, displayName: undefined })), ...users].slice(0, readersMax)
}

/** False when nobody wants it. */
async function mailAll(
  ctx: WriteContext,
  config: Config,
  contentFor: (around: Surroundings, reader: Reader) => MailContent,
  importId: string | null,
): Promise<boolean> {
  const settings = await settingsOf(ctx)
  const extra = settings['import.notify']
  if (extra.includes('off')) return false
  const around: Surroundings = {
    organisation: await organisationName(ctx),
    timeZone: settings['timeZone'],
    publicUrl: publicUrlOf(config),
    heldDays: settings['import.heldDays'],
    missingHours: settings['import.missingHours'],
  }
  const readers = await readersOf(ctx, extra)
  for (const reader of readers)
    await queueMail(ctx, {
      ...contentFor(around, reader),
      to: reader.email,
      ...(importId === null ? {} : { about: { type: 'import', id: importId } }),
    })
  return readers.length > 0
}

/** What was told that long ago is forgotten, some of it at a time. False when nothing was left. */
export async function forgetNotices(
  runtime: Runtime,
  organisationId: string,
  before: Date,
): Promise<boolean> {
  const forgotten = await runtime.write(organisationId, systemCaller, (ctx) =>
    notices.deleteToldBefore(ctx, before, 1_000),
  )
  return forgotten > 0
}
