/** Links that files are put to: what they say, and the signature over it. Pure but for the HMAC that is handed in. */
import type { AssetType } from './submissions.schema.ts'

/** What a link allows: bytes of one type for one asset, up to a size, up to an instant. */
export interface UploadTerms {
  readonly partnerId: string
  readonly assetKey: string
  readonly type: AssetType
  readonly bytesMax: number
  /** Seconds since 1970, by the platform's clock. */
  readonly expires: number
}

export const uploadPath = '/uploads/{partner}/{asset}'

/** What is signed: every part once, in one order, none of which can hold a line break. */
export const signedText = ({ partnerId, assetKey, type, bytesMax, expires }: UploadTerms): string =>
  ['PUT', partnerId, assetKey, type, bytesMax, expires].join('\n')

export const uploadQuery = (terms: UploadTerms, signature: string): string =>
  `type=${terms.type}&max=${terms.bytesMax}&expires=${terms.expires}&signature=${signature}`

const queryPattern =
  /^type=(pdf|jpg|png|open_cert)&max=(\d{1,10})&expires=(\d{1,12})&signature=([A-Za-z0-9_-]{43})$/

/** The terms that a link names; undefined for a query that is not, byte for byte, one that we make. */
export function readUploadLink(
  params: Readonly<Record<string, string>>,
  search: string,
): { readonly terms: UploadTerms; readonly signature: string } | undefined {
  const { partner = '', asset = '' } = params
  const match = queryPattern.exec(search)
  if (!match || !/^prt_[0-9A-Za-z]{16}$/.test(partner) || !/^ast_[0-9A-Za-z]{16}$/.test(asset))
    return undefined
  const [, type = '', max = '', expires = '', signature = ''] = match
  // "007" is another text than we signed, though the same number.
  if (String(Number(max)) !== max || String(Number(expires)) !== expires) return undefined
  return {
    terms: {
      partnerId: partner,
      assetKey: asset,
      type: type as AssetType,
      bytesMax: Number(max),
      expires: Number(expires),
    },
    signature,
  }
}

/** How each type may be declared; the first is its usual name. */
export const mediaTypesOf: Readonly<Record<AssetType, readonly [string, ...string[]]>> = {
  pdf: ['application/pdf'],
  jpg: ['image/jpeg', 'image/jpg'],
  png: ['image/png'],
  open_cert: ['application/json', 'application/octet-stream'],
}

export const uploadMediaTypes = [...new Set(Object.values(mediaTypesOf).flat())]

/** Whether a `Content-Type` may be said of an asset of this type; its parameters do not matter. */
export function isMediaTypeOf(type: AssetType, contentType: string | undefined): boolean {
  const bare = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  return mediaTypesOf[type].includes(bare)
}
