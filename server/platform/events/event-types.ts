/** The events of the product (spec 90, Webhooks), and the few that only the house itself listens to. */
export const eventTypes = [
  'worker.created',
  'worker.updated',
  'worker.deactivated',
  'worker.reactivated',
  'worker.deleted',
  'credential.added',
  'credential.updated',
  'credential.verified',
  'credential.expiring',
  'credential.expired',
  'credential.deleted',
  'import.held',
  'import.completed',
  'import.failed',
  'import.missing',
  // A run came to an end that has a results file or none: superseded, rejected, lapsed, cancelled.
  'import.ended',
  'export.ready',
  'compliance.changed',
  'settings.changed',
  'mapping.changed',
  // The sandbox's clock was moved: what is done at a time of day finds its next time anew.
  'clock.moved',
] as const

export type EventType = (typeof eventTypes)[number]

/** An event as a listener gets it. */
export interface StoredEvent {
  readonly id: string
  readonly organisationId: string
  readonly type: EventType
  readonly at: Date
  readonly data: Readonly<Record<string, unknown>>
}

/** What only the house itself listens to: nobody outside is told. */
const houseOnly: ReadonlySet<EventType> = new Set(['settings.changed', 'mapping.changed', 'clock.moved'])

export const publicEventTypes: readonly EventType[] = eventTypes.filter((type) => !houseOnly.has(type))
