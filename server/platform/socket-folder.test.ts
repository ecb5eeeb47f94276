import { createServer } from 'node:net'
import { chmod, chown, mkdir, mkdtemp, realpath, rm, rmdir, stat, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { privateSocketFolder } from './socket-folder.ts'

const ownUid = process.geteuid?.()
let folder: string
const elsewhere: string[] = []
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'sock-')))
})
afterEach(async () => {
  await rm(folder, { recursive: true })
  for (const path of elsewhere.splice(0)) await rm(path, { recursive: true, force: true })
})

async function deep(): Promise<string> {
  const path = join(folder, 'd'.repeat(100), 'e'.repeat(100))
  await mkdir(path, { recursive: true })
  return path
}

async function folderOf(path: string): Promise<string> {
  const found = await privateSocketFolder(path)
  if (!found.startsWith(folder)) elsewhere.push(found)
  return found
}

describe('privateSocketFolder', () => {
  it('lies inside a folder with a short path', async () => {
    expect(await folderOf(folder)).toBe(join(folder, 'sockets'))
  })

  it('lies elsewhere for a deep one, and is the same every time and by every name', async () => {
    const path = await deep()
    const found = await folderOf(path)
    expect(found.startsWith(folder)).toBe(false)
    expect(await folderOf(path)).toBe(found)
    await symlink(path, join(folder, 'short'))
    expect(await folderOf(join(folder, 'short'))).toBe(found)
  })

  it('is private even where it was not', async () => {
    const found = await folderOf(await deep())
    await chmod(found, 0o777)
    await folderOf(await deep())
    const status = await stat(found)
    expect(status.mode & 0o777).toBe(0o700)
    expect(status.uid).toBe(ownUid)
  })

  it('never follows a link that somebody put there', async () => {
    const path = await deep()
    const first = await folderOf(path)
    await rmdir(first)
    const trap = join(folder, 'trap')
    await mkdir(trap, { mode: 0o755 })
    await symlink(trap, first)
    const second = await folderOf(path)
    elsewhere.push(first)
    expect(second).not.toBe(first)
    expect((await stat(trap)).mode & 0o777).toBe(0o755)
  })

  it.runIf(ownUid === 0)('goes round what belongs to somebody else', async () => {
    const path = await deep()
    const first = await folderOf(path)
    await chown(first, 12345, 12345)
    expect(await folderOf(path)).not.toBe(first)
  })

  it('has room for a socket, however deep the folder', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.stringMatching(/^[a-zé ,"']{1,60}$/), { minLength: 1, maxLength: 5 }),
        async (names) => {
          const path = join(folder, ...names.map((name) => `x${name}x`))
          await mkdir(path, { recursive: true })
          const socket = join(await folderOf(path), '.s.PGSQL.5432')
          expect(Buffer.byteLength(socket)).toBeLessThanOrEqual(100)
          const server = createServer()
          await new Promise<void>((resolve, reject) => {
            server.on('error', reject)
            server.listen(socket, resolve)
          })
          await new Promise((resolve) => server.close(resolve))
        },
      ),
      { numRuns: 25 },
    )
  })
})
