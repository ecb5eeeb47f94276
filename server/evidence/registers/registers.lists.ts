/** Having the files of published lists: fetched by themselves or uploaded, read with the settings of the register's connector. */
import { Readable } from 'node:stream'
import { systemCaller, type Caller, type ReadContext } from '../../platform/context.ts'
import { AppError } from '../../platform/errors.ts'
import type { Runtime } from '../../platform/runtime.ts'
import type { StoredBlob } from '../../platform/storage/storage.ts'
import {
  applyHeld,
  blobOfVersion,
  confirmList,
  getVersion,
  listBytesMax,
  listChanges,
  listState,
  listVersions,
  readStoredList,
  receiveList,
  rejectHeld,
  type ListRow,
  type ListVersion,
} from '../published-lists/published-lists.ts'
import type { ListChangeAttributes } from '../published-lists/published-lists.schema.ts'
import type { FaultCode } from './connectors.schema.ts'
import { fetchTimer, listSettingsOf } from './registers.list-settings.ts'
import type { ListSettings } from './registers.schema.ts'
import { assertKnown, noteResults } from './registers.ts'

export { listBytesMax }
const hourMs = 3_600_000
const retryMs = hourMs

async function readingOf(ctx: ReadContext, register: string): Promise<ListSettings> {
  assertKnown(register)
  const settings = await listSettingsOf(ctx, register)
  if (!settings)
    throw new AppError(
      'LIST_STATE',
      `${register} is not connected as a list: say first how its file is read (PUT /registers/${register}/connector with the kind "list").`,
    )
  return settings
}

/** Refuses (LIST_STATE) a register that is not connected as a list. */
export async function assertListed(ctx: ReadContext, register: string): Promise<void> {
  await readingOf(ctx, register)
}

/**
 * Takes a file that somebody uploaded, stored already, as the list's next version. Refuses FILE_FAULTY with what is wrong and where;
 * then nothing has changed. HELD where it has lost more rows than the settings allow.
 */
export async function uploadList(
  runtime: Runtime,
  organisationId: string,
  caller: Caller,
  register: string,
  file: { readonly name: string; readonly blob: StoredBlob },
): Promise<ListVersion & { isNew: boolean }> {
  const reading = await runtime.read(organisationId, caller, (ctx) => readingOf(ctx, register))
  const rows = await readStoredList(runtime, organisationId, file.blob, reading)
  return runtime.write(organisationId, caller, async (ctx) => {
    const { version, isNew } = await receiveList(ctx, {
      register,
      reading,
      rows,
      origin: 'UPLOADED',
      fileName: file.name,
      blob: file.blob,
    })
    await noteResults(ctx, register, { good: 1, goodAt: ctx.now, faults: [], proof: provenProof })
    return { ...version, isNew }
  })
}

/** The same for a file that is not stored yet: it is kept only where it became a version. */
export async function bringList(
  runtime: Runtime,
  organisationId: string,
  caller: Caller,
  register: string,
  file: { readonly name: string; readonly content: AsyncIterable<Buffer> },
): Promise<ListVersion & { isNew: boolean }> {
  await runtime.read(organisationId, caller, (ctx) => assertListed(ctx, register))
  const blob = await runtime.storage.write(organisationId, file.content, { bytesMax: listBytesMax })
  try {
    return await uploadList(runtime, organisationId, caller, register, { name: file.name, blob })
  } catch (error) {
    await runtime.storage.delete(organisationId, blob.key)
    throw error
  }
}

const provenProof = { hasSpoken: true, lostInRow: 0 }

/** Lets a version that is held count, or puts it aside. Refuses LIST_STATE when it is not held any more. */
export async function decideList(
  runtime: Runtime,
  organisationId: string,
  caller: Caller,
  register: string,
  id: string,
  decision: 'APPLY' | 'REJECT',
): Promise<ListVersion> {
  if (decision === 'REJECT')
    return runtime.write(organisationId, caller, (ctx) => rejectHeld(ctx, register, id))
  const { reading, blob, isHeld } = await runtime.read(organisationId, caller, async (ctx) => ({
    blob: await blobOfVersion(ctx, register, id),
    isHeld: (await getVersion(ctx, register, id)).attributes.status === 'HELD',
    reading: await readingOf(ctx, register),
  }))
  const rows = isHeld ? await readStoredList(runtime, organisationId, blob, reading) : []
  return runtime.write(organisationId, caller, (ctx) => applyHeld(ctx, register, id, rows))
}

type Fetched =
  | { readonly kind: 'SAME' }
  | { readonly kind: 'FAULT'; readonly code: FaultCode; readonly detail: string }
  | {
      readonly kind: 'FILE'
      readonly rows: readonly ListRow[]
      readonly blob: StoredBlob
      readonly etag: string | null
      readonly lastModified: string | null
    }

