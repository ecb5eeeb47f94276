import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addDays } from '../../platform/local-date.ts'
import {
  evaluate,
  evaluateAnswers,
  type EvaluatedCredential,
  type Facts,
} from './requirements.evaluate.rules.ts'
import { describeGroup, rootOf, typesOf, type Tree, type TreeNode } from './requirements.groups.rules.ts'
import {
  compareWithNaive,
  credential,
  facts,
  leaf,
  naiveAnswers,
  node,
  supplied,
  today,
  tree,
} from './requirements.naive.contract.ts'
import { requirements, type Leaf } from './requirements.schema.ts'

const rank = { red: 0, yellow: 1, green: 2 }
const worth = ({ satisfied, status }: { satisfied: boolean; status: 'green' | 'yellow' | 'red' }): number =>
  2 * rank[status] + (satisfied ? 1 : 0)
const of = (one: TreeNode, known: Facts): number => worth(evaluate({ allOf: [one] }, known))

const held = (more: Partial<EvaluatedCredential> = {}): EvaluatedCredential => ({
  id: 'cred_1',
  credentialType: 'AHPRA',
  jurisdiction: null,
  expiryDate: addDays(today, 300),
  assurance: 'VERIFIED',
  status: 'green',
  reasons: [],
  ...more,
})
const ahpra: Leaf = { credentialType: 'AHPRA' }
const vic: Leaf = { credentialType: 'WWCC_VIC' }
const nsw: Leaf = { credentialType: 'WWCC_NSW' }

