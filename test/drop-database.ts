import type pg from 'pg'

/**
 * Drops a database with whatever still hangs on it. `WITH (FORCE)` would be refused to a login that is no superuser
 * whenever an autovacuum worker happens to be in there; a plain DROP sends that worker away by itself.
 */
export async function dropDatabase(client: pg.Client, database: string): Promise<void> {
  await client.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = $1 and pid <> pg_backend_pid() and backend_type = 'client backend'`,
    [database],
  )
  for (let attempt = 1; ; attempt++) {
    try {
      await client.query(`drop database if exists "${database}"`)
      return
    } catch (error) {
      const inUse = (error as pg.DatabaseError).code === '55006'
      if (!inUse || attempt === 5) throw error
    }
  }
}
