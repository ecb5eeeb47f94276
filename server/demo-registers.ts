/**
 * The registers of the example organisation: the simulator as a process of its own, asked over HTTP as a real one is.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { connectorInput } from './evidence/registers/registers.schema.ts'
import { listRegisters, prepareConnector, setConnector } from './evidence/registers/registers.ts'
import type { Caller } from './platform/context.ts'
import type { Runtime } from './platform/runtime.ts'

const program = fileURLToPath(new URL('main.ts', import.meta.url))
/** Fast enough that somebody who looks on sees the statuses turn green. */
const pace = { perSecond: 200, atOnce: 16 }

export interface DemoRegisters {
  readonly url: string
  close(): Promise<void>
}

/**
 * Starts the simulator where it listened the last time, if that is still free, so that the connectors stay as they are.
 * It ends with this process, however that ends.
 */
export async function startDemoRegisters(folder: string): Promise<DemoRegisters> {
  const kept = join(folder, 'registers-port')
  const before = (await readFile(kept, 'utf8').catch(() => '')).trim()
  const started = (before === '' ? undefined : await start(before)) ?? (await start('0'))
  if (!started) throw new Error('the register simulator does not start; see `vouchsafe simulator`')
  await writeFile(kept, `${new URL(started.url).port}\n`)
  return started
}

/** Undefined when it ends before it listens: its port is taken. */
async function start(port: string): Promise<DemoRegisters | undefined> {
  const child = spawn(
    process.execPath,
    [program, 'simulator', '--json', '--port', port, '--until-stdin-ends'],
    {
      stdio: ['pipe', 'pipe', 'ignore'],
    },
  )
  const url = await firstUrl(child)
  return url === undefined ? undefined : { url, close: () => ended(child) }
}

async function firstUrl(child: ChildProcess): Promise<string | undefined> {
  child.once('error', () => undefined)
  if (!child.stdout) return undefined
  for await (const line of createInterface({ input: child.stdout })) {
    child.stdout.resume()
    return (JSON.parse(line) as { url: string }).url
  }
  return undefined
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  await new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.kill('SIGTERM')
  })
}

/** Connects every register to the simulator that does not ask it already. */
export async function connectDemoRegisters(
  runtime: Runtime,
  organisationId: string,
  caller: Caller,
  url: string,
): Promise<void> {
  const connector = connectorInput.parse({ kind: 'simulator', settings: { url, ...pace } })
  const prepared = await prepareConnector(runtime, organisationId, connector)
  await runtime.write(organisationId, caller, async (ctx) => {
    for (const { attributes } of await listRegisters(ctx)) {
      const asks = attributes.connector?.settings['url']
      if (attributes.kind === 'register' && asks !== url)
        await setConnector(ctx, prepared, attributes.code, { isSandbox: true })
    }
  })
}
