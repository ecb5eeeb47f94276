/** Which waiting file is taken next (spec 50, A run, 1). Pure. */

export interface WaitingFile {
  readonly id: string
  readonly status: string
  readonly arrival: number
  readonly source_folded: string
  readonly file_kind: string
  readonly is_delta: boolean
}

/**
 * The next run to plan: of whole-source files only the newest of its source and kind, of changes every one; in order of
 * arrival. `newest` holds, for each source and kind, the arrival of the newest whole-source file whatever became of it:
 * a newest that failed or is held never lets an older one run by itself.
 */
export function nextWaiting<File extends WaitingFile>(
  files: readonly File[],
  newest: ReadonlyMap<string, number>,
): File | undefined {
  return files
    .filter((file) => file.status === 'RECEIVED')
    .filter((file) => file.is_delta || newest.get(groupOf(file)) === file.arrival)
    .sort((a, b) => a.arrival - b.arrival)[0]
}

/** Source and kind as one key. */
export function groupOf(file: { readonly source_folded: string; readonly file_kind: string }): string {
  return `${file.file_kind}:${file.source_folded}`
}
