/** The report of a completed request, as it is downloaded. */
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { apiCaller, tokenFor } from '../../../test/api-caller.ts'
import { openTestHouse, type TestHouse } from '../../../test/harness.ts'
import { buildHttpServer } from '../../front-doors.ts'
import { basePath, type HttpServer } from '../../platform/http/http-server.ts'

let house: TestHouse
let server: HttpServer
let token: string
let organisation: { readonly id: string; readonly name: string }

beforeAll(async () => {
  house = await openTestHouse()
  server = await buildHttpServer(house.runtime, '0.0.0')
  organisation = await house.newOrganisation()
  token = await tokenFor(house, organisation.id)
})
afterAll(async () => {
  await server.close()
  await house.close()
})

const ask = apiCaller(
  () => server,
  () => token,
)

async function textOf(pdf: Buffer): Promise<string> {
  const document = await getDocument({ data: new Uint8Array(pdf), verbosity: 0, useSystemFonts: false })
    .promise
  const texts: string[] = []
  for (let page = 1; page <= document.numPages; page += 1)
    for (const item of (await (await document.getPage(page)).getTextContent()).items)
      if ('str' in item) texts.push(item.str)
  return texts.join(' ').replace(/\s+/g, ' ')
}

test('says what was asked, what was supplied and what became of it; before the end there is none', async () => {
  const worker = await ask('POST', '/workers', {
    identity: { displayName: 'Nguyễn Thị Ánh' },
    contact: { workEmail: 'anh@example.com' },
  })
  const workerId = worker.body.data?.id ?? ''
  const made = await ask('POST', '/fetch-requests', {
    worker: { id: workerId },
    requestedCredentialTypes: ['WWCC_NSW', 'FIRST_AID'],
    message: 'Xin chào',
  })
  const id = made.body.data?.id ?? ''
  await house.drain()
  const early = await ask('GET', `/fetch-requests/${id}/report.pdf`)
  expect([early.status, early.body['code']]).toEqual([409, 'CONFLICT'])
  expect(early.body['detail']).toMatch(/^The request has been sent: there is a report once it is completed/)

  const credential = await ask('POST', '/credentials', {
    worker: { id: workerId },
    credentialType: 'WWCC_NSW',
    number: 'WWC1234567E',
    expiryDate: '2029-07-01',
  })
  const credentialId = credential.body.data?.id ?? ''
  // As the worker's page and the checks would leave it.
  await house.owner(
    `update fetch_request_items set state = case credential_type when 'WWCC_NSW' then 'SUPPLIED' else 'WAIVED' end,
       credential_id = case credential_type when 'WWCC_NSW' then $2 end,
       decline_reason = case credential_type when 'FIRST_AID' then 'It ran out' end
     where fetch_request_id = $1`,
    [id, credentialId],
  )
  await house.owner(
    "update fetch_requests set status = 'COMPLETED', completed_at = created_at where id = $1",
    [id],
  )
  const answer = await server.inject({
    url: `${basePath}/fetch-requests/${id}/report.pdf`,
    headers: { authorization: `Bearer ${token}` },
  })
  expect(answer.statusCode).toBe(200)
  expect(answer.headers).toMatchObject({
    'content-type': 'application/pdf',
    'content-disposition': expect.stringContaining(`fetch-request-${id}.pdf`) as string,
    'content-length': String(answer.rawPayload.length),
  })
  const text = await textOf(answer.rawPayload)
  for (const said of [
    'Fetch Request — Nguyễn Thị Ánh — 2026-02-01',
    organisation.name,
    'Xin chào',
    'WWC1234567E',
    'Declared: nobody has checked it',
    'Waived',
    'It ran out',
    'The e-mail went out',
  ])
    expect(text).toContain(said)
  expect(
    await house.owner("select 1 from audit_entries where entity_id = $1 and action = 'report'", [id]),
  ).toHaveLength(1)

  await ask('DELETE', `/credentials/${credentialId}`)
  expect((await ask('GET', `/fetch-requests/${id}/report.pdf`)).status).toBe(200)
  await ask('DELETE', `/fetch-requests/${id}`)
  expect((await ask('GET', `/fetch-requests/${id}/report.pdf`)).status).toBe(404)
})
