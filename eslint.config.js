/**
 * Lint rules: what the compiler cannot say about promises, switches and imports, and where time, chance, settings and
 * the network may be touched. test/house/lint-rules.test.ts proves with fixtures that the latter bite.
 */
import js from '@eslint/js'
import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'

const byClock =
  'Time comes from `ctx.now` or the clock of the runtime, so that tests and the sandbox can move it.'
const bySettings = 'Settings are read once, by server/platform/config.ts.'
const byOutbound = 'Calls go out through server/platform/outbound.ts, which guards addresses and sizes.'

/** What only the platform may touch. */
const ambient = {
  'no-restricted-syntax': [
    'error',
    { selector: "MemberExpression[object.name='Date'][property.name='now']", message: byClock },
    { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: byClock },
    { selector: "CallExpression[callee.name='Date']", message: byClock },
    {
      selector: "MemberExpression[object.name='Math'][property.name='random']",
      message: 'Ids and secrets come from `ctx.newId` or server/platform/ids.ts.',
    },
    { selector: "MemberExpression[object.name='process'][property.name='env']", message: bySettings },
    { selector: "VariableDeclarator[init.name='process'] Property[key.name='env']", message: bySettings },
    { selector: "MemberExpression[object.name='globalThis'][property.name='fetch']", message: byOutbound },
  ],
  'no-restricted-globals': ['error', { name: 'fetch', message: byOutbound }],
  'no-restricted-imports': [
    'error',
    {
      paths: ['process', 'node:process'].map((name) => ({ name, importNames: ['env'], message: bySettings })),
    },
  ],
}

export default defineConfig(
  globalIgnores([
    'data/',
    '.tmp/',
    'coverage/',
    'sdk/dist/',
    'web/*/dist/',
    'test/house/fixtures/',
    'test/house/lint-fixtures/',
    'test/house/sound-house/',
  ]),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{js,cjs,ts,tsx}'],
    extends: [js.configs.recommended],
    rules: {
      eqeqeq: 'error',
      'no-undef': 'off', // the compiler's work
    },
  },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.base],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      // What was caught may be thrown on.
      '@typescript-eslint/only-throw-error': ['error', { allowThrowingUnknown: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      'no-unused-vars': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
    },
  },
  {
    files: ['server/**/*.ts'],
    ignores: ['server/platform/**', '**/*.test.ts', '**/*.contract.ts'],
    rules: ambient,
  },
  {
    // A listener that fails in a test fails the run by its unhandled rejection.
    files: ['**/*.test.ts', '**/*.contract.ts'],
    rules: {
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
    },
  },
)
