/** `vouchsafe sftp …` */
import { requiredText, table, text, type CommandDefinition } from '../../platform/cli/command.ts'
import { findOrganisation } from '../../tenancy/organisations/organisations.ts'
import { addAccount, listAccounts } from './file-exchange.ts'

const org = { flags: '--org <org>', description: 'id or name of the organisation', isRequired: true }

export const fileExchangeCommands: readonly CommandDefinition[] = [
  {
    path: 'sftp add-account',
    summary: 'Make an SFTP account with a public key, a password, or both.',
    example:
      'vouchsafe sftp add-account --org "Sunrise Aged Care" --username sunrise --key ~/.ssh/id_ed25519.pub',
    options: [
      org,
      {
        flags: '--username <name>',
        description: 'the user name, unique in this installation',
        isRequired: true,
      },
      { flags: '--key <file...>', description: 'public key file (OpenSSH); may be given several times' },
      { flags: '--password-stdin', description: 'read a password from standard input' },
    ],
    textFiles: ['key'],
    stdinOption: 'passwordStdin',
    run: async ({ runtime, caller }, input) => {
      const organisation = await findOrganisation(runtime, requiredText(input, 'org'))
      const keys = Array.isArray(input['key']) ? (input['key'] as string[]) : []
      const publicKeys = keys.flatMap((file) =>
        file.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#')),
      )
      const password = text(input, 'passwordStdin')
      const made = await runtime.write(organisation.id, caller, (ctx) =>
        addAccount(ctx, {
          username: requiredText(input, 'username'),
          publicKeys,
          ...(password === undefined ? {} : { password }),
        }),
      )
      return {
        output: made,
        text: `Made the SFTP account ${made.username}${made.fingerprint === null ? '' : ` with the key ${made.fingerprint}`}.`,
      }
    },
  },
  {
    path: 'sftp list',
    summary: 'List an organisation’s SFTP accounts.',
    example: 'vouchsafe sftp list --org "Sunrise Aged Care"',
    options: [org],
    run: async ({ runtime, caller }, input) => {
      const organisation = await findOrganisation(runtime, requiredText(input, 'org'))
      const all = (await runtime.read(organisation.id, caller, (ctx) => listAccounts(ctx))).filter(
        (one) => one.deletedAt === null,
      )
      return {
        output: all,
        text:
          all.length === 0
            ? 'No SFTP account yet.'
            : table(all.map((one) => [one.id, one.username, one.requires])),
      }
    },
  },
]
