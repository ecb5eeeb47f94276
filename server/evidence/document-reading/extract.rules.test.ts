import { describe, expect, test } from 'vitest'
import type { DocumentText, PageText } from '../../platform/documents/document-text.rules.ts'
import { loadCatalogue } from '../../workforce/credential-types/credential-types.ts'
import {
  ownTypeInput,
  credentialTypeEntry,
} from '../../workforce/credential-types/credential-types.schema.ts'
import { compareReading } from './compare.rules.ts'
import type { DocumentExpectation, DocumentReading } from './document-reading.schema.ts'
import { extract } from './extract.rules.ts'
import { documentTypeHints } from './hints.rules.ts'

const shipped = [...loadCatalogue().types.values()].map(documentTypeHints)

/** A page as somebody would type it: a line a line, two blanks or more part columns. */
function page(text: string, number = 1): PageText {
  const rows = text.trim().split('\n')
  const size = 0.01
  return {
    page: number,
    width: 1_000,
    height: 1_000,
    source: 'TEXT_LAYER',
    codes: [],
    turned: 0,
    lines: rows.map((row, at) => ({
      words: [...row.matchAll(/\S+/g)].map((match) => ({
        text: match[0],
        confidence: 1,
        box: [0.05 + match.index * size, 0.05 + at * 0.025, match[0].length * size, 0.016] as const,
      })),
    })),
  }
}

const document = (...pages: string[]): DocumentText => ({
  pages: pages.map((text, at) => page(text, at + 1)),
  pageCount: pages.length,
  pdf: null,
  picture: null,
})

const expectation: DocumentExpectation = {
  credentialType: null,
  types: shipped,
  holder: null,
  number: null,
  issueDate: null,
  expiryDate: null,
  today: '2026-11-28',
  expiringDays: 30,
}

function read(text: DocumentText, more: Partial<DocumentExpectation> = {}): DocumentReading {
  const expected = { ...expectation, ...more }
  const extraction = extract(text, expected.types, expected.today)
  return compareReading({ outcome: 'READ', ...extraction, engine: 'test', engineVersion: '1' }, expected)
}

const codesOf = ({ concerns }: DocumentReading): string[] => concerns.map(({ code }) => code)

const wwcc = document(`
Office of the Children's Guardian
Working with Children Check Clearance

Name:               Maria Rossi
Date of birth:      4 July 1984
WWC number:         WWC1234567E
Issue date:         3 May 2023
Expiry date:        3 May 2028
`)
const maria = { givenName: 'Maria', familyName: 'Rossi', otherNames: [] }

describe('a document', () => {
  test('is told by what the catalogue says stands on its type, and its fields by their labels', () => {
    const reading = read(wwcc, {
      credentialType: 'WWCC_NSW',
      holder: maria,
      number: 'wwc 1234567 e',
      expiryDate: '2028-05-03',
    })
    expect(reading).toMatchObject({
      detectedType: 'WWCC_NSW',
      matchesExpectedType: true,
      nameMatch: 'MATCH',
      concerns: [],
    })
    expect(reading.confidencePercent).toBeGreaterThanOrEqual(90)
    expect(reading.extracted).toMatchObject({
      holderName: { value: 'Maria Rossi', page: 1 },
      number: { value: 'WWC1234567E' },
      issueDate: { value: '2023-05-03' },
      expiryDate: { value: '2028-05-03' },
      issuer: { value: "Office of the Children's Guardian" },
    })
    const [left, top] = reading.extracted.number?.box ?? []
    expect([left, top]).toEqual([0.25, 0.175])
  })

  test('is told with labels above their values, in two columns', () => {
    const reading = read(
      document(`
Queensland Government          Blue Card Services
BLUE CARD

SURNAME              GIVEN NAMES
Nguyen               Thi Mai

CARD NUMBER          EXPIRY
1234567/2            03/05/28
`),
    )
    expect(reading.detectedType).toBe('BLUE_CARD_QLD')
    expect(reading.extracted).toMatchObject({
      holderName: { value: 'Thi Mai Nguyen' },
      number: { value: '1234567/2' },
      expiryDate: { value: '2028-05-03' },
    })
  })

  test('of a state is told from that of another with the same title', () => {
    const of = (issuer: string): string | null =>
      read(
        document(
          `${issuer}\nCertificate of Registration\nRegistered Teacher\nName: Ann Lee\nRegistration number: 123456`,
        ),
      ).detectedType
    expect(of('Victorian Institute of Teaching')).toBe('TEACHER_VIC')
    expect(of('Queensland College of Teachers')).toBe('TEACHER_QLD')
  })

  test('of an organisation’s own type is told by the hints that the organisation gave', () => {
    const own = credentialTypeEntry.parse({
      ...ownTypeInput.parse({
        code: 'HOIST_TRAINING',
        name: 'Hoist training',
        documentHints: {
          titles: ['Safe Use of Hoists'],
          issuers: ['Riverbend Care'],
          codes: ['RBC-HOIST'],
          numberLabels: ['Trainee code'],
        },
      }),
      number: { pattern: '^RB[0-9]{4}$', example: 'RB1234', firmness: 'advisory' },
    })
    const types = [...shipped, documentTypeHints(own)]
    const reading = read(
      document('Riverbend Care\nSafe Use of Hoists\nAwarded to Ann Lee\nTrainee code  RB0042'),
      { types },
    )
    expect(reading.detectedType).toBe('HOIST_TRAINING')
    expect(reading.extracted.number?.value).toBe('RB0042')
  })

  test('that is no credential, or another country’s, is none of the types', () => {
    const receipt = read(
      document(
        "Tax invoice\nOffice of the Children's Guardian\nPayment received for: Working with Children Check\nAmount paid $107.00 including GST\nReceipt number 123456",
      ),
      { credentialType: 'WWCC_NSW' },
    )
    expect(receipt.matchesExpectedType).toBe(false)
    expect(codesOf(receipt)).toContain('WRONG_TYPE')
    expect(read(document('Lunch menu\nSoup of the day\nBread and butter')).detectedType).toBeNull()
  })
})

