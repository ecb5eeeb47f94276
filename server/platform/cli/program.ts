/**
 * The command line: `vouchsafe …`, made from the list of commands. Unknown words end with 2 and the nearest match; every
 * other fault with the status of its kind.
 */
import { createReadStream } from 'node:fs'
import { open, readFile, stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { text as readText } from 'node:stream/consumers'
import { Command, CommanderError, Option } from 'commander'
import { configFlags, readConfig, type Config } from '../config.ts'
import { AppError, asAppError, type ErrorKind } from '../errors.ts'
import { nearest } from '../nearest.ts'
import type { CommandAnswer, CommandDefinition, CommandInput } from './command.ts'

/** One total table: a new kind of fault does not compile without its status. */
const exitCodes: Readonly<Record<ErrorKind, number>> = {
  invalid: 2,
  unsupported: 2,
  tooLarge: 2,
  unsatisfiable: 2,
  unprocessable: 2,
  methodNotAllowed: 2,
  unauthenticated: 3,
  forbidden: 3,
  notFound: 4,
  gone: 4,
  conflict: 5,
  stale: 5,
  tooMany: 6,
  unavailable: 6,
  internal: 1,
}

/** A command that is about this process (serve, config): it gets the configuration and nothing else. */
export interface LocalCommand extends Omit<CommandDefinition, 'run'> {
  readonly isDefault?: boolean
  runHere(config: Config, input: CommandInput): Promise<CommandAnswer | undefined>
}

export interface ProgramParts {
  readonly version: string
  readonly commands: readonly CommandDefinition[]
  readonly localCommands: readonly LocalCommand[]
  /** Runs a command on the running server, or in a house opened for it. */
  execute(
    config: Config,
    command: CommandDefinition,
    input: CommandInput,
    openFile: (() => AsyncIterable<Buffer>) | undefined,
  ): Promise<CommandAnswer>
}

const groupSummaries: Readonly<Record<string, string>> = {
  org: 'Organisations and their settings.',
  token: 'Access tokens.',
  mapping: 'What the organisation’s own codes stand for.',
  sftp: 'SFTP accounts.',
  jobs: 'Background work.',
  clock: 'The sandbox’s clock.',
  config: 'The configuration.',
}

const camel = (flag: string): string => flag.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())

/** Builds and runs the program; resolves to the exit status. */
export async function runProgram(parts: ProgramParts, argv: readonly string[]): Promise<number> {
  let status = 0
  const program = new Command('vouchsafe')
    .description(
      'Know at any moment whether every person on your books may do the work they are rostered for.',
    )
    .version(parts.version)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ outputError: (message, write) => write(message) })
  const groups = new Map<string, Command>()

  const add = (definition: CommandDefinition | LocalCommand): void => {
    const words = definition.path.split(' ')
    const name = words.pop() as string
    let parent = program
    for (const word of words) {
      let group = groups.get(word)
      if (!group) {
        group = program.command(word).description(groupSummaries[word] ?? word)
        inherit(group)
        groups.set(word, group)
      }
      parent = group
    }
    const isDefault = 'isDefault' in definition && definition.isDefault === true
    const command = parent
      .command(name, { isDefault })
      .summary(definition.summary)
      .description(definition.summary)
    inherit(command)
    for (const argument of definition.arguments ?? []) {
      command.argument(
        argument.isOptional ? `[${argument.name}]` : `<${argument.name}>`,
        argument.description,
      )
    }
    for (const option of definition.options ?? []) {
      command.addOption(
        new Option(option.flags, option.description).makeOptionMandatory(option.isRequired ?? false),
      )
    }
    command.option('--json', 'print JSON')
    for (const { flag, setting, description } of configFlags) {
      command.addOption(
        new Option(`--${flag} <value>`, `${description} (setting ${setting})`).hideHelp(name !== 'serve'),
      )
    }
    command.addHelpText('after', `\nExample:\n  ${definition.example}\n`)
    command.action(async () => {
      status = await runOne(parts, definition, command)
    })
  }
  for (const definition of [...parts.localCommands, ...parts.commands]) add(definition)

  const first = argv[0]
  if (
    first !== undefined &&
    !first.startsWith('-') &&
    !program.commands.some((command) => command.name() === first) &&
    first !== 'help'
  ) {
    // With a default command, commander takes an unknown word for its argument.
    const near = nearest(
      first,
      program.commands.map((command) => command.name()),
    )
    process.stderr.write(
      `vouchsafe: unknown command "${first}".${near === undefined ? '' : ` Did you mean "${near}"?`} See vouchsafe --help.\n`,
    )
    return 2
  }
  try {
    await program.parseAsync(argv as string[], { from: 'user' })
    return status
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2
    return report(asAppError(thrown), argv.includes('--json'))
  }
}

