/** What a worker answers: forms and their faults, what is on file, what is declined, files, sending. */
import { readdir } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { encryptedPdf, heic, pdf, picture } from '../../../test/documents.ts'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import { openAsker, type Asker, type Requested } from '../../../test/asked-worker.ts'
import { noFields, visitor, type Answer, type Fields } from '../../../test/page-visitor.ts'
import { buildHttpServer } from '../../front-doors.ts'
import type { HttpServer } from '../../platform/http/http-server.ts'

const firstAid: Fields = {
  ...noFields,
  number: 'HLTAID011',
  holderName: 'Jordan Avery',
  issueDate: '2025-11-03',
}
const wwcc: Fields = { ...noFields, number: 'WWC1234567E', expiryDate: '2029-06-30' }

let house: TestHouse
let server: HttpServer
let asker: Asker

beforeAll(async () => {
  house = await openTestHouse()
  server = await buildHttpServer(house.runtime, '0.0.0')
})
afterAll(async () => {
  await server.close()
  await house.close()
})
beforeEach(async () => {
  house.clock.set('2026-02-01T00:00:00Z')
  asker = await openAsker(house, () => server)
})

const types = (...requestedCredentialTypes: string[]) => ({
  requirements: { allOf: requestedCredentialTypes.map((credentialType) => ({ credentialType })) },
})
async function started(more: object = {}): Promise<Requested> {
  const requested = await asker.request(more)
  await requested.page.call('POST', '/start', {})
  return requested
}
async function supply({ page }: Requested, type: string, fields: Fields, more: object = {}): Promise<Answer> {
  const { id } = await page.item(type)
  return page.call('POST', `/items/${id}/supply`, { fields, ...more })
}
const faultsOf = ({ json }: Answer): string[] =>
  (json.errors ?? []).map(({ pointer, code }) => `${pointer} ${code}`)
async function credentialsOf(workerId: string, type: string): Promise<{ id: string; attributes: Shown }[]> {
  const { body } = await asker.api('GET', `/credentials?workerId=${workerId}&credentialType=${type}`)
  return body.data as unknown as { id: string; attributes: Shown }[]
}
interface Shown {
  readonly number: string | null
  readonly expiryDate: string | null
  readonly issueDate: string | null
  readonly holderName: string | null
  readonly assurance: string
  readonly declared: { readonly expiryDate: string | null; readonly channel: string }
  readonly verified: { readonly expiryDate: string | null } | null
}

