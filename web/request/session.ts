/**
 * What the page knows and does: the state that the server told, forms as they stand on the screen, uploads under way, and how
 * the connection is. Screens read a snapshot and call its operations; nothing typed is ever dropped by a fault.
 */
import { PageFault, type Api, type Upload } from './api.ts'
import { entryOf, fieldsOf, fillFrom, isSameEntry, type Entry } from './entry.ts'
import type { PageFields, PageFile, PageItem, PageState } from './page-state.ts'
import { faultOf, headBytes, type FileFault } from './rules/files.ts'

export interface UploadView {
  readonly id: number
  readonly itemId: string
  readonly file: File
  /** `waiting`: for its turn; `lost`: goes on by itself when the connection is back. */
  readonly status: 'waiting' | 'sending' | 'lost' | 'failed'
  readonly sent: number
  readonly total: number
  /** Of `failed`. */
  readonly fault: FileFault | PageFault | null
}

export type SaveView =
  { readonly kind: 'saving' } | { readonly kind: 'saved'; readonly at: number } | { readonly kind: 'waiting' }

export interface Snapshot {
  readonly state: PageState | null
  /** The link led somewhere when the page was opened, and does no longer. */
  readonly isGone: boolean
  readonly isOffline: boolean
  /** Something has been on its way for long. */
  readonly isSlow: boolean
  /** Why nothing is there to show. */
  readonly loadFault: PageFault | null
  readonly entries: ReadonlyMap<string, Entry>
  readonly uploads: readonly UploadView[]
  readonly saves: ReadonlyMap<string, SaveView>
  /** Photos chosen on this screen, by the id of the file that came of them. */
  readonly previews: ReadonlyMap<string, string>
}

export type Session = ReturnType<typeof createSession>

const draftDelayMs = 1_000
const retryMs = 8_000
const slowMs = 4_000
const readingLooks = 25

