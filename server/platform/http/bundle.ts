/**
 * A built browser bundle: its files in memory, compressed once, under one address that changes whenever a byte of any of them
 * does, so that a browser may keep them for ever.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import type { PageAnswer, PageRequest } from './pages.ts'

const mediaTypes: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
}

interface BundleFile {
  readonly mediaType: string
  readonly plain: Buffer
  readonly gzip: Buffer
  readonly br: Buffer
}

export interface Bundle {
  /** Of all names and bytes, for the address. */
  readonly hash: string
  /** `undefined`: the bundle has no such file, or `hash` is another build's. */
  answer(hash: string, name: string, headers: PageRequest['headers']): PageAnswer | undefined
}

/** The first of ours that `Accept-Encoding` takes; quality values other than 0 count alike (RFC 9110, section 12.5.3). */
function encodingFor(accepted: string): 'br' | 'gzip' | 'plain' {
  const taken = new Set(
    accepted
      .toLowerCase()
      .split(',')
      .map((one) => one.split(';').map((part) => part.trim()))
      .filter(([, quality]) => !/^q=0(\.0*)?$/.test(quality ?? ''))
      .map(([name]) => name),
  )
  return taken.has('br') ? 'br' : taken.has('gzip') ? 'gzip' : 'plain'
}

/**
 * Reads what was built of `web/<name>`. Throws where there is nothing: an installation without its bundle is broken.
 */
export function loadBundle(name: string): Bundle {
  const folder = join(import.meta.dirname, '../../../web', name, 'dist')
  const names = readdirSync(folder)
    .filter((file) => extname(file) in mediaTypes)
    .sort()
  const digest = createHash('sha256')
  const files = new Map<string, BundleFile>()
  for (const file of names) {
    const plain = readFileSync(join(folder, file))
    digest.update(`${file}\0${plain.length}\0`).update(plain)
    const mediaType = mediaTypes[extname(file)] ?? ''
    files.set(file, { mediaType, plain, gzip: gzipSync(plain, { level: 9 }), br: brotliCompressSync(plain) })
  }
  if (files.size === 0) throw new Error(`There is no bundle in ${folder}. Run "npm run generate".`)
  const hash = digest.digest('hex').slice(0, 16)
  return {
    hash,
    answer: (wanted, name, headers) => {
      const file = files.get(name)
      if (wanted !== hash || !file) return undefined
      const encoding = encodingFor(String(headers['accept-encoding'] ?? ''))
      return {
        status: 200,
        headers: {
          'content-type': file.mediaType,
          'cache-control': 'public, max-age=31536000, immutable',
          vary: 'Accept-Encoding',
          ...(encoding === 'plain' ? {} : { 'content-encoding': encoding }),
        },
        body: file[encoding],
      }
    },
  }
}
