/** The fuzzer of test/fuzz.slow.test.ts: how many inputs it sent, how fast, and how many answers were a fault of ours. */
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FuzzFigures } from '../test/api/fuzz-run.ts'

const root = join(import.meta.dirname, '..')

/**
 * Runs the series as the suite does, in a process of its own, since the fuzzer lives on the suite's house. A series with a
 * fault fails, and its report is shown; the figures are told all the same.
 * @param runs inputs for each operation
 */
export async function measureFuzz(runs: number): Promise<FuzzFigures & { readonly isSound: boolean }> {
  const folder = await mkdtemp(join(tmpdir(), 'vouchsafe-bench-fuzz-'))
  const file = join(folder, 'figures.json')
  try {
    const { code, output } = await new Promise<{ code: number | null; output: string }>((resolve, reject) => {
      const child = spawn(
        process.execPath,
        [join(root, 'node_modules/vitest/vitest.mjs'), 'run', 'test/fuzz.slow.test.ts'],
        {
          cwd: root,
          stdio: ['ignore', 'pipe', 'pipe'],
          env: { ...process.env, FUZZ_RUNS: String(runs), FUZZ_FIGURES: file },
        },
      )
      let text = ''
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => (text += chunk.toString()))
      child.on('error', reject)
      child.on('close', (status) => resolve({ code: status, output: text }))
    })
    if (code !== 0) console.error(output)
    const figures = JSON.parse(await readFile(file, 'utf8')) as FuzzFigures
    return { ...figures, isSound: code === 0 }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
