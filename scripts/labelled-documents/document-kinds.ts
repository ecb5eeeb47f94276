/**
 * What Australian credential documents say, kind by kind, for the labelled set. Written from the facts about each type and from
 * what such documents look like; nothing here comes from the reader that is measured with it, nor from the catalogue's hints.
 *
 * Each wording has a list for the layouts that whoever tunes the reader may look at (`seen`) and one for those held back.
 */
import type { Seeded } from '../example-organisation/seeded.ts'

export interface Wordings {
  readonly seen: readonly string[]
  readonly unseen: readonly string[]
}

export interface DocumentKind {
  /** A credential type's code; null for what is none that the product knows. */
  readonly type: string | null
  /** Unique among the kinds. */
  readonly name: string
  readonly issuer: Wordings
  readonly title: Wordings
  readonly holderLabel: Wordings
  readonly numberLabel: Wordings
  readonly number: (chance: Seeded) => string
  /** Labels of the day from which it is good; null = it does not say. */
  readonly issueLabel: Wordings | null
  /** Labels of the last day on which it is good; null = it does not say. */
  readonly expiryLabel: Wordings | null
  /** Months from issue to expiry. */
  readonly months: number
  /** The issuer's fixed last day, MM-DD. */
  readonly yearEnd?: (chance: Seeded) => string
  readonly sentences: readonly string[]
  /** Other things that stand on it, to be taken for none of the above. */
  readonly extras: (chance: Seeded) => readonly (readonly [string, string])[]
  /** Whether it is a plastic card rather than a sheet. */
  readonly isCard?: boolean
}

const digits = (chance: Seeded, count: number): string =>
  Array.from({ length: count }, () => chance.whole(0, 9)).join('')
const lead = (chance: Seeded, count: number): string => `${chance.whole(1, 9)}${digits(chance, count - 1)}`
const both = (...words: string[]): Wordings => ({ seen: words, unseen: words })
const words = (seen: readonly string[], unseen: readonly string[]): Wordings => ({ seen, unseen })

const holder = words(
  ['Name', 'Full name', 'Name of holder'],
  ['Holder', 'Issued to', 'Given and family name'],
)
const expiry = words(['Expiry date', 'Expires', 'Valid until'], ['Date of expiry', 'Valid to', 'Expires on'])
const issue = words(['Issue date', 'Date of issue', 'Issued'], ['Date issued', 'Issued on', 'Valid from'])

const abn = (chance: Seeded): readonly [string, string] => [
  'ABN',
  `${lead(chance, 2)} ${digits(chance, 3)} ${digits(chance, 3)} ${digits(chance, 3)}`,
]
const phone = (chance: Seeded): readonly [string, string] => [
  'Telephone',
  `1300 ${digits(chance, 3)} ${digits(chance, 3)}`,
]

