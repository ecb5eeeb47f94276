/** A worker's browser without a screen: calls the page's operations behind a link as the page does, with its cookies. */
import type { PageFile, PageItem, PageState } from '../server/collection/worker-page/worker-page.schema.ts'
import type { HttpServer } from '../server/platform/http/http-server.ts'
import { multipart } from './multipart.ts'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly payload: string
  readonly bytes: Buffer
  readonly json: {
    readonly code?: string
    readonly errors?: readonly { readonly pointer: string; readonly code: string; readonly detail: string }[]
    readonly [name: string]: unknown
  }
}

export type Fields = PageItem['fields']

export const noFields: Fields = {
  number: '',
  holderName: '',
  issueDate: '',
  expiryDate: '',
  hasNoExpiry: false,
}

export interface Visitor {
  readonly path: string
  /** @param more headers; undefined leaves one of the page's own out */
  call(
    method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: unknown,
    more?: Readonly<Record<string, string | undefined>>,
  ): Promise<Answer>
  state(): Promise<PageState>
  item(credentialType: string): Promise<PageItem>
  upload(itemId: string, content: Buffer, fileName: string): Promise<Answer>
  file(itemId: string, content: Buffer, fileName: string): Promise<PageFile>
}

/** @param link whole, or its path */
export function visitor(server: () => HttpServer, link: string): Visitor {
  const path = link.slice(link.indexOf('/r/'))
  const cookies = new Map<string, string>()
  const send = async (
    method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE',
    under: string,
    payload: string | Buffer | undefined,
    headers: Readonly<Record<string, string | undefined>>,
  ): Promise<Answer> => {
    const given = Object.fromEntries(
      Object.entries({
        'x-vouchsafe-page': '1',
        ...(cookies.size === 0
          ? {}
          : { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') }),
        ...headers,
      }).filter((one): one is [string, string] => one[1] !== undefined),
    )
    const answer = await server().inject({
      method,
      url: path + under,
      headers: given,
      ...(payload === undefined ? {} : { payload }),
    })
    for (const { name, value } of answer.cookies) cookies.set(name, value)
    const isJson = String(answer.headers['content-type']).includes('json') && answer.payload !== ''
    return {
      status: answer.statusCode,
      headers: answer.headers,
      payload: answer.payload,
      bytes: answer.rawPayload,
      json: isJson ? (answer.json() as Answer['json']) : {},
    }
  }
  const visit: Visitor = {
    path,
    call: (method, under, body, more = {}) =>
      send(
        method,
        under,
        body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
        { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...more },
      ),
    state: async () => {
      const answer = await visit.call('GET', '/state')
      if (answer.status !== 200) throw new Error(`state: ${answer.status} ${answer.payload}`)
      return answer.json as unknown as PageState
    },
    item: async (credentialType) => {
      const found = (await visit.state()).items?.find((item) => item.credentialType === credentialType)
      if (!found) throw new Error(`nothing is asked of the type ${credentialType}`)
      return found
    },
    upload: (itemId, content, fileName) => {
      const { body, contentType } = multipart({ file: content }, fileName)
      return send('POST', `/items/${itemId}/files`, body, { 'content-type': contentType })
    },
    file: async (itemId, content, fileName) => {
      const answer = await visit.upload(itemId, content, fileName)
      if (answer.status !== 201) throw new Error(`file: ${answer.status} ${answer.payload}`)
      return answer.json as unknown as PageFile
    },
  }
  return visit
}
