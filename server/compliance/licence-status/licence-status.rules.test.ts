import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addDays, type LocalDate } from '../../platform/local-date.ts'
import { loadCatalogue } from '../../workforce/credential-types/credential-types.ts'
import {
  licenceStatusOf,
  rollUp,
  type Colour,
  type LicenceStatusInput,
  type StatusReason,
} from './licence-status.rules.ts'

const { types } = loadCatalogue()
const day = (text: string): LocalDate => text as LocalDate

type Case = Omit<Partial<LicenceStatusInput>, 'type'> & { type: string }

/** A credential against which nothing speaks: verified by its register yesterday, good for more than a year. */
function inputOf({ type, ...more }: Case): LicenceStatusInput {
  const entry = types.get(type)
  if (!entry) throw new Error(`no type ${type}`)
  return {
    type: entry,
    today: day('2026-02-01'),
    issueDate: day('2024-06-01'),
    expiryDate: day('2027-05-31'),
    number: entry.number.example,
    eligibility: entry.register === null ? null : 'MAY_ENGAGE',
    details: [],
    assurance: entry.register === null ? 'REVIEWED' : 'VERIFIED',
    lastGoodAnswerOn: entry.register === null ? null : day('2026-01-31'),
    checkCadenceDays: 7,
    acceptDeclared: false,
    workerType: 'EMPLOYEE',
    ...more,
  }
}

const unasked = { eligibility: null, lastGoodAnswerOn: null, assurance: 'DECLARED' } as const

