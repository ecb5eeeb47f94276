/** When a register that does not answer is left alone, and when it is tried again. Pure. */
import type { FaultCode } from './connectors.schema.ts'
import { isDoubted, type Proof } from './registers.not-found.rules.ts'

/** How a register has answered of late. */
export interface RegisterHealth {
  readonly state: 'CLOSED' | 'OPEN'
  readonly faultsInRow: number
  /** How often it was opened since it last answered. */
  readonly openings: number
  /** Nothing is asked before. */
  readonly mayAskAt: Date | null
  /** Answers and faults, older ones counting ever less. */
  readonly recentGood: number
  readonly recentFaults: number
  readonly lastGoodAt: Date | null
  readonly lastFaultAt: Date | null
  readonly lastFault: { readonly code: string; readonly detail: string } | null
  /** Since it was connected so, it has said something about somebody (registers.not-found.rules.ts). */
  readonly hasSpoken: boolean
  /** How many of those whom it knew it has turned away in a row since. */
  readonly lostInRow: number
}

export interface Fault {
  readonly code: FaultCode
  readonly detail: string
  readonly retryAfterSeconds: number | null
  /** The source has answered others since this question began to fail: it is the question's own trouble. */
  readonly isOfQuestion?: boolean
}

/** Some answers that came at about the same time. */
export interface Results {
  readonly good: number
  /** When the last of the good ones came; now unless said. */
  readonly goodAt?: Date
  readonly faults: readonly Fault[]
  /** As before unless said. */
  readonly proof?: Proof
}

export const healthy: RegisterHealth = {
  state: 'CLOSED',
  faultsInRow: 0,
  openings: 0,
  mayAskAt: null,
  recentGood: 0,
  recentFaults: 0,
  lastGoodAt: null,
  lastFaultAt: null,
  lastFault: null,
  hasSpoken: false,
  lostInRow: 0,
}

const faultsInRowMax = 5
const firstPauseMs = 30_000
const lastPauseMs = 15 * 60_000
/** Of the answers and faults before, so much still counts beside the newest. */
const remembered = 0.7
const degradedShare = 0.2
const degradedFaultsMin = 2

/**
 * The state after some answers. Faults in a row open the breaker: nothing is asked for a while, longer each time, then one
 * question is a probe, and its answer closes it again. What a source says about one question (REJECTED) is no fault of the
 * source, unless it has answered nobody so far, or turns away one after the other of those whom it knew; nor is a question that
 * fails again and again while others are answered. A source that wants to be left alone for so long is, whatever the state.
 */
export function afterResults(before: RegisterHealth, results: Results, now: Date): RegisterHealth {
  const { good } = results
  const { hasSpoken, lostInRow } = results.proof ?? before
  const proof = { hasSpoken, lostInRow }
  const faults = results.faults.filter(
    ({ code, isOfQuestion }) =>
      (code !== 'REJECTED' || isDoubted(proof)) &&
      // One that is the probe counts: else it would be asked without a pause.
      (isOfQuestion !== true || before.state === 'OPEN'),
  )
  const isAsBefore = proof.hasSpoken === before.hasSpoken && proof.lostInRow === before.lostInRow
  if (good === 0 && faults.length === 0) return isAsBefore ? before : { ...before, ...proof }
  const last = faults.at(-1)
  const told = {
    ...proof,
    recentGood: before.recentGood * remembered + good,
    recentFaults: before.recentFaults * remembered + faults.length,
    lastGoodAt: good > 0 ? (results.goodAt ?? now) : before.lastGoodAt,
    lastFaultAt: last ? now : before.lastFaultAt,
    lastFault: last ? { code: last.code, detail: last.detail } : before.lastFault,
  }
  const wantedMs = Math.max(0, ...faults.map(({ retryAfterSeconds }) => (retryAfterSeconds ?? 0) * 1_000))
  const wantedAt = wantedMs > 0 ? new Date(now.getTime() + wantedMs) : null
  if (good > 0) return { ...told, state: 'CLOSED', faultsInRow: 0, openings: 0, mayAskAt: wantedAt }
  const faultsInRow = before.faultsInRow + faults.length
  if (before.state === 'CLOSED' && faultsInRow < faultsInRowMax)
    return { ...told, state: 'CLOSED', faultsInRow, openings: 0, mayAskAt: wantedAt }
  const openings = before.openings + 1
  const pauseMs = Math.max(wantedMs, Math.min(lastPauseMs, firstPauseMs * 2 ** Math.min(openings - 1, 20)))
  return { ...told, state: 'OPEN', faultsInRow, openings, mayAskAt: new Date(now.getTime() + pauseMs) }
}

/** Whether people should know that its answers are late: it is left alone, or a good part of the questions fail. */
export function isDegraded({
  state,
  recentGood,
  recentFaults,
}: Pick<RegisterHealth, 'state' | 'recentGood' | 'recentFaults'>): boolean {
  if (state === 'OPEN') return true
  return recentFaults >= degradedFaultsMin && recentFaults / (recentGood + recentFaults) >= degradedShare
}
