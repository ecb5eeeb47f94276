/**
 * Bytes to text, strictly UTF-8 (spec 50, Files), in pieces small enough that neither memory nor the event loop notices
 * how the source was cut: it may give the whole file at once, or a byte at a time.
 *
 * Decodes by itself instead of with a streaming TextDecoder, because that one tells that a byte is bad but not which.
 */
import { isUtf8 } from 'node:buffer'
import { fileFaulty } from './file-faults.ts'

const pieceBytes = 65_536
/** Enough to tell UTF-16 and the usual binary formats. */
const headBytes = 4

export interface Place {
  readonly line: number
  readonly column: number
}

/**
 * The text in pieces of at most 64 KB, with a byte order mark if there is one. `place` is asked on a fault only: where does
 * the text behind all pieces given so far begin? Throws FILE_FAULTY: NOT_UTF8 with line, column and byte, NOT_CSV for a
 * workbook or archive, TOO_MANY_BYTES. Text before a bad byte is given first, so that a fault in it is the one reported.
 */
export async function* utf8Pieces(
  source: AsyncIterable<Uint8Array>,
  bytesMax: number,
  place: () => Place,
): AsyncGenerator<string> {
  let bytes = 0
  let isHeadSeen = false
  let rest: Buffer = Buffer.alloc(0) // the first bytes of a character whose last ones are still to come
  for await (const chunk of source) {
    bytes += chunk.length
    if (bytes > bytesMax) {
      throw fileFaulty(
        'TOO_MANY_BYTES',
        `The file has more than ${bytesMax} bytes. Split it, or let an operator raise import.maxBytes.`,
        place().line,
      )
    }
    for (let at = 0; at < chunk.length; at += pieceBytes) {
      const piece = Buffer.concat([rest, chunk.subarray(at, at + pieceBytes)])
      if (!isHeadSeen && piece.length < headBytes) {
        rest = piece
        continue
      }
      if (!isHeadSeen) refuseOtherFormats(piece)
      isHeadSeen = true
      const end = wholeCharacters(piece)
      rest = piece.subarray(end)
      if (end > 0) yield* decoded(piece.subarray(0, end), place)
    }
  }
  if (!isHeadSeen) refuseOtherFormats(rest)
  const end = wholeCharacters(rest)
  if (end > 0) yield* decoded(rest.subarray(0, end), place)
  if (end < rest.length) {
    const { line, column } = place()
    throw fileFaulty(
      'NOT_UTF8',
      `The file ends in the middle of a character (line ${line}, column ${column}). It is cut off or not UTF-8; send it again whole, as "CSV UTF-8".`,
      line,
      column,
    )
  }
}

function* decoded(bytes: Buffer, place: () => Place): Generator<string> {
  if (isUtf8(bytes)) {
    yield bytes.toString('utf8')
    return
  }
  const bad = firstBadByte(bytes)
  if (bad > 0) yield bytes.toString('utf8', 0, bad)
  const { line, column } = place()
  const byte = (bytes[bad] as number).toString(16).toUpperCase()
  throw fileFaulty(
    'NOT_UTF8',
    `The byte ${byte} (hexadecimal) on line ${line}, column ${column} is not UTF-8. Save the file as "CSV UTF-8"; it may be in Windows-1252 now.`,
    line,
    column,
  )
}

/** How many bytes a character that begins with this byte has (RFC 3629, 3); 1 also for a byte that begins none. */
function characterBytes(first: number): number {
  if (first < 0xc2 || first > 0xf4) return 1
  return first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
}

/** The length without a character at the end that is not there whole. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] as number
    if (byte >= 0x80 && byte < 0xc0) continue
    return characterBytes(byte) > back ? bytes.length - back : bytes.length
  }
  return bytes.length
}

function firstBadByte(bytes: Buffer): number {
  let at = 0
  while (at < bytes.length) {
    const length = characterBytes(bytes[at] as number)
    if (!isUtf8(bytes.subarray(at, at + length))) return at
    at += length
  }
  return at
}

function refuseOtherFormats(bytes: Buffer): void {
  const head = bytes.toString('latin1', 0, headBytes)
  const isUtf16 =
    head.startsWith('\xFF\xFE') ||
    head.startsWith('\xFE\xFF') ||
    // Without a mark: every other byte of plain letters is NUL.
    /^(?:[^\0]\0[^\0]\0|\0[^\0]\0[^\0])$/.test(head)
  if (isUtf16) throw fileFaulty('NOT_UTF8', 'The file is in UTF-16. Save it as "CSV UTF-8".', 1, 1)
  if (head === 'PK\x03\x04' || head === '\xD0\xCF\x11\xE0' || head.startsWith('\x1F\x8B')) {
    throw fileFaulty(
      'NOT_CSV',
      'The file is a spreadsheet workbook or an archive, only its name says CSV. Save the sheet as "CSV UTF-8".',
      1,
      1,
    )
  }
}
