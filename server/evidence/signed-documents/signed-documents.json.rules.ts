/**
 * Reading JSON that somebody may have made to deceive: what two readers could read in two ways is refused, since the one may
 * check the signature and the other show the fields. No input or output.
 */

/** A plain value as JSON knows it. Objects have no duplicate names and no name that reaches a prototype. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [name: string]: Json
}

/** Why a text is not taken: one sentence for a person. Whatever reads documents in this feature throws it for their faults. */
export class DocumentFault extends Error {
  override readonly name = 'DocumentFault'
}

const depthMax = 64
const valuesMax = 50_000
const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y
const blank = /[ \t\n\r]*/y
/** Up to the next quote or escape (RFC 8259, 7). */
// eslint-disable-next-line no-control-regex -- control characters are what ends it
const plainCharacters = /[^"\\\u0000-\u001f]*/y
const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}
/** Names through which an object literal or a careless look-up would reach what every object has. */
const reachingNames = new Set(['__proto__', 'constructor', 'prototype'])
/** Control, format (zero width, writing direction), surrogate and unassigned characters: a name must not hold what is not seen. */
const unseen = /\p{C}/u

/** What a property of an object is; undefined where it has none of its own. */
export function member(value: Json | undefined, name: string): Json | undefined {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A property that is a text; undefined otherwise. */
export function textMember(value: Json | undefined, name: string): string | undefined {
  const found = member(value, name)
  return typeof found === 'string' ? found : undefined
}

/** A value that may be one or several (as in JSON-LD): always a list. */
export function listOf(value: Json | undefined): readonly Json[] {
  return value === undefined ? [] : Array.isArray(value) ? (value as readonly Json[]) : [value as Json]
}

/**
 * Reads a whole text as JSON (RFC 8259), and throws a `DocumentFault` where it is not JSON or where readers could differ:
 * a name twice in one object (also by another spelling of the same characters), a name with characters that are not seen, a
 * name that reaches a prototype, half a surrogate pair, a number that a double cannot hold as written, more than 64 levels
 * or 50,000 values.
 */
export function readJson(text: string): Json {
  const reader = new Reader(text)
  return reader.whole()
}

class Reader {
  #at = 0
  #values = 0
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  whole(): Json {
    const value = this.#value(0)
    this.#skip(blank)
    if (this.#at < this.#text.length) throw this.#fault('goes on after its end')
    return value
  }

  #fault(what: string): DocumentFault {
    return new DocumentFault(`The document ${what} (at character ${this.#at + 1}).`)
  }

  #skip(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0] ?? ''
    this.#at += found.length
    return found
  }

  #value(depth: number): Json {
    if (depth > depthMax) throw this.#fault(`is nested more than ${depthMax} levels deep`)
    if (++this.#values > valuesMax) throw this.#fault(`holds more than ${valuesMax} values`)
    this.#skip(blank)
    switch (this.#text[this.#at]) {
      case '{':
        return this.#object(depth)
      case '[':
        return this.#array(depth)
      case '"':
        return this.#string()
      case 't':
        return this.#word('true', true)
      case 'f':
        return this.#word('false', false)
      case 'n':
        return this.#word('null', null)
      default:
        return this.#number()
    }
  }

  #word<T extends Json>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) throw this.#fault('is not JSON')
    this.#at += word.length
    return value
  }

  #number(): number {
    const written = this.#skip(number)
    if (written === '') throw this.#fault('is not JSON')
    const value = Number(written)
    const digits = written
      .replace(/[eE].*$/, '')
      .replace(/[-.]/g, '')
      .replace(/^0+/, '')
    const isWhole = !/[.eE]/.test(written)
    if (!Number.isFinite(value) || digits.length > 17 || (isWhole && !Number.isSafeInteger(value)))
      throw this.#fault('has a number that cannot be held as written')
    // It would be shown, and signed over, as 0.
    if (Object.is(value, -0)) throw this.#fault('has the number -0')
    return value
  }

  #string(): string {
    let value = ''
    this.#at += 1
    for (;;) {
      value += this.#skip(plainCharacters)
      const next = this.#text[this.#at]
      if (next === '"') break
      if (next !== '\\') throw this.#fault('has a text that does not end, or holds a control character')
      value += this.#escape()
    }
    this.#at += 1
    if (!value.isWellFormed()) throw this.#fault('has half a character (a lone surrogate)')
    return value
  }

  #escape(): string {
    const kind = this.#text[this.#at + 1] ?? ''
    const hex = this.#text.slice(this.#at + 2, this.#at + 6)
    if (kind === 'u' && /^[0-9a-fA-F]{4}$/.test(hex)) {
      this.#at += 6
      return String.fromCharCode(Number.parseInt(hex, 16))
    }
    const plain = Object.hasOwn(escapes, kind) ? escapes[kind] : undefined
    if (plain === undefined) throw this.#fault('has an escape that JSON does not know')
    this.#at += 2
    return plain
  }

  #array(depth: number): Json[] {
    const items: Json[] = []
    this.#at += 1
    this.#skip(blank)
    if (this.#text[this.#at] === ']') {
      this.#at += 1
      return items
    }
    for (;;) {
      items.push(this.#value(depth + 1))
      this.#skip(blank)
      const next = this.#text[this.#at]
      if (next !== ',' && next !== ']') throw this.#fault('is not JSON')
      this.#at += 1
      if (next === ']') return items
    }
  }

  #object(depth: number): JsonObject {
    const made: Record<string, Json> = {}
    const spelt = new Set<string>()
    this.#at += 1
    this.#skip(blank)
    if (this.#text[this.#at] === '}') {
      this.#at += 1
      return made
    }
    for (;;) {
      this.#skip(blank)
      if (this.#text[this.#at] !== '"') throw this.#fault('is not JSON')
      const name = this.#string()
      if (reachingNames.has(name))
        throw this.#fault(`uses the name ${JSON.stringify(name)}, which is not taken`)
      if (unseen.test(name)) throw this.#fault('has a name with characters that are not seen')
      const folded = name.normalize('NFKC')
      if (spelt.has(folded)) throw this.#fault(`has the name ${JSON.stringify(name)} twice in one place`)
      spelt.add(folded)
      this.#skip(blank)
      if (this.#text[this.#at] !== ':') throw this.#fault('is not JSON')
      this.#at += 1
      made[name] = this.#value(depth + 1)
      this.#skip(blank)
      const next = this.#text[this.#at]
      if (next !== ',' && next !== '}') throw this.#fault('is not JSON')
      this.#at += 1
      if (next === '}') return made
    }
  }
}

