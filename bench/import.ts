/**
 * Import, beside what PostgreSQL itself takes for the same rows: a raw COPY, and a bare upsert into two tables with no
 * history, audit, events or results. The two tables are the least that a system of record could have: the file's columns,
 * an id of our own as primary key, and the natural key that the upsert goes by. Prints ratios; medians of several runs.
 */
import { randomCharacters } from '../server/platform/ids.ts'
import { sql } from '../server/platform/db/database.ts'
import { receiveFile, processRuns, runById } from '../server/exchange/imports/imports.ts'
import { systemCaller } from '../server/platform/context.ts'
import { openBenchHouse, median, type BenchHouse } from './house.ts'

export interface ImportFigures {
  readonly rows: number
  readonly copyMs: number
  readonly bareMs: number
  readonly importMs: number
  readonly repeatMs: number
  readonly loopDelayP999Ms: number
  readonly rssMb: number
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

/** @param repeats medians are of this many runs, each in an organisation of its own */
export async function measureImport(rows: number, repeats: number): Promise<ImportFigures> {
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
    }
    const delay = house.loopDelay()
    for (let n = 0; n < repeats; n += 1) {
      const { id } = await house.newOrganisation(`Bench ${randomCharacters(6)}`)
      figures.copy.push(await rawCopy(house, rows))
      figures.bare.push(await bareUpsert(house, rows))
      delay.reset()
      figures.first.push(await importPeople(house, rows, id, 'E'))
      figures.again.push(await importPeople(house, rows, id, 'E'))
      await house.runtime.db.scoped(id, (tx) => tx.one(sql`select count(*) as n from workers`))
    }
    return {
      rows,
      copyMs: median(figures.copy),
      bareMs: median(figures.bare),
      importMs: median(figures.first),
      repeatMs: median(figures.again),
      loopDelayP999Ms: delay.p999Ms(),
      rssMb: Math.round(process.memoryUsage().rss / 1_048_576),
    }
  } finally {
    await house.close()
  }
}
