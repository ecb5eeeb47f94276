/** PostgreSQL's text format for COPY (documentation of COPY, "Text Format"). Pure. */

const special = /[\\\t\n\r\b\f\v]/
const escapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  '\b': '\\b',
  '\f': '\\f',
  '\v': '\\v',
}

/** A value of one column. A NUL cannot be stored in PostgreSQL and is shown as U+2400. */
export function escapeCopyText(value: string): string {
  const safe = value.includes('\0') ? value.replaceAll('\0', '\u2400') : value
  return special.test(safe)
    ? safe.replace(/[\\\t\n\r\b\f\v]/g, (character) => escapes[character] as string)
    : safe
}

/** A value of a text[] column. */
export function escapeCopyArray(values: readonly string[]): string {
  if (values.length === 0) return '{}'
  let out = ''
  for (const value of values)
    out += `,"${value.includes('"') || value.includes('\\') ? value.replace(/["\\]/g, '\\$&') : value}"`
  return escapeCopyText(`{${out.slice(1)}}`)
}
