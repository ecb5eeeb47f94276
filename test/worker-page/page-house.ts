/**
 * A request as the server would hold it, in memory, behind the page's real documents and bundle: speaks the page's JSON API, and
 * checks every state it tells against the server's own shapes. Faults of the network and the server are set from outside.
 */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  deadLinkPage,
  workerPageFiles,
} from '../../server/collection/worker-page/worker-page.assets.routes.ts'
import {
  declineInput,
  draftInput,
  identifyInput,
  notMeInput,
  pageState,
  submitInput,
  supplyInput,
  type PageFields,
  type PageFile,
  type PageItem,
  type PageState,
} from '../../server/collection/worker-page/worker-page.schema.ts'
import { guardHeaders } from '../../server/platform/http/ill-framed.ts'
import type { PageAnswer } from '../../server/platform/http/pages.ts'

type Node = NonNullable<PageState['tree']>

export const token = 'Zm9yLXRlc3RzLW9ubHktbm90LWEtc2VjcmV0LWxpbms'

export const noFields: PageFields = {
  number: '',
  holderName: '',
  issueDate: '',
  expiryDate: '',
  hasNoExpiry: false,
}

export function pageItemOf(more: Partial<PageItem> & Pick<PageItem, 'id' | 'name'>): PageItem {
  return {
    credentialType: more.id.toUpperCase(),
    category: 'OTHER',
    jurisdiction: null,
    guidingText: null,
    suppliedBy: 'both',
    number: { pattern: '^.{1,40}$', example: '12345678', firmness: 'advisory' },
    mayLackExpiry: false,
    asksIssueDate: true,
    asksExpiryDate: true,
    consent: null,
    state: 'OPEN',
    fields: noFields,
    files: [],
    onFile: null,
    declineReason: null,
    sentBackReason: null,
    ...more,
  }
}

/** What is asked of a nurse: each kind of item, and each kind of group. */
export function nurseRequest(): { items: PageItem[]; tree: Node } {
  return {
    items: [
      pageItemOf({
        id: 'fri_ahpra',
        name: 'Health practitioner registration (Ahpra)',
        suppliedBy: 'number',
        number: { pattern: '^[A-Z]{3}[0-9]{10}$', example: 'NMW0001234567', firmness: 'firm' },
        asksIssueDate: false,
        guidingText: 'Your registration number is on the public register and in your Ahpra account.',
      }),
      pageItemOf({
        id: 'fri_police',
        name: 'National police check',
        suppliedBy: 'document',
        mayLackExpiry: true,
        consent: 'I agree that Sunrise Aged Care keeps and reads my police check.',
      }),
      pageItemOf({
        id: 'fri_wwcc',
        name: 'Working with children check (Victoria)',
        number: { pattern: '^[0-9]{7,8}[A-Z]?(-[0-9]{1,2})?$', example: '1234567A', firmness: 'advisory' },
        onFile: { number: '1234567A', expiryDate: '2027-05-03', licenceStatus: 'yellow' },
      }),
      pageItemOf({ id: 'fri_cpr', name: 'CPR (HLTAID009)', guidingText: 'From the last twelve months.' }),
      pageItemOf({ id: 'fri_aid', name: 'First aid (HLTAID011)' }),
      pageItemOf({ id: 'fri_flu', name: 'Influenza vaccination', suppliedBy: 'document' }),
      pageItemOf({ id: 'fri_flu_letter', name: 'Medical exemption letter', suppliedBy: 'document' }),
      pageItemOf({ id: 'fri_passport', name: 'Passport' }),
      pageItemOf({ id: 'fri_licence', name: 'Driver licence' }),
      pageItemOf({ id: 'fri_medicare', name: 'Medicare card' }),
    ],
    tree: {
      kind: 'all',
      children: [
        { kind: 'item', itemId: 'fri_ahpra' },
        { kind: 'item', itemId: 'fri_police' },
        { kind: 'item', itemId: 'fri_wwcc' },
        {
          kind: 'any',
          label: 'Life support',
          children: [
            { kind: 'item', itemId: 'fri_cpr' },
            { kind: 'item', itemId: 'fri_aid' },
          ],
        },
        { kind: 'item', itemId: 'fri_flu', alternatives: ['fri_flu_letter'] },
        {
          kind: 'atLeast',
          n: 2,
          label: 'Proof of identity',
          children: [
            { kind: 'item', itemId: 'fri_passport' },
            { kind: 'item', itemId: 'fri_licence' },
            { kind: 'item', itemId: 'fri_medicare' },
          ],
        },
      ],
    },
  }
}

interface Trouble {
  /** Every operation answers 404 from now on. */
  isDead: boolean
  /** Connections are cut without an answer. */
  isCut: boolean
  /** Each answer waits so long. */
  delayMs: number
  /** The next unsafe operation answers this. */
  refuseNext: { status: number; body: object } | null
}

