/**
 * A ZIP archive of documents, read in place from the stored file (APPNOTE 6.3.9). Whoever sent it is believed in nothing: what
 * lies about its size, lies over other entries, is a link or is encrypted is refused, and nothing is ever unpacked to a path.
 */
import { Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import {
  fromRandomAccessReader,
  getFileNameLowLevel,
  RandomAccessReader,
  type Entry,
  type ZipFile,
} from 'yauzl'
import { AppError } from '../../platform/errors.ts'
import type { BlobReader } from '../../platform/storage/storage.ts'
import { foldPath, isLitter, type ArchiveEntry, type EntryFault } from './imports.archive-names.rules.ts'
import { fileFaulty } from '../../platform/file-faults.ts'

/** Far more than anybody sends; each takes some memory as long as the archive is open. */
const entriesMax = 20_000
/** Documents hardly shrink: what grows more than this, all together, was made to. */
const growthMax = 20
/** Below so many bytes growth is nobody's harm. */
const unpackedFree = 200_000_000
/** The least that an entry takes besides its bytes: its local header (4.3.7). */
const localHeadBytes = 30

export interface Archive {
  /** By path (`foldPath`), folders and what systems leave behind left out. */
  readonly entries: ReadonlyMap<string, ArchiveEntry>
  /** How many bytes may be unpacked from it in all. */
  readonly unpackedMax: number
  /** The entry's bytes. ENTRY_DAMAGED in `extra.rule` of a FILE_FAULTY where they are not what was packed. */
  read(path: string): AsyncGenerator<Buffer>
  close(): void
}

class StoredFile extends RandomAccessReader {
  readonly #file: BlobReader
  constructor(file: BlobReader) {
    super()
    this.#file = file
  }
  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.#file.stream(start, end), { objectMode: false })
  }
}

const broken = (why: string): AppError =>
  fileFaulty(
    'BROKEN_ARCHIVE',
    `The ZIP archive is damaged or cut off (${why}). Make it anew and send that.`,
    1,
  )

/** What the library or zlib says of the archive, in our words; faults of ours, of the storage and of the system as they are. */
function archiveFault(error: unknown): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error
  const code = (error as { code?: unknown }).code
  if (typeof code === 'string' && /^E[A-Z]+$/.test(code)) return error
  return broken(error.message.replace(/[.\s]+$/, ''))
}

/** Opens the archive and reads its directory. Throws FILE_FAULTY for a fault of the whole. Closing the file is the caller's. */
export async function openArchive(file: BlobReader): Promise<Archive> {
  const zip = await opened(file)
  const found = await entriesOf(zip)
  assertApart(found, file.bytes)
  const unpackedMax = Math.max(unpackedFree, file.bytes * growthMax)
  const unpacked = found.reduce((sum, entry) => sum + entry.uncompressedSize, 0)
  if (unpacked > unpackedMax)
    throw fileFaulty(
      'ARCHIVE_TOO_LARGE',
      `Unpacked, the archive has ${unpacked} bytes; at most ${unpackedMax} are taken from one of its size. Send the documents in several archives.`,
      1,
    )
  const raw = new Map<string, Entry>()
  const entries = new Map<string, ArchiveEntry>()
  for (const entry of found) {
    const path = pathOf(entry)
    if (path.endsWith('/') || isLitter(path)) continue
    const isTwice = entries.has(path)
    raw.set(path, entry)
    entries.set(path, { path, bytes: entry.uncompressedSize, fault: isTwice ? 'TWICE' : faultOf(entry) })
  }

  async function* read(path: string): AsyncGenerator<Buffer> {
    const entry = raw.get(path)
    if (!entry) throw new AppError('INTERNAL', 'An entry was asked for that the archive does not have.')
    let [bytes, sum] = [0, 0]
    try {
      for await (const chunk of (await streamOf(zip, entry)) as AsyncIterable<Buffer>) {
        bytes += chunk.length
        sum = crc32(chunk, sum)
        yield chunk
      }
    } catch (error) {
      throw entryFault(error)
    }
    if (bytes !== entry.uncompressedSize || sum !== entry.crc32 >>> 0)
      throw entryDamaged('its check sum does not fit')
  }

  return { entries, unpackedMax, read, close: () => zip.close() }
}

const entryDamaged = (why: string): AppError =>
  fileFaulty(
    'ENTRY_DAMAGED',
    `The file is damaged in the archive (${why}). Pack it anew and send it again.`,
    1,
  )

function entryFault(error: unknown): unknown {
  const fault = archiveFault(error)
  return fault === error ? error : entryDamaged((error as Error).message.replace(/[.\s]+$/, ''))
}

function opened(file: BlobReader): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    fromRandomAccessReader(
      new StoredFile(file),
      file.bytes,
      // Names are read here: the library gives up the whole archive for one that it does not like.
      { lazyEntries: true, autoClose: false, decodeStrings: false },
      (error, zip) => {
        if (error) reject(archiveFault(error) as Error)
        else resolve(zip)
      },
    )
  })
}

function entriesOf(zip: ZipFile): Promise<Entry[]> {
  return new Promise((resolve, reject) => {
    const entries: Entry[] = []
    zip.on('error', (error: unknown) => reject(archiveFault(error) as Error))
    zip.on('end', () => resolve(entries))
    zip.on('entry', (entry: Entry) => {
      if (entries.length >= entriesMax)
        return reject(
          fileFaulty(
            'ARCHIVE_TOO_LARGE',
            `The archive has more than ${entriesMax} entries. Send the documents in several archives.`,
            1,
          ),
        )
      entries.push(entry)
      zip.readEntry()
    })
    zip.readEntry()
  })
}

/** Two entries that share bytes make much out of little; no program packs so. */
function assertApart(entries: readonly Entry[], archiveBytes: number): void {
  const places = entries
    .map((entry) => ({
      start: entry.relativeOffsetOfLocalHeader,
      end: entry.relativeOffsetOfLocalHeader + localHeadBytes + entry.compressedSize,
    }))
    .sort((a, b) => a.start - b.start)
  let end = 0
  for (const place of places) {
    if (place.start < end) throw broken('its entries lie over each other')
    if (place.end > archiveBytes) throw broken('its directory names bytes beyond its end')
    end = place.end
  }
}

/** UTF-8 wherever the bytes are such, whatever the entry says; else as the entry says, which is the old character set of PCs. */
function pathOf(entry: Entry): string {
  const bytes = entry.fileName as unknown as Buffer
  try {
    return foldPath(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
  } catch {
    return foldPath(getFileNameLowLevel(entry.generalPurposeBitFlag, bytes, entry.extraFields, false))
  }
}

const unixTypeMask = 0o170000
const unixLink = 0o120000
const unixSystem = 3

function faultOf(entry: Entry): EntryFault | null {
  if (entry.isEncrypted()) return 'ENCRYPTED'
  const isUnix = entry.versionMadeBy >>> 8 === unixSystem
  const type = (entry.externalFileAttributes >>> 16) & unixTypeMask
  // Devices and pipes are no documents either.
  if (isUnix && type !== 0 && type !== 0o100000) return type === unixLink ? 'LINK' : 'METHOD'
  return entry.compressionMethod === 0 || entry.compressionMethod === 8 ? null : 'METHOD'
}

function streamOf(zip: ZipFile, entry: Entry): Promise<Readable> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error) reject(error)
      else resolve(stream)
    })
  })
}
