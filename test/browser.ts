/** A browser for tests: keeps the cookies of an HTTP server without a socket, and sends the CSRF token that it was told. */
import { basePath, type HttpServer } from '../server/platform/http/http-server.ts'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: Readonly<Record<string, unknown>>
  /** `data.attributes` of the body. */
  readonly attributes: Readonly<Record<string, unknown>>
  readonly id: string
}

export interface AskOptions {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly address?: string
}

export class Browser {
  readonly #server: HttpServer
  readonly #address: string
  readonly cookies = new Map<string, string>()
  csrfToken: string | undefined

  constructor(server: HttpServer, address = '192.0.2.10') {
    this.#server = server
    this.#address = address
  }

  async ask(method: string, path: string, options: AskOptions = {}): Promise<Answer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await this.#server.inject({
      method: method as 'GET',
      url: basePath + path,
      remoteAddress: options.address ?? this.#address,
      headers: {
        ...(cookie === '' ? {} : { cookie }),
        ...(this.csrfToken === undefined ? {} : { 'x-csrf-token': this.csrfToken }),
        ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...options.headers,
      },
      ...(options.body === undefined ? {} : { payload: JSON.stringify(options.body) }),
    })
    for (const line of [answer.headers['set-cookie'] ?? []].flat()) {
      const [, name = '', value = '', rest = ''] = /^([^=]+)=([^;]*)(.*)$/.exec(line) ?? []
      if (rest.includes('Max-Age=0')) this.cookies.delete(name)
      else this.cookies.set(name, value)
    }
    const isJson = String(answer.headers['content-type']).includes('json') && answer.payload !== ''
    const body = isJson ? (answer.json() as Record<string, unknown>) : {}
    const data = (body['data'] ?? {}) as { id?: string; attributes?: Record<string, unknown> }
    const attributes = data.attributes ?? {}
    if (typeof attributes['csrfToken'] === 'string') this.csrfToken = attributes['csrfToken']
    return { status: answer.statusCode, headers: answer.headers, body, attributes, id: data.id ?? '' }
  }

  signIn(email: string, password: string, more: object = {}, options: AskOptions = {}): Promise<Answer> {
    return this.ask('POST', '/sign-in', { ...options, body: { email, password, ...more } })
  }
}
