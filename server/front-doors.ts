/** The doors of a running node: HTTP and SFTP, opened as its roles say. */
import { contracts, pageOperations, pages, routes, tags } from './app.ts'
import { degradedRegisters } from './evidence/registers/registers.ts'
import { startSftpServer, type SftpServer } from './exchange/file-exchange/file-exchange.sftp.ts'
import {
  createMetrics,
  startMetricsServer,
  type Metrics,
  type MetricsServer,
} from './platform/http/metrics.ts'
import type { Readiness } from './platform/http/http-server-options.ts'
import { createHttpServer, type HttpServer } from './platform/http/http-server.ts'
import type { HttpPrincipal } from './platform/http/route.ts'
import { bounceFault } from './platform/mail/mail-bounces.ts'
import { noteHttpPort } from './platform/public-url.ts'
import type { Runtime } from './platform/runtime.ts'
import { authenticate, callerOf, requireGrant } from './tenancy/access/access.ts'
import type { EntityType, Verb } from './tenancy/access/access.schema.ts'
import { authenticateSession, sessionCookie, type SignedIn } from './tenancy/users/users.ts'

export interface FrontDoors {
  /** Where people and systems reach HTTP; null when this node has no HTTP. */
  readonly url: string | null
  readonly httpPort: number | null
  readonly sftpPort: number | null
  readonly metricsPort: number | null
  readonly fingerprints: readonly string[]
  close(): Promise<void>
}

/** The HTTP server over all routes, not yet listening. */
export function buildHttpServer(runtime: Runtime, version: string, metrics?: Metrics): Promise<HttpServer> {
  return createHttpServer({
    runtime,
    routes,
    pages: pages(runtime),
    pageOperations,
    contracts,
    tags,
    version,
    ...(metrics ? { metrics } : {}),
    authenticate: async ({ authorization, cookies }): Promise<HttpPrincipal> => {
      const secret = cookies[sessionCookie]
      // Who sends both means the token: a page of ours never does.
      if ((authorization === undefined || authorization.trim() === '') && secret !== undefined)
        return sessionPrincipal(await authenticateSession(runtime, secret))
      const principal = await authenticate(runtime, authorization)
      return {
        id: principal.tokenId,
        organisationId: principal.organisationId,
        caller: (requestId) => callerOf(principal, requestId),
        require: (entity, verb) => requireGrant(principal, entity as EntityType, verb as Verb),
      }
    },
    readiness: () => readinessOf(runtime),
  })
}

const mailLookMs = 30_000
const mailPatienceMs = 2_000
const mailLooks = new WeakMap<Runtime, { fault: string | undefined; until: number }>()

/** Asked at most twice a minute, and not waited for longer than a probe may take. */
async function mailFault(runtime: Runtime): Promise<string | undefined> {
  const now = performance.now()
  const known = mailLooks.get(runtime)
  if (known && known.until > now) return known.fault
  const patience = new Promise<string>((resolve) =>
    setTimeout(() => resolve('no answer in time'), mailPatienceMs).unref(),
  )
  const fault = await Promise.race([runtime.mail.fault(), patience])
  mailLooks.set(runtime, { fault, until: now + mailLookMs })
  return fault
}

function sessionPrincipal(session: SignedIn): HttpPrincipal {
  const { userId, sessionId, csrfToken, organisationId } = session
  return {
    id: userId,
    organisationId,
    session: { id: sessionId, userId, csrfToken },
    caller: (requestId) => ({ actor: { kind: 'USER', id: userId }, channel: 'API', requestId }),
    require: (entity, verb) => requireGrant(session, entity as EntityType, verb as Verb),
  }
}

/** Names registers only: who asks them is nobody's business here, where no token is needed. */
async function registersState(runtime: Runtime): Promise<{ ok: boolean; detail?: string }> {
  const late = await degradedRegisters(runtime).catch(() => undefined)
  if (late === undefined) return { ok: false, detail: 'not known while the database does not answer' }
  if (late.size === 0) return { ok: true }
  const named = [...late]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([register, organisations]) =>
      organisations === 1 ? register : `${register} (${organisations} times)`,
    )
  return { ok: false, detail: `answers are late from: ${named.join(', ')}` }
}

