/** What a file's name says (spec 50, Files). Pure. */
import { parseLocalDate, type LocalDate } from '../../platform/local-date.ts'

export type FileKind = 'EMPLOYEE' | 'DELTA' | 'POSITION' | 'ATTACHMENT'

export interface FileName {
  readonly kind: FileKind
  /** The source as it spells itself. */
  readonly source: string
  /** Wall clock of the organisation's zone; a name with a date only has no time. */
  readonly timestamp: { readonly date: LocalDate; readonly time: string | null }
}

export const namePatterns =
  '<source>-<YYYYMMDD_HHMMSS>.csv for employees, <source>-DELTA-<timestamp>.csv for changes only, <source>-POS-<timestamp>.csv for positions'

const pattern = /^([A-Za-z0-9][A-Za-z0-9_.-]{0,63}?)(-POS|-DELTA)?-(\d{8})(?:_(\d{6}))?\.csv$/i

const kinds: Readonly<Record<string, FileKind>> = { '': 'EMPLOYEE', '-POS': 'POSITION', '-DELTA': 'DELTA' }

const archivePattern = /^([A-Za-z0-9][A-Za-z0-9_.-]{0,63}?)-ATT-(\d{8}(?:_\d{6})?)\.zip$/i
const archiveExample = 'HRMS-ATT-20260129_143000.zip'

/** The same of an archive of documents, which has a folder of its own. */
export function parseArchiveName(name: string): FileName | { readonly fault: string } {
  const match = archivePattern.exec(name)
  if (!match)
    return {
      fault: `The name "${name}" is not that of an archive of documents. Name it <source>-ATT-<YYYYMMDD_HHMMSS>.zip, for example ${archiveExample}.`,
    }
  // What stands in it for the source and the time is judged as in every other name.
  const named = parseFileName(`${match[1] ?? ''}-${match[2] ?? ''}.csv`)
  if ('fault' in named || named.kind !== 'EMPLOYEE')
    return {
      fault: `The name "${name}" cannot be read: its source or its time is not one. Name it <source>-ATT-<YYYYMMDD_HHMMSS>.zip, for example ${archiveExample}; the source neither is nor ends in POS, DELTA, ATT or COMPLIANCE.`,
    }
  return { ...named, kind: 'ATTACHMENT' }
}

/** Reads a name, or says what is wrong with it and what it should look like. */
export function parseFileName(name: string): FileName | { readonly fault: string } {
  const match = pattern.exec(name)
  if (!match && /\.zip$/i.test(name))
    return {
      fault: `The name "${name}" is that of an archive. Documents go into /upload/attachments as <source>-ATT-<YYYYMMDD_HHMMSS>.zip, for example ${archiveExample}.`,
    }
  if (!match)
    return {
      fault: `The name "${name}" does not tell what the file is. Name it ${namePatterns}, for example HRMS-20260129_143000.csv.`,
    }
  const [, source = '', kind = '', dateText = '', timeText] = match
  const typeWord = /(?:POS|DELTA|ATT|^COMPLIANCE)$/i.exec(source)?.[0]
  if (typeWord !== undefined) {
    return {
      fault: `The source "${source}" in the name "${name}" ${typeWord === source ? 'is' : 'ends in'} ${typeWord}, a word that names a type of file. Name the file ${namePatterns}.`,
    }
  }
  const date = parseLocalDate(`${dateText.slice(0, 4)}-${dateText.slice(4, 6)}-${dateText.slice(6, 8)}`)
  if (!date)
    return {
      fault: `The name "${name}" carries the date ${dateText}, which is no calendar date. Name the file ${namePatterns}.`,
    }
  if (timeText !== undefined && !/^([01]\d|2[0-3])[0-5]\d[0-5]\d$/.test(timeText)) {
    return {
      fault: `The name "${name}" carries the time ${timeText}, which is no time of day. Name the file ${namePatterns}.`,
    }
  }
  const time =
    timeText === undefined ? null : `${timeText.slice(0, 2)}:${timeText.slice(2, 4)}:${timeText.slice(4, 6)}`
  return { kind: kinds[kind.toUpperCase()] as FileKind, source, timestamp: { date, time } }
}
