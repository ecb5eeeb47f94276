import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { pdf } from '../../../test/documents.ts'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import { scriptedReading, type Written } from '../../../test/scripted-reading.ts'
import type { WriteContext } from '../../platform/context.ts'
import { setSetting } from '../../tenancy/organisations/organisations.ts'
import {
  createCredential,
  getCredential,
  replaceCredential,
} from '../../workforce/credentials/credentials.ts'
import type { CredentialAttributes } from '../../workforce/credentials/credentials.schema.ts'
import { createWorker, replaceWorker } from '../../workforce/workers/workers.ts'
import {
  adoptHeld,
  attachmentById,
  deleteAttachment,
  inspectUpload,
  receiveAttachment,
} from '../attachments/attachments.ts'
import type { AttachmentOwner, AttachmentRecord } from '../attachments/attachments.schema.ts'
import { listChecks } from '../checks/checks.ts'
import type { Check } from '../checks/checks.schema.ts'
import { decideReview, listReviews, type Review } from '../reviews/reviews.ts'

let house: TestHouse
let organisationId: string
let workerId: string
const reading = scriptedReading()

beforeAll(async () => {
  house = await openTestHouse({ reading })
})
afterAll(() => house.close())
beforeEach(async () => {
  organisationId = (await house.newOrganisation()).id
  workerId = await worker('Sarah', 'Chen')
})

const write = <T>(work: (ctx: WriteContext) => Promise<T>): Promise<T> =>
  house.runtime.write(organisationId, operator, work)

const worker = (firstName: string, lastName: string): Promise<string> =>
  write(async (ctx) => {
    const identity = { displayName: `${firstName} ${lastName}`, firstName, lastName }
    return (await createWorker(ctx, { identity } as never)).id
  })

interface Declared {
  readonly worker?: string
  readonly credentialType?: string
  readonly number?: string
  readonly issueDate?: string
  readonly expiryDate?: string
}
const inputOf = ({ worker: id = workerId, ...declared }: Declared) =>
  ({ worker: { id }, credentialType: 'FIRST_AID', ...declared }) as never
const credential = (declared: Declared = {}): Promise<string> =>
  write(async (ctx) => (await createCredential(ctx, inputOf(declared))).id)

let pages = 0
/** A document on which this stands; no two have the same bytes. */
async function bytesOf(written: Written): Promise<Buffer> {
  pages += 1
  const bytes = pdf(pages)
  reading.write(bytes.length, written)
  return bytes
}

async function upload(owner: AttachmentOwner, bytes: Buffer): Promise<string> {
  const blob = await house.runtime.storage.write(
    organisationId,
    (async function* () {
      yield bytes
    })(),
  )
  const file = { name: 'scan.pdf', declaredType: 'application/pdf', blob }
  const inspected = await inspectUpload(house.runtime, organisationId, file)
  return (await write((ctx) => receiveAttachment(ctx, owner, inspected, 'api'))).id
}
/** Uploads a document on which this stands, and lets the house do with it what it does. */
async function handIn(credentialId: string, written: Written): Promise<string> {
  const id = await upload({ credentialId }, await bytesOf(written))
  await house.drain()
  return id
}

const attachment = (id: string): Promise<AttachmentRecord | undefined> =>
  house.runtime.read(organisationId, operator, (ctx) => attachmentById(ctx, id))
const concernsOf = async (id: string): Promise<string[]> =>
  (await attachment(id))?.verification?.concerns.map(({ code }) => code) ?? []
const attributes = (id: string): Promise<CredentialAttributes> =>
  house.runtime.read(organisationId, operator, async (ctx) => (await getCredential(ctx, id)).attributes)
const page = { limit: 100, offset: 0, after: null, counting: 'QUICK' } as const
const checksOf = (id: string): Promise<Check[]> =>
  house.runtime.read(
    organisationId,
    operator,
    async (ctx) => (await listChecks(ctx, id, undefined, page)).checks,
  )
const waiting = (): Promise<Review[]> =>
  house.runtime.read(organisationId, operator, async (ctx) => (await listReviews(ctx, {}, page)).reviews)
