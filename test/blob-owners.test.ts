/** What nothing names is deleted from the storage: so every column that names a file there must be asked before. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { blobOwners } from '../server/app.ts'
import { openTestHouse, type TestHouse } from './harness.ts'

let house: TestHouse
beforeAll(async () => {
  house = await openTestHouse()
})
afterAll(() => house.close())

test('every column of the database that names a blob has its owner', async () => {
  const columns = await house.owner<{ name: string }>(
    `select table_name || '.' || column_name as name from information_schema.columns
     where table_schema = 'public' and column_name like '%blob%key%' and table_name <> 'released_blobs' order by 1`,
  )
  expect(columns.map((column) => column.name)).toEqual(blobOwners.flatMap((owner) => owner.columns).sort())
})
