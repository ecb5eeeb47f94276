import { describe, expect, test } from 'vitest'
import { groupOf, nextWaiting, type WaitingFile } from './imports.choice.rules.ts'

const file = (id: string, arrival: number, more: Partial<WaitingFile> = {}): WaitingFile => ({
  id,
  arrival,
  status: 'RECEIVED',
  source_folded: 'hrms',
  file_kind: 'EMPLOYEE',
  is_delta: false,
  ...more,
})

function newestOf(files: readonly WaitingFile[]): Map<string, number> {
  const newest = new Map<string, number>()
  for (const one of files) {
    if (!one.is_delta && one.status !== 'CANCELLED')
      newest.set(groupOf(one), Math.max(one.arrival, newest.get(groupOf(one)) ?? 0))
  }
  return newest
}
const next = (...files: WaitingFile[]): string | undefined => nextWaiting(files, newestOf(files))?.id

describe('which waiting file is taken', () => {
  test('the newest snapshot of a source, not the older', () => {
    expect(next(file('old', 1), file('new', 2))).toBe('new')
  })
  test('every change, in order of arrival', () => {
    expect(next(file('second', 2, { is_delta: true }), file('first', 1, { is_delta: true }))).toBe('first')
  })
  test('a change before the snapshot that came after it', () => {
    expect(next(file('change', 1, { is_delta: true }), file('snapshot', 2))).toBe('change')
  })
  test('sources and kinds for themselves', () => {
    expect(next(file('a', 2), file('b', 1, { source_folded: 'payroll' }))).toBe('b')
    expect(next(file('a', 2), file('b', 1, { file_kind: 'POSITION' }))).toBe('b')
  })
  test.each(['FAILED', 'HELD', 'REJECTED'])('a newest that is %s never lets an older one run', (status) => {
    expect(next(file('old', 1), file('new', 2, { status }))).toBeUndefined()
  })
  test('an older one does run when the newest was taken back', () => {
    expect(next(file('old', 1), file('new', 2, { status: 'CANCELLED' }))).toBe('old')
  })
})
