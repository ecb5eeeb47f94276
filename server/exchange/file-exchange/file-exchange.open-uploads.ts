/** The files that are being written in this process, whoever writes them. */
import type { Caller } from '../../platform/context.ts'
import { AppError } from '../../platform/errors.ts'
import { randomCharacters } from '../../platform/ids.ts'
import type { StagedBlob } from '../../platform/storage/storage.ts'
import type { Place } from './file-exchange.paths.rules.ts'
import type { StorageShare } from './file-exchange.quota.ts'

/** Who is at work, and under which request id. */
export interface ExchangeSession {
  readonly organisationId: string
  readonly accountId: string
  readonly caller: Caller
}

export type FilePlace = Extract<Place, { kind: 'FILE' }>

/** A file that is being written in this process. */
export interface Upload {
  readonly fileId: string
  /** Who writes, as the row has it: another one for each time that a file is opened. */
  readonly writer: string
  readonly folder: string
  readonly name: string
  readonly bytesMax: number
  /** Of what its account may store. */
  readonly share: StorageShare
  staged: StagedBlob
  /** Whether CLOSE makes a version: not when an existing file was opened and left as it was. */
  isTouched: boolean
  clientModifiedAt: Date | null
  /** Why no more can be done with it; undefined while it is open. */
  end: AppError | undefined
}

const thisProcess = randomCharacters(16)

/**
 * Names whoever opens a file now, among all nodes and all connections of this one: only who took a partial completes or
 * leaves it, and one that was cut a moment ago cannot give away what its successor has.
 */
export function newWriter(): string {
  return `${thisProcess}.${randomCharacters(8)}`
}

/** Whether it writes on another node, or wrote in a process that is no more. */
export function isElsewhere(writer: string | null | undefined): boolean {
  return writer !== null && writer !== undefined && !writer.startsWith(`${thisProcess}.`)
}

/** By file id: so that a client that was cut off can take over from a connection that does not know it yet. */
export const openUploads = new Map<string, Upload>()

/** By file id: cut off, and not yet on record as left. */
const leaving = new Map<string, Promise<void>>()

/** Resolves when no file of that place is on its way from a connection that was cut to the record that it was left. */
export async function uploadsLeft(fileIds: readonly string[]): Promise<boolean> {
  const waits = fileIds.flatMap((id) => leaving.get(id) ?? [])
  await Promise.allSettled(waits)
  return waits.length === 0
}

/** Lets those who open the file next wait until `work` is done. */
export async function whileLeaving(upload: Upload, work: () => Promise<void>): Promise<void> {
  const done = work()
  leaving.set(upload.fileId, done)
  try {
    await done
  } finally {
    if (leaving.get(upload.fileId) === done) leaving.delete(upload.fileId)
  }
}

/** It is no longer among them. */
export function forgetUpload(upload: Upload): void {
  if (openUploads.get(upload.fileId) === upload) openUploads.delete(upload.fileId)
  upload.share.settle()
}

/** Nothing more can be done with it, and why. */
export function endUpload(upload: Upload, why: string): void {
  upload.end ??= new AppError('CONFLICT', why)
  forgetUpload(upload)
}
