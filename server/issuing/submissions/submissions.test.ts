/** Adding, asking and taking back, as a partner's system does it (spec 80). */
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  openPartnerHouse,
  sampleBatch,
  uploadsOf,
  type Partner,
  type PartnerHouse,
} from '../../../test/partner-house.ts'
import { operator } from '../../../test/harness.ts'
import { playTestHolder } from './submissions.ts'

let api: PartnerHouse
let partner: Partner
let token: string
let count = 0
const fresh = (): string => `sub-${(count += 1)}`

beforeAll(async () => {
  api = await openPartnerHouse()
  partner = await api.newPartner()
  token = await partner.token()
})
afterAll(() => api.close())

const add = (body: unknown, by = token) => api.ask('POST', '/v2/add/requests/batch.json', { token: by, body })
const status = async (id: string, by = token) =>
  (await api.ask('GET', `/v1/submissions/${encodeURIComponent(id)}/status.json`, { token: by })).body
const decide = (credentialId: string, isAccepted: boolean, credentialIds: string[] = []) =>
  playTestHolder(api.house.runtime, operator, {
    partner: partner.partnerId,
    credentialId,
    isAccepted,
    credentialIds,
  })
const rights = (id: string, more: object = {}): object => ({
  credential_id: id,
  fields: { full_name: 'John Doe', country: 'AU', ...more },
})
const small = (id = fresh(), more: object = {}): Record<string, unknown> & { credential_id: string } => ({
  credential_id: id,
  right_to_work_items: [rights(`${id}-rtw`)],
  ...more,
})

describe('the published sample', () => {
  test('unchanged, is kept: 201 with the link for the person and one for each declared asset, and no other', async () => {
    const text = await readFile(new URL('../../../examples/partner/batch.json', import.meta.url), 'utf8')
    const answer = await api.ask('POST', '/v2/add/requests/batch.json', {
      token,
      body: text,
      headers: { accept: 'application/json' },
    })
    expect(answer.status).toBe(201)
    expect(Object.keys(answer.body).sort()).toEqual(['asset_uploads', 'redirect_uri'])
    expect(answer.body['redirect_uri']).toMatch(
      new RegExp(`^http://[^/]+/partner/add/batch#clientId=${partner.clientId}&content=sub_[0-9A-Za-z]{16}$`),
    )
    const prefix = '3601f8ae-9181-41a3-89ed-6dbe5ecde2b5'
    expect(uploadsOf(answer).map((one) => one.asset_id)).toEqual([
      `${prefix}-edu-1-asset`,
      `${prefix}-micro-1-asset`,
      `${prefix}-micro-2-asset`,
      `${prefix}-uc-1-asset`,
    ])
    expect(await status(prefix)).toEqual({ id: prefix, status: 'incomplete', finalized_at: null })
    expect(await status(`${prefix}-eng-1`)).toMatchObject({ status: 'incomplete' })
  })

  test('what it says of a person lies nowhere in clear', async () => {
    const id = fresh()
    await add(await sampleBatch(id))
    const [row] = await api.house.owner<{ all: string }>(
      `select (select string_agg(i::text, ' ') from partner_items i) || (select string_agg(s::text, ' ') from partner_submissions s)
        || (select string_agg(a::text, ' ') from audit_entries a) || coalesce((select string_agg(e::text, ' ') from events e), '') as all`,
    )
    expect(row?.all).toContain(id)
    expect(row?.all).not.toMatch(/John Doe|Melbourne|Skill Test/)
  })
})

