/** Who is written to about held, failed, missing and refused files, with what, and how often: over real SMTP. */
import type { ParsedMail } from 'mailparser'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { consoleUser } from '../../../test/console-user.ts'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import { openMailServer, type MailServer } from '../../../test/mail-server.ts'
import type { WriteContext } from '../../platform/context.ts'
import type { StoredEvent } from '../../platform/events/event-types.ts'
import { randomCharacters } from '../../platform/ids.ts'
import { readFeed } from '../../tenancy/event-feed/event-feed.ts'
import { setSetting } from '../../tenancy/organisations/organisations.ts'
import { changeUser } from '../../tenancy/users/users.ts'
import { setMappings } from '../../workforce/credential-types/credential-types.ts'
import {
  accountCaller,
  addAccount,
  beginUpload,
  finishUpload,
  placeOf,
  removeFile,
  renameFile,
  writeUpload,
  type ExchangeSession,
} from '../file-exchange/file-exchange.ts'
import { approveRun, receiveFile, rejectRun, tellOfEvent, tellSilence, tellTogether } from './imports.ts'
import { makeEd25519 } from '../file-exchange/file-exchange.key-pairs.ts'

const header =
  'external_id,first_name,last_name,dob,email,position_id,licence_type,licence_number,issue_date,expiry_date\n'
const person = (n: number): string =>
  `EMP${n},Sarah,Secret${n},1992-03-15,emp${n}@example.com,RN-001,AHPRA,NMW${String(n).padStart(10, '0')},2020-06-01,2027-05-31\n`
const people = (count: number): string => Array.from({ length: count }, (_, n) => person(n + 1)).join('')
const key = (await makeEd25519()).public

