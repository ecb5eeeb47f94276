/**
 * Registers: the authorities whose word decides, and how each organisation asks them.
 *
 * Owns: connectors (with their versions) and how the registers have answered of late. Words: a *connector* is what asks a
 * source; a register is *degraded* when its answers are late. Promises: a secret is never shown again; what a connector was
 * at any time stays known; a register that does not answer is left alone for a while, and heals by itself.
 */
import { AppError, type Fault } from '../../platform/errors.ts'
import { systemCaller, type ReadContext, type WriteContext } from '../../platform/context.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { unwrapKey, wrapKey } from '../../platform/secrets.ts'
import { organisationKey } from '../../tenancy/organisations/organisations.ts'
import { catalogueOf, loadCatalogue } from '../../workforce/credential-types/credential-types.ts'
import {
  entriesOfNumber,
  forgetList,
  listIndex,
  listState,
  readAnew,
} from '../published-lists/published-lists.ts'
import type { CheckAnswer, Connector, ConnectorPace } from './connectors.schema.ts'
import {
  afterResults,
  healthy,
  isDegraded,
  type Results,
  type RegisterHealth,
} from './registers.breaker.rules.ts'
import { secretFaults, simulatorFaults, type PreparedConnector } from './registers.connector-faults.ts'
import { httpConnector } from './registers.http-connector.ts'
import { listConnector } from './registers.list-connector.ts'
import { scheduleFetch } from './registers.list-settings.ts'
import { believed, proofAfter, type Judged, type Proof } from './registers.not-found.rules.ts'
import { httpSettings, listSettings, type ConnectorInput, type Register } from './registers.schema.ts'
import * as store from './registers.store.ts'

/** A register as it can be asked now. */
export interface ConnectedSource {
  readonly connector: Connector
  readonly pace: ConnectorPace
  readonly kind: string
  readonly version: number
}

const secretPurpose = (organisationId: string, register: string): string =>
  `connector:${organisationId}:${register}`

/** Connectors as they were made, so that a token serves many questions. */
const made = new WeakMap<Runtime, Map<string, ConnectedSource>>()
const madeMax = 1_000

/** Undefined when the organisation has none for this register. */
export async function connectorFor(
  runtime: Runtime,
  organisationId: string,
  register: string,
): Promise<ConnectedSource | undefined> {
  const row = await runtime.read(organisationId, systemCaller, (ctx) => store.connectorRow(ctx, register))
  if (!row) return undefined
  let known = made.get(runtime)
  if (!known) made.set(runtime, (known = new Map()))
  const key = `${organisationId}:${register}`
  const cached = known.get(key)
  if (cached?.version === row.version) return cached
  if (known.size >= madeMax) known.clear()
  const source = await openSource(runtime, organisationId, row)
  known.set(key, source)
  return source
}

async function openSource(
  runtime: Runtime,
  organisationId: string,
  row: store.ConnectorRow,
): Promise<ConnectedSource> {
  const { kind, version, wrappedSecret } = row
  if (kind === 'list') return openList(runtime, organisationId, row)
  if (kind !== 'http' && kind !== 'simulator')
    throw new AppError('INTERNAL', `There is no connector ${kind}.`)
  const settings = httpSettings.parse(row.settings)
  const secret =
    wrappedSecret === null
      ? null
      : unwrapKey(
          await organisationKey(runtime, organisationId),
          secretPurpose(organisationId, row.register),
          wrappedSecret,
        ).toString('utf8')
  const connector = httpConnector({
    kind,
    settings,
    secret,
    outbound: runtime.outbound,
    now: () => runtime.clock.now(),
  })
  const { perSecond, atOnce, timeoutMs } = settings
  return { connector, pace: { perSecond, atOnce, timeoutMs }, kind, version }
}

/** How many rows are searched for a name at most in a second, and at once: they lie here. */
const listPace: ConnectorPace = { perSecond: 1_000, atOnce: 4, timeoutMs: 10_000 }

