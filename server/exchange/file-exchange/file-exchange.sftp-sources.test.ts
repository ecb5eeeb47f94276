/** The memory of the guard: bounded, and of no use to who fills it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestHouse, type TestHouse } from '../../../test/harness.ts'
import { addressList } from '../../platform/address-list.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { openSources, type Sources, type SourcesOptions } from './file-exchange.sftp-sources.ts'
import { openTurns } from './file-exchange.sftp-turns.ts'

const minute = 60_000

describe('sources', () => {
  let house: TestHouse
  const opened: Sources[] = []
  beforeAll(async () => {
    house = await openTestHouse()
  })
  afterAll(async () => {
    for (const one of opened) await one.close()
    await house.close()
  })
  const open = async (
    more: Partial<SourcesOptions> = {},
    runtime: Runtime = house.runtime,
  ): Promise<Sources> => {
    const sources = await openSources(runtime, {
      terms: { score: 40, windowMs: 10 * minute, firstMs: 10 * minute, longestMs: 1_440 * minute },
      allowlist: addressList(['192.0.2.0/24', '2001:db8:aaaa::/48']),
      onBan: () => {},
      ...more,
    })
    opened.push(sources)
    return sources
  }
  const address = (index: number): string => `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`
  const ban = (sources: Sources, from: string): void => {
    for (let fault = 0; fault < 8; fault += 1) sources.hold(from, 'UNKNOWN_NAME')
  }

  test('a flood from elsewhere makes nobody forget who is about to be banned', async () => {
    const sources = await open({ scoresMax: 1_000 })
    for (let fault = 0; fault < 7; fault += 1) sources.hold('203.0.113.7', 'UNKNOWN_NAME')
    for (let index = 0; index < 5_000; index += 1) sources.hold(address(index), 'NO_LOGIN')
    expect(sources.counts.scored).toBeLessThanOrEqual(1_000)
    sources.hold('203.0.113.7', 'UNKNOWN_NAME')
    expect(sources.isBanned('203.0.113.7')).toBe(true)
  })

  test('bans are bounded too: where there is no room, those that end soonest go', async () => {
    const sources = await open({ bansMax: 100 })
    ban(sources, '203.0.113.8')
    house.clock.advance('11m')
    ban(sources, '203.0.113.8')
    for (let index = 0; index < 500; index += 1) ban(sources, address(index))
    expect(sources.counts.banned).toBeLessThanOrEqual(100)
    expect(sources.isBanned('203.0.113.8')).toBe(true)
    expect(sources.isBanned(address(499))).toBe(true)
  })

  test('IPv4 in the dress of IPv6 is IPv4; a /64 is one source; the allow-list is none', async () => {
    const sources = await open()
    ban(sources, '::ffff:203.0.113.9')
    expect(sources.isBanned('203.0.113.9')).toBe(true)
    ban(sources, '2001:db8:1:2::1')
    expect(sources.isBanned('2001:db8:1:2:ffff::1')).toBe(true)
    expect(sources.isBanned('2001:db8:1:3::1')).toBe(false)
    for (const friend of ['192.0.2.1', '::ffff:192.0.2.1', '2001:db8:aaaa::1']) {
      ban(sources, friend)
      expect(sources.isBanned(friend), friend).toBe(false)
      expect(sources.points(friend)).toBe(-1)
    }
  })

  test('whoever came in before goes first, until something is held against it', async () => {
    const sources = await open()
    sources.forgive('203.0.113.20', 'sft_1')
    expect(sources.points('203.0.113.20')).toBeLessThan(sources.points('203.0.113.21'))
    sources.hold('203.0.113.20', 'REFUSED', 'sft_1')
    expect(sources.points('203.0.113.20')).toBeGreaterThan(sources.points('203.0.113.21'))
  })

  test('while the database is away, bans hold, and are written when it is back', async () => {
    let isAway = false
    const runtime: Runtime = {
      ...house.runtime,
      db: {
        ...house.runtime.db,
        installation: (work) =>
          isAway ? Promise.reject(new Error('away')) : house.runtime.db.installation(work),
      },
    }
    const [here, there] = [await open({}, runtime), await open()]
    isAway = true
    ban(here, '203.0.113.10')
    await expect(here.follow()).rejects.toThrow('away')
    expect(here.isBanned('203.0.113.10')).toBe(true)
    // Long enough to be banned again before the first one was written.
    house.clock.advance('11m')
    ban(here, '203.0.113.10')
    isAway = false
    await here.follow()
    await there.follow()
    house.clock.advance('11m')
    expect(there.isBanned('203.0.113.10')).toBe(true)
  })

  test('what counts no more is cleared away', async () => {
    const sources = await open()
    ban(sources, '203.0.113.11')
    sources.hold('203.0.113.12', 'NO_LOGIN')
    await sources.follow()
    const rows = (): Promise<unknown[]> =>
      house.owner("select 1 from sftp_bans where source = '203.0.113.11'")
    expect(await rows()).toHaveLength(1)
    house.clock.advance('2d')
    await sources.follow()
    expect(await rows()).toHaveLength(0)
    expect(sources.counts).toEqual({ scored: 0, banned: 0 })
  })
})

describe('turns', () => {
  test('two at once, of suspects one; first who has done least wrong; who has gone is passed over', async () => {
    const turns = openTurns()
    const [order, ends]: [string[], Map<string, () => void>] = [[], new Map()]
    const here = new AbortController()
    const gone = new AbortController()
    const come = (name: string, points: number, signal = here.signal): Promise<string | undefined> =>
      turns.run(points, signal, async () => {
        order.push(name)
        await new Promise<void>((resolve) => ends.set(name, resolve))
        return name
      })
    const end = async (name: string): Promise<void> => {
      ends.get(name)?.()
      await new Promise((resolve) => setImmediate(resolve))
    }
    const all = [
      come('one', 0),
      come('two', 0),
      come('guesser', 35),
      come('left', 0, gone.signal),
      come('good', 0),
      come('better late', 0),
      come('mistyped', 2),
    ]
    await new Promise((resolve) => setImmediate(resolve))
    expect(order).toEqual(['one', 'two'])
    gone.abort()
    for (const name of ['one', 'two', 'good']) await end(name)
    expect(order).toEqual(['one', 'two', 'good', 'better late'])
    for (const name of ['better late', 'mistyped', 'guesser']) await end(name)
    expect(order).toEqual(['one', 'two', 'good', 'better late', 'mistyped', 'guesser'])
    expect(await Promise.all(all)).toEqual([
      'one',
      'two',
      'guesser',
      undefined,
      'good',
      'better late',
      'mistyped',
    ])
  })

  test('work that fails gives its turn up', async () => {
    const turns = openTurns()
    const { signal } = new AbortController()
    for (let time = 0; time < 3; time += 1)
      await expect(turns.run(0, signal, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await turns.run(0, signal, () => Promise.resolve('yes'))).toBe('yes')
  })
})
