/**
 * Every import rule bites: `fixtures/<rule>` is a small tree that breaks that rule and no other. `sound-house` breaks
 * none, so that a rule cannot pass by refusing everything.
 */
import { mkdtemp, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, relative } from 'node:path'
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options'
import { describe, expect, test } from 'vitest'

const here = import.meta.dirname
const { exclude: _fixturesAreSeenHere, ...options } = await extractOptions(
  join(here, '../../.dependency-cruiser.cjs'),
)
const rules = new Set((options.ruleSet?.forbidden ?? []).map((rule) => rule.name))

interface Violation {
  readonly rule: string
  readonly from: string
  readonly to: string
}

/** Cruises the tree at `folder` as if it were the project. */
async function violationsIn(folder: string): Promise<Violation[]> {
  const { output } = await cruise(
    await readdir(folder),
    { ...options, baseDir: folder, outputType: 'json' },
    { extensions: ['.ts'] },
  )
  const result = (typeof output === 'string' ? JSON.parse(output) : output) as ICruiseResult
  return result.summary.violations.map(({ rule, from, to }) => {
    expect(rule.severity).toBe('error')
    return { rule: rule.name, from, to }
  })
}

test('every rule has a fixture, and every fixture a rule', async () => {
  expect((await readdir(join(here, 'fixtures'))).sort()).toEqual([...rules].sort())
})

describe('a fixture breaks exactly its rule', () => {
  test.each([...rules])('%s', async (rule) => {
    const violations = await violationsIn(join(here, 'fixtures', String(rule)))
    expect(violations.map((violation) => violation.rule)).toContain(rule)
    expect([...new Set(violations.map((violation) => violation.rule))]).toEqual([rule])
  })
})

test('a sound house breaks none', async () => {
  expect(await violationsIn(join(here, 'sound-house'))).toEqual([])
})

// Written down anew rather than taken from the configuration, so that neither can slip alone (ARCHITECTURE.md).
const order = [
  'tenancy/organisations',
  'tenancy/access',
  'tenancy/event-feed',
  'tenancy/audit',
  'tenancy/users',
  'workforce/credential-types',
  'workforce/requirements',
  'workforce/positions',
  'workforce/workers',
  'workforce/credentials',
  'evidence/attachments',
  'evidence/document-reading',
  'evidence/signed-documents',
  'evidence/published-lists',
  'evidence/checks',
  'evidence/reviews',
  'evidence/document-checks',
  'evidence/ban-checks',
  'compliance/licence-status',
  'compliance/answers',
  'collection/fetch-requests',
  'collection/worker-page',
  'exchange/imports',
  'exchange/exports',
  'exchange/file-exchange',
  'issuing/partners',
  'issuing/holders',
  'issuing/submissions',
  'issuing/passport',
  'webhooks',
]

test('of any two features only the right one may import the left one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vouchsafe-order-'))
  const door = (feature: string): string => `server/${feature}/${basename(feature)}.ts`
  try {
    for (const from of order) {
      const lines = order
        .filter((to) => to !== from)
        .map((to) => `import '${relative(dirname(door(from)), door(to)).replace(/^(?!\.)/, './')}'\n`)
      await mkdir(join(folder, dirname(door(from))), { recursive: true })
      await writeFile(join(folder, door(from)), lines.join(''))
    }
    const backwards = order.flatMap((left, index) =>
      order.slice(index + 1).map((right) => `${door(left)} -> ${door(right)}`),
    )
    const refused = (await violationsIn(folder)).filter(({ rule }) => rule === 'imports-run-left')
    expect(refused.map(({ from, to }) => `${from} -> ${to}`).sort()).toEqual(backwards.sort())
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
