/** A house for measuring: the embedded PostgreSQL with its production settings, in a folder of its own. */
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'
import pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { openHouse, type House } from '../server/house.ts'
import { readConfig } from '../server/platform/config.ts'
import { systemCaller } from '../server/platform/context.ts'
import { silentLog } from '../server/platform/log.ts'
import { createOrganisation, setSetting } from '../server/tenancy/organisations/organisations.ts'

export interface LoopDelay {
  reset(): void
  p999Ms(): number
  maxMs(): number
}

export interface BenchHouse extends House {
  newOrganisation(name: string): Promise<{ id: string; name: string }>
  asOwner(statement: string, values?: unknown[]): Promise<void>
  copyAsOwner(statement: string, chunks: readonly Buffer[]): Promise<void>
  /** Bytes of a COPY … TO STDOUT, and how long it took. */
  copyOutAsOwner(statement: string): Promise<{ bytes: number; ms: number }>
  loopDelay(): LoopDelay
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

/**
 * @param settings of every organisation made in it
 * @param kept a folder that stays, with what is in it, and is opened again; without it one is made and removed
 */
export async function openBenchHouse(
  settings: Readonly<Record<string, string>>,
  kept?: string,
): Promise<BenchHouse> {
  const folder = kept ?? (await mkdtemp(join(tmpdir(), 'vouchsafe-bench-')))
  await mkdir(folder, { recursive: true })
  // Where root measures, the database's account must reach the folder.
  await chmod(folder, 0o755)
  const config = readConfig(
    {
      DATA_DIR: join(folder, 'data'),
      LOG_LEVEL: 'silent',
      RATE_LIMIT: '1000000',
      RATE_LIMIT_BURST: '1000000',
    },
    {},
  )
  const house = await openHouse(config, { log: silentLog, runsJobs: false, runsTimers: false })
  const owner = new pg.Client({ ...house.owner } as pg.ClientConfig)
  await owner.connect()
  return {
    ...house,
    newOrganisation: async (name) => {
      const organisation = await createOrganisation(house.runtime, { name })
      await house.runtime.write(organisation.id, systemCaller, async (ctx) => {
        for (const [key, value] of Object.entries(settings)) await setSetting(ctx, key, value)
      })
      return organisation
    },
    asOwner: async (statement, values) => void (await owner.query(statement, values)),
    copyAsOwner: async (statement, chunks) =>
      pipeline(Readable.from(chunks), owner.query(copyFrom(statement))),
    copyOutAsOwner: async (statement) => {
      const started = performance.now()
      let bytes = 0
      for await (const chunk of owner.query(copyTo(statement))) bytes += (chunk as Buffer).length
      return { bytes, ms: performance.now() - started }
    },
    loopDelay: () => {
      const histogram = monitorEventLoopDelay({ resolution: 1 })
      histogram.enable()
      return {
        reset: () => histogram.reset(),
        p999Ms: () => histogram.percentile(99.9) / 1e6,
        maxMs: () => histogram.max / 1e6,
      }
    },
    close: async () => {
      await owner.end()
      await house.close()
      if (kept === undefined) await rm(folder, { recursive: true, force: true })
    },
  }
}
