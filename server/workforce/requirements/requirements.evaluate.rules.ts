/**
 * The one evaluator of requirements (spec 60): fetch requests, positions and reports ask it alike. Pure: facts and the day are
 * passed in.
 *
 * Each leaf and group stands on one of four levels; a group that needs n of its children stands where the n-th best of them
 * does. So all of the laws of AND, OR and at-least hold, the order of children says nothing, and a further credential never
 * makes an answer worse.
 */
import { daysBetween, type LocalDate } from '../../platform/local-date.ts'
import type { Assurance } from '../credential-types/credential-types.schema.ts'
import { acceptedTypes, groupOf, rootOf, type Tree, type TreeNode } from './requirements.groups.rules.ts'
import { gapReasons, type Colour, type GapReason, type StatusReason } from './requirements.reasons.schema.ts'
import type { Leaf } from './requirements.schema.ts'

/** An ACTIVE credential of the person as it stands on the day: its licence status is what the rules left of here made of it. */
export interface EvaluatedCredential {
  readonly id: string
  readonly credentialType: string
  readonly jurisdiction: string | null
  /** The last day; null = none is known or it does not expire (the licence status knows which). */
  readonly expiryDate: LocalDate | null
  readonly assurance: Assurance
  readonly status: Colour
  /** Its `statusReasons`. */
  readonly reasons: readonly StatusReason[]
}

/**
 * What a ban list said of the person: CLEAR; POSSIBLE = somebody of such a name, which a person has to look at; MATCH =
 * decided; STALE = clear by a list that is too old.
 */
export interface BanAnswer {
  readonly register: string
  readonly outcome: 'CLEAR' | 'POSSIBLE' | 'MATCH' | 'STALE'
}

export interface Facts {
  readonly credentials: readonly EvaluatedCredential[]
  /** A list that is asked for and has no answer here counts as not looked into: yellow. */
  readonly banMatches?: readonly BanAnswer[] | undefined
  /** The day in the organisation's zone. */
  readonly today: LocalDate
  /** Within the grace of a position what is missing or has expired is yellow. What speaks against the person stays red. */
  readonly isInGrace?: boolean | undefined
  /** The credential types that there are. A leaf of another one is unresolved: yellow, whatever the person holds. */
  readonly knownTypes?: { has(credentialType: string): boolean } | undefined
}

export interface Gap {
  /** JSON pointer into the requirements. */
  readonly path: string
  /** Which type is wanted there; null for a ban list and for what could not be read. */
  readonly credentialType: string | null
  readonly reason: GapReason
  /** The credential that comes nearest, where there is one. */
  readonly credentialId?: string
}

export interface Evaluation {
  /**
   * Whether what is asked for is met today. Green is; yellow is where the only reasons are that a day comes nearer (EXPIRING,
   * IN_GRACE, RENEWAL_PENDING): the credential still holds. All other yellow is doubt, and doubt meets nothing.
   */
  readonly satisfied: boolean
  readonly status: Colour
  /** In the order of the tree. Of a choice that is not met, every way that is as near as the nearest. */
  readonly gaps: readonly Gap[]
}

/** From the worst to the best: red; yellow in doubt; yellow and still good; green. */
type Level = 0 | 1 | 2 | 3

interface Judgement {
  readonly level: Level
  readonly gaps: readonly Gap[]
}

const stillGood: ReadonlySet<GapReason> = new Set(['EXPIRING', 'IN_GRACE', 'RENEWAL_PENDING'])
/** Reasons for red that speak against the person; having nothing is no better than these. */
const against: ReadonlySet<GapReason> = new Set(['MAY_NOT_ENGAGE', 'WRONG_ROLE', 'BAN_MATCH'])
const assuranceRank: Readonly<Record<Assurance, number>> = { DECLARED: 0, REVIEWED: 1, VERIFIED: 2 }

