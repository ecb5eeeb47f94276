/** QR and bar codes, by ZXing (compiled to WebAssembly). Runs in a child process only. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'
import type { Raster } from './raster.rules.ts'

let isPrepared = false

/** What the codes on a picture say; at most eight. */
export async function readCodes({ width, height, grey }: Raster): Promise<string[]> {
  if (!isPrepared) {
    const path = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm')
    await prepareZXingModule({
      overrides: { wasmBinary: Uint8Array.from(readFileSync(path)).buffer },
      fireImmediately: true,
    })
    isPrepared = true
  }
  const data = new Uint8ClampedArray(width * height * 4)
  for (let at = 0, to = 0; at < grey.length; at += 1, to += 4) {
    const shade = grey[at] ?? 255
    data[to] = shade
    data[to + 1] = shade
    data[to + 2] = shade
    data[to + 3] = 255
  }
  const found = await readBarcodes(
    { data, width, height, colorSpace: 'srgb' } as Parameters<typeof readBarcodes>[0],
    {
      formats: ['QRCode', 'Aztec', 'DataMatrix', 'PDF417'],
      maxNumberOfSymbols: 8,
    },
  )
  return found.map(({ text }) => text).filter((text) => text !== '')
}
