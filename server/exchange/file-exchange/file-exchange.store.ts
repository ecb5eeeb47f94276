/** The table `exchange_files`: the files of the virtual tree. */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { sql } from '../../platform/db/database.ts'
import type { FileRow } from './file-exchange.schema.ts'

const columns = sql`id, folder, name, state, account_id as "accountId", blob_key as "blobKey", bytes, sha256,
  client_modified_at as "clientModifiedAt", modified_at as "modifiedAt", writer`

/**
 * Changes of an organisation's tree one after the other, until the transaction ends: so that names cannot clash, and
 * files arrive in the order in which they became complete.
 */
export async function lockTree({ tx, organisationId }: WriteContext): Promise<void> {
  await tx.rows(sql`select pg_advisory_xact_lock(hashtextextended('file-exchange:' || ${organisationId}, 0))`)
}

export function completeFile(
  { tx, organisationId }: ReadContext,
  folder: string,
  name: string,
): Promise<FileRow | undefined> {
  return tx.maybeOne<FileRow>(sql`select ${columns} from exchange_files
    where organisation_id = ${organisationId} and folder = ${folder} and name = ${name} and state = 'COMPLETE'`)
}

export function partialFile(
  { tx, organisationId }: ReadContext,
  folder: string,
  name: string,
  accountId: string,
): Promise<FileRow | undefined> {
  return tx.maybeOne<FileRow>(sql`select ${columns} from exchange_files where organisation_id = ${organisationId}
    and folder = ${folder} and name = ${name} and account_id = ${accountId} and state = 'PARTIAL'`)
}

/** What an account finds under a name: the complete file, then its own partial, each if there is one. */
export function filesNamed(
  { tx, organisationId }: ReadContext,
  folder: string,
  name: string,
  accountId: string,
): Promise<FileRow[]> {
  return tx.rows<FileRow>(sql`select ${columns} from exchange_files
      where organisation_id = ${organisationId} and folder = ${folder} and name = ${name} and state = 'COMPLETE'
    union all select ${columns} from exchange_files where organisation_id = ${organisationId}
      and folder = ${folder} and name = ${name} and account_id = ${accountId} and state = 'PARTIAL'
    order by state`)
}

/** Removes an account's partial. The row as it was; undefined when there is none. */
export function removePartial(
  { tx, organisationId }: WriteContext,
  folder: string,
  name: string,
  accountId: string,
): Promise<FileRow | undefined> {
  return tx.maybeOne<FileRow>(sql`delete from exchange_files where organisation_id = ${organisationId}
    and folder = ${folder} and name = ${name} and account_id = ${accountId} and state = 'PARTIAL' returning ${columns}`)
}

export function fileById({ tx, organisationId }: ReadContext, id: string): Promise<FileRow | undefined> {
  return tx.maybeOne<FileRow>(
    sql`select ${columns} from exchange_files where organisation_id = ${organisationId} and id = ${id}`,
  )
}

/** How many bytes the account's files take, its partials and archived ones included. */
export async function storedBytes({ tx, organisationId }: ReadContext, accountId: string): Promise<number> {
  const { bytes } = await tx.one<{ bytes: number }>(sql`select coalesce(sum(bytes), 0)::bigint as bytes
    from exchange_files where organisation_id = ${organisationId} and account_id = ${accountId}`)
  return bytes
}

/** The files that have this blob. */
export function filesOfBlob({ tx, organisationId }: ReadContext, blobKey: string): Promise<FileRow[]> {
  return tx.rows<FileRow>(
    sql`select ${columns} from exchange_files where organisation_id = ${organisationId} and blob_key = ${blobKey}`,
  )
}

/**
 * The next files in a folder that an account sees, by name, after that one: everything complete, and its own partials, which
 * hide older files of their names.
 */
export function filesAfter(
  { tx, organisationId }: ReadContext,
  folder: string,
  accountId: string,
  name: string,
  limit: number,
): Promise<FileRow[]> {
  // Two halves, since of one `or` neither index could be used.
  return tx.rows<FileRow>(sql`(
      select ${columns} from exchange_files complete
      where organisation_id = ${organisationId} and folder = ${folder} and state = 'COMPLETE' and name > ${name}
        and not exists (select from exchange_files own where own.organisation_id = ${organisationId} and own.folder = ${folder}
          and own.name = complete.name and own.account_id = ${accountId} and own.state = 'PARTIAL')
      order by name limit ${limit}
    ) union all (
      select ${columns} from exchange_files where organisation_id = ${organisationId} and folder = ${folder}
        and account_id = ${accountId} and state = 'PARTIAL' and name > ${name}
      order by name limit ${limit}
    ) order by name limit ${limit}`)
}

/** The complete files of a folder. */
export function completeFilesIn({ tx, organisationId }: ReadContext, folder: string): Promise<FileRow[]> {
  return tx.rows<FileRow>(sql`select ${columns} from exchange_files
    where organisation_id = ${organisationId} and folder = ${folder} and state = 'COMPLETE' order by name`)
}

