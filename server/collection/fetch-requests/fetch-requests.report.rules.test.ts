import { describe, expect, test } from 'vitest'
import { requestReport, type ReportedAnswer, type RequestReport } from './fetch-requests.report.rules.ts'

const card: NonNullable<ReportedAnswer['credential']> = {
  id: 'cred_2mVt80JdXs1bRk5N',
  number: 'WWC1234567E',
  holderName: 'Jordan Avery',
  issueDate: '2024-07-01',
  expiryDate: '2029-07-01',
  eligibility: 'MAY_ENGAGE',
  assurance: 'VERIFIED',
  authority: 'Office of the Children’s Guardian',
  lastVerifiedAt: new Date('2026-07-02T23:30:00Z'),
  files: [],
}
const answer = (over: Partial<ReportedAnswer> = {}): ReportedAnswer => ({
  name: 'Working with Children Check (NSW)',
  state: 'SUPPLIED',
  declineReason: null,
  credential: card,
  ...over,
})
const facts = (over: Partial<RequestReport> = {}): RequestReport => ({
  organisation: 'Sunrise Aged Care',
  timeZone: 'Australia/Sydney',
  madeAt: new Date('2026-07-04T02:00:00Z'),
  requestId: 'cap_V1StGXR8Z5jdHi6B',
  request: {
    displayName: 'Fetch Request — Jordan Avery — 2026-06-29',
    worker: { id: 'wkr_V1StGXR8Z5jdHi6B', displayName: 'Jordan Avery' },
    message: null,
    delivery: {
      channel: 'EMAIL',
      emailAddress: 'jordan.avery@example.com',
      tokenExpiresAt: new Date('2026-07-13T02:14:07Z'),
      remindersSent: 1,
      lastMailAt: null,
      problem: null,
    },
    lifecycle: {
      status: 'COMPLETED',
      furthest: 'COMPLETED',
      initiatedAt: new Date('2026-06-29T02:14:07Z'),
      completedAt: new Date('2026-07-03T14:30:00Z'),
    },
  },
  privacyNoticeVersion: null,
  answers: [answer()],
  history: [
    {
      at: new Date('2026-06-29T02:14:07Z'),
      cause: 'CREATED',
      actorKind: 'TOKEN',
      actorId: 'tok_4kT0aZ81mPq2LxYd',
    },
    {
      at: new Date('2026-07-03T14:30:00Z'),
      cause: 'HANDED_IN',
      actorKind: 'WORKER',
      actorId: 'wkr_V1StGXR8Z5jdHi6B',
    },
  ],
  ...over,
})

const tables = (report: RequestReport): (readonly (readonly string[])[])[] =>
  requestReport(report).parts.flatMap((part) => (part.kind === 'table' ? [part.rows] : []))
const cells = (over: Partial<ReportedAnswer>): string =>
  (tables(facts({ answers: [answer(over)] }))[0]?.[0] ?? []).join('\n')

describe('the report of a request', () => {
  test('is in the organisation’s name and tells its times', () => {
    const { author, footer, parts } = requestReport(facts())
    expect(author).toBe('Sunrise Aged Care')
    expect(footer).toBe('Sunrise Aged Care · cap_V1StGXR8Z5jdHi6B · made 2026-07-04 12:00 (Australia/Sydney)')
    const [first] = parts
    expect(first?.kind === 'facts' && first.facts).toEqual(
      expect.arrayContaining([
        { name: 'Asked', value: '2026-06-29 12:14' },
        // Behind midnight in Sydney.
        { name: 'Completed', value: '2026-07-04 00:30' },
        { name: 'Time zone', value: 'Australia/Sydney' },
      ]),
    )
    expect(first?.kind === 'facts' && first.facts.map(({ name }) => name)).not.toContain('E-mail sent')
  })

  test('tells each thing that was asked for', () => {
    expect(cells({})).toBe(
      [
        'Working with Children Check (NSW)',
        'Supplied',
        'Number: WWC1234567E',
        'Name on it: Jordan Avery',
        'Issued: 2024-07-01',
        'Expires: 2029-07-01',
        'May engage',
        'Verified at the source',
        'Source: Office of the Children’s Guardian',
        'Last confirmed: 2026-07-03 09:30',
      ].join('\n'),
    )
    expect(cells({ state: 'DECLINED', declineReason: 'I am a volunteer', credential: null })).toBe(
      'Working with Children Check (NSW)\nThe worker does not have it\nReason: I am a volunteer\n–',
    )
    expect(cells({ state: 'WAIVED', credential: null })).toContain('Waived')
  })

  test('never calls verified what was only reviewed or declared', () => {
    for (const assurance of ['REVIEWED', 'DECLARED'] as const)
      expect(cells({ credential: { ...card, assurance, authority: null, eligibility: null } })).not.toMatch(
        /verified/i,
      )
  })

  test('names documents with their hashes, and only where there are some', () => {
    const files = [{ fileName: 'card.pdf', sha256: 'ab'.repeat(32) }]
    expect(tables(facts({ answers: [answer({ credential: { ...card, files } })] }))).toHaveLength(3)
    expect(tables(facts())).toHaveLength(2)
  })

  test('tells what happened and through whom, a worker without an id', () => {
    expect(tables(facts()).at(-1)).toEqual([
      ['2026-06-29 12:14', 'The request was made', 'By the API (tok_4kT0aZ81mPq2LxYd)'],
      ['2026-07-04 00:30', 'The worker sent the answers', 'By the worker'],
    ])
  })
})
