import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import { setMappings } from '../../workforce/credential-types/credential-types.ts'
import { mappingProposals, receiveFile } from './imports.ts'

describe('mapping proposals', () => {
  let house: TestHouse
  beforeAll(async () => {
    house = await openTestHouse()
  })
  afterAll(() => house.close())

  test('codes that stand for nothing, most used first, with what they may mean, until they are mapped or old', async () => {
    const { id } = await house.newOrganisation()
    const row = (person: number, type: string): string =>
      `E${person},A${person},B,1990-01-01,e${person}@example.com,RN,${type},1234567A,2020-06-01,2028-05-31`
    const file = [
      'external_id,first_name,last_name,dob,email,position_id,licence_type,licence_number,issue_date,expiry_date',
      row(1, 'VIC-WWCC'),
      row(2, 'VIC-WWCC'),
      row(3, 'ZZTOP'),
      row(4, 'WWCC_VIC'),
    ].join('\n')
    const blob = await house.runtime.storage.write(
      id,
      (async function* () {
        yield Buffer.from(file)
      })(),
    )
    await house.runtime.write(id, operator, (ctx) =>
      receiveFile(ctx, { fileName: 'people.csv', blob, fileId: null, source: 'HRMS', mode: 'UPSERT' }),
    )
    await house.drain()
    const proposals = (): Promise<unknown[]> =>
      house.runtime.read(id, operator, async (ctx) =>
        (await mappingProposals(ctx)).map(({ code, rows, credentialTypes }) => [code, rows, credentialTypes]),
      )
    expect(await proposals()).toEqual([
      ['VIC-WWCC', 2, ['WWCC_VIC']],
      ['ZZTOP', 1, []],
    ])
    await house.runtime.write(id, operator, (ctx) =>
      setMappings(ctx, [{ code: 'VIC-WWCC', target: 'WWCC_VIC' }]),
    )
    expect(await proposals()).toEqual([['ZZTOP', 1, []]])
    house.clock.advance('31d')
    expect(await proposals()).toEqual([])
  })
})