export function createSession(api: Api) {
  let snapshot: Snapshot = {
    state: null,
    isGone: false,
    isOffline: false,
    isSlow: false,
    loadFault: null,
    entries: new Map(),
    uploads: [],
    saves: new Map(),
    previews: new Map(),
  }
  const listeners = new Set<() => void>()
  const change = (more: Partial<Snapshot>): void => {
    snapshot = { ...snapshot, ...more }
    for (const listener of listeners) listener()
  }

  /** Every request goes this way, so that the whole page knows how the connection is. */
  async function heed<T>(work: Promise<T>): Promise<T> {
    const slow = setTimeout(() => change({ isSlow: true }), slowMs)
    try {
      const result = await work
      if (snapshot.isOffline) change({ isOffline: false })
      return result
    } catch (error) {
      if (error instanceof PageFault && error.kind === 'gone' && snapshot.state) change({ isGone: true })
      if (error instanceof PageFault && error.kind === 'offline') change({ isOffline: true })
      throw error
    } finally {
      clearTimeout(slow)
      if (snapshot.isSlow) change({ isSlow: false })
    }
  }

  const displayName = (): string => snapshot.state?.worker?.displayName ?? ''
  const itemOf = (id: string): PageItem | undefined => snapshot.state?.items?.find((item) => item.id === id)
  const isOpen = (item: PageItem | undefined): boolean =>
    item?.state === 'OPEN' || item?.state === 'SENT_BACK'

  /** What is on the screen stays; forms nobody touched follow the server; what was read fills what is empty. */
  function apply(state: PageState): void {
    const entries = new Map<string, Entry>()
    for (const item of state.items ?? []) {
      if (!isOpen(item)) continue
      const known = snapshot.entries.get(item.id)
      const name = state.worker?.displayName ?? ''
      entries.set(item.id, fillFrom(item, known ?? entryOf(item, name), name))
    }
    change({ state, entries, loadFault: null })
    for (const [id, entry] of entries) if (entry.readHere.length > 0) scheduleDraft(id)
    watchReadings()
  }

  async function load(): Promise<void> {
    change({ loadFault: null })
    try {
      apply(await heed(api.state()))
    } catch (error) {
      if (!(error instanceof PageFault)) throw error
      change({ loadFault: error })
    }
  }

  // Drafts ------------------------------------------------------------------------------------------------------------
  const draftTimers = new Map<string, ReturnType<typeof setTimeout>>()
  const savedFields = new Map<string, PageFields>()
  const saving = new Map<string, Promise<void>>()

  const setSave = (itemId: string, save: SaveView): void =>
    change({ saves: new Map(snapshot.saves).set(itemId, save) })

  function unsavedFields(itemId: string): PageFields | undefined {
    const entry = snapshot.entries.get(itemId)
    const item = itemOf(itemId)
    if (!entry || !item || !isOpen(item) || snapshot.isGone) return undefined
    const fields = fieldsOf(entry)
    const known = savedFields.get(itemId) ?? fieldsOf(entryOf(item, displayName()))
    return isSameEntry(fields, known) ? undefined : fields
  }

  function scheduleDraft(itemId: string, delayMs = draftDelayMs): void {
    clearTimeout(draftTimers.get(itemId))
    draftTimers.set(
      itemId,
      setTimeout(() => void saveDraft(itemId), delayMs),
    )
  }

  async function saveDraft(itemId: string, isLast = false): Promise<void> {
    clearTimeout(draftTimers.get(itemId))
    draftTimers.delete(itemId)
    if (!isLast) await saving.get(itemId)
    const fields = unsavedFields(itemId)
    if (!fields) return
    setSave(itemId, { kind: 'saving' })
    const work = heed(api.saveDraft(itemId, fields, isLast)).then(
      () => {
        savedFields.set(itemId, fields)
        setSave(itemId, { kind: 'saved', at: Date.now() })
      },
      (error: unknown) => {
        const kind = error instanceof PageFault ? error.kind : 'refused'
        if (kind === 'offline' || kind === 'busy') {
          setSave(itemId, { kind: 'waiting' })
          scheduleDraft(itemId, retryMs)
          return
        }
        // "Save" will say what is wrong with it; a dead link is told by the page.
        const saves = new Map(snapshot.saves)
        saves.delete(itemId)
        change({ saves })
      },
    )
    saving.set(itemId, work)
    await work
    if (saving.get(itemId) === work) saving.delete(itemId)
  }

  const flush = (isLast: boolean): Promise<unknown> =>
    Promise.all([...snapshot.entries.keys()].map((itemId) => saveDraft(itemId, isLast)))

  // Uploads -----------------------------------------------------------------------------------------------------------
  let uploadCount = 0
  let running: { readonly id: number; readonly upload: Upload } | undefined
  let retryTimer: ReturnType<typeof setTimeout> | undefined

  const setUpload = (id: number, more: Partial<UploadView>): void =>
    change({ uploads: snapshot.uploads.map((one) => (one.id === id ? { ...one, ...more } : one)) })
  const dropUpload = (id: number): void =>
    change({ uploads: snapshot.uploads.filter((one) => one.id !== id) })

  async function addFiles(itemId: string, files: readonly File[]): Promise<void> {
    for (const file of files) {
      const fault = await inspect(file)
      const id = ++uploadCount
      const status = fault ? 'failed' : 'waiting'
      const view: UploadView = { id, itemId, file, status, sent: 0, total: file.size, fault }
      change({ uploads: [...snapshot.uploads, view] })
    }
    void sendNext()
  }

  async function inspect(file: File): Promise<FileFault | null> {
    try {
      const head = new Uint8Array(await file.slice(0, headBytes).arrayBuffer())
      return faultOf(file.size, head) ?? null
    } catch {
      // A file that was moved, or lies in a cloud that does not answer.
      return 'empty'
    }
  }

  /** One at a time: on a slow link several at once would all be late. */
  async function sendNext(): Promise<void> {
    const next = snapshot.uploads.find(({ status }) => status === 'waiting')
    if (running || !next || snapshot.isGone) return
    setUpload(next.id, { status: 'sending', sent: 0 })
    const upload = api.upload(next.itemId, next.file, (sent, total) => setUpload(next.id, { sent, total }))
    running = { id: next.id, upload }
    try {
      taken(next, await heed(upload.done))
    } catch (error) {
      const fault = error instanceof PageFault ? error : new PageFault('refused', 0)
      const isLost = fault.kind === 'offline' || fault.kind === 'busy'
      setUpload(next.id, { status: isLost ? 'lost' : 'failed', fault, sent: 0 })
      if (isLost) retryLater()
    } finally {
      running = undefined
      void sendNext()
    }
  }

  function taken(upload: UploadView, file: PageFile): void {
    dropUpload(upload.id)
    if (/^image\/(jpeg|png|webp)$/.test(file.mediaType))
      change({ previews: new Map(snapshot.previews).set(file.id, URL.createObjectURL(upload.file)) })
    changeItem(upload.itemId, (item) => ({
      ...item,
      // The same file sent twice is one.
      files: [...item.files.filter(({ id }) => id !== file.id), file],
    }))
    watchReadings()
  }

  function changeItem(itemId: string, by: (item: PageItem) => PageItem): void {
    const { state } = snapshot
    if (!state?.items) return
    apply({ ...state, items: state.items.map((item) => (item.id === itemId ? by(item) : item)) })
  }

  function retryLater(): void {
    clearTimeout(retryTimer)
    retryTimer = setTimeout(retryLost, retryMs)
  }
  function retryLost(): void {
    for (const { id, status } of snapshot.uploads) if (status === 'lost') setUpload(id, { status: 'waiting' })
    void sendNext()
  }

  // Readings ----------------------------------------------------------------------------------------------------------
  let looks = 0
  let readingTimer: ReturnType<typeof setTimeout> | undefined

  const isReading = (): boolean =>
    snapshot.state?.items?.some(({ files }) => files.some(({ reading }) => reading?.state === 'PENDING')) ===
    true

  /** Looks now and then whether documents have been read, less and less often, and not for ever. */
  function watchReadings(): void {
    if (readingTimer !== undefined || snapshot.isGone) return
    if (!isReading()) {
      looks = 0
      return
    }
    if (looks >= readingLooks) return
    readingTimer = setTimeout(
      () => {
        readingTimer = undefined
        looks += 1
        heed(api.state()).then(apply, watchReadings)
      },
      Math.min(15_000, 1_500 + looks * 500),
    )
  }

  const applyFrom = async (work: Promise<PageState>, itemId?: string): Promise<PageState> => {
    const state = await heed(work)
    if (itemId !== undefined) {
      clearTimeout(draftTimers.get(itemId))
      savedFields.delete(itemId)
      const entries = new Map(snapshot.entries)
      entries.delete(itemId)
      const saves = new Map(snapshot.saves)
      saves.delete(itemId)
      change({ entries, saves })
    }
    apply(state)
    return state
  }

  return {
    get snapshot(): Snapshot {
      return snapshot
    },
    subscribe(listener: () => void): () => void {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    contentPath: api.contentPath,
    load,
    addFiles,
    /** Saves what is not yet saved; `isLast` when the page may be gone at any moment. */
    flush,

    async identify(birthDate: string): Promise<void> {
      await heed(api.identify(birthDate))
      apply(await heed(api.state()))
    },
    async start(): Promise<void> {
      await heed(api.start())
      apply(await heed(api.state()))
    },
    edit(itemId: string, entry: Entry): void {
      change({ entries: new Map(snapshot.entries).set(itemId, entry) })
      scheduleDraft(itemId)
    },
    async supply(itemId: string): Promise<void> {
      const entry = snapshot.entries.get(itemId)
      if (!entry) return
      clearTimeout(draftTimers.get(itemId))
      // A draft that arrives after the answer would speak of an item that is closed.
      await saving.get(itemId)
      await applyFrom(api.supply(itemId, fieldsOf(entry), entry.consent), itemId)
    },
    confirm: (itemId: string) => applyFrom(api.confirm(itemId), itemId),
    decline: async (itemId: string, reason: string) => {
      await saveDraft(itemId)
      return applyFrom(api.decline(itemId, reason), itemId)
    },
    reopen: (itemId: string) => applyFrom(api.reopen(itemId), itemId),
    notMe: (kind: 'NOT_ME' | 'NAME_WRONG', detail: string) => applyFrom(api.notMe(kind, detail)),
    async submit(): Promise<PageState> {
      await flush(false)
      return applyFrom(api.submit(snapshot.state?.organisation.privacyNotice?.version ?? null))
    },

    async deleteFile(itemId: string, fileId: string): Promise<void> {
      await heed(api.deleteFile(itemId, fileId))
      const preview = snapshot.previews.get(fileId)
      if (preview) URL.revokeObjectURL(preview)
      changeItem(itemId, (item) => ({ ...item, files: item.files.filter(({ id }) => id !== fileId) }))
    },
    retryUpload(id: number): void {
      setUpload(id, { status: 'waiting', fault: null })
      void sendNext()
    },
    cancelUpload(id: number): void {
      dropUpload(id)
      if (running?.id === id) running.upload.stop()
    },
    /** The browser says that the network is there again, or that it is gone. */
    noteConnection(isOnline: boolean): void {
      change({ isOffline: !isOnline })
      if (!isOnline) return
      retryLost()
      void flush(false)
      if (!snapshot.state && snapshot.loadFault) void load()
    },
  }
}
