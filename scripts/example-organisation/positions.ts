/** The nine positions of the example organisation: what each asks for, how many people hold it, and where. */
import { childSafetyCode, type State } from './licences.ts'

export type WorkerType = 'EMPLOYEE' | 'CONTRACTOR' | 'VOLUNTEER' | 'STUDENT'

export interface Position {
  readonly code: string
  readonly people: number
  /** Null = everywhere. */
  readonly state: State | null
  readonly titles: readonly { readonly title: string; readonly prefix?: string }[]
  /** Of 100 people, how many are no employees, and what they are then. */
  readonly others: { readonly percent: number; readonly workerType: WorkerType }
  readonly requires: readonly { readonly code: string; readonly state: State | null }[]
  /** What some of them hold beside, by code. */
  mayHold(state: State): readonly string[]
}

const anywhere = (...codes: string[]): Position['requires'] => codes.map((code) => ({ code, state: null }))
const nobody = { percent: 0, workerType: 'EMPLOYEE' } as const

export const positions: readonly Position[] = [
  {
    code: 'RN-001',
    people: 45,
    state: null,
    titles: [
      { title: 'Registered Nurse', prefix: 'NMW' },
      { title: 'Clinical Nurse Specialist, Wound Care', prefix: 'NMW' },
      { title: 'Community Nurse', prefix: 'NMW' },
    ],
    others: { percent: 8, workerType: 'CONTRACTOR' },
    requires: anywhere('RN-AHPRA', 'NDIS-WORKER', 'CPR'),
    mayHold: (state) => [childSafetyCode(state), 'HEPB'],
  },
  {
    code: 'EN-001',
    people: 30,
    state: null,
    titles: [{ title: 'Enrolled Nurse', prefix: 'NMW' }],
    others: { percent: 6, workerType: 'STUDENT' },
    requires: anywhere('EN-AHPRA', 'CPR', 'FLU'),
    mayHold: () => ['VISA'],
  },
  {
    code: 'GP-001',
    people: 8,
    state: null,
    titles: [{ title: 'Visiting Medical Officer', prefix: 'MED' }],
    others: { percent: 80, workerType: 'CONTRACTOR' },
    requires: anywhere('AHP-REG', 'POL-CHK'),
    mayHold: (state) => [childSafetyCode(state)],
  },
  {
    code: 'AH-001',
    people: 32,
    state: null,
    titles: [
      { title: 'Occupational Therapist', prefix: 'OCC' },
      { title: 'Occupational Therapist, Paediatrics', prefix: 'OCC' },
      { title: 'Physiotherapist', prefix: 'PHY' },
      { title: 'Psychologist', prefix: 'PSY' },
      { title: 'Podiatrist', prefix: 'POD' },
    ],
    others: { percent: 15, workerType: 'CONTRACTOR' },
    requires: anywhere('AHP-REG', 'NDIS-WORKER'),
    mayHold: (state) => [childSafetyCode(state)],
  },
  {
    code: 'DSW-001',
    people: 75,
    state: null,
    titles: [
      { title: 'Disability Support Worker' },
      { title: 'Disability Support Worker, Supported Living' },
      { title: 'House Coordinator' },
    ],
    others: { percent: 4, workerType: 'STUDENT' },
    requires: anywhere('NDIS-WORKER', 'FA', 'CPR'),
    mayHold: (state) => [childSafetyCode(state), `DL-${state}`],
  },
  {
    code: 'PCA-001',
    people: 50,
    state: null,
    titles: [{ title: 'Personal Care Assistant' }, { title: 'Lifestyle Assistant' }],
    others: nobody,
    requires: anywhere('POL-CHK', 'FLU'),
    mayHold: (state) => [`RSA-${state}`],
  },
  {
    code: 'ECT-VIC',
    people: 22,
    state: 'VIC',
    titles: [{ title: 'Early Childhood Teacher' }, { title: 'Educational Leader, Early Learning' }],
    others: nobody,
    requires: [
      { code: 'VIT', state: 'VIC' },
      { code: 'VIC-WWCC', state: 'VIC' },
      { code: 'FA', state: null },
    ],
    mayHold: () => [],
  },
  {
    code: 'YFW-NSW',
    people: 18,
    state: 'NSW',
    titles: [{ title: 'Youth and Family Worker' }, { title: 'Holiday Program Leader' }],
    others: { percent: 30, workerType: 'VOLUNTEER' },
    requires: [
      { code: 'NSW-WWCC', state: 'NSW' },
      { code: 'FA', state: null },
    ],
    mayHold: () => ['DL-NSW'],
  },
  {
    code: 'DRV-QLD',
    people: 20,
    state: 'QLD',
    titles: [{ title: 'Community Transport Driver' }],
    others: { percent: 60, workerType: 'VOLUNTEER' },
    requires: [
      { code: 'DL-QLD', state: 'QLD' },
      { code: 'QLD-BLUE', state: 'QLD' },
      { code: 'FA', state: null },
    ],
    mayHold: () => ['RSA-QLD'],
  },
]
