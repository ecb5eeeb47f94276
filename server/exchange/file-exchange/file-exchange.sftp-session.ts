/**
 * One SFTP channel: requests in, operations of the file exchange, answers out (draft-ietf-secsh-filexfer-02).
 *
 * Requests are worked through one after the other in the order of their arrival, however many the client sends ahead:
 * so that a WRITE is on its way to the disk before it is acknowledged, and a CLOSE is the last of its handle. The
 * bytes waiting in memory are bounded by not reading from the socket.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Socket } from 'node:net'
import type { Attributes, SFTPWrapper } from 'ssh2'
import { AppError, asAppError } from '../../platform/errors.ts'
import { bestEffort } from '../../platform/log.ts'
import type { Runtime } from '../../platform/runtime.ts'
import {
  beginUpload,
  cutUpload,
  entryAt,
  finishUpload,
  listFolder,
  openDownload,
  placeOf,
  recordRefusal,
  removeFile,
  renameFile,
  resizeUpload,
  setAttributes,
  writeUpload,
  type Download,
  type Entry,
  type ExchangeSession,
  type FileAttributes,
  type Upload,
} from './file-exchange.ts'
import {
  announceExtensions,
  attributesOf,
  endChannel,
  nameOf,
  openFlag,
  openHandlesMax,
  sendLimits,
  status,
  statusOf,
  stringsIn,
  transferBytesMax,
  unsentBytes,
} from './file-exchange.sftp-wire.ts'

/** What a handle stands for. */
type Handle =
  | { readonly kind: 'DOWNLOAD'; readonly path: string; readonly download: Download }
  | { readonly kind: 'UPLOAD'; readonly path: string; readonly upload: Upload; readonly appends: boolean }
  | { readonly kind: 'LISTING'; readonly path: string; readonly entries: readonly Entry[]; next: number }

export interface SftpSession {
  /** Whether a file is open. */
  readonly isTransferring: boolean
  /** Resolves when the channel has ended and every file that was open is settled. */
  readonly ended: Promise<void>
}

export interface SftpSessionOptions {
  readonly socket: Socket
  /** Called at every request. */
  onActivity(): void
  /** Called when everything asked for was answered and no file is open. */
  onQuiet(): void
  /** Ends the connection of a client that sends faster than it could ever be served. */
  drop(): void
}

const waitingBytesPause = 8 * 2 ** 20
const waitingRequestsPause = 512
const waitingBytesMax = 64 * 2 ** 20
const waitingRequestsMax = 8_192
const unsentBytesHold = 8 * 2 ** 20
const unsentLookMs = 5
const namesPerAnswer = 200
/** Some clients take packets of 34,000 bytes only. */
const nameBytesPerAnswer = 30_000

