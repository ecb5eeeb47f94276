/**
 * The commands with which integrators know fetch requests, run by a shell against a server as it is installed: only base, token
 * and ids are put in.
 */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Installation } from './installation.ts'

const run = promisify(execFile)

let house: Installation
let base: string
let token: string
let worker: string

beforeAll(async () => {
  house = await Installation.create()
  const { httpPort } = await house.start()
  base = `http://127.0.0.1:${httpPort}/openapi/v1`
  await house.cli('org', 'create', 'Sunrise Aged Care')
  const made = await house.json<{ token: string }>(
    'token',
    'create',
    '--org',
    'Sunrise Aged Care',
    '--name',
    'hris',
    '--all',
  )
  token = made.token
  worker = await person('Jordan Avery', 'jordan.avery@example.com', 'WD-100481')
  await person('Sam Lee', 'sam.lee@example.com', 'WD-100482')
}, 120_000)
afterAll(() => house.remove(), 60_000)

async function person(displayName: string, workEmail: string | null, externalId: string): Promise<string> {
  const answer = await fetch(`${base}/workers`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      identity: { displayName },
      contact: { workEmail },
      source: { externalId, sourceSystem: 'workday' },
    }),
  })
  expect(answer.status).toBe(201)
  return ((await answer.json()) as { data: { id: string } }).data.id
}

interface Told {
  readonly status: number
  readonly location: string | undefined
  readonly body: {
    readonly data: never
    readonly meta: Record<string, unknown>
    readonly [name: string]: unknown
  }
}

/**
 * Runs it as it is printed; what it was answered with beside the body is written down by curl.
 * @param put by a name of the environment, or by the id that is printed
 */
async function shell(command: string, put: Readonly<Record<string, string>> = {}): Promise<Told> {
  const told = join(house.folder, 'headers')
  const filled = Object.entries(put)
    .filter(([name]) => name.startsWith('wkr_'))
    .reduce((text, [printed, id]) => text.replaceAll(printed, id), command)
  const { stdout } = await run(
    'bash',
    ['-euo', 'pipefail', '-c', `curl() { command curl -D "$TOLD" "$@"; }\n${filled}`],
    { env: { ...process.env, ...put, OHO_BASE: base, OHO_TOKEN: token, TOLD: told } },
  )
  const headers = await readFile(told, 'utf8')
  return {
    status: Number(/^HTTP\/\S+ (\d{3})/.exec(headers)?.[1]),
    location: /^location: (.*)$/im.exec(headers)?.[1]?.trim(),
    body: JSON.parse(stdout === '' ? '{}' : stdout) as Told['body'],
  }
}

const shape = {
  id: expect.stringMatching(/^cap_[0-9A-Za-z]{16}$/) as string,
  type: 'fetchRequest',
}

