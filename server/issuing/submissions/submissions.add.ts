/** Adding credentials for a person (spec 80, Adding): all of a submission or nothing. */
import type { WriteContext } from '../../platform/context.ts'
import { brokenUnique } from '../../platform/db/database.ts'
import { AppError, type Fault } from '../../platform/errors.ts'
import { pointerOf } from '../../platform/faults.ts'
import { publicUrlOf } from '../../platform/public-url.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { partnerCaller, type PartnerPrincipal } from '../partners/partners.ts'
import { warningsOf } from './submissions.faults.rules.ts'
import type { Declared, DeclaredItem } from './submissions.schema.ts'
import { bodyHash, sealFields } from './submissions.seal.ts'
import { expire, expiryTimer, lifeMs } from './submissions.state.ts'
import * as store from './submissions.store.ts'
import { uploadLinks } from './submissions.uploads.ts'

export interface Added {
  readonly isNew: boolean
  readonly redirectUri: string
  /** Of every asset that has not arrived. */
  readonly uploads: readonly { readonly assetId: string; readonly url: string }[]
  readonly warnings: readonly Fault[]
}

interface Kept {
  readonly isNew: boolean
  readonly submission: Pick<store.SubmissionRow, 'id' | 'clientId'>
  readonly uploads: Added['uploads']
}

/**
 * Keeps what a partner declared, under the partner's key, for 48 hours. The same submission again in that time changes nothing and
 * answers the same, with fresh links for what has not arrived. Refuses CREDENTIAL_ID_TAKEN, naming each id that is something
 * else's; then nothing is kept.
 */
export async function addSubmission(
  runtime: Runtime,
  principal: PartnerPrincipal,
  requestId: string,
  declared: Declared,
): Promise<Added> {
  const caller = partnerCaller(principal, requestId)
  const keep = (): Promise<Kept> =>
    runtime.write(principal.partnerId, caller, (ctx) => keepSubmission(runtime, ctx, principal, declared))
  const { isNew, submission, uploads } = await keep().catch((error: unknown) => {
    // Another request with one of these ids was faster: now it can be seen.
    if (brokenUnique(error) === 'partner_credential_ids_pkey') return keep()
    throw error
  })
  return {
    isNew,
    redirectUri: `${publicUrlOf(runtime.config)}/partner/add/batch#clientId=${submission.clientId}&content=${submission.id}`,
    uploads,
    warnings: declared.items.flatMap(warningsAt),
  }
}

function warningsAt({ kind, fields, path }: DeclaredItem): Fault[] {
  return warningsOf(kind, fields).map(({ code, field, detail }) => ({
    pointer: pointerOf([...path, 'fields', field]),
    code,
    detail,
  }))
}

async function keepSubmission(
  runtime: Runtime,
  ctx: WriteContext,
  principal: PartnerPrincipal,
  declared: Declared,
): Promise<Kept> {
  const hash = await bodyHash(ctx, declared)
  const repeated = await judgeIds(ctx, declared, hash)
  if (repeated) {
    const assets = (await store.assetsOf(ctx, repeated.id)).filter(({ arrivedAt }) => arrivedAt === null)
    return { isNew: false, submission: repeated, uploads: await uploadLinks(runtime, ctx, assets) }
  }
  const id = ctx.newId('submission')
  const items = await Promise.all(
    declared.items.map(async ({ credentialId, kind, fields, assets }) => {
      const itemId = ctx.newId('submissionItem')
      return {
        id: itemId,
        credentialId,
        kind,
        sealed: await sealFields(ctx, itemId, fields),
        warnings: warningsOf(kind, fields).map(({ code }) => code),
        assets: assets.map((asset) => ({ id: ctx.newId('asset'), ...asset })),
      }
    }),
  )
  const { clientId } = principal
  const expiresAt = new Date(ctx.now.getTime() + lifeMs)
  await store.insertSubmission(ctx, {
    id,
    clientId,
    credentialId: declared.credentialId,
    bodyHash: hash,
    expiresAt,
    items,
  })
  await ctx.setTimer({ kind: expiryTimer, subjectId: id, dueAt: expiresAt })
  const assets = items.flatMap((item) => item.assets)
  await ctx.audit({
    entityType: 'partnerSubmission',
    entityId: id,
    action: 'add',
    changes: {
      kinds: [...new Set(items.map(({ kind }) => kind))],
      items: items.length,
      assets: assets.length,
    },
  })
  return {
    isNew: true,
    submission: { id, clientId },
    uploads: await uploadLinks(runtime, ctx, assets),
  }
}

/**
 * Whether the ids are free, or this is a submission that is there already. What was canceled gives its ids up; what is overdue
 * ends first, so that the clock decides and not when somebody looks.
 */
async function judgeIds(
  ctx: WriteContext,
  declared: Declared,
  hash: Buffer,
): Promise<store.SubmissionRow | undefined> {
  const ids = [declared.credentialId, ...declared.items.map(({ credentialId }) => credentialId)]
  const taken = await store.takenIds(ctx, ids)
  if (taken.length === 0) return undefined
  const named = [...new Set(taken.map(({ submissionId }) => submissionId))]
  for (const one of await store.lockSubmissions(ctx, named)) await expire(ctx, one)
  const there = new Map((await store.submissionsById(ctx, named)).map((one) => [one.id, one]))
  const same = taken.find(
    ({ credentialId, itemId }) => credentialId === declared.credentialId && itemId === null,
  )
  const repeated = same && there.get(same.submissionId)
  if (repeated && repeated.status !== 'canceled') {
    const isSame = repeated.bodyHash !== null && repeated.bodyHash.equals(hash)
    if (isSame && ctx.now < repeated.expiresAt) return repeated
    const detail = isSame
      ? `The submission "${shown(declared.credentialId)}" was sent more than 48 hours ago and is ${repeated.status}.`
      : `The submission "${shown(declared.credentialId)}" was sent before, with another body.`
    throw new AppError('CREDENTIAL_ID_TAKEN', detail, {
      errors: [{ pointer: '/credential_id', code: 'TAKEN', detail }],
    })
  }
  const isLive = (id: string): boolean =>
    taken.some((one) => one.credentialId === id && there.get(one.submissionId)?.status !== 'canceled')
  const faults = [
    { id: declared.credentialId, path: ['credential_id'] as readonly (string | number)[] },
    ...declared.items.map(({ credentialId, path }) => ({
      id: credentialId,
      path: [...path, 'credential_id'],
    })),
  ]
    .filter(({ id }) => isLive(id))
    .map(({ id, path }) => ({
      pointer: pointerOf(path),
      code: 'TAKEN',
      detail: `The credential_id "${shown(id)}" belongs to something that was sent before.`,
    }))
  if (faults.length > 0)
    throw new AppError('CREDENTIAL_ID_TAKEN', faults.map(({ detail }) => detail).join(' '), {
      errors: faults,
    })
  // Only what was canceled is left, of which nothing but the names is there.
  if (repeated) await store.deleteSubmissions(ctx, [repeated.id])
  await store.freeIds(ctx, ids)
  return undefined
}

const shown = (id: string): string => (id.length > 80 ? `${id.slice(0, 80)}…` : id)
