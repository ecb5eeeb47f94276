/** Every licence status of an organisation computed anew, beside one bare UPDATE of the same rows and columns. */
import { recomputeAll, recomputeDue } from '../server/compliance/licence-status/licence-status.ts'
import { systemCaller } from '../server/platform/context.ts'
import { median, openBenchHouse } from './house.ts'
import { fill } from './lists.ts'

export interface StatusFigures {
  /** All due because they changed: statuses, and every worker's roll-up. */
  readonly changedMs: number
  /** All due because a setting did: marked, computed, and mostly as before. */
  readonly anewMs: number
  /** Nothing due: what the nightly sweep costs by itself. */
  readonly idleMs: number
  readonly bareMs: number
  readonly loopDelayP999Ms: number
  readonly loopDelayMaxMs: number
  readonly rssMb: number
}

/** @param rows credentials, and as many workers */
export async function measureStatuses(rows: number, repeats: number): Promise<StatusFigures> {
  const house = await openBenchHouse({})
  try {
    const { id } = await house.newOrganisation('Statuses')
    await fill((statement, values) => house.asOwner(statement, values), id, rows)
    const timed = async (work: () => Promise<unknown>): Promise<number> => {
      const started = performance.now()
      await work()
      return performance.now() - started
    }
    // As the books lie at first, each time: what an earlier turn left dead would weigh on the later one.
    const columns = 'licence_status, status_reasons, status_due_on, updated_at'
    await house.asOwner(
      `create table first_statuses as select id, ${columns} from credentials where organisation_id = '${id}'`,
    )
    const laidOut = async (dueOn: string): Promise<void> => {
      await house.asOwner(
        `update credentials c set licence_status = f.licence_status, status_reasons = f.status_reasons, updated_at = f.updated_at,
           status_due_on = '${dueOn}' from first_statuses f where c.organisation_id = $1 and c.id = f.id`,
        [id],
      )
      await house.asOwner('vacuum (analyze) credentials')
      await house.asOwner('vacuum (analyze) workers')
      await house.asOwner('checkpoint')
    }
    const figures: Record<'changed' | 'anew' | 'idle' | 'bare', number[]> = {
      changed: [],
      anew: [],
      idle: [],
      bare: [],
    }
    const loop = house.loopDelay()
    let rssMb = 0
    let loopDelayMaxMs = 0
    let loopDelayP999Ms = 0
    const watched = async (work: () => Promise<unknown>): Promise<number> => {
      loop.reset()
      const watch = setInterval(() => (rssMb = Math.max(rssMb, process.memoryUsage.rss() / 2 ** 20)), 100)
      const ms = await timed(work)
      clearInterval(watch)
      loopDelayMaxMs = Math.max(loopDelayMaxMs, loop.maxMs())
      loopDelayP999Ms = Math.max(loopDelayP999Ms, loop.p999Ms())
      return ms
    }
    const recompute = async (): Promise<void> => {
      await recomputeDue(house.runtime, id)
    }
    // The first one notes what statuses are computed from.
    await recompute()
    for (let n = 0; n < repeats; n += 1) {
      await laidOut('-infinity')
      figures.bare.push(
        await timed(() =>
          house.asOwner(
            `update credentials set licence_status = case licence_status when 'green' then 'red' else 'green' end,
               status_reasons = '{EXPIRED}', status_due_on = '2030-01-01', updated_at = '2026-07-01' where organisation_id = $1`,
            [id],
          ),
        ),
      )
      await laidOut('-infinity')
      await house.asOwner("update workers set licence_status = 'green' where organisation_id = $1", [id])
      await house.asOwner('vacuum (analyze) workers')
      figures.changed.push(await watched(recompute))
      await house.asOwner('vacuum (analyze) credentials')
      figures.anew.push(
        await watched(async () => {
          await house.runtime.write(id, systemCaller, (ctx) => recomputeAll(ctx))
          await recompute()
        }),
      )
      figures.idle.push(await timed(recompute))
    }
    return {
      changedMs: median(figures.changed),
      anewMs: median(figures.anew),
      idleMs: median(figures.idle),
      bareMs: median(figures.bare),
      loopDelayP999Ms,
      loopDelayMaxMs,
      rssMb: Math.round(rssMb),
    }
  } finally {
    await house.close()
  }
}
