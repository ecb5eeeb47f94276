/**
 * Import, beside what PostgreSQL itself takes for the same rows: a raw COPY, and a bare upsert into two tables with no
 * history, audit, events or results. The two tables are the least that a system of record could have: the file's columns,
 * an id of our own as primary key, and the natural key that the upsert goes by. Prints ratios; medians of several runs.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { buildHttpServer } from '../server/front-doors.ts'
import { randomCharacters } from '../server/platform/ids.ts'
import { sql } from '../server/platform/db/database.ts'
import { receiveFile, processRuns, runById } from '../server/exchange/imports/imports.ts'
import { systemCaller } from '../server/platform/context.ts'
import { allGrants } from '../server/tenancy/access/access.schema.ts'
import { createToken } from '../server/tenancy/access/access.ts'
import { openApiClient, type ApiClient } from './api-client.ts'
import { openBenchHouse, median, type BenchHouse } from './house.ts'

export interface ImportFigures {
  readonly rows: number
  readonly copyMs: number
  readonly bareMs: number
  readonly importMs: number
  readonly repeatMs: number
  readonly loopDelayP999Ms: number
  /** The most that the Node process held during an import. */
  readonly rssMb: number
  /** Of GET /workers/{id}, asked all the while: before the imports, and during them. */
  readonly idleP99Ms: number
  readonly busyP99Ms: number
}

const header =
  '"external_id","pageup_id","first_name","middle_name","last_name","dob","email","position_id","licence_type","licence_number","issue_date","expiry_date"\n'

/** A file of as many people as rows, each with one credential. */
export function* employeeFile(rows: number, seed: string): Generator<Buffer> {
  let text = header
  for (let n = 1; n <= rows; n += 1) {
    const id = String(n).padStart(7, '0')
    text += `"${seed}${id}","","First${n % 997}","","Last${n % 1013}","19${60 + (n % 40)}-0${1 + (n % 9)}-1${n % 9}","p${seed}${id}@example.com","POS-${n % 12}","AHPRA","NMW000${id}","2020-06-01","2027-05-31"\n`
    if (text.length > 200_000) {
      yield Buffer.from(text)
      text = ''
    }
  }
  yield Buffer.from(text)
}

async function bareUpsert(house: BenchHouse, rows: number): Promise<number> {
  await house.asOwner(`drop table if exists bare_workers, bare_credentials`)
  await house.asOwner(`create table bare_workers (org text, id text default new_id('wkr'), external_id text, first_name text, last_name text,
    dob date, email text, position text, primary key (org, id), unique (org, external_id))`)
  await house.asOwner(`create table bare_credentials (org text, id text default new_id('cred'), external_id text, type text, number text,
    issued date, expires date, primary key (org, id), unique (org, external_id, type, number))`)
  const columns: string[][] = [[], [], [], [], [], [], [], [], [], []]
  for (let n = 1; n <= rows; n += 1) {
    const id = String(n).padStart(7, '0')
    const values = [
      id,
      `First${n % 997}`,
      `Last${n % 1013}`,
      '1980-01-01',
      `p${id}@example.com`,
      `POS-${n % 12}`,
      'AHPRA',
      `NMW000${id}`,
      '2020-06-01',
      '2027-05-31',
    ]
    values.forEach((value, index) => (columns[index] as string[]).push(value))
  }
  const [ids, first, last, dob, email, position, type, number, issued, expires] = columns
  const started = performance.now()
  await house.asOwner('begin')
  await house.asOwner(
    `insert into bare_workers (org, external_id, first_name, last_name, dob, email, position) select 'o', * from unnest($1::text[], $2::text[], $3::text[], $4::date[], $5::text[], $6::text[])
     on conflict (org, external_id) do update set first_name = excluded.first_name, last_name = excluded.last_name`,
    [ids, first, last, dob, email, position],
  )
  await house.asOwner(
    `insert into bare_credentials (org, external_id, type, number, issued, expires) select 'o', * from unnest($1::text[], $2::text[], $3::text[], $4::date[], $5::date[])
     on conflict (org, external_id, type, number) do update set expires = excluded.expires`,
    [ids, type, number, issued, expires],
  )
  await house.asOwner('commit')
  return performance.now() - started
}

async function rawCopy(house: BenchHouse, rows: number): Promise<number> {
  await house.asOwner(
    'drop table if exists bare_copy; create table bare_copy (a text, b text, c text, d date, e text, f text, g text, h text, i date, j date)',
  )
  function* lines(): Generator<Buffer> {
    let text = ''
    for (let n = 1; n <= rows; n += 1)
      text += `${n}\tFirst\tLast\t1980-01-01\tp${n}@example.com\tPOS\tAHPRA\tNMW${n}\t2020-06-01\t2027-05-31\n`
    yield Buffer.from(text)
  }
  const chunks = [...lines()]
  const started = performance.now()
  await house.copyAsOwner('copy bare_copy from stdin', chunks)
  return performance.now() - started
}

