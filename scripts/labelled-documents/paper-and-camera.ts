/** What a scanner and a phone make of a page: from a PDF to a picture that is askew, grey, blurred, shaded and compressed. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import sharp, { type Sharp } from 'sharp'
import type { Seeded } from '../example-organisation/seeded.ts'

const run = promisify(execFile)

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'labelled-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The first page of a PDF, as a PNG. */
export function rasterise(pdf: Buffer, dotsPerInch: number): Promise<Buffer> {
  return inFolder(async (folder) => {
    await writeFile(join(folder, 'page.pdf'), pdf)
    await run('pdftoppm', [
      '-r',
      String(dotsPerInch),
      '-png',
      '-singlefile',
      join(folder, 'page.pdf'),
      join(folder, 'page'),
    ])
    return readFile(join(folder, 'page.png'))
  })
}

/** HEIC as phones write it. */
export function asHeic(jpeg: Buffer): Promise<Buffer> {
  return inFolder(async (folder) => {
    await writeFile(join(folder, 'photo.jpg'), jpeg)
    await run('heif-enc', ['-q', '60', '-o', join(folder, 'photo.heic'), join(folder, 'photo.jpg')])
    return readFile(join(folder, 'photo.heic'))
  })
}

interface Pixels {
  readonly data: Buffer
  readonly width: number
  readonly height: number
  readonly channels: number
}

async function pixelsOf(image: Sharp): Promise<Pixels> {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height, channels: info.channels }
}

const encoded = ({ data, width, height, channels }: Pixels): Sharp =>
  sharp(data, { raw: { width, height, channels: channels as 1 | 3 } })

/** Grain of a sensor: each value moves by up to `strength`. */
function withGrain(pixels: Pixels, strength: number, chance: Seeded): Pixels {
  // A multiplicative sequence is quick and needs no memory; the seed makes it the same every time.
  let state = chance.whole(1, 2_000_000_000)
  const { data } = pixels
  for (let index = 0; index < data.length; index += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const moved = (data[index] as number) + ((state >>> 16) % (2 * strength + 1)) - strength
    data[index] = moved < 0 ? 0 : moved > 255 ? 255 : moved
  }
  return pixels
}

/** A flatbed's picture: a little askew, grey or not, 150 to 300 dots per inch. */
export async function scan(pdf: Buffer, chance: Seeded): Promise<Buffer> {
  const page = await rasterise(pdf, chance.pick([150, 200, 200, 300]))
  const angle = chance.whole(-20, 20) / 10
  let image = sharp(page).flatten({ background: '#ffffff' }).rotate(angle, { background: '#fdfdfd' })
  const isGrey = chance.chance(50)
  image = isGrey ? image.greyscale().toColourspace('b-w') : image.toColourspace('srgb')
  if (chance.chance(40)) image = image.blur(0.6)
  const grained = withGrain(await pixelsOf(image), chance.whole(2, 12), chance)
  return encoded(grained)
    .jpeg({ quality: chance.whole(55, 88) })
    .toBuffer()
}

type Corner = readonly [number, number]

/** The projective map that takes the unit square's corners to four others, as eight numbers. */
function squareTo(corners: readonly [Corner, Corner, Corner, Corner]): readonly number[] {
  const [[x0, y0], [x1, y1], [x2, y2], [x3, y3]] = corners
  const dx1 = x1 - x2
  const dx2 = x3 - x2
  const sx = x0 - x1 + x2 - x3
  const dy1 = y1 - y2
  const dy2 = y3 - y2
  const sy = y0 - y1 + y2 - y3
  const across = dx1 * dy2 - dx2 * dy1
  const g = (sx * dy2 - dx2 * sy) / across
  const h = (dx1 * sy - sx * dy1) / across
  return [x1 - x0 + g * x1, x3 - x0 + h * x3, x0, y1 - y0 + g * y1, y3 - y0 + h * y3, y0, g, h]
}

/** The adjugate, which undoes a projective map up to a factor that cancels. */
function undone(m: readonly number[]): readonly number[] {
  const [a, b, c, d, e, f, g, h] = m as [number, number, number, number, number, number, number, number]
  return [
    e - f * h,
    c * h - b,
    b * f - c * e,
    f * g - d,
    a - c * g,
    c * d - a * f,
    d * h - e * g,
    b * g - a * h,
    a * e - b * d,
  ]
}

