import { randomUUID } from 'node:crypto'
import { request } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { apiCaller, tokenFor, type ApiAnswer } from '../../../test/api-caller.ts'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import { multipart } from '../../../test/multipart.ts'
import { rowOf, text, workbook } from '../../../test/workbooks.ts'
import { buildHttpServer } from '../../front-doors.ts'
import { basePath, type HttpServer } from '../../platform/http/http-server.ts'
import type { StoredBlob } from '../../platform/storage/storage.ts'
import { setSetting } from '../../tenancy/organisations/organisations.ts'
import { receiveFile } from './imports.ts'

const header =
  'external_id,first_name,last_name,dob,email,position_id,licence_type,licence_number,issue_date,expiry_date'
const person = (id: string, more: { dob?: string; email?: string } = {}): string =>
  `${id},Sam,Chen${id},${more.dob ?? '1992-03-15'},${more.email ?? `${id.toLowerCase()}@example.com`},RN-001,AHPRA,NMW000${id.replace(/\D/g, '').padStart(7, '0')},2020-06-01,2026-05-31`
const csv = (...rows: string[]): string => [header, ...rows].join('\n') + '\n'

let house: TestHouse
let server: HttpServer
let port: number
let organisationId: string
let token: string
const ask = apiCaller(
  () => server,
  () => token,
)

beforeAll(async () => {
  house = await openTestHouse()
  server = await buildHttpServer(house.runtime, '0.0.0')
  port = await server.listen('127.0.0.1', 0)
})
afterAll(async () => {
  await server.close()
  await house.close()
})
beforeEach(async () => {
  organisationId = (await house.newOrganisation()).id
  token = await tokenFor(house, organisationId)
})

interface Bring {
  readonly name?: string
  readonly query?: string
  readonly headers?: Readonly<Record<string, string>>
}

async function bring(
  fields: Readonly<Record<string, unknown>>,
  { name, query = '', headers = {} }: Bring = {},
): Promise<ApiAnswer> {
  const { contentType, body } = multipart(fields, name)
  const answer = await server.inject({
    method: 'POST',
    url: `${basePath}/imports${query}`,
    headers: { authorization: `Bearer ${token}`, 'content-type': contentType, ...headers },
    payload: body,
  })
  return {
    status: answer.statusCode,
    headers: answer.headers,
    payload: answer.payload,
    body: answer.json() as ApiAnswer['body'],
  }
}

const stored = (content: string): Promise<StoredBlob> =>
  house.runtime.storage.write(
    organisationId,
    (async function* () {
      yield Buffer.from(content)
    })(),
  )

/** Brings a file and waits until it stops somewhere. */
async function brought(
  fields: Readonly<Record<string, unknown>>,
  more?: Bring,
): Promise<{ id: string; attributes: Readonly<Record<string, unknown>> }> {
  const answer = await bring(fields, more)
  expect(answer.status, answer.payload).toBe(201)
  const id = answer.body.data?.id ?? ''
  expect(answer.headers['location']).toBe(`${basePath}/imports/${id}`)
  await house.drain()
  return (await ask('GET', `/imports/${id}`)).body.data as never
}
const people = async (): Promise<Readonly<Record<string, unknown>>[]> =>
  ((await ask('GET', '/workers')).body['data'] as unknown as { attributes: Record<string, unknown> }[]).map(
    ({ attributes }) => attributes,
  )
async function blobs(): Promise<number> {
  let count = 0
  for await (const { scope } of house.runtime.storage.list(organisationId))
    count += scope === organisationId ? 1 : 0
  return count
}
const rowsOfRun = async (id: string): Promise<{ id: string; attributes: Record<string, unknown> }[]> =>
  (await ask('GET', `/imports/${id}/rows`)).body['data'] as never

