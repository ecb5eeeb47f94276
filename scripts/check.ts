/**
 * Everything that must hold before a change is handed in: `npm run check` (two minutes: without the
 * end-to-end tests and the `*.slow.test.ts`), or with `--whole` as `npm test` runs it. One line per step; a step that fails shows all it said.
 * TEST_REPORT names a file for the test run's JSON report.
 */
import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'

interface Step {
  readonly name: string
  readonly command: readonly [string, ...string[]]
  /** Shows what the step says while it runs. */
  readonly isShown?: boolean
}

const root = join(import.meta.dirname, '..')
const isWhole = process.argv.includes('--whole')
const report = process.env['TEST_REPORT']
const folders = ['server', 'web', 'sdk', 'test', 'bench', 'scripts'].filter((folder) =>
  existsSync(join(root, folder)),
)

/** What runs in a browser, or looks into one, has a browser's types: each bundle of web/, and the tests of pages. */
const browserFolders = [
  ...(existsSync(join(root, 'web')) ? readdirSync(join(root, 'web')).map((name) => `web/${name}`) : []),
  'test/worker-page',
].filter((folder) => existsSync(join(root, folder, 'tsconfig.json')))

/** What the steps remember from one run to the next. */
const cache = 'node_modules/.cache'

const steps: readonly Step[] = [
  {
    name: 'types',
    command: ['tsc', '--noEmit', '-p', '.', '--incremental', '--tsBuildInfoFile', `${cache}/tsc.json`],
  },
  ...browserFolders.map((folder): Step => ({
    name: `types, ${folder}`,
    command: [
      'tsc',
      '--noEmit',
      '-p',
      folder,
      '--incremental',
      '--tsBuildInfoFile',
      `${cache}/tsc-${folder.replace('/', '-')}.json`,
    ],
  })),
  { name: 'lint', command: ['eslint', '.'] },
  {
    name: 'format',
    command: ['prettier', '--check', '--cache', '--cache-location', `${cache}/prettier/.prettier-cache`, '.'],
  },
  { name: 'imports', command: ['depcruise', '--config', '.dependency-cruiser.cjs', ...folders] },
  { name: 'generated files', command: [process.execPath, 'scripts/generate.ts', '--check'] },
]
const tests: Step = {
  name: 'tests',
  command: [
    'vitest',
    'run',
    ...(isWhole ? [] : ['--exclude', 'test/e2e/**', '--exclude', '**/*.slow.test.ts']),
    ...(report === undefined ? [] : ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]),
  ],
  isShown: isWhole,
}

const tools = join(root, 'node_modules', '.bin')
const env = { ...process.env, PATH: `${tools}${delimiter}${process.env['PATH'] ?? ''}` }

/** Runs one step to its end; true when it succeeded. */
async function run({ name, command: [program, ...args], isShown = false }: Step): Promise<boolean> {
  const start = performance.now()
  const said: Buffer[] = []
  const code = await new Promise<number>((resolve) => {
    const child = spawn(program, args, {
      cwd: root,
      env,
      stdio: isShown ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
    })
    child.stdout?.on('data', (chunk: Buffer) => said.push(chunk))
    child.stderr?.on('data', (chunk: Buffer) => said.push(chunk))
    child.on('error', (error) => {
      said.push(Buffer.from(`${error.message}\n`))
      resolve(1)
    })
    child.on('close', (exitCode) => resolve(exitCode ?? 1))
  })
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  if (code !== 0) process.stdout.write(Buffer.concat(said))
  console.log(`${code === 0 ? 'ok  ' : 'FAIL'}  ${name.padEnd(24)} ${seconds.padStart(6)} s`)
  return code === 0
}

const failed: string[] = []
const waiting = [...steps]
async function runWaiting(): Promise<void> {
  for (let step = waiting.shift(); step; step = waiting.shift())
    if (!(await run(step))) failed.push(step.name)
}
await Promise.all([runWaiting(), runWaiting()])
// Alone: the tests use every core by themselves.
if (!(await run(tests))) failed.push(tests.name)

if (failed.length > 0) {
  console.log(`Failed: ${failed.join(', ')}`)
  process.exitCode = 1
}
