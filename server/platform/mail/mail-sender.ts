/**
 * How mail leaves: through a mail server (SMTP_URL), or not at all, so that it is read in the outbox.
 */
import { createTransport } from 'nodemailer'

export interface Message {
  readonly messageId: string
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string | null
}

/** What the mail server answered, without anybody's address. */
export interface Refusal {
  readonly isForGood: boolean
  readonly detail: string
}

export interface MailSender {
  /** Whether there is no mail server: mail stays in the outbox. */
  readonly isOutbox: boolean
  /** Undefined when the mail server took it. */
  send(message: Message): Promise<Refusal | undefined>
  /** What keeps the mail server from taking mail now, if anything does. */
  fault(): Promise<string | undefined>
  close(): void
}

export const outboxSender: MailSender = {
  isOutbox: true,
  send: () => Promise.reject(new Error('there is no mail server')),
  fault: () => Promise.resolve(undefined),
  close: () => {},
}

interface SmtpFault {
  readonly code?: string
  readonly responseCode?: number
  readonly command?: string
}

function refusalOf(error: unknown): Refusal {
  const { code = 'ERROR', responseCode, command } = error as SmtpFault
  return {
    // RFC 5321, section 4.2.1: 5yz is permanent. A wrong password is the operator's to mend: the mail waits.
    isForGood: responseCode !== undefined && responseCode >= 500 && code !== 'EAUTH',
    detail: [code, responseCode, command].filter((part) => part !== undefined).join(' '),
  }
}

const waitMs = 20_000

/** @param from the sender that people see, `Name <address>` */
export function smtpSender(url: string, from: string): MailSender {
  const transport = createTransport(
    {
      url,
      pool: true,
      maxConnections: 4,
      connectionTimeout: waitMs,
      greetingTimeout: waitMs,
      socketTimeout: waitMs * 3,
      // A text of ours is only ever a text: nothing in it opens a file or an address.
      disableFileAccess: true,
      disableUrlAccess: true,
    } as Parameters<typeof createTransport>[0],
    { from },
  )
  transport.on('error', () => {})
  return {
    isOutbox: false,
    send: async ({ messageId, to, subject, text, html }) => {
      try {
        await transport.sendMail({
          messageId,
          // As an object: nothing in the address is read as a list or a header.
          to: { name: '', address: to },
          subject,
          text,
          ...(html === null ? {} : { html }),
          // RFC 3834: nobody's absence note is to answer.
          headers: { 'Auto-Submitted': 'auto-generated' },
        })
        return undefined
      } catch (error) {
        return refusalOf(error)
      }
    },
    fault: async () => {
      try {
        await transport.verify()
        return undefined
      } catch (error) {
        return refusalOf(error).detail
      }
    },
    close: () => transport.close(),
  }
}
