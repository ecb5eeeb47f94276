/**
 * The browser bundles, built from web/. They are committed and compared like every generated file (docs/adr/0012): an
 * installation serves them as they are, without a bundler.
 */
import { join } from 'node:path'
import { build, type Rolldown } from 'vite'

const root = join(import.meta.dirname, '..')

/** Phones that get no new system any more still get a browser of about this age. */
const targets = ['chrome87', 'edge88', 'firefox78', 'safari14']

const folder = 'web/request'

/** What the build makes of the worker's page, from the project's root; another set of files is a fault of the build. */
export const requestPageFiles = ['page.css', 'page.js', 'zh-Hans.js'].map((name) => `${folder}/dist/${name}`)

let built: Promise<ReadonlyMap<string, string>> | undefined

/** The worker's page: path from the project's root to content. The same code gives the same bytes. Writes nothing. */
export function buildRequestPage(): Promise<ReadonlyMap<string, string>> {
  built ??= bundle()
  return built
}

async function bundle(): Promise<ReadonlyMap<string, string>> {
  const result = (await build({
    configFile: false,
    envDir: false,
    root: join(root, folder),
    base: './',
    logLevel: 'error',
    mode: 'production',
    publicDir: false,
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      write: false,
      target: targets,
      cssTarget: targets,
      cssCodeSplit: false,
      // Nothing to fetch ahead of the entry; the helper for it would be most of a chunk.
      modulePreload: false,
      rolldownOptions: {
        input: join(root, folder, 'page.tsx'),
        output: { entryFileNames: 'page.js', chunkFileNames: '[name].js', assetFileNames: 'page[extname]' },
      },
    },
  })) as Rolldown.RolldownOutput
  const files = new Map(
    result.output.map((file) => [
      `${folder}/dist/${file.fileName}`,
      `${(file.type === 'chunk' ? file.code : Buffer.from(file.source).toString()).trimEnd()}\n`,
    ]),
  )
  const names = [...files.keys()].sort()
  if (names.join() !== requestPageFiles.join())
    throw new Error(
      `The worker's page came out as ${names.join(', ')}, not as ${requestPageFiles.join(', ')}`,
    )
  return files
}
