/** The store that the configuration names. */
import { join } from 'node:path'
import type { Config } from '../config.ts'
import type { Log } from '../log.ts'
import { s3Address } from './s3-address.rules.ts'
import { s3Client } from './s3-client.ts'
import { s3BlobStore } from './s3-store.ts'
import { fileBlobStore, type BlobStore } from './storage.ts'

/** @param keyOf a scope's 32-byte data key, always the same one */
export function openStorage(config: Config, keyOf: (scope: string) => Promise<Buffer>, log: Log): BlobStore {
  const { storageUrl, dataDir, awsAccessKeyId, awsSecretAccessKey, awsSessionToken } = config
  if (storageUrl?.startsWith('s3:') !== true)
    return fileBlobStore({
      folder: storageUrl === null ? join(dataDir, 'blobs') : storageUrl.replace(/^file:(\/\/)?/, ''),
      keyOf,
    })
  const client = s3Client(s3Address(storageUrl), {
    accessKeyId: awsAccessKeyId ?? '',
    secretAccessKey: awsSecretAccessKey ?? '',
    sessionToken: awsSessionToken ?? undefined,
  })
  return s3BlobStore({
    client,
    spool: join(dataDir, 'spool'),
    keyOf,
    onFault: (what, error) => log.warn({ err: error }, what),
  })
}
