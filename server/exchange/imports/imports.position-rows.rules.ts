/**
 * One row of a position file (spec 50, Files; spec 60, Positions). A row that names a position and a code but cannot be
 * resolved is kept as an unresolved requirement: rules never fail open. Pure.
 */
import {
  jurisdictions,
  type CredentialTypeEntry,
} from '../../workforce/credential-types/credential-types.schema.ts'
import { RowJudgement, type RowMessage, type RowRecord } from './imports.row-judgement.rules.ts'
import { unmapped, type RowContext } from './imports.rows.rules.ts'

export interface PositionRow extends RowRecord {
  readonly rejected: boolean
  readonly messages: readonly RowMessage[]
  readonly positionCode: string | null
  readonly licenseCode: string | null
  /** As received, without blanks, upper case; '' when empty. */
  readonly state: string
  readonly credentialType: string | null
  readonly jurisdiction: string | null
  readonly unresolvedReason: 'UNMAPPED_CODE' | 'BAD_STATE' | null
  /** The state was taken from the type. */
  readonly isStateTaken: boolean
}

/**
 * Judges one row of a position file. `rejected` only when it names no position or code, or is damaged; an unmapped code or
 * a wrong state keeps the row with an error and an `unresolvedReason`.
 */
export function positionRow(record: RowRecord, context: RowContext): PositionRow {
  const judgement = new RowJudgement(record, context.columns)
  const positionCode = judgement.required('position_id', new Set())
  const licenseCode = judgement.required('license_code', new Set())
  const state = (judgement.value('state') ?? '').toUpperCase()
  const answer = licenseCode === null ? undefined : context.resolve(licenseCode)
  const type = answer?.credentialType ? context.typeOf(answer.credentialType) : undefined
  const resolved = resolveState(judgement, type, state)
  if (licenseCode !== null && !type) {
    const proposals = answer && answer.credentialType === null ? answer.proposals : []
    judgement.keepWithError(
      'license_code',
      licenseCode,
      'UNMAPPED_LICENCE_TYPE',
      `${unmapped(licenseCode, proposals)} Until then the requirement counts as not resolved.`,
    )
  }
  const unresolvedReason = !type ? 'UNMAPPED_CODE' : resolved.isBad ? 'BAD_STATE' : null
  return {
    ...record,
    rejected: judgement.rejected,
    messages: judgement.messages,
    positionCode,
    licenseCode,
    state,
    credentialType: unresolvedReason === null ? (type?.code ?? null) : null,
    jurisdiction: unresolvedReason === null ? resolved.jurisdiction : null,
    unresolvedReason,
    isStateTaken: unresolvedReason === null && state === '' && (type?.jurisdiction ?? null) !== null,
  }
}

/** A type bound to a state gives the state; a state against the type is an error; a neutral type is narrowed by it. */
function resolveState(
  judgement: RowJudgement,
  type: CredentialTypeEntry | undefined,
  state: string,
): { jurisdiction: string | null; isBad: boolean } {
  if (state !== '' && !(jurisdictions as readonly string[]).includes(state)) {
    judgement.keepWithError(
      'state',
      state,
      'UNKNOWN_STATE',
      `"${state}" is none of ${jurisdictions.join(', ')}. Until it is mended the requirement counts as not resolved.`,
    )
    return { jurisdiction: null, isBad: true }
  }
  if (!type) return { jurisdiction: null, isBad: false }
  if (type.jurisdiction !== null && state !== '' && state !== type.jurisdiction) {
    judgement.keepWithError(
      'state',
      state,
      'STATE_AGAINST_TYPE',
      `${type.name} belongs to ${type.jurisdiction}, the row says ${state}. Until it is mended the requirement counts as not resolved.`,
    )
    return { jurisdiction: null, isBad: true }
  }
  return { jurisdiction: type.jurisdiction ?? (state === '' ? null : state), isBad: false }
}
