/**
 * What makes two nodes parts of one installation: the same master key, and the same storage. Both are checked at every
 * start, before anything is written under a wrong one.
 */
import { sql, type Database } from './db/database.ts'
import { AppError } from './errors.ts'
import { randomCharacters } from './ids.ts'
import { keyedHash, rewrap, unwrapKey, wrapKey } from './secrets.ts'
import { markName, type StorageRoot } from './storage/storage.ts'

const keyCheck = 'master-key-check'
const storageIdentity = 'storage-id'

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
    /** All that may open what is kept, `masterKey` first. */
    readonly masterKeys: readonly Buffer[]
    readonly given: string
    readonly now: Date
    opensOldest(): Promise<unknown>
  },
): Promise<void> {
  const { masterKey, masterKeys, given, now } = options
  try {
    let wrapped = await secret(db, keyCheck)
    if (wrapped === undefined) {
      await options.opensOldest()
      wrapped = await keepSecret(db, keyCheck, wrapKey(masterKey, keyCheck, Buffer.from(keyCheck)), now)
    }
    unwrapKey(masterKeys, keyCheck, wrapped)
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
 * Refuses (`SETTING_INVALID`) a folder or bucket that is not the storage of this database: another one, an empty mount point,
 * or one that belongs to another installation. The first that comes to a database is marked as its storage.
 */
export async function assertStorageFits(
  db: Database,
  options: { readonly masterKeys: readonly Buffer[]; readonly root: StorageRoot; readonly now: Date },
): Promise<void> {
  const { masterKeys, root, now } = options
  const [masterKey] = masterKeys as [Buffer]
  const mark = (id: string): string => markOf(masterKey, id)
  const read = async (): Promise<string | undefined> => (await orCannot(root, root.readMark))?.trim()
  const refuse = (expected: string, found: string): never => {
    throw new AppError(
      'SETTING_INVALID',
      `${root.name} is not the storage of this database: ${found}. Every node needs the storage of the first one: set ` +
        `STORAGE_URL to it, a folder (file:FOLDER) on a file system that they share, mounted before the start, or a bucket ` +
        `(s3://BUCKET?…). If the files were moved, move ${markName} with them; if they are lost for good, write "${expected}" into ${root.markPlace}.`,
    )
  }

  let found = await read()
  const known = await secret(db, storageIdentity)
  if (known === undefined) {
    // The mark first: a crash before the row leaves a storage whose mark the next start takes up.
    if (found === undefined) {
      await orCannot(root, () => root.makeMark(`${mark(randomCharacters(16))}\n`))
      found = (await read()) ?? ''
    }
    const [id = ''] = found.split(' ')
    if (!masterKeys.some((key) => found === markOf(key, id)))
      throw new AppError(
        'SETTING_INVALID',
        `${root.name} holds the files of another installation (${root.markPlace}). Set STORAGE_URL to a folder or prefix of this one's own.`,
      )
    await keepSecret(db, storageIdentity, wrapKey(masterKey, storageIdentity, Buffer.from(id)), now)
  }
  const wrapped = known ?? (await secret(db, storageIdentity))
  const id = unwrapKey(masterKeys, storageIdentity, wrapped as Buffer).toString()
  const expected = mark(id)
  if (found === undefined) refuse(expected, `it has no ${markName}`)
  if (!masterKeys.some((key) => found === markOf(key, id)))
    refuse(expected, `its ${markName} names another one`)
}

const markOf = (masterKey: Buffer, id: string): string =>
  `${id} ${keyedHash(masterKey, storageIdentity, id).toString('hex').slice(0, 32)}`

/**
 * Wraps anew, by the first of the keys, what of the installation's secrets another one wrapped, and the storage's mark. The
 * check of the master key comes last: a node that has only the first key starts once everything is open to it.
 *
 * @returns how many secrets were wrapped anew
 */
export async function rewrapInstallation(
  db: Database,
  options: { readonly masterKeys: readonly Buffer[]; readonly root: StorageRoot },
): Promise<number> {
  const { masterKeys, root } = options
  const [masterKey] = masterKeys as [Buffer]
  const wrappedId = await secret(db, storageIdentity)
  if (wrappedId !== undefined) {
    const expected = markOf(masterKey, unwrapKey(masterKeys, storageIdentity, wrappedId).toString())
    if ((await orCannot(root, root.readMark))?.trim() !== expected)
      await orCannot(root, () => root.replaceMark(`${expected}\n`))
  }
  const names = await db.installation((tx) =>
    tx.rows<{ name: string }>(sql`select name from installation_secrets order by name = ${keyCheck}, name`),
  )
  let rewrapped = 0
  for (const { name } of names)
    rewrapped += await db.installation(async (tx) => {
      const row = await tx.maybeOne<{ wrapped: Buffer }>(
        sql`select wrapped from installation_secrets where name = ${name} for update`,
      )
      if (!row) return 0
      const anew = rewrap(masterKeys, name, row.wrapped)
      if (anew === undefined) return 0
      await tx.run(sql`update installation_secrets set wrapped = ${anew} where name = ${name}`)
      return 1
    })
  return rewrapped
}

async function orCannot<T>(root: StorageRoot, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw new AppError(
      'SETTING_INVALID',
      `The storage ${root.name} cannot be used: ${(error as Error).message.replace(/\.$/, '')}.`,
      { cause: error },
    )
  }
}
