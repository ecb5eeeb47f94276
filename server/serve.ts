/**
 * `vouchsafe`: the commands that are about this process (serve, migrate, config), and the way every other command takes:
 * to the running server, or through a house opened for it.
 */
import { readFileSync } from 'node:fs'
import { commands } from './app.ts'
import { startDemo } from './demo.ts'
import { simulatorCommand } from './evidence/register-simulator/register-simulator.commands.ts'
import { startFrontDoors, type FrontDoors } from './front-doors.ts'
import { openHouse, type House } from './house.ts'
import { openAdminSocket, sendCommand } from './platform/cli/admin-socket.ts'
import { completionScript } from './platform/cli/completion.ts'
import {
  table,
  text,
  type CommandAnswer,
  type CommandDefinition,
  type CommandInput,
} from './platform/cli/command.ts'
import { runProgram, type LocalCommand } from './platform/cli/program.ts'
import { describeConfig, type Config } from './platform/config.ts'
import type { Caller } from './platform/context.ts'
import { AppError } from './platform/errors.ts'
import { createLog, silentLog, type Log } from './platform/log.ts'
import type { Runtime } from './platform/runtime.ts'
import { createOrganisation, listOrganisations } from './tenancy/organisations/organisations.ts'
import { inviteFirstOwner, listUsers } from './tenancy/users/users.ts'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string
}

const operator: Caller = { actor: { kind: 'OPERATOR', id: null }, channel: 'CLI', requestId: null }

async function* nothing(): AsyncGenerator<Buffer> {}

function find(path: string): CommandDefinition {
  const found = commands.find((command) => command.path === path)
  if (!found)
    throw new AppError(
      'COMMAND_INVALID',
      `The running server does not know the command ${path}. Restart it with this version.`,
    )
  return found
}

/** On the running server if there is one, else here, in a house opened for this one command. */
async function execute(
  config: Config,
  command: CommandDefinition,
  input: CommandInput,
  openFile: (() => AsyncIterable<Buffer>) | undefined,
): Promise<CommandAnswer> {
  const sent = await sendCommand(config.dataDir, { path: command.path, input }, openFile)
  if (sent) return sent
  const house = await openHouse(config, {
    log: createLog(config.logLevel === 'info' ? 'warn' : config.logLevel),
    runsJobs: false,
    runsTimers: false,
  })
  try {
    const answer = await run(house, command, input, openFile?.() ?? nothing(), false)
    return answer.content ? { ...answer, content: await collected(answer.content) } : answer
  } finally {
    await house.close()
  }
}

/** The house closes before the command line writes, so what it writes must be there by then. */
async function collected(content: AsyncIterable<Buffer>): Promise<AsyncIterable<Buffer>> {
  const chunks: Buffer[] = []
  for await (const chunk of content) chunks.push(chunk)
  return (async function* () {
    yield* chunks
  })()
}

function run(
  house: House,
  command: CommandDefinition,
  input: CommandInput,
  file: AsyncIterable<Buffer>,
  isServing: boolean,
): Promise<CommandAnswer> {
  const { runtime, workers, movableClock } = house
  return command.run({ runtime, workers, movableClock, caller: operator, file, isServing }, input)
}

const roleNames = ['http', 'sftp', 'jobs', 'schedule'] as const
type Role = (typeof roleNames)[number]

function rolesOf(input: CommandInput): ReadonlySet<Role> {
  const given = text(input, 'roles')
  if (given === undefined) return new Set(roleNames)
  const roles = given.split(',').map((role) => role.trim())
  const unknown = roles.filter((role) => !(roleNames as readonly string[]).includes(role))
  if (unknown.length > 0 || roles.length === 0)
    throw new AppError('COMMAND_INVALID', `--roles takes ${roleNames.join(', ')}, separated by commas.`)
  return new Set(roles as Role[])
}

const stopMs = 10_000
const repeatMs = 1_000

/** Runs until told to stop, or until a part that it needs is gone. */
async function serve(config: Config, input: CommandInput): Promise<CommandAnswer | undefined> {
  const roles = rolesOf(input)
  const log = createLog(config.logLevel)
  const stopped = stopSignal(log)
  const house = await openHouse(config, {
    log,
    runsJobs: roles.has('jobs'),
    runsTimers: roles.has('schedule'),
    isServing: true,
  })
  const close: (() => Promise<unknown>)[] = [() => house.close()]
  let exitCode = 0
  try {
    await ensureOrganisation(house.runtime)
    const doors = await startFrontDoors(house.runtime, {
      http: roles.has('http'),
      sftp: roles.has('sftp'),
      version,
    })
    close.push(() => doors.close())
    const admin = await openAdminSocket(config.dataDir, log, (sent, file) =>
      run(house, find(sent.path), sent.input, file, true),
    )
    close.push(() => admin.close())
    // After the doors are open: the link names the port.
    greet(config, doors, await firstInvitation(house.runtime))
    const { httpPort, sftpPort, metricsPort } = doors
    log.info({ httpPort, sftpPort, metricsPort, roles: [...roles], version }, 'ready')
    if (input['demo'] === true) {
      await startDemo(house, doors).then(
        (end) => close.push(end),
        (error: unknown) => {
          log.error({ err: error }, 'the demo could not be loaded')
          process.stdout.write(`The demo could not be loaded: ${(error as Error).message}\n`)
        },
      )
    }
    const reason = await Promise.race([stopped, house.lost])
    if (reason instanceof Error) {
      log.error({ err: reason }, 'the database is gone')
      exitCode = 6
    }
  } finally {
    // A part that does not end must not keep the rest, nor the machine's shutdown, waiting.
    const patience = setTimeout(() => process.exit(exitCode === 0 ? 1 : exitCode), stopMs * 2)
    patience.unref()
    for (const step of close.reverse())
      await step().catch((error: unknown) => log.error({ err: error }, 'stopping'))
    clearTimeout(patience)
  }
  log.info({}, 'stopped')
  return { output: {}, text: '', exitCode }
}

