/**
 * The folders of the virtual tree, what may be done in each, and the names in them (spec 50, Server). Pure.
 *
 * The tree is a closed list: a path either names one of these folders, or a file directly in one, or nothing. There
 * is nothing behind it that `..` or a link could reach.
 *
 * Decided where the spec leaves room: deleting is allowed wherever the customer's own or our delivered files lie,
 * archives and results included (an automated client tidies up what it has read; the run keeps its own copy);
 * writing, and renaming in either direction, only in `/upload` and `/upload/attachments`.
 */
import { AppError } from '../../platform/errors.ts'

export interface FolderRule {
  readonly mayWrite: boolean
  readonly mayDelete: boolean
}

const readOnly: FolderRule = { mayWrite: false, mayDelete: false }
const tidied: FolderRule = { mayWrite: false, mayDelete: true }
const open: FolderRule = { mayWrite: true, mayDelete: true }

export const uploadFolder = '/upload'
export const uploadArchiveFolder = '/upload/archive'
export const attachmentsFolder = '/upload/attachments'
export const downloadFolder = '/download'
export const downloadArchiveFolder = '/download/archive'
export const resultsFolder = '/download/results'
export const templatesFolder = '/templates'

export const folders: ReadonlyMap<string, FolderRule> = new Map([
  ['/', readOnly],
  [uploadFolder, open],
  [uploadArchiveFolder, tidied],
  [attachmentsFolder, open],
  [downloadFolder, tidied],
  [downloadArchiveFolder, tidied],
  [resultsFolder, tidied],
  [templatesFolder, readOnly],
])

/** A path that was understood; `canonical` is how the server names it. */
export type Place =
  | {
      readonly kind: 'FOLDER'
      readonly canonical: string
      readonly folder: string
      readonly rule: FolderRule
    }
  | {
      readonly kind: 'FILE'
      readonly canonical: string
      readonly folder: string
      readonly name: string
      readonly rule: FolderRule
    }
  | { readonly kind: 'NOTHING'; readonly canonical: string }

/** `.`, `..`, doubled and trailing slashes taken out; relative paths start at the root, which has no parent. */
function segmentsOf(path: string): string[] {
  const segments: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop()
    else if (segment !== '' && segment !== '.') segments.push(segment)
  }
  return segments
}

/**
 * What a client's path names. `/upload/constituents`, the path of an older guide, is `/upload`; said twice it is too,
 * so that a canonical path is always its own canonical path.
 */
export function placeOf(path: string): Place {
  const segments = segmentsOf(path)
  // No name can hold a NUL, here as on any other system.
  if (path.includes('\0'))
    return { kind: 'NOTHING', canonical: `/${segments.join('/')}`.replaceAll('\0', '') }
  while (segments[0] === 'upload' && segments[1] === 'constituents') segments.splice(1, 1)
  const canonical = `/${segments.join('/')}`
  const own = folders.get(canonical)
  if (own) return { kind: 'FOLDER', canonical, folder: canonical, rule: own }
  const name = segments.pop() as string
  const folder = `/${segments.join('/')}`
  const rule = folders.get(folder)
  return rule ? { kind: 'FILE', canonical, folder, name, rule } : { kind: 'NOTHING', canonical }
}

/** The names of the folders directly in `folder`. */
export function subfolders(folder: string): string[] {
  const prefix = folder === '/' ? '/' : `${folder}/`
  return [...folders.keys()]
    .filter((path) => path !== '/' && path.startsWith(prefix) && !path.slice(prefix.length).includes('/'))
    .map((path) => path.slice(prefix.length))
}

/** As on most file systems. */
export const nameBytesMax = 255

/** Refuses (VALIDATION_FAILED) a name that could not be shown, sent on or stored everywhere. */
export function checkNewName(name: string): void {
  const fault =
    Buffer.byteLength(name) > nameBytesMax
      ? `is longer than ${nameBytesMax} bytes`
      : // U+FFFD stands where the client's bytes were not UTF-8.
        /[\p{Cc}\u2028\u2029\ufffd]/u.test(name)
        ? 'holds control characters or is not UTF-8'
        : undefined
  if (fault) throw new AppError('VALIDATION_FAILED', `The file name ${fault}.`)
}

/** A name under which clients keep a file that they have not finished: it arrives when it is renamed. */
export function isWaitingName(name: string): boolean {
  return name.startsWith('.') || /\.(part|filepart|partial|tmp)$/i.test(name)
}

/** The name without `.csv` or `.zip`. */
export function stemOf(name: string): string {
  return name.replace(/\.(?:csv|zip)$/i, '')
}

/** The name itself, or `<stem>~2.csv`, `~3` … where it is taken. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name
  const dot = name.lastIndexOf('.')
  const [stem, extension] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, '']
  for (let number = 2; ; number += 1) {
    const candidate = `${stem}~${number}${extension}`
    if (!taken.has(candidate)) return candidate
  }
}
