/** A child process of the tests that misbehaves as it is told. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { serveTasks } from '../server/platform/child-tasks.ts'

const codeOf = (work: () => void): string => {
  try {
    work()
    return 'done'
  } catch (error) {
    return String((error as { code?: unknown }).code)
  }
}
const kept: unknown[] = []
const forEver = (): void => {
  for (;;) kept.length = 0
}

const ways: Readonly<Record<string, (bytes: Uint8Array | undefined) => unknown>> = {
  pid: () => process.pid,
  count: (bytes) => bytes?.length,
  exit: () => process.exit(3),
  abort: () => process.abort(),
  throw: () => {
    throw new Error('of its own')
  },
  throwLater: () =>
    new Promise(() => {
      setTimeout(() => {
        throw new Error('nobody hears this')
      }, 10)
    }),
  heap: () => {
    for (;;) kept.push(Array.from({ length: 100_000 }, (_, index) => `${index} of many`))
  },
  hang: forEver,
  silence: () => new Promise(() => {}),
  swell: async () => {
    for (;;) {
      kept.push(Buffer.alloc(20_000_000, 1))
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  },
  environment: () => process.env['SECRET_OF_THE_TEST'] !== undefined,
  write: () => codeOf(() => writeFileSync('/tmp/vouchsafe-hostile-child', 'x')),
  spawn: () => codeOf(() => execFileSync('/bin/true')),
}

serveTasks<{ readonly do: string; readonly bytes?: Uint8Array }, unknown>((task) =>
  // A document, as the server's own child is given it: this one breaks down over all of them.
  Promise.resolve().then(() => ('mediaType' in task ? process.abort() : ways[task.do]?.(task.bytes))),
)
