import { createHash } from 'node:crypto'
import { request } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { apiCaller, tokenFor, type ApiAnswer } from '../../../test/api-caller.ts'
import { consoleUser } from '../../../test/console-user.ts'
import {
  animatedWebp,
  encryptedPdf,
  heic,
  pdf,
  picture,
  pngThatSays,
  restrictedPdf,
} from '../../../test/documents.ts'
import { openTestHouse, type TestHouse } from '../../../test/harness.ts'
import { buildHttpServer } from '../../front-doors.ts'
import { openDocumentOpener } from '../../platform/documents/document-opener.ts'
import { basePath, type HttpServer } from '../../platform/http/http-server.ts'
import { silentLog } from '../../platform/log.ts'
import { sweepReleased } from '../../platform/storage/sweeper.ts'
import { attachmentBlobs } from './attachments.ts'

let house: TestHouse
let server: HttpServer
let port: number
let organisationId: string
let token: string
let credentialId: string
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
  credentialId = await newCredential()
})

async function newCredential(): Promise<string> {
  const worker = await ask('POST', '/workers', { identity: { displayName: 'Sarah Chen' } })
  const made = await ask('POST', '/credentials', {
    worker: { id: worker.body.data?.id },
    credentialType: 'FIRST_AID',
  })
  return made.body.data?.id ?? ''
}

interface Part {
  readonly name?: string
  readonly fileName?: string
  readonly type?: string | null
  readonly bytes: Buffer
}
const boundary = 'a-boundary-of-the-test'

/** Parts as a client writes them, byte for byte. */
function form(...parts: readonly Part[]): Buffer {
  return Buffer.concat([
    ...parts.flatMap(({ name = 'file', fileName = 'a.pdf', type = 'application/pdf', bytes }) => [
      Buffer.from(
        `--${boundary}\r\ncontent-disposition: form-data; name="${name}"; filename="${fileName}"\r\n${
          type === null ? '' : `content-type: ${type}\r\n`
        }\r\n`,
      ),
      bytes,
      Buffer.from('\r\n'),
    ]),
    Buffer.from(`--${boundary}--\r\n`),
  ])
}

async function sendForm(
  body: Buffer,
  headers: Record<string, string> = {},
  id = credentialId,
): Promise<ApiAnswer> {
  const answer = await server.inject({
    method: 'POST',
    url: `${basePath}/credentials/${id}/attachments`,
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': `multipart/form-data; boundary=${boundary}`,
      ...headers,
    },
    payload: body,
  })
  return {
    status: answer.statusCode,
    headers: answer.headers,
    payload: answer.payload,
    body: answer.json() as ApiAnswer['body'],
  }
}
const attach = (part: Part, headers?: Record<string, string>): Promise<ApiAnswer> =>
  sendForm(form(part), headers)
const attachJson = (bytes: Buffer, mimeType: string, fileName = 'a.pdf'): Promise<ApiAnswer> =>
  ask('POST', `/credentials/${credentialId}/attachments`, {
    fileName,
    mimeType,
    data: bytes.toString('base64'),
  })

const content = async (
  id: string,
  headers: Record<string, string> = {},
  method: 'GET' | 'HEAD' = 'GET',
): Promise<{ status: number; headers: Record<string, unknown>; bytes: Buffer }> => {
  const answer = await server.inject({
    method,
    url: `${basePath}/credentials/${credentialId}/attachments/${id}/content`,
    headers: { authorization: `Bearer ${token}`, ...headers },
  })
  return { status: answer.statusCode, headers: answer.headers, bytes: answer.rawPayload }
}
const idOf = (answer: ApiAnswer): string => {
  expect(answer.status, answer.payload).toBe(201)
  return answer.body.data?.id ?? ''
}
async function blobs(): Promise<number> {
  let count = 0
  for await (const { scope } of house.runtime.storage.list(organisationId))
    count += scope === organisationId ? 1 : 0
  return count
}
const listed = async (): Promise<readonly { id: string }[]> =>
  (await ask('GET', `/credentials/${credentialId}/attachments`)).body['data'] as never

