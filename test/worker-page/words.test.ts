/** The page's words: every one in the catalogue, both languages alike, none beside it and none for nothing. */
import { readFileSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { en } from '../../web/request/words/en.ts'
import type { Message, Words } from '../../web/request/words/catalogue.ts'
import { languageFor, say } from '../../web/request/words/words.ts'
import { zhHans } from '../../web/request/words/zh-Hans.ts'

const root = join(import.meta.dirname, '../../web/request')
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name) && !/^(dist|words)\/|\.test\.ts$|\.d\.ts$/.test(name))
  .map((name) => join(root, name))

const formsOf = (message: Message): readonly string[] =>
  typeof message === 'string' ? [message] : [message.one ?? message.other, message.other]
const placeholders = (message: Message): readonly string[] =>
  [...new Set(formsOf(message).flatMap((form) => form.match(/\{\w+\}/g) ?? []))].sort()

test('both catalogues have the same messages with the same placeholders', () => {
  expect(Object.keys(zhHans).sort()).toEqual(Object.keys(en).sort())
  for (const key of Object.keys(en) as (keyof Words)[]) {
    expect(placeholders(zhHans[key]), key).toEqual(placeholders(en[key]))
    expect(typeof zhHans[key], key).toBe(typeof en[key])
    for (const form of [...formsOf(en[key]), ...formsOf(zhHans[key])]) expect(form.trim(), key).not.toBe('')
  }
})

test('the second language is its own: hardly a message is the same in both', () => {
  const same = (Object.keys(en) as (keyof Words)[]).filter(
    (key) => JSON.stringify(en[key]) === JSON.stringify(zhHans[key]),
  )
  expect(same.sort()).toEqual(['files.pdf', 'files.sent'])
})

test('every message is used', () => {
  const code = sources.map((file) => readFileSync(file, 'utf8')).join('\n')
  expect(Object.keys(en).filter((key) => !code.includes(`'${key}'`))).toEqual([])
})

/** Attributes that a person reads or hears, and properties of ours that end in one. */
const spoken =
  /^(aria-label|aria-description|aria-valuetext|aria-roledescription|alt|title|placeholder|label|legend|hint|note|text|fault)$/

/** Texts that a reader would meet and that come from no catalogue. */
function bypasses(file: string, text: string): string[] {
  const found: string[] = []
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX)
  const note = (node: ts.Node, words: string): void => {
    if (!/\p{L}/u.test(words)) return
    const { line } = source.getLineAndCharacterOfPosition(node.getStart())
    found.push(`${relative(root, file)}:${line + 1} ${words.trim()}`)
  }
  /** A literal whose value is shown: no argument, no comparison, no key. */
  const shownLiterals = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) note(node, node.text)
    else if (ts.isTemplateExpression(node))
      note(
        node,
        [node.head, ...node.templateSpans.map(({ literal }) => literal)].map((part) => part.text).join(''),
      )
    else if (ts.isConditionalExpression(node)) [node.whenTrue, node.whenFalse].forEach(shownLiterals)
    else if (ts.isParenthesizedExpression(node)) shownLiterals(node.expression)
    else if (ts.isBinaryExpression(node)) {
      const { kind } = node.operatorToken
      if (kind === ts.SyntaxKind.PlusToken) [node.left, node.right].forEach(shownLiterals)
      if (
        [
          ts.SyntaxKind.AmpersandAmpersandToken,
          ts.SyntaxKind.BarBarToken,
          ts.SyntaxKind.QuestionQuestionToken,
        ].includes(kind)
      )
        shownLiterals(node.right)
    }
  }
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node)) note(node, node.text)
    if (ts.isJsxExpression(node) && node.expression && !ts.isJsxAttribute(node.parent))
      shownLiterals(node.expression)
    if (ts.isJsxAttribute(node) && spoken.test(node.name.getText()) && node.initializer) {
      if (ts.isStringLiteral(node.initializer)) note(node, node.initializer.text)
      else if (ts.isJsxExpression(node.initializer) && node.initializer.expression)
        shownLiterals(node.initializer.expression)
    }
    if (ts.isPropertyAssignment(node) && spoken.test(node.name.getText())) shownLiterals(node.initializer)
    if (ts.isCallExpression(node) && /^(announce|setFlash|setSaid)$/.test(node.expression.getText()))
      node.arguments.forEach(shownLiterals)
    if (ts.isBinaryExpression(node) && /\.(title|textContent|innerText|ariaLabel)$/.test(node.left.getText()))
      shownLiterals(node.right)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

test('no text of the page stands in the code', () => {
  expect(sources.length).toBeGreaterThan(20)
  expect(sources.flatMap((file) => bypasses(file, readFileSync(file, 'utf8')))).toEqual([])
})

test.each([
  '<p>Hello</p>',
  '<p>{isOpen ? "Open" : t("a")}</p>',
  '<p>{isOpen && `Open ${name}`}</p>',
  '<button aria-label="Close">×</button>',
  '<TextField label={"Number" + t("a")} />',
  'const fault = { text: "Wrong" }',
  'announce("Saved")',
  'document.title = "Documents"',
])('the check sees %s', (code) => {
  expect(bypasses(join(root, 'x.tsx'), code)).toHaveLength(1)
})

test.each(['<p class="lead">{t("a.b")}</p>', '<p>{kind === "offline" && t("a")}</p>', '<p>· {name} ←</p>'])(
  'the check passes %s',
  (code) => {
    expect(bypasses(join(root, 'x.tsx'), code)).toEqual([])
  },
)

test('the browser’s languages choose ours; traditional script is not simplified', () => {
  expect(languageFor(['de-DE', 'zh-CN', 'en'])).toBe('zh-Hans')
  expect(languageFor(['zh'])).toBe('zh-Hans')
  expect(languageFor(['zh-Hant-TW', 'en-AU'])).toBe('en')
  expect(languageFor(['zh-HK'])).toBe('en')
  expect(languageFor(['en-AU', 'zh-CN'])).toBe('en')
  expect(languageFor([])).toBe('en')
})

test('messages take what is put in, and the form of the number', () => {
  expect(say(en, 'en', 'welcome.daysLeft', { count: 1 })).toBe('1 day left')
  expect(say(en, 'en', 'welcome.daysLeft', { count: 2 })).toBe('2 days left')
  expect(say(zhHans, 'zh-Hans', 'welcome.daysLeft', { count: 1 })).toBe('还剩 1 天')
  expect(say(en, 'en', 'gone.ask', { organisation: '{count} $& Ltd' })).toBe(
    'Ask {count} $& Ltd for a new one.',
  )
})
