/** A bucket on an S3 that checks signatures (swift-s3.ts), with stores of two nodes upon it. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { s3Address, type S3Credentials } from '../server/platform/storage/s3-address.rules.ts'
import { s3Client, type S3Client } from '../server/platform/storage/s3-client.ts'
import { s3BlobStore } from '../server/platform/storage/s3-store.ts'
import type { BlobStore } from '../server/platform/storage/storage.ts'
import { startSwiftS3, type SwiftS3 } from './swift-s3.ts'

export const keyOf = async (scope: string): Promise<Buffer> => Buffer.alloc(32, scope)

export interface TwoNodes {
  readonly client: S3Client
  readonly prefix: string
  readonly one: BlobStore
  readonly two: BlobStore
  /** Where the first one keeps what is being written. */
  readonly spool: string
}

export class Bucket {
  static readonly bucketName = 'vouchsafe-test'
  readonly swift: SwiftS3
  readonly credentials: S3Credentials
  readonly #folder: string
  readonly #clients: S3Client[] = []
  #prefixes = 0
  /** What the stores said went wrong behind the scenes. */
  readonly faults: unknown[] = []

  static async open(): Promise<Bucket> {
    const swift = await startSwiftS3()
    await swift.makeBucket(Bucket.bucketName)
    return new Bucket(swift, await mkdtemp(join(tmpdir(), 'vouchsafe-s3-')))
  }

  private constructor(swift: SwiftS3, folder: string) {
    this.swift = swift
    this.credentials = { accessKeyId: swift.accessKeyId, secretAccessKey: swift.secretAccessKey }
    this.#folder = folder
  }

  urlOf(prefix: string, { endpoint = this.swift.endpoint, bucket = Bucket.bucketName } = {}): string {
    return `s3://${bucket}?endpoint=${endpoint}&prefix=${prefix}`
  }

  clientOf(
    prefix: string,
    options: { endpoint?: string; bucket?: string; credentials?: S3Credentials } = {},
  ): S3Client {
    const client = s3Client(s3Address(this.urlOf(prefix, options)), options.credentials ?? this.credentials)
    this.#clients.push(client)
    return client
  }

  spoolOf(name: string): string {
    return join(this.#folder, name)
  }

  storeOf(client: S3Client, spool: string): BlobStore {
    return s3BlobStore({
      client,
      spool: this.spoolOf(spool),
      keyOf,
      onFault: (what, error) => this.faults.push(what, error),
    })
  }

  /** A prefix that nobody else has. */
  newPrefix(): string {
    this.#prefixes += 1
    return `p${this.#prefixes}`
  }

  twoNodes(): TwoNodes {
    const prefix = this.newPrefix()
    const client = this.clientOf(prefix)
    return {
      client,
      prefix,
      one: this.storeOf(client, `${prefix}-one`),
      two: this.storeOf(client, `${prefix}-two`),
      spool: this.spoolOf(`${prefix}-one`),
    }
  }

  async close(): Promise<void> {
    for (const client of this.#clients) await client.close()
    await this.swift.stop()
    await rm(this.#folder, { recursive: true, force: true })
  }
}

/** Every object under the client's prefix, and every upload that was begun and not ended. */
export async function objectsOf(client: S3Client): Promise<string[]> {
  const found: string[] = []
  for await (const { key } of client.list(client.address.prefix)) found.push(key)
  for await (const { key } of client.uploads(client.address.prefix)) found.push(`${key} (upload)`)
  return found
}

/** The keys in a store; of a partial with the word behind it. */
export async function keysOf(store: BlobStore): Promise<string[]> {
  const found: string[] = []
  for await (const { key, staged } of store.list()) found.push(`${key}${staged ? ' staged' : ''}`)
  return found.sort()
}
