/** What every connector does, whatever source it asks. Each kind of connector runs these cases in its own test file. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseLocalDate } from '../../platform/local-date.ts'
import type { CheckAnswer, CheckQuestion, Connector } from './connectors.schema.ts'

/** A question that was asked, and what of its answer must be so. */
export interface RecordedCase {
  readonly name: string
  readonly question: CheckQuestion
  readonly answer: Partial<Omit<CheckAnswer, 'evidence' | 'fault'>> & { readonly faultCode?: string }
}

export interface ConnectorUnderTest {
  readonly connector: Connector
  /** Another one of the same, which needs a birth date. */
  readonly needing: Connector
  readonly cases: readonly RecordedCase[]
  /** What must appear in no words about a fault, beside what the questions hold. */
  readonly secrets: readonly string[]
  /** The source is gone; asked again it is not there. */
  stop(): Promise<void>
  /** Ends what else was opened. */
  close(): Promise<void>
}

const outcomes = ['MAY_ENGAGE', 'MAY_NOT_ENGAGE', 'REVIEW_REQUIRED', 'IN_PROGRESS', 'ERROR']
const control = /\p{Cc}/u
const evidenceMax = 65_536

/** A complete question about somebody, to be changed where it matters. */
export function questionAbout(more: Partial<CheckQuestion> = {}): CheckQuestion {
  const day = (text: string): CheckQuestion['today'] => parseLocalDate(text) as CheckQuestion['today']
  return {
    correlationId: 'req_contract00001',
    register: 'AHPRA',
    credentialType: 'AHPRA',
    jurisdiction: null,
    number: 'NMW0009870001',
    familyName: 'Featherstonehaugh',
    givenNames: 'Zephyrine Ottoline',
    holderName: 'Zephyrine Featherstonehaugh',
    birthDate: day('1991-07-13'),
    issueDate: day('2026-06-01'),
    expiryDate: day('2027-05-31'),
    today: day('2027-01-01'),
    absenceIsDecisive: false,
    ...more,
  }
}

const personal = ['number', 'familyName', 'givenNames', 'holderName', 'birthDate'] as const

/** What holds of every answer, whatever the source did. */
export function expectSound(
  answer: CheckAnswer,
  question: CheckQuestion,
  secrets: readonly string[] = [],
): void {
  const { outcome, details, conditions, ownWords, verified, evidence, fault } = answer
  expect(outcomes).toContain(outcome)
  expect(fault === null, 'a fault exactly when there is no answer').toBe(outcome !== 'ERROR')
  for (const detail of details) expect(detail).toMatch(/^[A-Z][A-Z0-9_]{0,39}$/)
  expect(new Set(details).size).toBe(details.length)
  expect(conditions.length).toBeLessThanOrEqual(20)
  const texts = [ownWords, ...conditions, verified?.number ?? null, verified?.holderName ?? null]
  for (const text of texts.filter((one) => one !== null)) {
    expect(text.length).toBeLessThanOrEqual(500)
    expect(text.length).toBeGreaterThan(0)
    expect(text.isWellFormed() && !control.test(text), `can be kept: ${JSON.stringify(text)}`).toBe(true)
  }
  if (verified) {
    const { issueDate, expiryDate, neverExpires } = verified
    for (const date of [issueDate, expiryDate]) if (date !== null) expect(parseLocalDate(date)).toBe(date)
    if (issueDate && expiryDate) expect(issueDate <= expiryDate).toBe(true)
    if (neverExpires) expect(expiryDate).toBeNull()
  }
  if (evidence) {
    expect(Buffer.isBuffer(evidence.body)).toBe(true)
    expect(evidence.body.length).toBeLessThanOrEqual(evidenceMax)
    expect(evidence.mediaType).toMatch(/^[\t\x20-\x7e]{0,200}$/)
  }
  if (fault === null) return
  expect({ details, conditions, ownWords, verified }).toEqual({
    details: [],
    conditions: [],
    ownWords: null,
    verified: null,
  })
  expect(fault.detail.length).toBeGreaterThan(0)
  expect(fault.detail.length).toBeLessThanOrEqual(500)
  if (fault.retryAfterSeconds !== null) {
    expect(Number.isInteger(fault.retryAfterSeconds)).toBe(true)
    expect(fault.retryAfterSeconds).toBeGreaterThan(0)
    expect(fault.retryAfterSeconds).toBeLessThanOrEqual(86_400)
  }
  const told = personal.flatMap((field) => (question[field] ?? '').split(' ')).filter((word) => word !== '')
  for (const word of [...told, ...secrets])
    expect(fault.detail.toUpperCase(), 'faults name nobody').not.toContain(word.toUpperCase())
}

