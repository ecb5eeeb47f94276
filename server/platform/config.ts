/**
 * The configuration of an installation: one schema, read from the environment and from flags of the same name in
 * kebab case (spec 97). A bad value stops the start; all faults are listed at once.
 */
import { resolve } from 'node:path'
import { addressList } from './address-list.ts'
import { AppError, type Fault } from './errors.ts'
import { clamdAddress } from './virus-scanner.ts'
import { s3Address } from './storage/s3-address.rules.ts'
import { mailboxAddress } from './mail/mail-bounce-address.ts'

export interface Config {
  readonly dataDir: string
  readonly databaseUrl: string | null
  readonly databaseOwnerUrl: string | null
  readonly storageUrl: string | null
  readonly awsAccessKeyId: string | null
  readonly awsSecretAccessKey: string | null
  readonly awsSessionToken: string | null
  readonly smtpUrl: string | null
  readonly mailFrom: string
  readonly bounceImapUrl: string | null
  readonly mailEventsKey: string | null
  readonly httpHost: string
  readonly httpPort: number
  readonly sftpHost: string
  readonly sftpPort: number
  readonly sftpAllowlist: readonly string[]
  readonly sftpTrustProxy: readonly string[]
  readonly sftpBanScore: number
  readonly sftpBanWindowMinutes: number
  readonly sftpBanMinutes: number
  readonly sftpBanMaxMinutes: number
  readonly sftpUnauthenticatedMax: number
  readonly sftpUnauthenticatedPerSource: number
  readonly sftpLoginSeconds: number
  readonly sftpIdleMinutes: number
  readonly publicUrl: string | null
  readonly masterKey: string | null
  readonly masterKeyOther: string | null
  readonly logLevel: string
  readonly metricsPort: number | null
  readonly trustProxy: string | null
  readonly rateLimit: number
  readonly rateLimitBurst: number
  readonly clamdUrl: string | null
  readonly readingProcesses: number | null
  readonly outboundAllowPrivate: boolean
  readonly outboundAllowHttp: boolean
  readonly sandbox: boolean
  readonly oidcIssuer: string | null
  readonly oidcClientId: string | null
  readonly oidcClientSecret: string | null
  readonly oidcOrganisation: string | null
}

interface Setting<T> {
  readonly name: string
  readonly fallback: string
  readonly description: string
  readonly isSecret?: boolean
  parse(text: string): T
}

const text = (value: string): string => value
const optional = (value: string): string | null => (value === '' ? null : value)

