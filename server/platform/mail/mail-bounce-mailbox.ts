/**
 * The mailbox to which mail servers send back what they could not deliver, over IMAP (RFC 3501).
 *
 * Its address is the operator's own setting, like that of the mail server, and may be an inner one; the password goes
 * over TLS, or to this machine itself. Time and size of a look are bounded. Whatever is no report is left as it was found,
 * unread: the mailbox may be a person's too.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { ImapFlow, MessageStructureObject } from 'imapflow'
import type { MailboxAddress } from './mail-bounce-address.ts'
import { isReportType } from './mail-bounce-report.ts'

const stepMs = 20_000
const lookMs = 60_000
/** A report without the body that it repeats is some kilobytes. */
const reportBytesMax = 262_144
const unreadPerLook = 500
/** On what was looked at and is not ours, where the server keeps words of others than its own (RFC 3501, 2.3.2). */
const lookedAt = 'VouchsafeLookedAt'

/**
 * Gives the reports that nobody has read to `handle`, oldest first. Those that it knows what to do with (true) are marked as
 * read after that, so that a crash in between shows them once more.
 * @returns how many it knew
 * @throws what keeps the mailbox from being read, in words without the password
 */
export async function readReports(
  address: MailboxAddress,
  handle: (message: Buffer) => Promise<boolean>,
): Promise<number> {
  // Few installations have such a mailbox, and every command would load it.
  const imap = await import('imapflow')
  const client = new imap.ImapFlow({
    host: address.host,
    port: address.port,
    secure: address.isSecure,
    ...(address.isSecure ? {} : { doSTARTTLS: !address.isLoopback }),
    auth: { user: address.user, pass: address.password },
    logger: false,
    disableAutoIdle: true,
    connectionTimeout: stepMs,
    greetingTimeout: stepMs,
    socketTimeout: stepMs,
  })
  // Whatever ends the connection ends the call that waits on it as well.
  client.on('error', () => {})
  const end = new AbortController()
  const tooLong = sleep(lookMs, undefined, { signal: end.signal }).then(() => {
    throw new Error(`not done within ${lookMs / 1_000} seconds`)
  })
  tooLong.catch(() => {})
  try {
    return await Promise.race([look(client, address.mailbox, handle), tooLong])
  } catch (error) {
    throw new Error(faultOf(error), { cause: error })
  } finally {
    end.abort()
    client.close()
  }
}

function faultOf(error: unknown): string {
  const { code, responseText, authenticationFailed, message } = error as {
    code?: string
    responseText?: string
    authenticationFailed?: boolean
    message: string
  }
  if (authenticationFailed) return 'the user name or password is refused'
  return [code, responseText ?? message].filter((part) => part !== undefined).join(' ')
}

function holdsReport({ type, childNodes = [] }: MessageStructureObject): boolean {
  return isReportType(type) || childNodes.some(holdsReport)
}

async function look(
  client: ImapFlow,
  mailbox: string,
  handle: (message: Buffer) => Promise<boolean>,
): Promise<number> {
  await client.connect()
  await client.mailboxOpen(mailbox)
  const found = await client.search({ seen: false, unKeyword: lookedAt }, { uid: true })
  const uids = (found || []).sort((left, right) => right - left).slice(0, unreadPerLook)
  if (uids.length === 0) return 0
  // By what they are made of, since not every server's report says at its top that it is one (OpenSMTPD's does not). What
  // people write there is not even fetched.
  const reports: number[] = []
  for await (const { uid, bodyStructure } of client.fetch(uids, { bodyStructure: true }, { uid: true }))
    if (bodyStructure && holdsReport(bodyStructure)) reports.push(uid)
  let known = 0
  for (const uid of reports.sort((left, right) => left - right)) {
    const message = await client.fetchOne(
      String(uid),
      { source: { maxLength: reportBytesMax } },
      { uid: true },
    )
    // Somebody else took it away.
    if (!message || message.source === undefined) continue
    const isKnown = await handle(message.source)
    await client.messageFlagsAdd(String(uid), [isKnown ? '\\Seen' : lookedAt], { uid: true })
    if (isKnown) known += 1
  }
  await client.logout()
  return known
}
