/** The series of the fuzzer, for the short run and the long one: what is sent, and what every answer must keep to. */
import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import fc from 'fast-check'
import { basePath } from '../../server/platform/http/http-server.ts'
import { answerFaults, faultsOf, operations, type Operation } from './api-document.ts'
import {
  pathWith,
  prepare,
  questionWith,
  type Answer,
  type ApiHouse,
  type Organisation,
  type Prepared,
} from './api-house.ts'
import { inputsFor, requestOf, type Input } from './fuzz-input.ts'
import { illFramed, send, sendBytes } from './wire.ts'

/** Generous: machines are noisy. */
const answerWithinMs = 5_000
/** So often the things that the requests name are made anew, because requests use them up. */
const preparedFor = 8
/** What HTTP itself is answered with before any operation is found. */
const ofTransport = [400, 404, 408, 413, 431]

/** What would show the inside: stack traces, SQL, the database's words. */
const inside =
  /\n\s*at |\bat \S+ \(|\.[jt]s:\d|node_modules|\b(select|SELECT)\b.+\b(from|FROM)\b|insert into|violates|syntax for type|[a-z]Error\b|Error:/

const problemSchema = { $ref: '#/components/schemas/Problem' }

/** What is wrong with the answer, whatever was asked. */
export function faultsOfAny(operation: Operation, answer: Answer, isTransport: boolean): string[] {
  const faults: string[] = []
  if (answer.headers['x-content-type-options'] !== 'nosniff' || !answer.headers['content-security-policy'])
    faults.push('without the headers that guard every answer')
  if (answer.status >= 500) faults.push(`${answer.status}: ${answer.text}`)
  if (answer.status >= 400) {
    if (!String(answer.headers['content-type']).startsWith('application/problem+json'))
      faults.push(`${answer.status} as ${String(answer.headers['content-type'])}: ${answer.text}`)
    else faults.push(...faultsOf(problemSchema, answer.json))
    if (inside.test(answer.text)) faults.push(`shows the inside: ${answer.text}`)
    if ((answer.json as { status?: unknown } | undefined)?.status !== answer.status)
      faults.push('its problem tells another status')
  }
  // An address or headers without measure are refused before they are read.
  const isUnread = answer.status === 431 || (isTransport && ofTransport.includes(answer.status))
  if (!isUnread) faults.push(...answerFaults(operation, answer))
  return faults
}

const shortened = (value: unknown): string => {
  const text = value instanceof Uint8Array ? Buffer.from(value).toString('base64') : String(value)
  return text.length > 1_500 ? `${text.slice(0, 1_500)}… (${text.length} characters)` : text
}

/** What a series came to, for bench/fuzz.ts. */
export interface FuzzFigures {
  readonly operations: number
  readonly runsPerOperation: number
  readonly seed: number
  readonly answers: number
  /** Answers of 500 and above: faults of ours. */
  readonly serverFaults: number
  readonly slowestMs: number
  /** Making what the requests name, sending and judging them, without opening the house. */
  readonly takenMs: number
}

export class Figures {
  readonly #statuses = new Map<string, Map<number, number>>()
  slowestMs = 0
  takenMs = 0
  count(kind: string, status: number): void {
    const of = this.#statuses.get(kind) ?? new Map<number, number>()
    of.set(status, (of.get(status) ?? 0) + 1)
    this.#statuses.set(kind, of)
  }
  /** How many answers of a kind had this status. */
  of(kind: string, status: number): number {
    return this.#statuses.get(kind)?.get(status) ?? 0
  }
  /** Writes what the series came to into the file that FUZZ_FIGURES names, if it names one. */
  async hand(series: Pick<FuzzFigures, 'operations' | 'runsPerOperation' | 'seed'>): Promise<void> {
    const file = process.env['FUZZ_FIGURES']
    if (file === undefined) return
    const spread = [...this.#statuses.values()].flatMap((statuses) => [...statuses])
    const sum = (some: [number, number][]): number => some.reduce((total, [, count]) => total + count, 0)
    const figures: FuzzFigures = {
      ...series,
      answers: sum(spread),
      serverFaults: sum(spread.filter(([status]) => status >= 500)),
      slowestMs: this.slowestMs,
      takenMs: this.takenMs,
    }
    await writeFile(file, JSON.stringify(figures))
  }
  toString(): string {
    const lines = [...this.#statuses].map(([kind, statuses]) => {
      const spread = [...statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`)
      const total = [...statuses.values()].reduce((sum, count) => sum + count, 0)
      return `  ${kind.padEnd(8)} ${String(total).padStart(6)}   ${spread.join('  ')}`
    })
    return [...lines, `  slowest answer ${Math.round(this.slowestMs)} ms`].join('\n')
  }
}

/**
 * One series over one operation. Throws with the input, its seed and what was answered when an answer is not as every
 * answer must be.
 */
export async function fuzzOperation(
  { port, organisation }: { readonly port: number; readonly organisation: Organisation },
  { route, operation }: (typeof operations)[number],
  { seed, runs, figures }: { readonly seed: number; readonly runs: number; readonly figures: Figures },
): Promise<void> {
  const authorization = { authorization: `Bearer ${organisation.token}` }
  let prepared: Prepared = {}
  let asked = 0

  const one = async (input: Input): Promise<void> => {
    if (asked % preparedFor === 0) prepared = await prepare(organisation, route)
    asked += 1
    const start = performance.now()
    const judge = (answer: Answer, what: string, isTransport: boolean): void => {
      figures.slowestMs = Math.max(figures.slowestMs, performance.now() - start)
      figures.count(input.kind, answer.status)
      const faults = faultsOfAny(operation, answer, isTransport)
      if (faults.length > 0) throw new Error(`${faults.join('\n')}\nanswered to ${what}`)
    }
    const isUnframed = input.kind === 'garbage' && (input.damage.place % 3 > 0 || !operation.requestBody)
    if (isUnframed) {
      const path = basePath + pathWith(route, prepared.params ?? {})
      const all = illFramed(
        route.method,
        path,
        `authorization: ${authorization.authorization}\r\n`,
        input.garbage,
      )
      const [name, bytes] = all[input.damage.hostile % all.length] as (typeof all)[number]
      const answer = await sendBytes(port, bytes, answerWithinMs).catch((error: unknown) => {
        throw new Error(`${route.method} ${path} with ${name}: ${String(error)}`)
      })
      if (answer) judge(answer, `${route.method} ${path} with ${name}`, true)
      return
    }
    const request = requestOf(route.path, operation, input, prepared)
    const what = `${route.method} ${shortened(request.path)} ${JSON.stringify(request.headers)}\n${shortened(request.body)}`
    const answer = await send(
      port,
      route.method,
      { ...request, path: basePath + request.path, headers: { ...authorization, ...request.headers } },
      answerWithinMs,
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}\ninstead of an answer to ${what}`)
    })
    judge(answer, what, input.kind === 'garbage')
  }

  // Another series for each operation, and the same one whatever operations there are beside it.
  const own = createHash('sha256').update(operation.operationId).digest().readInt32LE()
  const start = performance.now()
  try {
    await fc.assert(fc.asyncProperty(inputsFor(operation), one), { seed: seed ^ own, numRuns: runs })
  } finally {
    figures.takenMs += performance.now() - start
  }
}

/** After a series: what was prepared is there or gone, but never a fault; what was enqueued could be done. */
export async function assertSound(api: ApiHouse, organisation: Organisation): Promise<void> {
  await api.house.drain()
  const failed = await api.house.owner(
    "select name, data, output from pgboss.job where state in ('failed', 'retry')",
  )
  if (failed.length > 0) throw new Error(`Jobs failed after the series: ${JSON.stringify(failed)}`)
  for (const { route, operation } of operations) {
    if (route.method !== 'GET') continue
    const { params = {}, query = {}, headers = {} } = await prepare(organisation, route)
    const answer = await organisation.ask({
      method: 'GET',
      path: pathWith(route, params) + questionWith(query),
      headers,
    })
    const faults = answerFaults(operation, answer)
    if (![200, 404].includes(answer.status) || faults.length > 0)
      throw new Error(
        `${route.method} ${route.path} after the series: ${answer.status} ${faults.join('\n')} ${answer.text}`,
      )
  }
}