const checkedEvents = async (id: string): Promise<number> =>
  (
    await house.owner<{ count: number }>(
      "select count(*)::int as count from events where type = 'attachment.checked' and data->>'attachmentId' = $1",
      [id],
    )
  )[0]?.count ?? 0

const good: Written = { type: 'FIRST_AID', name: 'SARAH CHEN', issued: '2025-06-01' }

describe('a document without a doubt, of a type that no register knows', () => {
  test('makes its credential REVIEWED by itself, on a check whose source it is', async () => {
    const id = await credential({ issueDate: '2025-06-01' })
    const attachmentId = await handIn(id, good)
    const one = await attachment(attachmentId)
    expect(one?.verification).toMatchObject({
      matchesExpectedType: true,
      confidencePercent: 97,
      detectedType: 'FIRST_AID',
      concerns: [],
      extracted: {
        holderName: {
          value: 'SARAH CHEN',
          confidence: 96,
          page: 1,
          box: { x: 0.1, y: 0.2, width: 0.3, height: 0.05 },
        },
        number: null,
        issueDate: { value: '2025-06-01' },
      },
      engine: 'scripted',
      engineVersion: '1',
      checkedAt: '2026-02-01T00:00:00.000Z',
    })
    expect(await attributes(id)).toMatchObject({
      assurance: 'REVIEWED',
      eligibility: 'MAY_ENGAGE',
      verified: { holderName: 'SARAH CHEN', issueDate: '2025-06-01' },
    })
    const checks = await checksOf(id)
    expect(checks.map((check) => check.attributes)).toMatchObject([
      { source: 'DOCUMENT', trigger: 'DOCUMENT', outcome: 'MAY_ENGAGE', isDeciding: true },
    ])
    expect(checks[0]?.attributes.inputs['attachment']).toBe(attachmentId)
    expect(await waiting()).toEqual([])
    expect(await checkedEvents(attachmentId)).toBe(1)
  })

  test.each<[string, Written, Declared, string]>([
    ['a confidence below the threshold', { ...good, sure: 0.89 }, {}, ''],
    ['another name', { ...good, name: 'JOHN MARSH' }, {}, 'NAME_MISMATCH'],
    ['another number', { ...good, number: 'AB99887' }, { number: 'AB12345' }, 'NUMBER_MISMATCH'],
    ['another date', good, { issueDate: '2025-06-02' }, 'DATE_MISMATCH'],
    ['an end that is past', { ...good, issued: '2021-06-01' }, {}, 'EXPIRED'],
    ['an end that is near', { ...good, issued: '2023-02-10' }, {}, 'EXPIRES_SOON'],
    ['another type', { ...good, type: 'CPR' }, {}, 'WRONG_TYPE'],
    ['no name on it', { type: 'FIRST_AID', issued: '2025-06-01' }, {}, ''],
    ['no date on it', { type: 'FIRST_AID', name: 'SARAH CHEN' }, {}, ''],
    ['a number that it does not show', good, { number: 'AB12345' }, ''],
  ])('with %s goes to a person, and changes nothing that is known', async (_, written, declared, concern) => {
    const id = await credential(declared)
    const attachmentId = await handIn(id, written)
    expect(await concernsOf(attachmentId)).toEqual(concern === '' ? [] : [concern])
    expect(await attributes(id)).toMatchObject({
      assurance: 'DECLARED',
      eligibility: null,
      verified: null,
      lastCheck: null,
    })
    expect((await checksOf(id)).map((check) => check.attributes)).toMatchObject([
      {
        source: 'DOCUMENT',
        outcome: 'REVIEW_REQUIRED',
        isDeciding: false,
        details: concern ? [concern] : [],
      },
    ])
    expect((await waiting()).map((review) => review.attributes)).toMatchObject([
      {
        reason: 'DOCUMENT',
        credential: { id },
        facts: { documents: [{ attachmentId, concerns: concern ? [concern] : [] }] },
        possibleDecisions: ['ACCEPT', 'REJECT'],
      },
    ])
  })

  test('is accepted from the percentage that the organisation says, or never', async () => {
    await write((ctx) => setSetting(ctx, 'document.acceptPercent', '60'))
    const id = await credential()
    await handIn(id, { ...good, sure: 0.7 })
    expect((await attributes(id)).assurance).toBe('REVIEWED')
    await write((ctx) => setSetting(ctx, 'document.acceptPercent', '101'))
    const other = await credential({ number: 'X1', issueDate: '2025-01-01' })
    await handIn(other, { ...good, number: 'X1', issued: '2025-01-01', sure: 1 })
    expect((await attributes(other)).assurance).toBe('DECLARED')
    expect(await waiting()).toHaveLength(1)
  })
})