const firstName = 'Default'

/** Of two nodes that start at once on an empty database, one makes it. */
async function ensureOrganisation(runtime: Runtime): Promise<void> {
  if ((await listOrganisations(runtime)).length > 0) return
  try {
    await createOrganisation(runtime, { name: firstName }, operator)
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'NAME_TAKEN') throw error
  }
}

/**
 * The first owner's link, where nobody was ever asked: after the first start, or after one that ended just short of this.
 * Of two nodes that start at once, one prints it.
 */
async function firstInvitation(runtime: Runtime): Promise<string | undefined> {
  const [first, ...others] = await listOrganisations(runtime)
  if (first?.name !== firstName || others.length > 0) return undefined
  return runtime.db.withLock('first-owner', () =>
    runtime.write(first.id, operator, async (ctx) => {
      const { total } = await listUsers(ctx, { includeDeleted: true }, { limit: 1, offset: 0, after: null })
      return total === 0 ? (await inviteFirstOwner(ctx, runtime.config)).link : undefined
    }),
  )
}

/**
 * Resolves at the first signal; a second one ends at once. What comes right behind the first is the same one again: npm and
 * the launcher pass on what the terminal sent to all of us.
 */
function stopSignal(log: Log): Promise<void> {
  return new Promise((resolve) => {
    let stoppingSince: number | undefined
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (stoppingSince !== undefined && performance.now() - stoppingSince > repeatMs) process.exit(130)
        if (stoppingSince !== undefined) return
        stoppingSince = performance.now()
        log.info({ signal }, 'stopping')
        resolve()
      })
    }
  })
}

/** @param invitation the first owner's link, at the first start only: it is shown once */
function greet(config: Config, doors: FrontDoors, invitation: string | undefined): void {
  const lines = ['', `Vouchsafe ${version}`]
  if (doors.url !== null) lines.push(`  HTTP  ${doors.url}/openapi/v1`)
  if (doors.sftpPort !== null)
    lines.push(
      `  SFTP  sftp -P ${doors.sftpPort} USER@${config.sftpHost}`,
      ...doors.fingerprints.map((print) => `        host key ${print}`),
    )
  if (invitation !== undefined) {
    lines.push(`  Sign in as the first owner (once, within 7 days):`, `        ${invitation}`)
    if (doors.url !== null)
      lines.push(
        '        or over the API:',
        `        curl -H 'Content-Type: application/json' ${doors.url}/openapi/v1/invitations/accept \\`,
        `          -d '{"token":"${invitation.slice(invitation.indexOf('=') + 1)}","email":"YOU@EXAMPLE.COM","password":"…"}'`,
      )
  }
  lines.push(
    '  Make an access token:  npx vouchsafe token create --org Default --name first --all',
    '  Make an SFTP account:  npx vouchsafe sftp add-account --org Default --username hr --key ~/.ssh/id_ed25519.pub',
    '',
  )
  process.stdout.write(`${lines.join('\n')}\n`)
}

const localCommands: readonly LocalCommand[] = [
  {
    path: 'serve',
    isDefault: true,
    summary: 'Run the server: HTTP, SFTP, jobs and schedule. This is the default command.',
    example: 'vouchsafe serve --http-port 8080 --sftp-port 2022',
    options: [
      { flags: '--demo', description: 'load the example organisation and say what to look at' },
      { flags: '--roles <roles>', description: 'what this node does: http,sftp,jobs,schedule (default all)' },
    ],
    runHere: serve,
  },
  {
    path: 'migrate',
    summary: 'Bring the database schema forward, without serving.',
    example: 'vouchsafe migrate',
    runHere: async (config) => {
      const house = await openHouse(config, { log: silentLog, runsJobs: false, runsTimers: false })
      await house.close()
      return { output: { migrated: true }, text: 'The schema is up to date.' }
    },
  },
  {
    path: 'config print',
    summary: 'Print every setting with its value in force and what it is for.',
    example: 'vouchsafe config print',
    runHere: async (config) => {
      const all = describeConfig(config)
      return {
        output: all,
        text: table(
          all.map(({ name, value, description }) => [name, value === '' ? '-' : value, description]),
        ),
      }
    },
  },
  simulatorCommand,
  {
    path: 'completion',
    summary: 'Print a completion script for a shell.',
    example: 'vouchsafe completion bash >> ~/.bashrc',
    arguments: [{ name: 'shell', description: 'bash, zsh or fish' }],
    runHere: async (_config, input) => {
      const script = completionScript(
        text(input, 'shell') ?? '',
        [...localCommands, ...commands].map((command) => command.path),
      )
      return { output: { script }, text: script }
    },
  },
]

/** Runs the command line; resolves to the exit status. */
export function runMain(argv: readonly string[]): Promise<number> {
  return runProgram({ version, commands, localCommands, execute }, argv)
}
