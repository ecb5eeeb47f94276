/** How far the answers are. */
import { isSection, type Entry } from './groups.ts'
import type { PageItem, PageState } from '../page-state.ts'

export type ItemMark = 'todo' | 'done' | 'declined' | 'sentBack' | 'notNeeded' | 'waived'

/** @param isNotNeeded something else was enough */
export function markOf(item: PageItem, isNotNeeded: boolean): ItemMark {
  switch (item.state) {
    case 'SUPPLIED':
      return 'done'
    case 'DECLINED':
      return isNotNeeded ? 'notNeeded' : 'declined'
    case 'SENT_BACK':
      return 'sentBack'
    case 'WAIVED':
      return 'waived'
    case 'OPEN':
      return isNotNeeded ? 'notNeeded' : 'todo'
  }
}

export interface Progress {
  readonly answered: number
  readonly asked: number
  readonly mayBeSent: boolean
  readonly isSatisfied: boolean
}

/** As the server counts; nothing asked counts as nothing done. */
export function progressOf(state: PageState): Progress {
  return (
    state.progress ?? { answered: 0, asked: state.items?.length ?? 0, mayBeSent: false, isSatisfied: false }
  )
}

/** What is still to be answered, in the order of the page: of groups in which something is enough, nothing. */
export function openItems(entries: readonly Entry[]): readonly PageItem[] {
  return entries.flatMap((entry) => {
    if (isSection(entry)) return entry.isSatisfied ? [] : openItems(entry.entries)
    const mark = markOf(entry.item, entry.isNotNeeded)
    return mark === 'todo' || mark === 'sentBack' ? [entry.item] : []
  })
}
