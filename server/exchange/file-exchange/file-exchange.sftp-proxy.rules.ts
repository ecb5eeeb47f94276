/**
 * The header by which a load balancer says whose connection it passes on (HAProxy's PROXY protocol, versions 1 and 2).
 *
 * Strict: what is not exactly as the specification has it is refused, since all that follows rests on the address.
 */

export type ProxyHeader =
  /** More bytes are needed to tell. */
  | { readonly kind: 'INCOMPLETE' }
  | { readonly kind: 'INVALID'; readonly fault: string }
  /** The connection is another's. `bytes` is the header's length. */
  | { readonly kind: 'PROXIED'; readonly address: string; readonly bytes: number }
  /** The load balancer's own (a health check), or one of which it knows no address. */
  | { readonly kind: 'OWN'; readonly bytes: number }

const signature1 = Buffer.from('PROXY ', 'latin1')
const signature2 = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1')
/** Section 2.1: the longest line of version 1, with its CRLF. */
const lineBytesMax = 107
const headBytes = 16
/** The specification allows 64 KiB of extras (TLS details and such), of which none of ours has any use. */
const bodyBytesMax = 4_096

const incomplete: ProxyHeader = { kind: 'INCOMPLETE' }
const invalid = (fault: string): ProxyHeader => ({ kind: 'INVALID', fault })

/** Reads the header at the start of what has come so far. Whatever was cut where, the answer is the same in the end. */
export function readProxyHeader(bytes: Buffer): ProxyHeader {
  for (const [signature, read] of [
    [signature1, readVersion1],
    [signature2, readVersion2],
  ] as const) {
    const seen = Math.min(bytes.length, signature.length)
    if (bytes.compare(signature, 0, seen, 0, seen) !== 0) continue
    return seen < signature.length ? incomplete : read(bytes)
  }
  return invalid('there is no PROXY header')
}

function readVersion1(bytes: Buffer): ProxyHeader {
  const end = bytes.subarray(0, lineBytesMax).indexOf('\r\n')
  if (end === -1)
    return bytes.length < lineBytesMax ? incomplete : invalid('the line of version 1 does not end')
  const [, family, ...rest] = bytes.toString('latin1', 0, end).split(' ')
  const length = end + 2
  // What else stands on the line is to be ignored.
  if (family === 'UNKNOWN') return { kind: 'OWN', bytes: length }
  const [source = '', destination = '', ...ports] = rest
  const parse = family === 'TCP4' ? plainIPv4 : family === 'TCP6' ? plainIPv6 : undefined
  if (!parse) return invalid('the protocol is neither TCP4, TCP6 nor UNKNOWN')
  const address = parse(source)
  if (address === undefined || parse(destination) === undefined)
    return invalid(`an address is not one of ${family}`)
  if (ports.length !== 2 || !ports.every(isPort)) return invalid('the ports are not two numbers up to 65535')
  return { kind: 'PROXIED', address, bytes: length }
}

const isPort = (text: string): boolean => /^(0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65_535

function readVersion2(bytes: Buffer): ProxyHeader {
  if (bytes.length < headBytes) return incomplete
  const command = bytes.readUInt8(12)
  const family = bytes.readUInt8(13)
  const bodyBytes = bytes.readUInt16BE(14)
  if (command >> 4 !== 2 || (command & 15) > 1) return invalid('version or command of version 2 is unknown')
  if (bodyBytes > bodyBytesMax) return invalid(`the header has more than ${bodyBytesMax} bytes`)
  const length = headBytes + bodyBytes
  if (bytes.length < length) return incomplete
  if ((command & 15) === 0 || family === 0x00) return { kind: 'OWN', bytes: length }
  const body = bytes.subarray(headBytes, length)
  if (family === 0x11 && bodyBytes >= 12)
    return { kind: 'PROXIED', address: body.subarray(0, 4).join('.'), bytes: length }
  if (family === 0x21 && bodyBytes >= 36) {
    const groups = Array.from({ length: 8 }, (_, index) => body.readUInt16BE(index * 2).toString(16))
    return { kind: 'PROXIED', address: plainIPv6(groups.join(':')) as string, bytes: length }
  }
  return invalid('the addresses of version 2 are not those of TCP')
}

function plainIPv4(text: string): string | undefined {
  const parts = text.split('.')
  const isByte = (part: string): boolean => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255
  return parts.length === 4 && parts.every(isByte) ? text : undefined
}

/** In the one shortest form (RFC 5952); an IPv4 address in IPv6 dress is the IPv4 address. */
function plainIPv6(text: string): string | undefined {
  if (!/^[0-9a-f:.]{2,45}$/i.test(text)) return undefined
  const url = `http://[${text}]/`
  if (!URL.canParse(url)) return undefined
  const plain = new URL(url).hostname.slice(1, -1)
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(plain) ?? []
  if (high === undefined || low === undefined) return plain
  const [left, right] = [parseInt(high, 16), parseInt(low, 16)]
  return [left >> 8, left & 255, right >> 8, right & 255].join('.')
}
