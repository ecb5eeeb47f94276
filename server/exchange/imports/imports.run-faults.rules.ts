/** Which errors end a run, and in what words. Pure. */
import { AppError } from '../../platform/errors.ts'
import type { FileFault, FileType } from './imports.schema.ts'

/** What makes a run FAILED; undefined when the fault may pass and the run is to be tried again. */
export function faultOf(error: unknown): FileFault | undefined {
  if (error instanceof AppError) {
    if (error.kind === 'unavailable') return undefined
    const { line, column, rule } = error.extra
    return {
      code: typeof rule === 'string' ? rule : error.code,
      detail: error.message,
      line: typeof line === 'number' ? line : null,
      column: typeof column === 'string' ? column : typeof column === 'number' ? String(column) : null,
    }
  }
  const code = (error as { code?: unknown } | null)?.code
  // Connection lost, resources, shutdown, conflicts (SQLSTATE classes 08, 53, 57, 58, 40), or a socket's own error.
  if (typeof code === 'string' && (/^(08|53|57|58|40)/.test(code) || /^E[A-Z]+$/.test(code))) return undefined
  if (error instanceof Error && /connection|terminated/i.test(error.message) && code === undefined)
    return undefined
  return {
    code: 'INTERNAL',
    detail:
      'A fault of ours stopped this file; nothing of it was applied. Report it with the id of this import.',
    line: null,
    column: null,
  }
}

/** Each start of its planning ended with the process, so that nobody could say why. */
export function brokenOff(starts: number, fileType: FileType): FileFault {
  const begun = `Reading this file was begun ${starts} times, and each time the server ended before it was done`
  if (fileType === 'ATTACHMENT')
    return {
      code: 'PLANNING_BROKEN_OFF',
      detail: `${begun}, at the same document. It is not begun again; what came before that document was taken. Look at the documents whose credentials have none yet, and send them in smaller archives: what is there already is not taken twice.`,
      line: null,
      column: null,
    }
  return {
    code: 'PLANNING_BROKEN_OFF',
    detail: `${begun}: perhaps the file needs more memory than there is. It is not begun again, and nothing of it was applied. Send it in smaller files of changes (…-DELTA-…), or a workbook as CSV. If the server was ended for another reason, which its log says, send the same file once more.`,
    line: null,
    column: null,
  }
}
