/** One master key takes the place of another (`vouchsafe keys rewrap`) while two nodes go on working. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rotateLinkKey } from '../server/collection/fetch-requests/fetch-requests.ts'
import { currentLinkKey, linkKey } from '../server/collection/fetch-requests/fetch-requests.links.ts'
import { hostKey } from '../server/exchange/file-exchange/file-exchange.host-keys.ts'
import { systemCaller } from '../server/platform/context.ts'
import {
  assertMasterKeyFits,
  assertStorageFits,
  rewrapInstallation,
} from '../server/platform/installation-identity.ts'
import type { Runtime } from '../server/platform/runtime.ts'
import { newKey } from '../server/platform/secrets.ts'
import {
  createOrganisation,
  organisationKey,
  rewrapOrganisations,
} from '../server/tenancy/organisations/organisations.ts'
import { openTestHouse, type TestHouse } from './harness.ts'

let house: TestHouse
beforeAll(async () => {
  house = await openTestHouse()
})
afterAll(() => house.close())

/** A node of the same installation that was started with these keys, the first as MASTER_KEY. */
const nodeWith = (...masterKeys: Buffer[]): Runtime => ({
  ...house.runtime,
  masterKey: masterKeys[0] as Buffer,
  masterKeys,
})

const fits = async ({ db, masterKey, masterKeys, clock, storage }: Runtime): Promise<void> => {
  const now = clock.now()
  await assertMasterKeyFits(db, {
    masterKey,
    masterKeys,
    given: 'in MASTER_KEY',
    now,
    opensOldest: () => Promise.resolve(),
  })
  await assertStorageFits(db, { masterKeys, root: storage.root, now })
}

const organisations = async (): Promise<string[]> =>
  (await house.owner<{ id: string }>('select organisation_id as id from organisations')).map(({ id }) => id)

const rewrapAll = async (node: Runtime): Promise<number> =>
  (await rewrapOrganisations(node, systemCaller)) +
  (await rewrapInstallation(node.db, { masterKeys: node.masterKeys, root: node.storage.root }))

describe('a master key', () => {
  test('gives way to another under load, broken off in the middle, and nothing is lost', async () => {
    const before = house.runtime.masterKey
    const after = newKey()
    const old = nodeWith(before)
    await fits(old)
    for (let n = 0; n < 6; n += 1) await house.newOrganisation()
    const made = await organisations()
    const keys = new Map<string, Buffer>()
    for (const id of made) keys.set(id, await organisationKey(old, id))
    const fingerprint = (await hostKey(old, 'ED25519')).fingerprint
    const link = await old.db.installation((tx) => currentLinkKey(old, tx, old.clock.now()))

    // Every node knows both, and then wraps by the new one.
    const [one, two] = [nodeWith(after, before), nodeWith(after, before)]
    await Promise.all([fits(one), fits(two), fits(nodeWith(before, after))])
    let isDone = false
    const load = (async () => {
      let count = 0
      do {
        const { id } = await createOrganisation(count % 2 === 0 ? one : two, { name: `Under load ${count}` })
        keys.set(id, await organisationKey(count % 2 === 0 ? two : one, id))
        for (const known of made)
          expect(await organisationKey(nodeWith(after, before), known)).toEqual(keys.get(known))
        count += 1
      } while (!isDone)
    })()

    // Broken off after two organisations.
    let writes = 0
    const breaking: Runtime = {
      ...one,
      write: (...args) => {
        writes += 1
        if (writes > 2) return Promise.reject(new Error('the process ends here'))
        return one.write(...args)
      },
    }
    await expect(rewrapOrganisations(breaking, systemCaller)).rejects.toThrow('the process ends here')
    await expect(fits(nodeWith(after))).rejects.toMatchObject({ code: 'SETTING_INVALID' })
    await Promise.all([fits(one), fits(nodeWith(before, after))])
    // Two at once, on two nodes.
    const [left, right] = await Promise.all([rewrapAll(one), rewrapAll(two)])
    expect(left + right).toBeGreaterThanOrEqual(made.length - 2 + 4)
    isDone = true
    await load
    expect(await rewrapAll(one)).toBe(0)

    const alone = nodeWith(after)
    await fits(alone)
    expect((await organisations()).sort()).toEqual([...keys.keys()].sort())
    for (const [id, key] of keys) expect(await organisationKey(alone, id)).toEqual(key)
    expect((await hostKey(alone, 'ED25519')).fingerprint).toBe(fingerprint)
    expect(await alone.db.installation((tx) => linkKey(alone, tx, link.version))).toEqual(link.key)
    await expect(fits(old)).rejects.toMatchObject({ code: 'SETTING_INVALID' })
    await expect(organisationKey(nodeWith(before), made[0] as string)).rejects.toMatchObject({
      code: 'SETTING_INVALID',
    })
  })

  test('is told from none: bytes at rest and wrapped keys open to no other', async () => {
    const stranger = nodeWith(newKey())
    const [id] = (await organisations()) as [string]
    await expect(organisationKey(stranger, id)).rejects.toMatchObject({ code: 'SETTING_INVALID' })
    await expect(rewrapOrganisations(nodeWith(newKey(), newKey()), systemCaller)).rejects.toMatchObject({
      code: 'SETTING_INVALID',
    })
  })
})

test('a new link key takes the place of the one before for new links; the old one still opens what is out', async () => {
  const other = await openTestHouse()
  try {
    const { runtime } = other
    const now = runtime.clock.now()
    const first = await runtime.db.installation((tx) => currentLinkKey(runtime, tx, now))
    expect(await rotateLinkKey(runtime)).toBe(first.version + 1)
    const second = await runtime.db.installation((tx) => currentLinkKey(runtime, tx, now))
    expect(second.version).toBe(first.version + 1)
    expect(second.key).not.toEqual(first.key)
    expect(await runtime.db.installation((tx) => linkKey({ ...runtime }, tx, first.version))).toEqual(
      first.key,
    )
  } finally {
    await other.close()
  }
})
