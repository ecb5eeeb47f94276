/** Pictures in grey, and what makes their text easier to read: even light, and lines that run level. Pure. */

export interface Raster {
  readonly width: number
  readonly height: number
  /** One byte a pixel, row by row: 0 = black. */
  readonly grey: Uint8Array
}

/** A block for judging the light is so many pixels wide and high. */
const lightBlock = 24

/**
 * Evens out shadows and vignettes: each pixel is judged against the paper around it. Paper becomes white; text that is dark on
 * its surroundings stays dark.
 */
export function evenlyLit({ width, height, grey }: Raster): Raster {
  const columns = Math.ceil(width / lightBlock)
  const rows = Math.ceil(height / lightBlock)
  const paper = smoothed(
    smoothed(paperOf({ width, height, grey }, columns, rows), columns, rows),
    columns,
    rows,
  )
  const out = new Uint8Array(width * height)
  for (let y = 0; y < height; y += 1) {
    const v = Math.min(rows - 1, Math.max(0, y / lightBlock - 0.5))
    const top = Math.floor(v)
    const bottom = Math.min(rows - 1, top + 1)
    const share = v - top
    for (let x = 0; x < width; x += 1) {
      const u = Math.min(columns - 1, Math.max(0, x / lightBlock - 0.5))
      const left = Math.floor(u)
      const right = Math.min(columns - 1, left + 1)
      const part = u - left
      const upper =
        (paper[top * columns + left] ?? 255) * (1 - part) + (paper[top * columns + right] ?? 255) * part
      const lower =
        (paper[bottom * columns + left] ?? 255) * (1 - part) + (paper[bottom * columns + right] ?? 255) * part
      const light = Math.max(40, upper * (1 - share) + lower * share)
      out[y * width + x] = Math.min(255, Math.round(((grey[y * width + x] ?? 0) * 250) / light))
    }
  }
  return { width, height, grey: out }
}

/** What is nearly the lightest in each block: single bright specks are no paper. */
function paperOf({ width, height, grey }: Raster, columns: number, rows: number): Float32Array {
  const paper = new Float32Array(columns * rows)
  const counts = new Uint32Array(64)
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1) {
      counts.fill(0)
      let seen = 0
      for (let y = row * lightBlock; y < Math.min(height, (row + 1) * lightBlock); y += 2)
        for (let x = column * lightBlock; x < Math.min(width, (column + 1) * lightBlock); x += 2) {
          const shade = (grey[y * width + x] ?? 0) >> 2
          counts[shade] = (counts[shade] ?? 0) + 1
          seen += 1
        }
      let left = Math.floor(seen * 0.1)
      let level = 63
      while (level > 0 && left >= (counts[level] ?? 0)) {
        left -= counts[level] ?? 0
        level -= 1
      }
      paper[row * columns + column] = level * 4 + 2
    }
  return paper
}

function smoothed(values: Float32Array, columns: number, rows: number): Float32Array {
  const out = new Float32Array(values.length)
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1) {
      let sum = 0
      let count = 0
      for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y += 1)
        for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x += 1) {
          sum += values[y * columns + x] ?? 0
          count += 1
        }
      out[row * columns + column] = sum / count
    }
  return out
}

/** What is darker than its surroundings, as points on a small copy: the ink that tells which way lines run. */
function inkPoints({ width, height, grey }: Raster): { xs: Float32Array; ys: Float32Array; span: number } {
  const step = Math.max(1, Math.floor(Math.max(width, height) / 700))
  const columns = Math.floor(width / step)
  const rows = Math.floor(height / step)
  const small = new Uint8Array(columns * rows)
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1) {
      let darkest = 255
      for (let y = row * step; y < (row + 1) * step; y += 1)
        for (let x = column * step; x < (column + 1) * step; x += 1)
          darkest = Math.min(darkest, grey[y * width + x] ?? 255)
      small[row * columns + column] = darkest
    }
  const xs: number[] = []
  const ys: number[] = []
  for (let row = 1; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1)
      // An edge from light to dark, downwards: large dark areas count by their edge only.
      if ((small[(row - 1) * columns + column] ?? 0) - (small[row * columns + column] ?? 0) > 60) {
        xs.push(column - columns / 2)
        ys.push(row - rows / 2)
      }
  return { xs: Float32Array.from(xs), ys: Float32Array.from(ys), span: columns + rows }
}

/** How sharply the ink falls into rows when turned by so many degrees. */
function rowSharpness(xs: Float32Array, ys: Float32Array, span: number, degrees: number): number {
  const sine = Math.sin((degrees * Math.PI) / 180)
  const cosine = Math.cos((degrees * Math.PI) / 180)
  const rows = new Float64Array(span * 2)
  for (let at = 0; at < xs.length; at += 1) {
    const row = Math.round((xs[at] ?? 0) * sine + (ys[at] ?? 0) * cosine) + span
    rows[row] = (rows[row] ?? 0) + 1
  }
  let sum = 0
  for (const count of rows) sum += count * count
  return sum
}

/**
 * By how many degrees a picture has to be turned clockwise for its lines to run level; 0 where nothing tells.
 * @param most degrees to either side that are tried
 */
export function levellingTurn(raster: Raster, most = 16): number {
  const { xs, ys, span } = inkPoints(raster)
  if (xs.length < 50) return 0
  let best = 0
  let bestScore = rowSharpness(xs, ys, span, 0) * 1.02
  const look = (from: number, to: number, step: number): void => {
    for (let degrees = from; degrees <= to; degrees += step) {
      const score = rowSharpness(xs, ys, span, degrees)
      if (score > bestScore) {
        bestScore = score
        best = degrees
      }
    }
  }
  look(-most, most, 1)
  look(best - 0.8, best + 0.8, 0.2)
  return Math.round(best * 10) / 10
}

/** Turned by quarters, clockwise. */
export function quarterTurned({ width, height, grey }: Raster, quarters: 1 | 2 | 3): Raster {
  const out = new Uint8Array(grey.length)
  if (quarters === 2) {
    for (let at = 0; at < grey.length; at += 1) out[grey.length - 1 - at] = grey[at] ?? 0
    return { width, height, grey: out }
  }
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1)
      out[quarters === 1 ? x * height + (height - 1 - y) : (width - 1 - x) * height + y] =
        grey[y * width + x] ?? 0
  return { width: height, height: width, grey: out }
}
