/**
 * What was sent and came back: told by reports in a mailbox (BOUNCE_IMAP_URL), or by the mail provider's hook (POST
 * /mail-events). A mail that is given back for good has failed, once, whoever tells it and how often.
 */
import { systemCaller } from '../context.ts'
import type { Runtime } from '../runtime.ts'
import { mailboxAddress } from './mail-bounce-address.ts'
import { readReports } from './mail-bounce-mailbox.ts'
import { readBounceReport, withoutAddresses } from './mail-bounce-report.ts'
import type { MailParts } from './mail-definition.ts'
import { messageIdOf } from './mail-message.ts'
import * as store from './mail.store.ts'

export const bounceJob = 'mail.lookForBounces'

/** Each organisation that has sent asks so often; the mailbox, which is one for all, is looked at no oftener. */
export const lookEveryMs = 300_000
/** Mail servers try for four or five days before they give up (RFC 5321, 4.5.4.1). */
const expectedForMs = 7 * 86_400_000

export interface Bounce {
  /** As it was sent, with or without angle brackets. */
  readonly messageId: string
  readonly detail: string
  /** It will not arrive; else somebody still tries. */
  readonly isPermanent: boolean
}

/** Whether it was about a mail of ours, known before or not. Another system's Message-ID changes nothing. */
export async function settleBounce(runtime: Runtime, parts: MailParts, bounce: Bounce): Promise<boolean> {
  const messageId = `<${bounce.messageId.trim().replace(/^<|>$/g, '')}>`
  const mail = await store.unscopedMailOf(runtime.db, messageId)
  if (!mail) return false
  if (!bounce.isPermanent) return true
  const detail = withoutAddresses(`bounced: ${bounce.detail}`)
  await runtime.write(mail.organisationId, systemCaller, async (ctx) => {
    const row = await store.noteBounce(ctx, mail.id, detail)
    if (!row) return
    const definition = parts.definitions.find(({ kind }) => kind === row.kind)
    await definition?.onFailed?.(ctx, store.ofKind(row), detail)
  })
  return true
}

/** A message of the mailbox; whether it is a report about a mail of ours, and was noted. */
async function handle(runtime: Runtime, parts: MailParts, message: Buffer): Promise<boolean> {
  const report = await readBounceReport(message)
  if (!report) return false
  const { envelopeId, detail, isPermanent } = report
  const messageIds = [
    report.messageId,
    envelopeId !== null && /^mail_\w+$/.test(envelopeId) ? messageIdOf(runtime.config, envelopeId) : null,
  ]
  for (const messageId of messageIds)
    if (messageId !== null && (await settleBounce(runtime, parts, { messageId, detail, isPermanent })))
      return true
  return false
}

/** The job: looks at the mailbox, unless another did just now, and comes again while something may come back. */
export async function lookForBounces(
  runtime: Runtime,
  parts: MailParts,
  organisationId: string,
): Promise<void> {
  const { config, clock, db, log } = runtime
  const url = config.bounceImapUrl
  if (url === null) return
  await db.withLock('mail:bounces', async () => {
    const last = await store.lastLook(db)
    const ago = last ? clock.now().getTime() - last.at.getTime() : lookEveryMs
    // A sandbox's clock may have been set back.
    if (ago >= 0 && ago < lookEveryMs) return
    let fault: string | null = null
    try {
      const known = await readReports(mailboxAddress(url), (message) => handle(runtime, parts, message))
      if (known > 0) log.info({ known }, 'mails came back')
    } catch (error) {
      fault = (error as Error).message
      log.warn({ detail: fault }, 'the mailbox of BOUNCE_IMAP_URL cannot be read')
    }
    await store.noteLook(db, clock.now(), fault)
  })
  await runtime.write(organisationId, systemCaller, async (ctx) => {
    const since = new Date(ctx.now.getTime() - expectedForMs)
    if (await store.hasSentSince(ctx, since))
      await ctx.setTimer({
        kind: bounceJob,
        subjectId: organisationId,
        dueAt: new Date(ctx.now.getTime() + lookEveryMs),
        orEarlier: true,
      })
  })
}

/** What kept the mailbox from being read when it was looked at last; undefined = nothing, or there is none. */
export async function bounceFault(runtime: Runtime): Promise<string | undefined> {
  if (runtime.config.bounceImapUrl === null) return undefined
  return (await store.lastLook(runtime.db))?.fault ?? undefined
}
