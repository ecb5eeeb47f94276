/**
 * Adds up test runs: `node scripts/ci-count.ts REPORT:EXIT_CODE...`, each a JSON report of vitest and how its run ended.
 * Each failed test is named first, with the beginning of what it said: the end of a log is what is kept of it.
 * A run that failed without a failed test (a check, an installation, a crash) counts as one failure, and so does an empty
 * sum: silence is no success. The last line is `N passed, N failed`; the exit code is 1 when anything failed.
 */
import { readFileSync } from 'node:fs'

interface Failure {
  readonly test: string
  readonly messages: readonly string[]
}

interface Counts {
  readonly passed: number
  readonly failed: number
  readonly failures: readonly Failure[]
}

interface Assertion {
  readonly status: string
  readonly fullName: string
  readonly failureMessages?: readonly string[]
}

/** What vitest's report says of its failed tests, and of files that could not be run. */
function failuresIn(results: readonly Record<string, unknown>[]): Failure[] {
  return results.flatMap((file) => {
    const assertions = (file['assertionResults'] ?? []) as readonly Assertion[]
    const failed = assertions
      .filter(({ status }) => status === 'failed')
      .map(({ fullName, failureMessages }) => ({
        test: `${String(file['name'])} > ${fullName}`,
        messages: failureMessages ?? [],
      }))
    const isUnrun = file['status'] === 'failed' && failed.length === 0
    return isUnrun ? [{ test: String(file['name']), messages: [String(file['message'])] }] : failed
  })
}

function countsIn(report: string): Counts {
  let text: string
  try {
    text = readFileSync(report, 'utf8')
  } catch {
    return { passed: 0, failed: 0, failures: [] }
  }
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(text) as Record<string, unknown>
  if (typeof numPassedTests !== 'number' || typeof numFailedTests !== 'number')
    throw new Error(`${report} is not a report of vitest: numPassedTests and numFailedTests are missing.`)
  return {
    passed: numPassedTests,
    failed: numFailedTests,
    failures: failuresIn((testResults ?? []) as readonly Record<string, unknown>[]),
  }
}

/** How much of one failure is shown, in characters. */
const shown = 1_500

let passed = 0
let failed = 0
for (const argument of process.argv.slice(2)) {
  const match = /^(?<report>.+):(?<code>\d+)$/.exec(argument)
  if (!match?.groups) throw new Error(`"${argument}" is not REPORT:EXIT_CODE.`)
  const counts = countsIn(match.groups['report'] ?? '')
  for (const { test, messages } of counts.failures)
    console.log(`FAILED ${test}\n${messages.join('\n').slice(0, shown)}\n`)
  const hasFailed = match.groups['code'] !== '0'
  passed += counts.passed
  failed += hasFailed ? Math.max(1, counts.failed) : counts.failed
}
if (passed === 0) failed = Math.max(1, failed)

console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0
