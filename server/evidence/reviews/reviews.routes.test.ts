/** The review queue over HTTP (spec 60, Review queue). */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { apiCaller, tokenFor, type ApiAnswer } from '../../../test/api-caller.ts'
import { consoleUser, type ConsoleUser } from '../../../test/console-user.ts'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import { buildHttpServer } from '../../front-doors.ts'
import type { HttpServer } from '../../platform/http/http-server.ts'
import { setSetting } from '../../tenancy/organisations/organisations.ts'
import { listChecks } from '../checks/checks.ts'
import { applyAnswers } from '../../workforce/credentials/credentials.ts'
import { openReview, reviewAnswers, withdrawReviews, type NewReview } from './reviews.ts'

type Attributes = Readonly<Record<string, unknown>>
type Answer = ApiAnswer<Attributes>

describe('reviews', () => {
  let house: TestHouse
  let server: HttpServer
  let organisationId: string
  let token: string
  let workerId: string
  let credentialId: string

  beforeAll(async () => {
    house = await openTestHouse()
    server = await buildHttpServer(house.runtime, '0.0.0')
  })
  afterAll(async () => {
    await server.close()
    await house.close()
  })
  const ask = apiCaller<Attributes>(
    () => server,
    () => token,
  )
  const idOf = (answer: Answer): string => answer.body.data?.id ?? ''
  beforeEach(async () => {
    organisationId = (await house.newOrganisation()).id
    token = await tokenFor(house, organisationId)
    workerId = idOf(
      await ask('POST', '/workers', {
        identity: { displayName: 'Sarah Chen' },
        contact: { workEmail: 'Sarah@Example.com' },
        employment: { workerType: 'EMPLOYEE' },
      }),
    )
    credentialId = await declare({
      credentialType: 'FIRST_AID',
      number: 'FA-1',
      issueDate: '2025-03-01',
      expiryDate: '2028-03-01',
    })
    await house.drain()
  })

  const declare = async (more: object): Promise<string> =>
    idOf(await ask('POST', '/credentials', { worker: { id: workerId }, ...more }))
  const write = <T>(work: Parameters<typeof house.runtime.write<T>>[2]): Promise<T> =>
    house.runtime.write(organisationId, operator, work)
  const open = async (more: Partial<NewReview> = {}): Promise<string> =>
    (
      await write((ctx) =>
        openReview(ctx, {
          reason: 'DOCUMENT',
          subject: { type: 'credential', id: credentialId },
          workerId,
          credentialId,
          facts: {},
          ...more,
        }),
      )
    ).id
  const decide = (id: string, body: object, by?: ConsoleUser | string): Promise<Answer> => {
    const headers =
      by === undefined
        ? {}
        : typeof by === 'string'
          ? { authorization: `Bearer ${by}` }
          : { authorization: '', ...by.headers }
    return ask('POST', `/reviews/${id}/decide`, body, headers)
  }
  const reviewOf = async (id: string): Promise<Attributes> =>
    (await ask('GET', `/reviews/${id}`)).body.data?.attributes ?? {}
  const credentialOf = async (id = credentialId): Promise<Attributes> =>
    (await ask('GET', `/credentials/${id}`)).body.data?.attributes ?? {}
  const listed = async (query: string, headers = {}): Promise<string[]> =>
    (
      (await ask('GET', `/reviews${query}`, undefined, headers)).body['data'] as unknown as { id: string }[]
    ).map(({ id }) => id)
  const checksOf = (id = credentialId): Promise<Awaited<ReturnType<typeof listChecks>>> =>
    house.runtime.read(organisationId, operator, (ctx) =>
      listChecks(ctx, id, undefined, { limit: 10, offset: 0, after: null }),
    )
  const eventsOf = async (type: string): Promise<Attributes[]> =>
    (
      await house.owner<{ data: Attributes }>(
        'select data from events where organisation_id = $1 and type = $2 order by id',
        [organisationId, type],
      )
    ).map(({ data }) => data)

  describe('opening', () => {
    test('is told of once, and shows what it is about', async () => {
      const id = await open({ fetchRequestId: 'cap_1', facts: { attachments: 2 } })
      expect(await open({ fetchRequestId: 'cap_1', facts: { attachments: 2 } })).toBe(id)
      expect(await reviewOf(id)).toMatchObject({
        reason: 'DOCUMENT',
        status: 'OPEN',
        subject: { type: 'credential', id: credentialId },
        worker: { id: workerId, displayName: 'Sarah Chen' },
        credential: { id: credentialId, credentialType: 'FIRST_AID' },
        fetchRequest: { id: 'cap_1' },
        facts: { attachments: 2 },
        possibleDecisions: ['ACCEPT', 'REJECT', 'ASK_AGAIN', 'WAIVE'],
        assignee: null,
        decision: null,
      })
      expect(await eventsOf('review.created')).toEqual([
        {
          reviewId: id,
          reason: 'DOCUMENT',
          subject: { type: 'credential', id: credentialId },
          workerId,
          credentialId,
          fetchRequestId: 'cap_1',
        },
      ])
    })

    test('by many at once makes one', async () => {
      const ids = await Promise.all(Array.from({ length: 8 }, () => open()))
      expect(new Set(ids).size).toBe(1)
      expect(await listed('')).toEqual([ids[0]])
    })

    test('after a decision makes another one', async () => {
      const first = await open()
      expect((await decide(first, { decision: 'ACCEPT' })).status).toBe(200)
      const second = await open()
      expect(second).not.toBe(first)
      expect(await listed('')).toEqual([second])
    })

    test('of a document without its credential is a fault of ours', async () => {
      await expect(open({ credentialId: null })).rejects.toThrow('names its credential')
    })
  })

  describe('the list', () => {
    let about = 0
    const something = (reason: NewReview['reason']): Promise<string> =>
      open({ reason, subject: { type: 'thing', id: `thing_${(about += 1)}` } })

    test('has the oldest and riskiest first, by page and by cursor', async () => {
      const old = await something('MAPPING_PROPOSAL')
      house.clock.advance('3d')
      const document = await something('DOCUMENT')
      const match = await something('LIST_MATCH')
      const declined = await something('DECLINED_ITEM')
      const order = [match, old, document, declined]
      expect(await listed('')).toEqual(order)
      const walked: string[] = []
      for (let cursor: string | null = ''; cursor !== null;) {
        const answer: Answer = await ask(
          'GET',
          `/reviews?pageSize=1${cursor === '' ? '' : `&cursor=${cursor}`}`,
        )
        walked.push(...(answer.body['data'] as unknown as { id: string }[]).map(({ id }) => id))
        const meta = answer.body['meta'] as { nextCursor: string | null; total: number }
        expect(meta.total).toBe(4)
        cursor = meta.nextCursor
      }
      expect(walked).toEqual(order)
    })

    test('filters', async () => {
      const since = house.clock.now().toISOString()
      const user = await consoleUser(house, organisationId, 'reviewer')
      house.clock.advance('1h')
      const one = await something('DOCUMENT')
      const other = await something('NOT_ME')
      const over = await something('DECLINED_ITEM')
      await decide(over, { decision: 'WAIVE', reason: 'Not needed.' })
      const assigned = await ask('PATCH', `/reviews/${one}`, { assignee: { id: user.id } })
      expect(assigned.body.data?.attributes['assignee']).toMatchObject({ id: user.id })
      expect(await listed('?reason=NOT_ME')).toEqual([other])
      expect(await listed(`?assignee=${user.id}`)).toEqual([one])
      expect(await listed('?assignee=none')).toEqual([other])
      expect(await listed('?assignee=me', { authorization: '', ...user.headers })).toEqual([one])
      expect(await ask('GET', '/reviews?assignee=me')).toMatchObject({
        status: 400,
        body: { errors: [{ pointer: '/assignee', code: 'NO_USER' }] },
      })
      expect(await listed('?status=DECIDED')).toEqual([over])
      expect(await listed('?status=OPEN&reason=DOCUMENT')).toEqual([one])
      expect(await listed(`?updatedSince=${since}`)).toHaveLength(3)
      expect(await listed('?updatedSince=2030-01-01T00:00:00Z')).toEqual([])
    })
  })

  describe('an assignee', () => {
    test.each<[string, 'viewer' | 'owner', string]>([
      ['who may not decide', 'viewer', 'MAY_NOT_DECIDE'],
      ['whom it is about', 'owner', 'OWN_RECORD'],
    ])('%s is refused', async (_who, role, code) => {
      const email = code === 'OWN_RECORD' ? 'sarah@example.com' : undefined
      const user = await consoleUser(house, organisationId, role, email)
      expect(await ask('PATCH', `/reviews/${await open()}`, { assignee: { id: user.id } })).toMatchObject({
        status: 400,
        body: { errors: [{ pointer: '/assignee/id', code }] },
      })
    })
    test('whom nobody knows is refused; nobody is taken, and nothing of a review that is over', async () => {
      const id = await open()
      expect(await ask('PATCH', `/reviews/${id}`, { assignee: { id: 'usr_x' } })).toMatchObject({
        status: 400,
        body: { errors: [{ code: 'UNKNOWN_USER' }] },
      })
      const user = await consoleUser(house, organisationId)
      await ask('PATCH', `/reviews/${id}`, { assignee: { id: user.id } })
      expect(await ask('PATCH', `/reviews/${id}`, {})).toMatchObject({ status: 200 })
      expect((await reviewOf(id))['assignee']).toMatchObject({ id: user.id })
      await ask('PATCH', `/reviews/${id}`, { assignee: null })
      expect((await reviewOf(id))['assignee']).toBeNull()
      await decide(id, { decision: 'ACCEPT' })
      expect(await ask('PATCH', `/reviews/${id}`, { assignee: { id: user.id } })).toMatchObject({
        status: 409,
        body: { code: 'REVIEW_DECIDED' },
      })
    })
    test('is not given over another’s change', async () => {
      const id = await open()
      const etag = String((await ask('GET', `/reviews/${id}`)).headers['etag'])
      const user = await consoleUser(house, organisationId)
      const mine = { assignee: { id: user.id } }
      expect((await ask('PATCH', `/reviews/${id}`, mine, { 'if-match': etag })).status).toBe(200)
      expect((await ask('PATCH', `/reviews/${id}`, { assignee: null }, { 'if-match': etag })).status).toBe(
        412,
      )
    })
  })

  describe('deciding', () => {
    test('ACCEPT makes a credential reviewed, and green where that is enough', async () => {
      const user = await consoleUser(house, organisationId, 'reviewer')
      const id = await open()
      const answer = await decide(id, { decision: 'ACCEPT' }, user)
      expect(answer).toMatchObject({
        status: 200,
        body: {
          data: {
            attributes: {
              status: 'DECIDED',
              possibleDecisions: [],
              decision: { decision: 'ACCEPT', by: { kind: 'USER', id: user.id }, isFinal: true, first: null },
            },
          },
        },
      })
      await house.drain()
      const [check] = (await checksOf()).checks
      expect(check?.attributes).toMatchObject({
        source: 'PERSON',
        person: { kind: 'USER', id: user.id },
        outcome: 'MAY_ENGAGE',
        trigger: 'REVIEW',
        register: null,
        isDeciding: true,
        told: { number: 'FA-1', issueDate: '2025-03-01', expiryDate: '2028-03-01', neverExpires: false },
      })
      expect(await credentialOf()).toMatchObject({
        assurance: 'REVIEWED',
        eligibility: 'MAY_ENGAGE',
        licenceStatus: 'green',
        statusReasons: [],
        verified: { number: 'FA-1', check: check?.id },
        declared: { number: 'FA-1' },
        lastCheck: { id: check?.id, outcome: 'MAY_ENGAGE' },
      })
      expect(await eventsOf('review.decided')).toEqual([
        {
          reviewId: id,
          reason: 'DOCUMENT',
          decision: 'ACCEPT',
          subject: { type: 'credential', id: credentialId },
          workerId,
          credentialId,
          fetchRequestId: null,
        },
      ])
      expect(await eventsOf('credential.verified')).toHaveLength(1)
    })

    test('REJECT makes it red and vouches for nothing', async () => {
      const id = await open()
      expect((await decide(id, { decision: 'REJECT', reason: 'Another person’s card.' })).status).toBe(200)
      await house.drain()
      expect(await credentialOf()).toMatchObject({
        assurance: 'DECLARED',
        eligibility: 'MAY_NOT_ENGAGE',
        licenceStatus: 'red',
        statusReasons: ['MAY_NOT_ENGAGE'],
        verified: null,
      })
      expect((await checksOf()).checks[0]?.attributes).toMatchObject({
        outcome: 'MAY_NOT_ENGAGE',
        ownWords: 'Another person’s card.',
        told: { number: null },
      })
      // A better document, and it counts again.
      await decide(await open(), { decision: 'ACCEPT' })
      await house.drain()
      expect(await credentialOf()).toMatchObject({ licenceStatus: 'green', assurance: 'REVIEWED' })
    })

    test('what the document says otherwise is what counts, and what was declared stays', async () => {
      const id = await open()
      const corrected = { expiryDate: '2027-03-01', holderName: 'CHEN, Sarah' }
      expect(
        (await decide(id, { decision: 'ACCEPT', corrected })).body.data?.attributes['decision'],
      ).toMatchObject({
        corrected,
      })
      expect(await credentialOf()).toMatchObject({
        expiryDate: '2027-03-01',
        holderName: 'CHEN, Sarah',
        number: 'FA-1',
        declared: { expiryDate: '2028-03-01', holderName: null },
        verified: { expiryDate: '2027-03-01', issueDate: '2025-03-01' },
      })
    })

    test.each<[string, object, string, string]>([
      ['a decision that does not fit', { decision: 'WAIVE', reason: 'x' }, '/decision', 'DECISION_UNFIT'],
      ['no reason', { decision: 'REJECT' }, '/reason', 'REQUIRED'],
      ['a reason of blanks', { decision: 'REJECT', reason: '  ' }, '/reason', 'REQUIRED'],
      [
        'an end before the issue',
        { decision: 'ACCEPT', corrected: { expiryDate: '2025-01-01' } },
        '/corrected/expiryDate',
        'EXPIRES_BEFORE_ISSUE',
      ],
      [
        'a day that never was',
        { decision: 'ACCEPT', corrected: { expiryDate: '2025-02-30' } },
        '/corrected/expiryDate',
        'custom',
      ],
      [
        'corrections to a rejection',
        { decision: 'REJECT', reason: 'x', corrected: { number: '1' } },
        '/corrected',
        'CORRECTS_NOTHING',
      ],
      [
        'a field that is not known',
        { decision: 'ACCEPT', corrected: { workerId: '1' } },
        '/corrected/workerId',
        'UNKNOWN_FIELD',
      ],
    ])('refuses %s, and decides nothing', async (_what, body, pointer, code) => {
      const id = await open()
      const answer = await decide(id, body)
      expect(answer.status).toBe(400)
      expect(answer.body.errors?.map((fault) => fault.pointer)).toEqual([pointer])
      if (code.toUpperCase() === code && code !== 'UNKNOWN_FIELD')
        expect(answer.body.errors?.[0]?.code).toBe(code)
      expect(await reviewOf(id)).toMatchObject({ status: 'OPEN', decision: null })
      expect((await checksOf()).total).toBe(0)
    })

    test('a firm number and a type that always expires are held to', async () => {
      const id = await declare({ credentialType: 'WWCC_VIC', number: '1234567A', expiryDate: '2028-01-14' })
      const review = await open({ subject: { type: 'credential', id }, credentialId: id })
      expect(
        await decide(review, { decision: 'ACCEPT', corrected: { number: '', expiryDate: null } }),
      ).toMatchObject({
        status: 400,
        body: {
          errors: [{ pointer: '/corrected/number' }, { pointer: '/corrected/expiryDate', code: 'REQUIRED' }],
        },
      })
    })

    test('what a register verified is left as it is', async () => {
      const id = await declare({ credentialType: 'WWCC_VIC', number: '1234567A', expiryDate: '2028-01-14' })
      const answerOf = (outcome: 'MAY_ENGAGE' | 'REVIEW_REQUIRED', checkId: string): Promise<unknown> =>
        write((ctx) =>
          applyAnswers(ctx, [
            {
              credentialId: id,
              checkId,
              outcome,
              details: ['CONDITIONS'],
              conditions: ['Not alone'],
              number: '1234567A',
              holderName: 'CHEN, Sarah',
              issueDate: null,
              expiryDate: '2027-01-14' as never,
              neverExpires: false,
            },
          ]),
        )
      await answerOf('MAY_ENGAGE', 'chk_1')
      house.clock.advance('1h')
      await answerOf('REVIEW_REQUIRED', 'chk_2')
      await house.drain()
      const [review = ''] = await listed('?reason=REGISTER_ANSWER')
      expect(await decide(review, { decision: 'ACCEPT', corrected: { number: '7654321B' } })).toMatchObject({
        status: 400,
        body: { errors: [{ pointer: '/corrected', code: 'VERIFIED_ALREADY' }] },
      })
      const before = await house.owner('select answered_at from credentials where id = $1', [id])
      house.clock.advance('1h')
      expect((await decide(review, { decision: 'ACCEPT', reason: 'Rang them up.' })).status).toBe(200)
      expect(await credentialOf(id)).toMatchObject({
        assurance: 'VERIFIED',
        eligibility: 'MAY_ENGAGE',
        expiryDate: '2027-01-14',
        conditions: ['Not alone'],
        verified: { check: 'chk_1', holderName: 'CHEN, Sarah' },
      })
      expect(await house.owner('select answered_at from credentials where id = $1', [id])).toEqual(before)
    })

    test('of many at once, one decides and the others are told', async () => {
      const id = await open()
      const answers = await Promise.all(
        Array.from({ length: 6 }, (_, n) =>
          decide(id, n % 2 ? { decision: 'ACCEPT' } : { decision: 'REJECT', reason: 'x' }),
        ),
      )
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409, 409])
      for (const { status, body } of answers) if (status === 409) expect(body['code']).toBe('REVIEW_DECIDED')
      expect((await checksOf()).total).toBe(1)
      expect(await eventsOf('review.decided')).toHaveLength(1)
    })

    test('nobody decides on their own record', async () => {
      const self = await consoleUser(house, organisationId, 'owner', 'sarah@example.com')
      const id = await open()
      expect(await decide(id, { decision: 'ACCEPT' }, self)).toMatchObject({
        status: 403,
        body: { code: 'REVIEW_OWN_RECORD' },
      })
      expect(await reviewOf(id)).toMatchObject({ status: 'OPEN' })
    })

    test('a manager’s waiver and asking again are told to whom it concerns', async () => {
      const id = await open({
        reason: 'DECLINED_ITEM',
        subject: { type: 'fetchRequestItem', id: 'fri_1' },
        fetchRequestId: 'cap_1',
      })
      expect((await decide(id, { decision: 'WAIVE', reason: 'Works in the office.' })).status).toBe(200)
      expect(await eventsOf('review.decided')).toMatchObject([
        { decision: 'WAIVE', subject: { id: 'fri_1' }, fetchRequestId: 'cap_1' },
      ])
      expect((await checksOf()).total).toBe(0)
    })

    test('asking a register again that is not connected is refused, and decides nothing', async () => {
      const id = await declare({ credentialType: 'WWCC_VIC', number: '1234567A', expiryDate: '2028-01-14' })
      const review = await open({
        reason: 'REGISTER_ANSWER',
        subject: { type: 'credential', id },
        credentialId: id,
      })
      expect(await decide(review, { decision: 'ASK_AGAIN', reason: 'Try once more.' })).toMatchObject({
        status: 409,
        body: { code: 'NOT_CHECKABLE' },
      })
      expect(await reviewOf(review)).toMatchObject({ status: 'OPEN' })
    })
  })

  describe('four eyes', () => {
    beforeEach(() => write((ctx) => setSetting(ctx, 'review.fourEyes', 'ACCEPT,WAIVE')))

    test('the first waits, cannot be the second, and the second decides', async () => {
      const [first, second] = [
        await consoleUser(house, organisationId),
        await consoleUser(house, organisationId),
      ]
      const id = await open()
      const corrected = { number: 'FA-2' }
      expect(await decide(id, { decision: 'ACCEPT', corrected }, first)).toMatchObject({
        status: 200,
        body: {
          data: {
            attributes: { status: 'AWAITING_SECOND', decision: { isFinal: false, by: { id: first.id } } },
          },
        },
      })
      expect((await checksOf()).total).toBe(0)
      expect(await listed('')).toEqual([id])
      expect(await decide(id, { decision: 'ACCEPT' }, first)).toMatchObject({
        status: 409,
        body: { code: 'REVIEW_SECOND_NEEDED' },
      })
      expect(await decide(id, { decision: 'ACCEPT' }, second)).toMatchObject({
        status: 200,
        body: {
          data: {
            attributes: {
              status: 'DECIDED',
              decision: { isFinal: true, by: { id: second.id }, first: { by: { id: first.id } }, corrected },
            },
          },
        },
      })
      expect(await credentialOf()).toMatchObject({ assurance: 'REVIEWED', number: 'FA-2' })
    })

    test('a second who corrects otherwise is a first; what needs one person is decided by one', async () => {
      const [first, second] = [
        await consoleUser(house, organisationId),
        await consoleUser(house, organisationId),
      ]
      const id = await open()
      await decide(id, { decision: 'ACCEPT', corrected: { number: 'FA-2' } }, first)
      const otherwise = await decide(id, { decision: 'ACCEPT', corrected: { number: 'FA-3' } }, second)
      expect(otherwise.body.data?.attributes).toMatchObject({
        status: 'AWAITING_SECOND',
        decision: { by: { id: second.id }, corrected: { number: 'FA-3' } },
      })
      expect(
        (await decide(id, { decision: 'REJECT', reason: 'x' }, first)).body.data?.attributes,
      ).toMatchObject({
        status: 'DECIDED',
        decision: { decision: 'REJECT', first: null },
      })
    })

    test('new facts make the first’s word void', async () => {
      const first = await consoleUser(house, organisationId)
      const id = await open()
      await decide(id, { decision: 'ACCEPT' }, first)
      expect(await open({ facts: { attachments: 2 } })).toBe(id)
      expect(await reviewOf(id)).toMatchObject({ status: 'OPEN', decision: null, facts: { attachments: 2 } })
    })
  })

  describe('what goes by itself', () => {
    test('with the credential, and with the worker', async () => {
      const one = await open()
      await ask('DELETE', `/credentials/${credentialId}`)
      // Before the news has come round.
      expect(await decide(one, { decision: 'ACCEPT' })).toMatchObject({
        status: 409,
        body: { code: 'REVIEW_DECIDED' },
      })
      await house.drain()
      expect(await reviewOf(one)).toMatchObject({ status: 'WITHDRAWN', possibleDecisions: [] })
      expect(await decide(one, { decision: 'ACCEPT' })).toMatchObject({
        status: 409,
        body: { code: 'REVIEW_DECIDED' },
      })
      const other = await open({
        reason: 'NOT_ME',
        subject: { type: 'fetchRequest', id: 'cap_1' },
        credentialId: null,
      })
      await ask('DELETE', `/workers/${workerId}`)
      await house.drain()
      expect(await reviewOf(other)).toMatchObject({ status: 'WITHDRAWN' })
      expect(await listed('')).toEqual([])
    })

    test('an answer that a register could not give comes into the queue, and goes when it can', async () => {
      const id = await declare({ credentialType: 'WWCC_VIC', number: '1234567A', expiryDate: '2028-01-14' })
      const answer = (outcome: 'MAY_ENGAGE' | 'REVIEW_REQUIRED', checkId: string): Promise<unknown> =>
        write((ctx) =>
          applyAnswers(ctx, [
            {
              credentialId: id,
              checkId,
              outcome,
              details: [],
              conditions: [],
              number: null,
              holderName: null,
              issueDate: null,
              expiryDate: null,
              neverExpires: false,
            },
          ]),
        )
      await answer('REVIEW_REQUIRED', 'chk_1')
      await house.drain()
      const [review = ''] = await listed('?reason=REGISTER_ANSWER')
      expect(await reviewOf(review)).toMatchObject({
        facts: { credentialType: 'WWCC_VIC', checkId: 'chk_1' },
      })
      // Heard again, it is the same one.
      await write((ctx) => reviewAnswers(ctx, [id]))
      expect(await listed('?reason=REGISTER_ANSWER')).toEqual([review])
      await answer('MAY_ENGAGE', 'chk_2')
      await house.drain()
      expect(await listed('?reason=REGISTER_ANSWER')).toEqual([])
    })

    test('whoever opened it takes it back by its subject or fetch request', async () => {
      const mine = await open({ fetchRequestId: 'cap_1' })
      const theirs = await open({
        reason: 'NOT_ME',
        subject: { type: 'fetchRequest', id: 'cap_2' },
        fetchRequestId: 'cap_2',
      })
      await write((ctx) => withdrawReviews(ctx, { fetchRequestId: 'cap_1' }))
      expect(await listed('')).toEqual([theirs])
      await write((ctx) =>
        withdrawReviews(ctx, { reasons: ['NOT_ME'], subject: { type: 'fetchRequest', id: 'cap_2' } }),
      )
      expect([await reviewOf(mine), await reviewOf(theirs)]).toMatchObject([
        { status: 'WITHDRAWN' },
        { status: 'WITHDRAWN' },
      ])
    })
  })
})
