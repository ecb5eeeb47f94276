/** Files by their links, and what 48 hours do (spec 80). */
import { createHash, randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pdf, picture } from '../../../test/documents.ts'
import {
  openPartnerHouse,
  sampleBatch,
  uploadsOf,
  type Partner,
  type PartnerHouse,
} from '../../../test/partner-house.ts'
import { operator } from '../../../test/harness.ts'
import { scopeKey } from '../../scope-keys.ts'
import { playTestHolder } from './submissions.ts'

let api: PartnerHouse
let partner: Partner
let token: string
let files: Readonly<Record<'pdf' | 'otherPdf' | 'jpg' | 'png' | 'openCert', Buffer>>
let count = 0
const fresh = (): string => `up-${(count += 1)}`

beforeAll(async () => {
  api = await openPartnerHouse()
  partner = await api.newPartner()
  files = {
    pdf: pdf(),
    otherPdf: pdf(2),
    jpg: await picture('jpeg'),
    png: await picture('png'),
    openCert: Buffer.from(
      '{"version": "https://schema.openattestation.com/2.0/schema.json", "data": {"a": [1, -2.5e3, null, "\\u00e9\\n"]}}',
    ),
  }
})
afterAll(() => api.close())

type AssetType = 'pdf' | 'jpg' | 'png' | 'open_cert'

/** A submission with one item that has these assets. */
async function declare(types: readonly AssetType[], id = fresh(), by = partner) {
  token = await by.token()
  const body = {
    credential_id: id,
    microcredential_items: [
      {
        credential_id: `${id}-1`,
        fields: {
          full_name: 'Zelda Quux',
          issuer_name: 'Quuxery',
          microcredential_name: 'Welding',
          issue_date: '2024-01-01',
        },
        assets: types.map((asset_type, n) => ({ asset_id: `${id}-asset-${n}`, asset_type })),
      },
    ],
  }
  const answer = await api.ask('POST', '/v2/add/requests/batch.json', { token, body })
  expect(answer.status, answer.payload).toBe(201)
  return { id, body, urls: uploadsOf(answer).map(({ url }) => url) }
}
const status = async (id: string) =>
  (await api.ask('GET', `/v1/submissions/${id}/status.json`, { token })).body
const decide = (credentialId: string, isAccepted: boolean, credentialIds: string[] = []) =>
  playTestHolder(api.house.runtime, operator, {
    partner: partner.partnerId,
    credentialId,
    isAccepted,
    credentialIds,
  })

async function blobs(by = partner): Promise<string[]> {
  const found: string[] = []
  for await (const { key } of api.house.runtime.storage.list(by.partnerId)) found.push(key)
  return found
}

