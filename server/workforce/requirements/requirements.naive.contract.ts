/**
 * What the evaluators have to answer, said a second time and as plainly as can be: by trying every choice. Slow on purpose. And
 * arbitrary trees and facts to ask both about.
 */
import fc from 'fast-check'
import { expect } from 'vitest'
import { addDays, type LocalDate } from '../../platform/local-date.ts'
import type { EvaluatedCredential, Evaluation, Facts } from './requirements.evaluate.rules.ts'
import { evaluate, evaluateAnswers } from './requirements.evaluate.rules.ts'
import type { Tree, TreeNode } from './requirements.groups.rules.ts'
import type { Leaf } from './requirements.schema.ts'
import type { Colour, StatusReason } from './requirements.reasons.schema.ts'

export const today = '2026-02-01' as LocalDate

// Few of each, so that they meet often.
const types = ['AHPRA', 'WWCC_VIC', 'WWCC_NSW', 'FIRST_AID', 'BLUE_CARD_QLD'] as const
const states = ['VIC', 'NSW', 'QLD'] as const
const registers = ['AGED_CARE_BANNING_ORDERS', 'NDIS_ENFORCEMENT'] as const
const type = fc.constantFrom(...types)

export const leaf: fc.Arbitrary<Leaf> = fc.record(
  {
    credentialType: type,
    jurisdiction: fc.constantFrom(...states),
    exemptedBy: fc.array(type, { minLength: 1, maxLength: 2 }),
    minimumAssurance: fc.constantFrom('DECLARED', 'REVIEWED', 'VERIFIED'),
    minimumDaysLeft: fc.constantFrom(0, 30, 400),
  },
  { requiredKeys: ['credentialType'] },
)

const groupOver = (child: fc.Arbitrary<TreeNode>): fc.Arbitrary<TreeNode> =>
  fc.array(child, { minLength: 1, maxLength: 4 }).chain((nodes) =>
    fc.oneof(
      fc.constant({ allOf: nodes }),
      fc.constant({ anyOf: nodes }),
      fc.integer({ min: 1, max: nodes.length }).map((atLeast) => ({ atLeast, of: nodes })),
    ),
  )
const end: fc.Arbitrary<TreeNode> = fc.oneof(
  { arbitrary: leaf, weight: 12 },
  { arbitrary: fc.constant({ unresolved: 'HRCODE' }), weight: 1 },
)
const levelOver = (below: fc.Arbitrary<TreeNode>): fc.Arbitrary<TreeNode> =>
  fc.oneof({ arbitrary: end, weight: 2 }, { arbitrary: groupOver(below), weight: 1 })
export const node = levelOver(levelOver(levelOver(end)))

const banChecks = fc.array(fc.record({ register: fc.constantFrom(...registers) }), { maxLength: 2 })
export const tree: fc.Arbitrary<Tree> = fc.oneof(
  fc.record(
    { allOf: fc.array(node, { minLength: 1, maxLength: 4 }), banChecks },
    { requiredKeys: ['allOf'] },
  ),
  fc.record(
    { anyOf: fc.array(node, { minLength: 1, maxLength: 4 }), banChecks },
    { requiredKeys: ['anyOf'] },
  ),
)

const states3: readonly (readonly [Colour, readonly StatusReason[]])[] = [
  ['green', []],
  ['green', []],
  ['yellow', ['EXPIRING']],
  ['yellow', ['IN_GRACE']],
  ['yellow', ['RENEWAL_PENDING', 'EXPIRING']],
  ['yellow', ['CONDITIONS', 'EXPIRING']],
  ['yellow', ['NOT_YET_CHECKED']],
  ['yellow', ['NOT_VERIFIED']],
  ['yellow', ['REVIEW_REQUIRED', 'STALE']],
  ['red', ['EXPIRED']],
  ['red', ['MAY_NOT_ENGAGE', 'EXPIRED']],
  ['red', ['WRONG_ROLE']],
]
const expiries = [null, ...[-10, 0, 29, 30, 399, 400].map((days) => addDays(today, days))]

