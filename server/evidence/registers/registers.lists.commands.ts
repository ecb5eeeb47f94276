/** `vouchsafe list …` */
import { basename } from 'node:path'
import {
  requiredText,
  table,
  type CommandContext,
  type CommandDefinition,
  type CommandInput,
} from '../../platform/cli/command.ts'
import { findOrganisation } from '../../tenancy/organisations/organisations.ts'
import type { ListVersion } from './registers.schema.ts'
import { bringList, decideList, shownVersionOfNumber, shownVersions } from './registers.lists.ts'

const org = { flags: '--org <org>', description: 'id or name of the organisation', isRequired: true }
const register = {
  flags: '--register <code>',
  description: 'the register, for example AGED_CARE_BANNING_ORDERS',
  isRequired: true,
}
/** A script must tell a version that waits for a person from one that counts. */
const heldCode = 8

const words = ({ attributes }: ListVersion): string => {
  const { register: code, number, status, rows, added, removed, changed } = attributes
  const why =
    status === 'HELD'
      ? ` It has lost too many rows; decide with \`vouchsafe list apply|reject ${number}\`.`
      : ''
  return `${code} version ${number}: ${status}, ${rows} rows (${added} added, ${removed} removed, ${changed} changed).${why}`
}

const shown = (version: ListVersion): object => ({ id: version.id, ...version.attributes })

function decision(verb: 'APPLY' | 'REJECT', summary: string): CommandDefinition {
  const name = verb.toLowerCase()
  return {
    path: `list ${name}`,
    summary,
    example: `vouchsafe list ${name} --org "Sunrise Aged Care" --register AGED_CARE_BANNING_ORDERS 3`,
    arguments: [{ name: 'number', description: 'the number of the version' }],
    options: [org, register],
    run: async ({ runtime, caller }: CommandContext, input: CommandInput) => {
      const organisation = await findOrganisation(runtime, requiredText(input, 'org'))
      const code = requiredText(input, 'register')
      const { id } = await runtime.read(organisation.id, caller, (ctx) =>
        shownVersionOfNumber(ctx, code, requiredText(input, 'number')),
      )
      const version = await decideList(runtime, organisation.id, caller, code, id, verb)
      return { output: shown(version), text: words(version) }
    },
  }
}

export const listCommands: readonly CommandDefinition[] = [
  {
    path: 'list upload',
    summary: 'Bring the file of a published list. Ends with 8 when it is held.',
    example:
      'vouchsafe list upload --org "Sunrise Aged Care" --register AGED_CARE_BANNING_ORDERS banning-orders.csv',
    arguments: [{ name: 'file', description: 'the CSV file' }],
    options: [org, register],
    fileInput: 'file',
    run: async ({ runtime, caller, file }, input) => {
      const organisation = await findOrganisation(runtime, requiredText(input, 'org'))
      if (!file) throw new Error('The kit opens the file of a command that takes one.')
      const version = await bringList(runtime, organisation.id, caller, requiredText(input, 'register'), {
        name: basename(requiredText(input, 'file')),
        content: file,
      })
      return {
        output: shown(version),
        text: words(version),
        ...(version.attributes.status === 'HELD' ? { exitCode: heldCode } : {}),
      }
    },
  },
  {
    path: 'list versions',
    summary: 'List the newest versions of a published list.',
    example: 'vouchsafe list versions --org "Sunrise Aged Care" --register AGED_CARE_BANNING_ORDERS',
    options: [org, register],
    run: async ({ runtime, caller }, input) => {
      const organisation = await findOrganisation(runtime, requiredText(input, 'org'))
      const { versions } = await runtime.read(organisation.id, caller, (ctx) =>
        shownVersions(ctx, requiredText(input, 'register'), {
          limit: 50,
          offset: 0,
          below: null,
          since: null,
        }),
      )
      const rows = versions.map(({ attributes: one }) => [
        String(one.number),
        one.status,
        one.origin,
        `${one.rows} rows`,
        `+${one.added} -${one.removed} ~${one.changed}`,
        one.receivedAt.toISOString(),
        one.fileName,
      ])
      return {
        output: versions.map(shown),
        text: rows.length === 0 ? 'No file has come yet.' : table(rows),
      }
    },
  },
  decision('APPLY', 'Let a version that is held count.'),
  decision('REJECT', 'Put a version that is held aside.'),
]
