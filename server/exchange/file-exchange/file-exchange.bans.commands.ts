/** `vouchsafe bans …` */
import { requiredText, table, type CommandDefinition } from '../../platform/cli/command.ts'
import { clearBan, listBans } from './file-exchange.ts'

export const banCommands: readonly CommandDefinition[] = [
  {
    path: 'bans list',
    summary: 'List the sources that SFTP bans for their failed logins.',
    example: 'vouchsafe bans list',
    run: async ({ runtime }) => {
      const bans = await listBans(runtime)
      const rows = bans.map(({ source, bannedUntil, repeats, reason }) => [
        source,
        `until ${bannedUntil.toISOString()}`,
        repeats === 1 ? 'first ban' : `ban ${repeats}`,
        reason,
      ])
      return { output: bans, text: bans.length === 0 ? 'No source is banned.' : table(rows) }
    },
  },
  {
    path: 'bans clear',
    summary: 'End the ban of an address. Every node lets it in again within seconds.',
    example: 'vouchsafe bans clear 203.0.113.7',
    arguments: [{ name: 'ip', description: 'an address, or a source as "bans list" shows it' }],
    run: async ({ runtime, caller }, input) => {
      const source = await clearBan(runtime, caller, requiredText(input, 'ip'))
      return { output: { source, cleared: true }, text: `${source} is no longer banned.` }
    },
  },
]
