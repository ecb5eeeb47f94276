/**
 * The process is killed while requests with an Idempotency-Key are on their way: between the claim and the change, between
 * the commit and the answer, anywhere. Every retry gets an answer, the one that was given before where one was given, and
 * each key has had one effect.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Installation } from '../e2e/installation.ts'

const rounds = 8
const requestsPerRound = 40
/** In the last round nearly all are answered. */
const answeredBeforeKill = (round: number): number => Math.ceil((round * (requestsPerRound - 3)) / rounds)

let house: Installation
let token: string

beforeAll(async () => {
  house = await Installation.create()
  await house.start()
  token = (
    await house.json<{ token: string }>('token', 'create', '--org', 'Default', '--name', 'kill', '--all')
  ).token
}, 90_000)
afterAll(() => house.remove())

interface Answer {
  readonly status: number
  readonly id: string | undefined
  /** What a refusal says. */
  readonly code: string | undefined
}

async function create(key: string): Promise<Answer> {
  const answer = await fetch(`http://127.0.0.1:${house.ready?.httpPort}/openapi/v1/workers`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({
      identity: { displayName: `Worker ${key}` },
      source: { externalId: key, sourceSystem: 'kill' },
    }),
  })
  const body = (await answer.json()) as { data?: { id: string }; code?: string }
  return { status: answer.status, id: body.data?.id, code: body.code }
}

async function total(): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${house.ready?.httpPort}/openapi/v1/workers?pageSize=1`, {
    headers: { authorization: `Bearer ${token}` },
  })
  return ((await answer.json()) as { meta: { total: number } }).meta.total
}

test(
  'every retry after a kill gets the answer, and each key has had one effect',
  async () => {
    let expected = 0
    let answeredBefore = 0
    let brokenOff = 0
    for (let round = 0; round < rounds; round += 1) {
      const keys = Array.from({ length: requestsPerRound }, () => randomUUID())
      let answered = 0
      const enough = Promise.withResolvers<void>()
      const sent = keys.map((key) =>
        create(key).then(
          (answer) => {
            answered += 1
            if (answered >= answeredBeforeKill(round)) enough.resolve()
            return answer
          },
          () => undefined,
        ),
      )
      // Over the rounds from the first claims to the last commits, however slow the machine.
      await (round === 0 ? sleep(10) : enough.promise)
      await house.stop('SIGKILL')
      const first = await Promise.all(sent)
      await house.start()
      // What was claimed and not answered is free again when its lease is over.
      expect((await house.cli('clock', 'advance', '61s')).code).toBe(0)
      const retried = await Promise.all(keys.map((key) => create(key)))
      retried.forEach((answer, index) => {
        expect(answer).toMatchObject({ status: 201, code: undefined })
        const before = first[index]
        if (before === undefined) brokenOff += 1
        else {
          answeredBefore += 1
          expect(answer.id).toBe(before.id)
        }
      })
      expected += requestsPerRound
      expect(await total()).toBe(expected)
    }
    // A run in which the kill never fell among the requests would have shown nothing.
    expect(brokenOff).toBeGreaterThan(0)
    expect(answeredBefore).toBeGreaterThan(0)
    console.log(`${answeredBefore} answered before the kill, ${brokenOff} broken off`)
  },
  10 * 60_000,
)
