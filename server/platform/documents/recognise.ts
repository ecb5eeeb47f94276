/** OCR by Tesseract (compiled to WebAssembly), in this process: no thread, no network. Runs in a child process only. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { gunzipSync } from 'node:zlib'
import type { Raster } from './raster.rules.ts'
import type { TextLine, Word } from './document-text.rules.ts'

/** What is used of Tesseract's own interface (tesseract/baseapi.h). */
interface Tesseract {
  Init(path: string | null, language: string, engine: number): number
  SetVariable(name: string, value: string): boolean
  SetPageSegMode(mode: number): void
  SetImageFile(angle: number, upscale: boolean): number
  Recognize(monitor: null): number
  GetTSVText(page: number): string
  Clear(): void
}

interface TesseractModule {
  readonly TessBaseAPI: new () => Tesseract
  readonly FS: { writeFile(path: string, data: Uint8Array): void }
}

const require = createRequire(import.meta.url)

const lstmOnly = 1
export const pageModes = { automatic: 3, oneBlock: 6, sparse: 11 } as const

export interface Recognised {
  readonly lines: readonly TextLine[]
}

let started: Promise<{ api: Tesseract; files: TesseractModule['FS'] }> | undefined

/** One for the life of the process: its start takes half a second, and its data 30 MB. */
function start(): Promise<{ api: Tesseract; files: TesseractModule['FS'] }> {
  started ??= (async () => {
    const open = require('tesseract.js-core/tesseract-core-relaxedsimd-lstm') as (
      options: object,
    ) => Promise<TesseractModule>
    const folder = require.resolve('tesseract.js-core/package.json').replace('package.json', '')
    const module = await open({
      wasmBinary: readFileSync(`${folder}tesseract-core-relaxedsimd-lstm.wasm`),
      TesseractProgress: () => {},
      print: () => {},
      printErr: () => {},
    })
    const data = require
      .resolve('@tesseract.js-data/eng/package.json')
      .replace('package.json', '4.0.0_best_int/eng.traineddata.gz')
    module.FS.writeFile('eng.traineddata', gunzipSync(readFileSync(data)))
    const api = new module.TessBaseAPI()
    if (api.Init(null, 'eng', lstmOnly) !== 0) throw new Error('Tesseract does not start')
    return { api, files: module.FS }
  })()
  return started
}

/** Reads a picture whose lines run level. Words in reading order, boxes as shares of the picture. */
export async function recognise(
  raster: Raster,
  mode: keyof typeof pageModes = 'automatic',
): Promise<Recognised> {
  const { api, files } = await start()
  const { width, height, grey } = raster
  const head = Buffer.from(`P5 ${width} ${height} 255\n`, 'latin1')
  files.writeFile('/input', Buffer.concat([head, grey]))
  api.SetPageSegMode(pageModes[mode])
  api.SetVariable('user_defined_dpi', '200')
  if (api.SetImageFile(0, false) === 1) throw new Error('Tesseract does not take the picture')
  api.Recognize(null)
  const lines = linesOfTable(api.GetTSVText(0), width, height)
  api.Clear()
  return { lines }
}

/** Tesseract's table: level, page, block, paragraph, line, word, left, top, width, height, confidence, text. Level 5 = a word. */
export function linesOfTable(table: string, width: number, height: number): TextLine[] {
  const lines = new Map<string, Word[]>()
  for (const row of table.split('\n')) {
    const [level, , block, paragraph, line, , left, top, wide, high, confidence, text = ''] = row.split('\t')
    if (level !== '5' || text.trim() === '') continue
    const key = `${block}/${paragraph}/${line}`
    const words = lines.get(key) ?? []
    lines.set(key, words)
    words.push({
      text: text.trim(),
      confidence: Math.max(0, Number(confidence) / 100),
      box: [Number(left) / width, Number(top) / height, Number(wide) / width, Number(high) / height],
    })
  }
  return [...lines.values()].map((words) => ({ words }))
}