async function expectRefused(answer: Promise<ApiAnswer>, code: string, words: RegExp): Promise<void> {
  const { status, body, payload } = await answer
  expect(status, payload).toBe(400)
  expect(body['code']).toBe('VALIDATION_FAILED')
  expect(body.errors?.[0]?.code, payload).toBe(code)
  expect(body['detail']).toMatch(words)
  expect(await listed()).toEqual([])
  expect(await blobs()).toBe(0)
}

describe('a document', () => {
  test('is attached by form, told of, downloaded as it was, and deleted for good', async () => {
    const bytes = pdf()
    const answer = await attach({ fileName: 'first-aid-certificate.pdf', bytes })
    const id = idOf(answer)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    expect(answer.headers['location']).toBe(`${basePath}/credentials/${credentialId}/attachments/${id}`)
    expect(answer.body.data).toMatchObject({ id: expect.stringMatching(/^att_/) as string })
    const attributes = {
      fileName: 'first-aid-certificate.pdf',
      mimeType: 'application/pdf',
      sizeBytes: bytes.length,
      sha256,
      source: 'api',
      uploadedAt: house.clock.now().toISOString(),
      contentUrl: `${basePath}/credentials/${credentialId}/attachments/${id}/content`,
    }
    expect(answer.body.data?.attributes).toEqual(attributes)
    expect((await ask('GET', `/credentials/${credentialId}/attachments/${id}`)).body.data).toMatchObject({
      id,
      type: 'credentialAttachment',
      attributes,
    })
    expect(await listed()).toMatchObject([{ id, attributes }])

    const download = await content(id)
    expect(download.status).toBe(200)
    expect(download.bytes.equals(bytes)).toBe(true)
    expect(download.headers).toMatchObject({
      'content-type': 'application/pdf',
      'content-length': String(bytes.length),
      'content-disposition': 'attachment; filename="first-aid-certificate.pdf"',
      'content-security-policy': expect.stringContaining('sandbox') as string,
      'x-content-type-options': 'nosniff',
      etag: `"${sha256}"`,
      'accept-ranges': 'bytes',
    })

    expect((await ask('DELETE', `/credentials/${credentialId}/attachments/${id}`)).status).toBe(204)
    expect((await ask('DELETE', `/credentials/${credentialId}/attachments/${id}`)).status).toBe(404)
    expect((await content(id)).status).toBe(404)
    await sweepReleased(house.runtime, organisationId, [attachmentBlobs])
    expect(await blobs()).toBe(0)
    const actions = await house.owner<{ action: string; changes: { sha256: string } }>(
      `select action, changes from audit_entries where organisation_id = $1 and action like 'attachment.%' order by at, id`,
      [organisationId],
    )
    expect(actions.map(({ action }) => action).sort()).toEqual(['attachment.delete', 'attachment.receive'])
    expect(actions.every(({ changes }) => changes.sha256 === sha256)).toBe(true)
    expect(JSON.stringify(actions)).not.toContain('first-aid')
  })

  test('is attached as JSON in base64, also with its lines wrapped', async () => {
    const bytes = pdf(2)
    const id = idOf(await attachJson(bytes, 'application/pdf', 'degree.pdf'))
    expect((await content(id)).bytes.equals(bytes)).toBe(true)
    const wrapped = pdf(3)
      .toString('base64')
      .replaceAll(/(.{76})/g, '$1\r\n')
    const second = await ask('POST', `/credentials/${credentialId}/attachments`, {
      fileName: 'b.pdf',
      mimeType: 'application/pdf',
      data: wrapped,
    })
    expect((await content(idOf(second))).bytes.equals(pdf(3))).toBe(true)
  })

  test.each([
    ['JPEG', 'image/jpeg', () => picture('jpeg')],
    ['PNG', 'image/png', () => picture('png')],
    ['WebP', 'image/webp', () => picture('webp')],
    ['WebP of several frames', 'image/webp', animatedWebp],
    ['HEIC', 'image/heic', () => Promise.resolve(heic)],
    ['PDF that only restricts printing', 'application/pdf', () => Promise.resolve(restrictedPdf)],
  ])('may be a %s, whatever it is called', async (_name, mimeType, make) => {
    const bytes = await make()
    for (const type of [mimeType, 'application/octet-stream']) {
      const answer = await attach({ fileName: 'scan.dat', type, bytes })
      expect(answer.status, answer.payload).toBe(201)
      expect(answer.body.data?.attributes).toMatchObject({ mimeType, fileName: 'scan.dat' })
    }
    expect((await content((await listed())[0]?.id ?? '')).headers['content-type']).toBe(mimeType)
  })

  test('is kept once: the same bytes give the attachment that is there', async () => {
    const bytes = pdf()
    const first = idOf(await attach({ bytes }))
    const again = await attach({ fileName: 'other-name.pdf', bytes })
    expect(idOf(again)).toBe(first)
    expect(again.body.data?.attributes).toMatchObject({ fileName: 'a.pdf', deduplicated: true })
    expect(again.headers['location']).toBe(`${basePath}/credentials/${credentialId}/attachments/${first}`)
    expect(await listed()).toHaveLength(1)
    await sweepReleased(house.runtime, organisationId, [attachmentBlobs])
    expect(await blobs()).toBe(1)
    expect((await content(first)).bytes.equals(bytes)).toBe(true)
    // On another credential it is another attachment, with bytes of its own.
    const other = await sendForm(form({ bytes }), {}, await newCredential())
    expect(idOf(other)).not.toBe(first)
    expect(other.body.data?.attributes).not.toHaveProperty('deduplicated')
  })

  test('sent several times at once is kept once', async () => {
    const bytes = pdf()
    const answers = await Promise.all(Array.from({ length: 5 }, () => attach({ bytes })))
    expect(new Set(answers.map(idOf)).size).toBe(1)
    expect(await listed()).toHaveLength(1)
  })

  test('repeated under its Idempotency-Key is one upload; another file under it is refused', async () => {
    const key = { 'idempotency-key': 'upload-1' }
    const first = await attach({ bytes: pdf() }, key)
    const second = await attach({ bytes: pdf() }, key)
    expect(second.headers['idempotency-replayed']).toBe('true')
    expect(second.payload).toBe(first.payload)
    expect(await attach({ bytes: pdf(2) }, key)).toMatchObject({
      status: 422,
      body: { code: 'IDEMPOTENCY_MISMATCH' },
    })
    expect(await blobs()).toBe(1)
  })

  test('comes to at most 20 on one credential', async () => {
    for (let pages = 1; pages <= 20; pages += 1) idOf(await attach({ bytes: pdf(pages) }))
    const answer = await attach({ bytes: pdf(21) })
    expect(answer).toMatchObject({ status: 409, body: { code: 'ATTACHMENTS_FULL' } })
    expect(answer.body['detail']).toContain('20')
    // What is there already adds nothing.
    expect(await attach({ bytes: pdf(20) })).toMatchObject({ status: 201 })
    const [first] = await listed()
    await ask('DELETE', `/credentials/${credentialId}/attachments/${first?.id}`)
    idOf(await attach({ bytes: pdf(21) }))
    const page = await ask('GET', `/credentials/${credentialId}/attachments?pageSize=7&page=2`)
    expect(page.body['data']).toHaveLength(7)
    let seen = 0
    for (let cursor: unknown = undefined; cursor !== null;) {
      const query = cursor === undefined ? '' : `&cursor=${String(cursor)}`
      const { body } = await ask('GET', `/credentials/${credentialId}/attachments?pageSize=6${query}`)
      seen += (body['data'] as unknown as unknown[]).length
      cursor = (body['meta'] as { nextCursor: string | null }).nextCursor
    }
    expect(seen).toBe(20)
  })

  test('tells the feed of its arrival, by ids alone', async () => {
    const id = idOf(await attach({ fileName: 'Sarah Chen.pdf', bytes: pdf() }))
    const events = await house.owner<{ type: string; data: object }>(
      "select type, data from events where organisation_id = $1 and type like 'attachment.%' order by type",
      [organisationId],
    )
    expect(events).toEqual([
      { type: 'attachment.readable', data: { attachmentId: id, credentialId } },
      { type: 'attachment.received', data: { attachmentId: id, credentialId } },
    ])
  })

  test('is nobody’s without its credential', async () => {
    const id = idOf(await attach({ bytes: pdf() }))
    const own = `/credentials/${credentialId}`
    const elsewhere = await newCredential()
    expect(await ask('GET', `/credentials/${elsewhere}/attachments/${id}`)).toMatchObject({ status: 404 })
    expect(await ask('DELETE', `/credentials/${elsewhere}/attachments/${id}`)).toMatchObject({ status: 404 })
    await ask('DELETE', own)
    for (const path of ['', `/${id}`, `/${id}/content`])
      expect(await ask('GET', `${own}/attachments${path}`)).toMatchObject({ status: 404 })
    expect(await attach({ bytes: pdf(2) })).toMatchObject({ status: 404 })
    await ask('POST', `${own}/restore`)
    expect((await content(id)).bytes.equals(pdf())).toBe(true)
    // An unknown credential is told before a byte of the body is looked at.
    const unknown = await sendForm(Buffer.from('noise'), {}, 'cred_0000000000000000')
    expect(unknown).toMatchObject({ status: 404 })
    expect(await ask('POST', '/credentials/cred_0000000000000000/attachments', '{')).toMatchObject({
      status: 404,
    })
  })
})

