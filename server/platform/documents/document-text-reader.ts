/** Reading the words of documents that strangers sent, in child processes (spec 40, "The automatic check"). */
import { availableParallelism } from 'node:os'
import { openChildPool, type Outcome } from '../child-pool.ts'
import type { Log } from '../log.ts'
import type { DocumentText, TextTask, UnreadableDocument } from './document-text.rules.ts'

export interface DocumentTextReader {
  /**
   * Reads in a child, as soon as one is free. One that ends its child is tried once more; then how it ended is told.
   * @param task asked for when its turn comes, and again for the second try
   */
  read(task: () => Promise<TextTask>): Promise<Outcome<DocumentText | UnreadableDocument>>
  close(): void
}

const timeMs = 60_000
/** Tesseract, and a photo of a hundred million pixels while it is decoded. */
const memoryBytes = 1_610_612_736

/** @param processes how many at once; null = one less than the machine has cores, and one at least */
export function openDocumentTextReader(options: {
  readonly log: Log
  readonly processes: number | null
  /** For tests: a child that misbehaves. */
  readonly entry?: URL
  readonly timeMs?: number
  readonly memoryBytes?: number
}): DocumentTextReader {
  const pool = openChildPool<TextTask, DocumentText | UnreadableDocument>({
    entry: options.entry ?? new URL('document-text.child.ts', import.meta.url),
    size: options.processes ?? Math.max(1, availableParallelism() - 1),
    timeMs: options.timeMs ?? timeMs,
    memoryBytes: options.memoryBytes ?? memoryBytes,
    log: options.log,
  })
  return { read: (task) => pool.run(task), close: () => pool.close() }
}
