/** Which addresses are public. No input or output. */
import { isIPv4, isIPv6 } from 'node:net'

interface Range {
  readonly bits: bigint
  readonly prefix: number
  readonly kind: string
}

/** Everything that the IANA special-purpose registries do not call globally reachable (RFC 6890), and multicast. */
const rangesV4 = [
  range('0.0.0.0/8', 'this network (RFC 791)'),
  range('10.0.0.0/8', 'private (RFC 1918)'),
  range('100.64.0.0/10', 'shared by a provider (RFC 6598)'),
  range('127.0.0.0/8', 'loopback (RFC 1122)'),
  range('169.254.0.0/16', 'link-local (RFC 3927)'),
  range('172.16.0.0/12', 'private (RFC 1918)'),
  range('192.0.0.0/24', 'for protocols (RFC 6890)'),
  range('192.0.2.0/24', 'for documentation (RFC 5737)'),
  range('192.88.99.0/24', 'for 6to4 relays (RFC 7526)'),
  range('192.168.0.0/16', 'private (RFC 1918)'),
  range('198.18.0.0/15', 'for benchmarks (RFC 2544)'),
  range('198.51.100.0/24', 'for documentation (RFC 5737)'),
  range('203.0.113.0/24', 'for documentation (RFC 5737)'),
  range('224.0.0.0/4', 'multicast (RFC 1112)'),
  range('240.0.0.0/4', 'reserved (RFC 1112)'),
]

/** These stand for an IPv4 address in their last 32 bits, which decides. */
const carriersV4 = [
  range('::ffff:0:0/96', 'IPv4-mapped (RFC 4291)'),
  range('64:ff9b::/96', 'NAT64 (RFC 6052)'),
]

/** Named for the sake of the message; whatever lies outside 2000::/3 is refused anyway. */
const rangesV6 = [
  range('::/128', 'unspecified (RFC 4291)'),
  range('::1/128', 'loopback (RFC 4291)'),
  range('64:ff9b:1::/48', 'local NAT64 (RFC 8215)'),
  range('100::/64', 'a black hole (RFC 6666)'),
  range('2001::/23', 'for protocols (RFC 2928)'),
  range('2001:db8::/32', 'for documentation (RFC 3849)'),
  range('2002::/16', '6to4 (RFC 7526)'),
  range('3fff::/20', 'for documentation (RFC 9637)'),
  range('fc00::/7', 'private (RFC 4193)'),
  range('fe80::/10', 'link-local (RFC 4291)'),
  range('fec0::/10', 'site-local (RFC 3879)'),
  range('ff00::/8', 'multicast (RFC 4291)'),
]
const globalUnicast = range('2000::/3', 'global unicast (RFC 4291)')

/**
 * Why an address may not be called ("loopback (RFC 1122)"), or null when it is public. `address` is IPv4 or IPv6 in any
 * notation that `node:net` knows; anything else is not public either.
 */
export function whyNotPublic(address: string): string | null {
  if (isIPv4(address)) return whyNotPublicV4(bitsOfV4(address))
  if (!isIPv6(address)) return 'not an address'
  // A zone (fe80::1%eth0) names an interface of this machine.
  if (address.includes('%')) return 'bound to one interface (RFC 4007)'
  const bits = bitsOfV6(address)
  if (carriersV4.some((carrier) => isWithin(bits, carrier, 128))) return whyNotPublicV4(bits & 0xffff_ffffn)
  const kind = rangesV6.find((special) => isWithin(bits, special, 128))?.kind
  return kind ?? (isWithin(bits, globalUnicast, 128) ? null : 'not assigned (RFC 4291)')
}

function whyNotPublicV4(bits: bigint): string | null {
  return rangesV4.find((special) => isWithin(bits, special, 32))?.kind ?? null
}

function isWithin(bits: bigint, special: Range, width: number): boolean {
  const hostBits = BigInt(width - special.prefix)
  return bits >> hostBits === special.bits >> hostBits
}

function range(text: string, kind: string): Range {
  const [address, prefix] = text.split('/') as [string, string]
  return { bits: isIPv4(address) ? bitsOfV4(address) : bitsOfV6(address), prefix: Number(prefix), kind }
}

function bitsOfV4(address: string): bigint {
  return address.split('.').reduce((bits, part) => (bits << 8n) | BigInt(part), 0n)
}

function bitsOfV6(address: string): bigint {
  const dotted = /(?<=:)\d+\.\d+\.\d+\.\d+$/.exec(address)?.[0]
  const low = dotted === undefined ? 0n : bitsOfV4(dotted)
  const hex =
    dotted === undefined
      ? address
      : address.replace(dotted, `${(low >> 16n).toString(16)}:${(low & 0xffffn).toString(16)}`)
  const [before = '', after] = hex.split('::')
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'))
  const head = groups(before)
  const tail = after === undefined ? [] : groups(after)
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0')
  return [...head, ...zeros, ...tail].reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n)
}
