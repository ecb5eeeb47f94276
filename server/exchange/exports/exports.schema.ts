/** Shapes of an export (spec 50, A run, 7). */
import { z } from 'zod'

export const exportKinds = ['STATUS', 'COMPLIANCE'] as const
export type ExportKind = (typeof exportKinds)[number]

export const exportTriggers = ['IMPORT', 'SCHEDULE', 'SETTINGS', 'DEMAND'] as const
export type ExportTrigger = (typeof exportTriggers)[number]

export const exportCounts = z.object({
  rows: z.int(),
  green: z.int(),
  yellow: z.int(),
  red: z.int(),
  /** Active people whom no source knows: they have no external_id to be exported under. */
  peopleWithoutExternalId: z.int(),
})
export type ExportCounts = z.infer<typeof exportCounts>

/** An export as the API shows it. */
export const exportAttributes = z.object({
  kind: z
    .enum(exportKinds)
    .describe(
      'STATUS: each credential with its status. COMPLIANCE: each active person with the answer about their position.',
    ),
  source: z.string().nullable().describe('The source whose keys it holds; null = all in one file.'),
  fileName: z.string(),
  trigger: z.enum(exportTriggers).describe('What it was written for.'),
  counts: exportCounts,
  bytes: z.int(),
  sha256: z.string(),
  createdAt: z.date(),
  contentExpiredAt: z
    .date()
    .nullable()
    .describe(
      'When the file went, as old as it was (`retention.downloadDays`); null as long as it can be fetched.',
    ),
})

export interface ExportFilter {
  /** Without case. */
  readonly source?: string | undefined
  readonly updatedSince?: Date | undefined
}

export interface ExportPage {
  readonly limit: number
  readonly offset: number
  /** The export behind which to go on. */
  readonly after: { readonly at: Date; readonly id: string } | null
}

export interface ExportRecord {
  readonly id: string
  readonly kind: ExportKind
  readonly source: string | null
  readonly fileName: string
  readonly trigger: ExportTrigger
  readonly counts: ExportCounts
  readonly blob: { readonly key: string; readonly bytes: number; readonly sha256: string }
  readonly createdAt: Date
  readonly contentExpiredAt: Date | null
}