/** Imports a file of new people through the pipeline; milliseconds from PLANNING to the results file. */
export async function importPeople(
  house: BenchHouse,
  rows: number,
  organisationId: string,
  seed: string,
): Promise<number> {
  const { runtime } = house
  const blob = await runtime.storage.write(
    organisationId,
    (async function* () {
      yield* employeeFile(rows, seed)
    })(),
  )
  const { id } = await runtime.write(organisationId, systemCaller, (ctx) =>
    receiveFile(ctx, {
      fileName: 'HRMS-20260201.csv',
      blob,
      fileId: null,
      source: 'HRMS',
      mode: 'SNAPSHOT',
    }),
  )
  const started = performance.now()
  await processRuns(runtime, organisationId, id)
  const took = performance.now() - started
  const run = await runtime.read(organisationId, systemCaller, (ctx) => runById(ctx, id))
  if (run.status !== 'COMPLETED')
    throw new Error(`the import is ${run.status}: ${JSON.stringify(run.fault ?? run.holdReasons)}`)
  return took
}

const idleMs = 10_000
const lookEveryMs = 100

/** A person of another organisation, and a client that asks for them. */
async function openQuestion(house: BenchHouse): Promise<{ client: ApiClient; close(): Promise<void> }> {
  const { runtime } = house
  const { id } = await house.newOrganisation(`Asked ${randomCharacters(6)}`)
  await importPeople(house, 100, id, 'Q')
  const { token } = await runtime.write(id, systemCaller, (ctx) =>
    createToken(ctx, { name: 'bench', grants: allGrants }),
  )
  const worker = await runtime.db.scoped(id, (tx) =>
    tx.one<{ id: string }>(sql`select id from workers order by id limit 1`),
  )
  const server = await buildHttpServer(runtime, '0.0.0')
  const port = await server.listen('127.0.0.1', 0)
  const path = `/openapi/v1/workers/${worker.id}`
  const client = openApiClient({ port, path, authorization: `Bearer ${token}` })
  return {
    client,
    close: async () => {
      client.close()
      await server.close()
    },
  }
}

/**
 * @param repeats medians are of this many runs, each in an organisation of its own
 * @param after what else is to be measured on the books that the last run left
 */
export async function measureImport(
  rows: number,
  repeats: number,
  after?: (house: BenchHouse, organisationId: string) => Promise<void>,
): Promise<ImportFigures> {
  const house = await openBenchHouse({
    'import.maxRows': String(Math.max(rows, 10_000)),
    'import.maxBytes': '1000000000',
  })
  try {
    const figures = {
      copy: [] as number[],
      bare: [] as number[],
      first: [] as number[],
      again: [] as number[],
      busy: [] as number[],
    }
    const question = await openQuestion(house)
    await question.client.start()
    await sleep(1_000) // warming up
    await question.client.stop()
    await question.client.start()
    await sleep(idleMs)
    const idle = await question.client.stop()
    const delay = house.loopDelay()
    let rss = 0
    const looking = setInterval(() => (rss = Math.max(rss, process.memoryUsage.rss())), lookEveryMs)
    let delayP999Ms = 0
    let last = ''
    for (let n = 0; n < repeats; n += 1) {
      const { id } = await house.newOrganisation(`Bench ${randomCharacters(6)}`)
      last = id
      delay.reset()
      await question.client.start()
      figures.first.push(await importPeople(house, rows, id, 'E'))
      figures.again.push(await importPeople(house, rows, id, 'E'))
      figures.busy.push((await question.client.stop()).p99Ms)
      delayP999Ms = Math.max(delayP999Ms, delay.p999Ms())
      // What the comparisons hold in memory is not the product's.
      if (n === 0) clearInterval(looking)
      figures.copy.push(await rawCopy(house, rows))
      figures.bare.push(await bareUpsert(house, rows))
    }
    await question.close()
    await after?.(house, last)
    return {
      rows,
      copyMs: median(figures.copy),
      bareMs: median(figures.bare),
      importMs: median(figures.first),
      repeatMs: median(figures.again),
      loopDelayP999Ms: delayP999Ms,
      rssMb: Math.round(rss / 1_048_576),
      idleP99Ms: idle.p99Ms,
      busyP99Ms: median(figures.busy),
    }
  } finally {
    await house.close()
  }
}
