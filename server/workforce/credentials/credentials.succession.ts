/**
 * Succession: a renewed credential makes its predecessor SUPERSEDED, and the predecessor comes back when the renewal goes.
 *
 * It is settled anew, by one rule, after whatever may change it: a change over the API, an import, an answer of a register.
 * So it does not matter in which order things became known, and what is settled stays as it is night after night.
 */
import type { WriteContext } from '../../platform/context.ts'
import { sql, type Sql } from '../../platform/db/database.ts'
import { catalogueOf } from '../credential-types/credential-types.ts'
import * as store from './credentials.succession.store.ts'
import { insertVersions } from './credentials.versions.store.ts'

async function replacingTypes(ctx: WriteContext): Promise<string[]> {
  const { types } = await catalogueOf(ctx)
  return [...types.values()].filter((type) => type.renewal === 'replaces').map((type) => type.code)
}

async function settle(ctx: WriteContext, touched: Sql): Promise<void> {
  const moved = await store.settleSuccession(ctx, touched, await replacingTypes(ctx))
  if (moved.length === 0) return
  const ids = moved.map(({ id }) => id)
  await insertVersions(ctx, sql`select unnest(${ids}::text[])`, null)
  for (const { id, lifecycle } of moved) {
    await ctx.audit({
      entityType: 'credential',
      entityId: id,
      action: lifecycle === 'SUPERSEDED' ? 'supersede' : 'reinstate',
      changes: { fields: ['lifecycle'] },
    })
  }
  await ctx.emit({
    type: 'credential.updated',
    data: {
      credentialIds: ids,
      workerIds: [...new Set(moved.map(({ workerId }) => workerId))],
      changed: ['lifecycle'],
    },
  })
}

/** After a change of one worker's: of each of these types. */
export function settleTypes(
  ctx: WriteContext,
  workerId: string,
  credentialTypes: readonly string[],
): Promise<void> {
  return settle(
    ctx,
    sql`select ${workerId}::text as worker_id, credential_type from unnest(${credentialTypes}::text[]) as n(credential_type)`,
  )
}

/** After a change of up to a thousand: of what their workers hold of the same types. */
export async function settleCredentials(ctx: WriteContext, credentialIds: readonly string[]): Promise<void> {
  if (credentialIds.length === 0) return
  await settle(ctx, store.touchedBy(ctx, sql`select unnest(${credentialIds}::text[])`))
}

/** After an import has written its plan and recorded it; adds to `changed_credentials`. Returns how many changed. */
export async function settleImported(ctx: WriteContext): Promise<number> {
  return store.settleImported(ctx, await replacingTypes(ctx))
}
