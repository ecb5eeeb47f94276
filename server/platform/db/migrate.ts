/**
 * Brings the schema forward: numbered SQL files, forward only, each in its own transaction, under one lock so that
 * two nodes may start at once. Runs as the owner; the application's roles are made here and own nothing (spec 90).
 */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { getConstructionPlans, getMigrationPlans } from 'pg-boss'
import { AppError } from '../errors.ts'
import { systemClock } from '../clock.ts'
import { asOwner, type Connection, type OwnerClient } from './database.ts'

export const applicationRole = 'vouchsafe_app'
export const unscopedRole = 'vouchsafe_unscoped'
export const jobsSchema = 'pgboss'

const folder = new URL('./migrations/', import.meta.url)
const lockKey = 7_283_945_112 // any number that nothing else in this database locks

interface Migration {
  readonly name: string
  readonly text: string
  readonly sha256: string
}

async function readMigrations(): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(new URL(name, folder), 'utf8')
      return { name, text, sha256: createHash('sha256').update(text).digest('hex') }
    }),
  )
}

const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** What PostgreSQL would say of it in the middle ("permission denied for schema public") helps nobody. */
async function assertMayCreate(client: OwnerClient): Promise<void> {
  const { rows } = await client.query<{ login: string; name: string; mayMake: boolean; mayFill: boolean }>(
    `select current_user as login, current_database() as name,
      has_database_privilege(current_database(), 'create') or to_regnamespace('${jobsSchema}') is not null as "mayMake",
      has_schema_privilege('public', 'create') as "mayFill"`,
  )
  const [{ login = '', name = '', mayMake = false, mayFill = false } = {}] = rows
  if (mayMake && mayFill) return
  throw new AppError(
    'DATABASE_UNSAFE',
    `The login ${login} may not create what the product needs in the database ${name}. Let an administrator run: ` +
      `GRANT CREATE ON DATABASE ${quoteName(name)} TO ${quoteName(login)}; GRANT CREATE ON SCHEMA public TO ${quoteName(login)}; ` +
      `or give the URL of a login that owns the database as DATABASE_OWNER_URL.`,
  )
}

async function ensureRoles(client: OwnerClient, login: string): Promise<void> {
  for (const role of [applicationRole, unscopedRole]) {
    const { rowCount } = await client.query('select 1 from pg_roles where rolname = $1', [role])
    if (rowCount === 0) {
      try {
        await client.query(`create role ${role} nologin noinherit`)
      } catch (cause) {
        // Another database of the same server may be doing the same at this moment: roles belong to the server.
        if ((cause as { code?: string }).code !== '42710' && (cause as { code?: string }).code !== '23505') {
          throw new AppError(
            'DATABASE_UNSAFE',
            `The owner may not create roles. Let an administrator run: CREATE ROLE ${applicationRole} NOLOGIN NOINHERIT; ` +
              `CREATE ROLE ${unscopedRole} NOLOGIN NOINHERIT; GRANT ${applicationRole}, ${unscopedRole} TO ${quoteName(login)};`,
            { cause },
          )
        }
      }
    }
    const { rows } = await client.query<{ may: boolean; super: boolean }>(
      `select pg_has_role($1::name, $2::name, 'member') as may, (select rolsuper from pg_roles where rolname = $1) as super`,
      [login, role],
    )
    if (!rows[0]?.may || rows[0].super) {
      await client.query(`grant ${role} to ${quoteName(login)}`).catch((cause: unknown) => {
        if (rows[0]?.super) return // a superuser may be any role already
        throw new AppError(
          'DATABASE_UNSAFE',
          `The login may not become the application's roles. Let an administrator run: ` +
            `GRANT ${applicationRole}, ${unscopedRole} TO ${quoteName(login)};`,
          { cause },
        )
      })
    }
  }
}

async function ensureJobsSchema(client: OwnerClient, queues: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ there: boolean }>(
    `select to_regclass('${jobsSchema}.version') is not null as there`,
  )
  if (rows[0]?.there) {
    const version = await client.query<{ version: number }>(`select version from ${jobsSchema}.version`)
    const plans = jobsMigrationFrom(version.rows[0]?.version)
    if (plans !== undefined) await client.query(plans)
  } else {
    await client.query(getConstructionPlans(jobsSchema))
  }
  for (const queue of queues) {
    await client.query(`select ${jobsSchema}.create_queue($1, $2::jsonb)`, [
      queue,
      JSON.stringify({
        policy: 'standard',
        retryLimit: 3,
        retryDelay: 0,
        expireInSeconds: 3600,
        heartbeatSeconds: 30,
      }),
    ])
  }
  await client.query(`
    grant usage on schema ${jobsSchema} to ${applicationRole};
    grant select, insert, update, delete on all tables in schema ${jobsSchema} to ${applicationRole};
    grant execute on all functions in schema ${jobsSchema} to ${applicationRole}`)
}

