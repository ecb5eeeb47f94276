/** An object written piece by piece, in any length, with the memory of one part. */
import type { S3Client, S3Part } from './s3-client.ts'

/** The least that S3 takes for a part that is not the last. */
const partBytesMin = 5 * 2 ** 20

/** An upload has at most 10,000 parts: they grow, so that they hold 269 GiB. */
function partBytes(number: number): number {
  return partBytesMin * (1 + Math.floor(number / 1_000))
}

/**
 * What is shorter than a part is put at once. Nothing is seen under the key before `finish`, and nothing is left of an
 * upload that was aborted.
 */
export class S3Upload {
  readonly #client: S3Client
  readonly #key: string
  #pieces: Buffer[] = []
  #bytes = 0
  #id: string | undefined
  readonly #parts: S3Part[] = []

  constructor(client: S3Client, key: string) {
    this.#client = client
    this.#key = key
  }

  /** Keeps `piece`, which must not change, until its part is sent. */
  async add(piece: Buffer): Promise<void> {
    this.#pieces.push(piece)
    this.#bytes += piece.length
    if (this.#bytes >= partBytes(this.#parts.length + 1)) await this.#send()
  }

  async finish(): Promise<void> {
    if (this.#id === undefined) {
      await this.#client.put(this.#key, Buffer.concat(this.#pieces))
    } else {
      if (this.#bytes > 0) await this.#send()
      await this.#client.completeUpload(this.#key, this.#id, this.#parts)
    }
    this.#pieces = []
  }

  async abort(): Promise<void> {
    this.#pieces = []
    if (this.#id !== undefined) await this.#client.abortUpload(this.#key, this.#id)
  }

  async #send(): Promise<void> {
    this.#id ??= await this.#client.createUpload(this.#key)
    const body = Buffer.concat(this.#pieces)
    this.#pieces = []
    this.#bytes = 0
    this.#parts.push(await this.#client.uploadPart(this.#key, this.#id, this.#parts.length + 1, body))
  }
}

/** Writes all of `pieces` under `key`; when anything fails, nothing is left of it. */
export async function uploadAll(client: S3Client, key: string, pieces: AsyncIterable<Buffer>): Promise<void> {
  const upload = new S3Upload(client, key)
  try {
    for await (const piece of pieces) await upload.add(piece)
    await upload.finish()
  } catch (error) {
    // What cannot be taken back now is found by the sweeper.
    await upload.abort().catch(() => {})
    throw error
  }
}
