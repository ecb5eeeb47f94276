/**
 * The TypeScript client as a package that any Node from 20 and any bundler can take: `npm run build:sdk` writes plain
 * JavaScript with its types to sdk/dist, or to the folder given.
 */
import { spawnSync } from 'node:child_process'
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'

const root = join(import.meta.dirname, '..')
const folder = resolve(process.argv[2] ?? join(root, 'sdk', 'dist'))

const product = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Record<string, unknown>
const manifest = {
  name: 'vouchsafe-client',
  version: product['version'],
  description: 'Client of the Vouchsafe API.',
  license: product['license'],
  type: 'module',
  sideEffects: false,
  engines: { node: '>=20' },
  exports: { '.': { types: './client.d.ts', default: './client.js' } },
}

// What an earlier build left would be packed too.
await rm(folder, { recursive: true, force: true })
await mkdir(folder, { recursive: true })
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
const { status } = spawnSync(
  process.execPath,
  [compiler, '-p', join(root, 'tsconfig.sdk.json'), '--outDir', folder],
  { stdio: 'inherit' },
)
if (status !== 0) process.exit(1)
await writeFile(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
await copyFile(join(root, 'sdk', 'README.md'), join(folder, 'README.md'))
await copyFile(join(root, 'LICENSE'), join(folder, 'LICENSE'))
console.log(`${folder}: vouchsafe-client ${String(product['version'])}`)
