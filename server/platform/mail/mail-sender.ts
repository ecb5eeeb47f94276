/**
 * How mail leaves: through a mail server (SMTP_URL), or not at all, so that it is read in the outbox.
 *
 * What SMTP promises, and what not. A reply to the end of DATA is a decision: 2yz says that the server has the message and
 * answers for it, 4yz and 5yz that it has not (RFC 5321, 4.2.1 and 6.1). Without that reply nobody knows: the server may
 * have kept the message before the connection broke (RFC 1047). So such an attempt `mayHaveArrived`; the mail is neither
 * given up, which could lose it, nor written anew, which could double it, but repeated byte for byte with the same
 * Message-ID, by which mailboxes know it for the same. Exactly once is not to be had from this protocol; this is at least once
 * towards the server, with one message for whoever counts Message-IDs.
 */
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { createTransport } from 'nodemailer'

/** A message as it goes over the wire. */
export interface Handover {
  /** The mail's id: the envelope's id, which reports of its delivery repeat (RFC 3461, 4.4). */
  readonly id: string
  readonly to: string
  /** RFC 5322, with CRLF. */
  readonly message: Buffer
}

/** What the mail server answered, without anybody's address. */
export interface Refusal {
  readonly isForGood: boolean
  /** No answer tells whether it was kept. */
  readonly mayHaveArrived: boolean
  readonly detail: string
}

export interface MailSender {
  /** Whether there is no mail server: mail stays in the outbox. */
  readonly isOutbox: boolean
  /** The address that mail is sent from: of the envelope, where reports of its delivery go, and of the header. */
  readonly address: string
  /**
   * A place for one message, given back by what it resolves to; undefined when none came free in time, since the mail
   * server is slow: then others who wait for this process's workers go first.
   */
  place(): Promise<(() => void) | undefined>
  /** Undefined when the mail server took it. */
  send(handover: Handover): Promise<Refusal | undefined>
  /** What keeps the mail server from taking mail now, if anything does. */
  fault(): Promise<string | undefined>
  close(): void
}

/** `Name <address>` or the address alone, as MAIL_FROM has it. */
export const addressOf = (mailFrom: string): string => /<([^<>]+)>$/.exec(mailFrom)?.[1] ?? mailFrom

const nothing = (): void => {}

/** Without a mail server. */
export const outboxSender: MailSender = {
  isOutbox: true,
  address: 'no-reply@localhost',
  place: () => Promise.resolve(nothing),
  send: () => Promise.reject(new Error('there is no mail server')),
  fault: () => Promise.resolve(undefined),
  close: nothing,
}

/** How long a mail server is waited for, in milliseconds. */
export interface Patience {
  readonly connectMs: number
  /** From the beginning to the message's last byte: giving up before that is safe, nothing was handed over. */
  readonly untilDataMs: number
  /**
   * For the reply to the message. RFC 5321, 4.5.3.2.6: ten minutes, since giving up earlier doubles what a slow server takes
   * (RFC 1047).
   */
  readonly replyMs: number
  /** For a place among those that are sent at once. */
  readonly placeMs: number
}
const patient: Patience = { connectMs: 20_000, untilDataMs: 60_000, replyMs: 600_000, placeMs: 5_000 }

/** A server that hangs holds so many of a process's workers, and not all. */
const atOnceMax = 2

interface SmtpFault {
  readonly code?: string
  readonly responseCode?: number
  readonly command?: string
}

/** Before a message can have been handed over: nobody was reached, or let in. */
const isBeforehand = (code: string): boolean =>
  ['EDNS', 'EAUTH', 'ETLS', 'EOAUTH2', 'EPROXY', 'ECONNREFUSED'].includes(code)