// Each line: what is special about it; the rule that decides (spec 60, Licence status; the facts on credential types).
const cases: readonly [why: string, input: Case, status: Colour, reasons: readonly StatusReason[]][] = [
  // 3. green: none of the others.
  ['verified and in date', { type: 'AHPRA' }, 'green', []],
  ['a document that was looked at is enough without a register', { type: 'FIRST_AID' }, 'green', []],
  ['better known than needed', { type: 'FIRST_AID', assurance: 'VERIFIED' }, 'green', []],
  ['a type that may last for ever, without an end', { type: 'RSA_QLD', expiryDate: null }, 'green', []],
  ['on its first day', { type: 'AHPRA', issueDate: day('2026-02-01') }, 'green', []],
  ['without a first day', { type: 'AHPRA', issueDate: null }, 'green', []],
  [
    'HR’s word, where the organisation takes it',
    { type: 'AHPRA', ...unasked, acceptDeclared: true },
    'green',
    [],
  ],
  [
    'HR’s word for a document, where it is taken',
    { type: 'FIRST_AID', assurance: 'DECLARED', acceptDeclared: true },
    'green',
    [],
  ],
  [
    'an old answer does not matter where HR’s word is taken',
    { type: 'AHPRA', lastGoodAnswerOn: day('2025-01-01'), acceptDeclared: true },
    'green',
    [],
  ],
  [
    'an old look at a document does not grow stale',
    { type: 'FIRST_AID', lastGoodAnswerOn: day('2024-06-02') },
    'green',
    [],
  ],

  // 1. red: beyond the grace of the type.
  [
    'Ahpra: the last day of the month after',
    {
      type: 'AHPRA',
      today: day('2026-06-30'),
      expiryDate: day('2026-05-31'),
      lastGoodAnswerOn: day('2026-06-29'),
    },
    'yellow',
    ['IN_GRACE'],
  ],
  [
    'Ahpra: the day after that month',
    { type: 'AHPRA', today: day('2026-07-01'), expiryDate: day('2026-05-31') },
    'red',
    ['EXPIRED'],
  ],
  [
    'Ahpra: a month from 31 January ends with February',
    {
      type: 'AHPRA',
      today: day('2026-02-28'),
      expiryDate: day('2026-01-31'),
      lastGoodAnswerOn: day('2026-02-27'),
    },
    'yellow',
    ['IN_GRACE'],
  ],
  [
    'Ahpra: and no later',
    { type: 'AHPRA', today: day('2026-03-01'), expiryDate: day('2026-01-31') },
    'red',
    ['EXPIRED'],
  ],
  [
    'Ahpra: in a leap year with its 29th',
    {
      type: 'AHPRA',
      today: day('2028-02-29'),
      expiryDate: day('2028-01-31'),
      lastGoodAnswerOn: day('2028-02-28'),
    },
    'yellow',
    ['IN_GRACE'],
  ],
  [
    'no grace: good through its last day',
    {
      type: 'WWCC_VIC',
      today: day('2026-05-31'),
      expiryDate: day('2026-05-31'),
      lastGoodAnswerOn: day('2026-05-30'),
    },
    'yellow',
    ['EXPIRING'],
  ],
  [
    'no grace: red the day after',
    { type: 'WWCC_VIC', today: day('2026-06-01'), expiryDate: day('2026-05-31') },
    'red',
    ['EXPIRED'],
  ],
  ['a document past its day', { type: 'FIRST_AID', expiryDate: day('2026-01-31') }, 'red', ['EXPIRED']],
  [
    'HR’s word does not outlive its day',
    { type: 'WWCC_VIC', ...unasked, expiryDate: day('2026-01-31'), acceptDeclared: true },
    'red',
    ['EXPIRED'],
  ],
  // 1. red: the register's no.
  ['the register says no', { type: 'AHPRA', eligibility: 'MAY_NOT_ENGAGE' }, 'red', ['MAY_NOT_ENGAGE']],
  [
    'its no stands above HR’s word',
    { type: 'AHPRA', eligibility: 'MAY_NOT_ENGAGE', acceptDeclared: true },
    'red',
    ['MAY_NOT_ENGAGE'],
  ],
  [
    'no, and over: both are said',
    { type: 'AHPRA', eligibility: 'MAY_NOT_ENGAGE', expiryDate: day('2025-05-31') },
    'red',
    ['MAY_NOT_ENGAGE', 'EXPIRED'],
  ],
  [
    'red says nothing of yellow',
    {
      type: 'AHPRA',
      eligibility: 'MAY_NOT_ENGAGE',
      details: ['CONDITIONS'],
      lastGoodAnswerOn: day('2025-01-01'),
    },
    'red',
    ['MAY_NOT_ENGAGE'],
  ],
  // 1. red: wrong for the role.
  ['a volunteer’s card in paid work', { type: 'WWCC_NSW', number: 'WWC1234567V' }, 'red', ['WRONG_ROLE']],
  [
    'a contractor is paid too',
    { type: 'WWCC_NSW', number: 'WWC1234567V', workerType: 'CONTRACTOR' },
    'red',
    ['WRONG_ROLE'],
  ],
  ['as it was typed', { type: 'WWCC_NSW', number: ' wwc1234567v ' }, 'red', ['WRONG_ROLE']],
  ['in wide letters', { type: 'WWCC_NSW', number: 'ＷＷＣ１２３４５６７Ｖ' }, 'red', ['WRONG_ROLE']],
  [
    'a volunteer’s card for a volunteer',
    { type: 'WWCC_NSW', number: 'WWC1234567V', workerType: 'VOLUNTEER' },
    'green',
    [],
  ],
  [
    'a volunteer’s card for a student',
    { type: 'WWCC_NSW', number: 'WWC1234567V', workerType: 'STUDENT' },
    'green',
    [],
  ],
  ['an employee’s card serves all', { type: 'WWCC_NSW', number: 'WWC1234567E' }, 'green', []],
  [
    'an employee’s card for nobody knows whom',
    { type: 'WWCC_NSW', number: 'WWC1234567E', workerType: null },
    'green',
    [],
  ],
  // 2. yellow: the kind of work is not known where it matters.
  [
    'a volunteer’s card for nobody knows whom',
    { type: 'WWCC_NSW', number: 'WWC1234567V', workerType: null },
    'yellow',
    ['REVIEW_REQUIRED'],
  ],

  // 2. yellow: what the register adds.
  [
    'the register cannot tell',
    { type: 'AHPRA', eligibility: 'REVIEW_REQUIRED' },
    'yellow',
    ['REVIEW_REQUIRED'],
  ],
  [
    'HR’s word does not take its doubt away',
    { type: 'AHPRA', eligibility: 'REVIEW_REQUIRED', acceptDeclared: true },
    'yellow',
    ['REVIEW_REQUIRED'],
  ],
  ['conditions', { type: 'AHPRA', details: ['CONDITIONS'] }, 'yellow', ['CONDITIONS']],
  ['non-practising', { type: 'AHPRA', details: ['NON_PRACTISING'] }, 'yellow', ['NON_PRACTISING']],
  ['renewal pending', { type: 'AHPRA', details: ['RENEWAL_PENDING'] }, 'yellow', ['RENEWAL_PENDING']],
  [
    'all of them, in the order of weight',
    {
      type: 'AHPRA',
      details: ['RENEWAL_PENDING', 'NON_PRACTISING', 'CONDITIONS'],
      eligibility: 'REVIEW_REQUIRED',
    },
    'yellow',
    ['REVIEW_REQUIRED', 'CONDITIONS', 'NON_PRACTISING', 'RENEWAL_PENDING'],
  ],
  // 2. yellow: the window before the end.
  ['30 days before its last', { type: 'WWCC_VIC', expiryDate: day('2026-03-03') }, 'yellow', ['EXPIRING']],
  ['31 days before its last', { type: 'WWCC_VIC', expiryDate: day('2026-03-04') }, 'green', []],
  [
    'NSW: its window is three months',
    { type: 'WWCC_NSW', expiryDate: day('2026-05-02') },
    'yellow',
    ['EXPIRING'],
  ],
  ['NSW: and no more', { type: 'WWCC_NSW', expiryDate: day('2026-05-03') }, 'green', []],
  // 2. yellow: somebody has to look at the dates.
  [
    'a type that always ends, without an end',
    { type: 'AHPRA', expiryDate: null },
    'yellow',
    ['REVIEW_REQUIRED'],
  ],
  ['has not begun', { type: 'AHPRA', issueDate: day('2026-02-02') }, 'yellow', ['REVIEW_REQUIRED']],
  // 2. yellow: assurance.
  ['never asked', { type: 'AHPRA', ...unasked }, 'yellow', ['NOT_YET_CHECKED']],
  [
    'asked, no answer yet',
    { type: 'AHPRA', ...unasked, eligibility: 'IN_PROGRESS' },
    'yellow',
    ['NOT_YET_CHECKED'],
  ],
  ['asked, and it erred', { type: 'AHPRA', ...unasked, eligibility: 'ERROR' }, 'yellow', ['NOT_YET_CHECKED']],
  [
    'never asked, and near its end',
    { type: 'AHPRA', ...unasked, expiryDate: day('2026-02-10') },
    'yellow',
    ['EXPIRING', 'NOT_YET_CHECKED'],
  ],
  ['an error does not take a good answer away', { type: 'AHPRA', eligibility: 'ERROR' }, 'green', []],
  [
    'the number was changed after the answer',
    { type: 'AHPRA', assurance: 'DECLARED' },
    'yellow',
    ['NOT_VERIFIED'],
  ],
  [
    'a person looked, where a register could be asked',
    { type: 'AHPRA', assurance: 'REVIEWED' },
    'yellow',
    ['NOT_VERIFIED'],
  ],
  [
    'a document that nobody looked at',
    { type: 'FIRST_AID', assurance: 'DECLARED' },
    'yellow',
    ['NOT_VERIFIED'],
  ],
  // 2. yellow: stale beyond twice the cadence.
  ['answered 14 days ago, asked weekly', { type: 'AHPRA', lastGoodAnswerOn: day('2026-01-18') }, 'green', []],
  [
    'answered 15 days ago, asked weekly',
    { type: 'AHPRA', lastGoodAnswerOn: day('2026-01-17') },
    'yellow',
    ['STALE'],
  ],
]

