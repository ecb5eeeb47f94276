/**
 * Every lint rule of ours bites: a line of `lint-fixtures/` that breaks one says so in a comment, `// bites: <rule>`, and
 * every other line there is sound.
 */
import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import js from '@eslint/js'
import { ESLint } from 'eslint'
import { expect, test } from 'vitest'

const fixtures = join(import.meta.dirname, 'lint-fixtures')
const eslint = new ESLint({
  // Patterns such as server/** are relative to this folder then.
  cwd: fixtures,
  overrideConfigFile: join(import.meta.dirname, '../../eslint.config.js'),
})

async function expectedIn(path: string): Promise<string[]> {
  const lines = (await readFile(path, 'utf8')).split('\n')
  return lines.flatMap((line, index) => {
    const rule = /\/\/ bites: (\S+)/.exec(line)?.[1]
    return rule === undefined ? [] : [`${relative(fixtures, path)}:${index + 1} ${rule}`]
  })
}

test('the rules bite where they should, and nowhere else', async () => {
  const results = await eslint.lintFiles(['.'])
  const found = results.flatMap(({ filePath, messages }) =>
    messages.map(
      ({ line, ruleId, message, severity }) =>
        `${relative(fixtures, filePath)}:${line} ${severity === 2 ? (ruleId ?? message) : 'only a warning'}`,
    ),
  )
  const expected = await Promise.all(results.map(({ filePath }) => expectedIn(filePath)))
  expect(results.length).toBeGreaterThan(0)
  expect(found.sort()).toEqual(expected.flat().sort())
})

test('every rule that we switched on has a line that it bites', async () => {
  const config = (await eslint.calculateConfigForFile(
    join(fixtures, 'server/workforce/workers/shapes.ts'),
  )) as {
    rules: Record<string, [number, ...unknown[]]>
  }
  const ours = Object.entries(config.rules)
    .filter(([name, [severity]]) => severity > 0 && !(name in js.configs.recommended.rules))
    .map(([name]) => name)
  const paths = (await eslint.lintFiles(['.'])).map(({ filePath }) => filePath)
  const bitten = (await Promise.all(paths.map(expectedIn))).flat().map((line) => line.split(' ')[1])
  expect(ours.filter((rule) => !bitten.includes(rule))).toEqual([])
})
