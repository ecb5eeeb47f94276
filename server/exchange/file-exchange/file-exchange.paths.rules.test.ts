import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  checkNewName,
  folders,
  freeName,
  isWaitingName,
  placeOf,
  stemOf,
  subfolders,
} from './file-exchange.paths.rules.ts'

describe('paths', () => {
  test.each([
    ['', '/', 'FOLDER'],
    ['.', '/', 'FOLDER'],
    ['..', '/', 'FOLDER'],
    ['/../../..', '/', 'FOLDER'],
    ['upload', '/upload', 'FOLDER'],
    ['/upload/', '/upload', 'FOLDER'],
    ['//upload//./archive', '/upload/archive', 'FOLDER'],
    ['/upload/constituents', '/upload', 'FOLDER'],
    ['/upload/constituents/', '/upload', 'FOLDER'],
    ['/upload/constituents/archive', '/upload/archive', 'FOLDER'],
    ['/upload/constituents/x.csv', '/upload/x.csv', 'FILE'],
    ['/upload/../download/x.csv', '/download/x.csv', 'FILE'],
    ['/x.csv', '/x.csv', 'FILE'],
    ['/upload/new/x.csv', '/upload/new/x.csv', 'NOTHING'],
    ['/etc/passwd', '/etc/passwd', 'NOTHING'],
    ['/upload/x\0.csv', '/upload/x.csv', 'NOTHING'],
    ['/Upload/x.csv', '/Upload/x.csv', 'NOTHING'],
  ])('%j is %s, a %s', (path, canonical, kind) => {
    expect(placeOf(path)).toMatchObject({ canonical, kind })
  })

  test('every path names a listed folder, a file directly in one, or nothing', () => {
    const segment = fc.constantFrom(
      'upload',
      'constituents',
      'archive',
      'download',
      'results',
      'templates',
      '..',
      '.',
      '',
      'x.csv',
      'a\\b',
    )
    fc.assert(
      fc.property(fc.array(segment), (segments) => {
        const place = placeOf(segments.join('/'))
        expect(place.canonical).not.toMatch(/\/\.\.?(\/|$)/)
        if (place.kind !== 'NOTHING') expect(folders.has(place.folder)).toBe(true)
        if (place.kind === 'FILE') expect(place.name).not.toContain('/')
        // What the server calls a place leads to it.
        expect(placeOf(place.canonical)).toEqual(place)
      }),
      { examples: [[['upload', 'constituents', 'constituents', 'x.csv']]] },
    )
  })

  test('folders in folders', () => {
    expect(subfolders('/')).toEqual(['upload', 'download', 'templates'])
    expect(subfolders('/download')).toEqual(['archive', 'results'])
    expect(subfolders('/templates')).toEqual([])
  })

  test('only the two folders of uploads are written to', () => {
    expect([...folders].filter(([, rule]) => rule.mayWrite).map(([path]) => path)).toEqual([
      '/upload',
      '/upload/attachments',
    ])
  })
})

describe('names', () => {
  test.each(['x.csv.part', 'x.csv.FILEPART', 'x.partial', 'x.csv.a1b2c3.partial', 'x.tmp', '.x.csv'])(
    '%s waits',
    (name) => {
      expect(isWaitingName(name)).toBe(true)
    },
  )
  test.each(['x.csv', 'part', 'x.parts', 'x.tmp.csv'])('%s does not wait', (name) => {
    expect(isWaitingName(name)).toBe(false)
  })
  test('what cannot be kept', () => {
    for (const name of ['a\u0000', 'a\nb', 'a\u007f', 'a\ufffd', 'ä'.repeat(128)])
      expect(() => checkNewName(name)).toThrow('The file name')
    for (const name of ['a b.csv', 'Zoë.csv', '-rf', 'a\\b', 'x'.repeat(255)])
      expect(() => checkNewName(name)).not.toThrow()
  })
  test('a taken name is counted on', () => {
    expect(freeName('a.csv', new Set())).toBe('a.csv')
    expect(freeName('a.csv', new Set(['a.csv']))).toBe('a~2.csv')
    expect(freeName('a.csv', new Set(['a.csv', 'a~2.csv']))).toBe('a~3.csv')
    expect(freeName('a', new Set(['a']))).toBe('a~2')
  })
  test('stems', () => {
    expect([stemOf('a.csv'), stemOf('a.CSV'), stemOf('a.txt')]).toEqual(['a', 'a', 'a.txt'])
  })
})