/** The page on a table, seen from above by somebody in a hurry. */
function onTable(page: Pixels, chance: Seeded): Pixels {
  const margin = 0.09
  const width = Math.round(page.width * (1 + 2 * margin))
  const height = Math.round(page.height * (1 + 2 * margin))
  const turn = (chance.whole(-60, 60) / 10) * (Math.PI / 180)
  const slack = (): number => chance.whole(-35, 35) / 1000
  const corner = (x: number, y: number): Corner => {
    const cx = (x - 0.5) * page.width * (1 + slack())
    const cy = (y - 0.5) * page.height * (1 + slack())
    return [
      width / 2 + 0.97 * (cx * Math.cos(turn) - cy * Math.sin(turn)),
      height / 2 + 0.97 * (cx * Math.sin(turn) + cy * Math.cos(turn)),
    ]
  }
  const back = undone(squareTo([corner(0, 0), corner(1, 0), corner(1, 1), corner(0, 1)])) as number[]
  const table = chance.pick([
    [92, 64, 44],
    [60, 62, 66],
    [176, 168, 158],
    [34, 60, 84],
  ]) as [number, number, number]
  const out = Buffer.alloc(width * height * 3)
  const [m0, m1, m2, m3, m4, m5, m6, m7, m8] = back as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const w = m6 * x + m7 * y + m8
      const u = ((m0 * x + m1 * y + m2) / w) * (page.width - 1)
      const v = ((m3 * x + m4 * y + m5) / w) * (page.height - 1)
      const to = (y * width + x) * 3
      if (u < 0 || v < 0 || u >= page.width - 1 || v >= page.height - 1) {
        const streak = ((x * 7 + y * 3) % 23) - 11
        for (let c = 0; c < 3; c += 1) out[to + c] = Math.max(0, (table[c] as number) + streak)
        continue
      }
      const left = Math.floor(u)
      const top = Math.floor(v)
      const fx = u - left
      const fy = v - top
      const from = (top * page.width + left) * 3
      const below = from + page.width * 3
      for (let c = 0; c < 3; c += 1) {
        const upper = (page.data[from + c] as number) * (1 - fx) + (page.data[from + 3 + c] as number) * fx
        const lower = (page.data[below + c] as number) * (1 - fx) + (page.data[below + 3 + c] as number) * fx
        out[to + c] = upper * (1 - fy) + lower * fy
      }
    }
  }
  return { data: out, width, height, channels: 3 }
}

/** The light of one lamp or window, and the shadow of the one who holds the phone. */
function inLight(picture: Pixels, chance: Seeded): Pixels {
  const slopeX = chance.whole(-28, 28) / 100
  const slopeY = chance.whole(-28, 28) / 100
  const hasShadow = chance.chance(45)
  const edge = chance.whole(30, 70) / 100
  const lean = chance.whole(-40, 40) / 100
  const depth = chance.whole(20, 42) / 100
  const warmth = chance.whole(-6, 10) / 100
  const tint = [1 + warmth, 1, 1 - warmth]
  const { data, width, height } = picture
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const px = x / width
      const py = y / height
      let light = 0.92 + slopeX * (px - 0.5) + slopeY * (py - 0.5)
      if (hasShadow) {
        const into = (px - edge - lean * (py - 0.5)) * 14
        light *= 1 - depth / (1 + Math.exp(-into))
      }
      const at = (y * width + x) * 3
      for (let c = 0; c < 3; c += 1) {
        const value = (data[at + c] as number) * light * (tint[c] as number)
        data[at + c] = value > 255 ? 255 : value
      }
    }
  }
  return picture
}

/** A phone's photo, as JPEG: tilted, in perspective, shaded, slightly blurred, turned by quarters at times. */
export async function photograph(pdf: Buffer, chance: Seeded, isCard: boolean): Promise<Buffer> {
  const page = await rasterise(pdf, isCard ? 260 : 170)
  const flat = await pixelsOf(sharp(page).flatten({ background: '#ffffff' }).toColourspace('srgb'))
  const shot = inLight(onTable(flat, chance), chance)
  const blur = chance.whole(0, 12) / 10
  let image = encoded(shot)
  if (blur >= 0.4) image = image.blur(blur)
  const grained = withGrain(await pixelsOf(image), chance.whole(3, 11), chance)
  const quarter = chance.pick([0, 0, 0, 0, 90, 180, 270])
  // Most phones leave the pixels as they are and say how they held the camera; some apps turn them and say nothing.
  const isTold = chance.chance(50)
  const orientation = { 0: 1, 90: 8, 180: 3, 270: 6 }[quarter] ?? 1
  const turned = quarter === 0 ? encoded(grained) : encoded(await pixelsOf(encoded(grained).rotate(quarter)))
  const jpeg = turned.jpeg({ quality: chance.whole(48, 86) })
  return (isTold && quarter !== 0 ? jpeg.withMetadata({ orientation }) : jpeg).toBuffer()
}

/** A scan, wrapped in a PDF without a text layer, as office scanners send it. */
export async function pictureInPdf(jpeg: Buffer, size: readonly [number, number]): Promise<Buffer> {
  const { default: PDFDocument } = await import('pdfkit')
  const document = new PDFDocument({ size: [...size], margin: 0, info: { Producer: 'Scanner 2.0' } })
  const chunks: Buffer[] = []
  document.on('data', (chunk: Buffer) => chunks.push(chunk))
  const end = new Promise<Buffer>((resolve) => document.on('end', () => resolve(Buffer.concat(chunks))))
  document.image(jpeg, 0, 0, { fit: [size[0], size[1]] })
  document.end()
  return end
}
