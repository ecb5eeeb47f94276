/** Lists of addresses and networks, as settings and accounts name them: 203.0.113.7, 203.0.113.0/24, 2001:db8::/32. */
import { BlockList, isIP, isIPv4 } from 'node:net'

export interface AddressList {
  /** An IPv4 address in IPv6 dress (`::ffff:…`) counts as IPv4. False for what is no address. */
  has(address: string): boolean
}

/** Without the dress of IPv6 that a socket for both families puts on (`::ffff:192.0.2.1`), and without a zone. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
}

/** Throws an Error that names the first text that is neither an address nor a network. */
export function addressList(texts: readonly string[]): AddressList {
  const list = new BlockList()
  for (const text of texts) {
    const [address = '', length, ...rest] = text.split('/')
    const family = isIPv4(address) ? 'ipv4' : 'ipv6'
    const bitsMax = family === 'ipv4' ? 32 : 128
    const bits = length === undefined ? bitsMax : /^\d{1,3}$/.test(length) ? Number(length) : NaN
    if (isIP(address) === 0 || address.includes('%') || rest.length > 0 || !(bits <= bitsMax))
      throw new Error(
        `"${text}" is neither an address nor a network; write it like 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32`,
      )
    list.addSubnet(address, bits, family)
  }
  return {
    has: (address) => {
      const plain = plainAddress(address)
      return isIP(plain) !== 0 && list.check(plain, isIPv4(plain) ? 'ipv4' : 'ipv6')
    },
  }
}
