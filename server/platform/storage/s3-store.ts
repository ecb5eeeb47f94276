/**
 * A blob store in an S3 bucket: every file that is complete is one object, encrypted here before it is sent.
 *
 * `<prefix><scope>/blobs/<key>` is a complete blob, `<prefix><scope>/staging/<key>` a partial that was closed (s3-partials.ts).
 * What is being written at any place lies on this machine, in `spool`, until it is complete or closed: a process that is
 * killed in the middle goes on with it when it is back; another node finds of it what was closed last.
 */
import { newId, randomCharacters } from '../ids.ts'
import { AppError } from '../errors.ts'
import { newFileCipher } from './blob-format.ts'
import {
  namePattern,
  orStorageFault,
  placesOf,
  scopeFolderOf,
  stagingName,
  type BlobPlaces,
} from './blob-places.ts'
import { makeFolderDurably } from './durable-files.ts'
import { notFound, openFinishedFile, type FileSource } from './finished-file.ts'
import type { S3Client } from './s3-client.ts'
import { fetchPartial, hasOrigin, keepPartial, piecesOf, removeCopy } from './s3-partials.ts'
import { uploadAll } from './s3-upload.ts'
import { sealedFile, type Sealed } from './sealed-stream.ts'
import { createStagedFile, resumeStagedFile, type StagedFile, type StagedFileOptions } from './staged-file.ts'
import { join } from 'node:path'
import {
  atMost,
  markName,
  namesIn,
  statIfThere,
  timesOf,
  type BlobStore,
  type ListedBlob,
  type StagedBlob,
} from './storage.ts'

const finishedName = 'blobs'
/** Four segments with their head: what a small file has altogether, and its trailer with it. */
const firstPieceBytes = 4 * 65_576 + 24 + 68
/** A megabyte: a request to a bucket takes longer than a read of a disk. */
const segmentsAtOnce = 16
/** Copies here that nobody has touched for so long are of no use: partials are kept for a day. */
const copyIdleMs = 48 * 3_600_000
const purgeEveryMs = 3_600_000
/** An upload of parts that was begun so long ago belongs to a process that is gone. */
const uploadIdleMs = 24 * 3_600_000

/**
 * @param options.spool folder of this process's own for what is being written
 * @param options.keyOf a scope's 32-byte data key; what it throws is passed on
 * @param options.onFault told of what went wrong where nothing is lost and nobody waits for it
 */
