/** A partner to try things with, and a holder who decides without a browser. */
import { systemCaller, type Caller } from '../../platform/context.ts'
import { AppError } from '../../platform/errors.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { createHolder } from '../holders/holders.ts'
import { partnerScopes } from '../partners/partners.schema.ts'
import { createPartner, findPartner, getPartner, type NewClient } from '../partners/partners.ts'
import { claimOffer, decideOffer, offerFor, type Offer } from './submissions.offers.ts'
import { expireById } from './submissions.state.ts'
import * as store from './submissions.store.ts'

export interface Sandbox extends NewClient {
  readonly testHolderId: string
}

/** A partner with every scope, and a test holder of its own. Refuses as `createPartner`. */
export async function createSandbox(runtime: Runtime, caller: Caller, name: string): Promise<Sandbox> {
  const testHolderId = await createHolder(runtime, { isSandbox: true }, caller)
  const made = await createPartner(runtime, caller, { name, scopes: partnerScopes, testHolderId })
  return { ...made, testHolderId }
}

/**
 * Has the test holder open a submission and decide: about all that is offered, or about the items named. Refuses with
 * SANDBOX_ONLY a partner that is no sandbox; NOT_FOUND.
 * @param credentialIds as the partner calls the items; empty = all
 */
export async function playTestHolder(
  runtime: Runtime,
  caller: Caller,
  wanted: {
    readonly partner: string
    readonly credentialId: string
    readonly isAccepted: boolean
    readonly credentialIds: readonly string[]
  },
): Promise<Offer> {
  const { id: partnerId } = await findPartner(runtime, wanted.partner)
  const { testHolderId, name } = await getPartner(runtime, partnerId)
  if (testHolderId === null)
    throw new AppError(
      'SANDBOX_ONLY',
      `${name} is no sandbox: its holders decide themselves. Make one with \`vouchsafe partner sandbox\`.`,
    )
  const asHolder: Caller = { ...caller, actor: { kind: 'HOLDER', id: testHolderId } }
  const [named] = await runtime.read(partnerId, systemCaller, (ctx) =>
    store.takenIds(ctx, [wanted.credentialId]),
  )
  if (!named) throw new AppError('NOT_FOUND', `There is no submission "${wanted.credentialId}".`)
  const { submissionId } = named
  await runtime.write(partnerId, caller, (ctx) => expireById(ctx, submissionId))
  return runtime.write(partnerId, asHolder, async (ctx) => {
    await claimOffer(ctx, submissionId, testHolderId)
    const items = (await store.itemsOf(ctx, submissionId)).filter(
      ({ state, credentialId }) =>
        state === 'OFFERED' &&
        (wanted.credentialIds.length === 0 || wanted.credentialIds.includes(credentialId)),
    )
    await decideOffer(
      ctx,
      submissionId,
      testHolderId,
      items.map(({ id }) => ({ itemId: id, isAccepted: wanted.isAccepted })),
    )
    const left = await store.submissionById(ctx, submissionId)
    if (left?.holderId === testHolderId) return offerFor(ctx, submissionId, testHolderId)
    return {
      submissionId,
      partner: { id: partnerId, name },
      status: left?.status ?? 'canceled',
      expiresAt: left?.expiresAt ?? ctx.now,
      items: [],
    }
  })
}