describe('a file that is brought', () => {
  test('is applied, under its source, by UPSERT: nobody is deactivated', async () => {
    const first = await brought({ file: csv(person('E1'), person('E2')), source: 'HRMS' })
    expect(first.attributes).toMatchObject({
      status: 'COMPLETED',
      mode: 'UPSERT',
      source: 'HRMS',
      channel: 'API',
      fileName: 'people.csv',
      counts: { rows: 2, created: 2, workersCreated: 2, credentialsCreated: 2 },
    })
    const second = await brought({ file: csv(person('E3')), source: 'HRMS' })
    expect(second.attributes).toMatchObject({ status: 'COMPLETED', counts: { workersDeactivated: 0 } })
    expect(await people()).toHaveLength(3)
  })
  test('as a SNAPSHOT says who is gone, and is held where that is many', async () => {
    await brought({ file: csv(person('E1'), person('E2'), person('E3')), source: 'HRMS', mode: 'SNAPSHOT' })
    const next = await brought({ file: csv(person('E1')), source: 'hrms', mode: 'SNAPSHOT' })
    expect(next.attributes).toMatchObject({ status: 'HELD', holdReasons: ['DEACTIVATIONS'] })
    expect(
      await ask('POST', `/imports/${next.id}/apply`, { planHash: next.attributes['planHash'] }),
    ).toMatchObject({ status: 200, body: { data: { attributes: { status: 'COMPLETED' } } } })
    expect((await people()).map((one) => (one['employment'] as { status: string }).status).sort()).toEqual([
      'ACTIVE',
      'INACTIVE',
      'INACTIVE',
    ])
  })
  test('may say by its name what it is, as over SFTP', async () => {
    const positions = 'position_id,license_code,state\nRN-001,AHPRA,VIC\n'
    const { attributes } = await brought({ file: positions }, { name: 'HRMS-POS-20260201_060000.csv' })
    expect(attributes).toMatchObject({ status: 'COMPLETED', fileType: 'POSITION', source: 'HRMS' })
    expect(await bring({ file: csv(person('E1')) })).toMatchObject({
      status: 400,
      body: { code: 'FILE_NAME_INVALID' },
    })
    const said = await brought({ file: positions, source: 'HRMS', fileType: 'POSITION' })
    expect(said.attributes).toMatchObject({
      status: 'COMPLETED',
      fileType: 'POSITION',
      counts: { unchanged: 1 },
    })
  })
  test('stops at the plan with dryRun, and changes nothing', async () => {
    const { id, attributes } = await brought(
      { file: csv(person('E1')), source: 'HRMS' },
      { query: '?dryRun=true' },
    )
    expect(attributes).toMatchObject({ status: 'PLANNED', counts: { workersCreated: 1 } })
    expect(await people()).toEqual([])
    expect(await ask('POST', `/imports/${id}/cancel`)).toMatchObject({
      status: 200,
      body: { data: { attributes: { status: 'CANCELLED' } } },
    })
    expect(await ask('POST', `/imports/${id}/cancel`)).toMatchObject({
      status: 409,
      body: { code: 'IMPORT_STATE' },
    })
  })
  test('is an UPSERT also when its name says what it is; only requirements are always a whole', async () => {
    await brought({ file: csv(person('E1'), person('E2')) }, { name: 'HRMS-20260201_060000.csv' })
    const next = await brought({ file: csv(person('E1')) }, { name: 'HRMS-20260202_060000.csv' })
    expect(next.attributes).toMatchObject({ mode: 'UPSERT', counts: { workersDeactivated: 0 } })
    expect(
      await bring({ file: 'x', mode: 'UPSERT' }, { name: 'HRMS-POS-20260201_060000.csv' }),
    ).toMatchObject({ status: 400 })
    expect(await blobs()).toBeGreaterThan(0)
  })
  test('made to be looked at takes the place of no plan that waits', async () => {
    await brought({ file: csv(person('E1'), person('E2'), person('E3')), source: 'HRMS', mode: 'SNAPSHOT' })
    const held = await brought({ file: csv(person('E1')), source: 'HRMS', mode: 'SNAPSHOT' })
    await brought({ file: csv(person('E2')), source: 'HRMS', mode: 'SNAPSHOT' }, { query: '?dryRun=true' })
    expect((await ask('GET', `/imports/${held.id}`)).body.data?.attributes).toMatchObject({ status: 'HELD' })
  })
  test('with rows much longer than its header keeps all of them, in few columns', async () => {
    const long = `${person('E1')}${',x'.repeat(500)}`
    const { id } = await brought({ file: `${header},extra_1\n${long}\n`, source: 'HRMS' })
    const [names = '', row = ''] = (await ask('GET', `/imports/${id}/results.csv`)).payload.split('\n')
    expect(names.split(',').slice(10, 13)).toEqual(['"extra_1"', '"extra__1"', '"extra__2"'])
    expect(row.match(/\bx\b/g)).toHaveLength(500)
    expect(names.split(',').length).toBeLessThan(60)
  })
  test('made to be looked at keeps no file from running that waits', async () => {
    await house.runtime.write(organisationId, operator, (ctx) => setSetting(ctx, 'import.schedule', 'daily'))
    const waiting = await house.runtime.write(organisationId, { ...operator, channel: 'SFTP' }, async (ctx) =>
      receiveFile(ctx, {
        fileName: 'HRMS-20260201_060000.csv',
        blob: await stored(csv(person('E1'))),
        fileId: 'fil_1',
      }),
    )
    await brought({ file: csv(person('E2')), source: 'HRMS', mode: 'SNAPSHOT' }, { query: '?dryRun=true' })
    house.clock.advance('1d')
    await house.drain()
    expect((await ask('GET', `/imports/${waiting.id}`)).body.data?.attributes).toMatchObject({
      status: 'COMPLETED',
    })
  })
  test('is refused when it has more bytes than the organisation takes, and leaves nothing', async () => {
    await house.runtime.write(organisationId, operator, (ctx) => setSetting(ctx, 'import.maxBytes', '1000'))
    expect(await bring({ file: 'x'.repeat(1_001), source: 'HRMS' })).toMatchObject({
      status: 413,
      body: { code: 'BODY_TOO_LARGE' },
    })
    expect(await bring({ file: csv(person('E1')), source: 'not a source!' })).toMatchObject({ status: 400 })
    expect(await bring({ file: csv(person('E1')), sauce: 'HRMS' })).toMatchObject({ status: 400 })
    expect(await blobs()).toBe(0)
  })
  test.each([
    ['a name with a character that cannot be kept', 'filename="a\0b.csv"', ''],
    ['the same, encoded', "filename*=utf-8''a%00b.csv", ''],
    ['a name of 10,000 characters', `filename="${'x'.repeat(10_000)}.csv"`, ''],
    ['no name', 'filename=""', ''],
    ['a field with a character that cannot be kept', 'filename="a.csv"', 'name="sheet"\r\n\r\na\0b'],
    ['a field that is called like nothing', 'filename="a.csv"', 'name="__proto__"\r\n\r\nx'],
    ['a field without a name', 'filename="a.csv"', 'x="y"\r\n\r\nx'],
    ['a file that has a type and no name', 'x="y"\r\ncontent-type: application/octet-stream', ''],
    ['a file that is encoded', 'filename="a.csv"\r\ncontent-transfer-encoding: base64', ''],
    [
      'a mapping to a heading that cannot be',
      'filename="a.csv"',
      'name="mapping"\r\n\r\n{"email":"a\\u0000"}',
    ],
  ])('with %s is refused', async (_name, disposition, field) => {
    const part = (text: string): string => `--b\r\ncontent-disposition: form-data; ${text}\r\n`
    const payload = [
      part('name="source"\r\n\r\nHRMS'),
      field === '' ? '' : part(field),
      part(`name="file"; ${disposition}\r\n\r\nexternal_id`),
      '--b--\r\n',
    ].join('')
    const { statusCode } = await server.inject({
      method: 'POST',
      url: `${basePath}/imports`,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'multipart/form-data; boundary=b' },
      payload: Buffer.from(payload, 'latin1'),
    })
    expect(statusCode).toBe(400)
    expect(await blobs()).toBe(0)
  })
  test.each([
    ['sends its head only', {}],
    ['asks whether to go on', { expect: '100-continue' }],
  ])('that says it is too large is refused before it is read: a client that %s', async (_name, headers) => {
    await house.runtime.write(organisationId, operator, (ctx) =>
      setSetting(ctx, 'import.maxBytes', '1000000'),
    )
    const length = 1_000_000_000
    const answer = await new Promise<{ status: number; body: string; isContinued: boolean }>(
      (resolve, reject) => {
        let isContinued = false
        const asked = request({
          port,
          host: '127.0.0.1',
          method: 'POST',
          path: `${basePath}/imports`,
          headers: {
            authorization: `Bearer ${token}`,
            'content-type': 'multipart/form-data; boundary=b',
            'content-length': length,
            ...headers,
          },
        })
        asked.on('continue', () => (isContinued = true))
        asked.on('error', reject)
        asked.on('response', (response) => {
          let body = ''
          response.on('data', (chunk: Buffer) => (body += chunk.toString()))
          response.on('end', () => {
            resolve({ status: response.statusCode ?? 0, body, isContinued })
            asked.destroy()
          })
        })
        asked.flushHeaders()
      },
    )
    expect(answer).toMatchObject({ status: 413, isContinued: false })
    expect(JSON.parse(answer.body)).toMatchObject({
      code: 'BODY_TOO_LARGE',
      detail: expect.stringContaining('1000000') as unknown,
    })
    expect(await blobs()).toBe(0)
  })
  test('whose connection is cut leaves nothing, and the server goes on', async () => {
    const { contentType, body } = multipart({ file: 'x'.repeat(500_000), source: 'HRMS' })
    for (const sent of [100, 150_000, body.length - 10]) {
      await new Promise<void>((resolve) => {
        const cut = request({
          port,
          host: '127.0.0.1',
          method: 'POST',
          path: `${basePath}/imports`,
          headers: {
            authorization: `Bearer ${token}`,
            'content-type': contentType,
            'content-length': body.length,
          },
        })
        cut.on('error', () => resolve())
        cut.write(body.subarray(0, sent), () => setTimeout(() => cut.destroy(), 50))
        cut.on('close', () => resolve())
      })
    }
    await expect.poll(blobs).toBe(0)
    expect(await ask('GET', '/imports')).toMatchObject({ status: 200, body: { meta: { total: 0 } } })
  })
})

