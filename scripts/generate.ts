/**
 * The generated files, in one list. `node scripts/generate.ts` writes them; with `--check` it writes nothing and fails
 * when one of them is not what would be written. With `--root FOLDER` they are in another folder than the project's.
 */
import { readFileSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { partnerContract, routes, tags } from '../server/app.ts'
import { buildContractDocument } from '../server/platform/http/contract-document.ts'
import { basePath } from '../server/platform/http/http-server.ts'
import { buildDocument } from '../server/platform/http/openapi.ts'
import { apiCollection } from './api-clients/collection.ts'
import { readDocument } from './api-clients/document.ts'
import { buildRequestPage, requestPageFiles } from './build-web.ts'
import { configPage, errorsPage } from './reference-pages.ts'
import { operationsFile } from './api-clients/operations-file.ts'

const root = join(import.meta.dirname, '..')

function productVersion(): string {
  const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8')) as {
    version: string
  }
  return manifest.version
}

function apiDocument(): Record<string, unknown> {
  // As it is served: what JSON cannot say is not in it.
  return JSON.parse(
    JSON.stringify(buildDocument(routes, { version: productVersion(), basePath, tags })),
  ) as Record<string, unknown>
}

/** The names that the hand-written part of the client exports: nothing generated may have them. */
async function clientNames(): Promise<string[]> {
  const folder = join(root, 'sdk')
  const files = (await readdir(folder)).filter((name) => /(?<!\.gen|\.test)\.ts$/.test(name))
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')))
  return texts.flatMap((text) =>
    [...text.matchAll(/^export (?:type|interface|class|const|(?:async )?function\*?) (\w+)/gm)].map(
      ([, name = '']) => name,
    ),
  )
}

interface GeneratedFile {
  /** From the project's root. */
  readonly path: string
  /** The whole content. Needs no database and no network, and gives the same for the same code. */
  make(): Promise<string>
}

const generatedFiles: readonly GeneratedFile[] = [
  {
    path: 'openapi.json',
    make: async () => `${JSON.stringify(apiDocument(), null, 2)}\n`,
  },
  {
    path: 'partner-openapi.json',
    make: async () =>
      `${JSON.stringify(buildContractDocument(partnerContract, productVersion()), null, 2)}\n`,
  },
  { path: 'docs/config.md', make: async () => configPage() },
  { path: 'docs/errors.md', make: async () => errorsPage() },
  {
    path: 'sdk/operations.gen.ts',
    make: async () => operationsFile(readDocument(apiDocument()), await clientNames()),
  },
  {
    path: 'docs/api-collection.json',
    make: async () => `${JSON.stringify(apiCollection(readDocument(apiDocument())), null, 2)}\n`,
  },
  ...requestPageFiles.map((path) => ({
    path,
    make: async () => (await buildRequestPage()).get(path) ?? '',
  })),
]

const {
  values: { check: isCheck, root: target },
} = parseArgs({
  options: { check: { type: 'boolean', default: false }, root: { type: 'string', default: root } },
})
const stale: string[] = []

for (const { path, make } of generatedFiles) {
  const file = join(target, path)
  const made = await make()
  const present = await readFile(file, 'utf8').catch(() => undefined)
  if (present === made) continue
  if (isCheck) {
    stale.push(path)
  } else {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, made)
    console.log(`${path} written`)
  }
}

if (stale.length > 0) {
  console.error(`Not what the code would generate: ${stale.join(', ')}. Run "npm run generate" and commit.`)
  process.exitCode = 1
}
