/** Shapes of the file exchange: accounts, the tree and what is put into it (spec 50, Server). */
import { z } from 'zod'

/** What a user name may look like; nothing else is looked up, or kept. */
export const usernamePattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/

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
  readonly updatedAt: Date
  readonly deletedAt: Date | null
}

/** An account as the API shows it. */
export const accountAttributes = z.object({
  username: z.string(),
  requires: z.enum(loginRequirements).describe('What a login needs.'),
  isEnabled: z.boolean(),
  hasPassword: z.boolean(),
  publicKeys: z.array(z.object({ fingerprint: z.string(), algorithm: z.string(), comment: z.string() })),
  allowedAddresses: z.array(z.string()),
  createdAt: z.date(),
  deletedAt: z.date().nullable(),
})

const publicKeys = z
  .array(z.string().max(16_384))
  .max(50)
  .describe('Lines as ssh-keygen writes them into the file that ends in .pub.')
const password = z.string().min(1).max(1_000)
const allowedAddresses = z
  .array(z.string().max(100))
  .max(200)
  .describe('Addresses or networks (203.0.113.0/24) that it may come from; none = from anywhere.')
const requires = z
  .enum(loginRequirements)
  .describe('Without it: what was given, either of both where both were.')

/** An account as POST takes it. */
export const accountInput = z.strictObject({
  username: z.string().max(200).describe('Unique in this installation, without case.'),
  publicKeys: publicKeys.optional(),
  password: password.optional().describe('At least 8 characters. It is never shown again.'),
  requires: requires.optional(),
  allowedAddresses: allowedAddresses.optional(),
})

/** What PATCH takes: what is absent stays. The keys and addresses given replace all that there were. */
export const accountPatch = z.strictObject({
  publicKeys: publicKeys.optional(),
  password: password.nullable().optional().describe('Null takes it away.'),
  requires: requires.optional(),
  isEnabled: z.boolean().optional(),
  allowedAddresses: allowedAddresses.optional(),
})
export type AccountPatch = z.infer<typeof accountPatch>

/** A file or folder of the tree as the API shows it; its id is its path. */
export const sftpFileAttributes = z.object({
  path: z.string(),
  name: z.string(),
  kind: z.enum(['FOLDER', 'FILE']),
  bytes: z.int(),
  modifiedAt: z.date(),
})

export const sftpServerAttributes = z.object({
  host: z.string(),
  port: z.int(),
  fingerprints: z.array(z.string()).describe('Of its host keys, as ssh-keygen -l prints them.'),
})

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
  /** Of a partial: the process that has it open. */
  readonly writer?: string | null
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

/** A source that may not connect for a while. */
export interface Ban {
  /** An IPv4 address, or the /64 of an IPv6 one. */
  readonly source: string
  /** What it did last. */
  readonly reason: string
  readonly repeats: number
  readonly bannedAt: Date
  readonly bannedUntil: Date
}