/** The job library's own way forward; it reports a schema that is up to date as a version without a successor. */
function jobsMigrationFrom(version: number | undefined): string | undefined {
  try {
    return getMigrationPlans(jobsSchema, version)
  } catch (error) {
    if (/^Version \d+ not found/.test((error as Error).message)) return undefined
    throw error
  }
}

/**
 * A migration that writes tables anew names them so. Until a vacuum no page of theirs is known to be visible to all, so that
 * an index is not read alone, and by itself it may come late. Whoever is stopped before it has slower lists until then.
 */
const vacuumedAfter = /^-- Vacuum afterwards: ([a-z_]+(?:, [a-z_]+)*)\.$/m

/**
 * Applies what is missing and gives the application's login its roles. Safe to repeat and to run from two nodes.
 * Refuses a database whose applied migrations differ from these files (a newer or edited product).
 *
 * @param login the role that the application connects as (may be the owner itself)
 * @returns the names of the migrations applied now
 */
export async function migrate(
  owner: Connection,
  login: string,
  queues: readonly string[],
): Promise<string[]> {
  const migrations = await readMigrations()
  return asOwner(owner, async (client) => {
    await assertMayCreate(client)
    await client.query('select pg_advisory_lock($1)', [lockKey])
    await client.query("set client_min_messages = 'warning'")
    await ensureRoles(client, login)
    await client.query(
      'create table if not exists schema_migrations (name text primary key, sha256 text not null, applied_at timestamptz not null)',
    )
    await client.query(
      `grant usage on schema public to ${applicationRole}, ${unscopedRole}; grant select on schema_migrations to ${applicationRole}`,
    )
    const { rows } = await client.query<{ name: string; sha256: string }>(
      'select name, sha256 from schema_migrations',
    )
    const applied = new Map(rows.map((row) => [row.name, row.sha256]))
    for (const name of applied.keys()) {
      if (!migrations.some((migration) => migration.name === name)) {
        throw new AppError(
          'DATABASE_UNSAFE',
          `The database was migrated by a newer version of the product (${name}). Run that version.`,
        )
      }
    }
    const done: string[] = []
    for (const migration of migrations) {
      const before = applied.get(migration.name)
      if (before === migration.sha256) continue
      if (before !== undefined) {
        throw new AppError(
          'DATABASE_UNSAFE',
          `Migration ${migration.name} was changed after it was applied. Restore the file.`,
        )
      }
      await client.query('begin')
      try {
        await client.query(migration.text)
        await client.query('insert into schema_migrations values ($1, $2, $3)', [
          migration.name,
          migration.sha256,
          systemClock.now(),
        ])
        await client.query('commit')
      } catch (error) {
        await client.query('rollback')
        throw error
      }
      done.push(migration.name)
    }
    for (const { name, text } of migrations) {
      const tables = vacuumedAfter.exec(text)?.[1]
      if (tables !== undefined && done.includes(name)) await client.query(`vacuum (analyze) ${tables}`)
    }
    await ensureJobsSchema(client, queues)
    return done
  })
}

/**
 * Refuses to start where row-level security would not bite: as a superuser or a role that bypasses it, as the owner of
 * a table, or with a tenant table that lacks it.
 */
export async function assertRowSecurityBites(app: Connection): Promise<void> {
  const options = `-c role=${applicationRole} ${app.options ?? ''}`.trim()
  await asOwner({ ...app, options }, async (client) => {
    const { rows } = await client.query<{ fault: string }>(`
      select 'connections do not start as ${applicationRole}' as fault where current_user <> '${applicationRole}'
      union all
      select 'the role ' || rolname || ' bypasses row-level security' from pg_roles
        where rolname in (current_user, '${unscopedRole}') and (rolsuper or rolbypassrls)
      union all
      select 'the application owns table ' || c.relname from pg_class c
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and pg_has_role(current_user, c.relowner, 'usage')
      union all
      select 'table ' || c.relname || ' is not under row-level security' from pg_class c
        join pg_attribute a on a.attrelid = c.oid and a.attname in ('organisation_id', 'partner_id', 'holder_id') and not a.attisdropped
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relrowsecurity`)
    if (rows.length > 0) {
      throw new AppError(
        'DATABASE_UNSAFE',
        `Organisations would not be kept apart: ${rows.map((row) => row.fault).join('; ')}.`,
      )
    }
  })
}
