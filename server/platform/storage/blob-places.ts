/** Where the files of a blob lie, and what a file system's refusal is called. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { AppError } from '../errors.ts'

/**
 * `<folder>/<scope>/staging/<key>` while it is written, with `.index` and `.tmp` beside it, and
 * `<folder>/<scope>/<first byte of the key's SHA-256 in hex>/<key>` once it is finished.
 */
export interface BlobPlaces {
  readonly stagingFolder: string
  readonly staged: string
  readonly index: string
  readonly temporary: string
  readonly finishedFolder: string
  readonly finished: string
}

export const stagingName = 'staging'
export const shardPattern = /^[0-9a-f]{2}$/
/** No dot, no slash: neither a scope nor a key can lead anywhere else. */
export const namePattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/

/** Refuses (`VALIDATION_FAILED`) a scope or key that is no plain name. */
export function placesOf(folder: string, scope: string, key: string): BlobPlaces {
  if (!namePattern.test(key)) throw notAName('key', key)
  const scopeFolder = scopeFolderOf(folder, scope)
  const stagingFolder = join(scopeFolder, stagingName)
  const finishedFolder = join(scopeFolder, createHash('sha256').update(key).digest('hex').slice(0, 2))
  const staged = join(stagingFolder, key)
  return {
    stagingFolder,
    staged,
    index: `${staged}.index`,
    temporary: `${staged}.tmp`,
    finishedFolder,
    finished: join(finishedFolder, key),
  }
}

export function scopeFolderOf(folder: string, scope: string): string {
  if (!namePattern.test(scope)) throw notAName('scope', scope)
  return join(folder, scope)
}

function notAName(what: string, value: string): AppError {
  return new AppError(
    'VALIDATION_FAILED',
    `${JSON.stringify(value.slice(0, 100))} is no ${what} of a stored file: 1 to 100 of A-Z a-z 0-9 _ -, not beginning with _ or -.`,
  )
}

export function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT'
}

/** Runs `work`; what the file system refuses becomes `STORAGE_FAULT` ("… cannot be <done>: <why>"). */
export async function orStorageFault<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const { code, errno } = error as NodeJS.ErrnoException
    // Only the system's refusals have a number.
    if (code === undefined || errno === undefined) throw error
    const why = code === 'ENOSPC' || code === 'EDQUOT' ? `no space is left (${code})` : code
    throw new AppError('STORAGE_FAULT', `${what}: ${why}.`, { cause: error })
  }
}
