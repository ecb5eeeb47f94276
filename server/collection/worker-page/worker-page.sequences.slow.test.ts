/** Whatever workers, employers and time do, in any order: states move by the table only, and nothing that came in is lost. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pdf } from '../../../test/documents.ts'
import { openTestHouse, type TestHouse } from '../../../test/harness.ts'
import { openAsker } from '../../../test/worker-page/asked-worker.ts'
import { noFields, visitor, type Answer } from '../../../test/worker-page/page-visitor.ts'
import { buildHttpServer } from '../../front-doors.ts'
import type { HttpServer } from '../../platform/http/http-server.ts'
import { pageState } from './worker-page.schema.ts'

const open = ['INITIATED', 'SENT', 'OPENED', 'PARTIALLY_COMPLETED']
/** Spec 30, States: from where each state is come to. */
const comesFrom: Readonly<Record<string, readonly string[]>> = {
  INITIATED: [...open, 'EXPIRED'],
  SENT: ['INITIATED'],
  OPENED: ['INITIATED', 'SENT'],
  PARTIALLY_COMPLETED: [...open, 'SUBMITTED'],
  SUBMITTED: open,
  COMPLETED: ['SUBMITTED'],
  EXPIRED: open,
  CANCELLED: [...open, 'SUBMITTED', 'EXPIRED'],
}

const types = ['FIRST_AID', 'WWCC_NSW', 'TEACHER_NSW'] as const
const numbers = {
  FIRST_AID: ['HLTAID011', 'HLTAID012'],
  WWCC_NSW: ['WWC1234567E', 'WWC7654321E'],
  TEACHER_NSW: ['123456', '654321'],
} as const

const type = fc.constantFrom(...types)
const which = fc.integer({ min: 0, max: 1 })
const step = fc.oneof(
  { weight: 2, arbitrary: fc.record({ does: fc.constant('start' as const) }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('draft' as const), type, which }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('file' as const), type, which }) },
  { weight: 6, arbitrary: fc.record({ does: fc.constant('supply' as const), type, which }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('confirm' as const), type }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('decline' as const), type }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('reopen' as const), type }) },
  { weight: 4, arbitrary: fc.record({ does: fc.constant('submit' as const) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      does: fc.constant('employer' as const),
      path: fc.constantFrom(
        'resend',
        'resend',
        'remind',
        'cancel',
        'delete',
        'restore',
        'restore',
        'declare',
      ),
      type,
      which,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant('review' as const),
      decision: fc.constantFrom('ACCEPT', 'REJECT', 'ASK_AGAIN', 'WAIVE'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constant('wait' as const), days: fc.constantFrom(0, 1, 8, 15) }),
  },
)
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never

let house: TestHouse
let server: HttpServer
beforeAll(async () => {
  house = await openTestHouse()
  server = await buildHttpServer(house.runtime, '0.0.0')
})
afterAll(async () => {
  await server.close()
  await house.close()
})