describe('a workbook', () => {
  const sheet = (...rows: string[]): Buffer =>
    workbook({
      formats: ['dd/mm/yyyy', '0000000', '0,000,000'],
      rows:
        rowOf(
          'Employee No',
          'Given Name',
          'Surname',
          'Date of Birth',
          'Work e-mail',
          'Position code',
          'Credential type',
          'Registration number',
          'Issued',
          'Expires',
        ) + rows.join(''),
    })
  const row = (id: string, dob = '<c s="1"><v>33678</v></c>', number = text('NMW0001234567')): string =>
    rowOf(
      id,
      'Sarah',
      `Chen${id}`,
      dob,
      `${id.toLowerCase()}@example.com`,
      'RN-001',
      'AHPRA',
      number,
      '<c s="1"><v>43983</v></c>',
      text('2026-05-31'),
    )

  test('is read with the columns that its header means, and says which', async () => {
    const { id, attributes } = await brought(
      { file: sheet(row('E001'), row('E002')), source: 'HRMS' },
      { name: 'staff.xlsx' },
    )
    expect(attributes).toMatchObject({ status: 'COMPLETED', counts: { created: 2, rejected: 0 } })
    const notes = attributes['notes'] as { code: string; detail: string }[]
    expect(notes).toContainEqual({
      code: 'COLUMNS_MAPPED',
      detail: expect.stringContaining('"Employee No" = external_id, "Given Name" = first_name') as unknown,
    })
    expect(await people()).toContainEqual(
      expect.objectContaining({
        identity: expect.objectContaining({ birthDate: '1992-03-15' }) as unknown,
        source: { externalId: 'E001', sourceSystem: 'HRMS' },
      }),
    )
    const results = await ask('GET', `/imports/${id}/results.csv`)
    expect(results.headers['content-disposition']).toBe('attachment; filename="staff-results.csv"')
    expect(results.payload.split('\n')[1]).toContain('"E001","Sarah","ChenE001","1992-03-15"')
  })
  test('what the spreadsheet has damaged is refused, row by row, and never guessed', async () => {
    const { id } = await brought(
      {
        file: sheet(
          row('E001', '<c><v>33678</v></c>'),
          row('E002', undefined, '<c><v>1.2345678901234568E+19</v></c>'),
          row('E003', undefined, '<c s="1"><v>43983</v></c>'),
          row('E004', undefined, '<c t="e"><v>#N/A</v></c>'),
          row('E005', undefined, '<c s="3"><v>4567</v></c>'),
        ),
        source: 'HRMS',
      },
      { name: 'staff.xlsx' },
    )
    const rules = (await rowsOfRun(id)).map(({ attributes }) =>
      (attributes['messages'] as { rule: string }[]).map(({ rule }) => rule),
    )
    expect(rules).toEqual([
      ['DATE'],
      ['SPREADSHEET_NOTATION'],
      ['SPREADSHEET_DATE', 'NUMBER_FORMAT'],
      ['SPREADSHEET_ERROR'],
      ['SPREADSHEET_FORMAT'],
    ])
    expect(await people()).toEqual([])
  })
  test('says what is wrong with it as a whole', async () => {
    const { attributes } = await brought(
      { file: sheet().subarray(0, -50), source: 'HRMS' },
      { name: 'staff.xlsx' },
    )
    expect(attributes).toMatchObject({ status: 'FAILED', fault: { code: 'BROKEN_WORKBOOK' } })
    const other = await brought({ file: sheet(), source: 'HRMS', sheet: 'Staf' }, { name: 'staff.xlsx' })
    expect(other.attributes).toMatchObject({ status: 'FAILED', fault: { code: 'UNKNOWN_SHEET' } })
    const old = await brought(
      { file: Buffer.from('d0cf11e0a1b11ae1', 'hex'), source: 'HRMS' },
      { name: 'staff.xls' },
    )
    expect(old.attributes).toMatchObject({ status: 'FAILED', fault: { code: 'NOT_CSV' } })
  })
})

