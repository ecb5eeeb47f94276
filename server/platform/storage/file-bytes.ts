/** Whole reads and writes at a position; the system's own may stop half-way. */
import type { FileHandle } from 'node:fs/promises'
import { AppError } from '../errors.ts'

/** Up to `length` bytes from `position`; fewer only where the file ends. */
export async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, position + filled)
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