describe('a download', () => {
  test('gives the part that is asked for (RFC 9110, section 14)', async () => {
    const bytes = await picture('png', 300, 300)
    const id = idOf(await attach({ type: 'image/png', bytes }))
    const size = bytes.length
    expect(size).toBeGreaterThan(200_000)
    const cases: readonly (readonly [string, number, number])[] = [
      ['bytes=0-9', 0, 10],
      ['bytes=65530-131080', 65_530, 131_081],
      [`bytes=${size - 1}-`, size - 1, size],
      ['bytes=-5', size - 5, size],
      [`bytes=100-${size * 2}`, 100, size],
      [`bytes=-${size * 2}`, 0, size],
      ['Bytes=0-0', 0, 1],
    ]
    for (const [range, start, end] of cases) {
      const part = await content(id, { range })
      expect(part.status, range).toBe(206)
      expect(part.headers['content-range']).toBe(`bytes ${start}-${end - 1}/${size}`)
      expect(part.headers['content-length']).toBe(String(end - start))
      expect(part.bytes.equals(bytes.subarray(start, end)), range).toBe(true)
    }
    for (const range of ['bytes=5-2', 'bytes=a-b', 'lines=1-2', 'bytes=0-1,5-6', 'bytes=', 'bytes=-', '']) {
      const whole = await content(id, { range })
      expect([whole.status, whole.bytes.length], range).toEqual([200, size])
    }
    for (const range of [`bytes=${size}-`, 'bytes=-0', 'bytes=99999999999999999999-']) {
      const none = await content(id, { range })
      expect(none.status, range).toBe(416)
      expect(none.headers['content-range']).toBe(`bytes */${size}`)
    }
    const head = await content(id, { range: 'bytes=0-9' }, 'HEAD')
    expect([head.status, head.headers['content-length'], head.bytes.length]).toEqual([200, String(size), 0])
  })

  test('is not sent again to who has it, and not in part to who has another one', async () => {
    const id = idOf(await attach({ bytes: pdf() }))
    const etag = String((await content(id)).headers['etag'])
    for (const given of [etag, `W/${etag}`, '*', `"other", ${etag}`])
      expect((await content(id, { 'if-none-match': given })).status, given).toBe(304)
    expect((await content(id, { 'if-none-match': '"other"' })).status).toBe(200)
    const range = 'bytes=0-3'
    expect((await content(id, { range, 'if-range': etag })).status).toBe(206)
    for (const given of ['"other"', `W/${etag}`, 'Wed, 21 Oct 2015 07:28:00 GMT'])
      expect((await content(id, { range, 'if-range': given })).status, given).toBe(200)
    expect((await content(id, { 'if-match': etag })).status).toBe(200)
    expect((await content(id, { 'if-match': '"other"' })).status).toBe(412)
  })

  test('carries the name as it was, whatever it is made of', async () => {
    const names: readonly (readonly [string, string])[] = [
      ['Zoë Ångström.pdf', `filename="Zo_ _ngstr_m.pdf"; filename*=UTF-8''Zo%C3%AB%20%C3%85ngstr%C3%B6m.pdf`],
      [
        'it\'s "q"; x=1.pdf',
        `filename="it_s _q__ x_1.pdf"; filename*=UTF-8''it%27s%20%22q%22%3B%20x%3D1.pdf`,
      ],
      ['😀.pdf', `filename="_.pdf"; filename*=UTF-8''%F0%9F%98%80.pdf`],
      ['100%41.pdf', `filename="100_41.pdf"; filename*=UTF-8''100%2541.pdf`],
      ['../../etc/passwd.pdf', 'filename="passwd.pdf"'],
      ['C:\\Users\\kim\\scan.pdf', 'filename="scan.pdf"'],
    ]
    let pages = 0
    for (const [name, disposition] of names) {
      const id = idOf(await attachJson(pdf((pages += 1)), 'application/pdf', name))
      expect((await content(id)).headers['content-disposition']).toBe(`attachment; ${disposition}`)
    }
  })
})

