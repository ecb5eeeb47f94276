/**
 * Writes the labelled documents with which a reader of documents is measured: `npm run documents -- FOLDER [seen|held-back]`.
 *
 * FOLDER gets one file for each document and `labels.json`, which says of each what it is, whose, and what stands on it.
 * Whoever tunes a reader looks at `seen` alone: the layouts and typefaces of `held-back` are kept for measuring.
 */
import { spawnSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeDocument, planLabelledSet } from './labelled-documents/labelled-set.ts'

const seed = 20_261_127
const endings = { 'application/pdf': 'pdf', 'image/jpeg': 'jpg', 'image/heic': 'heic' } as const

/** Programs and typefaces that draw, scan and photograph, with their Debian packages. */
const needed: readonly (readonly [path: string, debianPackage: string])[] = [
  ['/usr/bin/pdftoppm', 'poppler-utils'],
  ['/usr/bin/heif-enc', 'libheif-examples'],
  ['/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf', 'fonts-dejavu-core'],
  ['/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf', 'fonts-liberation'],
  ['/usr/share/fonts/truetype/roboto/unhinted/RobotoTTF/Roboto-Regular.ttf', 'fonts-roboto-unhinted'],
  ['/usr/share/fonts/truetype/lato/Lato-Regular.ttf', 'fonts-lato'],
  ['/usr/share/fonts/truetype/crosextra/Carlito-Regular.ttf', 'fonts-crosextra-carlito'],
  ['/usr/share/fonts/truetype/crosextra/Caladea-Regular.ttf', 'fonts-crosextra-caladea'],
  ['/usr/share/fonts/truetype/open-sans/OpenSans-Regular.ttf', 'fonts-open-sans'],
  ['/usr/share/fonts/opentype/ebgaramond/EBGaramond12-Regular.otf', 'fonts-ebgaramond'],
]

const [folder, part = 'seen'] = process.argv.slice(2)
if (folder === undefined || !['seen', 'held-back'].includes(part)) {
  console.error('Usage: npm run documents -- FOLDER [seen|held-back]')
  process.exit(2)
}
const missing = needed
  .filter(([path]) => spawnSync('test', ['-e', path]).status !== 0)
  .map(([, name]) => name)
if (missing.length > 0) {
  console.error(`The documents need these packages of Debian: ${missing.join(' ')}`)
  process.exit(1)
}

await mkdir(folder, { recursive: true })
const planned = planLabelledSet(seed).filter(({ label }) => label.isHeldBack === (part === 'held-back'))
const labels = []
for (const [index, one] of planned.entries()) {
  const file = `${one.label.id}.${endings[one.label.mediaType]}`
  await writeFile(join(folder, file), await makeDocument(one))
  labels.push({ file, ...one.label })
  if ((index + 1) % 50 === 0) console.log(`${index + 1} of ${planned.length}`)
}
await writeFile(join(folder, 'labels.json'), `${JSON.stringify(labels, null, 1)}\n`)
console.log(`${planned.length} documents and labels.json in ${folder}`)
