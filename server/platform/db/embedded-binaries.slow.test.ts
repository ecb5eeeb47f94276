import { chmod, cp, mkdtemp, readdir, realpath, rm, stat } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { run, unprivilegedAccount } from './embedded-account.ts'
import { type BinaryPackage, findBinaryPackage, usableBinaries } from './embedded-binaries.ts'

const asRoot = process.geteuid?.() === 0

let folder: string
let installed: BinaryPackage
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'binaries-')))
  await chmod(folder, 0o755)
  // As npm leaves it when install scripts are off: no symbolic links.
  const real = await findBinaryPackage()
  installed = { ...real, folder: join(folder, 'package') }
  await cp(real.folder, installed.folder, { recursive: true, verbatimSymlinks: true })
  const links = JSON.parse(readFileSync(join(real.folder, 'native/pg-symlinks.json'), 'utf8')) as {
    target: string
  }[]
  for (const { target } of links) await rm(join(installed.folder, target), { force: true })
})
afterEach(async () => {
  await chmod(join(installed.folder, 'native/lib'), 0o755)
  await rm(folder, { recursive: true })
})

describe('usableBinaries', () => {
  it('makes the package whole where its install script did not run', async () => {
    const { initdb } = await usableBinaries(installed, join(folder, 'home'), undefined)
    expect(dirname(dirname(dirname(initdb)))).toBe(installed.folder)
    expect(await run(initdb, ['--version'], { account: undefined })).toMatchObject({ code: 0 })
  })

  it.runIf(asRoot)('copies it for an account that cannot come there, once per version', async () => {
    await chmod(installed.folder, 0o700)
    await chmod(join(installed.folder, 'native/bin/postgres'), 0o700) // an installer with a narrow umask
    const account = await unprivilegedAccount()
    const home = join(folder, 'home')
    const { initdb, postgres } = await usableBinaries(installed, home, account)
    expect(initdb.startsWith(home)).toBe(true)
    expect(await run(initdb, ['--version'], { account })).toMatchObject({ code: 0 })
    expect(await run(postgres, ['--version'], { account })).toMatchObject({ code: 0 })

    const madeAt = (await stat(initdb)).mtimeMs
    await usableBinaries(installed, home, account)
    expect((await stat(initdb)).mtimeMs).toBe(madeAt)
    await usableBinaries({ ...installed, version: '18.5.0' }, home, account)
    expect(await readdir(join(home, 'binaries'))).toEqual(['18.5.0'])
  })

  it.runIf(!asRoot)('copies it where the project is read-only and not whole', async () => {
    await chmod(join(installed.folder, 'native/lib'), 0o555)
    const home = join(folder, 'home')
    const { initdb } = await usableBinaries(installed, home, undefined)
    expect(initdb.startsWith(home)).toBe(true)
    expect(await run(initdb, ['--version'], { account: undefined })).toMatchObject({ code: 0 })
  })
})
