/** A mail as the API shows it (spec 96, `/outbox`). */
import { z } from 'zod'

export const mailStatuses = ['QUEUED', 'SENT', 'FAILED', 'OUTBOX'] as const

export const mailAttributes = z.object({
  kind: z.string().describe('What it is for, like `user.invitation`.'),
  to: z.string(),
  subject: z.string(),
  status: z.enum(mailStatuses).describe('OUTBOX = there is no mail server: it is read here.'),
  attempts: z.int(),
  lastError: z.string().nullable(),
  about: z.object({ type: z.string(), id: z.string() }).nullable(),
  createdAt: z.date(),
  sentAt: z.date().nullable(),
  text: z
    .string()
    .nullable()
    .optional()
    .describe('Of a mail by itself. Null once a mail that opens something was handed to the mail server.'),
  html: z.string().nullable().optional(),
})
export type MailAttributes = z.infer<typeof mailAttributes>

export interface Mail {
  readonly id: string
  readonly attributes: MailAttributes
  readonly lastUpdated: Date
}

export interface MailFilter {
  readonly kind?: string | undefined
  readonly status?: (typeof mailStatuses)[number] | undefined
  readonly to?: string | undefined
  readonly updatedSince?: Date | undefined
}
