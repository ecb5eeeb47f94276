/**
 * One attempt at a mail: asked for what it says now, written down, handed over, and its end noted.
 *
 * A crash at any point leaves a row that the job, which runs again, goes on from. Before the hand-over the row holds the very
 * bytes and that they may have arrived, so a process that dies between the mail server's yes and its noting repeats the same
 * message and not another one (mail-sender.ts says why it must be repeated).
 */
import { systemCaller, type WriteContext } from '../context.ts'
import type { Runtime } from '../runtime.ts'
import type { MailContent, MailDefinition, MailParts } from './mail-definition.ts'
import {
  composeMessage,
  messageIdOf,
  openContent,
  openMessage,
  sealContent,
  sealMessage,
  type SealPlace,
} from './mail-message.ts'
import { addressOf, type Refusal } from './mail-sender.ts'
import { bounceJob, lookEveryMs } from './mail-bounces.ts'
import { deliverJob, isSubject } from './mail.ts'
import * as store from './mail.store.ts'

/** Waits before the second attempt and those after it; then the mail has failed. */
const waitsMs = [60_000, 300_000, 1_800_000, 7_200_000, 21_600_000, 43_200_000]
/** When the mail server is so slow that its places are taken. */
const busyWaitMs = 30_000

export const contentDays = 14
const contentMs = contentDays * 86_400_000
export const clearJob = 'mail.clear'

const clearAt = (writtenAt: Date): Date => new Date(writtenAt.getTime() + contentMs)

/** What it says now; null = it is not to be sent. */
async function contentOf(
  ctx: WriteContext,
  runtime: Runtime,
  { definition, place }: { readonly definition: MailDefinition | undefined; readonly place: SealPlace },
  row: store.QueuedMail,
): Promise<MailContent | null> {
  if (definition) {
    const content = await definition.render(ctx, runtime, store.ofKind(row))
    if (content && !isSubject(content.subject))
      throw new Error(`the definition of ${row.kind} gives no subject of one line`)
    return content
  }
  if (row.sealedContent) return openContent(place, row.sealedContent)
  if (row.openText !== null) return { subject: row.subject ?? '', text: row.openText, html: row.openHtml }
  throw new Error(`mails of the kind ${row.kind} are rendered when sent, and nothing here renders them`)
}

/** What is to be done with a mail after it was looked at: `taken` = only its end is to be noted. */
type Step =
  | { readonly todo: 'nothing' | 'taken' }
  | {
      readonly todo: 'send'
      readonly to: string
      readonly message: Buffer
      readonly attempts: number
      readonly mayHaveArrived: boolean
    }

async function prepare(ctx: WriteContext, runtime: Runtime, parts: MailParts, id: string): Promise<Step> {
  const row = await store.lockQueued(ctx, id)
  if (!row) return { todo: 'nothing' }
  if (row.isTaken) return { todo: 'taken' }
  const definition = parts.definitions.find(({ kind }) => kind === row.kind)
  const place: SealPlace = { key: await ctx.key(), organisationId: ctx.organisationId, mailId: id }
  const content = await contentOf(ctx, runtime, { definition, place }, row)
  if (!content) {
    await store.noteEnd(ctx, id, { status: 'CANCELLED', lastError: null })
    return { todo: 'nothing' }
  }
  if (runtime.mail.isOutbox) {
    const sealed = sealContent(place, content)
    await noteDelivered(ctx, definition, row, {
      status: 'OUTBOX',
      lastError: null,
      content: { subject: content.subject, sealed },
    })
    return { todo: 'nothing' }
  }
  const attempt = { todo: 'send', to: row.to, attempts: row.attempts } as const
  if (row.mayHaveArrived && row.sealedMessage) {
    await store.noteRepeat(ctx, id)
    return { ...attempt, message: openMessage(place, row.sealedMessage), mayHaveArrived: true }
  }
  const messageId = row.messageId ?? messageIdOf(runtime.config, id)
  const message = await composeMessage(
    {
      messageId,
      date: ctx.now,
      from: addressOf(runtime.config.mailFrom),
      to: row.to,
      identity: await parts.identityOf(ctx),
    },
    content,
  )
  await store.noteAttempt(ctx, id, {
    subject: content.subject,
    sealedContent: sealContent(place, content),
    sealedMessage: sealMessage(place, message),
    messageId,
  })
  return { ...attempt, message, mayHaveArrived: false }
}

