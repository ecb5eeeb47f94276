/**
 * A mail's content under its organisation's key, and the message that goes over the wire.
 *
 * The message is made once and kept until its end is known: what is repeated is repeated byte for byte, also by another
 * version of the library that made it.
 */
import { createTransport } from 'nodemailer'
import type { Config } from '../config.ts'
import { unwrapKey, wrapKey } from '../secrets.ts'
import type { MailContent, MailIdentity } from './mail-definition.ts'

/** Whose a sealed text is: it opens in its own row only. */
export interface SealPlace {
  /** The organisation's data key. */
  readonly key: Buffer
  readonly organisationId: string
  readonly mailId: string
}

const purposeOf = (what: 'content' | 'message', { organisationId, mailId }: SealPlace): string =>
  `mail ${what}:${organisationId}:${mailId}`

export function sealContent(place: SealPlace, { subject, text, html }: MailContent): Buffer {
  return wrapKey(place.key, purposeOf('content', place), Buffer.from(JSON.stringify({ subject, text, html })))
}

/** What `sealContent` sealed. Refuses (SETTING_INVALID) what it did not, or of another row. */
export function openContent(place: SealPlace, sealed: Buffer): MailContent {
  return JSON.parse(unwrapKey(place.key, purposeOf('content', place), sealed).toString()) as MailContent
}

export function sealMessage(place: SealPlace, message: Buffer): Buffer {
  return wrapKey(place.key, purposeOf('message', place), message)
}

export function openMessage(place: SealPlace, sealed: Buffer): Buffer {
  return unwrapKey(place.key, purposeOf('message', place), sealed)
}

/** With its angle brackets. Of the same mail always the same, whoever sends it. */
export function messageIdOf({ publicUrl, mailFrom }: Config, mailId: string): string {
  const domain =
    publicUrl === null ? (/@([^\s>]+)>?$/.exec(mailFrom)?.[1] ?? 'localhost') : new URL(publicUrl).hostname
  return `<${mailId}@${domain}>`
}

export interface Envelope {
  /** With its angle brackets. */
  readonly messageId: string
  readonly date: Date
  /** The address that it is sent from. */
  readonly from: string
  readonly to: string
  readonly identity: MailIdentity
}

const composer = createTransport({
  streamTransport: true,
  buffer: true,
  newline: 'windows',
  disableFileAccess: true,
  disableUrlAccess: true,
} as Parameters<typeof createTransport>[0])

/** The message (RFC 5322), as text and, where there is one, as HTML beside it (RFC 2046, 5.1.4). No tracking of any kind. */
export async function composeMessage(
  { messageId, date, from, to, identity }: Envelope,
  { subject, text, html }: MailContent,
): Promise<Buffer> {
  const { message } = (await composer.sendMail({
    messageId,
    date,
    // As objects: nothing in a name or address is read as a list or a header.
    from: { name: identity.name, address: from },
    to: { name: '', address: to },
    ...(identity.replyTo === null ? {} : { replyTo: { name: '', address: identity.replyTo } }),
    subject,
    text,
    ...(html === null ? {} : { html }),
    // RFC 3834: nobody's absence note is to answer.
    headers: { 'Auto-Submitted': 'auto-generated' },
    xMailer: false,
  } as Parameters<typeof composer.sendMail>[0])) as unknown as { message: Buffer }
  return message
}
