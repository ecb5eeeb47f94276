/** `vouchsafe org …` */
import { requiredText, table, text, type CommandDefinition } from '../../platform/cli/command.ts'
import {
  createOrganisation,
  describeSettings,
  findOrganisation,
  listOrganisations,
  setSetting,
} from './organisations.ts'

export const organisationCommands: readonly CommandDefinition[] = [
  {
    path: 'org create',
    summary: 'Make an organisation.',
    example: 'vouchsafe org create "Sunrise Aged Care"',
    arguments: [{ name: 'name', description: 'its name' }],
    options: [
      { flags: '--time-zone <zone>', description: 'zone in which its days begin (default Australia/Sydney)' },
    ],
    run: async ({ runtime, caller }, input) => {
      const timeZone = text(input, 'timeZone')
      const made = await createOrganisation(
        runtime,
        { name: requiredText(input, 'name'), ...(timeZone === undefined ? {} : { timeZone }) },
        caller,
      )
      return { output: made, text: `Made ${made.name} (${made.id}).` }
    },
  },
  {
    path: 'org set',
    summary: 'Set one of an organisation’s settings; an empty value takes it back to its default.',
    example: 'vouchsafe org set "Sunrise Aged Care" import.acceptDeclared AHPRA,WWCC_VIC',
    arguments: [
      { name: 'org', description: 'id or name' },
      { name: 'key', description: 'the setting, for example export.filePrefix' },
      { name: 'value', description: 'its value' },
    ],
    run: async ({ runtime, caller }, input) => {
      const organisation = await findOrganisation(runtime, requiredText(input, 'org'))
      const [key, value] = [requiredText(input, 'key'), requiredText(input, 'value')]
      await runtime.write(organisation.id, caller, (ctx) => setSetting(ctx, key, value))
      return {
        output: { organisation: organisation.id, key, value },
        text: `${organisation.name}: ${key} is now ${value === '' ? 'its default' : value}.`,
      }
    },
  },
  {
    path: 'org list',
    summary: 'List the organisations.',
    example: 'vouchsafe org list',
    run: async ({ runtime }) => {
      const all = await listOrganisations(runtime)
      return {
        output: all,
        text: all.length === 0 ? 'No organisation yet.' : table(all.map((one) => [one.id, one.name])),
      }
    },
  },
  {
    path: 'org show',
    summary: 'Show an organisation and its settings.',
    example: 'vouchsafe org show "Sunrise Aged Care"',
    arguments: [{ name: 'org', description: 'id or name' }],
    run: async ({ runtime, caller }, input) => {
      const organisation = await findOrganisation(runtime, requiredText(input, 'org'))
      const settings = await runtime.read(organisation.id, caller, (ctx) => describeSettings(ctx))
      return {
        output: {
          ...organisation,
          settings: Object.fromEntries(settings.map(({ key, value }) => [key, value])),
        },
        text: `${organisation.name} (${organisation.id})\n${table(settings.map(({ key, value }) => [`  ${key}`, value]))}`,
      }
    },
  },
]
