/** The store in a bucket, on an S3 server that checks signatures. What breaks on the way: test/long/s3-storage.test.ts. */
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Bucket, keysOf, objectsOf } from '../../../test/s3-bucket.ts'
import { isSwiftThere } from '../../../test/swift-s3.ts'
import type { S3Client } from './s3-client.ts'
import { allOf, blobStoreContract, inPieces, sha256Of } from './storage.contract.ts'

let bucket: Bucket

describe.runIf(isSwiftThere)('a bucket', () => {
  beforeAll(async () => {
    bucket = await Bucket.open()
  }, 90_000)
  afterAll(async () => {
    await bucket.close()
    expect(bucket.faults).toEqual([])
  })

  blobStoreContract(
    'a bucket',
    async () => {
      const prefix = bucket.newPrefix()
      const client = bucket.clientOf(prefix)
      const object = (scope: string, key: string): string => `${prefix}/${scope}/blobs/${key}`
      return {
        open: () => bucket.storeOf(client, prefix),
        readRaw: async (scope, key) => (await client.get(object(scope, key), 0, 2 ** 30))?.bytes as Buffer,
        writeRaw: (scope, key, bytes) => client.put(object(scope, key), bytes),
        remove: () => Promise.resolve(),
      }
    },
    0.1,
  )

  it('takes a blob of many parts, and nothing of one that breaks off among them', async () => {
    const { client, one, two } = bucket.twoNodes()
    const bytes = randomBytes(13 * 2 ** 20 + 5)
    const stored = await one.write('org_a', inPieces(bytes, 100_000))
    expect(stored).toMatchObject({ bytes: bytes.length, sha256: sha256Of(bytes) })
    const reader = await two.open('org_a', stored.key)
    expect(sha256Of(await allOf(reader))).toBe(stored.sha256)
    expect((await reader.read(9_999_999, 70_000)).equals(bytes.subarray(9_999_999, 10_069_999))).toBe(true)
    await reader.close()
    await one.delete('org_a', stored.key)

    async function* broken(): AsyncGenerator<Buffer> {
      yield* inPieces(bytes, 100_000)
      throw new Error('the line went dead')
    }
    await expect(one.write('org_a', broken())).rejects.toThrow('the line went dead')
    await expect(
      one.write('org_a', inPieces(bytes, 100_000), { bytesMax: 12_000_000 }),
    ).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' })
    expect(await objectsOf(client)).toEqual([])
  })

  it('shows a partial to every node once it is closed, and goes on with what was closed last', async () => {
    const { client, one, two } = bucket.twoNodes()
    const staged = await one.stage('org_a')
    await staged.write(0, Buffer.from('first'))
    await staged.close()
    const there = await two.resume('org_a', staged.key)
    expect((await there.read(0, 100)).toString()).toBe('first')
    await there.write(5, Buffer.from(', second'))
    await there.close()
    // The first node's copy is of yesterday.
    const here = await one.resume('org_a', staged.key)
    expect((await here.read(0, 100)).toString()).toBe('first, second')
    await here.close()
    const again = await two.resume('org_a', staged.key)
    await again.write(13, Buffer.from(', third'))
    const { bytes } = await again.complete()
    expect(bytes).toBe(20)
    await expect(one.resume('org_a', staged.key)).rejects.toMatchObject({ extra: { isComplete: true } })
    expect(await keysOf(one)).toEqual([staged.key])
    expect(await objectsOf(client)).toEqual([`${client.address.prefix}org_a/blobs/${staged.key}`])
    const reader = await one.open('org_a', staged.key)
    expect((await allOf(reader)).toString()).toBe('first, second, third')
    await one.delete('org_a', staged.key)
    expect(await keysOf(two)).toEqual([])
  })

  it('tidies away what a crash left of a partial that is complete', async () => {
    const { client, one, two } = bucket.twoNodes()
    const staged = await one.stage('org_a')
    await staged.write(0, Buffer.from('whole'))
    await staged.close()
    const object = `${client.address.prefix}org_a/staging/${staged.key}`
    const partial = (await client.get(object, 0, 2 ** 20))?.bytes as Buffer
    await (await two.resume('org_a', staged.key)).complete()
    await client.put(object, partial)
    expect(await keysOf(one)).toEqual([staged.key])
    expect(await objectsOf(client)).toEqual([object.replace('staging', 'blobs')])
  })

  it('says what to mend: the secret, the key, the bucket, the server', async () => {
    const health = (client: S3Client): Promise<unknown> => bucket.storeOf(client, 'health').health()
    const { accessKeyId, secretAccessKey } = bucket.credentials
    const wrongSecret = bucket.clientOf('h', { credentials: { accessKeyId, secretAccessKey: 'wrong' } })
    expect(await health(wrongSecret)).toEqual({
      ok: false,
      detail: expect.stringMatching(
        /refuses the access key: AWS_ACCESS_KEY_ID and .*\(SignatureDoesNotMatch\)/,
      ),
    })
    await expect(
      bucket.storeOf(wrongSecret, 'health').write('org_a', inPieces(randomBytes(10), 10)),
    ).rejects.toEqual(
      expect.objectContaining({
        code: 'STORAGE_FAULT',
        message: expect.stringContaining('SignatureDoesNotMatch'),
      }),
    )
    const wrongKey = bucket.clientOf('h', { credentials: { accessKeyId: 'test:nobody', secretAccessKey } })
    expect(await health(wrongKey)).toMatchObject({
      detail: expect.stringContaining('refuses the access key'),
    })
    const noBucket = bucket.clientOf('h', { bucket: 'not-there' })
    expect(await health(noBucket)).toMatchObject({
      detail: expect.stringContaining('has no bucket not-there'),
    })
    const nobody = bucket.clientOf('h', { endpoint: 'http://127.0.0.1:9' })
    expect(await health(nobody)).toMatchObject({
      detail: expect.stringMatching(/does not answer: ECONNREFUSED/),
    })
  })
})
