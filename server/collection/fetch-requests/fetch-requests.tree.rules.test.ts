import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RequirementNode, Requirements } from '../../workforce/requirements/requirements.schema.ts'
import {
  answeredOf,
  askedTypes,
  itemStates,
  pageTree,
  treeOfTypes,
  type Answer,
} from './fetch-requests.tree.rules.ts'

const codes = ['AHPRA', 'WWCC_NSW', 'WWCC_VIC', 'FIRST_AID', 'CPR', 'BLUE_CARD_QLD'] as const
const code = fc.constantFrom(...codes)
const leaf = fc.record(
  { credentialType: code, exemptedBy: fc.array(code, { minLength: 1, maxLength: 2 }) },
  { requiredKeys: ['credentialType'] },
)
const { node } = fc.letrec<{ node: RequirementNode }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((allOf) => ({ allOf })),
    fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
    fc
      .array(tie('node'), { minLength: 1, maxLength: 3 })
      .chain((of) => fc.integer({ min: 1, max: of.length }).map((atLeast) => ({ atLeast, of }))),
  ),
}))
const nodes = fc.array(node, { minLength: 1, maxLength: 3 })
const tree: fc.Arbitrary<Requirements> = fc.oneof(
  nodes.map((allOf) => ({ allOf: [...allOf] })),
  nodes.map((anyOf) => ({ anyOf: [...anyOf] })),
)
const answersTo = (asked: Requirements): fc.Arbitrary<Answer[]> =>
  fc.tuple(
    ...askedTypes(asked).map(({ credentialType }) =>
      fc.constantFrom(...itemStates).map((state) => ({ credentialType, state })),
    ),
  )
const answered = tree.chain((asked) => answersTo(asked).map((answers) => ({ asked, answers })))

describe('what is asked', () => {
  test('of a flat list is each of its types, in its order', () => {
    expect(askedTypes(treeOfTypes(['FIRST_AID', 'CPR']))).toEqual([
      { credentialType: 'FIRST_AID', isAlternative: false },
      { credentialType: 'CPR', isAlternative: false },
    ])
  })

  test('is each type once, and what stands in for another is told apart', () => {
    expect(
      askedTypes({
        allOf: [
          { credentialType: 'BLUE_CARD_QLD', exemptedBy: ['WWCC_NSW', 'CPR'] },
          { anyOf: [{ credentialType: 'CPR' }, { credentialType: 'BLUE_CARD_QLD' }] },
        ],
      }),
    ).toEqual([
      { credentialType: 'BLUE_CARD_QLD', isAlternative: false },
      { credentialType: 'CPR', isAlternative: false },
      { credentialType: 'WWCC_NSW', isAlternative: true },
    ])
  })

  test('stands in the page’s tree: every item of it, and nothing else', () => {
    fc.assert(
      fc.property(tree, (asked) => {
        const shown = new Set<string>()
        const walk = (one: ReturnType<typeof pageTree>): void => {
          if (one.kind === 'item') for (const type of [one.credentialType, ...one.instead]) shown.add(type)
          else one.children.forEach(walk)
        }
        walk(pageTree(asked))
        expect([...shown].sort()).toEqual(
          askedTypes(asked)
            .map(({ credentialType }) => credentialType)
            .sort(),
        )
      }),
    )
  })
})

/** The grammar said once more, in the plainest way. */
function holds(one: RequirementNode, has: ReadonlySet<string>): boolean {
  if ('credentialType' in one)
    return [one.credentialType, ...(one.exemptedBy ?? [])].some((type) => has.has(type))
  if ('allOf' in one) return !one.allOf.some((child) => !holds(child, has))
  const children = 'anyOf' in one ? one.anyOf : one.of
  const needed = 'anyOf' in one ? 1 : one.atLeast
  return children.filter((child) => holds(child, has)).length >= needed
}
const given = (answers: readonly Answer[]): ReadonlySet<string> =>
  new Set(
    answers
      .filter(({ state }) => state === 'SUPPLIED' || state === 'WAIVED')
      .map(({ credentialType }) => credentialType),
  )

describe('how far the answers go', () => {
  test('satisfied is what the grammar says of what is supplied or waived', () => {
    fc.assert(
      fc.property(answered, ({ asked, answers }) => {
        const root: RequirementNode = asked.anyOf ? { anyOf: asked.anyOf } : { allOf: asked.allOf ?? [] }
        expect(answeredOf(asked, answers).isSatisfied).toBe(holds(root, given(answers)))
      }),
    )
  })

  test('one more answer never takes anything away', () => {
    fc.assert(
      fc.property(answered, fc.nat(), ({ asked, answers }, at) => {
        const index = at % answers.length
        const before = answeredOf(asked, answers)
        const after = answeredOf(
          asked,
          answers.map((one, place) => (place === index ? { ...one, state: 'SUPPLIED' as const } : one)),
        )
        expect(after.answered).toBeGreaterThanOrEqual(before.answered)
        expect(after.asked).toBe(before.asked)
        expect(!before.isSatisfied || after.isSatisfied).toBe(true)
        expect(!before.isAnswered || after.isAnswered).toBe(true)
        expect(after.isSomeSupplied).toBe(true)
      }),
    )
  })

  test('never more is answered than was asked, and satisfied is answered', () => {
    fc.assert(
      fc.property(answered, ({ asked, answers }) => {
        const { answered: count, asked: of, isSatisfied, isAnswered } = answeredOf(asked, answers)
        expect(count).toBeLessThanOrEqual(of)
        expect(of).toBeGreaterThan(0)
        if (isSatisfied) expect([isAnswered, count]).toEqual([true, of])
      }),
    )
  })

  test('where every item was spoken to, all is answered; where none was, nothing', () => {
    fc.assert(
      fc.property(tree, (asked) => {
        const all = (state: Answer['state']): Answer[] =>
          askedTypes(asked).map(({ credentialType }) => ({ credentialType, state }))
        expect(answeredOf(asked, all('DECLINED'))).toMatchObject({
          isAnswered: true,
          isSatisfied: false,
          isSomeSupplied: false,
        })
        for (const state of ['OPEN', 'SENT_BACK'] as const)
          expect(answeredOf(asked, all(state))).toMatchObject({ isAnswered: false, answered: 0 })
      }),
    )
  })

  test('a declined type whose substitute is still open is answered: the worker said that they lack it', () => {
    const asked: Requirements = { allOf: [{ credentialType: 'BLUE_CARD_QLD', exemptedBy: ['CPR'] }] }
    const answers: Answer[] = [
      { credentialType: 'BLUE_CARD_QLD', state: 'DECLINED' },
      { credentialType: 'CPR', state: 'OPEN' },
    ]
    expect(answeredOf(asked, answers)).toMatchObject({ isAnswered: true, isSatisfied: false })
  })
})