/** Looks at what is published. What cannot be had or read leaves the version that counts, with its age; it is tried again in an hour. */
export async function fetchList(runtime: Runtime, organisationId: string, register: string): Promise<void> {
  const { settings, before } = await runtime.read(organisationId, systemCaller, async (ctx) => ({
    settings: await listSettingsOf(ctx, register),
    before: await listState(ctx, register),
  }))
  if (settings === undefined || settings.url === null) return
  const fetched = await fetchedOf(runtime, organisationId, settings, settings.url, before ?? null)
  await runtime.write(organisationId, systemCaller, async (ctx) => {
    // Connected otherwise meanwhile: what came is of no use, and its blob belongs to nothing.
    if ((await listSettingsOf(ctx, register))?.url !== settings.url) return
    if (fetched.kind === 'SAME') await confirmList(ctx, register)
    if (fetched.kind === 'FILE')
      await receiveList(ctx, {
        ...fetched,
        register,
        reading: settings,
        origin: 'FETCHED',
        fileName: nameOf(settings.url ?? ''),
      })
    const isFault = fetched.kind === 'FAULT'
    await noteResults(ctx, register, {
      good: isFault ? 0 : 1,
      ...(isFault ? {} : { goodAt: ctx.now }),
      faults: isFault
        ? [{ code: fetched.code, detail: fetched.detail, retryAfterSeconds: null, isOfQuestion: false }]
        : [],
      proof: provenProof,
    })
    const waitMs = isFault ? Math.min(retryMs, settings.everyHours * hourMs) : settings.everyHours * hourMs
    await ctx.setTimer({ kind: fetchTimer, subjectId: register, dueAt: new Date(ctx.now.getTime() + waitMs) })
  })
}

const nameOf = (url: string): string =>
  decodeURIComponentSafely(new URL(url).pathname.split('/').at(-1) ?? '').slice(0, 200) || 'list.csv'

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

async function fetchedOf(
  runtime: Runtime,
  organisationId: string,
  settings: ListSettings,
  url: string,
  before: { readonly etag: string | null; readonly lastModified: string | null } | null,
): Promise<Fetched> {
  try {
    const response = await runtime.outbound.request({
      url,
      method: 'GET',
      headers: {
        accept: 'text/csv, */*;q=0.1',
        ...(before?.etag ? { 'if-none-match': before.etag } : {}),
        ...(before?.lastModified && !before.etag ? { 'if-modified-since': before.lastModified } : {}),
      },
      timeoutMs: settings.timeoutMs,
      responseBytesMax: listBytesMax,
    })
    const { status, headers, body } = response
    if (status === 304) return { kind: 'SAME' }
    if (status !== 200) return { kind: 'FAULT', ...faultOfStatus(status) }
    const blob = await runtime.storage.write(organisationId, Readable.from([body]))
    try {
      const rows = await readStoredList(runtime, organisationId, blob, settings)
      return {
        kind: 'FILE',
        rows,
        blob,
        etag: shortHeader(headers.etag),
        lastModified: shortHeader(headers['last-modified']),
      }
    } catch (error) {
      await runtime.storage.delete(organisationId, blob.key)
      throw error
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    if (error.code === 'FILE_FAULTY') return { kind: 'FAULT', code: 'UNREADABLE', detail: error.message }
    if (error.code === 'OUTBOUND_REFUSED') return { kind: 'FAULT', code: 'REFUSED', detail: error.message }
    if (error.code === 'OUTBOUND_FAILED') return { kind: 'FAULT', code: 'UNREACHABLE', detail: error.message }
    throw error
  }
}

/** What is sent back to the publisher word for word; what is too long to be one is none. */
const shortHeader = (value: string | undefined): string | null =>
  value !== undefined && value.length <= 500 && /^[\x20-\x7e]+$/.test(value) ? value : null

function faultOfStatus(status: number): { code: FaultCode; detail: string } {
  if (status === 401 || status === 403)
    return { code: 'UNAUTHORISED', detail: `It does not let us in (HTTP ${status}).` }
  if (status >= 500) return { code: 'SERVER_ERROR', detail: `It is out of order (HTTP ${status}).` }
  if (status >= 300 && status < 400)
    return {
      code: 'REFUSED',
      detail: `It leads elsewhere (HTTP ${status}); set the address that it leads to.`,
    }
  return { code: 'REJECTED', detail: `There is no file at the address (HTTP ${status}).` }
}

/** The versions of a register's list, newest first. NOT_FOUND for a register that there is not. */
export async function shownVersions(
  ctx: ReadContext,
  register: string,
  page: Parameters<typeof listVersions>[2],
): ReturnType<typeof listVersions> {
  assertKnown(register)
  return listVersions(ctx, register, page)
}

export async function shownVersion(ctx: ReadContext, register: string, id: string): Promise<ListVersion> {
  assertKnown(register)
  return getVersion(ctx, register, id)
}

/** What became other with a version, as resources. */
export async function shownChanges(
  ctx: ReadContext,
  register: string,
  id: string,
  page: Parameters<typeof listChanges>[3],
): Promise<{
  changes: { id: string; attributes: ListChangeAttributes; lastUpdated: Date }[]
  total: number
}> {
  assertKnown(register)
  const { changes, total, at } = await listChanges(ctx, register, id, page)
  return {
    total,
    changes: changes.map(({ key, attributes }) => ({ id: key, attributes, lastUpdated: at })),
  }
}

/** By its number, as people say it. */
export async function shownVersionOfNumber(
  ctx: ReadContext,
  register: string,
  number: string,
): Promise<ListVersion> {
  assertKnown(register)
  const below = /^[1-9]\d{0,8}$/.test(number) ? Number(number) + 1 : 0
  const [version] = (await listVersions(ctx, register, { limit: 1, offset: 0, below, since: null })).versions
  if (!version || String(version.attributes.number) !== number)
    throw new AppError('NOT_FOUND', `The list of ${register} has no version ${number}.`)
  return version
}