describe('faults', () => {
  const faultsOf = async (body: unknown): Promise<Record<string, string>> => {
    const answer = await add(body)
    expect(answer.status, answer.payload).toBe(400)
    return Object.fromEntries((answer.body.errors ?? []).map(({ pointer, code }) => [pointer, code]))
  }
  const one = (member: string, fields: object, isList = true): object => {
    const id = fresh()
    const item = { credential_id: `${id}-1`, fields: { full_name: 'John Doe', ...fields } }
    return { credential_id: id, [member]: isList ? [item] : item }
  }

  test('all of a batch are told at once, each with its pointer, and nothing is kept', async () => {
    const id = fresh()
    const batch = await sampleBatch(id)
    const micro = (batch['microcredential_items'] as { fields: Record<string, unknown> }[])[0]?.fields ?? {}
    micro['expiry_date'] = '2020-01-01'
    micro['assessement'] = 'pass'
    const edu = (batch['education_items'] as { credential_id: string; fields: Record<string, unknown> }[])[1]
    if (edu) {
      edu.credential_id = `${id}-edu-1`
      delete edu.fields['conferral_year']
      delete edu.fields['course_name']
    }
    Object.assign((batch['right_to_work_items'] as { fields: object }[])[0]?.fields ?? {}, {
      singapore_work_rights: undefined,
    })
    batch['licence_items'] = []
    expect(await faultsOf(batch)).toEqual({
      '/licence_items': 'UNKNOWN_FIELD',
      '/microcredential_items/0/fields/expiry_date': 'DATES_REVERSED',
      '/microcredential_items/0/fields/assessement': 'UNKNOWN_FIELD',
      '/education_items/1/credential_id': 'DUPLICATE_ID',
      '/education_items/1/fields/conferral_year': 'REQUIRED',
      '/education_items/1/fields/course_name': 'REQUIRED',
      '/right_to_work_items/0/fields/singapore_work_rights': 'REQUIRED',
    })
    expect(await status(id)).toMatchObject({ status: 404 })
    expect(await status(`${id}-edu-1`)).toMatchObject({ status: 404 })
  })

  test.each<[string, string, object, string, string]>([
    [
      'an impossible date',
      'microcredential_items',
      { issuer_name: 'X', microcredential_name: 'AI', issue_date: '2024-02-30' },
      '/issue_date',
      'CUSTOM',
    ],
    [
      'a date that is a text',
      'microcredential_items',
      { issuer_name: 'X', microcredential_name: 'AI', issue_date: 'May 2024' },
      '/issue_date',
      'CUSTOM',
    ],
    [
      'reversed dates of a test',
      'english_proficiency_items',
      {
        test_provider: 'X',
        test_name: 'Y',
        completion_date: '2024-01-02',
        expiry_date: '2024-01-01',
        test_scores: { cefr_scores: {}, overall: { score: 7, scale: 'IELTS' } },
      },
      '/expiry_date',
      'DATES_REVERSED',
    ],
    [
      'a level that is none',
      'english_proficiency_items',
      {
        test_provider: 'X',
        test_name: 'Y',
        completion_date: '2024-01-02',
        test_scores: { cefr_scores: { writing: 'D1' }, overall: { score: 7, scale: 'IELTS' } },
      },
      '/test_scores/cefr_scores/writing',
      'INVALID_VALUE',
    ],
    ['a country that is none', 'right_to_work_items', { country: 'XX' }, '/country', 'INVALID_VALUE'],
    ['a country by its name', 'right_to_work_items', { country: 'Australia' }, '/country', 'INVALID_VALUE'],
    [
      'an empty text for Singapore',
      'right_to_work_items',
      { country: 'SG', singapore_work_rights: '' },
      '/singapore_work_rights',
      'CUSTOM',
    ],
    [
      'no category of a credential',
      'universal_credential_items',
      { credential_name: 'A', issuer_name: 'B' },
      '/credential_category',
      'REQUIRED',
    ],
    [
      'a year of two digits',
      'education_items',
      { education_provider: 'A', course_name: 'B', conferral_year: '24' },
      '/conferral_year',
      'INVALID_FORMAT',
    ],
    [
      'a subject without a grade',
      'education_items',
      {
        education_provider: 'A',
        course_name: 'B',
        conferral_year: '2024',
        transcript: {
          overall: { issuance_date: '2024-01-01' },
          subjects: [{ name: 'A', code: 'B', completion_date: '2023-13-01' }],
        },
      },
      '/transcript/subjects/0/grade',
      'REQUIRED',
    ],
    [
      'a field of another kind',
      'education_items',
      { education_provider: 'A', course_name: 'B', conferral_year: '2024', country: 'AU' },
      '/country',
      'UNKNOWN_FIELD',
    ],
  ])('%s', async (_name, member, fields, pointer, code) => {
    expect((await faultsOf(one(member, fields)))[`/${member}/0/fields${pointer}`]).toBe(code)
  })

  test('jobs: months that never were, that run backwards, and a role that is not named', async () => {
    const employment = [
      { organisation: 'A', role_title: 'B', start_date: '2024-13', last_processed_month: '2024-01' },
      {
        organisation: 'A',
        role_title: 'B',
        start_date: '2024-05',
        end_date: '2024-04',
        last_processed_month: '2024-06',
      },
      { organisation: 'A', start_date: '2024-05', last_processed_month: '2024-06' },
    ]
    const at = '/career_history/fields/employment'
    expect(await faultsOf(one('career_history', { employment }, false))).toEqual({
      [`${at}/0/start_date`]: 'INVALID_FORMAT',
      [`${at}/1/end_date`]: 'DATES_REVERSED',
      [`${at}/2/role_title`]: 'REQUIRED',
    })
  })

  test('an identity that is born tomorrow, or checked by nobody', async () => {
    const fields = { date_of_birth: '2026-02-02', identity_document_validity: 'guess' }
    expect(await faultsOf(one('digital_identity', fields, false))).toEqual({
      '/digital_identity/fields/date_of_birth': 'IN_THE_FUTURE',
      '/digital_identity/fields/identity_document_validity': 'INVALID_VALUE',
    })
  })

  test('no item, and assets where a kind has none or another type', async () => {
    expect(await faultsOf({ credential_id: fresh() })).toEqual({ '/': 'NO_ITEMS' })
    const id = fresh()
    expect(
      await faultsOf({
        credential_id: id,
        right_to_work_items: [{ ...rights(`${id}-1`), assets: [] }],
        english_proficiency_items: [
          {
            credential_id: `${id}-2`,
            fields: {
              full_name: 'J',
              test_provider: 'X',
              test_name: 'Y',
              completion_date: '2024-01-01',
              test_scores: { cefr_scores: {}, overall: { score: 1, scale: 'X' } },
            },
            assets: [{ asset_id: 'a', asset_type: 'png' }],
          },
        ],
      }),
    ).toEqual({
      '/right_to_work_items/0/assets': 'UNKNOWN_FIELD',
      '/english_proficiency_items/0/assets/0/asset_type': 'INVALID_VALUE',
    })
  })

  test('100 items and 50 assets go, 101 and 51 do not', async () => {
    const many = (items: number, assets: number): object => {
      const id = fresh()
      return {
        credential_id: id,
        education_items: Array.from({ length: items }, (_, index) => ({
          credential_id: `${id}-${index}`,
          fields: { full_name: 'J', education_provider: 'A', course_name: 'B', conferral_year: '2024' },
          assets:
            index === 0
              ? Array.from({ length: assets }, (_a, n) => ({ asset_id: `${id}-a${n}`, asset_type: 'pdf' }))
              : [],
        })),
      }
    }
    const full = await add(many(100, 50))
    expect(full.status, full.payload).toBe(201)
    expect(uploadsOf(full)).toHaveLength(50)
    expect(await faultsOf(many(101, 50))).toEqual({ '/': 'TOO_MANY_ITEMS' })
    expect(await faultsOf(many(100, 51))).toEqual({ '/': 'TOO_MANY_ASSETS' })
  })

  test('a body of 1 MB is read, and one of a byte more is not', async () => {
    const body = JSON.stringify(small())
    const whole = await add(body + ' '.repeat(1_048_576 - body.length))
    expect(whole.status).toBe(201)
    expect(await add(JSON.stringify(small()) + ' '.repeat(1_048_577))).toMatchObject({
      status: 413,
      body: { code: 'BODY_TOO_LARGE' },
    })
  })

  test('a name that says nothing is taken, with a warning', async () => {
    const named = (microcredential_name: string) =>
      add(one('microcredential_items', { issuer_name: 'X', issue_date: '2024-01-01', microcredential_name }))
    const answer = await named('Certificate of Completion')
    expect(answer).toMatchObject({
      status: 201,
      body: {
        warnings: [
          { pointer: '/microcredential_items/0/fields/microcredential_name', code: 'NAME_SAYS_NOTHING' },
        ],
      },
    })
    expect((await named('Certificate of Welding')).body).not.toHaveProperty('warnings')
  })

  test('partner_chain is taken in the fields, beside them and in test_scores', async () => {
    const id = fresh()
    const partner_chain = [{ name: 'Partner Organization' }]
    const answer = await add({
      credential_id: id,
      right_to_work_items: [{ ...rights(`${id}-1`, { partner_chain }), partner_chain: null }],
      education_items: [
        {
          credential_id: `${id}-2`,
          partner_chain,
          fields: {
            full_name: 'J',
            education_provider: 'A',
            course_name: 'B',
            conferral_year: null,
            awaiting_graduation: true,
          },
        },
      ],
      english_proficiency_items: [
        {
          credential_id: `${id}-3`,
          fields: {
            full_name: 'J',
            test_provider: 'X',
            test_name: 'Y',
            completion_date: '2024-01-01',
            test_scores: {
              cefr_scores: { combined: 'C2' },
              overall: { score: 1, scale: 'X' },
              partner_chain,
            },
          },
        },
      ],
    })
    expect(answer.status, answer.payload).toBe(201)
  })
})

