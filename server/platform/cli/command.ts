/**
 * The command kit: what a feature says about a command, and nothing about how it is reached. The same command runs in
 * the server (over the admin socket) or, when none runs, in the process of the command line.
 */
import type { Caller } from '../context.ts'
import type { Workers } from '../jobs/due-work.ts'
import type { Runtime } from '../runtime.ts'
import type { MovableClock } from '../clock.ts'

/** What a command is given beside its input. */
export interface CommandContext {
  readonly runtime: Runtime
  readonly workers: Workers
  readonly movableClock: MovableClock | undefined
  readonly caller: Caller
  /** The local file that the command reads, as it comes over the wire. */
  readonly file: AsyncIterable<Buffer>
  /** Whether a server runs this, or the command line by itself. */
  readonly isServing: boolean
}

/** Arguments and options by name, camel case; options that may repeat are lists. */
export type CommandInput = Readonly<Record<string, string | boolean | readonly string[] | undefined>>

export interface CommandAnswer {
  /** What `--json` prints. */
  readonly output: unknown
  /** What is printed otherwise. */
  readonly text: string
  /** Bytes that the command line writes to the file that its `--out` names. */
  readonly content?: AsyncIterable<Buffer>
  /** The command did what it should, and found something that a script has to know. */
  readonly exitCode?: number
}

export interface CommandArgument {
  readonly name: string
  readonly description: string
  readonly isOptional?: boolean
}

export interface CommandOption {
  /** As commander takes it: `--org <id or name>`, `--grant <grant...>`. */
  readonly flags: string
  readonly description: string
  readonly isRequired?: boolean
}

export interface CommandDefinition {
  /** `token create` */
  readonly path: string
  readonly summary: string
  readonly example: string
  readonly arguments?: readonly CommandArgument[]
  readonly options?: readonly CommandOption[]
  /** The argument or option whose value is a local file to be streamed to the command. */
  readonly fileInput?: string
  /** Options whose value is the text of a local file (public keys): read before the command is sent. */
  readonly textFiles?: readonly string[]
  /** An option like `--password-stdin`: its text is read from standard input. */
  readonly stdinOption?: string
  /** The option that names the file to write `content` to. */
  readonly fileOutput?: string
  run(context: CommandContext, input: CommandInput): Promise<CommandAnswer>
}

/** Rows as aligned columns, for people. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  )
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** An input that is text, or undefined. */
export function text(input: CommandInput, name: string): string | undefined {
  const value = input[name]
  return typeof value === 'string' ? value : undefined
}

/** An input that the kit made sure of. */
export function requiredText(input: CommandInput, name: string): string {
  const value = text(input, name)
  if (value === undefined) throw new Error(`the command line did not pass ${name}`)
  return value
}
