/** Databases of one's own on the server that the test run was given, for installations that are told where theirs is. */
import pg from 'pg'
import { inject } from 'vitest'
import { randomCharacters } from '../../server/platform/ids.ts'
import { dropDatabase } from '../drop-database.ts'

/** What DATABASE_URL takes. */
export function urlOf(connection: pg.ClientConfig, database: string): string {
  const query = new URLSearchParams({ host: String(connection.host), port: String(connection.port) })
  const [user, password] = [String(connection.user), String(connection.password)].map(encodeURIComponent)
  return `postgresql://${user}:${password}@localhost/${database}?${query.toString()}`
}

export async function using<T>(
  connection: pg.ClientConfig,
  use: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client(connection)
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}

export interface OwnDatabase {
  /** DATABASE_URL and DATABASE_OWNER_URL. */
  readonly settings: Readonly<Record<string, string>>
  /** Rows of one statement, as the owner. */
  rows<Row>(statement: string, values?: unknown[]): Promise<Row[]>
  drop(): Promise<void>
}

/** An empty one: nothing was migrated. */
export async function ownDatabase(): Promise<OwnDatabase> {
  const server = inject('server')
  const name = `${server.template}_${randomCharacters(10).toLowerCase()}`
  await using(server.owner, (client) => client.query(`create database ${name}`))
  return {
    settings: { DATABASE_OWNER_URL: urlOf(server.owner, name), DATABASE_URL: urlOf(server.app, name) },
    rows: async <Row>(statement: string, values?: unknown[]) =>
      using({ ...server.owner, database: name }, async (client) => {
        return (await client.query(statement, values)).rows as Row[]
      }),
    drop: () => using(server.owner, (client) => dropDatabase(client, name)),
  }
}
