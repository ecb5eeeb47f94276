/**
 * A file with fields around it, as `multipart/form-data` (RFC 7578). The file goes straight into the store, encrypted, a
 * piece at a time; the fields are few and small.
 */
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { Busboy, type BusboyHeaders } from '@fastify/busboy'
import { z } from 'zod'
import { AppError, type Fault } from '../errors.ts'
import { isKeepable, parseBody } from './parse.ts'
import type { StoredBlob } from '../storage/storage.ts'

export interface UploadedFile {
  /** As the client names it, without folders. */
  readonly name: string
  /** As the client calls its type; null where it does not know one. */
  readonly declaredType: string | null
  readonly blob: StoredBlob
}

export interface Upload {
  readonly file: UploadedFile
  readonly fields: Readonly<Record<string, string>>
  /** What makes it the same upload: of each part in order its name, file name, type and SHA-256 (spec 10, Shapes). */
  readonly parts: readonly (readonly string[])[]
}

export interface UploadTarget {
  /** Keeps the content. What it throws ends the upload. */
  store(content: AsyncIterable<Buffer>): Promise<StoredBlob>
  /** Forgets it again. */
  discard(blob: StoredBlob): Promise<void>
}

const limits = {
  fieldNameSize: 100,
  fieldSize: 65_536,
  fields: 20,
  files: 2, // the second only to be refused
  parts: 25,
  headerPairs: 50,
  headerSize: 16_384,
}
/** So much of what is no longer wanted is read on, that the client sees the answer; more would be work for nothing. */
const drainedMax = 16_777_216

/** What may stand around a file: all fields that are taken, and the heads of all parts. */
const aroundMax = limits.fields * limits.fieldSize + limits.parts * limits.headerSize

const fileNameMax = 255
// eslint-disable-next-line no-control-regex -- finding them is the point
const fileName = /^[^\u0000-\u001F\u007F-\u009F]{1,255}$/

/** What clients call a file whose type they do not know. */
const unknownType = 'application/octet-stream'

/** The same without a form: for clients that have JSON only. */
export const jsonFile = z.strictObject({
  fileName: z
    .string()
    .regex(fileName, `must be 1 to ${fileNameMax} characters, none of them a control character`)
    .describe('Without folders.'),
  mimeType: z.string().min(1).max(255),
  data: z.string().describe('The bytes in base64 (RFC 4648, section 4).'),
})

/** Whether a body is JSON. */
export function isJsonBody(contentType: string | undefined): boolean {
  return /^application\/json\s*(;|$)/i.test(contentType ?? '')
}

/** Stores the file of a JSON body. Refuses what `parseBody` does, data that is no base64, and what the store says. */
export async function takeJsonFile(
  body: unknown,
  store: (content: AsyncIterable<Buffer>) => Promise<StoredBlob>,
): Promise<UploadedFile> {
  const { fileName: name, mimeType, data } = parseBody(jsonFile, body)
  const bytes = base64Of(data)
  const blob = await store(
    (async function* () {
      yield bytes
    })(),
  )
  return { name, declaredType: mimeType, blob }
}

function base64Of(data: string): Buffer {
  // Tools wrap lines.
  const text = data.replaceAll(/[\r\n]/g, '')
  if (text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)) return Buffer.from(text, 'base64')
  const detail = /^data:/i.test(text)
    ? 'data: Leave the beginning out ("data:…;base64,"): only the base64 itself is wanted.'
    : 'data: This is not base64 (RFC 4648, section 4: A–Z, a–z, 0–9, + and /, filled up with = to groups of four).'
  throw new AppError('VALIDATION_FAILED', detail, { errors: [{ pointer: '/data', code: 'BASE64', detail }] })
}

/** Whether a body is one. */
export function isUpload(contentType: string | undefined): boolean {
  return /^multipart\/form-data\s*(;|$)/i.test(contentType ?? '')
}

/**
 * Refuses with BODY_TOO_LARGE a body that is longer, by its own word, than the largest file and all that may stand around it:
 * nothing of it needs to be read. Others are measured as they come.
 */
export function assertLength(request: IncomingMessage, bytesMax: number): void {
  const length = Number(request.headers['content-length'] ?? 0)
  if (length <= bytesMax + aroundMax) return
  drain(request)
  throw new AppError(
    'BODY_TOO_LARGE',
    `The body has ${length} bytes, and a file may have ${bytesMax} here. Send a smaller one.`,
  )
}

/**
 * Reads the body of a request to its end. Refuses with MALFORMED_MULTIPART what is none, with VALIDATION_FAILED (all faults
 * at once) parts that are missing, twice, unknown or too long, and with what the store says. After a refusal nothing is
 * kept.
 * @param fileField the name of the part that holds the file
 */
