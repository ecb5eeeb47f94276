/** The `http` connector against the register simulator, over HTTP. */
import { openOutbound } from '../../platform/outbound.ts'
import { startRegisterSimulator } from '../register-simulator/register-simulator.ts'
import { connectorContract, questionAbout, type RecordedCase } from './connectors.contract.ts'
import type { Connector } from './connectors.schema.ts'
import { httpConnector } from './registers.http-connector.ts'
import { httpSettings } from './registers.schema.ts'

const about = (digits: string, more: Parameters<typeof questionAbout>[0] = {}) =>
  questionAbout({ number: `NMW000987${digits}`, ...more })

const cases: readonly RecordedCase[] = [
  {
    name: 'valid, with what was sent',
    question: about('0001'),
    answer: {
      outcome: 'MAY_ENGAGE',
      details: [],
      conditions: [],
      ownWords: 'CURRENT',
      verified: {
        number: 'NMW0009870001',
        holderName: 'Zephyrine Featherstonehaugh',
        issueDate: about('0001').issueDate,
        expiryDate: about('0001').expiryDate,
        neverExpires: false,
      },
    },
  },
  {
    name: 'letters behind the digits do not count',
    question: about('0003E'),
    answer: { outcome: 'MAY_NOT_ENGAGE', details: ['SUSPENDED'] },
  },
  { name: 'expired', question: about('0002'), answer: { outcome: 'MAY_NOT_ENGAGE', details: ['EXPIRED'] } },
  {
    name: 'suspended',
    question: about('0003'),
    answer: { outcome: 'MAY_NOT_ENGAGE', details: ['SUSPENDED'] },
  },
  {
    name: 'with conditions',
    question: about('0004'),
    answer: {
      outcome: 'MAY_ENGAGE',
      details: ['CONDITIONS'],
      conditions: ['Must practise under supervision.'],
    },
  },
  {
    name: 'not found, which a person looks at',
    question: about('0005'),
    answer: { outcome: 'REVIEW_REQUIRED', details: ['NOT_FOUND'], verified: null },
  },
  {
    name: 'not found, which decides',
    question: about('0005', { absenceIsDecisive: true }),
    answer: { outcome: 'MAY_NOT_ENGAGE', details: ['NOT_FOUND'], verified: null },
  },
  {
    name: 'renewed',
    question: about('0008'),
    answer: {
      outcome: 'MAY_ENGAGE',
      verified: {
        number: 'NMW0009870008',
        holderName: 'Zephyrine Featherstonehaugh',
        issueDate: about('0008').today,
        expiryDate: '2028-05-31' as NonNullable<ReturnType<typeof about>['expiryDate']>,
        neverExpires: false,
      },
    },
  },
  { name: 'rubbish', question: about('0009'), answer: { outcome: 'ERROR', faultCode: 'UNREADABLE' } },
  {
    name: 'renewal pending',
    question: about('0011'),
    answer: { outcome: 'MAY_ENGAGE', details: ['RENEWAL_PENDING'] },
  },
  {
    name: 'non-practising',
    question: about('0012'),
    answer: { outcome: 'MAY_ENGAGE', details: ['NON_PRACTISING'] },
  },
]

const kinds = ['simulator', 'http'] as const
for (const kind of kinds)
  connectorContract(`${kind} connector on the simulator`, async () => {
    const simulator = await startRegisterSimulator({ host: '127.0.0.1', port: 0 })
    // What the simulator kind may reach, the way out allows nobody else.
    const isHttp = kind === 'http'
    const outbound = openOutbound({ allowPrivate: isHttp, allowHttp: isHttp })
    const secret = 'Open-Sesame-77'
    const url = isHttp ? `${simulator.url}/v1/checks` : simulator.url
    const open = (inputs: readonly string[]): Connector =>
      httpConnector({
        kind,
        settings: httpSettings.parse({ url, inputs, auth: { kind: 'bearer' }, atOnce: 16 }),
        secret,
        outbound,
        now: () => new Date('2027-01-01T00:00:00Z'),
      })
    return {
      connector: open([]),
      needing: open(['number', 'birthDate']),
      cases,
      secrets: [secret],
      stop: () => simulator.close(),
      close: async () => {
        await simulator.close()
        await outbound.close()
      },
    }
  })
