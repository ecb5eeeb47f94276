/** What `STORAGE_URL=s3://bucket?…` says (spec 97). */

export interface S3Address {
  readonly bucket: string
  readonly region: string
  /** Where requests go, without a path. */
  readonly origin: string
  /** `/bucket/` or `/`: what stands before an object's key. */
  readonly pathStart: string
  /** Stands before every key: empty, or ends with a slash. */
  readonly prefix: string
  /** For people: the bucket and where it is. */
  readonly name: string
}

export interface S3Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Of temporary credentials. */
  readonly sessionToken?: string | undefined
}

const parameters = ['region', 'endpoint', 'prefix', 'style']
const shape = 's3://bucket?region=REGION&endpoint=https://HOST&prefix=FOLDER'

/**
 * The address that a storage URL gives. `endpoint` is the S3-compatible server's (default Amazon's of `region`); `style=path`
 * (default with an endpoint) asks `HOST/bucket/key`, `style=virtual` (default at Amazon) `bucket.HOST/key`.
 *
 * @throws Error whose message ends the sentence "STORAGE_URL …"
 */
export function s3Address(url: string): S3Address {
  const parsed = URL.canParse(url) ? new URL(url) : null
  if (parsed?.protocol !== 's3:' || (parsed.pathname !== '' && parsed.pathname !== '/'))
    throw new Error(`must look like ${shape}`)
  if (parsed.username !== '' || parsed.password !== '')
    throw new Error(
      'must not hold the access key: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY instead, which no command shows',
    )
  const bucket = parsed.host
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket))
    throw new Error('must name a bucket: 3 to 63 of a-z 0-9 . -')
  for (const name of parsed.searchParams.keys())
    if (!parameters.includes(name)) throw new Error(`knows no ${name}: it takes ${parameters.join(', ')}`)
  const given = (name: string): string => parsed.searchParams.get(name) ?? ''
  const [endpoint, style] = [given('endpoint'), given('style')]
  if (given('region') === '' && endpoint === '')
    throw new Error(`must say the region or the endpoint: ${shape}`)
  const region = given('region') || 'us-east-1'
  if (!/^[a-z0-9-]{1,40}$/.test(region)) throw new Error('must have a region like ap-southeast-2')
  if (style !== '' && style !== 'path' && style !== 'virtual')
    throw new Error('takes style=path or style=virtual')
  const server = endpoint === '' ? `https://s3.${region}.amazonaws.com` : endpoint
  if (!/^https?:\/\/[^/?#@]+\/?$/.test(server) || !URL.canParse(server))
    throw new Error(
      'must have an endpoint like https://s3.example.com or http://127.0.0.1:9000, without a path',
    )
  const { protocol, host } = new URL(server)
  const isPath = style === 'path' || (style === '' && endpoint !== '')
  return {
    bucket,
    region,
    origin: isPath ? `${protocol}//${host}` : `${protocol}//${bucket}.${host}`,
    pathStart: isPath ? `/${bucket}/` : '/',
    prefix: prefixOf(given('prefix')),
    name: `s3://${bucket} at ${protocol}//${host}`,
  }
}

function prefixOf(given: string): string {
  const trimmed = given.replace(/^\/+|\/+$/g, '')
  if (trimmed === '') return ''
  const isPlain = trimmed.split('/').every((part) => /^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(part))
  if (!isPlain || trimmed.length > 200)
    throw new Error(
      'must have a prefix of folder names: A-Z a-z 0-9 . _ -, with / between them, at most 200 characters',
    )
  return `${trimmed}/`
}
