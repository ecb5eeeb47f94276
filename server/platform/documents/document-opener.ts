/** Opening documents that strangers sent, in child processes (spec 40, "The bytes decide"). */
import { availableParallelism } from 'node:os'
import { AppError } from '../errors.ts'
import { openChildPool, type ChildPool } from '../child-pool.ts'
import type { Log } from '../log.ts'
import { opening, type Opening, type OpeningTask } from './document-opening.rules.ts'
import type { DocumentType } from './media-types.rules.ts'

export interface DocumentOpener {
  /**
   * Decodes a document, or says what keeps it from being one: also for one that ends the process which opens it, twice.
   * @param bytes asked for when its turn comes
   */
  open(mediaType: DocumentType, bytes: () => Promise<Uint8Array>): Promise<Opening>
  close(): void
}

const timeMs = 15_000
const memoryBytes = 1_073_741_824

/** @param processes how many at once; null = one less than the machine has cores, and one at least */
export function openDocumentOpener(options: {
  readonly log: Log
  readonly processes: number | null
  /** For tests: a child that misbehaves. */
  readonly entry?: URL
  readonly timeMs?: number
  readonly memoryBytes?: number
}): DocumentOpener {
  const pool: ChildPool<OpeningTask, Opening> = openChildPool({
    entry: options.entry ?? new URL('document.child.ts', import.meta.url),
    size: options.processes ?? Math.max(1, availableParallelism() - 1),
    timeMs: options.timeMs ?? timeMs,
    memoryBytes: options.memoryBytes ?? memoryBytes,
    log: options.log,
  })
  return {
    async open(mediaType, bytes) {
      const { result, death } = await pool.run(async () => ({ mediaType, bytes: await bytes() }))
      if (result) return result
      if (death === 'CLOSED')
        throw new AppError('STORAGE_FAULT', 'The server is closing. Send the file again in a moment.')
      return opening(
        'UNREADABLE',
        death === 'CRASHED'
          ? 'The file cannot be opened: the program that reads such files breaks down over it. Save or photograph it anew.'
          : `The file cannot be opened: it takes too much ${death === 'TOO_SLOW' ? 'time' : 'memory'}. Save it in a simpler form.`,
      )
    },
    close: () => pool.close(),
  }
}
