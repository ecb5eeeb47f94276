/** The tree of what is asked, as sections to read. */
import { expect, test } from 'vitest'
import type { ItemState, PageItem, PageNode } from '../page-state.ts'
import { isSection, itemsInOrder, sectionsOf, type Entry } from './groups.ts'
import { markOf, openItems, progressOf } from './progress.ts'

const item = (id: string, state: ItemState = 'OPEN'): PageItem => ({
  id,
  credentialType: id,
  name: id,
  category: 'OTHER',
  jurisdiction: null,
  guidingText: null,
  suppliedBy: 'both',
  number: null,
  mayLackExpiry: false,
  asksIssueDate: false,
  asksExpiryDate: true,
  consent: null,
  state,
  fields: { number: '', holderName: '', issueDate: '', expiryDate: '', hasNoExpiry: false },
  files: [],
  onFile: null,
  declineReason: null,
  sentBackReason: null,
})
const leaf = (itemId: string, ...alternatives: string[]): PageNode => ({
  kind: 'item',
  itemId,
  ...(alternatives.length > 0 ? { alternatives } : {}),
})

/** A section in short: `one(a b)`; an item that something else made needless in brackets; alternatives behind a bar. */
function inShort(entries: readonly Entry[]): string {
  return entries
    .map((entry) => {
      if (isSection(entry)) {
        const { rule, label, isSatisfied } = entry
        const name = rule.kind === 'some' ? `${rule.n}of${rule.of}` : rule.kind
        return `${label === null ? '' : `${label}:`}${name}${isSatisfied ? '!' : ''}(${inShort(entry.entries)})`
      }
      const name = [entry.item, ...entry.alternatives].map(({ id }) => id).join('|')
      return entry.isNotNeeded ? `[${name}]` : name
    })
    .join(' ')
}

test.each<[string, PageNode, string]>([
  ['all are one list', { kind: 'all', children: [leaf('a'), leaf('b')] }, 'all(a b)'],
  ['one leaf is no group', leaf('a'), 'all(a)'],
  [
    'groups stand between',
    { kind: 'all', children: [leaf('a'), { kind: 'any', children: [leaf('b'), leaf('c')] }, leaf('d')] },
    'all(a) one(b c) all(d)',
  ],
  ['any at the top', { kind: 'any', children: [leaf('a'), leaf('b')] }, 'one(a b)'],
  ['n of them', { kind: 'atLeast', n: 2, children: [leaf('a'), leaf('b'), leaf('c')] }, '2of3(a b c)'],
  ['n of n is all', { kind: 'atLeast', n: 2, children: [leaf('a'), leaf('b')] }, 'all(a b)'],
  ['1 of n is one', { kind: 'atLeast', n: 1, children: [leaf('a'), leaf('b')] }, 'one(a b)'],
  ['a choice of one is none', { kind: 'any', children: [leaf('a')] }, 'all(a)'],
  [
    'all within all is the same list',
    { kind: 'all', children: [leaf('a'), { kind: 'all', children: [leaf('b'), leaf('c')] }] },
    'all(a b c)',
  ],
  [
    'any within any is the same choice',
    { kind: 'any', children: [leaf('a'), { kind: 'any', children: [leaf('b'), leaf('c')] }] },
    'one(a b c)',
  ],
  [
    'a choice between one and several together',
    { kind: 'any', children: [leaf('a'), { kind: 'all', children: [leaf('b'), leaf('c')] }] },
    'one(a all(b c))',
  ],
  [
    'a label is kept',
    { kind: 'all', children: [{ kind: 'any', label: 'Identity', children: [leaf('a'), leaf('b')] }] },
    'Identity:one(a b)',
  ],
  [
    'what may come instead stands beside it',
    { kind: 'all', children: [leaf('a', 'b'), leaf('c')] },
    'all(a|b c)',
  ],
])('%s', (_name, tree, short) => {
  const named = JSON.stringify(tree)
  const items = ['a', 'b', 'c', 'd'].filter((id) => named.includes(`"${id}"`)).map((id) => item(id))
  expect(inShort(sectionsOf(items, tree))).toBe(short)
})

test('items outside the tree, or without one, are never out of reach', () => {
  expect(inShort(sectionsOf([item('a'), item('b')], undefined))).toBe('all(a b)')
  expect(inShort(sectionsOf([item('a'), item('b')], leaf('b')))).toBe('all(b a)')
  expect(inShort(sectionsOf([item('a')], { kind: 'all', children: [leaf('gone'), leaf('a')] }))).toBe(
    'all(a)',
  )
})

test('what is enough makes the others needless, and needs no answer', () => {
  const tree: PageNode = {
    kind: 'all',
    children: [{ kind: 'any', children: [leaf('a'), leaf('b')] }, leaf('c', 'd')],
  }
  const items = [item('a'), item('b', 'SUPPLIED'), item('c'), item('d', 'SUPPLIED')]
  const sections = sectionsOf(items, tree)
  expect(inShort(sections)).toBe('one!([a] [b]) all!([c|d])')
  expect(openItems(sections)).toEqual([])
  expect(itemsInOrder(sections).map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd'])
})

test('what is open is told in the order of the page', () => {
  const tree: PageNode = {
    kind: 'all',
    children: [leaf('a'), { kind: 'atLeast', n: 2, children: [leaf('b'), leaf('c'), leaf('d')] }],
  }
  const items = [item('a', 'SENT_BACK'), item('b', 'SUPPLIED'), item('c', 'DECLINED'), item('d')]
  expect(openItems(sectionsOf(items, tree)).map(({ id }) => id)).toEqual(['a', 'd'])
})

test('marks say where each stands', () => {
  expect(
    (['OPEN', 'SUPPLIED', 'DECLINED', 'SENT_BACK', 'WAIVED'] as const).map((state) => [
      markOf(item('a', state), false),
      markOf(item('a', state), true),
    ]),
  ).toEqual([
    ['todo', 'notNeeded'],
    ['done', 'done'],
    ['declined', 'notNeeded'],
    ['sentBack', 'sentBack'],
    ['waived', 'waived'],
  ])
})

test('progress is as the server counts', () => {
  const progress = { answered: 2, asked: 5, isSatisfied: false, mayBeSent: false }
  const state = { stage: 'ANSWERING', organisation: { name: 'x', privacyNotice: null } } as const
  expect(progressOf({ ...state, progress })).toEqual(progress)
  expect(progressOf({ ...state, items: [item('a')] })).toMatchObject({
    answered: 0,
    asked: 1,
    mayBeSent: false,
  })
})