function refusalOf(error: unknown, wasHandedOver: boolean): Refusal {
  const { code = 'ERROR', responseCode, command } = error as SmtpFault
  const isAnswered = typeof responseCode === 'number' && responseCode >= 400
  return {
    // RFC 5321, section 4.2.1: 5yz is permanent. What it says of this server or of its password (RFC 4954, 6), and not of
    // this mail, is the operator's to mend: the mail waits.
    isForGood:
      isAnswered &&
      responseCode >= 500 &&
      ![530, 534, 535, 538].includes(responseCode) &&
      /^(MAIL|RCPT|DATA)/.test(command ?? ''),
    mayHaveArrived: wasHandedOver && !isAnswered && !isBeforehand(code),
    detail: [code, isAnswered ? responseCode : undefined, command]
      .filter((part) => part !== undefined)
      .join(' '),
  }
}

/** The part of the transport's message that it sends from. */
interface Sendable {
  createReadStream(): Readable
}

/** The message as a stream that tells when all of it was asked for: that is when it can have arrived. */
function streamOf(message: Buffer, onHandover: () => void): Readable {
  let isGiven = false
  return new Readable({
    read() {
      if (isGiven) return
      isGiven = true
      onHandover()
      this.push(message)
      this.push(null)
    },
  })
}

/**
 * @param url `smtp[s]://user:password@host:port`
 * @param from the sender, `Name <address>`
 */
export function smtpSender(url: string, from: string, patience: Patience = patient): MailSender {
  const address = addressOf(from)
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: atOnceMax,
    // What is tried again is asked about first, and so by us. Once, for a connection that was idle too long.
    maxRequeues: 1,
    connectionTimeout: patience.connectMs,
    greetingTimeout: patience.connectMs,
    socketTimeout: patience.replyMs,
    // A text of ours is only ever a text: nothing in it opens a file or an address.
    disableFileAccess: true,
    disableUrlAccess: true,
  } as Parameters<typeof createTransport>[0])
  transport.on('error', nothing)
  const streams = new Map<string, () => Readable>()
  transport.use('stream', (mail, done) => {
    const stream = streams.get(mail.data.messageId ?? '')
    // Taken up after DATA only, which the transport's own stream is not: that one reads ahead.
    if (stream) (mail.message as unknown as Sendable).createReadStream = stream
    done()
  })

  let taken = 0
  const waiting: (() => void)[] = []
  const giveBack = (): void => {
    taken -= 1
    waiting.shift()?.()
  }
  const once = (work: () => void): (() => void) => {
    let isDone = false
    return () => {
      if (!isDone) work()
      isDone = true
    }
  }

  return {
    isOutbox: false,
    address,
    place: async () => {
      const deadline = performance.now() + patience.placeMs
      while (taken >= atOnceMax) {
        const left = deadline - performance.now()
        if (left <= 0) return undefined
        const giveUp = new AbortController()
        let called: (() => void) | undefined
        const free = new Promise<void>((resolve) => waiting.push((called = resolve)))
        await Promise.race([free, sleep(left, undefined, { signal: giveUp.signal }).catch(nothing)])
        giveUp.abort()
        const at = called ? waiting.indexOf(called) : -1
        if (at >= 0) waiting.splice(at, 1)
      }
      taken += 1
      return once(giveBack)
    },
    send: async ({ id, to, message }) => {
      let wasHandedOver = false
      const early = new AbortController()
      const timer = setTimeout(() => early.abort(), patience.untilDataMs)
      streams.set(id, () =>
        streamOf(message, () => {
          wasHandedOver = true
          clearTimeout(timer)
        }),
      )
      try {
        await transport.sendMail({
          messageId: id,
          raw: message,
          envelope: {
            from: address,
            to: [to],
            // RFC 3461: only what failed is told, and without the body.
          },
          dsn: { id, return: 'headers', notify: ['failure'] },
          signal: early.signal,
        } as unknown as Parameters<typeof transport.sendMail>[0])
        return undefined
      } catch (error) {
        return refusalOf(error, wasHandedOver)
      } finally {
        clearTimeout(timer)
        streams.delete(id)
      }
    },
    fault: async () => {
      try {
        await transport.verify()
        return undefined
      } catch (error) {
        return refusalOf(error, false).detail
      }
    },
    close: () => transport.close(),
  }
}