function openList(runtime: Runtime, organisationId: string, row: store.ConnectorRow): ConnectedSource {
  const { register } = row
  const settings = listSettings.parse(row.settings)
  const within = <T>(work: (ctx: ReadContext) => Promise<T>): Promise<T> =>
    runtime.read(organisationId, systemCaller, work)
  const connector = listConnector({
    settings,
    numberDecides: loadCatalogue().registers.get(register)?.numberDecides ?? false,
    version: async () => {
      const state = await within((ctx) => listState(ctx, register))
      return state === undefined || state.version === null
        ? null
        : { version: state.version, confirmedAt: state.confirmedAt }
    },
    byNumber: (number) => within((ctx) => entriesOfNumber(ctx, register, number)),
    byName: ({ familyName, givenNames, holderName, birthDate }) =>
      within(async (ctx) => {
        const { matchesOf } = await listIndex(ctx, register, settings)
        const whole = { given: null, middle: null, family: holderName }
        const name = familyName === null ? whole : { given: givenNames, middle: null, family: familyName }
        return matchesOf({ ...name, birthDate, state: null }).map(({ entry }) => entry)
      }),
    look: async () => {
      if (settings.url === null) return null
      try {
        const { status } = await runtime.outbound.request({
          url: settings.url,
          method: 'HEAD',
          timeoutMs: Math.min(settings.timeoutMs, 10_000),
          responseBytesMax: 65_536,
        })
        return { isReachable: status < 400, detail: `It answers (${status}).` }
      } catch (error) {
        return {
          isReachable: false,
          detail: error instanceof AppError ? error.message : 'It cannot be called.',
        }
      }
    },
  })
  return { connector, pace: listPace, kind: row.kind, version: row.version }
}

export { fetchTimer, listSettingsOf } from './registers.list-settings.ts'
export { prepareConnector } from './registers.connector-faults.ts'

export async function connectedRegisters(
  ctx: ReadContext,
): Promise<{ readonly register: string; readonly kind: string; readonly version: number }[]> {
  return store.connectorRows(ctx)
}

export function assertKnown(register: string): void {
  if (!loadCatalogue().registers.has(register)) throw new AppError('NOT_FOUND', 'There is no such register.')
}

/**
 * Connects a register, or changes how it is asked; all that it knows is asked about from now on. A secret that is left out
 * stays, as long as it goes to where it went. Refuses (VALIDATION_FAILED) addresses that may not be called, and a simulator
 * from whoever is not the operator, outside a sandbox: it reaches into this machine.
 */
export async function setConnector(
  ctx: WriteContext,
  prepared: PreparedConnector,
  register: string,
  options: { readonly isSandbox: boolean },
): Promise<Register> {
  assertKnown(register)
  const { input, key } = prepared
  const { kind, settings } = input
  const secret = input.kind === 'list' ? null : input.secret
  await store.lockRegister(ctx, register)
  const before = await store.connectorRow(ctx, register)
  const errors = [
    ...prepared.faults,
    ...banFaults(register, kind),
    ...(input.kind === 'list'
      ? []
      : [
          ...simulatorFaults(input, options.isSandbox || ctx.actor.kind === 'OPERATOR'),
          ...secretFaults(before, input),
        ]),
  ]
  if (errors.length > 0)
    throw new AppError('VALIDATION_FAILED', errors.map(({ detail }) => detail).join(' '), { errors })
  const kept = secret === undefined && before ? before.wrappedSecret : null
  const wrappedSecret =
    typeof secret === 'string'
      ? wrapKey(key, secretPurpose(ctx.organisationId, register), Buffer.from(secret))
      : kept
  const version = await store.writeConnector(ctx, register, {
    kind,
    settings: { ...settings },
    wrappedSecret,
  })
  await store.deleteHealth(ctx, register)
  await scheduleFetch(ctx, register, input.kind === 'list' ? input.settings : null)
  if (kind === 'list') await readAnew(ctx, register)
  else if (before?.kind === 'list') await forgetList(ctx, register)
  await ctx.audit({
    entityType: 'register',
    entityId: register,
    action: before ? 'update' : 'connect',
    changes: {
      kind,
      version,
      host: settings.url === null ? null : new URL(settings.url.replaceAll(/[{}]/g, '')).host,
    },
  })
  await ctx.emit({ type: 'register.connected', data: { register } })
  return getRegister(ctx, register)
}

/** Ban lists know persons, not credentials: nothing that asks about a credential can ask them. */
function banFaults(register: string, kind: ConnectorInput['kind']): Fault[] {
  if (kind === 'list' || loadCatalogue().registers.get(register)?.kind !== 'ban') return []
  return [
    {
      pointer: '/kind',
      code: 'BAN_LIST',
      detail: `${register} is a list of persons: connect it with the kind "list", by the file that it is published as.`,
    },
  ]
}

