/** What a person saw and decided: a check like a register's, with that person for its source. */
import type { WriteContext } from '../../platform/context.ts'
import { AppError } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { LocalDate } from '../../platform/local-date.ts'
import { catalogueOf } from '../../workforce/credential-types/credential-types.ts'
import {
  applyAnswers,
  assertSeenValues,
  lockedAskedCredentials,
  type SeenValues,
} from '../../workforce/credentials/credentials.ts'
import { insertChecks } from './checks.store.ts'

export interface PersonSaw {
  readonly credentialId: string
  readonly outcome: 'MAY_ENGAGE' | 'MAY_NOT_ENGAGE'
  /** What the document says where it says something else than was declared. */
  readonly corrected: SeenValues
  /** Where a fault of `corrected` is told, as a JSON pointer. */
  readonly pointer: string
  /** The person's reason, kept with the check. */
  readonly words: string | null
  readonly reviewId: string
}

const nothing = { number: null, holderName: null, issueDate: null, expiryDate: null, neverExpires: false }

/**
 * Records that the caller looked at a credential, and lets it decide. MAY_ENGAGE vouches for what was declared, corrected where
 * the document says otherwise, and makes the credential REVIEWED; MAY_NOT_ENGAGE vouches for nothing. What a register verified
 * stays as it is. Refuses NOT_FOUND for a credential that is not there, and faults of the corrections.
 * @returns the check's id
 */
export async function recordPersonCheck(ctx: WriteContext, saw: PersonSaw): Promise<string> {
  const { credentialId, corrected, outcome } = saw
  const [asked] = await lockedAskedCredentials(ctx, [credentialId])
  if (!asked) throw new AppError('NOT_FOUND', 'There is no such credential.')
  await assertSeenValues(ctx, credentialId, corrected, saw.pointer)
  const seen = <K extends keyof SeenValues>(name: K): string | null =>
    corrected[name] === undefined ? asked[name] : corrected[name]
  const told = {
    number: seen('number'),
    holderName: seen('holderName'),
    issueDate: seen('issueDate') as LocalDate | null,
    expiryDate: seen('expiryDate') as LocalDate | null,
    // Declared without an end may mean that nobody knew it; said so of a document, it has none.
    neverExpires: corrected.expiryDate === null,
  }
  const checkId = ctx.newId('check')
  const evidence = JSON.stringify({ review: saw.reviewId, corrected: Object.keys(corrected) })
  await insertChecks(ctx, [
    {
      id: checkId,
      credentialId,
      credentialVersion: asked.version,
      source: 'PERSON',
      person: ctx.actor,
      register: null,
      connectorKind: null,
      connectorVersion: null,
      catalogueVersion: (await catalogueOf(ctx)).version,
      trigger: 'REVIEW',
      correlationId: ctx.requestId ?? newId('request'),
      inputs: {},
      startedAt: ctx.now,
      finishedAt: ctx.now,
      outcome,
      ownWords: saw.words,
      details: [],
      conditions: [],
      told: outcome === 'MAY_ENGAGE' ? told : nothing,
      fault: null,
      evidence: Buffer.from(evidence).toString('base64'),
      evidenceMediaType: 'application/json',
      sameEvidenceAs: null,
    },
  ])
  await applyAnswers(ctx, [
    { source: 'PERSON', credentialId, checkId, outcome, details: [], conditions: [], ...told },
  ])
  return checkId
}
