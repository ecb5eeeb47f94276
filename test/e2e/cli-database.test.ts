/** An installation on a PostgreSQL of the operator's: what is refused at the start, and in which words (spec 90, 97). */
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { randomCharacters } from '../../server/platform/ids.ts'
import { dropDatabase } from '../drop-database.ts'
import { Installation } from './installation.ts'
import { urlOf, using } from './own-database.ts'

const server = inject('server')

/** As the owner; `database` null is the one that the test run was given. */
const asAdmin = (database: string | null, ...statements: string[]): Promise<void> =>
  using(database === null ? server.owner : { ...server.owner, database }, async (client) => {
    for (const statement of statements) await client.query(statement)
  })

describe('on a database of the operator’s', () => {
  const [one, other] = [1, 2].map(() => `${server.template}_${randomCharacters(10).toLowerCase()}`) as [
    string,
    string,
  ]
  const houses: Installation[] = []
  const install = async (settings: Record<string, string>): Promise<Installation> => {
    const house = await Installation.create(settings)
    houses.push(house)
    return house
  }
  const bothUrls = {
    DATABASE_OWNER_URL: urlOf(server.owner, one),
    DATABASE_URL: urlOf(server.app, one),
  }

  beforeAll(() => asAdmin(null, `create database ${one}`, `create database ${other}`))
  afterAll(async () => {
    for (const house of houses) await house.remove()
    await using(server.owner, async (client) => {
      await dropDatabase(client, one)
      await dropDatabase(client, other)
    })
  })

  test('two URLs: one migrates, the other works', async () => {
    const house = await install(bothUrls)
    expect(await house.cli('org', 'create', 'Sunrise')).toMatchObject({ code: 0 })
    expect(await house.cli('doctor')).toMatchObject({ code: 0 })
  })

  test('two URLs that lead to two databases are refused', async () => {
    const house = await install({ ...bothUrls, DATABASE_URL: urlOf(server.app, other) })
    const { code, stderr } = await house.cli('org', 'create', 'Nowhere')
    expect(stderr).toContain(other)
    expect(stderr).toContain('both must name the same one')
    expect(code).toBe(2)
  })

  test('a second node without the first one’s master key is refused before it writes anything', async () => {
    const house = await install(bothUrls)
    const { code, stderr } = await house.cli('org', 'create', 'Mixed')
    expect(stderr).toContain('master.key does not open the keys in this database')
    expect(code).toBe(2)
    expect((await houses[0]?.cli('org', 'show', 'Mixed'))?.code).toBe(4)
  })

  test('a tenant table that lost its row-level security is named', async () => {
    await asAdmin(one, 'alter table workers disable row level security')
    const outcome = await houses[0]?.cli('org', 'show', 'Sunrise')
    expect(outcome).toMatchObject({ code: 6, stdout: '' })
    expect(outcome?.stderr).toContain('table workers is not under row-level security')
    await asAdmin(one, 'alter table workers enable row level security')
    expect((await houses[0]?.cli('org', 'show', 'Sunrise'))?.code).toBe(0)
  })
}, 120_000)
