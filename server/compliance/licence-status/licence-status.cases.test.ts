/**
 * Worked cases of single credentials, from what is known about each type: each line names the fact or the line of the
 * specification that it follows. `facts: X` is the row X of the facts on credential types, `60.n` the n-th rule of spec 60, Licence
 * status; `60 Checks` its part on checks.
 */
import { describe, expect, test } from 'vitest'
import { addDays, daysBetween, type LocalDate } from '../../platform/local-date.ts'
import { loadCatalogue } from '../../workforce/credential-types/credential-types.ts'
import {
  licenceStatusOf,
  type Colour,
  type LicenceStatusInput,
  type StatusReason,
} from './licence-status.rules.ts'

const { types } = loadCatalogue()

/** What the source has said, and how well the credential is known by it. */
const answers = {
  valid: { eligibility: 'MAY_ENGAGE', assurance: 'VERIFIED' },
  no: { eligibility: 'MAY_NOT_ENGAGE', assurance: 'VERIFIED' },
  conditions: { eligibility: 'MAY_ENGAGE', assurance: 'VERIFIED', details: ['CONDITIONS'] },
  nonPractising: { eligibility: 'MAY_ENGAGE', assurance: 'VERIFIED', details: ['NON_PRACTISING'] },
  volunteerOnly: { eligibility: 'MAY_ENGAGE', assurance: 'VERIFIED', details: ['VOLUNTEER_ONLY'] },
  renewalPending: { eligibility: 'MAY_ENGAGE', assurance: 'VERIFIED', details: ['RENEWAL_PENDING'] },
  notFound: { eligibility: 'REVIEW_REQUIRED', assurance: 'DECLARED' },
  onlyErrors: { eligibility: 'ERROR', assurance: 'DECLARED', age: null },
  inProgress: { eligibility: 'IN_PROGRESS', assurance: 'DECLARED', age: null },
  neverAsked: { eligibility: null, assurance: 'DECLARED', age: null },
  looked: { eligibility: null, assurance: 'REVIEWED', age: null },
  said: { eligibility: null, assurance: 'DECLARED', age: null },
} as const satisfies Record<
  string,
  Pick<LicenceStatusInput, 'eligibility' | 'assurance'> & Partial<LicenceStatusInput> & { age?: null }
>

interface Case {
  readonly rule: string
  readonly of: string
  readonly answer: keyof typeof answers
  /** Days since the last good answer; a day unless said. */
  readonly age?: number
  readonly today?: string
  readonly issued?: string | null
  readonly expires: string | null
  readonly number?: string
  readonly work?: LicenceStatusInput['workerType']
  readonly accepted?: true
  readonly is: Colour
  readonly for?: readonly StatusReason[]
}

