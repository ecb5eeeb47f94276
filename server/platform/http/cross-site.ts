/**
 * Requests that carry a session come from our own pages only: a browser sends the cookie whoever asks. Pure.
 *
 * Two fences beside SameSite=Lax: what the browser says about the page (`Origin`, `Sec-Fetch-Site`), and a token that
 * only a page that could read `GET /me` knows.
 */
import { AppError } from '../errors.ts'
import { equalSecrets } from '../secrets.ts'

export interface SiteRequest {
  readonly method: string
  readonly origin: string | undefined
  readonly host: string | undefined
  /** `Sec-Fetch-Site` */
  readonly site: string | undefined
  /** `X-CSRF-Token` */
  readonly token: string | undefined
  readonly publicUrl: string | null
}

const safeMethods = ['GET', 'HEAD', 'OPTIONS']

function isOwnOrigin({ origin, host, publicUrl }: SiteRequest): boolean {
  if (origin === undefined) return true
  if (publicUrl !== null) return origin === new URL(publicUrl).origin
  // Without a PUBLIC_URL any name of this machine may be in use; a browser lets no page choose its Host header.
  return URL.canParse(origin) && new URL(origin).host === host
}

/**
 * Refuses (CSRF_REQUIRED) an unsafe request of another site.
 * @param expected the session's token; undefined where there is no session, so that only the page is judged
 */
export function assertOwnPages(request: SiteRequest, expected: string | undefined): void {
  if (safeMethods.includes(request.method)) return
  const isOwnSite = request.site === undefined || request.site === 'same-origin' || request.site === 'none'
  if (!isOwnSite || !isOwnOrigin(request))
    throw new AppError('CSRF_REQUIRED', 'The request comes from a page of another site.')
  if (expected !== undefined && !equalSecrets(request.token ?? '', expected))
    throw new AppError('CSRF_REQUIRED', 'The header X-CSRF-Token is missing or is not that of this session.')
}

/** The cookies of a `Cookie` header; of two with one name the first (RFC 6265, section 5.4 puts the closest path first). */
export function cookiesOf(header: string | undefined): Readonly<Record<string, string>> {
  const cookies = new Map<string, string>()
  for (const part of (header ?? '').split(';')) {
    const at = part.indexOf('=')
    const name = part.slice(0, at).trim()
    if (name !== '' && at > 0 && !cookies.has(name)) cookies.set(name, part.slice(at + 1).trim())
  }
  return Object.fromEntries(cookies)
}
