/**
 * Published lists: registers that are published as files, and what stands in them.
 *
 * Owns: the versions of each list, with their files and rows. Words: a *version* is what was published at a time; the one that
 * *counts* is the last that was applied. Promises: a file that cannot be read whole changes nothing; one that lost much of what
 * was there waits for a person, and the version before it counts meanwhile; what any version said stays known.
 */
import { createHash } from 'node:crypto'
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { AppError } from '../../platform/errors.ts'
import type { Runtime } from '../../platform/runtime.ts'
import type { StoredBlob } from '../../platform/storage/storage.ts'
import { releaseBlobs, type BlobOwner } from '../../platform/storage/sweeper.ts'
import { readList } from './published-lists.read.ts'
import { foldNumber, identityOf } from './published-lists.rows.rules.ts'
import type { ListChangeAttributes, ListReading, ListRow, ListVersion } from './published-lists.schema.ts'
import * as store from './published-lists.store.ts'

export { listBytesMax, readList } from './published-lists.read.ts'
export { listIndex, type ListIndex } from './published-lists.index.ts'
export type { ListRow, ListVersion } from './published-lists.schema.ts'
export type { EntryRow, ListState } from './published-lists.store.ts'

export const publishedListBlobs: BlobOwner = {
  columns: ['published_list_versions.blob_key'],
  neededOf: store.neededBlobs,
}

export interface ReceivedList {
  readonly register: string
  readonly reading: ListReading
  readonly rows: readonly ListRow[]
  readonly origin: 'UPLOADED' | 'FETCHED'
  readonly fileName: string
  readonly blob: StoredBlob
  readonly etag?: string | null
  readonly lastModified?: string | null
}

/** Reads a file that was stored. Refuses (FILE_FAULTY) with what is wrong, where, and how to mend it. */
export async function readStoredList(
  runtime: Runtime,
  organisationId: string,
  blob: Pick<StoredBlob, 'key'>,
  reading: ListReading,
): Promise<ListRow[]> {
  const reader = await runtime.storage.open(organisationId, blob.key)
  try {
    return await readList(reader.stream(), reading)
  } finally {
    await reader.close()
  }
}

const hashOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 32)

/** Two rows of one identity are told apart by their order. */
function keyed(rows: readonly ListRow[]): store.KeyedRow[] {
  const met = new Map<string, number>()
  return rows.map((row) => {
    const identity = identityOf(row)
    const before = met.get(identity) ?? 0
    met.set(identity, before + 1)
    return {
      key: hashOf(before === 0 ? identity : `${identity}#${before}`),
      hash: hashOf(row),
      numberFolded: foldNumber(row.number),
      row,
    }
  })
}

/**
 * Takes a file that was read as the list's next version: applied, or held where it has lost more than the settings allow. The
 * same bytes as those that count, or wait, are no new version.
 */
export async function receiveList(
  ctx: WriteContext,
  list: ReceivedList,
): Promise<{ readonly version: ListVersion; readonly isNew: boolean }> {
  const { register, reading, rows, origin, fileName, blob, etag = null, lastModified = null } = list
  const before = await store.lockList(ctx, register)
  await store.stageRows(ctx, keyed(rows))
  const difference = await store.differenceOf(ctx, register)
  const same = await store.findSame(ctx, register, blob.sha256)
  // Read with other settings, the same bytes may say something else.
  const isOther = difference.added + difference.removed + difference.changed > 0
  if (same && (same.status === 'HELD' || !isOther)) {
    await releaseBlobs(ctx, [blob.key])
    if (same.status === 'APPLIED') await confirm(ctx, register, { version: same.number, etag, lastModified })
    return { version: present(same), isNew: false }
  }
  const isHeld = before.version !== null && difference.removed > difference.before * reading.heldWhenLost
  const id = ctx.newId('listVersion')
  const number = await store.insertVersion(ctx, {
    id,
    register,
    status: isHeld ? 'HELD' : 'APPLIED',
    origin,
    fileName,
    blob,
    rows: rows.length,
    difference,
    etag,
    lastModified,
  })
  await ctx.audit({
    entityType: 'register',
    entityId: register,
    action: isHeld ? 'holdList' : 'applyList',
    changes: { version: number, origin, rows: rows.length, ...difference },
  })
  if (isHeld) await ctx.emit({ type: 'list.held', data: { register, versionId: id } })
  else await count(ctx, register, { number, etag, lastModified })
  return { version: await getVersion(ctx, register, id), isNew: true }
}

/** The staged rows count from now on. */
async function count(
  ctx: WriteContext,
  register: string,
  { number, etag, lastModified }: { number: number; etag: string | null; lastModified: string | null },
): Promise<void> {
  await store.exchangeRows(ctx, register, number)
  await store.supersedeOthers(ctx, register, number)
  await store.saveState(ctx, register, { version: number, etag, lastModified })
  await ctx.emit({ type: 'list.changed', data: { register, version: number } })
}

/** The publisher says that nothing has changed since the version that counts. */
export async function confirmList(ctx: WriteContext, register: string): Promise<void> {
  const { version, etag, lastModified } = await store.lockList(ctx, register)
  if (version !== null) await confirm(ctx, register, { version, etag, lastModified })
}

