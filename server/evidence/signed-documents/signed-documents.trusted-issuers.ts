/** Whom an organisation believes, and what a document is worth to it. */
import { AppError } from '../../platform/errors.ts'
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import type { Runtime } from '../../platform/runtime.ts'
import type { DocumentSources } from './signed-documents.sources.ts'
import * as store from './signed-documents.store.ts'
import { plainIdentifier, type TrustedIssuerInput } from './signed-documents.trusted-issuers.schema.ts'

export type { TrustedIssuerRow } from './signed-documents.store.ts'

/** All of them, the oldest first. */
export function listTrustedIssuers(ctx: ReadContext): Promise<store.TrustedIssuerRow[]> {
  return store.trustedIssuerRows(ctx)
}

/** Throws NOT_FOUND. */
export async function getTrustedIssuer(ctx: ReadContext, id: string): Promise<store.TrustedIssuerRow> {
  return known(await store.trustedIssuerById(ctx, id))
}

function known(row: store.TrustedIssuerRow | undefined): store.TrustedIssuerRow {
  if (row === undefined) throw new AppError('NOT_FOUND', 'There is no such trusted issuer.')
  return row
}

/** Refuses (VALIDATION_FAILED) an address of keys that may not be called. Looks names up: outside of any unit of work. */
export async function assertReachable(runtime: Runtime, { jwksUrl }: TrustedIssuerInput): Promise<void> {
  const detail = jwksUrl === null ? null : await runtime.outbound.refusalOf(jwksUrl)
  if (detail !== null)
    throw new AppError('VALIDATION_FAILED', detail, {
      errors: [{ pointer: '/jwksUrl', code: 'OUTBOUND_REFUSED', detail }],
    })
}

/** Puts an issuer on the list. NAME_TAKEN where its identifier is on it. */
export async function trustIssuer(
  ctx: WriteContext,
  input: TrustedIssuerInput,
): Promise<store.TrustedIssuerRow> {
  const row: store.TrustedIssuerRow = {
    id: ctx.newId('trustedIssuer'),
    identifier: plainIdentifier(input.identifier) ?? input.identifier,
    name: input.name,
    jwksUrl: input.jwksUrl,
    createdAt: ctx.now,
  }
  if (!(await store.insertTrustedIssuer(ctx, row)))
    throw new AppError('NAME_TAKEN', 'An issuer with this identifier is on the list: take it off first.')
  const { identifier, jwksUrl } = row
  await ctx.audit({
    entityType: 'register',
    entityId: row.id,
    action: 'trustIssuer',
    changes: { identifier, jwksUrl },
  })
  return row
}

/** Takes an issuer off the list; what was verified by it stays as it was found. NOT_FOUND where it is not on it. */
export async function distrustIssuer(ctx: WriteContext, id: string): Promise<void> {
  if (!(await store.deleteTrustedIssuer(ctx, id)))
    throw new AppError('NOT_FOUND', 'There is no such trusted issuer.')
  await ctx.audit({ entityType: 'register', entityId: id, action: 'distrustIssuer' })
}

/** What documents are held against in an organisation: its list, and the ways out of this house. */
export async function sourcesOf(
  runtime: Runtime,
  read: <T>(work: (ctx: ReadContext) => Promise<T>) => Promise<T>,
): Promise<DocumentSources> {
  return {
    now: runtime.clock.now(),
    outbound: runtime.outbound,
    // Neither DNS nor a chain has a source yet: what would have to be asked there is not checked.
    lookUpTxt: null,
    callContract: null,
    trustedIssuers: await read(listTrustedIssuers),
  }
}
