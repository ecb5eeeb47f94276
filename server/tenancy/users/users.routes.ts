/** `/users`, `/invitations` */
import { z } from 'zod'
import { includeDeleted, pagingQuery, textKey, updatedSince } from '../../platform/http/paging.ts'
import {
  listRoute,
  removalRoute,
  resourceRoute,
  type Current,
  type Resource,
  type Route,
} from '../../platform/http/route.ts'
import {
  exampleUser,
  invitedAttributes,
  roles,
  userAttributes,
  userInvitation,
  userPatch,
  userStates,
} from './users.schema.ts'
import {
  changeUser,
  deleteUser,
  getUser,
  inviteUser,
  listUsers,
  lockedUser,
  resendInvitation,
  type Invited,
} from './users.ts'

const attributes = exampleUser
const example = {
  id: 'usr_9bXe27KfQz0aLw3M',
  type: 'user',
  attributes,
  lastUpdated: '2026-02-01T00:00:00.000Z',
}
const invitedExample = {
  ...example,
  attributes: {
    ...attributes,
    state: 'INVITED',
    hasPassword: false,
    invitation: {
      link: 'https://vouchsafe.example.com/console#invitation=kJ3…',
      expiresAt: '2026-02-08T00:00:00.000Z',
    },
  },
}
const shown = { type: 'user', attributes: userAttributes, example, params: { id: example.id } } as const
const invited = {
  type: 'user',
  attributes: invitedAttributes,
  example: invitedExample,
  showsSecret: true,
} as const
const tag = 'Users'
const current: Current = (ctx, params) => lockedUser(ctx, params['id'] ?? '')

function withLink({ user, link, expiresAt }: Invited): Resource {
  return { ...user, attributes: { ...user.attributes, invitation: { link, expiresAt } } }
}

export const userRoutes: readonly Route[] = [
  listRoute({
    method: 'GET',
    path: '/users',
    name: 'listUsers',
    summary: 'List users.',
    tag,
    grant: { entity: 'user', verb: 'READ' },
    type: 'user',
    attributes: userAttributes,
    example,
    order: 'e-mail',
    query: z.strictObject({
      ...pagingQuery,
      role: z.enum(roles).optional(),
      state: z.enum(userStates).optional(),
      email: z.string().min(1).max(320).optional().describe('The whole address, without case.'),
      includeDeleted,
      updatedSince,
    }),
    run: async ({ read, query }, { pageSize: limit, offset, after }) => {
      const key = after === null ? null : (textKey(after, 2) as [string, string])
      const { users, total } = await read((ctx) => listUsers(ctx, query, { limit, offset, after: key }))
      return {
        resources: users,
        total,
        nextKey: users.length < limit ? null : (users.at(-1)?.sortKey ?? null),
      }
    },
  }),
  resourceRoute({
    method: 'POST',
    path: '/users',
    name: 'inviteUser',
    summary: 'Invite a user.',
    description:
      'The link to accept is mailed, and is in the answer once. It serves once, within 7 days. Nobody gives a role above their own; a token gives what its own grants cover.',
    tag,
    grant: { entity: 'user', verb: 'CREATE' },
    ...invited,
    creates: '/users/{id}',
    body: userInvitation,
    bodyExample: { email: 'sarah.chen@example.com', role: 'manager', displayName: 'Sarah Chen' },
    errors: ['USER_EXISTS', 'ROLE_ABOVE_OWN'],
    run: ({ runtime, write, body }) =>
      write(async (ctx) => withLink(await inviteUser(ctx, runtime.config, body))),
  }),
  resourceRoute({
    method: 'GET',
    path: '/users/{id}',
    name: 'getUser',
    summary: 'Get a user.',
    tag,
    grant: { entity: 'user', verb: 'READ' },
    ...shown,
    run: ({ read, params }) => read((ctx) => getUser(ctx, params['id'] ?? '')),
  }),
  resourceRoute({
    method: 'PATCH',
    path: '/users/{id}',
    name: 'updateUser',
    summary: 'Change a user’s role, state or name.',
    description:
      'Who is DISABLED is signed out everywhere at once. Users with a role above one’s own, and the last owner, stay as they are: 409.',
    tag,
    grant: { entity: 'user', verb: 'UPDATE' },
    ...shown,
    body: userPatch,
    bodyExample: { role: 'reviewer' },
    errors: ['LAST_OWNER', 'ROLE_ABOVE_OWN'],
    find: ({ read, params }) => read((ctx) => getUser(ctx, params['id'] ?? '')),
    current,
    run: ({ write, params, body }) => write((ctx) => changeUser(ctx, params['id'] ?? '', body)),
  }),
  removalRoute({
    path: '/users/{id}',
    name: 'deleteUser',
    summary: 'Delete a user.',
    description: 'Signed out everywhere at once; the address is free again. The audit log keeps the id.',
    tag,
    grant: { entity: 'user', verb: 'DELETE' },
    params: { id: example.id },
    type: 'user',
    current,
    errors: ['LAST_OWNER', 'ROLE_ABOVE_OWN'],
    run: ({ write, params }) => write((ctx) => deleteUser(ctx, params['id'] ?? '')),
  }),
  resourceRoute({
    method: 'POST',
    path: '/users/{id}/invite',
    name: 'resendInvitation',
    summary: 'Invite a user anew.',
    description: 'The link before is worth nothing from now on. Only for users who have not joined yet.',
    tag,
    grant: { entity: 'user', verb: 'CREATE' },
    ...invited,
    params: { id: example.id },
    errors: ['CONFLICT', 'ROLE_ABOVE_OWN'],
    run: ({ runtime, write, params }) =>
      write(async (ctx) => withLink(await resendInvitation(ctx, runtime.config, params['id'] ?? ''))),
  }),
]