describe('licence status', () => {
  test.each(cases)('%s', (_why, input, status, reasons) => {
    expect(licenceStatusOf(inputOf(input))).toMatchObject({ status, reasons })
  })

  const date = fc.integer({ min: 0, max: 900 }).map((days) => addDays(day('2025-01-01'), days))
  const anyInput = fc.record({
    type: fc.constantFrom(...types.keys()),
    today: date,
    issueDate: fc.option(date),
    expiryDate: fc.option(date),
    number: fc.option(fc.constantFrom('WWC1234567V', 'WWC1234567E', 'NMW0001234567', '')),
    eligibility: fc.option(
      fc.constantFrom('MAY_ENGAGE', 'MAY_NOT_ENGAGE', 'REVIEW_REQUIRED', 'IN_PROGRESS', 'ERROR'),
    ),
    details: fc.subarray(['CONDITIONS', 'NON_PRACTISING', 'RENEWAL_PENDING'] as const),
    assurance: fc.constantFrom('DECLARED', 'REVIEWED', 'VERIFIED'),
    lastGoodAnswerOn: fc.option(date),
    checkCadenceDays: fc.integer({ min: 1, max: 60 }),
    acceptDeclared: fc.boolean(),
    workerType: fc.option(fc.constantFrom('EMPLOYEE', 'CONTRACTOR', 'VOLUNTEER', 'STUDENT')),
  }) as fc.Arbitrary<Case>

  test('until the day that it names, time alone changes nothing', () => {
    fc.assert(
      fc.property(anyInput, fc.integer({ min: 1, max: 1_500 }), (some, later) => {
        const input = inputOf(some)
        const { status, reasons, nextChangeOn } = licenceStatusOf(input)
        const then = addDays(input.today, later)
        if (nextChangeOn !== null) expect(nextChangeOn > input.today).toBe(true)
        if (nextChangeOn === null || then < nextChangeOn)
          expect(licenceStatusOf({ ...input, today: then })).toMatchObject({ status, reasons })
      }),
      { numRuns: 2_000 },
    )
  })

  test('green gives no reason, the others do, and none twice', () => {
    fc.assert(
      fc.property(anyInput, (some) => {
        const { status, reasons } = licenceStatusOf(inputOf(some))
        expect(reasons.length === 0).toBe(status === 'green')
        expect(new Set(reasons).size).toBe(reasons.length)
      }),
      { numRuns: 1_000 },
    )
  })

  test('not knowing is never green where a register is demanded, and never red by itself', () => {
    fc.assert(
      fc.property(anyInput, (some) => {
        const input = inputOf({
          ...some,
          ...unasked,
          acceptDeclared: false,
          expiryDate: day('2027-12-31'),
          today: day('2026-01-01'),
          number: 'X',
        })
        if (input.type.register !== null) expect(licenceStatusOf(input).status).toBe('yellow')
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('the roll-up of a worker without requirements', () => {
  test.each<[string, [string, Colour][], Colour | null]>([
    ['nothing to judge', [], null],
    [
      'the best of a type counts',
      [
        ['AHPRA', 'red'],
        ['AHPRA', 'green'],
      ],
      'green',
    ],
    [
      'the worst over types counts',
      [
        ['AHPRA', 'green'],
        ['WWCC_VIC', 'red'],
      ],
      'red',
    ],
    [
      'best first, then worst',
      [
        ['AHPRA', 'red'],
        ['AHPRA', 'yellow'],
        ['WWCC_VIC', 'green'],
      ],
      'yellow',
    ],
  ])('%s', (_why, held, status) => {
    expect(
      rollUp(
        held.map(([credentialType, colour]) => ({ credentialType, status: colour })),
        day('2026-02-01'),
      ),
    ).toBe(status)
  })
})
