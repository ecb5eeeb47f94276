/**
 * Any story of a request, over the real database: what the employer, the worker, the mail server, the clock and a crash do in
 * any order leaves it in a state of the table, loses nothing that was supplied and mails nothing after it was called off.
 */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import { AppError } from '../../platform/errors.ts'
import { deleteCredential } from '../../workforce/credentials/credentials.ts'
import { createWorker } from '../../workforce/workers/workers.ts'
import {
  cancelFetchRequest,
  createFetchRequest,
  declineItem,
  deleteFetchRequest,
  findByToken,
  getFetchRequest,
  handOverLink,
  remindFetchRequest,
  reopenItem,
  resendFetchRequest,
  restoreFetchRequest,
  start,
  submit,
  supplyItem,
  type Guest,
} from './fetch-requests.ts'
import type { Status } from './fetch-requests.states.rules.ts'
import type { WriteContext } from '../../platform/context.ts'

/** Of spec 30, written down once more; a step may be several transitions. */
const table: Readonly<Record<Status, readonly Status[]>> = {
  INITIATED: ['SENT', 'OPENED', 'PARTIALLY_COMPLETED', 'SUBMITTED', 'EXPIRED', 'CANCELLED'],
  SENT: ['INITIATED', 'OPENED', 'PARTIALLY_COMPLETED', 'SUBMITTED', 'EXPIRED', 'CANCELLED'],
  OPENED: ['INITIATED', 'PARTIALLY_COMPLETED', 'SUBMITTED', 'EXPIRED', 'CANCELLED'],
  PARTIALLY_COMPLETED: ['INITIATED', 'SUBMITTED', 'EXPIRED', 'CANCELLED'],
  SUBMITTED: ['COMPLETED', 'PARTIALLY_COMPLETED', 'CANCELLED'],
  COMPLETED: [],
  EXPIRED: ['INITIATED', 'CANCELLED'],
  CANCELLED: [],
}

type Step =
  | { readonly do: 'start' | 'submit' | 'remind' | 'resend' | 'cancel' | 'delete' | 'restore' | 'work' }
  | { readonly do: 'supply' | 'decline' | 'reopen'; readonly item: number }
  | { readonly do: 'wait'; readonly days: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.constant({ do: 'work' } as const) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('supply' as const), item: fc.nat(1) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('start', 'submit', 'remind', 'resend', 'cancel', 'delete', 'restore'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('decline', 'reopen'), item: fc.nat(1) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('wait' as const), days: fc.integer({ min: 1, max: 9 }) }),
  },
)
/** With whether the process dies right before the commit. */
const story = fc.array(
  fc.tuple(
    step,
    fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  ),
  {
    minLength: 4,
    maxLength: 14,
  },
)

const types = ['AHPRA', 'WWCC_NSW'] as const
const numbers = { AHPRA: 'NMW0001234567', WWCC_NSW: 'WWC1234567E' } as const
const fieldsOf = (type: (typeof types)[number]) => ({
  number: numbers[type],
  holderName: '',
  issueDate: '',
  expiryDate: '2029-05-31',
  hasNoExpiry: false,
})

class Crash extends Error {}

let house: TestHouse
let organisationId: string
beforeAll(async () => {
  house = await openTestHouse()
  organisationId = (await house.newOrganisation()).id
})
afterAll(() => house.close())

const write = <T>(work: (ctx: WriteContext) => Promise<T>): Promise<T> =>
  house.runtime.write(organisationId, operator, work)

let people = 0

/** One request, and what is to hold of it whatever happens. */
class Told {
  readonly id: string
  readonly workerId: string
  readonly items: readonly string[]
  readonly #dead = new Set<string>()
  #link = ''
  #supplied = new Set<string>()

  private constructor(id: string, workerId: string, items: readonly string[]) {
    this.id = id
    this.workerId = workerId
    this.items = items
  }

  static async begin(): Promise<Told> {
    people += 1
    const workEmail = `w${people}@example.com`
    const { id: workerId } = await write((ctx) =>
      createWorker(ctx, { identity: { displayName: 'Jordan Avery' }, contact: { workEmail } } as never),
    )
    const { id } = await write((ctx) =>
      createFetchRequest(house.runtime, ctx, {
        worker: { id: workerId },
        requestedCredentialTypes: [...types],
      }),
    )
    const items = await house.owner<{ id: string }>(
      'select id from fetch_request_items where fetch_request_id = $1 order by place',
      [id],
    )
    const told = new Told(
      id,
      workerId,
      items.map((item) => item.id),
    )
    await told.takeLink()
    return told
  }