export const credential: fc.Arbitrary<EvaluatedCredential> = fc
  .record({
    number: fc.nat(9_999),
    credentialType: type,
    jurisdiction: fc.constantFrom(null, ...states),
    expiryDate: fc.constantFrom(...expiries),
    assurance: fc.constantFrom('DECLARED' as const, 'REVIEWED' as const, 'VERIFIED' as const),
    state: fc.constantFrom(...states3),
  })
  .map(({ number, state: [status, reasons], ...rest }) => ({
    id: `cred_${number}`,
    status,
    reasons,
    ...rest,
  }))
export const credentials = fc.uniqueArray(credential, { maxLength: 8, selector: ({ id }) => id })

export const facts: fc.Arbitrary<Facts> = fc.record({
  credentials,
  banMatches: fc.array(
    fc.record({
      register: fc.constantFrom(...registers),
      outcome: fc.constantFrom(
        'CLEAR' as const,
        'CLEAR' as const,
        'POSSIBLE' as const,
        'MATCH' as const,
        'STALE' as const,
      ),
    }),
    { maxLength: 3 },
  ),
  isInGrace: fc.boolean(),
  knownTypes: fc.constantFrom(undefined, undefined, new Set<string>(types.slice(0, 4))),
  today: fc.constant(today),
})

/** From red to green: what it takes to be at least so good. */
const steps = ['doubtful', 'good', 'green'] as const
type Step = (typeof steps)[number]

/** Every way to choose n of a list. */
function* choices<T>(list: readonly T[], n: number): Generator<readonly T[]> {
  if (n === 0) yield []
  else
    for (let at = 0; at <= list.length - n; at += 1)
      for (const rest of choices(list.slice(at + 1), n - 1)) yield [list[at] as T, ...rest]
}

interface Below {
  readonly nodes: readonly TreeNode[]
  readonly needed: number
  readonly name: string
}
function below(node: TreeNode): Below | undefined {
  if ('allOf' in node) return { nodes: node.allOf, needed: node.allOf.length, name: 'allOf' }
  if ('anyOf' in node) return { nodes: node.anyOf, needed: 1, name: 'anyOf' }
  return 'of' in node ? { nodes: node.of, needed: node.atLeast, name: 'of' } : undefined
}

const ranks = { DECLARED: 1, REVIEWED: 2, VERIFIED: 3 }
const gentle = ['EXPIRING', 'IN_GRACE', 'RENEWAL_PENDING']
const damning = ['MAY_NOT_ENGAGE', 'WRONG_ROLE']

function isTaken(one: EvaluatedCredential, wanted: Leaf): boolean {
  const isOfType =
    one.credentialType === wanted.credentialType || wanted.exemptedBy?.includes(one.credentialType) === true
  return isOfType && (!wanted.jurisdiction || wanted.jurisdiction === one.jurisdiction)
}

/** Whether this one credential makes the leaf at least so good. */
function makes(one: EvaluatedCredential, wanted: Leaf, step: Step): boolean {
  if (one.status === 'red') return false
  if (step === 'doubtful') return true
  const isWellKnown = !wanted.minimumAssurance || ranks[one.assurance] >= ranks[wanted.minimumAssurance]
  const lastDayNeeded = wanted.minimumDaysLeft === undefined ? '' : addDays(today, wanted.minimumDaysLeft)
  if (!isWellKnown || (one.expiryDate !== null && one.expiryDate < lastDayNeeded)) return false
  return one.status === 'green' || (step === 'good' && one.reasons.every((reason) => gentle.includes(reason)))
}

