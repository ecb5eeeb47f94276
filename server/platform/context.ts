/**
 * What an operation is given: `(ctx, input) => result` (ARCHITECTURE.md, The unit of work).
 *
 * A context lives as long as one transaction in one scope (an organisation's, a partner's or a holder's). Its `now` is frozen. What is emitted,
 * enqueued, timed or audited is written in that same transaction, so that all of it happens or nothing.
 */
import type { Sql, Tx } from './db/database.ts'
import type { EventType } from './events/event-types.ts'
import type { IdKind } from './ids.ts'
import type { Log } from './log.ts'

export interface Actor {
  readonly kind: 'TOKEN' | 'USER' | 'SFTP_ACCOUNT' | 'OPERATOR' | 'SYSTEM' | 'WORKER' | 'PARTNER' | 'HOLDER'
  readonly id: string | null
}

export type Channel = 'API' | 'SFTP' | 'CLI' | 'SYSTEM' | 'PAGE'

/** On whose behalf a unit of work runs, and by which way it came. */
export interface Caller {
  readonly actor: Actor
  readonly channel: Channel
  readonly requestId: string | null
}

/** The product itself: jobs and timers. */
export const systemCaller: Caller = {
  actor: { kind: 'SYSTEM', id: null },
  channel: 'SYSTEM',
  requestId: null,
}

export interface ReadContext extends Caller {
  /** The scope: an organisation, or, of what belongs to a partner or a holder alone, their id. */
  readonly organisationId: string
  readonly tx: Tx
  readonly now: Date
  readonly log: Log
  /** The scope's data key (32 bytes), for what is sealed in a row; read on this transaction's connection. */
  key(): Promise<Buffer>
}

export interface AuditEntry {
  /** As in the grants of spec 10: worker, credential, import, sftpAccount… */
  readonly entityType: string
  readonly entityId: string | null
  readonly action: string
  /** Names of what changed and plain facts; never names of people, numbers or dates of birth. */
  readonly changes?: Readonly<Record<string, unknown>>
  readonly reason?: string
  readonly runId?: string
}

export interface NewEvent {
  readonly type: EventType
  /** Ids and states only. */
  readonly data: Readonly<Record<string, unknown>>
}

export interface Timer {
  readonly kind: string
  readonly subjectId: string
  readonly dueAt: Date
  /** Waits only for more of the same; `jobs run --until-idle` does not wait for it. */
  readonly isQuietTime?: boolean
  /** Where the timer is set to an earlier time already, that one stays: nothing that is due is put off. */
  readonly orEarlier?: boolean
}

export interface WriteContext extends ReadContext {
  newId(kind: IdKind): string
  /** Writes the event and one job per listener. */
  emit(event: NewEvent): Promise<void>
  /** The same for each row of a query with the columns `type` and `data` (jsonb): a million ids never leave the database. */
  emitSelected(events: Sql): Promise<void>
  /** A job to run now, after the commit. `subjectId` is an id, nothing else (spec 90: job payloads carry ids only). */
  enqueue(kind: string, subjectId: string): Promise<void>
  /** The same for many subjects, in one statement. */
  enqueueAll(kind: string, subjectIds: readonly string[]): Promise<void>
  /** Sets or moves the timer of this kind and subject; when it is due, a job of the same kind is enqueued. */
  setTimer(timer: Timer): Promise<void>
  /** The same for timers of different subjects or kinds, in one statement. */
  setTimers(timers: readonly Timer[]): Promise<void>
  clearTimer(kind: string, subjectId: string): Promise<void>
  audit(entry: AuditEntry): Promise<void>
  /** The same for many entries, in one statement. */
  auditAll(entries: readonly AuditEntry[]): Promise<void>
}
