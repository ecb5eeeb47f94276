import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

test('the native encryption, where there is one, does not end the process when it is collected', () => {
  const library = dirname(createRequire(import.meta.url).resolve('ssh2/package.json'))
  const binding = join(library, 'lib/protocol/crypto/build/Release/sshcrypto.node')
  if (!existsSync(binding)) {
    console.warn('ssh2 has no native part here: encryption goes the slower path.')
    return
  }
  // What nodejs/node#65446 compiles in; `npm ci` or `npm run postinstall` builds it without.
  expect(readFileSync(binding).includes('RemoveEnvironmentCleanupHook')).toBe(false)
})