export const credentialKinds: readonly DocumentKind[] = [
  {
    type: 'AHPRA',
    name: 'ahpra',
    issuer: words(
      ['Australian Health Practitioner Regulation Agency', 'Ahpra & National Boards'],
      ['Nursing and Midwifery Board of Australia · Ahpra', 'Ahpra'],
    ),
    title: words(
      ['Certificate of Registration', 'Registration Certificate'],
      ['Certificate of registration as a health practitioner'],
    ),
    holderLabel: words(['Name', 'Practitioner name'], ['Registered practitioner', 'Name of practitioner']),
    numberLabel: words(['Registration number', 'Registration No.'], ['Reg. no.', 'Registration ID']),
    number: (chance) => `${chance.pick(['NMW', 'NMW', 'MED', 'PHY', 'PHA', 'OCC'])}000${lead(chance, 7)}`,
    issueLabel: words(['Date of first registration', 'Registered from'], ['First registered']),
    expiryLabel: words(
      ['Registration expiry date', 'Expiry date'],
      ['Registration expires', 'Registered until'],
    ),
    months: 12,
    yearEnd: (chance) => chance.pick(['05-31', '09-30', '11-30']),
    sentences: [
      'The practitioner named here is registered under the Health Practitioner Regulation National Law.',
      'Current details, with any conditions, are on the public register of practitioners.',
    ],
    extras: (chance) => [
      ['Profession', chance.pick(['Nurse', 'Midwife', 'Medical practitioner', 'Physiotherapist'])],
      ['Registration type', chance.pick(['General', 'Provisional', 'Specialist'])],
      phone(chance),
    ],
  },
  {
    type: 'WWCC_NSW',
    name: 'wwcc-nsw',
    issuer: words(
      ["Office of the Children's Guardian", "NSW Government  Office of the Children's Guardian"],
      ["Office of the Children's Guardian, New South Wales", 'NSW Government'],
    ),
    title: words(
      ['Working with Children Check', 'Working With Children Check clearance'],
      ['NSW Working with Children Check'],
    ),
    holderLabel: holder,
    numberLabel: words(['WWC number', 'Clearance number'], ['WWCC No.', 'Number']),
    number: (chance) => `WWC${lead(chance, 7)}${chance.pick(['E', 'E', 'V'])}`,
    issueLabel: words(['Clearance date', 'Date of outcome'], ['Cleared on']),
    expiryLabel: expiry,
    months: 60,
    sentences: [
      'You have been cleared to work with children in New South Wales.',
      'Employers must verify this clearance online before you start work.',
    ],
    extras: (chance) => [
      ['Clearance type', chance.pick(['Employee', 'Volunteer'])],
      ['Status', 'CLEARED'],
      phone(chance),
    ],
  },
  {
    type: 'WWCC_VIC',
    name: 'wwcc-vic',
    issuer: words(
      ['Working with Children Check Victoria', 'Victoria State Government'],
      ['Department of Government Services Victoria', 'Service Victoria'],
    ),
    title: words(
      ['Working with Children Check', 'WWC Check card'],
      ['Working with Children Clearance Victoria'],
    ),
    holderLabel: holder,
    numberLabel: words(['Card number', 'Card No.'], ['WWC number', 'Check number']),
    number: (chance) =>
      `${lead(chance, 7)}${chance.pick(['A', 'B', 'C', 'D'])}${chance.chance(40) ? `-0${chance.whole(1, 4)}` : ''}`,
    issueLabel: issue,
    expiryLabel: expiry,
    months: 60,
    sentences: [
      'The holder has passed a Working with Children Check under the Worker Screening Act 2020 (Vic).',
    ],
    extras: (chance) => [['Type', chance.pick(['Employee', 'Volunteer'])]],
    isCard: true,
  },
  {
    type: 'BLUE_CARD_QLD',
    name: 'blue-card',
    issuer: words(
      ['Blue Card Services', 'Queensland Government  Blue Card Services'],
      ['Blue Card Services, Department of Justice, Queensland'],
    ),
    title: words(
      ['Blue Card', 'Positive notice: working with children clearance'],
      ['Working with children clearance (blue card)'],
    ),
    holderLabel: holder,
    numberLabel: words(['Card number', 'Blue card number'], ['Account / card no.', 'Card no.']),
    number: (chance) => `${lead(chance, chance.whole(6, 7))}/${chance.whole(1, 9)}`,
    issueLabel: issue,
    expiryLabel: expiry,
    months: 36,
    sentences: ['The person named holds a working with children clearance under Queensland law.'],
    extras: (chance) => [['Category', chance.pick(['Paid', 'Volunteer'])]],
    isCard: true,
  },
  {
    type: 'NDIS_WORKER_SCREENING',
    name: 'ndis',
    issuer: words(
      ['NDIS Worker Screening Check', 'NDIS Worker Screening Unit'],
      ['Worker Screening Unit', 'NDIS Quality and Safeguards: Worker Screening'],
    ),
    title: words(
      ['NDIS Worker Screening Clearance', 'NDIS Worker Screening Check outcome'],
      ['Notice of NDIS clearance'],
    ),
    holderLabel: words(['Name', 'Applicant'], ['Worker', 'Cleared person']),
    numberLabel: words(
      ['Worker screening number', 'Clearance number'],
      ['NDIS check number', 'Screening ID'],
    ),
    number: (chance) => chance.pick([`WSC${lead(chance, 8)}`, `NDIS-${lead(chance, 6)}`, lead(chance, 8)]),
    issueLabel: words(['Clearance date', 'Date of decision'], ['Cleared from']),
    expiryLabel: expiry,
    months: 60,
    sentences: [
      'You have been granted a clearance and may work in risk assessed roles with people with disability.',
      'The clearance is recognised in every state and territory.',
    ],
    extras: (chance) => [['Outcome', 'Cleared'], phone(chance)],
  },
  {
    type: 'POLICE_CHECK',
    name: 'police-check',
    issuer: words(
      ['Australian Federal Police', 'National Crime Check'],
      ['CrimCheck Australia', 'State Police Records Service'],
    ),
    title: words(
      ['National Police Certificate', 'Nationally Coordinated Criminal History Check'],
      ['National Police Check results', 'National criminal history check certificate'],
    ),
    holderLabel: words(['Name', 'Applicant name'], ['Subject', 'In respect of']),
    numberLabel: words(['Certificate number', 'Reference number'], ['Check ID', 'Our reference']),
    number: (chance) =>
      chance.pick([`NPC-${lead(chance, 7)}`, `${lead(chance, 10)}`, `NCHRC${lead(chance, 8)}`]),
    issueLabel: words(['Date of issue', 'Issue date'], ['Date completed', 'Results as at']),
    expiryLabel: null,
    months: 12,
    sentences: [
      'There are no disclosable court outcomes recorded against the name of the person above.',
      'This result is a point in time check and speaks for the day of issue only.',
    ],
    extras: (chance) => [
      ['Purpose of check', chance.pick(['Employment: aged care', 'Employment', 'Volunteering'])],
      abn(chance),
    ],
  },
  {
    type: 'TEACHER_VIC',
    name: 'teacher-vic',
    issuer: both('Victorian Institute of Teaching'),
    title: words(['Registration as a Teacher', 'Certificate of Registration'], ['Teacher registration card']),
    holderLabel: holder,
    numberLabel: words(['Registration number', 'VIT number'], ['Registration no.']),
    number: (chance) => lead(chance, 6),
    issueLabel: null,
    expiryLabel: words(['Registration expires', 'Expiry date'], ['Registered to']),
    months: 12,
    yearEnd: () => '09-30',
    sentences: ['The person named is registered to teach in Victorian schools and early childhood services.'],
    extras: (chance) => [['Category', chance.pick(['Full registration', 'Provisional registration'])]],
  },
  {
    type: 'TEACHER_QLD',
    name: 'teacher-qld',
    issuer: both('Queensland College of Teachers'),
    title: words(
      ['Certificate of Teacher Registration', 'Registered Teacher'],
      ['Teacher registration certificate'],
    ),
    holderLabel: holder,
    numberLabel: words(['Registration number', 'QCT registration'], ['Registration no.']),
    number: (chance) => lead(chance, 6),
    issueLabel: words(['Registered from', 'Date of issue'], ['Commencement']),
    expiryLabel: expiry,
    months: 60,
    sentences: [
      'This is to certify that the teacher named is registered under the Education (Queensland College of Teachers) Act.',
    ],
    extras: (chance) => [['Registration type', chance.pick(['Full', 'Provisional'])]],
  },
  {
    type: 'FIRST_AID',
    name: 'first-aid',
    issuer: words(
      ['Southern Cross First Aid Training', 'St John Ambulance Australia', 'Australian Red Cross Training'],
      ['Coastal First Aid College', 'Bright Path Training Pty Ltd', 'Royal Life Saving Society'],
    ),
    title: words(
      ['Statement of Attainment', 'Provide First Aid'],
      ['First aid certificate', 'Statement of attainment: first aid'],
    ),
    holderLabel: words(['This is to certify that', 'Awarded to'], ['Participant', 'Student name']),
    numberLabel: words(['Certificate number', 'Certificate No.'], ['Cert. ID', 'Statement no.']),
    number: (chance) => chance.pick([`FA-${lead(chance, 6)}`, `${lead(chance, 8)}`, `SOA${lead(chance, 7)}`]),
    issueLabel: words(['Date of issue', 'Date completed'], ['Completion date', 'Issued on']),
    expiryLabel: words(['Expiry date', 'Recommended renewal date'], ['Renewal due', 'Valid to']),
    months: 36,
    sentences: [
      'has fulfilled the requirements for HLTAID011 Provide First Aid',
      'A statement of attainment is issued by a registered training organisation when a person has completed one or more units of competency.',
    ],
    extras: (chance) => [
      ['RTO code', lead(chance, 5)],
      ['Unit', 'HLTAID011 Provide First Aid'],
      ['Also includes', 'HLTAID009 Provide cardiopulmonary resuscitation'],
    ],
  },
  {
    type: 'CPR',
    name: 'cpr',
    issuer: words(
      ['Southern Cross First Aid Training', 'Heartbeat Training Australia'],
      ['Coastal First Aid College', 'Pulse Response Training Pty Ltd'],
    ),
    title: words(
      ['Statement of Attainment', 'Provide cardiopulmonary resuscitation'],
      ['CPR refresher certificate'],
    ),
    holderLabel: words(['This is to certify that', 'Awarded to'], ['Participant', 'Student name']),
    numberLabel: words(['Certificate number', 'Certificate No.'], ['Cert. ID', 'Statement no.']),
    number: (chance) => chance.pick([`CPR-${lead(chance, 6)}`, `${lead(chance, 8)}`]),
    issueLabel: words(['Date of issue', 'Date completed'], ['Completion date', 'Issued on']),
    expiryLabel: words(['Expiry date', 'Recommended renewal date'], ['Renewal due', 'Valid to']),
    months: 12,
    sentences: ['has been assessed as competent in HLTAID009 Provide cardiopulmonary resuscitation'],
    extras: (chance) => [
      ['RTO code', lead(chance, 5)],
      ['Unit', 'HLTAID009 Provide cardiopulmonary resuscitation'],
    ],
  },
  {
    type: 'DRIVER_LICENCE_NSW',
    name: 'licence-nsw',
    issuer: words(['NEW SOUTH WALES, AUSTRALIA', 'Transport for NSW'], ['New South Wales Australia']),
    title: words(['DRIVER LICENCE', 'Driver Licence'], ['Driver licence NSW']),
    holderLabel: both('Name'),
    numberLabel: words(['Licence No.', 'LICENCE NO.'], ['Licence number']),
    number: (chance) => lead(chance, 8),
    issueLabel: null,
    expiryLabel: words(['Expiry date', 'EXPIRY DATE'], ['Expires']),
    months: 60,
    sentences: [],
    extras: (chance) => [
      ['Licence class', chance.pick(['C', 'C R', 'HR', 'MR'])],
      ['Card number', `2 ${digits(chance, 3)} ${digits(chance, 3)} ${digits(chance, 3)}`],
      [
        'Date of birth',
        `${chance.whole(10, 28)} ${chance.pick(['JAN', 'MAR', 'AUG', 'NOV'])} 19${chance.whole(60, 99)}`,
      ],
    ],
    isCard: true,
  },
  {
    type: 'DRIVER_LICENCE_VIC',
    name: 'licence-vic',
    issuer: words(['VICTORIA AUSTRALIA', 'VicRoads Victoria'], ['Victoria, Australia']),
    title: words(['DRIVER LICENCE'], ['Driver licence Victoria']),
    holderLabel: both('Name'),
    numberLabel: words(['Licence No.', 'LICENCE NO.'], ['Licence number']),
    number: (chance) => `0${lead(chance, 8)}`,
    issueLabel: null,
    expiryLabel: words(['Licence expiry', 'LICENCE EXPIRY'], ['Expires']),
    months: 60,
    sentences: [],
    extras: (chance) => [
      ['Licence type', chance.pick(['CAR', 'CAR MOTORCYCLE'])],
      ['Date of birth', `${chance.whole(10, 28)}-0${chance.whole(1, 9)}-19${chance.whole(60, 99)}`],
      ['Address', `${chance.whole(1, 200)} High Street Preston VIC 3072`],
    ],
    isCard: true,
  },
  {
    type: 'VACCINATION_INFLUENZA',
    name: 'influenza',
    issuer: words(
      ['Australian Immunisation Register', 'Services Australia'],
      ['Greenfields Pharmacy Vaccination Service', 'Medicare · Australian Immunisation Register'],
    ),
    title: words(
      ['Immunisation history statement', 'Influenza vaccination record'],
      ['Record of influenza immunisation', 'Proof of vaccination'],
    ),
    holderLabel: words(['Name', 'For'], ['Patient', 'Individual']),
    numberLabel: words(
      ['Individual Healthcare Identifier', 'Record number'],
      ['Statement reference', 'Document number'],
    ),
    number: (chance) => `${lead(chance, 4)} ${digits(chance, 4)} ${digits(chance, 4)}`.replace(/ /g, ''),
    issueLabel: words(['Date given', 'Date of vaccination'], ['Immunisation date', 'Vaccinated on']),
    expiryLabel: null,
    months: 12,
    sentences: ['The following influenza vaccine has been recorded.'],
    extras: (chance) => [
      ['Vaccine', chance.pick(['Fluad Quad', 'Vaxigrip Tetra', 'FluQuadri', 'Afluria Quad'])],
      ['Immunisation', 'Influenza'],
      ['Batch', `AU${lead(chance, 5)}`],
    ],
  },
  {
    type: 'RIGHT_TO_WORK',
    name: 'right-to-work',
    issuer: words(
      ['Department of Home Affairs', 'Australian Government  Department of Home Affairs'],
      ['Home Affairs · Visa Entitlement Verification Online'],
    ),
    title: words(['Visa details check (VEVO)', 'Visa Grant Notice'], ['VEVO: current visa details']),
    holderLabel: words(['Name', 'Visa applicant'], ['Visa holder', 'Family name and given names']),
    numberLabel: words(['Visa grant number', 'Grant number'], ['Visa grant no.']),
    number: (chance) => lead(chance, 13),
    issueLabel: words(['Visa grant date', 'Date of grant'], ['Granted on']),
    expiryLabel: words(
      ['Visa expiry date', 'Must not arrive after', 'Stay until'],
      ['Visa expires', 'Period of stay ends'],
    ),
    months: 48,
    sentences: ['Work entitlements: the visa holder has unlimited right to work in Australia.'],
    extras: (chance) => [
      ['Visa class / subclass', chance.pick(['TU 500', 'GK 482', 'SP 186', 'UC 457'])],
      ['Passport number', `${chance.pick(['N', 'P', 'E'])}${lead(chance, 7)}`],
      ['Country of passport', chance.pick(['India', 'Nepal', 'Philippines', 'Ireland'])],
    ],
  },
  {
    type: 'RSA_NSW',
    name: 'rsa-nsw',
    issuer: words(
      ['Liquor & Gaming NSW', 'NSW Government  Liquor & Gaming'],
      ['Hospitality & Racing, NSW Government'],
    ),
    title: words(['NSW Competency Card', 'Responsible Service of Alcohol'], ['RSA competency card']),
    holderLabel: holder,
    numberLabel: words(['Card number', 'CCH number'], ['Card no.']),
    number: (chance) => `CCH${lead(chance, 8)}`,
    issueLabel: null,
    expiryLabel: words(['RSA expiry', 'Expiry date'], ['RSA valid to']),
    months: 60,
    sentences: ['Responsible Service of Alcohol (RSA)'],
    extras: () => [['Competency', 'RSA']],
    isCard: true,
  },
  {
    type: 'EDUCATION_QUALIFICATION',
    name: 'qualification',
    issuer: words(
      ['TAFE NSW', 'Monash University', 'Charles Sturt University'],
      ['Griffith University', 'Holmesglen Institute'],
    ),
    title: words(
      ['Certificate III in Individual Support', 'Bachelor of Nursing'],
      ['Diploma of Nursing', 'Certificate IV in Ageing Support'],
    ),
    holderLabel: words(['This is to certify that', 'Conferred upon'], ['has been awarded to', 'Graduate']),
    numberLabel: words(['Testamur number', 'Student number'], ['Document no.', 'Parchment number']),
    number: (chance) => lead(chance, chance.whole(7, 9)),
    issueLabel: words(['Date conferred', 'Date of issue'], ['Conferred on', 'Awarded on']),
    expiryLabel: null,
    months: 120,
    sentences: [
      'having completed the course of study and fulfilled all requirements, has been admitted to the award',
      'The qualification is recognised within the Australian Qualifications Framework.',
    ],
    extras: (chance) => [['Qualification code', chance.pick(['CHC33021', 'HLT54121', 'CHC43015'])]],
  },
  {
    type: 'OCHRE_CARD_NT',
    name: 'ochre-card',
    issuer: words(
      ['SAFE NT', 'Northern Territory Police  SAFE NT'],
      ['SAFE NT, Northern Territory Government'],
    ),
    title: words(
      ['Ochre Card', 'Working with Children Clearance Notice'],
      ['Ochre card: working with children'],
    ),
    holderLabel: holder,
    numberLabel: words(['Clearance notice number', 'Card number'], ['Notice no.']),
    number: (chance) => lead(chance, 7),
    issueLabel: issue,
    expiryLabel: expiry,
    months: 24,
    sentences: ['The holder has a clearance to work with children in the Northern Territory.'],
    extras: (chance) => [['Type', chance.pick(['Employment', 'Volunteer'])]],
    isCard: true,
  },
  {
    type: 'WWCC_WA',
    name: 'wwcc-wa',
    issuer: words(
      ['Government of Western Australia  Department of Communities'],
      ['Working with Children Screening Unit, Western Australia'],
    ),
    title: words(
      ['Working with Children Card', 'Working with Children Check'],
      ['WWC card Western Australia'],
    ),
    holderLabel: holder,
    numberLabel: words(['Notice number', 'Card number'], ['WWC card no.']),
    number: (chance) => lead(chance, chance.whole(6, 7)),
    issueLabel: null,
    expiryLabel: expiry,
    months: 36,
    sentences: ['Assessment notice under the Working with Children (Screening) Act 2004 (WA).'],
    extras: () => [],
    isCard: true,
  },
]

