/** One SFTP channel: requests in, operations of the file exchange, answers out (draft-ietf-secsh-filexfer-02). */
import type { Socket } from 'node:net'
import type { Attributes, SFTPWrapper } from 'ssh2'
import { AppError, asAppError } from '../../platform/errors.ts'
import { bestEffort } from '../../platform/log.ts'
import type { Runtime } from '../../platform/runtime.ts'
import {
  entryAt,
  placeOf,
  recordRefusal,
  removeFile,
  renameFile,
  setAttributes,
  storageOf,
  type ExchangeSession,
  type FileAttributes,
} from './file-exchange.ts'
import { openHandles } from './file-exchange.sftp-handles.ts'
import { requestLine } from './file-exchange.sftp-line.ts'
import {
  announceExtensions,
  attributesOf,
  endChannel,
  nameOf,
  sendData,
  sendLimits,
  sendRoom,
  status,
  statusOf,
  stringsIn,
  transferBytesMax,
  unsentBytes,
} from './file-exchange.sftp-wire.ts'

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
  /** Ends the connection at once. */
  drop(): void
}

const namesPerAnswer = 200
/** Some clients take packets of 34,000 bytes only. */
const nameBytesPerAnswer = 30_000
/** What surrounds the two names of an entry. */
const bytesAroundNames = 40

/** Only what was said: the library leaves out what the client did not send. */
function fileAttributes(attrs: Partial<Attributes>): FileAttributes {
  return {
    ...(attrs.mtime === undefined ? {} : { modifiedAt: new Date(attrs.mtime * 1_000) }),
    ...(attrs.size === undefined ? {} : { bytes: attrs.size }),
  }
}

