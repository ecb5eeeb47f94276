/**
 * The main job from end to end, with nothing but the command line and OpenSSH: the contract's own sample file goes up,
 * statuses come down, and they change with the organisation's decision and with time.
 */
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Installation } from './installation.ts'

const sample = new URL('../../examples/sample/HRMS-20260129_143000.csv', import.meta.url).pathname
const sampleKeys = [
  ['EMP001', 'AHPRA', 'NMW0001234567', '2020-06-01', '2026-05-31'],
  ['EMP001', 'VICWWC', '1234567A', '2023-01-15', '2028-01-14'],
  ['EMP002', 'AHPRA', 'MED0001234567', '2015-03-01', '2026-05-31'],
  ['EMP003', 'NDIS', 'NDIS-789012', '2024-01-01', '2029-01-01'],
]

describe('the sample file by SFTP', () => {
  let house: Installation
  let key: string
  let organisation: string

  beforeAll(async () => {
    house = await Installation.create()
    await house.start()
    key = await house.sshKey()
    organisation = (await house.json<{ id: string }>('org', 'create', 'Sample Hospital')).id
    await house.json(
      'sftp',
      'add-account',
      '--org',
      organisation,
      '--username',
      'sample',
      '--key',
      `${key}.pub`,
    )
    await house.json('mapping', 'set', '--org', organisation, 'VICWWC', 'WWCC_VIC')
    await house.json('mapping', 'set', '--org', organisation, 'NDIS', 'NDIS_WORKER_SCREENING')
    await house.cli('clock', 'set', '2026-02-01T00:00:00Z')
  }, 90_000)
  afterAll(() => house.remove())

  const idle = (): Promise<unknown> => house.cli('jobs', 'run', '--until-idle')

  /** The newest status export in /download, and its lines without the header. */
  async function newestExport(): Promise<string[]> {
    const listing = await house.sftp('sample', key, 'ls -1 /download')
    const names = listing.stdout
      .split('\n')
      .map((line) => line.trim().replace('/download/', ''))
      .filter((name) => /^Vouchsafe-\d/.test(name))
    const newest = names.sort().at(-1) as string
    await house.sftp('sample', key, `get /download/${newest} exported.csv`)
    const text = await readFile(join(house.folder, 'exported.csv'), 'utf8')
    const [header, ...lines] = text.trimEnd().split('\n')
    expect(header).toBe(
      '"external_id","licence_type","licence_number","issue_date","expiry_date","licence_status"',
    )
    return lines
  }
  const withStatuses = (...statuses: string[]): string[] =>
    sampleKeys.map((row, index) => [...row, statuses[index] as string].map((value) => `"${value}"`).join(','))

  test('goes up, is applied, archived, and answered', async () => {
    const put = await house.sftp('sample', key, `put ${sample} /upload/HRMS-20260129_143000.csv`)
    expect(put).toMatchObject({ code: 0 })
    await idle()
    const tree = await house.sftp(
      'sample',
      key,
      'ls -1 /upload',
      'ls -1 /upload/archive',
      'ls -1 /download/results',
    )
    expect(tree.stdout).toContain('/upload/archive/HRMS-20260129_143000.csv')
    expect(tree.stdout).not.toMatch(/^\/upload\/HRMS/m)
    expect(tree.stdout).toContain('/download/results/HRMS-20260129_143000-results.csv')
    await house.sftp('sample', key, 'get /download/results/*')
    expect(await readdir(house.folder)).toContain('HRMS-20260129_143000-results.csv')
    const summary = JSON.parse(
      await readFile(join(house.folder, 'HRMS-20260129_143000-summary.json'), 'utf8'),
    ) as Record<string, unknown>
    expect(summary).toMatchObject({
      status: 'COMPLETED',
      source: 'HRMS',
      mode: 'SNAPSHOT',
      counts: { rows: 4, created: 4, rejected: 0, workersCreated: 3 },
    })
    expect(await newestExport()).toEqual(withStatuses('yellow', 'yellow', 'yellow', 'yellow'))
  })

  test('green once the organisation accepts what HR says', async () => {
    const set = await house.cli(
      'org',
      'set',
      organisation,
      'import.acceptDeclared',
      'AHPRA,WWCC_VIC,NDIS_WORKER_SCREENING',
    )
    expect(set).toMatchObject({ code: 0 })
    await idle()
    await house.cli('export', '--org', organisation)
    await idle()
    expect(await newestExport()).toEqual(withStatuses('green', 'green', 'green', 'green'))
  })

  test('yellow in the month of grace, red after it', async () => {
    for (const [instant, ahpra] of [
      ['2026-06-15T00:00:00Z', 'yellow'],
      ['2026-07-02T00:00:00Z', 'red'],
    ] as const) {
      await house.cli('clock', 'set', instant)
      await idle()
      expect(await newestExport(), instant).toEqual(withStatuses(ahpra, 'green', ahpra, 'green'))
    }
  })

  test('a person who is missing the next day becomes inactive, and active when named again', async () => {
    const lines = (await readFile(sample, 'utf8')).split('\n')
    const { token } = await house.json<{ token: string }>(
      'token',
      'create',
      '--org',
      organisation,
      '--name',
      'test',
      '--all',
    )
    const statusOf = async (externalId: string): Promise<string> => {
      const answer = await fetch(
        `http://127.0.0.1:${house.ready?.httpPort}/openapi/v1/workers?externalId=${externalId}`,
        {
          headers: { authorization: `Bearer ${token}` },
        },
      )
      const body = (await answer.json()) as { data: { attributes: { employment: { status: string } } }[] }
      return body.data[0]?.attributes.employment.status ?? 'none'
    }
    const { writeFile } = await import('node:fs/promises')
    await writeFile(
      join(house.folder, 'without.csv'),
      lines.filter((line) => !line.startsWith('"EMP003"')).join('\n'),
    )
    await house.sftp('sample', key, 'put without.csv /upload/HRMS-20260703.csv')
    await idle()
    expect(await statusOf('EMP003')).toBe('INACTIVE')
    expect(await newestExport()).toHaveLength(3)
    await house.sftp('sample', key, `put ${sample} /upload/HRMS-20260704.csv`)
    await idle()
    expect(await statusOf('EMP003')).toBe('ACTIVE')
    expect(await newestExport()).toHaveLength(4)
  })
})
