/** What the `http` connector makes of single answers. That no server moves it to rubbish is in its contract's tests. */
import { describe, expect, it } from 'vitest'
import type { Outbound } from '../../platform/outbound.ts'
import type { CheckQuestion } from './connectors.schema.ts'
import { httpConnector } from './registers.http-connector.ts'
import { httpSettings } from './registers.schema.ts'

const now = new Date('2027-01-01T00:00:00Z')
const question = {
  correlationId: 'req_1',
  register: 'AHPRA',
  credentialType: 'AHPRA',
  number: 'NMW0001230001',
  today: '2027-01-01',
  absenceIsDecisive: true,
} as unknown as CheckQuestion

function connector(status: number, headers: Readonly<Record<string, string>>, url = 'https://r.example/') {
  const state = { asked: 0 }
  const outbound = {
    request: async () => {
      state.asked += 1
      return { status, headers, body: Buffer.from('{}') }
    },
  } as unknown as Outbound
  const settings = httpSettings.parse({ url, method: url.includes('{') ? 'GET' : 'POST' })
  return {
    state,
    connector: httpConnector({ kind: 'http', settings, secret: null, outbound, now: () => now }),
  }
}

describe('a source that wants to be left alone', () => {
  it.each([
    ['120', undefined, 120],
    [' 120 ', undefined, 120],
    ['0', undefined, null],
    ['-5', undefined, null],
    ['1.5', undefined, null],
    ['99999999999999999999', undefined, 86_400],
    ['soon', undefined, null],
    ['5, 9', undefined, null],
    // By its own clock, which may go wrong.
    ['Sat, 01 Jan 2028 00:02:00 GMT', 'Sat, 01 Jan 2028 00:00:00 GMT', 120],
    // By ours, where it shows none.
    ['Fri, 01 Jan 2027 00:02:00 GMT', undefined, 120],
    ['Fri, 01 Jan 2027 00:02:00 GMT', 'yesterday', 120],
    ['Friday, 01-Jan-27 00:02:00 GMT', undefined, 120],
    ['Fri Jan  1 00:02:00 2027', undefined, 120],
    ['Fri, 01 Jan 2027 00:00:00 GMT', undefined, null],
    ['Thu, 31 Dec 2026 00:00:00 GMT', undefined, null],
    ['Fri, 01 Jan 2100 00:00:00 GMT', undefined, 86_400],
    ['Fri, 99 Foo 2027 00:00:00 GMT', undefined, null],
  ] as const)('by %s, its date %s: for %s seconds', async (retryAfter, date, seconds) => {
    const headers = { 'retry-after': retryAfter, ...(date === undefined ? {} : { date }) }
    for (const status of [429, 503])
      expect((await connector(status, headers).connector.check(question)).fault?.retryAfterSeconds).toBe(
        seconds,
      )
  })
})

describe('half a character in a question', () => {
  it.each(['https://r.example/{number}', 'https://r.example/'])(
    'is a fault of the question, which is not sent: %s',
    async (url) => {
      const { connector: under, state } = connector(200, {}, url)
      const torn = { ...question, number: 'NMW\ud800001' }
      expect(under.canCheck(torn)).toContain('number')
      const { outcome, fault } = await under.check(torn)
      expect({ outcome, code: fault?.code }).toEqual({ outcome: 'ERROR', code: 'REJECTED' })
      expect(state.asked).toBe(0)
    },
  )
})