describe('a form', () => {
  const bad: readonly [string, string, Partial<Fields>, readonly string[]][] = [
    ['a number that cannot be', 'WWCC_NSW', { number: '12' }, ['/fields/number NUMBER_FORMAT']],
    ['no number', 'WWCC_NSW', { number: '   ' }, ['/fields/number REQUIRED']],
    ['a control character', 'WWCC_VIC', { number: '12\u0007' }, ['/fields/number CHARACTERS']],
    ['a day that never was', 'WWCC_NSW', { ...wwcc, expiryDate: '2026-02-30' }, ['/fields/expiryDate DATE']],
    ['a date in words', 'WWCC_NSW', { ...wwcc, expiryDate: 'tomorrow' }, ['/fields/expiryDate DATE']],
    [
      'an end before the beginning',
      'WWCC_NSW',
      { ...wwcc, issueDate: '2025-05-02', expiryDate: '2025-05-01' },
      ['/fields/expiryDate EXPIRES_BEFORE_ISSUE'],
    ],
    [
      'an issue in the future',
      'WWCC_NSW',
      { ...wwcc, issueDate: '2026-02-02' },
      ['/fields/issueDate TOO_LATE'],
    ],
    [
      'a year with a digit too few',
      'WWCC_NSW',
      { ...wwcc, issueDate: '0202-02-02' },
      ['/fields/issueDate TOO_EARLY'],
    ],
    ['an end far away', 'WWCC_NSW', { ...wwcc, expiryDate: '2226-02-02' }, ['/fields/expiryDate TOO_LATE']],
    [
      'no end where there is one',
      'WWCC_NSW',
      { ...wwcc, expiryDate: '', hasNoExpiry: true },
      ['/fields/hasNoExpiry HAS_EXPIRY'],
    ],
    [
      'nothing at all',
      'POLICE_CHECK',
      {},
      ['/files REQUIRED', '/fields/number REQUIRED', '/fields/expiryDate REQUIRED'],
    ],
    [
      'both ends',
      'POLICE_CHECK',
      { number: '1', expiryDate: '2028-01-01', hasNoExpiry: true },
      ['/files REQUIRED', '/fields/expiryDate EITHER'],
    ],
    [
      'no agreement to health data',
      'VACCINATION_INFLUENZA',
      {},
      ['/files REQUIRED', '/fields/issueDate REQUIRED', '/consent REQUIRED'],
    ],
    [
      'a document without its day',
      'FIRST_AID',
      { number: 'HLTAID011' },
      ['/files REQUIRED', '/fields/issueDate REQUIRED'],
    ],
  ]
  test.each(bad)(
    'with %s is refused, each fault at its field, and nothing is lost',
    async (_, type, fields, faults) => {
      const requested = await started(types(type))
      const { id } = await requested.page.item(type)
      const typed = { ...noFields, ...fields }
      await requested.page.call('PUT', `/items/${id}/draft`, { fields: typed })
      const answer = await supply(requested, type, typed)
      expect([answer.status, faultsOf(answer)]).toEqual([400, faults])
      expect(await requested.page.item(type)).toMatchObject({ state: 'OPEN', fields: typed })
      expect(await asker.status(requested.id)).toBe('OPENED')
      expect(await credentialsOf(requested.workerId, type)).toEqual([])
    },
  )

  test('takes an odd number where the issuer’s form is only advice, and no end where there may be none', async () => {
    const requested = await started(types('WWCC_VIC', 'POLICE_CHECK'))
    expect((await supply(requested, 'WWCC_VIC', { ...noFields, number: 'odd one' })).status).toBe(200)
    const { id } = await requested.page.item('POLICE_CHECK')
    await requested.page.file(id, heic, 'IMG_0001.HEIC')
    const answer = await supply(requested, 'POLICE_CHECK', {
      ...noFields,
      number: 'NPC-1',
      hasNoExpiry: true,
    })
    expect(answer.status, answer.payload).toBe(200)
    expect(await requested.page.item('POLICE_CHECK')).toMatchObject({
      state: 'SUPPLIED',
      fields: { hasNoExpiry: true },
    })
  })

  test('of health data is taken with the worker’s agreement, which is kept', async () => {
    const requested = await started(types('VACCINATION_INFLUENZA'))
    const item = await requested.page.item('VACCINATION_INFLUENZA')
    expect(item.consent).toContain('I agree')
    await requested.page.file(item.id, pdf(), 'flu.pdf')
    const fields = { ...noFields, number: 'FLU-2026', issueDate: '2026-01-20' }
    expect((await supply(requested, 'VACCINATION_INFLUENZA', fields, { consent: true })).status).toBe(200)
    const [row] = await house.owner<{ consented_at: Date }>(
      'select consented_at from fetch_request_items where id = $1',
      [item.id],
    )
    expect(row?.consented_at).toEqual(house.clock.now())
  })

  test('with fields nobody knows, or no JSON, is refused', async () => {
    const { page } = await started()
    const { id } = await page.item('WWCC_NSW')
    const path = `/items/${id}/supply`
    expect((await page.call('POST', path, { fields: { ...wwcc, admin: true } })).status).toBe(400)
    expect((await page.call('POST', path, '{"fields":')).status).toBe(400)
    expect((await page.call('POST', path, { fields: { ...wwcc, number: 'x'.repeat(70_000) } })).status).toBe(
      413,
    )
    expect((await page.call('POST', path, { fields: { ...wwcc, holderName: 'half \ud800' } })).status).toBe(
      400,
    )
    expect((await page.call('POST', `/items/${id}/decline`, { reason: '  ' })).status).toBe(400)
  })
})