describe('refused with a sentence, and nothing is kept of it:', () => {
  test('an empty file', async () => {
    await expectRefused(attach({ bytes: Buffer.alloc(0) }), 'EMPTY', /0 bytes/)
    await expectRefused(attachJson(Buffer.alloc(0), 'application/pdf'), 'EMPTY', /0 bytes/)
  })

  test('10 MB and a byte; 10 MB are taken', async () => {
    const most = 10_485_760
    // What stands between the pages and the end of a PDF is free.
    const padded = (bytes: number): Buffer => {
      const whole = pdf()
      const [head, tail] = [whole.subarray(0, 9), whole.subarray(9)]
      const filler = Buffer.alloc(bytes - whole.length, 'x')
      filler.write('%', 0)
      filler.write('\n', filler.length - 1)
      return Buffer.concat([head, filler, tail])
    }
    await expectRefused(attach({ bytes: padded(most + 1) }), 'TOO_LARGE', /10485760/)
    await expectRefused(attachJson(padded(most + 1), 'application/pdf'), 'TOO_LARGE', /10485760/)
    await expectRefused(attach({ bytes: padded(13_000_000) }), 'TOO_LARGE', /10485760/)
    await expectRefused(attachJson(padded(12_000_000), 'application/pdf'), 'TOO_LARGE', /15728640/)
    expect((await attach({ bytes: padded(most) })).status).toBe(201)
    expect((await attachJson(padded(most), 'application/pdf')).body.data?.attributes).toMatchObject({
      sizeBytes: most,
      deduplicated: true,
    })
  })

  test('a type that is not what the bytes are: both are named', async () => {
    const png = await picture('png')
    await expectRefused(
      attach({ type: 'application/pdf', bytes: png }),
      'TYPE_DIFFERS',
      /application\/pdf.*PNG/,
    )
    await expectRefused(attach({ type: 'image/jpeg', bytes: pdf() }), 'TYPE_DIFFERS', /image\/jpeg.*PDF/)
    await expectRefused(attach({ type: 'text/plain', bytes: pdf() }), 'TYPE_DIFFERS', /text\/plain.*PDF/)
    await expectRefused(attachJson(png, 'image/webp'), 'TYPE_DIFFERS', /image\/webp.*PNG/)
    await expectRefused(attachJson(png, 'application/octet-stream'), 'TYPE_DIFFERS', /octet-stream.*PNG/)
  })

  test.each<[string, Buffer, RegExp]>([
    ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'), /SVG/],
    ['a page called .png', Buffer.from('<!doctype html><script>alert(1)</script>'), /web page/],
    ['a GIF that is also a script', Buffer.from('GIF89a/*\x01\x01*/=1;alert(1)//'), /GIF/],
    ['an archive with a PDF in it', Buffer.concat([Buffer.from('PK\x03\x04'), pdf()]), /ZIP/],
    ['a program', Buffer.from('MZ\x90\x00\x03'), /program/],
    ['text', Buffer.from('just some text'), /not known/],
    ['a single byte', Buffer.from([0xff]), /not known/],
    ['an AVIF', Buffer.from('\0\0\0\x20ftypavif\0\0\0\0avifmif1miaf', 'latin1'), /AVIF/],
    ['bytes before the PDF', Buffer.concat([Buffer.from('x'), pdf()]), /not known/],
  ])('%s', async (_name, bytes, words) => {
    for (const type of ['application/octet-stream', 'image/png'])
      await expectRefused(attach({ fileName: 'a.png', type, bytes }), 'TYPE_UNSUPPORTED', words)
    await expectRefused(attachJson(bytes, 'image/png'), 'TYPE_UNSUPPORTED', words)
  })

  test('a PDF that asks for a password, is damaged, cut, or of too many pages', async () => {
    await expectRefused(attach({ bytes: encryptedPdf }), 'ENCRYPTED', /password/)
    await expectRefused(attach({ bytes: Buffer.from('%PDF-1.7\nnothing\n%%EOF\n') }), 'BROKEN', /damaged/)
    await expectRefused(attach({ bytes: pdf(40).subarray(0, 1_500) }), 'TRUNCATED', /ends early/)
    await expectRefused(attach({ bytes: pdf(201) }), 'TOO_MANY_PAGES', /201 pages; 200/)
    expect((await attach({ bytes: pdf(200) })).status).toBe(201)
  })

  test('pictures that end early, are damaged, or grow when they are opened', async () => {
    const half = (bytes: Buffer): Buffer => bytes.subarray(0, bytes.length >> 1)
    const any = 'application/octet-stream'
    for (const format of ['jpeg', 'png', 'webp'] as const)
      await expectRefused(
        attach({ type: any, bytes: half(await picture(format)) }),
        'TRUNCATED',
        /ends early/,
      )
    await expectRefused(attach({ type: any, bytes: heic.subarray(0, -30) }), 'BROKEN', /ends early/)
    const damaged = Buffer.from(await picture('png'))
    damaged.fill(0, 2_000, 2_100)
    await expectRefused(attach({ type: any, bytes: damaged }), 'BROKEN', /damaged/)
    await expectRefused(
      attach({ type: any, bytes: await pngThatSays(50_000, 50_000) }),
      'TOO_MANY_PIXELS',
      /50000 by 50000/,
    )
    await expectRefused(
      attach({ type: any, bytes: await pngThatSays(0xffff_ffff, 0xffff_ffff) }),
      'BROKEN',
      /damaged/,
    )
    await expectRefused(attach({ type: any, bytes: Buffer.from('ffd8ff', 'hex') }), 'BROKEN', /damaged/)
  })

  test('names that mislead, or are none', async () => {
    const turned = 'photo-\u202egnp.exe'
    await expectRefused(attach({ fileName: turned, bytes: pdf() }), 'FILE_NAME', /direction of reading/)
    await expectRefused(attachJson(pdf(), 'application/pdf', turned), 'FILE_NAME', /direction of reading/)
    for (const fileName of ['a\0.pdf', 'x'.repeat(300)]) {
      await expectRefused(attach({ fileName, bytes: pdf() }), 'FILE_NAME', /1 to 255 characters/)
      const answer = await attachJson(pdf(), 'application/pdf', fileName)
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer: '/fileName' }] } })
    }
    for (const fileName of ['..', 'folder/', '   '])
      await expectRefused(attachJson(pdf(), 'application/pdf', fileName), 'FILE_NAME', /no name/)
  })

  test('forms with two files, none, or one under another name', async () => {
    const bytes = pdf()
    await expectRefused(sendForm(form({ bytes }, { bytes: pdf(2) })), 'TWICE', /one file only/)
    await expectRefused(sendForm(form()), 'REQUIRED', /file/)
    await expectRefused(sendForm(form({ name: 'document', bytes })), 'UNKNOWN_FIELD', /call it file/)
    const field = Buffer.from(
      `--${boundary}\r\ncontent-disposition: form-data; name="colour"\r\n\r\nblue\r\n`,
    )
    await expectRefused(sendForm(Buffer.concat([field, form({ bytes })])), 'UNKNOWN_FIELD', /colour/)
  })

  test('JSON that holds no file', async () => {
    const send = (body: unknown): Promise<ApiAnswer> =>
      ask('POST', `/credentials/${credentialId}/attachments`, body)
    const file = { fileName: 'a.pdf', mimeType: 'application/pdf' }
    for (const data of ['%%%', 'AAA', 'AA=A', 'JVBERi0_'])
      await expectRefused(send({ ...file, data }), 'BASE64', /base64/)
    await expectRefused(send({ ...file, data: 'data:application/pdf;base64,AAAA' }), 'BASE64', /beginning/)
    const missing = await send({ data: 'AAAA', colour: 'blue' })
    expect(missing.status).toBe(400)
    expect(missing.body.errors?.map(({ pointer }) => pointer).sort()).toEqual([
      '/colour',
      '/fileName',
      '/mimeType',
    ])
  })
})

