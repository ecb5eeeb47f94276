/** What the house expects of a document, and where else in the organisation the same one stands. */
import { createHash } from 'node:crypto'
import type { ReadContext } from '../../platform/context.ts'
import { AppError } from '../../platform/errors.ts'
import { localDateOf } from '../../platform/local-date.ts'
import { settingsOf } from '../../tenancy/organisations/organisations.ts'
import { catalogueOf } from '../../workforce/credential-types/credential-types.ts'
import {
  ownersOf,
  sameNumberOfOthers,
  type AskedCredential,
} from '../../workforce/credentials/credentials.ts'
import { getWorker } from '../../workforce/workers/workers.ts'
import { sameElsewhere } from '../attachments/attachments.ts'
import type { AttachmentRecord } from '../attachments/attachments.schema.ts'
import type {
  DocumentExpectation,
  DocumentReading,
  ReadingEngine,
} from '../document-reading/document-reading.schema.ts'
import { documentTypeHints } from '../document-reading/document-reading.ts'
import { holderOf, readNumberOf, type PersonNames } from './document-checks.rules.ts'
import type { Duplicate, HeldDocument } from './document-checks.schema.ts'

/** What reading and comparing takes from elsewhere. */
export interface DocumentCheckParts {
  readonly engine: ReadingEngine
  /** Undefined where nothing is held for it any more. What holds documents lies to the right: app.ts hands this over. */
  heldDocument(ctx: ReadContext, heldFor: string): Promise<HeldDocument | undefined>
}

/** Whom and what a document is for: a credential, or what it is held for; nobody where that is gone. */
export type DocumentSubject =
  | { readonly credential: AskedCredential; readonly held?: never }
  | { readonly held: HeldDocument | undefined; readonly credential?: never }

const expiringDaysElse = 30

export async function expectationOf(
  ctx: ReadContext,
  { credential, held }: DocumentSubject,
): Promise<DocumentExpectation> {
  const { types } = await catalogueOf(ctx)
  const { timeZone } = await settingsOf(ctx)
  const credentialType = credential?.credentialType ?? held?.credentialType ?? null
  const known = credentialType === null ? undefined : types.get(credentialType)
  const person = credential ?? (held && (await namesOf(ctx, held.workerId)))
  return {
    credentialType: known?.code ?? null,
    types: [...types.values()].map((type) => documentTypeHints(type)),
    holder: person ? holderOf(person) : null,
    number: credential?.number ?? null,
    issueDate: credential?.issueDate ?? null,
    expiryDate: credential?.expiryDate ?? null,
    today: localDateOf(ctx.now, timeZone),
    expiringDays: known?.expiringWindowDays ?? expiringDaysElse,
  }
}

/** Undefined for one who was deleted. */
async function namesOf(ctx: ReadContext, workerId: string): Promise<PersonNames | undefined> {
  try {
    return (await getWorker(ctx, workerId)).attributes.identity
  } catch (error) {
    if (error instanceof AppError && error.code === 'NOT_FOUND') return undefined
    throw error
  }
}

/** Credentials and documents of other workers of the organisation with the same bytes, or the same number and type. */
export async function duplicatesOf(
  ctx: ReadContext,
  parts: DocumentCheckParts,
  one: AttachmentRecord,
  read: DocumentReading,
  workerId: string,
): Promise<Duplicate[]> {
  const number = readNumberOf(read)
  const { detectedType } = read
  const elsewhere = await sameElsewhere(ctx, {
    id: one.id,
    sha256: one.sha256,
    number,
    credentialType: detectedType,
  })
  const owners = new Map(
    (
      await ownersOf(
        ctx,
        elsewhere.flatMap(({ credentialId }) => credentialId ?? []),
      )
    ).map((owner) => [owner.id, owner.workerId]),
  )
  const found: Duplicate[] = []
  for (const { attachmentId, credentialId, heldFor, isSameFile } of elsewhere) {
    const whose =
      credentialId !== null
        ? owners.get(credentialId)
        : (await parts.heldDocument(ctx, heldFor ?? ''))?.workerId
    if (whose !== undefined && whose !== workerId)
      found.push({ workerId: whose, isSameFile, attachmentId, credentialId })
  }
  if (number !== null && detectedType !== null)
    for (const other of await sameNumberOfOthers(ctx, workerId, detectedType, number))
      found.push({
        workerId: other.workerId,
        isSameFile: false,
        attachmentId: null,
        credentialId: other.id,
      })
  return found
}

/** Of all that a comparison rests on beside the document: the same again, and there is nothing to compare anew. */
export function basisOf(
  { credentialType, holder, number, issueDate, expiryDate }: DocumentExpectation,
  { credential }: DocumentSubject,
  duplicates: readonly Duplicate[],
): string {
  const others = [...new Set(duplicates.map(({ workerId, isSameFile }) => `${workerId} ${isSameFile}`))]
  const facts = [credential?.id, credentialType, holder, number, issueDate, expiryDate, others.toSorted()]
  return createHash('sha256').update(JSON.stringify(facts)).digest('base64url')
}
