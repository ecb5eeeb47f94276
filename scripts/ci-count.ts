/**
 * Adds up test runs: `node scripts/ci-count.ts REPORT:EXIT_CODE...`, each a JSON report of vitest and how its run ended.
 * A run that failed without a failed test (a check, an installation, a crash) counts as one failure, and so does an empty
 * sum: silence is no success. The last line is `N passed, N failed`; the exit code is 1 when anything failed.
 */
import { readFileSync } from 'node:fs'

interface Counts {
  readonly passed: number
  readonly failed: number
}

function countsIn(report: string): Counts {
  let text: string
  try {
    text = readFileSync(report, 'utf8')
  } catch {
    return { passed: 0, failed: 0 }
  }
  const { numPassedTests, numFailedTests } = JSON.parse(text) as Record<string, unknown>
  if (typeof numPassedTests !== 'number' || typeof numFailedTests !== 'number')
    throw new Error(`${report} is not a report of vitest: numPassedTests and numFailedTests are missing.`)
  return { passed: numPassedTests, failed: numFailedTests }
}

let passed = 0
let failed = 0
for (const argument of process.argv.slice(2)) {
  const match = /^(?<report>.+):(?<code>\d+)$/.exec(argument)
  if (!match?.groups) throw new Error(`"${argument}" is not REPORT:EXIT_CODE.`)
  const counts = countsIn(match.groups['report'] ?? '')
  const hasFailed = match.groups['code'] !== '0'
  passed += counts.passed
  failed += hasFailed ? Math.max(1, counts.failed) : counts.failed
}
if (passed === 0) failed = Math.max(1, failed)

console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0