describe('a mapping of columns', () => {
  const odd = (rows: string): string => `Key,Vorname,Nachname,Geburt,Post,Stelle\n${rows}\n`
  const mapping = {
    external_id: 'key',
    first_name: 'Vorname',
    last_name: 'Nachname',
    dob: 'Geburt',
    email: 'Post',
    position_id: 'Stelle',
  }

  test('says which column stands for which; what is still missing is named', async () => {
    const { attributes } = await brought({
      file: odd('E1,Sam,Lee,1990-01-01,sam@example.com,RN-001'),
      source: 'HRMS',
      mapping,
    })
    expect(attributes).toMatchObject({
      status: 'FAILED',
      fault: { code: 'MISSING_COLUMN', column: 'licence_type' },
    })
    const whole =
      'Key,Vorname,Nachname,Geburt,Post,Stelle,licence_type,licence_number,issue_date,expiry_date\n' +
      'E1,Sam,Lee,1990-01-01,sam@example.com,RN-001,,,,\n'
    expect((await brought({ file: whole, source: 'HRMS', mapping })).attributes).toMatchObject({
      status: 'COMPLETED',
      counts: { workersCreated: 1 },
    })
  })
  test('that names a column which the file has not, or has twice, fails the file and says so', async () => {
    const { attributes } = await brought({
      file: odd('E1,,,,,'),
      source: 'HRMS',
      mapping: { ...mapping, email: 'Pst' },
    })
    expect(attributes).toMatchObject({
      status: 'FAILED',
      fault: { code: 'MAPPING_COLUMN', detail: expect.stringContaining('Is it "Post"?') as unknown },
    })
  })
  test('that gives one column two meanings fails the file', async () => {
    const twice = { ...mapping, email: 'Key' }
    const { attributes } = await brought({ file: odd('E1,,,,,'), source: 'HRMS', mapping: twice })
    expect(attributes).toMatchObject({ status: 'FAILED', fault: { code: 'MAPPING_COLUMN' } })
  })
  test('that is none is refused at once, with every fault', async () => {
    for (const [wrong, pointer] of [
      ['{', '/mapping'],
      ['[]', '/mapping'],
      ['{"external_id": 5}', '/mapping/external_id'],
      ['{"extrenal_id": "Key"}', '/mapping/extrenal_id'],
    ])
      expect(await bring({ file: csv(), source: 'HRMS', mapping: wrong }), wrong).toMatchObject({
        status: 400,
        body: { errors: [{ pointer }] },
      })
    expect(await blobs()).toBe(0)
  })
  test('does not reach files that come by themselves: another mapping is another plan', async () => {
    const two = `${header},second_email\n${person('E1')},other@example.com\n`
    const plan = async (more: object): Promise<unknown> =>
      (await brought({ file: two, source: 'HRMS', ...more }, { query: '?dryRun=true' })).attributes[
        'planHash'
      ]
    expect(await plan({})).toBe(await plan({}))
    expect(await plan({ mapping: { email: 'second_email' } })).not.toBe(await plan({}))
  })
})

