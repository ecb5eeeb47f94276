/** What is in the virtual tree (spec 50, Server), as one account sees it. */
import { AppError } from '../../platform/errors.ts'
import type { Runtime } from '../../platform/runtime.ts'
import type { ExchangeSession } from './file-exchange.open-uploads.ts'
import { partialBytes } from './file-exchange.partials.ts'
import {
  folders,
  subfolders,
  templatesFolder,
  type FolderRule,
  type Place,
} from './file-exchange.paths.rules.ts'
import type { Entry, FileRow } from './file-exchange.schema.ts'
import * as store from './file-exchange.store.ts'
import { templates, templatesRevisedAt } from './file-exchange.templates.ts'

/** The refusal of a place where there is nothing. */
export const nothingThere = (place: Place): AppError =>
  new AppError('NOT_FOUND', `There is no ${place.canonical}.`)

function folderEntry(runtime: Runtime, path: string, rule: FolderRule): Entry {
  const name = path.slice(path.lastIndexOf('/') + 1) || '/'
  return { kind: 'FOLDER', name, bytes: 0, modifiedAt: runtime.clock.now(), isWritable: rule.mayDelete }
}

const templateEntries: readonly Entry[] = templates.map(({ name, content }) => ({
  kind: 'FILE',
  name,
  bytes: content.length,
  modifiedAt: templatesRevisedAt,
  isWritable: false,
}))

async function fileEntry(
  runtime: Runtime,
  session: ExchangeSession,
  rule: FolderRule,
  row: FileRow,
): Promise<Entry> {
  return {
    kind: 'FILE',
    name: row.name,
    bytes: row.state === 'PARTIAL' ? await partialBytes(runtime, session.organisationId, row) : row.bytes,
    modifiedAt: row.clientModifiedAt ?? row.modifiedAt,
    isWritable: rule.mayWrite,
  }
}

/** What is at a place. An account's own partial hides an older file of that name from it. Refuses with NOT_FOUND. */
export async function entryAt(runtime: Runtime, session: ExchangeSession, place: Place): Promise<Entry> {
  if (place.kind === 'NOTHING') throw nothingThere(place)
  if (place.kind === 'FOLDER') return folderEntry(runtime, place.folder, place.rule)
  if (place.folder === templatesFolder) {
    const template = templateEntries.find((entry) => entry.name === place.name)
    if (!template) throw nothingThere(place)
    return template
  }
  const row = await runtime.read(session.organisationId, session.caller, async (ctx) =>
    (await store.filesNamed(ctx, place.folder, place.name, session.accountId)).at(-1),
  )
  if (!row) throw nothingThere(place)
  return fileEntry(runtime, session, place.rule, row)
}

/** The entries of a folder, given out in their order: folders first, then files by name. */
export interface Listing {
  /** As many of the next as `isRoom` lets in; none at the end. */
  next(isRoom: (entry: Entry) => boolean): Promise<readonly Entry[]>
}

/** Files that are read from the database at once. */
const pageRows = 1_000

/**
 * Opens a folder. Its files are read page by page, so that a folder of any size takes little memory; one that comes or goes
 * meanwhile may be listed or not. Refuses with NOT_FOUND; CONFLICT when it is a file.
 */
export async function openListing(
  runtime: Runtime,
  session: ExchangeSession,
  place: Place,
): Promise<Listing> {
  if (place.kind === 'FILE') {
    await entryAt(runtime, session, place)
    throw new AppError('CONFLICT', `${place.canonical} is a file.`)
  }
  if (place.kind === 'NOTHING') throw nothingThere(place)
  const { folder, rule } = place
  const prefix = folder === '/' ? '' : folder
  let read = subfolders(folder).map((name) => {
    const path = `${prefix}/${name}`
    return folderEntry(runtime, path, folders.get(path) as FolderRule)
  })
  if (folder === templatesFolder) read.push(...templateEntries)
  let lastName: string | undefined = folder === '/' || folder === templatesFolder ? undefined : ''

  const readMore = async (): Promise<void> => {
    const after = lastName as string
    const rows = await runtime.read(session.organisationId, session.caller, (ctx) =>
      store.filesAfter(ctx, folder, session.accountId, after, pageRows),
    )
    read = []
    for (const row of rows) read.push(await fileEntry(runtime, session, rule, row))
    lastName = rows.length < pageRows ? undefined : rows.at(-1)?.name
  }
  return {
    next: async (isRoom) => {
      const given: Entry[] = []
      for (;;) {
        const entry = read[0]
        if (entry === undefined && lastName !== undefined) await readMore()
        else if (entry === undefined || !isRoom(entry)) return given
        else given.push(...read.splice(0, 1))
      }
    },
  }
}

/** Everything in a folder. Refuses as `openListing`. */
export async function listFolder(
  runtime: Runtime,
  session: ExchangeSession,
  place: Place,
): Promise<readonly Entry[]> {
  return (await openListing(runtime, session, place)).next(() => true)
}
