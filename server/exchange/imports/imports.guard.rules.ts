/** The blast-radius guard: which plans wait for a person (spec 50, A run, 4). Pure. */
import type { HoldReason } from './imports.schema.ts'

export interface GuardLimits {
  readonly deactivationsMin: number
  readonly deactivationsPercent: number
  readonly majorityPercent: number
  readonly credentialsMin: number
  readonly credentialsPercent: number
  readonly requirementRowsPercent: number
}

export interface GuardFacts {
  readonly rows: number
  readonly activeWorkersBefore: number
  readonly workersDeactivated: number
  readonly activeCredentialsBefore: number
  readonly credentialsDeactivated: number
  readonly unattributableRows: number
  readonly requirementRowsBefore: number
  readonly requirementRowsRemoved: number
  readonly positionsEmptied: number
  /** The source was never applied while another one was, and nobody named it by hand. */
  readonly isNewSource: boolean
  readonly isOutOfOrder: boolean
}

const isOver = (count: number, percent: number, of: number): boolean => count * 100 > percent * of

/** Every reason that applies, in a fixed order; none = the plan may be applied. */
export function holdReasonsOf(facts: GuardFacts, limits: GuardLimits): HoldReason[] {
  const reasons: HoldReason[] = []
  const gone = facts.workersDeactivated
  const active = facts.activeWorkersBefore
  const isMass = gone > limits.deactivationsMin && isOver(gone, limits.deactivationsPercent, active)
  const isMajority = gone >= 2 && isOver(gone, limits.majorityPercent, active)
  if (isMass || isMajority) reasons.push('DEACTIVATIONS')
  if (
    facts.credentialsDeactivated > limits.credentialsMin &&
    isOver(facts.credentialsDeactivated, limits.credentialsPercent, facts.activeCredentialsBefore)
  ) {
    reasons.push('CREDENTIALS_INACTIVATED')
  }
  if (facts.isNewSource) reasons.push('NEW_SOURCE')
  if (facts.isOutOfOrder) reasons.push('OUT_OF_ORDER')
  if (facts.unattributableRows > 0) reasons.push('UNATTRIBUTABLE_ROWS')
  if (isOver(facts.requirementRowsRemoved, limits.requirementRowsPercent, facts.requirementRowsBefore)) {
    reasons.push('REQUIREMENTS_REMOVED')
  }
  if (facts.positionsEmptied > 0) reasons.push('POSITION_EMPTIED')
  if (facts.rows === 0) reasons.push('HEADER_ONLY')
  return reasons
}

export interface NameTime {
  readonly date: string | null
  readonly time: string | null
}

/** Whether a file's name says that it is older than the last one applied. Where one has no time, days are compared. */
export function isOlderName(name: NameTime, last: NameTime): boolean {
  if (name.date === null || last.date === null) return false
  if (name.date !== last.date) return name.date < last.date
  return name.time !== null && last.time !== null && name.time < last.time
}