describe('single adds', () => {
  test('take the item by itself, or a batch of it; the id answers for both', async () => {
    const id = fresh()
    const alone = await api.ask('POST', '/v2/add/requests/right_to_work.json', { token, body: rights(id) })
    expect(alone).toMatchObject({ status: 201, body: { asset_uploads: [] } })
    expect(await status(id)).toMatchObject({ id, status: 'incomplete' })
    const batch = await api.ask('POST', '/v2/add/requests/right_to_work.json', { token, body: small() })
    expect(batch.status).toBe(201)
  })
  test('take nothing else', async () => {
    const id = fresh()
    const answer = await api.ask('POST', '/v2/add/requests/education.json', { token, body: small(id) })
    expect(answer).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/right_to_work_items/0', code: 'OTHER_KIND' }] },
    })
    const two = { ...small(id), right_to_work_items: [rights(`${id}-1`), rights(`${id}-2`)] }
    expect(await api.ask('POST', '/v2/add/requests/right_to_work.json', { token, body: two })).toMatchObject({
      status: 400,
      body: { errors: [{ code: 'TOO_MANY_ITEMS' }] },
    })
    expect((await api.ask('POST', '/v2/add/requests/licence.json', { token, body: small() })).status).toBe(
      404,
    )
  })
})

describe('scopes', () => {
  test('a batch needs that of every kind in it; what is missing is listed, before any fault', async () => {
    const poor = await partner.token('write.microcredential write.education')
    const batch = await sampleBatch(fresh())
    batch['unknown'] = true
    expect(await add(batch, poor)).toMatchObject({
      status: 403,
      body: {
        code: 'SCOPE_MISSING',
        missingScopes: [
          'write.digital_identity',
          'write.english_proficiency',
          'write.right_to_work',
          'write.career_history',
          'write.universal',
        ],
      },
    })
    const single = await api.ask('POST', '/v2/add/requests/right_to_work.json', { token: poor, body: '{' })
    expect(single).toMatchObject({ status: 403, body: { missingScopes: ['write.right_to_work'] } })
    expect(await status('anything', poor)).toMatchObject({ status: 403, missingScopes: ['read.status'] })
  })
  test('a token that is forged, expired, or not there is 401', async () => {
    const old = await partner.token()
    expect((await add(small(), `${old.slice(0, -1)}${old.endsWith('a') ? 'b' : 'a'}`)).status).toBe(401)
    expect(await api.ask('POST', '/v2/add/requests/batch.json', { body: small() })).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': 'Bearer' },
      body: { code: 'PARTNER_TOKEN_INVALID' },
    })
    api.house.clock.advance('30m')
    expect((await add(small(), old)).status).toBe(401)
    token = await partner.token()
  })
})