describe('the life of one request', () => {
  let request: string

  test('is created', async () => {
    const { status, location, body } = await shell(
      `curl -sS -X POST "$OHO_BASE/fetch-requests" \\
-H "Authorization: Bearer $OHO_TOKEN" \\
-H "Content-Type: application/json" \\
-d '{
"worker": { "id": "wkr_V1StGXR8Z5jdHi6B" },
"requestedCredentialTypes": ["FIRST_AID", "WWCC_NSW"],
"credentialGuidingTexts": { "FIRST_AID": "Please upload the certificate, not the wallet card." },
"message": "Hi Jordan — please send through your current First Aid and WWCC.",
"expiryDays": 14
}'`,
      { wkr_V1StGXR8Z5jdHi6B: worker },
    )
    expect(status).toBe(201)
    const { id, attributes } = body.data as { id: string; attributes: Record<string, unknown> }
    request = id
    expect(location).toBe(`/openapi/v1/fetch-requests/${id}`)
    expect(body).toMatchObject({ data: shape, meta: { requestId: expect.any(String) as string } })
    const { initiatedAt } = attributes['lifecycle'] as { initiatedAt: string }
    expect(attributes).toMatchObject({
      displayName: expect.stringMatching(/^Fetch Request — Jordan Avery — \d{4}-\d{2}-\d{2}$/) as string,
      worker: { id: worker },
      message: 'Hi Jordan — please send through your current First Aid and WWCC.',
      requestedCredentialTypes: ['FIRST_AID', 'WWCC_NSW'],
      credentialGuidingTexts: { FIRST_AID: 'Please upload the certificate, not the wallet card.' },
      delivery: {
        emailAddress: 'jordan.avery@example.com',
        tokenExpiresAt: new Date(Date.parse(initiatedAt) + 14 * 86_400_000).toISOString(),
        remindersSent: 0,
      },
      lifecycle: { status: 'INITIATED', initiatedAt: expect.stringMatching(/Z$/) as string },
    })
    for (const absent of ['sentAt', 'openedAt', 'submittedAt', 'completedAt', 'cancelledAt', 'expiredAt'])
      expect(attributes['lifecycle']).not.toHaveProperty(absent)
  })

  test('is tracked', async () => {
    await house.cli('jobs', 'run', '--until-idle')
    const { status, body } = await shell(
      `curl -sS "$OHO_BASE/fetch-requests/$REQ" -H "Authorization: Bearer $OHO_TOKEN"`,
      { REQ: request },
    )
    expect(status).toBe(200)
    expect(body.data).toMatchObject({
      ...shape,
      attributes: { lifecycle: { status: 'SENT', sentAt: expect.stringMatching(/Z$/) as string } },
    })
    const submissions = await shell(
      `curl -sS "$OHO_BASE/fetch-requests/$REQ/submissions" -H "Authorization: Bearer $OHO_TOKEN"`,
      { REQ: request },
    )
    expect(submissions).toMatchObject({ status: 200, body: { data: [], meta: { total: 0 } } })
  })

  test('is listed and found', async () => {
    const sent = await shell(`curl -sS "$OHO_BASE/fetch-requests?status=SENT" \\
-H "Authorization: Bearer $OHO_TOKEN"`)
    expect(sent).toMatchObject({
      status: 200,
      body: { data: [{ id: request }], meta: { page: 1, total: 1 } },
    })
    const ofWorker = await shell(
      `curl -sS "$OHO_BASE/fetch-requests?workerId=wkr_V1StGXR8Z5jdHi6B" \\
-H "Authorization: Bearer $OHO_TOKEN"`,
      { wkr_V1StGXR8Z5jdHi6B: worker },
    )
    expect(ofWorker).toMatchObject({ status: 200, body: { data: [{ id: request }] } })
    for (const [query, total] of [
      ['query=aver', 1],
      ['query=jordan.avery%40', 1],
      ['query=nobody', 0],
      ['status=SENT&status=INITIATED&pageSize=1', 1],
      ['status=OPENED', 0],
    ] as const)
      expect(
        (await shell(`curl -sS "$OHO_BASE/fetch-requests?${query}" -H "Authorization: Bearer $OHO_TOKEN"`))
          .body.meta,
        query,
      ).toMatchObject({ total })
  })

  /** The newest that was mailed. */
  const linkOf = async (): Promise<string> => {
    const [newest] = await house.json<{ url: string }[]>('outbox', 'links', 'Sunrise Aged Care')
    return newest?.url ?? ''
  }

  test('is reminded of: counted, and nothing else', async () => {
    const before = await shell(
      `curl -sS "$OHO_BASE/fetch-requests/$REQ" -H "Authorization: Bearer $OHO_TOKEN"`,
      {
        REQ: request,
      },
    )
    const { status, body } = await shell(
      `curl -sS -X POST "$OHO_BASE/fetch-requests/$REQ/remind" \\
-H "Authorization: Bearer $OHO_TOKEN"`,
      { REQ: request },
    )
    expect(status).toBe(200)
    const [was, now] = [before.body.data, body.data] as unknown as [
      { attributes: { delivery: object } },
      { attributes: { delivery: object } },
    ]
    expect(now.attributes).toEqual({
      ...was.attributes,
      delivery: { ...was.attributes.delivery, remindersSent: 1 },
    })
  })

  test('is issued again, with another link', async () => {
    const first = await linkOf()
    const { status, body } = await shell(
      `curl -sS -X POST "$OHO_BASE/fetch-requests/$REQ/resend?expiryDays=7" \\
-H "Authorization: Bearer $OHO_TOKEN"`,
      { REQ: request },
    )
    expect(status).toBe(200)
    const { attributes } = body.data as {
      attributes: { lifecycle: { status: string; initiatedAt: string }; delivery: { tokenExpiresAt: string } }
    }
    expect(attributes.lifecycle.status).toBe('INITIATED')
    expect(
      Date.parse(attributes.delivery.tokenExpiresAt) - Date.parse(attributes.lifecycle.initiatedAt),
    ).toBe(7 * 86_400_000)
    expect((await fetch(first)).status).toBe(404)
    await house.cli('jobs', 'run', '--until-idle')
    const second = await linkOf()
    expect(second).not.toBe(first)
    expect((await fetch(second)).status).toBe(200)
  })

  test('is cancelled, and its link stops working', async () => {
    const link = await linkOf()
    const { status, body } = await shell(
      `curl -sS -X POST "$OHO_BASE/fetch-requests/$REQ/cancel" \\
-H "Authorization: Bearer $OHO_TOKEN"`,
      { REQ: request },
    )
    expect([status, body.data]).toMatchObject([200, { attributes: { lifecycle: { status: 'CANCELLED' } } }])
    expect((await fetch(link)).status).toBe(404)
    // No log has seen a link's token.
    const secret = link.split('/r/')[1] ?? ''
    expect(secret).toMatch(/^[\w-]{43}$/)
    expect(house.log.join('\n')).not.toContain(secret)
    expect(house.said).not.toContain(secret)
  })

  test('is deleted, and comes back with includeDeleted', async () => {
    await shell(`curl -sS -X DELETE "$OHO_BASE/fetch-requests/$REQ" -H "Authorization: Bearer $OHO_TOKEN"`, {
      REQ: request,
    }).then(({ status }) => expect(status).toBe(204))
    const ask = (query: string): Promise<Told> =>
      shell(`curl -sS "$OHO_BASE/fetch-requests?${query}" -H "Authorization: Bearer $OHO_TOKEN"`)
    expect((await ask('')).body.data).toEqual([])
    expect((await ask('includeDeleted=true')).body.data).toMatchObject([{ id: request }])
  })
})

