/**
 * The programs beside Node that the tests call. On Debian as root what is missing is installed; elsewhere this fails and
 * says what to install.
 */
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

interface Tool {
  readonly commands: readonly string[]
  readonly debianPackage: string
  readonly why: string
}

const tools: readonly Tool[] = [
  {
    commands: ['sftp', 'ssh-keygen'],
    debianPackage: 'openssh-client',
    why: 'the file exchange is tested with the client that customers use',
  },
  {
    commands: ['ssh-audit'],
    debianPackage: 'ssh-audit',
    why: 'what the file exchange negotiates is audited',
  },
]

function isThere(command: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

const missingTools = (): Tool[] => tools.filter(({ commands }) => !commands.every(isThere))

function install(packages: readonly string[]): void {
  console.log(`Installing ${packages.join(', ')} ...`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...packages]])
    spawnSync('apt-get', args, { env, stdio: ['ignore', 'inherit', 'inherit'] })
}

const missing = missingTools()
if (missing.length > 0 && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get'))
  install(missing.map(({ debianPackage }) => debianPackage))

for (const { commands, debianPackage, why } of missingTools()) {
  console.error(
    `The tests need ${commands.join(' and ')} (${why}). Install the package ${debianPackage} (its name on Debian) and try again.`,
  )
  process.exitCode = 1
}
