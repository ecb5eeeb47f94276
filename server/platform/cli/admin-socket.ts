/**
 * Administration of a running server: commands over HTTP on a Unix socket in DATA_DIR. The file's permission is the
 * authorisation (spec 97): who may open it may administer.
 *
 * Request: POST /, header `x-command` (base64 of JSON {path, input}), the file as body. Answer: one line of JSON
 * ({output, text, exitCode} or {error}), then the bytes of the command's content, if any.
 */
import { once } from 'node:events'
import { chmod, rm, stat } from 'node:fs/promises'
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { asAppError, AppError, type ErrorCode, type Fault } from '../errors.ts'
import type { Log } from '../log.ts'
import { privateSocketFolder } from '../socket-folder.ts'
import type { CommandAnswer, CommandInput } from './command.ts'

export interface SentCommand {
  readonly path: string
  readonly input: CommandInput
}

export interface SentAnswer {
  readonly output?: unknown
  readonly text?: string
  readonly exitCode?: number
  readonly hasContent?: boolean
  readonly error?: {
    readonly code: ErrorCode
    readonly detail: string
    readonly errors: readonly Fault[]
    readonly extra: Readonly<Record<string, unknown>>
  }
}

async function socketPath(dataDir: string): Promise<string> {
  return join(await privateSocketFolder(dataDir), 'admin.sock')
}

/** Serves commands until closed. `run` answers one. */
export async function openAdminSocket(
  dataDir: string,
  log: Log,
  run: (command: SentCommand, file: AsyncIterable<Buffer>) => Promise<CommandAnswer>,
): Promise<{ close(): Promise<void> }> {
  const path = await socketPath(dataDir)
  // We hold the lock on DATA_DIR, so a socket that is there belongs to nobody.
  await rm(path, { force: true })
  const server: Server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing, log, run).catch((error: unknown) => {
      log.error({ err: error }, 'admin command')
      outgoing.destroy()
    })
  })
  server.requestTimeout = 0
  server.listen(path)
  await once(server, 'listening')
  await chmod(path, 0o600)
  return {
    close: async () => {
      server.closeIdleConnections()
      const closed = once(server, 'close')
      server.close()
      const patience = setTimeout(() => server.closeAllConnections(), 5_000)
      await closed
      clearTimeout(patience)
    },
  }
}

async function answer(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  log: Log,
  run: (command: SentCommand, file: AsyncIterable<Buffer>) => Promise<CommandAnswer>,
): Promise<void> {
  const send = (line: SentAnswer): void => void outgoing.write(`${JSON.stringify(line)}\n`)
  try {
    const command = JSON.parse(
      Buffer.from(String(incoming.headers['x-command']), 'base64').toString(),
    ) as SentCommand
    const result = await run(command, incoming)
    send({
      output: result.output,
      text: result.text,
      exitCode: result.exitCode ?? 0,
      hasContent: result.content !== undefined,
    })
    if (result.content)
      for await (const chunk of result.content) if (!outgoing.write(chunk)) await once(outgoing, 'drain')
  } catch (thrown) {
    // Once the answer has begun, a line more would end in the person's file: breaking off is all that can be said.
    if (outgoing.headersSent) throw thrown
    const error = asAppError(thrown)
    if (error.code === 'INTERNAL') log.error({ err: thrown }, 'admin command')
    send({ error: { code: error.code, detail: error.message, errors: error.errors, extra: error.extra } })
  }
  incoming.resume()
  outgoing.end()
}

/** Sends a command to the server of this DATA_DIR; undefined when none runs. */
export async function sendCommand(
  dataDir: string,
  command: SentCommand,
  openFile: (() => AsyncIterable<Buffer>) | undefined,
): Promise<CommandAnswer | undefined> {
  if ((await stat(dataDir).catch(() => undefined)) === undefined) return undefined
  const path = await socketPath(dataDir)
  const outgoing = request({
    socketPath: path,
    method: 'POST',
    path: '/',
    headers: {
      'x-command': Buffer.from(JSON.stringify(command)).toString('base64'),
      'transfer-encoding': 'chunked',
    },
  })
  const incoming = new Promise<IncomingMessage | undefined>((resolve, reject) => {
    outgoing.on('response', resolve)
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(undefined)
      else
        reject(new AppError('INTERNAL', `The running server broke off: ${error.message}.`, { cause: error }))
    })
  })
  // The file is opened once a server has answered the call: it can be read but once, and may be needed here.
  const sent = (async () => {
    await new Promise((resolve) =>
      outgoing.once('socket', (socket) =>
        socket.connecting ? socket.once('connect', resolve) : resolve(undefined),
      ),
    )
    if (openFile)
      for await (const chunk of openFile())
        if (!outgoing.destroyed && !outgoing.write(chunk)) await once(outgoing, 'drain')
    outgoing.end()
  })()
  sent.catch(() => {})
  const response = await incoming
  if (!response) return undefined
  return readAnswer(response)
}

async function readAnswer(response: IncomingMessage): Promise<CommandAnswer> {
  const chunks = response[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  let head = Buffer.alloc(0)
  for (;;) {
    const { value, done } = await chunks.next()
    if (done === true) break
    head = Buffer.concat([head, value])
    if (head.includes(10)) break
  }
  const end = head.indexOf(10)
  if (end === -1) throw new AppError('INTERNAL', 'The running server broke off without an answer.')
  const line = JSON.parse(head.subarray(0, end).toString()) as SentAnswer
  if (line.error)
    throw new AppError(line.error.code, line.error.detail, {
      errors: line.error.errors,
      extra: line.error.extra,
    })
  const rest = head.subarray(end + 1)
  const content = async function* (): AsyncGenerator<Buffer> {
    if (rest.length > 0) yield rest
    for (;;) {
      const { value, done } = await chunks.next()
      if (done === true) return
      yield value
    }
  }
  return {
    output: line.output,
    text: line.text ?? '',
    exitCode: line.exitCode ?? 0,
    ...(line.hasContent ? { content: content() } : {}),
  }
}
