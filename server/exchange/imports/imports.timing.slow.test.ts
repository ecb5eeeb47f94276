/** When files are taken and exports written: by the wall clock of the organisation, whatever happens meanwhile. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import { operatorCommands } from '../../operator.commands.ts'
import { MovableClock } from '../../platform/clock.ts'
import type { CommandContext } from '../../platform/cli/command.ts'
import { setSetting } from '../../tenancy/organisations/organisations.ts'
import { setMappings } from '../../workforce/credential-types/credential-types.ts'
import { latestExports } from '../exports/exports.ts'
import { approveRun, receiveFile, rejectRun, runById, withdrawFile } from './imports.ts'

const header =
  'external_id,first_name,last_name,dob,email,position_id,licence_type,licence_number,issue_date,expiry_date'
const person = (n: number, first = 'Sam'): string =>
  `E${n},${first},Chen${n},1992-03-15,e${n}@example.com,RN-001,AHPRA,NMW${String(n).padStart(10, '0')},2020-06-01,2027-05-31`

describe('imports and exports in time', () => {
  let house: TestHouse
  let organisationId: string
  let files = 0

  beforeAll(async () => {
    house = await openTestHouse()
  })
  afterAll(() => house.close())
  beforeEach(async () => {
    // Sunday, 11:00 in Sydney.
    house.clock.set('2026-02-01T00:00:00Z')
    organisationId = (await house.newOrganisation()).id
    await house.runtime.write(organisationId, operator, (ctx) =>
      setMappings(ctx, [{ code: 'AHPRA', target: 'AHPRA' }]),
    )
    await set('export.afterImport', '0')
    await house.drain()
  })

  const set = (key: string, value: string): Promise<void> =>
    house.runtime.write(organisationId, operator, (ctx) => setSetting(ctx, key, value))
  async function receive(fileName: string, lines: readonly string[]): Promise<string> {
    async function* content(): AsyncGenerator<Buffer> {
      yield Buffer.from([header, ...lines].join('\n') + '\n')
    }
    const blob = await house.runtime.storage.write(organisationId, content())
    files += 1
    const { id } = await house.runtime.write(organisationId, { ...operator, channel: 'SFTP' }, (ctx) =>
      receiveFile(ctx, { fileName, blob, fileId: `fil_time_${files}` }),
    )
    return id
  }
  const runNow = (id: string): ReturnType<typeof runById> =>
    house.runtime.read(organisationId, operator, (ctx) => runById(ctx, id))
  const status = async (id: string): Promise<string> => (await runNow(id)).status
  const dueAt = async (kind: string): Promise<string | undefined> =>
    (
      await house.owner<{ due_at: Date }>(
        'select due_at from timers where organisation_id = $1 and kind = $2',
        [organisationId, kind],
      )
    )[0]?.due_at.toISOString()
  const at = async (instant: string): Promise<void> => {
    house.clock.set(instant)
    await house.drain()
  }
  const exportsAt = async (): Promise<string[]> =>
    (await house.runtime.read(organisationId, operator, (ctx) => latestExports(ctx, 50)))
      .map((row) => row.createdAt.toISOString())
      .reverse()

  describe('files wait for their time', () => {
    test.each([
      ['hourly', '2026-02-01T00:59:59Z', '2026-02-01T01:00:00Z'],
      ['twice-daily', '2026-02-01T05:14:59Z', '2026-02-01T05:15:00Z'],
      ['daily', '2026-02-01T17:14:59Z', '2026-02-01T17:15:00Z'],
      ['weekly', '2026-02-01T17:14:59Z', '2026-02-01T17:15:00Z'],
    ])('%s: not at %s, at %s', async (schedule, before, then) => {
      await set('import.schedule', schedule)
      await house.drain()
      const id = await receive('HRMS-20260201.csv', [person(1)])
      await at(before)
      expect(await status(id)).toBe('RECEIVED')
      await at(then)
      expect(await status(id)).toBe('COMPLETED')
    })

    test('realtime: each arrival begins the quiet time anew', async () => {
      await receive('HRMS-DELTA-20260201_010000.csv', [person(1)])
      expect(await dueAt('imports.pickUp')).toBe('2026-02-01T00:00:05.000Z')
      house.clock.advance('4s')
      await receive('HRMS-DELTA-20260201_020000.csv', [person(2)])
      expect(await dueAt('imports.pickUp')).toBe('2026-02-01T00:00:09.000Z')
    })

    test('the night in which 04:15 moves: taken at 04:15 of the new time', async () => {
      await set('import.schedule', 'daily')
      await at('2026-10-03T12:00:00Z')
      const id = await receive('HRMS-20261003.csv', [person(1)])
      await at('2026-10-03T17:14:59Z')
      expect(await status(id)).toBe('RECEIVED')
      await at('2026-10-03T17:15:00Z')
      expect(await status(id)).toBe('COMPLETED')
    })

    test('another schedule: what waits is taken by it', async () => {
      await set('import.schedule', 'weekly')
      const id = await receive('HRMS-20260201.csv', [person(1)])
      await set('import.schedule', 'hourly')
      await house.drain()
      expect(await dueAt('imports.pickUp')).toBe('2026-02-01T01:00:00.000Z')
      await set('import.schedule', 'daily')
      await house.drain()
      expect(await dueAt('imports.pickUp')).toBe('2026-02-01T17:15:00.000Z')
      await set('import.schedule', 'realtime')
      await house.drain()
      expect(await status(id)).toBe('COMPLETED')
    })

    test('another zone: its own 04:15, for imports as for exports', async () => {
      await set('import.schedule', 'daily')
      await receive('HRMS-20260201.csv', [person(1)])
      await set('timeZone', 'Australia/Lord_Howe')
      await house.drain()
      expect(await dueAt('imports.pickUp')).toBe('2026-02-01T17:15:00.000Z')
      expect(await dueAt('exports.daily')).toBe('2026-02-01T18:00:00.000Z')
      await set('timeZone', 'Australia/Perth')
      await house.drain()
      expect(await dueAt('imports.pickUp')).toBe('2026-02-01T20:15:00.000Z')
      expect(await dueAt('exports.daily')).toBe('2026-02-01T21:00:00.000Z')
    })

    test('after days without a server: everything that waited once, and the days that passed are not made up for', async () => {
      await set('import.schedule', 'daily')
      await receive('HRMS-20260201.csv', [person(1)])
      await at('2026-02-01T17:15:00Z')
      await at('2026-02-01T18:00:00Z')
      expect(await exportsAt()).toHaveLength(1)
      const first = await receive('HRMS-DELTA-20260201.csv', [person(1)])
      const second = await receive('HRMS-DELTA-20260202.csv', [person(2)])
      await at('2026-02-11T03:00:00Z')
      expect([await status(first), await status(second)]).toEqual(['COMPLETED', 'COMPLETED'])
      expect(await exportsAt()).toEqual(['2026-02-01T18:00:00.000Z', '2026-02-11T03:00:00.000Z'])
      expect(await dueAt('exports.daily')).toBe('2026-02-11T18:00:00.000Z')
    })

    test('the daily export: once on each day over both changes of daylight saving', async () => {
      await receive('HRMS-20260201.csv', [person(1)])
      await house.drain()
      for (const [from, expected] of [
        ['2026-04-03T00:00:00Z', ['2026-04-03T18:00', '2026-04-04T19:00', '2026-04-05T19:00']],
        ['2026-10-02T00:00:00Z', ['2026-10-02T19:00', '2026-10-03T18:00', '2026-10-04T18:00']],
      ] as const) {
        await at(from)
        const before = (await exportsAt()).length
        for (let hour = 0; hour < 72; hour += 1) {
          house.clock.advance('1h')
          const of = house.clock.now().getUTCHours()
          if (of % 6 === 0 || of === 17 || of === 19) await house.drain()
        }
        expect((await exportsAt()).slice(before).map((one) => one.slice(0, 16))).toEqual(expected)
      }
    })

    test('export.schedule off takes the timer away', async () => {
      await receive('HRMS-20260201.csv', [person(1)])
      await house.drain()
      expect(await dueAt('exports.daily')).toBeDefined()
      await set('export.schedule', 'off')
      await house.drain()
      expect(await dueAt('exports.daily')).toBeUndefined()
    })
  })

  describe('the sandbox’s clock', () => {
    const move = async (path: string, input: Record<string, string>): Promise<void> => {
      const clock = new MovableClock(house.clock.now().getTime() - Date.now())
      const command = operatorCommands.find((one) => one.path === path)
      await command?.run(
        { runtime: house.runtime, movableClock: clock, caller: operator } as unknown as CommandContext,
        input,
      )
      house.clock.set(clock.now().toISOString())
    }

    test('moved a year forward and back: what waits is taken at its next time, and daily work goes on', async () => {
      await set('import.schedule', 'daily')
      await receive('HRMS-20260201.csv', [person(1)])
      await at('2026-02-01T18:00:00Z')
      await move('clock set', { instant: '2027-02-01T00:00:00Z' })
      await house.drain()
      expect(await dueAt('exports.daily')).toBe('2027-02-01T18:00:00.000Z')
      const late = await receive('HRMS-20270201.csv', [person(1), person(2)])
      expect(await dueAt('imports.pickUp')).toBe('2027-02-01T17:15:00.000Z')
      await move('clock set', { instant: '2026-02-02T00:00:00Z' })
      await house.drain()
      expect(await dueAt('imports.pickUp')).toBe('2026-02-02T17:15:00.000Z')
      expect(await dueAt('exports.daily')).toBe('2026-02-02T18:00:00.000Z')
      expect(await dueAt('file-exchange.retention')).toBe('2026-02-02T16:30:00.000Z')
      await at('2026-02-02T17:15:00Z')
      expect(await status(late)).toBe('COMPLETED')
    })

    test('moved forward, what has come due meanwhile is not put off', async () => {
      await set('import.schedule', 'daily')
      const id = await receive('HRMS-20260201.csv', [person(1)])
      await move('clock advance', { duration: '30d' })
      await house.drain()
      expect(await status(id)).toBe('COMPLETED')
    })
  })

  describe('who waits for whom', () => {
    /** A source that was never seen, beside one that was: its files are asked about. */
    const held1 = 'Payroll-DELTA-20260202.csv'

    test('changes are applied in order of arrival: behind changes that a person is asked about, they wait', async () => {
      await receive('HRMS-20260201.csv', [person(1)])
      await house.drain()
      const held = await receive(held1, [person(2, 'Before')])
      const later = await receive('Payroll-DELTA-20260203.csv', [person(2, 'After')])
      await house.drain()
      expect([await status(held), await status(later)]).toEqual(['HELD', 'RECEIVED'])
      await approveRun(house.runtime, organisationId, operator, held, (await runNow(held)).planHash as string)
      await house.drain()
      expect([await status(held), await status(later)]).toEqual(['COMPLETED', 'COMPLETED'])
      expect(
        await house.owner('select first_name from workers where organisation_id = $1 order by 1', [
          organisationId,
        ]),
      ).toEqual([{ first_name: 'After' }, { first_name: 'Sam' }])
    })

    test.each(['reject', 'lapse'])('and they go on after a %s', async (way) => {
      await receive('HRMS-20260201.csv', [person(1)])
      await house.drain()
      const held = await receive('HRMS-DELTA-20260202.csv', [])
      const later = await receive('HRMS-DELTA-20260203.csv', [person(1, 'After')])
      await house.drain()
      if (way === 'lapse') house.clock.advance('14d')
      else await house.runtime.write(organisationId, operator, (ctx) => rejectRun(ctx, held))
      await house.drain()
      expect([await status(held), await status(later)]).toEqual([
        way === 'lapse' ? 'LAPSED' : 'REJECTED',
        'COMPLETED',
      ])
    })

    test('the whole file before one that was taken back is taken, with no other file to wake it', async () => {
      await set('import.schedule', 'daily')
      const old = await receive('HRMS-20260201.csv', [person(1)])
      const fresh = await receive('HRMS-20260202.csv', [person(2)])
      await at('2026-02-01T17:00:00Z')
      await house.runtime.write(organisationId, operator, (ctx) => withdrawFile(ctx, `fil_time_${files}`))
      await at('2026-02-01T17:15:00Z')
      expect([await status(old), await status(fresh)]).toEqual(['COMPLETED', 'CANCELLED'])
    })

    test('position files are superseded like files of people, each by its own type only', async () => {
      const pos = async (name: string, code: string): Promise<string> => {
        async function* content(): AsyncGenerator<Buffer> {
          yield Buffer.from(`position_id,license_code,state\nRN-001,${code},\n`)
        }
        const blob = await house.runtime.storage.write(organisationId, content())
        files += 1
        const { id } = await house.runtime.write(organisationId, { ...operator, channel: 'SFTP' }, (ctx) =>
          receiveFile(ctx, { fileName: name, blob, fileId: `fil_time_${files}` }),
        )
        return id
      }
      const oldPos = await pos('HRMS-POS-20260201.csv', 'AHPRA')
      const people = await receive('HRMS-20260201.csv', [person(1)])
      const newPos = await pos('HRMS-POS-20260202.csv', 'AHPRA')
      await house.drain()
      expect([await status(oldPos), await status(people), await status(newPos)]).toEqual([
        'SUPERSEDED',
        'COMPLETED',
        'COMPLETED',
      ])
      expect((await runNow(oldPos)).supersededBy).toBe(newPos)
    })

    test('a whole file that failed, then a good one: the good one is applied and ends those before it', async () => {
      const old = await receive('HRMS-20260201.csv', [person(1)])
      const broken = await receive('HRMS-20260202.csv', ['"'])
      await house.drain()
      expect([await status(old), await status(broken)]).toEqual(['RECEIVED', 'FAILED'])
      const good = await receive('HRMS-20260203.csv', [person(1)])
      await house.drain()
      expect([await status(old), await status(broken), await status(good)]).toEqual([
        'SUPERSEDED',
        'FAILED',
        'COMPLETED',
      ])
    })
  })
})
