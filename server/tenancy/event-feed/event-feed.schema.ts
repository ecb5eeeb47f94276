/** An event as the change feed shows it (spec 10, Shapes; the events of spec 90). */
import { z } from 'zod'

export const eventAttributes = z.object({
  sequence: z
    .int()
    .describe('Its number in the organisation’s feed, without gaps: ask for what comes after it.'),
  type: z.string(),
  timestamp: z.date(),
  data: z
    .record(z.string(), z.unknown())
    .describe('Ids and states. An event of an import speaks of up to 1,000 workers or credentials.'),
})
export type EventAttributes = z.infer<typeof eventAttributes>

export interface FeedEvent {
  readonly id: string
  readonly attributes: EventAttributes
  readonly lastUpdated: Date
}

export interface FeedFilter {
  /** Only events behind this number. */
  readonly after?: number | undefined
  readonly type?: string | undefined
  readonly updatedSince?: Date | undefined
}
