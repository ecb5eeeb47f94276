/**
 * The programs beside Node that the tests call; with --long those of the long series too. On Debian as root what is missing is
 * installed; elsewhere this fails and says what to install.
 */
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, symlinkSync } from 'node:fs'
import { delimiter, join } from 'node:path'

interface Tool {
  readonly commands: readonly string[]
  readonly debianPackage: string
  readonly why: string
  /** Daemons that come with the package, which the tests start by themselves: the machine's own stay off. */
  readonly services?: readonly string[]
}

const clients = 'the file exchange is compared, client by client, with an SFTP server of Debian'

const longTools: readonly Tool[] = [
  {
    commands: ['clamd'],
    debianPackage: 'clamav-daemon',
    why: 'documents are looked at by the virus scanner itself',
    services: ['clamav-daemon'],
  },
  { commands: ['sshd'], debianPackage: 'openssh-server', why: clients, services: ['ssh'] },
  { commands: ['lftp'], debianPackage: 'lftp', why: clients },
  { commands: ['curl'], debianPackage: 'curl', why: clients },
  { commands: ['rclone'], debianPackage: 'rclone', why: clients },
  { commands: ['sshfs'], debianPackage: 'sshfs', why: clients },
  {
    // A module leaves no command; without its file it is missing.
    commands: ['/usr/lib/python3/dist-packages/paramiko/__init__.py'],
    debianPackage: 'python3-paramiko',
    why: clients,
  },
]

const swiftServices = [
  'swift-proxy',
  ...['', '-auditor', '-reaper', '-replicator'].map((part) => `swift-account${part}`),
  ...['', '-auditor', '-reconciler', '-replicator', '-sharder', '-sync', '-updater'].map(
    (part) => `swift-container${part}`,
  ),
  ...['', '-auditor', '-reconstructor', '-replicator', '-updater'].map((part) => `swift-object${part}`),
]

const tools: readonly Tool[] = [
  {
    commands: ['shellcheck'],
    debianPackage: 'shellcheck',
    why: 'the example scripts are checked',
  },
  {
    commands: ['sftp', 'ssh-keygen'],
    debianPackage: 'openssh-client',
    why: 'the file exchange is tested with the client that customers use',
  },
  {
    commands: ['smtpd'],
    debianPackage: 'opensmtpd',
    why: 'mail is handed to a mail server of Debian, which delivers it and gives it back',
    services: ['opensmtpd'],
  },
  {
    commands: ['dovecot', '/usr/lib/dovecot/imap'],
    debianPackage: 'dovecot-imapd',
    why: 'what could not be delivered is read from a mailbox of Debian’s IMAP server',
    services: ['dovecot'],
  },
  {
    commands: ['ssh-audit'],
    debianPackage: 'ssh-audit',
    why: 'what the file exchange negotiates is audited',
  },
  ...['proxy', 'account', 'container', 'object'].map((part) => ({
    commands: [`swift-${part}-server`],
    debianPackage: `swift-${part}`,
    why: 'files are kept in an S3 that checks signatures, that of OpenStack Swift',
    services: swiftServices.filter((name) => name.startsWith(`swift-${part}`)),
  })),
  { commands: ['/usr/bin/chromium'], debianPackage: 'chromium', why: 'pages are tested in a real browser' },
]

/** Daemons lie where an ordinary user's PATH does not lead. */
const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin']

function isThere(command: string): boolean {
  if (command.startsWith('/')) return existsSync(command)
  return folders.some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

const needed = process.argv.includes('--long') ? [...tools, ...longTools] : tools
const missingTools = (): Tool[] => needed.filter(({ commands }) => !commands.every(isThere))

/** Nobody who runs tests wants to let others log in from then on. */
function keepOff(service: string): void {
  const unit = `/etc/systemd/system/${service}.service`
  if (!existsSync('/etc/systemd/system') || existsSync(unit)) return
  symlinkSync('/dev/null', unit)
  console.log(`The service ${service} stays off; to have it run: systemctl unmask --now ${service}`)
}

function install(packages: readonly string[]): void {
  console.log(`Installing ${packages.join(', ')} ...`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...packages]])
    spawnSync('apt-get', args, { env, stdio: ['ignore', 'inherit', 'inherit'] })
}

const missing = missingTools()
if (missing.length > 0 && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
  for (const { services } of missing) services?.forEach(keepOff)
  install(missing.map(({ debianPackage }) => debianPackage))
}

for (const { commands, debianPackage, why } of missingTools()) {
  console.error(
    `The tests need ${commands.join(' and ')} (${why}). Install the package ${debianPackage} (its name on Debian) and try again.`,
  )
  process.exitCode = 1
}
