/** Talks to the server: the operations under the link, and nothing else. */
import type { PageFields, PageFile, PageProblem, PageState } from './page-state.ts'

/**
 * Why something did not work: `gone`: the link leads nowhere any more; `offline`: nothing came back, so it may be tried again;
 * `busy`: too much at once, or the server is unwell for a while; `refused`: what was sent cannot be taken as it is.
 */
export type FaultKind = 'gone' | 'offline' | 'busy' | 'refused'

export class PageFault extends Error {
  readonly kind: FaultKind
  readonly status: number
  readonly problem: PageProblem

  constructor(kind: FaultKind, status: number, problem: PageProblem = {}) {
    super(problem.detail ?? kind)
    this.kind = kind
    this.status = status
    this.problem = problem
  }
}

export interface Upload {
  readonly done: Promise<PageFile>
  stop(): void
}

export interface Api {
  state(): Promise<PageState>
  identify(birthDate: string): Promise<void>
  start(): Promise<void>
  /** @param isLast the page is being left: the request outlives it */
  saveDraft(itemId: string, fields: PageFields, isLast: boolean): Promise<void>
  supply(itemId: string, fields: PageFields, consent: boolean): Promise<PageState>
  confirm(itemId: string): Promise<PageState>
  decline(itemId: string, reason: string): Promise<PageState>
  reopen(itemId: string): Promise<PageState>
  submit(privacyNoticeVersion: string | null): Promise<PageState>
  notMe(kind: 'NOT_ME' | 'NAME_WRONG', detail: string): Promise<PageState>
  deleteFile(itemId: string, fileId: string): Promise<void>
  upload(itemId: string, file: File, onProgress: (sent: number, total: number) => void): Upload
  contentPath(itemId: string, fileId: string): string
}

/** A slow link takes long; a dead one must be told at last. */
const patienceMs = 60_000
/** Without a byte for so long an upload counts as broken off. */
const stallMs = 45_000

const headers = { 'x-vouchsafe-page': '1' }

function faultFor(status: number, body: string): PageFault {
  let problem: PageProblem = {}
  try {
    problem = JSON.parse(body) as PageProblem
  } catch {
    // A proxy in between answers in HTML.
  }
  if (status === 404 || status === 410) return new PageFault('gone', status, problem)
  if (status === 408 || status === 429 || status >= 500) return new PageFault('busy', status, problem)
  return new PageFault('refused', status, problem)
}

/** @param base the link's path: `/r/<token>` */
export function createApi(base: string): Api {
  async function ask(
    method: string,
    path: string,
    body?: unknown,
    options: { keepalive?: boolean } = {},
  ): Promise<string> {
    const patience = new AbortController()
    const timer = setTimeout(() => patience.abort(), patienceMs)
    let answer: Response
    let text: string
    try {
      answer = await fetch(base + path, {
        method,
        headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
        signal: patience.signal,
        credentials: 'same-origin',
        cache: 'no-store',
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...options,
      })
      text = await answer.text()
    } catch {
      throw new PageFault('offline', 0)
    } finally {
      clearTimeout(timer)
    }
    if (!answer.ok) throw faultFor(answer.status, text)
    return text
  }
  const askState = async (method: string, path: string, body?: unknown): Promise<PageState> =>
    JSON.parse(await ask(method, path, body)) as PageState
  const item = (id: string): string => `/items/${encodeURIComponent(id)}`

  return {
    state: () => askState('GET', '/state'),
    identify: async (birthDate) => void (await ask('POST', '/identify', { birthDate })),
    start: async () => void (await ask('POST', '/start', {})),
    saveDraft: async (itemId, fields, isLast) =>
      void (await ask('PUT', `${item(itemId)}/draft`, { fields }, { keepalive: isLast })),
    supply: (itemId, fields, consent) =>
      askState('POST', `${item(itemId)}/supply`, { fields, ...(consent ? { consent } : {}) }),
    confirm: (itemId) => askState('POST', `${item(itemId)}/confirm`, {}),
    decline: (itemId, reason) => askState('POST', `${item(itemId)}/decline`, { reason }),
    reopen: (itemId) => askState('POST', `${item(itemId)}/reopen`, {}),
    submit: (privacyNoticeVersion) => askState('POST', '/submit', { privacyNoticeVersion }),
    notMe: (kind, detail) => askState('POST', '/not-me', { kind, detail }),
    deleteFile: async (itemId, fileId) =>
      void (await ask('DELETE', `${item(itemId)}/files/${encodeURIComponent(fileId)}`)),
    upload: (itemId, file, onProgress) => send(`${base}${item(itemId)}/files`, file, onProgress),
    contentPath: (itemId, fileId) => `${base}${item(itemId)}/files/${encodeURIComponent(fileId)}/content`,
  }
}

/** `fetch` tells nothing about how much has been sent; the older interface does. */
function send(path: string, file: File, onProgress: (sent: number, total: number) => void): Upload {
  const request = new XMLHttpRequest()
  let isStopped = false
  let stall: ReturnType<typeof setTimeout> | undefined
  const done = new Promise<PageFile>((resolve, reject) => {
    const watch = (): void => {
      clearTimeout(stall)
      stall = setTimeout(() => request.abort(), stallMs)
    }
    const lost = (): void => {
      clearTimeout(stall)
      reject(new PageFault(isStopped ? 'refused' : 'offline', 0))
    }
    request.upload.onprogress = ({ loaded, total }) => {
      watch()
      onProgress(loaded, total)
    }
    request.onload = () => {
      clearTimeout(stall)
      if (request.status >= 200 && request.status < 300) resolve(JSON.parse(request.responseText) as PageFile)
      else reject(faultFor(request.status, request.responseText))
    }
    request.onerror = lost
    request.onabort = lost
    request.open('POST', path)
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
    const body = new FormData()
    body.append('file', file, file.name)
    watch()
    request.send(body)
  })
  const stop = (): void => {
    isStopped = true
    request.abort()
  }
  return { done, stop }
}