/** Fails, too, when the cases do not show each outcome that a source can give. */
export function connectorContract(name: string, make: () => Promise<ConnectorUnderTest>): void {
  describe(`${name}, as every connector`, () => {
    let under: ConnectorUnderTest
    beforeAll(async () => {
      under = await make()
    })
    afterAll(() => under.close())
    const check = async (question: CheckQuestion, signal?: AbortSignal): Promise<CheckAnswer> => {
      const answer = await under.connector.check(Object.freeze(question), signal)
      expectSound(answer, question, under.secrets)
      return answer
    }

    it('answers the recorded cases', async () => {
      for (const { name: what, question, answer: expected } of under.cases) {
        expect(under.connector.canCheck(question), what).toBeNull()
        const answer = await check(question)
        const { faultCode, ...rest } = expected
        expect(answer, what).toMatchObject(rest)
        expect(answer.fault?.code, what).toBe(faultCode)
        if (answer.outcome !== 'ERROR') expect(answer.evidence, what).not.toBeNull()
      }
      const shown = new Set(under.cases.map(({ answer: { outcome } }) => outcome))
      expect([...shown]).toEqual(expect.arrayContaining(['MAY_ENGAGE', 'MAY_NOT_ENGAGE', 'REVIEW_REQUIRED']))
      const absent = under.cases.filter(({ answer: { details } }) => details?.includes('NOT_FOUND') === true)
      expect(
        absent.map(({ question, answer }) => `${question.absenceIsDecisive} ${answer.outcome}`).toSorted(),
        'absence both ways',
      ).toEqual(['false REVIEW_REQUIRED', 'true MAY_NOT_ENGAGE'])
    })

    it('gives each of many at once its own answer', async () => {
      const many = Array.from({ length: 4 }, () => under.cases).flat()
      const answers = await Promise.all(many.map(({ question }) => check(question)))
      for (const [index, answer] of answers.entries())
        expect(answer).toMatchObject({ outcome: many[index]?.answer.outcome })
    })

    it('says in words what it lacks, and names nobody', () => {
      const { needing } = under
      expect(needing.canCheck(questionAbout())).toBeNull()
      expect(needing.canCheck(questionAbout({ birthDate: null }))).toMatch(/birth date\.$/)
      for (const field of personal) {
        const question = questionAbout({ birthDate: null })
        expect(needing.canCheck(question)).not.toContain(String(question[field]))
      }
      expect(needing.canCheck(questionAbout({ number: 'half \ud800' }))).toMatch(/number/)
    })

    it('takes half a character for a fault of the question', async () => {
      for (const field of ['number', 'familyName', 'givenNames', 'holderName'] as const) {
        const { fault } = await check(questionAbout({ [field]: 'Qy\udc00zz' }))
        expect(fault?.code).toBe('REJECTED')
      }
    })

    it('takes whatever a text can hold', async () => {
      const texts = [
        '{number}',
        '../..',
        '%00',
        '"',
        '\\',
        '\u2028',
        '\u0000\r\n',
        '😀',
        'x'.repeat(900),
        '',
        '$&',
      ]
      for (const text of texts) {
        const answer = await check(questionAbout({ number: text, holderName: text }))
        expect(['MAY_ENGAGE', 'REVIEW_REQUIRED', 'ERROR']).toContain(answer.outcome)
      }
    })

    it('is given up when told so', async () => {
      const before = await check(questionAbout(), AbortSignal.abort())
      expect(before).toMatchObject({ outcome: 'ERROR', fault: { code: 'TIMEOUT' } })
      const controller = new AbortController()
      const during = check(questionAbout(), controller.signal)
      controller.abort()
      expect((await during).outcome).toBe('ERROR')
      expect((await check(questionAbout())).outcome).toBe('MAY_ENGAGE')
    })

    // The last one: the source does not come back.
    it('says that a source is there, and that it is gone', async () => {
      expect(await under.connector.health()).toMatchObject({ isReachable: true })
      await under.stop()
      expect(await under.connector.health()).toMatchObject({ isReachable: false })
      for (const { question } of under.cases)
        expect(await check(question)).toMatchObject({ outcome: 'ERROR', fault: { code: 'UNREACHABLE' } })
    })
  })
}
