import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  equalSecrets,
  hashPassword,
  hashToken,
  keyedHash,
  loadMasterKey,
  newKey,
  newToken,
  unwrapKey,
  verifyPassword,
  wrapKey,
} from './secrets.ts'

describe('the master key', () => {
  let dataDir: string
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'vouchsafe-secrets-'))
  })
  afterEach(() => rm(dataDir, { recursive: true, force: true }))
  const path = (): string => join(dataDir, 'keys', 'master.key')

  it('is made once, for the owner alone, and found again', async () => {
    const key = await loadMasterKey({ dataDir })
    expect(key).toHaveLength(32)
    expect((await stat(path())).mode & 0o777).toBe(0o600)
    expect((await stat(join(dataDir, 'keys'))).mode & 0o777).toBe(0o700)
    expect(await loadMasterKey({ dataDir, fromSetting: null })).toEqual(key)
  })

  it('is one key when many starts race, and leaves nothing else behind', async () => {
    const keys = await Promise.all(Array.from({ length: 16 }, () => loadMasterKey({ dataDir })))
    expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(1)
    expect(await readdir(join(dataDir, 'keys'))).toEqual(['master.key'])
  })

  it('comes from the setting if there is one, without touching the folder', async () => {
    const key = newKey()
    expect(await loadMasterKey({ dataDir, fromSetting: key.toString('base64') })).toEqual(key)
    expect(await readdir(dataDir)).toEqual([])
  })

  it.each(['c2hvcnQ=', Buffer.alloc(33).toString('base64'), `!${Buffer.alloc(32).toString('base64')}`])(
    'refuses the setting %s',
    async (fromSetting) => {
      await expect(loadMasterKey({ dataDir, fromSetting })).rejects.toMatchObject({ code: 'SETTING_INVALID' })
    },
  )

  it('never replaces a damaged file', async () => {
    await loadMasterKey({ dataDir })
    await writeFile(path(), 'half a ke')
    await expect(loadMasterKey({ dataDir })).rejects.toMatchObject({ code: 'SETTING_INVALID' })
    expect(await readFile(path(), 'ascii')).toBe('half a ke')
  })

  it('takes reading rights from others when a copy was put back', async () => {
    const key = await loadMasterKey({ dataDir })
    await rm(path())
    await writeFile(path(), key.toString('base64'), { mode: 0o644 })
    expect(await loadMasterKey({ dataDir })).toEqual(key)
    expect((await stat(path())).mode & 0o777).toBe(0o600)
  })
})

describe('wrapping', () => {
  const master = newKey()

  it('opens what it wrapped, of any length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4000 }), fc.string(), (bytes, purpose) => {
        const secret = Buffer.from(bytes)
        expect(unwrapKey(master, purpose, wrapKey(master, purpose, secret))).toEqual(secret)
      }),
    )
  })

  it('never gives the same envelope twice', () => {
    const secret = newKey()
    expect(wrapKey(master, 'a', secret)).not.toEqual(wrapKey(master, 'a', secret))
  })

  it('opens neither with another key, nor for another purpose, nor with any byte changed or missing', () => {
    const envelope = wrapKey(master, 'organisation:org_a', newKey())
    const refused = { code: 'SETTING_INVALID' }
    expect(() => unwrapKey(newKey(), 'organisation:org_a', envelope)).toThrow(
      expect.objectContaining(refused),
    )
    expect(() => unwrapKey(master, 'organisation:org_b', envelope)).toThrow(expect.objectContaining(refused))
    for (let at = 0; at < envelope.length; at++) {
      const changed = Buffer.from(envelope)
      changed[at] = (changed[at] as number) ^ 1
      expect(() => unwrapKey(master, 'organisation:org_a', changed)).toThrow(expect.objectContaining(refused))
      expect(() => unwrapKey(master, 'organisation:org_a', envelope.subarray(0, at))).toThrow(
        expect.objectContaining(refused),
      )
    }
  })
})

describe('hashes and tokens', () => {
  it('keyed hashes depend on key, purpose and value, and not on where purpose ends', () => {
    const key = newKey()
    const hash = keyedHash(key, 'number', '12345')
    expect(hash).toHaveLength(32)
    expect(keyedHash(key, 'number', Buffer.from('12345'))).toEqual(hash)
    expect(keyedHash(newKey(), 'number', '12345')).not.toEqual(hash)
    expect(keyedHash(key, 'email', '12345')).not.toEqual(hash)
    expect(keyedHash(key, 'number1', '2345')).not.toEqual(hash)
  })

  it('tokens carry their prefix and 190 random bits', () => {
    expect(newToken('vs')).toMatch(/^vs_[0-9A-Za-z]{32}$/)
    expect(newToken('vs')).not.toBe(newToken('vs'))
    expect(hashToken('vs_a')).toHaveLength(32)
    expect(hashToken('vs_a')).not.toEqual(hashToken('vs_b'))
  })

  it('compares secrets of any length', () => {
    expect(equalSecrets('abc', Buffer.from('abc'))).toBe(true)
    expect(equalSecrets('abc', 'abd')).toBe(false)
    expect(equalSecrets('abc', 'ab')).toBe(false)
    expect(equalSecrets('', '')).toBe(true)
  })
})

describe('passwords', () => {
  it('verifies the right one only, and says its parameters', async () => {
    const stored = await hashPassword('correct horse')
    expect(stored).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$/)
    expect(await verifyPassword('correct horse', stored)).toBe(true)
    expect(await verifyPassword('correct horse ', stored)).toBe(false)
    expect(await verifyPassword('', stored)).toBe(false)
    expect(await hashPassword('correct horse')).not.toBe(stored)
  })

  it('verifies hashes of other costs', async () => {
    // Of the password "older", made with node:crypto's scrypt at N=2^14, r=8, p=1.
    const salt = Buffer.alloc(16, 5)
    const { scryptSync } = await import('node:crypto')
    const hash = scryptSync('older', salt, 32, { N: 2 ** 14, r: 8, p: 1 })
    const part = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '')
    const stored = `$scrypt$ln=14,r=8,p=1$${part(salt)}$${part(hash)}`
    expect(await verifyPassword('older', stored)).toBe(true)
    expect(await verifyPassword('newer', stored)).toBe(false)
  })

  it('is false for nobody, and for what is too long', async () => {
    expect(await verifyPassword('anything', null)).toBe(false)
    expect(await verifyPassword('x'.repeat(2000), await hashPassword('x'.repeat(1024)))).toBe(false)
  })

  it('does not mind how accents were typed', async () => {
    const stored = await hashPassword('zo\u00eb')
    expect(await verifyPassword('zoe\u0308', stored)).toBe(true)
  })

  it('many at once all get their answer', async () => {
    const stored = await hashPassword('one of many')
    const answers = await Promise.all(
      Array.from({ length: 9 }, (_, n) => verifyPassword(n % 2 ? 'one of many' : 'another', stored)),
    )
    expect(answers).toEqual(Array.from({ length: 9 }, (_, n) => n % 2 === 1))
  })

  it('refuses what cannot be hashed and what is no hash', async () => {
    await expect(hashPassword('')).rejects.toMatchObject({ code: 'VALIDATION_FAILED' })
    await expect(hashPassword('x'.repeat(1025))).rejects.toMatchObject({ code: 'VALIDATION_FAILED' })
    await expect(verifyPassword('x', 'plain text')).rejects.toMatchObject({ code: 'INTERNAL' })
    const greedy = `$scrypt$ln=30,r=8,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`
    await expect(verifyPassword('x', greedy)).rejects.toMatchObject({ code: 'INTERNAL' })
  })
})