describe('one leaf', () => {
  const cases: readonly [
    why: string,
    leaf: TreeNode,
    known: Partial<Facts>,
    status: string,
    satisfied: boolean,
    reasons: string[],
  ][] = [
    ['held and good', ahpra, { credentials: [held()] }, 'green', true, []],
    ['nothing held', ahpra, {}, 'red', false, ['MISSING']],
    ['nothing held, in grace', ahpra, { isInGrace: true }, 'yellow', false, ['MISSING']],
    ['another type', vic, { credentials: [held()] }, 'red', false, ['MISSING']],
    [
      'expiring is yellow and still good',
      ahpra,
      { credentials: [held({ status: 'yellow', reasons: ['EXPIRING'] })] },
      'yellow',
      true,
      ['EXPIRING'],
    ],
    [
      'conditions are doubt',
      ahpra,
      { credentials: [held({ status: 'yellow', reasons: ['CONDITIONS', 'EXPIRING'] })] },
      'yellow',
      false,
      ['CONDITIONS', 'EXPIRING'],
    ],
    [
      'never asked is doubt',
      ahpra,
      { credentials: [held({ status: 'yellow', reasons: ['NOT_YET_CHECKED'] })] },
      'yellow',
      false,
      ['NOT_YET_CHECKED'],
    ],
    [
      'expired',
      ahpra,
      { credentials: [held({ status: 'red', reasons: ['EXPIRED'] })] },
      'red',
      false,
      ['EXPIRED'],
    ],
    [
      'expired, in grace: no worse than nothing',
      ahpra,
      { isInGrace: true, credentials: [held({ status: 'red', reasons: ['EXPIRED'] })] },
      'yellow',
      false,
      ['EXPIRED'],
    ],
    [
      'barred, in grace: grace forgives nothing',
      ahpra,
      { isInGrace: true, credentials: [held({ status: 'red', reasons: ['MAY_NOT_ENGAGE'] })] },
      'red',
      false,
      ['MAY_NOT_ENGAGE'],
    ],
    [
      'narrowed to a state',
      { ...ahpra, jurisdiction: 'VIC' },
      { credentials: [held({ jurisdiction: 'NSW' })] },
      'red',
      false,
      ['MISSING'],
    ],
    [
      'of that state',
      { ...ahpra, jurisdiction: 'VIC' },
      { credentials: [held({ jurisdiction: 'VIC' })] },
      'green',
      true,
      [],
    ],
    [
      'of no state, where one is wanted',
      { ...ahpra, jurisdiction: 'VIC' },
      { credentials: [held()] },
      'red',
      false,
      ['MISSING'],
    ],
    ['exempted', { ...vic, exemptedBy: ['AHPRA'] }, { credentials: [held()] }, 'green', true, []],
    [
      'an exemption that has expired',
      { ...vic, exemptedBy: ['AHPRA'] },
      { credentials: [held({ status: 'red', reasons: ['EXPIRED'] })] },
      'red',
      false,
      ['EXPIRED'],
    ],
    [
      'an exemption of another state',
      { ...vic, exemptedBy: ['AHPRA'], jurisdiction: 'VIC' },
      { credentials: [held({ jurisdiction: 'NSW' })] },
      'red',
      false,
      ['MISSING'],
    ],
    [
      'known too little',
      { ...ahpra, minimumAssurance: 'VERIFIED' },
      { credentials: [held({ assurance: 'REVIEWED' })] },
      'yellow',
      false,
      ['NOT_VERIFIED'],
    ],
    [
      'known well enough',
      { ...ahpra, minimumAssurance: 'REVIEWED' },
      { credentials: [held()] },
      'green',
      true,
      [],
    ],
    [
      'never asked is told once',
      { ...ahpra, minimumAssurance: 'VERIFIED' },
      { credentials: [held({ assurance: 'DECLARED', status: 'yellow', reasons: ['NOT_YET_CHECKED'] })] },
      'yellow',
      false,
      ['NOT_YET_CHECKED'],
    ],
    [
      '300 days left of 300',
      { ...ahpra, minimumDaysLeft: 300 },
      { credentials: [held()] },
      'green',
      true,
      [],
    ],
    [
      '300 days left of 301',
      { ...ahpra, minimumDaysLeft: 301 },
      { credentials: [held()] },
      'yellow',
      false,
      ['TOO_FEW_DAYS_LEFT'],
    ],
    [
      'never ends',
      { ...ahpra, minimumDaysLeft: 3_650 },
      { credentials: [held({ expiryDate: null })] },
      'green',
      true,
      [],
    ],
    [
      'in grace has no days left',
      { ...ahpra, minimumDaysLeft: 0 },
      { credentials: [held({ expiryDate: addDays(today, -3), status: 'yellow', reasons: ['IN_GRACE'] })] },
      'yellow',
      false,
      ['IN_GRACE', 'TOO_FEW_DAYS_LEFT'],
    ],
    [
      'in grace is good where no days are asked',
      ahpra,
      { credentials: [held({ expiryDate: addDays(today, -3), status: 'yellow', reasons: ['IN_GRACE'] })] },
      'yellow',
      true,
      ['IN_GRACE'],
    ],
    [
      'of red only what makes it red',
      { ...ahpra, minimumAssurance: 'VERIFIED', minimumDaysLeft: 9 },
      {
        credentials: [
          held({
            assurance: 'DECLARED',
            expiryDate: addDays(today, -90),
            status: 'red',
            reasons: ['EXPIRED'],
          }),
        ],
      },
      'red',
      false,
      ['EXPIRED'],
    ],
    [
      'could not be read',
      { unresolved: 'HRCODE' },
      { credentials: [held()] },
      'yellow',
      false,
      ['RULE_UNRESOLVED'],
    ],
    [
      'a type that is not known',
      ahpra,
      { credentials: [held()], knownTypes: new Set(['WWCC_VIC']) },
      'yellow',
      false,
      ['RULE_UNRESOLVED'],
    ],
  ]
  test.each(cases)('%s', (_why, wanted, known, status, satisfied, reasons) => {
    const answer = evaluate({ allOf: [wanted] }, { credentials: [], today, ...known })
    expect(answer).toMatchObject({ status, satisfied })
    expect(answer.gaps.map(({ reason }) => reason)).toEqual(reasons)
    for (const gap of answer.gaps) expect(gap.path).toBe('/allOf/0')
  })

  test('the best credential answers, and is named', () => {
    const old = held({
      id: 'cred_old',
      status: 'red',
      reasons: ['EXPIRED'],
      expiryDate: addDays(today, -400),
    })
    const young = held({
      id: 'cred_young',
      status: 'yellow',
      reasons: ['EXPIRING'],
      expiryDate: addDays(today, 20),
    })
    expect(evaluate({ allOf: [ahpra] }, { credentials: [old, young], today }).gaps).toEqual([
      { path: '/allOf/0', credentialType: 'AHPRA', reason: 'EXPIRING', credentialId: 'cred_young' },
    ])
  })

  test('of two alike the one that ends later, then always the same', () => {
    const a = held({ id: 'cred_a', status: 'yellow', reasons: ['EXPIRING'], expiryDate: addDays(today, 3) })
    const b = { ...a, id: 'cred_b' }
    const later = { ...a, id: 'cred_z', expiryDate: addDays(today, 4) }
    const nearest = (credentials: EvaluatedCredential[]): string | undefined =>
      evaluate({ allOf: [ahpra] }, { credentials, today }).gaps[0]?.credentialId
    expect([nearest([a, b]), nearest([b, a]), nearest([b, later, a])]).toEqual(['cred_a', 'cred_a', 'cred_z'])
  })
})

