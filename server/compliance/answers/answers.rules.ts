/** The answer about one worker (spec 60, Licence status, Worker). Pure: the day and what is held are passed in. */
import { addDays, type LocalDate } from '../../platform/local-date.ts'
import {
  evaluate,
  type BanAnswer,
  type EvaluatedCredential,
} from '../../workforce/requirements/requirements.evaluate.rules.ts'
import {
  acceptedTypes,
  allOfTypes,
  groupOf,
  isGroup,
  rootOf,
  type Tree,
  type TreeNode,
} from '../../workforce/requirements/requirements.groups.rules.ts'
import type { Answer } from '../../workforce/workers/workers.answers.schema.ts'
import type { Leaf } from '../../workforce/requirements/requirements.schema.ts'

export interface Question {
  readonly tree: Tree
  /** The last day on which what is missing is yellow; null = no grace. */
  readonly graceUntil: LocalDate | null
  readonly credentials: readonly EvaluatedCredential[]
  readonly bans: readonly BanAnswer[]
  readonly today: LocalDate
  readonly knownTypes: { has(credentialType: string): boolean }
}

export function answerOf({ tree, graceUntil, credentials, bans, today, knownTypes }: Question): Answer {
  return evaluate(tree, {
    credentials,
    banMatches: bans,
    today,
    isInGrace: graceUntil !== null && today <= graceUntil,
    knownTypes,
  })
}

/**
 * The answer about somebody whose position requires nothing: every type that he holds, by the best of it. Undefined when he holds
 * nothing: there is nothing to judge.
 */
export function answerOfHeld(
  credentials: readonly EvaluatedCredential[],
  today: LocalDate,
): Answer | undefined {
  if (credentials.length === 0) return undefined
  const types = [...new Set(credentials.map(({ credentialType }) => credentialType))].sort()
  const { status, satisfied, gaps } = evaluate(allOfTypes(types), { credentials, today })
  // Nothing of it was asked for, so there is no place to point at.
  return { status, satisfied, gaps: gaps.map((one) => ({ ...one, path: '' })) }
}

/**
 * The first day on which the answer may be another one by time alone, beside the days on which what is held changes its status.
 * @param nextRulesOn when other rules come into force
 */
export function nextAnswerOn(question: Question, nextRulesOn: LocalDate | null): LocalDate | null {
  const { tree, graceUntil, credentials, today } = question
  const days: LocalDate[] = []
  if (nextRulesOn !== null) days.push(nextRulesOn)
  // A list grows too old by the hour: who is looked for in one is looked at every day.
  if (tree.banChecks?.length) days.push(addDays(today, 1))
  if (graceUntil !== null) days.push(addDays(graceUntil, 1))
  for (const leaf of leavesWithDays(tree)) {
    const accepted = acceptedTypes(leaf)
    for (const { credentialType, expiryDate } of credentials)
      if (expiryDate !== null && accepted.includes(credentialType))
        days.push(addDays(expiryDate, 1 - (leaf.minimumDaysLeft ?? 0)))
  }
  return days.filter((day) => day > today).sort()[0] ?? null
}

const withDays = new WeakMap<Tree, readonly Leaf[]>()

/** The leaves that ask for days to be left. */
function leavesWithDays(tree: Tree): readonly Leaf[] {
  let found = withDays.get(tree)
  if (found) return found
  const leaves: Leaf[] = []
  const look = (node: TreeNode): void => {
    if (isGroup(node)) groupOf(node).children.forEach(look)
    else if ('credentialType' in node && node.minimumDaysLeft !== undefined) leaves.push(node)
  }
  rootOf(tree)?.children.forEach(look)
  withDays.set(tree, (found = leaves))
  return found
}

/** Whether two answers say the same. */
export function sameAnswer(a: Answer, b: Answer): boolean {
  return (
    a.status === b.status &&
    a.satisfied === b.satisfied &&
    a.gaps.length === b.gaps.length &&
    a.gaps.every((one, index) => {
      const other = b.gaps[index]
      return (
        one.path === other?.path &&
        one.credentialType === other.credentialType &&
        one.reason === other.reason &&
        one.credentialId === other.credentialId
      )
    })
  )
}
