/**
 * Changing one credential: what an integration declares over the API.
 *
 * Promises: what is declared never overwrites what a check said; a number is one credential's of its worker and type; what
 * changes nothing leaves no version and no event.
 */
import type { WriteContext } from '../../platform/context.ts'
import { brokenUnique, sql } from '../../platform/db/database.ts'
import { AppError } from '../../platform/errors.ts'
import {
  checkCredentialNumber,
  normaliseCredentialNumber,
} from '../credential-types/credential-numbers.rules.ts'
import type { CredentialTypeEntry } from '../credential-types/credential-types.schema.ts'
import { catalogueOf, mappingsOf } from '../credential-types/credential-types.ts'
import { resolveLicenceType } from '../credential-types/licence-types.rules.ts'
import { heldWorkerId, referredWorkerId } from '../workers/workers.ts'
import * as store from './credentials.change.store.ts'
import { withAuthority, type Credential, type CredentialInput } from './credentials.schema.ts'
import { findCredential } from './credentials.store.ts'
import { settleTypes } from './credentials.succession.ts'
import { refusedValues, valueFaults } from './credentials.values.rules.ts'
import { insertVersions } from './credentials.versions.store.ts'

const fault = (pointer: string, code: string, detail: string): AppError =>
  refusedValues([{ pointer, code, detail }])

/** The type that was meant, by its code or, where there is none, by the organisation's own. */
async function typeOf(ctx: WriteContext, input: CredentialInput): Promise<CredentialTypeEntry> {
  const catalogue = await catalogueOf(ctx)
  const credentialType = input.credentialType ?? null
  const code = credentialType ?? input.licenceType ?? null
  if (code === null)
    throw fault('/credentialType', 'REQUIRED', 'Say which credential it is: credentialType, or licenceType.')
  const answer = resolveLicenceType(code, (await mappingsOf(ctx)).byCode, catalogue)
  const meant = credentialType ?? answer.credentialType
  const type = meant === null ? undefined : catalogue.types.get(meant)
  if (type) return type
  const near = answer.credentialType === null ? answer.proposals : [answer.credentialType]
  const hint = near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : ''
  throw credentialType === null
    ? fault('/licenceType', 'UNMAPPED_LICENCE_TYPE', `The licence type "${code}" is not mapped.${hint}`)
    : fault('/credentialType', 'UNKNOWN_CREDENTIAL_TYPE', `There is no credential type "${code}".${hint}`)
}

/** What was sent, as it will lie in the table; refuses with every fault listed. */
async function valuesOf(
  ctx: WriteContext,
  id: string,
  input: CredentialInput,
): Promise<store.DeclaredValues> {
  const type = await typeOf(ctx, input)
  const number = input.number ?? null
  const issueDate = input.issueDate ?? null
  const expiryDate = input.expiryDate ?? null
  const jurisdiction = type.jurisdiction ?? input.jurisdiction ?? null
  const judged = number === null ? undefined : checkCredentialNumber(type, number)
  const faults = valueFaults(type, { number, issueDate, expiryDate })
  if ((input.jurisdiction ?? jurisdiction) !== jurisdiction)
    faults.push({
      pointer: '/jurisdiction',
      code: 'JURISDICTION_DIFFERS',
      detail: `${type.code} is a credential of ${type.jurisdiction ?? ''}. Leave the jurisdiction out.`,
    })
  if (faults.length > 0) throw refusedValues(faults)
  return {
    credentialType: type.code,
    // Documents without a number are told apart by themselves: two degrees are two credentials.
    numberNormalised: judged?.normalised ?? `~${id}`,
    jurisdiction,
    number,
    holderName: input.holderName ?? null,
    issueDate,
    expiryDate,
    lifecycle: input.lifecycle === 'INACTIVE' ? 'INACTIVE' : 'ACTIVE',
  }
}

async function assertNumberIsFree(
  ctx: WriteContext,
  workerId: string,
  id: string,
  values: Pick<store.DeclaredValues, 'credentialType' | 'numberNormalised'>,
): Promise<void> {
  const holder = await store.holderOfNumber(ctx, workerId, values, id)
  if (holder !== undefined)
    throw new AppError(
      'CREDENTIAL_EXISTS',
      `The credential ${holder} is this worker’s ${values.credentialType} with this number.`,
      { extra: { holder } },
    )
}

/** A parallel change may take what was free a moment ago: told in the same words. */
async function toldWhenTaken<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (brokenUnique(error) === 'credentials_by_number')
      throw new AppError(
        'CREDENTIAL_EXISTS',
        'This worker has just got a credential of this type and number.',
        {
          cause: error,
        },
      )
    throw error
  }
}

async function shown(ctx: WriteContext, id: string): Promise<Credential> {
  const credential = await findCredential(ctx, id)
  if (!credential) throw new AppError('NOT_FOUND', 'There is no such credential.')
  return withAuthority(await catalogueOf(ctx), credential)
}

async function record(
  ctx: WriteContext,
  id: string,
  action: string,
  fields: readonly string[],
): Promise<void> {
  await insertVersions(ctx, sql`select ${id}::text`, null)
  await ctx.audit({ entityType: 'credential', entityId: id, action, changes: { fields } })
}

