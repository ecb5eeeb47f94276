/**
 * kill -9 at random instants between an upload and its results. Whatever the instant, the next start ends with exactly
 * one application: nobody twice, nobody missing, one results file.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { Installation } from '../e2e/installation.ts'

const rounds = Number(process.env['KILL_ROUNDS'] ?? 15)
const people = 3_000
const header =
  'external_id,first_name,last_name,dob,email,position_id,licence_type,licence_number,issue_date,expiry_date'

let house: Installation | undefined
afterAll(() => house?.remove())

function file(round: number): string {
  const lines = Array.from({ length: people }, (_, n) => {
    const id = String(n + 1).padStart(5, '0')
    return `E${id},First${round},Last${id},1980-01-01,e${id}@example.com,RN,AHPRA,NMW00000${id},2020-06-01,2027-05-31`
  })
  return [header, ...lines].join('\n') + '\n'
}

interface Run {
  readonly fileName: string
  readonly status: string
  readonly counts: Record<string, number>
}

test(`${rounds} kills, each file applied exactly once`, async () => {
  house = await Installation.create()
  await house.start()
  const key = await house.sshKey()
  const { id: organisation } = await house.json<{ id: string }>('org', 'create', 'Kill')
  await house.json('sftp', 'add-account', '--org', organisation, '--username', 'kill', '--key', `${key}.pub`)
  await house.cli('org', 'set', organisation, 'import.quietSeconds', '0')
  const { token } = await house.json<{ token: string }>(
    'token',
    'create',
    '--org',
    organisation,
    '--name',
    'test',
    '--all',
  )
  const get = async <T>(path: string): Promise<T> => {
    const answer = await fetch(`http://127.0.0.1:${house?.ready?.httpPort}/openapi/v1/${path}`, {
      headers: { authorization: `Bearer ${token}` },
    })
    return (await answer.json()) as T
  }

  for (let round = 1; round <= rounds; round += 1) {
    const name = `HRMS-202602${String(round).padStart(2, '0')}.csv`
    await writeFile(join(house.folder, name), file(round))
    expect(await house.sftp('kill', key, `put ${name} /upload/${name}`)).toMatchObject({ code: 0 })
    // From right after the upload to past the end of the run, spread evenly.
    await new Promise((resolve) => setTimeout(resolve, (round * 2_500) / rounds))
    await house.stop('SIGKILL')
    await house.start()
    await house.cli('jobs', 'run', '--until-idle')
    const { data } = await get<{ data: { attributes: Run }[] }>('imports?pageSize=200')
    const mine = data.map((one) => one.attributes).filter((run) => run.fileName === name)
    expect(mine, `round ${round}`).toHaveLength(1)
    expect(mine[0], `round ${round}`).toMatchObject({
      status: 'COMPLETED',
      counts: { rows: people, rejected: 0 },
    })
    const workers = await get<{
      meta: { total: number }
      data: { attributes: { identity: { firstName: string } } }[]
    }>('workers?pageSize=200')
    expect(workers.meta.total).toBe(people)
    expect(new Set(workers.data.map((one) => one.attributes.identity.firstName))).toEqual(
      new Set([`First${round}`]),
    )
    const listing = await house.sftp(
      'kill',
      key,
      'ls -1 /upload',
      'ls -1 /upload/archive',
      'ls -1 /download/results',
    )
    expect(listing.stdout.match(new RegExp(`/upload/archive/${name}`, 'g'))).toHaveLength(1)
    expect(listing.stdout).toContain(`/download/results/${name.replace('.csv', '-results.csv')}`)
  }
  // One version per person and round: a second application would leave its mark.
  expect((await house.json<{ ok: boolean }>('doctor')).ok).toBe(true)
})
