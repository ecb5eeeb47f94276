/** The sum at the end of a build: what it prints is what a build machine believes. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vouchsafe-count-'))
  const report = (name: string, passed: number, failed: number): Promise<void> =>
    writeFile(
      join(folder, name),
      JSON.stringify({ numPassedTests: passed, numFailedTests: failed, success: failed === 0 }),
    )
  await report('green', 12, 0)
  await report('red', 3, 2)
  await report('empty', 0, 0)
})
afterAll(() => rm(folder, { recursive: true }))

/** Runs the script as .ci/run does; `runs` are report names with exit codes. */
function count(...runs: string[]): Promise<{ code: number; lastLine: string | undefined; said: string }> {
  const script = join(import.meta.dirname, '../../scripts/ci-count.ts')
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...runs.map((run) => join(folder, run))], (error, stdout) => {
      const lastLine = stdout.trimEnd().split('\n').at(-1)
      resolve({ code: error ? Number(error.code) : 0, lastLine, said: stdout })
    })
  })
}

test.each([
  { runs: ['green:0', 'green:0'], lastLine: '24 passed, 0 failed', code: 0 },
  { runs: ['green:0', 'red:1'], lastLine: '15 passed, 2 failed', code: 1 },
  // A check failed, not a test.
  { runs: ['green:1'], lastLine: '12 passed, 1 failed', code: 1 },
  // The run ended before it could report.
  { runs: ['green:0', 'missing:1'], lastLine: '12 passed, 1 failed', code: 1 },
  { runs: ['green:0', 'empty:0'], lastLine: '12 passed, 0 failed', code: 0 },
  { runs: ['empty:0', 'missing:0'], lastLine: '0 passed, 1 failed', code: 1 },
  { runs: [], lastLine: '0 passed, 1 failed', code: 1 },
])('$runs', async ({ runs, lastLine, code }) => {
  expect(await count(...runs)).toMatchObject({ code, lastLine })
})

test('each failed test is named with what it said, and a file that could not be run', async () => {
  await writeFile(
    join(folder, 'named'),
    JSON.stringify({
      numPassedTests: 3,
      numFailedTests: 1,
      testResults: [
        { name: 'broken.test.ts', status: 'failed', message: 'no such module', assertionResults: [] },
        {
          name: 'ban.test.ts',
          status: 'failed',
          assertionResults: [
            { status: 'passed', fullName: 'a guesser is banned', failureMessages: [] },
            { status: 'failed', fullName: 'a client is not', failureMessages: ['expected 1 to be 0'] },
          ],
        },
      ],
    }),
  )
  const { code, said } = await count('named:1')
  expect(code).toBe(1)
  expect(said).toContain('FAILED broken.test.ts\nno such module\n')
  expect(said).toContain('FAILED ban.test.ts > a client is not\nexpected 1 to be 0\n')
  expect(said).not.toContain('a guesser is banned')
})
