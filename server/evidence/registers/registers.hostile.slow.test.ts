/**
 * The `http` connector against sources that are slow, garbled, down or malicious: never a throw, never an answer out of
 * rubbish, and no word about anybody in what is told of the fault.
 */
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  httpAnswer,
  openHostileSource,
  sending,
  sendingForEver,
  sendingLast,
  type HostileSource,
  type Misdeed,
} from '../../../test/hostile-source.ts'
import { openOutbound } from '../../platform/outbound.ts'
import { expectSound, questionAbout } from './connectors.contract.ts'
import type { CheckAnswer, CheckQuestion, FaultCode } from './connectors.schema.ts'
import { httpConnector } from './registers.http-connector.ts'
import { httpSettings } from './registers.schema.ts'

const good = { status: 'CURRENT', number: 'NMW0009870001', holderName: 'Zephyrine Featherstonehaugh' }
const json = (more: object = {}): string => JSON.stringify({ ...good, ...more })
const gzipped = ['content-type: application/json', 'content-encoding: gzip']
const html = ['content-type: text/html']
const jsonType = 'content-type: application/json'
/** What a source might put where it does not belong. */
const leak = 'NMW0009870001 Zephyrine Ottoline Featherstonehaugh 1991-07-13'
const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)
/** An answer of just so many bytes, whose JSON is whole. */
const ofBytes = (bytes: number): Buffer => Buffer.from(json().padEnd(bytes, ' '))

type Expected =
  | FaultCode
  | readonly [FaultCode, number | null]
  | { readonly answer: CheckAnswer['outcome']; readonly details: readonly string[] }
const isGood: Expected = { answer: 'MAY_ENGAGE', details: [] }
const isDoubt = (...details: string[]): Expected => ({ answer: 'REVIEW_REQUIRED', details })

const faulty = (status: number, ...headers: string[]): Misdeed =>
  sending(httpAnswer(status, JSON.stringify({ error: leak }), [jsonType, ...headers]))
const later = 'retry-after: Fri, 01 Jan 2027 00:05:00 GMT'
const itsDate = 'date: Fri, 01 Jan 2027 00:00:00 GMT'

