import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openTestHouse, type TestHouse } from '../../../test/harness.ts'
import { silentLog, type Log } from '../log.ts'
import { openJobQueue, queueName, type JobQueue } from './job-queue.ts'

describe('the job queue, watched', () => {
  let house: TestHouse
  let queue: JobQueue
  const errors: unknown[] = []

  beforeAll(async () => {
    house = await openTestHouse()
    const log = { ...silentLog, error: (...said: unknown[]) => void errors.push(said) } as unknown as Log
    queue = await openJobQueue(house.runtime.db, log, { supervise: true, superviseEverySeconds: 1 })
  })
  afterAll(async () => {
    await queue.stop()
    await house.close()
  })

  const stateOf = async (jobId: string): Promise<string | undefined> =>
    (await house.owner<{ state: string }>('select state::text from pgboss.job where id = $1', [jobId]))[0]
      ?.state

  test('a job whose worker died comes back, and the watch itself has nothing to complain of', async () => {
    await house.runtime.db.installation((tx) =>
      queue.enqueue(tx, [{ kind: 'test', organisationId: 'org_x', subjectId: 'x' }]),
    )
    const [job] = await queue.fetch(1)
    const jobId = job?.jobId ?? ''
    expect(await stateOf(jobId)).toBe('active')
    // Its worker was last heard of a day ago.
    await house.owner(
      "update pgboss.job set started_on = started_on - interval '1 day', heartbeat_on = heartbeat_on - interval '1 day' where id = $1",
      [jobId],
    )
    await vi.waitFor(async () => expect(await stateOf(jobId)).toBe('retry'), {
      timeout: 20_000,
      interval: 200,
    })
    const [watched] = await house.owner<{ watched: boolean }>(
      'select monitor_on is not null as watched from pgboss.queue where name = $1',
      [queueName],
    )
    expect(watched).toEqual({ watched: true })
    expect(errors).toEqual([])
    await queue.fetch(1)
    await queue.complete({ jobId, kind: 'test' })
  })

  test('losing its worker is no attempt of the job: it comes back more often than it may fail', async () => {
    await house.runtime.db.installation((tx) =>
      queue.enqueue(tx, [{ kind: 'test', organisationId: 'org_x', subjectId: 'y' }]),
    )
    let jobId = ''
    for (let loss = 1; loss <= 5; loss += 1) {
      const [job] = await queue.fetch(1)
      jobId = job?.jobId ?? ''
      await house.owner(
        "update pgboss.job set heartbeat_on = heartbeat_on - interval '16 seconds' where id = $1",
        [jobId],
      )
      await vi.waitFor(async () => expect(await stateOf(jobId), `loss ${loss}`).toBe('retry'), {
        timeout: 20_000,
        interval: 100,
      })
    }
    // Its own failures count as before.
    const states: (string | undefined)[] = []
    for (let attempt = 1; attempt <= 5 && states.at(-1) !== 'failed'; attempt += 1) {
      await queue.fetch(1)
      await queue.fail({ jobId, kind: 'test' }, new Error('its own fault'))
      states.push(await stateOf(jobId))
    }
    expect(states.at(-1)).toBe('failed')
    expect(states.length).toBeGreaterThan(1)
  })
})
