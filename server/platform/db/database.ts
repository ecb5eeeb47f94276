/**
 * The door to PostgreSQL.
 *
 * Promises: every statement of the application runs as `vouchsafe_app`, inside a transaction whose scope (one
 * organisation, partner or holder) was set transaction-locally before it, reads too; row-level security does the rest (spec 90).
 * What must be asked before a scope is known runs in `unscoped`, as the narrow role `vouchsafe_unscoped`.
 */
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import {
  Kysely,
  PostgresAdapter,
  DummyDriver,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type RawBuilder,
} from 'kysely'
import pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { AppError } from '../errors.ts'

export { sql } from 'kysely'
export type Sql = RawBuilder<unknown>

/** How to reach the server, as node-postgres takes it. */
export type Connection = pg.PoolConfig

/**
 * One transaction. Statements are written with the `sql` template, so that every value is a parameter. They take effect in the
 * order in which they are made; those of one `Promise.all` go out together, and cost one round trip.
 */
export interface Tx {
  /** All rows. */
  rows<Row>(statement: RawBuilder<unknown>): Promise<Row[]>
  /**
   * The one row, or undefined. More than one is a fault of ours.
   * @param preparedAs a name under which each connection keeps the statement planned: for a statement whose text is always the
   *   same and that is run at every request. Planning a lookup takes PostgreSQL twice as long as doing it.
   */
  maybeOne<Row>(statement: RawBuilder<unknown>, preparedAs?: string): Promise<Row | undefined>
  /** The one row; none is a fault of ours. */
  one<Row>(statement: RawBuilder<unknown>): Promise<Row>
  /** Runs it; the number of rows it touched. */
  run(statement: RawBuilder<unknown>): Promise<number>
  /** Streams into a table in PostgreSQL's text format. Refused by PostgreSQL on a table under row-level security. */
  copyIn(statement: string, source: AsyncIterable<Buffer | string>): Promise<void>
  /**
   * Streams the rows of a query out as PostgreSQL prints them. The statement must hold no outside text; it is not the first of
   * its transaction, and made when all before it were answered.
   */
  copyOut(statement: string): Readable
  /** Runs text that the job library made, with its own parameters. */
  raw(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>
}

export type Isolation = 'read committed' | 'repeatable read'

export interface Database {
  /** One transaction in a scope (see `scopeKindOf`). Commits when `work` resolves, rolls back when it throws. */
  scoped<T>(
    scopeId: string,
    work: (tx: Tx) => Promise<T>,
    options?: { readOnly?: boolean; isolation?: Isolation },
  ): Promise<T>
  /** One transaction as the narrow role, without scope: for the short list of `unscoped…` statements only. */
  unscoped<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /** One transaction as the application without a scope: the job library's tables and the installation's own. */
  installation<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /**
   * Text that the job library made, perhaps of several statements and with a transaction of its own, outside of ours.
   * Resolves to what the driver gives: one result, or one for each statement.
   */
  libraryText(text: string, values?: unknown[]): Promise<unknown>
  /**
   * Holds a lock of that name for as long as `work` runs; undefined at once when another holds it. The lock dies
   * with this process's connection, so a crash frees it.
   */
  withLock<T>(name: string, work: () => Promise<T>): Promise<T | undefined>
  close(): Promise<void>
}

pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text)
pg.types.setTypeParser(pg.types.builtins.INT8, (text) => Number(text))
pg.types.setTypeParser(1182 as never, (text: string) => text) // date[]

// Compiles templates; never connects.
const compiler = new Kysely<unknown>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
})

/** The driver sends statements on without waiting for the answers to those before. Its types do not know of it yet. */
interface Pipelined {
  pipeline: boolean
}

