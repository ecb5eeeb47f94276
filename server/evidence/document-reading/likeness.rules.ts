/** How alike two words are, where one may have been misread. Pure. */

/** Letters and digits without marks, in lower case: é is e, ß is ss. */
export function folded(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/ß/g, 'ss')
    .replace(/æ/g, 'ae')
    .replace(/ø/g, 'o')
    .replace(/đ/g, 'd')
    .replace(/ł/g, 'l')
    .replace(/ı/g, 'i')
}

/** Insertions, deletions, changes and swaps of neighbours between two words; more than `most` is told as `most + 1`. */
export function editsBetween(a: string, b: string, most: number): number {
  if (a === b) return 0
  if (Math.abs(a.length - b.length) > most) return most + 1
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let row = 1; row <= a.length; row += 1) {
    const next = [row]
    let least = row
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1]
      let value = Math.min(
        (last[column] ?? 0) + 1,
        (next[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      )
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1])
        value = Math.min(value, (before[column - 2] ?? 0) + 1)
      next.push(value)
      least = Math.min(least, value)
    }
    if (least > most) return most + 1
    before = last
    last = next
  }
  return Math.min(most + 1, last[b.length] ?? most + 1)
}

/** How many misread letters a word of so many letters may have and still be known. */
export function editsForgiven(length: number): number {
  return length < 4 ? 0 : length < 8 ? 1 : 2
}

export function isAlike(a: string, b: string): boolean {
  return (
    editsBetween(a, b, editsForgiven(Math.min(a.length, b.length))) <=
    editsForgiven(Math.min(a.length, b.length))
  )
}
