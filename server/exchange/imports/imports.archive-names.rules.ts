/** What lies inside a ZIP archive of documents, its names, and how a manifest's word for a file meets them (spec 40, Over SFTP). Pure. */

/** Why an entry cannot be read. */
export type EntryFault = 'ENCRYPTED' | 'LINK' | 'METHOD' | 'TWICE'

export interface ArchiveEntry {
  readonly path: string
  /** Unpacked, by its own word; more is never given. */
  readonly bytes: number
  readonly fault: EntryFault | null
}

/** What macOS and Windows put into archives by themselves. */
const litter = /(?:^|\/)(?:__MACOSX(?:\/|$)|\.DS_Store$|Thumbs\.db$|desktop\.ini$|\._)/i

/** One spelling of a path: slashes, composed letters (macOS takes them apart), no `./` before it. */
export function foldPath(path: string): string {
  return path
    .normalize('NFC')
    .replaceAll('\\', '/')
    .replace(/^(?:\.\/)+/, '')
}

/** A path that leads out of the archive, or that is none. Nothing is ever written under it; still nobody means it. */
export function leadsElsewhere(path: string): boolean {
  return /^\/|^[A-Za-z]:/.test(path) || path.split('/').includes('..') || path.includes('\0')
}

export const isLitter = (path: string): boolean => litter.test(path)

/** The last part of a path: what the document is called. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

export const manifestName = 'manifest.csv'

/**
 * Where the manifest is: at the top, or at the top of the one folder that was zipped. Null when there is none; several, when
 * none of them lies above the others.
 */
export function manifestAmong(
  paths: readonly string[],
): { readonly path: string } | { readonly several: string[] } | null {
  const found = paths.filter((path) => baseName(path).toLowerCase() === manifestName && !isLitter(path))
  const depth = (path: string): number => path.split('/').length
  const least = Math.min(...found.map(depth))
  const topmost = found.filter((path) => depth(path) === least)
  const [first] = topmost
  if (first === undefined) return null
  return topmost.length > 1 ? { several: topmost } : { path: first }
}
