/**
 * `npm run bench`: each row of the performance design that the present features have, ours beside a limit or a peer in the
 * same run, as ratios. Writes bench/RESULTS.md. Numbers of one machine: the ratios count.
 */
import { cpus, totalmem } from 'node:os'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from '../server/platform/clock.ts'
import { measureAnswers } from './answers.ts'
import { measureBatch } from './batch.ts'
import { measureExport, type ExportFigures } from './export.ts'
import { measureFetchRequests } from './fetch-requests.ts'
import { measureFuzz } from './fuzz.ts'
import { measureGet } from './get.ts'
import { measureImport } from './import.ts'
import { median } from './house.ts'
import { measureLists, type ListFigures } from './lists.ts'
import { measureSftp } from './sftp.ts'
import { measureStatuses } from './statuses.ts'

const repeats = Number(process.env['BENCH_REPEATS'] ?? 5)
/** Workers in the large organisation whose lists are measured; 0 leaves them out (a million take some minutes to fill). */
const listWorkers = Number(process.env['BENCH_LIST_WORKERS'] ?? 1_000_000)
/** A folder that keeps the organisations whose lists are measured, filled, for the next time. */
const listFolder = process.env['BENCH_LIST_FOLDER']
/** Credentials whose statuses are computed anew; 0 leaves them out. */
const statusRows = Number(process.env['BENCH_STATUS_ROWS'] ?? 1_000_000)
/** People who hold one position, for trying out other rules; 0 leaves them out. */
const answerWorkers = Number(process.env['BENCH_ANSWER_WORKERS'] ?? 100_000)
/** A page takes milliseconds: many more of them cost nothing and steady what is compared. */
const listRepeats = repeats * 15
/** Inputs for each operation of the API. */
const fuzzRuns = Number(process.env['BENCH_FUZZ_RUNS'] ?? 100)
const sizes = (process.env['BENCH_ROWS'] ?? '10000,100000,1000000').split(',').map(Number)
/** A million rows take minutes each time; what noise there is averages out within one run. */
const repeatsOf = (rows: number): number =>
  rows >= 1_000_000 ? 1 : rows >= 100_000 ? Math.min(3, repeats) : repeats

/** `npm run bench sftp` measures that alone, and leaves the results as they are. */
const parts = [
  'import',
  'sftp',
  'get',
  'batch',
  'fetch-requests',
  'lists',
  'statuses',
  'answers',
  'fuzz',
] as const
const asked = process.argv.slice(2)
const unknown = asked.filter((part) => !parts.some((known) => known === part))
if (unknown.length > 0)
  throw new Error(`There is no bench ${unknown.join(', ')}; there are ${parts.join(', ')}.`)
