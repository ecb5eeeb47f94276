/** Folding of text for comparison and search. Pure. */

/**
 * Letters without case and accents, single spaces: "  Zoë  O’Brien" → "zoe o'brien". For finding and comparing, never
 * for showing.
 */
export function foldText(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[‘’ʼ`´]/g, "'")
    .replace(/[‐‑‒–—]/g, '-')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim()
}
