/** The organisation's own licence codes: what each stands for, what its numbers look like and how long it lasts. */
import { addDays, addMonths, daysBetween, type LocalDate } from '../../server/platform/local-date.ts'
import type { Seeded } from './seeded.ts'

/** The day on which the first export was made. */
export const exportDay = '2026-02-01' as LocalDate

export const states = ['NSW', 'VIC', 'QLD', 'WA', 'SA', 'TAS', 'ACT', 'NT'] as const
export type State = (typeof states)[number]

/** How a credential stands on the day of the export. */
type Standing = 'fine' | 'expiring' | 'expired'

/** What a licence needs to know about its holder. */
export interface Holder {
  readonly birthDate: LocalDate
  /** The profession's prefix in AHPRA numbers. */
  readonly prefix: string | undefined
  readonly isVolunteer: boolean
}

export interface Term {
  readonly issued: LocalDate
  /** Null = it does not expire. */
  readonly expires: LocalDate | null
}

export interface Licence {
  readonly code: string
  readonly credentialType: string
  number(chance: Seeded, holder: Holder, term: Term): string
  term(chance: Seeded, holder: Holder): Term
}

/** Digits of which the last four are at least 1000: the register simulator answers specially to 0001 and the like. */
function digits(chance: Seeded, count: number): string {
  const tail = String(chance.whole(1_000, 9_999))
  let head = ''
  while (head.length + tail.length < count) head += String(chance.whole(head === '' ? 1 : 0, 9))
  return head + tail
}

const letter = (chance: Seeded): string => chance.pick([...'ABCDEFGHJKLMNPQRSTUVWXYZ'])

function standing(chance: Seeded): Standing {
  const place = chance.whole(1, 100)
  return place <= 4 ? 'expired' : place <= 9 ? 'expiring' : 'fine'
}

/** Lasts so many months and is good through the day before. */
function lasting(months: number): Licence['term'] {
  return (chance) => {
    const days = daysBetween(exportDay, addMonths(exportDay, months))
    const left = { fine: [35, days - 20], expiring: [0, 30], expired: [-200, -3] } as const
    const [min, max] = left[standing(chance)]
    const expires = addDays(exportDay, chance.whole(min, max))
    return { issued: addDays(addMonths(expires, -months), 1), expires }
  }
}

/** Once and for good. */
const forGood: Licence['term'] = (chance) => ({
  issued: addDays(exportDay, -chance.whole(60, 3_000)),
  expires: null,
})

/** The first registration, at 22 at the earliest; the register renews it without a new issue date. */
function registeredSince(chance: Seeded, { birthDate }: Holder): LocalDate {
  const earliest = addMonths(birthDate, 22 * 12)
  return addDays(earliest, chance.whole(0, Math.max(0, daysBetween(earliest, exportDay) - 400)))
}

const yearEnds: Readonly<Record<string, string>> = { NMW: '05-31', MED: '09-30' }
const yearEndOfOthers = '11-30'

/** Everybody of a profession renews on one day; provisional and limited registrations on their own anniversary. */
const healthPractitioner: Licence['term'] = (chance, holder) => {
  const issued = registeredSince(chance, holder)
  const yearEnd = yearEnds[holder.prefix ?? ''] ?? yearEndOfOthers
  const place = chance.whole(1, 100)
  if (place <= 2) return { issued, expires: `2025-${yearEnd}` as LocalDate }
  if (place <= 8) return anniversary(addDays(exportDay, -chance.whole(3, 26)))
  if (place <= 10) return anniversary(addDays(exportDay, chance.whole(3, 28)))
  return { issued, expires: `2026-${yearEnd}` as LocalDate }
}
const anniversary = (expires: LocalDate): Term => ({ issued: addDays(addMonths(expires, -12), 1), expires })

const teacher: Licence['term'] = (chance, holder) => ({
  issued: registeredSince(chance, holder),
  expires: (chance.chance(4) ? '2025-09-30' : '2026-09-30') as LocalDate,
})

/** The clinics come round in autumn. */
const flu: Licence['term'] = (chance) => {
  const issued = addDays('2025-03-24' as LocalDate, chance.whole(0, 80) - (chance.chance(5) ? 365 : 0))
  return { issued, expires: addDays(addMonths(issued, 12), -1) }
}

const driving: Licence['term'] = (chance, holder) => lasting(chance.pick([12, 36, 60, 120]))(chance, holder)

const childSafetyCards: Readonly<
  Record<State, { code: string; type: string; months: number; number: Licence['number'] }>