describe('a row that is mended', () => {
  const faulty = csv(person('E1', { dob: '15/03/1992' }), person('E2'))
  const planned = (file = faulty): ReturnType<typeof brought> =>
    brought({ file, source: 'HRMS' }, { query: '?dryRun=true' })

  test('is planned anew; the new hash applies it, the old one is stale', async () => {
    const { id, attributes } = await planned()
    expect(attributes).toMatchObject({ status: 'PLANNED', counts: { created: 1, rejected: 1 } })
    expect(await ask('GET', `/imports/${id}/rows/1`)).toMatchObject({
      body: {
        data: {
          attributes: { status: 'REJECTED', mended: [], values: { dob: '15/03/1992', external_id: 'E1' } },
        },
      },
    })
    const mended = await ask('PATCH', `/imports/${id}/rows/1`, { values: { dob: '1992-03-15' } })
    expect(mended).toMatchObject({
      status: 200,
      body: {
        data: {
          attributes: {
            status: 'CREATED',
            messages: [],
            mended: ['dob'],
            values: { dob: '1992-03-15', first_name: 'Sam' },
          },
        },
      },
    })
    const { body } = await ask('GET', `/imports/${id}`)
    expect(body.data?.attributes).toMatchObject({ status: 'PLANNED', counts: { created: 2, rejected: 0 } })
    expect(await ask('POST', `/imports/${id}/apply`, { planHash: attributes['planHash'] })).toMatchObject({
      status: 409,
      body: { code: 'PLAN_STALE' },
    })
    expect(
      await ask('POST', `/imports/${id}/apply`, { planHash: body.data?.attributes['planHash'] }),
    ).toMatchObject({ status: 200 })
    expect(await people()).toHaveLength(2)
    expect((await ask('GET', `/imports/${id}/results.csv`)).payload).toContain(
      '"E1","Sam","ChenE1","1992-03-15"',
    )
  })
  test('a second mend adds to the first; a value that is still wrong is told', async () => {
    const { id } = await planned()
    await ask('PATCH', `/imports/${id}/rows/1`, { values: { dob: '1992-02-30', first_name: 'Samantha' } })
    const second = await ask('PATCH', `/imports/${id}/rows/1`, { values: { dob: '1992-02-28' } })
    expect(second.body.data?.attributes).toMatchObject({
      status: 'CREATED',
      mended: ['dob', 'first_name'],
      values: { first_name: 'Samantha', dob: '1992-02-28' },
    })
  })
  test('what it does to other rows is seen at once', async () => {
    const { id } = await planned(csv(person('E1'), person('E2')))
    await ask('PATCH', `/imports/${id}/rows/2`, { values: { email: 'e1@example.com' } })
    expect((await rowsOfRun(id)).map(({ attributes }) => attributes['status'])).toEqual([
      'CREATED',
      'REJECTED',
    ])
  })
  test('what was held stays with its person, however it is mended', async () => {
    await brought({ file: csv(person('E1'), person('E2'), person('E3')), source: 'HRMS', mode: 'SNAPSHOT' })
    const held = await brought({ file: csv(person('X1', { dob: 'x' })), source: 'HRMS', mode: 'SNAPSHOT' })
    expect(held.attributes).toMatchObject({ status: 'HELD' })
    await ask('PATCH', `/imports/${held.id}/rows/1`, { values: { dob: '1990-01-01' } })
    expect((await ask('GET', `/imports/${held.id}`)).body.data?.attributes).toMatchObject({ status: 'HELD' })
    expect(await people()).toHaveLength(3)
  })
  test('tells nobody a second time that its file is held', async () => {
    await brought({ file: csv(person('E1'), person('E2'), person('E3')), source: 'HRMS', mode: 'SNAPSHOT' })
    const { id } = await house.runtime.write(organisationId, { ...operator, channel: 'SFTP' }, async (ctx) =>
      receiveFile(ctx, {
        fileName: 'HRMS-20260202_060000.csv',
        blob: await stored(csv(person('X1', { dob: '?' }))),
        fileId: 'fil_2',
      }),
    )
    house.clock.advance('1m')
    await house.drain()
    const notices = async (): Promise<number> =>
      (await house.owner('select id from import_notices where organisation_id = $1', [organisationId])).length
    expect((await ask('GET', `/imports/${id}`)).body.data?.attributes).toMatchObject({ status: 'HELD' })
    const events = async (): Promise<(string | undefined)[]> =>
      (
        await house.owner<{ type: string }>(
          "select type from events where organisation_id = $1 and data->>'importId' = $2 order by at",
          [organisationId, id],
        )
      ).map(({ type }) => type)
    expect(await notices()).toBe(1)
    house.clock.advance('1m')
    await ask('PATCH', `/imports/${id}/rows/1`, { values: { dob: '1990-01-01' } })
    await house.drain()
    expect(await notices()).toBe(1)
    expect(await events(), 'for the same reasons').toEqual(['import.held', 'import.planned'])
    // Without its key the row is nobody's: that is a reason more, and those who follow the events are told.
    house.clock.advance('1m')
    await ask('PATCH', `/imports/${id}/rows/1`, { values: { external_id: '' } })
    await house.drain()
    expect((await ask('GET', `/imports/${id}`)).body.data?.attributes).toMatchObject({
      status: 'HELD',
      holdReasons: ['DEACTIVATIONS', 'UNATTRIBUTABLE_ROWS'],
    })
    expect(await events()).toEqual(['import.held', 'import.planned', 'import.held'])
  })
  test('only as it was seen, where If-Match says so', async () => {
    const { id } = await planned()
    const path = `/imports/${id}/rows/1`
    const { headers } = await ask('GET', path)
    const etag = String(headers['etag'])
    const mend = (dob: string, ifMatch: string): ReturnType<typeof ask> =>
      ask('PATCH', path, { values: { dob } }, { 'if-match': ifMatch })
    expect(await mend('1992-03-15', '"another"')).toMatchObject({
      status: 412,
      body: { code: 'VERSION_MISMATCH' },
    })
    expect((await ask('GET', path)).headers['etag']).toBe(etag)
    const first = await mend('1992-03-15', etag)
    expect(first).toMatchObject({ status: 200, body: { data: { attributes: { mended: ['dob'] } } } })
    expect((await mend('1993-03-15', etag)).status, 'seen before the first mend').toBe(412)
    expect((await mend('1994-03-15', String(first.headers['etag']))).status).toBe(200)
    expect((await mend('1995-03-15', '*')).body.data?.attributes).toMatchObject({
      values: { dob: '1995-03-15' },
    })
  })
  test('columns that are not there, and rows, are refused with what is', async () => {
    const { id } = await planned(`${header}\n${person('E1')}\nE2,too,short\n`)
    expect(await ask('PATCH', `/imports/${id}/rows/1`, { values: { emial: 'x@example.com' } })).toMatchObject(
      {
        status: 400,
        body: {
          errors: [
            {
              pointer: '/values/emial',
              code: 'UNKNOWN_COLUMN',
              detail: expect.stringContaining('Is it email?') as unknown,
            },
          ],
        },
      },
    )
    expect(await ask('PATCH', `/imports/${id}/rows/2`, { values: { email: 'x@example.com' } })).toMatchObject(
      { status: 400 },
    )
    for (const row of ['3', '0', '-1', '1.5', 'x', '1e0', '99999999999'])
      expect(
        await ask('PATCH', `/imports/${id}/rows/${row}`, { values: { email: 'x@example.com' } }),
      ).toMatchObject({ status: 404 })
    expect(await ask('PATCH', `/imports/${id}/rows/1`, { values: {} })).toMatchObject({ status: 400 })
  })
  test('only while the plan waits', async () => {
    const { id } = await brought({ file: csv(person('E1')), source: 'HRMS' })
    expect(await ask('PATCH', `/imports/${id}/rows/1`, { values: { first_name: 'Sue' } })).toMatchObject({
      status: 409,
      body: { code: 'IMPORT_STATE' },
    })
  })
  test('many at once all count, in whatever order', async () => {
    const ids = Array.from({ length: 8 }, (_, n) => `E${n + 1}`)
    const { id } = await planned(csv(...ids.map((one) => person(one, { dob: 'soon' }))))
    const answers = await Promise.all(
      ids.map((_one, n) => ask('PATCH', `/imports/${id}/rows/${n + 1}`, { values: { dob: '1990-01-01' } })),
    )
    expect(answers.map(({ status }) => status)).toEqual(ids.map(() => 200))
    expect((await ask('GET', `/imports/${id}`)).body.data?.attributes).toMatchObject({
      counts: { created: 8, rejected: 0 },
    })
  })
})

