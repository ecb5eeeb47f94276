/** Clearing up while everybody is at work: what is named is there, and what is there is named. */
import { readdir, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import { blobOwners } from '../../app.ts'
import { randomCharacters } from '../../platform/ids.ts'
import { sweepOrphans, sweepReleased } from '../../platform/storage/sweeper.ts'
import { setSetting } from '../../tenancy/organisations/organisations.ts'
import { setMappings } from '../../workforce/credential-types/credential-types.ts'
import {
  accountCaller,
  addAccount,
  beginUpload,
  clearUp,
  finishUpload,
  listFolder,
  openDownload,
  placeOf,
  removeFile,
  renameFile,
  writeUpload,
  type ExchangeSession,
} from './file-exchange.ts'
import { makeEd25519 } from './file-exchange.key-pairs.ts'

const header =
  'external_id,first_name,last_name,dob,email,position_id,licence_type,licence_number,issue_date,expiry_date\n'
const person = (n: number): string =>
  `EMP${n},Sam,Chen${n},1992-03-15,emp${n}@example.com,RN-001,AHPRA,NMW${String(n).padStart(10, '0')},2020-06-01,2027-05-31\n`

async function filesOf(dataDir: string): Promise<string[]> {
  const entries = await readdir(join(dataDir, 'blobs'), { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

let house: TestHouse
beforeAll(async () => {
  house = await openTestHouse()
})
afterAll(() => house.close())

test('uploads, renames, deletions, runs and nights at once', async () => {
  const { id: organisationId } = await house.newOrganisation()
  await house.runtime.write(organisationId, operator, async (ctx) => {
    await setMappings(ctx, [{ code: 'AHPRA', target: 'AHPRA' }])
    await setSetting(ctx, 'retention.uploadArchiveDays', '2')
    await setSetting(ctx, 'retention.downloadDays', '3')
  })
  const sessionOf = async (): Promise<ExchangeSession> => {
    const { public: publicKey } = await makeEd25519()
    const { id } = await house.runtime.write(organisationId, operator, (ctx) =>
      addAccount(ctx, {
        username: `user-${randomCharacters(8)}`,
        publicKeys: [publicKey],
      }),
    )
    return { organisationId, accountId: id, caller: accountCaller(id, 'req_test') }
  }
  const session = await sessionOf()
  // Another account: what is still being written is not its affair.
  const tidier = await sessionOf()
  const place = (path: string): ReturnType<typeof placeOf> => placeOf(path)
  const upload = async (name: string, content: string): Promise<void> => {
    const mode = { create: true, truncate: true, exclusive: false }
    const file = await beginUpload(house.runtime, session, place(`/upload/${name}`), mode)
    await writeUpload(house.runtime, session, file, 0, Buffer.from(content))
    await finishUpload(house.runtime, session, file)
  }
  /** Somebody else was quicker: the file is gone, or under another name. */
  const lenient = (work: Promise<unknown>): Promise<unknown> =>
    work.catch((error: unknown) => {
      if (!['NOT_FOUND', 'CONFLICT'].includes((error as { code: string }).code)) throw error
    })
  const anyOf = async (folder: string, at: number): Promise<string | undefined> => {
    const files = (await listFolder(house.runtime, tidier, place(folder))).filter(
      (entry) => entry.kind === 'FILE',
    )
    return files.length === 0 ? undefined : `${folder}/${files[at % files.length]?.name}`
  }

  let isOver = false
  const rounds = 30
  const sources = ['HRMS', 'HRMS-DELTA', 'HRMS-POS'].map(async (source, which) => {
    for (let n = 0; n < rounds; n += 1) {
      const name = `${source}-202602${String((n % 27) + 1).padStart(2, '0')}.csv`
      const content = which === 2 ? 'position_id,license_code,state\nRN-001,AHPRA,\n' : header + person(n % 5)
      await lenient(upload(n % 4 === 0 ? `${name}.tmp` : name, content))
      if (n % 4 === 0)
        await lenient(
          renameFile(house.runtime, session, place(`/upload/${name}.tmp`), place(`/upload/${name}`), {
            replaces: true,
          }),
        )
      if (n % 7 === 0) await lenient(upload(`wrong-${source}-${n % 3}.csv`, header))
    }
  })
  const tidy = (async () => {
    for (let n = 0; !isOver; n += 1) {
      const folder = ['/upload', '/upload/archive', '/download/results', '/download/archive'][n % 4] as string
      const path = await anyOf(folder, n)
      if (path === undefined) continue
      const file = await openDownload(house.runtime, tidier, place(path)).catch(() => undefined)
      if (file) {
        // Whatever is deleted meanwhile: what was opened is read to its end.
        expect(await file.read(0, file.bytes)).toHaveLength(file.bytes)
        await file.close()
      }
      await lenient(removeFile(house.runtime, tidier, place(path)))
    }
  })()
  const nights = (async () => {
    while (!isOver) {
      house.clock.advance('5h')
      await clearUp(house.runtime, organisationId)
      await sweepReleased(house.runtime, organisationId, blobOwners)
    }
  })()
  const workers = (async () => {
    while (!isOver) await house.drain()
  })()
  await Promise.all(sources)
  isOver = true
  await Promise.all([tidy, nights, workers])
  await house.drain()
  await house.drain()

  const named = (
    await house.owner<{ key: string }>(
      `select blob_key as key from exchange_files where organisation_id = $1
       union select blob_key from import_runs where organisation_id = $1 and file_expired_at is null
       union select results_blob_key from import_runs where organisation_id = $1 and results_blob_key is not null
       union select blob_key from exports where organisation_id = $1 and content_expired_at is null`,
      [organisationId],
    )
  ).map(({ key }) => key)
  const blobs = async (): Promise<string[]> => {
    const there: string[] = []
    for await (const { key } of house.runtime.storage.list(organisationId)) there.push(key)
    return there.sort()
  }
  const lying = new Set(await blobs())
  expect(named.filter((key) => !lying.has(key))).toEqual([])
  // What a refused CLOSE left has no row: it goes a day later, by the machine's clock.
  for (const path of await filesOf(house.config.dataDir)) await utimes(path, 1, 1)
  await sweepOrphans(house.runtime, organisationId, blobOwners)
  expect(await blobs()).toEqual(named.sort())
  const unfinished = await house.owner(
    "select status, file_name from import_runs where organisation_id = $1 and status in ('PLANNING', 'APPLYING')",
    [organisationId],
  )
  expect(unfinished).toEqual([])
  expect(await house.runtime.jobs.listFailed()).toEqual([])
}, 120_000)
