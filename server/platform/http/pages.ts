/**
 * Pages and files for browsers: what lies outside the API, its base path and its document. A page says all its headers itself;
 * those of `guardHeaders` are there already and may be replaced.
 */
import type { FastifyInstance } from 'fastify'

export interface PageRequest {
  readonly params: Readonly<Record<string, string>>
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

export interface PageAnswer {
  readonly status: 200 | 304 | 404
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Buffer
}

/** Answers GET and HEAD, and changes nothing. */
export interface PageRoute {
  /** From the root of the site, with `{name}` for parts. */
  readonly path: string
  answer(request: PageRequest): PageAnswer | Promise<PageAnswer>
}

export function addPage(app: FastifyInstance, page: PageRoute): void {
  app.get(page.path.replaceAll(/\{(\w+)\}/g, ':$1'), async (request, reply) => {
    const { status, headers, body } = await page.answer({
      params: request.params as Record<string, string>,
      headers: request.headers,
    })
    return reply.code(status).headers(headers).send(body)
  })
}