describe('an Idempotency-Key', () => {
  const file = csv(person('E1'))

  test('50 at once bring one file; each gets the answer or IDEMPOTENCY_RUNNING, every retry the answer', async () => {
    const headers = { 'idempotency-key': randomUUID() }
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => bring({ file, source: 'HRMS' }, { headers })),
    )
    const made = answers.filter(({ status }) => status === 201)
    expect(made.length).toBeGreaterThan(0)
    expect(new Set(made.map(({ payload }) => payload)).size).toBe(1)
    for (const answer of answers)
      if (answer.status !== 201)
        expect(answer).toMatchObject({ status: 409, body: { code: 'IDEMPOTENCY_RUNNING' } })
    const again = await bring({ file, source: 'HRMS' }, { headers })
    expect(again.payload).toBe(made[0]?.payload)
    expect(again.headers['idempotency-replayed']).toBe('true')
    expect(await ask('GET', '/imports')).toMatchObject({ body: { meta: { total: 1 } } })
    // Of the files that came in vain nothing is left.
    expect(await blobs()).toBe(1)
  })
  test('another file, name, field or order is another request', async () => {
    const headers = { 'idempotency-key': 'same' }
    expect(await bring({ file, source: 'HRMS' }, { headers })).toMatchObject({ status: 201 })
    for (const [fields, more] of [
      [{ file: `${file} `, source: 'HRMS' }, {}],
      [{ file, source: 'HRM' }, {}],
      [{ source: 'HRMS', file }, {}],
      [{ file, source: 'HRMS' }, { name: 'other.csv' }],
      [{ file, source: 'HRMS' }, { query: '?dryRun=true' }],
    ] as const)
      expect(await bring(fields, { headers, ...more })).toMatchObject({
        status: 422,
        body: { code: 'IDEMPOTENCY_MISMATCH' },
      })
    expect(await blobs()).toBe(1)
  })
  test('a refusal that lasts is kept, and its file is not', async () => {
    const headers = { 'idempotency-key': 'refused' }
    const first = await bring({ file, source: '!' }, { headers })
    expect(first.status).toBe(400)
    expect((await bring({ file, source: '!' }, { headers })).payload).toBe(first.payload)
    expect(await blobs()).toBe(0)
  })
})

test('what is brought over one organisation’s token is nobody else’s', async () => {
  const { id } = await brought(
    { file: csv(person('E1', { dob: '?' })), source: 'HRMS' },
    { query: '?dryRun=true' },
  )
  token = await tokenFor(house, (await house.newOrganisation()).id)
  const unknown = await ask('PATCH', '/imports/imp_0000000000000000/rows/1', {
    values: { dob: '1990-01-01' },
  })
  const theirs = await ask('PATCH', `/imports/${id}/rows/1`, { values: { dob: '1990-01-01' } })
  expect({ ...theirs.body, requestId: 0, instance: 0 }).toEqual({
    ...unknown.body,
    requestId: 0,
    instance: 0,
  })
  expect(theirs.status).toBe(404)
  expect((await ask('POST', `/imports/${id}/cancel`)).status).toBe(404)
  expect((await ask('GET', `/imports/${id}/rows/1`)).status).toBe(404)
})