> = {
  NSW: {
    code: 'NSW-WWCC',
    type: 'WWCC_NSW',
    months: 60,
    number: (chance, { isVolunteer }) => `WWC${digits(chance, 7)}${isVolunteer ? 'V' : 'E'}`,
  },
  VIC: {
    code: 'VIC-WWCC',
    type: 'WWCC_VIC',
    months: 60,
    number: (chance) => `${digits(chance, 7)}${letter(chance)}`,
  },
  QLD: {
    code: 'QLD-BLUE',
    type: 'BLUE_CARD_QLD',
    months: 36,
    number: (chance) => `${digits(chance, 7)}/${chance.whole(1, 4)}`,
  },
  WA: { code: 'WA-WWC', type: 'WWCC_WA', months: 36, number: (chance) => digits(chance, 7) },
  SA: { code: 'SA-WWCC', type: 'WWCC_SA', months: 60, number: (chance) => digits(chance, 7) },
  TAS: { code: 'TAS-RWVP', type: 'RWVP_TAS', months: 60, number: (chance) => digits(chance, 8) },
  ACT: { code: 'ACT-WWVP', type: 'WWVP_ACT', months: 60, number: (chance) => `V${digits(chance, 7)}` },
  NT: { code: 'NT-OCHRE', type: 'OCHRE_CARD_NT', months: 24, number: (chance) => digits(chance, 7) },
}

const driverLicenceNumbers: Readonly<Record<State, Licence['number']>> = {
  NSW: (chance) => digits(chance, 8),
  VIC: (chance) => `0${digits(chance, 8)}`, // the leading zero is part of it
  QLD: (chance) => digits(chance, 9),
  WA: (chance) => digits(chance, 7),
  SA: (chance) => `${letter(chance)}${letter(chance)}${digits(chance, 4)}`,
  TAS: (chance) => `${letter(chance)}${letter(chance)}${digits(chance, 5)}`,
  ACT: (chance) => digits(chance, 10),
  NT: (chance) => digits(chance, 7),
}

/** Months that a certificate in responsible service of alcohol lasts; null = for good. */
const alcoholServiceMonths: Readonly<Record<State, number | null>> = {
  NSW: 60,
  VIC: 36,
  QLD: null,
  WA: null,
  SA: null,
  TAS: null,
  ACT: 36,
  NT: 36,
}

const practitionerNumber: Licence['number'] = (chance, { prefix }) =>
  `${prefix ?? 'OCC'}000${digits(chance, 7)}`

export const licences: readonly Licence[] = [
  { code: 'RN-AHPRA', credentialType: 'AHPRA', number: practitionerNumber, term: healthPractitioner },
  { code: 'EN-AHPRA', credentialType: 'AHPRA', number: practitionerNumber, term: healthPractitioner },
  { code: 'AHP-REG', credentialType: 'AHPRA', number: practitionerNumber, term: healthPractitioner },
  {
    code: 'NDIS-WORKER',
    credentialType: 'NDIS_WORKER_SCREENING',
    number: (chance) => `NDIS-${digits(chance, 6)}`,
    term: lasting(60),
  },
  {
    // The agency's reference: the day and a running number, which a spreadsheet takes for one big number.
    code: 'POL-CHK',
    credentialType: 'POLICE_CHECK',
    number: (chance, _holder, { issued }) => `${issued.replaceAll('-', '')}${digits(chance, 6)}`,
    term: lasting(36),
  },
  { code: 'VIT', credentialType: 'TEACHER_VIC', number: (chance) => digits(chance, 6), term: teacher },
  {
    code: 'FA',
    credentialType: 'FIRST_AID',
    number: (chance) => `HLTAID011-${digits(chance, 6)}`,
    term: lasting(36),
  },
  {
    code: 'CPR',
    credentialType: 'CPR',
    number: (chance) => `HLTAID009-${digits(chance, 6)}`,
    term: lasting(12),
  },
  {
    code: 'FLU',
    credentialType: 'VACCINATION_INFLUENZA',
    number: (chance, _holder, { issued }) => `FLU${issued.slice(0, 4)}-${digits(chance, 5)}`,
    term: flu,
  },
  {
    code: 'HEPB',
    credentialType: 'VACCINATION_HEPATITIS_B',
    number: (chance) => `HEPB-${digits(chance, 5)}`,
    term: forGood,
  },
  {
    code: 'VISA',
    credentialType: 'RIGHT_TO_WORK',
    number: (chance) => `${letter(chance)}${letter(chance)}${digits(chance, 7)}`,
    term: lasting(48),
  },
  ...states.map((state): Licence => {
    const { code, type, months, number } = childSafetyCards[state]
    return { code, credentialType: type, number, term: lasting(months) }
  }),
  ...states.map((state): Licence => ({
    code: `DL-${state}`,
    credentialType: `DRIVER_LICENCE_${state}`,
    number: driverLicenceNumbers[state],
    term: driving,
  })),
  ...states.map((state): Licence => {
    const months = alcoholServiceMonths[state]
    return {
      code: `RSA-${state}`,
      credentialType: `RSA_${state}`,
      number: (chance) => `RSA${digits(chance, 7)}`,
      term: months === null ? forGood : lasting(months),
    }
  }),
]

export const childSafetyCode = (state: State): string => childSafetyCards[state].code
