import { afterEach, describe, expect, test } from 'vitest'
import { openChildPool, type ChildPool, type ChildPoolOptions } from './child-pool.ts'
import { silentLog } from './log.ts'

/** A child that does what it is told, whatever that is. */
const entry = new URL('../../test/hostile-child.ts', import.meta.url)

type Task = { readonly do: string; readonly bytes?: Uint8Array }
let pool: ChildPool<Task, unknown>
const open = (more: Partial<ChildPoolOptions> = {}): void => {
  pool = openChildPool({
    entry,
    size: 1,
    timeMs: 20_000,
    memoryBytes: 700_000_000,
    log: silentLog,
    ...more,
  })
}
const ask = (what: string, bytes?: Uint8Array): Promise<unknown> =>
  pool.run(() => Promise.resolve({ do: what, ...(bytes ? { bytes } : {}) }))
afterEach(() => pool.close())

describe('a child process', () => {
  test('does one task after the other, and is the same one', async () => {
    open()
    const first = await ask('pid')
    expect(await ask('pid')).toEqual(first)
    expect(await ask('count', new Uint8Array(5_000_000))).toEqual({ result: 5_000_000 })
  })

  test('that crashes, is stopped by its system, or runs out of memory ends alone, after a second try', async () => {
    open({ memoryBytes: 200_000_000 })
    let asked = 0
    for (const what of ['exit', 'abort', 'throwLater', 'heap']) {
      const outcome = await pool.run(() => {
        asked += 1
        return Promise.resolve({ do: what })
      })
      expect(outcome, what).toEqual({ death: expect.stringMatching(/^(CRASHED|TOO_LARGE)$/) as string })
    }
    expect(asked).toBe(8)
    expect(await ask('count', new Uint8Array(3))).toEqual({ result: 3 })
  })

  test('that crashes once is made anew, and the task is done', async () => {
    open()
    let tried = 0
    const outcome = await pool.run(() => {
      tried += 1
      return Promise.resolve({ do: tried === 1 ? 'exit' : 'count', bytes: new Uint8Array(7) })
    })
    expect(outcome).toEqual({ result: 7 })
  })

  test('that hangs is ended when its time is over', async () => {
    open({ timeMs: 800 })
    expect(await ask('hang')).toEqual({ death: 'TOO_SLOW' })
    expect(await ask('silence')).toEqual({ death: 'TOO_SLOW' })
  })

  test.runIf(process.platform === 'linux')('that swells beyond the heap is ended', async () => {
    open({ memoryBytes: 300_000_000 })
    expect(await ask('swell')).toEqual({ death: 'TOO_LARGE' })
  })

  test('knows nothing of the server, writes no file and starts no program', async () => {
    process.env['SECRET_OF_THE_TEST'] = 'x'
    open()
    expect(await ask('environment')).toEqual({ result: false })
    for (const what of ['write', 'spawn'])
      expect(await ask(what), what).toEqual({ result: 'ERR_ACCESS_DENIED' })
  })

  test('tells a fault of its own code', async () => {
    open()
    await expect(ask('throw')).rejects.toThrow('of its own')
    expect(await ask('count', new Uint8Array(1))).toEqual({ result: 1 })
  })

  test('is one of so many, and the rest waits its turn', async () => {
    open({ size: 2 })
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => ask('pid')))
    expect(new Set(outcomes.map((one) => JSON.stringify(one))).size).toBe(2)
  })

  test('ends with the pool, and so does what waits', async () => {
    open()
    const all = Promise.all([ask('hang'), ask('count', new Uint8Array(1))])
    await new Promise((resolve) => setTimeout(resolve, 300))
    pool.close()
    expect(await all).toEqual([{ death: 'CLOSED' }, { death: 'CLOSED' }])
    expect(await ask('pid')).toEqual({ death: 'CLOSED' })
  })
})
