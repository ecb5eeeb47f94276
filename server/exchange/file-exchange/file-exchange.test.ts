import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { pdf } from '../../../test/documents.ts'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import { zipOf } from '../../../test/zip-builder.ts'
import type { WriteContext } from '../../platform/context.ts'
import { randomCharacters } from '../../platform/ids.ts'
import { setSetting } from '../../tenancy/organisations/organisations.ts'
import { setMappings } from '../../workforce/credential-types/credential-types.ts'
import { approveRun, rejectRun, withdrawFile } from '../imports/imports.ts'
import { latestExports, writeStatusExports } from '../exports/exports.ts'
import {
  accountCaller,
  addAccount,
  beginUpload,
  cutUpload,
  deliverExport,
  deliverRun,
  finishUpload,
  isAddressAllowed,
  listAccounts,
  listFolder,
  openDownload,
  placeOf,
  removeFile,
  renameFile,
  unscopedFindAccount,
  writeUpload,
  type AccountRequest,
  type ExchangeSession,
  type LoginAccount,
} from './file-exchange.ts'
import { makeEd25519 } from './file-exchange.key-pairs.ts'

const header =
  'external_id,first_name,last_name,dob,email,position_id,licence_type,licence_number,issue_date,expiry_date\n'
const person = (n: number): string =>
  `EMP${n},Sam,Chen${n},1992-03-15,emp${n}@example.com,RN-001,AHPRA,NMW${String(n).padStart(10, '0')},2020-06-01,2027-05-31\n`
const key = (await makeEd25519()).public

