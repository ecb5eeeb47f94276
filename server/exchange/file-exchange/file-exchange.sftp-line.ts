/**
 * The line in which one channel's requests wait.
 *
 * They are worked through one after the other in the order of their arrival, however many the client sends ahead: so
 * that a WRITE is on its way to the disk before it is acknowledged, and a CLOSE is the last of its handle. What waits
 * in memory is bounded in both directions: requests by not reading from the socket, answers by not making them.
 */
import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

const waitingBytesPause = 8 * 2 ** 20
const waitingRequestsPause = 512
const waitingBytesMax = 64 * 2 ** 20
const waitingRequestsMax = 8_192
const unsentBytesHold = 8 * 2 ** 20
const unsentLookMs = 5

export interface RequestLine {
  /** Puts a request of so many bytes at the end. `work` answers it, and does not throw. */
  take(bytes: number, work: () => Promise<void>): void
  /** Resolves when answers may be made again: the client takes them, or the channel has ended. */
  roomToSend(): Promise<void>
  /** The last to be done, once. Nothing is held back for the client any more. */
  end(work: () => Promise<void>): void
}

export interface RequestLineOptions {
  readonly socket: Socket
  /** Bytes that were answered but wait for the client to make room for them. */
  unsentBytes(): number
  /** Called whenever nothing waits any more. */
  onEmpty(): void
  /** Ends the connection of a client that sends faster than it could ever be served. */
  drop(): void
}

export function requestLine(options: RequestLineOptions): RequestLine {
  const { socket } = options
  let requests = 0
  let waitingBytes = 0
  let isEnding = false
  let tail: Promise<void> = Promise.resolve()

  return {
    take: (bytes, work) => {
      requests += 1
      waitingBytes += bytes
      if (waitingBytes > waitingBytesMax || requests > waitingRequestsMax) options.drop()
      else if (waitingBytes > waitingBytesPause || requests > waitingRequestsPause) socket.pause()
      // A request that could not even be refused would hold up all that come after it.
      const done = tail.then(work).catch(() => options.drop())
      tail = done.then(() => {
        requests -= 1
        waitingBytes -= bytes
        if (requests === 0) options.onEmpty()
        if (waitingBytes <= waitingBytesPause / 2 && requests <= waitingRequestsPause / 2) socket.resume()
      })
    },
    roomToSend: async () => {
      while (
        !isEnding &&
        !socket.destroyed &&
        options.unsentBytes() + socket.writableLength > unsentBytesHold
      ) {
        // The client makes room by messages: they must be read, even if it was paused for other reasons.
        socket.resume()
        await delay(unsentLookMs)
      }
    },
    end: (work) => {
      if (isEnding) return
      isEnding = true
      tail = tail.then(work)
    },
  }
}