describe('an answer', () => {
  test('changes the credential that has this number, and never what was verified', async () => {
    const workerId = await asker.worker()
    const made = await asker.api('POST', '/credentials', {
      worker: { id: workerId },
      credentialType: 'WWCC_NSW',
      number: 'wwc 1234567 e',
      issueDate: '2024-06-30',
      expiryDate: '2026-06-30',
    })
    const credentialId = made.body.data?.id ?? ''
    await house.owner(
      "update credentials set verified_number = 'WWC1234567E', verified_expiry_date = '2026-06-30', verified_at = now(), eligibility = 'MAY_ENGAGE', assurance = 'VERIFIED' where id = $1",
      [credentialId],
    )
    const requested = await started({ worker: { id: workerId } })
    expect((await supply(requested, 'WWCC_NSW', wwcc)).status).toBe(200)
    const own = await credentialsOf(workerId, 'WWCC_NSW')
    expect(own).toHaveLength(1)
    expect(own[0]).toMatchObject({
      id: credentialId,
      attributes: {
        expiryDate: '2026-06-30',
        issueDate: '2024-06-30',
        assurance: 'VERIFIED',
        declared: { expiryDate: '2029-06-30', channel: 'FETCH_REQUEST' },
        verified: { expiryDate: '2026-06-30' },
      },
    })
  })

  test('is mended without leaving the slip behind; its documents go along', async () => {
    const requested = await started(types('WWCC_NSW'))
    const { id } = await requested.page.item('WWCC_NSW')
    await requested.page.file(id, pdf(), 'letter.pdf')
    await supply(requested, 'WWCC_NSW', { ...wwcc, number: 'WWC7654321E' })
    await requested.page.call('POST', `/items/${id}/reopen`, {})
    expect(await requested.page.item('WWCC_NSW')).toMatchObject({
      state: 'OPEN',
      fields: { number: 'WWC7654321E' },
      files: [{ fileName: 'letter.pdf' }],
    })
    await supply(requested, 'WWCC_NSW', wwcc)
    const [only, ...more] = await credentialsOf(requested.workerId, 'WWCC_NSW')
    expect([only?.attributes.number, more]).toEqual(['WWC1234567E', []])

    // Mended to one that is on file already.
    await asker.api('POST', '/credentials', {
      worker: { id: requested.workerId },
      credentialType: 'WWCC_NSW',
      number: 'WWC5555555E',
    })
    await requested.page.call('POST', `/items/${id}/reopen`, {})
    expect((await supply(requested, 'WWCC_NSW', { ...wwcc, number: 'WWC5555555E' })).status).toBe(200)
    const own = await credentialsOf(requested.workerId, 'WWCC_NSW')
    expect(own.map(({ attributes }) => attributes.number)).toEqual(['WWC5555555E'])
    expect((await requested.page.item('WWCC_NSW')).files.map(({ fileName }) => fileName)).toEqual([
      'letter.pdf',
    ])
  })

  test('“what you have is right” takes the best that is on file; what is over or red is not offered', async () => {
    const workerId = await asker.worker()
    const add = (number: string, expiryDate: string) =>
      asker.api('POST', '/credentials', {
        worker: { id: workerId },
        credentialType: 'WWCC_NSW',
        number,
        expiryDate,
      })
    await add('WWC0000001E', '2025-12-31')
    const requested = await started({ worker: { id: workerId } })
    const { id, onFile } = await requested.page.item('WWCC_NSW')
    expect(onFile).toBeNull()
    const refused = await requested.page.call('POST', `/items/${id}/confirm`, {})
    expect(refused.status).toBe(409)
    await add('WWC0000002E', '2026-12-31')
    await add('WWC0000003E', '2027-12-31')
    await house.drain()
    expect((await requested.page.item('WWCC_NSW')).onFile).toMatchObject({
      number: 'WWC0000003E',
      expiryDate: '2027-12-31',
    })
    const confirmed = await requested.page.call('POST', `/items/${id}/confirm`, {})
    expect(confirmed.status, confirmed.payload).toBe(200)
    expect(await requested.page.item('WWCC_NSW')).toMatchObject({
      state: 'SUPPLIED',
      fields: { number: 'WWC0000003E' },
      onFile: null,
    })
    expect(await asker.status(requested.id)).toBe('PARTIALLY_COMPLETED')
    // Taken up again, another card is another credential: the confirmed one stays as it is.
    await requested.page.call('POST', `/items/${id}/reopen`, {})
    expect((await supply(requested, 'WWCC_NSW', wwcc)).status).toBe(200)
    expect(await credentialsOf(workerId, 'WWCC_NSW')).toHaveLength(4)
  })

  test('“I don’t have this” counts as answered, can be taken back, and leaves what was typed', async () => {
    const requested = await started()
    const { page } = requested
    const { id } = await page.item('FIRST_AID')
    await page.call('PUT', `/items/${id}/draft`, { fields: firstAid })
    await page.file(id, pdf(), 'old.pdf')
    const declined = await page.call('POST', `/items/${id}/decline`, { reason: 'It ran out.' })
    expect(declined.json).toMatchObject({ progress: { answered: 1, isSatisfied: false, mayBeSent: false } })
    expect(await page.item('FIRST_AID')).toMatchObject({ state: 'DECLINED', declineReason: 'It ran out.' })
    expect(await asker.status(requested.id)).toBe('OPENED')
    await page.call('POST', `/items/${id}/reopen`, {})
    expect(await page.item('FIRST_AID')).toMatchObject({
      state: 'OPEN',
      declineReason: null,
      fields: firstAid,
      files: [{ fileName: 'old.pdf' }],
    })
  })

  test('that was given is told so to a late draft and a late file', async () => {
    const requested = await started()
    const { id } = await requested.page.item('WWCC_NSW')
    await supply(requested, 'WWCC_NSW', wwcc)
    expect((await requested.page.call('PUT', `/items/${id}/draft`, { fields: noFields })).status).toBe(409)
    expect((await requested.page.upload(id, pdf(), 'late.pdf')).status).toBe(409)
    expect((await requested.page.call('POST', `/items/${id}/decline`, { reason: 'no' })).status).toBe(409)
    // Itself it may be sent again: an answer can be lost on the way.
    expect((await supply(requested, 'WWCC_NSW', wwcc)).status).toBe(200)
    expect(await credentialsOf(requested.workerId, 'WWCC_NSW')).toHaveLength(1)
  })
})

