/** What a request asks for, as items and groups; what of it is answered. Pure. */
import type { Leaf, RequirementNode, Requirements } from '../../workforce/requirements/requirements.schema.ts'

export const itemStates = ['OPEN', 'SUPPLIED', 'DECLINED', 'SENT_BACK', 'WAIVED'] as const
export type ItemState = (typeof itemStates)[number]

/** The flat list of the contract is a group of which everything is needed (spec 60, Requirement grammar). */
export function treeOfTypes(types: readonly string[]): Requirements {
  return { allOf: types.map((credentialType) => ({ credentialType })) }
}

export interface AskedType {
  readonly credentialType: string
  /** Asked for only in another's stead. */
  readonly isAlternative: boolean
}

const childrenOf = (node: RequirementNode): readonly RequirementNode[] | undefined =>
  'allOf' in node ? node.allOf : 'anyOf' in node ? node.anyOf : 'of' in node ? node.of : undefined

function leaves(node: RequirementNode): readonly Leaf[] {
  return childrenOf(node)?.flatMap(leaves) ?? [node as Leaf]
}

const roots = ({ allOf, anyOf }: Requirements): readonly RequirementNode[] => allOf ?? anyOf ?? []

/** Each credential type once, in the order of the tree, those that stand in for others behind them. */
export function askedTypes(tree: Requirements): readonly AskedType[] {
  const all = roots(tree).flatMap(leaves)
  const asked = new Set(all.map(({ credentialType }) => credentialType))
  const instead = new Set(all.flatMap(({ exemptedBy = [] }) => exemptedBy).filter((code) => !asked.has(code)))
  return [
    ...[...asked].map((credentialType) => ({ credentialType, isAlternative: false })),
    ...[...instead].map((credentialType) => ({ credentialType, isAlternative: true })),
  ]
}

function satisfies(node: RequirementNode, has: (credentialType: string) => boolean): boolean {
  if ('allOf' in node) return node.allOf.every((one) => satisfies(one, has))
  if ('anyOf' in node) return node.anyOf.some((one) => satisfies(one, has))
  if ('of' in node) return node.of.filter((one) => satisfies(one, has)).length >= node.atLeast
  return has(node.credentialType) || (node.exemptedBy ?? []).some(has)
}

export interface Answer {
  readonly credentialType: string
  readonly state: ItemState
}

export interface Answered {
  readonly isSomeSupplied: boolean
  /** Supplied and waived ones satisfy the tree. */
  readonly isSatisfied: boolean
  /**
   * Nothing is left to say: the tree is satisfied, or could not become so even if every open item were supplied, because what
   * it needs was declined.
   */
  readonly isAnswered: boolean
  readonly asked: number
  readonly answered: number
}

/** How far the answers go. */
export function answeredOf(tree: Requirements, answers: readonly Answer[]): Answered {
  const states = new Map(answers.map(({ credentialType, state }) => [credentialType, state]))
  const holds = (node: RequirementNode, wanted: (state: ItemState | undefined) => boolean): boolean =>
    satisfies(node, (credentialType) => wanted(states.get(credentialType)))
  const isGiven = (state: ItemState | undefined): boolean => state === 'SUPPLIED' || state === 'WAIVED'
  const isSpoken = (state: ItemState | undefined): boolean => isGiven(state) || state === 'DECLINED'
  const tops = roots(tree)
  const root: RequirementNode = tree.anyOf ? { anyOf: tops } : { allOf: tops }
  const isSatisfied = holds(root, isGiven)
  // One thing that a person is asked for is a leaf, or a group of which one or some are enough.
  const parts = tree.anyOf ? [root] : tops.flatMap(partsOf)
  const answered = parts.filter((part) => holds(part, isGiven) || everySpoken(part, states, isSpoken)).length
  return {
    isSomeSupplied: answers.some(({ state }) => state === 'SUPPLIED'),
    isSatisfied,
    isAnswered: isSatisfied || answered === parts.length,
    asked: parts.length,
    answered,
  }
}

const partsOf = (node: RequirementNode): readonly RequirementNode[] =>
  'allOf' in node ? node.allOf.flatMap(partsOf) : [node]

/** Of a group of which some are enough: whether each of its leaves was answered or declined. */
function everySpoken(
  node: RequirementNode,
  states: ReadonlyMap<string, ItemState>,
  isSpoken: (state: ItemState | undefined) => boolean,
): boolean {
  return leaves(node).every(({ credentialType }) => isSpoken(states.get(credentialType)))
}

/** A group or an item, as the worker's page shows it. */
export type PageNode =
  | {
      readonly kind: 'item'
      readonly credentialType: string
      readonly instead: readonly string[]
      readonly label: string | null
    }
  | { readonly kind: 'all' | 'any'; readonly label: string | null; readonly children: readonly PageNode[] }
  | {
      readonly kind: 'atLeast'
      readonly count: number
      readonly label: string | null
      readonly children: readonly PageNode[]
    }

/** The tree in the words of the page: an outermost "all of" is its children. */
export function pageTree(tree: Requirements): PageNode {
  const nodeOf = (node: RequirementNode): PageNode => {
    const label = node.label ?? null
    if ('allOf' in node) return { kind: 'all', label, children: node.allOf.map(nodeOf) }
    if ('anyOf' in node) return { kind: 'any', label, children: node.anyOf.map(nodeOf) }
    if ('of' in node) return { kind: 'atLeast', count: node.atLeast, label, children: node.of.map(nodeOf) }
    return { kind: 'item', credentialType: node.credentialType, instead: node.exemptedBy ?? [], label }
  }
  return { kind: tree.anyOf ? 'any' : 'all', label: null, children: roots(tree).map(nodeOf) }
}