function port(value: string): number {
  if (!/^\d{1,5}$/.test(value) || Number(value) > 65_535)
    throw new Error('must be a port from 0 to 65535 (0 picks a free one)')
  return Number(value)
}
function optionalPort(value: string): number | null {
  return value === '' ? null : port(value)
}
function count(value: string): number {
  if (!/^[1-9]\d{0,8}$/.test(value)) throw new Error('must be a whole number of at least 1')
  return Number(value)
}
function clamdUrl(value: string): string | null {
  if (value === '') return null
  clamdAddress(value)
  return value
}
function optionalCount(value: string): number | null {
  return value === '' ? null : count(value)
}
function flag(value: string): boolean {
  if (value !== '0' && value !== '1') throw new Error('must be 1 or 0')
  return value === '1'
}
function addresses(value: string): readonly string[] {
  const texts = value
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '')
  try {
    addressList(texts)
  } catch (error) {
    throw new Error(`must be addresses or networks, comma-separated: ${(error as Error).message}`, {
      cause: error,
    })
  }
  return texts
}
function postgresUrl(value: string): string | null {
  if (value === '') return null
  if (!/^postgres(ql)?:\/\//.test(value) || !URL.canParse(value))
    throw new Error('must be a URL like postgresql://user:password@host:5432/database')
  return value
}
function webUrl(value: string): string | null {
  if (value === '') return null
  if (!/^https?:\/\//.test(value) || !URL.canParse(value))
    throw new Error('must be a URL that starts with https:// or http://')
  return value.replace(/\/+$/, '')
}
/** As the provider names itself, with its slash at the end if it has one: it is compared byte for byte. */
function issuerUrl(value: string): string | null {
  if (value === '') return null
  if (!/^https?:\/\//.test(value) || !URL.canParse(value) || /[?#]/.test(value))
    throw new Error('must be a URL that starts with https:// and has no ? and no #')
  return value
}
function storageUrl(value: string): string | null {
  if (value === '') return null
  if (value.startsWith('s3:')) s3Address(value)
  else if (!/^file:./.test(value))
    throw new Error('must start with file: and name a folder, or with s3:// and name a bucket')
  return value
}
function smtpUrl(value: string): string | null {
  if (value === '') return null
  if (!/^smtps?:\/\//.test(value) || !URL.canParse(value))
    throw new Error('must be a URL like smtp://user:password@host:587 or smtps://…')
  return value
}
function mailFrom(value: string): string {
  if (!/^(?:[^\p{Cc}<>"]+ <[^\s@<>]+@[^\s@<>]+>|[^\s@<>]+@[^\s@<>]+)$/u.test(value))
    throw new Error('must be an address like Vouchsafe <no-reply@example.com>')
  return value
}
function bounceImapUrl(value: string): string | null {
  if (value === '') return null
  mailboxAddress(value)
  return value
}
function mailEventsKey(value: string): string | null {
  if (value === '') return null
  if (value.length < 32) throw new Error('must have at least 32 characters, drawn at random')
  return value
}
function masterKey(value: string): string | null {
  if (value === '') return null
  if (Buffer.from(value, 'base64').length !== 32) throw new Error('must be 32 bytes in base64')
  return value
}
function logLevel(value: string): string {
  const levels = ['debug', 'info', 'warn', 'error', 'silent']
  if (!levels.includes(value)) throw new Error(`must be one of ${levels.join(', ')}`)
  return value
}

/** In the order in which `config print` and docs/config.md show them. */
export const settings: { readonly [K in keyof Config]: Setting<Config[K]> } = {
  dataDir: {
    name: 'DATA_DIR',
    fallback: './data',
    parse: (value) => resolve(value),
    description: 'Folder of the embedded database, the files and the keys.',
  },
  databaseUrl: {
    name: 'DATABASE_URL',
    fallback: '',
    parse: postgresUrl,
    isSecret: true,
    description:
      'PostgreSQL 15 or newer to use instead of the embedded one. The login may create roles, or DATABASE_OWNER_URL names one that may.',
  },
  databaseOwnerUrl: {
    name: 'DATABASE_OWNER_URL',
    fallback: '',
    parse: postgresUrl,
    isSecret: true,
    description:
      'Login that owns the schema and migrates it, where DATABASE_URL is a login that owns nothing.',
  },
  storageUrl: {
    name: 'STORAGE_URL',
    fallback: '',
    parse: storageUrl,
    description:
      'Where files lie, encrypted: file:FOLDER, or s3://BUCKET?region=&endpoint=&prefix= for S3 and what speaks its language. Default: file:DATA_DIR/blobs.',
  },
  awsAccessKeyId: {
    name: 'AWS_ACCESS_KEY_ID',
    fallback: '',
    parse: optional,
    description:
      'Access key of the bucket of STORAGE_URL: it may read, write, list and delete there, and nothing else is needed.',
  },
  awsSecretAccessKey: {
    name: 'AWS_SECRET_ACCESS_KEY',
    fallback: '',
    parse: optional,
    isSecret: true,
    description: 'Its secret.',
  },
  awsSessionToken: {
    name: 'AWS_SESSION_TOKEN',
    fallback: '',
    parse: optional,
    isSecret: true,
    description: 'Session token of a temporary access key; the server is started anew with the next one.',
  },
  smtpUrl: {
    name: 'SMTP_URL',
    fallback: '',
    parse: smtpUrl,
    isSecret: true,
    description:
      'Mail server: smtp[s]://user:password@host:port. Default: none, mail stays in the outbox and is read there.',
  },
  mailFrom: {
    name: 'MAIL_FROM',
    fallback: 'Vouchsafe <no-reply@localhost>',
    parse: mailFrom,
    description:
      'Sender of the mail. Its address is where mail servers send back what they cannot deliver; the name that people see is the organisation’s.',
  },
  bounceImapUrl: {
    name: 'BOUNCE_IMAP_URL',
    fallback: '',
    parse: bounceImapUrl,
    isSecret: true,
    description:
      'Mailbox of MAIL_FROM’s address, looked at every five minutes for mail that came back: imaps://user:password@host/INBOX, percent-encoded. Default: none.',
  },
  mailEventsKey: {
    name: 'MAIL_EVENTS_KEY',
    fallback: '',
    parse: mailEventsKey,
    isSecret: true,
    description:
      'Key with which a mail provider, or a script between, signs what it tells POST /openapi/v1/mail-events about mail that came back. Default: none, there is no such address.',
  },
  httpHost: {
    name: 'HTTP_HOST',
    fallback: '127.0.0.1',
    parse: text,
    description: 'Address on which HTTP listens.',
  },
  httpPort: {
    name: 'HTTP_PORT',
    fallback: '8080',
    parse: port,
    description: 'Port of HTTP; 0 picks a free one and logs it.',
  },
  sftpHost: {
    name: 'SFTP_HOST',
    fallback: '127.0.0.1',
    parse: text,
    description: 'Address on which SFTP listens.',
  },
  sftpPort: {
    name: 'SFTP_PORT',
    fallback: '2022',
    parse: port,
    description: 'Port of SFTP; 0 picks a free one and logs it.',
  },
  sftpAllowlist: {
    name: 'SFTP_ALLOWLIST',
    fallback: '',
    parse: addresses,
    description:
      'Addresses and networks, comma-separated, that SFTP never bans, slows or limits before the login: your own offices, monitors.',
  },
  sftpTrustProxy: {
    name: 'SFTP_TRUST_PROXY',
    fallback: '',
    parse: addresses,
    description:
      'Addresses and networks of load balancers whose PROXY protocol header (1 or 2) SFTP believes. From them it is required, from others refused. Default: none.',
  },
  sftpBanScore: {
    name: 'SFTP_BAN_SCORE',
    fallback: '40',
    parse: count,
    description:
      'Points at which SFTP bans a source: 5 for an unknown user name, 2 for a wrong password, 1 for a connection without a login.',
  },
  sftpBanWindowMinutes: {
    name: 'SFTP_BAN_WINDOW_MINUTES',
    fallback: '10',
    parse: count,
    description: 'Minutes in which SFTP_BAN_SCORE points are forgotten, little by little.',
  },
  sftpBanMinutes: {
    name: 'SFTP_BAN_MINUTES',
    fallback: '10',
    parse: count,
    description:
      'Length of a source’s first ban. Each repeat is four times as long; a day without a ban takes one back.',
  },
  sftpBanMaxMinutes: {
    name: 'SFTP_BAN_MAX_MINUTES',
    fallback: '1440',
    parse: count,
    description: 'Longest ban.',
  },
  sftpUnauthenticatedMax: {
    name: 'SFTP_UNAUTHENTICATED_MAX',
    fallback: '300',
    parse: count,
    description:
      'SFTP connections that may be logging in at once, on each node. When all are taken, the one that has taken longest makes room, or one of a source that has misbehaved.',
  },
  sftpUnauthenticatedPerSource: {
    name: 'SFTP_UNAUTHENTICATED_PER_SOURCE',
    fallback: '30',
    parse: count,
    description: 'How many of them one source may have (an IPv4 address, or the /64 of an IPv6 one).',
  },
  sftpLoginSeconds: {
    name: 'SFTP_LOGIN_SECONDS',
    fallback: '60',
    parse: count,
    description: 'Seconds that an SFTP connection may take to log in.',
  },
  sftpIdleMinutes: {
    name: 'SFTP_IDLE_MINUTES',
    fallback: '10',
    parse: count,
    description: 'Minutes that an SFTP session may ask nothing before it is closed.',
  },
  metricsPort: {
    name: 'METRICS_PORT',
    fallback: '',
    parse: optionalPort,
    description:
      'Port on HTTP_HOST at which Prometheus reads /metrics; 0 picks a free one. Default: no metrics. Keep it off the internet.',
  },
  publicUrl: {
    name: 'PUBLIC_URL',
    fallback: '',
    parse: webUrl,
    description:
      'Address under which people and systems reach HTTP; used in every link. Default: made from the HTTP port.',
  },
  masterKey: {
    name: 'MASTER_KEY',
    fallback: '',
    parse: masterKey,
    isSecret: true,
    description:
      '32 bytes in base64 that wrap the organisations’ keys. Default: made once and kept in DATA_DIR/keys.',
  },
  masterKeyOther: {
    name: 'MASTER_KEY_OTHER',
    fallback: '',
    parse: masterKey,
    isSecret: true,
    description:
      'A second master key that also opens what is kept, while one takes the place of another (`vouchsafe keys rewrap --help`). Nothing new is wrapped by it.',
  },
  logLevel: {
    name: 'LOG_LEVEL',
    fallback: 'info',
    parse: logLevel,
    description: 'debug, info, warn, error or silent.',
  },
  rateLimit: {
    name: 'RATE_LIMIT',
    fallback: '100',
    parse: count,
    description: 'Requests per second that one access token may make over HTTP, on each node.',
  },
  rateLimitBurst: {
    name: 'RATE_LIMIT_BURST',
    fallback: '200',
    parse: count,
    description: 'Requests that it may make at once before RATE_LIMIT slows it down.',
  },
  trustProxy: {
    name: 'TRUST_PROXY',
    fallback: '',
    parse: optional,
    description: 'Addresses of proxies whose X-Forwarded-For is believed, comma-separated. Default: none.',
  },
  clamdUrl: {
    name: 'CLAMD_URL',
    fallback: '',
    parse: clamdUrl,
    description:
      'Virus scanner (clamd) that looks at every document: tcp://host:3310 or unix:///run/clamav/clamd.ctl. Default: none. It should take streams of 11 MB (StreamMaxLength).',
  },
  readingProcesses: {
    name: 'READING_PROCESSES',
    fallback: '',
    parse: optionalCount,
    description:
      'Processes that open and read documents at once, each of up to 1 GB. Default: one less than there are cores, and one at least.',
  },
  outboundAllowPrivate: {
    name: 'OUTBOUND_ALLOW_PRIVATE',
    fallback: '0',
    parse: flag,
    description: '1 lets outgoing calls reach private addresses and any port.',
  },
  outboundAllowHttp: {
    name: 'OUTBOUND_ALLOW_HTTP',
    fallback: '0',
    parse: flag,
    description: '1 lets outgoing calls use http.',
  },
  sandbox: {
    name: 'SANDBOX',
    fallback: '0',
    parse: flag,
    description: '1 allows the movable clock (`vouchsafe clock`). Never in production.',
  },
  oidcIssuer: {
    name: 'OIDC_ISSUER',
    fallback: '',
    parse: issuerUrl,
    description: 'Provider of single sign-on (OpenID Connect), as it names itself. Default: none.',
  },
  oidcClientId: {
    name: 'OIDC_CLIENT_ID',
    fallback: '',
    parse: optional,
    description: 'What this installation is called at the provider.',
  },
  oidcClientSecret: {
    name: 'OIDC_CLIENT_SECRET',
    fallback: '',
    parse: optional,
    isSecret: true,
    description: 'The secret that the provider gave for it.',
  },
  oidcOrganisation: {
    name: 'OIDC_ORGANISATION',
    fallback: '',
    parse: optional,
    description: 'Id or name of the organisation whose invited users sign in by the provider.',
  },
}

const flagName = (name: string): string => name.toLowerCase().replaceAll('_', '-')

/** `--http-port` for `HTTP_PORT`. */
export const configFlags: readonly {
  readonly flag: string
  readonly setting: string
  readonly description: string
}[] = Object.values(settings).map((setting) => ({
  flag: flagName(setting.name),
  setting: setting.name,
  description: setting.description,
}))

/**
 * Reads the configuration. `overrides` are flags, keyed by setting name (`HTTP_PORT`), and win over the environment.
 * Throws SETTING_INVALID with every fault.
 */
export function readConfig(
  overrides: Readonly<Record<string, string | undefined>> = {},
  environment: NodeJS.ProcessEnv = process.env,
): Config {
  const faults: Fault[] = []
  const config: Record<string, unknown> = {}
  for (const [key, setting] of Object.entries(settings)) {
    const given = overrides[setting.name] ?? environment[setting.name]
    const value = given === undefined || given === '' ? setting.fallback : given
    try {
      config[key] = setting.parse(value)
    } catch (error) {
      const shown = 'isSecret' in setting && setting.isSecret ? '' : ` (it is "${value}")`
      faults.push({
        pointer: `/${setting.name}`,
        code: 'SETTING_INVALID',
        detail: `${setting.name} ${(error as Error).message}${shown}.`,
      })
    }
  }
  const typed = config as unknown as Config
  if (typed.databaseOwnerUrl && !typed.databaseUrl) {
    faults.push({
      pointer: '/DATABASE_OWNER_URL',
      code: 'SETTING_INVALID',
      detail: 'DATABASE_OWNER_URL needs DATABASE_URL beside it.',
    })
  }
  if (typed.storageUrl?.startsWith('s3:') === true && !(typed.awsAccessKeyId && typed.awsSecretAccessKey)) {
    faults.push({
      pointer: '/STORAGE_URL',
      code: 'SETTING_INVALID',
      detail: 'STORAGE_URL with s3:// needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY beside it.',
    })
  }
  const oidc = ['oidcIssuer', 'oidcClientId', 'oidcClientSecret', 'oidcOrganisation'] as const
  const missing = oidc.filter((key) => typed[key] === null)
  // One that was given and is faulty is told above.
  if (oidc.some((key) => typed[key]) && missing.length > 0) {
    const names = missing.map((key) => settings[key].name)
    faults.push({
      pointer: `/${names[0]}`,
      code: 'SETTING_INVALID',
      detail: `Single sign-on needs ${names.join(', ')} beside the other OIDC settings.`,
    })
  }
  if (faults.length > 0)
    throw new AppError('SETTING_INVALID', faults.map((fault) => fault.detail).join(' '), { errors: faults })
  return typed
}

/** Every setting with its value in force; secrets are only said to be set. */
export function describeConfig(config: Config): { name: string; value: string; description: string }[] {
  return Object.entries(settings).map(([key, setting]) => {
    const value = config[key as keyof Config]
    const shown = value === null ? '' : typeof value === 'boolean' ? (value ? '1' : '0') : String(value)
    return {
      name: setting.name,
      value: 'isSecret' in setting && setting.isSecret && shown ? '(set)' : shown,
      description: setting.description,
    }
  })
}