describe('a draft', () => {
  test('cannot be read in the database', async () => {
    const { page } = await started()
    const { id } = await page.item('FIRST_AID')
    await page.call('PUT', `/items/${id}/draft`, { fields: { ...firstAid, number: 'SECRET-NUMBER-17' } })
    const [row] = await house.owner<{ draft: Buffer; text: string }>(
      "select draft, encode(draft, 'escape') as text from fetch_request_items where id = $1",
      [id],
    )
    expect(row?.draft.length).toBeGreaterThan(50)
    expect(row?.text).not.toContain('SECRET')
    expect(row?.text).not.toContain('Jordan')
    expect((await page.item('FIRST_AID')).fields.number).toBe('SECRET-NUMBER-17')
  })

  test('is any half of a form, as typed', async () => {
    const { page } = await started()
    const { id } = await page.item('WWCC_NSW')
    const fields = { ...noFields, number: '  wwc 12', expiryDate: '2026-02-3', holderName: 'Zoë 🌻' }
    expect((await page.call('PUT', `/items/${id}/draft`, { fields })).json['savedAt']).toBe(
      house.clock.now().toISOString(),
    )
    expect((await page.item('WWCC_NSW')).fields).toEqual(fields)
  })
})

describe('a file', () => {
  const blobs = async (): Promise<string[]> =>
    (await readdir(join(house.config.dataDir, 'blobs'), { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map(({ name }) => name)

  test('is what its bytes are, whatever a phone calls it; what is none is refused and not kept', async () => {
    const { page } = await started()
    const { id } = await page.item('FIRST_AID')
    expect(await page.file(id, await picture('png'), 'photo.jpg')).toMatchObject({ mediaType: 'image/png' })
    const before = (await blobs()).length
    const bad: [Buffer, string][] = [
      [Buffer.from('MZ not a picture'), 'virus.jpg'],
      [Buffer.from('<html>'), 'page.pdf'],
      [encryptedPdf, 'locked.pdf'],
      [pdf().subarray(0, 60), 'half.pdf'],
      [Buffer.alloc(0), 'empty.jpg'],
    ]
    for (const [content, name] of bad) {
      const answer = await page.upload(id, content, name)
      expect([answer.status, answer.json.errors?.[0]?.pointer], name).toEqual([400, '/file'])
    }
    expect((await page.upload(id, Buffer.alloc(10 * 1024 * 1024 + 1, 'x'), 'big.pdf')).status).toBe(413)
    expect(await blobs()).toHaveLength(before)
    expect((await page.item('FIRST_AID')).files).toHaveLength(1)
  })

  test('sent twice is one; twenty are the most; a deleted one is gone', async () => {
    const { page } = await started()
    const { id } = await page.item('FIRST_AID')
    const first = await page.file(id, pdf(1), 'a.pdf')
    expect((await page.file(id, pdf(1), 'again.pdf')).id).toBe(first.id)
    for (let pages = 2; pages <= 20; pages += 1) await page.file(id, pdf(pages), `${pages}.pdf`)
    const full = await page.upload(id, pdf(21), '21.pdf')
    expect([full.status, full.json.code]).toEqual([409, 'ATTACHMENTS_FULL'])
    expect((await page.call('DELETE', `/items/${id}/files/${first.id}`)).status).toBe(204)
    expect((await page.call('DELETE', `/items/${id}/files/${first.id}`)).status).toBe(204)
    expect((await page.call('GET', `/items/${id}/files/${first.id}/content`)).status).toBe(404)
    expect((await page.upload(id, pdf(21), '21.pdf')).status).toBe(201)
    const document = (await page.item('FIRST_AID')).files[0]
    const { headers } = await page.call('GET', `/items/${id}/files/${document?.id}/content`)
    expect(headers['content-disposition']).toContain('attachment')
  })

  test('of the employer on the same credential is not the worker’s to see or delete', async () => {
    const requested = await started(types('WWCC_NSW'))
    const { id } = await requested.page.item('WWCC_NSW')
    await supply(requested, 'WWCC_NSW', wwcc)
    const [credential] = await credentialsOf(requested.workerId, 'WWCC_NSW')
    const theirs = await asker.api('POST', `/credentials/${credential?.id}/attachments`, {
      fileName: 'note.pdf',
      mimeType: 'application/pdf',
      data: pdf(3).toString('base64'),
    })
    expect(theirs.status).toBe(201)
    await requested.page.call('POST', `/items/${id}/reopen`, {})
    expect((await requested.page.item('WWCC_NSW')).files).toEqual([])
    const path = `/items/${id}/files/${theirs.body.data?.id}`
    expect((await requested.page.call('GET', `${path}/content`)).status).toBe(404)
    await requested.page.call('DELETE', path)
    expect((await asker.api('GET', `/credentials/${credential?.id}/attachments`)).body.data).toHaveLength(1)
  })

  test('that breaks off on its way leaves nothing', async () => {
    const { page, link } = await started()
    const { id } = await page.item('FIRST_AID')
    const open = await buildHttpServer(house.runtime, '0.0.0')
    const port = await open.listen('127.0.0.1', 0)
    const before = (await blobs()).length
    const path = link.slice(link.indexOf('/r/'))
    for (const bytes of [1, 40_000, 900_000])
      await new Promise<void>((resolve) => {
        const sending = httpRequest({
          port,
          method: 'POST',
          path: `${path}/items/${id}/files`,
          headers: {
            'x-vouchsafe-page': '1',
            'content-type': 'multipart/form-data; boundary=b',
            'content-length': 2_000_000,
          },
        })
        sending.on('error', () => resolve())
        sending.write(
          '--b\r\ncontent-disposition: form-data; name="file"; filename="a.pdf"\r\ncontent-type: application/pdf\r\n\r\n%PDF-1.4\n',
        )
        sending.write(Buffer.alloc(bytes, 'x'), () => setTimeout(() => sending.destroy(), 50))
      })
    await open.close()
    expect(await blobs()).toHaveLength(before)
    expect((await page.item('FIRST_AID')).files).toEqual([])
    expect(await house.owner('select 1 from attachments where held_for = $1', [id])).toEqual([])
  })
})

describe('“Send”', () => {
  test('needs the privacy notice of today; its version is kept', async () => {
    await asker.set('privacyNotice', 'We keep it for a year.')
    const requested = await started(types('WWCC_NSW'))
    const { page } = requested
    const version = (await page.state()).organisation.privacyNotice?.version ?? ''
    await supply(requested, 'WWCC_NSW', wwcc)
    await asker.set('privacyNotice', 'We keep it for two years.')
    for (const stale of [version, null, 'made up']) {
      const answer = await page.call('POST', '/submit', { privacyNoticeVersion: stale })
      expect([answer.status, answer.json.code]).toEqual([409, 'PRIVACY_NOTICE_CHANGED'])
      expect(answer.json['privacyNotice']).toMatchObject({ text: 'We keep it for two years.' })
    }
    expect(await asker.status(requested.id)).toBe('PARTIALLY_COMPLETED')
    const now = (await page.state()).organisation.privacyNotice?.version ?? ''
    expect((await page.call('POST', '/submit', { privacyNoticeVersion: now })).status).toBe(200)
    const [row] = await house.owner(
      'select privacy_notice_version as version from fetch_requests where id = $1',
      [requested.id],
    )
    expect(row).toEqual({ version: now })
  })

  test('with something declined leaves the request open, and asks a person', async () => {
    const requested = await started()
    const { page } = requested
    const { id } = await page.item('FIRST_AID')
    await page.call('POST', `/items/${id}/decline`, { reason: 'Never did it.' })
    expect((await page.call('POST', '/submit', { privacyNoticeVersion: null })).status).toBe(409)
    await supply(requested, 'WWCC_NSW', wwcc)
    const sent = await page.call('POST', '/submit', { privacyNoticeVersion: null })
    expect(sent.json).toMatchObject({
      stage: 'ANSWERING',
      progress: { isSatisfied: false, mayBeSent: true },
      submittedAt: house.clock.now().toISOString(),
    })
    expect(await asker.status(requested.id)).toBe('PARTIALLY_COMPLETED')
    // The worker found it after all.
    await page.call('POST', `/items/${id}/reopen`, {})
    await page.file(id, pdf(), 'found.pdf')
    await supply(requested, 'FIRST_AID', firstAid)
    await page.call('POST', '/submit', { privacyNoticeVersion: null })
    expect(await asker.status(requested.id)).toBe('SUBMITTED')
  })

  test('ends the answering: nothing can be changed behind the employer’s back', async () => {
    const requested = await started(types('WWCC_NSW'))
    const { page } = requested
    const { id } = await page.item('WWCC_NSW')
    await supply(requested, 'WWCC_NSW', wwcc)
    await page.call('POST', '/submit', { privacyNoticeVersion: null })
    for (const [path, body] of [
      ['supply', { fields: { ...wwcc, number: 'WWC7654321E' } }],
      ['confirm', {}],
      ['reopen', {}],
      ['decline', { reason: 'x' }],
    ] as const)
      expect((await page.call('POST', `/items/${id}/${path}`, body)).status, path).toBe(409)
    expect((await page.call('PUT', `/items/${id}/draft`, { fields: noFields })).status).toBe(409)
    expect((await page.upload(id, pdf(), 'a.pdf')).status).toBe(409)
    expect((await page.call('POST', '/start', {})).status).toBe(204)
    expect(await asker.status(requested.id)).toBe('SUBMITTED')
  })

  test('is enough with one of a group, and with what stands in for another', async () => {
    const requested = await started({
      requirements: {
        allOf: [
          { label: 'Life support', anyOf: [{ credentialType: 'CPR' }, { credentialType: 'FIRST_AID' }] },
          { credentialType: 'WWCC_NSW', exemptedBy: ['TEACHER_NSW'] },
        ],
      },
    })
    const { page } = requested
    const state = await page.state()
    const idOf = (type: string) => state.items?.find(({ credentialType }) => credentialType === type)?.id
    expect(state.tree).toEqual({
      kind: 'all',
      children: [
        {
          kind: 'any',
          label: 'Life support',
          children: [
            { kind: 'item', itemId: idOf('CPR') },
            { kind: 'item', itemId: idOf('FIRST_AID') },
          ],
        },
        { kind: 'item', itemId: idOf('WWCC_NSW'), alternatives: [idOf('TEACHER_NSW')] },
      ],
    })
    await page.file(idOf('CPR') ?? '', pdf(), 'cpr.pdf')
    await supply(requested, 'CPR', { ...firstAid, number: 'HLTAID009' })
    await supply(requested, 'TEACHER_NSW', { ...noFields, number: '123456' })
    expect((await page.state()).progress).toEqual({
      asked: 2,
      answered: 2,
      isSatisfied: true,
      mayBeSent: true,
    })
    await page.call('POST', '/submit', { privacyNoticeVersion: null })
    expect(await asker.status(requested.id)).toBe('SUBMITTED')
  })
})

describe('two tabs', () => {
  test('that save and send at once make one credential and one submission', async () => {
    const requested = await started(types('WWCC_NSW', 'FIRST_AID'))
    const tabs = [requested.page, visitor(() => server, requested.link)]
    const { id } = await requested.page.item('WWCC_NSW')
    const aid = await requested.page.item('FIRST_AID')
    await requested.page.file(aid.id, pdf(), 'a.pdf')
    const all = await Promise.all([
      ...tabs.map((tab) => tab.call('POST', `/items/${id}/supply`, { fields: wwcc })),
      ...tabs.map((tab) => tab.call('POST', `/items/${aid.id}/supply`, { fields: firstAid })),
      asker.api('POST', '/credentials', {
        worker: { id: requested.workerId },
        credentialType: 'WWCC_NSW',
        number: wwcc.number,
      }),
    ])
    expect(all.slice(0, 4).map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect(await credentialsOf(requested.workerId, 'WWCC_NSW')).toHaveLength(1)
    expect(await credentialsOf(requested.workerId, 'FIRST_AID')).toHaveLength(1)
    const sent = await Promise.all(
      [...tabs, ...tabs].map((tab) => tab.call('POST', '/submit', { privacyNoticeVersion: null })),
    )
    expect(sent.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    const events = await house.owner<{ cause: string }>(
      "select cause from fetch_request_history where fetch_request_id = $1 and to_status = 'SUBMITTED'",
      [requested.id],
    )
    expect(events).toHaveLength(1)
  })

  test('one of which declines what the other supplies end as one of them alone would', async () => {
    const requested = await started(types('WWCC_NSW'))
    const { id } = await requested.page.item('WWCC_NSW')
    await Promise.all([
      requested.page.call('POST', `/items/${id}/supply`, { fields: wwcc }),
      requested.page.call('POST', `/items/${id}/decline`, { reason: 'x' }),
      asker.api('POST', `/fetch-requests/${requested.id}/cancel`),
    ])
    expect(await asker.status(requested.id)).toBe('CANCELLED')
    expect((await requested.page.call('GET', '/state')).status).toBe(404)
  })
})

describe('what was sent back', () => {
  test('is asked again with the reason, and mended with a newer file', async () => {
    const { sendBack } = await import('../fetch-requests/fetch-requests.completion.ts')
    const requested = await started(types('FIRST_AID'))
    const { page } = requested
    const { id } = await page.item('FIRST_AID')
    await page.file(id, pdf(), 'blurred.pdf')
    await supply(requested, 'FIRST_AID', firstAid)
    await page.call('POST', '/submit', { privacyNoticeVersion: null })
    await house.runtime.write(asker.organisationId, operator, (ctx) =>
      sendBack(ctx, requested.id, id, 'It is blurred.'),
    )
    const item = await page.item('FIRST_AID')
    expect(item).toMatchObject({
      state: 'SENT_BACK',
      sentBackReason: 'It is blurred.',
      fields: firstAid,
      onFile: null,
    })
    // What was handed in stays as evidence of what was handed in.
    const kept = await page.call('DELETE', `/items/${id}/files/${item.files[0]?.id}`)
    expect(kept.status).toBe(409)
    await page.file(id, pdf(2), 'sharp.pdf')
    expect((await supply(requested, 'FIRST_AID', firstAid)).status).toBe(200)
    await page.call('POST', '/submit', { privacyNoticeVersion: null })
    expect(await asker.status(requested.id)).toBe('SUBMITTED')
    const names = (await page.item('FIRST_AID')).files.map(({ fileName }) => fileName)
    // The clock stands still: both came at one instant.
    expect(names.toSorted()).toEqual(['blurred.pdf', 'sharp.pdf'])
    expect(await credentialsOf(requested.workerId, 'FIRST_AID')).toHaveLength(1)
  })
})
