/**
 * The running house: what operations that span several units of work, jobs and adapters are given.
 *
 * `write` is the unit of work: one transaction, one scope, one frozen instant; change, audit, events, jobs
 * and timers commit together. Nothing slow or foreign is awaited inside one.
 */
import type { Clock } from './clock.ts'
import type { Config } from './config.ts'
import type { AuditEntry, Caller, ReadContext, Timer, WriteContext } from './context.ts'
import { sql, type Database, type Isolation, type Sql, type Tx } from './db/database.ts'
import type { DocumentOpener } from './documents/document-opener.ts'
import type { EventType, StoredEvent } from './events/event-types.ts'
import { newId } from './ids.ts'
import type { JobQueue } from './jobs/job-queue.ts'
import type { Log } from './log.ts'
import type { MailSender } from './mail/mail-sender.ts'
import type { Outbound } from './outbound.ts'
import type { ReportWriter } from './pdf/report-writer.ts'
import type { BlobStore } from './storage/storage.ts'
import type { VirusScanner } from './virus-scanner.ts'

export interface Runtime {
  readonly config: Config
  readonly clock: Clock
  readonly log: Log
  readonly db: Database
  readonly storage: BlobStore
  readonly jobs: JobQueue
  readonly mail: MailSender
  /** Calls to other systems, guarded (spec 90, Webhooks, SSRF). */
  readonly outbound: Outbound
  /** Opens what strangers sent, in processes of its own. */
  readonly documents: DocumentOpener
  /** Draws reports as PDF, in a process of its own. */
  readonly reports: ReportWriter
  /** Null where none is set up. */
  readonly scanner: VirusScanner | null
  /** The installation's master key, for what is wrapped with it (host keys, organisation keys). */
  readonly masterKey: Buffer
  /** The master key, and the other one while there are two: whichever opens what is kept. */
  readonly masterKeys: readonly Buffer[]
  /** The data key of the context's scope: what `ctx.key()` gives. */
  readonly keyWithin: (ctx: ReadContext) => Promise<Buffer>
  write<T>(
    organisationId: string,
    caller: Caller,
    work: (ctx: WriteContext) => Promise<T>,
    options?: { isolation?: Isolation },
  ): Promise<T>
  read<T>(
    organisationId: string,
    caller: Caller,
    work: (ctx: ReadContext) => Promise<T>,
    options?: { isolation?: Isolation },
  ): Promise<T>
}

/**
 * A job: `subjectId` names what it is about. Idempotent: it may run again after a crash. One whose kind begins with `slow:` has
 * a queue and places of its own (job-queue.ts).
 */
export interface JobDefinition {
  readonly kind: string
  /** @param signal the process is stopping: what takes long may end by throwing its reason, and runs again later */
  run(
    runtime: Runtime,
    job: { organisationId: string; subjectId: string },
    signal: AbortSignal,
  ): Promise<void>
}

/** Hears events of the given types, once each, after the commit. Idempotent by event id. */
export interface ListenerDefinition {
  readonly name: string
  readonly types: readonly string[]
  /** An import tells of its changes by the thousand and of itself once: who hears the latter need not hear the former. */
  readonly skipsImports?: boolean
  run(runtime: Runtime, event: StoredEvent): Promise<void>
}

export interface RuntimeParts {
  readonly config: Config
  readonly clock: Clock
  readonly log: Log
  readonly db: Database
  readonly storage: BlobStore
  readonly jobs: JobQueue
  readonly mail: MailSender
  /** Calls to other systems, guarded (spec 90, Webhooks, SSRF). */
  readonly outbound: Outbound
  readonly documents: DocumentOpener
  readonly reports: ReportWriter
  readonly scanner: VirusScanner | null
  readonly masterKey: Buffer
  readonly otherMasterKey?: Buffer | null
  /** The data key of the context's scope. */
  readonly keyWithin: (ctx: ReadContext) => Promise<Buffer>
  readonly listeners: readonly ListenerDefinition[]
}

