/**
 * A file that ends the process whenever it is planned: here kill -9 plays the file. It is begun three times, not for ever;
 * then it is FAILED, its sender finds out why, and the files behind it go on.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { Installation } from '../e2e/installation.ts'
import { ownDatabase, type OwnDatabase } from '../e2e/own-database.ts'

const people = 60_000
const header =
  'external_id,first_name,last_name,dob,email,position_id,licence_type,licence_number,issue_date,expiry_date'
const line = (n: number): string =>
  `E${n},Sam,Chen${n},1980-01-01,e${n}@example.com,RN,AHPRA,NMW${String(n).padStart(10, '0')},2020-06-01,2027-05-31`

interface Run {
  readonly status: string
  readonly starts: number
  readonly fault: { readonly code: string; readonly detail: string } | null
}

let database: OwnDatabase
let house: Installation
beforeAll(async () => {
  database = await ownDatabase()
  house = await Installation.create(database.settings)
  await house.start()
}, 120_000)
afterAll(async () => {
  await house.remove()
  await database.drop()
}, 60_000)

test(
  'a file whose planning ends the server is begun three times, and fails then',
  async () => {
    const key = await house.sshKey()
    const { id: organisation } = await house.json<{ id: string }>('org', 'create', 'Hostile')
    await house.json(
      'sftp',
      'add-account',
      '--org',
      organisation,
      '--username',
      'kill',
      '--key',
      `${key}.pub`,
    )
    await house.cli('org', 'set', organisation, 'import.quietSeconds', '0')
    await house.cli('org', 'set', organisation, 'import.maxRows', String(people))
    const runOf = async (name: string): Promise<Run | undefined> =>
      (
        await database.rows<Run>(
          'select status, planning_starts::int as starts, fault from import_runs where file_name = $1',
          [name],
        )
      )[0]

    const name = 'HRMS-20260201.csv'
    const lines = Array.from({ length: people }, (_, n) => line(n + 1))
    await writeFile(join(house.folder, name), [header, ...lines].join('\n') + '\n')
    expect(await house.sftp('kill', key, `put ${name} /upload/${name}`)).toMatchObject({ code: 0 })
    for (let start = 1; start <= 3; start += 1) {
      const before = await vi.waitFor(
        async () => {
          const run = await runOf(name)
          expect(run, `start ${start}`).toMatchObject({ status: 'PLANNING', starts: start })
          return run
        },
        { timeout: 60_000, interval: 10 },
      )
      await house.stop('SIGKILL')
      expect(before?.fault).toBeNull()
      // What the server had under way in the database dies with its connection.
      await sleep(200)
      expect(await runOf(name)).toMatchObject({ status: 'PLANNING', starts: start })
      await house.start()
    }
    const failed = await vi.waitFor(
      async () => {
        const run = await runOf(name)
        expect(run).toMatchObject({ status: 'FAILED' })
        return run
      },
      { timeout: 60_000, interval: 100 },
    )
    expect(failed?.fault).toMatchObject({ code: 'PLANNING_BROKEN_OFF' })
    await house.cli('jobs', 'run', '--until-idle')
    const listing = await house.sftp('kill', key, 'ls -1 /upload', 'ls -1 /download/results')
    expect(listing.stdout).toContain(`/upload/${name}`)
    expect(listing.stdout).toContain('/download/results/HRMS-20260201-summary.json')
    expect((await house.sftp('kill', key, 'get /download/results/HRMS-20260201-summary.json')).code).toBe(0)

    // Sent once more it is begun anew; here it is a smaller one, which goes through.
    await writeFile(join(house.folder, name), [header, ...lines.slice(0, 50)].join('\n') + '\n')
    expect(await house.sftp('kill', key, `put ${name} /upload/${name}`)).toMatchObject({ code: 0 })
    await vi.waitFor(
      async () => {
        const runs = await database.rows<Run>(
          'select status, planning_starts::int as starts, fault from import_runs where file_name = $1 order by arrival',
          [name],
        )
        expect(runs.map(({ status }) => status)).toEqual(['FAILED', 'COMPLETED'])
      },
      { timeout: 60_000, interval: 100 },
    )
  },
  4 * 60_000,
)