async function play(steps: readonly Step[]): Promise<void> {
  house.clock.set('2026-02-01T00:00:00Z')
  const asker = await openAsker(house, () => server)
  const { id, workerId, link } = await asker.request({
    requirements: {
      allOf: [{ credentialType: 'FIRST_AID' }, { credentialType: 'WWCC_NSW', exemptedBy: ['TEACHER_NSW'] }],
    },
  })
  let page = visitor(() => server, link)
  const items = Object.fromEntries(
    ((await page.state()).items ?? []).map((item) => [item.credentialType, item.id]),
  )
  const files = new Set<string>()
  const given = new Map<string, string>()
  const seen = ({ status, payload }: Answer): number => {
    expect([200, 201, 204, 400, 404, 409], payload).toContain(status)
    return status
  }
  const under = (one: string, path: string): string => `/items/${items[one]}/${path}`
  const act = async (one: Step): Promise<void> => {
    switch (one.does) {
      case 'start':
        return void seen(await page.call('POST', '/start', {}))
      case 'draft': {
        const fields = { ...noFields, number: numbers[one.type][one.which] ?? '' }
        return void seen(await page.call('PUT', under(one.type, 'draft'), { fields }))
      }
      case 'file': {
        const answer = await page.upload(
          items[one.type] ?? '',
          pdf(types.indexOf(one.type) * 2 + one.which + 1),
          'a.pdf',
        )
        if (seen(answer) === 201) files.add(String(answer.json['id']))
        return
      }
      case 'supply': {
        const number = numbers[one.type][one.which] ?? ''
        const fields = { ...noFields, number, issueDate: '2026-01-05' }
        if (seen(await page.call('POST', under(one.type, 'supply'), { fields })) === 200)
          given.set(one.type, number)
        return
      }
      case 'confirm':
        return void seen(await page.call('POST', under(one.type, 'confirm'), {}))
      case 'decline':
        return void seen(await page.call('POST', under(one.type, 'decline'), { reason: 'no' }))
      case 'reopen':
        return void seen(await page.call('POST', under(one.type, 'reopen'), {}))
      case 'submit':
        return void seen(await page.call('POST', '/submit', { privacyNoticeVersion: null }))
      case 'review': {
        const { body } = await asker.api('GET', '/reviews')
        const [review] = body.data as unknown as { id: string }[]
        if (review)
          await asker.api('POST', `/reviews/${review.id}/decide`, { decision: one.decision, reason: 'so' })
        return void (await house.drain())
      }
      case 'employer': {
        if (one.path === 'declare')
          await asker.api('POST', '/credentials', {
            worker: { id: workerId },
            credentialType: one.type,
            number: numbers[one.type][one.which],
          })
        else if (one.path === 'delete') await asker.api('DELETE', `/fetch-requests/${id}`)
        else await asker.api('POST', `/fetch-requests/${id}/${one.path}`)
        if (one.path !== 'resend') return
        const { status, body } = await asker.api('POST', `/fetch-requests/${id}/link`)
        if (status === 200) page = visitor(() => server, String(body.data?.attributes['url']))
        return
      }
      case 'wait':
        if (one.days > 0) house.clock.advance(`${one.days}d`)
        return void (await house.drain())
    }
  }
  for (const one of steps) {
    await act(one)
    const state = await page.call('GET', '/state')
    if (seen(state) === 200) pageState.parse(state.json)
  }

  const history = await house.owner<{ from: string | null; to: string; cause: string }>(
    'select from_status as "from", to_status as "to", cause from fetch_request_history where fetch_request_id = $1 order by place',
    [id],
  )
  let before: string | null = null
  for (const { from, to, cause } of history) {
    expect(from, cause).toBe(before)
    if (from !== null && to !== from) expect(comesFrom[to], `${from} → ${to} by ${cause}`).toContain(from)
    before = to
  }
  const [row] = await house.owner<{ status: string }>('select status from fetch_requests where id = $1', [id])
  expect(row?.status).toBe(before)

  // Each file lies with its answer or its credential, whatever became of the request.
  const kept = await house.owner<{ id: string }>('select id from attachments where id = any ($1)', [
    [...files],
  ])
  expect(kept.map((one) => one.id).sort()).toEqual([...files].sort())
  const own = await house.owner<{ type: string; number: string }>(
    'select credential_type as type, declared_number as number from credentials where worker_id = $1 and deleted_at is null',
    [workerId],
  )
  for (const [given_type, number] of given) expect(own).toContainEqual({ type: given_type, number })
  // Of one number there is one.
  expect(new Set(own.map((one) => `${one.type} ${one.number}`)).size).toBe(own.length)
}

test('states move by the table, and nothing is lost', { timeout: 600_000 }, async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30, size: 'max' }), play), {
    numRuns: Number(process.env['FUZZ_RUNS'] ?? 40),
    ...(process.env['FUZZ_SEED'] === undefined ? {} : { seed: Number(process.env['FUZZ_SEED']) }),
  })
})
