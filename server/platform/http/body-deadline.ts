/**
 * How long a body may take to arrive. Node's own limit is one for the whole server; an upload of gigabytes takes longer
 * than any other request may.
 */
import type { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { answerIllFramed } from './ill-framed.ts'

const patienceMs = 60_000
/** So long an answer may take to reach the other side. */
const lingerMs = 5_000

/**
 * Answers 408 and closes when a body is not there in time; an upload may take its time, but not fall silent.
 * @param forMs the time for the whole body, or of an upload the longest silence
 */
export function watchBody(request: IncomingMessage, isUpload: boolean, forMs = patienceMs): void {
  const { headers, socket } = request
  const hasBody = headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'
  // A request that comes without a socket is there already.
  if (!hasBody || !(socket instanceof Socket)) return
  let seen = isUpload ? -1 : Infinity
  const timer = setInterval(() => {
    if (!request.complete && socket.bytesRead > seen) {
      seen = socket.bytesRead
      return
    }
    clearInterval(timer)
    if (request.complete) return
    answerIllFramed({ code: 'ERR_HTTP_REQUEST_TIMEOUT' }, socket)
    // A peer that is gone never says so: what it left open would stay.
    setTimeout(() => socket.destroy(), lingerMs).unref()
  }, forMs)
  timer.unref()
  request.once('close', () => clearInterval(timer))
}
