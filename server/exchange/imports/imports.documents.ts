/**
 * A ZIP archive of documents becomes attachments of credentials (spec 40, Over SFTP).
 *
 * Row by row of its manifest: the file is unpacked into the storage, looked at as one that came by the API, and kept in one
 * transaction with the row's result. So a crash loses at most the row it struck, whose bytes the sweeper finds, and the next
 * start goes on behind the last row that is done. Nothing is planned or held: a document changes no one's status by itself.
 */
import { inspectUpload, receiveAttachment } from '../../evidence/attachments/attachments.ts'
import { attachmentBytesMax } from '../../evidence/attachments/attachments.schema.ts'
import { AppError } from '../../platform/errors.ts'
import type { ReadContext } from '../../platform/context.ts'
import { isRetryable } from '../../platform/db/database.ts'
import { bestEffort } from '../../platform/log.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { settingsOf } from '../../tenancy/organisations/organisations.ts'
import { catalogueOf, mappingsOf } from '../../workforce/credential-types/credential-types.ts'
import { credentialsOfHolder } from '../../workforce/credentials/credentials.ts'
import { getWorkerByExternalId } from '../../workforce/workers/workers.ts'
import { openArchive, type Archive } from './imports.archive.ts'
import type { ArchiveEntry } from './imports.archive-names.rules.ts'
import { baseName, foldPath, manifestAmong } from './imports.archive-names.rules.ts'
import { openCsv } from './imports.csv.ts'
import { documentRow, type DocumentRow, type WantedDocument } from './imports.document-rows.rules.ts'
import * as documentStore from './imports.documents.store.ts'
import { callerOf } from './imports.ends.ts'
import { fileFaulty } from '../../platform/file-faults.ts'
import type { RowMessage, RowRule } from './imports.row-judgement.rules.ts'
import { columnsOf, rowContext } from './imports.stage.ts'
import * as store from './imports.store.ts'
import type { Note } from './imports.table.schema.ts'

/** A list of files, however many; what is longer was made to be. */
const manifestBytesMax = 16_777_216
const unnamedShown = 10
const attemptsMax = 5

/**
 * Takes in every row that is not done yet; the run is APPLYING then, with its counts. Throws FILE_FAULTY for a fault of the
 * archive or the manifest as a whole, before anything is kept; and what may pass, to be tried again.
 */
export async function takeDocuments(
  runtime: Runtime,
  organisationId: string,
  run: store.RunRow,
): Promise<void> {
  const reader = await runtime.storage.open(organisationId, run.blob_key)
  try {
    const archive = await openArchive(reader)
    try {
      const manifest = await readManifest(runtime, organisationId, run, archive)
      const done = await runtime.read(organisationId, callerOf(run), (ctx) =>
        documentStore.doneRows(ctx, run.id),
      )
      for (const row of manifest.rows)
        if (!done.has(row.row)) await takeRow(runtime, organisationId, run, archive, row)
      await runtime.write(organisationId, callerOf(run), async (ctx) => {
        const counts = await documentStore.countDone(ctx, run.id)
        const moved = await store.moveRun(ctx, run.id, ['PLANNING'], {
          status: 'APPLYING',
          header: manifest.header,
          notes: manifest.notes,
          counts,
        })
        if (moved)
          await ctx.audit({
            entityType: 'import',
            entityId: run.id,
            action: 'apply',
            runId: run.id,
            changes: { counts },
          })
      })
    } finally {
      archive.close()
    }
  } finally {
    await reader.close()
  }
}

interface Manifest {
  readonly header: readonly string[]
  readonly rows: readonly DocumentRow[]
  readonly notes: readonly Note[]
}

