/** The lock by name, when its connection is lost. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestHouse, type TestHouse } from '../../../test/harness.ts'

let house: TestHouse
beforeAll(async () => {
  house = await openTestHouse()
})
afterAll(() => house.close())

test('a lock whose connection is ended by the server lets its work go on, and is free', async () => {
  const { db } = house.runtime
  const seen = await db.withLock('one', async () => {
    await house.owner(
      `select pg_terminate_backend(l.pid) from pg_locks l where l.locktype = 'advisory' and l.granted
        and l.database = (select oid from pg_database where datname = current_database())`,
    )
    // Another takes it once the server has let go of it.
    while ((await db.withLock('one', () => Promise.resolve(true))) === undefined)
      await new Promise((resolve) => setTimeout(resolve, 20))
    return 'done'
  })
  expect(seen).toBe('done')
  expect(await db.withLock('one', () => Promise.resolve('again'))).toBe('again')
})