describe('an upload', () => {
  test('of each type, as it was declared, arrives; the same bytes again change nothing, others are 409', async () => {
    const { urls } = await declare(['pdf', 'jpg', 'png', 'open_cert'])
    const sent: [Buffer, string][] = [
      [files.pdf, 'application/pdf'],
      [files.jpg, 'image/jpg'],
      [files.png, 'image/png; charset=binary'],
      [files.openCert, 'application/octet-stream'],
    ]
    for (const [index, [bytes, type]] of sent.entries()) {
      const url = urls[index] ?? ''
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      expect(await api.put(url, bytes, type)).toMatchObject({
        status: 200,
        body: { bytes: bytes.length, sha256 },
      })
      expect(await api.put(url, bytes, type)).toMatchObject({ status: 200, body: { sha256 } })
    }
    expect(await api.put(urls[0] ?? '', files.otherPdf, 'application/pdf')).toMatchObject({
      status: 409,
      body: { code: 'ASSET_ARRIVED' },
    })
    await api.house.drain()
    api.house.clock.advance('2m')
    await api.house.drain()
    // Of nine uploads four are kept.
    expect(await blobs()).toHaveLength(4)
    const key = await scopeKey(api.house.runtime, partner.partnerId)
    expect(key).toHaveLength(32)
  })

  test('twice at once, the same: one is kept and both are told so; different ones: one of them is 409', async () => {
    const {
      urls: [url = ''],
    } = await declare(['pdf'])
    const same = await Promise.all([
      api.put(url, files.pdf, 'application/pdf'),
      api.put(url, files.pdf, 'application/pdf'),
    ])
    expect(same.map((one) => one.status)).toEqual([200, 200])
    const {
      urls: [other = ''],
    } = await declare(['pdf'])
    const two = await Promise.all([
      api.put(other, files.pdf, 'application/pdf'),
      api.put(other, files.otherPdf, 'application/pdf'),
    ])
    expect(two.map((one) => one.status).sort()).toEqual([200, 409])
  })

  test('declared as another type, or with other bytes than its type, is 415 and nothing is kept', async () => {
    const { urls } = await declare(['pdf', 'png', 'open_cert'])
    const before = (await blobs()).length
    const refused: [string | undefined, Buffer, string][] = [
      [urls[0], files.pdf, 'image/png'],
      [urls[0], files.pdf, 'text/plain'],
      [urls[0], files.png, 'application/pdf'],
      [urls[0], Buffer.from('<html>'), 'application/pdf'],
      [urls[1], files.jpg, 'image/png'],
      [urls[2], files.pdf, 'application/json'],
      [urls[2], Buffer.from('[1,2]'), 'application/json'],
      [urls[2], Buffer.from('{"a":1'), 'application/json'],
      [urls[2], Buffer.from('{"a":"\\ud8"}'), 'application/json'],
    ]
    for (const [url = '', bytes, type] of refused)
      expect(await api.put(url, bytes, type), `${type} ${bytes.subarray(0, 8).toString()}`).toMatchObject({
        status: 415,
        body: { code: 'MEDIA_TYPE_UNSUPPORTED' },
      })
    for (const [url = '', bytes, type] of [
      [urls[0], Buffer.alloc(0), 'application/pdf'],
      [urls[2], Buffer.alloc(0), 'application/json'],
      [urls[0], files.pdf.subarray(0, 200), 'application/pdf'],
      [urls[1], files.png.subarray(0, 60), 'image/png'],
    ] as const)
      expect(await api.put(url, bytes, type), `${type} ${bytes.length}`).toMatchObject({
        status: 400,
        body: { code: 'VALIDATION_FAILED' },
      })
    expect(await blobs()).toHaveLength(before)
  })

  test('with an altered link, of another asset, another partner or after its time is 403, whatever it holds', async () => {
    const {
      urls: [url = '', second = ''],
    } = await declare(['pdf', 'pdf'])
    const stranger = await api.newPartner()
    const {
      urls: [foreign = ''],
    } = await declare(['pdf'], fresh(), stranger)
    const pathOf = (link: string): string => new URL(link).pathname
    const altered = [
      url.replace('type=pdf', 'type=png'),
      url.replace(/max=\d+/, 'max=99999999'),
      url.replace(/expires=(\d+)/, (_all, at: string) => `expires=${Number(at) + 60}`),
      url.replace(/expires=/, 'expires=0'),
      `${url}&more=1`,
      url.replace(/&signature=.*/, ''),
      url.replace(/.$/, (last) => (last === 'A' ? 'E' : 'A')),
      url.replace(/\?(.*)&(signature=.*)$/, '?$2&$1'),
      url.replace(pathOf(url), pathOf(second)),
      url.replace(pathOf(url), pathOf(foreign)),
      foreign.replace(stranger.partnerId, partner.partnerId),
      url.replace(partner.partnerId, 'prt_0000000000000000'),
    ]
    for (const link of altered)
      expect(await api.put(link, files.pdf, 'application/pdf'), link).toMatchObject({
        status: 403,
        body: { code: 'UPLOAD_LINK_INVALID' },
      })
    expect((await api.put(url, files.pdf, 'application/pdf')).status).toBe(200)
    api.house.clock.advance('60m')
    expect((await api.put(second, files.pdf, 'application/pdf')).status).toBe(403)
  })

  test('larger than 25 MB is 413: by its own word, and when it only turns out', async () => {
    const {
      urls: [url = ''],
    } = await declare(['pdf'])
    const port = await api.server.listen('127.0.0.1', 0)
    const { pathname, search } = new URL(url)
    const before = (await blobs()).length
    const send = (head: string, body: () => Iterable<Buffer>): Promise<string> =>
      new Promise((resolve, reject) => {
        const socket = connect(port, '127.0.0.1')
        let text = ''
        socket.on('data', (data) => {
          text += data.toString()
          if (text.includes('\r\n\r\n')) socket.destroy()
        })
        socket.on('close', () => resolve(text))
        socket.on('error', (error) => (text === '' ? reject(error) : resolve(text)))
        socket.write(
          `PUT ${pathname}${search} HTTP/1.1\r\nhost: a\r\ncontent-type: application/pdf\r\n${head}\r\n\r\n`,
        )
        void (async () => {
          for (const chunk of body()) {
            if (socket.destroyed) return
            if (!socket.write(chunk))
              await new Promise<void>((go) => {
                const on = (): void => {
                  socket.off('drain', on).off('close', on)
                  go()
                }
                socket.on('drain', on).on('close', on)
              })
          }
        })()
      })
    const piece = Buffer.concat([Buffer.from('10000\r\n'), randomBytes(65_536), Buffer.from('\r\n')])
    expect(await send('content-length: 26214401', () => [])).toMatch(/^HTTP\/1.1 413 /)
    expect(await send('transfer-encoding: chunked', () => Array.from({ length: 401 }, () => piece))).toMatch(
      /^HTTP\/1.1 413 /,
    )
    // Cut in the middle: nothing of it counts.
    await new Promise<void>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(
          `PUT ${pathname}${search} HTTP/1.1\r\nhost: a\r\ncontent-type: application/pdf\r\ncontent-length: ${files.pdf.length}\r\n\r\n`,
        )
        socket.write(files.pdf.subarray(0, 100), () => {
          socket.destroy()
          resolve()
        })
      })
    })
    await expect.poll(() => blobs(), { timeout: 20_000 }).toHaveLength(before)
    expect((await api.put(url, files.pdf, 'application/pdf')).status).toBe(200)
  })
})