export async function takeUpload(
  request: IncomingMessage,
  fileField: string,
  target: UploadTarget,
): Promise<Upload> {
  const parts: string[][] = []
  const fields = new Map<string, string>()
  const faults: Fault[] = []
  const fault = (name: string, code: string, detail: string): void => {
    faults.push({ pointer: `/${name}`, code, detail: `${name}: ${detail}` })
  }
  let content: Readable | undefined
  let storing: Promise<UploadedFile> | undefined

  const takeFile = (field: string, stream: Readable, name: string | undefined, mediaType: string): void => {
    // Told by the reader, whether anybody reads the stream (yet) or not; destroyed, it ends for who begins to read later.
    stream.on('error', () => stream.destroy())
    if (field !== fileField || storing) {
      const isSecond = field === fileField
      fault(
        field,
        isSecond ? 'TWICE' : 'UNKNOWN_FIELD',
        isSecond
          ? 'Send one file only.'
          : `There is no part for a file of this name here; call it ${fileField}.`,
      )
      stream.resume()
      return
    }
    if (typeof name !== 'string' || !fileName.test(name))
      fault(
        field,
        'FILE_NAME',
        `A file has a name of 1 to ${fileNameMax} characters, none of them a control character.`,
      )
    const part = [field, name ?? '', mediaType]
    parts.push(part)
    content = stream
    storing = target.store(stream as AsyncIterable<Buffer>).then((blob) => {
      part.push(blob.sha256)
      return { name: name ?? '', declaredType: mediaType === unknownType ? null : mediaType, blob }
    })
    // Awaited at the end; until then nobody else does.
    storing.catch(() => {})
  }

  const takeField = (name: string, value: string, isCut: boolean, mediaType: string): void => {
    if (isCut) fault(name, 'TOO_LONG', `A value has at most ${limits.fieldSize} bytes.`)
    else if (fields.has(name)) fault(name, 'TWICE', 'The field stands twice.')
    else if (!isKeepable(value))
      fault(name, 'CHARACTERS', 'The value must not hold a NUL character or half of a surrogate pair.')
    else if (name === fileField) fault(name, 'NOT_A_FILE', 'This part must be a file, with a file name.')
    fields.set(name, value)
    parts.push([name, '', mediaType, createHash('sha256').update(value).digest('hex')])
  }

  try {
    await new Promise<void>((resolve, reject) => {
      const end = (error: unknown): void => {
        content?.destroy(error as Error)
        reject(error as Error)
      }
      const reader = readerOf(request)
      reader.on('file', (field, stream, name, encoding, mediaType) => {
        if (!['7bit', '8bit', 'binary'].includes(encoding.toLowerCase()))
          fault(field, 'ENCODING', 'Send the part as it is, without a Content-Transfer-Encoding.')
        takeFile(field, stream, name, mediaType)
        storing?.catch(end)
      })
      reader.on('field', (name, value, isNameCut, isValueCut, _encoding, mediaType) =>
        takeField(name, value, isNameCut || isValueCut, mediaType),
      )
      for (const event of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const)
        reader.on(event, () => end(malformed(`It has more than ${limits.parts} parts, or several files`)))
      reader.on('error', () => end(malformed('It is not well-formed or was cut off')))
      reader.on('finish', resolve)
      request.on('close', () => {
        if (!request.complete) end(malformed('The connection was cut'))
      })
      request.pipe(reader)
    })
    const file = await storing
    if (!file) fault(fileField, 'REQUIRED', 'Send the file in a part of this name.')
    if (file && faults.length === 0) return { file, fields: Object.fromEntries(fields), parts }
    throw new AppError('VALIDATION_FAILED', faults.map(({ detail }) => detail).join(' '), { errors: faults })
  } catch (error) {
    drain(request)
    const kept = await storing?.catch(() => undefined)
    if (kept) await target.discard(kept.blob)
    throw error
  }
}

function readerOf(request: IncomingMessage): InstanceType<typeof Busboy> {
  try {
    return new Busboy({ headers: request.headers as BusboyHeaders, limits })
  } catch {
    throw malformed('Its Content-Type names no boundary')
  }
}

function malformed(what: string): AppError {
  return new AppError('MALFORMED_MULTIPART', `The body is no multipart/form-data. ${what}.`)
}

/** Reads on what the client still sends, without keeping it: one that is cut off while it sends sees no answer. */
export function drain(request: IncomingMessage): void {
  request.unpipe()
  let drained = 0
  request.on('data', (chunk: Buffer) => {
    drained += chunk.length
    if (drained > drainedMax) request.destroy()
  })
  request.resume()
}
