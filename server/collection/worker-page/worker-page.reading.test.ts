/** What a worker sees of the reading of a document, and what it spares everybody. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openAsker, type Asker } from '../../../test/asked-worker.ts'
import { pdf } from '../../../test/documents.ts'
import { openTestHouse, type TestHouse } from '../../../test/harness.ts'
import { noFields } from '../../../test/page-visitor.ts'
import { scriptedReading, type Written } from '../../../test/scripted-reading.ts'
import { buildHttpServer } from '../../front-doors.ts'
import type { HttpServer } from '../../platform/http/http-server.ts'
import type { PageFile } from './worker-page.schema.ts'

let house: TestHouse
let server: HttpServer
let asker: Asker
const reading = scriptedReading()

beforeAll(async () => {
  house = await openTestHouse({ reading })
  server = await buildHttpServer(house.runtime, '0.0.0')
  asker = await openAsker(house, () => server)
})
afterAll(async () => {
  await server.close()
  await house.close()
})

let pages = 0
/** Somebody asked for First Aid sends a document on which this stands. */
async function sends(written: Written) {
  const requested = await asker.request({ requestedCredentialTypes: ['FIRST_AID'] })
  await requested.page.call('POST', '/start', {})
  const { id: itemId } = await requested.page.item('FIRST_AID')
  pages += 1
  const bytes = pdf(pages)
  reading.write(bytes.length, written)
  const file = await requested.page.file(itemId, bytes, 'card.pdf')
  const read = async (): Promise<PageFile['reading']> => {
    await house.drain()
    return (await requested.page.item('FIRST_AID')).files[0]?.reading ?? null
  }
  return { ...requested, itemId, file, read }
}

const good: Written = { type: 'FIRST_AID', name: 'Jordan Avery', number: 'FA 12', issued: '2025-11-03' }

test('a document is being read until it has been; then its fields are there to be confirmed', async () => {
  const { file, read, page, itemId, id } = await sends(good)
  expect(file.reading).toEqual({ state: 'PENDING', fields: {}, concerns: [] })
  expect(await read()).toEqual({
    state: 'DONE',
    fields: { number: 'FA 12', holderName: 'Jordan Avery', issueDate: '2025-11-03' },
    concerns: [],
  })
  // What was typed is the worker's: nothing of the reading is written over it.
  expect((await page.item('FIRST_AID')).fields).toEqual(noFields)
  const fields = { ...noFields, number: 'FA 12', holderName: 'Jordan Avery', issueDate: '2025-11-03' }
  expect((await page.call('POST', `/items/${itemId}/supply`, { fields })).status).toBe(200)
  await page.call('POST', '/submit', { privacyNoticeVersion: null })
  await house.drain()
  expect(await asker.status(id)).toBe('COMPLETED')
  expect((await asker.api('GET', '/reviews')).body.data).toEqual([])
})

test('of a wrong document nothing is filled in, and the worker is told', async () => {
  const { read } = await sends({ ...good, type: 'CPR' })
  expect(await read()).toEqual({ state: 'DONE', fields: {}, concerns: ['WRONG_TYPE'] })
})

test('that somebody else has handed in the same one is for reviewers alone', async () => {
  const { file, read } = await sends({ ...good, number: 'FA 99' })
  await read()
  const again = await asker.request({ requestedCredentialTypes: ['FIRST_AID'] })
  await again.page.call('POST', '/start', {})
  const { id: itemId } = await again.page.item('FIRST_AID')
  await again.page.file(itemId, pdf(pages), 'card.pdf')
  await house.drain()
  const [theirs] = (await again.page.item('FIRST_AID')).files
  expect(theirs?.reading?.concerns).toEqual([])
  const [row] = await house.owner<{ text: string }>(
    "select verification->'concerns' as text from attachments where id = $1",
    [theirs?.id],
  )
  expect(JSON.stringify(row?.text)).toContain('DUPLICATE_OF_OTHER_WORKER')
  expect(file.id).not.toBe(theirs?.id)
})
