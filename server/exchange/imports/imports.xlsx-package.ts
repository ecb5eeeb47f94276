/**
 * The package that a workbook is (ECMA-376-2): a ZIP archive whose parts are read in place from the stored file, so that
 * neither the archive nor a part is ever in memory whole.
 */
import { Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { fromRandomAccessReader, RandomAccessReader, type Entry, type ZipFile } from 'yauzl'
import { AppError } from '../../platform/errors.ts'
import type { BlobReader } from '../../platform/storage/storage.ts'
import { fileFaulty } from '../../platform/file-faults.ts'
import type { PartReader } from './imports.xlsx-parts.ts'

export interface WorkbookPackage {
  has(part: string): boolean
  /** Passes a part's text through a reader. Throws FILE_FAULTY when it is missing, damaged or too large. */
  read<Result>(part: string, reader: PartReader<Result>): Promise<Result>
  /** The part's text in pieces. */
  text(part: string): AsyncIterable<string>
  close(): void
}

/** Far more than a million rows of people take up. A part that grows beyond it was made to. */
const partBytesMax = 1_073_741_824
/** A workbook has a few dozen. */
const partsMax = 10_000
/** Lists of sheets, parts and formats; only the rows and their texts are large. */
const smallPartBytesMax = 16_777_216

/** Reads ranges of a stored file. */
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

function broken(what: string): AppError {
  return fileFaulty(
    'BROKEN_WORKBOOK',
    `The workbook is damaged or cut off (${what}). Save it again as .xlsx and send that.`,
    1,
  )
}

/** What the archive's library says, in our words; our own faults as they are. */
function faultOf(error: unknown): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error
  const code = (error as { code?: unknown }).code
  // The disk's faults are no fault of the file.
  if (typeof code === 'string' && /^E[A-Z]+$/.test(code)) return error
  return broken(error.message.replace(/[.\s]+$/, ''))
}

/** Opens the package and reads its directory. Throws FILE_FAULTY when it is none. Closing the file is the caller's. */
export async function openPackage(file: BlobReader): Promise<WorkbookPackage> {
  const zip = await opened(file)
  const entries = await entriesOf(zip)

  const entryOf = (part: string, bytesMax: number): Entry => {
    const entry = entries.get(part)
    if (!entry) throw broken(`it has no ${part}`)
    if (entry.isEncrypted())
      throw fileFaulty(
        'PROTECTED_WORKBOOK',
        'The workbook is protected. Save it without a password and send that.',
        1,
      )
    if (entry.uncompressedSize > bytesMax)
      throw fileFaulty(
        'WORKBOOK_TOO_LARGE',
        `Unpacked, ${part} has more than ${bytesMax} bytes. Save the sheet as "CSV UTF-8" and send that.`,
        1,
      )
    return entry
  }

  async function* text(part: string, bytesMax = partBytesMax): AsyncGenerator<string> {
    let decoder: InstanceType<typeof TextDecoder> | undefined
    try {
      for await (const chunk of (await streamOf(zip, entryOf(part, bytesMax))) as AsyncIterable<Buffer>) {
        decoder ??= new TextDecoder(encodingOf(chunk), { fatal: true })
        yield decoder.decode(chunk, { stream: true })
        await nextTurn()
      }
      if (decoder) yield decoder.decode()
    } catch (error) {
      throw faultOf(error)
    }
  }

  return {
    has: (part) => entries.has(part),
    text,
    read: async (part, reader) => {
      const bytesMax = /sharedStrings/i.test(part) ? partBytesMax : smallPartBytesMax
      for await (const piece of text(part, bytesMax)) reader.write(piece)
      return reader.end()
    },
    close: () => zip.close(),
  }
}

function opened(file: BlobReader): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    fromRandomAccessReader(
      new StoredFile(file),
      file.bytes,
      { lazyEntries: true, autoClose: false },
      (error, zip) => {
        if (error) reject(faultOf(error) as Error)
        else resolve(zip)
      },
    )
  })
}

/** By name. Of two with one name programs read now the one, now the other: such a package is refused. */
function entriesOf(zip: ZipFile): Promise<Map<string, Entry>> {
  return new Promise((resolve, reject) => {
    const entries = new Map<string, Entry>()
    zip.on('error', (error: unknown) => reject(faultOf(error) as Error))
    zip.on('end', () => resolve(entries))
    zip.on('entry', (entry: Entry) => {
      const name = entry.fileName.replace(/^\/+/, '')
      if (entries.has(name)) reject(broken(`it has ${name} twice`))
      else if (entries.size >= partsMax) reject(broken('it has too many parts'))
      else {
        entries.set(name, entry)
        zip.readEntry()
      }
    })
    zip.readEntry()
  })
}

function streamOf(zip: ZipFile, entry: Entry): Promise<Readable> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error) reject(error)
      else resolve(stream)
    })
  })
}

/** XML is in UTF-8, or says by its first bytes that it is in UTF-16. */
function encodingOf(first: Buffer): string {
  if (first[0] === 0xff && first[1] === 0xfe) return 'utf-16le'
  if (first[0] === 0xfe && first[1] === 0xff) return 'utf-16be'
  return 'utf-8'
}