async function readManifest(
  runtime: Runtime,
  organisationId: string,
  run: store.RunRow,
  archive: Archive,
): Promise<Manifest> {
  const { settings, mappings, catalogue } = await runtime.read(
    organisationId,
    callerOf(run),
    async (ctx) => ({
      settings: await settingsOf(ctx),
      mappings: (await mappingsOf(ctx)).byCode,
      catalogue: await catalogueOf(ctx),
    }),
  )
  const path = manifestPath(archive)
  const folder = path.slice(0, path.length - baseName(path).length)
  const table = await openCsv(archive.read(path), {
    rowsMax: settings['import.maxRows'],
    bytesMax: manifestBytesMax,
  })
  const columns = columnsOf(table.header, run)
  const rules = rowContext(columns, { settings, mappings, catalogue })
  const find = (name: string): ArchiveEntry | undefined =>
    archive.entries.get(`${folder}${name}`) ?? archive.entries.get(name)
  const rows: DocumentRow[] = []
  for await (const batch of table.batches)
    for (const record of batch) rows.push(documentRow(record, rules, find, attachmentBytesMax))

  // One small entry that is named ten thousand times is a bomb as well.
  const unpacked = rows.reduce((sum, { wanted }) => sum + bytesOf(archive, wanted), 0)
  if (unpacked > archive.unpackedMax)
    throw fileFaulty(
      'ARCHIVE_TOO_LARGE',
      `The rows of ${path} name files of ${unpacked} bytes in all; at most ${archive.unpackedMax} are taken from an archive of this size. Name each file once for each credential, or send several archives.`,
      1,
    )
  const named = new Set(rows.flatMap(({ wanted }) => (wanted ? [wanted.path] : [])))
  for (const { cells } of rows) {
    const entry = find(foldPath((cells[columns.at.get('file') ?? -1] ?? '').trim()))
    if (entry) named.add(entry.path)
  }
  const unnamed = [...archive.entries.keys()].filter((name) => name !== path && !named.has(name)).sort()
  return {
    header: table.header,
    rows,
    notes: [...columns.notes, ...table.notes(), ...unnamedNote(unnamed)],
  }
}

const bytesOf = (archive: Archive, wanted: WantedDocument | null): number =>
  wanted === null ? 0 : (archive.entries.get(wanted.path)?.bytes ?? 0)

function unnamedNote(unnamed: readonly string[]): Note[] {
  if (unnamed.length === 0) return []
  const shown = unnamed.slice(0, unnamedShown).map((name) => name.replaceAll(/\p{Cc}/gu, '?').slice(0, 100))
  const more = unnamed.length > unnamedShown ? ` and ${unnamed.length - unnamedShown} more` : ''
  return [
    {
      code: 'FILES_UNNAMED',
      detail: `No row of manifest.csv names ${shown.join(', ')}${more}: not taken. Add a row for each that is meant.`,
    },
  ]
}

function manifestPath(archive: Archive): string {
  const found = manifestAmong([...archive.entries.keys()])
  if (found === null)
    throw fileFaulty(
      'MANIFEST_MISSING',
      'The archive has no manifest.csv. Add one with the columns external_id, licence_type, licence_number, file and a row for each document.',
      1,
    )
  if ('several' in found)
    throw fileFaulty(
      'MANIFEST_TWICE',
      `The archive has several manifests (${found.several.slice(0, 3).join(', ')}). Keep one, at the top.`,
      1,
    )
  const entry = archive.entries.get(found.path) as ArchiveEntry
  if (entry.fault !== null)
    throw fileFaulty(
      'MANIFEST_UNREADABLE',
      `${found.path} cannot be read: it is encrypted, a link, packed in a way that is not read here, or stands there twice. Pack the archive anew without a password.`,
      1,
    )
  if (entry.bytes > manifestBytesMax)
    throw fileFaulty(
      'MANIFEST_TOO_LARGE',
      `${found.path} has more than ${manifestBytesMax} bytes. Send the documents in several archives.`,
      1,
    )
  return found.path
}

const said = (column: string, value: string, rule: RowRule, detail: string): RowMessage => ({
  severity: 'ERROR',
  column,
  value: value.slice(0, 100),
  rule,
  detail,
})

/** What a person can mend about the row, which is rejected for it. */
class Refusal extends Error {
  readonly said: RowMessage
  readonly workerId: string | null
  constructor(message: RowMessage, workerId: string | null = null) {
    super(message.detail)
    this.said = message
    this.workerId = workerId
  }
}

async function takeRow(
  runtime: Runtime,
  organisationId: string,
  run: store.RunRow,
  archive: Archive,
  row: DocumentRow,
): Promise<void> {
  const reject = (messages: readonly RowMessage[], workerId: string | null = null): Promise<void> =>
    runtime.write(organisationId, callerOf(run), async (ctx) => {
      await documentStore.insertDoneRow(ctx, run.id, {
        ...row,
        status: 'REJECTED',
        messages,
        workerId,
        credentialId: null,
      })
      await store.noteProgress(ctx, run.id)
    })
  const { wanted } = row
  if (wanted === null) return reject(row.messages)
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await keepDocument(runtime, organisationId, run, archive, row, wanted)
    } catch (error) {
      if (error instanceof Refusal) return reject([...row.messages, error.said], error.workerId)
      // Somebody wrote to the same credential meanwhile.
      if (!isRetryable(error) || attempt === attemptsMax) throw error
    }
  }
}