describe('ban lists', () => {
  const asked = requirements.parse({ banChecks: [{ register: 'NDIS_ENFORCEMENT' }] })
  test.each([
    ['clear', ['CLEAR'], 'green', true, undefined],
    ['not looked into', [], 'yellow', false, 'NOT_YET_CHECKED'],
    ['somebody of such a name', ['CLEAR', 'POSSIBLE'], 'yellow', false, 'REVIEW_REQUIRED'],
    ['by an old list', ['STALE'], 'yellow', false, 'STALE'],
    ['on it', ['POSSIBLE', 'MATCH'], 'red', false, 'BAN_MATCH'],
  ] as const)('%s', (_why, outcomes, status, satisfied, reason) => {
    const banMatches = outcomes.map((outcome) => ({ register: 'NDIS_ENFORCEMENT', outcome }))
    const answer = evaluate(asked, { credentials: [], banMatches, today })
    expect(answer).toMatchObject({ status, satisfied })
    expect(answer.gaps).toEqual(reason ? [{ path: '/banChecks/0', credentialType: null, reason }] : [])
  })

  test('one says nothing of another', () => {
    const banMatches = [{ register: 'AGED_CARE_BANNING_ORDERS', outcome: 'CLEAR' as const }]
    expect(evaluate(asked, { credentials: [], banMatches, today }).status).toBe('yellow')
  })

  test('a person on a list is red whatever they hold', () => {
    const banMatches = [{ register: 'NDIS_ENFORCEMENT', outcome: 'MATCH' as const }]
    expect(evaluate({ ...asked, allOf: [ahpra] }, { credentials: [held()], banMatches, today })).toEqual({
      satisfied: false,
      status: 'red',
      gaps: [{ path: '/banChecks/0', credentialType: null, reason: 'BAN_MATCH' }],
    })
  })
})

describe('groups', () => {
  const asked: Tree = requirements.parse({
    allOf: [
      ahpra,
      { anyOf: [vic, nsw], label: 'A clearance' },
      { atLeast: 2, of: [vic, nsw, { credentialType: 'FIRST_AID' }] },
    ],
  })
  test('say where something is lacking', () => {
    const known = { credentials: [held(), held({ id: 'cred_2', credentialType: 'WWCC_VIC' })], today }
    const answer = evaluate(asked, known)
    expect(answer).toMatchObject({ satisfied: false, status: 'red' })
    expect(answer.gaps.map(({ path, credentialType, reason }) => [path, credentialType, reason])).toEqual([
      ['/allOf/2/of/1', 'WWCC_NSW', 'MISSING'],
      ['/allOf/2/of/2', 'FIRST_AID', 'MISSING'],
    ])
  })
  test('of a choice, the ways that are nearest', () => {
    const known = {
      credentials: [held({ credentialType: 'WWCC_NSW', status: 'yellow', reasons: ['STALE'] })],
      today,
    }
    expect(evaluate({ anyOf: [vic, nsw] }, known).gaps.map(({ path }) => path)).toEqual(['/anyOf/1'])
  })
})

