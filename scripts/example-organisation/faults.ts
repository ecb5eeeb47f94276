/**
 * What goes wrong in real exports, put into a few rows. Each fault has people of its own, so that it is seen by itself.
 * examples/organisation/README.md lists them; test/example-organisation.test.ts holds the list against a real import.
 */
import { exportDay } from './licences.ts'
import type { Row } from './rows.ts'
import type { Seeded } from './seeded.ts'

/** A code that one branch still uses, and that has no mapping on purpose. */
const unmappedCode = 'WWC-VIC'

/** Finds rows of people whom nothing else has happened to yet. */
export interface Choice {
  /** One row that fits, of a person not chosen before. Throws, naming `what`, when there is none. */
  row(what: string, fits: (row: Row, own: readonly Row[]) => boolean): Row
  /** All rows of such a person, in the order of the file. */
  person(what: string, fits: (row: Row, own: readonly Row[]) => boolean): Row[]
}

export function choiceFrom(rows: readonly Row[], chance: Seeded): Choice {
  const chosen = new Set<string>()
  const ownOf = (row: Row): Row[] => rows.filter(({ external_id }) => external_id === row.external_id)
  const choose: Choice['row'] = (what, fits) => {
    const found = chance.shuffled(rows).find((row) => !chosen.has(row.external_id) && fits(row, ownOf(row)))
    if (!found) throw new Error(`No row is left for: ${what}.`)
    chosen.add(found.external_id)
    return found
  }
  return { row: choose, person: (what, fits) => ownOf(choose(what, fits)) }
}

/** Changes rows in place; the duplicate is put in after its first. */
export function addFaults(rows: Row[], choice: Choice): void {
  const has = (code: string) => (row: Row) => row.licence_type === code
  const isFine = (row: Row): boolean => row.expiry_date > exportDay

  choice.row(
    'a code without mapping',
    (row) => has('VIC-WWCC')(row) && row.position_id !== 'ECT-VIC',
  ).licence_type = unmappedCode

  // Three years after a leap day, as a system counts that does not know calendars.
  const leapDay = choice.row('an impossible date', (row) => has('FA')(row) && isFine(row))
  leapDay.issue_date = '2024-02-29'
  leapDay.expiry_date = '2027-02-29'

  const byHand = choice.row(
    'a date as people write it',
    (row) => has('NDIS-WORKER')(row) && isFine(row) && row.expiry_date.slice(-2) > '12',
  )
  byHand.expiry_date = byHand.expiry_date.split('-').reverse().join('/')

  const rounded = choice.row('a number that a spreadsheet rounded', has('POL-CHK'))
  rounded.licence_number = Number(rounded.licence_number).toExponential(5).toUpperCase()

  const twice = choice.row('a duplicate key', (row) => has('CPR')(row) && isFine(row))
  rows.splice(rows.indexOf(twice) + 1, 0, { ...twice })

  const short = choice.row('a registration number that lacks a digit', has('RN-AHPRA'))
  short.licence_number = short.licence_number.slice(0, -1)

  const isSmall = (_row: Row, own: readonly Row[]): boolean => own.length === 2
  const isPlain = (row: Row, own: readonly Row[]): boolean =>
    isSmall(row, own) && /^[A-Z][a-z]+$/.test(row.last_name)
  const couple = [choice.person('a shared e-mail', isSmall), choice.person('a shared e-mail', isSmall)]
  const [first, second] = couple.sort(([a], [b]) => rows.indexOf(a as Row) - rows.indexOf(b as Row))
  for (const row of second ?? []) row.email = (first as Row[])[0]?.email ?? ''

  const half = choice.person('rows that differ', isPlain)
  for (const row of half.slice(1)) row.last_name = `${row.last_name}-Bell`

  choice.row('a missing e-mail', has('')).email = ''

  const padded = choice.row('blanks around values', (row) => has('QLD-BLUE')(row) && isFine(row))
  padded.email = `${padded.email} `
  padded.licence_number = ` ${padded.licence_number}`

  const volunteerCard = choice.row(
    'a volunteer card in paid work',
    (row) =>
      row.position_id === 'YFW-NSW' && has('NSW-WWCC')(row) && row.worker_type === 'EMPLOYEE' && isFine(row),
  )
  volunteerCard.licence_number = volunteerCard.licence_number.replace(/E$/, 'V')

  choice.row(
    'a doctor registered to 31 May',
    (row) => row.position_id === 'GP-001' && has('AHP-REG')(row),
  ).expiry_date = '2026-05-31'

  for (const row of choice.person('a name like a formula', isPlain)) row.last_name = `=${row.last_name}`

  const halfNumber = choice.row(
    'a card number without its issue',
    (row) => has('QLD-BLUE')(row) && isFine(row),
  )
  halfNumber.licence_number = halfNumber.licence_number.replace(/\/\d+$/, '')
}
