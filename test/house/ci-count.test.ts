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
function count(...runs: string[]): Promise<{ code: number; lastLine: string | undefined }> {
  const script = join(import.meta.dirname, '../../scripts/ci-count.ts')
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...runs.map((run) => join(folder, run))], (error, stdout) => {
      resolve({ code: error ? Number(error.code) : 0, lastLine: stdout.trimEnd().split('\n').at(-1) })
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
  expect(await count(...runs)).toEqual({ code, lastLine })
})
