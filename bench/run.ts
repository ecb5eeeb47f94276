/**
 * `npm run bench`: each row of the performance design that the present features have, ours beside a limit or a peer in the
 * same run, as ratios. Writes bench/RESULTS.md. Numbers of one machine: the ratios count.
 */
import { cpus, totalmem } from 'node:os'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from '../server/platform/clock.ts'
import { measureExport } from './export.ts'
import { measureGet } from './get.ts'
import { measureImport } from './import.ts'

const repeats = Number(process.env['BENCH_REPEATS'] ?? 5)
const sizes = (process.env['BENCH_ROWS'] ?? '10000').split(',').map(Number)

interface Line {
  readonly path: string
  readonly ours: string
  readonly beside: string
  readonly ratio: string
  readonly target: string
  readonly isMet: boolean
}

const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`
const times = (value: number): string => `${value.toFixed(2)}x`

const lines: Line[] = []
for (const rows of sizes) {
  const found = await measureImport(rows, repeats)
  const n = rows.toLocaleString('en')
  lines.push(
    {
      path: `import ${n} rows, all new: PLANNING to results`,
      ours: ms(found.importMs),
      beside: `bare two-table upsert ${ms(found.bareMs)}; COPY ${ms(found.copyMs)}`,
      ratio: times(found.importMs / found.bareMs),
      target: rows === 10_000 ? '≤ 8x, ≤ 3 s' : '≤ 8x',
      isMet: found.importMs / found.bareMs <= 8 && (rows !== 10_000 || found.importMs <= 3_000),
    },
    {
      path: `import ${n} rows, nothing changed`,
      ours: ms(found.repeatMs),
      beside: `bare two-table upsert ${ms(found.bareMs)}`,
      ratio: times(found.repeatMs / found.bareMs),
      target: '≤ 8x',
      isMet: found.repeatMs / found.bareMs <= 8,
    },
    {
      path: `event loop delay during it, p99.9`,
      ours: ms(found.loopDelayP999Ms),
      beside: '',
      ratio: '',
      target: '≤ 50 ms',
      isMet: found.loopDelayP999Ms <= 50,
    },
    {
      path: 'memory of the Node process after it',
      ours: `${found.rssMb} MB`,
      beside: '',
      ratio: '',
      target: '< 512 MB',
      isMet: found.rssMb < 512,
    },
  )
}
const written = await measureExport(100_000, repeats)
lines.push({
  path: 'status export of 100,000 credentials',
  ours: ms(written.exportMs),
  beside: `COPY (same query) TO ${ms(written.copyMs)}`,
  ratio: times(written.exportMs / written.copyMs),
  target: '≤ 1.3x',
  isMet: written.exportMs / written.copyMs <= 1.3,
})
const got = await measureGet(repeats)
lines.push({
  path: 'GET /workers/{id}, 32 connections, token checked',
  ours: `${Math.round(got.oursPerSecond)}/s`,
  beside: `bare Fastify with the same transaction by hand ${Math.round(got.barePerSecond)}/s`,
  ratio: times(got.oursPerSecond / got.barePerSecond),
  target: '≥ 0.8x',
  isMet: got.oursPerSecond / got.barePerSecond >= 0.8,
})

const table = [
  '| path | ours | beside | ratio | target | |',
  '|---|---|---|---|---|---|',
  ...lines.map(
    (line) =>
      `| ${line.path} | ${line.ours} | ${line.beside} | ${line.ratio} | ${line.target} | ${line.isMet ? 'met' : '**missed**'} |`,
  ),
]
const page = [
  '# Bench results',
  '',
  `Made by \`npm run bench\` on ${systemClock.now().toISOString().slice(0, 10)}: ${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ` +
    `${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}, embedded PostgreSQL with fsync on. Medians of ${repeats}, everything in one run: ratios count.`,
  '',
  ...table,
  '',
].join('\n')
await writeFile(join(import.meta.dirname, 'RESULTS.md'), page)
console.log(table.join('\n'))
process.exit(0)
