/** What is looked at before a file is kept: its name, its size, and what its bytes are (spec 40, "The bytes decide"). */
import { AppError } from '../../platform/errors.ts'
import {
  declaredTypeOf,
  documentTypeNames,
  documentTypes,
  isSameType,
  likelyKindOf,
  signatureBytes,
  signatureOf,
  type DocumentType,
} from '../../platform/documents/media-types.rules.ts'
import type { Runtime } from '../../platform/runtime.ts'
import type { StoredBlob } from '../../platform/storage/storage.ts'
import { plainNameOf } from './attachments.names.rules.ts'
import { scanUpload } from './attachments.scan.ts'
import type { ScanState } from './attachments.schema.ts'

/** A file as it came, in the storage already. */
export interface OfferedFile {
  readonly name: string
  /** As its sender called it; null when nothing was said. */
  readonly declaredType: string | null
  readonly blob: StoredBlob
}

/** A file that may be kept. */
export interface InspectedFile {
  readonly name: string
  readonly mediaType: DocumentType
  readonly blob: StoredBlob
  readonly scan: ScanState
}

const taken = `Send one of ${documentTypes.map((type) => documentTypeNames[type]).join(', ')}.`

const refused = (code: string, detail: string, pointer = '/file'): AppError =>
  new AppError('VALIDATION_FAILED', detail, { errors: [{ pointer, code, detail }] })

/**
 * Judges a file by its bytes. Refuses with VALIDATION_FAILED what is empty, of a type that is not taken, of another type than
 * was declared (both are named), or cannot be opened as what it is; with FILE_INFECTED what the virus scanner found something in. The blob stays the caller's, who discards it then.
 */
export async function inspectUpload(
  runtime: Runtime,
  organisationId: string,
  file: OfferedFile,
): Promise<InspectedFile> {
  const { blob } = file
  const name = plainNameOf(file.name)
  if (typeof name !== 'string') throw refused('FILE_NAME', name.fault, '/fileName')
  if (blob.bytes === 0) throw refused('EMPTY', 'The file is empty: it has 0 bytes.')
  const scan = await scanUpload(runtime, organisationId, blob.key)
  const head = await bytesOf(runtime, organisationId, blob.key, signatureBytes)
  const declared = file.declaredType === null ? null : declaredTypeOf(file.declaredType)
  const mediaType = signatureOf(head)
  if (mediaType === undefined) {
    const kind = likelyKindOf(head)
    const said = declared === null ? '' : `, declared as ${shown(declared)}`
    throw refused(
      'TYPE_UNSUPPORTED',
      `The file${said}, is ${kind ?? 'of a kind that is not known here'} by its bytes, which is not taken. ${taken}`,
      '/mimeType',
    )
  }
  if (declared !== null && !isSameType(declared, mediaType))
    throw refused(
      'TYPE_DIFFERS',
      `The file was declared as ${shown(declared)}, but its bytes are ${documentTypeNames[mediaType]} (${mediaType}). Declare it as ${mediaType}, or send the file that was meant.`,
      '/mimeType',
    )
  const { fault } = await runtime.documents.open(mediaType, () => bytesOf(runtime, organisationId, blob.key))
  if (fault) throw refused(fault.code, fault.detail)
  return { name, mediaType, blob, scan }
}

/** What somebody sent, short and without what would break a line. */
function shown(declared: string): string {
  return `"${declared.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 100)}"`
}

/** Few are held at once: each is asked for when its turn to be opened comes. */
async function bytesOf(
  runtime: Runtime,
  organisationId: string,
  key: string,
  length?: number,
): Promise<Buffer> {
  const reader = await runtime.storage.open(organisationId, key)
  try {
    return await reader.read(0, length ?? reader.bytes)
  } finally {
    await reader.close()
  }
}
