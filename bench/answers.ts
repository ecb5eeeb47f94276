/** Trying out what a position would require, beside computing the answers of the same people anew. */
import { bringAnswersUpToDate, listAnswers, simulatePosition } from '../server/compliance/answers/answers.ts'
import { systemCaller } from '../server/platform/context.ts'
import { markAllAnswersDue } from '../server/workforce/workers/workers.ts'
import { createPosition } from '../server/workforce/positions/positions.ts'
import { positionInput } from '../server/workforce/positions/positions.schema.ts'
import { median, openBenchHouse } from './house.ts'
import { fill } from './lists.ts'

export interface AnswerFigures {
  readonly holders: number
  readonly recomputeMs: number
  readonly simulateMs: number
  /** A page of 25 of the position's people, at the beginning and behind most of them. */
  readonly firstPageMs: number
  readonly deepPageMs: number
}

/** @param workers all of them hold one position, whose rules name what most of them hold */
export async function measureAnswers(workers: number, repeats: number): Promise<AnswerFigures> {
  const house = await openBenchHouse({})
  try {
    const { id: organisationId } = await house.newOrganisation('Answers')
    await fill((statement, values) => house.asOwner(statement, values), organisationId, workers)
    const requirements = {
      allOf: [{ anyOf: ['AHPRA', 'WWCC_VIC', 'FIRST_AID', 'CPR'].map((type) => ({ credentialType: type })) }],
    }
    const input = positionInput.parse({ code: 'BENCH', requirements })
    const { id } = await house.runtime.write(organisationId, systemCaller, (ctx) =>
      createPosition(ctx, input),
    )
    await house.asOwner('update workers set position_id = $2 where organisation_id = $1', [
      organisationId,
      id,
    ])
    await house.asOwner(
      `insert into worker_answers (organisation_id, worker_id, due_on) select organisation_id, id, '-infinity' from workers
       where organisation_id = $1`,
      [organisationId],
    )
    await house.asOwner('vacuum (analyze)')
    const timed = async (work: () => Promise<unknown>): Promise<number> => {
      const started = performance.now()
      await work()
      return performance.now() - started
    }
    // The first computing writes every answer, the later ones find them as before.
    await bringAnswersUpToDate(house.runtime, organisationId)
    await house.asOwner('vacuum (analyze)')
    const figures: Record<'recompute' | 'simulate' | 'first' | 'deep', number[]> = {
      recompute: [],
      simulate: [],
      first: [],
      deep: [],
    }
    let holders = 0
    const page = (after: readonly string[] | null): Promise<number> =>
      timed(() =>
        house.runtime.read(organisationId, systemCaller, (ctx) =>
          listAnswers(
            ctx,
            { positionId: id },
            { limit: 25, offset: 0, after, counting: { count: 0, isExact: true } },
          ),
        ),
      )
    for (let n = 0; n < repeats; n += 1) {
      await house.runtime.write(organisationId, systemCaller, markAllAnswersDue)
      figures.recompute.push(await timed(() => bringAnswersUpToDate(house.runtime, organisationId)))
      figures.simulate.push(
        await timed(async () => {
          const { attributes } = await house.runtime.read(organisationId, systemCaller, (ctx) =>
            simulatePosition(ctx, id, {
              requirements: { allOf: [...requirements.allOf, { credentialType: 'POLICE_CHECK' }] },
            }),
          )
          holders = attributes.holders
        }),
      )
      figures.first.push(await page(null))
      figures.deep.push(await page(['y', '']))
    }
    return {
      holders,
      recomputeMs: median(figures.recompute),
      simulateMs: median(figures.simulate),
      firstPageMs: median(figures.first),
      deepPageMs: median(figures.deep),
    }
  } finally {
    await house.close()
  }
}
