/** Trying out what a position would require: who would flip, before anything is saved (spec 60, Positions). */
import type { ReadContext } from '../../platform/context.ts'
import { joinedTree } from '../../workforce/positions/positions.rules.ts'
import { assertTypesAreKnown, getPosition } from '../../workforce/positions/positions.ts'
import { externalIdsOf, holdersOf, type Answer } from '../../workforce/workers/workers.ts'
import {
  casesOf,
  heldNow,
  judgedNow,
  rulesOf,
  type Case,
  type Judged,
  type PositionRules,
} from './answers.facts.ts'
import { answerOf, answerOfHeld } from './answers.rules.ts'
import type { ProposedRules, SimulationAttributes } from './answers.schema.ts'

const batchSize = 1_000
/** Flips that are named; all are counted. */
const namedMax = 1_000

/**
 * Judges every active holder twice this moment, by what the position requires and by what it would, as if that were in force
 * already. Writes nothing. NOT_FOUND; refuses what `PATCH` of the position would.
 * @param proposed what is absent stays as it is
 */
export async function simulatePosition(
  ctx: ReadContext,
  idOrCode: string,
  proposed: ProposedRules,
): Promise<{ id: string; attributes: SimulationAttributes; lastUpdated: Date }> {
  const { id } = await getPosition(ctx, idOrCode)
  if (proposed.requirements) await assertTypesAreKnown(ctx, proposed.requirements)
  const by = await judgedNow(ctx)
  const now = await rulesOf(ctx, [id], by)
  const then = new Map([...now].map(([positionId, rules]) => [positionId, withProposed(rules, proposed, by)]))
  const counts = { before: emptyCounts(), after: emptyCounts() }
  const flips: SimulationAttributes['flips'] = []
  let holders = 0
  let flipped = 0
  let after: readonly [string, string] | null = null
  do {
    const batch: Awaited<ReturnType<typeof holdersOf>> = await holdersOf(ctx, id, after, batchSize)
    const held = await heldNow(
      ctx,
      batch.map(({ workerId }) => workerId),
    )
    const before = await casesOf(ctx, batch, by, held, now)
    const changed = await casesOf(ctx, batch, by, held, then)
    for (const { workerId } of batch) {
      const from = judge(before.get(workerId), by)
      const to = judge(changed.get(workerId), by)
      counts.before[from?.status ?? 'none'] += 1
      counts.after[to?.status ?? 'none'] += 1
      if (from?.status === to?.status && from?.satisfied === to?.satisfied) continue
      flipped += 1
      if (flips.length < namedMax)
        flips.push({ workerId, externalId: null, from: shown(from), to: shown(to) })
    }
    holders += batch.length
    after = batch.length < batchSize ? null : (batch.at(-1)?.sortKey ?? null)
  } while (after !== null)
  const keys = new Map(
    (
      await externalIdsOf(
        ctx,
        flips.map(({ workerId }) => workerId),
      )
    ).map((key) => [key.workerId, key.externalId]),
  )
  return {
    id,
    lastUpdated: ctx.now,
    attributes: {
      positionId: id,
      holders,
      flipped,
      counts,
      flips: flips.map((one) => ({ ...one, externalId: keys.get(one.workerId) ?? null })),
    },
  }
}

/** NOT_FOUND for a position that is not there. */
export async function assertPosition(ctx: ReadContext, idOrCode: string): Promise<void> {
  await getPosition(ctx, idOrCode)
}

const emptyCounts = (): SimulationAttributes['counts']['before'] => ({ green: 0, yellow: 0, red: 0, none: 0 })

function withProposed(
  { rules }: PositionRules,
  { requirements, graceDays, effectiveFrom }: ProposedRules,
  { catalogue }: Judged,
): PositionRules {
  const changed = {
    ...rules,
    requirements: requirements === undefined ? rules.requirements : requirements,
    graceDays: graceDays === undefined ? rules.graceDays : (graceDays ?? 0),
    effectiveFrom: effectiveFrom === undefined ? rules.effectiveFrom : (effectiveFrom as never),
  }
  const tree = joinedTree(changed.requirements, changed.fileRequirements, (code) => catalogue.types.get(code))
  return { rules: changed, tree }
}

function judge(one: Case | undefined, { today }: Judged): Answer | undefined {
  if (!one) return undefined
  return one.question ? answerOf(one.question) : answerOfHeld(one.credentials, today)
}

function shown(answer: Answer | undefined): SimulationAttributes['flips'][number]['to'] {
  return {
    status: answer?.status ?? null,
    satisfied: answer?.satisfied ?? false,
    gaps: (answer?.gaps ?? []) as never,
  }
}