describe('the same again', () => {
  test('within 48 hours: 200, the same link for the person, fresh ones for the files', async () => {
    const id = fresh()
    const first = await add(await sampleBatch(id))
    const swapped = JSON.parse(
      JSON.stringify(Object.fromEntries(Object.entries(await sampleBatch(id)).reverse())),
    ) as object
    api.house.clock.advance('47h')
    token = await partner.token()
    const second = await add(swapped)
    expect(second).toMatchObject({ status: 200, body: { redirect_uri: first.body['redirect_uri'] } })
    expect(uploadsOf(second).map((one) => one.asset_id)).toEqual(uploadsOf(first).map((one) => one.asset_id))
    expect(uploadsOf(second)[0]?.url).not.toBe(uploadsOf(first)[0]?.url)
  })
  test('with another body: 409', async () => {
    const id = fresh()
    await add(small(id))
    expect(
      await add(small(id, { right_to_work_items: [rights(`${id}-rtw`, { country: 'NZ' })] })),
    ).toMatchObject({
      status: 409,
      body: { code: 'CREDENTIAL_ID_TAKEN', errors: [{ pointer: '/credential_id' }] },
    })
  })
  test('an id of another submission, or of an item of one: 409 with the pointer, and nothing is kept', async () => {
    const [a, b] = [fresh(), fresh()]
    await add(small(a))
    const mixed = { credential_id: b, right_to_work_items: [rights(`${b}-1`), rights(`${a}-rtw`), rights(a)] }
    expect((await add(mixed)).body.errors?.map(({ pointer }) => pointer)).toEqual([
      '/right_to_work_items/1/credential_id',
      '/right_to_work_items/2/credential_id',
    ])
    expect(await add(small(`${a}-rtw`))).toMatchObject({ status: 409 })
    expect(await status(b)).toMatchObject({ status: 404 })
    expect((await add({ credential_id: b, right_to_work_items: [rights(`${b}-1`)] })).status).toBe(201)
  })
  test('ids of one partner are nothing to another', async () => {
    const other = await api.newPartner()
    const theirs = await other.token()
    const id = fresh()
    await add(small(id))
    expect((await add(small(id), theirs)).status).toBe(201)
    await add(small(`${id}-x`))
    expect(await status(`${id}-x`, theirs)).toMatchObject({ status: 404, code: 'NOT_FOUND' })
    expect((await status('nobody', theirs))['detail']).toBe((await status(`${id}-x`, theirs))['detail'])
  })
  test('twenty at once have one effect and one link', async () => {
    const body = await sampleBatch(fresh())
    const answers = await Promise.all(Array.from({ length: 20 }, () => add(body)))
    expect(answers.map((one) => one.status).sort()).toEqual([...Array.from({ length: 19 }, () => 200), 201])
    expect(new Set(answers.map((one) => one.body['redirect_uri'])).size).toBe(1)
  })
  test('twenty different ones under one id: one is kept', async () => {
    const id = fresh()
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => add(small(id, { right_to_work_items: [rights(`${id}-${n}`)] }))),
    )
    expect(answers.map((one) => one.status).sort()).toEqual([201, ...Array.from({ length: 19 }, () => 409)])
  })
})