/** Puts the parts together. Opens nothing and starts nothing. */
export function createRuntime(parts: RuntimeParts): Runtime {
  const { clock, db, jobs, listeners } = parts

  const readContext = (organisationId: string, caller: Caller, tx: Tx): ReadContext => {
    const ctx: ReadContext = {
      ...caller,
      organisationId,
      tx,
      now: clock.now(),
      log: parts.log,
      key: () => parts.keyWithin(ctx),
    }
    return ctx
  }

  return {
    config: parts.config,
    clock,
    log: parts.log,
    db,
    storage: parts.storage,
    jobs,
    mail: parts.mail,
    outbound: parts.outbound,
    documents: parts.documents,
    reports: parts.reports,
    scanner: parts.scanner,
    masterKey: parts.masterKey,
    masterKeys: parts.otherMasterKey ? [parts.masterKey, parts.otherMasterKey] : [parts.masterKey],
    keyWithin: parts.keyWithin,
    read: (organisationId, caller, work, options = {}) =>
      db.scoped(organisationId, (tx) => work(readContext(organisationId, caller, tx)), {
        ...options,
        readOnly: true,
      }),
    write: async (organisationId, caller, work, options = {}) => {
      const jobsMade: string[] = []
      const emit = async (ctx: WriteContext, events: Sql): Promise<void> => {
        const made = await insertEvents(ctx, events)
        const heard = made.flatMap(({ id, type, isOfImport }) =>
          listeners
            .filter((listener) => listener.types.includes(type) && !(listener.skipsImports && isOfImport))
            .map((listener) => ({ kind: `listener:${listener.name}`, organisationId, subjectId: id })),
        )
        if (heard.length === 0) return
        jobsMade.push(...heard.map((job) => job.kind))
        await jobs.enqueue(ctx.tx, heard)
      }
      const result = await db.scoped(
        organisationId,
        async (tx) => {
          const ctx: WriteContext = {
            ...readContext(organisationId, caller, tx),
            newId,
            emit: (event) =>
              emit(
                ctx,
                sql`select ${event.type}::text as type, ${JSON.stringify(event.data)}::jsonb as data`,
              ),
            emitSelected: (events) => emit(ctx, events),
            enqueue: (kind, subjectId) => ctx.enqueueAll(kind, [subjectId]),
            enqueueAll: async (kind, subjectIds) => {
              if (subjectIds.length === 0) return
              jobsMade.push(kind)
              await jobs.enqueue(
                tx,
                subjectIds.map((subjectId) => ({ kind, organisationId, subjectId })),
              )
            },
            setTimer: (timer) => setTimers(ctx, [timer]),
            setTimers: (timers) => setTimers(ctx, timers),
            clearTimer: (kind, subjectId) => clearTimer(ctx, kind, subjectId),
            audit: (entry) => auditAll(ctx, [entry]),
            auditAll: (entries) => auditAll(ctx, entries),
          }
          return work(ctx)
        },
        options,
      )
      if (jobsMade.length > 0) jobs.nudge()
      return result
    },
  }
}

/** @param events a query of `type` and `data` */
function insertEvents(
  ctx: WriteContext,
  events: Sql,
): Promise<{ id: string; type: EventType; isOfImport: boolean }[]> {
  return ctx.tx.rows(sql`insert into events (organisation_id, id, type, at, data)
    select ${ctx.organisationId}, new_id('evt'), e.type, ${ctx.now}, e.data from (${events}) e
    returning id, type, data ? 'importId' as "isOfImport"`)
}

async function setTimers(ctx: WriteContext, timers: readonly Timer[]): Promise<void> {
  if (timers.length === 0) return
  const rows = JSON.stringify(
    timers.map(({ kind, subjectId, dueAt, isQuietTime = false, orEarlier = false }) => ({
      kind,
      subject_id: subjectId,
      due_at: dueAt,
      is_quiet_time: isQuietTime,
      or_earlier: orEarlier,
    })),
  )
  // A timer that stands at an earlier time may be meant to stay; only the given one knows, so each kind goes by itself.
  for (const orEarlier of new Set(timers.map((timer) => timer.orEarlier ?? false)))
    await ctx.tx.run(sql`insert into timers (organisation_id, kind, subject_id, due_at, is_quiet_time)
      select ${ctx.organisationId}, t.kind, t.subject_id, t.due_at, t.is_quiet_time
      from jsonb_to_recordset(${rows}::jsonb) t (kind text, subject_id text, due_at timestamptz, is_quiet_time boolean, or_earlier boolean)
      where t.or_earlier = ${orEarlier}
      on conflict (organisation_id, kind, subject_id)
      do update set is_quiet_time = excluded.is_quiet_time,
        due_at = case when ${orEarlier} then least(timers.due_at, excluded.due_at) else excluded.due_at end`)
}

async function clearTimer(ctx: WriteContext, kind: string, subjectId: string): Promise<void> {
  await ctx.tx.run(sql`delete from timers
    where organisation_id = ${ctx.organisationId} and kind = ${kind} and subject_id = ${subjectId}`)
}

async function auditAll(ctx: WriteContext, entries: readonly AuditEntry[]): Promise<void> {
  if (entries.length === 0) return
  const rows = JSON.stringify(
    entries.map((entry) => ({
      id: newId('auditEntry'),
      entity_type: entry.entityType,
      entity_id: entry.entityId ?? '',
      action: entry.action,
      changes: entry.changes ?? {},
      reason: entry.reason ?? null,
      run_id: entry.runId ?? null,
    })),
  )
  await ctx.tx.run(sql`insert into audit_entries
    (organisation_id, id, at, actor_kind, actor_id, channel, request_id, entity_type, entity_id, action, changes, reason, run_id)
    select ${ctx.organisationId}, e.id, ${ctx.now}, ${ctx.actor.kind}, ${ctx.actor.id}, ${ctx.channel}, ${ctx.requestId},
      e.entity_type, e.entity_id, e.action, e.changes, e.reason, e.run_id
    from jsonb_to_recordset(${rows}::jsonb) e (id text, entity_type text, entity_id text, action text, changes jsonb, reason text, run_id text)`)
}
