/** The files and folders that a channel has open (draft-ietf-secsh-filexfer-02, sections 6.3 to 6.6). */
import { AppError } from '../../platform/errors.ts'
import { bestEffort } from '../../platform/log.ts'
import type { Runtime } from '../../platform/runtime.ts'
import {
  beginUpload,
  cutUpload,
  entryAt,
  finishUpload,
  openDownload,
  openListing,
  placeOf,
  resizeUpload,
  setAttributes,
  writeUpload,
  type Download,
  type Entry,
  type ExchangeSession,
  type FileAttributes,
  type Listing,
  type Upload,
} from './file-exchange.ts'
import { openFlag, openHandlesMax } from './file-exchange.sftp-wire.ts'

type Handle =
  | { readonly kind: 'DOWNLOAD'; readonly path: string; readonly download: Download }
  | { readonly kind: 'UPLOAD'; readonly path: string; readonly upload: Upload; readonly appends: boolean }
  | { readonly kind: 'LISTING'; readonly path: string; readonly dots: Entry[]; readonly listing: Listing }

/** A handle is named by 4 bytes, never used again. Every call refuses (CONFLICT) a name that is not open. */
export interface Handles {
  /** Whether a file is open, for reading or writing. */
  readonly hasFiles: boolean
  open(path: string, flags: number): Promise<Buffer>
  openFolder(path: string): Promise<Buffer>
  /** In pieces, to be sent one after the other; none at the end. */
  read(key: Buffer, offset: number, length: number): Promise<readonly Buffer[]>
  write(key: Buffer, offset: number, data: Buffer): Promise<void>
  sync(key: Buffer): Promise<void>
  /** Entries as long as `isRoom` says so; none at the end. */
  nextEntries(key: Buffer, isRoom: (entry: Entry) => boolean): Promise<readonly Entry[]>
  entryOf(key: Buffer): Promise<Entry>
  setAttributes(key: Buffer, attributes: FileAttributes): Promise<void>
  close(key: Buffer): Promise<void>
  /** The channel is gone: what is open was cut. */
  cutAll(): Promise<void>
  /** The path of an open handle, for the journal; empty when it is not open. */
  pathOf(key: Buffer): string
}

export function openHandles(runtime: Runtime, session: ExchangeSession): Handles {
  const handles = new Map<string, Handle>()
  let made = 0

  const add = (handle: Handle): Buffer => {
    made += 1
    const key = Buffer.alloc(4)
    key.writeUInt32BE(made)
    handles.set(key.toString('hex'), handle)
    return key
  }
  const checkRoom = (): void => {
    if (handles.size >= openHandlesMax)
      throw new AppError(
        'TOO_MANY_REQUESTS',
        `At most ${openHandlesMax} files may be open at once; close some.`,
      )
  }
  const get = (key: Buffer): Handle => {
    const handle = handles.get(key.toString('hex'))
    if (!handle) throw new AppError('CONFLICT', 'There is no such open file.')
    return handle
  }
  const uploadAt = (key: Buffer): Extract<Handle, { kind: 'UPLOAD' }> => {
    const handle = get(key)
    if (handle.kind !== 'UPLOAD') throw new AppError('CONFLICT', 'The file is not open for writing.')
    return handle
  }

  const open = async (path: string, flags: number): Promise<Buffer> => {
    checkRoom()
    const place = placeOf(path)
    const has = (flag: number): boolean => (flags & flag) !== 0
    if (has(openFlag.write) || has(openFlag.append)) {
      const upload = await beginUpload(runtime, session, place, {
        create: has(openFlag.create),
        truncate: has(openFlag.truncate),
        exclusive: has(openFlag.exclusive),
      })
      return add({ kind: 'UPLOAD', path: place.canonical, upload, appends: has(openFlag.append) })
    }
    if (!has(openFlag.read))
      throw new AppError('VALIDATION_FAILED', 'A file is opened for reading, for writing, or both.')
    return add({
      kind: 'DOWNLOAD',
      path: place.canonical,
      download: await openDownload(runtime, session, place),
    })
  }

  const openFolder = async (path: string): Promise<Buffer> => {
    checkRoom()
    const place = placeOf(path)
    const listing = await openListing(runtime, session, place)
    const self = await entryAt(runtime, session, place)
    const dots = ['.', '..'].map((name) => ({ ...self, name }))
    return add({ kind: 'LISTING', path: place.canonical, dots, listing })
  }

  const entryOf = async (key: Buffer): Promise<Entry> => {
    const handle = get(key)
    const place = placeOf(handle.path)
    if (handle.kind === 'LISTING') return entryAt(runtime, session, place)
    if (handle.kind === 'UPLOAD')
      return { ...(await entryAt(runtime, session, place)), bytes: handle.upload.staged.size }
    // The name may stand for another version or nothing by now; the handle stands for the one that was opened.
    const present = await entryAt(runtime, session, place).catch(() => undefined)
    return {
      kind: 'FILE',
      name: handle.path.slice(handle.path.lastIndexOf('/') + 1),
      bytes: handle.download.bytes,
      modifiedAt: present?.modifiedAt ?? runtime.clock.now(),
      isWritable: present?.isWritable ?? false,
    }
  }

  return {
    get hasFiles() {
      return [...handles.values()].some((handle) => handle.kind !== 'LISTING')
    },
    open,
    openFolder,
    entryOf,
    read: async (key, offset, length) => {
      const handle = get(key)
      if (handle.kind === 'LISTING') throw new AppError('CONFLICT', 'A folder is not read like a file.')
      if (handle.kind === 'DOWNLOAD') return handle.download.readParts(offset, length)
      const bytes = await handle.upload.staged.read(offset, length)
      return bytes.length === 0 ? [] : [bytes]
    },
    write: async (key, offset, data) => {
      const { upload, appends } = uploadAt(key)
      await writeUpload(runtime, session, upload, appends ? upload.staged.size : offset, data)
    },
    sync: async (key) => {
      const { upload } = uploadAt(key)
      if (upload.end) throw upload.end
      await upload.staged.sync()
    },
    nextEntries: async (key, isRoom) => {
      const handle = get(key)
      if (handle.kind !== 'LISTING') throw new AppError('CONFLICT', 'The file is not a folder.')
      // There is always room for these two.
      const dots = handle.dots.splice(0).filter(isRoom)
      return [...dots, ...(await handle.listing.next(isRoom))]
    },
    setAttributes: async (key, attributes) => {
      const handle = get(key)
      if (handle.kind !== 'UPLOAD') {
        await setAttributes(runtime, session, placeOf(handle.path), attributes)
        return
      }
      if (attributes.bytes !== undefined)
        await resizeUpload(runtime, session, handle.upload, attributes.bytes)
      if (attributes.modifiedAt) handle.upload.clientModifiedAt = attributes.modifiedAt
    },
    close: async (key) => {
      const handle = get(key)
      handles.delete(key.toString('hex'))
      if (handle.kind === 'DOWNLOAD') await handle.download.close()
      if (handle.kind === 'UPLOAD') await finishUpload(runtime, session, handle.upload)
    },
    cutAll: async () => {
      const why = 'the connection is gone; a partial is found again by its row'
      for (const handle of handles.values()) {
        if (handle.kind === 'UPLOAD')
          await bestEffort(runtime.log, why, cutUpload(runtime, session, handle.upload))
        if (handle.kind === 'DOWNLOAD') await bestEffort(runtime.log, why, handle.download.close())
      }
      handles.clear()
    },
    pathOf: (key) => handles.get(key.toString('hex'))?.path ?? '',
  }
}