test('a connection that is cut leaves nothing, and the server goes on', async () => {
  const body = form({ bytes: Buffer.concat([pdf(), Buffer.alloc(2_000_000)]) })
  for (const sent of [10, 500, 1_000_000, body.length - 10])
    await new Promise<void>((resolve) => {
      const cut = request({
        port,
        method: 'POST',
        path: `${basePath}/credentials/${credentialId}/attachments`,
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': `multipart/form-data; boundary=${boundary}`,
          'content-length': body.length,
        },
      })
      cut.on('error', () => resolve())
      cut.write(body.subarray(0, sent), () => setTimeout(() => cut.destroy(), 50))
      cut.on('close', () => resolve())
    })
  for (let waited = 0; (await blobs()) > 0 && waited < 100; waited += 1)
    await new Promise((resolve) => setTimeout(resolve, 50))
  expect(await blobs()).toBe(0)
  expect(await listed()).toEqual([])
  expect((await attach({ bytes: pdf() })).status).toBe(201)
})

test('a file that breaks the program which opens it is refused, and the server goes on', async () => {
  const documents = openDocumentOpener({
    log: silentLog,
    processes: 1,
    entry: new URL('../../../test/hostile-child.ts', import.meta.url),
  })
  const sound = server
  server = await buildHttpServer({ ...house.runtime, documents }, '0.0.0')
  try {
    await expectRefused(attach({ bytes: pdf() }), 'UNREADABLE', /breaks down over it/)
  } finally {
    await server.close()
    documents.close()
    server = sound
  }
  expect((await attach({ bytes: pdf() })).status).toBe(201)
})

test('who works in the console attaches from there', async () => {
  const { headers } = await consoleUser(house, organisationId)
  const answer = await attach({ bytes: pdf() }, { ...headers, authorization: '' })
  expect(answer.body.data?.attributes, answer.payload).toMatchObject({ source: 'console' })
})
