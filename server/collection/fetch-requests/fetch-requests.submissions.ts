/** What the worker has supplied so far. */
import type { ReadContext } from '../../platform/context.ts'
import { AppError } from '../../platform/errors.ts'
import { attachmentsOf } from '../../evidence/attachments/attachments.ts'
import { catalogueOf } from '../../workforce/credential-types/credential-types.ts'
import { getCredential } from '../../workforce/credentials/credentials.ts'
import { itemsOf } from './fetch-requests.items.store.ts'
import { findRequest } from './fetch-requests.store.ts'

export interface Submission {
  readonly itemId: string
  readonly credentialId: string
  readonly credentialType: string
  readonly displayName: string
  /** The credential's eligibility. */
  readonly status: string | null
  readonly licenceStatus: string
  readonly assurance: string
  readonly number: string | null
  readonly issueDate: string | null
  readonly expiryDate: string | null
  readonly submittedAt: Date
  readonly attachments: readonly {
    readonly id: string
    readonly fileName: string
    readonly mediaType: string
    readonly sizeBytes: number
    readonly contentUrl: string
  }[]
}

/** In the order of the tree. NOT_FOUND; a deleted request keeps what was supplied. */
export async function submissionsOf(ctx: ReadContext, requestId: string): Promise<Submission[]> {
  const row = await findRequest(ctx, requestId)
  if (!row) throw new AppError('NOT_FOUND', 'There is no such fetch request.')
  const { types } = await catalogueOf(ctx)
  const submissions: Submission[] = []
  // A hundred at most, and mostly two.
  for (const item of await itemsOf(ctx, requestId)) {
    const { credentialId, answeredAt } = item
    if (item.state !== 'SUPPLIED' || credentialId === null) continue
    const credential = await getCredential(ctx, credentialId).catch((error: unknown) => {
      // Deleted since: it is no longer anybody's evidence.
      if (error instanceof AppError && error.code === 'NOT_FOUND') return undefined
      throw error
    })
    if (!credential) continue
    const { attributes } = credential
    submissions.push({
      itemId: item.id,
      credentialId,
      credentialType: item.credentialType,
      displayName: types.get(item.credentialType)?.name ?? item.credentialType,
      status: attributes.eligibility,
      licenceStatus: attributes.licenceStatus,
      assurance: attributes.assurance,
      number: attributes.number,
      issueDate: attributes.issueDate,
      expiryDate: attributes.expiryDate,
      submittedAt: answeredAt ?? row.updatedAt,
      attachments: (await attachmentsOf(ctx, { credentialId })).map(({ id, fileName, mediaType, bytes }) => ({
        id,
        fileName,
        mediaType,
        sizeBytes: bytes,
        contentUrl: `/openapi/v1/credentials/${credentialId}/attachments/${id}/content`,
      })),
    })
  }
  return submissions
}
