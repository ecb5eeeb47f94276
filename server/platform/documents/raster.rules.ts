/** Pictures in grey, and what makes their text easier to read: even light, and lines that run level. Pure. */

export interface Raster {
  readonly width: number
  readonly height: number
  /** One byte a pixel, row by row: 0 = black. */
  readonly grey: Uint8Array
}

/** A block for judging the light is so many pixels wide and high. */
const lightBlock = 32
/** What differs from its ground by less is no ink. */
const inkLeast = 36
/** Grounds that differ by more are two: what is between them is an edge, not a shadow. */
const groundStep = 48

interface Grounds {
  readonly columns: number
  readonly rows: number
  /** The shade of each block's ground. */
  readonly shade: Float32Array
  /** 1 where what stands on it is lighter than the ground. */
  readonly isInverse: Uint8Array
  /** How far the ink is from the ground, at the most. */
  readonly contrast: Float32Array
}

/**
 * Evens out shadows, vignettes and coloured bands: each pixel is judged against the ground around it. Every ground becomes
 * white, and what stands on it dark: light print on a dark band too.
 */
export function evenlyLit(raster: Raster): Raster {
  const { width, height, grey } = raster
  const grounds = groundsOf(raster)
  const { columns, rows, shade, isInverse, contrast } = grounds
  const out = new Uint8Array(width * height)
  for (let y = 0; y < height; y += 1) {
    const ownRow = Math.min(rows - 1, Math.floor(y / lightBlock))
    const v = Math.min(rows - 1, Math.max(0, y / lightBlock - 0.5))
    const top = Math.floor(v)
    const bottom = Math.min(rows - 1, top + 1)
    const down = v - top
    for (let x = 0; x < width; x += 1) {
      const own = ownRow * columns + Math.min(columns - 1, Math.floor(x / lightBlock))
      const base = shade[own] ?? 255
      const u = Math.min(columns - 1, Math.max(0, x / lightBlock - 0.5))
      const left = Math.floor(u)
      const right = Math.min(columns - 1, left + 1)
      const across = u - left
      let sum = 0
      let weight = 0
      for (let corner = 0; corner < 4; corner += 1) {
        const block = (corner < 2 ? top : bottom) * columns + (corner % 2 === 0 ? left : right)
        const one = shade[block] ?? 255
        if (Math.abs(one - base) > groundStep) continue
        const share = (corner < 2 ? 1 - down : down) * (corner % 2 === 0 ? 1 - across : across)
        sum += one * share
        weight += share
      }
      const ground = weight > 0.01 ? sum / weight : base
      const pixel = grey[y * width + x] ?? 0
      const value =
        isInverse[own] === 1
          ? 250 - ((pixel - ground) * 230) / (contrast[own] ?? 255)
          : (pixel * 250) / Math.max(30, ground)
      out[y * width + x] = Math.max(0, Math.min(255, Math.round(value)))
    }
  }
  return { width, height, grey: out }
}

