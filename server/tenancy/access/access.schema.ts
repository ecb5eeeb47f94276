/** Grants: entity type × operation (spec 10, Access). They do not cascade. */
import { z } from 'zod'
import { instant, requiredLine } from '../../platform/fields.schema.ts'
import { AppError } from '../../platform/errors.ts'
import { nearest } from '../../platform/nearest.ts'

export const entityTypes = [
  'worker',
  'credential',
  'captureRequest',
  'position',
  'credentialType',
  'register',
  'import',
  'export',
  'webhook',
  'review',
  'sftpAccount',
  'partner',
  'settings',
  'user',
  'auditEntry',
] as const
export type EntityType = (typeof entityTypes)[number]

export const verbs = ['READ', 'CREATE', 'UPDATE', 'DELETE'] as const
export type Verb = (typeof verbs)[number]

export type Grants = { readonly [E in EntityType]?: readonly Verb[] | undefined }

export const allGrants: Grants = Object.fromEntries(entityTypes.map((entity) => [entity, verbs]))

/** `worker:READ,CREATE` and the like, several of them. VALIDATION_FAILED names what is not known and the nearest. */
export function parseGrants(texts: readonly string[]): Grants {
  const grants: Partial<Record<EntityType, Verb[]>> = {}
  for (const text of texts) {
    const [entityText = '', verbText = '', ...rest] = text.split(':')
    const entity = entityTypes.find((known) => known.toLowerCase() === entityText.trim().toLowerCase())
    if (!entity || rest.length > 0) {
      const near = nearest(entityText, entityTypes)
      throw new AppError(
        'VALIDATION_FAILED',
        `"${text}" is no grant${near ? `; did you mean ${near}:…?` : ''}. Write it like worker:READ,CREATE. Known: ${entityTypes.join(', ')}.`,
      )
    }
    for (const word of verbText.split(',')) {
      const verb = verbs.find((known) => known === word.trim().toUpperCase())
      if (!verb)
        throw new AppError(
          'VALIDATION_FAILED',
          `"${word}" in "${text}" is no operation. Known: ${verbs.join(', ')}.`,
        )
      const list = (grants[entity] ??= [])
      if (!list.includes(verb)) list.push(verb)
    }
  }
  return grants
}

export function holdsGrant(grants: Grants, entity: EntityType, verb: Verb): boolean {
  return grants[entity]?.includes(verb) ?? false
}

const grants = z
  .strictObject(
    Object.fromEntries(
      entityTypes.map((entity) => [entity, z.array(z.enum(verbs)).min(1).max(4).optional()]),
    ) as Record<EntityType, z.ZodOptional<z.ZodArray<z.ZodEnum<{ [V in Verb]: V }>>>>,
  )
  .describe('Operations by entity type. Nobody gives a grant that they lack.')

/** An access token as the API shows it. */
export const tokenAttributes = z.object({
  name: z.string(),
  lastFour: z.string().describe('The last four characters of the token.'),
  grants,
  expiresAt: z.date().nullable(),
  createdAt: z.date(),
  rotatedAt: z.date().nullable(),
  revokedAt: z.date().nullable(),
  token: z.string().optional().describe('Shown once, when it is made or rotated.'),
})
export type TokenAttributes = z.infer<typeof tokenAttributes>

/** A token as POST takes it. */
export const tokenInput = z.strictObject({
  name: requiredLine(200),
  grants: grants.refine((given) => Object.keys(given).length > 0, 'must have at least one grant'),
  expiresAt: instant.nullable().optional().describe('Without it the token has no end.'),
})