async function noteDelivered(
  ctx: WriteContext,
  definition: MailDefinition | undefined,
  row: Parameters<typeof store.ofKind>[0],
  ending: store.Ending,
): Promise<void> {
  if (!(await store.noteEnd(ctx, row.id, ending))) return
  await definition?.onSent?.(ctx, store.ofKind(row))
  await ctx.setTimer({
    kind: clearJob,
    subjectId: ctx.organisationId,
    dueAt: clearAt(ctx.now),
    orEarlier: true,
  })
}

async function noteTaken(ctx: WriteContext, runtime: Runtime, parts: MailParts, id: string): Promise<void> {
  const row = await store.lockQueued(ctx, id)
  // Somebody gave it back meanwhile: it has failed.
  if (!row) return
  const definition = parts.definitions.find(({ kind }) => kind === row.kind)
  await noteDelivered(ctx, definition, row, { status: 'SENT', lastError: null })
  if (runtime.config.bounceImapUrl !== null)
    await ctx.setTimer({
      kind: bounceJob,
      subjectId: ctx.organisationId,
      dueAt: new Date(ctx.now.getTime() + lookEveryMs),
      orEarlier: true,
    })
}

async function noteRefused(
  ctx: WriteContext,
  parts: MailParts,
  id: string,
  attempt: { readonly refusal: Refusal; readonly attempts: number; readonly mayHaveArrived: boolean },
): Promise<void> {
  const { refusal, attempts } = attempt
  const row = await store.lockQueued(ctx, id)
  if (!row) return
  const waitMs = waitsMs[attempts]
  if (!refusal.isForGood && waitMs !== undefined) {
    await store.notePutOff(ctx, id, {
      // What may have arrived once may have for ever.
      mayHaveArrived: attempt.mayHaveArrived || refusal.mayHaveArrived,
      lastError: refusal.detail,
    })
    await ctx.setTimer({
      kind: deliverJob,
      subjectId: id,
      dueAt: new Date(ctx.now.getTime() + waitMs),
    })
    return
  }
  const detail = attempt.mayHaveArrived
    ? `${refusal.detail} (an earlier attempt had no answer and may have arrived)`
    : refusal.detail
  if (!(await store.noteEnd(ctx, id, { status: 'FAILED', lastError: detail }))) return
  const definition = parts.definitions.find(({ kind }) => kind === row.kind)
  await definition?.onFailed?.(ctx, store.ofKind(row), detail)
  await ctx.setTimer({
    kind: clearJob,
    subjectId: ctx.organisationId,
    dueAt: clearAt(ctx.now),
    orEarlier: true,
  })
}

/** One attempt at a mail that waits; nothing for one that does not, or that another process is at. */
export async function deliverMail(
  runtime: Runtime,
  parts: MailParts,
  organisationId: string,
  id: string,
): Promise<void> {
  const write = <T>(work: (ctx: WriteContext) => Promise<T>): Promise<T> =>
    runtime.write(organisationId, systemCaller, work)
  const giveBack = await runtime.mail.place()
  if (!giveBack) {
    await write((ctx) =>
      ctx.setTimer({
        kind: deliverJob,
        subjectId: id,
        dueAt: new Date(ctx.now.getTime() + busyWaitMs),
      }),
    )
    return
  }
  try {
    await runtime.db.withLock(`mail:${id}`, async () => {
      const step = await write((ctx) => prepare(ctx, runtime, parts, id))
      if (step.todo === 'nothing') return
      const refusal =
        step.todo === 'send' ? await runtime.mail.send({ id, to: step.to, message: step.message }) : undefined
      if (refusal && step.todo === 'send') {
        runtime.log.warn({ mail: id, detail: refusal.detail }, 'mail not taken')
        await write((ctx) => noteRefused(ctx, parts, id, { ...step, refusal }))
        return
      }
      try {
        await write((ctx) => noteTaken(ctx, runtime, parts, id))
      } catch (error) {
        // It is with the mail server, whatever cannot be done about it now: this job runs again, and sends nothing.
        await write((ctx) => store.noteTaken(ctx, id))
        throw error
      }
    })
  } finally {
    giveBack()
  }
}

/** Takes away what is older than it may become, and comes again for what stays. */
export async function clearContent(runtime: Runtime, organisationId: string): Promise<void> {
  await runtime.write(organisationId, systemCaller, async (ctx) => {
    const oldest = await store.clearContent(ctx, new Date(ctx.now.getTime() - contentMs))
    if (oldest)
      await ctx.setTimer({
        kind: clearJob,
        subjectId: organisationId,
        dueAt: clearAt(oldest),
        orEarlier: true,
      })
  })
}
