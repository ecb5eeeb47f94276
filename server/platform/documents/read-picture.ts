/** Pictures as they are read by OCR: upright, in grey, at a size at which print can be told. Runs in a child process only. */
import decode from 'heic-decode'
import sharp, { type Sharp } from 'sharp'
import { pixelsMax } from './document-opening.rules.ts'
import type { PictureNotes } from './document-text.rules.ts'
import type { DocumentType } from './media-types.rules.ts'
import type { Raster } from './raster.rules.ts'

sharp.cache(false)
sharp.concurrency(1)

/** The longer side, in pixels: larger takes longer and reads no better, smaller loses small print. */
const sideMax = 2_200
const sideMin = 1_700

export interface ReadPicture {
  readonly raster: Raster
  readonly notes: PictureNotes
}

/** The first picture of a file. Throws where it cannot be decoded. */
export async function readPicture(mediaType: DocumentType, bytes: Uint8Array): Promise<ReadPicture> {
  if (mediaType === 'image/heic' || mediaType === 'image/heif') return readHeif(bytes)
  const picture = sharp(bytes, { limitInputPixels: pixelsMax, failOn: 'none', sequentialRead: true })
  const { width, height, exif } = await picture.metadata()
  return {
    raster: await greyOf(picture.autoOrient(), Math.max(width, height)),
    notes: { software: softwareOf(exif) },
  }
}

async function readHeif(bytes: Uint8Array): Promise<ReadPicture> {
  const pictures = await decode.all({ buffer: bytes })
  try {
    const [first] = pictures
    if (!first || first.width * first.height > pixelsMax) throw new Error('no picture of a size that is read')
    const { width, height, data } = await first.decode()
    const picture = sharp(Buffer.from(data.buffer, data.byteOffset, data.byteLength), {
      raw: { width, height, channels: 4 },
      limitInputPixels: pixelsMax,
    })
    return { raster: await greyOf(picture, Math.max(width, height)), notes: { software: '' } }
  } finally {
    pictures.dispose()
  }
}

async function greyOf(picture: Sharp, side: number): Promise<Raster> {
  const wanted = Math.min(sideMax, Math.max(sideMin, side))
  const { data, info } = await picture
    .flatten({ background: '#fff' })
    .resize({ width: wanted, height: wanted, fit: 'inside' })
    .greyscale()
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, grey: new Uint8Array(data) }
}

/** Turned by any angle, clockwise; what comes into view is white. */
export async function turnedBy({ width, height, grey }: Raster, degrees: number): Promise<Raster> {
  const { data, info } = await sharp(grey, { raw: { width, height, channels: 1 } })
    .rotate(degrees, { background: '#fff' })
    .greyscale()
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, grey: new Uint8Array(data) }
}

/** EXIF 2.32, section 4.6.4: tag 0131, Software. The block is searched for the names of programs that edit. */
function softwareOf(exif: Buffer | undefined): string {
  const text = exif?.toString('latin1') ?? ''
  return (
    /(adobe photoshop|photoshop|gimp|affinity|pixelmator|paint\.net|snapseed|picsart|canva|lightroom)[^\0]{0,40}/i
      .exec(text)?.[0]
      .trim() ?? ''
  )
}
