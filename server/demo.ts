/**
 * `serve --demo`: the example organisation, loaded through the front door (an SFTP upload), and a state to look at.
 * Idempotent: a second start finds it and only says where it is.
 */
import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connectDemoRegisters, startDemoRegisters } from './demo-registers.ts'
import { addAccount } from './exchange/file-exchange/file-exchange.ts'
import { newKeyPair, uploadBySftp } from './exchange/file-exchange/file-exchange.sftp-client.ts'
import { listRuns } from './exchange/imports/imports.ts'
import type { FrontDoors } from './front-doors.ts'
import type { House } from './house.ts'
import type { Caller } from './platform/context.ts'
import { allGrants } from './tenancy/access/access.schema.ts'
import { createToken } from './tenancy/access/access.ts'
import { createOrganisation, listOrganisations, setSetting } from './tenancy/organisations/organisations.ts'
import { catalogueOf, setMappings } from './workforce/credential-types/credential-types.ts'
import { listCredentials } from './workforce/credentials/credentials.ts'
import { listWorkers } from './workforce/workers/workers.ts'

const name = 'Banksia Community Care'
const examples = fileURLToPath(new URL('../examples/organisation/', import.meta.url))
const people = 'HRMS-20260201_060000.csv'
const positions = 'HRMS-POS-20260201_060500.csv'
const operator: Caller = { actor: { kind: 'OPERATOR', id: null }, channel: 'CLI', requestId: null }
const patienceMs = 60_000

/**
 * Loads the example and prints what to look at.
 * @returns what ends its registers
 */
export async function startDemo(house: House, doors: FrontDoors): Promise<() => Promise<void>> {
  const { runtime } = house
  const folder = join(runtime.config.dataDir, 'demo')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const registers = await startDemoRegisters(folder)
  try {
    await show(house, doors, folder, registers.url)
  } catch (error) {
    await registers.close()
    throw error
  }
  return () => registers.close()
}

async function show(house: House, doors: FrontDoors, folder: string, registersUrl: string): Promise<void> {
  const { runtime } = house
  const existing = (await listOrganisations(runtime)).find((one) => one.name === name)
  if (existing) await connectDemoRegisters(runtime, existing.id, operator, registersUrl)
  const organisation = existing ?? (await load(house, doors, folder, registersUrl))
  const token = await readFile(join(folder, 'token'), 'utf8').catch(() => '')
  process.stdout.write(
    [
      '',
      `The example organisation "${organisation.name}" is ${existing ? 'there' : 'loaded'}: ${await countsOf(house, organisation.id)}.`,
      `Its registers are a simulator, which listens on ${registersUrl}: their answers turn what HR says into what is known.`,
      ...(doors.url === null
        ? []
        : [
            `  curl -H "Authorization: Bearer ${token.trim()}" "${doors.url}/openapi/v1/workers?licenceStatus=red"`,
            `  curl -H "Authorization: Bearer ${token.trim()}" "${doors.url}/openapi/v1/imports"`,
            `  curl -H "Authorization: Bearer ${token.trim()}" "${doors.url}/openapi/v1/registers?isConnected=true"`,
          ]),
      ...(doors.sftpPort === null
        ? []
        : [
            `  sftp -i ${join(folder, 'key')} -P ${doors.sftpPort} demo@${runtime.config.sftpHost}    (then: ls /download /download/results /upload/archive)`,
          ]),
      '',
    ].join('\n') + '\n',
  )
}

async function countsOf({ runtime }: House, organisationId: string): Promise<string> {
  return runtime.read(organisationId, operator, async (ctx) => {
    const people = await listWorkers(ctx, {}, { limit: 1, offset: 0, after: null, counting: 'EXACT' })
    const credentials = await listCredentials(
      ctx,
      {},
      { limit: 1, offset: 0, after: null, counting: 'EXACT' },
    )
    return `${people.total.count} people, ${credentials.total.count} credentials (what HR got wrong stands in /download/results)`
  })
}

async function load(
  house: House,
  doors: FrontDoors,
  folder: string,
  registersUrl: string,
): Promise<{ id: string; name: string }> {
  const { runtime } = house
  if (doors.sftpPort === null)
    throw new Error('the demo comes in by SFTP, and this node has no SFTP (--roles)')
  const organisation = await createOrganisation(runtime, { name }, operator)
  const key = await newKeyPair(`demo-${randomBytes(4).toString('hex')}`)
  await writeFile(join(folder, 'key'), key.privateKey, { mode: 0o600 })
  await chmod(join(folder, 'key'), 0o600)
  const mappings = (await readFile(join(examples, 'mappings.csv'), 'utf8'))
    .split(/\r?\n/)
    .slice(1)
    .filter((line) => line.trim() !== '')
    .map((line) => line.split(',').map((cell) => cell.trim().replace(/^"(.*)"$/, '$1')))
  await runtime.write(organisation.id, operator, async (ctx) => {
    await setMappings(
      ctx,
      mappings.map(([code = '', target = '']) => ({ code, target })),
    )
    // Where no register could be asked, what HR says is enough here; the others wait for their register's answer.
    const { types } = await catalogueOf(ctx)
    const named = new Set(mappings.map(([, target = '']) => target))
    await setSetting(
      ctx,
      'import.acceptDeclared',
      [...named].filter((code) => !types.get(code)?.register).join(','),
    )
    await setSetting(ctx, 'import.quietSeconds', '0')
    await addAccount(ctx, { username: 'demo', publicKeys: [key.publicKey] })
    const { token } = await createToken(ctx, { name: 'demo', grants: allGrants })
    await writeFile(join(folder, 'token'), `${token}\n`, { mode: 0o600 })
  })
  await connectDemoRegisters(runtime, organisation.id, operator, registersUrl)
  for (const file of [positions, people]) {
    await uploadBySftp(
      { host: '127.0.0.1', port: doors.sftpPort, username: 'demo', privateKey: key.privateKey },
      await readFile(join(examples, file)),
      `/upload/${file}`,
    )
  }
  await applied(house, organisation.id)
  return organisation
}

/** Waits until both files came to an end, so that there is something to look at. */
async function applied(house: House, organisationId: string): Promise<void> {
  for (let waited = 0; waited < patienceMs; waited += 250) {
    const { runs } = await house.runtime.read(organisationId, operator, (ctx) =>
      listRuns(ctx, {}, { limit: 10, offset: 0 }),
    )
    if (runs.length === 2 && runs.every((run) => run.finishedAt !== null)) return
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  throw new Error('its files were not applied in time; see GET /imports')
}
