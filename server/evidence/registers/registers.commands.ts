/** `vouchsafe connector …` */
import { AppError } from '../../platform/errors.ts'
import {
  requiredText,
  table,
  text,
  type CommandDefinition,
  type CommandInput,
} from '../../platform/cli/command.ts'
import { findOrganisation } from '../../tenancy/organisations/organisations.ts'
import { connectorInput, connectorKinds, type ConnectorInput } from './registers.schema.ts'
import { listRegisters, prepareConnector, removeConnector, setConnector } from './registers.ts'

const org = { flags: '--org <org>', description: 'id or name of the organisation', isRequired: true }
const register = {
  flags: '--register <code>',
  description: 'the register, for example AHPRA',
  isRequired: true,
}

/** What the options say, checked as the API would. */
function connectorOf(input: CommandInput): ConnectorInput {
  const kind = requiredText(input, 'kind')
  if (!connectorKinds.some((known) => known === kind))
    throw new AppError('COMMAND_INVALID', `--kind is ${kind}; it may be ${connectorKinds.join(' or ')}.`)
  const file = text(input, 'settings')
  let settings: unknown = {}
  try {
    if (file !== undefined) settings = JSON.parse(file)
  } catch (error) {
    throw new AppError('COMMAND_INVALID', `The file of --settings is no JSON: ${(error as Error).message}`)
  }
  if (settings === null || typeof settings !== 'object' || Array.isArray(settings))
    throw new AppError('COMMAND_INVALID', 'The file of --settings is no JSON object.')
  const url = text(input, 'url')
  const secret = text(input, 'secretStdin')
  const given = connectorInput.safeParse({
    kind,
    settings: { ...settings, ...(url === undefined ? {} : { url }) },
    ...(secret === undefined ? {} : { secret: secret.replace(/\r?\n$/, '') }),
  })
  if (given.success) return given.data
  const faults = given.error.issues.map(({ path, message }) => `${path.join('.') || 'it'}: ${message}`)
  throw new AppError('COMMAND_INVALID', `The connector has faults. ${faults.join('; ')}`)
}

export const registerCommands: readonly CommandDefinition[] = [
  {
    path: 'connector set',
    summary: 'Connect a register, or change how it is asked.',
    example:
      'vouchsafe connector set --org "Sunrise Aged Care" --register AHPRA --kind simulator --url http://127.0.0.1:8095',
    options: [
      org,
      register,
      { flags: '--kind <kind>', description: connectorKinds.join(' or '), isRequired: true },
      { flags: '--url <url>', description: 'whom to call; of the simulator, where it listens' },
      { flags: '--settings <file>', description: 'a JSON file with all settings of the connector' },
      { flags: '--secret-stdin', description: 'read the secret of its authentication from standard input' },
    ],
    textFiles: ['settings'],
    stdinOption: 'secretStdin',
    run: async ({ runtime, caller }, input) => {
      const organisation = await findOrganisation(runtime, requiredText(input, 'org'))
      const code = requiredText(input, 'register')
      const connector = connectorOf(input)
      const prepared = await prepareConnector(runtime, organisation.id, connector)
      const made = await runtime.write(organisation.id, caller, (ctx) =>
        setConnector(ctx, prepared, code, { isSandbox: true }),
      )
      const { name, credentialTypes } = made.attributes
      return {
        output: { register: code, connector: made.attributes.connector },
        text:
          connector.kind === 'list'
            ? `${organisation.name} looks into the published list of ${code} (${name}) from now on. ${connector.settings.url === null ? 'Bring its file with `vouchsafe list upload`.' : 'It is being fetched.'}`
            : `${organisation.name} asks ${code} (${name}) from now on about ${credentialTypes.join(', ')}.`,
      }
    },
  },
  {
    path: 'connector list',
    summary: 'List the registers, and how an organisation asks each.',
    example: 'vouchsafe connector list --org "Sunrise Aged Care"',
    options: [org],
    run: async ({ runtime, caller }, input) => {
      const organisation = await findOrganisation(runtime, requiredText(input, 'org'))
      const all = await runtime.read(organisation.id, caller, (ctx) => listRegisters(ctx))
      const rows = all.map(({ attributes: { code, name, connector, isDegraded, lastFault } }) => [
        code,
        connector?.kind ?? '-',
        connector === null ? '' : isDegraded ? 'degraded' : 'ok',
        name,
        connector !== null && isDegraded ? (lastFault?.detail ?? '') : '',
      ])
      return { output: all.map(({ attributes }) => attributes), text: table(rows) }
    },
  },
  {
    path: 'connector remove',
    summary: 'Ask a register no more. What it said stays.',
    example: 'vouchsafe connector remove --org "Sunrise Aged Care" --register AHPRA',
    options: [org, register],
    run: async ({ runtime, caller }, input) => {
      const organisation = await findOrganisation(runtime, requiredText(input, 'org'))
      const code = requiredText(input, 'register')
      await runtime.write(organisation.id, caller, (ctx) => removeConnector(ctx, code))
      return { output: { register: code, removed: true }, text: `${organisation.name} asks ${code} no more.` }
    },
  },
]