/** Serves the channel until it ends. */
export function serveSftp(
  runtime: Runtime,
  session: ExchangeSession,
  sftp: SFTPWrapper,
  options: SftpSessionOptions,
): SftpSession {
  announceExtensions(sftp)
  const handles = openHandles(runtime, session)
  let resolveEnded: () => void = () => {}
  const ended = new Promise<void>((resolve) => (resolveEnded = resolve))
  const onQuiet = (): void => {
    if (!handles.hasFiles) options.onQuiet()
  }
  const line = requestLine({
    socket: options.socket,
    unsentBytes: () => unsentBytes(sftp),
    onEmpty: onQuiet,
    drop: () => options.drop(),
  })

  const refuse = async (id: number, thrown: unknown, operation: string, path: string): Promise<void> => {
    const error = asAppError(thrown)
    if (error.kind === 'internal' || error.kind === 'unavailable')
      runtime.log.error({ err: thrown, accountId: session.accountId, operation }, 'SFTP request failed')
    sftp.status(id, statusOf(error), error.message)
    if (error.kind !== 'forbidden') return
    const recorded = recordRefusal(runtime, session, { operation, path })
    await bestEffort(runtime.log, 'the refusal itself was told', recorded)
  }

  /** A request on a path, or on a handle; `work` answers it, or throws and it is refused. */
  const take = (
    id: number,
    operation: string,
    subject: string | Buffer,
    work: () => Promise<void>,
    bytes = 0,
  ): void => {
    options.onActivity()
    line.take(bytes, async () => {
      const path = typeof subject === 'string' ? subject : handles.pathOf(subject)
      try {
        await work()
      } catch (thrown) {
        await refuse(id, thrown, operation, path)
      }
    })
  }
  /** The same, where the answer to success is a plain OK. */
  const perform = (
    id: number,
    operation: string,
    subject: string | Buffer,
    work: () => Promise<void>,
    bytes = 0,
  ): void =>
    take(
      id,
      operation,
      subject,
      async () => {
        await work()
        sftp.status(id, status.ok, 'OK')
      },
      bytes,
    )

  const readNames = async (id: number, key: Buffer): Promise<void> => {
    await line.roomToSend()
    const now = runtime.clock.now()
    let bytes = 0
    let count = 0
    const entries = await handles.nextEntries(key, (entry) => {
      const name = nameOf(entry, now)
      bytes += Buffer.byteLength(name.filename) + Buffer.byteLength(name.longname) + bytesAroundNames
      count += 1
      return count === 1 || (count <= namesPerAnswer && bytes <= nameBytesPerAnswer)
    })
    if (entries.length === 0) sftp.status(id, status.eof, 'End of folder')
    else
      sftp.name(
        id,
        entries.map((entry) => nameOf(entry, now)),
      )
  }

  const read = async (id: number, key: Buffer, offset: number, length: number): Promise<void> => {
    await line.roomToSend()
    const parts = await handles.read(key, offset, Math.min(length, transferBytesMax))
    if (parts.length === 0 && length > 0) sftp.status(id, status.eof, 'End of file')
    else sendData(sftp, id, parts)
  }

  const extended = (id: number, name: string, data: Buffer | undefined): void => {
    const [first, second] = stringsIn(data, name === 'posix-rename@openssh.com' ? 2 : 1) ?? []
    if (name === 'posix-rename@openssh.com' && first && second) {
      const [from, to] = [first.toString(), second.toString()]
      perform(id, 'rename', from, () =>
        renameFile(runtime, session, placeOf(from), placeOf(to), { replaces: true }),
      )
    } else if (name === 'fsync@openssh.com' && first) {
      perform(id, 'fsync', first, () => handles.sync(first))
    } else {
      const path = name === 'statvfs@openssh.com' ? first?.toString() : undefined
      take(id, name, path ?? '', async () => {
        if (name === 'limits@openssh.com' && sendLimits(sftp, id)) return
        if (path !== undefined) {
          await entryAt(runtime, session, placeOf(path))
          if (sendRoom(sftp, id, await storageOf(runtime, session))) return
        }
        throw new AppError('OPERATION_UNSUPPORTED', `${name} is not supported.`)
      })
    }
  }

  const refuseFolders = (): Promise<never> =>
    Promise.reject(new AppError('PATH_FORBIDDEN', 'The folders are fixed; none can be made or removed.'))
  const refuseLinks = (): Promise<never> =>
    Promise.reject(new AppError('OPERATION_UNSUPPORTED', 'There are no links here.'))

  sftp.on('OPEN', (id, path, flags) =>
    take(id, 'open', path, async () => sftp.handle(id, await handles.open(path, flags))),
  )
  sftp.on('OPENDIR', (id, path) =>
    take(id, 'list', path, async () => sftp.handle(id, await handles.openFolder(path))),
  )
  sftp.on('READ', (id, key, offset, length) => take(id, 'read', key, () => read(id, key, offset, length)))
  sftp.on('READDIR', (id, key) => take(id, 'list', key, () => readNames(id, key)))
  sftp.on('WRITE', (id, key, offset, data) =>
    perform(id, 'write', key, () => handles.write(key, offset, data), data.length),
  )
  sftp.on('CLOSE', (id, key) => perform(id, 'close', key, () => handles.close(key)))
  for (const request of ['STAT', 'LSTAT'] as const)
    sftp.on(request as 'STAT', (id, path) =>
      take(id, 'stat', path, async () =>
        sftp.attrs(id, attributesOf(await entryAt(runtime, session, placeOf(path)))),
      ),
    )
  sftp.on('FSTAT', (id, key) =>
    take(id, 'stat', key, async () => sftp.attrs(id, attributesOf(await handles.entryOf(key)))),
  )
  sftp.on('SETSTAT', (id, path, attrs) =>
    perform(id, 'setstat', path, () => setAttributes(runtime, session, placeOf(path), fileAttributes(attrs))),
  )
  sftp.on('FSETSTAT', (id, key, attrs) =>
    perform(id, 'setstat', key, () => handles.setAttributes(key, fileAttributes(attrs))),
  )
  sftp.on('REALPATH', (id, path) =>
    take(id, 'realpath', path, async () => {
      const { canonical } = placeOf(path)
      sftp.name(id, [{ filename: canonical, longname: canonical, attrs: {} as Attributes }])
    }),
  )
  sftp.on('REMOVE', (id, path) =>
    perform(id, 'delete', path, () => removeFile(runtime, session, placeOf(path))),
  )
  sftp.on('RENAME', (id, from, to) =>
    perform(id, 'rename', from, () =>
      renameFile(runtime, session, placeOf(from), placeOf(to), { replaces: false }),
    ),
  )
  sftp.on('MKDIR', (id, path) =>
    take(id, 'mkdir', path, () => {
      const { kind, canonical } = placeOf(path)
      if (kind === 'FOLDER') throw new AppError('CONFLICT', `The folder ${canonical} exists already.`)
      return refuseFolders()
    }),
  )
  sftp.on('RMDIR', (id, path) => take(id, 'rmdir', path, refuseFolders))
  sftp.on('READLINK', (id, path) => take(id, 'readlink', path, refuseLinks))
  sftp.on('SYMLINK', (id, path) => take(id, 'symlink', path, refuseLinks))
  sftp.on('EXTENDED', extended)

  /** Everything that was sent is worked through first. */
  const end = (): void =>
    line.end(async () => {
      await handles.cutAll()
      endChannel(sftp)
      onQuiet()
      resolveEnded()
    })
  for (const event of ['end', 'close', 'error']) sftp.on(event, end)

  return {
    get isTransferring() {
      return handles.hasFiles
    },
    ended,
  }
}