describe('what is odd about it', () => {
  test('is somebody else’s name', () => {
    const other = read(wwcc, {
      credentialType: 'WWCC_NSW',
      holder: { givenName: 'Peter', familyName: 'Smith', otherNames: [] },
    })
    expect(other.nameMatch).toBe('DIFFERENT')
    expect(codesOf(other)).toEqual(['NAME_MISMATCH'])
    expect(other.reasoning).toContain('Maria Rossi')
  })

  test('is another number, and are other dates', () => {
    const other = read(wwcc, {
      credentialType: 'WWCC_NSW',
      number: 'WWC7654321E',
      expiryDate: '2028-06-03',
      issueDate: '2023-05-03',
    })
    expect(codesOf(other)).toEqual(['NUMBER_MISMATCH', 'DATE_MISMATCH'])
  })

  test('is an end that is past or near, by the organisation’s day', () => {
    const on = (today: string): string[] => codesOf(read(wwcc, { credentialType: 'WWCC_NSW', today }))
    expect(on('2028-05-04')).toEqual(['EXPIRED'])
    expect(on('2028-05-03')).toEqual(['EXPIRES_SOON'])
    expect(on('2028-04-03')).toEqual(['EXPIRES_SOON'])
    expect(on('2028-04-02')).toEqual([])
  })

  test('is an end that counts from the issue where none is printed', () => {
    const firstAid = document(
      'Statement of Attainment\nHLTAID011 Provide First Aid\nName: Ann Lee\nDate of issue: 1 December 2023',
    )
    expect(codesOf(read(firstAid, { credentialType: 'FIRST_AID' }))).toEqual(['EXPIRES_SOON'])
    expect(codesOf(read(firstAid, { credentialType: 'FIRST_AID', today: '2026-12-02' }))).toEqual(['EXPIRED'])
  })

  test('are two documents in one file, and nothing to be read', () => {
    const licence =
      'Driver Licence\nTransport for NSW\nNew South Wales\nMaria Rossi\nLicence No. 12345678\nExpiry 01/02/2030'
    const both = read({ ...wwcc, pages: [...wwcc.pages, page(licence, 2)], pageCount: 2 })
    expect(codesOf(both)).toContain('MULTIPLE_DOCUMENTS')
    expect(codesOf(read(document('~ ; l')))).toContain('ILLEGIBLE')
  })

  test('is a file that an editor wrote, or that was changed after it was made', () => {
    const pdf = {
      producer: '',
      creator: '',
      created: 'D:20260101',
      modified: '',
      laterSaves: 0,
      hasScript: false,
      hasFiles: false,
      isSigned: false,
    }
    const of = (notes: Partial<typeof pdf>): string[] => codesOf(read({ ...wwcc, pdf: { ...pdf, ...notes } }))
    expect(of({})).toEqual([])
    expect(of({ producer: 'Adobe Photoshop 25.0' })).toEqual(['EDITED_METADATA'])
    expect(of({ laterSaves: 1 })).toEqual(['EDITED_METADATA'])
    // Signing saves on top.
    expect(of({ laterSaves: 1, isSigned: true })).toEqual([])
    expect(of({ modified: 'D:20260301' })).toEqual(['EDITED_METADATA'])
  })
})

test('comparing anew gives what comparing with that expectation at once gives', () => {
  const first = {
    credentialType: 'BLUE_CARD_QLD',
    holder: { givenName: 'Peter', familyName: 'Smith', otherNames: [] },
    number: '1',
  }
  const second = { credentialType: 'WWCC_NSW', holder: maria, number: 'WWC1234567E' }
  const again = compareReading(JSON.parse(JSON.stringify(read(wwcc, first))) as DocumentReading, {
    ...expectation,
    ...second,
  })
  expect(again).toEqual(read(wwcc, second))
})