describe('many at once', () => {
  test('each worker has a result of its own', async () => {
    const { status, body } = await shell(
      `curl -sS -X POST "$OHO_BASE/fetch-requests/bulk" \\
-H "Authorization: Bearer $OHO_TOKEN" \\
-H "Content-Type: application/json" \\
-d '{
"workers": [
{ "id": "wkr_V1StGXR8Z5jdHi6B" },
{ "externalId": "WD-100482", "sourceSystem": "workday" },
{ "externalId": "WD-100483", "sourceSystem": "workday" }
],
"requestedCredentialTypes": ["WWCC_NSW", "FIRST_AID"],
"credentialGuidingTexts": {
"FIRST_AID": "Please upload your current HLTAID011 certificate, not the wallet card."
},
"message": "Welcome to the team — please confirm a couple of credentials so we can get you started.",
"expiryDays": 14
}'`,
      { wkr_V1StGXR8Z5jdHi6B: worker },
    )
    expect(status).toBe(200)
    expect(body).toEqual({
      data: [
        { success: true, workerId: worker, requestId: shape.id },
        { success: true, workerId: expect.stringMatching(/^wkr_/) as string, requestId: shape.id },
        { success: false, workerId: 'WD-100483', error: expect.stringContaining('WD-100483') as string },
      ],
      meta: { total: 3, requestId: expect.any(String) as string },
    })
  })
})
