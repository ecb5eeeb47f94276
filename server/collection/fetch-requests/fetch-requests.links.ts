/**
 * Links to the worker's page (spec 30, The link).
 *
 * A token is the HMAC-SHA-256 of the request and its generation under a link key: it can be derived again for each reminder,
 * and lies nowhere in clear. Link keys belong to the installation, have versions, and are apart from MASTER_KEY, which wraps them.
 */
import type { Config } from '../../platform/config.ts'
import { AppError } from '../../platform/errors.ts'
import { publicUrlOf } from '../../platform/public-url.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { hashToken, keyedHash, newKey, unwrapKey, wrapKey } from '../../platform/secrets.ts'
import type { Tx } from '../../platform/db/database.ts'
import { insertWrappedLinkKey, newestLinkKeyVersion, wrappedLinkKey } from './fetch-requests.links.store.ts'

const secretName = (version: number): string => `link-key:${version}`

const known = new WeakMap<Runtime, Map<number, Buffer>>()

/** The link key of that version, unwrapped once per process. SETTING_INVALID when the master key does not open it. */
export async function linkKey(runtime: Runtime, tx: Tx, version: number): Promise<Buffer> {
  let keys = known.get(runtime)
  if (!keys) known.set(runtime, (keys = new Map()))
  const cached = keys.get(version)
  if (cached) return cached
  const wrapped = await wrappedLinkKey(tx, secretName(version))
  if (!wrapped) throw new AppError('INTERNAL', `The link key of version ${version} is gone.`)
  const key = unwrapKey(runtime.masterKeys, secretName(version), wrapped)
  keys.set(version, key)
  return key
}

/** The key under which links are made now; the first is made when it is first needed, one for all nodes. */
export async function currentLinkKey(
  runtime: Runtime,
  tx: Tx,
  now: Date,
): Promise<{ readonly version: number; readonly key: Buffer }> {
  const version = await newestLinkKeyVersion(tx)
  if (version !== undefined) return { version, key: await linkKey(runtime, tx, version) }
  await insertWrappedLinkKey(tx, secretName(1), wrapKey(runtime.masterKey, secretName(1), newKey()), now)
  return { version: 1, key: await linkKey(runtime, tx, 1) }
}

/**
 * Makes the key under which links are made from now on. Links that are out keep the key that they were made under; one that is
 * issued anew gets the new one.
 *
 * @returns its version
 */
export async function rotateLinkKey(runtime: Runtime): Promise<number> {
  return runtime.db.installation(async (tx) => {
    const version = ((await newestLinkKeyVersion(tx)) ?? 0) + 1
    const wrapped = wrapKey(runtime.masterKey, secretName(version), newKey())
    await insertWrappedLinkKey(tx, secretName(version), wrapped, runtime.clock.now())
    return version
  })
}

/** 256 bits, base64url. */
export function tokenOf(key: Buffer, requestId: string, generation: number): string {
  return keyedHash(key, 'fetch-request-link', `${requestId}:${generation}`).toString('base64url')
}

/** What is kept of a token. */
export const tokenHashOf = (token: string): Buffer => hashToken(token)

/** Where the token leads. */
export const linkUrl = (config: Config, token: string): string => `${publicUrlOf(config)}/r/${token}`
