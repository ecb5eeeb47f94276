/** Whole reads and writes at a position; the system's own may stop half-way. */
import type { FileHandle } from 'node:fs/promises'
import { AppError } from '../errors.ts'

/** Up to `length` bytes from `position`; fewer only where the file ends. */
export function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  return readInto(handle, position, Buffer.allocUnsafe(length))
}

/** The same into `buffer`, as much as fits; answers the part of it that was filled. */
export async function readInto(handle: FileHandle, position: number, buffer: Buffer): Promise<Buffer> {
  let filled = 0
  while (filled < buffer.length) {
    const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, position + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return buffer.subarray(0, filled)
}

/** Writes all of `buffers`, one after the other, from `position` on. At most 1,000 of them (IOV_MAX is 1,024). */
export async function writeAt(handle: FileHandle, position: number, buffers: Buffer[]): Promise<void> {
  const total = buffers.reduce((sum, buffer) => sum + buffer.length, 0)
  let { bytesWritten } = await handle.writev(buffers, position)
  if (bytesWritten === total) return
  const whole = Buffer.concat(buffers)
  while (bytesWritten < total)
    bytesWritten += (await handle.write(whole, bytesWritten, total - bytesWritten, position + bytesWritten))
      .bytesWritten
}

/** Refuses (`VALIDATION_FAILED`) what is no position or size. */
export function requirePosition(position: number): void {
  if (!Number.isSafeInteger(position) || position < 0)
    throw new AppError(
      'VALIDATION_FAILED',
      `${position} is no position in a file: it must be a whole number from 0.`,
    )
}