test('a register’s type waits for a person or the register, however good its document is', async () => {
  const id = await credential({
    credentialType: 'AHPRA',
    number: 'NMW0001234567',
    expiryDate: '2026-05-31',
  })
  await handIn(id, { type: 'AHPRA', name: 'Sarah Chen', number: 'NMW0001234567', expires: '2026-05-31' })
  expect((await attributes(id)).assurance).toBe('DECLARED')
  const [review] = await waiting()
  await write((ctx) => decideReview(ctx, review?.id ?? '', { decision: 'ACCEPT', reason: 'Seen.' }))
  await house.drain()
  expect((await attributes(id)).assurance).toBe('REVIEWED')
  expect(await waiting()).toEqual([])
})

describe('the same document under another person', () => {
  test.each([
    ['the same bytes', true],
    ['the same number', false],
  ])('%s: both are told to a person', async (_, isSameFile) => {
    const written = { ...good, number: 'FA7788' }
    const mine = await credential()
    const bytes = await bytesOf(written)
    const first = await upload({ credentialId: mine }, bytes)
    await house.drain()
    expect((await attributes(mine)).assurance).toBe('REVIEWED')
    const otherWorker = await worker('Sarah', 'Chen')
    const theirs = await credential({ worker: otherWorker })
    const second = await upload({ credentialId: theirs }, isSameFile ? bytes : await bytesOf(written))
    await house.drain()
    expect(await concernsOf(second)).toEqual(['DUPLICATE_OF_OTHER_WORKER'])
    expect((await attachment(second))?.verification?.concerns[0]?.message).toContain(workerId)
    expect((await attributes(theirs)).assurance).toBe('DECLARED')
    expect(await concernsOf(first)).toEqual(['DUPLICATE_OF_OTHER_WORKER'])
    expect((await waiting()).map(({ attributes: { credential: at } }) => at?.id).sort()).toEqual(
      [mine, theirs].sort(),
    )
  })

  test('a number that another person declared counts, one of another organisation does not', async () => {
    const written = { ...good, number: 'FA5566' }
    await credential({ worker: await worker('Ann', 'Other'), number: 'fa 5566' })
    const id = await credential()
    expect(await concernsOf(await handIn(id, written))).toEqual(['DUPLICATE_OF_OTHER_WORKER'])
    organisationId = (await house.newOrganisation()).id
    workerId = await worker('Sarah', 'Chen')
    const elsewhere = await credential()
    expect(await concernsOf(await handIn(elsewhere, written))).toEqual([])
  })

  test('one person may hand the same one in twice', async () => {
    const bytes = await bytesOf({ ...good, number: 'FA1' })
    const first = await upload({ credentialId: await credential() }, bytes)
    const second = await upload({ credentialId: await credential({ number: 'FA1' }) }, bytes)
    await house.drain()
    expect(await concernsOf(first)).toEqual([])
    expect(await concernsOf(second)).toEqual([])
  })
})

