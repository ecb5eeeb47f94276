/**
 * A client of the API in a process of its own, so that neither waits for the other's event loop: asks the same question
 * again and again while it is told to. Run as a program it is that process.
 */
import { fork } from 'node:child_process'
import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Question {
  readonly port: number
  readonly path: string
  readonly authorization: string
}

export interface ApiClient {
  /** Asks until `stop`. */
  start(): Promise<void>
  /** Milliseconds that 99 of 100 answers took at most, and how many there were. */
  stop(): Promise<{ p99Ms: number; answers: number }>
  close(): void
}

/** About a hundred times in a second: a client that works, not a load. */
const pauseMs = 10

export function openApiClient(question: Question): ApiClient {
  const child = fork(import.meta.filename, [JSON.stringify(question)])
  const told = <T>(message: string): Promise<T> =>
    new Promise((resolve, reject) => {
      child.once('message', (answer) => resolve(answer as T))
      child.once('exit', (code) => reject(new Error(`the client ended with ${code}`)))
      child.send(message)
    })
  return {
    start: () => told('start'),
    stop: () => told('stop'),
    close: () => void child.kill(),
  }
}

function ask(agent: Agent, { port, path, authorization }: Question): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { host: '127.0.0.1', port, path, headers: { authorization }, agent },
      (incoming) => {
        if (incoming.statusCode !== 200) reject(new Error(`status ${incoming.statusCode}`))
        incoming.resume()
        incoming.on('end', resolve)
      },
    )
    outgoing.on('error', reject)
    outgoing.end()
  })
}

function serve(question: Question): void {
  const agent = new Agent({ keepAlive: true })
  let isAsking = false
  let asking: Promise<void> = Promise.resolve()
  let took: number[] = []
  const askOn = async (): Promise<void> => {
    while (isAsking) {
      const started = performance.now()
      await ask(agent, question)
      took.push(performance.now() - started)
      await sleep(pauseMs)
    }
  }
  process.on('message', (message) => {
    if (message === 'start') {
      took = []
      isAsking = true
      asking = askOn()
      process.send?.({})
      return
    }
    isAsking = false
    void asking.then(() => {
      const sorted = took.sort((a, b) => a - b)
      process.send?.({ p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? NaN, answers: sorted.length })
    })
  })
  process.on('disconnect', () => process.exit(0))
}

const given = process.argv[2]
if (process.argv[1] === import.meta.filename && given !== undefined) serve(JSON.parse(given) as Question)
