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

/** This process among all nodes: it completes only what it has taken itself. */
export const thisProcess = randomCharacters(16)

/** By file id: so that a client that was cut off can take over from a connection that does not know it yet. */
export const openUploads = new Map<string, Upload>()

/** It is no longer among them. */
export function forgetUpload(upload: Upload): void {
  openUploads.delete(upload.fileId)
  upload.share.settle()
}

/** Nothing more can be done with it, and why. */
export function endUpload(upload: Upload, why: string): void {
  upload.end = new AppError('CONFLICT', why)
  forgetUpload(upload)
}