export function s3BlobStore(options: {
  client: S3Client
  spool: string
  keyOf: (scope: string) => Promise<Buffer>
  onFault?: (what: string, error: unknown) => void
}): BlobStore {
  const { client, spool, keyOf, onFault = () => {} } = options
  const { prefix, name } = client.address
  const foldersMade = new Set<string>()
  const open = new Set<string>()
  let purgedAt = 0

  const objectsOf = (
    scope: string,
    key: string,
  ): { finished: string; staged: string; places: BlobPlaces } => ({
    // Refuses first what is no plain name.
    places: placesOf(spool, scope, key),
    finished: `${prefix}${scope}/${finishedName}/${key}`,
    staged: `${prefix}${scope}/${stagingName}/${key}`,
  })

  const isFinished = async (scope: string, key: string): Promise<boolean> =>
    (await client.get(objectsOf(scope, key).finished, 0, 1)) !== undefined

  async function stagedOptions(scope: string, key: string): Promise<StagedFileOptions> {
    const { places, finished, staged } = objectsOf(scope, key)
    return {
      places,
      identity: { scopeKey: await keyOf(scope), scope, key },
      onEnd: () => {},
      publish: async () => {
        await uploadAll(client, finished, piecesOf(places.staged))
        // The blob is complete: what cannot be removed now `list` tidies away.
        await (async () => {
          if (await hasOrigin(places)) await client.delete(staged)
          await removeCopy(places)
        })().catch((error: unknown) => onFault('a partial that is complete could not be removed', error))
      },
    }
  }

  /** `StagedFile`, whose closing brings it to the store. */
  function stagedBlob(file: StagedFile, scope: string, key: string, isNew: boolean): StagedBlob {
    const { places, staged } = objectsOf(scope, key)
    let isChanged = isNew
    const atLast = async <T>(work: () => Promise<T>): Promise<T> => {
      const isOurs = open.has(places.staged)
      try {
        return await work()
      } finally {
        if (isOurs) open.delete(places.staged)
      }
    }
    return {
      key,
      get size() {
        return file.size
      },
      write: (offset, data) => {
        isChanged = true
        return file.write(offset, data)
      },
      read: (offset, length) => file.read(offset, length),
      truncate: (size) => {
        isChanged = true
        return file.truncate(size)
      },
      sync: () => file.sync(),
      complete: () => atLast(() => file.complete()),
      close: () =>
        atLast(async () => {
          await file.close()
          if (!isChanged) return
          isChanged = false
          // It is kept here all the same, and goes on here.
          await keepPartial(client, staged, places).catch((error: unknown) =>
            onFault(
              `the partial ${key} could not be brought to the storage; it stays on this machine`,
              error,
            ),
          )
        }),
      discard: () =>
        atLast(async () => {
          await file.discard()
          await client.delete(staged)
          await removeCopy(places)
        }),
    }
  }

  async function makeStagingFolder(places: BlobPlaces): Promise<void> {
    await makeFolderDurably(spool, places.stagingFolder, foldersMade)
    if (Date.now() - purgedAt < purgeEveryMs) return
    purgedAt = Date.now()
    await purge().catch((error: unknown) => onFault('old copies of partials could not be removed', error))
  }

  async function purge(): Promise<void> {
    for await (const { scope, key, idleMs } of copies(undefined))
      if (idleMs > copyIdleMs) await removeCopy(placesOf(spool, scope, key))
  }

  /** What is staged on this machine and is not open. */
  async function* copies(onlyScope: string | undefined): AsyncGenerator<ListedBlob> {
    const scopes = onlyScope === undefined ? namesIn(spool, namePattern) : [onlyScope]
    for await (const scope of scopes)
      for await (const key of namesIn(join(scopeFolderOf(spool, scope), stagingName), namePattern)) {
        const places = placesOf(spool, scope, key)
        const found = await statIfThere(places.staged)
        if (found && !open.has(places.staged)) yield { scope, key, staged: true, ...timesOf(found) }
      }
  }

  async function source(scope: string, key: string): Promise<FileSource> {
    const { finished } = objectsOf(scope, key)
    const first = await client.get(finished, 0, firstPieceBytes)
    if (first === undefined) throw notFound(key)
    return {
      bytes: first.total,
      segmentsAtOnce,
      async read(position, space) {
        const end = Math.min(position + space.length, first.total)
        if (end <= first.bytes.length) return first.bytes.subarray(position, end)
        const piece = await client.get(finished, position, end, first.etag)
        if (piece === undefined)
          throw new AppError('STORAGE_FAULT', `The stored file ${key} was removed while it was read.`)
        return piece.bytes
      },
      close: () => Promise.resolve(),
    }
  }

  async function* list(onlyScope: string | undefined): AsyncGenerator<ListedBlob> {
    const start = onlyScope === undefined ? prefix : `${prefix}${onlyScope}/`
    if (onlyScope !== undefined) scopeFolderOf(spool, onlyScope)
    for await (const { key: object, modifiedAt, idleMs } of client.list(start)) {
      const [scope = '', kind, key = '', more] = object.slice(prefix.length).split('/')
      if (more !== undefined || !namePattern.test(scope) || !namePattern.test(key)) continue
      if (kind === finishedName) yield { scope, key, staged: false, modifiedAt, idleMs }
      if (kind !== stagingName) continue
      // A crash, or an error that was told, kept it from going when the blob was completed.
      if (await isFinished(scope, key)) await client.delete(object)
      else yield { scope, key, staged: true, modifiedAt, idleMs }
    }
    for await (const copy of copies(onlyScope)) {
      const { scope, key } = copy
      const places = placesOf(spool, scope, key)
      // Then the store has, or had, the partial itself.
      if (await hasOrigin(places)) continue
      if (await isFinished(scope, key)) await removeCopy(places)
      else yield copy
    }
    for (const place of open) {
      const [scope, , key] = place.slice(spool.length + 1).split('/') as [string, string, string]
      if (onlyScope !== undefined && scope !== onlyScope) continue
      const found = await statIfThere(place)
      const isListed = await hasOrigin(placesOf(spool, scope, key))
      if (found && !isListed) yield { scope, key, staged: true, ...timesOf(found) }
    }
    for await (const { key: object, id, idleMs } of client.uploads(start))
      if (idleMs > uploadIdleMs) await client.abortUpload(object, id)
  }

  return {
    async stage(scope) {
      const key = newId('blob')
      const staged = await stagedOptions(scope, key)
      return orStorageFault('A new file cannot be made', async () => {
        await makeStagingFolder(staged.places)
        const file = await createStagedFile(staged)
        open.add(staged.places.staged)
        return stagedBlob(file, scope, key, true)
      })
    },

    async resume(scope, key) {
      const staged = await stagedOptions(scope, key)
      const { places } = staged
      if (await isFinished(scope, key))
        throw new AppError('CONFLICT', `The file ${key} is already complete.`, {
          extra: { isComplete: true },
        })
      if (open.has(places.staged)) throw new AppError('CONFLICT', `The file ${key} is being written.`)
      open.add(places.staged)
      try {
        return await orStorageFault(`The file ${key} cannot be opened`, async () => {
          await makeStagingFolder(places)
          if (!(await fetchPartial(client, objectsOf(scope, key).staged, places)))
            throw new AppError('NOT_FOUND', `There is no partial file ${key}.`)
          const isNew = !(await hasOrigin(places))
          return stagedBlob(await resumeStagedFile(staged), scope, key, isNew)
        })
      } catch (error) {
        open.delete(places.staged)
        throw error
      }
    },

    async write(scope, content, limits = {}) {
      const key = newId('blob')
      const { finished } = objectsOf(scope, key)
      const cipher = newFileCipher(await keyOf(scope), scope, key)
      let sealed: Sealed | undefined
      const file = sealedFile(cipher, atMost(content, limits.bytesMax ?? Infinity), (end) => (sealed = end))
      try {
        await uploadAll(client, finished, file)
      } catch (error) {
        // The answer to an attempt that succeeded may have been lost.
        if (sealed) await client.delete(finished).catch(() => {})
        throw error
      }
      const { bytes, sha256 } = sealed as Sealed
      return { key, bytes, sha256: sha256.toString('hex') }
    },

    async open(scope, key) {
      objectsOf(scope, key)
      const scopeKey = await keyOf(scope)
      return openFinishedFile(await source(scope, key), scopeKey, scope, key)
    },

    async delete(scope, key) {
      const { finished, staged, places } = objectsOf(scope, key)
      await Promise.all([client.delete(finished), client.delete(staged), removeCopy(places)])
    },

    list,

    root: {
      name,
      markPlace: `the object ${prefix}${markName} of ${name}`,
      readMark: async () => (await client.get(`${prefix}${markName}`, 0, 1_000))?.bytes.toString(),
      makeMark: async (mark) => void (await client.putIfAbsent(`${prefix}${markName}`, Buffer.from(mark))),
      replaceMark: (mark) => client.put(`${prefix}${markName}`, Buffer.from(mark)),
      close: () => client.close(),
    },

    async health() {
      const probe = `${prefix}.health-${randomCharacters(8)}`
      const hasty = client.hasty()
      try {
        await hasty.put(probe, Buffer.from(probe))
        const isSame = (await hasty.get(probe, 0, 1_000))?.bytes.toString() === probe
        await hasty.delete(probe)
        return isSame
          ? { ok: true }
          : { ok: false, detail: `${name} gives back other bytes than were written.` }
      } catch (error) {
        return { ok: false, detail: (error as Error).message }
      }
    },
  }
}