/** The commonest shade of each block and its neighbours is their ground; what is far from it on one side is their ink. */
function groundsOf({ width, height, grey }: Raster): Grounds {
  const columns = Math.ceil(width / lightBlock)
  const rows = Math.ceil(height / lightBlock)
  const counts = new Uint16Array(columns * rows * 64)
  for (let y = 0; y < height; y += 2) {
    const row = Math.floor(y / lightBlock) * columns
    for (let x = 0; x < width; x += 2) {
      const at = (row + Math.floor(x / lightBlock)) * 64 + ((grey[y * width + x] ?? 0) >> 2)
      counts[at] = (counts[at] ?? 0) + 1
    }
  }
  const middles = new Float32Array(columns * rows)
  for (let block = 0; block < middles.length; block += 1) {
    let half = 0
    for (let level = 0; level < 64; level += 1) half += counts[block * 64 + level] ?? 0
    half /= 2
    let level = 0
    while (level < 63 && (half -= counts[block * 64 + level] ?? 0) > 0) level += 1
    middles[block] = level * 4 + 2
  }
  const shade = new Float32Array(columns * rows)
  const isInverse = new Uint8Array(columns * rows)
  const contrast = new Float32Array(columns * rows)
  const around: number[] = []
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1) {
      around.length = 0
      for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y += 1)
        for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x += 1)
          around.push(middles[y * columns + x] ?? 0)
      around.sort((a, b) => a - b)
      const block = row * columns + column
      const own = middles[block] ?? 255
      const middle = around[Math.floor(around.length / 2)] ?? own
      // A block that a thick letter fills has its neighbours' ground; one of a band keeps its own with a third of them.
      const alike = around.filter((one) => Math.abs(one - own) <= groundStep).length
      shade[block] = alike >= Math.ceil(around.length / 3) ? own : middle
    }
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1) {
      const block = row * columns + column
      const ground = shade[block] ?? 255
      let lighter = 0
      let darker = 0
      let lightest = 0
      for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y += 1)
        for (let x = Math.max(0, column - 2); x <= Math.min(columns - 1, column + 2); x += 1) {
          const other = y * columns + x
          if (Math.abs((shade[other] ?? 255) - ground) > groundStep) continue
          for (let level = 0; level < 64; level += 1) {
            const count = counts[other * 64 + level] ?? 0
            if (count === 0) continue
            const distance = level * 4 + 2 - (shade[other] ?? 255)
            if (distance > inkLeast) {
              lighter += count
              if (count > 1) lightest = Math.max(lightest, distance)
            } else if (distance < -inkLeast) darker += count
          }
        }
      isInverse[block] = lighter > darker * 1.5 || ground < 50 ? 1 : 0
      contrast[block] = Math.max(90, lightest)
    }
  return { columns, rows, shade, isInverse, contrast }
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

/** Lines of tables and forms are at least so long and at most so thick, in pixels; strokes of letters are shorter or thicker. */
const ruleLength = 80
const ruleThickness = 7
const ruleShade = 205

/** Wipes the lines of tables, frames and forms, which OCR takes for letters; the picture's lines run level already. */
export function withoutRules({ width, height, grey }: Raster): Raster {
  const out = new Uint8Array(grey)
  wipeRules(grey, out, width, height, 1, width)
  wipeRules(grey, out, height, width, width, 1)
  return { width, height, grey: out }
}

/** Along one direction: `along` is the step to the next pixel of a line, `aside` the one to the line beside it. */
function wipeRules(
  grey: Uint8Array,
  out: Uint8Array,
  length: number,
  count: number,
  along: number,
  aside: number,
): void {
  for (let line = 0; line < count; line += 1) {
    const start = line * aside
    for (let from = 0; from < length; from += 1) {
      if ((grey[start + from * along] ?? 255) > ruleShade) continue
      let to = from + 1
      while (to < length && (grey[start + to * along] ?? 255) <= ruleShade) to += 1
      if (to - from >= ruleLength && isThin(grey, start, from, to, along, aside, line, count))
        for (let at = from; at < to; at += 1)
          for (let beside = -1; beside <= 1; beside += 1)
            if (line + beside >= 0 && line + beside < count) out[start + beside * aside + at * along] = 255
      from = to
    }
  }
}

/** Whether a run is dark over no more than a line's thickness, at nearly all of its length. */
function isThin(
  grey: Uint8Array,
  start: number,
  from: number,
  to: number,
  along: number,
  aside: number,
  line: number,
  count: number,
): boolean {
  let thin = 0
  let seen = 0
  for (let at = from; at < to; at += 4) {
    const place = start + at * along
    let thickness = 1
    for (
      let up = 1;
      up <= ruleThickness && line - up >= 0 && (grey[place - up * aside] ?? 255) <= ruleShade;
      up += 1
    )
      thickness += 1
    for (
      let down = 1;
      down <= ruleThickness && line + down < count && (grey[place + down * aside] ?? 255) <= ruleShade;
      down += 1
    )
      thickness += 1
    seen += 1
    if (thickness <= ruleThickness) thin += 1
  }
  return thin >= seen * 0.8
}
