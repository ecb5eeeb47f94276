/** The contract's own sample (reference, SFTP integration guide), from the two files to the answers. */
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { apiCaller, tokenFor, type Ask } from '../../../test/api-caller.ts'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import {
  startRegisterSimulator,
  type RegisterSimulator,
} from '../../evidence/register-simulator/register-simulator.ts'
import { receiveFile, runById } from '../../exchange/imports/imports.ts'
import { buildHttpServer } from '../../front-doors.ts'
import type { HttpServer } from '../../platform/http/http-server.ts'
import { setMappings } from '../../workforce/credential-types/credential-types.ts'
import type { AnswerAttributes } from './answers.schema.ts'

let house: TestHouse
let server: HttpServer
let simulator: RegisterSimulator
let organisationId: string
let token: string
let ask: Ask<AnswerAttributes>
let files = 0

beforeAll(async () => {
  house = await openTestHouse()
  server = await buildHttpServer(house.runtime, '0.0.0')
  simulator = await startRegisterSimulator({ host: '127.0.0.1', port: 0 })
  ask = apiCaller<AnswerAttributes>(
    () => server,
    () => token,
  )
  organisationId = (await house.newOrganisation()).id
  token = await tokenFor(house, organisationId)
  for (const register of [
    'AHPRA',
    'SERVICE_VICTORIA_WWC',
    'NDIS_WORKER_SCREENING_DATABASE',
    'BLUE_CARD_SERVICES_QLD',
  ]) {
    const answer = await ask('PUT', `/registers/${register}/connector`, {
      kind: 'simulator',
      settings: { url: simulator.url, perSecond: 1_000, atOnce: 16 },
    })
    expect(answer.status, answer.payload).toBe(200)
  }
  await house.runtime.write(organisationId, operator, (ctx) =>
    setMappings(ctx, [
      { code: 'VICWWC', target: 'WWCC_VIC' },
      { code: 'NDIS', target: 'NDIS_WORKER_SCREENING' },
      { code: 'QLDWWC', target: 'BLUE_CARD_QLD' },
      { code: 'DL-VIC', target: 'DRIVER_LICENCE_VIC' },
    ]),
  )
  for (const name of ['HRMS-20260129_143000.csv', 'HRMS-POS-20260129_143000.csv'])
    await importFile(name, await readFile(new URL(`../../../examples/sample/${name}`, import.meta.url)))
})
afterAll(async () => {
  await server.close()
  await house.close()
  await simulator.close()
})

async function importFile(fileName: string, content: Buffer): Promise<void> {
  async function* bytes(): AsyncGenerator<Buffer> {
    yield content
  }
  const blob = await house.runtime.storage.write(organisationId, bytes())
  files += 1
  const { id } = await house.runtime.write(organisationId, { ...operator, channel: 'SFTP' }, (ctx) =>
    receiveFile(ctx, { fileName, blob, fileId: `fil_${files}` }),
  )
  await house.drain()
  const run = await house.runtime.read(organisationId, operator, (ctx) => runById(ctx, id))
  expect(run.status, JSON.stringify(run)).toBe('COMPLETED')
}

const dataOf = (body: Record<string, unknown>): { id: string; attributes: AnswerAttributes }[] =>
  body['data'] as never

async function list(query: string): Promise<{ id: string; attributes: AnswerAttributes }[]> {
  const answer = await ask('GET', `/compliance?${query}`)
  expect(answer.status, answer.payload).toBe(200)
  return dataOf(answer.body as never)
}
/** Everybody's status and gaps, by the key of HR. */
async function answers(query = ''): Promise<Record<string, string>> {
  return Object.fromEntries(
    (await list(query)).map(({ attributes: { externalId, status, satisfied, gaps } }) => [
      externalId ?? '',
      [
        status,
        satisfied ? 'satisfied' : 'not',
        ...gaps.map(({ credentialType, reason }) => `${credentialType ?? ''} ${reason}`),
      ].join(', '),
    ]),
  )
}

test('in February each lacks what was never sent, and nobody holds the driver’s position', async () => {
  expect(await answers()).toEqual({
    EMP001: 'red, not, NDIS_WORKER_SCREENING MISSING',
    EMP002: 'red, not, WWCC_VIC MISSING',
    EMP003: 'red, not, AHPRA MISSING, BLUE_CARD_QLD MISSING',
  })
  expect(await answers('positionId=RN-001')).toEqual({ EMP001: 'red, not, NDIS_WORKER_SCREENING MISSING' })
  expect(await answers('positionId=DRIVER-001')).toEqual({})
  expect(await answers('licenceStatus=green')).toEqual({})
  expect(Object.keys(await answers('licenceStatus=red'))).toHaveLength(3)
})

