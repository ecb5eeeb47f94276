/** A finished blob's file as a stream, for a store that takes its bytes in order. */
import { createHash } from 'node:crypto'
import { headOf, sealSegment, sealTrailer, segmentBytes, type FileCipher } from './blob-format.ts'

export interface Sealed {
  readonly bytes: number
  readonly sha256: Buffer
}

/** The file of a finished blob with what `source` gives. `onEnd` is told of the plain bytes before the trailer goes out. */
export async function* sealedFile(
  cipher: FileCipher,
  source: AsyncIterable<Buffer>,
  onEnd: (sealed: Sealed) => void,
): AsyncGenerator<Buffer> {
  const hash = createHash('sha256')
  const segment = Buffer.allocUnsafe(segmentBytes)
  let [bytes, index, filled] = [0, 0, 0]
  yield headOf(cipher)
  for await (const chunk of source) {
    hash.update(chunk)
    bytes += chunk.length
    for (let at = 0; at < chunk.length;) {
      const count = Math.min(segmentBytes - filled, chunk.length - at)
      chunk.copy(segment, filled, at, at + count)
      filled += count
      at += count
      if (filled < segmentBytes) continue
      yield* sealSegment(cipher, { index, sequence: index, length: filled }, segment)
      index += 1
      filled = 0
    }
  }
  if (filled > 0)
    yield* sealSegment(cipher, { index, sequence: index, length: filled }, segment.subarray(0, filled))
  const sha256 = hash.digest()
  onEnd({ bytes, sha256 })
  yield sealTrailer(cipher, bytes, sha256)
}
