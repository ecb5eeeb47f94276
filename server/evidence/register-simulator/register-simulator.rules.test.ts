/** What each number of the simulated register says (spec 60, Connectors). */
import { describe, expect, it } from 'vitest'
import { magicOf, openSimulator, type SimulatorQuestion } from './register-simulator.rules.ts'

const asked: SimulatorQuestion = {
  number: null,
  holderName: 'Sam Chen',
  issueDate: '2025-12-01',
  expiryDate: '2026-11-30',
  today: '2026-02-01',
}

/** What is said, taken apart; undefined where it is no JSON. */
function said(body: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(body) as Record<string, unknown>
  } catch {
    return undefined
  }
}

const ask = (digits: string, more: Partial<SimulatorQuestion> = {}, simulator = openSimulator()) => {
  const { status, afterMs, body } = simulator({ ...asked, number: `NMW000123${digits}`, ...more })
  return { status, afterMs, said: said(body) }
}
const echoed = (digits: string): object => ({
  status: 'CURRENT',
  number: `NMW000123${digits}`,
  holderName: 'Sam Chen',
  issueDate: '2025-12-01',
  expiryDate: '2026-11-30',
  conditions: [],
})
const at = (digits: string, what: object = {}, afterMs = 0): object => ({
  status: 200,
  afterMs,
  said: { ...echoed(digits), ...what },
})

describe('the last four digits', () => {
  it.each([
    ['NMW0001230004', '0004'],
    ['1230004E', '0004'],
    ['1230004 e ', '0004'],
    ['12345678/9', '6789'],
    ['0004', '0004'],
    ['00-04', '0004'],
    ['12 A 0004 XYZ', '0004'],
    ['0004É', '0004'],
    ['004', null],
    ['ABCD', null],
    ['', null],
    // Digits of other scripts are none of the register's.
    ['١٢٣٤', null],
  ])('of %j are %s', (number, digits) => {
    expect(magicOf(number)).toBe(digits)
  })
})

describe('a number that ends in', () => {
  it.each([
    ['0001 is valid', '0001', {}],
    ['0003 is suspended', '0003', { status: 'SUSPENDED' }],
    [
      '0004 has conditions',
      '0004',
      { status: 'CURRENT_WITH_CONDITIONS', conditions: ['Must practise under supervision.'] },
    ],
    ['0011 waits for its renewal', '0011', { status: 'RENEWAL_PENDING' }],
    ['0012 does not practise', '0012', { status: 'NON_PRACTISING' }],
    ['0013 is valid, like any other', '0013', {}],
    ['9999 is valid, like any other', '9999', {}],
  ])('%s', (_, digits, what) => {
    const simulator = openSimulator()
    // However often it is asked.
    for (let round = 0; round < 4; round += 1) expect(ask(digits, {}, simulator)).toEqual(at(digits, what))
  })

  it('0002 expired: when it was to, or else long enough ago for any grace', () => {
    const told = { status: 'EXPIRED' }
    expect(ask('0002', { expiryDate: '2026-01-31' })).toEqual(
      at('0002', { ...told, expiryDate: '2026-01-31' }),
    )
    // Its last day is not over.
    for (const expiryDate of ['2026-02-01', '2026-11-30', null])
      expect(ask('0002', { expiryDate })).toEqual(at('0002', { ...told, expiryDate: '2025-12-01' }))
    expect(ask('0002', { today: null })).toEqual(at('0002', told))
    expect(ask('0002', { today: null, expiryDate: null })).toEqual(at('0002', { ...told, expiryDate: null }))
    // It did not end before it began.
    expect(ask('0002', { issueDate: '2026-01-01' })).toEqual(
      at('0002', { ...told, issueDate: null, expiryDate: '2025-12-01' }),
    )
  })

  it('0005 is not known', () => {
    expect(ask('0005')).toEqual({ status: 404, afterMs: 0, said: { status: 'NOT_FOUND' } })
  })

  it('0006 is valid, five seconds late', () => {
    expect(ask('0006')).toEqual(at('0006', {}, 5_000))
  })

  it('0007 is out of order twice, then valid for good; each number for itself', () => {
    const simulator = openSimulator()
    const statuses = Array.from({ length: 5 }, () => ask('0007', {}, simulator).status)
    expect(statuses).toEqual([500, 500, 200, 200, 200])
    expect(ask('0007', {}, simulator)).toEqual(at('0007'))
    expect(ask('0007', { number: 'OTHER0007' }, simulator).status).toBe(500)
    // Another simulator knows nothing of it.
    expect(ask('0007').status).toBe(500)
  })

  it('0008 was renewed: a year beyond the end that was sent, or beyond today', () => {
    const renewed = (expiryDate: string | null): object => at('0008', { issueDate: '2026-02-01', expiryDate })
    expect(ask('0008')).toEqual(renewed('2027-11-30'))
    expect(ask('0008', { expiryDate: '2024-02-29' })).toEqual(renewed('2027-02-01'))
    expect(ask('0008', { expiryDate: '2028-02-29' })).toEqual(renewed('2029-02-28'))
    expect(ask('0008', { expiryDate: null })).toEqual(renewed('2027-02-01'))
    expect(ask('0008', { expiryDate: '9999-12-31' })).toEqual(renewed('2027-02-01'))
    expect(ask('0008', { expiryDate: null, today: null })).toEqual(at('0008', { expiryDate: null }))
  })

  it('0009 answers rubbish, as if all were well', () => {
    expect(ask('0009')).toEqual({ status: 200, afterMs: 0, said: undefined })
  })

  it('0010 is valid and suspended in turn; each number for itself', () => {
    const simulator = openSimulator()
    const words = Array.from({ length: 5 }, () => ask('0010', {}, simulator).said?.['status'])
    expect(words).toEqual(['CURRENT', 'SUSPENDED', 'CURRENT', 'SUSPENDED', 'CURRENT'])
    expect(ask('0010', { number: 'OTHER0010' }, simulator).said?.['status']).toBe('CURRENT')
  })
})

describe('the simulator', () => {
  it('says of dates that are none that there are none', () => {
    const { said: answer } = ask('0001', { issueDate: 'soon', expiryDate: '2026-02-30', today: '' })
    expect(answer).toMatchObject({ status: 'CURRENT', issueDate: null, expiryDate: null })
  })

  it('takes no number for any other', () => {
    expect(ask('', { number: null }).said).toMatchObject({ status: 'CURRENT', number: '' })
  })

  it('forgets what it was asked longest ago', () => {
    const simulator = openSimulator()
    for (let round = 0; round < 2; round += 1) ask('0007', { number: 'FIRST 0007' }, simulator)
    ask('0007', { number: 'SECOND 0007' }, simulator)
    expect(ask('0007', { number: 'FIRST 0007' }, simulator).status).toBe(200)
    for (let other = 0; other < 99_999; other += 1) simulator({ ...asked, number: `${other} 0010` })
    // The second one is gone, the first was asked later.
    expect(ask('0007', { number: 'FIRST 0007' }, simulator).status).toBe(200)
    expect(ask('0007', { number: 'SECOND 0007' }, simulator).status).toBe(500)
    expect(ask('0007', { number: 'SECOND 0007' }, simulator).status).toBe(500)
  })
})
