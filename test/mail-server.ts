/** A mail server for tests: takes what it is sent over a real SMTP conversation, and misbehaves as it is told. */
import { simpleParser, type ParsedMail } from 'mailparser'
import { SMTPServer, type SMTPServerSession } from 'smtp-server'

/** What becomes of the next message, or of the next connection; several wait for their turn. */
export type Mishap =
  /** Refuses with this code. */
  | { readonly at: 'RCPT' | 'DATA'; readonly code: number }
  /** Never greets, or reads the message and never answers; `keeps` it or not. */
  | { readonly at: 'GREETING'; readonly hangs: true }
  | { readonly at: 'DATA'; readonly hangs: true; readonly keeps: boolean }
  /** Reads the message and drops the connection without a reply (RFC 1047); `keeps` it or not. */
  | { readonly at: 'DATA'; readonly drops: true; readonly keeps: boolean }

export interface MailServer {
  readonly url: string
  readonly port: number
  /** What it kept, in the order in which it came. */
  readonly mails: ParsedMail[]
  /** The same, byte for byte as it came. */
  readonly messages: Buffer[]
  /** Every message that it read to its end, kept or not. */
  readonly read: Buffer[]
  /** Sessions that got as far as a recipient. */
  readonly recipients: string[]
  /** Answers so many messages from now on with 451, after it read them. */
  refuseNext(count: number): void
  next(...mishaps: Mishap[]): void
  /** Resolves when it has read so many messages. */
  hasRead(count: number): Promise<void>
  close(): Promise<void>
}

/** @param options.password where given, users log in with it */
export async function openMailServer(
  options: { password?: string; port?: number } = {},
): Promise<MailServer> {
  const mails: ParsedMail[] = []
  const messages: Buffer[] = []
  const read: Buffer[] = []
  const recipients: string[] = []
  const mishaps: Mishap[] = []
  const readers: (() => void)[] = []
  const take = (at: Mishap['at']): Mishap | undefined => (mishaps[0]?.at === at ? mishaps.shift() : undefined)
  const { password } = options

  const server = new SMTPServer({
    disabledCommands: ['STARTTLS', ...(password === undefined ? ['AUTH'] : [])],
    closeTimeout: 100,
    onAuth: (auth, _session, done) =>
      auth.password === password ? done(null, { user: 'x' }) : done(new Error('Invalid password')),
    onConnect: (_session, done) => {
      if (!take('GREETING')) done()
    },
    onRcptTo: ({ address }, _session, done) => {
      recipients.push(address)
      const mishap = take('RCPT')
      if (mishap && 'code' in mishap) done(Object.assign(new Error('no'), { responseCode: mishap.code }))
      else done()
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const message = Buffer.concat(chunks)
        const mishap = take('DATA')
        const keeps = mishap === undefined || ('keeps' in mishap && mishap.keeps)
        const kept = keeps
          ? simpleParser(message).then((mail) => {
              messages.push(message)
              mails.push(mail)
            })
          : Promise.resolve()
        void kept.then(() => {
          read.push(message)
          for (const reader of readers.splice(0)) reader()
          if (mishap === undefined) done()
          else if ('code' in mishap) done(Object.assign(new Error('no'), { responseCode: mishap.code }))
          else if ('drops' in mishap) drop(session)
        })
      })
    },
  })
  const drop = ({ id }: SMTPServerSession): void => {
    const connections = (
      server as unknown as { connections: Set<{ id: string; _socket: { destroy(): void } }> }
    ).connections
    for (const connection of connections) if (connection.id === id) connection._socket.destroy()
  }
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve))
  const { port } = server.server.address() as { port: number }
  return {
    url: `smtp://${password === undefined ? '' : `vouchsafe:${password}@`}127.0.0.1:${port}`,
    port,
    mails,
    messages,
    read,
    recipients,
    refuseNext: (count) => {
      for (let n = 0; n < count; n += 1) mishaps.push({ at: 'DATA', code: 451 })
    },
    next: (...more) => void mishaps.push(...more),
    hasRead: async (count) => {
      while (read.length < count) await new Promise<void>((resolve) => readers.push(resolve))
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}
