/** A mail as the API shows it (spec 96, `/outbox`). */
import { z } from 'zod'

export const mailStatuses = ['QUEUED', 'SENT', 'FAILED', 'OUTBOX', 'CANCELLED'] as const

export const mailAttributes = z.object({
  kind: z.string().describe('What it is for, like `user.invitation`.'),
  to: z.string(),
  subject: z.string().nullable().describe('Null before a mail is rendered, which is when it is sent.'),
  status: z
    .enum(mailStatuses)
    .describe(
      'OUTBOX = there is no mail server: it is read here. CANCELLED = its reason had gone before it was sent. FAILED = refused for good, given up, or given back later.',
    ),
  attempts: z.int(),
  lastError: z.string().nullable(),
  about: z.object({ type: z.string(), id: z.string() }).nullable(),
  createdAt: z.date(),
  sentAt: z.date().nullable().describe('When the mail server took it.'),
  bouncedAt: z.date().nullable().describe('When it became known that it had been given back.'),
  messageId: z.string().nullable().describe('The header Message-ID with which it was sent.'),
  text: z
    .string()
    .nullable()
    .optional()
    .describe(
      'Of a mail by itself. Null before it is rendered, after 14 days, and once a mail that opens an account was handed to the mail server.',
    ),
  html: z.string().nullable().optional(),
})
export type MailAttributes = z.infer<typeof mailAttributes>

export interface Mail {
  readonly id: string
  readonly attributes: MailAttributes
  readonly lastUpdated: Date
}

/** A worker's link, as it stands in a mail. */
export interface MailedLink {
  readonly url: string
  readonly to: string
  readonly fetchRequestId: string
  /** When the mail server took the mail, or without one, when it came into the outbox. */
  readonly sentAt: Date
}

/** Links of fetch requests (`PUBLIC_URL/r/TOKEN`) in a text. */
export function linksIn(text: string): string[] {
  return [...new Set(text.match(/https?:\/\/[^\s<>"]+\/r\/[\w-]{20,}/g) ?? [])]
}

export interface MailFilter {
  readonly kind?: string | undefined
  readonly status?: (typeof mailStatuses)[number] | undefined
  readonly to?: string | undefined
  readonly updatedSince?: Date | undefined
}

/** What a mail provider tells. */
export const mailEvents = z.strictObject({
  events: z
    .array(
      z.strictObject({
        type: z.literal('bounced'),
        messageId: z
          .string()
          .min(1)
          .max(998)
          .describe('The header Message-ID of the mail, with or without angle brackets.'),
        detail: z.string().max(2_000).default('').describe('What the receiving server said.'),
        permanent: z.boolean().describe('Whether it will not arrive any more; else nothing changes yet.'),
      }),
    )
    .min(1)
    .max(500),
})
export type MailEvents = z.infer<typeof mailEvents>
