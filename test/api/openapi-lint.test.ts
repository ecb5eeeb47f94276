/** The OpenAPI document under a public linter with its recommended rules: warnings count too. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { contracts, routes, tags } from '../../server/app.ts'
import { basePath } from '../../server/platform/http/http-server.ts'
import { buildContractDocument } from '../../server/platform/http/contract-document.ts'
import { buildDocument } from '../../server/platform/http/openapi.ts'

const redocly = join(
  dirname(createRequire(import.meta.url).resolve('@redocly/cli/package.json')),
  'bin',
  'cli.js',
)

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vouchsafe-openapi-'))
})
afterAll(() => rm(folder, { recursive: true }))

interface Problem {
  readonly ruleId: string
  readonly severity: string
  readonly message: string
  readonly location: readonly { readonly pointer?: string }[]
}

async function problemsOf(document: object): Promise<string[]> {
  const file = join(folder, 'openapi.json')
  await writeFile(file, JSON.stringify(document))
  // Errors make it end with 1; what it prints is the same.
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [redocly, 'lint', file, '--extends', 'recommended', '--format', 'json'],
    {
      cwd: folder,
      env: { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
      maxBuffer: 64 * 1024 * 1024,
    },
  ).catch((error: unknown) => error as { stdout: string })
  const { problems } = JSON.parse(stdout) as { problems: readonly Problem[] }
  return problems.map(
    ({ ruleId, message, location }) => `${ruleId} at ${location[0]?.pointer ?? '?'}: ${message}`,
  )
}

const document = buildDocument(routes, { version: '0.0.0', basePath, tags })

test('has neither errors nor warnings', async () => {
  // What sends a browser on has no other success.
  const redirects = routes.flatMap((route) =>
    route.kind === 'action' && route.outcome.status === 302 ? [route.path.replaceAll('/', '~1')] : [],
  )
  const isRedirect = (problem: string): boolean =>
    redirects.some((path) => problem.startsWith(`operation-2xx-response at #/paths/${path}/get/`))
  expect(
    (await problemsOf(document)).filter((problem) => !isRedirect(problem)),
    'Mend the route, or server/platform/http/openapi.ts; a tag gets its description in `tags` of server/app.ts.',
  ).toEqual([])
})

test.each(contracts.map((contract) => [contract.basePath, contract] as const))(
  'the contract under %s has neither errors nor warnings',
  async (_basePath, contract) => {
    expect(await problemsOf(buildContractDocument(contract, '0.0.0'))).toEqual([])
  },
)

test('would be told of a tag without a description and of an operation without a success', async () => {
  const faulty = structuredClone(document) as {
    tags: { description?: string }[]
    paths: Record<string, Record<string, { responses: Record<string, unknown> }>>
  }
  delete faulty.tags[0]?.description
  delete faulty.paths['/workers/{id}']?.['get']?.responses['200']
  const problems = await problemsOf(faulty)
  expect(problems).toContainEqual(expect.stringMatching(/^tag-description at #\/tags\/0/))
  expect(problems).toContainEqual(
    expect.stringMatching(/^operation-2xx-response at #\/paths\/~1workers~1\{id\}\/get/),
  )
})

test('every type has one shape, so that clients get one type for it', () => {
  const { schemas } = (document as { components: { schemas: object } }).components
  // A second shape of a type gets the name of its operation (server/platform/http/openapi-components.ts).
  const second = Object.keys(schemas).filter((name) =>
    routes.some(
      (route) =>
        // A secret stands in the one answer that shows it, and in no other of the type.
        !(route.kind === 'resource' && route.showsSecret) &&
        name.startsWith(route.name.charAt(0).toUpperCase() + route.name.slice(1)),
    ),
  )
  expect(second.filter((name) => /(Attributes|Resource|Answer|Page)$/.test(name))).toEqual([])
})