/** Refuses a worker or type that is not there, a number that cannot be, and CREDENTIAL_EXISTS naming the other. */
export async function createCredential(ctx: WriteContext, input: CredentialInput): Promise<Credential> {
  const id = ctx.newId('credential')
  const workerId = await heldWorkerId(ctx, input.worker, '/worker')
  const values = await valuesOf(ctx, id, input)
  await assertNumberIsFree(ctx, workerId, id, values)
  await toldWhenTaken(() => store.insertCredential(ctx, id, workerId, values))
  await record(ctx, id, 'create', [])
  await ctx.emit({ type: 'credential.added', data: { credentialIds: [id], workerIds: [workerId] } })
  await settleTypes(ctx, workerId, [values.credentialType])
  return shown(ctx, id)
}

async function locked(ctx: WriteContext, id: string): Promise<store.LockedCredential> {
  const row = await store.lockCredential(ctx, id)
  if (!row || row.deletedAt !== null) throw new AppError('NOT_FOUND', 'There is no such credential.')
  return row
}

/** The credential as it is now, locked. NOT_FOUND also for a deleted one and one of a deleted worker. */
export async function lockedCredential(ctx: WriteContext, id: string): Promise<Credential> {
  await locked(ctx, id)
  return shown(ctx, id)
}

const fieldNames = [
  'credentialType',
  'number',
  'holderName',
  'issueDate',
  'expiryDate',
  'jurisdiction',
  'lifecycle',
] as const

/** Whether what is declared now is about another card or person than what was verified or reviewed. */
function isOfOtherCard(
  before: store.LockedCredential,
  after: store.DeclaredValues,
  fields: readonly string[],
): boolean {
  const differs = (declared: string | null, verified: string | null): boolean =>
    verified === null ||
    declared === null ||
    normaliseCredentialNumber(declared) !== normaliseCredentialNumber(verified)
  return (
    fields.includes('credentialType') ||
    (fields.includes('number') &&
      before.numberNormalised !== after.numberNormalised &&
      differs(after.number, before.verifiedNumber)) ||
    (fields.includes('holderName') && after.holderName !== before.verifiedHolderName)
  )
}

/**
 * Puts the whole declaration in place of what was declared (PUT). What is absent is emptied. Another number, type or holder
 * name than was verified sets the assurance back to DECLARED. Refuses another worker.
 */
export async function replaceCredential(
  ctx: WriteContext,
  id: string,
  input: CredentialInput,
): Promise<Credential> {
  const before = await locked(ctx, id)
  if ((await referredWorkerId(ctx, input.worker, '/worker')) !== before.workerId)
    throw fault(
      '/worker',
      'WORKER_DIFFERS',
      'A credential stays with its worker. Delete it and create it for the other.',
    )
  const values = await valuesOf(ctx, id, input)
  // What was superseded stays so until its successor goes: see credentials.succession.ts.
  const after: store.DeclaredValues =
    before.lifecycle === 'SUPERSEDED' && values.lifecycle === 'ACTIVE'
      ? { ...values, lifecycle: 'SUPERSEDED' }
      : values
  const fields = fieldNames.filter((name) => before[name] !== after[name])
  if (fields.length === 0) return shown(ctx, id)
  await assertNumberIsFree(ctx, before.workerId, id, after)
  await toldWhenTaken(() => store.updateCredential(ctx, id, after, isOfOtherCard(before, after, fields)))
  await record(ctx, id, 'update', fields)
  await ctx.emit({
    type: 'credential.updated',
    data: { credentialIds: [id], workerIds: [before.workerId], changed: fields },
  })
  await settleTypes(ctx, before.workerId, [before.credentialType, after.credentialType])
  return shown(ctx, id)
}

/** Hides the credential from lists, statuses and exports; `restoreCredential` brings it back. */
export async function deleteCredential(ctx: WriteContext, id: string): Promise<void> {
  const { workerId, credentialType } = await locked(ctx, id)
  await store.setDeleted(ctx, id, ctx.now)
  await record(ctx, id, 'delete', [])
  await ctx.emit({ type: 'credential.deleted', data: { credentialIds: [id], workerIds: [workerId] } })
  await settleTypes(ctx, workerId, [credentialType])
}

/** NOT_FOUND for one that was never there; one that is not deleted stays as it is. Refuses CREDENTIAL_EXISTS. */
export async function restoreCredential(ctx: WriteContext, id: string): Promise<Credential> {
  const row = await store.lockCredential(ctx, id)
  if (!row) throw new AppError('NOT_FOUND', 'There is no such credential.')
  if (row.deletedAt === null) return shown(ctx, id)
  await assertNumberIsFree(ctx, row.workerId, id, row)
  await toldWhenTaken(() => store.setDeleted(ctx, id, null))
  await record(ctx, id, 'restore', [])
  await ctx.emit({
    type: 'credential.updated',
    data: { credentialIds: [id], workerIds: [row.workerId], changed: ['deletedAt'] },
  })
  await settleTypes(ctx, row.workerId, [row.credentialType])
  return shown(ctx, id)
}