const isAsked = (part: (typeof parts)[number]): boolean => asked.length === 0 || asked.includes(part)

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
const rates = new Map<number, number>()
for (const rows of isAsked('import') ? sizes : []) {
  const n = rows.toLocaleString('en')
  let written: ExportFigures | undefined
  const found = await measureImport(rows, repeatsOf(rows), async (house, organisationId) => {
    if (rows >= 100_000) written = await measureExport(house, organisationId, repeats)
  })
  const rate = (rows * 1_000) / found.importMs
  rates.set(rows, rate)
  const rateBefore = rows === 1_000_000 ? rates.get(100_000) : undefined
  const runs =
    repeatsOf(rows) === repeats ? '' : ` (${repeatsOf(rows) === 1 ? 'once' : `${repeatsOf(rows)} times`})`
  lines.push(
    {
      path: `import ${n} rows, all new: PLANNING to results${runs}`,
      ours: `${ms(found.importMs)}, ${Math.round(rate).toLocaleString('en')} rows/s`,
      beside: `bare two-table upsert ${ms(found.bareMs)}; COPY ${ms(found.copyMs)}`,
      ratio: times(found.importMs / found.bareMs),
      target: rows === 10_000 ? '≤ 8x, ≤ 3 s' : '≤ 8x',
      isMet: found.importMs / found.bareMs <= 8 && (rows !== 10_000 || found.importMs <= 3_000),
    },
    {
      path: `import ${n} rows, nothing changed${runs}`,
      ours: ms(found.repeatMs),
      beside: `bare two-table upsert ${ms(found.bareMs)}`,
      ratio: times(found.repeatMs / found.bareMs),
      target: '≤ 8x',
      isMet: found.repeatMs / found.bareMs <= 8,
    },
    {
      path: `event loop delay during both, p99.9`,
      ours: ms(found.loopDelayP999Ms),
      beside: '',
      ratio: '',
      target: '≤ 50 ms',
      isMet: found.loopDelayP999Ms <= 50,
    },
    {
      path: 'GET /workers/{id} during both, p99',
      ours: ms(found.busyP99Ms),
      beside: `idle ${ms(found.idleP99Ms)}`,
      ratio: times(found.busyP99Ms / found.idleP99Ms),
      target: '≤ 3x',
      isMet: found.busyP99Ms / found.idleP99Ms <= 3,
    },
    {
      path: 'most memory of the Node process during them',
      ours: `${found.rssMb} MB`,
      beside: '',
      ratio: '',
      target: '< 512 MB',
      isMet: found.rssMb < 512,
    },
  )
  if (rateBefore !== undefined) {
    lines.push({
      path: `rows in a second of ${n} beside those of 100,000`,
      ours: `${Math.round(rate).toLocaleString('en')} rows/s`,
      beside: `${Math.round(rateBefore).toLocaleString('en')} rows/s`,
      ratio: times(rate / rateBefore),
      target: '≥ 0.5x',
      isMet: rate / rateBefore >= 0.5,
    })
  }
  if (written) {
    lines.push({
      path: `status export of ${n} credentials`,
      ours: ms(written.exportMs),
      beside: `COPY (same query) TO ${ms(written.copyMs)}`,
      ratio: times(written.exportMs / written.copyMs),
      target: '≤ 1.3x',
      isMet: written.exportMs / written.copyMs <= 1.3,
    })
  }
}
if (isAsked('sftp')) {
  for (const found of await measureSftp(repeats)) {
    lines.push({
      path: `SFTP: ${found.what}`,
      ours: ms(found.oursMs),
      beside: `sshd internal-sftp ${ms(found.sshdMs)}`,
      ratio: times(found.oursMs / found.sshdMs),
      target: `≤ ${found.target.toFixed(1)}x`,
      isMet: found.oursMs / found.sshdMs <= found.target,
    })
  }
}
if (isAsked('get')) {
  const got = await measureGet(repeats)
  lines.push({
    path: 'GET /workers/{id}, 32 connections, token checked',
    ours: `${Math.round(got.oursPerSecond)}/s`,
    beside: `bare Fastify with the same transaction by hand ${Math.round(got.barePerSecond)}/s`,
    ratio: times(got.oursPerSecond / got.barePerSecond),
    target: '≥ 0.8x',
    isMet: got.oursPerSecond / got.barePerSecond >= 0.8,
  })
}
if (isAsked('batch')) {
  const batch = await measureBatch(repeats)
  lines.push(
    {
      path: 'POST /workers/batch, 1,000 new people',
      ours: ms(batch.newMs),
      beside: `bare upsert ${ms(batch.bareMs)}; single PUTs ${ms(batch.singleMs)}`,
      ratio: `${times(batch.newMs / batch.bareMs)}; ${times(batch.newMs / batch.singleMs)} of single`,
      target: '≤ 0.1x of single',
      isMet: batch.newMs <= batch.singleMs * 0.1,
    },
    {
      path: 'POST /workers/batch, the same again',
      ours: ms(batch.sameMs),
      beside: `bare upsert ${ms(batch.bareMs)}`,
      ratio: times(batch.sameMs / batch.bareMs),
      target: '',
      isMet: true,
    },
  )
}
if (isAsked('fetch-requests')) {
  const { bulkMs, singleMs } = await measureFetchRequests(repeats)
  lines.push({
    path: 'POST /fetch-requests/bulk with 50 workers',
    ours: ms(bulkMs),
    beside: `one POST /fetch-requests ${ms(singleMs)}`,
    ratio: times(bulkMs / singleMs),
    target: '≤ 10x',
    isMet: bulkMs / singleMs <= 10,
  })
}
if (isAsked('lists') && listWorkers > 0) {
  const found = await measureLists(listWorkers, listRepeats, listFolder)
  const n = listWorkers.toLocaleString('en')
  // Beside what the results say of all: which are to be mended.
  for (const { query, firstMs, smallFirstMs, deepMs, smallDeepMs } of found)
    console.log(
      `${query}: ${ms(firstMs)}, ${times(firstMs / smallFirstMs)}` +
        (deepMs === null || smallDeepMs === null
          ? ''
          : `; deep ${ms(deepMs)}, ${times(deepMs / smallDeepMs)}`),
    )
  for (const [what, large, small] of [
    ['first page', (row: ListFigures) => row.firstMs, (row: ListFigures) => row.smallFirstMs],
    ['deep by cursor', (row: ListFigures) => row.deepMs, (row: ListFigures) => row.smallDeepMs],
  ] as const) {
    const pairs = found.flatMap((row) => {
      const [many, few] = [large(row), small(row)]
      return many === null || few === null ? [] : [{ query: row.query, many, few, ratio: many / few }]
    })
    const slowest = pairs.reduce((one, other) => (other.many > one.many ? other : one))
    const worst = pairs.reduce((one, other) => (other.ratio > one.ratio ? other : one))
    const within = pairs.filter((pair) => pair.ratio <= 2).length
    lines.push({
      path: `25 of ${n} workers or credentials, ${what}, ${pairs.length} filters (medians of ${listRepeats} by turns)`,
      ours: `median ${ms(median(pairs.map((pair) => pair.many)))}, slowest ${ms(slowest.many)} (\`${slowest.query}\`)`,
      beside: `in an organisation of 1,000: median ${ms(median(pairs.map((pair) => pair.few)))}`,
      ratio: `median ${times(median(pairs.map((pair) => pair.ratio)))}, most ${times(worst.ratio)} (\`${worst.query}\`); ${within} of ${pairs.length} within`,
      target: '≤ 2x each',
      isMet: within === pairs.length,
    })
  }
}
if (isAsked('statuses') && statusRows > 0) {
  const runs = repeatsOf(statusRows)
  const found = await measureStatuses(statusRows, runs)
  const n = statusRows.toLocaleString('en')
  const beside = `one bare UPDATE of the same rows and columns ${ms(found.bareMs)}`
  for (const [what, taken] of [
    ['all changed', found.changedMs],
    ['all anew after a change of settings, marking included', found.anewMs],
  ] as const) {
    lines.push({
      path: `${n} licence statuses, ${what}${runs === repeats ? '' : ` (${runs} times)`}`,
      ours: ms(taken),
      beside,
      ratio: times(taken / found.bareMs),
      target: '≤ 5x',
      isMet: taken / found.bareMs <= 5,
    })
  }
  lines.push(
    {
      path: 'event loop delay during both, p99.9',
      ours: ms(found.loopDelayP999Ms),
      beside: `most of all ${ms(found.loopDelayMaxMs)}`,
      ratio: '',
      target: '≤ 50 ms',
      isMet: found.loopDelayP999Ms <= 50,
    },
    {
      path: 'most memory of the Node process during them',
      ours: `${found.rssMb} MB`,
      beside: `nothing due: ${ms(found.idleMs)}`,
      ratio: '',
      target: '< 512 MB',
      isMet: found.rssMb < 512,
    },
  )
}
if (isAsked('answers') && answerWorkers > 0) {
  const runs = repeatsOf(answerWorkers)
  const found = await measureAnswers(answerWorkers, runs)
  const n = found.holders.toLocaleString('en')
  lines.push(
    {
      path: `what a position would require, tried out on ${n} holders${runs === repeats ? '' : ` (${runs} times)`}`,
      ours: ms(found.simulateMs),
      beside: `their answers computed anew ${ms(found.recomputeMs)}`,
      ratio: times(found.simulateMs / found.recomputeMs),
      target: '≤ 3x',
      isMet: found.simulateMs / found.recomputeMs <= 3,
    },
    {
      path: `GET /compliance of that position, a page behind most of them`,
      ours: ms(found.deepPageMs),
      beside: `the first page ${ms(found.firstPageMs)}`,
      ratio: times(found.deepPageMs / found.firstPageMs),
      target: '≤ 2x',
      isMet: found.deepPageMs / found.firstPageMs <= 2,
    },
  )
}
if (isAsked('fuzz') && fuzzRuns > 0) {
  const found = await measureFuzz(fuzzRuns)
  const count = (value: number): string => value.toLocaleString('en')
  lines.push({
    path: `fuzz: ${found.operations} operations of the API, ${found.runsPerOperation} inputs each (seed ${found.seed})`,
    ours: `${count(found.serverFaults)} of ${count(found.answers)} answers 5xx; ${Math.round((found.answers * 1_000) / found.takenMs)} inputs/s, slowest answer ${ms(found.slowestMs)}`,
    beside: found.isSound ? 'every answer as documented' : 'an answer was not as documented',
    ratio: '',
    target: 'no 5xx',
    isMet: found.isSound && found.serverFaults === 0,
  })
}

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
  'Where the time of what is missed goes: [docs/performance-profile.md](../docs/performance-profile.md).',
  '',
].join('\n')
if (asked.length === 0) await writeFile(join(import.meta.dirname, 'RESULTS.md'), page)
console.log(table.join('\n'))
process.exit(0)
