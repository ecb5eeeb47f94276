/** What is asked for, as sections to read: the tree of requirements without what only a machine needs. */
import type { PageItem, PageNode } from '../page-state.ts'

/** What is to be done with the entries of a section. */
export type GroupRule =
  | { readonly kind: 'all' }
  /** One is enough. */
  | { readonly kind: 'one' }
  /** `n` of `of`, n ≥ 2. */
  | { readonly kind: 'some'; readonly n: number; readonly of: number }

export interface Section {
  readonly label: string | null
  readonly rule: GroupRule
  readonly entries: readonly Entry[]
  readonly isSatisfied: boolean
}

export interface ItemEntry {
  readonly item: PageItem
  /** Each will do in its place. */
  readonly alternatives: readonly PageItem[]
  /** Nothing more needs to be done about it, though it was not answered itself. */
  readonly isNotNeeded: boolean
}

export type Entry = ItemEntry | Section

export const isSection = (entry: Entry): entry is Section => 'entries' in entry

const isSupplied = (item: PageItem | undefined): boolean =>
  item?.state === 'SUPPLIED' || item?.state === 'WAIVED'

function ruleOf(node: Exclude<PageNode, { kind: 'item' }>): GroupRule {
  const of = node.children.length
  const n = node.kind === 'atLeast' ? node.n : node.kind === 'all' ? of : 1
  if (n >= of) return { kind: 'all' }
  return n <= 1 ? { kind: 'one' } : { kind: 'some', n, of }
}

function countNeeded(rule: GroupRule, of: number): number {
  return rule.kind === 'all' ? of : rule.kind === 'one' ? 1 : rule.n
}

/** Whether what was supplied or waived is enough for this part of the tree. */
export function isSatisfied(node: PageNode, items: ReadonlyMap<string, PageItem>): boolean {
  if (node.kind === 'item')
    return [node.itemId, ...(node.alternatives ?? [])].some((id) => isSupplied(items.get(id)))
  const done = node.children.filter((child) => isSatisfied(child, items)).length
  return done >= countNeeded(ruleOf(node), node.children.length)
}

/**
 * The sections of a request, in their order. Groups of one and groups that say the same as the one around them are taken
 * apart; items that stand nowhere in the tree come last, so that none is ever out of reach.
 */
export function sectionsOf(items: readonly PageItem[], tree: PageNode | undefined): readonly Section[] {
  const byId = new Map(items.map((item) => [item.id, item]))
  const shown = new Set<string>()

  const take = (id: string): PageItem | undefined => {
    const item = byId.get(id)
    if (item) shown.add(id)
    return item
  }

  function entriesOf(node: PageNode, isDone: boolean, within: GroupRule['kind']): readonly Entry[] {
    if (node.kind === 'item') {
      const item = take(node.itemId)
      const alternatives = (node.alternatives ?? []).flatMap((id) => take(id) ?? [])
      if (!item) return alternatives.map((one) => ({ item: one, alternatives: [], isNotNeeded: isDone }))
      const isNotNeeded = isDone || alternatives.some(isSupplied)
      return [{ item, alternatives, isNotNeeded }]
    }
    const rule = ruleOf(node)
    const isGroupDone = isDone || (rule.kind !== 'all' && isSatisfied(node, byId))
    const entries = node.children.flatMap((child) => entriesOf(child, isGroupDone, rule.kind))
    const saysTheSame = rule.kind === within && rule.kind !== 'some'
    if (entries.length === 0 || (node.label === undefined && (saysTheSame || entries.length === 1)))
      return entries
    return [{ label: node.label ?? null, rule, entries, isSatisfied: isSatisfied(node, byId) }]
  }

  const top = tree ? entriesOf(tree, false, 'all') : []
  const rest = items.filter(({ id }) => !shown.has(id))
  const loose = rest.map((item): Entry => ({ item, alternatives: [], isNotNeeded: false }))

  // Items next to each other that are all needed share a section; groups stand by themselves.
  const sections: Section[] = []
  let plain: Entry[] = []
  const closePlain = (): void => {
    if (plain.length === 0) return
    const isDone = plain.every((one) => !isSection(one) && (isSupplied(one.item) || one.isNotNeeded))
    sections.push({ label: null, rule: { kind: 'all' }, entries: plain, isSatisfied: isDone })
    plain = []
  }
  for (const entry of [...top, ...loose]) {
    if (!isSection(entry)) {
      plain.push(entry)
      continue
    }
    closePlain()
    sections.push(entry)
  }
  closePlain()
  return sections
}

/** Every item of the sections, in the order in which they are read. */
export function itemsInOrder(sections: readonly Entry[]): readonly PageItem[] {
  return sections.flatMap((entry) =>
    isSection(entry) ? itemsInOrder(entry.entries) : [entry.item, ...entry.alternatives],
  )
}
