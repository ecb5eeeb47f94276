/** A form with a file as it goes over the wire (RFC 7578), for requests that are made by hand. */

const boundary = 'vouchsafe-test-boundary-4f1c9a'

export interface MultipartBody {
  readonly contentType: string
  readonly body: Buffer
}

/** @param fields texts, and the file under `file`; other values go as JSON, a member that is undefined not at all */
export function multipart(fields: Readonly<Record<string, unknown>>, fileName = 'people.csv'): MultipartBody {
  const parts = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => {
      const content = Buffer.isBuffer(value)
        ? value
        : Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))
      const quoted = name.replaceAll(/["\r\n]/g, (one) => encodeURIComponent(one))
      const head =
        name === 'file'
          ? `content-disposition: form-data; name="file"; filename="${fileName}"\r\ncontent-type: application/octet-stream`
          : `content-disposition: form-data; name="${quoted}"`
      return Buffer.concat([Buffer.from(`--${boundary}\r\n${head}\r\n\r\n`), content, Buffer.from('\r\n')])
    })
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]),
  }
}

/** A body as a media type wants it. */
export function encodedBody(
  mediaType: string,
  value: Readonly<Record<string, unknown>>,
): { readonly contentType: string; readonly body: string | Buffer } {
  return mediaType === 'multipart/form-data'
    ? multipart(value)
    : { contentType: mediaType, body: JSON.stringify(value) }
}