describe('what changes after the reading is compared anew, without reading anew', () => {
  test('a mended number ends the review and makes the credential REVIEWED', async () => {
    const id = await credential({ number: 'AB12345' })
    const attachmentId = await handIn(id, { ...good, number: 'AB12354' })
    expect(await waiting()).toHaveLength(1)
    const { begun } = reading
    await write((ctx) => replaceCredential(ctx, id, inputOf({ number: 'AB12354' })))
    await house.drain()
    expect(reading.begun).toBe(begun)
    expect(await concernsOf(attachmentId)).toEqual([])
    expect(await attributes(id)).toMatchObject({ assurance: 'REVIEWED', verified: { number: 'AB12354' } })
    expect(await waiting()).toEqual([])
    expect((await checksOf(id)).map((check) => check.attributes.outcome).sort()).toEqual([
      'MAY_ENGAGE',
      'REVIEW_REQUIRED',
    ])
  })

  test('a claim that the document contradicts brings a person in, and what was reviewed stays', async () => {
    const id = await credential({ issueDate: '2025-06-01' })
    const attachmentId = await handIn(id, good)
    await write((ctx) => replaceCredential(ctx, id, inputOf({ issueDate: '2025-12-01' })))
    await house.drain()
    expect(await concernsOf(attachmentId)).toEqual(['DATE_MISMATCH'])
    expect(await attributes(id)).toMatchObject({
      assurance: 'REVIEWED',
      verified: { issueDate: '2025-06-01' },
    })
    expect(await waiting()).toHaveLength(1)
  })

  test('a worker’s new name is compared with what stands on the document', async () => {
    const id = await credential()
    const attachmentId = await handIn(id, { ...good, name: 'Sarah Wong' })
    expect(await concernsOf(attachmentId)).toEqual(['NAME_MISMATCH'])
    const identity = { displayName: 'Sarah Wong', firstName: 'Sarah', lastName: 'Wong' }
    await write((ctx) => replaceWorker(ctx, workerId, { identity } as never))
    await house.drain()
    expect(await concernsOf(attachmentId)).toEqual([])
    expect((await attributes(id)).assurance).toBe('REVIEWED')
    expect(await waiting()).toEqual([])
  })

  test('a change that says nothing else about it leaves no second check', async () => {
    const id = await credential()
    const attachmentId = await handIn(id, good)
    await write((ctx) => replaceCredential(ctx, id, inputOf({ jurisdiction: 'VIC' } as Declared)))
    await house.drain()
    expect(await checksOf(id)).toHaveLength(1)
    expect(await checkedEvents(attachmentId)).toBe(1)
  })
})

describe('a person’s decision', () => {
  test('stands: the documents that were there are not asked about again', async () => {
    const id = await credential({ issueDate: '2025-06-02' })
    await handIn(id, good)
    const [review] = await waiting()
    await write((ctx) =>
      decideReview(ctx, review?.id ?? '', {
        decision: 'ACCEPT',
        reason: 'Right day is on the paper.',
        corrected: { issueDate: '2025-06-01' } as never,
      }),
    )
    await house.drain()
    expect(await attributes(id)).toMatchObject({
      assurance: 'REVIEWED',
      verified: { issueDate: '2025-06-01' },
    })
    expect(await waiting()).toEqual([])
  })

  test('a rejected credential is not let through by its next document alone', async () => {
    const id = await credential()
    await handIn(id, { ...good, name: 'JOHN MARSH' })
    const [review] = await waiting()
    await write((ctx) => decideReview(ctx, review?.id ?? '', { decision: 'REJECT', reason: 'Not hers.' }))
    await house.drain()
    house.clock.advance('1h')
    await handIn(id, good)
    expect((await attributes(id)).eligibility).toBe('MAY_NOT_ENGAGE')
    expect(await waiting()).toHaveLength(1)
  })

  test('of four eyes that has begun is not taken out of their hands', async () => {
    await write((ctx) => setSetting(ctx, 'review.fourEyes', 'REJECT'))
    const id = await credential()
    await handIn(id, { ...good, name: 'JOHN MARSH' })
    const [review] = await waiting()
    await write((ctx) => decideReview(ctx, review?.id ?? '', { decision: 'REJECT', reason: 'Not hers.' }))
    house.clock.advance('1h')
    await handIn(id, good)
    expect((await attributes(id)).assurance).toBe('DECLARED')
    expect((await waiting()).map(({ attributes: { status } }) => status)).toEqual(['OPEN'])
  })
})

