/** What the ban lists say of a worker, as the API shows it (spec 60, banChecks). */
import { z } from 'zod'
import { matchGrounds } from '../published-lists/names.matching.rules.ts'
import { listRowShown } from '../published-lists/published-lists.schema.ts'

export const matchStatuses = ['POSSIBLE', 'DISMISSED', 'CONFIRMED', 'GONE'] as const
export type MatchStatus = (typeof matchStatuses)[number]

/** Beside those of a comparison: an exact number, and a row that left the list after it was confirmed. */
export const banGrounds = [...matchGrounds, 'SAME_NUMBER', 'LEFT_LIST'] as const
export type BanGround = (typeof banGrounds)[number]

export const banMatchShown = z.object({
  id: z.string(),
  status: z
    .enum(matchStatuses)
    .describe(
      'POSSIBLE: a person has to look. DISMISSED: somebody decided that it is another person. CONFIRMED: that it is this one, or an exact number did.',
    ),
  score: z
    .number()
    .describe(
      'How much the likeness is worth, in bits; above 0 it is rarer than a chance in a list so long.',
    ),
  grounds: z.array(z.enum(banGrounds)).describe('What speaks for it and against it.'),
  entry: listRowShown.describe('The row of the list.'),
  listVersion: z.int(),
  foundAt: z.date(),
  decidedBy: z.enum(['REVIEW', 'NUMBER']).nullable(),
  reviewId: z.string().nullable(),
  decidedAt: z.date().nullable(),
})
export type BanMatchShown = z.infer<typeof banMatchShown>

export const banCheckAttributes = z.object({
  register: z.string(),
  outcome: z
    .enum(['CLEAR', 'POSSIBLE', 'MATCH', 'STALE', 'NOT_YET_CHECKED'])
    .describe(
      'MATCH: somebody decided, or an exact number did; never a name alone. STALE: clear by a list that nobody has looked at for too long.',
    ),
  checkedAt: z.date().nullable(),
  listVersion: z.int().nullable(),
  matches: z.array(banMatchShown),
})
export type BanCheckAttributes = z.infer<typeof banCheckAttributes>
