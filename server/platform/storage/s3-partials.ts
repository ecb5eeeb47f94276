/**
 * Staged files of an S3 store. S3 has no writing at a place, so a file is staged on this machine (staged-file.ts), and when it
 * is closed unfinished it goes to the store as one object, from which any node goes on with it.
 *
 * object   magic (8), generation (16), bytes of the index (4), the index, the staged file
 *
 * The generation, drawn anew at each writing, also lies beside the local copy (`<key>.origin`): a copy is gone on with only
 * while the store's object is still the one that it came from or became. What lies here is as encrypted as there.
 */
import { createReadStream } from 'node:fs'
import { open, readFile, rm, stat } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { damaged } from './blob-format.ts'
import { isMissing, type BlobPlaces } from './blob-places.ts'
import { replaceFileDurably, syncFolder } from './durable-files.ts'
import type { S3Client } from './s3-client.ts'
import { uploadAll } from './s3-upload.ts'
import { removeStaged } from './staged-file.ts'

const magic = Buffer.from('VCHPART1', 'ascii')
const generationBytes = 16
const partialHeadBytes = magic.length + generationBytes + 4
const pieceBytes = 2 ** 20

const originOf = (places: BlobPlaces): string => `${places.staged}.origin`

/** A local staged file as it lies there, in pieces. */
export async function* piecesOf(path: string): AsyncGenerator<Buffer> {
  for await (const piece of createReadStream(path, { highWaterMark: pieceBytes })) yield piece as Buffer
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  return readFile(path).catch((error: unknown) => {
    if (isMissing(error)) return undefined
    throw error
  })
}

/** Puts the closed local file into the store, as the partial that every node sees from then on. */
export async function keepPartial(client: S3Client, object: string, places: BlobPlaces): Promise<void> {
  const generation = randomBytes(generationBytes)
  const index = (await readIfThere(places.index)) ?? Buffer.alloc(0)
  const indexBytes = Buffer.alloc(4)
  indexBytes.writeUInt32BE(index.length)
  async function* content(): AsyncGenerator<Buffer> {
    yield Buffer.concat([magic, generation, indexBytes, index])
    yield* piecesOf(places.staged)
  }
  await uploadAll(client, object, content())
  await replaceFileDurably(originOf(places), generation)
}

/** Removes the local copy of a staged file with all that lies beside it. */
export async function removeCopy(places: BlobPlaces): Promise<void> {
  await removeStaged(places)
  await rm(originOf(places), { force: true })
}

/** Whether the local copy, if there is one, came from the store or went there: then the store's object is the partial. */
export async function hasOrigin(places: BlobPlaces): Promise<boolean> {
  return (await readIfThere(originOf(places))) !== undefined
}

/**
 * Sees to it that the local copy is the partial as it was closed last, wherever that was: fetches it unless it is here already.
 * False when there is neither an object nor a copy of which the store never knew.
 */
export async function fetchPartial(client: S3Client, object: string, places: BlobPlaces): Promise<boolean> {
  const isHere = (await stat(places.staged).catch(() => null)) !== null
  const origin = await readIfThere(originOf(places))
  const head = await client.get(object, 0, partialHeadBytes)
  if (head === undefined) {
    if (isHere && origin === undefined) return true
    await removeCopy(places)
    return false
  }
  const { etag, total } = head
  if (head.bytes.length !== partialHeadBytes || !head.bytes.subarray(0, magic.length).equals(magic))
    throw damaged(object, 'its head')
  const generation = head.bytes.subarray(magic.length, magic.length + generationBytes)
  if (isHere && origin?.equals(generation) === true) return true

  // Without its origin a copy that a crash leaves half fetched is fetched again.
  await removeCopy(places)
  const indexEnd = partialHeadBytes + head.bytes.readUInt32BE(partialHeadBytes - 4)
  const get = async (start: number, end: number): Promise<Buffer> => {
    const piece = start >= end ? { bytes: Buffer.alloc(0) } : await client.get(object, start, end, etag)
    if (piece?.bytes.length !== end - start) throw damaged(object, 'it was changed while it was fetched')
    return piece.bytes
  }
  if (indexEnd > partialHeadBytes)
    await replaceFileDurably(places.index, await get(partialHeadBytes, indexEnd))
  const handle = await open(places.staged, 'wx', 0o600)
  try {
    for (let at = indexEnd; at < total; at += pieceBytes)
      await handle.writeFile(await get(at, Math.min(at + pieceBytes, total)))
    await handle.sync()
  } finally {
    await handle.close()
  }
  await syncFolder(places.stagingFolder)
  await replaceFileDurably(originOf(places), generation)
  return true
}