export interface PageHouse {
  readonly url: string
  readonly base: string
  readonly state: PageState
  readonly trouble: Trouble
  /** Method and path under the link of each operation, in order. */
  readonly calls: string[]
  readonly bodies: { readonly call: string; readonly body: unknown }[]
  /** Contents of files by id. */
  readonly contents: Map<string, Buffer>
  /** What the reading of the next files comes to. */
  reading: PageFile['reading']
  item(id: string): PageItem
  close(): Promise<void>
}

const isSupplied = ({ state }: PageItem): boolean => state === 'SUPPLIED' || state === 'WAIVED'

function settle(state: PageState): void {
  const items = state.items ?? []
  const byId = new Map(items.map((item) => [item.id, item]))
  const judge = (node: Node, isDone: (item: PageItem) => boolean): boolean => {
    if (node.kind === 'item')
      return [node.itemId, ...(node.alternatives ?? [])].some((id) => isDone(byId.get(id) as PageItem))
    const done = node.children.filter((child) => judge(child, isDone)).length
    return done >= (node.kind === 'atLeast' ? node.n : node.kind === 'any' ? 1 : node.children.length)
  }
  const isAnswered = (item: PageItem): boolean => isSupplied(item) || item.state === 'DECLINED'
  const parts = state.tree?.kind === 'all' ? state.tree.children : []
  state.progress = {
    asked: parts.length,
    answered: parts.filter((part) => judge(part, isAnswered)).length,
    isSatisfied: parts.every((part) => judge(part, isSupplied)),
    mayBeSent: parts.every((part) => judge(part, isAnswered)),
  }
}

/** The file of a multipart body with one part. */
function fileOf(body: Buffer): { fileName: string; mediaType: string; content: Buffer } {
  const end = body.indexOf('\r\n\r\n')
  const head = body.subarray(0, end).toString()
  const boundary = head.slice(0, head.indexOf('\r\n'))
  return {
    fileName: /filename="([^"]*)"/.exec(head)?.[1] ?? '',
    mediaType: /content-type: (\S+)/i.exec(head)?.[1] ?? '',
    content: body.subarray(end + 4, body.lastIndexOf(`\r\n${boundary}`)),
  }
}

