/** Two schedulers on one database: every reminder and every expiry happens once, at its time. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestHouse, operator, type TestHouse } from '../harness.ts'
import { jobs, listeners } from '../../server/app.ts'
import { startWorkers, type Workers } from '../../server/platform/jobs/due-work.ts'
import { upsertWorkers } from '../../server/workforce/workers/workers.ts'
import { createFetchRequests } from '../../server/collection/fetch-requests/fetch-requests.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const perBatch = 50
/** Of each batch; one is asked every hour, from 11:00 to 20:00 in Sydney. */
const expiryDays = [5, 7, 8, 14, 15, 21, 22, 25, 28, 29]

let house: TestHouse
let other: Workers

beforeAll(async () => {
  house = await openTestHouse()
  other = startWorkers(house.runtime, { jobs, listeners, runsJobs: false, runsTimers: false })
})
afterAll(async () => {
  await other.stop()
  await house.close()
})

/** Both at once, as long as there is something to do. */
async function bothAtWork(): Promise<void> {
  await Promise.all([house.drain(), other.runUntilIdle()])
}

// Summer time ends in April: until then Sydney is eleven hours ahead.
const hourInSydney = (at: number): number => (Math.floor(at / hourMs) + 11) % 24

/** Said anew, hour by hour: when a request that was mailed then is reminded of. */
function remindersOf(mailedAt: number, expiresAt: number): number[] {
  const found: number[] = []
  let last = mailedAt
  for (let at = mailedAt; at < expiresAt && found.length < 3; at += hourMs) {
    if (at - last < 7 * dayMs || hourInSydney(at) < 8 || hourInSydney(at) >= 18) continue
    found.push(at)
    last = at
  }
  return found
}

test('30 days of 500 requests', { timeout: 600_000 }, async () => {
  const { id } = await house.newOrganisation()
  const made: { id: string; at: number; days: number }[] = []
  for (const [batch, days] of expiryDays.entries()) {
    const at = house.clock.now().getTime()
    const keys = Array.from({ length: perBatch }, (_, index) => `B${batch}-${index}`)
    await house.runtime.write(id, operator, (ctx) =>
      upsertWorkers(
        ctx,
        keys.map((key) => ({
          identity: { displayName: key },
          contact: { workEmail: `${key.toLowerCase()}@example.com` },
          source: { externalId: key, sourceSystem: 'hr' },
        })),
      ),
    )
    const outcomes = await house.runtime.write(id, operator, (ctx) =>
      createFetchRequests(house.runtime, ctx, {
        workers: keys.map((externalId) => ({ externalId })),
        requestedCredentialTypes: ['FIRST_AID'],
        expiryDays: days,
      }),
    )
    for (const outcome of outcomes) {
      if (!outcome.success) throw new Error(outcome.error)
      made.push({ id: outcome.requestId, at, days })
    }
    await bothAtWork()
    house.clock.advance('1h')
  }
  for (let hour = 0; hour < 30 * 24; hour += 1) {
    await bothAtWork()
    house.clock.advance('1h')
  }

  const mails = await house.owner<{ about_id: string; kind: string; at: Date; status: string }>(
    'select about_id, kind, created_at as at, status from mails where organisation_id = $1 order by created_at',
    [id],
  )
  expect(new Set(mails.map(({ status }) => status))).toEqual(new Set(['OUTBOX']))
  const history = await house.owner<{ id: string; cause: string; at: Date }>(
    'select fetch_request_id as id, cause, at from fetch_request_history where organisation_id = $1 order by at, place',
    [id],
  )
  const rows = await house.owner<{ id: string; status: string; reminders: number }>(
    'select id, status, reminders_sent as reminders from fetch_requests where organisation_id = $1',
    [id],
  )
  expect(rows).toHaveLength(expiryDays.length * perBatch)
  const grouped = <Row>(all: readonly Row[], key: (row: Row) => string): Map<string, Row[]> => {
    const groups = new Map<string, Row[]>()
    for (const row of all) groups.set(key(row), [...(groups.get(key(row)) ?? []), row])
    return groups
  }
  const mailsOf = grouped(mails, (mail) => mail.about_id)
  const historyOf = grouped(history, (entry) => entry.id)
  for (const { id: request, at, days } of made) {
    const expected = remindersOf(at, at + days * dayMs)
    const sent = mailsOf.get(request) ?? []
    const timesOf = (kind: string): number[] =>
      sent.filter((mail) => mail.kind === kind).map((mail) => mail.at.getTime())
    expect(timesOf('fetchRequest.invitation')).toEqual([at])
    expect(timesOf('fetchRequest.reminder'), `${days} days from ${new Date(at).toISOString()}`).toEqual(
      expected,
    )
    const entries = historyOf.get(request) ?? []
    expect(entries.filter(({ cause }) => cause === 'EXPIRED').map((entry) => entry.at.getTime())).toEqual([
      at + days * dayMs,
    ])
    // Each of its mails took it to SENT again.
    expect(entries.filter(({ cause }) => cause === 'MAIL_ACCEPTED')).toHaveLength(1 + expected.length)
    expect(rows.find((row) => row.id === request)).toMatchObject({
      status: 'EXPIRED',
      reminders: expected.length,
    })
  }
  const counts = made.map(({ at, days }) => remindersOf(at, at + days * dayMs).length)
  expect(new Set(counts)).toEqual(new Set([0, 1, 2, 3]))
})