describe('laws', () => {
  const check = (name: string, property: fc.IProperty<never>): void =>
    test(name, () => void fc.assert(property, { numRuns: 500 }))

  check(
    'a group of one is its child; AND and OR of the same twice are it once',
    fc.property(node, facts, (one, known) => {
      for (const same of [
        { allOf: [one] },
        { anyOf: [one] },
        { atLeast: 1, of: [one] },
        { allOf: [one, one] },
        { anyOf: [one, one] },
      ])
        expect(of(same, known)).toBe(of(one, known))
    }) as never,
  )
  check(
    'AND is the worst, OR the best, at-least the n-th best',
    fc.property(fc.array(node, { minLength: 1, maxLength: 4 }), facts, (nodes, known) => {
      const sorted = nodes.map((one) => of(one, known)).sort((a, b) => b - a)
      expect(of({ allOf: nodes }, known)).toBe(sorted.at(-1))
      expect(of({ anyOf: nodes }, known)).toBe(sorted[0])
      sorted.forEach((value, at) => expect(of({ atLeast: at + 1, of: nodes }, known)).toBe(value))
    }) as never,
  )
  check(
    'they absorb and distribute, and groups in groups are one',
    fc.property(node, node, node, facts, (a, b, c, known) => {
      expect(of({ allOf: [a, { anyOf: [a, b] }] }, known)).toBe(of(a, known))
      expect(of({ anyOf: [a, { allOf: [a, b] }] }, known)).toBe(of(a, known))
      expect(of({ allOf: [a, { anyOf: [b, c] }] }, known)).toBe(
        of({ anyOf: [{ allOf: [a, b] }, { allOf: [a, c] }] }, known),
      )
      expect(of({ allOf: [a, { allOf: [b, c] }] }, known)).toBe(of({ allOf: [a, b, c] }, known))
    }) as never,
  )
  check(
    'the order of children, credentials and answers says nothing',
    fc.property(tree, facts, (asked, known) => {
      const turned = (one: TreeNode): TreeNode => {
        if ('allOf' in one) return { allOf: one.allOf.map(turned).reverse() }
        if ('anyOf' in one) return { anyOf: one.anyOf.map(turned).reverse() }
        return 'of' in one ? { ...one, of: one.of.map(turned).reverse() } : one
      }
      const root = rootOf(asked)
      const mirrored: Tree = {
        ...(turned(asked.allOf ? { allOf: asked.allOf } : { anyOf: asked.anyOf ?? [] }) as Tree),
        banChecks: [...(asked.banChecks ?? [])].reverse(),
      }
      expect(root).toBeDefined()
      const backwards = {
        ...known,
        credentials: [...known.credentials].reverse(),
        banMatches: [...(known.banMatches ?? [])].reverse(),
      }
      const said = ({ gaps }: ReturnType<typeof evaluate>): string[] =>
        gaps.map(({ path: _path, ...rest }) => JSON.stringify(rest)).sort()
      const [one, other] = [evaluate(asked, known), evaluate(mirrored, backwards)]
      expect(worth(other)).toBe(worth(one))
      expect(said(other)).toEqual(said(one))
    }) as never,
  )
  check(
    'a further credential never makes it worse; in grace, one that speaks against nobody',
    fc.property(tree, facts, credential, (asked, known, more) => {
      const speaksAgainst = more.reasons.some(
        (reason) => reason === 'MAY_NOT_ENGAGE' || reason === 'WRONG_ROLE',
      )
      fc.pre(!(known.isInGrace === true && speaksAgainst))
      const after = evaluate(asked, {
        ...known,
        credentials: [...known.credentials, { ...more, id: 'cred_more' }],
      })
      expect(worth(after)).toBeGreaterThanOrEqual(worth(evaluate(asked, known)))
    }) as never,
  )
  check(
    'a better one never makes it worse',
    fc.property(tree, facts, fc.nat(7), (asked, known, at) => {
      const better = known.credentials.map((one, index) =>
        index === at
          ? {
              ...one,
              status: 'green' as const,
              reasons: [],
              assurance: 'VERIFIED' as const,
              expiryDate: null,
            }
          : one,
      )
      expect(worth(evaluate(asked, { ...known, credentials: better }))).toBeGreaterThanOrEqual(
        worth(evaluate(asked, known)),
      )
    }) as never,
  )
  check(
    'asking more of a leaf never makes it better',
    fc.property(leaf, facts, (wanted, given) => {
      // In grace a narrower leaf may leave out what speaks against somebody.
      const known = { ...given, isInGrace: false }
      const { credentialType, exemptedBy } = wanted
      expect(of(wanted, known)).toBeLessThanOrEqual(of({ credentialType, exemptedBy }, known))
    }) as never,
  )
  check(
    'green has no gaps, and what is not green has one',
    fc.property(tree, facts, (asked, known) => {
      const { status, gaps, satisfied } = evaluate(asked, known)
      expect(gaps.length === 0).toBe(status === 'green')
      if (status !== 'yellow') expect(satisfied).toBe(status === 'green')
    }) as never,
  )

  test('answers as trying every choice does', () => compareWithNaive(1_500))
})

