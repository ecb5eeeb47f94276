/** Shapes of the file exchange: accounts, the tree and what is put into it (spec 50, Server). */
import { z } from 'zod'

/** What a login needs. */
export const loginRequirements = ['KEY', 'PASSWORD', 'EITHER', 'BOTH'] as const
export type LoginRequirement = (typeof loginRequirements)[number]

/** A public key of an account. */
export interface AccountKey {
  /** `SHA256:…`, as ssh-keygen prints it. */
  readonly fingerprint: string
  readonly algorithm: string
  /** The wire form (RFC 4253, section 6.6). */
  readonly publicKey: Buffer
  readonly comment: string
}

/** An account as it is shown: never its secrets. */
export interface AccountRecord {
  readonly id: string
  readonly username: string
  readonly requires: LoginRequirement
  readonly isEnabled: boolean
  readonly hasPassword: boolean
  readonly allowedAddresses: readonly string[]
  readonly keys: readonly { fingerprint: string; algorithm: string; comment: string }[]
  readonly createdAt: Date
}

/** What a login is judged by. */
export interface LoginAccount {
  readonly organisationId: string
  readonly id: string
  readonly username: string
  readonly requires: LoginRequirement
  readonly isEnabled: boolean
  readonly passwordHash: string | null
  readonly allowedAddresses: readonly string[]
  readonly keys: readonly { readonly fingerprint: string; readonly publicKey: Buffer }[]
}

/** A file of the tree. */
export interface FileRow {
  readonly id: string
  readonly folder: string
  readonly name: string
  readonly state: 'PARTIAL' | 'COMPLETE'
  readonly accountId: string | null
  readonly blobKey: string
  readonly bytes: number
  readonly sha256: string | null
  readonly clientModifiedAt: Date | null
  readonly modifiedAt: Date
}

/** A folder or file as a client sees it. */
export interface Entry {
  readonly kind: 'FOLDER' | 'FILE'
  readonly name: string
  readonly bytes: number
  readonly modifiedAt: Date
  /** Whether this account may write it (a file) or into it (a folder). */
  readonly isWritable: boolean
}

/** `/download/results/<name>-error.json`: why a file was not taken, and what to do. */
export const errorReport = z.object({
  fileName: z.string(),
  code: z.string(),
  title: z.string(),
  detail: z.string(),
  help: z.string(),
  examples: z.array(z.string()),
  at: z.string(),
})
export type ErrorReport = z.infer<typeof errorReport>
