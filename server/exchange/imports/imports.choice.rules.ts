/** Which waiting file is taken next (spec 50, A run, 1). Pure. */

export interface WaitingFile {
  readonly id: string
  readonly status: string
  readonly arrival: number
  readonly source_folded: string
  readonly file_kind: string
  readonly is_delta: boolean
  /** Set for a file of the exchange; a file that a person gave by hand is that person's affair. */
  readonly file_id: string | null
}

/**
 * The next run to plan: of whole-source files only the newest of its source and kind, of changes every one; in order of
 * arrival. Changes that wait for a person keep the later changes of their source waiting: applied after them, they would
 * put back what those have changed since. `newest` holds, for each source and kind, the arrival of the newest whole-source file whatever became of it:
 * a newest that failed or is held never lets an older one run by itself.
 */
export function nextWaiting<File extends WaitingFile>(
  files: readonly File[],
  newest: ReadonlyMap<string, number>,
): File | undefined {
  return files
    .filter((file) => file.status === 'RECEIVED')
    .filter((file) =>
      file.is_delta ? !isBehindHeld(file, files) : newest.get(groupOf(file)) === file.arrival,
    )
    .sort((a, b) => a.arrival - b.arrival)[0]
}

function isBehindHeld(file: WaitingFile, files: readonly WaitingFile[]): boolean {
  return files.some(
    (other) =>
      other.status === 'HELD' &&
      other.is_delta &&
      other.file_id !== null &&
      other.arrival < file.arrival &&
      groupOf(other) === groupOf(file),
  )
}

/** Source and kind as one key. */
export function groupOf(file: { readonly source_folded: string; readonly file_kind: string }): string {
  return `${file.file_kind}:${file.source_folded}`
}
