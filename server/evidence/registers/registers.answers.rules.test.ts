import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CheckQuestion } from './connectors.schema.ts'
import type { HttpSettings } from './registers.schema.ts'
import { answerIn, isOtherName, Unreadable, valueAt } from './registers.answers.rules.ts'

const mapping = {
  status: '/status',
  message: '/message',
  number: '/number',
  holderName: '/name',
  issueDate: '/from',
  expiryDate: '/until',
  neverExpires: '/forever',
  conditions: '/conditions',
  words: {},
} as HttpSettings['response']
const question = {
  number: 'AB 123',
  familyName: 'Mann',
  givenNames: 'Peter',
  holderName: null,
  absenceIsDecisive: false,
} as CheckQuestion
const named = (familyName: string, givenNames: string) => ({ familyName, givenNames, holderName: null })

describe('the answer in a document', () => {
  it('cuts long texts between characters', () => {
    const long = `${'x'.repeat(499)}\u{1f600}`
    const { ownWords, conditions } = answerIn({ status: long, conditions: [long] }, mapping, question)
    expect(ownWords?.isWellFormed()).toBe(true)
    expect(conditions[0]?.isWellFormed()).toBe(true)
  })

  it.each(['2027-02-30', '31/02/2027', '2027-13-01', 'soon', '0'])('refuses the date %s', (until) => {
    expect(() => answerIn({ status: 'ACTIVE', until }, mapping, question)).toThrow(Unreadable)
  })

  it('asks for a person where number or name are not those asked about', () => {
    const answer = answerIn({ status: 'ACTIVE', number: 'AB 124', name: 'Eve Other' }, mapping, question)
    expect(answer.outcome).toBe('REVIEW_REQUIRED')
    expect(answer.details).toEqual(expect.arrayContaining(['NUMBER_DIFFERS', 'NAME_DIFFERS']))
  })

  it.each(['constructor', '__proto__', 'toString'])('takes the word %s for an unknown one', (status) => {
    expect(answerIn({ status }, mapping, question).details).toEqual(['UNKNOWN_WORD'])
  })

  it('makes well-formed texts or Unreadable out of any JSON', () => {
    const value = fc.oneof(fc.jsonValue(), fc.string({ unit: 'binary' }))
    const keys = ['status', 'message', 'number', 'name', 'from', 'until', 'forever', 'conditions']
    const document = fc.record(Object.fromEntries(keys.map((key) => [key, value])), { requiredKeys: [] })
    fc.assert(
      fc.property(document, (anything) => {
        try {
          expect(answerIn(anything, mapping, question).ownWords?.isWellFormed()).not.toBe(false)
        } catch (error) {
          if (!(error instanceof Unreadable)) throw error
        }
      }),
    )
  })
})

describe('names', () => {
  it.each([
    ['Mann', 'Peter', 'Peter Hoffmann', true],
    ['Mann', 'Peter', 'MANN, P', false],
    ['Smith', 'Mary-Anne', 'Maryanne SMITH', false],
    ['Smith', 'Maryanne', 'Mary Anne Smith', false],
    ['de la Cruz', 'José', 'Dela Cruz Jose', false],
    ["O'Brien", 'Ann', 'Dr Ann OBRIEN', false],
    ['Mann', 'Peter', 'Eve Mann', true],
  ])('%s, %s asked about and %s told: another one is %s', (family, given, told, isOther) => {
    expect(isOtherName(named(family, given), told)).toBe(isOther)
  })
})

describe('pointers', () => {
  it('find own values only', () => {
    expect(valueAt({ 'a/b': { 'c~d': [1] } }, '/a~1b/c~0d/0')).toBe(1)
    for (const pointer of ['/__proto__', '/constructor/name', '/toString'])
      expect(valueAt({}, pointer)).toBeUndefined()
  })
})