/** The register is asked no more; what it said stays. NOT_FOUND when it was not connected. */
export async function removeConnector(ctx: WriteContext, register: string): Promise<void> {
  assertKnown(register)
  await store.lockRegister(ctx, register)
  if (!(await store.deleteConnector(ctx, register)))
    throw new AppError('NOT_FOUND', 'The register is not connected.')
  await store.deleteHealth(ctx, register)
  await scheduleFetch(ctx, register, null)
  await forgetList(ctx, register)
  await ctx.audit({ entityType: 'register', entityId: register, action: 'disconnect' })
  await ctx.emit({ type: 'register.disconnected', data: { register } })
}

/** In the order of the code. */
export async function listRegisters(ctx: ReadContext): Promise<Register[]> {
  const { types, registers } = await catalogueOf(ctx)
  const connectors = new Map((await store.connectorRows(ctx)).map((row) => [row.register, row]))
  const healths = await store.healthRows(ctx, null)
  return [...registers.values()]
    .sort((a, b) => (a.code < b.code ? -1 : 1))
    .map((entry) => {
      const row = connectors.get(entry.code)
      const health = healths.get(entry.code) ?? healthy
      return {
        id: entry.code,
        lastUpdated: row?.updatedAt ?? catalogueBegan,
        attributes: {
          code: entry.code,
          name: entry.name,
          jurisdiction: entry.jurisdiction,
          kind: entry.kind,
          credentialTypes: [...types.values()]
            .filter(({ register }) => register === entry.code)
            .map(({ code }) => code),
          connector: row
            ? {
                kind: row.kind,
                version: row.version,
                settings: row.settings,
                hasSecret: row.wrappedSecret !== null,
                updatedAt: row.updatedAt,
              }
            : null,
          isDegraded: isDegraded(health),
          lastGoodAt: health.lastGoodAt,
          lastFault: faultShown(health),
        },
      }
    })
}

/** A register that was never connected has not changed since the catalogue has it. */
const catalogueBegan = new Date('2026-01-01T00:00:00Z')

export function faultShown({ lastFault, lastFaultAt }: RegisterHealth): Register['attributes']['lastFault'] {
  return lastFault && lastFaultAt && { ...lastFault, at: lastFaultAt }
}

/** NOT_FOUND for a code that the catalogue does not have. */
export async function getRegister(ctx: ReadContext, code: string): Promise<Register> {
  const register = (await listRegisters(ctx)).find(({ id }) => id === code)
  if (!register) throw new AppError('NOT_FOUND', 'There is no such register.')
  return register
}

/** The same, locked against changes of its connector until the transaction ends. */
export async function lockedRegister(ctx: WriteContext, code: string): Promise<Register> {
  await store.lockRegister(ctx, code)
  return getRegister(ctx, code)
}

export async function registerHealth(ctx: ReadContext, register: string): Promise<RegisterHealth> {
  return (await store.healthRows(ctx, register)).get(register) ?? healthy
}

/**
 * The answers as they count, in their order: a "not found" that may come from a wrong address is a fault of the source. Hand
 * `proof` on to `noteResults` in the same transaction.
 */
export async function judgeAnswers(
  ctx: WriteContext,
  register: string,
  judged: readonly Judged[],
): Promise<{ readonly answers: CheckAnswer[]; readonly proof: Proof; readonly lastGoodAt: Date | null }> {
  const before = (await store.healthRows(ctx, register, true)).get(register) ?? healthy
  const proof = proofAfter(before, judged)
  return { answers: judged.map((one) => believed(one, proof)), proof, lastGoodAt: before.lastGoodAt }
}

/** Notes how a register answered, and leaves it alone for a while when it did not. */
export async function noteResults(ctx: WriteContext, register: string, results: Results): Promise<void> {
  const before = (await store.healthRows(ctx, register, true)).get(register) ?? healthy
  const after = afterResults(before, results, ctx.now)
  if (after !== before) await store.writeHealth(ctx, register, after)
}

/** Whether the register is left alone, and until when. */
export async function breakerState(
  ctx: ReadContext,
  register: string,
): Promise<{
  readonly state: 'CLOSED' | 'OPEN'
  readonly mayAskAt: Date | null
  readonly isDegraded: boolean
}> {
  const health = await registerHealth(ctx, register)
  return { state: health.state, mayAskAt: health.mayAskAt, isDegraded: isDegraded(health) }
}

/** Registers whose answers are late, with how many organisations see them so; of no organisation in particular. */
export async function degradedRegisters(runtime: Runtime): Promise<ReadonlyMap<string, number>> {
  const late = new Map<string, number>()
  for (const { register, ...health } of await store.unscopedHealth(runtime.db))
    if (isDegraded(health)) late.set(register, (late.get(register) ?? 0) + 1)
  return late
}
