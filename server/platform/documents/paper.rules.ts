/** Finding the sheet on a photo, and looking at it from straight above. Pure. */
import type { Raster } from './raster.rules.ts'

export type Point = readonly [x: number, y: number]
/** Upper left, upper right, lower right, lower left, in pixels. */
export type Corners = readonly [Point, Point, Point, Point]

/** It is looked for on a copy with a longer side of so many pixels. */
const lookSide = 320
/** As shares of the picture: less is a spot on it, more is the picture itself. */
const leastArea = 0.12
const mostArea = 0.97
/** How well the sheet has to fill its corners. */
const leastFit = 0.93
/** How much lighter the sheet is along each of its edges than what is beside it. */
const leastContrast = 18
/** The longer side of what is looked at from above. */
const sideMost = 2_300
/** So much of the sheet's size around it stays in view: a dark band at its edge may not have been taken for a part of it. */
const around = 1.3

/** The corners of a light sheet before a darker ground; null where there is none, or it fills the picture. */
export function paperCorners(raster: Raster): Corners | null {
  const step = Math.max(1, Math.max(raster.width, raster.height) / lookSide)
  const small = shrunk(raster, step)
  let best: { corners: Corners; worth: number } | undefined
  for (let threshold = 50; threshold <= 230; threshold += 15) {
    const found = largestLight(small, threshold)
    if (!found) continue
    const share = found.area / small.grey.length
    const fit = found.area / Math.max(1, areaOf(found.corners))
    if (share < leastArea || share > mostArea || fit < leastFit || fit > 1.12) continue
    const worth = edgeContrast(small, found.corners)
    if (worth < leastContrast) continue
    if (!best || worth > best.worth) best = { corners: found.corners, worth }
  }
  if (!best) return null
  const [a, b, c, d] = best.corners
  const scale = ([x, y]: Point): Point => [(x + 0.5) * step, (y + 0.5) * step]
  return [scale(a), scale(b), scale(c), scale(d)]
}

function shrunk({ width, height, grey }: Raster, step: number): Raster {
  const columns = Math.floor(width / step)
  const rows = Math.floor(height / step)
  const out = new Uint8Array(columns * rows)
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1) {
      let sum = 0
      let count = 0
      for (let y = Math.floor(row * step); y < Math.floor((row + 1) * step); y += 2)
        for (let x = Math.floor(column * step); x < Math.floor((column + 1) * step); x += 2) {
          sum += grey[y * width + x] ?? 0
          count += 1
        }
      out[row * columns + column] = count > 0 ? sum / count : 0
    }
  return { width: columns, height: rows, grey: out }
}

/** The largest connected area that is lighter than a threshold, print on it filled, and its four outermost points. */
function largestLight(
  { width, height, grey }: Raster,
  threshold: number,
): { corners: Corners; area: number } | undefined {
  const mark = new Int32Array(width * height)
  const stack: number[] = []
  let best = 0
  let bestCount = 0
  let name = 0
  for (let start = 0; start < mark.length; start += 1) {
    if (mark[start] !== 0 || (grey[start] ?? 0) < threshold) continue
    name += 1
    let count = 0
    mark[start] = name
    stack.push(start)
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      count += 1
      const x = at % width
      for (const next of [x > 0 ? at - 1 : -1, x < width - 1 ? at + 1 : -1, at - width, at + width])
        if (next >= 0 && next < mark.length && mark[next] === 0 && (grey[next] ?? 0) >= threshold) {
          mark[next] = name
          stack.push(next)
        }
    }
    if (count > bestCount) {
      bestCount = count
      best = name
    }
  }
  if (best === 0) return undefined
  // Print and pictures on it are a part of it: each row from its first to its last light pixel.
  let area = 0
  const far = { upperLeft: Infinity, upperRight: -Infinity, lowerRight: -Infinity, lowerLeft: Infinity }
  const points: Record<keyof typeof far, Point> = {
    upperLeft: [0, 0],
    upperRight: [0, 0],
    lowerRight: [0, 0],
    lowerLeft: [0, 0],
  }
  for (let y = 0; y < height; y += 1) {
    let first = -1
    let last = -1
    for (let x = 0; x < width; x += 1)
      if (mark[y * width + x] === best) {
        if (first < 0) first = x
        last = x
      }
    if (first < 0) continue
    area += last - first + 1
    for (const x of [first, last]) {
      if (x + y < far.upperLeft) [far.upperLeft, points.upperLeft] = [x + y, [x, y]]
      if (x - y > far.upperRight) [far.upperRight, points.upperRight] = [x - y, [x, y]]
      if (x + y > far.lowerRight) [far.lowerRight, points.lowerRight] = [x + y, [x, y]]
      if (x - y < far.lowerLeft) [far.lowerLeft, points.lowerLeft] = [x - y, [x, y]]
    }
  }
  return { corners: [points.upperLeft, points.upperRight, points.lowerRight, points.lowerLeft], area }
}

function areaOf(corners: Corners): number {
  let twice = 0
  for (let at = 0; at < 4; at += 1) {
    const [x, y] = corners[at] ?? [0, 0]
    const [u, v] = corners[(at + 1) % 4] ?? [0, 0]
    twice += x * v - u * y
  }
  return Math.abs(twice) / 2
}

