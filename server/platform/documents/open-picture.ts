/** JPEG, PNG and WebP, by libvips. Runs in a child process only. */
import sharp, { type Metadata, type SharpOptions } from 'sharp'
import { opening, pixelFault, pixelsMax, type Opening } from './document-opening.rules.ts'

sharp.cache(false)
sharp.concurrency(1)

const names = { 'image/jpeg': 'jpeg', 'image/png': 'png', 'image/webp': 'webp' } as const

/** Every pixel of every frame is made once: a picture that ends early or is damaged is noticed. */
export async function openPicture(mediaType: keyof typeof names, bytes: Uint8Array): Promise<Opening> {
  const name = names[mediaType]
  const said = `The ${name === 'webp' ? 'WebP' : name.toUpperCase()} picture`
  const broken = opening('BROKEN', `${said} is damaged and cannot be opened. Save or photograph it anew.`)
  const cut = opening('TRUNCATED', `${said} ends early: a part of it is missing. Send the whole file.`)
  const frames: SharpOptions = name === 'webp' ? { pages: -1 } : {}
  if (endsEarly(name, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))) return cut
  let known: Metadata
  try {
    known = await sharp(bytes, { ...frames, limitInputPixels: false }).metadata()
  } catch {
    return broken
  }
  const { format, width, pageHeight, height, pages = 1 } = known
  if (format !== name) return broken
  const pixels = { width, height: pageHeight ?? height }
  const fault = pixelFault(pixels.width, pixels.height, pages)
  if (fault) return fault
  try {
    await sharp(bytes, { ...frames, limitInputPixels: pixelsMax, failOn: 'error', sequentialRead: true })
      .resize(16, 16, { fit: 'fill' })
      .raw()
      .toBuffer()
  } catch (error) {
    return /premature end|truncated/i.test(String(error)) ? cut : broken
  }
  return { pages, pixels }
}

/** Where the format says how it ends: JPEG is found out by its decoder. */
function endsEarly(name: string, bytes: Buffer): boolean {
  // ISO/IEC 15948, section 11.2.5; RFC 9649, section 2.4.
  if (name === 'png') return !bytes.includes('IEND', -65_536)
  return name === 'webp' && (bytes.length < 12 || bytes.readUInt32LE(4) + 8 > bytes.length)
}