/** Serves the channel until it ends. */
export function serveSftp(
  runtime: Runtime,
  session: ExchangeSession,
  sftp: SFTPWrapper,
  options: SftpSessionOptions,
): SftpSession {
  const { socket } = options
  const handles = new Map<string, Handle>()
  let handlesMade = 0
  let waitingRequests = 0
  let waitingBytes = 0
  let isEnding = false
  let tail: Promise<void> = Promise.resolve()
  let resolveEnded: () => void = () => {}
  const ended = new Promise<void>((resolve) => (resolveEnded = resolve))

  announceExtensions(sftp)

  const openFiles = (): number => [...handles.values()].filter((handle) => handle.kind !== 'LISTING').length

  /** Holds back answers that the client does not take. */
  const roomToSend = async (): Promise<void> => {
    while (!isEnding && !socket.destroyed && unsentBytes(sftp) + socket.writableLength > unsentBytesHold) {
      // The client makes room by messages: they must be read, even if it was paused for other reasons.
      socket.resume()
      await delay(unsentLookMs)
    }
  }

  /** Puts a request into the line. `path` is for the journal, should it be refused. */
  const take = (
    requestId: number,
    bytes: number,
    operation: string,
    path: () => string,
    work: () => Promise<void>,
  ): void => {
    options.onActivity()
    waitingRequests += 1
    waitingBytes += bytes
    if (waitingBytes > waitingBytesMax || waitingRequests > waitingRequestsMax) options.drop()
    else if (waitingBytes > waitingBytesPause || waitingRequests > waitingRequestsPause) socket.pause()
    tail = tail.then(async () => {
      try {
        await work()
      } catch (thrown) {
        await refuse(requestId, thrown, operation, path())
      } finally {
        waitingRequests -= 1
        waitingBytes -= bytes
        if (waitingRequests === 0 && openFiles() === 0) options.onQuiet()
        if (waitingBytes <= waitingBytesPause / 2 && waitingRequests <= waitingRequestsPause / 2)
          socket.resume()
      }
    })
  }

  const refuse = async (
    requestId: number,
    thrown: unknown,
    operation: string,
    path: string,
  ): Promise<void> => {
    const error = asAppError(thrown)
    if (error.kind === 'internal' || error.kind === 'unavailable')
      runtime.log.error({ err: thrown, accountId: session.accountId, operation }, 'SFTP request failed')
    sftp.status(requestId, statusOf(error), error.message)
    if (error.kind === 'forbidden')
      await bestEffort(
        runtime.log,
        'the refusal itself was told',
        recordRefusal(runtime, session, { operation, path }),
      )
  }

  const ok = (requestId: number): void => sftp.status(requestId, status.ok, 'OK')

  const addHandle = (requestId: number, handle: Handle): void => {
    handlesMade += 1
    const key = Buffer.alloc(4)
    key.writeUInt32BE(handlesMade)
    handles.set(key.toString('hex'), handle)
    sftp.handle(requestId, key)
  }

  const checkRoomForHandle = (): void => {
    if (handles.size >= openHandlesMax)
      throw new AppError(
        'TOO_MANY_REQUESTS',
        `At most ${openHandlesMax} files may be open at once; close some.`,
      )
  }

  const handleOf = (key: Buffer): Handle => {
    const handle = handles.get(key.toString('hex'))
    if (!handle) throw new AppError('CONFLICT', 'There is no such open file.')
    return handle
  }

  const uploadOf = (key: Buffer): Upload => {
    const handle = handleOf(key)
    if (handle.kind !== 'UPLOAD') throw new AppError('CONFLICT', 'The file is not open for writing.')
    return handle.upload
  }

  const pathOf = (key: Buffer): string => handles.get(key.toString('hex'))?.path ?? ''

  const open = async (requestId: number, path: string, flags: number): Promise<void> => {
    checkRoomForHandle()
    const place = placeOf(path)
    if ((flags & (openFlag.write | openFlag.append)) === 0) {
      if ((flags & openFlag.read) === 0)
        throw new AppError('VALIDATION_FAILED', 'A file is opened for reading, for writing, or both.')
      const download = await openDownload(runtime, session, place)
      addHandle(requestId, { kind: 'DOWNLOAD', path: place.canonical, download })
      return
    }
    const upload = await beginUpload(runtime, session, place, {
      create: (flags & openFlag.create) !== 0,
      truncate: (flags & openFlag.truncate) !== 0,
      exclusive: (flags & openFlag.exclusive) !== 0,
    })
    const appends = (flags & openFlag.append) !== 0
    addHandle(requestId, { kind: 'UPLOAD', path: place.canonical, upload, appends })
  }

  const read = async (requestId: number, key: Buffer, offset: number, length: number): Promise<void> => {
    const handle = handleOf(key)
    if (handle.kind === 'LISTING') throw new AppError('CONFLICT', 'A folder is not read like a file.')
    await roomToSend()
    const wanted = Math.min(length, transferBytesMax)
    const bytes =
      handle.kind === 'DOWNLOAD'
        ? await handle.download.read(offset, wanted)
        : await handle.upload.staged.read(offset, wanted)
    if (bytes.length === 0 && wanted > 0) sftp.status(requestId, status.eof, 'End of file')
    else sftp.data(requestId, bytes)
  }

  const write = async (requestId: number, key: Buffer, offset: number, data: Buffer): Promise<void> => {
    const handle = handleOf(key)
    const upload = uploadOf(key)
    const appends = handle.kind === 'UPLOAD' && handle.appends
    await writeUpload(runtime, session, upload, appends ? upload.staged.size : offset, data)
    ok(requestId)
  }

  const close = async (requestId: number, key: Buffer): Promise<void> => {
    const handle = handleOf(key)
    handles.delete(key.toString('hex'))
    if (handle.kind === 'DOWNLOAD') await handle.download.close()
    if (handle.kind === 'UPLOAD') await finishUpload(runtime, session, handle.upload)
    ok(requestId)
  }

  const readNames = async (requestId: number, key: Buffer): Promise<void> => {
    const handle = handleOf(key)
    if (handle.kind !== 'LISTING') throw new AppError('CONFLICT', 'The file is not a folder.')
    await roomToSend()
    const now = runtime.clock.now()
    const names: ReturnType<typeof nameOf>[] = []
    let bytes = 0
    while (
      handle.next < handle.entries.length &&
      names.length < namesPerAnswer &&
      bytes < nameBytesPerAnswer
    ) {
      const name = nameOf(handle.entries[handle.next++] as Entry, now)
      bytes += Buffer.byteLength(name.filename) + Buffer.byteLength(name.longname) + 40
      names.push(name)
    }
    if (names.length === 0) sftp.status(requestId, status.eof, 'End of folder')
    else sftp.name(requestId, names)
  }

  const entryOfHandle = async (key: Buffer): Promise<Entry> => {
    const handle = handleOf(key)
    const entry =
      handle.kind === 'DOWNLOAD' ? undefined : await entryAt(runtime, session, placeOf(handle.path))
    if (handle.kind === 'UPLOAD') return { ...(entry as Entry), bytes: handle.upload.staged.size }
    if (handle.kind === 'LISTING') return entry as Entry
    const { path, download } = handle
    // The file may have another version or none by now; the handle stands for the one that was opened.
    const now = await entryAt(runtime, session, placeOf(path)).catch(() => undefined)
    return {
      kind: 'FILE',
      name: path.slice(path.lastIndexOf('/') + 1),
      bytes: download.bytes,
      modifiedAt: now?.modifiedAt ?? runtime.clock.now(),
      isWritable: now?.isWritable ?? false,
    }
  }

  const setHandle = async (key: Buffer, attributes: FileAttributes): Promise<void> => {
    const handle = handleOf(key)
    if (handle.kind !== 'UPLOAD') {
      await setAttributes(runtime, session, placeOf(handle.path), attributes)
      return
    }
    if (attributes.bytes !== undefined) await resizeUpload(runtime, session, handle.upload, attributes.bytes)
    if (attributes.modifiedAt) handle.upload.clientModifiedAt = attributes.modifiedAt
  }

  const extended = async (requestId: number, name: string, data: Buffer | undefined): Promise<void> => {
    if (name === 'limits@openssh.com' && sendLimits(sftp, requestId)) return
    if (name === 'posix-rename@openssh.com') {
      const [from, to] = stringsIn(data, 2) ?? []
      if (!from || !to) throw new AppError('VALIDATION_FAILED', 'The request is malformed.')
      await renameFile(runtime, session, placeOf(from.toString()), placeOf(to.toString()), { replaces: true })
      ok(requestId)
      return
    }
    if (name === 'fsync@openssh.com') {
      const [key] = stringsIn(data, 1) ?? []
      if (!key) throw new AppError('VALIDATION_FAILED', 'The request is malformed.')
      const upload = uploadOf(key)
      if (upload.end) throw upload.end
      await upload.staged.sync()
      ok(requestId)
      return
    }
    throw new AppError('OPERATION_UNSUPPORTED', `${name} is not supported.`)
  }

  const noFolders = (): Promise<never> =>
    Promise.reject(new AppError('PATH_FORBIDDEN', 'The folders are fixed; none can be made or removed.'))
  const noLinks = (): Promise<never> =>
    Promise.reject(new AppError('OPERATION_UNSUPPORTED', 'There are no links here.'))

  sftp.on('OPEN', (id, path, flags) =>
    take(
      id,
      0,
      'open',
      () => path,
      () => open(id, path, flags),
    ),
  )
  sftp.on('READ', (id, key, offset, length) =>
    take(
      id,
      0,
      'read',
      () => pathOf(key),
      () => read(id, key, offset, length),
    ),
  )
  sftp.on('WRITE', (id, key, offset, data) =>
    take(
      id,
      data.length,
      'write',
      () => pathOf(key),
      () => write(id, key, offset, data),
    ),
  )
  sftp.on('CLOSE', (id, key) =>
    take(
      id,
      0,
      'close',
      () => pathOf(key),
      () => close(id, key),
    ),
  )
  sftp.on('OPENDIR', (id, path) =>
    take(
      id,
      0,
      'list',
      () => path,
      async () => {
        checkRoomForHandle()
        const place = placeOf(path)
        const entries = await listFolder(runtime, session, place)
        const self = await entryAt(runtime, session, place)
        const dots = ['.', '..'].map((name) => ({ ...self, name }))
        addHandle(id, { kind: 'LISTING', path: place.canonical, entries: [...dots, ...entries], next: 0 })
      },
    ),
  )
  sftp.on('READDIR', (id, key) =>
    take(
      id,
      0,
      'list',
      () => pathOf(key),
      () => readNames(id, key),
    ),
  )
  for (const request of ['STAT', 'LSTAT'] as const) {
    sftp.on(request as 'STAT', (id, path) =>
      take(
        id,
        0,
        'stat',
        () => path,
        async () => {
          sftp.attrs(id, attributesOf(await entryAt(runtime, session, placeOf(path))))
        },
      ),
    )
  }
  sftp.on('FSTAT', (id, key) =>
    take(
      id,
      0,
      'stat',
      () => pathOf(key),
      async () => {
        sftp.attrs(id, attributesOf(await entryOfHandle(key)))
      },
    ),
  )
  sftp.on('SETSTAT', (id, path, attrs) =>
    take(
      id,
      0,
      'setstat',
      () => path,
      async () => {
        await setAttributes(runtime, session, placeOf(path), fileAttributes(attrs))
        ok(id)
      },
    ),
  )
  sftp.on('FSETSTAT', (id, key, attrs) =>
    take(
      id,
      0,
      'setstat',
      () => pathOf(key),
      async () => {
        await setHandle(key, fileAttributes(attrs))
        ok(id)
      },
    ),
  )
  sftp.on('REALPATH', (id, path) =>
    take(
      id,
      0,
      'realpath',
      () => path,
      async () => {
        const { canonical } = placeOf(path)
        sftp.name(id, [{ filename: canonical, longname: canonical, attrs: {} as Attributes }])
      },
    ),
  )
  sftp.on('REMOVE', (id, path) =>
    take(
      id,
      0,
      'delete',
      () => path,
      async () => {
        await removeFile(runtime, session, placeOf(path))
        ok(id)
      },
    ),
  )
  sftp.on('RENAME', (id, from, to) =>
    take(
      id,
      0,
      'rename',
      () => from,
      async () => {
        await renameFile(runtime, session, placeOf(from), placeOf(to), { replaces: false })
        ok(id)
      },
    ),
  )
  sftp.on('MKDIR', (id, path) =>
    take(
      id,
      0,
      'mkdir',
      () => path,
      async () => {
        const place = placeOf(path)
        if (place.kind === 'FOLDER')
          throw new AppError('CONFLICT', `The folder ${place.canonical} exists already.`)
        await noFolders()
      },
    ),
  )
  sftp.on('RMDIR', (id, path) => take(id, 0, 'rmdir', () => path, noFolders))
  sftp.on('READLINK', (id, path) => take(id, 0, 'readlink', () => path, noLinks))
  sftp.on('SYMLINK', (id, path) => take(id, 0, 'symlink', () => path, noLinks))
  sftp.on('EXTENDED', (id, name, data) =>
    take(
      id,
      0,
      name,
      () => '',
      () => extended(id, name, data),
    ),
  )

  /** Everything that was sent is worked through; then what is still open was cut off. */
  const end = (): void => {
    if (isEnding) return
    isEnding = true
    tail = tail.then(async () => {
      for (const handle of handles.values()) {
        const settled =
          handle.kind === 'UPLOAD'
            ? cutUpload(runtime, session, handle.upload)
            : handle.kind === 'DOWNLOAD'
              ? handle.download.close()
              : Promise.resolve()
        await bestEffort(runtime.log, 'the connection is gone; a partial is found again by its row', settled)
      }
      handles.clear()
      endChannel(sftp)
      options.onQuiet()
      resolveEnded()
    })
  }
  sftp.on('end', end)
  sftp.on('close', end)
  sftp.on('error', end)

  return {
    get isTransferring() {
      return openFiles() > 0
    },
    ended,
  }
}

/** Only what was said: the library leaves out what the client did not send. */
function fileAttributes(attrs: Partial<Attributes>): FileAttributes {
  return {
    ...(attrs.mtime === undefined ? {} : { modifiedAt: new Date(attrs.mtime * 1_000) }),
    ...(attrs.size === undefined ? {} : { bytes: attrs.size }),
  }
}
