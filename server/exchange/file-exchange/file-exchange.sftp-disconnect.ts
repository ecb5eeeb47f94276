/** Ending a connection with a reason that people can read (RFC 4253, section 11.1). The library sends the number alone. */
import type { Connection } from 'ssh2'

/** SSH_DISCONNECT_TOO_MANY_CONNECTIONS */
export const tooManyConnections = 12

const disconnectType = 1

interface PacketWriter {
  readonly allocStartKEX: number
  alloc(bytes: number, isForced: boolean): Buffer
  finalize(packet: Buffer, isForced: boolean): Buffer
}

interface LibraryParts {
  readonly _protocol?: {
    readonly _packetRW?: { readonly write?: PacketWriter }
    readonly _cipher?: { encrypt(packet: Buffer): void }
  }
}

/** Sends the reason; closing is the caller's. Nothing is sent where the library's inside is not as expected. */
export function sayGoodbye(client: Connection, reason: number, text: string): void {
  const protocol = (client as unknown as LibraryParts)._protocol
  const [writer, cipher] = [protocol?._packetRW?.write, protocol?._cipher]
  if (!writer || !cipher) return
  const description = Buffer.from(text)
  const body = Buffer.alloc(1 + 4 + 4 + description.length + 4)
  body.writeUInt8(disconnectType, 0)
  body.writeUInt32BE(reason, 1)
  body.writeUInt32BE(description.length, 5)
  description.copy(body, 9)
  const packet = writer.alloc(body.length, true)
  body.copy(packet, writer.allocStartKEX)
  cipher.encrypt(writer.finalize(packet, true))
}