async function confirm(
  ctx: WriteContext,
  register: string,
  seen: Parameters<typeof store.saveState>[2],
): Promise<void> {
  await store.saveState(ctx, register, seen)
  await ctx.emit({ type: 'list.confirmed', data: { register } })
}

/**
 * Lets a version that is held count. @param rows as read from its file with the settings of now
 * Refuses LIST_STATE when it is not held any more.
 */
export async function applyHeld(
  ctx: WriteContext,
  register: string,
  id: string,
  rows: readonly ListRow[],
): Promise<ListVersion> {
  const held = await lockedHeld(ctx, register, id)
  await store.stageRows(ctx, keyed(rows))
  const difference = await store.differenceOf(ctx, register)
  await store.saveStatus(ctx, id, 'APPLIED', difference)
  await count(ctx, register, held)
  await ctx.audit({
    entityType: 'register',
    entityId: register,
    action: 'applyList',
    changes: { version: held.number, ...difference },
  })
  return getVersion(ctx, register, id)
}

/** Puts a version that is held aside; the one before it goes on counting. Refuses LIST_STATE when it is not held any more. */
export async function rejectHeld(ctx: WriteContext, register: string, id: string): Promise<ListVersion> {
  const held = await lockedHeld(ctx, register, id)
  await store.saveStatus(ctx, id, 'REJECTED', { ...held, before: 0 })
  await ctx.audit({
    entityType: 'register',
    entityId: register,
    action: 'rejectList',
    changes: { version: held.number },
  })
  return getVersion(ctx, register, id)
}

async function lockedHeld(ctx: WriteContext, register: string, id: string): Promise<store.VersionRow> {
  await store.lockList(ctx, register)
  const row = await store.findVersion(ctx, register, id)
  if (!row) throw notFound()
  if (row.status !== 'HELD')
    throw new AppError('LIST_STATE', `The version ${row.number} of the list is ${row.status}, not HELD.`)
  return row
}

const notFound = (): AppError => new AppError('NOT_FOUND', 'There is no such version of the list.')

function present(row: store.VersionRow): ListVersion {
  const { register, number, status, origin, fileName, sha256, rows, added, removed, changed } = row
  const { receivedAt, appliedAt, updatedAt } = row
  return {
    id: row.id,
    lastUpdated: updatedAt,
    attributes: {
      register,
      number,
      status,
      origin,
      fileName,
      bytes: Number(row.bytes),
      sha256,
      rows,
      added,
      removed,
      changed,
      receivedAt,
      appliedAt,
    },
  }
}

export async function getVersion(ctx: ReadContext, register: string, id: string): Promise<ListVersion> {
  const row = await store.findVersion(ctx, register, id)
  if (!row) throw notFound()
  return present(row)
}

/** Where the file of a version lies. */
export async function blobOfVersion(
  ctx: ReadContext,
  register: string,
  id: string,
): Promise<{ key: string }> {
  const row = await store.findVersion(ctx, register, id)
  if (!row) throw notFound()
  return { key: row.blobKey }
}

/** Newest first. */
export async function listVersions(
  ctx: ReadContext,
  register: string,
  page: Parameters<typeof store.findVersions>[2],
): Promise<{ versions: ListVersion[]; total: number }> {
  const rows = await store.findVersions(ctx, register, page)
  return { versions: rows.map(present), total: await store.countVersions(ctx, register, page.since) }
}

/** What became other with a version, by key: nothing of one that was never applied. */
export async function listChanges(
  ctx: ReadContext,
  register: string,
  id: string,
  page: Parameters<typeof store.changesOf>[3],
): Promise<{ changes: { key: string; attributes: ListChangeAttributes }[]; total: number; at: Date }> {
  const { attributes, lastUpdated } = await getVersion(ctx, register, id)
  const isApplied = attributes.appliedAt !== null
  const rows = isApplied ? await store.changesOf(ctx, register, attributes.number, page) : []
  return {
    at: lastUpdated,
    total: isApplied ? attributes.added + attributes.removed + attributes.changed : 0,
    changes: rows.map(({ key, before, after }) => ({
      key,
      attributes: {
        change: before === null ? 'ADDED' : after === null ? 'REMOVED' : 'CHANGED',
        before: before && shownRow(before),
        after: after && shownRow(after),
      },
    })),
  }
}

const shownRow = (row: ListRow): NonNullable<ListChangeAttributes['before']> => ({
  ...row,
  otherNames: [...row.otherNames],
})

/** Undefined for a list of which no file ever came. */
export const listState = store.findState
export const listStates = store.findStates
/** The rows of the version that counts, by key. */
export const listEntries = store.presentEntries

/** The rows of the version that counts with just this number, however it is written. */
export async function entriesOfNumber(
  ctx: ReadContext,
  register: string,
  number: string,
): Promise<store.EntryRow[]> {
  const folded = foldNumber(number)
  return folded === null ? [] : store.entriesWithNumber(ctx, register, folded)
}

/** The file is to be read otherwise: the next fetch takes it whole. */
export const readAnew = store.forgetTags
/** The register is read from a file no more. What its versions said stays known. */
export const forgetList = store.deleteState

/** When each list was last known to be what is published, by an instant; nothing of one that was not yet. */
export async function confirmedBy(ctx: ReadContext, at: Date): Promise<ReadonlyMap<string, Date>> {
  return new Map(
    (await store.confirmations(ctx, at)).map(({ register, confirmedAt }) => [register, confirmedAt]),
  )
}
