/** What mails about a request say, and what becomes of the request when the mail server has taken or refused one. */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { wallClock } from '../../platform/local-date.ts'
import type { MailOfKind } from '../../platform/mail/mail.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { mailIdentity, organisationName, settingsOf } from '../../tenancy/organisations/organisations.ts'
import { catalogueOf } from '../../workforce/credential-types/credential-types.ts'
import { getWorker } from '../../workforce/workers/workers.ts'
import { urlOf } from './fetch-requests.change.ts'
import { itemsOf } from './fetch-requests.items.store.ts'
import { isWrittenTo, type RequestRow } from './fetch-requests.schema.ts'
import { isOpen } from './fetch-requests.states.rules.ts'
import { findRequest, insertHistory, lockRequest, updateRequest } from './fetch-requests.store.ts'
import { setTimersAnew, transition } from './fetch-requests.transition.ts'

/** What a mail needs to know. */
export interface MailFacts {
  readonly organisation: string
  readonly firstName: string
  readonly message: string | null
  readonly url: string
  /** In words, in the organisation's zone. */
  readonly until: string
  readonly replyTo: string | null
  /** Names of what is asked for, of what is not supplied yet, and what was sent back, with the reason. */
  readonly asked: readonly string[]
  readonly waiting: readonly string[]
  readonly sentBack: readonly { readonly name: string; readonly reason: string }[]
}

/** Of which generation of the link a mail tells: the one that its cause names. */
const generationOf = ({ cause }: MailOfKind): number => Number(/:g(\d+)/.exec(cause)?.[1] ?? 0)

const isStillToSend = (row: RequestRow | undefined, mail: MailOfKind, now: Date): row is RequestRow =>
  row !== undefined &&
  row.deletedAt === null &&
  row.lockedAt === null &&
  isWrittenTo(row) &&
  isOpen(row.status) &&
  row.tokenExpiresAt > now &&
  row.generation === generationOf(mail)

/**
 * Null when the mail is no longer to be sent: the request is closed or deleted, its link was replaced or has run out, or the
 * worker is inactive or deleted by now.
 */
export async function mailContents(
  ctx: ReadContext,
  runtime: Runtime,
  mail: MailOfKind,
): Promise<MailFacts | null> {
  const row = await findRequest(ctx, mail.about.id)
  if (!isStillToSend(row, mail, ctx.now)) return null
  const { types } = await catalogueOf(ctx)
  const items = await itemsOf(ctx, row.id)
  const { timeZone } = await settingsOf(ctx)
  const worker = await getWorker(ctx, row.workerId)
  const { firstName, displayName } = worker.attributes.identity
  const nameOf = (code: string): string => types.get(code)?.name ?? code
  const asked = items.filter(({ isAlternative }) => !isAlternative)
  const isWaiting = ({ state }: (typeof items)[number]): boolean => state === 'OPEN' || state === 'SENT_BACK'
  const { date, time } = wallClock(row.tokenExpiresAt, timeZone)
  const [year, month, day] = date.split('-').map(Number) as [number, number, number]
  const longDay = new Intl.DateTimeFormat('en-AU', { dateStyle: 'full', timeZone: 'UTC' }).format(
    Date.UTC(year, month - 1, day),
  )
  return {
    organisation: await organisationName(ctx),
    firstName: firstName ?? displayName,
    message: row.message,
    url: await urlOf(runtime, ctx, row),
    until: `${longDay}, ${time.slice(0, 5)}`,
    replyTo: (await mailIdentity(ctx)).replyTo,
    asked: asked.map(({ credentialType }) => nameOf(credentialType)),
    waiting: (asked.some(isWaiting) ? asked.filter(isWaiting) : asked).map(({ credentialType }) =>
      nameOf(credentialType),
    ),
    sentBack: items.flatMap(({ state, credentialType, sentBackReason }) =>
      state === 'SENT_BACK' ? [{ name: nameOf(credentialType), reason: sentBackReason ?? '' }] : [],
    ),
  }
}

/** The mail server has it: INITIATED becomes SENT, and the time to the next reminder runs from now. */
export async function noteMailTaken(ctx: WriteContext, mail: MailOfKind): Promise<void> {
  const row = await lockRequest(ctx, mail.about.id)
  if (!row || row.deletedAt !== null || row.generation !== generationOf(mail)) return
  await transition(ctx, row.id, 'MAIL_ACCEPTED', () => ({ lastMailAt: ctx.now, deliveryProblem: null }))
  const now = await findRequest(ctx, row.id)
  if (now) await setTimersAnew(ctx, now)
}

/** It will not arrive: the request says so and stays as it is; whoever watches is told. */
export async function noteDeliveryProblem(
  ctx: WriteContext,
  mail: MailOfKind,
  detail: string,
): Promise<void> {
  const row = await lockRequest(ctx, mail.about.id)
  if (!row || row.generation !== generationOf(mail)) return
  await updateRequest(ctx, row.id, { deliveryProblem: detail.slice(0, 500) })
  await insertHistory(ctx, row.id, {
    cause: 'DELIVERY_FAILED',
    from: row.status,
    to: row.status,
    facts: { mailId: mail.id },
  })
  await ctx.emit({
    type: 'fetchRequest.deliveryFailed',
    data: { fetchRequestId: row.id, workerId: row.workerId },
  })
}
