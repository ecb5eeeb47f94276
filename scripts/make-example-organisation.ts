/**
 * Writes the CSV files of examples/organisation: a made-up employer as its HR system would export it. The same bytes
 * every time; test/example-organisation.test.ts holds the files against it.
 *
 * Run: node scripts/make-example-organisation.ts
 */
import { writeFile } from 'node:fs/promises'
import { addFaults, choiceFrom } from './example-organisation/faults.ts'
import { licences } from './example-organisation/licences.ts'
import { cutOff, nextDay } from './example-organisation/next-days.ts'
import { positions } from './example-organisation/positions.ts'
import { letRegistersSpeak } from './example-organisation/registers.ts'
import { columns, csv, rowsOf } from './example-organisation/rows.ts'
import { seeded } from './example-organisation/seeded.ts'
import { recruiterWith, workforce } from './example-organisation/workforce.ts'

const folder = new URL('../examples/organisation/', import.meta.url)
const seed = 20_260_201

function mappings(): string {
  return [
    'code,credential_type',
    ...licences.map(({ code, credentialType }) => `${code},${credentialType}`),
    '',
  ].join('\n')
}

function requirements(): string {
  return csv(
    ['position_id', 'license_code', 'state'],
    positions.flatMap(({ code, requires }) =>
      requires.map((required) => ({
        position_id: code,
        license_code: required.code,
        state: required.state ?? '',
      })),
    ),
  )
}

/** Every file, by its path inside examples/organisation. */
export function exampleOrganisation(): ReadonlyMap<string, string> {
  const chance = seeded(seed)
  const recruiter = recruiterWith(chance)
  const rows = workforce(recruiter, chance).flatMap(rowsOf)
  const choice = choiceFrom(rows, chance)
  addFaults(rows, choice)
  letRegistersSpeak(rows)
  const secondDay = nextDay(rows, choice, recruiter)
  return new Map([
    ['mappings.csv', mappings()],
    ['HRMS-POS-20260201_060500.csv', requirements()],
    ['HRMS-20260201_060000.csv', csv(columns, rows)],
    ['next-day/HRMS-20260202_060000.csv', csv(columns, secondDay)],
    ['broken-export/HRMS-20260203_060000.csv', csv(columns, cutOff(secondDay))],
  ])
}

if (import.meta.main) {
  for (const [path, text] of exampleOrganisation()) await writeFile(new URL(path, folder), text)
}
