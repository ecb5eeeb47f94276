import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { apiCaller, tokenFor, type ApiAnswer } from '../../../test/api-caller.ts'
import { pdf } from '../../../test/documents.ts'
import { openTestHouse, type TestHouse } from '../../../test/harness.ts'
import { eicar, scriptedClamd, type ScriptedClamd } from '../../../test/scripted-clamd.ts'
import { buildHttpServer } from '../../front-doors.ts'
import type { HttpServer } from '../../platform/http/http-server.ts'
import { silentLog } from '../../platform/log.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { sweepReleased } from '../../platform/storage/sweeper.ts'
import { clamdScanner } from '../../platform/virus-scanner.ts'
import { attachmentBlobs, scanWaiting } from './attachments.ts'

let house: TestHouse
let clamd: ScriptedClamd
let runtime: Runtime
let server: HttpServer
let organisationId: string
let token: string
let path: string
const ask = apiCaller(
  () => server,
  () => token,
)

beforeAll(async () => {
  house = await openTestHouse()
})
afterAll(() => house.close())
beforeEach(async () => {
  clamd = await scriptedClamd()
  runtime = { ...house.runtime, scanner: clamdScanner(clamd.url, silentLog) }
  server = await buildHttpServer(runtime, '0.0.0')
  organisationId = (await house.newOrganisation()).id
  token = await tokenFor(house, organisationId)
  const worker = await ask('POST', '/workers', { identity: { displayName: 'Sarah Chen' } })
  const credential = await ask('POST', '/credentials', {
    worker: { id: worker.body.data?.id },
    credentialType: 'FIRST_AID',
  })
  path = `/credentials/${credential.body.data?.id}/attachments`
})
afterEach(async () => {
  await server.close()
  await clamd.close()
})

const attach = (bytes: Buffer): Promise<ApiAnswer> =>
  ask('POST', path, { fileName: 'a.pdf', mimeType: 'application/pdf', data: bytes.toString('base64') })
const infected = Buffer.concat([pdf().subarray(0, -6), Buffer.from(`${eicar}\n%%EOF\n`)])
const scans = async (): Promise<string[]> =>
  (
    await house.owner<{ scan: string }>(
      'select scan from attachments where organisation_id = $1 order by uploaded_at, id',
      [organisationId],
    )
  ).map(({ scan }) => scan)
const events = async (type: string): Promise<number> =>
  (await house.owner('select 1 from events where organisation_id = $1 and type = $2', [organisationId, type]))
    .length
async function blobs(): Promise<number> {
  await sweepReleased(runtime, organisationId, [attachmentBlobs])
  let count = 0
  for await (const { scope } of runtime.storage.list(organisationId))
    count += scope === organisationId ? 1 : 0
  return count
}

describe('with a virus scanner', () => {
  test('what it finds something in is refused with 422, and nothing is kept', async () => {
    for (const bytes of [infected, Buffer.from(eicar)]) {
      const answer = await attach(bytes)
      expect(answer, answer.payload).toMatchObject({ status: 422, body: { code: 'FILE_INFECTED' } })
      expect(answer.body['detail']).toContain('Eicar-Test-Signature')
    }
    expect(await scans()).toEqual([])
    expect(await blobs()).toBe(0)
  })

  test('what it finds nothing in is kept, and may be read', async () => {
    expect((await attach(pdf())).status).toBe(201)
    expect(await scans()).toEqual(['CLEAN'])
    expect(await events('attachment.readable')).toBe(1)
  })

  test('a large document is streamed to it whole', async () => {
    const filler = Buffer.alloc(9_000_000, 'x')
    const large = Buffer.concat([
      pdf().subarray(0, -6),
      Buffer.from('\n%'),
      filler,
      Buffer.from(`${eicar}\n%%EOF\n`),
    ])
    expect(await attach(large)).toMatchObject({ status: 422 })
  })
})

describe('while the scanner does not answer', () => {
  test('documents are kept and wait, the node is degraded; then they are looked at', async () => {
    await clamd.close()
    expect((await attach(pdf(1))).status).toBe(201)
    expect((await attach(infected)).status).toBe(201)
    expect(await scans()).toEqual(['WAITING', 'WAITING'])
    expect(await events('attachment.received')).toBe(2)
    expect(await events('attachment.readable')).toBe(0)
    const ready = await server.inject('/readyz')
    expect(ready.statusCode).toBe(200)
    expect(ready.json()).toMatchObject({
      status: 'degraded',
      parts: { virusScanner: { ok: false, isRequired: false } },
    })
    await scanWaiting(runtime, organisationId)
    expect(await scans()).toEqual(['WAITING', 'WAITING'])
    const [timer] = await house.owner<{ due_at: Date }>(
      "select due_at from timers where organisation_id = $1 and kind = 'attachments.scan'",
      [organisationId],
    )
    expect(timer?.due_at.getTime()).toBe(house.clock.now().getTime() + 60_000)

    clamd = await scriptedClamd(Number(new URL(clamd.url).port))
    expect((await server.inject('/readyz')).json()).toMatchObject({ parts: { virusScanner: { ok: true } } })
    await scanWaiting(runtime, organisationId)
    expect(await scans()).toEqual(['CLEAN'])
    expect(await events('attachment.readable')).toBe(1)
    expect(await blobs()).toBe(1)
    expect(
      await house.owner(
        "select changes->>'found' as found from audit_entries where organisation_id = $1 and action = 'attachment.infected'",
        [organisationId],
      ),
    ).toEqual([{ found: 'Eicar-Test-Signature' }])
    // Nothing waits any more.
    await scanWaiting(runtime, organisationId)
  })

  test.each([
    ['hangs up', null],
    ['says that it is too much', 'INSTREAM size limit exceeded. ERROR'],
    ['says what nobody understands', 'What?'],
    ['says a lot', 'x'.repeat(10_000)],
  ])('because it %s, a document waits', async (_name, say) => {
    clamd.say = say
    expect((await attach(pdf())).status).toBe(201)
    expect(await scans()).toEqual(['WAITING'])
  })

  test('about one document, the others are looked at all the same', async () => {
    clamd.say = 'INSTREAM size limit exceeded. ERROR'
    await attach(pdf(1))
    await attach(pdf(2))
    let answered = 0
    const sound = clamdScanner(clamd.url, silentLog)
    const scanner = {
      fault: () => sound.fault(),
      scan: async (content: AsyncIterable<Buffer>) => {
        clamd.say = (answered += 1) === 1 ? 'INSTREAM size limit exceeded. ERROR' : undefined
        return sound.scan(content)
      },
    }
    await scanWaiting({ ...runtime, scanner }, organisationId)
    expect((await scans()).sort()).toEqual(['CLEAN', 'WAITING'])
  })

  test('and is taken away, what waited may be read', async () => {
    clamd.say = null
    await attach(pdf())
    await scanWaiting({ ...runtime, scanner: null }, organisationId)
    expect(await scans()).toEqual(['OFF'])
    expect(await events('attachment.readable')).toBe(1)
  })
})
