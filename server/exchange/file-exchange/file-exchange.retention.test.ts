import { utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import { blobOwners } from '../../app.ts'
import type { WriteContext } from '../../platform/context.ts'
import { randomCharacters } from '../../platform/ids.ts'
import { sweepOrphans, sweepReleased } from '../../platform/storage/sweeper.ts'
import { setSetting } from '../../tenancy/organisations/organisations.ts'
import { latestExports, openExport } from '../exports/exports.ts'
import { listRows, openResults, rejectRun, runById } from '../imports/imports.ts'
import {
  accountCaller,
  addAccount,
  beginUpload,
  clearUp,
  cutUpload,
  finishUpload,
  listFolder,
  openDownload,
  placeOf,
  removeFile,
  writeUpload,
  type ExchangeSession,
} from './file-exchange.ts'
import { makeEd25519 } from './file-exchange.key-pairs.ts'

const header =
  'external_id,first_name,last_name,dob,email,position_id,licence_type,licence_number,issue_date,expiry_date\n'
const person = (n: number): string =>
  `EMP${n},Sam,Chen${n},1992-03-15,emp${n}@example.com,RN-001,AHPRA,NMW${String(n).padStart(10, '0')},2020-06-01,2027-05-31\n`
const key = (await makeEd25519()).public
const start = '2026-02-01T00:00:00Z'

describe('what is kept, and for how long', () => {
  let house: TestHouse
  let organisationId: string
  let session: ExchangeSession

  beforeAll(async () => {
    house = await openTestHouse()
  })
  afterAll(() => house.close())
  beforeEach(async () => {
    house.clock.set(start)
    organisationId = (await house.newOrganisation()).id
    const { id } = await write((ctx) =>
      addAccount(ctx, { username: `user-${randomCharacters(8)}`, publicKeys: [key] }),
    )
    session = { organisationId, accountId: id, caller: accountCaller(id, 'req_test') }
    await write((ctx) => setSetting(ctx, 'export.schedule', 'off'))
  })

  const write = <T>(work: (ctx: WriteContext) => Promise<T>): Promise<T> =>
    house.runtime.write(organisationId, operator, work)
  const begin = async (name: string, content: string): ReturnType<typeof beginUpload> => {
    const mode = { create: true, truncate: true, exclusive: false }
    const file = await beginUpload(house.runtime, session, placeOf(`/upload/${name}`), mode)
    if (content !== '') await writeUpload(house.runtime, session, file, 0, Buffer.from(content))
    return file
  }
  const upload = async (name: string, content: string): Promise<void> =>
    finishUpload(house.runtime, session, await begin(name, content))
  const list = async (path: string): Promise<string[]> =>
    (await listFolder(house.runtime, session, placeOf(path)))
      .filter((entry) => entry.kind === 'FILE')
      .map((entry) => entry.name)
  const blobs = async (): Promise<string[]> => {
    const keys: string[] = []
    for await (const entry of house.runtime.storage.list(organisationId)) keys.push(entry.key)
    return keys.sort()
  }
  const named = async (): Promise<string[]> =>
    (
      await house.owner<{ key: string }>(
        `select blob_key as key from exchange_files where organisation_id = $1
         union select blob_key from import_runs where organisation_id = $1 and file_expired_at is null
         union select results_blob_key from import_runs where organisation_id = $1 and results_blob_key is not null
         union select blob_key from exports where organisation_id = $1 and content_expired_at is null`,
        [organisationId],
      )
    )
      .map((row) => row.key)
      .sort()
  const runIds = async (): Promise<string[]> =>
    (
      await house.owner<{ id: string }>(
        'select id from import_runs where organisation_id = $1 order by arrival',
        [organisationId],
      )
    ).map((row) => row.id)
  const runNow = async (id: string): ReturnType<typeof runById> =>
    house.runtime.read(organisationId, operator, (ctx) => runById(ctx, id))
  /** As the night's job does it. */
  const pass = async (days: number): Promise<void> => {
    house.clock.advance(`${days}d`)
    await house.drain()
  }

  test('processed uploads 30 days, exports and results 90; then nothing of them is left in the storage', async () => {
    await upload('HRMS-20260129.csv', header + person(1))
    await house.drain()
    const [id = ''] = await runIds()
    await pass(29)
    expect(await list('/upload/archive')).toEqual(['HRMS-20260129.csv'])
    await pass(2)
    expect(await list('/upload/archive')).toEqual([])
    expect(await list('/download/results')).toHaveLength(2)
    expect(await list('/download')).toHaveLength(1)
    // The upload itself is gone; what is left is the summary, the results and the export.
    expect(await blobs()).toHaveLength(3)
    await pass(58)
    expect(await list('/download/results')).toHaveLength(2)
    await pass(2)
    expect([await list('/download/results'), await list('/download'), await blobs()]).toEqual([[], [], []])

    const run = await runNow(id)
    expect(run).toMatchObject({ status: 'COMPLETED', counts: { rows: 1 }, resultsBlob: null })
    expect(run.resultsExpiredAt).toBeInstanceOf(Date)
    await expect(openResults(house.runtime, organisationId, operator, id)).rejects.toMatchObject({
      code: 'IMPORT_STATE',
      message: expect.stringMatching(/were kept until 2026-05-0\d and are gone/) as string,
    })
    const page = { limit: 10, offset: 0, after: 0 }
    expect(
      (await house.runtime.read(organisationId, operator, (ctx) => listRows(ctx, id, undefined, page))).rows,
    ).toEqual([])
    const [exported] = await house.runtime.read(organisationId, operator, (ctx) => latestExports(ctx, 5))
    expect(exported?.contentExpiredAt).toBeInstanceOf(Date)
    await expect(
      openExport(house.runtime, organisationId, operator, exported?.id as string),
    ).rejects.toMatchObject({ code: 'NOT_FOUND', message: expect.stringMatching(/is gone/) as string })
    // Each that went is on record.
    expect(
      await house.owner(
        `select action, entity_type, count(*)::int as n from audit_entries
         where organisation_id = $1 and action like 'expire%' group by 1, 2 order by 1, 2`,
        [organisationId],
      ),
    ).toEqual([
      { action: 'expire', entity_type: 'sftpFile', n: 4 },
      { action: 'expireResults', entity_type: 'import', n: 1 },
    ])
  })

  test('the organisation’s own days count, from the night after they are set', async () => {
    await write((ctx) => setSetting(ctx, 'retention.uploadArchiveDays', '2'))
    await write((ctx) => setSetting(ctx, 'retention.downloadDays', '4'))
    await upload('HRMS-20260129.csv', header + person(1))
    await house.drain()
    await pass(3)
    expect(await list('/upload/archive')).toEqual([])
    expect(await list('/download/results')).toHaveLength(2)
    await pass(2)
    expect(await list('/download/results')).toEqual([])
  })

  test('a file counts from when it was processed, not from when it came', async () => {
    await upload('HRMS-20260128.csv', header)
    await house.drain()
    const [held = ''] = await runIds()
    expect((await runNow(held)).status).toBe('HELD')
    await pass(10)
    await write((ctx) => rejectRun(ctx, held))
    await house.drain()
    await pass(25)
    expect(await list('/upload/archive')).toEqual(['HRMS-20260128.csv'])
    await pass(6)
    expect(await list('/upload/archive')).toEqual([])
  })

  test('a failed file stays to be mended, and what is wrong with it stays as long', async () => {
    await upload('HRMS-20260129.csv', 'nonsense')
    await upload('employees.csv', header)
    await house.drain()
    await pass(200)
    expect(await list('/upload')).toEqual(['HRMS-20260129.csv', 'employees.csv'])
    expect(await list('/download/results')).toEqual([
      'HRMS-20260129-summary.json',
      'employees.csv-error.json',
    ])
    const file = await openDownload(house.runtime, session, placeOf('/upload/HRMS-20260129.csv'))
    expect((await file.read(0, file.bytes)).toString()).toBe('nonsense')
    await file.close()
    await removeFile(house.runtime, session, placeOf('/upload/HRMS-20260129.csv'))
    await removeFile(house.runtime, session, placeOf('/upload/employees.csv'))
    await pass(1)
    expect([await list('/download/results'), await blobs()]).toEqual([[], []])
  })

  test('what a run still needs is not deleted with its name, and goes once the run needs it no longer', async () => {
    await upload('HRMS-20260129.csv', header + person(1))
    await house.drain()
    await removeFile(house.runtime, session, placeOf('/upload/archive/HRMS-20260129.csv'))
    await removeFile(house.runtime, session, placeOf('/download/results/HRMS-20260129-results.csv'))
    await removeFile(house.runtime, session, placeOf('/download/results/HRMS-20260129-summary.json'))
    await house.drain()
    // The upload and the results are the run's, and the export is its own; the summary was nobody else's.
    expect(await blobs()).toEqual(await named())
    expect(await blobs()).toHaveLength(3)
    await pass(31)
    expect(await blobs()).toHaveLength(2)
    expect(await blobs()).toEqual(await named())
  })

  test('an upload that is overwritten before it is read leaves nothing, one that is read goes on', async () => {
    await upload('HRMS-20260129.csv', header + person(1))
    await upload('HRMS-20260129.csv', header + person(2))
    await house.drain()
    const [first = '', second = ''] = await runIds()
    expect([(await runNow(first)).status, (await runNow(second)).status]).toEqual(['CANCELLED', 'COMPLETED'])
    expect(await list('/download/results')).toEqual([
      'HRMS-20260129-results.csv',
      'HRMS-20260129-summary.json',
    ])
    expect(await blobs()).toEqual(await named())
  })

  test('a disk that refuses for a while loses nothing and forgets nothing', async () => {
    await upload('HRMS-20260129.csv', header + person(1))
    await house.drain()
    const before = await blobs()
    const { storage } = house.runtime
    const remove = storage.delete.bind(storage)
    house.clock.advance('31d')
    let refusals = 0
    storage.delete = () => {
      refusals += 1
      return Promise.reject(new Error('EIO'))
    }
    try {
      await clearUp(house.runtime, organisationId)
      await expect(sweepReleased(house.runtime, organisationId, blobOwners)).rejects.toThrow('EIO')
    } finally {
      storage.delete = remove
    }
    expect(refusals).toBeGreaterThan(0)
    expect(await list('/upload/archive')).toEqual([])
    expect(await blobs()).toEqual(before)
    await house.drain()
    expect(await blobs()).toHaveLength(before.length - 1)
    expect(await blobs()).toEqual(await named())
    expect(
      await house.owner('select 1 from released_blobs where organisation_id = $1', [organisationId]),
    ).toEqual([])
  })

  test('what a crash left without a row is found a day later; what is young or named stays', async () => {
    await upload('HRMS-20260129.csv', header + person(1))
    const cut = await begin('HRMS-20260130.csv', header)
    await cutUpload(house.runtime, session, cut)
    await house.drain()
    const kept = await blobs()
    async function* bytes(): AsyncGenerator<Buffer> {
      yield Buffer.from('left by a crash')
    }
    const orphan = await house.runtime.storage.write(organisationId, bytes())
    const young = await house.runtime.storage.write(organisationId, bytes())
    const staged = await house.runtime.storage.stage(organisationId)
    await staged.close()
    const age = async (keys: readonly string[]): Promise<void> => {
      const { readdir } = await import('node:fs/promises')
      const root = join(house.config.dataDir, 'blobs')
      for (const entry of await readdir(root, { recursive: true, withFileTypes: true }))
        if (entry.isFile() && keys.some((one) => entry.name.startsWith(one)))
          await utimes(join(entry.parentPath, entry.name), 1, 1)
    }
    await age([...kept, orphan.key, staged.key])
    expect(await sweepOrphans(house.runtime, organisationId, blobOwners)).toBe(2)
    expect(await blobs()).toEqual([...kept, young.key].sort())
    // Whatever the sandbox's clock says: the machine's time is what the storage has.
    house.clock.advance('400d')
    expect(await sweepOrphans(house.runtime, organisationId, blobOwners)).toBe(0)
  })

  test('thousands go in pieces, each on record, and another organisation’s stay', async () => {
    const other = (await house.newOrganisation()).id
    for (const id of [organisationId, other])
      await house.owner(
        `insert into exchange_files (organisation_id, id, folder, name, state, blob_key, bytes, sha256, modified_at)
         select $1, 'fil_' || $1 || n, '/upload/archive', 'OLD-' || n || '.csv', 'COMPLETE', 'blb_' || n, 1, 'x', '2025-01-01'
         from generate_series(1, 2500) n`,
        [id],
      )
    await clearUp(house.runtime, organisationId)
    const count = async (statement: string): Promise<unknown> =>
      (await house.owner<{ n: number }>(statement, [organisationId]))[0]?.n
    expect(await count('select count(*)::int as n from exchange_files where organisation_id = $1')).toBe(0)
    expect(
      await count(
        "select count(*)::int as n from audit_entries where organisation_id = $1 and action = 'expire'",
      ),
    ).toBe(2500)
    expect(await count('select count(*)::int as n from released_blobs where organisation_id = $1')).toBe(2500)
    expect(
      (
        await house.owner<{ n: number }>(
          'select count(*)::int as n from exchange_files where organisation_id = $1',
          [other],
        )
      )[0],
    ).toEqual({ n: 2500 })
    await house.drain()
    expect(await count('select count(*)::int as n from released_blobs where organisation_id = $1')).toBe(0)
  })
})
