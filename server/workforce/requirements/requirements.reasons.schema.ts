/** The words in which the product says why somebody is not green: one list for statuses and for gaps (spec 60). */

export const colours = ['green', 'yellow', 'red'] as const
export type Colour = (typeof colours)[number]

/** The closed list of spec 60, in the order in which several of one credential are told. */
export const gapReasons = [
  'BAN_MATCH',
  'MISSING',
  'MAY_NOT_ENGAGE',
  'EXPIRED',
  'WRONG_ROLE',
  'RULE_UNRESOLVED',
  'REVIEW_REQUIRED',
  'CONDITIONS',
  'NON_PRACTISING',
  'RENEWAL_PENDING',
  'IN_GRACE',
  'EXPIRING',
  'TOO_FEW_DAYS_LEFT',
  'NOT_YET_CHECKED',
  'NOT_VERIFIED',
  'STALE',
] as const
export type GapReason = (typeof gapReasons)[number]

/** Those that a tree alone can have: a credential by itself is neither missing nor too short, and is on no list. */
export type TreeReason = 'BAN_MATCH' | 'MISSING' | 'RULE_UNRESOLVED' | 'TOO_FEW_DAYS_LEFT'

/** Those of one credential by itself: its `statusReasons`. */
export type StatusReason = Exclude<GapReason, TreeReason>
