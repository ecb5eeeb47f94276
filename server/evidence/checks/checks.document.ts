/** What a document says of a credential, as it was read: a check like a register's, with that document for its source. */
import type { WriteContext } from '../../platform/context.ts'
import { newId } from '../../platform/ids.ts'
import type { LocalDate } from '../../platform/local-date.ts'
import { catalogueOf } from '../../workforce/credential-types/credential-types.ts'
import { applyAnswers, type AskedCredential } from '../../workforce/credentials/credentials.ts'
import { insertChecks } from './checks.store.ts'

export interface DocumentSaid {
  readonly attachmentId: string
  /** Of its bytes. */
  readonly sha256: string
  readonly engine: string
  readonly engineVersion: string
  readonly confidencePercent: number
  readonly detectedType: string | null
  /** Codes: their sentences may name people, and go with the attachment. */
  readonly concerns: readonly string[]
  /**
   * What it vouches for by itself: MAY_ENGAGE, which makes the credential REVIEWED. Null = a person has to look: then the check
   * says REVIEW_REQUIRED and decides nothing, for a document takes no answer away that is known.
   */
  readonly vouchesFor: {
    readonly number: string | null
    readonly holderName: string | null
    readonly issueDate: LocalDate | null
    readonly expiryDate: LocalDate | null
  } | null
}

const nothing = { number: null, holderName: null, issueDate: null, expiryDate: null }

/**
 * Records what a document said about a credential; one that vouches decides.
 * @param asked the credential, locked, and not vouched for by a register
 * @returns the check's id
 */
export async function recordDocumentCheck(
  ctx: WriteContext,
  asked: AskedCredential,
  said: DocumentSaid,
): Promise<string> {
  const { attachmentId, engine, engineVersion, vouchesFor, concerns } = said
  const checkId = ctx.newId('check')
  const outcome = vouchesFor === null ? 'REVIEW_REQUIRED' : 'MAY_ENGAGE'
  const told = { ...(vouchesFor ?? nothing), neverExpires: false }
  const { sha256, confidencePercent, detectedType } = said
  const evidence = {
    attachment: attachmentId,
    sha256,
    engine,
    engineVersion,
    confidencePercent,
    detectedType,
  }
  await insertChecks(ctx, [
    {
      id: checkId,
      credentialId: asked.id,
      credentialVersion: asked.version,
      source: 'DOCUMENT',
      person: null,
      register: null,
      connectorKind: null,
      connectorVersion: null,
      catalogueVersion: (await catalogueOf(ctx)).version,
      trigger: 'DOCUMENT',
      correlationId: newId('request'),
      inputs: { attachment: attachmentId, engine: `${engine} ${engineVersion}` },
      startedAt: ctx.now,
      finishedAt: ctx.now,
      outcome,
      ownWords: null,
      details: concerns,
      conditions: [],
      told,
      fault: null,
      evidence: Buffer.from(JSON.stringify({ ...evidence, concerns })).toString('base64'),
      evidenceMediaType: 'application/json',
      sameEvidenceAs: null,
    },
  ])
  if (vouchesFor !== null)
    await applyAnswers(ctx, [
      { source: 'DOCUMENT', credentialId: asked.id, checkId, outcome, details: [], conditions: [], ...told },
    ])
  return checkId
}
