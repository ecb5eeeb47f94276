import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { dropDatabase } from '../../../test/drop-database.ts'
import { randomCharacters } from '../ids.ts'
import { queueNames } from '../jobs/job-queue.ts'
import { migrate } from './migrate.ts'

describe('migrations', () => {
  const { owner } = inject('server')
  const suffix = randomCharacters(8).toLowerCase()
  const database = `migrate_${suffix}`
  const poor = `poor_${suffix}`
  const password = randomCharacters(20)
  const asPoor = { ...owner, user: poor, password, database } as pg.PoolConfig
  const asRich = { ...owner, database } as pg.PoolConfig
  const login = inject('server').app.user as string

  const using = async <Result>(connection: pg.ClientConfig, use: (client: pg.Client) => Promise<Result>) => {
    const client = new pg.Client(connection)
    await client.connect()
    try {
      return await use(client)
    } finally {
      await client.end()
    }
  }
  const run = (connection: pg.ClientConfig, statement: string): Promise<unknown[]> =>
    using(connection, async (client) => (await client.query(statement)).rows as unknown[])
  beforeAll(async () => {
    await run(owner as pg.PoolConfig, `create role ${poor} login password '${password}'`)
    await run(owner as pg.PoolConfig, `create database ${database}`)
  })
  afterAll(async () => {
    await using(owner, (client) => dropDatabase(client, database))
    await run(owner as pg.PoolConfig, `drop role if exists ${poor}`)
  })

  test('a login that may not create is told which grants it lacks', async () => {
    await expect(migrate(asPoor, poor, queueNames)).rejects.toMatchObject({
      code: 'DATABASE_UNSAFE',
      message: expect.stringContaining(`GRANT CREATE ON SCHEMA public TO "${poor}"`) as string,
    })
  })

  test('twice is once; two nodes at a time wait for each other', async () => {
    const [one, two] = await Promise.all([
      migrate(asRich, login, queueNames),
      migrate(asRich, login, queueNames),
    ])
    expect([one.length, two.length].sort()).toEqual([0, Math.max(one.length, two.length)])
    expect(await migrate(asRich, login, queueNames)).toEqual([])
  })

  test('a file that was changed after it was applied, or a newer product’s, stops the start', async () => {
    await run(
      asRich,
      "update schema_migrations set sha256 = 'other' where name = (select min(name) from schema_migrations)",
    )
    await expect(migrate(asRich, login, queueNames)).rejects.toMatchObject({
      code: 'DATABASE_UNSAFE',
      message: expect.stringContaining('was changed after it was applied') as string,
    })
    await run(asRich, "insert into schema_migrations values ('9999-future.sql', 'x', '2030-01-01')")
    await expect(migrate(asRich, login, queueNames)).rejects.toMatchObject({
      code: 'DATABASE_UNSAFE',
      message: expect.stringContaining('newer version') as string,
    })
  })
})
