/** The client as others get it: built, packed, unpacked into a project of its own, compiled and run there. */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openServedHouse, type ServedHouse } from './served-house.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')
const compiler = join(root, 'node_modules/typescript/bin/tsc')

let folder: string
let served: ServedHouse

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vouchsafe-client-'))
  const built = join(folder, 'built')
  await run(process.execPath, [join(root, 'scripts/build-sdk.ts'), built])
  const packed = await run('npm', ['pack', built, '--pack-destination', folder, '--silent'], { cwd: folder })
  const installed = join(folder, 'project/node_modules/vouchsafe-client')
  await mkdir(installed, { recursive: true })
  await run('tar', ['-xzf', join(folder, packed.stdout.trim()), '-C', installed, '--strip-components=1'])
  await writeFile(join(folder, 'project/package.json'), '{ "type": "module", "private": true }\n')
  served = await openServedHouse()
}, 120_000)
afterAll(async () => {
  await served.close()
  await rm(folder, { recursive: true, force: true })
})

/** What the fenced blocks of a language hold, in order. */
function blocks(text: string, language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(
    ([, block = '']) => block,
  )
}

/** What the compiler says of the project's one file; nothing when it is content. */
async function compile(file: string, options: Record<string, unknown>): Promise<string> {
  const project = join(folder, 'project')
  const compilerOptions = {
    strict: true,
    noEmit: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    target: 'es2023',
    ...options,
  }
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [file] }))
  return run(process.execPath, [compiler, '-p', project]).then(
    () => '',
    (error: unknown) => (error as { stdout: string }).stdout,
  )
}

test('the package holds JavaScript, types, README and licence, and nothing else', async () => {
  const files = await readdir(join(folder, 'project/node_modules/vouchsafe-client'))
  expect(files).toContain('client.js')
  expect(files.filter((name) => !/\.(js|d\.ts)$/.test(name)).sort()).toEqual([
    'LICENSE',
    'README.md',
    'package.json',
  ])
  expect(files.filter((name) => name.includes('test'))).toEqual([])
})

test('plain JavaScript runs it, without anything else installed', async () => {
  const program = join(folder, 'project/plain.js')
  await writeFile(
    program,
    `import { createClient, VouchsafeError } from 'vouchsafe-client'
const [, , baseUrl, token] = process.argv
const client = createClient({ baseUrl, token })
const { meta } = await client.listWorkers()
const error = await client.getWorker({ id: 'wkr_0' }).catch((error) => error)
console.log(meta.total, error instanceof VouchsafeError && error.code)
`,
  )
  const token = await served.newToken()
  const { stdout } = await run(process.execPath, [program, served.baseUrl, token])
  expect(stdout).toBe('0 NOT_FOUND\n')
})

describe('README', () => {
  test('its examples compile and do what it says', async () => {
    const readme = await readFile(join(folder, 'project/node_modules/vouchsafe-client/README.md'), 'utf8')
    const project = join(folder, 'project')
    const program = blocks(readme, 'ts').join('\n')
    await writeFile(join(project, 'readme.ts'), program)
    await mkdir(join(project, 'node_modules/@types'), { recursive: true })
    for (const name of ['@types/node', 'undici-types'])
      await symlink(join(root, 'node_modules', name), join(project, 'node_modules', name)).catch(() => {})
    expect(await compile('readme.ts', { module: 'nodenext', lib: ['es2023'], types: ['node'] })).toBe('')
    const { stdout } = await run(process.execPath, [join(project, 'readme.ts')], {
      env: { ...process.env, VOUCHSAFE_URL: served.baseUrl, VOUCHSAFE_TOKEN: await served.newToken() },
    })
    expect(stdout).toBe(blocks(readme, 'text').join(''))
  })
})

test('types hold in a browser project too, and refuse what is wrong', async () => {
  const browser = {
    module: 'esnext',
    moduleResolution: 'bundler',
    lib: ['es2023', 'dom', 'dom.iterable'],
    types: [],
  }
  const source = (filter: string): string => `import { createClient, type Worker } from 'vouchsafe-client'
const client = createClient({ baseUrl: '', session: true, fetch: (url, init) => window.fetch(url, init) })
export async function names(): Promise<string[]> {
  const found: string[] = []
  for await (const worker of client.iterateWorkers({ ${filter} })) found.push(nameOf(worker))
  return found
}
const nameOf = (worker: Worker): string => worker.attributes.identity.displayName
`
  await writeFile(join(folder, 'project/page.ts'), source("status: 'ACTIVE'"))
  expect(await compile('page.ts', browser)).toBe('')
  await writeFile(join(folder, 'project/wrong.ts'), source("colour: 'blue'"))
  expect(await compile('wrong.ts', browser)).toContain("'colour' does not exist in type")
})