describe('status', () => {
  test('of many, in the order asked, unknown ones too; 31 are too many', async () => {
    const [a, b] = [fresh(), fresh()]
    await add(small(a))
    await add(small(b))
    const ids = [`${b}-rtw`, 'nobody', a, b]
    const answer = await api.ask('POST', '/v1/submissions/status.json', { token, body: { ids } })
    expect(answer.body).toEqual({
      credentials: [
        { id: `${b}-rtw`, status: 'incomplete', finalized_at: null },
        { id: 'nobody', status: 'not_found' },
        { id: a, status: 'incomplete', finalized_at: null },
        { id: b, status: 'incomplete', finalized_at: null },
      ],
    })
    const many = Array.from({ length: 31 }, (_, n) => `x${n}`)
    expect(
      (await api.ask('POST', '/v1/submissions/status.json', { token, body: { ids: many } })).status,
    ).toBe(400)
  })
  test('verified once all is decided and something accepted; each item for itself', async () => {
    const id = fresh()
    await add({ credential_id: id, right_to_work_items: [rights(`${id}-1`), rights(`${id}-2`)] })
    await decide(id, true, [`${id}-1`])
    expect(await status(id)).toMatchObject({ status: 'incomplete' })
    expect(await status(`${id}-1`)).toMatchObject({ status: 'verified' })
    await decide(id, false)
    expect(await status(id)).toMatchObject({
      status: 'verified',
      finalized_at: api.house.clock.now().toISOString(),
    })
    expect(await status(`${id}-2`)).toMatchObject({ status: 'canceled' })
    const events = await api.house.owner<{ data: object }>(
      `select data from events where type = 'partnerSubmission.finalized' and data->>'credentialId' = $1`,
      [id],
    )
    expect(events).toEqual([
      { data: { submissionId: expect.any(String) as string, credentialId: id, status: 'verified' } },
    ])
  })
  test('canceled when all is refused; then the id may be used anew', async () => {
    const id = fresh()
    await add(small(id))
    await decide(id, false)
    expect(await status(id)).toMatchObject({ status: 'canceled' })
    expect((await add(small(id))).status).toBe(201)
    expect(await status(id)).toMatchObject({ status: 'incomplete' })
  })
})

