/** Which documents are taken, told by their bytes and not by what they are called (spec 40). */

export const documentTypes = [
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/heic',
  'image/heif',
  'application/pdf',
] as const
export type DocumentType = (typeof documentTypes)[number]

export const documentTypeNames: Readonly<Record<DocumentType, string>> = {
  'image/jpeg': 'JPEG',
  'image/png': 'PNG',
  'image/webp': 'WebP',
  'image/heic': 'HEIC',
  'image/heif': 'HEIF',
  'application/pdf': 'PDF',
}

/** So many bytes from the start are enough to tell. */
export const signatureBytes = 64

const pngSignature = '89504e470d0a1a0a'
/** ISO/IEC 23008-12, section 10: what a file of that brand is coded with is HEVC, or is told by its other brands. */
const heicBrands = ['heic', 'heix', 'hevc', 'hevx']
const heifBrands = ['mif1', 'msf1']

/**
 * What the bytes are, by their signature at the very start; undefined for anything else. A file that is also something
 * else further on (a PDF with an archive behind it) is what its start says.
 * @param head the first bytes, `signatureBytes` of them where there are as many
 */
export function signatureOf(head: Uint8Array): DocumentType | undefined {
  const text = (start: number, end: number): string =>
    Buffer.from(head.subarray(start, end)).toString('latin1')
  if (head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff) return 'image/jpeg'
  if (Buffer.from(head.subarray(0, 8)).toString('hex') === pngSignature) return 'image/png'
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP') return 'image/webp'
  // ISO 32000-2, section 7.5.2.
  if (/^%PDF-[12]\.\d/.test(text(0, 8))) return 'application/pdf'
  if (text(4, 8) === 'ftyp') return heifOf(text(8, 12), text(16, 64).match(/.{4}/gs) ?? [])
  return undefined
}

/** AVIF has the same container and another coding: it is not taken. */
function heifOf(brand: string, others: readonly string[]): DocumentType | undefined {
  if (heicBrands.includes(brand)) return 'image/heic'
  if (!heifBrands.includes(brand)) return undefined
  return others.some((one) => one === 'avif' || one === 'avis') &&
    !others.some((one) => heicBrands.includes(one))
    ? undefined
    : 'image/heif'
}

/** What the bytes may be, in words, for somebody who sent something else. */
export function likelyKindOf(head: Uint8Array): string | undefined {
  const start = Buffer.from(head).toString('latin1')
  const known: readonly (readonly [RegExp, string])[] = [
    [/^GIF8/, 'a GIF picture'],
    [/^BM/, 'a BMP picture'],
    [/^(II\*\0|MM\0\*)/, 'a TIFF picture'],
    [/^PK/, 'a ZIP archive or an Office document'],
    [/^\xd0\xcf/, 'an older Office document'],
    [/^.{4}ftyp(avif|avis|mif1|msf1)/s, 'an AVIF picture'],
    [/^.{4}ftyp/s, 'a film'],
    [/^MZ|^\x7fELF/, 'a program'],
    [/^(\xef\xbb\xbf)?\s*(<\?xml[^>]*>?\s*)?<svg/i, 'an SVG drawing'],
    [/^(\xef\xbb\xbf)?\s*<(!doctype html|html|head|body|script)/i, 'a web page'],
    [/^(\xef\xbb\xbf)?\s*<\?xml/i, 'an XML or SVG file'],
    [/^\{\\rtf/, 'an RTF text'],
  ]
  return known.find(([pattern]) => pattern.test(start))?.[1]
}

const aliases: Readonly<Record<string, DocumentType>> = {
  'image/jpg': 'image/jpeg',
  'image/pjpeg': 'image/jpeg',
  'image/x-png': 'image/png',
  'application/x-pdf': 'application/pdf',
  'image/heic-sequence': 'image/heic',
  'image/heif-sequence': 'image/heif',
}

/** A media type as somebody declared it, without its parameters and in its usual spelling. */
export function declaredTypeOf(declared: string): string {
  const bare = (declared.split(';')[0] ?? '').trim().toLowerCase()
  return aliases[bare] ?? bare
}

/** Whether what was declared may be said of what the bytes are: HEIC is HEIF. */
export function isSameType(declared: string, found: DocumentType): boolean {
  const isHeif = (type: string): boolean => type === 'image/heic' || type === 'image/heif'
  return declared === found || (isHeif(declared) && isHeif(found))
}