function holds(node: TreeNode, known: Facts, step: Step): boolean {
  if ('unresolved' in node) return step === 'doubtful'
  if ('credentialType' in node) {
    if (known.knownTypes && !known.knownTypes.has(node.credentialType)) return step === 'doubtful'
    const taken = known.credentials.filter((one) => isTaken(one, node))
    if (taken.some((one) => makes(one, node, step))) return true
    const isDamned = taken.some(({ reasons }) => reasons.some((reason) => damning.includes(reason)))
    return step === 'doubtful' && known.isInGrace === true && !isDamned
  }
  const group = below(node)
  if (!group) return false
  for (const choice of choices(group.nodes, group.needed))
    if (choice.every((child) => holds(child, known, step))) return true
  return false
}

function banHolds(register: string, known: Facts, step: Step): boolean {
  const said = (known.banMatches ?? [])
    .filter((one) => one.register === register)
    .map(({ outcome }) => outcome)
  if (said.includes('MATCH')) return false
  return step === 'doubtful' || (said.length > 0 && said.every((outcome) => outcome === 'CLEAR'))
}

const highest = (holdsAt: (step: Step) => boolean): number => steps.filter(holdsAt).length

/** Where something is lacking: the leaves below green of every best choice. */
function lacking(node: TreeNode, path: string, known: Facts): string[] {
  const group = below(node)
  if (!group) return highest((step) => holds(node, known, step)) === 3 ? [] : [path]
  const best = highest((step) => holds(node, known, step))
  const found = new Set<string>()
  for (const choice of choices([...group.nodes.keys()], group.needed)) {
    const nodes = choice.map((at) => group.nodes[at] as TreeNode)
    if (best > 0 && !nodes.every((child) => holds(child, known, steps[best - 1] as Step))) continue
    for (const at of choice)
      for (const one of lacking(group.nodes[at] as TreeNode, `${path}/${group.name}/${at}`, known))
        found.add(one)
  }
  return [...found]
}

/** The same answer as `evaluate`, as far as which credential comes nearest and why is left out. */
export function naiveEvaluate(
  asked: Tree,
  known: Facts,
): Pick<Evaluation, 'satisfied' | 'status'> & { paths: string[] } {
  const { allOf, anyOf, banChecks: bans = [] } = asked
  const root: TreeNode | null = allOf ? { allOf } : anyOf ? { anyOf } : null
  const best = highest(
    (step) =>
      (root === null || holds(root, known, step)) &&
      bans.every(({ register }) => banHolds(register, known, step)),
  )
  const paths = root === null ? [] : lacking(root, '', known)
  bans.forEach(({ register }, at) => {
    if (!banHolds(register, known, 'green')) paths.push(`/banChecks/${at}`)
  })
  return {
    satisfied: best >= 2,
    status: best === 3 ? 'green' : best === 0 ? 'red' : 'yellow',
    paths: paths.sort(),
  }
}

/** Whether everything that was asked is supplied, by trying every choice. */
export function naiveAnswers(node: TreeNode, supplied: ReadonlySet<string>): boolean {
  if ('unresolved' in node) return true
  if ('credentialType' in node)
    return supplied.has(node.credentialType) || (node.exemptedBy ?? []).some((one) => supplied.has(one))
  const group = below(node)
  if (!group) return false
  for (const choice of choices(group.nodes, group.needed))
    if (choice.every((child) => naiveAnswers(child, supplied))) return true
  return false
}

export const supplied = fc.uniqueArray(type).map((codes) => new Set<string>(codes))

/** Asks both about so many random trees. */
export function compareWithNaive(numRuns: number): void {
  fc.assert(
    fc.property(tree, facts, supplied, (asked, known, codes) => {
      const { satisfied, status, gaps } = evaluate(asked, known)
      const paths = [...new Set(gaps.map(({ path }) => path))].sort()
      expect({ satisfied, status, paths }).toEqual(naiveEvaluate(asked, known))
      const root: TreeNode = asked.allOf ? { allOf: asked.allOf } : { anyOf: asked.anyOf ?? [] }
      const answers = evaluateAnswers(asked, codes)
      expect(answers.isSatisfied).toBe(naiveAnswers(root, codes))
    }),
    { numRuns },
  )
}