// One line each, so that they read as the table that they are.
// prettier-ignore
const cases: readonly Case[] = [
  // Ahpra: its calendar, and the month in which one stays registered.
  { rule: 'facts: AHPRA, nurses end on 31 May', of: 'AHPRA', answer: 'valid', today: '2026-04-30', expires: '2026-05-31', is: 'green' },
  { rule: '60.2: 30 days before', of: 'AHPRA', answer: 'valid', today: '2026-05-01', expires: '2026-05-31', is: 'yellow', for: ['EXPIRING'] },
  { rule: 'facts: dates, good through 31 May', of: 'AHPRA', answer: 'valid', today: '2026-05-31', expires: '2026-05-31', is: 'yellow', for: ['EXPIRING'] },
  { rule: 'facts: AHPRA, a day after is yellow', of: 'AHPRA', answer: 'valid', today: '2026-06-01', expires: '2026-05-31', is: 'yellow', for: ['IN_GRACE'] },
  { rule: 'facts: AHPRA, one month after', of: 'AHPRA', answer: 'valid', today: '2026-06-30', expires: '2026-05-31', is: 'yellow', for: ['IN_GRACE'] },
  { rule: 'facts: AHPRA, then it lapses', of: 'AHPRA', answer: 'valid', today: '2026-07-01', expires: '2026-05-31', is: 'red', for: ['EXPIRED'] },
  { rule: 'facts: AHPRA, most medical on 30 Sep: month of grace', of: 'AHPRA', number: 'MED0000932846', answer: 'valid', today: '2026-10-30', expires: '2026-09-30', is: 'yellow', for: ['IN_GRACE'] },
  { rule: 'facts: AHPRA, 30 Sep: over on 31 Oct', of: 'AHPRA', number: 'MED0000932846', answer: 'valid', today: '2026-10-31', expires: '2026-09-30', is: 'red', for: ['EXPIRED'] },
  { rule: 'facts: AHPRA, others on 30 Nov: month of grace', of: 'AHPRA', number: 'PHY0000932846', answer: 'valid', today: '2026-12-30', expires: '2026-11-30', is: 'yellow', for: ['IN_GRACE'] },
  { rule: 'facts: AHPRA, 30 Nov: over on 31 Dec', of: 'AHPRA', number: 'PHY0000932846', answer: 'valid', today: '2026-12-31', expires: '2026-11-30', is: 'red', for: ['EXPIRED'] },
  { rule: 'facts: AHPRA, against its own calendar is no ground for red', of: 'AHPRA', number: 'MED0000932846', answer: 'valid', expires: '2026-05-31', is: 'green' },
  { rule: 'facts: AHPRA, provisional ends on its anniversary', of: 'AHPRA', answer: 'valid', today: '2026-03-20', expires: '2026-03-14', is: 'yellow', for: ['IN_GRACE'] },
  { rule: 'facts: AHPRA, in the month only while the register says so', of: 'AHPRA', answer: 'no', today: '2026-06-10', expires: '2026-05-31', is: 'red', for: ['MAY_NOT_ENGAGE'] },
  { rule: '60.2: in the month and never asked', of: 'AHPRA', answer: 'neverAsked', today: '2026-06-10', expires: '2026-05-31', is: 'yellow', for: ['IN_GRACE', 'NOT_YET_CHECKED'] },
  { rule: 'facts: AHPRA, non-practising is a separate fact', of: 'AHPRA', answer: 'nonPractising', expires: '2026-05-31', is: 'yellow', for: ['NON_PRACTISING'] },
  { rule: 'facts: AHPRA, conditions are a separate fact', of: 'AHPRA', answer: 'conditions', expires: '2026-05-31', is: 'yellow', for: ['CONDITIONS'] },
  { rule: '60.1: suspended', of: 'AHPRA', answer: 'no', expires: '2026-05-31', is: 'red', for: ['MAY_NOT_ENGAGE'] },
  { rule: '60.2: renewal pending, near its end', of: 'AHPRA', answer: 'renewalPending', today: '2026-05-20', expires: '2026-05-31', is: 'yellow', for: ['RENEWAL_PENDING', 'EXPIRING'] },
  { rule: '60 Checks: not found is to be reviewed', of: 'AHPRA', answer: 'notFound', expires: '2026-05-31', is: 'yellow', for: ['REVIEW_REQUIRED', 'NOT_VERIFIED'] },
  { rule: 'facts: annual, without its end nobody can tell', of: 'AHPRA', answer: 'valid', expires: null, is: 'yellow', for: ['REVIEW_REQUIRED'] },

  // The age of an answer: weekly, and stale beyond twice that.
  { rule: '60.2: today’s answer', of: 'AHPRA', answer: 'valid', age: 0, expires: '2026-05-31', is: 'green' },
  { rule: '60.2: one cadence old', of: 'AHPRA', answer: 'valid', age: 7, expires: '2026-05-31', is: 'green' },
  { rule: '60.2: exactly two cadences old', of: 'AHPRA', answer: 'valid', age: 14, expires: '2026-05-31', is: 'green' },
  { rule: '60.2: older than two', of: 'AHPRA', answer: 'valid', age: 15, expires: '2026-05-31', is: 'yellow', for: ['STALE'] },
  { rule: '60.2: an old doubt is a doubt and stale', of: 'WWCC_VIC', answer: 'notFound', age: 20, expires: '2027-05-31', is: 'yellow', for: ['REVIEW_REQUIRED', 'NOT_VERIFIED', 'STALE'] },
  { rule: '60.1: an old no is still a no', of: 'AHPRA', answer: 'no', age: 200, expires: '2026-05-31', is: 'red', for: ['MAY_NOT_ENGAGE'] },
  { rule: 'facts: cross-cutting, an error never ages into red', of: 'AHPRA', answer: 'onlyErrors', expires: '2026-05-31', is: 'yellow', for: ['NOT_YET_CHECKED'] },
  { rule: '60.2: asked, no answer so far', of: 'AHPRA', answer: 'inProgress', expires: '2026-05-31', is: 'yellow', for: ['NOT_YET_CHECKED'] },
  { rule: '60.2: never asked', of: 'AHPRA', answer: 'neverAsked', expires: '2026-05-31', is: 'yellow', for: ['NOT_YET_CHECKED'] },
  { rule: '60.2: the organisation takes HR’s word', of: 'AHPRA', answer: 'neverAsked', expires: '2026-05-31', accepted: true, is: 'green' },

  // New South Wales.
  { rule: 'facts: NSW WWCC, a clearance of five years', of: 'WWCC_NSW', answer: 'valid', issued: '2024-06-01', expires: '2029-05-31', is: 'green' },
  { rule: 'facts: NSW WWCC, E covers volunteers too', of: 'WWCC_NSW', answer: 'valid', number: 'WWC1234567E', work: 'VOLUNTEER', expires: '2029-05-31', is: 'green' },
  { rule: 'facts: NSW WWCC, V never paid', of: 'WWCC_NSW', answer: 'valid', number: 'WWC1234567V', work: 'EMPLOYEE', expires: '2029-05-31', is: 'red', for: ['WRONG_ROLE'] },
  { rule: 'facts: NSW WWCC, V for a volunteer', of: 'WWCC_NSW', answer: 'valid', number: 'WWC1234567V', work: 'VOLUNTEER', expires: '2029-05-31', is: 'green' },
  { rule: '60.2: unknown kind of work where it matters', of: 'WWCC_NSW', answer: 'valid', number: 'WWC1234567V', work: null, expires: '2029-05-31', is: 'yellow', for: ['REVIEW_REQUIRED'] },
  { rule: 'facts: NSW WWCC, an application allows start except in some sectors', of: 'WWCC_NSW', answer: 'valid', number: 'APP1234567', expires: '2029-05-31', is: 'yellow', for: ['REVIEW_REQUIRED'] },
  { rule: 'facts: NSW WWCC, an application with E is one too', of: 'WWCC_NSW', answer: 'valid', number: 'app 1234567 e', expires: '2029-05-31', is: 'yellow', for: ['REVIEW_REQUIRED'] },
  { rule: 'facts: NSW WWCC, an application has no end yet', of: 'WWCC_NSW', answer: 'neverAsked', number: 'APP1234567E', expires: null, is: 'yellow', for: ['REVIEW_REQUIRED', 'NOT_YET_CHECKED'] },
  { rule: 'facts: NSW WWCC, a volunteer’s application, paid work', of: 'WWCC_NSW', answer: 'valid', number: 'APP1234567V', expires: '2029-05-31', is: 'red', for: ['WRONG_ROLE'] },
  { rule: 'facts: NSW WWCC, window of three months', of: 'WWCC_NSW', answer: 'valid', today: '2026-03-02', expires: '2026-05-31', is: 'yellow', for: ['EXPIRING'] },
  { rule: 'facts: NSW WWCC, must be verified online', of: 'WWCC_NSW', answer: 'looked', expires: '2029-05-31', is: 'yellow', for: ['NOT_YET_CHECKED'] },
  { rule: 'facts: NSW WWCC, barred', of: 'WWCC_NSW', answer: 'no', expires: '2029-05-31', is: 'red', for: ['MAY_NOT_ENGAGE'] },
  { rule: '60.1: NSW WWCC has no grace', of: 'WWCC_NSW', answer: 'valid', today: '2026-06-01', expires: '2026-05-31', is: 'red', for: ['EXPIRED'] },

  // Victoria.
  { rule: 'facts: VIC WWC, five years', of: 'WWCC_VIC', answer: 'valid', issued: '2025-01-01', expires: '2030-01-01', is: 'green' },
  { rule: 'facts: VIC WWC, an uncertain format is no ground for red', of: 'WWCC_VIC', answer: 'valid', number: '99-X', expires: '2030-01-01', is: 'green' },
  { rule: 'facts: VIC WWC, the name differs: not found', of: 'WWCC_VIC', answer: 'notFound', expires: '2030-01-01', is: 'yellow', for: ['REVIEW_REQUIRED', 'NOT_VERIFIED'] },
  { rule: 'facts: VIC WWC, type V not for paid work, as the register says', of: 'WWCC_VIC', answer: 'volunteerOnly', expires: '2030-01-01', is: 'red', for: ['WRONG_ROLE'] },
  { rule: 'facts: VIC WWC, type V for a volunteer', of: 'WWCC_VIC', answer: 'volunteerOnly', work: 'VOLUNTEER', expires: '2030-01-01', is: 'green' },
  { rule: '60.2: VIC WWC, type V, unknown kind of work', of: 'WWCC_VIC', answer: 'volunteerOnly', work: null, expires: '2030-01-01', is: 'yellow', for: ['REVIEW_REQUIRED'] },
  { rule: '60.1: VIC WWC has no grace', of: 'WWCC_VIC', answer: 'valid', today: '2030-01-02', expires: '2030-01-01', is: 'red', for: ['EXPIRED'] },
  { rule: '60.1: suspended', of: 'WWCC_VIC', answer: 'no', expires: '2030-01-01', is: 'red', for: ['MAY_NOT_ENGAGE'] },

  // Queensland.
  { rule: 'facts: QLD, three years', of: 'BLUE_CARD_QLD', answer: 'valid', issued: '2025-06-01', expires: '2028-05-31', is: 'green' },
  { rule: 'facts: QLD, renewable 16 weeks before', of: 'BLUE_CARD_QLD', answer: 'valid', today: '2026-02-08', expires: '2026-05-31', is: 'yellow', for: ['EXPIRING'] },
  { rule: 'facts: QLD, a day before that', of: 'BLUE_CARD_QLD', answer: 'valid', today: '2026-02-07', expires: '2026-05-31', is: 'green' },
  { rule: 'facts: QLD, lodged before the end', of: 'BLUE_CARD_QLD', answer: 'renewalPending', today: '2026-05-30', expires: '2026-05-31', is: 'yellow', for: ['RENEWAL_PENDING', 'EXPIRING'] },
  { rule: 'facts: QLD, no card, no start', of: 'BLUE_CARD_QLD', answer: 'no', expires: '2028-05-31', is: 'red', for: ['MAY_NOT_ENGAGE'] },
  { rule: 'facts: QLD exemption, three years too', of: 'BLUE_CARD_EXEMPTION_QLD', answer: 'valid', issued: '2025-06-01', expires: '2028-05-31', is: 'green' },
  { rule: 'facts: QLD exemption, renewable 16 weeks before too', of: 'BLUE_CARD_EXEMPTION_QLD', answer: 'valid', today: '2026-02-08', expires: '2026-05-31', is: 'yellow', for: ['EXPIRING'] },
  { rule: 'facts: QLD exemption, old ones ended on 31 Aug 2023', of: 'BLUE_CARD_EXEMPTION_QLD', answer: 'valid', issued: '2019-01-01', expires: '2023-08-31', is: 'red', for: ['EXPIRED'] },

  // The other states and territories.
  { rule: 'facts: WA WWC, three years, live check', of: 'WWCC_WA', answer: 'valid', issued: '2025-01-01', expires: '2027-12-31', is: 'green' },
  { rule: '60.1: WA WWC, the day after', of: 'WWCC_WA', answer: 'valid', today: '2028-01-01', expires: '2027-12-31', is: 'red', for: ['EXPIRED'] },
  { rule: 'facts: SA WWCC, five years', of: 'WWCC_SA', answer: 'valid', issued: '2024-01-01', expires: '2028-12-31', is: 'green' },
  { rule: 'facts: SA WWCC, an older screening of three years is read off the card', of: 'WWCC_SA', answer: 'valid', issued: '2022-01-01', expires: '2024-12-31', is: 'red', for: ['EXPIRED'] },
  { rule: 'facts: SA WWCC, new application within six months of its end', of: 'WWCC_SA', answer: 'valid', today: '2026-03-01', expires: '2026-08-01', is: 'yellow', for: ['EXPIRING'] },
  { rule: 'facts: TAS RWVP, five years or three: the card’s day counts', of: 'RWVP_TAS', answer: 'valid', issued: '2023-03-01', expires: '2028-02-29', is: 'green' },
  { rule: 'facts: TAS RWVP, conditions', of: 'RWVP_TAS', answer: 'conditions', expires: '2028-02-29', is: 'yellow', for: ['CONDITIONS'] },
  { rule: 'facts: ACT WWVP, may be bound to a role', of: 'WWVP_ACT', answer: 'conditions', expires: '2028-02-29', is: 'yellow', for: ['CONDITIONS'] },
  { rule: 'facts: ACT WWVP, done by hand, no answer so far', of: 'WWVP_ACT', answer: 'inProgress', expires: '2028-02-29', is: 'yellow', for: ['NOT_YET_CHECKED'] },
  { rule: 'facts: NT Ochre, two years', of: 'OCHRE_CARD_NT', answer: 'valid', issued: '2025-03-01', expires: '2027-02-28', is: 'green' },
  { rule: 'facts: NT Ochre, a slow register is no register’s no', of: 'OCHRE_CARD_NT', answer: 'onlyErrors', expires: '2027-02-28', is: 'yellow', for: ['NOT_YET_CHECKED'] },
  { rule: '60.1: NT Ochre has no grace', of: 'OCHRE_CARD_NT', answer: 'valid', today: '2027-03-01', expires: '2027-02-28', is: 'red', for: ['EXPIRED'] },

  // NDIS.
  { rule: 'facts: NDIS, cleared, up to five years', of: 'NDIS_WORKER_SCREENING', answer: 'valid', expires: '2030-01-01', is: 'green' },
  { rule: 'facts: NDIS, excluded', of: 'NDIS_WORKER_SCREENING', answer: 'no', expires: '2030-01-01', is: 'red', for: ['MAY_NOT_ENGAGE'] },
  { rule: 'facts: NDIS, whether one may start on an application differs by state', of: 'NDIS_WORKER_SCREENING', answer: 'inProgress', expires: null, is: 'yellow', for: ['REVIEW_REQUIRED', 'NOT_YET_CHECKED'] },
  { rule: 'facts: NDIS, the number is free text', of: 'NDIS_WORKER_SCREENING', answer: 'valid', number: 'wsc 12345678', expires: '2030-01-01', is: 'green' },

  // Teachers.
  { rule: 'facts: NESA says active without the name: review', of: 'TEACHER_NSW', answer: 'notFound', expires: '2028-01-01', is: 'yellow', for: ['REVIEW_REQUIRED', 'NOT_VERIFIED'] },
  { rule: 'facts: VIT, annual', of: 'TEACHER_VIC', answer: 'valid', expires: '2026-09-30', is: 'green' },
  { rule: 'facts: VIT, no grace is known', of: 'TEACHER_VIC', answer: 'valid', today: '2026-10-01', expires: '2026-09-30', is: 'red', for: ['EXPIRED'] },
  { rule: 'facts: QCT, five years', of: 'TEACHER_QLD', answer: 'valid', expires: '2030-12-31', is: 'green' },
  { rule: 'facts: TRB SA, three years or five: the card’s day counts', of: 'TEACHER_SA', answer: 'valid', issued: '2024-02-01', expires: '2027-01-31', is: 'green' },
  { rule: 'facts: TRB WA, suspended', of: 'TEACHER_WA', answer: 'no', expires: '2029-01-01', is: 'red', for: ['MAY_NOT_ENGAGE'] },
  { rule: 'facts: TRB Tasmania, the annual fee by 31 Dec', of: 'TEACHER_TAS', answer: 'valid', today: '2026-12-10', expires: '2026-12-31', is: 'yellow', for: ['EXPIRING'] },
  { rule: 'facts: TRB NT, conditions', of: 'TEACHER_NT', answer: 'conditions', expires: '2029-01-01', is: 'yellow', for: ['CONDITIONS'] },
  { rule: 'facts: TQI, annual, not practising', of: 'TEACHER_ACT', answer: 'nonPractising', expires: '2027-03-31', is: 'yellow', for: ['NON_PRACTISING'] },

  // A police check: how things stood on one day. No register can be asked about it.
  { rule: 'facts: police check, review only, no live register', of: 'POLICE_CHECK', answer: 'looked', issued: '2025-09-01', expires: null, is: 'green' },
  { rule: 'facts: police check, 12 months usual', of: 'POLICE_CHECK', answer: 'looked', issued: '2025-02-01', expires: null, is: 'green' },
  { rule: 'facts: police check, older than usual: point in time', of: 'POLICE_CHECK', answer: 'looked', issued: '2025-01-31', expires: null, is: 'yellow', for: ['REVIEW_REQUIRED'] },
  { rule: 'facts: aged-care screening, under three years where the employer says so', of: 'POLICE_CHECK', answer: 'looked', issued: '2024-01-01', expires: '2026-12-31', is: 'green' },
  { rule: 'facts: police check, a point in time that is not known', of: 'POLICE_CHECK', answer: 'looked', issued: null, expires: null, is: 'yellow', for: ['REVIEW_REQUIRED'] },
  { rule: '60.2: nobody has looked', of: 'POLICE_CHECK', answer: 'said', issued: '2025-09-01', expires: null, is: 'yellow', for: ['NOT_VERIFIED'] },
  { rule: '60.1: the employer’s own end', of: 'POLICE_CHECK', answer: 'looked', issued: '2024-01-01', expires: '2026-01-31', is: 'red', for: ['EXPIRED'] },

  // First aid and CPR: two clocks, and no end is printed.
  { rule: 'facts: first aid, three years', of: 'FIRST_AID', answer: 'looked', issued: '2024-06-01', expires: '2027-06-01', is: 'green' },
  { rule: 'facts: first aid, computed from its issue', of: 'FIRST_AID', answer: 'looked', issued: '2024-06-01', expires: null, is: 'green' },
  { rule: 'facts: first aid, over three years after its issue', of: 'FIRST_AID', answer: 'looked', issued: '2023-01-31', expires: null, is: 'red', for: ['EXPIRED'] },
  { rule: 'facts: CPR of the same course has its own 12 months', of: 'CPR', answer: 'looked', issued: '2024-06-01', expires: null, is: 'red', for: ['EXPIRED'] },
  { rule: 'facts: CPR, on the last of its 12 months', of: 'CPR', answer: 'looked', issued: '2025-02-01', expires: null, is: 'yellow', for: ['EXPIRING'] },
  { rule: 'facts: CPR, the day after', of: 'CPR', answer: 'looked', issued: '2025-01-31', expires: null, is: 'red', for: ['EXPIRED'] },
  { rule: 'facts: CPR, its own dates stand above the computed ones', of: 'CPR', answer: 'looked', issued: '2024-06-01', expires: '2026-12-31', is: 'green' },
  { rule: 'facts: first aid, neither day is known', of: 'FIRST_AID', answer: 'looked', issued: null, expires: null, is: 'yellow', for: ['REVIEW_REQUIRED'] },
  { rule: '60.2: nobody has looked at it', of: 'CPR', answer: 'said', issued: '2025-10-01', expires: null, is: 'yellow', for: ['NOT_VERIFIED'] },

  // Responsible service of alcohol: with an end and without.
  { rule: 'facts: RSA, NSW five years', of: 'RSA_NSW', answer: 'looked', expires: '2029-01-01', is: 'green' },
  { rule: 'facts: RSA, NSW without its end', of: 'RSA_NSW', answer: 'looked', expires: null, is: 'yellow', for: ['REVIEW_REQUIRED'] },
  { rule: 'facts: RSA, VIC three years', of: 'RSA_VIC', answer: 'looked', issued: '2022-12-31', expires: '2025-12-31', is: 'red', for: ['EXPIRED'] },
  { rule: 'facts: RSA, QLD no expiry', of: 'RSA_QLD', answer: 'looked', issued: '2009-05-01', expires: null, is: 'green' },
  { rule: 'facts: RSA, WA no expiry', of: 'RSA_WA', answer: 'looked', issued: '2009-05-01', expires: null, is: 'green' },
  { rule: 'facts: RSA, SA no expiry', of: 'RSA_SA', answer: 'looked', issued: '2009-05-01', expires: null, is: 'green' },
  { rule: 'facts: RSA, TAS no expiry', of: 'RSA_TAS', answer: 'looked', issued: null, expires: null, is: 'green' },

  // Driver licences, vaccinations, education.
  { rule: 'facts: driver licence, per card', of: 'DRIVER_LICENCE_VIC', answer: 'looked', number: '012345678', expires: '2034-01-01', is: 'green' },
  { rule: 'facts: driver licence, conditions', of: 'DRIVER_LICENCE_NSW', answer: 'conditions', expires: '2030-01-01', is: 'yellow', for: ['CONDITIONS'] },
  { rule: '60.1: driver licence, the day after', of: 'DRIVER_LICENCE_WA', answer: 'looked', today: '2026-05-02', expires: '2026-05-01', is: 'red', for: ['EXPIRED'] },
  { rule: 'facts: influenza, yearly', of: 'VACCINATION_INFLUENZA', answer: 'looked', issued: '2025-04-15', expires: null, is: 'green' },
  { rule: 'facts: influenza, last year’s', of: 'VACCINATION_INFLUENZA', answer: 'looked', issued: '2024-04-15', expires: null, is: 'red', for: ['EXPIRED'] },
  { rule: 'facts: hepatitis B, by course: no end', of: 'VACCINATION_HEPATITIS_B', answer: 'looked', issued: '2004-01-01', expires: null, is: 'green' },
  { rule: 'facts: vaccination, the employer holds the evidence', of: 'VACCINATION_HEPATITIS_B', answer: 'said', expires: null, is: 'yellow', for: ['NOT_VERIFIED'] },
  { rule: '60 Checks: a type without expiry', of: 'EDUCATION_QUALIFICATION', answer: 'looked', issued: '1988-12-01', expires: null, is: 'green' },
  { rule: '60.2: a degree that somebody claims', of: 'EDUCATION_QUALIFICATION', answer: 'said', issued: '1988-12-01', expires: null, is: 'yellow', for: ['NOT_VERIFIED'] },

  // The right to work: not found is not no, and citizens are in no register.
  { rule: 'facts: right to work, the visa’s end', of: 'RIGHT_TO_WORK', answer: 'valid', expires: '2027-12-31', is: 'green' },
  { rule: 'facts: right to work, the visa has ended', of: 'RIGHT_TO_WORK', answer: 'valid', expires: '2026-01-31', is: 'red', for: ['EXPIRED'] },
  { rule: 'facts: right to work, not found is not no', of: 'RIGHT_TO_WORK', answer: 'notFound', expires: '2027-12-31', is: 'yellow', for: ['REVIEW_REQUIRED', 'NOT_VERIFIED'] },
  { rule: 'facts: right to work, not found, no end', of: 'RIGHT_TO_WORK', answer: 'notFound', expires: null, is: 'yellow', for: ['REVIEW_REQUIRED', 'NOT_VERIFIED'] },
  { rule: 'facts: right to work, 8104 limited hours', of: 'RIGHT_TO_WORK', answer: 'conditions', expires: '2027-12-31', is: 'yellow', for: ['CONDITIONS'] },
  { rule: 'facts: right to work, 8101 no work', of: 'RIGHT_TO_WORK', answer: 'no', expires: '2027-12-31', is: 'red', for: ['MAY_NOT_ENGAGE'] },
  { rule: 'facts: right to work, a citizen’s passport was looked at', of: 'RIGHT_TO_WORK', answer: 'looked', expires: null, is: 'green' },
  { rule: 'facts: right to work, a citizen’s word', of: 'RIGHT_TO_WORK', answer: 'said', expires: null, is: 'yellow', for: ['NOT_VERIFIED'] },
  { rule: 'facts: right to work, for a visa a look is not enough', of: 'RIGHT_TO_WORK', answer: 'looked', expires: '2027-12-31', is: 'yellow', for: ['NOT_YET_CHECKED'] },
]

