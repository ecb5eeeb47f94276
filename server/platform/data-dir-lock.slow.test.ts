import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { acquireDataDirLock, createDataDir } from './data-dir-lock.ts'

let folder: string
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'lock-')))
})
afterEach(async () => {
  await rm(folder, { recursive: true })
})

/** Another process that tries, says `held` or the code of the refusal, and then lives until killed. */
async function tryElsewhere(dataDir: string): Promise<{ said: string; pid: number; kill(): Promise<void> }> {
  const program = `
    const { acquireDataDirLock } = await import(process.argv[1])
    setInterval(() => {}, 1e6)
    acquireDataDirLock(process.argv[2]).then(() => console.log('held'), (error) => console.log(error.code, error.extra.pid))`
  const module = fileURLToPath(new URL('./data-dir-lock.ts', import.meta.url))
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, module, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const [said] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string]
  return {
    said: said.trim(),
    pid: child.pid ?? 0,
    kill: async () => {
      child.kill('SIGKILL')
      await exited
    },
  }
}

describe('the lock on DATA_DIR', () => {
  it('refuses a second holder in the same process and names it', async () => {
    const lock = await acquireDataDirLock(folder)
    await expect(acquireDataDirLock(folder)).rejects.toMatchObject({
      code: 'ALREADY_RUNNING',
      extra: { pid: process.pid },
    })
    await lock.release()
  })

  it('refuses another process, also after a refused attempt in this one', async () => {
    const lock = await acquireDataDirLock(folder)
    await expect(acquireDataDirLock(folder)).rejects.toMatchObject({ code: 'ALREADY_RUNNING' })
    const other = await tryElsewhere(folder)
    await other.kill()
    expect(other.said).toBe(`ALREADY_RUNNING ${process.pid}`)
    await lock.release()
  })

  it('is free again after release, which may be repeated', async () => {
    const lock = await acquireDataDirLock(folder)
    await lock.release()
    const next = await acquireDataDirLock(folder)
    await lock.release()
    await expect(acquireDataDirLock(folder)).rejects.toMatchObject({ code: 'ALREADY_RUNNING' })
    await next.release()
  })

  it('is freed by kill -9', async () => {
    const other = await tryElsewhere(folder)
    expect(other.said).toBe('held')
    await expect(acquireDataDirLock(folder)).rejects.toMatchObject({ extra: { pid: other.pid } })
    await other.kill()
    const lock = await acquireDataDirLock(folder)
    await lock.release()
  })

  it('goes to exactly one of many that try at once', async () => {
    for (let round = 0; round < 3; round++) {
      const all = await Promise.all(Array.from({ length: 5 }, () => tryElsewhere(folder)))
      expect(all.filter((one) => one.said === 'held')).toHaveLength(1)
      expect(all.filter((one) => one.said.startsWith('ALREADY_RUNNING'))).toHaveLength(4)
      await Promise.all(all.map((one) => one.kill()))
    }
  })

  it('is one lock whichever way the folder is named', async () => {
    await mkdir(join(folder, 'a'))
    const lock = await acquireDataDirLock(join(folder, 'a'))
    await expect(acquireDataDirLock(join(folder, 'a', '..', 'a', '.'))).rejects.toMatchObject({
      code: 'ALREADY_RUNNING',
    })
    await lock.release()
  })
})

describe('createDataDir', () => {
  it('makes the folder so that others cannot list it', async () => {
    const made = await createDataDir(join(folder, 'x', 'y'))
    expect(made).toBe(join(folder, 'x', 'y'))
    expect((await stat(made)).mode & 0o066).toBe(0)
  })

  it('refuses a place below a file, and says which', async () => {
    await writeFile(join(folder, 'file'), '')
    await expect(createDataDir(join(folder, 'file', 'data'))).rejects.toMatchObject({
      code: 'SETTING_INVALID',
      message: expect.stringContaining(join(folder, 'file')) as string,
    })
  })
})
