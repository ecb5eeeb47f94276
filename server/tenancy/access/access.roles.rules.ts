/** Roles of console users: each is a set of the grants that tokens have, so that one check serves both. Pure. */
import { allGrants, entityTypes, holdsGrant, verbs, type EntityType, type Grants } from './access.schema.ts'

/** From the most to the least. */
export const roles = ['owner', 'admin', 'manager', 'reviewer', 'viewer'] as const
export type Role = (typeof roles)[number]

/** What managers do all day; what belongs to the installation of things they only see. */
const work: readonly EntityType[] = [
  'worker',
  'credential',
  'captureRequest',
  'position',
  'credentialType',
  'import',
  'export',
  'review',
]
const read = ['READ'] as const

const reading = (entities: readonly EntityType[]): Grants =>
  Object.fromEntries(entities.map((entity) => [entity, read]))

const seen: readonly EntityType[] = [
  'worker',
  'credential',
  'captureRequest',
  'import',
  'export',
  'position',
  'credentialType',
  'register',
  'review',
]

const grantsByRole: Readonly<Record<Role, Grants>> = {
  owner: allGrants,
  // No route deletes an organisation, which is what an owner alone may do: the grants are the same.
  admin: allGrants,
  manager: {
    ...reading(entityTypes),
    ...Object.fromEntries(work.map((entity) => [entity, verbs])),
  },
  reviewer: { ...reading(seen), review: ['READ', 'UPDATE'] },
  viewer: reading(seen),
}

export function grantsOfRole(role: Role): Grants {
  return grantsByRole[role]
}

/** Whether `role` is above `other`. */
export function isAbove(role: Role, other: Role): boolean {
  return roles.indexOf(role) < roles.indexOf(other)
}

/** Whether grants hold everything that a role's do: nobody hands out more than they have. */
export function coversRole(grants: Grants, role: Role): boolean {
  const wanted = grantsByRole[role]
  return entityTypes.every((entity) =>
    (wanted[entity] ?? []).every((verb) => holdsGrant(grants, entity, verb)),
  )
}