async function keepDocument(
  runtime: Runtime,
  organisationId: string,
  run: store.RunRow,
  archive: Archive,
  row: DocumentRow,
  wanted: WantedDocument,
): Promise<void> {
  const caller = callerOf(run)
  // Before anything is unpacked: most faulty rows name somebody who is not there.
  await runtime.read(organisationId, caller, (ctx) => credentialOf(ctx, run.source_system, wanted))
  const blob = await orRefusal(wanted, () =>
    runtime.storage.write(organisationId, archive.read(wanted.path), { bytesMax: attachmentBytesMax }),
  )
  try {
    const file = await orRefusal(wanted, () =>
      inspectUpload(runtime, organisationId, {
        name: baseName(wanted.path),
        declaredType: null,
        blob,
      }),
    )
    await runtime.write(organisationId, caller, async (ctx) => {
      const holder = await credentialOf(ctx, run.source_system, wanted)
      const kept = await orRefusal(wanted, () =>
        receiveAttachment(ctx, { credentialId: holder.credentialId }, file, 'sftp'),
      )
      await documentStore.insertDoneRow(ctx, run.id, {
        ...row,
        status: kept.isDeduplicated ? 'UNCHANGED' : 'CREATED',
        workerId: holder.workerId,
        credentialId: holder.credentialId,
      })
      await store.noteProgress(ctx, run.id)
    })
  } catch (error) {
    await bestEffort(
      runtime.log,
      'the sweeper finds what is left',
      runtime.storage.delete(organisationId, blob.key),
    )
    throw error
  }
}

/** Faults of the file itself, of the rules for it, and of where it should go reject the row; everything else is thrown on. */
async function orRefusal<T>(wanted: WantedDocument, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const name = baseName(wanted.path)
    switch (error.code) {
      case 'FILE_FAULTY':
        throw new Refusal(said('file', name, 'FILE_DAMAGED', error.message))
      case 'BODY_TOO_LARGE':
        throw new Refusal(
          said(
            'file',
            name,
            'FILE_TOO_LARGE',
            `The file has more than ${attachmentBytesMax} bytes, which is the most for a document. Send a smaller copy.`,
          ),
        )
      case 'VALIDATION_FAILED':
      case 'FILE_INFECTED':
      case 'ATTACHMENTS_FULL':
        throw new Refusal(said('file', name, 'FILE_REFUSED', error.message))
      case 'NOT_FOUND':
        throw new Refusal(
          said('licence_number', '', 'UNKNOWN_CREDENTIAL', 'The credential was deleted in this very moment.'),
        )
      default:
        throw error
    }
  }
}

/** Whose document it is. Throws Refusal. */
async function credentialOf(
  ctx: ReadContext,
  source: string,
  { externalId, credentialType, numberNormalised }: WantedDocument,
): Promise<{ workerId: string; credentialId: string }> {
  const worker = await getWorkerByExternalId(ctx, source, externalId).catch((error: unknown) => {
    if (!(error instanceof AppError) || error.code !== 'NOT_FOUND') throw error
    return undefined
  })
  if (!worker)
    throw new Refusal(
      said(
        'external_id',
        externalId,
        'UNKNOWN_WORKER',
        `Nobody of ${source} has this external_id. Send the file of people first, or mend the id, and send the row again.`,
      ),
    )
  const held = await credentialsOfHolder(ctx, worker.id, credentialType)
  const meant =
    numberNormalised === null ? held : held.filter((one) => one.numberNormalised === numberNormalised)
  const [first] = meant
  if (first === undefined)
    throw new Refusal(
      said(
        numberNormalised === null ? 'licence_type' : 'licence_number',
        numberNormalised ?? credentialType,
        'UNKNOWN_CREDENTIAL',
        `This person has no ${credentialType} ${numberNormalised === null ? 'credential' : 'with this number'}. Send the credential first, in a file of people, or mend the row.`,
      ),
      worker.id,
    )
  if (meant.length > 1)
    throw new Refusal(
      said(
        'licence_number',
        '',
        'AMBIGUOUS_CREDENTIAL',
        `This person has ${meant.length} ${credentialType} credentials. Say by its licence_number which one is meant.`,
      ),
      worker.id,
    )
  return { workerId: worker.id, credentialId: first.id }
}
