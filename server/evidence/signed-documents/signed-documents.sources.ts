/**
 * Whom a document may have asked about it. Everything goes out through the guarded client; DNS and a chain are asked only
 * where the installation has a source for them.
 */
import type { Outbound } from '../../platform/outbound.ts'
import { DocumentFault, readJson, readUtf8, type Json } from './signed-documents.json.rules.ts'
import type { TrustedIssuer } from './signed-documents.schema.ts'

/** The TXT records of a domain, each as one text. Throws where there is no answer. */
export type LookUpTxt = (domain: string) => Promise<readonly string[]>

/** A read-only call (`eth_call`) of a contract on a chain (1 = Ethereum's main net): hex in, hex out. Throws where there is no answer. */
export type CallContract = (call: {
  readonly chainId: string
  readonly to: string
  readonly data: string
}) => Promise<string>

export interface DocumentSources {
  readonly now: Date
  /** Null = nothing is fetched: what would have to be is not checked. */
  readonly outbound: Pick<Outbound, 'request'> | null
  readonly lookUpTxt: LookUpTxt | null
  readonly callContract: CallContract | null
  readonly trustedIssuers: readonly TrustedIssuer[]
}

/** A source that could not be asked, in words for a person: no reason to refuse the document, and none to believe it. */
export class SourceFault extends Error {
  override readonly name = 'SourceFault'
}

const timeoutMs = 10_000

/**
 * What lies at an https address. Redirects are not followed. Throws a `SourceFault` where nothing may or can be fetched, or
 * what comes is longer than allowed.
 */
export async function fetchText(
  { outbound }: DocumentSources,
  url: string,
  options: { readonly what: string; readonly accept: string; readonly bytesMax: number },
): Promise<string> {
  if (outbound === null) throw new SourceFault(`${options.what} was not fetched: this house asks nobody.`)
  const host = URL.parse(url)?.hostname ?? 'an address that is none'
  let answer
  try {
    answer = await outbound.request({
      url,
      method: 'GET',
      headers: { accept: options.accept },
      timeoutMs,
      responseBytesMax: options.bytesMax,
    })
  } catch (error) {
    throw new SourceFault(`${options.what} could not be fetched from ${host}: ${(error as Error).message}`, {
      cause: error,
    })
  }
  if (answer.status !== 200)
    throw new SourceFault(`${options.what} could not be fetched from ${host}: it answered ${answer.status}.`)
  try {
    return readUtf8(answer.body)
  } catch {
    throw new SourceFault(`${options.what}, fetched from ${host}, is not text in UTF-8.`)
  }
}

/** The same, as JSON. */
export async function fetchJson(
  sources: DocumentSources,
  url: string,
  options: { readonly what: string; readonly bytesMax: number },
): Promise<Json> {
  const text = await fetchText(sources, url, { ...options, accept: 'application/json, */*;q=0.1' })
  try {
    return readJson(text)
  } catch (error) {
    if (!(error instanceof DocumentFault)) throw error
    throw new SourceFault(`${options.what} is not JSON that can be trusted: ${error.message}`)
  }
}