/** How much lighter it is inside than outside along the edge where that is least. */
function edgeContrast({ width, height, grey }: Raster, corners: Corners): number {
  const shade = (x: number, y: number): number | undefined =>
    x < 0 || y < 0 || x >= width || y >= height ? undefined : grey[Math.floor(y) * width + Math.floor(x)]
  let least = Infinity
  for (let at = 0; at < 4; at += 1) {
    const [x, y] = corners[at] ?? [0, 0]
    const [u, v] = corners[(at + 1) % 4] ?? [0, 0]
    const length = Math.hypot(u - x, v - y)
    // Inwards, for corners that go round clockwise.
    const [inX, inY] = [-(v - y) / length, (u - x) / length]
    let sum = 0
    let count = 0
    for (let share = 0.1; share <= 0.9; share += 0.04) {
      const [px, py] = [x + (u - x) * share, y + (v - y) * share]
      const inside = shade(px + inX * 4, py + inY * 4)
      const outside = shade(px - inX * 4, py - inY * 4)
      count += 1
      if (inside !== undefined && outside !== undefined) sum += inside - outside
    }
    least = Math.min(least, sum / count)
  }
  return least
}

const distance = ([x, y]: Point, [u, v]: Point): number => Math.hypot(u - x, v - y)

/** Whether a sheet's edges lean so much that lines of print lean differently at its top and its bottom. */
export function leans(corners: Corners): boolean {
  const [a, b, c, d] = corners
  const angle = ([x, y]: Point, [u, v]: Point): number => (Math.atan2(v - y, u - x) * 180) / Math.PI
  const [top, bottom] = [angle(a, b), angle(d, c)]
  const [left, right] = [angle(a, d) - 90, angle(b, c) - 90]
  return [top, bottom, left, right].some((one) => Math.abs(one) > 0.5)
}

/** The picture as it would be from straight above the sheet, at about its own resolution. */
export function fromAbove({ width, height, grey }: Raster, corners: Corners): Raster {
  const [a, b, c, d] = corners
  const wide = (distance(a, b) + distance(d, c)) / 2
  const high = (distance(a, d) + distance(b, c)) / 2
  const map = homography(corners)
  // Where the picture's own edges are, in the sheet's measure (0 to 1), as far as they are kept in view.
  const back = inverse(map)
  const edges = (
    [
      [0, 0],
      [width, 0],
      [width, height],
      [0, height],
    ] as const
  ).map((point) => projected(back, point))
  const us = edges.map(([u]) => u)
  const vs = edges.map(([, v]) => v)
  const left = Math.max(-around, Math.min(0, ...us))
  const right = Math.min(1 + around, Math.max(1, ...us))
  const top = Math.max(-around, Math.min(0, ...vs))
  const bottom = Math.min(1 + around, Math.max(1, ...vs))
  const scale = Math.min(1.3, sideMost / Math.max(wide * (right - left), high * (bottom - top)))
  const columns = Math.max(1, Math.round(wide * (right - left) * scale))
  const rows = Math.max(1, Math.round(high * (bottom - top) * scale))
  const out = new Uint8Array(columns * rows)
  for (let row = 0; row < rows; row += 1) {
    const v = top + ((row + 0.5) / rows) * (bottom - top)
    for (let column = 0; column < columns; column += 1) {
      const u = left + ((column + 0.5) / columns) * (right - left)
      const [x, y] = projected(map, [u, v])
      const fromX = Math.floor(x - 0.5)
      const fromY = Math.floor(y - 0.5)
      if (fromX < 0 || fromY < 0 || fromX >= width - 1 || fromY >= height - 1) {
        out[row * columns + column] =
          grey[Math.min(height - 1, Math.max(0, fromY)) * width + Math.min(width - 1, Math.max(0, fromX))] ??
          255
        continue
      }
      const across = x - 0.5 - fromX
      const down = y - 0.5 - fromY
      const at = fromY * width + fromX
      const upper = (grey[at] ?? 0) * (1 - across) + (grey[at + 1] ?? 0) * across
      const lower = (grey[at + width] ?? 0) * (1 - across) + (grey[at + width + 1] ?? 0) * across
      out[row * columns + column] = upper * (1 - down) + lower * down
    }
  }
  return { width: columns, height: rows, grey: out }
}

type Matrix = readonly [number, number, number, number, number, number, number, number, number]

/** From the unit square to four corners (Heckbert, 1989, section 2.2.3). */
function homography([[x0, y0], [x1, y1], [x2, y2], [x3, y3]]: Corners): Matrix {
  const [dx1, dx2, sx] = [x1 - x2, x3 - x2, x0 - x1 + x2 - x3]
  const [dy1, dy2, sy] = [y1 - y2, y3 - y2, y0 - y1 + y2 - y3]
  const whole = dx1 * dy2 - dx2 * dy1
  const g = (sx * dy2 - dx2 * sy) / whole
  const h = (dx1 * sy - sx * dy1) / whole
  return [x1 - x0 + g * x1, x3 - x0 + h * x3, x0, y1 - y0 + g * y1, y3 - y0 + h * y3, y0, g, h, 1]
}

function inverse([a, b, c, d, e, f, g, h, i]: Matrix): Matrix {
  return [
    e * i - f * h,
    c * h - b * i,
    b * f - c * e,
    f * g - d * i,
    a * i - c * g,
    c * d - a * f,
    d * h - e * g,
    b * g - a * h,
    a * e - b * d,
  ]
}

function projected([a, b, c, d, e, f, g, h, i]: Matrix, [u, v]: Point): Point {
  const depth = g * u + h * v + i
  return [(a * u + b * v + c) / depth, (d * u + e * v + f) / depth]
}
