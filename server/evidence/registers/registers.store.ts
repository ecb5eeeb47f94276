/** The tables `register_connectors`, `register_connector_versions` and `register_health`. */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { sql, type Database } from '../../platform/db/database.ts'
import type { RegisterHealth } from './registers.breaker.rules.ts'

export interface ConnectorRow {
  readonly register: string
  readonly version: number
  readonly kind: 'http' | 'simulator' | 'list' | 'manual'
  readonly settings: Record<string, unknown>
  readonly wrappedSecret: Buffer | null
  readonly updatedAt: Date
}

const columns = sql`register, version, kind, settings, wrapped_secret as "wrappedSecret", updated_at as "updatedAt"`

export function connectorRows({ tx, organisationId }: ReadContext): Promise<ConnectorRow[]> {
  return tx.rows<ConnectorRow>(sql`select ${columns} from register_connectors
    where organisation_id = ${organisationId} order by register`)
}

export function connectorRow(
  { tx, organisationId }: ReadContext,
  register: string,
): Promise<ConnectorRow | undefined> {
  return tx.maybeOne<ConnectorRow>(sql`select ${columns} from register_connectors
    where organisation_id = ${organisationId} and register = ${register}`)
}

/** Changes of one register's connector are made one after the other, until the transaction ends. */
export async function lockRegister({ tx, organisationId }: WriteContext, register: string): Promise<void> {
  await tx.rows(
    sql`select pg_advisory_xact_lock(hashtextextended('register:' || ${organisationId} || ':' || ${register}, 0))`,
  )
}

/** The version that comes next: one that was taken away counts on. */
async function nextVersion({ tx, organisationId }: WriteContext, register: string): Promise<number> {
  const { version } = await tx.one<{ version: number }>(sql`select coalesce(max(version), 0) + 1 as version
    from register_connector_versions where organisation_id = ${organisationId} and register = ${register}`)
  return version
}

export async function writeConnector(
  ctx: WriteContext,
  register: string,
  value: Pick<ConnectorRow, 'kind' | 'settings' | 'wrappedSecret'>,
): Promise<number> {
  const { tx, organisationId, now } = ctx
  const version = await nextVersion(ctx, register)
  const settings = JSON.stringify(value.settings)
  await tx.run(sql`insert into register_connectors (organisation_id, register, version, kind, settings, wrapped_secret, updated_at)
    values (${organisationId}, ${register}, ${version}, ${value.kind}, ${settings}::jsonb, ${value.wrappedSecret}, ${now})
    on conflict (organisation_id, register) do update set version = excluded.version, kind = excluded.kind, settings = excluded.settings,
      wrapped_secret = excluded.wrapped_secret, updated_at = excluded.updated_at`)
  await tx.run(sql`insert into register_connector_versions (organisation_id, register, version, valid_from, recorded_at, kind, settings)
    values (${organisationId}, ${register}, ${version}, ${now}, ${now}, ${value.kind}, ${settings}::jsonb)`)
  return version
}

/** False when there was none. */
export async function deleteConnector(ctx: WriteContext, register: string): Promise<boolean> {
  const { tx, organisationId, now } = ctx
  const gone = await tx.run(sql`delete from register_connectors
    where organisation_id = ${organisationId} and register = ${register}`)
  if (gone === 0) return false
  const version = await nextVersion(ctx, register)
  await tx.run(sql`insert into register_connector_versions (organisation_id, register, version, valid_from, recorded_at)
    values (${organisationId}, ${register}, ${version}, ${now}, ${now})`)
  return true
}

interface HealthRow {
  readonly register: string
  readonly state: 'CLOSED' | 'OPEN'
  readonly faultsInRow: number
  readonly openings: number
  readonly mayAskAt: Date | null
  readonly recentGood: number
  readonly recentFaults: number
  readonly lastGoodAt: Date | null
  readonly lastFaultAt: Date | null
  readonly hasSpoken: boolean
  readonly lostInRow: number
  readonly code: string | null
  readonly detail: string | null
}

const healthOf = ({ code, detail, ...row }: HealthRow): RegisterHealth => ({
  ...row,
  lastFault: code === null ? null : { code, detail: detail ?? '' },
})

/** By register; those that were never asked are not in it. @param isLocked until the transaction ends */
export async function healthRows(
  { tx, organisationId }: ReadContext,
  register: string | null,
  isLocked = false,
): Promise<ReadonlyMap<string, RegisterHealth>> {
  const rows =
    await tx.rows<HealthRow>(sql`select register, state, faults_in_row as "faultsInRow", openings, may_ask_at as "mayAskAt",
      recent_good as "recentGood", recent_faults as "recentFaults", last_good_at as "lastGoodAt", last_fault_at as "lastFaultAt",
      last_fault_code as code, last_fault_detail as detail, has_spoken as "hasSpoken", lost_in_row as "lostInRow"
    from register_health where organisation_id = ${organisationId} ${register === null ? sql`` : sql`and register = ${register}`}
    ${isLocked ? sql`for update` : sql``}`)
  return new Map(rows.map((row) => [row.register, healthOf(row)]))
}

export async function writeHealth(
  { tx, organisationId }: WriteContext,
  register: string,
  health: RegisterHealth,
): Promise<void> {
  await tx.run(sql`insert into register_health (organisation_id, register, state, faults_in_row, openings, may_ask_at, recent_good, recent_faults,
      last_good_at, last_fault_at, last_fault_code, last_fault_detail, has_spoken, lost_in_row)
    values (${organisationId}, ${register}, ${health.state}, ${health.faultsInRow}, ${health.openings}, ${health.mayAskAt},
      ${health.recentGood}, ${health.recentFaults}, ${health.lastGoodAt}, ${health.lastFaultAt}, ${health.lastFault?.code ?? null},
      ${health.lastFault?.detail ?? null}, ${health.hasSpoken}, ${health.lostInRow})
    on conflict (organisation_id, register) do update set state = excluded.state, faults_in_row = excluded.faults_in_row,
      openings = excluded.openings, may_ask_at = excluded.may_ask_at, recent_good = excluded.recent_good,
      recent_faults = excluded.recent_faults, last_good_at = excluded.last_good_at, last_fault_at = excluded.last_fault_at,
      last_fault_code = excluded.last_fault_code, last_fault_detail = excluded.last_fault_detail,
      has_spoken = excluded.has_spoken, lost_in_row = excluded.lost_in_row`)
}

/** Over all organisations, as the narrow role: which registers are late or have had faults, once for each that asks them. */
export function unscopedHealth(
  db: Database,
): Promise<(Pick<RegisterHealth, 'state' | 'recentGood' | 'recentFaults'> & { register: string })[]> {
  return db.unscoped((tx) =>
    tx.rows(sql`select register, state, recent_good as "recentGood", recent_faults as "recentFaults"
      from register_health where state <> 'CLOSED' or recent_faults > 0`),
  )
}

/** Another connector, another chance. */
export async function deleteHealth({ tx, organisationId }: WriteContext, register: string): Promise<void> {
  await tx.run(
    sql`delete from register_health where organisation_id = ${organisationId} and register = ${register}`,
  )
}