describe('revoking', () => {
  const revoke = (id: string, reason: unknown = 'Issued in error.') =>
    api.ask('POST', `/v2/requests/${id}/revoke.json`, { token, body: { reason } })
  test('what was accepted is revoked, once, and the holder’s side hears it', async () => {
    const id = fresh()
    await add(small(id))
    await decide(id, true)
    expect(await revoke(id)).toMatchObject({ status: 200, body: { id, revoked: [`${id}-rtw`] } })
    expect(await revoke(id, 'Another.')).toMatchObject({ status: 200, body: { revoked: [`${id}-rtw`] } })
    const events = await api.house.owner<{ data: { holderId: string } }>(
      `select data from events where type = 'partnerItem.revoked' and data->>'itemId' in (select id from partner_items where credential_id = $1)`,
      [`${id}-rtw`],
    )
    expect(events.map(({ data }) => data.holderId)).toEqual([partner.testHolderId])
    expect(await status(id)).toMatchObject({ status: 'verified' })
  })
  test('what was only offered is gone', async () => {
    const id = fresh()
    await add(small(id))
    expect(await revoke(`${id}-rtw`)).toMatchObject({ status: 200 })
    expect(await status(id)).toMatchObject({ status: 'canceled' })
    expect(await revoke(id)).toMatchObject({ status: 409, body: { code: 'SUBMISSION_STATE' } })
  })
  test('an unknown one is 404, one without a reason 400, one without the scope 403', async () => {
    expect((await revoke('nobody')).status).toBe(404)
    const id = fresh()
    await add(small(id))
    expect((await revoke(id, ' ')).status).toBe(400)
    const poor = await partner.token('write.education')
    const answer = await api.ask('POST', `/v2/requests/${id}/revoke.json`, {
      token: poor,
      body: { reason: 'x' },
    })
    expect(answer).toMatchObject({ status: 403, body: { missingScopes: ['write.right_to_work'] } })
  })
})
