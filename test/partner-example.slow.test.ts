/** The quick start for issuers, as a shell runs it against a real server: the published sample from the token to `verified`. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { playTestHolder } from '../server/issuing/submissions/submissions.ts'
import { noteHttpPort } from '../server/platform/public-url.ts'
import { pdf, picture } from './documents.ts'
import { operator } from './harness.ts'
import { openPartnerHouse, type PartnerHouse } from './partner-house.ts'

const folder = join(import.meta.dirname, '../examples/partner')
const id = '3601f8ae-9181-41a3-89ed-6dbe5ecde2b5'
let api: PartnerHouse
let files: string
beforeAll(async () => {
  api = await openPartnerHouse()
  files = await mkdtemp(join(tmpdir(), 'vouchsafe-assets-'))
})
afterAll(async () => {
  await api.close()
  await rm(files, { recursive: true })
})

test('the example pushes the sample, the holder accepts before the last file, and it is verified', async () => {
  const partner = await api.newPartner()
  const url = noteHttpPort(api.house.config, await api.server.listen('127.0.0.1', 0))
  const push = async (): Promise<{ out: string; said: string }> => {
    const env = {
      PATH: '/usr/bin:/bin',
      VOUCHSAFE_URL: url,
      CLIENT_ID: partner.clientId,
      CLIENT_SECRET: partner.clientSecret,
    }
    const { stdout, stderr } = await promisify(execFile)(
      'sh',
      [join(folder, 'push.sh'), join(folder, 'batch.json'), files],
      { env },
    )
    return { out: stdout.trim(), said: stderr }
  }
  const token = await partner.token()
  const status = async (): Promise<unknown> =>
    (await api.ask('GET', `/v1/submissions/${id}/status.json`, { token })).body['status']
  const write = (asset: string, bytes: Buffer): Promise<void> =>
    writeFile(join(files, `${id}-${asset}`), bytes)

  await write('micro-1-asset.pdf', pdf())
  await write('micro-2-asset.png', await picture('png'))
  await write('edu-1-asset.pdf', pdf(2))
  const first = await push()
  expect(first.out).toMatch(new RegExp(`^${url}/partner/add/batch#clientId=${partner.clientId}&content=sub_`))
  expect(first.said).toContain(`there is no file for ${id}-uc-1-asset`)
  expect(first.said.match(/^sent /gm)).toHaveLength(3)

  await playTestHolder(api.house.runtime, operator, {
    partner: partner.partnerId,
    credentialId: id,
    isAccepted: true,
    credentialIds: [],
  })
  expect(await status()).toBe('incomplete')

  await write('uc-1-asset.pdf', pdf())
  const second = await push()
  expect(second.out).toBe(first.out)
  expect(second.said).toBe(`sent ${id}-uc-1-asset\n`)
  expect(await status()).toBe('verified')
  expect((await push()).said).toBe('')
}, 60_000)
