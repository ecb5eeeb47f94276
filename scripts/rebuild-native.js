/**
 * After `npm ci`: makes the native part of ssh2 fit the Node that will run the server. npm compiled it for the Node that
 * ran npm; under another major it does not load, ssh2 says nothing and encrypts on its slower path. Compiled with the headers
 * of Node 24.19 or newer it loads, and ends the process some time after a connection has closed: then it is built without
 * what does so, or taken away. Plain JavaScript, because it runs under any Node from 20. Never fails an installation: without a compiler the slower path works too.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const modules = join(dirname(dirname(fileURLToPath(import.meta.url))), 'node_modules')
const ssh2 = join(modules, 'ssh2')
const binding = join(ssh2, 'lib/protocol/crypto/build/Release/sshcrypto.node')
const withoutHooks = join(dirname(fileURLToPath(import.meta.url)), 'object-wrap-without-hooks.h')
const buildMs = 300_000

const say = (sentence) => process.stdout.write(`ssh2: ${sentence}\n`)

/** The Node that npm scripts, npx and bin/vouchsafe.js use: the project's own one, else this one. */
function nodeThatRuns() {
  const own = join(modules, 'node/bin/node')
  return existsSync(own) ? own : process.execPath
}

/** Whether the binding loads under `node`; a crash counts as no. */
function loads(node) {
  return spawnSync(node, ['-e', `require(${JSON.stringify(binding)})`], { stdio: 'ignore' }).status === 0
}

/** Whether it would end the process when an encryption is collected: see object-wrap-without-hooks.h. */
function isDeadly() {
  return existsSync(binding) && readFileSync(binding).includes('RemoveEnvironmentCleanupHook')
}

/** The folder with the headers of exactly that Node's binary interface, or undefined. */
function headersFor(node) {
  const abi = spawnSync(node, ['-p', 'process.versions.modules'], { encoding: 'utf8' }).stdout.trim()
  const nested = join(modules, 'node/node_modules')
  const candidates = [
    ...(existsSync(nested) ? readdirSync(nested).map((name) => join(nested, name)) : []),
    dirname(dirname(node)),
  ]
  return candidates.find((folder) => {
    const header = join(folder, 'include/node/node_version.h')
    return (
      existsSync(header) && new RegExp(`NODE_MODULE_VERSION ${abi}\\b`).test(readFileSync(header, 'utf8'))
    )
  })
}

/** Runs ssh2's own build; true when its result is fit. The build's words are returned for who wants to know. */
function build(node, headers) {
  const { stdout, stderr, error } = spawnSync(node, ['install.js'], {
    cwd: ssh2,
    encoding: 'utf8',
    timeout: buildMs,
    env: {
      ...process.env,
      PATH: `${dirname(node)}:${process.env.PATH}`,
      // node-gyp takes the headers from here instead of downloading them.
      CXXFLAGS: `${process.env.CXXFLAGS ?? ''} -include "${withoutHooks}"`,
      npm_config_nodedir: headers,
      npm_package_config_node_gyp_nodedir: headers,
    },
  })
  const words = `${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`
  return { isFit: loads(node) && !isDeadly(), words }
}

function fit() {
  if (!existsSync(ssh2)) return
  const node = nodeThatRuns()
  if (loads(node) && !isDeadly()) return
  const slower = 'SFTP works, on its slower path'
  const headers = headersFor(node)
  if (headers === undefined) {
    rmSync(binding, { force: true })
    say(`the native part does not fit ${node}, whose headers are not there; ${slower}. "npm ci" brings them.`)
    return
  }
  const built = build(node, headers)
  if (built.isFit) {
    say('the native part was built for the Node that runs.')
    return
  }
  rmSync(binding, { force: true })
  if (process.env.npm_config_loglevel === 'verbose') process.stdout.write(built.words)
  say(`the native part could not be built (no compiler?); ${slower}.`)
}

fit()
