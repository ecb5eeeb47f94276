/** What a source is asked about a credential, and what becomes of its answer. */
import type { LocalDate } from '../../platform/local-date.ts'
import type { Assurance } from '../credential-types/credential-types.schema.ts'

/** A credential as a source is asked about it: what is declared, and whose it is. */
export interface AskedCredential {
  readonly id: string
  readonly version: number
  readonly workerId: string
  readonly credentialType: string
  readonly jurisdiction: string | null
  readonly number: string | null
  readonly holderName: string | null
  readonly issueDate: LocalDate | null
  readonly expiryDate: LocalDate | null
  readonly displayName: string
  readonly firstName: string | null
  readonly middleName: string | null
  readonly lastName: string | null
  readonly birthDate: LocalDate | null
  /** False for what is over: inactive, superseded, deleted, or of somebody who has left. */
  readonly isAsked: boolean
  /** A source has vouched for it as it is declared now: the last answer about it was a yes or a no. */
  readonly isKnown: boolean
  readonly assurance: Assurance
  /** By its last answer. */
  readonly eligibility: CredentialAnswer['outcome'] | null
}

/** What a check found, as it is written to the credential. */
export interface CredentialAnswer {
  /** Absent = a register. What a person or a document says makes a credential REVIEWED at most, and takes nothing from what a register verified. */
  readonly source?: 'REGISTER' | 'PERSON' | 'DOCUMENT'
  readonly credentialId: string
  readonly checkId: string
  readonly outcome: 'MAY_ENGAGE' | 'MAY_NOT_ENGAGE' | 'REVIEW_REQUIRED' | 'IN_PROGRESS' | 'ERROR'
  readonly details: readonly string[]
  readonly conditions: readonly string[]
  /** The number that the source knows the card by: the one that it told, else the one that it was asked about. */
  readonly number: string | null
  readonly holderName: string | null
  readonly issueDate: LocalDate | null
  readonly expiryDate: LocalDate | null
  readonly neverExpires: boolean
}

/** What is known of a credential by its last answer. */
export interface CredentialEligibility {
  readonly id: string
  readonly workerId: string
  readonly credentialType: string
  readonly eligibility: CredentialAnswer['outcome'] | null
  /** The last attempt to verify it. */
  readonly checkId: string | null
}

/** What somebody read on a document; a member that is absent is as it was declared. */
export interface SeenValues {
  readonly number?: string | null | undefined
  readonly holderName?: string | null | undefined
  readonly issueDate?: string | null | undefined
  readonly expiryDate?: string | null | undefined
}

/** What an answer changed; one that only confirms changes nothing. */
export interface AnsweredCredential {
  readonly id: string
  readonly workerId: string
  readonly credentialType: string
  readonly isChanged: boolean
  /** Its status had grown stale, and the answer only confirms. */
  readonly isFreshAgain: boolean
  /** As it is known now, for asking again in time. */
  readonly expiryDate: LocalDate | null
}
