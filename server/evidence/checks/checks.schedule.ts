/** Which credentials are asked about, and when: what is queued by changes, by people, and by a register that was connected. */
import { systemCaller, type ReadContext, type WriteContext } from '../../platform/context.ts'
import { sql, type Sql } from '../../platform/db/database.ts'
import { AppError } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { catalogueOf } from '../../workforce/credential-types/credential-types.ts'
import {
  activeCredentialsOfTypes,
  askedCredentials,
  credentialsOfWorkers,
  getCredential,
} from '../../workforce/credentials/credentials.ts'
import { breakerState, connectedRegisters } from '../registers/registers.ts'
import { headStartMs } from './checks.rules.ts'
import * as schedule from './checks.schedule.store.ts'
import type { AskTrigger, Verification } from './checks.schema.ts'

/** The timer of the next turn at a register; its subject is the register. */
export const askTimer = 'checks.ask'

/** The types that can be asked about, with the register that knows each. */
async function askableTypes(ctx: ReadContext): Promise<{ credentialType: string; register: string }[]> {
  const connected = new Set((await connectedRegisters(ctx)).map(({ register }) => register))
  if (connected.size === 0) return []
  return [...(await catalogueOf(ctx)).types.values()].flatMap(({ code, register }) =>
    register !== null && connected.has(register) ? [{ credentialType: code, register }] : [],
  )
}

/**
 * Asks about those of the credentials that a connected register knows, as soon as it may be asked.
 * @param credentialIds a query of one column `credential_id`
 * @param more.awaitedBy the import whose export waits for the first answers
 */
export async function queueChecks(
  ctx: WriteContext,
  credentialIds: Sql,
  trigger: AskTrigger,
  more: { readonly awaitedBy?: string; readonly correlationId?: string } = {},
): Promise<void> {
  const types = await askableTypes(ctx)
  if (types.length === 0) return
  const turnAt = new Date(ctx.now.getTime() - headStartMs[trigger])
  const registers = await schedule.enqueue(ctx, { credentialIds, types, turnAt, trigger, ...more })
  for (const register of registers)
    await ctx.setTimer({ kind: askTimer, subjectId: register, dueAt: ctx.now, orEarlier: true })
}

/** The same for a few by their ids. */
export async function queueChanged(ctx: WriteContext, credentialIds: readonly string[]): Promise<void> {
  await queueChecks(ctx, sql`select unnest(${credentialIds}::text[]) as credential_id`, 'CHANGED')
}

/** The sandbox's clock was moved: what is due by it now is asked about. */
export async function askAnew(ctx: WriteContext): Promise<void> {
  for (const { register } of await connectedRegisters(ctx))
    await ctx.setTimer({ kind: askTimer, subjectId: register, dueAt: ctx.now, orEarlier: true })
}

/** What these people hold is asked about again: they came back, or another name or birth date is theirs. */
export async function queueChecksOfWorkers(ctx: WriteContext, workerIds: readonly string[]): Promise<void> {
  await queueChecks(ctx, credentialsOfWorkers(ctx, sql`select unnest(${workerIds}::text[])`), 'CHANGED')
}

/**
 * The same for all that an import changed, as it lies in its transaction; the export after it waits for the first answers.
 */
export async function queueChecksOfImport(ctx: WriteContext, importId: string): Promise<void> {
  const others = sql`select worker_id from changed_workers where action in ('REACTIVATE', 'RESTORE') or changes && ${[...askedOfWorker]}::text[]`
  await queueChecks(
    ctx,
    sql`select credential_id from changed_credentials union all ${credentialsOfWorkers(ctx, others)}`,
    'CHANGED',
    { awaitedBy: importId },
  )
}

/** What sources are told of a person. */
export const askedOfWorker: ReadonlySet<string> = new Set([
  'displayName',
  'firstName',
  'middleName',
  'lastName',
  'birthDate',
])

/**
 * Asks the register about a credential now, on somebody's wish. A second wish before the answer gets the same correlation id,
 * which stands in each attempt until it has come.
 * Refuses (NOT_CHECKABLE) a type that no register knows, a register that is not connected, what is over, and what somebody
 * holds who has left.
 */
export async function requestCheck(ctx: WriteContext, credentialId: string): Promise<Verification> {
  const credential = await getCredential(ctx, credentialId)
  const { credentialType, lifecycle } = credential.attributes
  const register = (await catalogueOf(ctx)).types.get(credentialType)?.register ?? null
  if (register === null)
    throw new AppError('NOT_CHECKABLE', `No register can be asked about ${credentialType}.`)
  if (!(await connectedRegisters(ctx)).some((one) => one.register === register))
    throw new AppError(
      'NOT_CHECKABLE',
      `The register ${register} is not connected. Connect it with PUT /registers/${register}/connector.`,
    )
  if (lifecycle !== 'ACTIVE')
    throw new AppError('NOT_CHECKABLE', `The credential is ${lifecycle}; only an ACTIVE one is asked about.`)
  const [asked] = await askedCredentials(ctx, [credentialId])
  if (asked?.isAsked !== true)
    throw new AppError('NOT_CHECKABLE', 'Its worker is INACTIVE; only those who are ACTIVE are asked about.')
  const correlationId = (await schedule.openCorrelationId(ctx, credentialId)) ?? newId('request')
  await queueChecks(ctx, sql`select ${credentialId}::text as credential_id`, 'REQUESTED', { correlationId })
  await ctx.audit({
    entityType: 'credential',
    entityId: credentialId,
    action: 'requestCheck',
    changes: { register, correlationId },
  })
  return { correlationId, register, isDegraded: (await breakerState(ctx, register)).isDegraded }
}

const pieceSize = 5_000

/** Gives a turn to everything that a register knows, piece by piece: a million of them must not be one transaction. */
export async function enrol(runtime: Runtime, organisationId: string, register: string): Promise<void> {
  for (let after: string | null = ''; after !== null;) {
    const behind: string = after
    after = await runtime.write(organisationId, systemCaller, async (ctx) => {
      const types = (await askableTypes(ctx)).filter((one) => one.register === register)
      const ids = await activeCredentialsOfTypes(
        ctx,
        types.map(({ credentialType }) => credentialType),
        behind,
        pieceSize,
      )
      await queueChecks(ctx, sql`select unnest(${ids}::text[]) as credential_id`, 'CONNECTED')
      return ids.length < pieceSize ? null : (ids.at(-1) ?? null)
    })
  }
}

/** A register that is not connected any more is not asked. */
export async function dismissRegister(
  runtime: Runtime,
  organisationId: string,
  register: string,
): Promise<void> {
  for (let gone = pieceSize; gone === pieceSize;) {
    gone = await runtime.write(organisationId, systemCaller, async (ctx) => {
      if ((await connectedRegisters(ctx)).some((one) => one.register === register)) return 0
      await ctx.clearTimer(askTimer, register)
      return schedule.dismissOf(ctx, register, pieceSize)
    })
  }
}

const waitingMax = 10_000

/** How many credentials wait for their turn at a register now, as far as 10,000. */
export function waitingFor(ctx: ReadContext, register: string): Promise<number> {
  return schedule.waitingCount(ctx, register, ctx.now, waitingMax)
}

export const isAwaited = schedule.isAwaited
