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
  'attachment.received',
  'attachment.checked',
  // A virus scanner found nothing, or there is none: whoever reads documents may begin.
  'attachment.readable',
  // Documents of credentials were given to others, or deleted.
  'attachments.moved',
  'fetchRequest.created',
  'fetchRequest.sent',
  'fetchRequest.opened',
  'fetchRequest.partiallyCompleted',
  'fetchRequest.submitted',
  'fetchRequest.completed',
  'fetchRequest.expired',
  'fetchRequest.cancelled',
  'fetchRequest.deliveryFailed',
  'fetchRequest.linkLocked',
  'fetchRequest.disputed',
  'import.held',
  'import.completed',
  'import.failed',
  'import.missing',
  // A run came to an end that has a results file or none: superseded, rejected, lapsed, cancelled.
  'import.ended',
  // A plan that waits was made (anew), and nobody needs to be told: its results are others than before.
  'import.planned',
  'export.ready',
  'review.created',
  // What somebody decided, for what lies to the right of it.
  'review.decided',
  'compliance.changed',
  // What a position requires, or whether it is there.
  'position.changed',
  // In the scope of a partner: what became of a submission, and what its two sides tell each other.
  'partnerSubmission.finalized',
  'partnerItem.accepted',
  'partnerItem.dropped',
  'partnerItem.revoked',
  'partnerAsset.arrived',
  'settings.changed',
  'mapping.changed',
  // The sandbox's clock was moved: what is done at a time of day finds its next time anew.
  'clock.moved',
  // All that an import changed has had a first answer, or is asked about no more.
  'checks.settled',
  'register.connected',
  'register.disconnected',
  // A published list has other rows than before; one that lost much of them waits for a person.
  'list.changed',
  'list.held',
  // It is known to be what is published: an all-clear by it counts again.
  'list.confirmed',
  // What the ban lists say of people is another than before.
  'banChecks.changed',
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
const houseOnly: ReadonlySet<EventType> = new Set([
  'import.planned',
  'position.changed',
  'settings.changed',
  'mapping.changed',
  'clock.moved',
  'checks.settled',
  'register.connected',
  'register.disconnected',
  'attachment.readable',
  'attachments.moved',
  'review.decided',
  'list.changed',
  'banChecks.changed',
  // No organisation's feed has it: it is the partner's.
  'partnerSubmission.finalized',
  'partnerItem.accepted',
  'partnerItem.dropped',
  'partnerItem.revoked',
  'partnerAsset.arrived',
])

/** What the events of the exchange and of reviews say, for the documentation of the feed. */
export const exchangeEvents: Readonly<Partial<Record<EventType, string>>> = {
  'import.held':
    '`{importId}`: a plan waits for somebody to approve or reject it; `holdReasons` of the import say why. Once, and again when a plan made anew waits for other reasons.',
  'import.completed': '`{importId}`: a file was applied, and its results are there.',
  'import.failed':
    '`{importId}`: a file could not be read; `fault` of the import says why. Nothing was applied.',
  'import.ended':
    '`{importId, status}`: an import ended without being applied: SUPERSEDED, REJECTED, CANCELLED or LAPSED.',
  'import.missing':
    '`{source, lastImportId, lastReceivedAt, silentHours}`: a source that sends daily has sent nothing for so many hours; once, until it sends again.',
  'list.held':
    '`{register, versionId}`: a published list has lost so many rows that somebody has to say whether it counts.',
  'export.ready': '`{exportId}`: a status export was written.',
  'compliance.changed':
    '`{cause, workerIds}`: the answers about these people are others than before (ANSWERS): their status, whether they satisfy what their position requires, or their gaps. `{cause, credentials}`: a setting or the catalogue gave so many credentials another status (SETTINGS).',
  'review.created':
    '`{reviewId, reason, subject, workerId, credentialId, fetchRequestId}`: something waits for a person’s decision.',
}

export const publicEventTypes: readonly EventType[] = eventTypes.filter((type) => !houseOnly.has(type))
