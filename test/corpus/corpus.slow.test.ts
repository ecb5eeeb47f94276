/**
 * Every file of the corpus through its own door: it ends as documented, and nothing of what was accepted has changed.
 * What stands in a CSV file is told by another parser than ours.
 */
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { latestExports } from '../../server/exchange/exports/exports.ts'
import {
  beginUpload,
  accountCaller,
  addAccount,
  finishUpload,
  placeOf,
  writeUpload,
} from '../../server/exchange/file-exchange/file-exchange.ts'
import { listRuns, type ImportRun } from '../../server/exchange/imports/imports.ts'
import { buildHttpServer } from '../../server/front-doors.ts'
import { basePath, type HttpServer } from '../../server/platform/http/http-server.ts'
import { setSetting } from '../../server/tenancy/organisations/organisations.ts'
import { apiCaller, tokenFor } from '../api-caller.ts'
import { openTestHouse, operator, type TestHouse } from '../harness.ts'
import { multipart } from '../multipart.ts'
import { corpus, type CorpusFile } from './corpus.ts'

let house: TestHouse
let server: HttpServer

beforeAll(async () => {
  house = await openTestHouse()
  server = await buildHttpServer(house.runtime, '0.0.0')
})
afterAll(async () => {
  await server.close()
  await house.close()
})

const keys = ['external_id', 'licence_type', 'licence_number']

async function textOf(organisationId: string, key: string): Promise<string> {
  const reader = await house.runtime.storage.open(organisationId, key)
  const chunks: Buffer[] = []
  for await (const chunk of reader.stream()) chunks.push(chunk)
  await reader.close()
  return Buffer.concat(chunks).toString()
}
const table = (text: string): string[][] =>
  parse(text, { bom: true, relax_column_count: true, trim: false, skip_empty_lines: true }) as string[][]

/** By SFTP, as the file exchange takes it; the name says that it is everybody of its source. */
async function putFile(organisationId: string, content: Buffer): Promise<void> {
  const { id } = await house.runtime.write(organisationId, operator, (ctx) =>
    addAccount(ctx, {
      username: `hr-${organisationId.slice(4).toLowerCase()}`,
      publicKeys: [
        'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMT12hP45cd1PPYRo2y3Iy+/sAAe9WEC+vcPVjVVr7fz corpus@example.com',
      ],
    }),
  )
  const session = { organisationId, accountId: id, caller: accountCaller(id, 'req_corpus') }
  const mode = { create: true, truncate: true, exclusive: false }
  const place = placeOf('/upload/HRMS-20260201_060000.csv')
  const file = await beginUpload(house.runtime, session, place, mode)
  for (let at = 0; at < content.length; at += 65_536)
    await writeUpload(house.runtime, session, file, at, content.subarray(at, at + 65_536))
  await finishUpload(house.runtime, session, file)
}

/** What became of a file, in the words of the manifest. */
async function sent(
  one: CorpusFile,
): Promise<{ organisationId: string; run: ImportRun; token: string; content: Buffer }> {
  const { id: organisationId } = await house.newOrganisation()
  const token = await tokenFor(house, organisationId)
  const content = one.content()
  await house.runtime.write(organisationId, operator, (ctx) => setSetting(ctx, 'import.quietSeconds', '0'))
  if (one.upload === undefined) await putFile(organisationId, content)
  else {
    const { contentType, body } = multipart({ file: content, source: 'HRMS' }, one.upload)
    const answer = await server.inject({
      method: 'POST',
      url: `${basePath}/imports`,
      headers: { authorization: `Bearer ${token}`, 'content-type': contentType },
      payload: body,
    })
    expect(answer.statusCode, answer.payload).toBe(201)
  }
  await house.drain()
  const { runs } = await house.runtime.read(organisationId, operator, (ctx) =>
    listRuns(ctx, {}, { limit: 10, offset: 0 }),
  )
  expect(runs).toHaveLength(1)
  return { organisationId, run: runs[0] as ImportRun, token, content }
}

interface Row {
  readonly row_status: string
  readonly rules: readonly string[]
  readonly severities: readonly string[]
  readonly cells: readonly string[]
}
const rowsOf = (run: ImportRun): Promise<Row[]> =>
  house.owner<Row>(
    `select row_status, cells, array(select m->>'rule' from jsonb_array_elements(messages) m) as rules,
       array(select m->>'severity' from jsonb_array_elements(messages) m) as severities
     from import_rows where run_id = $1 order by "row"`,
    [run.id],
  )
