/** `vouchsafe token …` */
import { parseDuration } from '../../platform/clock.ts'
import { AppError } from '../../platform/errors.ts'
import {
  requiredText,
  table,
  text,
  type CommandDefinition,
  type CommandInput,
} from '../../platform/cli/command.ts'
import { findOrganisation } from '../organisations/organisations.ts'
import { allGrants, parseGrants, type Grants } from './access.schema.ts'
import { createToken, listTokens, revokeToken } from './access.ts'

const org = { flags: '--org <org>', description: 'id or name of the organisation', isRequired: true }

function grantsOf(input: CommandInput): Grants {
  const given = input['grant']
  if (input['all'] === true && given !== undefined)
    throw new AppError('COMMAND_INVALID', 'Give either --all or --grant, not both.')
  if (input['all'] === true) return allGrants
  if (!Array.isArray(given) || given.length === 0)
    throw new AppError('COMMAND_INVALID', 'Say what the token may do: --all, or --grant worker:READ,CREATE …')
  return parseGrants(given as string[])
}

function lifeOf(input: CommandInput): { expiresInMs?: number } {
  const given = text(input, 'expires')
  if (given === undefined) return {}
  try {
    return { expiresInMs: parseDuration(given) }
  } catch (error) {
    throw new AppError('COMMAND_INVALID', `--expires is ${(error as Error).message}.`)
  }
}

export const accessCommands: readonly CommandDefinition[] = [
  {
    path: 'token create',
    summary: 'Make an access token. It is shown once.',
    example:
      'vouchsafe token create --org "Sunrise Aged Care" --name rostering --grant worker:READ credential:READ --expires 90d',
    options: [
      org,
      { flags: '--name <name>', description: 'what it is for', isRequired: true },
      { flags: '--all', description: 'every grant' },
      { flags: '--grant <grant...>', description: 'entity:OPERATION,…, several times' },
      { flags: '--expires <duration>', description: 'life of the token, like 90d (default: none)' },
    ],
    run: async ({ runtime, caller }, input) => {
      const organisation = await findOrganisation(runtime, requiredText(input, 'org'))
      const request = { name: requiredText(input, 'name'), grants: grantsOf(input), ...lifeOf(input) }
      const made = await runtime.write(organisation.id, caller, (ctx) => createToken(ctx, request))
      return { output: made, text: `${made.token}\n(${made.id}; keep it now, it is not shown again)` }
    },
  },
  {
    path: 'token list',
    summary: 'List an organisation’s access tokens.',
    example: 'vouchsafe token list --org "Sunrise Aged Care"',
    options: [org],
    run: async ({ runtime, caller }, input) => {
      const organisation = await findOrganisation(runtime, requiredText(input, 'org'))
      const tokens = await runtime.read(organisation.id, caller, (ctx) => listTokens(ctx))
      const rows = tokens.map((one) => [
        one.id,
        `…${one.lastFour}`,
        one.name,
        one.revokedAt ? 'revoked' : (one.expiresAt?.toISOString() ?? 'no end'),
      ])
      return { output: tokens, text: tokens.length === 0 ? 'No token yet.' : table(rows) }
    },
  },
  {
    path: 'token revoke',
    summary: 'Revoke an access token, at once and for good.',
    example: 'vouchsafe token revoke --org "Sunrise Aged Care" tok_0123456789abcdef',
    arguments: [{ name: 'id', description: 'the token’s id' }],
    options: [org],
    run: async ({ runtime, caller }, input) => {
      const organisation = await findOrganisation(runtime, requiredText(input, 'org'))
      const id = requiredText(input, 'id')
      await runtime.write(organisation.id, caller, (ctx) => revokeToken(ctx, id))
      return { output: { id, revoked: true }, text: `Revoked ${id}.` }
    },
  },
]
