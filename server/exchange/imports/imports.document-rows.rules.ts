/** One row of a manifest: whose document it is, for which credential, and which file (spec 40, Over SFTP). Pure. */
import {
  checkCredentialNumber,
  looksExcelDamaged,
} from '../../workforce/credential-types/credential-numbers.rules.ts'
import {
  foldPath,
  leadsElsewhere,
  type ArchiveEntry,
  type EntryFault,
} from './imports.archive-names.rules.ts'
import { RowJudgement, type RowMessage, type RowRecord } from './imports.row-judgement.rules.ts'
import { unmapped, type RowContext } from './imports.rows.rules.ts'

export interface DocumentRow extends RowRecord {
  readonly messages: readonly RowMessage[]
  /** Null when the row is rejected. */
  readonly wanted: WantedDocument | null
}

export interface WantedDocument {
  readonly externalId: string
  readonly credentialType: string
  /** Null when the row gives no number: then the person's only credential of the type is meant. */
  readonly numberNormalised: string | null
  /** The entry's path in the archive. */
  readonly path: string
}

const faultWords: Readonly<Record<EntryFault, string>> = {
  ENCRYPTED: 'is encrypted in the archive. Pack it without a password',
  LINK: 'is a link in the archive, not a file. Pack the file itself',
  METHOD: 'is packed in a way that is not read here. Pack it as an ordinary ZIP (deflate)',
  TWICE: 'stands in the archive more than once. Give each file a name of its own',
}

/**
 * Judges one row. Total: whatever it holds, it comes back with all its cells and what there is to say.
 * @param find the archive's entry of that name, as seen from the manifest
 * @param bytesMax of one document
 */
export function documentRow(
  record: RowRecord,
  context: RowContext,
  find: (path: string) => ArchiveEntry | undefined,
  bytesMax: number,
): DocumentRow {
  const judgement = new RowJudgement(record, context.columns)
  const externalId = judgement.required('external_id', new Set())
  if (externalId !== null && looksExcelDamaged(externalId))
    judgement.reject(
      'external_id',
      externalId,
      'SPREADSHEET_NOTATION',
      'A spreadsheet has turned this id into a rounded number. Format the column as text and export again.',
    )
  const code = judgement.required('licence_type', new Set())
  const answer = code === null ? undefined : context.resolve(code)
  const type = answer?.credentialType ? context.typeOf(answer.credentialType) : undefined
  if (code !== null && !type)
    judgement.reject(
      'licence_type',
      code,
      'UNMAPPED_LICENCE_TYPE',
      unmapped(code, answer?.credentialType === null ? answer.proposals : []),
    )
  const number = judgement.value('licence_number')
  if (number !== null && looksExcelDamaged(number))
    judgement.reject(
      'licence_number',
      number,
      'SPREADSHEET_NOTATION',
      'A spreadsheet has turned this number into a rounded one. Format the column as text and export again.',
    )
  const path = readFile(judgement, find, bytesMax)
  const isWhole = !judgement.rejected && externalId !== null && type !== undefined && path !== null
  return {
    ...record,
    messages: judgement.messages,
    wanted: isWhole
      ? {
          externalId,
          credentialType: type.code,
          numberNormalised: number === null ? null : checkCredentialNumber(type, number).normalised,
          path,
        }
      : null,
  }
}

function readFile(
  judgement: RowJudgement,
  find: (path: string) => ArchiveEntry | undefined,
  bytesMax: number,
): string | null {
  const file = judgement.required('file', new Set())
  if (file === null) return null
  const path = foldPath(file)
  if (leadsElsewhere(path)) {
    judgement.reject(
      'file',
      file,
      'FILE_PATH',
      'The name leads out of the archive. Name the file as it stands in the archive, beside manifest.csv.',
    )
    return null
  }
  const entry = find(path)
  if (!entry) {
    judgement.reject(
      'file',
      file,
      'FILE_MISSING',
      'The archive has no file of this name. Check the name, capitals included, or add the file.',
    )
    return null
  }
  if (entry.fault !== null) {
    judgement.reject(
      'file',
      file,
      'FILE_UNREADABLE',
      `The file ${faultWords[entry.fault]}, and send it again.`,
    )
    return null
  }
  if (entry.bytes > bytesMax) {
    judgement.reject(
      'file',
      file,
      'FILE_TOO_LARGE',
      `The file has ${entry.bytes} bytes; a document has at most ${bytesMax}. Send a smaller copy.`,
    )
    return null
  }
  return entry.path
}