describe('telling people of imports', () => {
  let server: MailServer
  let house: TestHouse
  let organisationId: string
  let organisation: string
  let session: ExchangeSession
  let manager: string

  beforeAll(async () => {
    server = await openMailServer()
    house = await openTestHouse({
      settings: { SMTP_URL: server.url, PUBLIC_URL: 'https://vouchsafe.example' },
    })
  })
  afterAll(async () => {
    await house.close()
    await server.close()
  })
  beforeEach(async () => {
    // Monday, 11:00 in Sydney.
    house.clock.set('2026-02-02T00:00:00Z')
    // What other tests' organisations still have to be told is not mailed into this one.
    await house.owner('delete from timers')
    const made = await house.newOrganisation(`Sunrise Aged Care ${randomCharacters(4)}`)
    organisationId = made.id
    organisation = made.name
    await write((ctx) => setMappings(ctx, [{ code: 'AHPRA', target: 'AHPRA' }]))
    await set('export.schedule', 'off')
    const { id } = await write((ctx) =>
      addAccount(ctx, { username: `user-${randomCharacters(8)}`, publicKeys: [key] }),
    )
    session = { organisationId, accountId: id, caller: accountCaller(id, 'req_test') }
    manager = `manager-${randomCharacters(8).toLowerCase()}@example.com`
    // One who has joined, without a password: making one takes its time.
    await house.owner(
      `insert into users (organisation_id, id, email, email_folded, display_name, role, is_disabled, joined_at, created_at, updated_at)
       values ($1, 'usr_' || $1, $2, $2, 'Mia Manager', 'manager', false, $3, $3, $3)`,
      [organisationId, manager, '2026-01-01'],
    )
    await house.drain()
    server.mails.length = 0
  })

  const write = <T>(work: (ctx: WriteContext) => Promise<T>): Promise<T> =>
    house.runtime.write(organisationId, operator, work)
  const set = (name: string, value: string): Promise<void> => write((ctx) => setSetting(ctx, name, value))
  const upload = async (name: string, content: string): Promise<void> => {
    const mode = { create: true, truncate: true, exclusive: false }
    const file = await beginUpload(house.runtime, session, placeOf(`/upload/${name}`), mode)
    await writeUpload(house.runtime, session, file, 0, Buffer.from(content))
    await finishUpload(house.runtime, session, file)
  }
  const send = async (name: string, content: string): Promise<void> => {
    await upload(name, content)
    await house.drain()
  }
  const taken = (): ParsedMail[] => server.mails.splice(0)
  const subjects = (): string[] => taken().map((mail) => mail.subject ?? '')
  const addressesOf = (mails: readonly ParsedMail[]): string[] =>
    mails.flatMap(({ to }) => (to === undefined ? [] : Array.isArray(to) ? to : [to])).map((to) => to.text)
  const textOf = (mail: ParsedMail | undefined): string => mail?.text ?? ''
  const runs = (): Promise<{ id: string; plan_hash: string; status: string }[]> =>
    house.owner('select id, plan_hash, status from import_runs where organisation_id = $1 order by arrival', [
      organisationId,
    ])
  const days = async (count: number, name = 'HRMS', content = people(3)): Promise<void> => {
    for (let day = 0; day < count; day += 1) {
      if (day > 0) house.clock.advance('1d')
      const stamp = house.clock.now().toISOString().slice(0, 10).replaceAll('-', '')
      await send(`${name}-${stamp}.csv`, header + content)
    }
  }
  const eventsOf = async (type: string): Promise<StoredEvent[]> =>
    house.owner<StoredEvent>(
      'select id, organisation_id as "organisationId", type, at, data from events where organisation_id = $1 and type = $2 order by at',
      [organisationId, type],
    )

  describe('what they read', () => {
    test('held: what is held, why, what it would do, until when, and how to decide', async () => {
      await send('HRMS-20260201.csv', header + people(40))
      expect(taken()).toEqual([])
      await send('HRMS-20260202.csv', header + people(20))
      const [mail, ...others] = taken()
      expect(others).toEqual([])
      expect(mail?.subject).toBe(
        `${organisation}: HRMS file HRMS-20260202.csv is HELD and waits for a decision`,
      )
      const held = (await runs())[1]
      const text = textOf(mail)
      for (const words of [
        'came on Monday, 2 February 2026',
        'It leaves out 20 people who are active now and would become inactive.',
        'Applied, it would mean: 0 new people, 0 changed, 20 made inactive, 0 of 20 rows rejected.',
        'ends by itself on 16 February 2026',
        '/download/results/HRMS-20260202-results.csv',
        `POST https://vouchsafe.example/openapi/v1/imports/${held?.id}/apply with {"planHash":"${held?.plan_hash}"}`,
        `--apply ${held?.plan_hash}`,
        `https://vouchsafe.example/console#import=${held?.id}`,
      ])
        expect(text).toContain(words)
      expect(mail?.html).toContain('Look at the import')
      expect(mail?.html).toContain(`href="https://vouchsafe.example/console#import=${held?.id}"`)
      // Nobody is named who need not be.
      expect(text).not.toMatch(/Secret|EMP\d|emp\d+@|1992-03-15|NMW/)
    })

    test('held changes: that later ones wait for them', async () => {
      await send('HRMS-20260201.csv', header + people(3))
      await send('HRMS-DELTA-20260202.csv', header)
      await send('HRMS-20260202.csv', header)
      const [changes, whole] = taken()
      const words = 'Later files of changes from HRMS wait until this one is decided'
      expect(textOf(changes)).toContain('It has a line of column names and nobody below it.')
      expect(textOf(changes)).toContain(words)
      expect(textOf(whole)).not.toContain(words)
    })

    test('failed: that nothing was applied, what is wrong and where, and that it is not tried again', async () => {
      await send('HRMS-20260202.csv', header + person(1) + 'EMP2,"Sarah"x,Chen\n')
      const [mail] = taken()
      expect(mail?.subject).toBe(`${organisation}: HRMS file HRMS-20260202.csv FAILED and was not applied`)
      expect(textOf(mail)).toMatch(/What is wrong: .+\(line 3, column 13\)/)
      expect(textOf(mail)).toContain('nobody’s record has changed')
      expect(textOf(mail)).not.toContain('Secret')
    })

    test('failed without a header: the first person’s data, which stands where names of columns should, is not mailed', async () => {
      await send('HRMS-20260202.csv', 'first_nam,Secret,Secret,1992-03-15\n')
      await send('PAY-20260202.csv', 'EMP1,Sarah,Chen,1992-03-15\n')
      const mails = taken()
      expect(mails).toHaveLength(2)
      for (const mail of mails) {
        expect(textOf(mail)).toContain('What is wrong:')
        expect(textOf(mail)).not.toMatch(/secret|first_nam |"first_nam"|1992/i)
      }
    })

    test('missing: who, since when, what it means, what is behind it most often', async () => {
      await days(4)
      house.clock.advance('2d')
      await house.drain()
      const [mail, ...others] = taken()
      expect(others).toEqual([])
      expect(mail?.subject).toBe(
        `${organisation}: HRMS is MISSING, no file since 5 February 2026 (last: HRMS-20260205.csv)`,
      )
      for (const words of [
        'for 48 hours',
        'HRMS-20260205.csv',
        'password or key was changed',
        'told this once',
      ])
        expect(textOf(mail)).toContain(words)
    })

    test('refused: the name, the reason and the right pattern, a minute later, unless it was renamed or deleted', async () => {
      await upload('employees.csv', header)
      await upload('HRMS-20260202.csv.upload', header + people(1))
      await upload('oops.csv', header)
      await renameFile(
        house.runtime,
        session,
        placeOf('/upload/HRMS-20260202.csv.upload'),
        placeOf('/upload/HRMS-20260202.csv'),
        { replaces: false },
      )
      await removeFile(house.runtime, session, placeOf('/upload/oops.csv'))
      await house.drain()
      const [mail, ...others] = taken()
      expect(others).toEqual([])
      expect(mail?.subject).toBe(`${organisation}: file employees.csv was NOT TAKEN`)
      expect(textOf(mail)).toContain('HRMS-20260129_143000.csv')
    })

    test('names that try to be more than names stay names', async () => {
      await send(`<b>x & 'quoted' $(id).csv`, header)
      const [mail] = taken()
      expect(mail?.subject).toContain(`<b>x & 'quoted' $(id).csv was NOT TAKEN`)
      expect(mail?.html).not.toContain('<b>x')
      await send(`${'long'.repeat(60)}.csv`, header)
      house.clock.advance('7h')
      await house.drain()
      for (const subject of subjects()) expect(subject.length).toBeLessThanOrEqual(200)
    })
  })

  describe('who is written to', () => {
    const fail = (n: number): Promise<void> => send(`S${n}-20260202.csv`, 'nonsense')

    test('those who may decide on imports and can sign in; not those who only look on', async () => {
      const owner = await consoleUser(house, organisationId, 'owner')
      const admin = await consoleUser(house, organisationId, 'admin')
      await consoleUser(house, organisationId, 'reviewer')
      await consoleUser(house, organisationId, 'viewer')
      const gone = await consoleUser(house, organisationId, 'manager')
      await write((ctx) => changeUser(ctx, gone.id, { state: 'DISABLED' }))
      const elsewhere = (await house.newOrganisation()).id
      await consoleUser(house, elsewhere, 'owner')
      await house.drain()
      taken()
      await fail(1)
      expect(addressesOf(taken()).sort()).toEqual([owner.email, admin.email, manager].sort())
    })

    test('and the addresses of import.notify, nobody twice; with off, nobody', async () => {
      await set('import.notify', `hr.desk@example.com, ${manager.toUpperCase()}`)
      await fail(1)
      const mails = taken()
      expect(addressesOf(mails).sort()).toEqual(['hr.desk@example.com', manager].sort())
      const desk = mails.find((mail) => addressesOf([mail])[0] === 'hr.desk@example.com')
      expect(textOf(desk)).toMatch(/^Hello,\n/)
      expect(textOf(desk)).toContain('this address stands in the setting import.notify')
      await set('import.notify', 'off')
      await fail(2)
      expect(taken()).toEqual([])
    })

    test.each(['off,hr@example.com', 'nobody', 'a@example.com,b', 'Sam <sam@example.com>'])(
      'import.notify=%s is refused',
      async (value) => {
        await expect(set('import.notify', value)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' })
      },
    )

    test('not who asked for a plan by hand, and sees what it says', async () => {
      async function* content(): AsyncGenerator<Buffer> {
        yield Buffer.from('nonsense')
      }
      const blob = await house.runtime.storage.write(organisationId, content())
      await write((ctx) =>
        receiveFile(ctx, { fileName: 'x.csv', blob, fileId: null, source: 'HRMS', stopAtPlan: true }),
      )
      await house.drain()
      expect(taken()).toEqual([])
    })
  })

  describe('how often', () => {
    test('once for an event, however often its job is repeated, and by two workers at once', async () => {
      await send('HRMS-20260202.csv', 'nonsense')
      expect(taken()).toHaveLength(1)
      const [event] = await eventsOf('import.failed')
      await Promise.all([1, 2, 3].map(() => tellOfEvent(house.runtime, event as StoredEvent)))
      house.clock.advance('8h')
      await house.drain()
      expect(taken()).toEqual([])
    })

    test('a crash before the mail is written loses neither the mail nor writes two', async () => {
      await send('HRMS-20260202.csv', 'nonsense')
      taken()
      const [event] = await eventsOf('import.failed')
      // As if the job had died in its transaction: nothing of it is there.
      await house.owner('delete from import_notices where organisation_id = $1', [organisationId])
      const failing = {
        ...house.runtime,
        write: (id: string, caller: typeof operator, work: (ctx: WriteContext) => Promise<unknown>) =>
          house.runtime.write(id, caller, async (ctx) => {
            await work(ctx)
            throw new Error('killed')
          }),
      } as typeof house.runtime
      await expect(tellOfEvent(failing, event as StoredEvent)).rejects.toThrow('killed')
      await house.drain()
      expect(taken()).toEqual([])
      await tellOfEvent(house.runtime, event as StoredEvent)
      await house.drain()
      expect(taken()).toHaveLength(1)
    })

    test('a mail server that is busy is asked again, and gets one mail', async () => {
      server.refuseNext(1)
      await send('HRMS-20260202.csv', 'nonsense')
      expect(taken()).toEqual([])
      house.clock.advance('1m')
      await house.drain()
      expect(taken()).toHaveLength(1)
    })

    test('a source that fails every half hour for a day: one mail at once, then few, with all of them', async () => {
      const minutes: number[] = []
      let told = 0
      const read = (minute: number): void => {
        for (const mail of taken()) {
          minutes.push(minute)
          told += Number(/HRMS: (\d+) files FAILED/.exec(textOf(mail))?.[1] ?? 1)
          expect(mail.subject).toContain('FAILED')
        }
      }
      for (let n = 0; n < 48; n += 1) {
        const stamp = `20260202_${String(Math.floor(n / 2)).padStart(2, '0')}${n % 2 === 0 ? '00' : '30'}00`
        await send(`HRMS-${stamp}.csv`, 'nonsense')
        read(n * 30)
        house.clock.advance('30m')
      }
      expect(minutes).toEqual([0, 90, 450, 810, 1170])
      house.clock.advance('6h')
      await house.drain()
      read(1_800)
      expect(minutes).toHaveLength(6)
      expect(told).toBe(48)
    })

    test('after a quiet time the next one is told at once again', async () => {
      await send('HRMS-20260202.csv', 'nonsense')
      expect(taken()).toHaveLength(1)
      house.clock.advance('7h')
      await send('HRMS-20260203.csv', 'nonsense')
      expect(taken()).toHaveLength(1)
    })

    test('many sources at once: five by themselves, the rest in one mail', async () => {
      for (let n = 0; n < 12; n += 1) await upload(`S${n}-20260202.csv`, 'nonsense')
      await house.drain()
      expect(taken()).toHaveLength(5)
      house.clock.advance('1h')
      await house.drain()
      const mails = taken()
      expect(mails).toHaveLength(1)
      expect(mails[0]?.subject).toMatch(/: 7 files of .* need attention \(FAILED\)$/)
    })

    test('what was decided meanwhile is not told any more', async () => {
      await send('HRMS-20260201.csv', header + people(40))
      await send('HRMS-20260202.csv', header + people(20))
      expect(taken()).toHaveLength(1)
      await send('HRMS-20260203.csv', header + people(19))
      const third = (await runs())[2]
      await write((ctx) => rejectRun(ctx, third?.id as string))
      house.clock.advance('1h')
      await house.drain()
      expect(taken()).toEqual([])
    })

    test('together, two workers at once write one mail', async () => {
      await send('HRMS-20260202.csv', 'nonsense')
      await send('HRMS-20260203.csv', 'nonsense')
      taken()
      await Promise.all([1, 2, 3].map(() => tellTogether(house.runtime, organisationId)))
      await house.drain()
      expect(taken()).toHaveLength(1)
    })
  })

  describe('a source that fell silent', () => {
    test('raises import.missing in the feed once, and again only after it came back', async () => {
      await days(4)
      house.clock.advance('2d')
      await house.drain()
      const [event] = await eventsOf('import.missing')
      expect(event?.data).toEqual({
        source: 'HRMS',
        lastImportId: (await runs())[3]?.id,
        lastReceivedAt: '2026-02-05T00:00:00.000Z',
        silentHours: 48,
      })
      const feed = await write(async (ctx) =>
        readFeed(ctx, { type: 'import.missing' }, { limit: 10, offset: 0, counting: 'QUICK' }),
      )
      expect(feed.events.length).toBeLessThanOrEqual(1)
      house.clock.advance('20d')
      await house.drain()
      expect(await eventsOf('import.missing')).toHaveLength(1)
      await days(4)
      house.clock.advance('2d')
      await house.drain()
      expect(await eventsOf('import.missing')).toHaveLength(2)
      expect(subjects().filter((subject) => subject.includes('MISSING'))).toHaveLength(2)
    })

    test('weekends of a source that rests at weekends pass without a word; a missed Monday and Tuesday do not', async () => {
      for (let week = 0; week < 3; week += 1) {
        await days(5)
        house.clock.advance('3d')
        await house.drain()
      }
      // The first weekend is not known to be one.
      const first = (await eventsOf('import.missing')).length
      expect(first).toBe(1)
      await days(5)
      house.clock.advance('3d')
      await house.drain()
      expect(await eventsOf('import.missing')).toHaveLength(first)
      house.clock.advance('1d')
      await house.drain()
      expect(await eventsOf('import.missing')).toHaveLength(first + 1)
    })

    test('hours are the organisation’s; 0 turns it off, also for a source that is quiet already', async () => {
      await days(4)
      await set('import.missingHours', '0')
      await house.drain()
      house.clock.advance('5d')
      await house.drain()
      expect(await eventsOf('import.missing')).toEqual([])
      await set('import.missingHours', '24')
      await house.drain()
      expect(await eventsOf('import.missing')).toHaveLength(1)
    })

    test('each source for itself, whatever its spelling, and what is sent by hand is a sign of life', async () => {
      await days(3)
      house.clock.advance('1d')
      async function* content(): AsyncGenerator<Buffer> {
        yield Buffer.from(header + people(3))
      }
      const blob = await house.runtime.storage.write(organisationId, content())
      await write((ctx) => receiveFile(ctx, { fileName: 'x.csv', blob, fileId: null, source: 'hrms' }))
      await house.drain()
      house.clock.advance('47h')
      await house.drain()
      expect(await eventsOf('import.missing')).toEqual([])
      house.clock.advance('1h')
      await house.drain()
      expect((await eventsOf('import.missing')).map((event) => event.data['source'])).toEqual(['hrms'])
    })

    test('a server that was away for a week says it once', async () => {
      await days(4)
      house.clock.advance('7d')
      await house.drain()
      await house.drain()
      expect(await eventsOf('import.missing')).toHaveLength(1)
    })

    test('what was there before the habit was kept counts: days are learned from earlier runs', async () => {
      await days(4)
      await house.owner('delete from import_sources where organisation_id = $1', [organisationId])
      house.clock.advance('1d')
      await days(1)
      const [source] = await house.owner<{ days: number }>(
        'select cardinality(days) as days from import_sources where organisation_id = $1',
        [organisationId],
      )
      expect(source?.days).toBe(5)
    })

    test('another organisation’s source is not there', async () => {
      await days(4)
      const [source] = await house.owner<{ id: string }>(
        'select id from import_sources where organisation_id = $1',
        [organisationId],
      )
      const other = (await house.newOrganisation()).id
      house.clock.advance('3d')
      await house.runtime.write(other, operator, (ctx) => tellSilence(ctx, source?.id as string))
      expect(await eventsOf('import.missing')).toEqual([])
    })
  })

  test('a held file that is approved is told no more', async () => {
    await send('HRMS-20260201.csv', header + people(40))
    await send('HRMS-20260202.csv', header + people(20))
    const held = (await runs())[1]
    await approveRun(house.runtime, organisationId, operator, held?.id as string, held?.plan_hash as string)
    house.clock.advance('1d')
    await house.drain()
    expect(subjects()).toHaveLength(1)
  })
})