/** Where one is set up: without it documents are kept, and wait to be looked at. */
async function scannerPart(runtime: Runtime): Promise<Readiness['parts']> {
  if (!runtime.scanner) return {}
  const fault = await runtime.scanner.fault()
  return {
    virusScanner:
      fault === undefined
        ? { ok: true, isRequired: false }
        : { ok: false, isRequired: false, detail: `the virus scanner does not answer: ${fault}` },
  }
}

/** Only what the service cannot work without makes a node unready (spec 10, Shapes). */
async function readinessOf(runtime: Runtime): Promise<Readiness> {
  const database = await runtime.jobs.counts().then(
    () => ({ ok: true }),
    () => ({ ok: false, detail: 'the database does not answer' }),
  )
  const storage = await runtime.storage
    .health()
    .catch(() => ({ ok: false as const, detail: 'the storage does not answer' }))
  const fault = await mailFault(runtime)
  const bounces = database.ok ? await bounceFault(runtime) : undefined
  return {
    parts: {
      database: { ...database, isRequired: true },
      storage: { ...storage, isRequired: true },
      mail:
        fault === undefined
          ? { ok: true, isRequired: false }
          : { ok: false, isRequired: false, detail: `the mail server does not take mail: ${fault}` },
      ...(await scannerPart(runtime)),
      registers: { ...(await registersState(runtime)), isRequired: false },
      ...(runtime.config.bounceImapUrl === null
        ? {}
        : {
            bounces:
              bounces === undefined
                ? { ok: true, isRequired: false }
                : { ok: false, isRequired: false, detail: `the mailbox cannot be read: ${bounces}` },
          }),
    },
  }
}

/** Figures of the SFTP server: who comes in, and who is kept out. */
function showSftp(metrics: Metrics, sftp: SftpServer): void {
  metrics.show({
    name: 'vouchsafe_sftp_connections',
    help: 'SFTP connections that are open: still logging in, or logged in.',
    kind: 'gauge',
    label: 'state',
    read: () => ({ ...sftp.figures.connections }),
  })
  metrics.show({
    name: 'vouchsafe_sftp_sources',
    help: 'Sources against which something is held, and sources that are banned.',
    kind: 'gauge',
    label: 'state',
    read: () => ({ ...sftp.figures.sources }),
  })
  metrics.show({
    name: 'vouchsafe_sftp_turned_away_total',
    help: 'SFTP connections that were not let in, or cut before their login.',
    kind: 'counter',
    label: 'reason',
    read: () => sftp.figures.turned,
  })
  metrics.show({
    name: 'vouchsafe_sftp_logins_total',
    help: 'SFTP logins by what became of them.',
    kind: 'counter',
    label: 'outcome',
    read: () => sftp.figures.logins,
  })
}

/** Opens the doors that are asked for. */
export async function startFrontDoors(
  runtime: Runtime,
  wanted: { readonly http: boolean; readonly sftp: boolean; readonly version: string },
): Promise<FrontDoors> {
  const { config } = runtime
  let sftp: SftpServer | undefined
  let http: HttpServer | undefined
  let httpPort: number | null = null
  let url: string | null = null
  let figures: MetricsServer | undefined
  try {
    const metrics = config.metricsPort === null ? undefined : createMetrics(runtime)
    if (wanted.sftp) {
      sftp = await startSftpServer(runtime, { host: config.sftpHost, port: config.sftpPort })
      if (metrics) showSftp(metrics, sftp)
    }
    if (wanted.http) {
      http = await buildHttpServer(runtime, wanted.version, metrics)
      httpPort = await http.listen(config.httpHost, config.httpPort)
      url = noteHttpPort(config, httpPort)
    }
    if (metrics)
      figures = await startMetricsServer(runtime, metrics, config.httpHost, config.metricsPort ?? 0)
  } catch (error) {
    await http?.close()
    await sftp?.stop(0)
    throw error
  }
  return {
    url,
    httpPort,
    sftpPort: sftp?.port ?? null,
    metricsPort: figures?.port ?? null,
    get fingerprints() {
      return sftp?.fingerprints ?? []
    },
    close: async () => {
      await Promise.all([http?.close(), sftp?.stop(), figures?.close()])
    },
  }
}