function inherit(command: Command): void {
  command.exitOverride().showSuggestionAfterError().allowExcessArguments(false)
}

async function runOne(
  parts: ProgramParts,
  definition: CommandDefinition | LocalCommand,
  command: Command,
): Promise<number> {
  const options = command.opts<Record<string, string | boolean | string[]>>()
  const settings: Record<string, string | undefined> = {}
  for (const { flag, setting } of configFlags) {
    const value = options[camel(flag)]
    if (typeof value === 'string') settings[setting] = value
  }
  const config = readConfig(settings)
  const input: Record<string, string | boolean | readonly string[] | undefined> = { ...options }
  definition.arguments?.forEach((argument, index) => {
    input[camel(argument.name)] = command.args[index]
  })
  await readLocalText(definition, input)
  const answer =
    'runHere' in definition
      ? await definition.runHere(config, input)
      : await parts.execute(config, definition, input, await localFile(definition, input))
  if (!answer) return 0
  await writeContent(definition, input, answer)
  process.stdout.write(
    options['json'] === true
      ? `${JSON.stringify(answer.output)}\n`
      : answer.text === ''
        ? ''
        : `${answer.text}\n`,
  )
  return answer.exitCode ?? 0
}

async function readLocalText(
  definition: Omit<CommandDefinition, 'run'>,
  input: Record<string, unknown>,
): Promise<void> {
  for (const name of definition.textFiles ?? []) {
    const paths = input[name]
    if (paths === undefined) continue
    const textOf = (path: string): Promise<string> =>
      readFile(path, 'utf8').catch((cause: unknown) => unreadable(path, cause))
    // One path is one text; an option that may stand several times stays a list.
    input[name] = Array.isArray(paths)
      ? await Promise.all((paths as string[]).map(textOf))
      : await textOf(paths as string)
  }
  if (definition.stdinOption !== undefined && input[definition.stdinOption] === true) {
    input[definition.stdinOption] = (await readText(process.stdin)).replace(/\r?\n$/, '')
  }
}

function unreadable(path: string, cause: unknown): never {
  throw new AppError('COMMAND_INVALID', `The file ${path} cannot be read: ${(cause as Error).message}.`, {
    cause,
  })
}

async function localFile(
  definition: CommandDefinition,
  input: Readonly<Record<string, unknown>>,
): Promise<(() => AsyncIterable<Buffer>) | undefined> {
  if (definition.fileInput === undefined) return undefined
  const path = input[definition.fileInput]
  if (typeof path !== 'string') return undefined
  const found = await stat(path).catch((cause: unknown) => unreadable(path, cause))
  if (!found.isFile()) throw new AppError('COMMAND_INVALID', `${path} is not a file.`)
  return () => createReadStream(path, { highWaterMark: 262_144 })
}

async function writeContent(
  definition: Omit<CommandDefinition, 'run'>,
  input: CommandInput,
  answer: CommandAnswer,
): Promise<void> {
  if (!answer.content) return
  const path = definition.fileOutput === undefined ? undefined : input[definition.fileOutput]
  if (typeof path !== 'string') return
  const file = await open(path, 'w').catch((cause: unknown) => {
    throw new AppError('COMMAND_INVALID', `${path} cannot be written: ${(cause as Error).message}.`, {
      cause,
    })
  })
  await pipeline(answer.content, file.createWriteStream())
}

/** Tells a fault on standard error: what, every detail, and how to mend it. */
function report(error: AppError, asJson: boolean): number {
  if (asJson) {
    const { code, message, errors, extra, help } = error
    process.stderr.write(`${JSON.stringify({ error: { code, detail: message, help, errors, ...extra } })}\n`)
  } else {
    process.stderr.write(`vouchsafe: ${error.message}\n`)
    if (error.errors.length > 1)
      for (const fault of error.errors) process.stderr.write(`  ${fault.pointer}: ${fault.detail}\n`)
    if (error.code === 'INTERNAL') {
      // A running server keeps the cause to its log.
      const cause = error.cause instanceof Error ? (error.cause.stack ?? error.cause.message) : undefined
      process.stderr.write(`${cause ?? 'The log of the server says more.'}\n`)
    } else if (error.code !== 'VALIDATION_FAILED') process.stderr.write(`${error.help}\n`)
  }
  return exitCodes[error.kind]
}
