import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import {
  checkCredentialNumber,
  looksExcelDamaged,
  normaliseCredentialNumber,
} from './credential-numbers.rules.ts'
import { listMappings, loadCatalogue, mappingsOf, setMappings } from './credential-types.ts'
import { mappingTarget, resolveLicenceType } from './licence-types.rules.ts'

const catalogue = loadCatalogue()
const states = ['NSW', 'VIC', 'QLD', 'WA', 'SA', 'TAS', 'ACT', 'NT']

// Spec 10, Credential types: the codes are fixed.
const codes = [
  'AHPRA',
  'WWCC_NSW',
  'WWCC_VIC',
  'WWCC_WA',
  'WWCC_SA',
  'BLUE_CARD_QLD',
  'BLUE_CARD_EXEMPTION_QLD',
  'RWVP_TAS',
  'WWVP_ACT',
  'OCHRE_CARD_NT',
  'NDIS_WORKER_SCREENING',
  'POLICE_CHECK',
  ...states.map((state) => `TEACHER_${state}`),
  'FIRST_AID',
  'CPR',
  ...states.map((state) => `DRIVER_LICENCE_${state}`),
  'VACCINATION_INFLUENZA',
  'VACCINATION_HEPATITIS_B',
  'RIGHT_TO_WORK',
  ...states.map((state) => `RSA_${state}`),
  'EDUCATION_QUALIFICATION',
  'ENGLISH_PROFICIENCY',
  'IDENTITY',
  'CAREER_HISTORY',
  'MICROCREDENTIAL',
]
const registers = [
  'AHPRA',
  'OCG_NSW',
  'SERVICE_VICTORIA_WWC',
  'BLUE_CARD_SERVICES_QLD',
  'COMMUNITIES_WA',
  'DHS_SA',
  'JUSTICE_TAS',
  'ACCESS_CANBERRA_ACT',
  'SAFE_NT',
  'NDIS_WORKER_SCREENING_DATABASE',
  'NESA_NSW',
  'VIT_VIC',
  'QCT_QLD',
  'TRB_SA',
  'TRB_WA',
  'TRB_TAS',
  'TRB_NT',
  'TQI_ACT',
  'VEVO',
  'AGED_CARE_BANNING_ORDERS',
  'NDIS_ENFORCEMENT',
]

describe('the catalogue', () => {
  test('has exactly the fixed codes and registers', () => {
    expect([...catalogue.types.keys()].sort()).toEqual([...codes].sort())
    expect([...catalogue.registers.keys()].sort()).toEqual([...registers].sort())
  })

  test.each([...catalogue.types.values()].map((type) => [type.code, type] as const))(
    '%s agrees with itself',
    (code, type) => {
      // What is shown as an example must pass.
      expect(checkCredentialNumber(type, type.number.example).fault).toBeUndefined()
      if (type.register !== null) expect(catalogue.registers.has(type.register)).toBe(true)
      const state = states.find((one) => code.endsWith(`_${one}`))
      if (state !== undefined) expect(type.jurisdiction).toBe(state)
      // Two types that one spelling could mean would make every proposal of it wrong half the time.
      for (const alias of type.aliases) {
        const answer = resolveLicenceType(alias, new Map(), catalogue)
        if (answer.credentialType === null) expect(answer.proposals[0], alias).toBe(code)
        else expect(answer.credentialType, alias).toBe(code)
      }
    },
  )
})

describe('numbers', () => {
  test.each([
    ['AHPRA', 'NMW0001234567', null],
    ['AHPRA', 'nmw 0001234567', null],
    ['AHPRA', 'NMW000123456', 'firm'],
    ['AHPRA', 'NMW1.23E+09', 'firm'],
    ['WWCC_NSW', 'WWC1234567E', null],
    ['WWCC_NSW', 'WWC No: WWC1234567E', null],
    ['WWCC_NSW', 'APP1234567', null],
    ['WWCC_NSW', 'WWC123456E', 'firm'],
    ['WWCC_VIC', '1234567A', null],
    ['WWCC_VIC', '1234567A-01', null],
    ['WWCC_VIC', 'WWC-1234567-01', 'advisory'],
  ])('%s %j: %s', (code, number, firmness) => {
    const type = catalogue.types.get(code)
    if (!type) throw new Error(code)
    expect(checkCredentialNumber(type, number).fault?.firmness ?? null).toBe(firmness)
  })

  test.each([
    ['  nmw 000 1234567 ', 'NMW0001234567'],
    ['WWC No: 1234567A', '1234567A'],
    ['Card Number 12345678/9', '12345678/9'],
    ['12345678–9', '12345678-9'],
    ['ＮＭＷ１', 'NMW1'],
    ['0012', '0012'],
    ['NOAH123', 'NOAH123'],
  ])('%j is compared as %j', (raw, normalised) => {
    expect(normaliseCredentialNumber(raw)).toBe(normalised)
  })

  test('the normal form of the normal form is itself', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc
            .array(fc.constantFrom('NO', 'number', '.', ':', '#', ' ', 'WWC', 'Card', 'reg', '5', 'A'))
            .map((parts) => parts.join('')),
        ),
        (raw) => {
          const once = normaliseCredentialNumber(raw)
          expect(normaliseCredentialNumber(once)).toBe(once)
        },
      ),
      { numRuns: 2_000 },
    )
  })

  test.each([
    ['1.23E+09', true],
    ['1,23E+09', true],
    ['12E+4', true],
    ['12E45', false],
    ['1234567A', false],
    ['NMW1E+09', false],
  ])('%j lost its digits in a spreadsheet: %s', (value, isDamaged) => {
    expect(looksExcelDamaged(value)).toBe(isDamaged)
  })
})