/** The one spelling of a value (RFC 8785, JSON Canonicalization Scheme). */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(canonicalJson).join(',')}]`
  if (!isObject(value)) return JSON.stringify(value)
  const names = Object.keys(value).sort((a, b) => (a < b ? -1 : 1))
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name] as Json)}`).join(',')}}`
}

/** Bytes as text. Throws a `DocumentFault` where they are no UTF-8. A byte order mark is left out. */
export function readUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new DocumentFault('The document is not text in UTF-8.')
  }
}

/** Base64url without padding (RFC 7515, 2), in its one spelling: other last bits are refused. */
export function readBase64url(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.toString('base64url') !== text) throw new DocumentFault('The document has faulty base64url.')
  return bytes
}

const alphabet58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'

/** Multibase with base58btc (`z…`), of at most 400 characters: its decoding is quadratic. */
export function readMultibase58(text: string): Buffer {
  if (!text.startsWith('z') || text.length > 400 || text.length < 2)
    throw new DocumentFault('The document has a key or signature in an encoding that is not known.')
  let value = 0n
  for (const character of text.slice(1)) {
    const digit = alphabet58.indexOf(character)
    if (digit < 0) throw new DocumentFault('The document has faulty base58.')
    value = value * 58n + BigInt(digit)
  }
  const zeros = /^1*/.exec(text.slice(1))?.[0].length ?? 0
  const hex = value === 0n ? '' : value.toString(16)
  const digits = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')
  return Buffer.concat([Buffer.alloc(zeros), digits])
}
