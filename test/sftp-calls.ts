/** The calls of the SSH library's client as promises, for tests that send what no command line sends. */
import { promisify } from 'node:util'
import type { SFTPWrapper } from 'ssh2'

/** The client's calls as promises; a refusal has the protocol's `code`. */
export function promised(sftp: SFTPWrapper) {
  const raw = sftp as unknown as Record<string, (...args: never[]) => void>
  const call = <T>(method: string, ...args: unknown[]): Promise<T> =>
    (promisify((raw[method] as (...all: unknown[]) => void).bind(sftp)) as (...all: unknown[]) => Promise<T>)(
      ...args,
    )
  return {
    open: (path: string, flags: number, attrs: object = {}) => call<Buffer>('open', path, flags, attrs),
    write: (handle: Buffer, data: Buffer, at: number) =>
      call<void>('write', handle, data, 0, data.length, at),
    read: async (handle: Buffer, at: number, length: number): Promise<Buffer> => {
      const into = Buffer.alloc(length)
      const read = await new Promise<number>((resolve, reject) =>
        sftp.read(handle, into, 0, length, at, (error, count) => (error ? reject(error) : resolve(count))),
      )
      return into.subarray(0, read)
    },
    close: (handle: Buffer) => call<void>('close', handle),
    stat: (path: string) => call<{ size: number; mode: number; mtime: number }>('stat', path),
    fstat: (handle: Buffer) => call<{ size: number }>('fstat', handle),
    setstat: (path: string, attrs: object) => call<void>('setstat', path, attrs),
    fsetstat: (handle: Buffer, attrs: object) => call<void>('fsetstat', handle, attrs),
    list: async (path: string) =>
      (await call<{ filename: string }[]>('readdir', path)).map((one) => one.filename).sort(),
    remove: (path: string) => call<void>('unlink', path),
    rename: (from: string, to: string) => call<void>('rename', from, to),
    posixRename: (from: string, to: string) => call<void>('ext_openssh_rename', from, to),
    fsync: (handle: Buffer) => call<void>('ext_openssh_fsync', handle),
    lstat: (path: string) => call<{ size: number; mode: number; mtime: number }>('lstat', path),
    realpath: (path: string) => call<string>('realpath', path),
    mkdir: (path: string) => call<void>('mkdir', path),
    hardlink: (from: string, to: string) => call<void>('ext_openssh_hardlink', from, to),
    extensions: () => (sftp as unknown as { _extensions: Record<string, string> })._extensions,
  }
}

export type SftpCalls = ReturnType<typeof promised>
