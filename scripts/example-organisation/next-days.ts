/** What the HR system exports on the two days after. */
import { addDays } from '../../server/platform/local-date.ts'
import type { Choice } from './faults.ts'
import { childSafetyCode, exportDay } from './licences.ts'
import { positions } from './positions.ts'
import { rowsOf, type Row } from './rows.ts'
import type { Credential, Person, Recruiter } from './workforce.ts'

/** 40 of 100 of the people of the second day. */
const cutOffPeople = 120

/** Three people fresh from recruitment; the last of them has brought nothing yet. */
function joiners(recruiter: Recruiter): Person[] {
  return ['DSW-001', 'RN-001', 'DRV-QLD'].map((code, index) => {
    const position = positions.find((one) => one.code === code)
    if (!position) throw new Error(`No position has the code ${code}.`)
    const person = recruiter.hire(position)
    const held = index === 2 ? [] : position.requires
    return {
      ...person,
      recruitmentId: `PU-2026-${person.externalId.slice(-3)}`,
      credentials: held.map((required) => currentCredential(recruiter, person, required.code)),
    }
  })
}

/** Nobody is hired on a certificate that has run out. */
function currentCredential(recruiter: Recruiter, person: Person, code: string): Credential {
  for (;;) {
    const credential = recruiter.credential(person, code)
    if (credential.expires === null || credential.expires > addDays(exportDay, 60)) return credential
  }
}

/** Two people leave, three come, one card is renewed, one person marries. Nobody has mended yesterday's faults. */
export function nextDay(rows: readonly Row[], choice: Choice, recruiter: Recruiter): Row[] {
  const isWhole = (_row: Row, own: readonly Row[]): boolean => own.length === 3
  const leavers = [choice.person('a leaver', isWhole), choice.person('a leaver', isWhole)].flat()
  const cards = [childSafetyCode('NSW'), childSafetyCode('VIC')]
  const renewed = choice.row(
    'an expired card',
    (row) => cards.includes(row.licence_type) && row.expiry_date < exportDay,
  )
  const married = choice.person(
    'a new surname',
    (row, own) => own.length === 3 && /^[A-Z][a-z]+$/.test(row.last_name),
  )
  return [
    ...rows
      .filter((row) => !leavers.includes(row))
      .map((row) => ({
        ...row,
        ...(row === renewed ? { issue_date: '2026-02-01', expiry_date: '2031-01-31' } : {}),
        ...(married.includes(row) ? { last_name: `${row.last_name}-Reid` } : {}),
      })),
    ...joiners(recruiter).flatMap(rowsOf),
  ]
}

/** The same again, but the export stopped early: it ends at the end of a line, and nothing in it is wrong. */
export function cutOff(rows: readonly Row[]): Row[] {
  const ids = [...new Set(rows.map((row) => row.external_id))]
  const lost = new Set(ids.slice(-cutOffPeople))
  return rows.filter((row) => !lost.has(row.external_id))
}
