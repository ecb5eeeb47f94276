import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { pdf } from '../../../test/documents.ts'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import type { WriteContext } from '../../platform/context.ts'
import { sweepReleased } from '../../platform/storage/sweeper.ts'
import { createCredential } from '../../workforce/credentials/credentials.ts'
import { createWorker } from '../../workforce/workers/workers.ts'
import type { AttachmentOwner, AttachmentRecord } from './attachments.schema.ts'
import {
  adoptHeld,
  attachmentBlobs,
  attachmentById,
  attachmentsOf,
  deleteAttachment,
  inspectUpload,
  openAttachment,
  receiveAttachment,
  recordVerification,
} from './attachments.ts'

let house: TestHouse
let organisationId: string
let credentialId: string
const heldFor = 'fri_0000000000000001'

beforeAll(async () => {
  house = await openTestHouse()
})
afterAll(() => house.close())
beforeEach(async () => {
  organisationId = (await house.newOrganisation()).id
  credentialId = await write(async (ctx) => {
    const worker = await createWorker(ctx, { identity: { displayName: 'Sarah Chen' } } as never)
    const credential = await createCredential(ctx, {
      worker: { id: worker.id },
      credentialType: 'FIRST_AID',
    } as never)
    return credential.id
  })
})

const write = <T>(work: (ctx: WriteContext) => Promise<T>): Promise<T> =>
  house.runtime.write(organisationId, operator, work)

async function receive(owner: AttachmentOwner, pages: number): Promise<AttachmentRecord> {
  const blob = await house.runtime.storage.write(
    organisationId,
    (async function* () {
      yield pdf(pages)
    })(),
  )
  const file = { name: 'scan.pdf', declaredType: 'application/pdf', blob }
  const inspected = await inspectUpload(house.runtime, organisationId, file)
  return write((ctx) => receiveAttachment(ctx, owner, inspected, 'upload_link'))
}
const of = (owner: AttachmentOwner): Promise<AttachmentRecord[]> =>
  house.runtime.read(organisationId, operator, (ctx) => attachmentsOf(ctx, owner))
async function blobs(): Promise<number> {
  let count = 0
  for await (const { scope } of house.runtime.storage.list(organisationId))
    count += scope === organisationId ? 1 : 0
  return count
}

describe('what is handed in before there is a credential', () => {
  test('is held, read, and deleted as an attachment is', async () => {
    const one = await receive({ heldFor }, 1)
    expect(one).toMatchObject({ credentialId: null, heldFor, source: 'upload_link' })
    expect(await of({ heldFor })).toMatchObject([{ id: one.id }])
    const open = await openAttachment(house.runtime, organisationId, operator, { heldFor }, one.id)
    const parts: Buffer[] = []
    for await (const part of open.stream()) parts.push(part)
    expect(Buffer.concat(parts).equals(pdf(1))).toBe(true)
    await expect(
      write((ctx) => deleteAttachment(ctx, { heldFor: 'fri_other' }, one.id)),
    ).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    await write((ctx) => deleteAttachment(ctx, { heldFor }, one.id))
    expect(await of({ heldFor })).toEqual([])
    await sweepReleased(house.runtime, organisationId, [attachmentBlobs])
    expect(await blobs()).toBe(0)
  })

  test('moves onto its credential, without what that has already', async () => {
    await receive({ credentialId }, 1)
    const same = await receive({ heldFor }, 1)
    const other = await receive({ heldFor }, 2)
    await write((ctx) => adoptHeld(ctx, heldFor, credentialId))
    const there = await of({ credentialId })
    expect(there).toHaveLength(2)
    expect(there.find(({ id }) => id === other.id)).toMatchObject({ credentialId, heldFor: null })
    expect(there.some(({ id }) => id === same.id)).toBe(false)
    expect(await of({ heldFor })).toEqual([])
    // Once more does nothing.
    await write((ctx) => adoptHeld(ctx, heldFor, credentialId))
    expect(await of({ credentialId })).toHaveLength(2)
    await sweepReleased(house.runtime, organisationId, [attachmentBlobs])
    expect(await blobs()).toBe(2)
    const actions = await house.owner<{ action: string }>(
      "select action from audit_entries where organisation_id = $1 and action like 'attachment.%' order by action",
      [organisationId],
    )
    expect(actions.map(({ action }) => action)).toEqual([
      'attachment.adopt',
      'attachment.drop',
      'attachment.receive',
      'attachment.receive',
      'attachment.receive',
    ])
  })

  test('is at most 20 files, and is not refused for those of its credential', async () => {
    for (let pages = 1; pages <= 20; pages += 1) await receive({ heldFor }, pages)
    await expect(receive({ heldFor }, 21)).rejects.toMatchObject({ code: 'ATTACHMENTS_FULL' })
    await receive({ credentialId }, 21)
    await write((ctx) => adoptHeld(ctx, heldFor, credentialId))
    expect(await of({ credentialId })).toHaveLength(21)
  })

  test('is not adopted by a credential that is not there', async () => {
    await receive({ heldFor }, 1)
    await expect(write((ctx) => adoptHeld(ctx, heldFor, 'cred_0000000000000000'))).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    expect(await of({ heldFor })).toHaveLength(1)
  })

  test('is another organisation’s to nobody', async () => {
    const one = await receive({ heldFor }, 1)
    const other = (await house.newOrganisation()).id
    await house.runtime.read(other, operator, async (ctx) => {
      expect(await attachmentsOf(ctx, { heldFor })).toEqual([])
      expect(await attachmentById(ctx, one.id)).toBeUndefined()
      await expect(attachmentsOf(ctx, { credentialId })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    })
  })
})

test('what the automatic check found is kept, and told of', async () => {
  const { id } = await receive({ credentialId }, 1)
  const verification = {
    matchesExpectedType: true,
    confidencePercent: 97,
    detectedType: 'FIRST_AID',
    reasoning: 'It names HLTAID011.',
    concerns: [],
    extracted: { holderName: null, number: null, issueDate: null, expiryDate: null, issuer: null },
    engine: 'test',
    engineVersion: '1',
    checkedAt: house.clock.now().toISOString(),
  }
  house.clock.advance('1m')
  expect(await write((ctx) => recordVerification(ctx, id, verification))).toBe(true)
  expect(await of({ credentialId })).toMatchObject([{ verification, lastUpdated: house.clock.now() }])
  expect(
    await house.owner("select data from events where organisation_id = $1 and type = 'attachment.checked'", [
      organisationId,
    ]),
  ).toEqual([{ data: { attachmentId: id, credentialId } }])
  await write((ctx) => deleteAttachment(ctx, { credentialId }, id))
  expect(await write((ctx) => recordVerification(ctx, id, verification))).toBe(false)
})