  /** The link of now; the one before it is dead. */
  async takeLink(): Promise<void> {
    const link = await write((ctx) => handOverLink(house.runtime, ctx, this.id)).then(
      ({ url }) => url,
      () => this.#link,
    )
    if (link !== this.#link && this.#link !== '') this.#dead.add(this.#link)
    this.#link = link
  }

  async #guest(link = this.#link): Promise<Guest | undefined> {
    return findByToken(house.runtime, link.split('/').at(-1) ?? '', undefined, null)
  }

  /** Does it; a refusal in words is an answer too. */
  async take(step: Step, dies: boolean): Promise<void> {
    const { runtime } = house
    const before = await this.look()
    const guest = await this.#guest()
    const once = (work: (ctx: WriteContext) => Promise<unknown>): Promise<unknown> =>
      write(async (ctx) => {
        await work(ctx)
        if (dies) throw new Crash()
      })
    const asGuest = (work: (ctx: WriteContext, known: Guest) => Promise<unknown>): Promise<unknown> =>
      guest === undefined
        ? Promise.resolve()
        : runtime.write(organisationId, guest.caller, async (ctx) => {
            await work(ctx, guest)
            if (dies) throw new Crash()
          })
    const item = 'item' in step ? (this.items[step.item] ?? '') : ''
    const type = 'item' in step ? (types[step.item] ?? 'AHPRA') : 'AHPRA'
    const act = async (): Promise<unknown> => {
      switch (step.do) {
        case 'start':
          return asGuest(start)
        case 'submit':
          return asGuest((ctx, known) => submit(ctx, known, null))
        case 'decline':
          return asGuest((ctx, known) => declineItem(ctx, known, item, 'Not now'))
        case 'reopen':
          return asGuest((ctx, known) => reopenItem(ctx, known, item))
        case 'supply':
          if (!guest) return
          await supplyItem(runtime, guest, item, { fields: fieldsOf(type), hasConsent: false })
          this.#supplied.add(numbers[type])
          return
        case 'remind':
          return once((ctx) => remindFetchRequest(ctx, this.id))
        case 'resend':
          return once((ctx) => resendFetchRequest(runtime, ctx, this.id, undefined))
        case 'cancel':
          return once((ctx) => cancelFetchRequest(ctx, this.id))
        case 'delete':
          return once((ctx) => deleteFetchRequest(ctx, this.id))
        case 'restore':
          return once((ctx) => restoreFetchRequest(ctx, this.id))
        case 'wait':
          house.clock.advance(`${step.days}d`)
          return house.drain()
        case 'work':
          return house.drain()
      }
    }
    try {
      await act()
    } catch (error) {
      if (!(error instanceof Crash) && !(error instanceof AppError)) throw error
      if (error instanceof AppError) expect(['invalid', 'internal']).not.toContain(error.kind)
      // Refused or dead before the commit: as if nothing had been asked.
      expect(await this.look()).toEqual(before)
    }
    await this.takeLink()
  }

  look(): Promise<unknown> {
    return house.owner(
      `select to_jsonb(f) as request, (select jsonb_agg(to_jsonb(i) order by place) from fetch_request_items i where i.fetch_request_id = f.id) as items
       from fetch_requests f where id = $1`,
      [this.id],
    )
  }