describe('a new link', () => {
  const renew = (id: string, asset: string, by = token) =>
    api.ask('POST', `/v2/add/requests/${id}/assets/${asset}/upload-link.json`, { token: by })
  test('is there as long as the file is not, for the submission and the item', async () => {
    const { id } = await declare(['pdf'])
    api.house.clock.advance('2h')
    token = await partner.token()
    const made = await renew(id, `${id}-asset-0`)
    expect(made).toMatchObject({ status: 200, body: { asset_id: `${id}-asset-0` } })
    expect((await renew(`${id}-1`, `${id}-asset-0`)).status).toBe(200)
    expect((await api.put(String(made.body['url']), files.pdf, 'application/pdf')).status).toBe(200)
    expect(await renew(id, `${id}-asset-0`)).toMatchObject({ status: 409, body: { code: 'ASSET_ARRIVED' } })
    expect((await renew(id, 'nothing')).status).toBe(404)
    expect((await renew('nothing', `${id}-asset-0`)).status).toBe(404)
    const stranger = await api.newPartner()
    expect((await renew(id, `${id}-asset-0`, await stranger.token())).status).toBe(404)
    expect((await renew(id, `${id}-asset-0`, await partner.token('read.status'))).status).toBe(403)
  })
})

describe('48 hours', () => {
  test('the holder comes before the files: accepted, it counts when the last has arrived', async () => {
    const { id, urls } = await declare(['pdf', 'png'])
    const offer = await decide(id, true)
    expect(offer.items[0]).toMatchObject({
      state: 'ACCEPTED',
      assets: [{ isArrived: false }, { isArrived: false }],
    })
    await api.put(urls[0] ?? '', files.pdf, 'application/pdf')
    expect(await status(id)).toMatchObject({ status: 'incomplete', finalized_at: null })
    await api.put(urls[1] ?? '', files.png, 'image/png')
    expect(await status(id)).toMatchObject({ status: 'verified' })
    expect(await status(`${id}-1`)).toMatchObject({ status: 'verified' })
  })

  test('an accepted item whose document is missing then is dropped, and the rest stands', async () => {
    const id = fresh()
    token = await partner.token()
    const added = await api.ask('POST', '/v2/add/requests/batch.json', { token, body: await sampleBatch(id) })
    const url = uploadsOf(added).find(({ asset_id }) => asset_id.endsWith('edu-1-asset'))?.url ?? ''
    await decide(id, true)
    await api.put(url, files.pdf, 'application/pdf')
    expect(await status(`${id}-edu-1`)).toMatchObject({ status: 'verified' })
    expect(await status(`${id}-micro-1`)).toMatchObject({ status: 'incomplete' })
    api.house.clock.advance('48h')
    await api.house.drain()
    token = await partner.token()
    expect(await status(id)).toMatchObject({ status: 'verified' })
    expect(await status(`${id}-edu-1`)).toMatchObject({ status: 'verified' })
    expect(await status(`${id}-eng-1`)).toMatchObject({ status: 'verified' })
    expect(await status(`${id}-micro-1`)).toMatchObject({ status: 'canceled' })
    expect(await status(`${id}-uc-1`)).toMatchObject({ status: 'canceled' })
    const dropped = await api.house.owner<{ holder: string }>(
      `select data->>'holderId' as holder from events where type = 'partnerItem.dropped'
        and data->>'itemId' in (select id from partner_items where credential_id like $1)`,
      [`${id}%`],
    )
    expect(dropped).toHaveLength(3)
    expect(new Set(dropped.map(({ holder }) => holder))).toEqual(new Set([partner.testHolderId]))
    // Sent again, it is too late for the same and too early for another.
    expect(
      (await api.ask('POST', '/v2/add/requests/batch.json', { token, body: await sampleBatch(id) })).status,
    ).toBe(409)
  })

  test.each(['the timer', 'a question', 'the same again'])(
    'what nobody decided is canceled, when %s comes first, and its ids are free',
    async (first) => {
      const { id, body, urls } = await declare(['pdf', 'png'])
      await api.put(urls[0] ?? '', files.pdf, 'application/pdf')
      api.house.clock.advance('47h')
      token = await partner.token()
      expect(await status(id)).toMatchObject({ status: 'incomplete' })
      const {
        body: { url: link },
      } = await api.ask('POST', `/v2/add/requests/${id}/assets/${id}-asset-1/upload-link.json`, { token })
      api.house.clock.advance('59m')
      api.house.clock.advance('61s')
      token = await partner.token()
      if (first === 'the timer') await api.house.drain()
      if (first !== 'the same again') {
        expect(await status(id)).toMatchObject({ status: 'canceled' })
        expect(await status(`${id}-1`)).toMatchObject({ status: 'canceled' })
      }
      expect(await api.put(String(link), files.png, 'image/png')).toMatchObject({ status: 403 })
      const again = await api.ask('POST', '/v2/add/requests/batch.json', { token, body })
      expect(again.status, again.payload).toBe(201)
      expect(uploadsOf(again)).toHaveLength(2)
      expect(await status(id)).toMatchObject({ status: 'incomplete' })
    },
  )

  test('nothing of what was refused or ran out is left, in no table and not in the storage', async () => {
    const own = await api.newPartner()
    const marks = ['Zelda Quux', 'Quuxery', 'Welding']
    const held = async (): Promise<string> => {
      const tables = await api.house.owner<{ name: string }>(
        `select c.relname as name from pg_class c where c.relnamespace in ('public'::regnamespace, 'pgboss'::regnamespace)
          and c.relkind in ('r', 'p') and not c.relispartition`,
      )
      const found: string[] = []
      for (const { name } of tables) {
        const schema = name.startsWith('partner') || name === 'events' ? 'public' : undefined
        const rows = await api.house
          .owner<{ all: string | null }>(
            `select string_agg(t::text, ' ') as all from ${schema ?? ''}${schema ? '.' : ''}"${name}" t`,
          )
          .catch(() => [])
        found.push(rows[0]?.all ?? '')
      }
      return found.join('\n')
    }
    const sealed = async (): Promise<unknown[]> =>
      api.house.owner(
        `select 1 from partner_items where partner_id = $1 and (sealed is not null or sealed_reason is not null)`,
        [own.partnerId],
      )
    const refused = await declare(['pdf'], fresh(), own)
    await api.put(refused.urls[0] ?? '', files.pdf, 'application/pdf')
    const late = await declare(['pdf'], fresh(), own)
    await api.put(late.urls[0] ?? '', files.pdf, 'application/pdf')
    const assetIds = [`${refused.id}-asset-0`, `${late.id}-asset-0`]
    expect(await sealed()).toHaveLength(2)
    expect(await blobs(own)).toHaveLength(2)
    for (const id of assetIds) expect(await held()).toContain(id)
    await playTestHolder(api.house.runtime, operator, {
      partner: own.partnerId,
      credentialId: refused.id,
      isAccepted: false,
      credentialIds: [],
    })
    api.house.clock.advance('48h')
    await api.house.drain()
    expect(await sealed()).toEqual([])
    const left = await held()
    for (const mark of [...marks, ...assetIds]) expect(left).not.toContain(mark)
    expect(await blobs(own)).toEqual([])
    expect(
      await api.house.owner(
        `select 1 from partner_submissions where partner_id = $1 and (holder_id is not null or body_hash is not null or status <> 'canceled')`,
        [own.partnerId],
      ),
    ).toEqual([])
    expect(
      await api.house.owner(`select 1 from partner_assets where partner_id = $1`, [own.partnerId]),
    ).toEqual([])
    expect(
      await api.house.owner(`select 1 from released_blobs where organisation_id = $1`, [own.partnerId]),
    ).toEqual([])
    // The names are left, to answer for what became of them.
    token = await own.token()
    expect(await status(late.id)).toMatchObject({ status: 'canceled' })
  })
})
