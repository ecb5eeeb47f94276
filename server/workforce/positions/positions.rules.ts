/** What a position requires, all that was said of it together (spec 60, Positions). Pure. */
import { addDays, type LocalDate } from '../../platform/local-date.ts'
import type { CredentialTypeEntry } from '../credential-types/credential-types.schema.ts'
import { type Tree, type TreeNode } from '../requirements/requirements.groups.rules.ts'
import type { FileRequirement, PositionVersion, Requirements } from './positions.schema.ts'

/**
 * What was set over the API and the rows of files as one tree: all of it must be met. Gaps point into it. The parts of a set
 * `allOf` come first, so that they stand where they were set; a set `anyOf` is left as it is where no file says anything.
 * Undefined when nothing is required.
 * @param typeOf a type that is bound to a state needs none beside it
 */
export function joinedTree(
  own: Requirements | null,
  rows: readonly FileRequirement[],
  typeOf: (credentialType: string) => CredentialTypeEntry | undefined,
): Tree | undefined {
  const leaves = rows.map((row): TreeNode => {
    if (row.credentialType === null) return { unresolved: row.licenseCode }
    const isBound = (typeOf(row.credentialType)?.jurisdiction ?? null) !== null
    const jurisdiction = isBound ? undefined : ((row.jurisdiction as never) ?? undefined)
    return { credentialType: row.credentialType, ...(jurisdiction === undefined ? {} : { jurisdiction }) }
  })
  const banChecks = own?.banChecks?.length ? { banChecks: own.banChecks } : {}
  if (leaves.length === 0) {
    if (own?.allOf) return { allOf: own.allOf, ...banChecks }
    if (own?.anyOf) return { anyOf: own.anyOf, ...banChecks }
    return own?.banChecks?.length ? banChecks : undefined
  }
  const set = own?.allOf ?? (own?.anyOf ? [{ anyOf: own.anyOf }] : [])
  return { allOf: [...set, ...leaves], ...banChecks }
}

/** What is in force of a position on a day. */
export interface RulesInForce {
  readonly version: number
  readonly code: string
  readonly state: string | null
  /** What was set over the API. */
  readonly requirements: Requirements | null
  readonly fileRequirements: readonly FileRequirement[]
  readonly graceDays: number
  readonly effectiveFrom: LocalDate | null
  /** When something that was set comes into force next; null = nothing waits. */
  readonly nextOn: LocalDate | null
}

/**
 * What was set with a day from which it counts waits for that day, and what was set before it counts until then; unless a later
 * word took its place before the day came. What files say counts at once.
 * @param versions the latest first, as `positionVersionsAsOf` gives them
 * @param dayOf the day of an instant in the organisation's zone
 */
export function rulesInForce(
  versions: readonly PositionVersion[],
  today: LocalDate,
  dayOf: (instant: Date) => LocalDate,
): RulesInForce | undefined {
  const [latest] = versions
  if (!latest) return undefined
  let nextOn = null as LocalDate | null
  // The day on which the word after it was said.
  let succeededOn = null as LocalDate | null
  let inForce: PositionVersion | undefined
  for (const version of versions) {
    const from = version.effectiveFrom
    const wasTakenBack = from !== null && succeededOn !== null && succeededOn < from
    if (!wasTakenBack) {
      if (from === null || from <= today) {
        inForce = version
        break
      }
      nextOn = nextOn === null || from < nextOn ? from : nextOn
    }
    succeededOn = dayOf(version.since)
  }
  return {
    version: latest.version,
    code: latest.code,
    state: latest.state,
    requirements: inForce?.requirements ?? null,
    fileRequirements: latest.fileRequirements,
    graceDays: inForce?.graceDays ?? latest.graceDays,
    effectiveFrom: inForce?.effectiveFrom ?? null,
    nextOn,
  }
}

/**
 * The last day on which what is missing is yellow: so many days after the latest of the day from which the rules count, the day
 * on which the person started, and the day on which he came to the position from another one. Null = no grace.
 * @param tenure since when he holds the position; who has held it for as long as he is known, has it from his start, if that is known
 */
export function graceUntil(
  rules: Pick<RulesInForce, 'graceDays' | 'effectiveFrom'>,
  startDate: LocalDate | null,
  tenure: { readonly since: LocalDate; readonly hasMoved: boolean } | null,
): LocalDate | null {
  if (rules.graceDays === 0) return null
  const days = [rules.effectiveFrom, startDate]
  if (tenure && (tenure.hasMoved || startDate === null)) days.push(tenure.since)
  const latest = days
    .filter((day) => day !== null)
    .sort()
    .at(-1)
  return latest === undefined ? null : addDays(latest, rules.graceDays)
}