describe('what was supplied', () => {
  const asked: Tree = { allOf: [ahpra, { anyOf: [vic, { ...nsw, exemptedBy: ['FIRST_AID'] }] }] }
  test('says what is still open, each way of a choice', () => {
    expect(evaluateAnswers(asked, new Set(['AHPRA']))).toEqual({
      isSatisfied: false,
      open: [
        { path: '/allOf/1/anyOf/0', credentialType: 'WWCC_VIC', exemptedBy: [] },
        { path: '/allOf/1/anyOf/1', credentialType: 'WWCC_NSW', exemptedBy: ['FIRST_AID'] },
      ],
    })
    expect(evaluateAnswers(asked, new Set(['AHPRA', 'FIRST_AID']))).toEqual({ isSatisfied: true, open: [] })
  })
  test('asks nothing for ban lists and for what nobody could read', () => {
    expect(evaluateAnswers({ banChecks: [{ register: 'NDIS_ENFORCEMENT' }] }, new Set()).isSatisfied).toBe(
      true,
    )
    expect(evaluateAnswers({ allOf: [{ unresolved: 'X' }] }, new Set()).isSatisfied).toBe(true)
  })
  test('more is never less, all is enough, and supplying what is open gets there', () => {
    fc.assert(
      fc.property(tree, supplied, supplied, (wanted, some, more) => {
        const { isSatisfied, open } = evaluateAnswers(wanted, some)
        expect(open.length > 0).toBe(!isSatisfied)
        if (isSatisfied) expect(evaluateAnswers(wanted, new Set([...some, ...more])).isSatisfied).toBe(true)
        expect(evaluateAnswers(wanted, new Set(typesOf(wanted))).isSatisfied).toBe(true)
        const then = new Set([...some, ...open.map(({ credentialType }) => credentialType)])
        expect(evaluateAnswers(wanted, then).isSatisfied).toBe(true)
        // None of what is open lies in a group that is met already.
        for (const { credentialType } of open) expect(some.has(credentialType)).toBe(false)
      }),
      { numRuns: 500 },
    )
    expect(naiveAnswers(ahpra, new Set(['AHPRA']))).toBe(true)
  })
})

describe('in words', () => {
  const names: Record<string, string> = {
    AHPRA: 'AHPRA registration',
    WWCC_VIC: 'WWCC Victoria',
    WWCC_NSW: 'WWCC NSW',
  }
  const say = (asked: Tree): string => {
    const root = rootOf(asked)
    return root ? describeGroup(root, (code) => names[code] ?? code) : ''
  }
  test.each<[Tree, string]>([
    [{ allOf: [ahpra] }, 'AHPRA registration'],
    [{ allOf: [ahpra, vic, nsw] }, 'AHPRA registration, WWCC Victoria and WWCC NSW'],
    [{ anyOf: [vic, nsw] }, 'one of WWCC Victoria or WWCC NSW'],
    [{ allOf: [ahpra, { anyOf: [vic, nsw] }] }, 'AHPRA registration and (one of WWCC Victoria or WWCC NSW)'],
    [{ allOf: [ahpra, { anyOf: [vic, nsw], label: 'A clearance' }] }, 'AHPRA registration and A clearance'],
    [
      { allOf: [{ atLeast: 2, of: [ahpra, vic, nsw] }] },
      'at least 2 of AHPRA registration, WWCC Victoria and WWCC NSW',
    ],
    [
      { allOf: [{ ...vic, exemptedBy: ['AHPRA'] }, { unresolved: 'HRCODE' }] },
      'WWCC Victoria (or AHPRA registration) and HRCODE (not understood)',
    ],
  ])('%j', (asked, text) => {
    expect(say(asked)).toBe(text)
  })
  test('the types of a tree, once each', () => {
    expect(typesOf({ allOf: [ahpra, { anyOf: [{ ...vic, exemptedBy: ['AHPRA', 'BLUE'] }, nsw] }] })).toEqual([
      'AHPRA',
      'WWCC_VIC',
      'BLUE',
      'WWCC_NSW',
    ])
  })
})
