/** What the worker's page does: its operations under `/r/<token>/`. They are the page's own, and no part of the API. */
import { z } from 'zod'
import type { PageCall, PageGuest, PageInput, PageOperation, PageReply } from '../../platform/http/pages.ts'
import {
  declineInput,
  draftInput,
  identifyInput,
  notMeInput,
  pageFileBytesMax,
  pagePath,
  submitInput,
  supplyInput,
  type PageState,
} from './worker-page.schema.ts'
import {
  confirm,
  decline,
  deleteFile,
  identify,
  letIn,
  notMe,
  openFile,
  proofCookie,
  reopen,
  saveDraft,
  start,
  stateOf,
  submit,
  supply,
  takeFile,
  type Guest,
} from './worker-page.ts'

interface Asked extends PageCall {
  readonly guest: Guest
  readonly input: PageInput
  readonly token: string
  readonly itemId: string
  readonly fileId: string
}

function operation(
  method: PageOperation['method'],
  path: string,
  perform: (asked: Asked) => Promise<PageReply>,
  upload?: PageOperation['upload'],
): PageOperation {
  return {
    method,
    path: `${pagePath}${path}`,
    ...(upload ? { upload } : {}),
    admit: async (call): Promise<PageGuest> => {
      const { runtime, cookies, requestId, params } = call
      const { token = '', item: itemId = '', file: fileId = '' } = params
      const guest = await letIn(runtime, token, cookies[proofCookie], requestId)
      return {
        organisationId: guest.organisationId,
        id: guest.requestId,
        perform: (input) => perform({ ...call, guest, input, token, itemId, fileId }),
      }
    },
  }
}

const state = async (told: Promise<PageState>): Promise<PageReply> => ({ status: 200, json: await told })
const done = async (work: Promise<unknown>): Promise<PageReply> => {
  await work
  return { status: 204 }
}
const nothing = z.strictObject({})
/** What a browser shows beside the page; everything else it saves. */
const shown = ['image/jpeg', 'image/png', 'image/webp']
const item = '/items/{item}'
const file = `${item}/files/{file}`

export const workerPageOperations: readonly PageOperation[] = [
  operation('GET', '/state', ({ runtime, guest }) => state(stateOf(runtime, guest))),
  operation('POST', '/identify', async ({ runtime, guest, token, input }) => {
    const { birthDate } = input.body(identifyInput)
    const cookie = await identify(runtime, guest, token, birthDate)
    return { status: 204, cookies: cookie === null ? [] : [cookie] }
  }),
  operation('POST', '/start', ({ runtime, guest, input }) => {
    input.body(nothing)
    return done(start(runtime, guest))
  }),
  operation('PUT', `${item}/draft`, async ({ runtime, guest, itemId, input }) => ({
    status: 200,
    json: await saveDraft(runtime, guest, itemId, input.body(draftInput).fields),
  })),
  operation(
    'POST',
    `${item}/files`,
    async ({ runtime, guest, itemId, input }) => {
      if (!input.file) throw new Error('The kit gives a file to an operation that takes one.')
      return { status: 201, json: await takeFile(runtime, guest, itemId, input.file) }
    },
    { bytesMax: pageFileBytesMax },
  ),
  operation('DELETE', file, ({ runtime, guest, itemId, fileId }) =>
    done(deleteFile(runtime, guest, itemId, fileId)),
  ),
  operation('GET', `${file}/content`, async ({ runtime, guest, itemId, fileId }) => {
    const { name, mediaType, bytes, stream } = await openFile(runtime, guest, itemId, fileId)
    return {
      status: 200,
      file: { name, mediaType, bytes, content: stream(), isShown: shown.includes(mediaType) },
    }
  }),
  operation('POST', `${item}/supply`, ({ runtime, guest, itemId, input }) =>
    state(supply(runtime, guest, itemId, input.body(supplyInput))),
  ),
  operation('POST', `${item}/confirm`, ({ runtime, guest, itemId, input }) => {
    input.body(nothing)
    return state(confirm(runtime, guest, itemId))
  }),
  operation('POST', `${item}/decline`, ({ runtime, guest, itemId, input }) =>
    state(decline(runtime, guest, itemId, input.body(declineInput).reason)),
  ),
  operation('POST', `${item}/reopen`, ({ runtime, guest, itemId, input }) => {
    input.body(nothing)
    return state(reopen(runtime, guest, itemId))
  }),
  operation('POST', '/submit', ({ runtime, guest, input }) =>
    state(submit(runtime, guest, input.body(submitInput).privacyNoticeVersion)),
  ),
  operation('POST', '/not-me', ({ runtime, guest, input }) =>
    state(notMe(runtime, guest, input.body(notMeInput))),
  ),
]
