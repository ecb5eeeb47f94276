import { describe, expect, test } from 'vitest'
import { hashChosenPassword, verifyChosenPassword } from './passwords.ts'

describe('passwords that people choose', () => {
  test('are kept as argon2id and told from others', async () => {
    const stored = await hashChosenPassword('correct horse battery')
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=47104,t=2,p=1\$/)
    expect(await verifyChosenPassword('correct horse battery', stored)).toBe(true)
    expect(await verifyChosenPassword('correct horse batterY', stored)).toBe(false)
    expect(await hashChosenPassword('correct horse battery')).not.toBe(stored)
  })
  test('composed and decomposed accents are one password', async () => {
    const stored = await hashChosenPassword('Zoe\u0308 und \u00c5ngstro\u0308m')
    expect(await verifyChosenPassword('Zo\u00eb und A\u030angstr\u00f6m', stored)).toBe(true)
  })
  test('nobody’s password is never right, not even the stand-in', async () => {
    expect(await verifyChosenPassword('nobody', null)).toBe(false)
    expect(await verifyChosenPassword('', null)).toBe(false)
  })
  test('an endless one is refused, and not cut to one that fits', async () => {
    await expect(hashChosenPassword('x'.repeat(1_025))).rejects.toMatchObject({ code: 'VALIDATION_FAILED' })
    await expect(hashChosenPassword('')).rejects.toMatchObject({ code: 'VALIDATION_FAILED' })
    const stored = await hashChosenPassword('x'.repeat(1_024))
    expect(await verifyChosenPassword('x'.repeat(1_025), stored)).toBe(false)
  })
})