/** @param begun resolves when the transaction has begun */
function transactionOn(client: pg.ClientBase & Pipelined, begun: Promise<unknown>): Tx {
  let isBegun = false
  begun.then(
    () => (isBegun = true),
    () => {},
  )
  const query = async (statement: RawBuilder<unknown>, name?: string): Promise<pg.QueryResult> => {
    const { sql: text, parameters } = statement.compile(compiler)
    const values = parameters as unknown[]
    return client.query(name === undefined ? { text, values } : { name, text, values })
  }
  const maybeOne = async <Row>(
    statement: RawBuilder<unknown>,
    preparedAs?: string,
  ): Promise<Row | undefined> => {
    const { rows } = await query(statement, preparedAs)
    if (rows.length > 1) throw new Error(`one row expected, ${rows.length} found`)
    return rows[0] as Row | undefined
  }
  return {
    rows: async <Row>(statement: RawBuilder<unknown>) => (await query(statement)).rows as Row[],
    maybeOne,
    one: async <Row>(statement: RawBuilder<unknown>) => {
      const row = await maybeOne<Row>(statement)
      if (row === undefined) throw new Error('one row expected, none found')
      return row
    },
    run: async (statement) => (await query(statement)).rowCount ?? 0,
    copyIn: async (statement, source) => {
      await begun
      // A copy has the connection for itself; so has what comes after it in this transaction.
      client.pipeline = false
      await pipeline(source, client.query(copyFrom(statement)))
    },
    copyOut: (statement) => {
      if (!isBegun) throw new Error('a copy cannot be the first statement of its transaction')
      client.pipeline = false
      return client.query(copyTo(statement))
    },
    raw: async (text, values) => {
      const result = await client.query(text, values)
      return { rows: result.rows as unknown[] }
    },
  }
}

const scopeKinds = { org: 'organisation', prt: 'partner', hld: 'holder' } as const
export type ScopeKind = (typeof scopeKinds)[keyof typeof scopeKinds]

/** Which of the three kinds of scope an id names (spec 80); undefined for anything else. */
export function scopeKindOf(scopeId: string): ScopeKind | undefined {
  const prefix = /^(org|prt|hld)_[0-9A-Za-z]{16}$/.exec(scopeId)?.[1] as keyof typeof scopeKinds | undefined
  return prefix && scopeKinds[prefix]
}

/**
 * What every table's policy compares with. The tables that any scope has rows in (events, timers, audit, mails, released
 * blobs) call it `organisation_id` whatever its kind; those of partners and holders have a name of their own, so that an
 * organisation's statement finds no row there even if an id were the same.
 */
function scopeSettings(scopeId: string): string {
  const kind = scopeKindOf(scopeId)
  // Goes into the statement as text (one round trip for both), so nothing but an id may pass.
  if (!kind) throw new AppError('INTERNAL', 'No scope for the database.')
  const named = kind === 'organisation' ? '' : `, set_config('vouchsafe.${kind}_id', '${scopeId}', true)`
  return `select set_config('vouchsafe.organisation_id', '${scopeId}', true)${named}`
}

/** PostgreSQL's codes for "try the whole transaction again": serialization failure, deadlock. */
export function isRetryable(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code
  return code === '40001' || code === '40P01'
}

/** The name of the unique constraint or index that a statement broke, if that is what happened. */
export function brokenUnique(error: unknown): string | undefined {
  const fault = error as { code?: unknown; constraint?: unknown } | null
  return fault?.code === '23505' && typeof fault.constraint === 'string' ? fault.constraint : undefined
}

/**
 * Locks and open transactions of a machine that is gone end with its connections, so the server must find out by itself:
 * within half a minute when the machine falls silent, within seconds when its process was killed in a long statement.
 * The server's own defaults are two hours, and the statement's end.
 */
const noticesTheDead =
  '-c tcp_keepalives_idle=15 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 -c client_connection_check_interval=5s'

/**
 * Opens a pool of connections that start in `vouchsafe_app`: as a start-up option, so that a role that is not
 * there refuses the connection and RESET keeps it (spec 90). `connection` must be a login that may be that role.
 */
