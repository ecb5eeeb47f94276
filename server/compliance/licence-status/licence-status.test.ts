import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import { sql } from '../../platform/db/database.ts'
import { setSetting } from '../../tenancy/organisations/organisations.ts'
import { rollUpWorkers } from '../../workforce/credentials/credentials.ts'
import { recomputeDue } from './licence-status.ts'
import type { LocalDate } from '../../platform/local-date.ts'
import { rollUp, type Colour } from './licence-status.rules.ts'

/** Numbers that look random and are the same in each run. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    yield state
  }
}

describe('licence status over the books', () => {
  let house: TestHouse
  let organisationId: string

  beforeAll(async () => {
    house = await openTestHouse()
  })
  afterAll(() => house.close())
  beforeEach(async () => {
    organisationId = (await house.newOrganisation()).id
  })

  const write = <T>(work: Parameters<typeof house.runtime.write<T>>[2]): Promise<T> =>
    house.runtime.write(organisationId, operator, work)

  const addWorker = (id: string): Promise<number> =>
    write((ctx) =>
      ctx.tx
        .run(sql`insert into workers (organisation_id, id, version, display_name, display_name_folded, status, created_at, updated_at)
        values (${organisationId}, ${id}, 1, ${id}, ${id}, 'ACTIVE', ${ctx.now}, ${ctx.now})`),
    )
  const addCredential = (
    id: string,
    workerId: string,
    more: { type?: string; status?: Colour; lifecycle?: string; isDeleted?: boolean; expires?: string } = {},
  ): Promise<number> =>
    write((ctx) =>
      ctx.tx
        .run(sql`insert into credentials (organisation_id, id, version, worker_id, credential_type, number_normalised, declared_number,
          declared_expiry_date, declared_channel, declared_by, declared_at, assurance, lifecycle, licence_status, status_reasons, status_due_on,
          created_at, updated_at, deleted_at)
        values (${organisationId}, ${id}, 1, ${workerId}, ${more.type ?? 'FIRST_AID'}, ${id}, ${id}, ${more.expires ?? '2027-01-31'}, 'API', 'test',
          ${ctx.now}, 'REVIEWED', ${more.lifecycle ?? 'ACTIVE'}, ${more.status ?? 'yellow'}, '{}', '-infinity', ${ctx.now}, ${ctx.now},
          ${more.isDeleted ? ctx.now : null})`),
    )
  const statusOf = async (id: string): Promise<unknown> =>
    (
      await house.owner<{ licence_status: unknown }>(
        'select licence_status from workers where organisation_id = $1 and id = $2',
        [organisationId, id],
      )
    )[0]?.licence_status

  test('the roll-up in SQL is the roll-up of the rules', async () => {
    const next = numbers(7)
    const pick = <T>(values: readonly T[]): T => values[next.next().value % values.length] as T
    const held = new Map<string, { credentialType: string; status: Colour }[]>()
    for (let n = 0; n < 40; n += 1) {
      const workerId = `wkr_${String(n).padStart(16, '0')}`
      await addWorker(workerId)
      const counted: { credentialType: string; status: Colour }[] = []
      for (let m = 0; m < n % 6; m += 1) {
        const credential = {
          type: pick(['AHPRA', 'WWCC_VIC', 'FIRST_AID']),
          status: pick<Colour>(['green', 'yellow', 'red']),
          lifecycle: pick(['ACTIVE', 'ACTIVE', 'ACTIVE', 'INACTIVE', 'SUPERSEDED']),
          isDeleted: pick([false, false, false, false, true]),
        }
        await addCredential(`cred_${n}_${m}`, workerId, credential)
        if (credential.lifecycle === 'ACTIVE' && !credential.isDeleted)
          counted.push({ credentialType: credential.type, status: credential.status })
      }
      held.set(workerId, counted)
    }
    await write((ctx) => rollUpWorkers(ctx, [...held.keys()]))
    for (const [workerId, credentials] of held)
      expect(await statusOf(workerId), workerId).toBe(rollUp(credentials, '2026-02-01' as LocalDate))
  })

  test('computes what is due once, and again on the day that it changes by time alone', async () => {
    await addWorker('wkr_a')
    await addCredential('cred_a', 'wkr_a', { expires: '2026-03-15' })
    expect(await recomputeDue(house.runtime, organisationId)).toEqual({ computed: 1, changed: 1 })
    expect(await statusOf('wkr_a')).toBe('green')
    expect(await recomputeDue(house.runtime, organisationId)).toEqual({ computed: 0, changed: 0 })
    // 30 days before the last one: yellow from the first minute of that day in Sydney, and not before.
    house.clock.set('2026-02-12T12:59:00Z')
    await house.drain()
    expect(await statusOf('wkr_a')).toBe('green')
    house.clock.set('2026-02-12T13:00:00Z')
    await house.drain()
    expect(await statusOf('wkr_a')).toBe('yellow')
    house.clock.set('2026-03-15T13:00:00Z')
    await house.drain()
    expect(await statusOf('wkr_a')).toBe('red')
    const timers = await house.owner(
      "select 1 from timers where organisation_id = $1 and kind = 'licence-status.recompute'",
      [organisationId],
    )
    expect(timers).toEqual([])
  })

  // Daylight saving has just ended in Sydney and Adelaide; Perth and Brisbane have none.
  test.each([
    ['Australia/Sydney', '2026-04-05', '2026-04-05T13:59:59Z'],
    ['Australia/Adelaide', '2026-04-05', '2026-04-05T14:29:59Z'],
    ['Australia/Perth', '2026-04-05', '2026-04-05T15:59:59Z'],
    ['Australia/Brisbane', '2026-04-04', '2026-04-04T13:59:59Z'],
    ['Australia/Sydney', '2026-10-03', '2026-10-03T13:59:59Z'],
    ['Australia/Sydney', '2026-10-04', '2026-10-04T12:59:59Z'],
    ['Australia/Darwin', '2026-05-31', '2026-05-31T14:29:59Z'],
  ])('in %s, what expires on %s is good until %s', async (zone, expires, lastSecond) => {
    house.clock.set('2026-02-01T00:00:00Z')
    await write((ctx) => setSetting(ctx, 'timeZone', zone))
    const workerId = `wkr_${organisationId.slice(4)}`
    await addWorker(workerId)
    await addCredential(`cred_${organisationId.slice(4)}`, workerId, { expires })
    await recomputeDue(house.runtime, organisationId)
    for (const [at, status] of [
      [lastSecond, 'yellow'],
      [new Date(Date.parse(lastSecond) + 1_000).toISOString(), 'red'],
    ] as const) {
      house.clock.set(at)
      await house.drain()
      expect(await statusOf(workerId), at).toBe(status)
    }
  })

  test('a change of what the organisation accepts is computed for everybody, for it alone', async () => {
    const other = (await house.newOrganisation()).id
    await addWorker('wkr_b')
    await addCredential('cred_b', 'wkr_b', { type: 'AHPRA', expires: '2027-01-31' })
    await house.drain()
    await recomputeDue(house.runtime, organisationId)
    expect(await statusOf('wkr_b')).toBe('yellow')
    await house.runtime.write(other, operator, (ctx) => setSetting(ctx, 'import.acceptDeclared', 'AHPRA'))
    await house.drain()
    expect(await statusOf('wkr_b')).toBe('yellow')
    await write((ctx) => setSetting(ctx, 'import.acceptDeclared', 'AHPRA'))
    await house.drain()
    expect(await statusOf('wkr_b')).toBe('green')
  })

  test('whoever asks right after the change gets the new answer, once, and it is told once', async () => {
    await addWorker('wkr_d')
    await addCredential('cred_d', 'wkr_d', { type: 'AHPRA', expires: '2027-01-31' })
    await recomputeDue(house.runtime, organisationId)
    await write((ctx) => setSetting(ctx, 'import.acceptDeclared', 'AHPRA'))
    expect(await recomputeDue(house.runtime, organisationId)).toEqual({ computed: 1, changed: 1 })
    expect(await statusOf('wkr_d')).toBe('green')
    await house.drain()
    expect(
      await house.owner(
        "select data from events where organisation_id = $1 and type = 'compliance.changed'",
        [organisationId],
      ),
    ).toEqual([{ data: { cause: 'SETTINGS', credentials: 1 } }])
  })

  test('a type of its own that an older release kept is judged by all that a type has now', async () => {
    await write((ctx) =>
      ctx.tx.run(
        sql`insert into own_credential_types (organisation_id, code, entry, created_at) values (${organisationId}, 'DANCE', ${JSON.stringify(
          {
            code: 'DANCE',
            name: 'Dance',
            category: 'CUSTOM',
            number: { pattern: '^.+$', example: 'D', firmness: 'advisory' },
            suppliedBy: 'document',
          },
        )}::jsonb, ${ctx.now})`,
      ),
    )
    await addWorker('wkr_o')
    await addCredential('cred_o', 'wkr_o', { type: 'DANCE' })
    await recomputeDue(house.runtime, organisationId)
    expect(await statusOf('wkr_o')).toBe('green')
    await write((ctx) =>
      ctx.tx.run(
        sql`update credentials set assurance = 'DECLARED', status_due_on = '-infinity' where organisation_id = ${organisationId}`,
      ),
    )
    await recomputeDue(house.runtime, organisationId)
    expect(await statusOf('wkr_o')).toBe('yellow')
  })

  test('what changed in itself rolls up even where its colour is the same', async () => {
    await addWorker('wkr_e')
    await addCredential('cred_e1', 'wkr_e', { expires: '2026-01-01' })
    await addCredential('cred_e2', 'wkr_e', { type: 'CPR' })
    await recomputeDue(house.runtime, organisationId)
    expect(await statusOf('wkr_e')).toBe('red')
    await write((ctx) =>
      ctx.tx.run(sql`update credentials set lifecycle = 'SUPERSEDED', status_due_on = '-infinity'
        where organisation_id = ${organisationId} and id = 'cred_e1'`),
    )
    expect(await recomputeDue(house.runtime, organisationId)).toEqual({ computed: 1, changed: 0 })
    expect(await statusOf('wkr_e')).toBe('green')
  })

  test('two nodes at once compute each credential once', async () => {
    await addWorker('wkr_c')
    for (let n = 0; n < 20; n += 1) await addCredential(`cred_c${n}`, 'wkr_c')
    const results = await Promise.all([1, 2, 3].map(() => recomputeDue(house.runtime, organisationId)))
    expect(results.reduce((sum, result) => sum + result.computed, 0)).toBe(20)
  })
})