const plain = (
  name: string,
  issuer: Wordings,
  title: Wordings,
  more: Partial<DocumentKind>,
): DocumentKind => ({
  type: null,
  name,
  issuer,
  title,
  holderLabel: both('Name'),
  numberLabel: both('Reference'),
  number: (chance) => lead(chance, 8),
  issueLabel: both('Date'),
  expiryLabel: null,
  months: 12,
  sentences: [],
  extras: () => [],
  ...more,
})

/** What people send instead: documents of other countries, and papers that prove nothing of the kind. */
export const foreignKinds: readonly DocumentKind[] = [
  plain('dbs', both('Disclosure and Barring Service'), both('Enhanced Certificate', 'DBS Certificate'), {
    numberLabel: both('Certificate number'),
    number: (chance) => `00${lead(chance, 10)}`,
    sentences: [
      'Police records of convictions, cautions, reprimands and warnings: none recorded.',
      'Issued in the United Kingdom.',
    ],
  }),
  plain(
    'us-nurse',
    both('California Board of Registered Nursing', 'Texas Board of Nursing'),
    both('Registered Nurse License', 'License Verification'),
    {
      numberLabel: both('License number'),
      expiryLabel: both('Expiration date'),
      sentences: ['The licensee is authorized to practice as a registered nurse in this state.'],
    },
  ),
  plain('nz-licence', both('NEW ZEALAND'), both('DRIVER LICENCE'), {
    numberLabel: both('5a'),
    number: (chance) => `${chance.pick(['AB', 'DK', 'EF'])}${lead(chance, 6)}`,
    expiryLabel: both('4b'),
    isCard: true,
    extras: () => [['Classes', '1 6L']],
  }),
  plain('garda', both('National Vetting Bureau', 'An Garda Síochána'), both('Vetting Disclosure'), {
    sentences: [
      'Disclosure made under the National Vetting Bureau (Children and Vulnerable Persons) Acts, Ireland.',
    ],
  }),
  plain(
    'electricity',
    both('AGL', 'Origin Energy', 'Red Energy'),
    both('Electricity account', 'Your electricity bill'),
    {
      numberLabel: both('Account number'),
      expiryLabel: both('Due date'),
      months: 1,
      sentences: ['Total amount due includes GST. Supply address as shown.'],
      extras: (chance) => [['Amount due', `$${chance.whole(90, 480)}.${digits(chance, 2)}`], abn(chance)],
    },
  ),
  plain(
    'payslip',
    both('Sunrise Aged Care Pty Ltd', 'Harbour Health Services'),
    both('Pay advice', 'Payslip'),
    {
      numberLabel: both('Employee number'),
      sentences: ['Superannuation has been paid to your nominated fund.'],
      extras: (chance) => [
        ['Gross pay', `$${chance.whole(1200, 3400)}.00`],
        ['Tax', `$${chance.whole(200, 900)}.00`],
        abn(chance),
      ],
    },
  ),
  plain('bank', both('Commonwealth Bank', 'Bendigo Bank'), both('Account statement'), {
    numberLabel: both('Account number'),
    sentences: ['Opening balance and transactions are listed below.'],
    extras: (chance) => [
      ['BSB', `06${lead(chance, 1)}-${digits(chance, 3)}`],
      ['Closing balance', `$${chance.whole(100, 9000)}.42`],
    ],
  }),
  plain(
    'attendance',
    both('Harbour Health Services', 'Bright Path Training Pty Ltd'),
    both('Certificate of Attendance', 'Certificate of Completion'),
    {
      numberLabel: both('Certificate number'),
      sentences: [
        'attended the workshop on manual handling and fire safety',
        'Three hours of professional development were recorded.',
      ],
    },
  ),
  plain('gym', both('Anytime Fitness Parramatta', 'City Leisure Centre'), both('Membership card'), {
    numberLabel: both('Member number'),
    expiryLabel: both('Valid until'),
    isCard: true,
  }),
  plain('receipt', both('Officeworks', 'Bunnings Warehouse'), both('Tax invoice', 'Receipt'), {
    numberLabel: both('Invoice number'),
    sentences: ['Please retain this receipt as proof of purchase.'],
    extras: (chance) => [['Total', `$${chance.whole(5, 300)}.95`], abn(chance)],
  }),
  plain(
    'enrolment',
    both('TAFE Queensland', 'Open Colleges'),
    both('Confirmation of enrolment', 'Letter of offer'),
    {
      numberLabel: both('Student number'),
      sentences: ['We are pleased to confirm your place in the course. Classes begin soon.'],
    },
  ),
  plain('library', both('City of Sydney Library', 'Moreland City Libraries'), both('Library card'), {
    numberLabel: both('Borrower'),
    isCard: true,
  }),
  plain(
    'insurance',
    both('Guild Insurance', 'Allianz Australia'),
    both('Certificate of currency', 'Policy schedule'),
    {
      numberLabel: both('Policy number'),
      expiryLabel: both('Period of insurance ends'),
      sentences: ['Public liability and professional indemnity insurance for the insured named.'],
      extras: (chance) => [['Limit of indemnity', `$${chance.whole(5, 20)},000,000`]],
    },
  ),
  plain('tenancy', both('Ray White Coburg', 'LJ Hooker Dubbo'), both('Residential tenancy agreement'), {
    expiryLabel: both('Tenancy ends'),
    sentences: ['The tenant agrees to pay rent fortnightly in advance.'],
    extras: (chance) => [['Rent', `$${chance.whole(350, 900)} per week`]],
  }),
]
