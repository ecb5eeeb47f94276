/** Whether bytes are JSON (RFC 8259), told as they come: what a file of any size is takes no more memory than one piece. Pure. */

const depthMax = 200

const expected = {
  value: 0,
  firstOrEnd: 1,
  keyOrEnd: 2,
  key: 3,
  colon: 4,
  next: 5,
  end: 6,
} as const
type Expect = (typeof expected)[keyof typeof expected]

const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
const numberPattern = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/
const literals = new Set(['true', 'false', 'null'])
const bareMax = 400

/** Reads a text of JSON piece by piece; says where it stops being one. */
export class JsonReading {
  readonly #utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  /** What is open, the innermost last. */
  readonly #open: ('{' | '[')[] = []
  #expect: Expect = expected.value
  /** Inside of a text; `\` when the next character is escaped, a number when that many hex digits are to come. */
  #text: '' | 'in' | '\\' | number = ''
  #isKey = false
  /** A number or a literal that is not at its end. */
  #bare = ''
  #fault: string | undefined
  #isObject = false
  #isEmpty = true

  /** Returns false once it is no JSON: nothing more needs to be read. */
  take(piece: Uint8Array): boolean {
    if (this.#fault !== undefined) return false
    try {
      this.#utf8.decode(piece, { stream: true })
    } catch {
      return this.#refuse('is not in UTF-8')
    }
    for (const byte of piece) if (!this.#byte(byte)) return false
    return true
  }

  /** At the end: what is wrong with it; undefined for a well-formed object. */
  end(): string | undefined {
    if (this.#fault !== undefined) return this.#fault
    try {
      this.#utf8.decode()
    } catch {
      return 'is not in UTF-8'
    }
    if (this.#bare !== '' && !this.#closeBare()) return this.#fault
    if (this.#isEmpty) return 'is empty'
    if (this.#expect !== expected.end || this.#text !== '') return 'ends in the middle'
    return this.#isObject ? undefined : 'is JSON, but no object'
  }

  #refuse(fault: string): false {
    this.#fault = fault
    return false
  }

  #byte(byte: number): boolean {
    if (this.#text !== '') return this.#inText(byte)
    if (this.#bare !== '') {
      if (/[-+.\w]/.test(String.fromCharCode(byte))) {
        this.#bare += String.fromCharCode(byte)
        return this.#bare.length <= bareMax || this.#refuse('holds a number without end')
      }
      if (!this.#closeBare()) return false
    }
    if (isSpace(byte)) return true
    this.#isEmpty = false
    return this.#structure(String.fromCharCode(byte))
  }

  #inText(byte: number): boolean {
    if (typeof this.#text === 'number') {
      if (!/[0-9a-fA-F]/.test(String.fromCharCode(byte))) return this.#refuse('holds a broken escape')
      this.#text = this.#text === 1 ? 'in' : this.#text - 1
      return true
    }
    if (this.#text === '\\') {
      const character = String.fromCharCode(byte)
      if (!'"\\/bfnrtu'.includes(character)) return this.#refuse('holds a broken escape')
      this.#text = character === 'u' ? 4 : 'in'
      return true
    }
    if (byte < 0x20) return this.#refuse('holds a control character in a text')
    if (byte === 0x5c) this.#text = '\\'
    if (byte === 0x22) {
      this.#text = ''
      this.#expect = this.#isKey ? expected.colon : this.#afterValue()
    }
    return true
  }

  #afterValue(): Expect {
    return this.#open.length === 0 ? expected.end : expected.next
  }

  #closeBare(): boolean {
    const bare = this.#bare
    this.#bare = ''
    if (!literals.has(bare) && !numberPattern.test(bare)) return this.#refuse('is no JSON')
    this.#expect = this.#afterValue()
    return true
  }

  #structure(character: string): boolean {
    const expect = this.#expect
    if (expect === expected.colon) {
      if (character !== ':') return this.#refuse('is no JSON')
      this.#expect = expected.value
      return true
    }
    if (expect === expected.next) {
      if (character === ',') {
        this.#expect = this.#open.at(-1) === '{' ? expected.key : expected.value
        return true
      }
      return this.#close(character)
    }
    if (expect === expected.key || expect === expected.keyOrEnd) {
      if (character === '"') {
        this.#text = 'in'
        this.#isKey = true
        return true
      }
      return expect === expected.keyOrEnd ? this.#close(character) : this.#refuse('is no JSON')
    }
    if (expect === expected.end) return this.#refuse('has something behind its end')
    if (expect === expected.firstOrEnd && character === ']') return this.#close(character)
    return this.#begin(character)
  }

  #begin(character: string): boolean {
    if (character === '{' || character === '[') {
      if (this.#open.length === 0) this.#isObject = character === '{'
      this.#open.push(character)
      if (this.#open.length > depthMax) return this.#refuse(`is nested deeper than ${depthMax} levels`)
      this.#expect = character === '{' ? expected.keyOrEnd : expected.firstOrEnd
      return true
    }
    if (character === '"') {
      this.#text = 'in'
      this.#isKey = false
      return true
    }
    if (!/[-\w]/.test(character)) return this.#refuse('is no JSON')
    this.#bare = character
    return true
  }

  #close(character: string): boolean {
    if (character !== (this.#open.at(-1) === '{' ? '}' : ']')) return this.#refuse('is no JSON')
    this.#open.pop()
    this.#expect = this.#afterValue()
    return true
  }
}
