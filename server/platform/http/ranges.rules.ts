/** Which part of a file is asked for (RFC 9110, section 14). Pure. */

export interface ByteRange {
  readonly start: number
  readonly endExclusive: number
}

/**
 * The part that `Range` names. Undefined for the whole: no header, another unit, several parts at once, or one that is not
 * well-formed, all of which a server may answer so (section 14.2). `UNSATISFIABLE` when no byte of the file lies in it.
 * @param bytes how many the file has
 */
export function rangeOf(header: string | undefined, bytes: number): ByteRange | 'UNSATISFIABLE' | undefined {
  const [, first = '', last = ''] = /^\s*bytes\s*=[\s,]*(\d*)\s*-\s*(\d*)[\s,]*$/i.exec(header ?? '') ?? []
  if (first === '' && last === '') return undefined
  if (first === '') {
    const length = Math.min(Number(last), bytes)
    return length === 0 ? 'UNSATISFIABLE' : { start: bytes - length, endExclusive: bytes }
  }
  const start = Number(first)
  if (last !== '' && Number(last) < start) return undefined
  if (start >= bytes) return 'UNSATISFIABLE'
  return { start, endExclusive: last === '' ? bytes : Math.min(Number(last) + 1, bytes) }
}

/** `attachment` with the name as it is (RFC 6266, RFC 8187), and one in plain characters for whom that is too much. */
export function dispositionOf(name: string): string {
  const plain = name.replaceAll(/[^A-Za-z0-9._ -]/gu, '_')
  const extended = encodeURIComponent(name.toWellFormed()).replaceAll(
    /['()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${plain}"${plain === name ? '' : `; filename*=UTF-8''${extended}`}`
}

/** Whether a list of ETags, or `*`, names this strong one (RFC 9110, section 13.1). */
export function namesEtag(header: string, etag: string): boolean {
  return header.split(',').some((one) => one.trim() === etag || one.trim() === '*')
}