describe('the file exchange', () => {
  let house: TestHouse
  let organisationId: string
  let session: ExchangeSession

  beforeAll(async () => {
    house = await openTestHouse()
  })
  afterAll(() => house.close())
  beforeEach(async () => {
    organisationId = (await house.newOrganisation()).id
    await write((ctx) => setMappings(ctx, [{ code: 'AHPRA', target: 'AHPRA' }]))
    const { id } = await add()
    session = { organisationId, accountId: id, caller: accountCaller(id, 'req_test') }
  })

  const write = <T>(work: (ctx: WriteContext) => Promise<T>): Promise<T> =>
    house.runtime.write(organisationId, operator, work)
  const add = (request: Partial<AccountRequest> = {}): ReturnType<typeof addAccount> =>
    write((ctx) =>
      addAccount(ctx, { username: `user-${randomCharacters(8)}`, publicKeys: [key], ...request }),
    )
  const upload = async (name: string, content: string | Buffer): Promise<void> => {
    const mode = { create: true, truncate: true, exclusive: false }
    const file = await beginUpload(house.runtime, session, placeOf(`/upload/${name}`), mode)
    if (content !== '') await writeUpload(house.runtime, session, file, 0, Buffer.from(content))
    await finishUpload(house.runtime, session, file)
  }

  test('a client that comes back at the moment at which it is cut goes on, and completes', async () => {
    const place = placeOf('/upload/HRMS-20260129.csv')
    const begin = (): ReturnType<typeof beginUpload> =>
      beginUpload(house.runtime, session, place, { create: true, truncate: false, exclusive: false })
    const content = Buffer.from(header + person(1))
    for (let round = 0; round < 20; round += 1) {
      const first = await begin()
      await writeUpload(house.runtime, session, first, 0, content)
      const cut = cutUpload(house.runtime, session, first)
      // Each round a little later: while its bytes are closed, while the row is written, when all is done.
      for (let turn = 0; turn < round; turn += 1) await new Promise((resolve) => setImmediate(resolve))
      const again = await begin()
      await writeUpload(house.runtime, session, again, content.length, Buffer.from(person(2)))
      await cut
      await finishUpload(house.runtime, session, again)
      await removeFile(house.runtime, session, place)
    }
  })
  const list = async (path: string): Promise<string[]> =>
    (await listFolder(house.runtime, session, placeOf(path)))
      .filter((entry) => entry.kind === 'FILE')
      .map((entry) => entry.name)
  const content = async (path: string): Promise<string> => {
    const file = await openDownload(house.runtime, session, placeOf(path))
    const bytes = await file.read(0, file.bytes)
    await file.close()
    return bytes.toString()
  }
  const summary = async (stem: string): Promise<Record<string, unknown>> =>
    JSON.parse(await content(`/download/results/${stem}-summary.json`)) as Record<string, unknown>

  test('an archive of documents is taken, archived and answered for; another name is refused, with the right one', async () => {
    await upload('HRMS-20260129.csv', header + person(1))
    await house.drain()
    const archive = zipOf([
      {
        name: 'manifest.csv',
        data: 'external_id,licence_type,licence_number,file\nEMP1,AHPRA,NMW0000000001,scan.pdf\nEMP1,AHPRA,NMW0000000001,none.pdf\n',
      },
      { name: 'scan.pdf', data: pdf(1) },
    ])
    await upload('attachments/HRMS-ATT-20260130_060000.zip', archive)
    expect(await list('/upload/attachments')).toEqual(['HRMS-ATT-20260130_060000.zip'])
    await house.drain()
    expect(await list('/upload/attachments')).toEqual([])
    expect(await list('/upload/archive')).toContain('HRMS-ATT-20260130_060000.zip')
    expect(await summary('HRMS-ATT-20260130_060000')).toMatchObject({
      fileType: 'ATTACHMENT',
      status: 'COMPLETED',
      counts: { rows: 2, created: 1, rejected: 1 },
    })
    const results = (await content('/download/results/HRMS-ATT-20260130_060000-results.csv')).split('\n')
    expect(results[0]).toBe(
      '"external_id","licence_type","licence_number","file","row","row_status","row_severity","row_messages"',
    )
    expect(results[1]).toContain('"scan.pdf","1","CREATED","OK",""')
    expect(results[2]).toContain(
      '"none.pdf","2","REJECTED","ERROR","file: The archive has no file of this name',
    )

    await upload('attachments/certificates.zip', archive)
    await upload('HRMS-ATT-20260130_070000.zip', archive)
    await house.drain()
    expect(await list('/upload/attachments')).toEqual(['certificates.zip'])
    for (const name of ['certificates.zip', 'HRMS-ATT-20260130_070000.zip'])
      expect(await content(`/download/results/${name}-error.json`)).toContain('HRMS-ATT-20260129_143000.zip')
  })

  describe('accounts', () => {
    test('are found by name, whatever its case, and listed without secrets', async () => {
      const added = await add({
        username: `Pay-${randomCharacters(6)}`,
        password: 'long enough',
        allowedAddresses: ['10.0.0.0/8'],
      })
      const found = await unscopedFindAccount(house.runtime, added.username.toUpperCase())
      expect(found).toMatchObject({
        id: added.id,
        organisationId,
        requires: 'EITHER',
        isEnabled: true,
        keys: [{ fingerprint: added.fingerprint }],
      })
      expect(await unscopedFindAccount(house.runtime, 'nobody')).toBeUndefined()
      const listed = await house.runtime.read(organisationId, operator, (ctx) => listAccounts(ctx))
      const shown = listed.find((one) => one.id === added.id)
      expect(shown).toMatchObject({
        username: added.username,
        hasPassword: true,
        keys: [{ algorithm: 'ssh-ed25519' }],
      })
      expect(JSON.stringify(shown)).not.toContain('scrypt')
    })

    test('refusals say how to mend it', async () => {
      const { username } = await add()
      await expect(add({ username: username.toUpperCase() })).rejects.toMatchObject({ code: 'NAME_TAKEN' })
      const elsewhere = (await house.newOrganisation()).id
      await expect(
        house.runtime.write(elsewhere, operator, (ctx) => addAccount(ctx, { username, publicKeys: [key] })),
      ).rejects.toMatchObject({ code: 'NAME_TAKEN' })
      await expect(add({ username: '../x' })).rejects.toThrow('1 to 64 letters')
      await expect(add({ publicKeys: [] })).rejects.toThrow('public key or a password')
      await expect(add({ publicKeys: ['nonsense'] })).rejects.toThrow('ends in .pub')
      await expect(add({ requires: 'BOTH' })).rejects.toThrow('give a password')
      await expect(add({ publicKeys: [], password: 'long enough', requires: 'KEY' })).rejects.toThrow(
        'give a public key',
      )
      await expect(add({ password: 'short' })).rejects.toThrow('at least 8')
      await expect(add({ allowedAddresses: ['10.0.0.0/33'] })).rejects.toThrow('neither an address')
    })

    test.each([
      [[], '198.51.100.1', true],
      [['203.0.113.0/24'], '203.0.113.9', true],
      [['203.0.113.0/24'], '::ffff:203.0.113.9', true],
      [['203.0.113.0/24'], '203.0.114.9', false],
      [['203.0.113.7'], '203.0.113.7', true],
      [['2001:db8::/32'], '2001:db8::1', true],
      [['2001:db8::/32'], '203.0.113.9', false],
    ])('from %j, %s is allowed: %s', (allowedAddresses, address, isAllowed) => {
      expect(isAddressAllowed({ allowedAddresses } as unknown as LoginAccount, address)).toBe(isAllowed)
    })
  })

  describe('runs', () => {
    test('an applied file is archived with its results; a taken name in the archive is counted on', async () => {
      await upload('HRMS-20260129.csv', header + person(1))
      await house.drain()
      await upload('HRMS-20260129.csv', header + person(1) + person(2))
      await house.drain()
      expect(await list('/upload')).toEqual([])
      expect(await list('/upload/archive')).toEqual(['HRMS-20260129.csv', 'HRMS-20260129~2.csv'])
      expect(await list('/download/results')).toEqual([
        'HRMS-20260129-results.csv',
        'HRMS-20260129-summary.json',
      ])
      expect(await summary('HRMS-20260129')).toMatchObject({
        status: 'COMPLETED',
        counts: { rows: 2, created: 1, unchanged: 1 },
      })
      expect(await content('/download/results/HRMS-20260129-results.csv')).toContain('"EMP2"')
    })

    test('a failed file stays, and is not tried again', async () => {
      await upload('HRMS-20260129.csv', '')
      await house.drain()
      await house.drain()
      expect(await list('/upload')).toEqual(['HRMS-20260129.csv'])
      expect(await list('/download/results')).toEqual(['HRMS-20260129-summary.json'])
      expect(await summary('HRMS-20260129')).toMatchObject({
        status: 'FAILED',
        fault: { code: expect.any(String) as string },
      })
    })

    test('a held file stays with its results; taken back, its summary says so', async () => {
      await upload('HRMS-20260129.csv', header + person(1))
      await house.drain()
      await upload('HRMS-20260130.csv', header)
      await house.drain()
      expect(await list('/upload')).toEqual(['HRMS-20260130.csv'])
      expect(await summary('HRMS-20260130')).toMatchObject({
        status: 'HELD',
        holdReasons: expect.arrayContaining(['HEADER_ONLY']) as string[],
      })
      expect(await list('/download/results')).toContain('HRMS-20260130-results.csv')
      await removeFile(house.runtime, session, placeOf('/upload/HRMS-20260130.csv'))
      await house.drain()
      expect(await summary('HRMS-20260130')).toMatchObject({ status: 'CANCELLED' })
    })

    test('a held file that nobody decides on is archived after its days, and its summary says so', async () => {
      await upload('HRMS-20260129.csv', header + person(1))
      await house.drain()
      await upload('HRMS-20260130.csv', header)
      await house.drain()
      const start = house.clock.now().toISOString()
      house.clock.advance('13d')
      await house.drain()
      expect(await list('/upload')).toEqual(['HRMS-20260130.csv'])
      house.clock.advance('1d')
      await house.drain()
      expect(await list('/upload')).toEqual([])
      expect(await list('/upload/archive')).toEqual(['HRMS-20260129.csv', 'HRMS-20260130.csv'])
      expect(await summary('HRMS-20260130')).toMatchObject({ status: 'LAPSED', holdReasons: ['HEADER_ONLY'] })
      expect(await list('/download/results')).toContain('HRMS-20260130-results.csv')
      house.clock.set(start)
    })

    test('a rejected and a cancelled file no longer wait: they are archived, and their summaries say so', async () => {
      await upload('HRMS-20260129.csv', header + person(1))
      await house.drain()
      await upload('HRMS-20260130.csv', header)
      await house.drain()
      const held = await summary('HRMS-20260130')
      await write((ctx) => rejectRun(ctx, held['id'] as string))
      await house.drain()
      expect(await summary('HRMS-20260130')).toMatchObject({ status: 'REJECTED' })
      // Cancelled otherwise than by deleting: the file stands there still.
      await write((ctx) => setSetting(ctx, 'import.schedule', 'weekly'))
      await upload('HRMS-20260131.csv', header + person(2))
      const [{ file }] = (await house.owner<{ file: string }>(
        "select file_id as file from import_runs where organisation_id = $1 and status = 'RECEIVED'",
        [organisationId],
      )) as [{ file: string }]
      await write((ctx) => withdrawFile(ctx, file))
      await house.drain()
      expect(await summary('HRMS-20260131')).toMatchObject({ status: 'CANCELLED' })
      expect(await list('/upload')).toEqual([])
      expect(await list('/upload/archive')).toEqual([
        'HRMS-20260129.csv',
        'HRMS-20260130.csv',
        'HRMS-20260131.csv',
      ])
    })

    test('a newer file of its source and type takes the place of a held one, which is archived', async () => {
      await upload('HRMS-20260129.csv', header + person(1))
      await house.drain()
      await upload('HRMS-20260130.csv', header)
      await house.drain()
      await upload('HRMS-20260131.csv', header + person(1))
      await house.drain()
      expect(await list('/upload')).toEqual([])
      expect(await summary('HRMS-20260130')).toMatchObject({
        status: 'SUPERSEDED',
        supersededBy: (await summary('HRMS-20260131'))['id'],
      })
    })

    test('what becomes of a file says nothing over the summary of its successor of the same name', async () => {
      await upload('HRMS-20260129.csv', header)
      await house.drain()
      const [first] = await house.owner<{ id: string }>(
        'select id from import_runs where organisation_id = $1',
        [organisationId],
      )
      await upload('HRMS-20260129.csv', header + person(1))
      await house.drain()
      await deliverRun(house.runtime, organisationId, first?.id as string)
      expect(await summary('HRMS-20260129')).toMatchObject({ status: 'COMPLETED' })
      expect(await content('/download/results/HRMS-20260129-results.csv')).toContain('"EMP1"')
    })

    test('an older waiting file is archived as superseded', async () => {
      await upload('HRMS-20260128.csv', header + person(1))
      await upload('HRMS-20260129.csv', header + person(2))
      await house.drain()
      expect(await list('/upload/archive')).toEqual(['HRMS-20260128.csv', 'HRMS-20260129.csv'])
      expect(await summary('HRMS-20260128')).toMatchObject({ status: 'SUPERSEDED' })
    })

    test('renamed while it waits: applied once, under the name that it has then', async () => {
      await upload('HRMS-20260128.csv', header + person(1))
      await renameFile(
        house.runtime,
        session,
        placeOf('/upload/HRMS-20260128.csv'),
        placeOf('/upload/HRMS-20260129.csv'),
        { replaces: false },
      )
      await house.drain()
      expect(await list('/upload/archive')).toEqual(['HRMS-20260129.csv'])
      expect(await summary('HRMS-20260129')).toMatchObject({
        status: 'COMPLETED',
        counts: { rows: 1, created: 1 },
      })
      expect(
        await house.owner(
          'select status, count(*)::int as n from import_runs where organisation_id = $1 group by 1 order by 1',
          [organisationId],
        ),
      ).toEqual([
        { status: 'CANCELLED', n: 1 },
        { status: 'COMPLETED', n: 1 },
      ])
    })

    test('of two files of one type, from two sources, each is applied; the second source is asked about first', async () => {
      await upload('HRMS-20260129.csv', header + person(1))
      await upload('Payroll-20260129.csv', header + person(2))
      await house.drain()
      expect(await list('/upload/archive')).toEqual(['HRMS-20260129.csv'])
      expect(await summary('HRMS-20260129')).toMatchObject({ status: 'COMPLETED', source: 'HRMS' })
      expect(await summary('Payroll-20260129')).toMatchObject({
        status: 'HELD',
        source: 'Payroll',
        holdReasons: ['NEW_SOURCE'],
      })
      const held = await summary('Payroll-20260129')
      await approveRun(
        house.runtime,
        organisationId,
        operator,
        held['id'] as string,
        held['planHash'] as string,
      )
      await house.drain()
      expect(await summary('Payroll-20260129')).toMatchObject({ status: 'COMPLETED' })
      // Nobody of the one source is gone because the other does not name them.
      expect(
        await house.owner(
          "select count(*)::int as n from workers where organisation_id = $1 and status = 'ACTIVE'",
          [organisationId],
        ),
      ).toEqual([{ n: 2 }])
    })

    test('a wrong name is explained, and the file stays', async () => {
      await upload('employees.csv', header)
      expect(await list('/download/results')).toEqual(['employees.csv-error.json'])
      const report = JSON.parse(await content('/download/results/employees.csv-error.json')) as object
      expect(report).toMatchObject({
        code: 'FILE_NAME_INVALID',
        examples: expect.arrayContaining(['HRMS-20260129_143000.csv']) as string[],
      })
      expect(await list('/upload')).toEqual(['employees.csv'])
    })

    test('delivering again changes nothing', async () => {
      await upload('HRMS-20260129.csv', header + person(1))
      await house.drain()
      const state = (): Promise<unknown[]> =>
        house.owner(
          'select id, folder, name, sha256 from exchange_files where organisation_id = $1 order by id',
          [organisationId],
        )
      const before = await state()
      const [run] = await house.owner<{ id: string }>(
        'select id from import_runs where organisation_id = $1',
        [organisationId],
      )
      await deliverRun(house.runtime, organisationId, run?.id as string)
      const [exported] = await house.runtime.read(organisationId, operator, (ctx) => latestExports(ctx, 1))
      await deliverExport(house.runtime, organisationId, exported?.id as string)
      expect(await state()).toEqual(before)
    })
  })

  describe('exports', () => {
    test('a second source: the export of all is archived once each has its own, and the other way round', async () => {
      await write((ctx) => setSetting(ctx, 'export.schedule', 'off'))
      await write((ctx) => setSetting(ctx, 'export.filePrefix', 'Oho'))
      await upload('HRMS-20260129.csv', header + person(1))
      await house.drain()
      const [alone = ''] = await list('/download')
      expect(alone).toMatch(/^Oho-\d{8}_\d{6}\.csv$/)
      house.clock.advance('1h')
      await upload('Payroll-DELTA-20260129.csv', header + person(2))
      await house.drain()
      const held = await summary('Payroll-DELTA-20260129')
      await approveRun(
        house.runtime,
        organisationId,
        operator,
        held['id'] as string,
        held['planHash'] as string,
      )
      await house.drain()
      expect(await list('/download')).toEqual([
        expect.stringMatching(/^Oho-HRMS-\d{8}_\d{6}\.csv$/) as string,
        expect.stringMatching(/^Oho-Payroll-\d{8}_\d{6}\.csv$/) as string,
      ])
      expect(await list('/download/archive')).toEqual([alone])
      await write((ctx) => setSetting(ctx, 'export.merge', '1'))
      house.clock.advance('1h')
      await writeStatusExports(house.runtime, operator, { organisationId, trigger: 'DEMAND' })
      await house.drain()
      expect(await list('/download')).toHaveLength(1)
      expect(await list('/download/archive')).toHaveLength(3)
    })

    test('the newest lies in /download, older ones of its series in the archive, in whatever order they come', async () => {
      await write((ctx) => setSetting(ctx, 'export.schedule', 'off'))
      await upload('HRMS-20260129.csv', header + person(1))
      await house.drain()
      const [first] = await list('/download')
      house.clock.advance('1d')
      const request = { organisationId, trigger: 'DEMAND' } as const
      const [second] = await writeStatusExports(house.runtime, operator, request)
      house.clock.advance('1h')
      const [third] = await writeStatusExports(house.runtime, operator, request)
      await deliverExport(house.runtime, organisationId, third?.id as string)
      await deliverExport(house.runtime, organisationId, second?.id as string)
      await house.drain()
      expect(await list('/download')).toEqual([third?.fileName])
      expect(await list('/download/archive')).toEqual([first, second?.fileName].sort())
      expect(await content(`/download/${third?.fileName}`)).toContain('"EMP1","AHPRA"')
    })
  })
})