export function openDatabase(connection: Connection, options: { connectionsMax?: number } = {}): Database {
  const pool = new pg.Pool({
    ...connection,
    options:
      // An import joins and sorts in memory what a person's page never needs; its temporary tables stay off the disk.
      `-c role=vouchsafe_app -c timezone=UTC -c datestyle=ISO -c jit=off -c work_mem=32MB -c temp_buffers=32MB ${noticesTheDead} ${connection.options ?? ''}`.trim(),
    max: options.connectionsMax ?? 12,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: 15_000,
    application_name: 'vouchsafe',
    keepAlive: true,
    keepAliveInitialDelayMillis: 15_000,
  })
  // An idle connection that the server drops must not end the process; the next statement reports it.
  pool.on('error', () => {})

  const connect = async (): Promise<pg.PoolClient> => {
    try {
      return await pool.connect()
    } catch (cause) {
      throw new AppError('DATABASE_UNAVAILABLE', 'The database does not accept connections.', { cause })
    }
  }

  const transaction = async <T>(
    begin: string,
    work: (tx: Tx) => Promise<T>,
    { readOnly = false }: { readOnly?: boolean } = {},
  ): Promise<T> => {
    const client = (await connect()) as pg.PoolClient & Pipelined
    let broken: Error | undefined
    const onError = (error: Error): void => {
      broken = error
    }
    client.on('error', onError)
    const release = (): void => {
      client.off('error', onError)
      client.pipeline = false
      client.release(broken)
    }
    let isEnding = false
    try {
      client.pipeline = true
      // Goes out together with the first statement; a statement that came without it would have no scope, and see nothing.
      const begun = client.query(begin)
      begun.catch(() => {})
      const result = await work(transactionOn(client, begun))
      await begun
      const ended = client.query('commit')
      if (readOnly) {
        // There is nothing that could still fail to be kept.
        isEnding = true
        void ended.catch((error: unknown) => (broken = error as Error)).then(release)
      } else if ((await ended).command === 'ROLLBACK') {
        throw new Error('a statement of the transaction failed and was passed over: nothing of it was kept')
      }
      return result
    } catch (error) {
      try {
        await client.query('rollback')
      } catch (rollbackError) {
        broken = rollbackError as Error
      }
      throw error
    } finally {
      if (!isEnding) release()
    }
  }

  return {
    scoped: (scopeId, work, { readOnly = false, isolation = 'read committed' } = {}) => {
      const begin = `begin isolation level ${isolation} ${readOnly ? 'read only' : 'read write'}; ${scopeSettings(scopeId)}`
      return transaction(begin, work, { readOnly })
    },
    unscoped: (work) => transaction('begin; set local role vouchsafe_unscoped', work),
    installation: (work) => transaction('begin', work),
    libraryText: async (text, values) => {
      const client = await connect()
      let broken: Error | undefined
      try {
        return await client.query(text, values)
      } catch (error) {
        // A transaction that it opened would stay open on a connection that goes back to the pool.
        broken = error as Error
        throw error
      } finally {
        client.release(broken)
      }
    },
    withLock: async (name, work) => {
      const client = await connect()
      let broken = false
      // It is idle for as long as `work` runs: without a listener, a server that ends it would end this process.
      const onError = (): void => {
        broken = true
      }
      client.on('error', onError)
      try {
        const key = `('x' || substr(encode(sha256(convert_to($1, 'UTF8')), 'hex'), 1, 16))::bit(64)::bigint`
        const { rows } = await client.query<{ taken: boolean }>(
          `select pg_try_advisory_lock(${key}) as taken`,
          [name],
        )
        if (!rows[0]?.taken) return undefined
        try {
          return await work()
        } finally {
          await client.query(`select pg_advisory_unlock(${key})`, [name]).catch(() => {
            broken = true
          })
        }
      } finally {
        client.off('error', onError)
        client.release(broken)
      }
    },
    close: () => pool.end(),
  }
}

/** A single connection as the owner, for migrations and start-up checks; closed when `work` ends. */
export async function asOwner<T>(
  connection: Connection,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ ...connection, application_name: 'vouchsafe-owner' })
  // 'error' without a listener would end the process; the running statement rejects as well.
  client.on('error', () => {})
  try {
    await client.connect()
  } catch (cause) {
    throw new AppError(
      'DATABASE_UNAVAILABLE',
      `The database does not accept connections: ${(cause as Error).message}`,
      { cause },
    )
  }
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

export type OwnerClient = pg.Client
