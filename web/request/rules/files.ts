/** What a file is, before it is sent: told by its first bytes, since names lie and phones name no type for HEIC. */

export const fileBytesMax = 10 * 1024 * 1024

/** How many of a file's first bytes `kindOf` wants. */
export const headBytes = 1_024

export type FileKind = 'jpeg' | 'png' | 'webp' | 'heic' | 'pdf'
export type FileFault = 'empty' | 'tooLarge' | 'wrongKind'

/** For the file dialog. Some phones know HEIC by its ending only. */
export const acceptedFiles =
  'image/jpeg,image/png,image/webp,image/heic,image/heif,application/pdf,.jpg,.jpeg,.png,.webp,.heic,.heif,.pdf'

const heifBrands = ['heic', 'heix', 'hevc', 'heim', 'heis', 'hevm', 'hevs', 'mif1', 'msf1']

const ascii = (bytes: Uint8Array, from: number, to: number): string =>
  String.fromCharCode(...bytes.subarray(from, to))

/** By signature; undefined for everything that is not taken. */
export function kindOf(head: Uint8Array): FileKind | undefined {
  if (head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff) return 'jpeg'
  if (ascii(head, 0, 8) === '\x89PNG\r\n\x1a\n') return 'png'
  if (ascii(head, 0, 4) === 'RIFF' && ascii(head, 8, 12) === 'WEBP') return 'webp'
  if (ascii(head, 4, 8) === 'ftyp') {
    const brands = ascii(head, 8, 64)
    return heifBrands.some((brand) => brands.includes(brand)) ? 'heic' : undefined
  }
  // Some writers put a few bytes before it.
  return ascii(head, 0, headBytes).includes('%PDF-') ? 'pdf' : undefined
}

/** @param head its first bytes, `headBytes` at most */
export function faultOf(size: number, head: Uint8Array): FileFault | undefined {
  if (size === 0) return 'empty'
  if (kindOf(head) === undefined) return 'wrongKind'
  return size > fileBytesMax ? 'tooLarge' : undefined
}

/** 2.4 MB, 310 KB: for people, so one MB is a million bytes. */
export function sizeWords(bytes: number, language: string): string {
  const [value, unit] = bytes >= 1_000_000 ? [bytes / 1_000_000, 'MB'] : [Math.max(1, bytes / 1_000), 'KB']
  const digits = unit === 'MB' && value < 10 ? 1 : 0
  return `${new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value)} ${unit}`
}

/** Browsers show these; HEIC and PDF get a sign. */
export function isShowable(mediaType: string): boolean {
  return ['image/jpeg', 'image/png', 'image/webp'].includes(mediaType)
}
