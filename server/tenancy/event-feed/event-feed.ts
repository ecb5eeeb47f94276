/**
 * The change feed: everything that happened in an organisation, numbered, for those who ask instead of being told.
 *
 * Owns: the numbers of events. Promises: who has read up to a number has missed nothing, whatever ran meanwhile; an event
 * keeps its number; the numbers of an organisation have no gaps.
 */
import type { WriteContext } from '../../platform/context.ts'
import type { Counting, Total } from '../../platform/db/total.ts'
import { exchangeEvents, publicEventTypes } from '../../platform/events/event-types.ts'
import type { FeedEvent, FeedFilter } from './event-feed.schema.ts'
import * as store from './event-feed.store.ts'

/**
 * The events behind a number, in their order. What was committed is numbered first; an event waits for its number as long
 * as a transaction that is older than its own still runs (a large import may take minutes).
 */
export async function readFeed(
  ctx: WriteContext,
  filter: FeedFilter,
  page: { readonly limit: number; readonly offset: number; readonly counting: Counting },
): Promise<{ events: FeedEvent[]; total: Total }> {
  await store.lockFeed(ctx)
  await store.numberEvents(ctx, publicEventTypes)
  return store.findEvents(ctx, filter, page)
}

/** What the events of files say, and every type there is: for the feed's documentation. */
export const feedDescription = [
  'Everything that happened, in the order of its number. Keep the last `sequence` that you have dealt with and ask for what comes `after` it: nothing is missed, and nothing is told twice.',
  'What `data` holds of the events of files and reviews:',
  Object.entries(exchangeEvents)
    .map(([type, words]) => `- \`${type}\` ${words}`)
    .join('\n'),
  `The types: ${publicEventTypes.map((type) => `\`${type}\``).join(', ')}.`,
].join('\n\n')
