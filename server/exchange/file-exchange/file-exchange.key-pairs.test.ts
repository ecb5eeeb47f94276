import ssh2 from 'ssh2'
import { expect, test } from 'vitest'
import { makeEd25519, makeRsa, wholePair, type KeyPair } from './file-exchange.key-pairs.ts'
import { parsePublicKey } from './file-exchange.public-keys.ts'

test('every fresh pair is whole, though the library damages one in two hundred', async () => {
  for (let n = 0; n < 600; n += 1) {
    const pair = await makeEd25519('one of many')
    expect(ssh2.utils.parseKey(pair.private)).not.toBeInstanceOf(Error)
    expect(() => parsePublicKey(pair.public), pair.public).not.toThrow()
  }
  const rsa = await makeRsa(2048)
  expect(() => parsePublicKey(rsa.public)).not.toThrow()
})

test('a damaged pair, or halves of two, are made anew', async () => {
  const [good, other] = [await makeEd25519(), await makeEd25519()]
  const wire = Buffer.from(good.public.split(' ')[1] as string, 'base64')
  const cut = Buffer.concat([wire.subarray(0, 18), Buffer.of(31), wire.subarray(20)]).toString('base64')
  const made: KeyPair[] = [
    { private: good.private, public: `ssh-ed25519 ${cut}` },
    { private: good.private, public: other.public },
    good,
  ]
  let asked = 0
  expect(await wholePair(() => Promise.resolve(made[asked++] as KeyPair))).toBe(good)
  expect(asked).toBe(3)
})
