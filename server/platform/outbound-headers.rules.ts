/** Headers of outgoing calls that nobody sets. No input or output. */

/** They belong to the connection or are made from the call (RFC 9110, 7.6.1). In lower case. */
export const ownHeaders: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])
