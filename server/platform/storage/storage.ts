/**
 * Files of the product (uploads, documents, exports), encrypted at rest.
 *
 * Words: a *blob* is a file that never changes once it is *complete*; until then it is *staged* and can be written
 * at any place. A blob has a *key*, made here, and a *scope* (an organisation, a partner) whose data key encrypts
 * it: only that scope opens it.
 *
 * Promises: a crash at any instant leaves a staged blob or a complete one, never a torn one that counts as
 * complete. A byte changed, cut, swapped or brought back from an older version is noticed when it is read
 * (`STORAGE_FAULT`), not passed on. Memory stays within some 64 KiB segments per open file (eight while it is read in order), whatever its size.
 *
 * Habits of those who use it: complete the blob before the row that points to it is written; a blob without a row
 * is an orphan, which `list` shows to the sweeper (sweeper.ts); who lets go of one says so there (`releaseBlobs`).
 *
 * Layout: blob-format.ts (bytes), blob-places.ts (folders), staged-file.ts, slot-file.ts and
 * segment-table.ts (writing, and what is left after a crash), finished-file.ts (reading), durable-files.ts (what it takes to survive a power cut).
 */
import { opendir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../errors.ts'
import { newId, randomCharacters } from '../ids.ts'
import {
  isMissing,
  namePattern,
  orStorageFault,
  placesOf,
  scopeFolderOf,
  shardPattern,
  stagingName,
  type BlobPlaces,
} from './blob-places.ts'
import { createFileDurably, makeFolderDurably, replaceFileDurably, syncFolder } from './durable-files.ts'
import { localSource, openFinishedFile } from './finished-file.ts'
import {
  createStagedFile,
  publishStaged,
  removeStaged,
  resumeStagedFile,
  type StagedFileOptions,
} from './staged-file.ts'

export interface StoredBlob {
  readonly key: string
  readonly bytes: number
  /** Of the plain bytes, hex. */
  readonly sha256: string
}

/** Buffers that it gives must not be changed: the next read may share them. */
export interface BlobReader {
  readonly bytes: number
  readonly sha256: string
  /** Up to `length` bytes from `offset`; short at the end, empty past it. */
  read(offset: number, length: number): Promise<Buffer>
  /** The same bytes, none copied, in as many pieces as they lie in; no piece is empty. */
  readParts(offset: number, length: number): Promise<Buffer[]>
  /** From `start` (0) up to before `endExclusive` (the end), in pieces of at most 64 KiB; may be left early. */
  stream(start?: number, endExclusive?: number): AsyncIterable<Buffer>
  close(): Promise<void>
}

/**
 * A blob that is being written. Calls take effect in the order in which they are made and need not be awaited one
 * by one; a buffer given to `write` must stay unchanged until its promise settles. A settled write may still be on its
 * way to the disk: its failure shows in the next call, and only `sync` promises more. `complete`, `close` and `discard`
 * end it, even when they fail; every later call is refused (`CONFLICT`).
 */
export interface StagedBlob {
  readonly key: string
  /** The greatest end of what was written, or what `truncate` said; counts settled writes only. */
  readonly size: number
  /** In any order; holes read as zeros. */
  write(offset: number, data: Buffer): Promise<void>
  /** Up to `length` bytes from `offset`; short at the end, empty past it. */
  read(offset: number, length: number): Promise<Buffer>
  /** Cuts or lengthens (with zeros). Survives a crash. */
  truncate(size: number): Promise<void>
  /** What was written before survives a crash. */
  sync(): Promise<void>
  /** Durable under its key; no longer writable. When it fails, the blob is a partial that `resume` finds. */
  complete(): Promise<StoredBlob>
  /** Keeps it, durably, as a partial that `resume` finds with its size. */
  close(): Promise<void>
  discard(): Promise<void>
}

export interface ListedBlob {
  readonly scope: string
  readonly key: string
  readonly staged: boolean
  readonly modifiedAt: Date
  /** For how long nobody has written to it, by the machine's clock: the platform's may have been moved since. */
  readonly idleMs: number
}

/** The top of a store, where its mark lies: what tells one installation's storage from another's. */
export interface StorageRoot {
  /** For people: the folder or the bucket. */
  readonly name: string
  /** Where the mark is, for people. */
  readonly markPlace: string
  /** Undefined when there is none. */
  readMark(): Promise<string | undefined>
  /** Puts it there unless there is one. */
  makeMark(mark: string): Promise<void>
  /** Puts it in the place of the one that is there. */
  replaceMark(mark: string): Promise<void>
  close(): Promise<void>
}

/** The mark's name; no blob and no scope begins with a dot. */
export const markName = '.vouchsafe-storage'

export interface BlobStore {
  stage(scope: string): Promise<StagedBlob>
  /**
   * Opens a partial again. `NOT_FOUND` if it is gone; `CONFLICT` if it is open in this process or already complete
   * (`extra.isComplete`: then `open` reads it).
   */
  resume(scope: string, key: string): Promise<StagedBlob>
  /** Stores a whole source. Above `bytesMax`, `BODY_TOO_LARGE` at once; any failure leaves nothing behind. */
  write(scope: string, source: AsyncIterable<Buffer>, limits?: { bytesMax?: number }): Promise<StoredBlob>
  /** `NOT_FOUND` if there is no complete blob of that scope and key; `STORAGE_FAULT` if it is damaged. */
  open(scope: string, key: string): Promise<BlobReader>
  /** Removes it, complete or staged. Idempotent. */
  delete(scope: string, key: string): Promise<void>
  /** Every blob, in no order; one that comes or goes meanwhile may be missing. For the sweeper of orphans. */
  list(scope?: string): AsyncIterable<ListedBlob>
  readonly root: StorageRoot
  /** Whether files can be written and read now. */
  health(): Promise<{ ok: true } | { ok: false; detail: string }>
}

/**
 * A store in `folder` (made when first needed; its files are 0600, its folders 0700). `keyOf` gives a scope's
 * 32-byte data key, always the same one; what it throws is passed on. One folder may serve several processes as
 * long as a partial is resumed by one of them at a time.
 */
export function fileBlobStore(options: {
  folder: string
  keyOf: (scope: string) => Promise<Buffer>
}): BlobStore {
  const { folder, keyOf } = options
  const foldersMade = new Set<string>()
  const open = new Set<string>()
  const makeFolder = (path: string): Promise<void> => makeFolderDurably(folder, path, foldersMade)

  async function stagedOptions(scope: string, key: string): Promise<StagedFileOptions> {
    const places = placesOf(folder, scope, key)
    const scopeKey = await keyOf(scope)
    return {
      places,
      identity: { scopeKey, scope, key },
      onEnd: () => open.delete(places.staged),
      publish: async () => {
        await makeFolder(places.finishedFolder)
        await publishStaged(places)
      },
    }
  }

  async function stage(scope: string): Promise<StagedBlob> {
    const staged = await stagedOptions(scope, newId('blob'))
    return orStorageFault('A new file cannot be made', async () => {
      await makeFolder(staged.places.stagingFolder)
      const file = await createStagedFile(staged)
      open.add(staged.places.staged)
      return file
    })
  }

  async function resume(scope: string, key: string): Promise<StagedBlob> {
    const staged = await stagedOptions(scope, key)
    const { places } = staged
    if (await isThere(places.finished))
      throw new AppError('CONFLICT', `The file ${key} is already complete.`, { extra: { isComplete: true } })
    if (open.has(places.staged)) throw new AppError('CONFLICT', `The file ${key} is being written.`)
    open.add(places.staged)
    try {
      return await orStorageFault(`The file ${key} cannot be opened`, () => resumeStagedFile(staged))
    } catch (error) {
      open.delete(places.staged)
      if (isMissing((error as AppError).cause ?? error))
        throw new AppError('NOT_FOUND', `There is no partial file ${key}.`)
      throw error
    }
  }

  return {
    stage,
    resume,

    async write(scope, source, limits = {}) {
      const { bytesMax = Infinity } = limits
      const staged = await stage(scope)
      try {
        for await (const chunk of atMost(source, bytesMax)) {
          await staged.write(staged.size, chunk)
        }
        return await staged.complete()
      } catch (error) {
        // Refused when `complete` was what failed; the files go all the same, and the first error is the one to tell.
        await staged.discard().catch(() => {})
        await removeStaged(placesOf(folder, scope, staged.key)).catch(() => {})
        throw error
      }
    },

    async open(scope, key) {
      const { finished } = placesOf(folder, scope, key)
      const scopeKey = await keyOf(scope)
      return openFinishedFile(await localSource(finished, key), scopeKey, scope, key)
    },

    async delete(scope, key) {
      const places = placesOf(folder, scope, key)
      await orStorageFault(`The file ${key} cannot be removed`, async () => {
        await removeStaged(places)
        await rm(places.finished, { force: true })
        await syncIfThere(places)
      })
    },

    list: (scope) => list(folder, scope),

    root: {
      name: folder,
      markPlace: join(folder, markName),
      readMark: () =>
        readFile(join(folder, markName), 'utf8').catch((error: unknown) => {
          if (isMissing(error)) return undefined
          throw error
        }),
      async makeMark(mark) {
        await makeFolder(folder)
        await createFileDurably(join(folder, markName), Buffer.from(mark))
      },
      replaceMark: (mark) => replaceFileDurably(join(folder, markName), Buffer.from(mark)),
      close: () => Promise.resolve(),
    },

    async health() {
      const probe = join(folder, `.health-${randomCharacters(8)}`)
      try {
        await makeFolder(folder)
        await createFileDurably(probe, Buffer.from(probe))
        const isSame = (await readFile(probe, 'utf8')) === probe
        return isSame
          ? { ok: true }
          : { ok: false, detail: `${folder} gives back other bytes than were written.` }
      } catch (error) {
        return { ok: false, detail: `${folder} cannot be written: ${(error as Error).message}.` }
      } finally {
        await rm(probe, { force: true }).catch(() => {})
      }
    },
  }
}

/** What `source` gives; refuses (`BODY_TOO_LARGE`) the piece with which it is more than `bytesMax`. */
export async function* atMost(source: AsyncIterable<Buffer>, bytesMax: number): AsyncGenerator<Buffer> {
  let bytes = 0
  for await (const chunk of source) {
    bytes += chunk.length
    if (bytes > bytesMax)
      throw new AppError('BODY_TOO_LARGE', `There are more than ${bytesMax} bytes, which is the limit here.`)
    yield chunk
  }
}

async function* list(folder: string, onlyScope: string | undefined): AsyncGenerator<ListedBlob> {
  const scopes = onlyScope === undefined ? namesIn(folder, namePattern) : [onlyScope]
  for await (const scope of scopes) {
    const scopeFolder = scopeFolderOf(folder, scope)
    for await (const key of namesIn(join(scopeFolder, stagingName), namePattern)) {
      const { staged } = placesOf(folder, scope, key)
      const found = await statIfThere(staged)
      if (found) yield { scope, key, staged: true, ...timesOf(found) }
    }
    for await (const shard of namesIn(scopeFolder, shardPattern)) {
      for await (const key of namesIn(join(scopeFolder, shard), namePattern)) {
        const found = await statIfThere(join(scopeFolder, shard, key))
        if (found) yield { scope, key, staged: false, ...timesOf(found) }
      }
    }
  }
}

export function timesOf({ mtime }: { readonly mtime: Date }): Pick<ListedBlob, 'modifiedAt' | 'idleMs'> {
  return { modifiedAt: mtime, idleMs: Date.now() - mtime.getTime() }
}

/** The entries of a folder whose name fits; none if the folder is not there. */
export async function* namesIn(folder: string, pattern: RegExp): AsyncGenerator<string> {
  const entries = await opendir(folder).catch((error: unknown) => {
    if (isMissing(error) || (error as NodeJS.ErrnoException).code === 'ENOTDIR') return null
    throw new AppError('STORAGE_FAULT', `${folder} cannot be listed: ${(error as Error).message}.`, {
      cause: error,
    })
  })
  if (entries === null) return
  for await (const entry of entries) if (pattern.test(entry.name)) yield entry.name
}

export async function statIfThere(path: string) {
  try {
    return await stat(path)
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

async function isThere(path: string): Promise<boolean> {
  return (await statIfThere(path)) !== null
}

async function syncIfThere(places: BlobPlaces): Promise<void> {
  for (const folder of [places.stagingFolder, places.finishedFolder])
    if (await isThere(folder)) await syncFolder(folder)
}
