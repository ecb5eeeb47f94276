/** Writing CSV as the contract wants it: every value quoted, quotes doubled, LF at the end of a line. Pure. */

export function csvLine(cells: readonly string[]): string {
  return cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',') + '\n'
}