/** @param birthDate asks for it first; five tries */
export async function openPageHouse(start: Partial<PageState> = {}, birthDate?: string): Promise<PageHouse> {
  const whole: PageState = {
    stage: 'WELCOME',
    organisation: {
      name: 'Sunrise Aged Care',
      privacyNotice: {
        version: 'notice-1',
        text: 'Sunrise Aged Care keeps what you send to see that you may work.\nOnly the people team sees it. Ask privacy@sunrise.example for what we hold.',
      },
    },
    worker: { firstName: 'Maria', displayName: 'Maria Silva' },
    message: 'Hi Maria,\nyour file is due for its yearly check. Thank you for your help!',
    expiresAt: new Date(Date.now() + 12.5 * 86_400_000).toISOString(),
    submittedAt: null,
    ...nurseRequest(),
    ...start,
  }
  settle(whole)
  const trouble: Trouble = { isDead: false, isCut: false, delayMs: 0, refuseNext: null }
  const calls: string[] = []
  const bodies: { call: string; body: unknown }[] = []
  const contents = new Map<string, Buffer>()
  let isKnown = birthDate === undefined
  let triesLeft = 5
  let fileCount = 0
  const pages = workerPageFiles((given) => Promise.resolve(given === token && !trouble.isDead))
  const item = (id: string): PageItem => {
    const found = whole.items?.find((one) => one.id === id)
    if (!found) throw new Error(`no item ${id}`)
    return found
  }

  const told = (): PageState => {
    settle(whole)
    if (isKnown) return pageState.parse(whole)
    return pageState.parse({
      stage: 'IDENTIFY',
      organisation: { name: whole.organisation.name, privacyNotice: null },
    })
  }

  const house: PageHouse = {
    url: '',
    base: `/r/${token}`,
    state: whole,
    trouble,
    calls,
    bodies,
    contents,
    reading: null,
    item,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }

  function sendPage(response: ServerResponse, { status, headers, body }: PageAnswer): void {
    response.writeHead(status, { ...guardHeaders, ...headers }).end(body)
  }
  function json(response: ServerResponse, status: number, body?: object): void {
    response
      .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
      .end(body === undefined ? '' : JSON.stringify(body))
  }
  const problem = (response: ServerResponse, status: number, more: object = {}): void =>
    json(response, status, { title: 'Refused', status, ...more })

  /** The operations under the link. */
  function operate(method: string, path: string, body: Buffer, response: ServerResponse): void {
    const input = (): unknown => JSON.parse(body.toString() || '{}')
    if (path === '/state') return json(response, 200, told())
    if (path === '/identify') {
      if (identifyInput.parse(input()).birthDate === birthDate) {
        isKnown = true
        return json(response, 204)
      }
      triesLeft -= 1
      if (triesLeft === 0) trouble.isDead = true
      return problem(response, trouble.isDead ? 404 : 422, { triesLeft })
    }
    if (path === '/start') {
      if (whole.stage === 'WELCOME') whole.stage = 'ANSWERING'
      return json(response, 204)
    }
    if (path === '/submit') {
      const { privacyNoticeVersion } = submitInput.parse(input())
      if (privacyNoticeVersion !== (whole.organisation.privacyNotice?.version ?? null))
        return problem(response, 409, { detail: 'The privacy notice has changed. Read it and send again.' })
      settle(whole)
      if (!whole.progress?.mayBeSent) return problem(response, 409, { detail: 'Not everything is answered.' })
      if (whole.progress.isSatisfied) whole.stage = 'SENT'
      whole.submittedAt = new Date().toISOString()
      return json(response, 200, told())
    }
    if (path === '/not-me') {
      notMeInput.parse(input())
      return json(response, 200, told())
    }
    const [, , itemId = '', operation = '', fileId = '', last = ''] = path.split('/')
    const one = item(decodeURIComponent(itemId))
    const done = (state: PageItem['state'], more: Partial<PageItem> = {}): void => {
      Object.assign(one, { state, declineReason: null, ...more })
      json(response, 200, told())
    }
    switch (`${method} ${operation}`) {
      case 'PUT draft':
        one.fields = draftInput.parse(input()).fields
        return json(response, 200, { savedAt: new Date().toISOString() })
      case 'POST supply': {
        const { fields, consent } = supplyInput.parse(input())
        if (one.consent !== null && consent !== true)
          return problem(response, 422, {
            errors: [{ pointer: '/consent', code: 'REQUIRED', detail: 'Consent is needed.' }],
          })
        return done('SUPPLIED', { fields, sentBackReason: null })
      }
      case 'POST confirm':
        return done('SUPPLIED', {
          fields: { ...noFields, number: one.onFile?.number ?? '', expiryDate: one.onFile?.expiryDate ?? '' },
        })
      case 'POST decline':
        return done('DECLINED', { declineReason: declineInput.parse(input()).reason })
      case 'POST reopen':
        return done('OPEN')
      case 'POST files': {
        const { content, ...named } = fileOf(body)
        const id = `att_${++fileCount}`
        const file: PageFile = {
          id,
          ...named,
          sizeBytes: content.length,
          uploadedAt: new Date().toISOString(),
          reading: house.reading,
        }
        contents.set(id, content)
        one.files.push(file)
        return json(response, 201, file)
      }
      case 'DELETE files':
        one.files = one.files.filter(({ id }) => id !== fileId)
        return json(response, 204)
      case 'GET files': {
        const file = one.files.find(({ id }) => id === fileId)
        if (!file || last !== 'content') return problem(response, 404)
        response
          .writeHead(200, { 'content-type': file.mediaType, 'cache-control': 'no-store' })
          .end(contents.get(fileId))
        return
      }
      default:
        return problem(response, 404)
    }
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET' } = request
    const path = new URL(request.url ?? '/', 'http://page.test').pathname
    for (const page of pages) {
      const names = [...page.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
      const match = new RegExp(`^${page.path.replaceAll(/\{\w+\}/g, '([^/]+)')}$`).exec(path)
      if (!match) continue
      const params = Object.fromEntries(names.map((name, index) => [name, match[index + 1] ?? '']))
      sendPage(response, await page.answer({ params, headers: request.headers }))
      return
    }
    const base = `/r/${token}`
    if (!path.startsWith(`${base}/`)) {
      sendPage(response, deadLinkPage())
      return
    }
    const call = `${method} ${path.slice(base.length)}`
    calls.push(call)
    if (trouble.isCut) {
      request.socket.destroy()
      return
    }
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    const isJson = String(request.headers['content-type'] ?? '').includes('json')
    bodies.push({
      call,
      body: isJson
        ? (JSON.parse(body.toString()) as unknown)
        : createHash('sha256').update(body).digest('hex'),
    })
    if (trouble.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, trouble.delayMs))
    if (trouble.isDead) return problem(response, 404, { title: 'This link no longer works' })
    if (method !== 'GET' && request.headers['x-vouchsafe-page'] !== '1') return problem(response, 403)
    const { refuseNext } = trouble
    if (method !== 'GET' && refuseNext) {
      trouble.refuseNext = null
      return problem(response, refuseNext.status, refuseNext.body)
    }
    operate(method, path.slice(base.length), body, response)
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (!response.headersSent) problem(response, 500, { detail: String(error) })
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return Object.assign(house, { url: `http://127.0.0.1:${port}/r/${token}` })
}
