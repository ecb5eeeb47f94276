/** The requirement grammar (spec 60): one for positions, fetch requests and reports. */
import { z } from 'zod'
import { requiredLine } from '../../platform/fields.schema.ts'
import { assurances, jurisdictions } from '../credential-types/credential-types.schema.ts'

export const depthMax = 5
export const leavesMax = 100

const credentialType = z.string().min(1).max(64)

export interface Leaf {
  readonly credentialType: string
  readonly jurisdiction?: (typeof jurisdictions)[number] | undefined
  readonly exemptedBy?: readonly string[] | undefined
  readonly minimumAssurance?: (typeof assurances)[number] | undefined
  readonly minimumDaysLeft?: number | undefined
  readonly label?: string | undefined
}
export type RequirementNode =
  | Leaf
  | { readonly allOf: readonly RequirementNode[]; readonly label?: string | undefined }
  | { readonly anyOf: readonly RequirementNode[]; readonly label?: string | undefined }
  | { readonly atLeast: number; readonly of: readonly RequirementNode[]; readonly label?: string | undefined }

const label = requiredLine(200).optional().describe('What people call this part.')
const leaf = z.strictObject({
  credentialType,
  jurisdiction: z.enum(jurisdictions).optional(),
  exemptedBy: z.array(credentialType).min(1).max(10).optional().describe('Types that stand in for it.'),
  minimumAssurance: z.enum(assurances).optional(),
  minimumDaysLeft: z.int().min(0).max(3_650).optional(),
  label,
})

// One level after another instead of one schema of itself: the depth is part of the grammar, and a hostile body of ten
// thousand levels is refused at the sixth.
function nodeOf(levelsLeft: number): z.ZodType<RequirementNode> {
  if (levelsLeft === 1) return leaf
  const below = z
    .array(nodeOf(levelsLeft - 1))
    .min(1)
    .max(leavesMax)
  return z
    .unknown()
    .meta({ description: 'A credential type, or a group of further ones.' })
    .transform((value, ctx) => {
      const result = shapeOf(value, below).safeParse(value)
      if (result.success) return result.data
      for (const issue of result.error.issues) ctx.issues.push({ ...issue, input: value } as never)
      return z.NEVER
    })
}

/** Chosen by what the node says it is, so that a fault is told about that and not about every other shape. */
function shapeOf(value: unknown, below: z.ZodArray<z.ZodType<RequirementNode>>): z.ZodType<RequirementNode> {
  const names = typeof value === 'object' && value !== null ? Object.keys(value) : []
  if (names.includes('allOf')) return z.strictObject({ allOf: below, label })
  if (names.includes('anyOf')) return z.strictObject({ anyOf: below, label })
  if (names.includes('atLeast') || names.includes('of'))
    return z
      .strictObject({ atLeast: z.int().min(1), of: below, label })
      .refine(({ atLeast, of }) => atLeast <= of.length, {
        path: ['atLeast'],
        message: 'asks for more than there are',
      })
  return leaf
}

const banCheck = z.strictObject({ register: z.enum(['AGED_CARE_BANNING_ORDERS', 'NDIS_ENFORCEMENT']) })

interface Groups {
  readonly allOf?: readonly RequirementNode[] | undefined
  readonly anyOf?: readonly RequirementNode[] | undefined
}

/** Every credential type that a tree speaks of, with its place in it as a JSON pointer. */
export function leavesOf({ allOf, anyOf }: Groups): { pointer: string; leaf: Leaf }[] {
  const walk = (node: RequirementNode, pointer: string): { pointer: string; leaf: Leaf }[] => {
    if ('credentialType' in node) return [{ pointer, leaf: node }]
    const [name, nodes] =
      'allOf' in node ? ['allOf', node.allOf] : 'anyOf' in node ? ['anyOf', node.anyOf] : ['of', node.of]
    return (nodes as readonly RequirementNode[]).flatMap((one, index) =>
      walk(one, `${pointer}/${name}/${index}`),
    )
  }
  if (allOf) return walk({ allOf }, '')
  return anyOf ? walk({ anyOf }, '') : []
}

/** The root: a group, with the ban lists that are looked into beside it. */
export const requirements = z
  .strictObject({
    allOf: z
      .array(nodeOf(depthMax - 1))
      .min(1)
      .max(leavesMax)
      .optional(),
    anyOf: z
      .array(nodeOf(depthMax - 1))
      .min(1)
      .max(leavesMax)
      .optional(),
    banChecks: z.array(banCheck).max(10).optional(),
  })
  .refine(
    ({ allOf, anyOf, banChecks }) =>
      !(allOf && anyOf) && (allOf !== undefined || anyOf !== undefined || banChecks !== undefined),
    'must have one of allOf and anyOf',
  )
  .refine((tree) => leavesOf(tree).length <= leavesMax, `must have at most ${leavesMax} credential types`)
export type Requirements = z.infer<typeof requirements>
