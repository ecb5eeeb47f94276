/** Serves the worker's page to browsers: the bundle, and the document in which it runs. */
import { loadBundle, type Bundle } from '../../platform/http/bundle.ts'
import type { PageAnswer, PageRoute } from '../../platform/http/pages.ts'
import { pagePath } from './worker-page.schema.ts'
import { deadLinkDocument, pageHeaders, shellDocument } from './worker-page.html.rules.ts'

interface Served {
  readonly bundle: Bundle
  readonly shell: PageAnswer
  readonly deadLink: PageAnswer
}

let loaded: Served | undefined

/** Read once, when a server is first built: what only looks at the routes does without the bundle. */
function served(): Served {
  if (loaded) return loaded
  const bundle = loadBundle('request')
  const assets = `/r-assets/${bundle.hash}`
  loaded = {
    bundle,
    shell: { status: 200, headers: pageHeaders, body: shellDocument(assets) },
    deadLink: { status: 404, headers: pageHeaders, body: deadLinkDocument(assets) },
  }
  return loaded
}

/** Of another build, say: the page's scripts are told plainly, and no cache keeps it. */
const missing: PageAnswer = {
  status: 404,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
  body: 'There is nothing at this address.\n',
}

/** What browsers ask for beside every page: a tick, so that nothing is missed and nothing personal is told. */
const icon: PageAnswer = {
  status: 200,
  headers: { 'content-type': 'image/svg+xml', 'cache-control': 'public, max-age=86400' },
  body: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#0b6354"/><path d="M4 8.5l3 3 5-6" fill="none" stroke="#fff" stroke-width="2"/></svg>\n',
}

/** The page itself: the same bytes for every worker and every organisation. */
export function workerPageShell(): PageAnswer {
  return served().shell
}

/** The answer to unknown, expired, cancelled and superseded links: always the same bytes, whatever the cause and the language. */
export function deadLinkPage(): PageAnswer {
  return served().deadLink
}

/** @param isAlive whether a link's token leads anywhere; asked for every opening of the page, changes nothing */
export function workerPageFiles(isAlive: (token: string) => Promise<boolean>): readonly PageRoute[] {
  const { bundle } = served()
  return [
    {
      path: '/r-assets/{hash}/{name}',
      answer: ({ params: { hash = '', name = '' }, headers }) =>
        bundle.answer(hash, name, headers) ?? missing,
    },
    { path: '/favicon.ico', answer: () => icon },
    {
      path: pagePath,
      answer: async ({ params: { token = '' } }) =>
        (await isAlive(token)) ? workerPageShell() : deadLinkPage(),
    },
  ]
}
