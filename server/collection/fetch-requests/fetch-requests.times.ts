/** What a request sets off by time, and the mails that it causes. */
import type { Timer } from '../../platform/context.ts'
import { wallClock } from '../../platform/local-date.ts'
import { instantOf, nextDaily } from '../../platform/zoned-time.ts'
import type { RenderedMail } from '../../platform/mail/mail.ts'
import type { OrganisationSettings } from '../../tenancy/organisations/organisations.ts'

export const expiryTimer = 'fetchRequest.expire'
export const reminderTimer = 'fetchRequest.remind'

const dayMs = 86_400_000
const opensAt = '08:00:00'
const closesAt = '18:00:00'

/** Automatic mails leave between 08:00 and 18:00 of the organisation (spec 30): this instant, or when the next such time begins. */
export function inOfficeHours(at: Date, timeZone: string): Date {
  const { date, time } = wallClock(at, timeZone)
  if (time < opensAt) return instantOf(date, opensAt, timeZone)
  return time >= closesAt ? nextDaily(at, opensAt, timeZone) : at
}

interface Timed {
  readonly id: string
  readonly tokenExpiresAt: Date
  readonly lastMailAt: Date | null
  readonly issuedAt: Date
  readonly channel: 'EMAIL' | 'LINK'
}

/** When the worker is to be reminded, if nothing happens before. */
export function reminderDueAt(
  { lastMailAt, issuedAt }: Pick<Timed, 'lastMailAt' | 'issuedAt'>,
  settings: OrganisationSettings,
): Date {
  const last = lastMailAt !== null && lastMailAt > issuedAt ? lastMailAt : issuedAt
  return inOfficeHours(
    new Date(last.getTime() + settings['fetchRequest.reminderDays'] * dayMs),
    settings.timeZone,
  )
}

/** The timers of an open request. */
export function timersOf(request: Timed, settings: OrganisationSettings): Timer[] {
  const expiry = { kind: expiryTimer, subjectId: request.id, dueAt: request.tokenExpiresAt }
  if (request.channel === 'LINK' || settings['fetchRequest.remindersMax'] === 0) return [expiry]
  return [expiry, { kind: reminderTimer, subjectId: request.id, dueAt: reminderDueAt(request, settings) }]
}

const mail = (kind: string, id: string, to: string, cause: string): RenderedMail => ({
  kind,
  to,
  about: { type: 'fetchRequest', id },
  cause: `${id}:${cause}`,
})

/** One for each generation of the link. */
export const invitationOf = (id: string, generation: number, to: string): RenderedMail =>
  mail('fetchRequest.invitation', id, to, `g${generation}`)

/** @param count of this generation, from 1 */
export const reminderOf = (id: string, generation: number, count: number, to: string): RenderedMail =>
  mail('fetchRequest.reminder', id, to, `g${generation}:${count}`)

/** @param at when it was sent back: once for each time */
export const sentBackMailOf = (id: string, generation: number, at: Date, to: string): RenderedMail =>
  mail('fetchRequest.sentBack', id, to, `g${generation}:${at.toISOString()}`)
