/** A mail from its parts, as text and as HTML that reads well on a phone, light or dark. Pure. */

export interface MailTexts {
  readonly greeting: string
  readonly paragraphs: readonly string[]
  /** What the mail is for: one thing to press. */
  readonly button?: { readonly label: string; readonly url: string }
  /** Small print below it, for those who do by other means what the button is for. */
  readonly details?: readonly string[]
  readonly footer: string
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => entities[character] ?? character)

function textOf({ greeting, paragraphs, button, details = [], footer }: MailTexts): string {
  const parts = [
    greeting,
    ...paragraphs,
    ...(button ? [`${button.label}:\n${button.url}`] : []),
    ...details,
    `-- \n${footer}`,
  ]
  return `${parts.join('\n\n')}\n`
}

// Long addresses and hashes break anywhere rather than widen the mail beyond a phone.
const paragraph = 'margin:0 0 16px;font-size:16px;line-height:24px;overflow-wrap:anywhere'
const smallPrint = 'margin:0 0 12px;font-size:13px;line-height:20px;overflow-wrap:anywhere'

function htmlOf({ greeting, paragraphs, button, details = [], footer }: MailTexts): string {
  const lines = [greeting, ...paragraphs].map((text) => `<p style="${paragraph}">${escaped(text)}</p>`)
  const below = details.map((text) => `<p style="${smallPrint}">${escaped(text)}</p>`)
  const press =
    button === undefined
      ? ''
      : `<p style="${paragraph}"><a href="${escaped(button.url)}" style="display:inline-block;padding:12px 20px;border-radius:6px;background:#1d4ed8;color:#ffffff;text-decoration:none;font-weight:600">${escaped(button.label)}</a></p>` +
        `<p style="margin:0 0 16px;font-size:13px;line-height:20px;word-break:break-all">${escaped(button.url)}</p>`
  return (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">' +
    '<meta name="color-scheme" content="light dark"></head>' +
    '<body style="margin:0;padding:24px 16px;font-family:system-ui,-apple-system,Segoe UI,Roboto,sans-serif">' +
    `<div style="max-width:560px;margin:0 auto">${lines.join('')}${press}${below.join('')}` +
    `<p style="margin:24px 0 0;font-size:13px;line-height:20px;opacity:.75">${escaped(footer)}</p></div></body></html>`
  )
}

/** @returns both forms, each complete by itself */
export function composeMail(parts: MailTexts): { text: string; html: string } {
  return { text: textOf(parts), html: htmlOf(parts) }
}
