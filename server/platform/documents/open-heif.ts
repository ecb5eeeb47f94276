/** HEIC and HEIF, by libheif. Runs in a child process only. */
import decode from 'heic-decode'
import { opening, pixelFault, type Opening } from './document-opening.rules.ts'

const broken = opening(
  'BROKEN',
  'The HEIC picture is damaged or ends early and cannot be opened. Send it anew, or as JPEG.',
)

/** Its pictures are made one after the other, each after its size was looked at. */
export async function openHeif(bytes: Uint8Array): Promise<Opening> {
  try {
    const pictures = await decode.all({ buffer: bytes })
    try {
      const [first] = pictures
      if (!first) return broken
      for (const { width, height } of pictures) {
        const fault = pixelFault(width, height, pictures.length)
        if (fault) return fault
      }
      for (const picture of pictures) await picture.decode()
      return { pages: pictures.length, pixels: { width: first.width, height: first.height } }
    } finally {
      pictures.dispose()
    }
  } catch {
    return broken
  }
}