/** @param tree as the grammar allows, or with leaves that could not be read */
export function evaluate(tree: Tree, facts: Facts): Evaluation {
  const root = rootOf(tree)
  const parts = [
    ...(root ? [judgeGroup(root.children, root.needed, `/${root.member}`, facts)] : []),
    ...(tree.banChecks ?? []).map(({ register }, index) => judgeBan(register, `/banChecks/${index}`, facts)),
  ]
  const { level, gaps } = combine(parts, parts.length)
  return { satisfied: level >= 2, status: colourOf(level), gaps }
}

function colourOf(level: Level): Colour {
  if (level === 3) return 'green'
  return level === 0 ? 'red' : 'yellow'
}

/** So many of these: the level of the n-th best, and what is lacking of those that are in some best choice. */
function combine(parts: readonly Judgement[], needed: number): Judgement {
  const level = parts.map((part) => part.level).sort((a, b) => b - a)[needed - 1] ?? 3
  return { level, gaps: parts.filter((part) => part.level >= level).flatMap((part) => part.gaps) }
}

function judgeGroup(nodes: readonly TreeNode[], needed: number, path: string, facts: Facts): Judgement {
  return combine(
    nodes.map((node, index) => judge(node, `${path}/${index}`, facts)),
    needed,
  )
}

function judge(node: TreeNode, path: string, facts: Facts): Judgement {
  if ('unresolved' in node) return unresolved(null, path)
  if ('credentialType' in node) return judgeLeaf(node, path, facts)
  const { children, needed, member } = groupOf(node)
  return judgeGroup(children, needed, `${path}/${member}`, facts)
}

const unresolved = (credentialType: string | null, path: string): Judgement => ({
  level: 1,
  gaps: [{ path, credentialType, reason: 'RULE_UNRESOLVED' }],
})

interface Candidate {
  readonly credential: EvaluatedCredential
  readonly level: Level
  readonly reasons: readonly GapReason[]
}

/** The best credential that the leaf takes. */
function judgeLeaf(leaf: Leaf, path: string, facts: Facts): Judgement {
  const { credentialType, jurisdiction } = leaf
  if (facts.knownTypes && !facts.knownTypes.has(credentialType)) return unresolved(credentialType, path)
  const accepted = acceptedTypes(leaf)
  const candidates = facts.credentials
    .filter((one) => accepted.includes(one.credentialType))
    .filter((one) => jurisdiction === undefined || one.jurisdiction === jurisdiction)
    .map((one) => candidateOf(one, leaf, facts))
    .sort((a, b) => compare(a, b, credentialType))
  const [best] = candidates
  const isForgiven =
    facts.isInGrace === true &&
    !candidates.some(({ reasons }) => reasons.some((reason) => against.has(reason)))
  if (!best) return { level: isForgiven ? 1 : 0, gaps: [{ path, credentialType, reason: 'MISSING' }] }
  return {
    level: best.level === 0 && isForgiven ? 1 : best.level,
    gaps: best.reasons.map((reason) => ({ path, credentialType, reason, credentialId: best.credential.id })),
  }
}

/** How near a credential comes to what the leaf asks beyond its type. */
function candidateOf(credential: EvaluatedCredential, leaf: Leaf, { today }: Facts): Candidate {
  const { status, expiryDate, assurance } = credential
  const { minimumAssurance = 'DECLARED', minimumDaysLeft = -Infinity } = leaf
  const reasons = new Set<GapReason>(credential.reasons)
  // Of red only what makes it red is told.
  if (status !== 'red') {
    const isKnownTooLittle = assuranceRank[assurance] < assuranceRank[minimumAssurance]
    if (isKnownTooLittle && !reasons.has('NOT_YET_CHECKED')) reasons.add('NOT_VERIFIED')
    if (expiryDate !== null && daysBetween(today, expiryDate) < minimumDaysLeft)
      reasons.add('TOO_FEW_DAYS_LEFT')
  }
  const ordered = gapReasons.filter((reason) => reasons.has(reason))
  return { credential, level: levelOf(status, ordered), reasons: ordered }
}

