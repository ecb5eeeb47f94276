/** A file as an answer: whole, or the part that was asked for (RFC 9110, sections 13 and 14). */
import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../errors.ts'
import { guardHeaders } from './ill-framed.ts'
import { dispositionOf, namesEtag, rangeOf } from './ranges.rules.ts'
import type { FileRoute, RangedFile, SentFile } from './route.ts'

/** A file is never part of a page of ours: whatever opens it all the same may run nothing. */
const sandboxed = `${guardHeaders['content-security-policy']};sandbox`

/**
 * The same content, that ends also when nobody reads it: a generator that was never begun does not run its `finally`, and
 * the file behind it would stay open.
 */
function begun(content: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const iterator = content[Symbol.asyncIterator]()
  const first = iterator.next()
  first.catch(() => {})
  let isFirstTaken = false
  const next = (): Promise<IteratorResult<Buffer>> => {
    if (isFirstTaken) return iterator.next()
    isFirstTaken = true
    return first
  }
  const end = async (): Promise<IteratorResult<Buffer>> => {
    await first.catch(() => {})
    await iterator.return?.()
    return { done: true, value: undefined }
  }
  return { [Symbol.asyncIterator]: () => ({ next, return: end }) }
}

/** For an answer: ends its source also when nobody reads it. */
export const streamOf = (content: AsyncIterable<Buffer>): Readable =>
  Readable.from(begun(content), { objectMode: false })

export async function answerFile(
  { mediaType }: FileRoute,
  file: SentFile,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  void reply
    .type(file.mediaType ?? (typeof mediaType === 'string' ? mediaType : 'application/octet-stream'))
    .header('content-disposition', dispositionOf(file.name))
    .header('content-security-policy', sandboxed)
  if ('stream' in file) return answerRanged(file, request, reply)
  return reply.header('content-length', file.bytes).send(streamOf(file.content))
}

/** The preconditions in the order of RFC 9110, section 13.2.2; a file that never changes has no dates to compare. */
async function answerRanged(
  file: RangedFile,
  { method, headers }: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { bytes } = file
  const etag = `"${file.sha256}"`
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch, 'if-range': ifRange } = headers
  if (ifMatch !== undefined && !namesEtag(ifMatch, etag)) {
    await file.close()
    throw new AppError('VERSION_MISMATCH', 'The file is not the one that If-Match names.', {
      extra: { etag },
    })
  }
  void reply.headers({ etag, 'accept-ranges': 'bytes', 'cache-control': 'private, no-cache' })
  if (ifNoneMatch !== undefined && namesEtag(ifNoneMatch.replaceAll('W/', ''), etag)) {
    await file.close()
    return reply.code(304).send()
  }
  const isWanted = method === 'GET' && (ifRange === undefined || ifRange === etag)
  const range = isWanted ? rangeOf(headers.range, bytes) : undefined
  if (range === 'UNSATISFIABLE') {
    await file.close()
    throw new AppError('RANGE_UNSATISFIABLE', `The file has ${bytes} bytes, and none in this range.`, {
      extra: { bytes },
    })
  }
  if (range === undefined) return reply.header('content-length', bytes).send(streamOf(file.stream(0, bytes)))
  const { start, endExclusive } = range
  return reply
    .code(206)
    .header('content-range', `bytes ${start}-${endExclusive - 1}/${bytes}`)
    .header('content-length', endExclusive - start)
    .send(streamOf(file.stream(start, endExclusive)))
}
