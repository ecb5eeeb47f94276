/** What the HTTP server is made of. */
import type { Runtime } from '../runtime.ts'
import type { Metrics } from './metrics.ts'
import type { Contract } from './contract-route.ts'
import type { PageOperation, PageRoute } from './pages.ts'
import type { Client, HttpPrincipal, Route } from './route.ts'

export interface HttpServerOptions {
  readonly runtime: Runtime
  readonly routes: readonly Route[]
  /** Outside the API. */
  readonly pages: readonly PageRoute[]
  /** What those pages do. */
  readonly pageOperations?: readonly PageOperation[]
  /** Published contracts with addresses and tokens of their own. */
  readonly contracts?: readonly Contract[]
  /** What each tag of the routes is about. */
  readonly tags: Readonly<Record<string, string>>
  readonly version: string
  /** Throws TOKEN_MISSING, TOKEN_INVALID or SESSION_INVALID. A token wins over a session. */
  authenticate(request: {
    readonly authorization: string | undefined
    readonly cookies: Client['cookies']
  }): Promise<HttpPrincipal>
  readonly metrics?: Metrics
  /** The parts without which the service cannot work, and those without which it is only degraded. */
  readiness(): Promise<Readiness>
}

export interface Readiness {
  /** A part that is not required and fails makes the node degraded, not unready. */
  readonly parts: Readonly<
    Record<string, { readonly ok: boolean; readonly isRequired: boolean; readonly detail?: string }>
  >
}
