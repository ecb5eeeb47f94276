/** Renewed credentials over imports: who succeeds whom (spec 10, Credentials), and that nothing flips night by night. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import { setSetting } from '../../tenancy/organisations/organisations.ts'
import {
  applyAnswers,
  createCredential,
  deleteCredential,
  restoreCredential,
} from '../../workforce/credentials/credentials.ts'
import { receiveFile, runById } from './imports.ts'

const header =
  'external_id,first_name,middle_name,last_name,dob,email,position_id,licence_type,licence_number,issue_date,expiry_date'

describe('succession over imports', () => {
  let house: TestHouse
  let organisationId: string
  let files = 0

  beforeAll(async () => {
    house = await openTestHouse()
  })
  afterAll(() => house.close())
  beforeEach(async () => {
    organisationId = (await house.newOrganisation()).id
  })

  const write = <T>(work: Parameters<typeof house.runtime.write<T>>[2]): Promise<T> =>
    house.runtime.write(organisationId, operator, work)

  const row = (id: string, number: string, expires: string, type = 'WWCC_VIC'): string =>
    `${id},Sam,,Chen${id},1990-01-01,${id.toLowerCase()}@example.com,RN-001,${type},${number},2021-01-01,${expires}`

  async function importRows(source: string, rows: readonly string[]): Promise<string> {
    files += 1
    const content = Buffer.from([header, ...rows].join('\n') + '\n')
    const blob = await house.runtime.storage.write(
      organisationId,
      (async function* () {
        yield content
      })(),
    )
    const { id } = await house.runtime.write(organisationId, { ...operator, channel: 'SFTP' }, (ctx) =>
      receiveFile(ctx, {
        fileName: `${source}-20260201_${String(files).padStart(6, '0')}.csv`,
        blob,
        fileId: `fil_${files}`,
      }),
    )
    await house.drain()
    const run = await house.runtime.read(organisationId, operator, (ctx) => runById(ctx, id))
    expect(run.status, JSON.stringify(run)).toBe('COMPLETED')
    return id
  }

  const declare = (number: string, expiryDate: string, credentialType = 'WWCC_VIC'): Promise<string> =>
    write(async (ctx) => {
      const { id } = await createCredential(ctx, {
        worker: { externalId: 'E1', sourceSystem: 'HRMS' },
        credentialType,
        number,
        expiryDate,
      } as never)
      return id
    })

  /** `number lifecycle` of all that there is. */
  const held = async (): Promise<string[]> =>
    (
      await house.owner<{ number: string; lifecycle: string }>(
        'select declared_number as number, lifecycle from credentials where organisation_id = $1 and deleted_at is null order by 1',
        [organisationId],
      )
    ).map(({ number, lifecycle }) => `${number} ${lifecycle}`)
  const traces = (): Promise<unknown> =>
    Promise.all(
      [
        'select credential_id, version, lifecycle from credential_versions where organisation_id = $1 order by 1, 2',
        "select type, data from events where organisation_id = $1 and type like 'credential.%' order by id",
        "select entity_id, action from audit_entries where organisation_id = $1 and entity_type = 'credential' order by id",
      ].map((statement) => house.owner(statement, [organisationId])),
    )

  const [old, renewed] = ['1111111A', '2222222A']

  test('a nightly file that names the old one flips nothing', async () => {
    await importRows('HRMS', [row('E1', old, '2026-06-30')])
    await declare(renewed, '2031-06-30')
    expect(await held()).toEqual([`${old} SUPERSEDED`, `${renewed} ACTIVE`])
    // The nightly file knows nothing of it, and moves nothing.
    const kept = await traces()
    for (let night = 0; night < 3; night += 1) await importRows('HRMS', [row('E1', old, '2026-06-30')])
    expect(await traces()).toEqual(kept)
    expect(await held()).toEqual([`${old} SUPERSEDED`, `${renewed} ACTIVE`])
  })

  test('an import that brings the renewal supersedes, with a version, an audit entry and an event', async () => {
    await importRows('HRMS', [row('E1', 'X-1', '2030-01-01', 'FIRST_AID')])
    const before = await declare(old, '2026-06-30')
    const importId = await importRows('HRMS', [
      row('E1', 'X-1', '2030-01-01', 'FIRST_AID'),
      row('E1', renewed, '2031-06-30'),
    ])
    expect(await held()).toEqual([`${old} SUPERSEDED`, `${renewed} ACTIVE`, 'X-1 ACTIVE'])
    expect(
      await house.owner(
        'select version, lifecycle, run_id from credential_versions where organisation_id = $1 and credential_id = $2 order by version',
        [organisationId, before],
      ),
    ).toEqual([
      { version: 1, lifecycle: 'ACTIVE', run_id: null },
      { version: 2, lifecycle: 'SUPERSEDED', run_id: importId },
    ])
    expect(
      await house.owner(
        'select action, run_id from audit_entries where organisation_id = $1 and entity_id = $2 order by id',
        [organisationId, before],
      ),
    ).toEqual(expect.arrayContaining([{ action: 'supersede', run_id: importId }]))
    expect(
      await house.owner(
        "select data from events where organisation_id = $1 and type = 'credential.updated' and data->'credentialIds' ? $2",
        [organisationId, before],
      ),
    ).toEqual([{ data: { importId, credentialIds: [before] } }])
  })

  test('the successor deleted, the predecessor comes back; restored, it goes again', async () => {
    await importRows('HRMS', [row('E1', old, '2026-06-30')])
    const successor = await declare(renewed, '2031-06-30')
    await write((ctx) => deleteCredential(ctx, successor))
    expect(await held()).toEqual([`${old} ACTIVE`])
    await importRows('HRMS', [row('E1', old, '2026-06-30')])
    expect(await held()).toEqual([`${old} ACTIVE`])
    await write((ctx) => restoreCredential(ctx, successor))
    expect(await held()).toEqual([`${old} SUPERSEDED`, `${renewed} ACTIVE`])
  })

  test('the successor dropped by its source, the predecessor comes back, and may be succeeded again', async () => {
    await importRows('HRMS', [row('E1', 'X-1', '2030-01-01', 'FIRST_AID')])
    await declare(old, '2026-06-30')
    const both = [row('E1', 'X-1', '2030-01-01', 'FIRST_AID'), row('E1', renewed, '2031-06-30')]
    await importRows('HRMS', both)
    expect(await held()).toEqual([`${old} SUPERSEDED`, `${renewed} ACTIVE`, 'X-1 ACTIVE'])
    await importRows('HRMS', both.slice(0, 1))
    expect(await held()).toEqual([`${old} ACTIVE`, `${renewed} INACTIVE`, 'X-1 ACTIVE'])
    await importRows('HRMS', both)
    expect(await held()).toEqual([`${old} SUPERSEDED`, `${renewed} ACTIVE`, 'X-1 ACTIVE'])
  })

  test('two rows of one snapshot both stand, when new, later, and when one of them was succeeded before', async () => {
    const side = [row('E1', old, '2026-06-30'), row('E1', renewed, '2031-06-30')]
    await importRows('HRMS', side)
    expect(await held()).toEqual([`${old} ACTIVE`, `${renewed} ACTIVE`])
    const kept = await traces()
    await importRows('HRMS', side)
    expect(await traces()).toEqual(kept)
    // Another's new one is no row of that snapshot, and expires later than both.
    const third = await declare('3333333A', '2033-01-01')
    expect(await held()).toEqual([`${old} SUPERSEDED`, `${renewed} SUPERSEDED`, '3333333A ACTIVE'])
    await importRows('HRMS', side)
    expect(await held()).toEqual([`${old} SUPERSEDED`, `${renewed} SUPERSEDED`, '3333333A ACTIVE'])
    await write((ctx) => deleteCredential(ctx, third))
    expect(await held()).toEqual([`${old} ACTIVE`, `${renewed} ACTIVE`])
  })

  test('a snapshot that comes to name both brings the succeeded one back', async () => {
    await importRows('HRMS', [row('E1', old, '2026-06-30')])
    await declare(renewed, '2031-06-30')
    expect(await held()).toEqual([`${old} SUPERSEDED`, `${renewed} ACTIVE`])
    const side = [row('E1', old, '2026-06-30'), row('E1', renewed, '2031-06-30')]
    await importRows('HRMS', side)
    expect(await held()).toEqual([`${old} ACTIVE`, `${renewed} ACTIVE`])
    const kept = await traces()
    await importRows('HRMS', side)
    expect(await traces()).toEqual(kept)
  })

  test('where what goes missing is kept, the renewal in its place succeeds it, night after night', async () => {
    await write((ctx) => setSetting(ctx, 'import.missingCredentials', 'keep'))
    await importRows('HRMS', [row('E1', old, '2026-06-30')])
    await importRows('HRMS', [row('E1', renewed, '2031-06-30')])
    expect(await held()).toEqual([`${old} SUPERSEDED`, `${renewed} ACTIVE`])
    const kept = await traces()
    await importRows('HRMS', [row('E1', renewed, '2031-06-30')])
    expect(await traces()).toEqual(kept)
    // Named beside it again, both stand.
    await importRows('HRMS', [row('E1', old, '2026-06-30'), row('E1', renewed, '2031-06-30')])
    expect(await held()).toEqual([`${old} ACTIVE`, `${renewed} ACTIVE`])
  })

  test('types that are kept beside each other are, and another organisation’s are not looked at', async () => {
    await importRows('HRMS', [row('E1', 'DEG-1', '2026-06-30', 'EDUCATION_QUALIFICATION')])
    await declare('DEG-2', '2031-06-30', 'EDUCATION_QUALIFICATION')
    expect(await held()).toEqual(['DEG-1 ACTIVE', 'DEG-2 ACTIVE'])
    const first = organisationId
    organisationId = (await house.newOrganisation()).id
    await importRows('HRMS', [row('E1', old, '2026-06-30')])
    await importRows('HRMS', [row('E1', old, '2026-06-30')])
    expect(await held()).toEqual([`${old} ACTIVE`])
    organisationId = first
    expect(await held()).toEqual(['DEG-1 ACTIVE', 'DEG-2 ACTIVE'])
  })

  test('what a register says of the end or the assurance settles it anew', async () => {
    await importRows('HRMS', [row('E1', old, '2026-06-30')])
    await declare(renewed, '2031-06-30')
    expect(await held()).toEqual([`${old} SUPERSEDED`, `${renewed} ACTIVE`])
    const ids = new Map(
      (
        await house.owner<{ id: string; number: string }>(
          'select id, declared_number as number from credentials where organisation_id = $1',
          [organisationId],
        )
      ).map(({ id, number }) => [number, id]),
    )
    const answer = (number: string, expiryDate: string): Promise<unknown> =>
      write((ctx) =>
        applyAnswers(ctx, [
          {
            credentialId: ids.get(number) as string,
            checkId: 'chk_0000000000000000',
            outcome: 'MAY_ENGAGE',
            details: [],
            conditions: [],
            number,
            holderName: null,
            issueDate: null,
            expiryDate: expiryDate as never,
            neverExpires: false,
          },
        ]),
      )
    // Known better than what somebody said: it stands beside it.
    await answer(old, '2026-06-30')
    expect(await held()).toEqual([`${old} ACTIVE`, `${renewed} ACTIVE`])
    // Known as well, and later.
    await answer(renewed, '2031-06-30')
    expect(await held()).toEqual([`${old} SUPERSEDED`, `${renewed} ACTIVE`])
    const kept = await traces()
    await answer(renewed, '2031-06-30')
    await importRows('HRMS', [row('E1', old, '2026-06-30')])
    expect(await traces()).toEqual(kept)
    // The register has renewed the first beyond the second.
    await answer(old, '2036-06-30')
    expect(await held()).toEqual([`${old} ACTIVE`, `${renewed} SUPERSEDED`])
  })
})
