/** `vouchsafe partner sandbox` and its holder. */
import { requiredText, text, type CommandDefinition } from '../../platform/cli/command.ts'
import { AppError } from '../../platform/errors.ts'
import { createSandbox, playTestHolder } from './submissions.ts'

export const submissionCommands: readonly CommandDefinition[] = [
  {
    path: 'partner sandbox',
    summary: 'Make a partner to try things with: every scope, and a test holder who decides by command.',
    example: 'vouchsafe partner sandbox --name "Sandbox"',
    options: [{ flags: '--name <name>', description: 'the partner’s name (default: Sandbox)' }],
    run: async ({ runtime, caller }, input) => {
      const made = await createSandbox(runtime, caller, text(input, 'name') ?? 'Sandbox')
      return {
        output: made,
        text: `${made.partnerId}\nclient_id      ${made.clientId}\nclient_secret  ${made.clientSecret}\n(keep the secret now, it is not shown again)`,
      }
    },
  },
  {
    path: 'partner test-holder',
    summary:
      'Have the test holder of a sandbox open a submission and accept or refuse it, or some of its items.',
    example: 'vouchsafe partner test-holder --partner Sandbox 3601f8ae-9181-41a3-89ed-6dbe5ecde2b5 --accept',
    arguments: [{ name: 'submission', description: 'its credential_id' }],
    options: [
      { flags: '--partner <partner>', description: 'id or name of the sandbox', isRequired: true },
      { flags: '--accept', description: 'accept' },
      { flags: '--refuse', description: 'refuse' },
      { flags: '--item <item...>', description: 'credential_id of an item, several times (default: all)' },
    ],
    run: async ({ runtime, caller }, input) => {
      const [isAccepted, isRefused] = [input['accept'] === true, input['refuse'] === true]
      if (isAccepted === isRefused) throw new AppError('COMMAND_INVALID', 'Give either --accept or --refuse.')
      const items = input['item']
      const offer = await playTestHolder(runtime, caller, {
        partner: requiredText(input, 'partner'),
        credentialId: requiredText(input, 'submission'),
        isAccepted,
        credentialIds: Array.isArray(items) ? (items as string[]) : [],
      })
      const output = {
        status: offer.status,
        items: offer.items.map(({ kind, state, assets }) => ({
          kind,
          state,
          documentsOnTheirWay: assets.filter((one) => !one.isArrived).length,
        })),
      }
      return { output, text: `The submission is ${offer.status}.` }
    },
  },
]