function inputOf(one: Case): LicenceStatusInput {
  const type = types.get(one.of)
  if (!type) throw new Error(`no type ${one.of}`)
  const day = (text: string): LocalDate => text as LocalDate
  const { age: unanswered, ...answer } = { age: undefined, ...answers[one.answer] }
  const today = day(one.today ?? '2026-02-01')
  return {
    type,
    today,
    issueDate: one.issued === null ? null : day(one.issued ?? '2021-06-01'),
    expiryDate: one.expires === null ? null : day(one.expires),
    number: one.number ?? type.number.example,
    details: [],
    lastGoodAnswerOn: unanswered === null ? null : addDays(today, -(one.age ?? 1)),
    checkCadenceDays: type.checkEveryDays,
    acceptDeclared: one.accepted ?? false,
    workerType: one.work === undefined ? 'EMPLOYEE' : one.work,
    ...answer,
  }
}

describe('licence status, from what is known about each type', () => {
  test.each(cases.map((one) => [`${one.of}, ${one.rule} (${one.answer})`, one] as const))(
    '%s',
    (_what, one) => {
      const { status, reasons } = licenceStatusOf(inputOf(one))
      expect({ status, reasons }).toEqual({ status: one.is, reasons: one.for ?? [] })
    },
  )

  test.each(cases.map((one) => [`${one.of}, ${one.rule} (${one.answer})`, one] as const))(
    'the day on which it changes is found: %s',
    (_what, one) => {
      const input = inputOf(one)
      const told = licenceStatusOf(input)
      const last = told.nextChangeOn ?? addDays(input.today, 4_000)
      for (let n = 1; n < Math.min(daysBetween(input.today, last), 4_000); n += 1)
        expect(licenceStatusOf({ ...input, today: addDays(input.today, n) })).toMatchObject({
          status: told.status,
          reasons: told.reasons,
        })
    },
  )

  test('the rhythm of the type decides when an answer is stale', () => {
    const input = inputOf({
      rule: '',
      of: 'AHPRA',
      answer: 'valid',
      age: 15,
      expires: '2026-05-31',
      is: 'green',
    })
    expect(licenceStatusOf({ ...input, checkCadenceDays: 8 }).reasons).toEqual([])
    expect(licenceStatusOf({ ...input, checkCadenceDays: 7 }).reasons).toEqual(['STALE'])
  })

  test('no shipped type takes a register’s silence for a no, and each is worked out by a case or its neighbour', () => {
    expect([...types.values()].filter((type) => type.absenceIsDecisive)).toEqual([])
    const worked = new Set(cases.map((one) => one.of.replace(/_(NSW|VIC|QLD|WA|SA|TAS|ACT|NT)$/, '')))
    const missing = [...types.keys()].filter(
      (code) => !worked.has(code.replace(/_(NSW|VIC|QLD|WA|SA|TAS|ACT|NT)$/, '')),
    )
    // Documents without a rule of their own: as education.
    expect(missing).toEqual(['ENGLISH_PROFICIENCY', 'IDENTITY', 'CAREER_HISTORY', 'MICROCREDENTIAL'])
  })
})
