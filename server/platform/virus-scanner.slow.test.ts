import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eicar } from '../../test/scripted-clamd.ts'
import { silentLog } from './log.ts'
import { clamdAddress, clamdScanner, type VirusScanner } from './virus-scanner.ts'

/** Debian's daemon, with a list of one signature: it starts without a network. */
describe.runIf(existsSync('/usr/sbin/clamd'))('clamd itself', () => {
  let folder: string
  let daemon: ChildProcess
  let scanner: VirusScanner
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vouchsafe-clamd-'))
    const signature = Buffer.from(eicar).toString('hex')
    await writeFile(join(folder, 'eicar.ndb'), `Eicar-Test-Signature:0:*:${signature}\n`)
    const settings = [
      'Foreground yes',
      `LocalSocket ${join(folder, 'socket')}`,
      `DatabaseDirectory ${folder}`,
      `TemporaryDirectory ${folder}`,
      'StreamMaxLength 11M',
      ...(process.getuid?.() === 0 ? ['User root'] : []),
    ]
    await writeFile(join(folder, 'clamd.conf'), `${settings.join('\n')}\n`)
    daemon = spawn('/usr/sbin/clamd', ['-c', join(folder, 'clamd.conf')], { stdio: 'ignore' })
    scanner = clamdScanner(`unix://${join(folder, 'socket')}`, silentLog)
    for (let waited = 0; waited < 300 && (await scanner.fault()) !== undefined; waited += 1)
      await new Promise((resolve) => setTimeout(resolve, 100))
  })
  afterAll(async () => {
    daemon.kill('SIGKILL')
    await rm(folder, { recursive: true, force: true })
  })
  const scan = (...pieces: Buffer[]): ReturnType<VirusScanner['scan']> =>
    scanner.scan(
      (async function* () {
        yield* pieces
      })(),
    )

  test('answers, finds what it knows, and nothing in anything else', async () => {
    expect(await scanner.fault()).toBeUndefined()
    expect(await scan(Buffer.from('harmless'))).toEqual({ state: 'CLEAN' })
    expect(await scan()).toEqual({ state: 'CLEAN' })
    const half = eicar.length >> 1
    expect(await scan(Buffer.from(eicar.slice(0, half)), Buffer.from(eicar.slice(half)))).toMatchObject({
      state: 'INFECTED',
      name: expect.stringContaining('Eicar-Test-Signature') as string,
    })
    expect(await scan(...Array.from({ length: 160 }, () => Buffer.alloc(65_536, 1)))).toEqual({
      state: 'CLEAN',
    })
  })
  test('looks at no more than it is set to: that is no verdict', async () => {
    expect(await scan(...Array.from({ length: 300 }, () => Buffer.alloc(65_536, 1)))).toEqual({
      state: 'UNKNOWN',
    })
    expect(await scan(Buffer.from('harmless'))).toEqual({ state: 'CLEAN' })
  })
})

test('its address is read, and what is none is refused', () => {
  expect(clamdAddress('tcp://127.0.0.1:3310')).toEqual({ host: '127.0.0.1', port: 3310 })
  expect(clamdAddress('tcp://scanner')).toEqual({ host: 'scanner', port: 3310 })
  expect(clamdAddress('tcp://[::1]:99')).toEqual({ host: '::1', port: 99 })
  expect(clamdAddress('unix:///run/clamav/clamd.ctl')).toEqual({ path: '/run/clamav/clamd.ctl' })
  for (const wrong of ['', 'clamd', 'http://x', 'unix://', 'tcp://'])
    expect(() => clamdAddress(wrong), wrong).toThrow('must be like')
})
