/** `vouchsafe partner …` (spec 97): partners are the operator's. */
import {
  requiredText,
  table,
  text,
  type CommandContext,
  type CommandDefinition,
  type CommandInput,
} from '../../platform/cli/command.ts'
import type { WriteContext } from '../../platform/context.ts'
import { AppError } from '../../platform/errors.ts'
import { parseScopes, partnerScopes } from './partners.schema.ts'
import {
  addClient,
  changeClient,
  createPartner,
  findPartner,
  listClients,
  listPartners,
  retireOldSecrets,
  rotateSecret,
  type NewClient,
} from './partners.ts'

const partner = { flags: '--partner <partner>', description: 'id or name of the partner', isRequired: true }
const scopes = {
  flags: '--scopes <scopes>',
  description: `what it may do, between blanks: ${partnerScopes.join(' ')}`,
}
const client = [{ name: 'client', description: 'the client’s id' }]

const shown = ({ clientId, clientSecret }: NewClient): string =>
  `client_id      ${clientId}\nclient_secret  ${clientSecret}\n(keep the secret now, it is not shown again)`

async function inPartner<T>(
  { runtime, caller }: CommandContext,
  input: CommandInput,
  work: (ctx: WriteContext) => Promise<T>,
): Promise<T> {
  const { id } = await findPartner(runtime, requiredText(input, 'partner'))
  return runtime.write(id, caller, work)
}

export const partnerCommands: readonly CommandDefinition[] = [
  {
    path: 'partner create',
    summary: 'Make a partner that may push credentials, with a first client. The secret is shown once.',
    example:
      'vouchsafe partner create --name "University of Melbourne" --scopes "write.education read.status"',
    options: [
      { flags: '--name <name>', description: 'as holders will see it', isRequired: true },
      { ...scopes, isRequired: true },
    ],
    run: async ({ runtime, caller }, input) => {
      const made = await createPartner(runtime, caller, {
        name: requiredText(input, 'name'),
        scopes: parseScopes(requiredText(input, 'scopes')),
      })
      return { output: made, text: `${made.partnerId}\n${shown(made)}` }
    },
  },
  {
    path: 'partner list',
    summary: 'List the partners and their clients.',
    example: 'vouchsafe partner list',
    run: async ({ runtime, caller }) => {
      const partners = await listPartners(runtime)
      const output = await Promise.all(
        partners.map(async (one) => ({
          ...one,
          clients: await runtime.read(one.id, caller, (ctx) => listClients(ctx)),
        })),
      )
      const rows = output.flatMap((one) =>
        one.clients.map((each) => [
          one.id,
          one.testHolderId !== null ? `${one.name} (sandbox)` : one.name,
          each.id,
          each.disabledAt ? 'disabled' : each.secrets.map(({ lastFour }) => `…${lastFour}`).join(' '),
          each.scopes.join(' '),
        ]),
      )
      return { output, text: rows.length === 0 ? 'No partner yet.' : table(rows) }
    },
  },
  {
    path: 'partner add-client',
    summary: 'Give a partner another client. The secret is shown once.',
    example:
      'vouchsafe partner add-client --partner "University of Melbourne" --name registrar --scopes write.education',
    options: [
      partner,
      { flags: '--name <name>', description: 'which of the partner’s systems it is', isRequired: true },
      { ...scopes, isRequired: true },
    ],
    run: async (context, input) => {
      const request = {
        name: requiredText(input, 'name'),
        scopes: parseScopes(requiredText(input, 'scopes')),
      }
      const made = await inPartner(context, input, (ctx) => addClient(ctx, request))
      return { output: made, text: shown(made) }
    },
  },
  {
    path: 'partner rotate-secret',
    summary: 'Give a client a new secret. The one in use stays valid beside it until `retire-secrets`.',
    example: 'vouchsafe partner rotate-secret --partner "University of Melbourne" pcl_0123456789abcdef',
    arguments: client,
    options: [partner],
    run: async (context, input) => {
      const id = requiredText(input, 'client')
      const made = await inPartner(context, input, (ctx) => rotateSecret(ctx, id))
      return { output: made, text: shown(made) }
    },
  },
  {
    path: 'partner retire-secrets',
    summary: 'End a rotation: all secrets of a client but the newest stop working at once.',
    example: 'vouchsafe partner retire-secrets --partner "University of Melbourne" pcl_0123456789abcdef',
    arguments: client,
    options: [partner],
    run: async (context, input) => {
      const id = requiredText(input, 'client')
      const retired = await inPartner(context, input, (ctx) => retireOldSecrets(ctx, id))
      return { output: { clientId: id, retired }, text: `${retired} of ${id} stopped working.` }
    },
  },
  {
    path: 'partner set-client',
    summary:
      'Change what a client may do, or disable and enable it. Takes effect at once, for its tokens too.',
    example:
      'vouchsafe partner set-client --partner "University of Melbourne" pcl_0123456789abcdef --disable',
    arguments: client,
    options: [
      partner,
      scopes,
      { flags: '--disable', description: 'no tokens any more' },
      { flags: '--enable', description: 'tokens again' },
    ],
    run: async (context, input) => {
      const id = requiredText(input, 'client')
      const given = text(input, 'scopes')
      const [isOff, isOn] = [input['disable'] === true, input['enable'] === true]
      if (isOff && isOn) throw new AppError('COMMAND_INVALID', 'Give either --disable or --enable, not both.')
      if (!isOff && !isOn && given === undefined)
        throw new AppError('COMMAND_INVALID', 'Say what to change: --scopes, --disable or --enable.')
      const change = {
        ...(given === undefined ? {} : { scopes: parseScopes(given) }),
        ...(isOff || isOn ? { isEnabled: isOn } : {}),
      }
      await inPartner(context, input, (ctx) => changeClient(ctx, id, change))
      return { output: { clientId: id, ...change }, text: `Changed ${id}.` }
    },
  },
]