function levelOf(status: Colour, reasons: readonly GapReason[]): Level {
  if (status === 'red') return 0
  if (reasons.length === 0) return status === 'green' ? 3 : 1
  return reasons.every((reason) => stillGood.has(reason)) ? 2 : 1
}

/** The better first. Between equals: what lacks less, is of the type itself, ends later; then by id, so that it is always one. */
function compare(a: Candidate, b: Candidate, credentialType: string): number {
  const end = ({ credential }: Candidate): string => credential.expiryDate ?? '9999-99-99'
  const isExempt = ({ credential }: Candidate): number =>
    credential.credentialType === credentialType ? 0 : 1
  return (
    b.level - a.level ||
    a.reasons.length - b.reasons.length ||
    isExempt(a) - isExempt(b) ||
    (end(a) === end(b) ? 0 : end(a) > end(b) ? -1 : 1) ||
    (a.credential.id < b.credential.id ? -1 : 1)
  )
}

const banLevels = {
  CLEAR: { level: 3, reason: null },
  STALE: { level: 1, reason: 'STALE' },
  POSSIBLE: { level: 1, reason: 'REVIEW_REQUIRED' },
  MATCH: { level: 0, reason: 'BAN_MATCH' },
} as const

/** The worst of what the list said; a list that said nothing was not looked into. */
function judgeBan(register: string, path: string, { banMatches }: Facts): Judgement {
  const said = new Set(
    (banMatches ?? []).filter((one) => one.register === register).map(({ outcome }) => outcome),
  )
  const outcome = (['MATCH', 'POSSIBLE', 'STALE', 'CLEAR'] as const).find((one) => said.has(one))
  const { level, reason } = outcome ? banLevels[outcome] : ({ level: 1, reason: 'NOT_YET_CHECKED' } as const)
  return { level, gaps: reason === null ? [] : [{ path, credentialType: null, reason }] }
}

export interface OpenAnswer {
  /** JSON pointer of the leaf. */
  readonly path: string
  readonly credentialType: string
  /** What may be supplied instead. */
  readonly exemptedBy: readonly string[]
}

export interface AnswersEvaluation {
  readonly isSatisfied: boolean
  /** What is still asked, in the order of the tree; of a choice, each way that is open. Nothing of a group that is met. */
  readonly open: readonly OpenAnswer[]
}

/**
 * Whether everything that was asked is supplied (fetch requests): a leaf is by its type or one that exempts from it. How good
 * a credential is does not matter here, and ban lists ask nothing of the person.
 * @param supplied credential types; what was waived counts as supplied
 */
export function evaluateAnswers(tree: Tree, supplied: ReadonlySet<string>): AnswersEvaluation {
  const root = rootOf(tree)
  if (!root) return { isSatisfied: true, open: [] }
  return answersOf(root.children, root.needed, `/${root.member}`, supplied)
}

function answersOf(
  nodes: readonly TreeNode[],
  needed: number,
  path: string,
  supplied: ReadonlySet<string>,
): AnswersEvaluation {
  const parts = nodes.map((node, index) => answerOf(node, `${path}/${index}`, supplied))
  if (parts.filter(({ isSatisfied }) => isSatisfied).length >= needed) return { isSatisfied: true, open: [] }
  return { isSatisfied: false, open: parts.flatMap(({ open }) => open) }
}

function answerOf(node: TreeNode, path: string, supplied: ReadonlySet<string>): AnswersEvaluation {
  // Nobody can be asked for what nobody could read: it is the organisation's to mend, and keeps nobody from sending.
  if ('unresolved' in node) return { isSatisfied: true, open: [] }
  if ('credentialType' in node) {
    if (acceptedTypes(node).some((type) => supplied.has(type))) return { isSatisfied: true, open: [] }
    const { credentialType, exemptedBy } = node
    return { isSatisfied: false, open: [{ path, credentialType, exemptedBy: exemptedBy ?? [] }] }
  }
  const { children, needed, member } = groupOf(node)
  return answersOf(children, needed, `${path}/${member}`, supplied)
}