  async assertSound(): Promise<void> {
    const history = await house.owner<{ cause: string; from: Status | null; to: Status; at: Date }>(
      'select cause, from_status as "from", to_status as "to", at from fetch_request_history where fetch_request_id = $1 order by place',
      [this.id],
    )
    // The history is one unbroken way through the table.
    let now: Status | null = null
    for (const { cause, from, to } of history) {
      expect(from, cause).toBe(now)
      if (from !== null && from !== to) expect(table[from], cause).toContain(to)
      now = to
    }
    const { attributes } = await house.runtime.read(organisationId, operator, (ctx) =>
      getFetchRequest(ctx, this.id, true),
    )
    const { status, furthest } = attributes.lifecycle
    expect(status).toBe(now)
    expect(furthest === 'CANCELLED' || furthest === 'EXPIRED').toBe(false)
    // What was supplied is the organisation's.
    const held = await house.owner<{ number: string; channel: string }>(
      'select declared_number as number, declared_channel as channel from credentials where worker_id = $1 and deleted_at is null',
      [this.workerId],
    )
    expect(new Set(held.map(({ number }) => number))).toEqual(this.#supplied)
    for (const { channel } of held) expect(channel).toBe('FETCH_REQUEST')
    // Links that were replaced open nothing; that of a withdrawn or expired request neither.
    for (const link of this.#dead) expect(await this.#guest(link)).toBeUndefined()
    const isDead = attributes.deletedAt !== null || status === 'CANCELLED' || status === 'EXPIRED'
    if (isDead) expect(await this.#guest()).toBeUndefined()
    // Every cause has one mail, and none went out after the request was called off.
    const mails = await house.owner<{ cause: string; kind: string; status: string; at: Date }>(
      'select cause, kind, status, content_at as at from mails where about_id = $1',
      [this.id],
    )
    expect(new Set(mails.map(({ kind, cause }) => `${kind} ${cause}`)).size).toBe(mails.length)
    const over = history.find(({ to }) => to === 'CANCELLED')
    if (over)
      for (const mail of mails)
        if (mail.status === 'OUTBOX') expect(mail.at.getTime()).toBeLessThanOrEqual(over.at.getTime())
  }
}

describe('whatever happens to a request', () => {
  test(
    'it stays in the table, keeps what was supplied, and tells nobody too much',
    { timeout: 300_000 },
    async () => {
      const seen = new Set<Status>()
      await fc.assert(
        fc.asyncProperty(story, async (steps) => {
          const told = await Told.begin()
          for (const [one, dies] of steps) {
            await told.take(one, dies && one.do !== 'supply')
            await told.assertSound()
          }
          const [row] = await house.owner<{ status: Status }>(
            'select status from fetch_requests where id = $1',
            [told.id],
          )
          if (row) seen.add(row.status)
        }),
        { numRuns: Number(process.env['STORY_RUNS'] ?? 60), endOnFailure: true },
      )
      expect(seen.size).toBeGreaterThan(4)
    },
  )
})

describe('two callers who race', () => {
  const outcome = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'done',
      (error: unknown) => (error instanceof AppError ? error.code : String(error)),
    )

  test.each([
    ['cancel and cancel', ['done', 'CONFLICT'], (id: string) => [cancelOf(id), cancelOf(id)]],
    ['cancel and remind', null, (id: string) => [cancelOf(id), write((ctx) => remindFetchRequest(ctx, id))]],
    [
      'cancel and resend',
      null,
      (id: string) => [cancelOf(id), write((ctx) => resendFetchRequest(house.runtime, ctx, id, undefined))],
    ],
  ] as const)('%s: one after the other', async (_name, expected, both) => {
    for (let round = 0; round < 10; round += 1) {
      const told = await Told.begin()
      const outcomes = await Promise.all(both(told.id).map(outcome))
      // Remind or resend may come first; then both are done.
      if (expected) expect(outcomes.toSorted()).toEqual([...expected].toSorted())
      else for (const one of outcomes) expect(['done', 'CONFLICT']).toContain(one)
      expect(outcomes).toContain('done')
      await told.assertSound()
      const [row] = await house.owner<{ status: string }>('select status from fetch_requests where id = $1', [
        told.id,
      ])
      expect(row?.status).toBe('CANCELLED')
    }
  })

  const cancelOf = (id: string): Promise<unknown> => write((ctx) => cancelFetchRequest(ctx, id))

  test('two who send it again end with one link that works', async () => {
    const told = await Told.begin()
    await Promise.all(
      Array.from({ length: 6 }, () =>
        write((ctx) => resendFetchRequest(house.runtime, ctx, told.id, undefined)),
      ),
    )
    await told.takeLink()
    await told.assertSound()
    const [row] = await house.owner<{ generation: number }>(
      'select generation from fetch_requests where id = $1',
      [told.id],
    )
    expect(row?.generation).toBe(7)
  })
})

test('a credential that is deleted behind its answer keeps nobody from sending, and completes nothing', async () => {
  const told = await Told.begin()
  for (const item of [0, 1]) await told.take({ do: 'supply', item }, false)
  const [held] = await house.owner<{ id: string }>(
    'select id from credentials where worker_id = $1 limit 1',
    [told.workerId],
  )
  await write((ctx) => deleteCredential(ctx, held?.id ?? ''))
  await told.take({ do: 'submit' }, false)
  await house.drain()
  const [row] = await house.owner<{ status: string }>('select status from fetch_requests where id = $1', [
    told.id,
  ])
  expect(row?.status).toBe('SUBMITTED')
  const failed = await house.runtime.jobs.listFailed()
  expect(failed).toEqual([])
})