const table: Readonly<Record<string, readonly [misdeed: Misdeed, expected: Expected]>> = {
  good: [sending(httpAnswer(200, json())), isGood],

  // Slow
  silent: [() => {}, 'TIMEOUT'],
  headForEver: [sendingForEver('HTTP/1.1 200 OK\r\n', 'x-more: x\r\n', 20), 'TIMEOUT'],
  dripping: [
    sendingForEver(`HTTP/1.1 200 OK\r\n${jsonType}\r\ncontent-length: 60000\r\n\r\n`, ' ', 20),
    'TIMEOUT',
  ],
  continuing: [
    sendingForEver('HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 100 Continue\r\n\r\n', 20),
    'UNREACHABLE',
  ],

  // Long
  endless: [
    sendingForEver(
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n',
      `2000\r\n${' '.repeat(8_192)}\r\n`,
      1,
    ),
    'UNREADABLE',
  ],
  long70: [sending(httpAnswer(200, ofBytes(70 * 1_024))), 'UNREADABLE'],
  long64andOne: [sending(httpAnswer(200, ofBytes(65_537))), 'UNREADABLE'],
  long64: [sending(httpAnswer(200, ofBytes(65_536))), isGood],
  longHead: [sending(`HTTP/1.1 200 OK\r\nx-long: ${'x'.repeat(100_000)}\r\n\r\n`), 'UNREACHABLE'],
  longError: [sending(httpAnswer(500, ofBytes(70 * 1_024))), 'UNREADABLE'],

  // Elsewhere
  ...Object.fromEntries(
    [300, 301, 302, 303, 307, 308].map((status) => [
      `redirect${status}`,
      [faulty(status, `location: /good/${encodeURIComponent(leak)}`), 'REFUSED'] as const,
    ]),
  ),

  // Refusing
  denied401: [faulty(401, 'www-authenticate: Basic realm="x"'), 'UNAUTHORISED'],
  denied403: [faulty(403), 'UNAUTHORISED'],
  rejected400: [faulty(400), 'REJECTED'],
  rejected410: [faulty(410), 'REJECTED'],
  rejected422: [faulty(422), 'REJECTED'],
  often: [faulty(429), ['TOO_MANY', null]],
  oftenSeconds: [faulty(429, 'retry-after: 120'), ['TOO_MANY', 120]],
  oftenDate: [faulty(429, later), ['TOO_MANY', 300]],
  oftenItsDate: [faulty(429, later, itsDate), ['TOO_MANY', 300]],
  oftenTwice: [faulty(429, 'retry-after: 120', 'retry-after: 240'), ['TOO_MANY', null]],
  oftenRubbish: [faulty(429, 'retry-after: never'), ['TOO_MANY', null]],
  oftenAges: [faulty(429, 'retry-after: 999999999999'), ['TOO_MANY', 86_400]],
  down500: [faulty(500), ['SERVER_ERROR', null]],
  down502: [sending(httpAnswer(502, `<html>${leak}`, html)), ['SERVER_ERROR', null]],
  down503Seconds: [faulty(503, 'retry-after: 7'), ['SERVER_ERROR', 7]],
  down503Date: [faulty(503, later), ['SERVER_ERROR', 300]],
  down999: [faulty(999), ['SERVER_ERROR', null]],
  reason: [sending(httpAnswer(`500 ${leak}`, '{}')), ['SERVER_ERROR', null]],

  // Garbled
  html: [sending(httpAnswer(200, `<html><p>${leak}`, html)), 'UNREADABLE'],
  empty: [sending(httpAnswer(200, '')), 'UNREADABLE'],
  none204: [sending('HTTP/1.1 204 None\r\n\r\n'), 'UNREADABLE'],
  null: [sending(httpAnswer(200, 'null')), 'UNREADABLE'],
  number: [sending(httpAnswer(200, '1')), 'UNREADABLE'],
  text: [sending(httpAnswer(200, '"CURRENT"')), 'UNREADABLE'],
  list: [sending(httpAnswer(200, `[${json()}]`)), 'UNREADABLE'],
  blank: [sending(httpAnswer(200, '{}')), 'UNREADABLE'],
  noState: [sending(httpAnswer(200, json({ status: null }))), 'UNREADABLE'],
  emptyState: [sending(httpAnswer(200, json({ status: ' \t' }))), 'UNREADABLE'],
  listState: [sending(httpAnswer(200, json({ status: ['CURRENT'] }))), 'UNREADABLE'],
  twice: [sending(httpAnswer(200, json() + json())), 'UNREADABLE'],
  notQuite: [sending(httpAnswer(200, `{'status': 'CURRENT',}`)), 'UNREADABLE'],
  script: [sending(httpAnswer(200, `callback(${json()})`)), 'UNREADABLE'],
  cut: [sending(httpAnswer(200, json().slice(0, -1))), 'UNREADABLE'],
  latin1: [sending(httpAnswer(200, Buffer.from(json({ message: 'é' }), 'latin1'))), 'UNREADABLE'],
  utf16: [sending(httpAnswer(200, Buffer.from(`\ufeff${json()}`, 'utf16le'))), 'UNREADABLE'],
  gzip: [sending(httpAnswer(200, gzipSync(json()), gzipped)), 'UNREADABLE'],
  gzipBomb: [sending(httpAnswer(200, gzipSync(Buffer.alloc(2 ** 24)), gzipped)), 'UNREADABLE'],
  image: [
    sending(httpAnswer(200, Buffer.from('89504e470d0a1a0a', 'hex'), ['content-type: image/png'])),
    'UNREADABLE',
  ],
  // What it is decides, not what it is called.
  misnamed: [sending(httpAnswer(200, json(), html)), isGood],
  nameless: [sending(httpAnswer(200, json(), [])), isGood],
  namedTwice: [
    sending(httpAnswer(200, json(), [jsonType, jsonType, `content-type: ${'x'.repeat(300)}`])),
    isGood,
  ],
  oddlyNamed: [sending(httpAnswer(200, json(), ['content-type: \u00e9\u00ff'])), isGood],
  withMark: [sending(httpAnswer(200, `\ufeff${json()}`)), isGood],

  // Broken off
  reset: [(socket) => socket.resetAndDestroy(), 'UNREACHABLE'],
  closed: [(socket) => socket.end(), 'UNREACHABLE'],
  resetAmid: [
    (socket) => {
      socket.write(httpAnswer(200, json()).subarray(0, -5), () => socket.resetAndDestroy())
    },
    'UNREACHABLE',
  ],
  shorter: [sendingLast(httpAnswer(200, json()).subarray(0, -1)), 'UNREACHABLE'],
  chunkCut: [
    sendingLast(
      `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${json().length.toString(16)}\r\n${json()}\r\n`,
    ),
    'UNREACHABLE',
  ],
  chunkRubbish: [sending('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}'), 'UNREACHABLE'],
  noHttp: [sendingLast('SSH-2.0-OpenSSH_9.9\r\n'), 'UNREACHABLE'],
  nulHeader: [
    sending(`HTTP/1.1 200 OK\r\nx: \0\r\ncontent-length: ${json().length}\r\n\r\n${json()}`),
    'UNREACHABLE',
  ],
  twoLengths: [
    sending(`HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n${json()}`),
    'UNREACHABLE',
  ],

  // Impossible
  ...Object.fromEntries(
    [
      '2027-02-30',
      '2027-13-01',
      '0000-01-01',
      '10000-01-01',
      '31/02/2027',
      '1/1/27',
      '20270531',
      'soon',
      '2027-05-31x',
      '9999999999999',
      '-1',
    ].flatMap((day, index) => [
      [`until${index}`, [sending(httpAnswer(200, json({ expiryDate: day }))), 'UNREADABLE'] as const],
      [`from${index}`, [sending(httpAnswer(200, json({ issueDate: day }))), 'UNREADABLE'] as const],
    ]),
  ),
  backwards: [
    sending(httpAnswer(200, json({ issueDate: '2027-05-31', expiryDate: '2027-05-30' }))),
    'UNREADABLE',
  ],
  dateList: [sending(httpAnswer(200, json({ expiryDate: ['2027-05-31'] }))), 'UNREADABLE'],
  forEverMaybe: [sending(httpAnswer(200, json({ neverExpires: 'maybe' }))), 'UNREADABLE'],
  conditionNumbers: [sending(httpAnswer(200, json({ conditions: [1, 2] }))), 'UNREADABLE'],

  // About somebody else
  otherNumber: [sending(httpAnswer(200, json({ number: 'NMW0009870002' }))), isDoubt('NUMBER_DIFFERS')],
  otherName: [sending(httpAnswer(200, json({ holderName: 'Eve Other' }))), isDoubt('NAME_DIFFERS')],
  other: [
    sending(httpAnswer(200, json({ number: '1', holderName: 'Eve Other' }))),
    isDoubt('NUMBER_DIFFERS', 'NAME_DIFFERS'),
  ],
  otherEnded: [
    sending(httpAnswer(200, json({ status: 'SUSPENDED', number: 'NMW0009870002' }))),
    isDoubt('NUMBER_DIFFERS', 'SUSPENDED'),
  ],
  unknownWord: [sending(httpAnswer(200, json({ status: 'FINE' }))), isDoubt('UNKNOWN_WORD')],
  numberState: [sending(httpAnswer(200, json({ status: 1 }))), isDoubt('UNKNOWN_WORD')],

  // Sly
  deepState: [sending(httpAnswer(200, `{"status":${deep(30_000)}}`)), 'UNREADABLE'],
  deepBeside: [sending(httpAnswer(200, json().replace('{', `{"x":${deep(30_000)},`))), isGood],
  deepOnly: [sending(httpAnswer(200, '['.repeat(60_000))), 'UNREADABLE'],
  protoState: [sending(httpAnswer(200, `{"__proto__":${json()}}`)), 'UNREADABLE'],
  protoBeside: [
    sending(httpAnswer(200, json().replace('{', '{"__proto__":{"outcome":"MAY_ENGAGE"},'))),
    isGood,
  ],
  protoWord: [sending(httpAnswer(200, json({ status: '__proto__' }))), isDoubt('UNKNOWN_WORD')],
  constructorWord: [sending(httpAnswer(200, json({ status: 'constructor' }))), isDoubt('UNKNOWN_WORD')],
  keyTwice: [
    sending(
      httpAnswer(
        200,
        json()
          .replace('{', '{"status":"CURRENT",')
          .replace(/CURRENT(?!.*CURRENT)/, 'SUSPENDED'),
      ),
    ),
    { answer: 'MAY_NOT_ENGAGE', details: ['SUSPENDED'] },
  ],
  nul: [
    sending(httpAnswer(200, json({ status: 'CUR\0RENT', message: '\0\0', conditions: ['\0'] }))),
    isDoubt('UNKNOWN_WORD'),
  ],
  nulNumber: [sending(httpAnswer(200, json({ number: 'NMW000987000\u00002' }))), isDoubt('NUMBER_DIFFERS')],
  surrogates: [
    sending(httpAnswer(200, '{"status":"CURRENT\\ud800","message":"\\udc00","conditions":["\\ud83d"]}')),
    isDoubt('UNKNOWN_WORD', 'CONDITIONS'),
  ],
  surrogateNumber: [
    sending(httpAnswer(200, '{"status":"CURRENT","number":"NMW000987\\ud8000001"}')),
    isDoubt('NUMBER_DIFFERS'),
  ],
  manyConditions: [
    sending(
      httpAnswer(200, json({ conditions: Array.from({ length: 999 }, (_, n) => `${n} ${'x'.repeat(40)}`) })),
    ),
    { answer: 'MAY_ENGAGE', details: ['CONDITIONS'] },
  ],
  longTexts: [
    sending(
      httpAnswer(
        200,
        json({ message: '😀'.repeat(2_000), holderName: 'Zephyrine Featherstonehaugh '.repeat(100) }),
      ),
    ),
    isGood,
  ],
}

