import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { parsePublicKey } from './file-exchange.public-keys.ts'

const folder = mkdtempSync(join(tmpdir(), 'vouchsafe-keys-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function make(type: string, ...more: string[]): { line: string; path: string } {
  const path = join(folder, `${type}-${more.join('')}`)
  execFileSync('ssh-keygen', ['-q', '-t', type, ...more, '-N', '', '-C', 'payroll@example.com', '-f', path])
  return { path, line: readFileSync(`${path}.pub`, 'utf8') }
}

test.each([['ed25519'], ['ecdsa', '-b', '256'], ['ecdsa', '-b', '521'], ['rsa', '-b', '2048']])(
  '%s keys have the fingerprint that ssh-keygen prints',
  (type, ...more) => {
    const { line, path } = make(type, ...more)
    const key = parsePublicKey(line)
    expect(execFileSync('ssh-keygen', ['-l', '-f', path]).toString()).toContain(` ${key.fingerprint} `)
    expect(key.comment).toBe('payroll@example.com')
  },
)

test('what is no good key is refused with the reason', () => {
  const { line, path } = make('ed25519', '-O', 'x')
  const [type, base64] = line.split(' ') as [string, string]
  const weak = make('rsa', '-b', '1024').line
  for (const [text, reason] of [
    ['', 'must be one line like'],
    ['hello', 'must be one line like'],
    [readFileSync(path, 'utf8'), 'private key'],
    [`command="x" ${line}`, 'must be one line like'],
    [`${line}${line}`, 'must be one line like'],
    [`${type} ${base64.slice(0, -8)}`, 'damaged'],
    [`ssh-rsa ${base64}`, 'damaged'],
    [weak, 'below 2048 bits'],
    [`ssh-dss ${Buffer.from('\0\0\0\x07ssh-dss', 'latin1').toString('base64')}`, 'has the type ssh-dss'],
  ] as const)
    expect(() => parsePublicKey(text), text).toThrow(reason)
})