function told({ row_status: status, rules }: Row): string {
  const letter =
    status === 'CREATED' ? 'C' : status === 'UNCHANGED' ? 'U' : status === 'REJECTED' ? 'R' : status
  return `${letter}${rules.length === 0 ? '' : `${letter === 'R' ? ':' : '+'}${[...new Set(rules)].join('+')}`}`
}

test('the corpus is as large as it says, and no file stands in it twice', () => {
  expect(new Set(corpus.map(({ name, upload }) => `${upload ?? ''}${name}`)).size).toBe(corpus.length)
  expect(corpus.length).toBeGreaterThanOrEqual(100)
})

describe.each(corpus.map((one) => [`${one.upload ?? 'SFTP'}: ${one.name}`, one] as const))(
  '%s',
  (_name, one) => {
    test(
      'ends as documented, and nothing of what was accepted has changed',
      { timeout: 60_000 },
      async () => {
        const { organisationId, run, token, content } = await sent(one)
        const rows = await rowsOf(run)
        const { status, fault, line, rows: expected, notes } = one.ends
        expect({
          status: run.status,
          ...(run.fault
            ? { fault: run.fault.code, ...(line === undefined ? {} : { line: run.fault.line }) }
            : {}),
          ...(status === 'FAILED' ? {} : { rows: rows.map(told).join(' ') }),
          ...(notes === undefined ? {} : { notes: run.notes.map(({ code }) => code).sort() }),
        }).toEqual({
          status,
          ...(fault === undefined ? {} : { fault }),
          ...(line === undefined ? {} : { line }),
          ...(status === 'FAILED' ? {} : { rows: expected }),
          ...(notes === undefined ? {} : { notes: [...notes].sort() }),
        })
        const people = (
          await apiCaller(
            () => server,
            () => token,
          )('GET', '/workers?pageSize=1')
        ).body['meta'] as { total: number }
        if (status !== 'COMPLETED') {
          expect(people.total).toBe(0)
          return
        }

        // The results file has every cell as it was sent.
        const isCsv = one.upload === undefined || !content.subarray(0, 2).equals(Buffer.from('PK'))
        const results = table(await textOf(organisationId, run.resultsBlob?.key ?? ''))
        const [names = [], ...given] = results
        const width = names.length - 4
        expect(given.map((cells) => cells.slice(0, width))).toEqual(
          rows.map(({ cells }) => Array.from({ length: width }, (_, place) => cells[place] ?? '')),
        )
        // The other parser knows neither blanks around quotes nor line ends of several kinds.
        if (isCsv && !run.notes.some(({ code }) => ['BLANKS', 'LINE_ENDS'].includes(code))) {
          const [, ...source] = table(content.toString()).filter(
            (cells) => cells.length > 1 || cells[0]?.trim() !== '',
          )
          // The database has no NUL: where one stood, its picture stands in the row that was refused for it.
          expect(rows.map(({ cells }) => cells)).toEqual(
            source.map((cells) => cells.map((cell) => cell.replaceAll('\0', '\u2400'))),
          )
        }

        // The export gives back the keys of what was accepted, byte for byte, and nothing else.
        const lower = names.map((name) => name.trim().toLowerCase())
        const placesOf = keys.map((key) => lower.indexOf(key))
        const accepted = rows.filter((row) => row.row_status !== 'REJECTED')
        expect(
          new Set(rows.filter((row) => row.row_status === 'REJECTED').flatMap((row) => row.severities)),
        ).not.toEqual(new Set(['WARNING']))
        const places = placesOf.includes(-1) ? [0, 6, 7] : placesOf
        const wanted = accepted
          .map(({ cells }) => places.map((place) => cells[place] ?? ''))
          .filter(([, type = '']) => type.trim() !== '')
        const [newest] = await house.runtime.read(organisationId, operator, (ctx) => latestExports(ctx, 1))
        const [, ...exported] = table(
          await textOf(organisationId, (newest as unknown as { blob: { key: string } }).blob.key),
        )
        const byBytes = (list: readonly (readonly string[])[]): string[] =>
          list.map((cells) => JSON.stringify(cells)).sort()
        expect(byBytes(exported.map((cells) => cells.slice(0, 3)))).toEqual(byBytes(wanted))
      },
    )
  },
)
