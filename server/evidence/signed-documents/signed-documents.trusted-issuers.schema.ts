/** Whose signatures an organisation believes, as the API takes and shows it. */
import { z } from 'zod'
import { submittedFields } from './signed-documents.schema.ts'

const did = /^did:[a-z0-9]+:[A-Za-z0-9._:%-]+$/
const domain = /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/i
const contract = /^eip155:[1-9]\d{0,18}:0x[0-9a-f]{40}$/i

/** An identifier as it is compared; null for what is none. */
export function plainIdentifier(text: string): string | null {
  if (did.test(text)) return text
  if (contract.test(text)) return text.toLowerCase()
  if (domain.test(text)) return text.toLowerCase()
  const url = URL.parse(text)
  if (url?.protocol !== 'https:' || url.hash !== '' || url.username !== '' || url.password !== '') return null
  // As the issuer writes it: documents are compared letter by letter.
  return url.href === text || url.href === `${text}/` ? text : null
}

export const trustedIssuerInput = z
  .strictObject({
    name: z.string().min(1).max(200).describe('For people.'),
    identifier: z
      .string()
      .max(2_000)
      .refine(
        (text) => plainIdentifier(text) !== null,
        'must be a DID, an https address, a domain or eip155:<chain>:0x…',
      )
      .describe(
        'How documents name it: a DID (`did:web:…`, `did:key:…`, `did:ethr:0x…`), an https address, a domain (believed where its website or DNS vouches for the key), or a contract that records documents (`eip155:1:0x…`).',
      ),
    jwksUrl: z
      .url({ protocol: /^https$/ })
      .max(2_000)
      .nullable()
      .default(null)
      .describe('Where an issuer that is an https address publishes its keys (a JWK Set).'),
  })
  .refine(({ identifier, jwksUrl }) => jwksUrl === null || identifier.startsWith('https://'), {
    path: ['jwksUrl'],
    message: 'is for an issuer whose identifier is an https address: all others name their keys themselves',
  })
export type TrustedIssuerInput = z.infer<typeof trustedIssuerInput>

export const trustedIssuerAttributes = z.object({
  name: z.string(),
  identifier: z.string(),
  jwksUrl: z.string().nullable(),
  createdAt: z.date(),
})

export const verificationInput = z.strictObject({
  document: z
    .string()
    .min(1)
    .max(8 * 2 ** 20)
    .describe('The document’s text as it is: JSON, or a token.'),
  submitted: submittedFields.optional().describe('What was said beside it, to be compared.'),
})
