import { describe, expect, test } from 'vitest'
import { groupOf, nextWaiting, type WaitingFile } from './imports.choice.rules.ts'

const file = (id: string, arrival: number, more: Partial<WaitingFile> = {}): WaitingFile => ({
  id,
  arrival,
  status: 'RECEIVED',
  source_folded: 'hrms',
  file_kind: 'EMPLOYEE',
  is_delta: false,
  file_id: `fil_${id}`,
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
  test('changes wait behind held changes of their source, whole files and other sources do not', () => {
    const held = file('held', 1, { is_delta: true, status: 'HELD' })
    const later = file('later', 2, { is_delta: true })
    expect(next(held, later)).toBeUndefined()
    expect(next(held, later, file('whole', 3))).toBe('whole')
    expect(next(held, later, file('other', 3, { is_delta: true, source_folded: 'payroll' }))).toBe('other')
    expect(next({ ...held, status: 'PLANNED' }, later)).toBe('later')
    expect(next({ ...held, file_id: null }, later)).toBe('later')
    expect(next(file('earlier', 1, { is_delta: true }), { ...held, arrival: 2 })).toBe('earlier')
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
