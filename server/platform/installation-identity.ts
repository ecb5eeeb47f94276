/**
 * What makes two nodes parts of one installation: the same master key, and the same storage. Both are checked at every
 * start, before anything is written under a wrong one.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql, type Database } from './db/database.ts'
import { AppError } from './errors.ts'
import { randomCharacters } from './ids.ts'
import { keyedHash, unwrapKey, wrapKey } from './secrets.ts'
import { createFileDurably, makeFolderDurably } from './storage/durable-files.ts'

const keyCheck = 'master-key-check'
const storageIdentity = 'storage-id'
/** Lies at the top of the storage's folder; no blob and no scope begins with a dot. */
export const markerName = '.vouchsafe-storage'

async function secret(db: Database, name: string): Promise<Buffer | undefined> {
  const row = await db.installation((tx) =>
    tx.maybeOne<{ wrapped: Buffer }>(sql`select wrapped from installation_secrets where name = ${name}`),
  )
  return row?.wrapped
}

/** Keeps the first: of two nodes that start at once, one is measured by what the other left. */
async function keepSecret(db: Database, name: string, wrapped: Buffer, now: Date): Promise<Buffer> {
  await db.installation((tx) =>
    tx.run(sql`insert into installation_secrets (name, wrapped, created_at) values (${name}, ${wrapped}, ${now})
      on conflict (name) do nothing`),
  )
  return (await secret(db, name)) as Buffer
}

/**
 * Refuses (`SETTING_INVALID`) a master key that is not the one of this database: what would be made under it could be read
 * by no other node. The first key that comes to a database is its key.
 *
 * @param options.opensOldest whether the key opens what there is already: asked once, where no check value is kept yet
 * @param options.given where the key is from, for the refusal's text
 */
export async function assertMasterKeyFits(
  db: Database,
  options: {
    readonly masterKey: Buffer
    readonly given: string
    readonly now: Date
    opensOldest(): Promise<unknown>
  },
): Promise<void> {
  const { masterKey, given, now } = options
  try {
    let wrapped = await secret(db, keyCheck)
    if (wrapped === undefined) {
      await options.opensOldest()
      wrapped = await keepSecret(db, keyCheck, wrapKey(masterKey, keyCheck, Buffer.from(keyCheck)), now)
    }
    unwrapKey(masterKey, keyCheck, wrapped)
  } catch (cause) {
    if (!(cause instanceof AppError) || cause.code !== 'SETTING_INVALID') throw cause
    throw new AppError(
      'SETTING_INVALID',
      `The master key ${given} does not open the keys in this database. Every node needs the key of the first one: ` +
        `set MASTER_KEY to the content of its DATA_DIR/keys/master.key, or put that file back from a backup.`,
      { cause },
    )
  }
}

/**
 * Refuses (`SETTING_INVALID`) a folder that is not the storage of this database: another one, an empty mount point, or one
 * that belongs to another installation. The first folder that comes to a database is marked as its storage.
 */
export async function assertStorageFits(
  db: Database,
  options: { readonly masterKey: Buffer; readonly folder: string; readonly now: Date },
): Promise<void> {
  const { masterKey, folder, now } = options
  const path = join(folder, markerName)
  const marker = (id: string): string =>
    `${id} ${keyedHash(masterKey, storageIdentity, id).toString('hex').slice(0, 32)}`
  const read = async (): Promise<string | undefined> => {
    try {
      return (await readFile(path, 'utf8')).trim()
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw cannot(folder, error)
    }
  }
  const refuse = (expected: string, found: string): never => {
    throw new AppError(
      'SETTING_INVALID',
      `${folder} is not the storage of this database: ${found}. Every node needs the storage of the first one, on a file ` +
        `system that they share: set STORAGE_URL to file:FOLDER, or mount it before the start. If the files were moved, ` +
        `move ${markerName} with them; if they are lost for good, write "${expected}" into ${path}.`,
    )
  }

  let found = await read()
  const known = await secret(db, storageIdentity)
  if (known === undefined) {
    // The marker first: a crash before the row leaves a folder whose marker the next start takes up.
    if (found === undefined) {
      await makeFolderDurably(folder, folder)
        .then(() => createFileDurably(path, Buffer.from(`${marker(randomCharacters(16))}\n`)))
        .catch((error: unknown) => {
          throw cannot(folder, error)
        })
      found = (await read()) ?? ''
    }
    const [id = ''] = found.split(' ')
    if (found !== marker(id))
      throw new AppError(
        'SETTING_INVALID',
        `${folder} holds the files of another installation (${path}). Set STORAGE_URL to a folder of this one's own.`,
      )
    await keepSecret(db, storageIdentity, wrapKey(masterKey, storageIdentity, Buffer.from(id)), now)
  }
  const wrapped = known ?? (await secret(db, storageIdentity))
  const expected = marker(unwrapKey(masterKey, storageIdentity, wrapped as Buffer).toString())
  if (found === undefined) refuse(expected, `it has no ${markerName}`)
  if (found !== expected) refuse(expected, `its ${markerName} names another one`)
}

const cannot = (folder: string, error: unknown): AppError =>
  new AppError('SETTING_INVALID', `The storage ${folder} cannot be used: ${(error as Error).message}.`, {
    cause: error,
  })
