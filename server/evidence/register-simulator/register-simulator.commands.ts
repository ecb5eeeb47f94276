/** `vouchsafe simulator` */
import { requiredText, text, type CommandAnswer, type CommandInput } from '../../platform/cli/command.ts'
import type { LocalCommand } from '../../platform/cli/program.ts'
import { AppError } from '../../platform/errors.ts'
import { startRegisterSimulator } from './register-simulator.ts'

const defaultPort = 8095

async function simulate(input: CommandInput): Promise<CommandAnswer | undefined> {
  const port = text(input, 'port') === undefined ? defaultPort : Number(requiredText(input, 'port'))
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new AppError('COMMAND_INVALID', '--port is a number from 0 to 65535; 0 picks a free one.')
  const host = text(input, 'host') ?? '127.0.0.1'
  const simulator = await startRegisterSimulator({ host, port }).catch((cause: unknown) => {
    throw new AppError(
      'COMMAND_INVALID',
      `The simulator cannot listen on ${host}:${port}: ${(cause as Error).message}.`,
      {
        cause,
      },
    )
  })
  process.stdout.write(
    input['json'] === true
      ? `${JSON.stringify({ url: simulator.url })}\n`
      : `The register simulator listens on ${simulator.url}\n`,
  )
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve())
    // Who started it by a pipe and is gone needs it no more.
    if (input['untilStdinEnds'] === true) process.stdin.once('end', () => resolve()).resume()
  })
  await simulator.close()
  // An input that is open would keep the process.
  process.stdin.destroy()
  return undefined
}

export const simulatorCommand: LocalCommand = {
  path: 'simulator',
  summary: 'Run the register simulator: a register for sandboxes, whose answers the number decides.',
  example: 'vouchsafe simulator --port 8095',
  options: [
    { flags: '--port <port>', description: `where to listen (default ${defaultPort}; 0 picks a free one)` },
    { flags: '--host <host>', description: 'the address to listen on (default 127.0.0.1)' },
    { flags: '--until-stdin-ends', description: 'end when standard input does, too' },
  ],
  runHere: (_config, input) => simulate(input),
}
