/** The reference pages of docs/ that follow from the code: settings and error codes. */
import { configFlags, settings } from '../server/platform/config.ts'
import { errorCatalogue } from '../server/platform/errors.ts'

const cell = (text: string): string => text.replaceAll('|', '\\|')

const note = (source: string): string =>
  `<!-- Generated from ${source} by "npm run generate": edit there. -->`

/** docs/config.md: every setting with its flag and default. */
export function configPage(): string {
  const flags = new Map(configFlags.map(({ setting, flag }) => [setting, flag]))
  const rows = Object.values(settings).map(({ name, fallback, description }) => {
    const shown = fallback === '' ? '' : `\`${fallback}\``
    return `| \`${name}\` | \`--${flags.get(name)}\` | ${shown} | ${cell(description)} |`
  })
  return [
    '# Settings',
    '',
    note('server/platform/config.ts'),
    '',
    'Each is read from the environment, or from the flag, which wins. A bad value stops the start and lists every fault;',
    '`vouchsafe config print` shows what is in force.',
    '',
    '| setting | flag | default | |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}

/** docs/errors.md: every code with what it means and how to mend it. */
export function errorsPage(): string {
  const rows = Object.entries(errorCatalogue)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([code, { kind, title, help }]) => `| \`${code}\` | ${kind} | ${cell(title)} | ${cell(help)} |`)
  return [
    '# Errors',
    '',
    note('server/platform/errors.ts'),
    '',
    'Every fault that Vouchsafe reports on purpose has a code that stays the same over HTTP, SFTP, the command line and in',
    'results files. The kind decides the HTTP status, the SFTP status and the exit code.',
    '',
    '| code | kind | what | how to mend it |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}
