/**
 * Which matter is told in a mail of its own, and which waits to be told with others. Pure.
 *
 * The first matter of a source and kind goes out at once; what follows from the same source within six hours waits an hour,
 * and then, as long as it goes on, six: a source that fails every minute makes five mails a day. In any hour at most five
 * go out by themselves, whatever they are about.
 */
export const noticeKinds = ['HELD', 'FAILED', 'MISSING', 'REFUSED'] as const
export type NoticeKind = (typeof noticeKinds)[number]

/** Something that people are to be told of. */
export interface Notice {
  /** The event's id, or that of the file that was not taken. */
  readonly id: string
  readonly kind: NoticeKind
  readonly source: string | null
  readonly importId: string | null
  readonly fileName: string | null
  /** Of a file that was not taken, why; of a silence, since when (an instant). */
  readonly detail: string | null
  readonly at: Date
}

const hourMs = 3_600_000
export const sameMatterMs = 6 * hourMs
export const aloneWindowMs = hourMs
const aloneMax = 5

interface Told {
  readonly kind: NoticeKind
  readonly source: string | null
  readonly by: 'ALONE' | 'TOGETHER'
  readonly at: Date
}

const same = (
  a: { kind: string; source: string | null },
  b: { kind: string; source: string | null },
): boolean => a.kind === b.kind && a.source?.toLowerCase() === b.source?.toLowerCase()

/**
 * Null when the notice goes out by itself, else when it goes out with others.
 *
 * @param told what went out in the last `sameMatterMs`
 * @param alone how many went out by themselves in the last `aloneWindowMs`
 */
export function tellTogetherAt(notice: Notice, told: readonly Told[], alone: number, now: Date): Date | null {
  if (alone < aloneMax && !told.some((one) => same(one, notice))) return null
  const together = told.filter((one) => one.by === 'TOGETHER').map((one) => one.at.getTime())
  return together.length === 0
    ? new Date(now.getTime() + hourMs)
    : new Date(Math.max(...together) + sameMatterMs)
}

export interface Group {
  readonly kind: NoticeKind
  readonly source: string | null
  readonly count: number
  readonly newest: Notice
}

/** Notices of one mail by kind and source, in the order in which they began. */
export function grouped(notices: readonly Notice[]): Group[] {
  const groups: Group[] = []
  for (const notice of notices) {
    const at = groups.findIndex((group) => same(group, notice))
    const group = groups[at]
    if (!group) groups.push({ kind: notice.kind, source: notice.source, count: 1, newest: notice })
    else groups[at] = { ...group, count: group.count + 1, newest: notice }
  }
  return groups
}