test('the path of a gap points into everything that the position requires', async () => {
  const [{ attributes } = { attributes: undefined }] = await list('positionId=RN-001')
  const [gap] = attributes?.gaps ?? []
  const position = await ask('GET', '/positions/RN-001')
  const { effectiveRequirements } = (
    position.body as never as { data: { attributes: Record<string, unknown> } }
  ).data.attributes
  const found = (gap?.path ?? '')
    .split('/')
    .slice(1)
    .reduce<unknown>((node, part) => (node as Record<string, unknown>)[part], effectiveRequirements)
  expect(found).toEqual({ credentialType: 'NDIS_WORKER_SCREENING' })
})

test('what is added and taken away changes the answer at once', async () => {
  const answer = await ask('POST', '/credentials', {
    worker: { externalId: 'EMP001' },
    credentialType: 'NDIS_WORKER_SCREENING',
    number: 'NDIS-123456',
    issueDate: '2025-01-01',
    expiryDate: '2029-12-31',
  })
  expect(answer.status, answer.payload).toBe(201)
  const { id } = (answer.body as never as { data: { id: string } }).data
  // A register has to say so; until it has, the answer is that it was not asked.
  const [{ id: workerId } = { id: '' }] = await list('positionId=RN-001')
  const at = async (): Promise<AnswerAttributes> =>
    (
      (await ask('GET', `/workers/${workerId}/compliance`)).body as never as {
        data: { attributes: AnswerAttributes }
      }
    ).data.attributes
  expect(await at()).toMatchObject({
    status: 'yellow',
    gaps: [{ reason: 'NOT_YET_CHECKED', credentialId: id }],
  })
  await house.drain()
  expect(await at()).toMatchObject({ status: 'green', satisfied: true, gaps: [] })
  expect(await answers('positionId=RN-001')).toEqual({ EMP001: 'green, satisfied' })
  const worker = await ask('GET', `/workers/${workerId}`)
  expect((worker.body as never as { data: { attributes: object } }).data.attributes).toMatchObject({
    compliance: { licenceStatus: 'green', gaps: [] },
  })
  expect((await ask('DELETE', `/credentials/${id}`)).status).toBe(204)
  expect(await at()).toMatchObject({ status: 'red', gaps: [{ reason: 'MISSING' }] })
  await house.drain()
  expect(await answers('positionId=RN-001')).toEqual({ EMP001: 'red, not, NDIS_WORKER_SCREENING MISSING' })
  const told = await house.owner<{ data: { cause: string; workerIds: string[] } }>(
    "select data from events where organisation_id = $1 and type = 'compliance.changed' order by emitted desc limit 1",
    [organisationId],
  )
  expect(told).toEqual([{ data: { cause: 'ANSWERS', workerIds: [workerId] } }])
})

test('in June the registrations are in their month of grace, in July they are over', async () => {
  try {
    house.clock.set('2026-06-15T00:00:00Z')
    await house.drain()
    expect(await answers()).toEqual({
      EMP001: 'red, not, AHPRA IN_GRACE, NDIS_WORKER_SCREENING MISSING',
      EMP002: 'red, not, AHPRA IN_GRACE, WWCC_VIC MISSING',
      EMP003: 'red, not, AHPRA MISSING, BLUE_CARD_QLD MISSING',
    })
    house.clock.set('2026-07-02T00:00:00Z')
    await house.drain()
    expect(await answers()).toEqual({
      EMP001: 'red, not, AHPRA EXPIRED, NDIS_WORKER_SCREENING MISSING',
      EMP002: 'red, not, AHPRA EXPIRED, WWCC_VIC MISSING',
      EMP003: 'red, not, AHPRA MISSING, BLUE_CARD_QLD MISSING',
    })
    // And what was answered in February is answered so still.
    expect(await answers('asOf=2026-02-01')).toEqual({
      EMP001: 'red, not, NDIS_WORKER_SCREENING MISSING',
      EMP002: 'red, not, WWCC_VIC MISSING',
      EMP003: 'red, not, AHPRA MISSING, BLUE_CARD_QLD MISSING',
    })
    expect(await answers('asOf=2026-06-15&positionId=RN-001')).toEqual({
      EMP001: 'red, not, AHPRA IN_GRACE, NDIS_WORKER_SCREENING MISSING',
    })
    expect(await answers('asOf=2025-12-31')).toEqual({})
  } finally {
    house.clock.set('2026-02-01T00:00:00Z')
  }
})
