/** Reports of what could not be delivered (RFC 3464 in RFC 6522): whose, and whether it is final. */

export interface BounceReport {
  /** Of the mail that it is about, with its angle brackets; null where the report does not repeat it. */
  readonly messageId: string | null
  /** What we called the envelope (RFC 3464, 2.2.1): the mail's id. */
  readonly envelopeId: string | null
  /** The server has given up (RFC 3464, 2.3.3: failed); else it goes on trying. */
  readonly isPermanent: boolean
  /** The status and what the receiving server said, without anybody's address. */
  readonly detail: string
}

/** Of the part that says what became of each recipient (RFC 3464, 2; RFC 6533, 4). */
export const isReportType = (mediaType: string): boolean =>
  /^message\/(global-)?delivery-status$/i.test(mediaType)

const originalTypes = /^(message\/(rfc822|global|global-headers)|text\/rfc822-headers)$/

/** Fields by name in lower case, folded lines joined (RFC 5322, 2.2.3). The first of several counts. */
function fieldsOf(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  for (const line of text.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const [, name, value] = /^([\x21-\x39\x3b-\x7e]+)[ \t]*:(.*)$/.exec(line) ?? []
    if (name !== undefined && value !== undefined && !fields.has(name.toLowerCase()))
      fields.set(name.toLowerCase(), value.trim())
  }
  return fields
}

const detailCharactersMax = 200

/** One line without anything that holds an address. */
export function withoutAddresses(text: string): string {
  return text
    .replace(/[^\s<>"'(),;:]*@[^\s<>"'(),;]*/g, '…')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, detailCharactersMax)
}

/** Undefined for a message that is no such report. What it says is anybody's word: it is believed for ids that only we gave. */
export async function readBounceReport(message: Buffer): Promise<BounceReport | undefined> {
  const { simpleParser } = await import('mailparser')
  const parsed = await simpleParser(message, {
    keepDeliveryStatus: true,
    skipImageLinks: true,
    skipHtmlToText: true,
    skipTextToHtml: true,
  } as Parameters<typeof simpleParser>[1])
  const report = parsed.attachments.find(({ contentType }) => isReportType(contentType))
  if (!report) return undefined
  const [ofMessage = '', ...ofRecipients] = report.content
    .toString('utf8')
    .split(/\r?\n[ \t]*(?:\r?\n)+/)
    .filter((group) => group.trim() !== '')
  const recipients = ofRecipients.map(fieldsOf).filter((fields) => fields.has('action'))
  const failed = recipients.find((fields) => /^failed\b/i.test(fields.get('action') ?? ''))
  const told = failed ?? recipients[0]
  if (!told) return undefined
  const original = parsed.attachments.find(({ contentType }) => originalTypes.test(contentType))
  const headers = fieldsOf((original?.content.toString('utf8') ?? '').split(/\r?\n\r?\n/)[0] ?? '')
  const diagnostic = (told.get('diagnostic-code') ?? '').replace(/^[\w-]+\s*;\s*/, '')
  return {
    messageId: /<[^<>\s]+>/.exec(headers.get('message-id') ?? '')?.[0] ?? null,
    envelopeId: fieldsOf(ofMessage).get('original-envelope-id') ?? null,
    isPermanent: failed !== undefined,
    detail: withoutAddresses(`${told.get('status') ?? ''} ${diagnostic}`) || 'given back without a reason',
  }
}
