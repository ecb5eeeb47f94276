import { expect, test } from 'vitest'
import { fromAbove, leans, paperCorners } from './paper.rules.ts'
import { evenlyLit, levellingTurn, quarterTurned, withoutRules, type Raster } from './raster.rules.ts'
import { linesOfRuns } from './text-runs.rules.ts'

function drawn(width: number, height: number, shade: (x: number, y: number) => number): Raster {
  const grey = new Uint8Array(width * height)
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) grey[y * width + x] = shade(x, y)
  return { width, height, grey }
}
const at = ({ width, grey }: Raster, x: number, y: number): number => grey[y * width + x] ?? -1

/** Rows of short dark dashes, as print looks from afar. */
const isPrint = (x: number, y: number): boolean => y % 40 >= 20 && y % 40 < 28 && x % 14 < 9

test('a shadow over the paper is taken away, and print stays dark', () => {
  const lit = evenlyLit(drawn(640, 640, (x, y) => (isPrint(x, y) ? 0.3 : 1) * (90 + x / 5)))
  expect(at(lit, 11, 10)).toBeGreaterThan(220)
  expect(at(lit, 625, 10)).toBeGreaterThan(220)
  expect(at(lit, 1, 24)).toBeLessThan(110)
  expect(at(lit, 631, 24)).toBeLessThan(110)
})

test('light print on a dark band becomes dark print on white', () => {
  const lit = evenlyLit(
    drawn(640, 640, (x, y) => (y < 320 ? (isPrint(x, y) ? 240 : 40) : isPrint(x, y) ? 20 : 235)),
  )
  expect(at(lit, 11, 100)).toBeGreaterThan(200)
  expect(at(lit, 3, 144)).toBeLessThan(80)
  expect(at(lit, 3, 544)).toBeLessThan(80)
})

test('lines that lean are measured, and level ones are left', () => {
  const leaning = (degrees: number): Raster => {
    const slope = Math.tan((degrees * Math.PI) / 180)
    return drawn(900, 900, (x, y) => (isPrint(x, Math.round(y + 4_000 + (x - 450) * slope)) ? 0 : 255))
  }
  expect(levellingTurn(leaning(0))).toBe(0)
  for (const degrees of [-7, -2, 3, 8])
    expect(Math.abs(levellingTurn(leaning(degrees)) - degrees)).toBeLessThan(0.6)
})

test('lines of tables are wiped, and letters stay', () => {
  const table = drawn(400, 300, (x, y) =>
    y % 100 < 3 || x % 200 < 3 ? 90 : x >= 40 && x < 46 && y >= 40 && y < 70 ? 0 : 250,
  )
  const wiped = withoutRules(table)
  expect(at(wiped, 120, 101)).toBeGreaterThan(240)
  expect(at(wiped, 201, 150)).toBeGreaterThan(240)
  expect(at(wiped, 43, 55)).toBe(0)
})

test('a sheet that leans on a dark desk is found, and looked at from above', () => {
  // Inside four edges that are not parallel.
  const isSheet = (x: number, y: number): boolean =>
    y > 80 + x * 0.04 && y < 720 - x * 0.03 && x > 100 + y * 0.03 && x < 900 - y * 0.05
  const picture = drawn(1_000, 800, (x, y) => (isSheet(x, y) ? 220 : 50))
  const corners = paperCorners(picture)
  expect(corners).not.toBeNull()
  if (!corners) return
  expect(leans(corners)).toBe(true)
  const above = fromAbove(picture, corners)
  // What was kept around it is dark, and its edges are upright now.
  const middle = Math.floor(above.height / 2)
  const firstLight = (y: number): number =>
    Array.from({ length: above.width }, (_, x) => at(above, x, y)).findIndex((shade) => shade > 150)
  expect(Math.abs(firstLight(middle - 200) - firstLight(middle + 200))).toBeLessThan(12)
  expect(paperCorners(drawn(400, 300, () => 230))).toBeNull()
})

test('quarter turns are clockwise, and four of them are none', () => {
  const picture = drawn(3, 2, (x, y) => y * 3 + x)
  expect(quarterTurned(picture, 1)).toEqual({
    width: 2,
    height: 3,
    grey: Uint8Array.from([3, 0, 4, 1, 5, 2]),
  })
  expect(quarterTurned(quarterTurned(picture, 1), 3)).toEqual(picture)
  expect(quarterTurned(quarterTurned(picture, 2), 2)).toEqual(picture)
})

test('runs of a PDF are put together to words and lines', () => {
  const run = (text: string, x: number, y: number, width: number) => ({
    text,
    box: [x, y, width, 0.02] as const,
  })
  const lines = linesOfRuns(
    [
      run('Expiry', 0.1, 0.5, 0.08),
      run('Na', 0.1, 0.1, 0.02),
      run('me:', 0.12, 0.1, 0.03),
      run('Maria Rossi', 0.3, 0.101, 0.11),
    ],
    1,
  )
  expect(lines.map(({ words }) => words.map(({ text }) => text))).toEqual([
    ['Name:', 'Maria', 'Rossi'],
    ['Expiry'],
  ])
})
