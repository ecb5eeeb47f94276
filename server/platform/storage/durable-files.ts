/**
 * Files and folders that outlive a crash. A name in a folder is durable only after the folder itself was synced
 * (fsync(2), Notes), so every function here does both.
 */
import { link, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { randomCharacters } from '../ids.ts'

/** Makes what was created, renamed or removed in `folder` survive a crash. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * Makes `folder` (0700), and every missing one from `root` down to it, durably. `root` contains `folder` or is it.
 * `known` remembers between calls what was made sure of already.
 */
export async function makeFolderDurably(
  root: string,
  folder: string,
  known: Set<string> = new Set(),
): Promise<void> {
  if (known.has(folder)) return
  if (folder === root) {
    const made = await mkdir(root, { recursive: true, mode: 0o700 })
    // Only the mount point or home above it may be unreadable; then its owner answers for it.
    if (made !== undefined) await syncFolder(dirname(made)).catch(unlessUnreadable)
  } else {
    const parent = dirname(folder)
    await makeFolderDurably(root, parent, known)
    await mkdir(folder, { mode: 0o700 }).catch(unlessThere)
    // Even when another process made it just now: it may not have come to this yet.
    await syncFolder(parent)
  }
  known.add(folder)
}

function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error
}

function unlessUnreadable(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EACCES' && error.code !== 'EPERM') throw error
}

async function writeBeside(path: string, bytes: Buffer): Promise<string> {
  const temporary = `${path}.${randomCharacters(8)}.tmp`
  const handle = await open(temporary, 'wx', 0o600)
  try {
    await handle.writeFile(bytes)
    await handle.sync()
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  } finally {
    await handle.close()
  }
  return temporary
}

/** Puts `bytes` under `path` (0600): after a crash there is the old file or the new one, never a torn one. */
export async function replaceFileDurably(path: string, bytes: Buffer): Promise<void> {
  const temporary = await writeBeside(path, bytes)
  try {
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncFolder(dirname(path))
}

/**
 * Puts `bytes` under `path` (0600) unless something is there. Answers whether it did; of several that try at the
 * same instant exactly one does, and the file is whole from the moment it is seen.
 */
export async function createFileDurably(path: string, bytes: Buffer): Promise<boolean> {
  const temporary = await writeBeside(path, bytes)
  try {
    // Unlike rename(2), link(2) never replaces.
    await link(temporary, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    await rm(temporary, { force: true })
    await syncFolder(dirname(path))
  }
}