describe('several documents of one credential', () => {
  test('a newer one without a doubt settles what the one before left open', async () => {
    const id = await credential()
    await handIn(id, { type: null })
    expect(await waiting()).toHaveLength(1)
    house.clock.advance('1h')
    await handIn(id, good)
    expect((await attributes(id)).assurance).toBe('REVIEWED')
    expect(await waiting()).toEqual([])
  })

  test('a newer one with a doubt brings a person in, whatever was accepted before', async () => {
    const id = await credential()
    await handIn(id, good)
    house.clock.advance('1h')
    await handIn(id, { ...good, name: 'JOHN MARSH' })
    expect((await attributes(id)).assurance).toBe('REVIEWED')
    expect(await waiting()).toHaveLength(1)
  })

  test('a doubtful one that is deleted takes its review with it, and leaves the check', async () => {
    const id = await credential()
    const attachmentId = await handIn(id, { ...good, name: 'JOHN MARSH' })
    expect(await waiting()).toHaveLength(1)
    await write((ctx) => deleteAttachment(ctx, { credentialId: id }, attachmentId))
    await house.drain()
    expect(await waiting()).toEqual([])
    expect(await checksOf(id)).toHaveLength(1)
    // Nothing of what stood on it is left anywhere.
    const rows = await house.owner<{ text: string }>(
      `select x.text from (select organisation_id, concat(c::text, encode(c.evidence, 'escape')) as text from checks c
        union all select organisation_id, r::text from reviews r union all select organisation_id, a::text from attachments a
        union all select organisation_id, e::text from events e union all select organisation_id, u::text from audit_entries u) x
        where organisation_id = $1`,
      [organisationId],
    )
    expect(rows.length).toBeGreaterThan(5)
    expect(rows.filter(({ text }) => text.includes('MARSH'))).toEqual([])
  })
})

test('what is held for an answer is read for its form, and compared when it becomes the credential’s', async () => {
  const heldFor = 'fri_0000000000000001'
  const attachmentId = await upload({ heldFor }, await bytesOf(good))
  await house.drain()
  expect((await attachment(attachmentId))?.verification).toMatchObject({
    detectedType: 'FIRST_AID',
    extracted: { holderName: { value: 'SARAH CHEN' } },
  })
  const { begun } = reading
  const id = await credential({ issueDate: '2025-06-01' })
  await write((ctx) => adoptHeld(ctx, heldFor, id))
  await house.drain()
  expect(reading.begun).toBe(begun)
  expect((await attachment(attachmentId))?.verification?.matchesExpectedType).toBe(true)
  expect((await attributes(id)).assurance).toBe('REVIEWED')
})

describe('a reading that goes wrong', () => {
  test('by a fault of the machine is tried again, and ends once', async () => {
    const id = await credential()
    reading.fail(2)
    const attachmentId = await handIn(id, good)
    expect((await attachment(attachmentId))?.verification).toBeNull()
    expect(await checksOf(id)).toEqual([])
    for (const wait of ['1m', '2m']) {
      house.clock.advance(wait)
      await house.drain()
    }
    expect(await concernsOf(attachmentId)).toEqual([])
    expect((await attachment(attachmentId))?.verification).not.toBeNull()
    expect(await checksOf(id)).toHaveLength(1)
    expect(await checkedEvents(attachmentId)).toBe(1)
  })

  test('for a day is left to a person', async () => {
    const id = await credential()
    reading.fail(1_000)
    const attachmentId = await handIn(id, good)
    for (let tried = 1; tried < 30; tried += 1) {
      house.clock.advance('1h')
      await house.drain()
    }
    reading.fail(0)
    expect(await concernsOf(attachmentId)).toEqual(['UNREADABLE'])
    expect(await waiting()).toHaveLength(1)
  })

  test('of a document that was deleted meanwhile is nobody’s business', async () => {
    const id = await credential()
    const attachmentId = await upload({ credentialId: id }, await bytesOf(good))
    await write((ctx) => deleteAttachment(ctx, { credentialId: id }, attachmentId))
    await house.drain()
    expect(await checksOf(id)).toEqual([])
    expect(await waiting()).toEqual([])
  })

  test('a job that runs twice writes one verification, one check and one event', async () => {
    const id = await credential()
    const attachmentId = await upload({ credentialId: id }, await bytesOf(good))
    await write((ctx) => ctx.enqueueAll('slow:documents.read', [attachmentId, attachmentId]))
    await house.drain()
    expect(await checksOf(id)).toHaveLength(1)
    expect(await checkedEvents(attachmentId)).toBe(1)
  })
})