/** Answers to whoever has not asked yet, together with the one that was asked for. */
const ahead = Buffer.concat([httpAnswer(200, json({ number: 'NMW0009870003' })), httpAnswer(200, json())])
/** In turn: well, out of order, rubbish, nothing, gone. */
const inTurn: readonly Misdeed[] = [
  sending(httpAnswer(200, json())),
  faulty(500),
  sending(httpAnswer(200, 'CURRENT')),
  (socket) => socket.resetAndDestroy(),
  sending(httpAnswer(200, json({ status: 'SUSPENDED' }))),
]

describe('a hostile source', () => {
  let source: HostileSource
  const outbound = openOutbound({ allowPrivate: true, allowHttp: true })
  beforeAll(async () => {
    source = await openHostileSource({
      ...Object.fromEntries(Object.entries(table).map(([name, [misdeed]]) => [name, misdeed])),
      ahead: sending(ahead),
      flapping: (socket, target, count) => inTurn[(count - 1) % inTurn.length]?.(socket, target, count),
    })
  })
  afterAll(async () => {
    await outbound.close()
    await source.close()
  })

  const secret = 'Open-Sesame-77'
  const ask = async (misdeed: string, more: Partial<CheckQuestion> = {}): Promise<CheckAnswer> => {
    const connector = httpConnector({
      kind: 'http',
      settings: httpSettings.parse({
        url: `${source.url}/${misdeed}/{number}/{familyName}?given={givenNames}&born={birthDate}`,
        method: 'GET',
        auth: { kind: 'bearer' },
        // Nothing but silence is ever late, however busy the machine.
        timeoutMs: table[misdeed]?.[1] === 'TIMEOUT' ? 300 : 20_000,
      }),
      secret,
      outbound,
      now: () => new Date('2027-01-01T00:00:00Z'),
    })
    const question = questionAbout(more)
    const answer = await connector.check(question)
    expectSound(answer, question, [secret, source.url.slice(-5)])
    return answer
  }

  it.each(Object.keys(table))('%s', async (name) => {
    const [, expected] = table[name] as (typeof table)[string]
    for (const absenceIsDecisive of [true, false]) {
      const { outcome, details, fault } = await ask(name, { absenceIsDecisive })
      if (typeof expected === 'string') expect(fault).toMatchObject({ code: expected })
      else if ('answer' in expected)
        expect({ outcome, details, fault }).toEqual({
          outcome: expected.answer,
          details: expected.details,
          fault: null,
        })
      else expect(fault).toMatchObject({ code: expected[0], retryAfterSeconds: expected[1] })
    }
    // It was asked once for each question, and nobody was followed.
    expect(source.asked.filter((one) => one === name)).toHaveLength(2)
    expect(({} as Record<string, unknown>)['outcome']).toBeUndefined()
  })

  it('that answers the next question before it is asked is not believed', async () => {
    for (let round = 0; round < 2; round += 1) {
      expect((await ask('ahead', { number: 'NMW0009870003' })).outcome).toBe('MAY_ENGAGE')
      expect((await ask('silent')).fault?.code).toBe('TIMEOUT')
    }
  })

  it('that flaps gives what it gave, each time', async () => {
    const codes: (string | undefined)[] = []
    for (let round = 0; round < 2 * inTurn.length; round += 1) {
      const { outcome, fault } = await ask('flapping')
      codes.push(fault?.code ?? outcome)
    }
    const once = ['MAY_ENGAGE', 'SERVER_ERROR', 'UNREADABLE', 'UNREACHABLE', 'MAY_NOT_ENGAGE']
    expect(codes).toEqual([...once, ...once])
  })

  it('asked from many sides at once, keeps nobody else from an answer', async () => {
    const names = Object.keys(table)
    const answers = await Promise.all(names.flatMap((name) => [ask(name), ask('good')]))
    for (const [index, { outcome }] of answers.entries())
      if (index % 2 === 1) expect(outcome).toBe('MAY_ENGAGE')
  })

  it('costs no more connections the longer it goes on', async () => {
    const atOnce = 10
    const before = source.openConnections()
    for (const misdeed of ['silent', 'dripping', 'endless', 'chunkRubbish', 'long70', 'dripping']) {
      await Promise.all(Array.from({ length: atOnce }, () => ask(misdeed)))
      // One given up may have been replaced by another, which is there for the next question.
      await expect
        .poll(() => source.openConnections(), { timeout: 5_000 })
        .toBeLessThanOrEqual(before + atOnce)
    }
  })
})
