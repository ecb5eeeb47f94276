/** The address of a mailbox, as a URL. Pure. */
import { isIP } from 'node:net'

export interface MailboxAddress {
  readonly host: string
  readonly port: number
  /** TLS from the first byte; else it is begun by STARTTLS, except to this machine. */
  readonly isSecure: boolean
  readonly isLoopback: boolean
  readonly user: string
  readonly password: string
  readonly mailbox: string
}

/** @param text `imaps://user:password@host:993/INBOX`; throws an Error that says what it must be */
export function mailboxAddress(text: string): MailboxAddress {
  const url = URL.parse(text)
  const fault = new Error('must be a URL like imaps://user:password@host:993/INBOX, percent-encoded')
  if (
    !url ||
    !/^imaps?:$/.test(url.protocol) ||
    url.hostname === '' ||
    url.username === '' ||
    url.password === ''
  )
    throw fault
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const isSecure = url.protocol === 'imaps:'
  try {
    return {
      host,
      port: url.port === '' ? (isSecure ? 993 : 143) : Number(url.port),
      isSecure,
      isLoopback: host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.')),
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      mailbox: decodeURIComponent(url.pathname.replace(/^\//, '')) || 'INBOX',
    }
  } catch {
    throw fault
  }
}
