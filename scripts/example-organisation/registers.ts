/** Numbers about which the register simulator has something to say (examples/organisation/README.md, What the registers say). */
import type { Row } from './rows.ts'

/** By the number that chance gave; the last four digits decide. */
const told: Readonly<Record<string, string>> = {
  'NDIS-435919': 'NDIS-430003',
  'NDIS-221548': 'NDIS-220004',
  'NDIS-959513': 'NDIS-950004',
  'NDIS-182485': 'NDIS-180005',
  'NDIS-881746': 'NDIS-880007',
  'NDIS-216467': 'NDIS-210011',
  'NDIS-399599': 'NDIS-390009',
  NMW0001009377: 'NMW0001000008',
  NMW0006541024: 'NMW0006540008',
  NMW0002424097: 'NMW0002420008',
  NMW0009167745: 'NMW0009160012',
  NMW0009729445: 'NMW0009720004',
  MED0008204923: 'MED0008200008',
  WWC7949851E: 'WWC7940003E',
  WWC8757887E: 'WWC8750006E',
  WWC6262871E: 'WWC6260005E',
  WWC3522754E: 'WWC3520010E',
}

/** Changes the rows in place. Throws when chance no longer gives a number that is to be changed. */
export function letRegistersSpeak(rows: readonly Row[]): void {
  const left = new Set(Object.keys(told))
  for (const row of rows) {
    const number = told[row.licence_number]
    if (number === undefined) continue
    left.delete(row.licence_number)
    row.licence_number = number
  }
  if (left.size > 0) throw new Error(`nobody holds ${[...left].join(', ')}`)
}
