/** `vouchsafe user …` */
import { requiredText, table, text, type CommandDefinition } from '../../platform/cli/command.ts'
import { AppError } from '../../platform/errors.ts'
import { nearest } from '../../platform/nearest.ts'
import { findOrganisation } from '../organisations/organisations.ts'
import { roles, userInvitation, type UserInvitation } from './users.schema.ts'
import { changeUser, findUserByName, inviteUser, listUsers } from './users.ts'

const org = { flags: '--org <org>', description: 'id or name of the organisation', isRequired: true }

function roleOf(given: string): UserInvitation['role'] {
  const role = roles.find((known) => known === given.toLowerCase())
  if (role) return role
  const near = nearest(given, roles)
  throw new AppError(
    'COMMAND_INVALID',
    `"${given}" is no role${near ? `; did you mean ${near}?` : '.'} The roles are ${roles.join(', ')}.`,
  )
}

function invitationOf(email: string, role: string, displayName: string | undefined): UserInvitation {
  const given = { email, role: roleOf(role), ...(displayName === undefined ? {} : { displayName }) }
  const parsed = userInvitation.safeParse(given)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new AppError('VALIDATION_FAILED', `The ${String(issue?.path[0])} ${issue?.message}.`)
}

export const userCommands: readonly CommandDefinition[] = [
  {
    path: 'user invite',
    summary: 'Invite a console user. The link to accept is shown once.',
    example: 'vouchsafe user invite --org "Sunrise Aged Care" --email sarah.chen@example.com --role manager',
    options: [
      org,
      { flags: '--email <email>', description: 'where the invitation goes', isRequired: true },
      { flags: '--role <role>', description: roles.join(', '), isRequired: true },
      { flags: '--name <name>', description: 'what the user is called (default: the e-mail)' },
    ],
    run: async ({ runtime, caller }, input) => {
      const organisation = await findOrganisation(runtime, requiredText(input, 'org'))
      const invitation = invitationOf(
        requiredText(input, 'email'),
        requiredText(input, 'role'),
        text(input, 'name'),
      )
      const { user, link, expiresAt } = await runtime.write(organisation.id, caller, (ctx) =>
        inviteUser(ctx, runtime.config, invitation),
      )
      return {
        output: { id: user.id, link, expiresAt },
        text: `${link}\n(${user.id}; serves once, until ${expiresAt.toISOString()})`,
      }
    },
  },
  {
    path: 'user list',
    summary: 'List an organisation’s console users.',
    example: 'vouchsafe user list --org "Sunrise Aged Care"',
    options: [org],
    run: async ({ runtime, caller }, input) => {
      const organisation = await findOrganisation(runtime, requiredText(input, 'org'))
      const { users } = await runtime.read(organisation.id, caller, (ctx) =>
        listUsers(ctx, {}, { limit: 10_000, offset: 0, after: null }),
      )
      const shown = users.map(({ id, attributes: { email, displayName, role, state } }) => ({
        id,
        email,
        displayName,
        role,
        state,
      }))
      return {
        output: shown,
        text:
          shown.length === 0
            ? 'No user yet.'
            : table(shown.map((one) => [one.id, one.role, one.state, one.email])),
      }
    },
  },
  {
    path: 'user disable',
    summary: 'Disable a console user: signed out everywhere, at once.',
    example: 'vouchsafe user disable --org "Sunrise Aged Care" sarah.chen@example.com',
    arguments: [{ name: 'user', description: 'the user’s id or e-mail' }],
    options: [org],
    run: async ({ runtime, caller }, input) => {
      const organisation = await findOrganisation(runtime, requiredText(input, 'org'))
      const name = requiredText(input, 'user')
      const { id } = await runtime.write(organisation.id, caller, async (ctx) =>
        changeUser(ctx, (await findUserByName(ctx, name)).id, { state: 'DISABLED' }),
      )
      return { output: { id, state: 'DISABLED' }, text: `Disabled ${id}.` }
    },
  },
]
