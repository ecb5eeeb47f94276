import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import { readFeed } from './event-feed.ts'

describe('the change feed', () => {
  let house: TestHouse
  beforeAll(async () => {
    house = await openTestHouse()
  })
  afterAll(() => house.close())

  const emit = (organisationId: string, name: string): Promise<void> =>
    house.runtime.write(organisationId, operator, (ctx) =>
      ctx.emit({ type: 'worker.updated', data: { name } }),
    )
  const read = async (organisationId: string, after = 0): Promise<[number, unknown][]> => {
    const page = { limit: 200, offset: 0, counting: 'QUICK' } as const
    const { events } = await house.runtime.write(organisationId, operator, (ctx) =>
      readFeed(ctx, { after }, page),
    )
    return events.map(({ attributes }) => [attributes.sequence, attributes.data['name']])
  }

  /** Other tests on the same server hold the numbering back as long as they write. */
  const readAll = async (organisationId: string, count: number, after = 0): Promise<[number, unknown][]> => {
    await expect.poll(async () => (await read(organisationId, after)).length, { timeout: 20_000 }).toBe(count)
    return read(organisationId, after)
  }

  test('numbers without gaps, in the order of emission, the same at every reading', async () => {
    const { id } = await house.newOrganisation()
    const other = await house.newOrganisation()
    await house.runtime.write(id, operator, async (ctx) => {
      for (const name of ['a', 'b', 'c']) await ctx.emit({ type: 'worker.updated', data: { name } })
    })
    await emit(other.id, 'theirs')
    await house.runtime.write(id, operator, (ctx) => ctx.emit({ type: 'settings.changed', data: {} }))
    await emit(id, 'd')
    const all = [
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
      [4, 'd'],
    ]
    expect(await readAll(id, 4)).toEqual(all)
    expect(await read(id)).toEqual(all)
    expect(await read(id, 3)).toEqual([[4, 'd']])
    expect(await readAll(other.id, 1)).toEqual([[1, 'theirs']])
  })

  test('what a transaction that still runs has emitted is not overtaken', async () => {
    const { id } = await house.newOrganisation()
    let release: () => void = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    let hasEmitted: () => void = () => {}
    const emitted = new Promise<void>((resolve) => {
      hasEmitted = resolve
    })
    const slow = house.runtime.write(id, operator, async (ctx) => {
      await ctx.emit({ type: 'worker.updated', data: { name: 'slow' } })
      hasEmitted()
      await held
    })
    await emitted
    await emit(id, 'quick')
    // Were it numbered now, a reader would go on behind it and never see the slow one.
    expect(await read(id)).toEqual([])
    release()
    await slow
    expect(await readAll(id, 2)).toEqual([
      [1, 'slow'],
      [2, 'quick'],
    ])
  })

  test('many writers and many readers: every reader sees every event once, in one order', async () => {
    const { id } = await house.newOrganisation()
    const count = 60
    let writing = true
    const follow = async (): Promise<unknown[]> => {
      const seen: unknown[] = []
      let after = 0
      for (;;) {
        const wasWriting = writing
        const events = await read(id, after)
        for (const [sequence, name] of events) {
          expect(sequence).toBe(after + 1)
          after = sequence
          seen.push(name)
        }
        if (!wasWriting && seen.length === count) return seen
      }
    }
    const readers = [follow(), follow()]
    await Promise.all(Array.from({ length: count }, (_, index) => emit(id, `e${index}`)))
    writing = false
    const [first, second] = await Promise.all(readers)
    expect(first).toHaveLength(count)
    expect(new Set(first).size).toBe(count)
    expect(second).toEqual(first)
  })
})
