/** Walking a requirement tree, and saying it in words. Pure. */
import type { Leaf, RequirementNode, Requirements } from './requirements.schema.ts'

/** A requirement that could not be read (spec 60, Positions): it stays in the tree as a yellow gap. */
export interface UnresolvedLeaf {
  /** What was written: the organisation's own code and the like. */
  readonly unresolved: string
  readonly label?: string | undefined
}

/** A node that asks for so many of those below it. */
export type GroupNode =
  | { readonly allOf: readonly TreeNode[]; readonly label?: string | undefined }
  | { readonly anyOf: readonly TreeNode[]; readonly label?: string | undefined }
  | { readonly atLeast: number; readonly of: readonly TreeNode[]; readonly label?: string | undefined }

/** A node as it is evaluated: of the grammar, or one that could not be read into it. */
export type TreeNode = Leaf | UnresolvedLeaf | GroupNode

/** A whole tree as it is evaluated; every `Requirements` is one. */
export interface Tree {
  readonly allOf?: readonly TreeNode[] | undefined
  readonly anyOf?: readonly TreeNode[] | undefined
  readonly banChecks?: readonly { readonly register: string }[] | undefined
}

/** A group said in one way for all three kinds: so many of these. */
export interface Group {
  readonly kind: 'all' | 'any' | 'atLeast'
  /** How many of the children are needed: all, one, or as many as it says. */
  readonly needed: number
  /** The member of the node that holds the children, as it stands in their JSON pointers. */
  readonly member: 'allOf' | 'anyOf' | 'of'
  readonly children: readonly TreeNode[]
  readonly label: string | null
}

export function isGroup(node: TreeNode): node is GroupNode {
  return !('credentialType' in node || 'unresolved' in node)
}

export function groupOf(node: GroupNode): Group {
  const label = node.label ?? null
  if ('allOf' in node)
    return { kind: 'all', needed: node.allOf.length, member: 'allOf', children: node.allOf, label }
  if ('anyOf' in node) return { kind: 'any', needed: 1, member: 'anyOf', children: node.anyOf, label }
  return { kind: 'atLeast', needed: node.atLeast, member: 'of', children: node.of, label }
}

/** The group at the root; undefined for a tree of ban lists alone. */
export function rootOf({ allOf, anyOf }: Tree): Group | undefined {
  if (allOf) return groupOf({ allOf })
  return anyOf && groupOf({ anyOf })
}

/** `requestedCredentialTypes: [a, b]` means all of them (spec 60). Refused by the grammar when the list is empty. */
export function allOfTypes(credentialTypes: readonly string[]): { allOf: RequirementNode[] } {
  return { allOf: credentialTypes.map((credentialType) => ({ credentialType })) }
}

/** The types that a leaf is met by: its own first. */
export function acceptedTypes({ credentialType, exemptedBy }: Leaf): readonly string[] {
  return [...new Set([credentialType, ...(exemptedBy ?? [])])]
}

/** Every type that a tree names, as wanted or as an exemption, once each, in the order in which the tree does. */
export function typesOf(tree: Requirements | Tree): string[] {
  const found = new Set<string>()
  const look = (node: TreeNode): void => {
    if ('credentialType' in node) for (const type of acceptedTypes(node)) found.add(type)
    else if (isGroup(node)) groupOf(node).children.forEach(look)
  }
  rootOf(tree)?.children.forEach(look)
  return [...found]
}

/** "a", "a and b", "a, b and c". */
function listed(parts: readonly string[], word: 'and' | 'or'): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} ${word} ${parts.at(-1) ?? ''}`
}

/**
 * A node in words, for people: its label where it has one, else what it is made of, as in
 * "AHPRA registration and (one of WWCC Victoria or WWCC New South Wales)".
 * @param nameOf the name of a credential type
 */
export function describeNode(node: TreeNode, nameOf: (credentialType: string) => string): string {
  if (node.label !== undefined) return node.label
  if ('unresolved' in node) return `${node.unresolved} (not understood)`
  if ('credentialType' in node) {
    const exempt = (node.exemptedBy ?? []).map(nameOf)
    return `${nameOf(node.credentialType)}${exempt.length > 0 ? ` (or ${listed(exempt, 'or')})` : ''}`
  }
  return describeGroup(groupOf(node), nameOf)
}

/** The same for a group: "one of …", "at least 2 of …", or simply its parts. */
export function describeGroup(group: Group, nameOf: (credentialType: string) => string): string {
  if (group.label !== null) return group.label
  const [first] = group.children
  if (first && group.children.length === 1) return describeNode(first, nameOf)
  const parts = group.children.map((child) => {
    const text = describeNode(child, nameOf)
    const isSeveral = isGroup(child) && child.label === undefined && groupOf(child).children.length > 1
    return isSeveral ? `(${text})` : text
  })
  if (group.needed === parts.length) return listed(parts, 'and')
  const count = group.needed === 1 ? 'one of' : `at least ${group.needed} of`
  return `${count} ${listed(parts, group.needed === 1 ? 'or' : 'and')}`
}