/** The names in a folder that are like this one or begin with its stem: those that a free name must differ from. */
export async function namesLike(
  { tx, organisationId }: ReadContext,
  folder: string,
  stem: string,
): Promise<Set<string>> {
  const rows = await tx.rows<{
    name: string
  }>(sql`select name from exchange_files where organisation_id = ${organisationId}
    and folder = ${folder} and state = 'COMPLETE' and starts_with(name, ${stem})`)
  return new Set(rows.map((row) => row.name))
}

export async function insertFile(ctx: WriteContext, file: FileRow): Promise<void> {
  await ctx.tx.run(sql`insert into exchange_files
    (organisation_id, id, folder, name, state, account_id, blob_key, bytes, sha256, client_modified_at, modified_at, writer)
    values (${ctx.organisationId}, ${file.id}, ${file.folder}, ${file.name}, ${file.state}, ${file.accountId}, ${file.blobKey},
      ${file.bytes}, ${file.sha256}, ${file.clientModifiedAt}, ${file.modifiedAt}, ${file.writer ?? null})`)
}

/**
 * A process takes a partial to write to it, from the one that had it when it was read, if any; from now on every other one
 * is refused. The key of its blob; undefined when it was completed, removed or taken meanwhile.
 */
export async function claimPartial(
  ctx: WriteContext,
  row: FileRow,
  writer: string,
): Promise<string | undefined> {
  const claimed = await ctx.tx.maybeOne<{ blobKey: string }>(sql`update exchange_files set writer = ${writer}
    where organisation_id = ${ctx.organisationId} and id = ${row.id} and state = 'PARTIAL'
      and (writer is null or writer = ${row.writer ?? null}) returning blob_key as "blobKey"`)
  return claimed?.blobKey
}

/** What was written so far lies in another blob now. False when another process took the partial. */
export async function movePartial(
  ctx: WriteContext,
  id: string,
  writer: string,
  blobKey: string,
): Promise<boolean> {
  const changed = await ctx.tx.run(sql`update exchange_files set blob_key = ${blobKey}
    where organisation_id = ${ctx.organisationId} and id = ${id} and state = 'PARTIAL' and writer = ${writer}`)
  return changed === 1
}

/** A partial becomes whole: how it is now. Undefined when it is no longer there, or another process took it. */
export function completePartial(
  ctx: WriteContext,
  id: string,
  writer: string,
  blob: { key: string; bytes: number; sha256: string },
  clientModifiedAt: Date | null,
): Promise<FileRow | undefined> {
  return ctx.tx
    .maybeOne<FileRow>(sql`update exchange_files set state = 'COMPLETE', blob_key = ${blob.key}, bytes = ${blob.bytes},
      sha256 = ${blob.sha256}, client_modified_at = ${clientModifiedAt}, modified_at = ${ctx.now}, writer = null
    where organisation_id = ${ctx.organisationId} and id = ${id} and state = 'PARTIAL' and writer = ${writer}
    returning ${columns}`)
}

/** Its writer leaves a partial: how much of it there is. False when it is no longer there, or another process took it. */
export async function leavePartial(
  ctx: WriteContext,
  id: string,
  writer: string,
  bytes: number,
): Promise<boolean> {
  const changed = await ctx.tx
    .run(sql`update exchange_files set bytes = ${bytes}, modified_at = ${ctx.now}, writer = null
    where organisation_id = ${ctx.organisationId} and id = ${id} and state = 'PARTIAL' and writer = ${writer}`)
  return changed === 1
}

export async function saveClientTime(ctx: WriteContext, id: string, clientModifiedAt: Date): Promise<void> {
  await ctx.tx.run(sql`update exchange_files set client_modified_at = ${clientModifiedAt}
    where organisation_id = ${ctx.organisationId} and id = ${id}`)
}

/**
 * Puts a complete file elsewhere, as another version (another id) or as the same one. With `keptSince` its retention counts
 * from then instead of from when it was complete.
 */
export async function moveFile(
  ctx: WriteContext,
  id: string,
  to: { id: string; folder: string; name: string; keptSince?: Date },
): Promise<void> {
  await ctx.tx.run(sql`update exchange_files set id = ${to.id}, folder = ${to.folder}, name = ${to.name},
      kept_since = coalesce(${to.keptSince ?? null}::timestamptz, kept_since)
    where organisation_id = ${ctx.organisationId} and id = ${id} and state = 'COMPLETE'`)
}

/** False when it was gone already. */
export async function deleteFile(ctx: WriteContext, id: string): Promise<boolean> {
  const deleted = await ctx.tx.run(
    sql`delete from exchange_files where organisation_id = ${ctx.organisationId} and id = ${id}`,
  )
  return deleted === 1
}
