/** A mail server for tests: takes what it is sent over a real SMTP conversation and keeps it, parsed. */
import { simpleParser, type ParsedMail } from 'mailparser'
import { SMTPServer } from 'smtp-server'

export interface MailServer {
  readonly url: string
  /** In the order in which they came. */
  readonly mails: ParsedMail[]
  /** Answers so many messages from now on with 451, after it read them. */
  refuseNext(count: number): void
  close(): Promise<void>
}

export async function openMailServer(): Promise<MailServer> {
  const mails: ParsedMail[] = []
  let refusing = 0
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        if (refusing > 0) {
          refusing -= 1
          done(Object.assign(new Error('try later'), { responseCode: 451 }))
          return
        }
        void simpleParser(Buffer.concat(chunks)).then((mail) => {
          mails.push(mail)
          done()
        })
      })
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as { port: number }
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    refuseNext: (count) => {
      refusing = count
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}