describe('what a code in a file stands for', () => {
  const mappings = new Map([['VICWWC', 'WWCC_VIC']])
  test.each([
    ['VICWWC', 'WWCC_VIC'],
    [' VICWWC ', 'WWCC_VIC'],
    ['AHPRA', 'AHPRA'],
    ['vicwwc', null],
    ['ahpra', null],
    ['NDIS', null],
  ])('%j: %s', (code, type) => {
    expect(resolveLicenceType(code, mappings, catalogue).credentialType).toBe(type)
  })

  test.each([
    ['VIC-WWC', 'WWCC_VIC'],
    ['wwcc nsw', 'WWCC_NSW'],
    ['QLD BLUE CARD', 'BLUE_CARD_QLD'],
    ['ndis', 'NDIS_WORKER_SCREENING'],
    ['DL-VIC', 'DRIVER_LICENCE_VIC'],
    ['RSA-NSW', 'RSA_NSW'],
  ])('%j is proposed %s, never applied', (code, first) => {
    const answer = resolveLicenceType(code, new Map(), catalogue)
    expect(answer).toMatchObject({ credentialType: null })
    expect('proposals' in answer ? answer.proposals[0] : undefined).toBe(first)
  })

  test('nonsense proposes nothing', () => {
    expect(resolveLicenceType('ZZZ', new Map(), catalogue)).toEqual({ credentialType: null, proposals: [] })
    expect(resolveLicenceType('', new Map(), catalogue)).toEqual({ credentialType: null, proposals: [] })
  })

  test.each([
    ['ahpra', 'AHPRA'],
    ['vicwwc', 'WWCC_VIC'],
    ['qldblue', 'BLUE_CARD_QLD'],
    ['ndis', 'NDIS_WORKER_SCREENING'],
    ['first_aid', 'FIRST_AID'],
    ['WWCC', null],
  ])('as a mapping’s target %j is %s', (text, code) => {
    expect(mappingTarget(text, catalogue).credentialType).toBe(code)
  })
})

describe('mappings', () => {
  let house: TestHouse
  beforeAll(async () => {
    house = await openTestHouse()
  })
  afterAll(() => house.close())

  test('are set all or none, count the version up only when something changed, and are the organisation’s own', async () => {
    const { id } = await house.newOrganisation()
    const other = await house.newOrganisation()
    const set = (pairs: { code: string; target: string }[]): Promise<number> =>
      house.runtime.write(id, operator, (ctx) => setMappings(ctx, pairs))
    const versionOf = async (organisationId: string): Promise<number> =>
      (await house.runtime.read(organisationId, operator, mappingsOf)).version
    const before = await versionOf(id)

    await expect(
      set([
        { code: 'NDIS', target: 'ndis' },
        { code: ' ', target: 'AHPRA' },
        { code: 'X', target: 'WWC VIC' },
      ]),
    ).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      message: expect.stringContaining('Did you mean WWCC_VIC') as string,
      errors: [{ pointer: '/1/code' }, { pointer: '/2/credentialType' }],
    })
    expect(await house.runtime.read(id, operator, listMappings)).toEqual([])
    expect(await versionOf(id)).toBe(before)

    expect(
      await set([
        { code: 'NDIS', target: 'ndis' },
        { code: 'VICWWC', target: 'WWCC_VIC' },
      ]),
    ).toBe(2)
    expect(await versionOf(id)).toBe(before + 1)
    expect(await set([{ code: 'NDIS', target: 'NDIS_WORKER_SCREENING' }])).toBe(0)
    expect(await versionOf(id)).toBe(before + 1)
    expect(await set([{ code: 'NDIS', target: 'FIRST_AID' }])).toBe(1)
    expect((await house.runtime.read(id, operator, mappingsOf)).byCode.get('NDIS')).toBe('FIRST_AID')
    expect(await house.runtime.read(other.id, operator, listMappings)).toEqual([])

    // What stood when stays to be read.
    expect(
      await house.owner(
        'select version, credential_type from licence_type_mapping_versions where organisation_id = $1 and code = $2 order by version',
        [id, 'NDIS'],
      ),
    ).toEqual([
      { version: 1, credential_type: 'NDIS_WORKER_SCREENING' },
      { version: 2, credential_type: 'FIRST_AID' },
    ])
  })
})
