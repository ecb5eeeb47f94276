#!/usr/bin/env node
/**
 * The command `vouchsafe`. The server is TypeScript that Node 24 and newer run as it is; under an older Node this file
 * hands over to the one that `npm ci` put into node_modules (docs/adr/0003). Plain JavaScript, so that any Node from 20
 * can say at least what is missing.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const majorNeeded = 24
const project = dirname(dirname(fileURLToPath(import.meta.url)))
const main = join(project, 'server', 'main.ts')

/** Ends the process: 1 is "could not start". */
function refuse(sentence) {
  process.stderr.write(`${sentence}\n`)
  process.exit(1)
}

/** The newer Node of the project, or undefined when it is not installed. */
function installedNode() {
  try {
    const packageFile = createRequire(import.meta.url).resolve('node/package.json')
    const binary = join(dirname(packageFile), 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
    return existsSync(binary) ? binary : undefined
  } catch {
    return undefined
  }
}

/** Runs the server under `binary` and ends as it ends, by exit code or signal. */
function handOver(binary) {
  const child = spawn(binary, [main, ...process.argv.slice(2)], { stdio: 'inherit' })
  const onTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C and its own end to parent and child alike; a second one would mean "at once".
      if (onTerminal && signal !== 'SIGTERM') return
      child.kill(signal)
    })
  }
  child.on('error', (error) => refuse(`${binary} could not be started: ${error.message}`))
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1)
    for (const ours of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(ours)
    process.kill(process.pid, signal)
  })
}

if (!existsSync(join(project, 'node_modules'))) {
  refuse(`Vouchsafe is not installed yet. Run "npm ci" in ${project} first.`)
} else if (Number(process.versions.node.split('.')[0]) >= majorNeeded) {
  await import('../server/main.ts')
} else {
  const binary = installedNode()
  if (binary === undefined) {
    refuse(
      `Vouchsafe needs Node ${majorNeeded} or newer. This is Node ${process.versions.node}, and the newer one that comes ` +
        `with the project is not there. Run "npm ci" in ${project} (with install scripts and development packages), ` +
        `or install Node ${majorNeeded}.`,
    )
  } else {
    handOver(binary)
  }
}
