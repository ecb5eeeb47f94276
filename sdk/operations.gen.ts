/** Generated from the OpenAPI document by `npm run generate`; never edited by hand. */
import type { Answer, CallOptions, FileAnswer, KeyOption, MatchOption, Page, Operation } from './calls.ts'

/** The version of the API that this client was made for. */
export const apiVersion = '0.1.0'
/** Under which all operations lie. */
export const basePath = '/openapi/v1'

/** Every code that a fault can have. */
export type ErrorCode = Problem['code']

export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  /** One sentence for a person. */
  readonly detail: string
  readonly instance: string
  readonly code:
    | 'VALIDATION_FAILED'
    | 'MALFORMED_JSON'
    | 'MALFORMED_MULTIPART'
    | 'HTTP_MALFORMED'
    | 'SETTING_INVALID'
    | 'COMMAND_INVALID'
    | 'ORGANISATION_REQUIRED'
    | 'WORKER_CANNOT_BE_ASKED'
    | 'EXPIRY_IN_THE_PAST'
    | 'LINK_INVALID'
    | 'LINK_DEAD'
    | 'PAGE_ONLY'
    | 'IDENTITY_REQUIRED'
    | 'IDENTITY_WRONG'
    | 'PRIVACY_NOTICE_CHANGED'
    | 'FILE_NAME_INVALID'
    | 'FILE_FAULTY'
    | 'TOKEN_MISSING'
    | 'TOKEN_INVALID'
    | 'SESSION_INVALID'
    | 'SIGN_IN_FAILED'
    | 'SIGNATURE_INVALID'
    | 'SECOND_FACTOR_REQUIRED'
    | 'PARTNER_TOKEN_INVALID'
    | 'SCOPE_MISSING'
    | 'UPLOAD_LINK_INVALID'
    | 'GRANT_MISSING'
    | 'SESSION_REQUIRED'
    | 'CSRF_REQUIRED'
    | 'REAUTHENTICATE'
    | 'PATH_FORBIDDEN'
    | 'OPERATION_UNSUPPORTED'
    | 'ERASED_PERSON'
    | 'NOT_FOUND'
    | 'METHOD_NOT_ALLOWED'
    | 'MEDIA_TYPE_UNSUPPORTED'
    | 'BODY_TOO_LARGE'
    | 'RANGE_UNSATISFIABLE'
    | 'STORAGE_FULL'
    | 'CONFLICT'
    | 'NAME_TAKEN'
    | 'USER_EXISTS'
    | 'LAST_OWNER'
    | 'ROLE_ABOVE_OWN'
    | 'PLAN_STALE'
    | 'IMPORT_STATE'
    | 'ALREADY_RUNNING'
    | 'VERSION_MISMATCH'
    | 'EXTERNAL_ID_TAKEN'
    | 'EMAIL_TAKEN'
    | 'CREDENTIAL_EXISTS'
    | 'CREDENTIAL_ID_TAKEN'
    | 'ASSET_ARRIVED'
    | 'SUBMISSION_STATE'
    | 'NOT_CHECKABLE'
    | 'ATTACHMENTS_FULL'
    | 'FILE_INFECTED'
    | 'LIST_STATE'
    | 'REVIEW_DECIDED'
    | 'REVIEW_SECOND_NEEDED'
    | 'REVIEW_OWN_RECORD'
    | 'POSITION_IN_USE'
    | 'IDEMPOTENCY_MISMATCH'
    | 'SECRET_SHOWN_ONCE'
    | 'IDEMPOTENCY_RUNNING'
    | 'TOO_MANY_REQUESTS'
    | 'SANDBOX_ONLY'
    | 'OUTBOUND_REFUSED'
    | 'OUTBOUND_FAILED'
    | 'STORAGE_FAULT'
    | 'DATABASE_UNAVAILABLE'
    | 'DATABASE_UNSAFE'
    | 'INTERNAL'
  /** How to mend it. */
  readonly help?: string
  readonly requestId: string
  /** The same as detail. */
  readonly error: string
  readonly errors?: readonly {
    readonly pointer: string
    readonly code: string
    readonly detail: string
  }[]
}

export interface Meta {
  readonly requestId: string
}

export interface ResultsMeta {
  readonly total: number
  readonly requestId: string
}

export interface PageMeta {
  readonly page: number
  readonly pageSize: number
  readonly total: number
  /** False = `total` is an estimate. */
  readonly totalIsExact: boolean
  /** `cursor` of the next page; null on the last one. */
  readonly nextCursor: string | null
  readonly requestId: string
}

export interface WorkerAttributes {
  readonly identity: {
    readonly displayName: string
    readonly firstName: string | null
    readonly middleName: string | null
    readonly lastName: string | null
    /** YYYY-MM-DD */
    readonly birthDate: string | null
  }
  readonly contact: {
    readonly workEmail: string | null
    readonly mobile: string | null
  }
  readonly employment: {
    readonly jobTitle: string | null
    readonly positionId: string | null
    readonly positionCode: string | null
    readonly state: string | null
    readonly workerType: 'EMPLOYEE' | 'CONTRACTOR' | 'VOLUNTEER' | 'STUDENT' | null
    readonly status: 'ACTIVE' | 'INACTIVE'
    /** YYYY-MM-DD */
    readonly startDate: string | null
  }
  /** The primary key under which another system knows the worker. */
  readonly source: {
    readonly externalId: string
    readonly sourceSystem: string
  } | null
  readonly sources: readonly {
    readonly externalId: string
    readonly sourceSystem: string
  }[]
  readonly compliance: {
    /** By what the position requires; where it requires nothing, the worst, over credential types, of the best of each. Null where there is nothing to judge. */
    readonly licenceStatus: 'green' | 'yellow' | 'red' | null
    /** What is lacking of what the position requires: see `GET /workers/{id}/compliance`. */
    readonly gaps: readonly {
      readonly path: string
      readonly credentialType: string | null
      readonly reason: string
      readonly credentialId?: string
    }[]
  }
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly deletedAt: string | null
  /** With `include=credentials`. */
  readonly credentials?: readonly {
    readonly id: string
    readonly credentialType: string
    readonly number: string | null
    /** YYYY-MM-DD */
    readonly expiryDate: string | null
    readonly lifecycle: 'ACTIVE' | 'INACTIVE' | 'SUPERSEDED'
    readonly assurance: 'DECLARED' | 'REVIEWED' | 'VERIFIED'
    readonly licenceStatus: 'green' | 'yellow' | 'red'
    readonly statusReasons: readonly string[]
  }[]
}

export interface Worker {
  readonly id: string
  readonly type: 'worker'
  readonly attributes: WorkerAttributes
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUpdated: string
}

export interface WorkerPage {
  readonly data: readonly Worker[]
  readonly meta: PageMeta
}

export interface WorkerAnswer {
  readonly data: Worker
  readonly meta: Meta
}

export interface WorkerBatchAttributes {
  readonly counts: {
    readonly created: number
    readonly updated: number
    readonly unchanged: number
    readonly failed: number
  }
  /** One for each item, in the order in which they were sent. */
  readonly results: readonly {
    /** The place in what was sent, from 0. */
    readonly index: number
    readonly externalId: string | null
    readonly sourceSystem: string | null
    readonly result: 'CREATED' | 'UPDATED' | 'UNCHANGED' | 'FAILED'
    readonly id: string | null
    readonly problem: {
      readonly code: string
      readonly detail: string
      readonly errors?: readonly {
        readonly pointer: string
        readonly code: string
        readonly detail: string
      }[]
    } | null
  }[]
}

export interface WorkerBatch {
  readonly id: string
  readonly type: 'workerBatch'
  readonly attributes: WorkerBatchAttributes
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUpdated: string
}

export interface WorkerBatchAnswer {
  readonly data: WorkerBatch
  readonly meta: Meta
}

export interface CredentialAttributes {
  readonly worker: {
    readonly id: string
    readonly displayName: string
  }
  readonly credentialType: string
  /** The organisation’s own code, if it came by one. */
  readonly licenceType: string | null
  readonly number: string | null
  readonly holderName: string | null
  /** YYYY-MM-DD */
  readonly issueDate: string | null
  /** YYYY-MM-DD; null = does not expire, or not known. */
  readonly expiryDate: string | null
  readonly jurisdiction: string | null
  readonly conditions: readonly string[]
  readonly lifecycle: 'ACTIVE' | 'INACTIVE' | 'SUPERSEDED'
  readonly eligibility: 'MAY_ENGAGE' | 'MAY_NOT_ENGAGE' | 'REVIEW_REQUIRED' | 'IN_PROGRESS' | 'ERROR' | null
  readonly statusDetail: readonly string[]
  readonly licenceStatus: 'green' | 'yellow' | 'red'
  readonly statusReasons: readonly string[]
  readonly assurance: 'DECLARED' | 'REVIEWED' | 'VERIFIED'
  /**
   * When a source last vouched for it.
   * An instant, `2026-02-01T00:00:00Z`.
   */
  readonly lastVerifiedAt: string | null
  /** Who vouched: the register’s name. */
  readonly verificationAuthority: string | null
  readonly source: {
    readonly channel: string
  }
  /** What somebody said, and by which channel. */
  readonly declared: {
    readonly number: string | null
    readonly holderName: string | null
    /** YYYY-MM-DD */
    readonly issueDate: string | null
    /** YYYY-MM-DD */
    readonly expiryDate: string | null
    readonly channel: string
    readonly by: string
    /** An instant, `2026-02-01T00:00:00Z`. */
    readonly at: string
  }
  /** What a check said; null when none has. */
  readonly verified: {
    readonly number: string | null
    readonly holderName: string | null
    /** YYYY-MM-DD */
    readonly issueDate: string | null
    /** YYYY-MM-DD */
    readonly expiryDate: string | null
    readonly check: string | null
    /** An instant, `2026-02-01T00:00:00Z`. */
    readonly at: string
  } | null
  /** How the last attempt to verify it ended. One that ended in ERROR leaves the answer before it standing. */
  readonly lastCheck: {
    readonly id: string
    readonly outcome: 'MAY_ENGAGE' | 'MAY_NOT_ENGAGE' | 'REVIEW_REQUIRED' | 'IN_PROGRESS' | 'ERROR'
    /** An instant, `2026-02-01T00:00:00Z`. */
    readonly at: string
  } | null
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly deletedAt: string | null
}

export interface Credential {
  readonly id: string
  readonly type: 'credential'
  readonly attributes: CredentialAttributes
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUpdated: string
}

export interface CredentialPage {
  readonly data: readonly Credential[]
  readonly meta: PageMeta
}

export interface CredentialAnswer {
  readonly data: Credential
  readonly meta: Meta
}

export interface CredentialAttachmentAttributes {
  readonly fileName: string
  /** As the bytes say. */
  readonly mimeType:
    'image/jpeg' | 'image/png' | 'image/webp' | 'image/heic' | 'image/heif' | 'application/pdf'
  readonly sizeBytes: number
  /** Of the bytes, in hexadecimal digits. */
  readonly sha256: string
  readonly source: 'api' | 'upload_link' | 'console' | 'passport' | 'sftp'
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly uploadedAt: string
  /** Where the bytes are; asked for like every other address, with a token. */
  readonly contentUrl: string
  /** The credential had these bytes already: this is that attachment, and nothing was added. */
  readonly deduplicated?: true
  /** What the automatic check found; absent until it is ready. */
  readonly verification?: {
    readonly matchesExpectedType: boolean
    readonly confidencePercent: number
    /** A code of the catalogue; null when none fits. */
    readonly detectedType: string | null
    /** One or two sentences for a person. */
    readonly reasoning: string
    readonly concerns: readonly {
      readonly code: string
      readonly message: string
    }[]
    readonly extracted: {
      readonly holderName: {
        readonly value: string | null
        readonly confidence: number
        readonly page: number | null
        /** Where it stands, in parts of the page’s width and height. */
        readonly box: {
          readonly x: number
          readonly y: number
          readonly width: number
          readonly height: number
        } | null
      } | null
      readonly number: {
        readonly value: string | null
        readonly confidence: number
        readonly page: number | null
        /** Where it stands, in parts of the page’s width and height. */
        readonly box: {
          readonly x: number
          readonly y: number
          readonly width: number
          readonly height: number
        } | null
      } | null
      readonly issueDate: {
        readonly value: string | null
        readonly confidence: number
        readonly page: number | null
        /** Where it stands, in parts of the page’s width and height. */
        readonly box: {
          readonly x: number
          readonly y: number
          readonly width: number
          readonly height: number
        } | null
      } | null
      readonly expiryDate: {
        readonly value: string | null
        readonly confidence: number
        readonly page: number | null
        /** Where it stands, in parts of the page’s width and height. */
        readonly box: {
          readonly x: number
          readonly y: number
          readonly width: number
          readonly height: number
        } | null
      } | null
      readonly issuer: {
        readonly value: string | null
        readonly confidence: number
        readonly page: number | null
        /** Where it stands, in parts of the page’s width and height. */
        readonly box: {
          readonly x: number
          readonly y: number
          readonly width: number
          readonly height: number
        } | null
      } | null
    }
    readonly engine: string
    readonly engineVersion: string
    /** An instant, `2026-02-01T00:00:00Z`. */
    readonly checkedAt: string
  }
}

export interface CredentialAttachment {
  readonly id: string
  readonly type: 'credentialAttachment'
  readonly attributes: CredentialAttachmentAttributes
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUpdated: string
}

export interface CredentialAttachmentPage {
  readonly data: readonly CredentialAttachment[]
  readonly meta: PageMeta
}

export interface CredentialAttachmentAnswer {
  readonly data: CredentialAttachment
  readonly meta: Meta
}

export interface VerificationAttributes {
  /** Stands on the check that this asks for. */
  readonly correlationId: string
  readonly register: string
  /** The register does not answer at present; it is asked again as soon as it does. */
  readonly isDegraded: boolean
}

export interface Verification {
  readonly id: string
  readonly type: 'verification'
  readonly attributes: VerificationAttributes
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUpdated: string
}

export interface VerificationAnswer {
  readonly data: Verification
  readonly meta: Meta
}

export interface CheckAttributes {
  readonly credential: {
    readonly id: string
  }
  readonly source: 'REGISTER' | 'DOCUMENT' | 'ISSUER_SIGNATURE' | 'PERSON'
  readonly register: string | null
  /** The kind of connector that asked. */
  readonly connector: string | null
  /** Who looked, where the source is a PERSON: a USER, or the TOKEN of a system. */
  readonly person: {
    readonly kind: string
    readonly id: string | null
  } | null
  readonly trigger:
    'CHANGED' | 'REQUESTED' | 'CONNECTED' | 'SCHEDULE' | 'NEAR_EXPIRY' | 'RETRY' | 'REVIEW' | 'DOCUMENT'
  /** As `verify` gave it, and as it was sent to the source. */
  readonly correlationId: string
  /** What was sent: of the number its last characters, of the rest only that it was. */
  readonly inputs: Readonly<Record<string, string>>
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly startedAt: string
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly finishedAt: string
  readonly outcome: 'MAY_ENGAGE' | 'MAY_NOT_ENGAGE' | 'REVIEW_REQUIRED' | 'IN_PROGRESS' | 'ERROR'
  /** The state in the source’s own words. */
  readonly ownWords: string | null
  readonly details: readonly string[]
  readonly conditions: readonly string[]
  /** What the source says is so; null where it did not say. */
  readonly told: {
    readonly number: string | null
    readonly holderName: string | null
    /** YYYY-MM-DD */
    readonly issueDate: string | null
    /** YYYY-MM-DD */
    readonly expiryDate: string | null
    readonly neverExpires: boolean
  }
  /** Why no answer came; exactly when the outcome is ERROR. */
  readonly fault: {
    readonly code: string
    readonly detail: string
  } | null
  /** Whether the verified values of the credential rest on it. */
  readonly isDeciding: boolean
}

export interface Check {
  readonly id: string
  readonly type: 'check'
  readonly attributes: CheckAttributes
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUpdated: string
}

export interface CheckPage {
  readonly data: readonly Check[]
  readonly meta: PageMeta
}

export interface ReviewAttributes {
  /** Why a person is asked. */
  readonly reason:
    | 'DOCUMENT'
    | 'REGISTER_ANSWER'
    | 'LIST_MATCH'
    | 'HELD_IMPORT'
    | 'DECLINED_ITEM'
    | 'NOT_ME'
    | 'MAPPING_PROPOSAL'
  /** AWAITING_SECOND: one has decided and a second has to. WITHDRAWN: its subject is gone. */
  readonly status: 'OPEN' | 'AWAITING_SECOND' | 'DECIDED' | 'WITHDRAWN'
  /** What it is about. */
  readonly subject: {
    readonly type: string
    readonly id: string
  }
  readonly worker: {
    readonly id: string
    readonly displayName: string
  } | null
  readonly credential: {
    readonly id: string
    readonly credentialType: string
  } | null
  readonly fetchRequest: {
    readonly id: string
  } | null
  /** What was known when it was opened, by its reason. */
  readonly facts: Readonly<Record<string, unknown>>
  /** What can be decided; empty when it is over. */
  readonly possibleDecisions: readonly ('ACCEPT' | 'REJECT' | 'ASK_AGAIN' | 'WAIVE')[]
  readonly assignee: {
    readonly id: string
    readonly displayName: string
  } | null
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly openedAt: string
  readonly decision: {
    readonly decision: 'ACCEPT' | 'REJECT' | 'ASK_AGAIN' | 'WAIVE'
    readonly reason: string | null
    readonly corrected: Readonly<Record<string, unknown>> | null
    readonly by: {
      /** USER, or the TOKEN of a system. */
      readonly kind: string
      readonly id: string | null
      /** Of a user. */
      readonly displayName: string | null
    }
    /** An instant, `2026-02-01T00:00:00Z`. */
    readonly at: string
    /** Who decided the same first, where it took two. */
    readonly first: {
      readonly by: {
        /** USER, or the TOKEN of a system. */
        readonly kind: string
        readonly id: string | null
        /** Of a user. */
        readonly displayName: string | null
      }
      /** An instant, `2026-02-01T00:00:00Z`. */
      readonly at: string
    } | null
    /** False as long as a second person has to decide the same. */
    readonly isFinal: boolean
  } | null
}

export interface Review {
  readonly id: string
  readonly type: 'review'
  readonly attributes: ReviewAttributes
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUpdated: string
}

export interface ReviewPage {
  readonly data: readonly Review[]
  readonly meta: PageMeta
}

export interface ReviewAnswer {
  readonly data: Review
  readonly meta: Meta
}

export interface BanCheckAttributes {
  readonly register: string
  /** MATCH: somebody decided, or an exact number did; never a name alone. STALE: clear by a list that nobody has looked at for too long. */
  readonly outcome: 'CLEAR' | 'POSSIBLE' | 'MATCH' | 'STALE' | 'NOT_YET_CHECKED'
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly checkedAt: string | null
  readonly listVersion: number | null
  readonly matches: readonly {
    readonly id: string
    /** POSSIBLE: a person has to look. DISMISSED: somebody decided that it is another person. CONFIRMED: that it is this one, or an exact number did. */
    readonly status: 'POSSIBLE' | 'DISMISSED' | 'CONFIRMED' | 'GONE'
    /** How much the likeness is worth, in bits; above 0 it is rarer than a chance in a list so long. */
    readonly score: number
    /** What speaks for it and against it. */
    readonly grounds: readonly (
      | 'SAME_NAME'
      | 'OTHER_FORM'
      | 'SOUNDS_ALIKE'
      | 'SPELT_ALIKE'
      | 'SHORTENED'
      | 'NAMES_SWAPPED'
      | 'NAME_MISSING'
      | 'NAME_DIFFERS'
      | 'OTHER_NAME_OF_ROW'
      | 'SAME_BIRTH_DATE'
      | 'BIRTH_DATE_ALIKE'
      | 'BIRTH_DATE_DIFFERS'
      | 'SAME_STATE'
      | 'STATE_DIFFERS'
      | 'SAME_NUMBER'
      | 'LEFT_LIST'
    )[]
    /** The row of the list. */
    readonly entry: {
      readonly family: string | null
      readonly given: string | null
      readonly middle: string | null
      readonly otherNames: readonly {
        readonly family: string | null
        readonly given: string | null
        readonly middle: string | null
      }[]
      readonly birthDate: string | null
      readonly suburb: string | null
      readonly state: string | null
      readonly number: string | null
      readonly reference: string | null
      readonly isPerson: boolean
      readonly status: string | null
      readonly from: string | null
      readonly until: string | null
      readonly details: string | null
    }
    readonly listVersion: number
    /** An instant, `2026-02-01T00:00:00Z`. */
    readonly foundAt: string
    readonly decidedBy: 'REVIEW' | 'NUMBER' | null
    readonly reviewId: string | null
    /** An instant, `2026-02-01T00:00:00Z`. */
    readonly decidedAt: string | null
  }[]
}

export interface BanCheck {
  readonly id: string
  readonly type: 'banCheck'
  readonly attributes: BanCheckAttributes
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUpdated: string
}

export interface BanCheckPage {
  readonly data: readonly BanCheck[]
  readonly meta: PageMeta
}

export interface RegisterAttributes {
  readonly code: string
  readonly name: string
  readonly jurisdiction: 'NSW' | 'VIC' | 'QLD' | 'WA' | 'SA' | 'TAS' | 'ACT' | 'NT' | null
  readonly kind: 'register' | 'ban'
  /** What it knows. */
  readonly credentialTypes: readonly string[]
  /** How your organisation asks it; null = it does not. */
  readonly connector: {
    readonly kind: 'http' | 'simulator' | 'list' | 'manual'
    readonly version: number
    readonly settings: Readonly<Record<string, unknown>>
    readonly hasSecret: boolean
    /** An instant, `2026-02-01T00:00:00Z`. */
    readonly updatedAt: string
  } | null
  /** Its answers are late: what was known stays, with its age. */
  readonly isDegraded: boolean
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastGoodAt: string | null
  readonly lastFault: {
    readonly code: string
    readonly detail: string
    /** An instant, `2026-02-01T00:00:00Z`. */
    readonly at: string
  } | null
}

export interface Register {
  readonly id: string
  readonly type: 'register'
  readonly attributes: RegisterAttributes
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUpdated: string
}

export interface RegisterPage {
  readonly data: readonly Register[]
  readonly meta: PageMeta
}

export interface RegisterAnswer {
  readonly data: Register
  readonly meta: Meta
}

export interface RegisterHealthAttributes {
  readonly isReachable: boolean
  readonly detail: string
  readonly isDegraded: boolean
  /**
   * It is left alone until then.
   * An instant, `2026-02-01T00:00:00Z`.
   */
  readonly mayAskAt: string | null
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastGoodAt: string | null
  readonly lastFault: {
    readonly code: string
    readonly detail: string
    /** An instant, `2026-02-01T00:00:00Z`. */
    readonly at: string
  } | null
  /** Credentials that wait for their turn now, as far as 10,000. */
  readonly waiting: number
}

export interface RegisterHealth {
  readonly id: string
  readonly type: 'registerHealth'
  readonly attributes: RegisterHealthAttributes
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUpdated: string
}

export interface RegisterHealthAnswer {
  readonly data: RegisterHealth
  readonly meta: Meta
}

export interface TrustedIssuerAttributes {
  readonly name: string
  readonly identifier: string
  readonly jwksUrl: string | null
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly createdAt: string
}

export interface TrustedIssuer {
  readonly id: string
  readonly type: 'trustedIssuer'
  readonly attributes: TrustedIssuerAttributes
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUpdated: string
}

export interface TrustedIssuerPage {
  readonly data: readonly TrustedIssuer[]
  readonly meta: PageMeta
}

export interface TrustedIssuerAnswer {
  readonly data: TrustedIssuer
  readonly meta: Meta
}

export interface SignedDocumentReportAttributes {
  /** Null where the document is of no kind that is known. */
  readonly format: 'OPEN_ATTESTATION' | 'VC_JWT' | 'VC_DATA_INTEGRITY' | null
  /** FAILED: a part says that the document is not what it claims. VERIFIED: every part passed. REVIEW_REQUIRED: all else. */
  readonly outcome: 'VERIFIED' | 'REVIEW_REQUIRED' | 'FAILED'
  readonly parts: readonly {
    /** WELL_FORMED: it can be read in one way only. INTEGRITY: nothing was changed. ISSUANCE: it is signed, or recorded as issued. ISSUER_IDENTITY: the key or record is that of whom it names. STATUS: it is not revoked or suspended. VALIDITY: today lies within its dates. TRUSTED_ISSUER: the issuer is on the organisation’s list. SUBMITTED_FIELDS: it says what was submitted beside it. */
    readonly part:
      | 'WELL_FORMED'
      | 'INTEGRITY'
      | 'ISSUANCE'
      | 'ISSUER_IDENTITY'
      | 'STATUS'
      | 'VALIDITY'
      | 'TRUSTED_ISSUER'
      | 'SUBMITTED_FIELDS'
    readonly outcome: 'PASSED' | 'FAILED' | 'NOT_CHECKED'
    readonly detail: string
  }[]
  readonly issuer: {
    /** The DID, URL or address that it is issued under. */
    readonly id: string | null
    /** As the document says; nobody has proved it. */
    readonly name: string | null
    /** The domain whose DNS or website vouches for the key, where that was proved. */
    readonly domain: string | null
  } | null
  readonly types: readonly string[]
  readonly fields: readonly {
    readonly path: string
    readonly value: string
    readonly isShortened: boolean
  }[]
  /** Fields that whoever handed it on has hidden. */
  readonly redactedCount: number
  readonly comparison: readonly {
    readonly field: string
    readonly submitted: string
    readonly signed: readonly string[]
    readonly outcome: 'SAME' | 'DIFFERENT' | 'NOT_IN_DOCUMENT'
  }[]
}

export interface SignedDocumentReport {
  readonly id: string
  readonly type: 'signedDocumentReport'
  readonly attributes: SignedDocumentReportAttributes
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUpdated: string
}

export interface SignedDocumentReportAnswer {
  readonly data: SignedDocumentReport
  readonly meta: Meta
}

export interface ListVersionAttributes {
  readonly register: string
  /** Counts on within a register. */
  readonly number: number
  /** HELD: waits for a person, and the version before it counts. SUPERSEDED: a later one counts. */
  readonly status: 'HELD' | 'APPLIED' | 'SUPERSEDED' | 'REJECTED'
  readonly origin: 'UPLOADED' | 'FETCHED'
  readonly fileName: string
  readonly bytes: number
  readonly sha256: string
  readonly rows: number
  /** Rows that the version before did not have. */
  readonly added: number
  /** Rows of the version before that this one lacks. */
  readonly removed: number
  readonly changed: number
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly receivedAt: string
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly appliedAt: string | null
}

export interface ListVersion {
  readonly id: string
  readonly type: 'listVersion'
  readonly attributes: ListVersionAttributes
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUpdated: string
}

export interface ListVersionPage {
  readonly data: readonly ListVersion[]
  readonly meta: PageMeta
}

export interface ListVersionAnswer {
  readonly data: ListVersion
  readonly meta: Meta
}

export interface ListChangeAttributes {
  readonly change: 'ADDED' | 'REMOVED' | 'CHANGED'
  readonly before: {
    readonly family: string | null
    readonly given: string | null
    readonly middle: string | null
    readonly otherNames: readonly {
      readonly family: string | null
      readonly given: string | null
      readonly middle: string | null
    }[]
    readonly birthDate: string | null
    readonly suburb: string | null
    readonly state: string | null
    readonly number: string | null
    readonly reference: string | null
    readonly isPerson: boolean
    readonly status: string | null
    readonly from: string | null
    readonly until: string | null
    readonly details: string | null
  } | null
  readonly after: {
    readonly family: string | null
    readonly given: string | null
    readonly middle: string | null
    readonly otherNames: readonly {
      readonly family: string | null
      readonly given: string | null
      readonly middle: string | null
    }[]
    readonly birthDate: string | null
    readonly suburb: string | null
    readonly state: string | null
    readonly number: string | null
    readonly reference: string | null
    readonly isPerson: boolean
    readonly status: string | null
    readonly from: string | null
    readonly until: string | null
    readonly details: string | null
  } | null
}

export interface ListChange {
  readonly id: string
  readonly type: 'listChange'
  readonly attributes: ListChangeAttributes
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUpdated: string
}

export interface ListChangePage {
  readonly data: readonly ListChange[]
  readonly meta: PageMeta
}

export interface PositionAttributes {
  /** Unique in the organisation; it may stand for the id wherever one is asked for. */
  readonly code: string
  readonly name: string | null
  readonly state: string | null
  /** What was set here. What files say comes on top of it: all of them must be met. */
  readonly requirements: Readonly<Record<string, unknown>> | null
  /** Days after the start in which something missing is yellow, not red. */
  readonly graceDays: number
  /** YYYY-MM-DD */
  readonly effectiveFrom: string | null
  /** Named by somebody’s row in a file and described by nobody yet. */
  readonly isStub: boolean
  /** What position files of each source say. */
  readonly fileRequirements: readonly {
    readonly sourceSystem: string
    readonly licenceType: string
    readonly state: string | null
    /** Null = not resolved: a yellow gap. */
    readonly credentialType: string | null
    readonly jurisdiction: string | null
    readonly unresolvedReason: string | null
  }[]
  /** Everything that is required today as one tree, into which the paths of gaps point. `unresolved` stands for what could not be read: a yellow gap. */
  readonly effectiveRequirements: Readonly<Record<string, unknown>> | null
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly deletedAt: string | null
}

export interface Position {
  readonly id: string
  readonly type: 'position'
  readonly attributes: PositionAttributes
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUpdated: string
}

export interface PositionPage {
  readonly data: readonly Position[]
  readonly meta: PageMeta
}

export interface PositionAnswer {
  readonly data: Position
  readonly meta: Meta
}

export interface ComplianceAttributes {
  readonly workerId: string
  /** The primary key under which another system knows the worker. */
  readonly externalId: string | null
  readonly positionId: string | null
  /** By what the position requires; where it requires nothing, the worst, over credential types, of the best of each. Null where there is nothing to judge. */
  readonly status: 'green' | 'yellow' | 'red' | null
  /** Whether what is asked for is met: green, or yellow only because a day comes nearer. */
  readonly satisfied: boolean
  readonly gaps: readonly {
    /** JSON pointer into what is asked for: `effectiveRequirements` of the position. Empty where the position asks for nothing. */
    readonly path: string
    /** Null for a ban list and for what could not be read. */
    readonly credentialType: string | null
    readonly reason:
      | 'BAN_MATCH'
      | 'MISSING'
      | 'MAY_NOT_ENGAGE'
      | 'EXPIRED'
      | 'WRONG_ROLE'
      | 'RULE_UNRESOLVED'
      | 'REVIEW_REQUIRED'
      | 'CONDITIONS'
      | 'NON_PRACTISING'
      | 'RENEWAL_PENDING'
      | 'IN_GRACE'
      | 'EXPIRING'
      | 'TOO_FEW_DAYS_LEFT'
      | 'NOT_YET_CHECKED'
      | 'NOT_VERIFIED'
      | 'STALE'
    /** The credential that comes nearest, where there is one. */
    readonly credentialId?: string
  }[]
  /**
   * The instant that the answer is about.
   * An instant, `2026-02-01T00:00:00Z`.
   */
  readonly asOf: string
  /**
   * What was recorded later does not count.
   * An instant, `2026-02-01T00:00:00Z`.
   */
  readonly knownAt: string
  /** Of one worker: every active credential that was looked at. Lists leave it out. */
  readonly evidence?: readonly {
    readonly credentialId: string
    readonly credentialType: string
    readonly status: 'green' | 'yellow' | 'red'
    readonly reasons: readonly string[]
    readonly assurance: string
    readonly expiryDate: string | null
    /** The check on which its verified values rested. */
    readonly checkId: string | null
    /** Those that were on file then. */
    readonly documents: readonly {
      readonly attachmentId: string
      /** An instant, `2026-02-01T00:00:00Z`. */
      readonly addedAt: string
      /** An instant, `2026-02-01T00:00:00Z`. */
      readonly deletedAt: string | null
      /** `evidence deleted on …` where the document is gone by now. */
      readonly note: string | null
    }[]
  }[]
}

export interface Compliance {
  readonly id: string
  readonly type: 'compliance'
  readonly attributes: ComplianceAttributes
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUpdated: string
}

export interface ComplianceAnswer {
  readonly data: Compliance
  readonly meta: Meta
}

export interface PositionSimulationAttributes {
  readonly positionId: string
  /** Active people who hold the position. */
  readonly holders: number
  /** Those whose status, or whether they satisfy it, would be another. */
  readonly flipped: number
  readonly counts: {
    readonly before: {
      readonly green: number
      readonly yellow: number
      readonly red: number
      /** There is nothing to judge. */
      readonly none: number
    }
    readonly after: {
      readonly green: number
      readonly yellow: number
      readonly red: number
      /** There is nothing to judge. */
      readonly none: number
    }
  }
  /** The first thousand of them. */
  readonly flips: readonly {
    readonly workerId: string
    readonly externalId: string | null
    readonly from: {
      /** By what the position requires; where it requires nothing, the worst, over credential types, of the best of each. Null where there is nothing to judge. */
      readonly status: 'green' | 'yellow' | 'red' | null
      /** Whether what is asked for is met: green, or yellow only because a day comes nearer. */
      readonly satisfied: boolean
      readonly gaps: readonly {
        /** JSON pointer into what is asked for: `effectiveRequirements` of the position. Empty where the position asks for nothing. */
        readonly path: string
        /** Null for a ban list and for what could not be read. */
        readonly credentialType: string | null
        readonly reason:
          | 'BAN_MATCH'
          | 'MISSING'
          | 'MAY_NOT_ENGAGE'
          | 'EXPIRED'
          | 'WRONG_ROLE'
          | 'RULE_UNRESOLVED'
          | 'REVIEW_REQUIRED'
          | 'CONDITIONS'
          | 'NON_PRACTISING'
          | 'RENEWAL_PENDING'
          | 'IN_GRACE'
          | 'EXPIRING'
          | 'TOO_FEW_DAYS_LEFT'
          | 'NOT_YET_CHECKED'
          | 'NOT_VERIFIED'
          | 'STALE'
        /** The credential that comes nearest, where there is one. */
        readonly credentialId?: string
      }[]
    }
    readonly to: {
      /** By what the position requires; where it requires nothing, the worst, over credential types, of the best of each. Null where there is nothing to judge. */
      readonly status: 'green' | 'yellow' | 'red' | null
      /** Whether what is asked for is met: green, or yellow only because a day comes nearer. */
      readonly satisfied: boolean
      readonly gaps: readonly {
        /** JSON pointer into what is asked for: `effectiveRequirements` of the position. Empty where the position asks for nothing. */
        readonly path: string
        /** Null for a ban list and for what could not be read. */
        readonly credentialType: string | null
        readonly reason:
          | 'BAN_MATCH'
          | 'MISSING'
          | 'MAY_NOT_ENGAGE'
          | 'EXPIRED'
          | 'WRONG_ROLE'
          | 'RULE_UNRESOLVED'
          | 'REVIEW_REQUIRED'
          | 'CONDITIONS'
          | 'NON_PRACTISING'
          | 'RENEWAL_PENDING'
          | 'IN_GRACE'
          | 'EXPIRING'
          | 'TOO_FEW_DAYS_LEFT'
          | 'NOT_YET_CHECKED'
          | 'NOT_VERIFIED'
          | 'STALE'
        /** The credential that comes nearest, where there is one. */
        readonly credentialId?: string
      }[]
    }
  }[]
}

export interface PositionSimulation {
  readonly id: string
  readonly type: 'positionSimulation'
  readonly attributes: PositionSimulationAttributes
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUpdated: string
}

export interface PositionSimulationAnswer {
  readonly data: PositionSimulation
  readonly meta: Meta
}

export interface CompliancePage {
  readonly data: readonly Compliance[]
  readonly meta: PageMeta
}

export interface CredentialTypeAttributes {
  readonly code: string
  readonly name: string
  readonly category:
    | 'PROFESSIONAL_REGISTRATION'
    | 'CHILD_SAFETY'
    | 'SCREENING'
    | 'TEACHING'
    | 'TRAINING'
    | 'LICENCE'
    | 'HEALTH'
    | 'RIGHT_TO_WORK'
    | 'EDUCATION'
    | 'IDENTITY'
    | 'CUSTOM'
  readonly jurisdiction: 'NSW' | 'VIC' | 'QLD' | 'WA' | 'SA' | 'TAS' | 'ACT' | 'NT' | null
  /** Whose word decides; null = a document is looked at. */
  readonly register: string | null
  readonly number: {
    /** Of the normal form: upper case, no blanks. */
    readonly pattern: string
    readonly example: string
    /** firm = a number that does not fit is rejected; advisory = only warned about. */
    readonly firmness: 'firm' | 'advisory'
  }
  /** How long it usually is good: months from issue, or the issuer’s fixed days (MM-DD). */
  readonly validity: {
    readonly months: number | null
    readonly yearEnds: readonly string[]
    readonly firmness: 'firm' | 'advisory'
  } | null
  readonly assuranceNeeded: 'DECLARED' | 'REVIEWED' | 'VERIFIED'
  readonly mayLackExpiry: boolean
  readonly graceMonths: number
  readonly expiringWindowDays: number
  readonly renewal: 'replaces' | 'keeps'
  readonly suppliedBy: 'number' | 'document' | 'both'
  readonly checkInputs: readonly string[]
  readonly documentWords: readonly string[]
  /** What an automatic reading of a document tells this type by. */
  readonly documentHints: {
    readonly titles: readonly string[]
    readonly issuers: readonly string[]
    readonly codes: readonly string[]
    readonly numberLabels: readonly string[]
    readonly covers: readonly string[]
  }
}

export interface CredentialType {
  readonly id: string
  readonly type: 'credentialType'
  readonly attributes: CredentialTypeAttributes
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUpdated: string
}

export interface CredentialTypePage {
  readonly data: readonly CredentialType[]
  readonly meta: PageMeta
}

export interface CredentialTypeAnswer {
  readonly data: CredentialType
  readonly meta: Meta
}

export interface LicenceTypeMappingsAttributes {
  readonly mappings: readonly {
    readonly code: string
    readonly credentialType: string
  }[]
}

export interface LicenceTypeMappings {
  readonly id: string
  readonly type: 'licenceTypeMappings'
  readonly attributes: LicenceTypeMappingsAttributes
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUpdated: string
}

export interface LicenceTypeMappingsAnswer {
  readonly data: LicenceTypeMappings
  readonly meta: Meta
}

export interface FetchRequestAttributes {
  readonly displayName: string
  readonly worker: {
    readonly id: string
    readonly displayName: string
  }
  readonly message: string | null
  readonly requestedCredentialTypes?: readonly string[]
  /** The tree, where the request came with one. */
  readonly requirements?: unknown
  readonly credentialGuidingTexts: Readonly<Record<string, string>>
  readonly expiryDays: number
  readonly delivery: {
    readonly channel: 'EMAIL' | 'LINK'
    readonly emailAddress: string | null
    /** An instant, `2026-02-01T00:00:00Z`. */
    readonly tokenExpiresAt: string
    readonly remindersSent: number
    /** An instant, `2026-02-01T00:00:00Z`. */
    readonly lastMailAt: string | null
    /** Why the worker does not get on: the last e-mail did not arrive, as the mail server said it; or the link is locked. */
    readonly problem: string | null
  }
  readonly lifecycle: {
    readonly status:
      | 'INITIATED'
      | 'SENT'
      | 'OPENED'
      | 'PARTIALLY_COMPLETED'
      | 'SUBMITTED'
      | 'COMPLETED'
      | 'EXPIRED'
      | 'CANCELLED'
    /** How far it has come at any time. */
    readonly furthest:
      | 'INITIATED'
      | 'SENT'
      | 'OPENED'
      | 'PARTIALLY_COMPLETED'
      | 'SUBMITTED'
      | 'COMPLETED'
      | 'EXPIRED'
      | 'CANCELLED'
    /** An instant, `2026-02-01T00:00:00Z`. */
    readonly initiatedAt: string
    /** An instant, `2026-02-01T00:00:00Z`. */
    readonly sentAt?: string
    /** An instant, `2026-02-01T00:00:00Z`. */
    readonly openedAt?: string
    /** An instant, `2026-02-01T00:00:00Z`. */
    readonly submittedAt?: string
    /** An instant, `2026-02-01T00:00:00Z`. */
    readonly completedAt?: string
    /** An instant, `2026-02-01T00:00:00Z`. */
    readonly cancelledAt?: string
    /** An instant, `2026-02-01T00:00:00Z`. */
    readonly expiredAt?: string
  }
  /** What the worker said about who they are: NOT_ME = the link reached somebody else, and is locked; NAME_WRONG = their name on file is wrong. */
  readonly dispute: {
    readonly kind: 'NOT_ME' | 'NAME_WRONG'
    readonly detail: string
    /** An instant, `2026-02-01T00:00:00Z`. */
    readonly at: string
  } | null
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly deletedAt: string | null
}

export interface FetchRequest {
  readonly id: string
  readonly type: 'fetchRequest'
  readonly attributes: FetchRequestAttributes
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUpdated: string
}

export interface FetchRequestPage {
  readonly data: readonly FetchRequest[]
  readonly meta: PageMeta
}

export interface FetchRequestAnswer {
  readonly data: FetchRequest
  readonly meta: Meta
}

export interface SubmissionAttributes {
  readonly credentialId: string
  readonly credentialType: string
  readonly displayName: string
  /** The credential’s eligibility, as checks have it so far. */
  readonly status: string | null
  readonly licenceStatus: string
  readonly assurance: string
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly submittedAt: string
  readonly attachments: readonly {
    readonly id: string
    readonly fileName: string
    readonly mediaType: string
    readonly sizeBytes: number
    readonly contentUrl: string
  }[]
}

export interface Submission {
  readonly id: string
  readonly type: 'submission'
  readonly attributes: SubmissionAttributes
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUpdated: string
}

export interface SubmissionPage {
  readonly data: readonly Submission[]
  readonly meta: PageMeta
}

export interface FetchRequestEventAttributes {
  readonly cause: string
  readonly from:
    | 'INITIATED'
    | 'SENT'
    | 'OPENED'
    | 'PARTIALLY_COMPLETED'
    | 'SUBMITTED'
    | 'COMPLETED'
    | 'EXPIRED'
    | 'CANCELLED'
    | null
  readonly to:
    | 'INITIATED'
    | 'SENT'
    | 'OPENED'
    | 'PARTIALLY_COMPLETED'
    | 'SUBMITTED'
    | 'COMPLETED'
    | 'EXPIRED'
    | 'CANCELLED'
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly at: string
  readonly actor: {
    readonly kind: string
    readonly id: string | null
  }
  readonly channel: string
  readonly facts: Readonly<Record<string, unknown>>
}

export interface FetchRequestEvent {
  readonly id: string
  readonly type: 'fetchRequestEvent'
  readonly attributes: FetchRequestEventAttributes
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUpdated: string
}

export interface FetchRequestEventPage {
  readonly data: readonly FetchRequestEvent[]
  readonly meta: PageMeta
}

export interface ImportAttributes {
  readonly fileName: string
  readonly fileType: 'EMPLOYEE' | 'POSITION' | 'ATTACHMENT'
  readonly source: string
  readonly mode: 'SNAPSHOT' | 'UPSERT'
  readonly channel: string
  readonly status:
    | 'RECEIVED'
    | 'PLANNING'
    | 'PLANNED'
    | 'HELD'
    | 'APPLYING'
    | 'COMPLETED'
    | 'FAILED'
    | 'SUPERSEDED'
    | 'REJECTED'
    | 'CANCELLED'
    | 'LAPSED'
  readonly planHash: string | null
  readonly holdReasons: readonly (
    | 'DEACTIVATIONS'
    | 'CREDENTIALS_INACTIVATED'
    | 'NEW_SOURCE'
    | 'OUT_OF_ORDER'
    | 'UNATTRIBUTABLE_ROWS'
    | 'REQUIREMENTS_REMOVED'
    | 'POSITION_EMPTIED'
    | 'HEADER_ONLY'
  )[]
  readonly notes: readonly {
    readonly code: string
    readonly detail: string
  }[]
  readonly counts: {
    readonly rows?: number
    readonly created?: number
    readonly updated?: number
    readonly unchanged?: number
    readonly rejected?: number
    readonly warnings?: number
    readonly workersCreated?: number
    readonly workersUpdated?: number
    readonly workersDeactivated?: number
    readonly workersReactivated?: number
    readonly credentialsCreated?: number
    readonly credentialsUpdated?: number
    readonly credentialsDeactivated?: number
    readonly credentialsReactivated?: number
    readonly requirementsCreated?: number
    readonly requirementsUpdated?: number
    readonly requirementsRemoved?: number
  }
  readonly deactivatedWorkerIds: readonly string[]
  readonly fault: {
    readonly code: string
    readonly detail: string
    readonly line: number | null
    readonly column: string | null
  } | null
  readonly supersededBy: string | null
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly receivedAt: string
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly startedAt: string | null
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly finishedAt: string | null
}

export interface Import {
  readonly id: string
  readonly type: 'import'
  readonly attributes: ImportAttributes
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUpdated: string
}

export interface ImportPage {
  readonly data: readonly Import[]
  readonly meta: PageMeta
}

export interface ImportAnswer {
  readonly data: Import
  readonly meta: Meta
}

export interface ImportRowAttributes {
  /** The data row, from 1. */
  readonly row: number
  /** The line of the file on which it begins. */
  readonly line: number
  readonly status: 'CREATED' | 'UPDATED' | 'UNCHANGED' | 'REJECTED'
  readonly severity: 'OK' | 'WARNING' | 'ERROR'
  readonly messages: readonly {
    readonly severity: 'WARNING' | 'ERROR'
    readonly column: string
    readonly value: string
    readonly rule: string
    readonly detail: string
  }[]
  /** What stands in the row, by column, under the names by which messages call the columns. */
  readonly values: Readonly<Record<string, string>>
  /** The columns whose values were mended since the file came. */
  readonly mended: readonly string[]
  readonly workerId: string | null
  readonly credentialId: string | null
}

export interface ImportRow {
  readonly id: string
  readonly type: 'importRow'
  readonly attributes: ImportRowAttributes
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUpdated: string
}

export interface ImportRowPage {
  readonly data: readonly ImportRow[]
  readonly meta: PageMeta
}

export interface ImportRowAnswer {
  readonly data: ImportRow
  readonly meta: Meta
}

export interface MappingProposalAttributes {
  readonly code: string
  /** How many rows used it. */
  readonly rows: number
  /** What it may mean, best first; may be empty. */
  readonly credentialTypes: readonly string[]
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastSeenAt: string
}

export interface MappingProposal {
  readonly id: string
  readonly type: 'mappingProposal'
  readonly attributes: MappingProposalAttributes
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUpdated: string
}

export interface MappingProposalPage {
  readonly data: readonly MappingProposal[]
  readonly meta: PageMeta
}

export interface ExportAttributes {
  /** STATUS: each credential with its status. COMPLIANCE: each active person with the answer about their position. */
  readonly kind: 'STATUS' | 'COMPLIANCE'
  /** The source whose keys it holds; null = all in one file. */
  readonly source: string | null
  readonly fileName: string
  /** What it was written for. */
  readonly trigger: 'IMPORT' | 'SCHEDULE' | 'SETTINGS' | 'DEMAND'
  readonly counts: {
    readonly rows: number
    readonly green: number
    readonly yellow: number
    readonly red: number
    readonly peopleWithoutExternalId: number
  }
  readonly bytes: number
  readonly sha256: string
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly createdAt: string
  /**
   * When the file went, as old as it was (`retention.downloadDays`); null as long as it can be fetched.
   * An instant, `2026-02-01T00:00:00Z`.
   */
  readonly contentExpiredAt: string | null
}

export interface Export {
  readonly id: string
  readonly type: 'export'
  readonly attributes: ExportAttributes
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUpdated: string
}

export interface ExportPage {
  readonly data: readonly Export[]
  readonly meta: PageMeta
}

export interface ExportAnswer {
  readonly data: Export
  readonly meta: Meta
}

export interface UserAttributes {
  readonly email: string
  readonly displayName: string
  readonly role: 'owner' | 'admin' | 'manager' | 'reviewer' | 'viewer'
  /** INVITED until the invitation is accepted. */
  readonly state: 'INVITED' | 'ACTIVE' | 'DISABLED'
  readonly hasPassword: boolean
  readonly hasSecondFactor: boolean
  readonly hasSingleSignOn: boolean
  /**
   * Of the sessions that are still there.
   * An instant, `2026-02-01T00:00:00Z`.
   */
  readonly lastSignedInAt: string | null
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly deletedAt: string | null
}

export interface User {
  readonly id: string
  readonly type: 'user'
  readonly attributes: UserAttributes
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUpdated: string
}

export interface UserPage {
  readonly data: readonly User[]
  readonly meta: PageMeta
}

export interface UserAnswer {
  readonly data: User
  readonly meta: Meta
}

export interface MeAttributes {
  readonly email: string
  readonly displayName: string
  readonly role: 'owner' | 'admin' | 'manager' | 'reviewer' | 'viewer'
  /** INVITED until the invitation is accepted. */
  readonly state: 'INVITED' | 'ACTIVE' | 'DISABLED'
  readonly hasPassword: boolean
  readonly hasSecondFactor: boolean
  readonly hasSingleSignOn: boolean
  /**
   * Of the sessions that are still there.
   * An instant, `2026-02-01T00:00:00Z`.
   */
  readonly lastSignedInAt: string | null
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly deletedAt: string | null
  readonly organisation: {
    readonly id: string
    readonly name: string
  }
  readonly grants: Readonly<
    Partial<
      Record<
        | 'worker'
        | 'credential'
        | 'captureRequest'
        | 'position'
        | 'credentialType'
        | 'register'
        | 'import'
        | 'export'
        | 'webhook'
        | 'review'
        | 'sftpAccount'
        | 'partner'
        | 'settings'
        | 'user'
        | 'auditEntry',
        readonly ('READ' | 'CREATE' | 'UPDATE' | 'DELETE')[]
      >
    >
  >
  /** For the header `X-CSRF-Token` of every request that changes something. */
  readonly csrfToken: string
  readonly session: {
    readonly id: string
    /** An instant, `2026-02-01T00:00:00Z`. */
    readonly createdAt: string
    /** An instant, `2026-02-01T00:00:00Z`. */
    readonly expiresAt: string
  }
}

export interface Me {
  readonly id: string
  readonly type: 'me'
  readonly attributes: MeAttributes
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUpdated: string
}

export interface MeAnswer {
  readonly data: Me
  readonly meta: Meta
}

export interface SessionAttributes {
  readonly userId: string
  readonly isCurrent: boolean
  readonly methods: readonly ('PASSWORD' | 'TOTP' | 'RECOVERY_CODE' | 'PASSKEY' | 'OIDC')[]
  readonly address: string
  readonly userAgent: string | null
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly createdAt: string
  /**
   * Exact to a minute.
   * An instant, `2026-02-01T00:00:00Z`.
   */
  readonly lastUsedAt: string
  /**
   * At the latest; 12 hours without use end it before.
   * An instant, `2026-02-01T00:00:00Z`.
   */
  readonly expiresAt: string
}

export interface Session2 {
  readonly id: string
  readonly type: 'session'
  readonly attributes: SessionAttributes
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUpdated: string
}

export interface SessionPage {
  readonly data: readonly Session2[]
  readonly meta: PageMeta
}

export interface SecondFactorAttributes {
  readonly kind: 'TOTP' | 'PASSKEY'
  readonly name: string
  /** Asked for at sign-in only once it is. */
  readonly isConfirmed: boolean
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly createdAt: string
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUsedAt: string | null
}

export interface SecondFactor {
  readonly id: string
  readonly type: 'secondFactor'
  readonly attributes: SecondFactorAttributes
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUpdated: string
}

export interface SecondFactorPage {
  readonly data: readonly SecondFactor[]
  readonly meta: PageMeta
}

export interface PasskeyOptionsAttributes {
  /** For `navigator.credentials`, by `PublicKeyCredential.parse…OptionsFromJSON`. */
  readonly publicKey: Readonly<Record<string, unknown>>
}

export interface PasskeyOptions {
  readonly id: string
  readonly type: 'passkeyOptions'
  readonly attributes: PasskeyOptionsAttributes
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUpdated: string
}

export interface PasskeyOptionsAnswer {
  readonly data: PasskeyOptions
  readonly meta: Meta
}

export interface SftpAccountAttributes {
  readonly username: string
  /** What a login needs. */
  readonly requires: 'KEY' | 'PASSWORD' | 'EITHER' | 'BOTH'
  readonly isEnabled: boolean
  readonly hasPassword: boolean
  readonly publicKeys: readonly {
    readonly fingerprint: string
    readonly algorithm: string
    readonly comment: string
  }[]
  readonly allowedAddresses: readonly string[]
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly createdAt: string
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly deletedAt: string | null
}

export interface SftpAccount {
  readonly id: string
  readonly type: 'sftpAccount'
  readonly attributes: SftpAccountAttributes
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUpdated: string
}

export interface SftpAccountPage {
  readonly data: readonly SftpAccount[]
  readonly meta: PageMeta
}

export interface SftpAccountAnswer {
  readonly data: SftpAccount
  readonly meta: Meta
}

export interface SftpFileAttributes {
  readonly path: string
  readonly name: string
  readonly kind: 'FOLDER' | 'FILE'
  readonly bytes: number
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly modifiedAt: string
}

export interface SftpFile {
  readonly id: string
  readonly type: 'sftpFile'
  readonly attributes: SftpFileAttributes
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUpdated: string
}

export interface SftpFilePage {
  readonly data: readonly SftpFile[]
  readonly meta: PageMeta
}

export interface SftpServerAttributes {
  readonly host: string
  readonly port: number
  /** Of its host keys, as ssh-keygen -l prints them. */
  readonly fingerprints: readonly string[]
}

export interface SftpServer {
  readonly id: string
  readonly type: 'sftpServer'
  readonly attributes: SftpServerAttributes
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUpdated: string
}

export interface SftpServerAnswer {
  readonly data: SftpServer
  readonly meta: Meta
}

export interface OrganisationAttributes {
  readonly name: string
  /** Every setting in force; `/organisation/settings-schema` says what each may be. */
  readonly settings: Readonly<Record<string, string | number | boolean | readonly string[]>>
}

export interface Organisation {
  readonly id: string
  readonly type: 'organisation'
  readonly attributes: OrganisationAttributes
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUpdated: string
}

export interface OrganisationAnswer {
  readonly data: Organisation
  readonly meta: Meta
}

export type SettingsSchemaAttributes = Readonly<Record<string, unknown>>

export interface SettingsSchema {
  readonly id: string
  readonly type: 'settingsSchema'
  readonly attributes: SettingsSchemaAttributes
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUpdated: string
}

export interface SettingsSchemaAnswer {
  readonly data: SettingsSchema
  readonly meta: Meta
}

export interface AccessTokenAttributes {
  readonly name: string
  /** The last four characters of the token. */
  readonly lastFour: string
  /** Operations by entity type. Nobody gives a grant that they lack. */
  readonly grants: {
    readonly worker?: readonly ('READ' | 'CREATE' | 'UPDATE' | 'DELETE')[]
    readonly credential?: readonly ('READ' | 'CREATE' | 'UPDATE' | 'DELETE')[]
    readonly captureRequest?: readonly ('READ' | 'CREATE' | 'UPDATE' | 'DELETE')[]
    readonly position?: readonly ('READ' | 'CREATE' | 'UPDATE' | 'DELETE')[]
    readonly credentialType?: readonly ('READ' | 'CREATE' | 'UPDATE' | 'DELETE')[]
    readonly register?: readonly ('READ' | 'CREATE' | 'UPDATE' | 'DELETE')[]
    readonly import?: readonly ('READ' | 'CREATE' | 'UPDATE' | 'DELETE')[]
    readonly export?: readonly ('READ' | 'CREATE' | 'UPDATE' | 'DELETE')[]
    readonly webhook?: readonly ('READ' | 'CREATE' | 'UPDATE' | 'DELETE')[]
    readonly review?: readonly ('READ' | 'CREATE' | 'UPDATE' | 'DELETE')[]
    readonly sftpAccount?: readonly ('READ' | 'CREATE' | 'UPDATE' | 'DELETE')[]
    readonly partner?: readonly ('READ' | 'CREATE' | 'UPDATE' | 'DELETE')[]
    readonly settings?: readonly ('READ' | 'CREATE' | 'UPDATE' | 'DELETE')[]
    readonly user?: readonly ('READ' | 'CREATE' | 'UPDATE' | 'DELETE')[]
    readonly auditEntry?: readonly ('READ' | 'CREATE' | 'UPDATE' | 'DELETE')[]
  }
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly expiresAt: string | null
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly createdAt: string
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly rotatedAt: string | null
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly revokedAt: string | null
  /** Shown once, when it is made or rotated. */
  readonly token?: string
}

export interface AccessToken {
  readonly id: string
  readonly type: 'accessToken'
  readonly attributes: AccessTokenAttributes
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUpdated: string
}

export interface AccessTokenPage {
  readonly data: readonly AccessToken[]
  readonly meta: PageMeta
}

export interface AccessTokenAnswer {
  readonly data: AccessToken
  readonly meta: Meta
}

export interface EventAttributes {
  /** Its number in the organisation’s feed, without gaps: ask for what comes after it. */
  readonly sequence: number
  readonly type: string
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly timestamp: string
  /** Ids and states. An event of an import speaks of up to 1,000 workers or credentials. */
  readonly data: Readonly<Record<string, unknown>>
}

export interface Event {
  readonly id: string
  readonly type: 'event'
  readonly attributes: EventAttributes
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUpdated: string
}

export interface EventPage {
  readonly data: readonly Event[]
  readonly meta: PageMeta
}

export interface MailAttributes {
  /** What it is for, like `user.invitation`. */
  readonly kind: string
  readonly to: string
  /** Null before a mail is rendered, which is when it is sent. */
  readonly subject: string | null
  /** OUTBOX = there is no mail server: it is read here. CANCELLED = its reason had gone before it was sent. FAILED = refused for good, given up, or given back later. */
  readonly status: 'QUEUED' | 'SENT' | 'FAILED' | 'OUTBOX' | 'CANCELLED'
  readonly attempts: number
  readonly lastError: string | null
  readonly about: {
    readonly type: string
    readonly id: string
  } | null
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly createdAt: string
  /**
   * When the mail server took it.
   * An instant, `2026-02-01T00:00:00Z`.
   */
  readonly sentAt: string | null
  /**
   * When it became known that it had been given back.
   * An instant, `2026-02-01T00:00:00Z`.
   */
  readonly bouncedAt: string | null
  /** The header Message-ID with which it was sent. */
  readonly messageId: string | null
  /** Of a mail by itself. Null before it is rendered, after 14 days, and once a mail that opens an account was handed to the mail server. */
  readonly text?: string | null
  readonly html?: string | null
}

export interface Mail {
  readonly id: string
  readonly type: 'mail'
  readonly attributes: MailAttributes
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUpdated: string
}

export interface MailPage {
  readonly data: readonly Mail[]
  readonly meta: PageMeta
}

export interface MailAnswer {
  readonly data: Mail
  readonly meta: Meta
}

export interface WorkerInput {
  readonly identity: {
    readonly displayName: string
    readonly firstName?: string | null | undefined
    readonly middleName?: string | null | undefined
    readonly lastName?: string | null | undefined
    /** A day, `2026-02-01`. */
    readonly birthDate?: string | null | undefined
  }
  readonly contact?:
    | {
        readonly workEmail?: string | null | undefined
        readonly mobile?: string | null | undefined
      }
    | null
    | undefined
  readonly employment?:
    | {
        readonly jobTitle?: string | null | undefined
        /** A position’s id or code. */
        readonly positionId?: string | null | undefined
        /** Read only: what is sent here changes nothing. */
        readonly positionCode?: unknown
        readonly state?: 'NSW' | 'VIC' | 'QLD' | 'WA' | 'SA' | 'TAS' | 'ACT' | 'NT' | null | undefined
        readonly workerType?: 'EMPLOYEE' | 'CONTRACTOR' | 'VOLUNTEER' | 'STUDENT' | null | undefined
        /** ACTIVE when absent. */
        readonly status?: 'ACTIVE' | 'INACTIVE' | null | undefined
        /** A day, `2026-02-01`. */
        readonly startDate?: string | null | undefined
      }
    | null
    | undefined
  /** The primary key under which another system knows the worker. */
  readonly source?:
    | {
        readonly externalId: string
        readonly sourceSystem: string
      }
    | null
    | undefined
  /** Read only: what is sent here changes nothing. */
  readonly sources?: unknown
  /** Read only: what is sent here changes nothing. */
  readonly compliance?: unknown
  /** Read only: what is sent here changes nothing. */
  readonly deletedAt?: unknown
}

export interface WorkerPatch {
  readonly identity?:
    | {
        readonly displayName?: string | undefined
        readonly firstName?: string | null | undefined
        readonly middleName?: string | null | undefined
        readonly lastName?: string | null | undefined
        /** A day, `2026-02-01`. */
        readonly birthDate?: string | null | undefined
      }
    | undefined
  readonly contact?:
    | {
        readonly workEmail?: string | null | undefined
        readonly mobile?: string | null | undefined
      }
    | null
    | undefined
  readonly employment?:
    | {
        readonly jobTitle?: string | null | undefined
        /** A position’s id or code. */
        readonly positionId?: string | null | undefined
        /** Read only: what is sent here changes nothing. */
        readonly positionCode?: unknown
        readonly state?: 'NSW' | 'VIC' | 'QLD' | 'WA' | 'SA' | 'TAS' | 'ACT' | 'NT' | null | undefined
        readonly workerType?: 'EMPLOYEE' | 'CONTRACTOR' | 'VOLUNTEER' | 'STUDENT' | null | undefined
        /** ACTIVE when absent. */
        readonly status?: 'ACTIVE' | 'INACTIVE' | null | undefined
        /** A day, `2026-02-01`. */
        readonly startDate?: string | null | undefined
      }
    | null
    | undefined
  /** The primary key under which another system knows the worker. */
  readonly source?:
    | {
        readonly externalId: string
        readonly sourceSystem: string
      }
    | null
    | undefined
  /** Read only: what is sent here changes nothing. */
  readonly sources?: unknown
  /** Read only: what is sent here changes nothing. */
  readonly compliance?: unknown
  /** Read only: what is sent here changes nothing. */
  readonly deletedAt?: unknown
}

export interface UpsertWorkersInput {
  readonly workers: readonly {
    readonly identity: {
      readonly displayName: string
      readonly firstName?: string | null | undefined
      readonly middleName?: string | null | undefined
      readonly lastName?: string | null | undefined
      /** A day, `2026-02-01`. */
      readonly birthDate?: string | null | undefined
    }
    readonly contact?:
      | {
          readonly workEmail?: string | null | undefined
          readonly mobile?: string | null | undefined
        }
      | null
      | undefined
    readonly employment?:
      | {
          readonly jobTitle?: string | null | undefined
          /** A position’s id or code. */
          readonly positionId?: string | null | undefined
          /** Read only: what is sent here changes nothing. */
          readonly positionCode?: unknown
          readonly state?: 'NSW' | 'VIC' | 'QLD' | 'WA' | 'SA' | 'TAS' | 'ACT' | 'NT' | null | undefined
          readonly workerType?: 'EMPLOYEE' | 'CONTRACTOR' | 'VOLUNTEER' | 'STUDENT' | null | undefined
          /** ACTIVE when absent. */
          readonly status?: 'ACTIVE' | 'INACTIVE' | null | undefined
          /** A day, `2026-02-01`. */
          readonly startDate?: string | null | undefined
        }
      | null
      | undefined
    readonly source: {
      readonly externalId: string
      readonly sourceSystem: string
    }
    /** Read only: what is sent here changes nothing. */
    readonly sources?: unknown
    /** Read only: what is sent here changes nothing. */
    readonly compliance?: unknown
    /** Read only: what is sent here changes nothing. */
    readonly deletedAt?: unknown
  }[]
}

export interface CredentialInput {
  /** Who holds it. A credential stays with its worker. */
  readonly worker: {
    readonly id?: string | undefined
    /** The key under which another system knows the worker. */
    readonly externalId?: string | undefined
    /** That system, without case. Needed where several know somebody by this key. */
    readonly sourceSystem?: string | undefined
    /** Read only: what is sent here changes nothing. */
    readonly displayName?: unknown
  }
  /** A credential type’s code, for example WWCC_VIC. */
  readonly credentialType?: string | null | undefined
  /** Instead of `credentialType`: your own code, as /licence-type-mappings knows it. */
  readonly licenceType?: string | null | undefined
  /** As it stands on the card. Types that are known by a number need one. */
  readonly number?: string | null | undefined
  /** The name on the card. */
  readonly holderName?: string | null | undefined
  /** A day, `2026-02-01`. */
  readonly issueDate?: string | null | undefined
  /**
   * YYYY-MM-DD; null = does not expire, or not known.
   * A day, `2026-02-01`.
   */
  readonly expiryDate?: string | null | undefined
  /** Taken from the type where it is bound to one. */
  readonly jurisdiction?: 'NSW' | 'VIC' | 'QLD' | 'WA' | 'SA' | 'TAS' | 'ACT' | 'NT' | null | undefined
  /** ACTIVE when absent. SUPERSEDED is for the product to say and means ACTIVE here. */
  readonly lifecycle?: 'ACTIVE' | 'INACTIVE' | 'SUPERSEDED' | null | undefined
  /** Read only: what is sent here changes nothing. */
  readonly conditions?: unknown
  /** Read only: what is sent here changes nothing. */
  readonly eligibility?: unknown
  /** Read only: what is sent here changes nothing. */
  readonly statusDetail?: unknown
  /** Read only: what is sent here changes nothing. */
  readonly licenceStatus?: unknown
  /** Read only: what is sent here changes nothing. */
  readonly statusReasons?: unknown
  /** Read only: what is sent here changes nothing. */
  readonly assurance?: unknown
  /** Read only: what is sent here changes nothing. */
  readonly lastVerifiedAt?: unknown
  /** Read only: what is sent here changes nothing. */
  readonly verificationAuthority?: unknown
  /** Read only: what is sent here changes nothing. */
  readonly source?: unknown
  /** Read only: what is sent here changes nothing. */
  readonly declared?: unknown
  /** Read only: what is sent here changes nothing. */
  readonly verified?: unknown
  /** Read only: what is sent here changes nothing. */
  readonly lastCheck?: unknown
  /** Read only: what is sent here changes nothing. */
  readonly deletedAt?: unknown
}

export interface CredentialPatch {
  /** Who holds it. A credential stays with its worker. */
  readonly worker?:
    | {
        readonly id?: string | undefined
        /** The key under which another system knows the worker. */
        readonly externalId?: string | undefined
        /** That system, without case. Needed where several know somebody by this key. */
        readonly sourceSystem?: string | undefined
        /** Read only: what is sent here changes nothing. */
        readonly displayName?: unknown
      }
    | undefined
  /** A credential type’s code, for example WWCC_VIC. */
  readonly credentialType?: string | null | undefined
  /** Instead of `credentialType`: your own code, as /licence-type-mappings knows it. */
  readonly licenceType?: string | null | undefined
  /** As it stands on the card. Types that are known by a number need one. */
  readonly number?: string | null | undefined
  /** The name on the card. */
  readonly holderName?: string | null | undefined
  /** A day, `2026-02-01`. */
  readonly issueDate?: string | null | undefined
  /**
   * YYYY-MM-DD; null = does not expire, or not known.
   * A day, `2026-02-01`.
   */
  readonly expiryDate?: string | null | undefined
  /** Taken from the type where it is bound to one. */
  readonly jurisdiction?: 'NSW' | 'VIC' | 'QLD' | 'WA' | 'SA' | 'TAS' | 'ACT' | 'NT' | null | undefined
  /** ACTIVE when absent. SUPERSEDED is for the product to say and means ACTIVE here. */
  readonly lifecycle?: 'ACTIVE' | 'INACTIVE' | 'SUPERSEDED' | null | undefined
  /** Read only: what is sent here changes nothing. */
  readonly conditions?: unknown
  /** Read only: what is sent here changes nothing. */
  readonly eligibility?: unknown
  /** Read only: what is sent here changes nothing. */
  readonly statusDetail?: unknown
  /** Read only: what is sent here changes nothing. */
  readonly licenceStatus?: unknown
  /** Read only: what is sent here changes nothing. */
  readonly statusReasons?: unknown
  /** Read only: what is sent here changes nothing. */
  readonly assurance?: unknown
  /** Read only: what is sent here changes nothing. */
  readonly lastVerifiedAt?: unknown
  /** Read only: what is sent here changes nothing. */
  readonly verificationAuthority?: unknown
  /** Read only: what is sent here changes nothing. */
  readonly source?: unknown
  /** Read only: what is sent here changes nothing. */
  readonly declared?: unknown
  /** Read only: what is sent here changes nothing. */
  readonly verified?: unknown
  /** Read only: what is sent here changes nothing. */
  readonly lastCheck?: unknown
  /** Read only: what is sent here changes nothing. */
  readonly deletedAt?: unknown
}

export interface CredentialAttachmentInput {
  /** The document. */
  readonly file: string
}

export interface ReviewPatch {
  /** A user who may decide on reviews; null = nobody in particular. */
  readonly assignee?:
    | {
        readonly id: string
        /** Read only: what is sent here changes nothing. */
        readonly displayName?: unknown
      }
    | null
    | undefined
  /** Read only: what is sent here changes nothing. */
  readonly reason?: unknown
  /** Read only: what is sent here changes nothing. */
  readonly status?: unknown
  /** Read only: what is sent here changes nothing. */
  readonly subject?: unknown
  /** Read only: what is sent here changes nothing. */
  readonly worker?: unknown
  /** Read only: what is sent here changes nothing. */
  readonly credential?: unknown
  /** Read only: what is sent here changes nothing. */
  readonly fetchRequest?: unknown
  /** Read only: what is sent here changes nothing. */
  readonly facts?: unknown
  /** Read only: what is sent here changes nothing. */
  readonly possibleDecisions?: unknown
  /** Read only: what is sent here changes nothing. */
  readonly openedAt?: unknown
  /** Read only: what is sent here changes nothing. */
  readonly decision?: unknown
}

export interface DecideReviewInput {
  readonly decision: 'ACCEPT' | 'REJECT' | 'ASK_AGAIN' | 'WAIVE'
  /** Why; needed for all but ACCEPT. The worker may come to read it. */
  readonly reason?: string | null | undefined
  readonly corrected?:
    | {
        /** As it stands on the card. Types that are known by a number need one. */
        readonly number?: string | null | undefined
        /** The name on the card. */
        readonly holderName?: string | null | undefined
        /** A day, `2026-02-01`. */
        readonly issueDate?: string | null | undefined
        /**
         * YYYY-MM-DD; null = does not expire, or not known.
         * A day, `2026-02-01`.
         */
        readonly expiryDate?: string | null | undefined
      }
    | null
    | undefined
}

export interface RegisterInput {
  readonly kind: 'http' | 'simulator' | 'list'
  /** Of `http` and `simulator` how it is called; of `list` how its file is had and read. */
  readonly settings:
    | {
        /** Whom to call. Placeholders in its path and query are percent-encoded. */
        readonly url: string
        /** "POST" when absent. */
        readonly method?: 'GET' | 'POST' | undefined
        /**
         * Sent with each question, and shown to whoever may see the connector.
         * {} when absent.
         */
        readonly headers?: Readonly<Record<string, string>> | undefined
        /**
         * How we say who we are. The secret that belongs to it (password, token, value, client secret) is sent beside it.
         * {"kind":"none"} when absent.
         */
        readonly auth?:
          | {
              readonly kind: 'none'
            }
          | {
              readonly kind: 'basic'
              readonly username: string
            }
          | {
              readonly kind: 'bearer'
            }
          | {
              readonly kind: 'header'
              readonly name: string
            }
          | {
              readonly kind: 'oauth2'
              readonly tokenUrl: string
              readonly clientId: string
              readonly scope?: string | undefined
              readonly audience?: string | undefined
            }
          | undefined
        /**
         * The JSON to send, with placeholders in its texts; null = all fields by their names.
         * null when absent.
         */
        readonly body?: Readonly<Record<string, unknown>> | readonly unknown[] | null | undefined
        /**
         * What must be known of a credential before the source can be asked.
         * ["number"] when absent.
         */
        readonly inputs?:
          | readonly (
              | 'correlationId'
              | 'register'
              | 'credentialType'
              | 'jurisdiction'
              | 'number'
              | 'familyName'
              | 'givenNames'
              | 'holderName'
              | 'birthDate'
              | 'issueDate'
              | 'expiryDate'
              | 'today'
            )[]
          | undefined
        /** {} when absent. */
        readonly response?:
          | {
              /**
               * Where the state stands.
               * "/status" when absent.
               */
              readonly status?: string | undefined
              /**
               * What the source’s words for the state mean, without case; beside those that registers commonly use. A word that is not known asks for a person’s eye.
               * {} when absent.
               */
              readonly words?:
                | Readonly<
                    Record<
                      string,
                      {
                        readonly outcome:
                          'MAY_ENGAGE' | 'MAY_NOT_ENGAGE' | 'REVIEW_REQUIRED' | 'IN_PROGRESS' | 'NOT_FOUND'
                        /**
                         * CONDITIONS, NON_PRACTISING and RENEWAL_PENDING make it yellow, VOLUNTEER_ONLY red in paid work; others only tell more.
                         * [] when absent.
                         */
                        readonly details?: readonly string[] | undefined
                      }
                    >
                  >
                | undefined
              /** "/number" when absent. */
              readonly number?: string | null | undefined
              /** "/holderName" when absent. */
              readonly holderName?: string | null | undefined
              /** "/issueDate" when absent. */
              readonly issueDate?: string | null | undefined
              /** "/expiryDate" when absent. */
              readonly expiryDate?: string | null | undefined
              /** "/neverExpires" when absent. */
              readonly neverExpires?: string | null | undefined
              /** "/conditions" when absent. */
              readonly conditions?: string | null | undefined
              /** "/message" when absent. */
              readonly message?: string | null | undefined
            }
          | undefined
        /**
         * What the source answers when it does not know whom it is asked about.
         * [404] when absent.
         */
        readonly notFoundStatuses?: readonly number[] | undefined
        /**
         * Whether such a status counts only once the source has said something about somebody since it was connected so: a wrong address answers 404 for everybody. A body that says so in a known word at `response.status` counts at once. false = each counts.
         * true when absent.
         */
        readonly notFoundNeedsProof?: boolean | undefined
        /**
         * What to call to see whether it is there.
         * null when absent.
         */
        readonly healthUrl?: string | null | undefined
        /** 10000 when absent. */
        readonly timeoutMs?: number | undefined
        /**
         * Questions in a second, at most.
         * 10 when absent.
         */
        readonly perSecond?: number | undefined
        /**
         * Questions at once, at most.
         * 4 when absent.
         */
        readonly atOnce?: number | undefined
      }
    | {
        /** Which heading of the file holds what, without case: `fullName` or `familyName` with `givenNames` and `middleNames`; `otherNames` (aliases); `birthDate`, `suburb`, `state`, `number`; `reference` (what the publisher knows the row by); `kind` (person or organisation); `status`, `from`, `until`, `details`. */
        readonly columns: Readonly<
          Partial<
            Record<
              | 'fullName'
              | 'familyName'
              | 'givenNames'
              | 'middleNames'
              | 'otherNames'
              | 'birthDate'
              | 'suburb'
              | 'state'
              | 'number'
              | 'reference'
              | 'kind'
              | 'status'
              | 'from'
              | 'until'
              | 'details',
              string
            >
          >
        >
        /**
         * Of `fullName` and `otherNames`; what has a comma in it has its family name first anyway.
         * "GIVEN_FIRST" when absent.
         */
        readonly nameOrder?: 'GIVEN_FIRST' | 'FAMILY_FIRST' | undefined
        /**
         * Of dates like 03/04/2026; 2026-04-03 is always understood.
         * "DMY" when absent.
         */
        readonly dateOrder?: 'DMY' | 'MDY' | 'YMD' | undefined
        /**
         * Between several other names of a row.
         * ";" when absent.
         */
        readonly otherNamesSeparator?: string | undefined
        /** Which words in the column `kind` mean a person; rows of others are kept and compared with nobody. Empty = all are persons. */
        readonly personKinds?: readonly string[] | undefined
        /**
         * Lines that stand above the headings.
         * 0 when absent.
         */
        readonly linesBefore?: number | undefined
        /**
         * A version that has lost more than this share of the rows waits for a person. 1 = none does.
         * 0.2 when absent.
         */
        readonly heldWhenLost?: number | undefined
        /**
         * After how many days without a look at what is published an all-clear counts no more.
         * 14 when absent.
         */
        readonly staleAfterDays?: number | undefined
        /**
         * Whether another state does not speak against a likeness. Finds more, and much more to look at.
         * false when absent.
         */
        readonly isStateIgnored?: boolean | undefined
        /**
         * Where the file is published as CSV; null = it is uploaded.
         * null when absent.
         */
        readonly url?: string | null | undefined
        /**
         * How often it is fetched.
         * 24 when absent.
         */
        readonly everyHours?: number | undefined
        /** 60000 when absent. */
        readonly timeoutMs?: number | undefined
        /**
         * Of a register of credentials: what the words of the column `status` mean, beside the common ones.
         * {} when absent.
         */
        readonly words?:
          | Readonly<
              Record<
                string,
                {
                  readonly outcome:
                    'MAY_ENGAGE' | 'MAY_NOT_ENGAGE' | 'REVIEW_REQUIRED' | 'IN_PROGRESS' | 'NOT_FOUND'
                  /**
                   * CONDITIONS, NON_PRACTISING and RENEWAL_PENDING make it yellow, VOLUNTEER_ONLY red in paid work; others only tell more.
                   * [] when absent.
                   */
                  readonly details?: readonly string[] | undefined
                }
              >
            >
          | undefined
      }
  /** The secret of `auth`; never shown again. Absent = the one that is there stays; null = none. */
  readonly secret?: string | null | undefined
}

export interface TrustedIssuerInput {
  /** For people. */
  readonly name: string
  /** How documents name it: a DID (`did:web:…`, `did:key:…`, `did:ethr:0x…`), an https address, a domain (believed where its website or DNS vouches for the key), or a contract that records documents (`eip155:1:0x…`). */
  readonly identifier: string
  /**
   * Where an issuer that is an https address publishes its keys (a JWK Set).
   * null when absent.
   */
  readonly jwksUrl?: string | null | undefined
}

export interface VerifySignedDocumentInput {
  /** The document’s text as it is: JSON, or a token. */
  readonly document: string
  /** What was said beside it, to be compared. */
  readonly submitted?:
    | {
        readonly holderName?: string | undefined
        readonly credentialName?: string | undefined
        readonly issuerName?: string | undefined
        readonly issueDate?: string | undefined
        readonly expiryDate?: string | undefined
        readonly number?: string | undefined
      }
    | undefined
}

export interface ListVersionInput {
  /** The list. */
  readonly file: string
}

export interface PositionInput {
  readonly code: string
  readonly name?: string | null | undefined
  readonly state?: 'NSW' | 'VIC' | 'QLD' | 'WA' | 'SA' | 'TAS' | 'ACT' | 'NT' | null | undefined
  readonly requirements?:
    | {
        readonly allOf?: readonly unknown[] | undefined
        readonly anyOf?: readonly unknown[] | undefined
        readonly banChecks?:
          | readonly {
              readonly register: 'AGED_CARE_BANNING_ORDERS' | 'NDIS_ENFORCEMENT'
            }[]
          | undefined
      }
    | null
    | undefined
  readonly graceDays?: number | null | undefined
  /** A day, `2026-02-01`. */
  readonly effectiveFrom?: string | null | undefined
  /** Read only: what is sent here changes nothing. */
  readonly isStub?: unknown
  /** Read only: what is sent here changes nothing. */
  readonly fileRequirements?: unknown
  /** Read only: what is sent here changes nothing. */
  readonly effectiveRequirements?: unknown
  /** Read only: what is sent here changes nothing. */
  readonly deletedAt?: unknown
}

export interface PositionPatch {
  readonly code?: string | undefined
  readonly name?: string | null | undefined
  readonly state?: 'NSW' | 'VIC' | 'QLD' | 'WA' | 'SA' | 'TAS' | 'ACT' | 'NT' | null | undefined
  readonly requirements?:
    | {
        readonly allOf?: readonly unknown[] | undefined
        readonly anyOf?: readonly unknown[] | undefined
        readonly banChecks?:
          | readonly {
              readonly register: 'AGED_CARE_BANNING_ORDERS' | 'NDIS_ENFORCEMENT'
            }[]
          | undefined
      }
    | null
    | undefined
  readonly graceDays?: number | null | undefined
  /** A day, `2026-02-01`. */
  readonly effectiveFrom?: string | null | undefined
  /** Read only: what is sent here changes nothing. */
  readonly isStub?: unknown
  /** Read only: what is sent here changes nothing. */
  readonly fileRequirements?: unknown
  /** Read only: what is sent here changes nothing. */
  readonly effectiveRequirements?: unknown
  /** Read only: what is sent here changes nothing. */
  readonly deletedAt?: unknown
}

export interface SimulatePositionInput {
  readonly requirements?:
    | {
        readonly allOf?: readonly unknown[] | undefined
        readonly anyOf?: readonly unknown[] | undefined
        readonly banChecks?:
          | readonly {
              readonly register: 'AGED_CARE_BANNING_ORDERS' | 'NDIS_ENFORCEMENT'
            }[]
          | undefined
      }
    | null
    | undefined
  readonly graceDays?: number | null | undefined
  /** A day, `2026-02-01`. */
  readonly effectiveFrom?: string | null | undefined
}

export interface CredentialTypeInput {
  /** Yours for good: 2 to 64 capitals, digits and underscores. */
  readonly code: string
  readonly name: string
  /** "CUSTOM" when absent. */
  readonly category?:
    | 'PROFESSIONAL_REGISTRATION'
    | 'CHILD_SAFETY'
    | 'SCREENING'
    | 'TEACHING'
    | 'TRAINING'
    | 'LICENCE'
    | 'HEALTH'
    | 'RIGHT_TO_WORK'
    | 'EDUCATION'
    | 'IDENTITY'
    | 'CUSTOM'
    | undefined
  /** null when absent. */
  readonly jurisdiction?: 'NSW' | 'VIC' | 'QLD' | 'WA' | 'SA' | 'TAS' | 'ACT' | 'NT' | null | undefined
  /** What its numbers look like; absent = anything. */
  readonly number?:
    | {
        /** Of the normal form (upper case, no blanks), like ^DC[0-9]{6}$. */
        readonly pattern: string
        readonly example: string
        readonly firmness: 'firm' | 'advisory'
      }
    | null
    | undefined
  /** null when absent. */
  readonly validity?:
    | {
        readonly months: number
        readonly firmness: 'firm' | 'advisory'
      }
    | null
    | undefined
  /**
   * How well it has to be known to be green.
   * "REVIEWED" when absent.
   */
  readonly assuranceNeeded?: 'DECLARED' | 'REVIEWED' | undefined
  /** false when absent. */
  readonly mayLackExpiry?: boolean | undefined
  /** 0 when absent. */
  readonly graceMonths?: number | undefined
  /** 30 when absent. */
  readonly expiringWindowDays?: number | undefined
  /** "keeps" when absent. */
  readonly renewal?: 'replaces' | 'keeps' | undefined
  /** "document" when absent. */
  readonly suppliedBy?: 'number' | 'document' | 'both' | undefined
  /** Words that are seen on such documents, which alone tell little. */
  readonly documentWords?: readonly string[] | undefined
  /** What an automatic reading of a document tells this type by. */
  readonly documentHints?:
    | {
        /** What such a document is called. None = the name of the type. */
        readonly titles?: readonly string[] | undefined
        /** Who gives them out, as it stands on them; the first is the usual name. */
        readonly issuers?: readonly string[] | undefined
        /** Codes that stand on no other type’s documents, like HLTAID011. */
        readonly codes?: readonly string[] | undefined
        /** What stands before or above the number, beside the usual words; the first is the likeliest. */
        readonly numberLabels?: readonly string[] | undefined
        /**
         * Types whose codes and titles stand on documents of this type too: first aid covers CPR.
         * [] when absent.
         */
        readonly covers?: readonly string[] | undefined
      }
    | undefined
}

export interface LicenceTypeMappingsInput {
  readonly mappings: readonly {
    /** Your own code, byte for byte as it stands in your files. */
    readonly code: string
    /** A credential type, or one of the names `ahpra`, `vicwwc`, `qldblue`, `ndis`. */
    readonly credentialType: string
  }[]
}

export interface FetchRequestInput {
  readonly worker: {
    readonly id?: string | undefined
    /** The key under which another system knows the worker. */
    readonly externalId?: string | undefined
    /** That system, without case. Needed where several know somebody by this key. */
    readonly sourceSystem?: string | undefined
    /** Read only: what is sent here changes nothing. */
    readonly displayName?: unknown
  }
  /** Credential types, all of which are needed. Exactly one of this and `requirements`. */
  readonly requestedCredentialTypes?: readonly string[] | undefined
  /** A tree of groups, where it is not simply all of a list. */
  readonly requirements?:
    | {
        readonly allOf?: readonly unknown[] | undefined
        readonly anyOf?: readonly unknown[] | undefined
        readonly banChecks?:
          | readonly {
              readonly register: 'AGED_CARE_BANNING_ORDERS' | 'NDIS_ENFORCEMENT'
            }[]
          | undefined
      }
    | undefined
  /** By credential type: what the worker is told beside it. */
  readonly credentialGuidingTexts?: Readonly<Record<string, string>> | undefined
  /** To the worker, as plain text. */
  readonly message?: string | null | undefined
  /** Days for which the link is good; the organisation’s `fetchRequest.expiryDays` (14) when absent. */
  readonly expiryDays?: number | undefined
  /** LINK: no e-mail is sent; take the link from `POST …/link` and hand it over. */
  readonly delivery?:
    | {
        readonly channel: 'EMAIL' | 'LINK'
      }
    | undefined
}

export interface CreateFetchRequestsInput {
  readonly workers: readonly {
    readonly id?: string | undefined
    /** The key under which another system knows the worker. */
    readonly externalId?: string | undefined
    /** That system, without case. Needed where several know somebody by this key. */
    readonly sourceSystem?: string | undefined
    /** Read only: what is sent here changes nothing. */
    readonly displayName?: unknown
  }[]
  /** Credential types, all of which are needed. Exactly one of this and `requirements`. */
  readonly requestedCredentialTypes?: readonly string[] | undefined
  /** A tree of groups, where it is not simply all of a list. */
  readonly requirements?:
    | {
        readonly allOf?: readonly unknown[] | undefined
        readonly anyOf?: readonly unknown[] | undefined
        readonly banChecks?:
          | readonly {
              readonly register: 'AGED_CARE_BANNING_ORDERS' | 'NDIS_ENFORCEMENT'
            }[]
          | undefined
      }
    | undefined
  /** By credential type: what the worker is told beside it. */
  readonly credentialGuidingTexts?: Readonly<Record<string, string>> | undefined
  /** To the worker, as plain text. */
  readonly message?: string | null | undefined
  /** Days for which the link is good; the organisation’s `fetchRequest.expiryDays` (14) when absent. */
  readonly expiryDays?: number | undefined
  /** LINK: no e-mail is sent; take the link from `POST …/link` and hand it over. */
  readonly delivery?:
    | {
        readonly channel: 'EMAIL' | 'LINK'
      }
    | undefined
}

export type FetchRequestOutcome =
  | {
      readonly success: true
      /** The worker’s id. */
      readonly workerId: string
      /** The fetch request that was made. */
      readonly requestId: string
    }
  | {
      readonly success: false
      /** The id or external id that was sent; null where neither was. */
      readonly workerId: string | null
      /** Why this worker was not asked, as a sentence. */
      readonly error: string
    }

export interface CreateFetchRequestsResults {
  readonly data: readonly FetchRequestOutcome[]
  readonly meta: ResultsMeta
}

export interface FetchRequestPatch {
  /** To the worker, as plain text. */
  readonly message?: string | null | undefined
  /** Days for which the link is good; the organisation’s `fetchRequest.expiryDays` (14) when absent. */
  readonly expiryDays?: number | undefined
}

export interface FetchRequestLinkAttributes {
  /** Opens the worker’s page. Whoever has it answers in the worker’s name. */
  readonly url: string
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly tokenExpiresAt: string
}

export interface FetchRequestLink {
  readonly id: string
  readonly type: 'fetchRequestLink'
  readonly attributes: FetchRequestLinkAttributes
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUpdated: string
}

export interface FetchRequestLinkAnswer {
  readonly data: FetchRequestLink
  readonly meta: Meta
}

export interface ImportInput {
  /** The file, named `.csv` or `.xlsx`. */
  readonly file: string
  /** The system that it comes from. May be left out where the file’s name says it, as over SFTP. */
  readonly source?: string | undefined
  /** `UPSERT`, the default, changes what the file names; `SNAPSHOT` also deactivates who is missing. */
  readonly mode?: 'UPSERT' | 'SNAPSHOT' | undefined
  /** What the file is about. By default what its name says, else `EMPLOYEE`. */
  readonly fileType?: 'EMPLOYEE' | 'POSITION' | undefined
  /** A JSON object from our columns to the file’s, like `{"external_id": "Employee No"}`. Columns that it leaves out are found by our names and by common other words for them; the run’s `notes` tell which. */
  readonly mapping?: string | undefined
  /** The sheet of a workbook. By default the first that is not hidden. */
  readonly sheet?: string | undefined
}

export interface ImportRowPatch {
  /** New values by column, under the names by which messages call the columns. The others stay. */
  readonly values: Readonly<Record<string, string>>
}

export interface ApplyImportInput {
  readonly planHash: string
}

export interface UserInput {
  readonly email: string
  readonly role: 'owner' | 'admin' | 'manager' | 'reviewer' | 'viewer'
  /** The e-mail when absent. */
  readonly displayName?: string | undefined
}

export interface InviteUserAttributes {
  readonly email: string
  readonly displayName: string
  readonly role: 'owner' | 'admin' | 'manager' | 'reviewer' | 'viewer'
  /** INVITED until the invitation is accepted. */
  readonly state: 'INVITED' | 'ACTIVE' | 'DISABLED'
  readonly hasPassword: boolean
  readonly hasSecondFactor: boolean
  readonly hasSingleSignOn: boolean
  /**
   * Of the sessions that are still there.
   * An instant, `2026-02-01T00:00:00Z`.
   */
  readonly lastSignedInAt: string | null
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly deletedAt: string | null
  readonly invitation: {
    /** Whoever has it can set the password, once. It is mailed too. */
    readonly link: string
    /** An instant, `2026-02-01T00:00:00Z`. */
    readonly expiresAt: string
  }
}

export interface InviteUserResource {
  readonly id: string
  readonly type: 'user'
  readonly attributes: InviteUserAttributes
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUpdated: string
}

export interface InviteUserAnswer {
  readonly data: InviteUserResource
  readonly meta: Meta
}

export interface UserPatch {
  readonly role?: 'owner' | 'admin' | 'manager' | 'reviewer' | 'viewer' | undefined
  readonly state?: 'ACTIVE' | 'DISABLED' | undefined
  readonly displayName?: string | undefined
}

export interface ResendInvitationAttributes {
  readonly email: string
  readonly displayName: string
  readonly role: 'owner' | 'admin' | 'manager' | 'reviewer' | 'viewer'
  /** INVITED until the invitation is accepted. */
  readonly state: 'INVITED' | 'ACTIVE' | 'DISABLED'
  readonly hasPassword: boolean
  readonly hasSecondFactor: boolean
  readonly hasSingleSignOn: boolean
  /**
   * Of the sessions that are still there.
   * An instant, `2026-02-01T00:00:00Z`.
   */
  readonly lastSignedInAt: string | null
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly deletedAt: string | null
  readonly invitation: {
    /** Whoever has it can set the password, once. It is mailed too. */
    readonly link: string
    /** An instant, `2026-02-01T00:00:00Z`. */
    readonly expiresAt: string
  }
}

export interface ResendInvitationResource {
  readonly id: string
  readonly type: 'user'
  readonly attributes: ResendInvitationAttributes
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUpdated: string
}

export interface ResendInvitationAnswer {
  readonly data: ResendInvitationResource
  readonly meta: Meta
}

export interface SignInInput {
  readonly email: string
  readonly password: string
  /** Id or name, for users of several organisations. */
  readonly organisation?: string | undefined
  readonly secondFactor?:
    | {
        /** Six digits of an authenticator app. */
        readonly code?: string | undefined
        readonly recoveryCode?: string | undefined
        /** To a challenge of `POST /sign-in/passkey/options`. */
        readonly passkey?:
          | ({
              readonly id: string
              readonly rawId: string
              readonly type: 'public-key'
              readonly response: Readonly<Record<string, unknown>>
              readonly clientExtensionResults?: Readonly<Record<string, unknown>> | undefined
            } & Readonly<Record<string, unknown>>)
          | undefined
      }
    | undefined
}

export interface AcceptInvitationInput {
  /** What stands behind `#invitation=` in the link. */
  readonly token: string
  /** 12 characters or more; no other rule but that it is none of those tried first. */
  readonly password: string
  readonly displayName?: string | undefined
  /** Only for the first owner of an installation, whose address nobody knows yet. */
  readonly email?: string | undefined
}

export interface RequestPasswordResetInput {
  readonly email: string
}

export interface ResetPasswordInput {
  readonly token: string
  /** 12 characters or more; no other rule but that it is none of those tried first. */
  readonly password: string
}

export interface ChangePasswordInput {
  readonly currentPassword: string
  /** 12 characters or more; no other rule but that it is none of those tried first. */
  readonly newPassword: string
}

export interface SecondFactorInput {
  /** What the device is called. */
  readonly name?: string | undefined
}

export interface BeginTotpAttributes {
  readonly kind: 'TOTP' | 'PASSKEY'
  readonly name: string
  /** Asked for at sign-in only once it is. */
  readonly isConfirmed: boolean
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly createdAt: string
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUsedAt: string | null
  /** In base32, for typing. */
  readonly secret: string
  /** The same for a QR code (otpauth). */
  readonly uri: string
}

export interface BeginTotpResource {
  readonly id: string
  readonly type: 'secondFactor'
  readonly attributes: BeginTotpAttributes
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUpdated: string
}

export interface SecondFactorAnswer {
  readonly data: BeginTotpResource
  readonly meta: Meta
}

export interface ConfirmTotpInput {
  readonly code: string
}

export interface ConfirmTotpAttributes {
  readonly kind: 'TOTP' | 'PASSKEY'
  readonly name: string
  /** Asked for at sign-in only once it is. */
  readonly isConfirmed: boolean
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly createdAt: string
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUsedAt: string | null
  /** With the first second factor: ten codes, each for one sign-in without it. Shown once. */
  readonly recoveryCodes: readonly string[] | null
}

export interface ConfirmTotpResource {
  readonly id: string
  readonly type: 'secondFactor'
  readonly attributes: ConfirmTotpAttributes
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUpdated: string
}

export interface ConfirmTotpAnswer {
  readonly data: ConfirmTotpResource
  readonly meta: Meta
}

export interface RecoveryCodesAttributes {
  readonly recoveryCodes: readonly string[]
}

export interface RecoveryCodes {
  readonly id: string
  readonly type: 'recoveryCodes'
  readonly attributes: RecoveryCodesAttributes
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUpdated: string
}

export interface RecoveryCodesAnswer {
  readonly data: RecoveryCodes
  readonly meta: Meta
}

export interface AddPasskeyInput {
  readonly name?: string | undefined
  readonly response: {
    readonly id: string
    readonly rawId: string
    readonly type: 'public-key'
    readonly response: Readonly<Record<string, unknown>>
    readonly clientExtensionResults?: Readonly<Record<string, unknown>> | undefined
  } & Readonly<Record<string, unknown>>
}

export interface AddPasskeyAttributes {
  readonly kind: 'TOTP' | 'PASSKEY'
  readonly name: string
  /** Asked for at sign-in only once it is. */
  readonly isConfirmed: boolean
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly createdAt: string
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUsedAt: string | null
  /** With the first second factor: ten codes, each for one sign-in without it. Shown once. */
  readonly recoveryCodes: readonly string[] | null
}

export interface AddPasskeyResource {
  readonly id: string
  readonly type: 'secondFactor'
  readonly attributes: AddPasskeyAttributes
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastUpdated: string
}

export interface AddPasskeyAnswer {
  readonly data: AddPasskeyResource
  readonly meta: Meta
}

export interface SignInByPasskeyInput {
  readonly response: {
    readonly id: string
    readonly rawId: string
    readonly type: 'public-key'
    readonly response: Readonly<Record<string, unknown>>
    readonly clientExtensionResults?: Readonly<Record<string, unknown>> | undefined
  } & Readonly<Record<string, unknown>>
}

export interface SftpAccountInput {
  /** Unique in this installation, without case. */
  readonly username: string
  /** Lines as ssh-keygen writes them into the file that ends in .pub. */
  readonly publicKeys?: readonly string[] | undefined
  /** At least 8 characters. It is never shown again. */
  readonly password?: string | undefined
  /** Without it: what was given, either of both where both were. */
  readonly requires?: 'KEY' | 'PASSWORD' | 'EITHER' | 'BOTH' | undefined
  /** Addresses or networks (203.0.113.0/24) that it may come from; none = from anywhere. */
  readonly allowedAddresses?: readonly string[] | undefined
}

export interface SftpAccountPatch {
  /** Lines as ssh-keygen writes them into the file that ends in .pub. */
  readonly publicKeys?: readonly string[] | undefined
  /** Null takes it away. */
  readonly password?: string | null | undefined
  /** Without it: what was given, either of both where both were. */
  readonly requires?: 'KEY' | 'PASSWORD' | 'EITHER' | 'BOTH' | undefined
  readonly isEnabled?: boolean | undefined
  /** Addresses or networks (203.0.113.0/24) that it may come from; none = from anywhere. */
  readonly allowedAddresses?: readonly string[] | undefined
}

export interface OrganisationPatch {
  readonly name?: string | undefined
  readonly settings?: Readonly<Record<string, unknown>> | undefined
}

export interface AccessTokenInput {
  readonly name: string
  /** Operations by entity type. Nobody gives a grant that they lack. */
  readonly grants: {
    readonly worker?: readonly ('READ' | 'CREATE' | 'UPDATE' | 'DELETE')[] | undefined
    readonly credential?: readonly ('READ' | 'CREATE' | 'UPDATE' | 'DELETE')[] | undefined
    readonly captureRequest?: readonly ('READ' | 'CREATE' | 'UPDATE' | 'DELETE')[] | undefined
    readonly position?: readonly ('READ' | 'CREATE' | 'UPDATE' | 'DELETE')[] | undefined
    readonly credentialType?: readonly ('READ' | 'CREATE' | 'UPDATE' | 'DELETE')[] | undefined
    readonly register?: readonly ('READ' | 'CREATE' | 'UPDATE' | 'DELETE')[] | undefined
    readonly import?: readonly ('READ' | 'CREATE' | 'UPDATE' | 'DELETE')[] | undefined
    readonly export?: readonly ('READ' | 'CREATE' | 'UPDATE' | 'DELETE')[] | undefined
    readonly webhook?: readonly ('READ' | 'CREATE' | 'UPDATE' | 'DELETE')[] | undefined
    readonly review?: readonly ('READ' | 'CREATE' | 'UPDATE' | 'DELETE')[] | undefined
    readonly sftpAccount?: readonly ('READ' | 'CREATE' | 'UPDATE' | 'DELETE')[] | undefined
    readonly partner?: readonly ('READ' | 'CREATE' | 'UPDATE' | 'DELETE')[] | undefined
    readonly settings?: readonly ('READ' | 'CREATE' | 'UPDATE' | 'DELETE')[] | undefined
    readonly user?: readonly ('READ' | 'CREATE' | 'UPDATE' | 'DELETE')[] | undefined
    readonly auditEntry?: readonly ('READ' | 'CREATE' | 'UPDATE' | 'DELETE')[] | undefined
  }
  /**
   * Without it the token has no end.
   * An instant, `2026-02-01T00:00:00Z`.
   */
  readonly expiresAt?: string | null | undefined
}

export interface TakeMailEventsInput {
  readonly events: readonly {
    readonly type: 'bounced'
    /** The header Message-ID of the mail, with or without angle brackets. */
    readonly messageId: string
    /**
     * What the receiving server said.
     * "" when absent.
     */
    readonly detail?: string | undefined
    /** Whether it will not arrive any more; else nothing changes yet. */
    readonly permanent: boolean
  }[]
}

/** Of an operation without any parameter. */
export type NoParameters = Readonly<Record<string, never>>

/** What `listWorkers` takes. */
export interface ListWorkersParameters {
  /** The page, from 1. Deep pages are slow: use `cursor`. */
  readonly page?: number | undefined
  /** Resources per page, 1 to 200; 25 by default. */
  readonly pageSize?: number | undefined
  /** `nextCursor` of the page before: goes on behind it, however deep. Wins over `page`. */
  readonly cursor?: string | undefined
  /** How `total` is counted: quick (the default) is exact, but in an organisation of more than 50000 rows an estimate where more than 200 are met (`totalIsExact` tells); exact counts all. With `cursor` it is that of the first page. */
  readonly total?: 'quick' | 'exact' | undefined
  /** The key under which another system knows the worker. */
  readonly externalId?: string | undefined
  /** The other system, without case. */
  readonly sourceSystem?: string | undefined
  readonly status?: 'ACTIVE' | 'INACTIVE' | undefined
  /** A position’s id or code. */
  readonly positionId?: string | undefined
  readonly licenceStatus?: 'green' | 'yellow' | 'red' | undefined
  /** The beginning of the name, of the family name, or of the e-mail. */
  readonly query?: string | undefined
  /** `true` shows deleted ones too. */
  readonly includeDeleted?: boolean | undefined
  /**
   * Only what changed at this instant or later. Ask with an overlap of a minute: changes become visible when they are committed.
   * An instant, `2026-02-01T00:00:00Z`.
   */
  readonly updatedSince?: string | Date | undefined
  /** `credentials` adds up to 50 summaries of what the worker holds. Needs the grant `credential:READ` too. */
  readonly include?: 'credentials' | undefined
}

/** What `createWorker` takes. */
export interface CreateWorkerParameters {
  readonly body: WorkerInput
}

/** What `getWorker` takes. */
export interface GetWorkerParameters {
  readonly id: string
  /** `credentials` adds up to 50 summaries of what the worker holds. Needs the grant `credential:READ` too. */
  readonly include?: 'credentials' | undefined
}

/** What `replaceWorker` takes. */
export interface ReplaceWorkerParameters {
  readonly id: string
  readonly body: WorkerInput
}

/** What `updateWorker` takes. */
export interface UpdateWorkerParameters {
  readonly id: string
  readonly body: WorkerPatch
}

/** What `deleteWorker` takes. */
export interface DeleteWorkerParameters {
  readonly id: string
}

/** What `getWorkerByExternalId` takes. */
export interface GetWorkerByExternalIdParameters {
  readonly sourceSystem: string
  readonly externalId: string
  /** `credentials` adds up to 50 summaries of what the worker holds. Needs the grant `credential:READ` too. */
  readonly include?: 'credentials' | undefined
}

/** What `upsertWorker` takes. */
export interface UpsertWorkerParameters {
  readonly sourceSystem: string
  readonly externalId: string
  readonly body: WorkerInput
}

/** What `restoreWorker` takes. */
export interface RestoreWorkerParameters {
  readonly id: string
}

/** What `upsertWorkers` takes. */
export interface UpsertWorkersParameters {
  readonly body: UpsertWorkersInput
}

/** What `listCredentials` takes. */
export interface ListCredentialsParameters {
  /** The page, from 1. Deep pages are slow: use `cursor`. */
  readonly page?: number | undefined
  /** Resources per page, 1 to 200; 25 by default. */
  readonly pageSize?: number | undefined
  /** `nextCursor` of the page before: goes on behind it, however deep. Wins over `page`. */
  readonly cursor?: string | undefined
  /** How `total` is counted: quick (the default) is exact, but in an organisation of more than 50000 rows an estimate where more than 200 are met (`totalIsExact` tells); exact counts all. With `cursor` it is that of the first page. */
  readonly total?: 'quick' | 'exact' | undefined
  readonly workerId?: string | undefined
  /** The worker’s key in another system. */
  readonly ownerExternalId?: string | undefined
  /** That system, without case. */
  readonly ownerSourceSystem?: string | undefined
  readonly credentialType?: string | undefined
  /** A category of credential types, for example CHILD_SAFETY. */
  readonly category?: string | undefined
  readonly jurisdiction?: string | undefined
  readonly eligibility?:
    'MAY_ENGAGE' | 'MAY_NOT_ENGAGE' | 'REVIEW_REQUIRED' | 'IN_PROGRESS' | 'ERROR' | undefined
  readonly licenceStatus?: 'green' | 'yellow' | 'red' | undefined
  readonly assurance?: 'DECLARED' | 'REVIEWED' | 'VERIFIED' | undefined
  /**
   * Only those that expire before this day.
   * A day, `2026-02-01`.
   */
  readonly expiringBefore?: string | undefined
  /** `true` shows deleted ones too. */
  readonly includeDeleted?: boolean | undefined
  /**
   * Only what changed at this instant or later. Ask with an overlap of a minute: changes become visible when they are committed.
   * An instant, `2026-02-01T00:00:00Z`.
   */
  readonly updatedSince?: string | Date | undefined
}

/** What `createCredential` takes. */
export interface CreateCredentialParameters {
  readonly body: CredentialInput
}

/** What `getCredential` takes. */
export interface GetCredentialParameters {
  readonly id: string
}

/** What `replaceCredential` takes. */
export interface ReplaceCredentialParameters {
  readonly id: string
  readonly body: CredentialInput
}

/** What `updateCredential` takes. */
export interface UpdateCredentialParameters {
  readonly id: string
  readonly body: CredentialPatch
}

/** What `deleteCredential` takes. */
export interface DeleteCredentialParameters {
  readonly id: string
}

/** What `restoreCredential` takes. */
export interface RestoreCredentialParameters {
  readonly id: string
}

/** What `listAttachments` takes. */
export interface ListAttachmentsParameters {
  readonly id: string
  /** The page, from 1. Deep pages are slow: use `cursor`. */
  readonly page?: number | undefined
  /** Resources per page, 1 to 200; 25 by default. */
  readonly pageSize?: number | undefined
  /** `nextCursor` of the page before: goes on behind it, however deep. Wins over `page`. */
  readonly cursor?: string | undefined
  /** How `total` is counted: quick (the default) is exact, but in an organisation of more than 50000 rows an estimate where more than 200 are met (`totalIsExact` tells); exact counts all. With `cursor` it is that of the first page. */
  readonly total?: 'quick' | 'exact' | undefined
  /**
   * Only what changed at this instant or later. Ask with an overlap of a minute: changes become visible when they are committed.
   * An instant, `2026-02-01T00:00:00Z`.
   */
  readonly updatedSince?: string | Date | undefined
}

/** What `createAttachment` takes. */
export interface CreateAttachmentParameters {
  readonly id: string
  readonly body: FormData
}

/** What `getAttachment` takes. */
export interface GetAttachmentParameters {
  readonly id: string
  readonly attachmentId: string
}

/** What `deleteAttachment` takes. */
export interface DeleteAttachmentParameters {
  readonly id: string
  readonly attachmentId: string
}

/** What `getAttachmentContent` takes. */
export interface GetAttachmentContentParameters {
  readonly id: string
  readonly attachmentId: string
  /** The part that is wanted (RFC 9110, section 14.2); several at once are answered with the whole. */
  readonly range?: string | undefined
}

/** What `verifyCredential` takes. */
export interface VerifyCredentialParameters {
  readonly id: string
}

/** What `listChecks` takes. */
export interface ListChecksParameters {
  readonly id: string
  /** The page, from 1. Deep pages are slow: use `cursor`. */
  readonly page?: number | undefined
  /** Resources per page, 1 to 200; 25 by default. */
  readonly pageSize?: number | undefined
  /** `nextCursor` of the page before: goes on behind it, however deep. Wins over `page`. */
  readonly cursor?: string | undefined
  /** How `total` is counted: quick (the default) is exact, but in an organisation of more than 50000 rows an estimate where more than 200 are met (`totalIsExact` tells); exact counts all. With `cursor` it is that of the first page. */
  readonly total?: 'quick' | 'exact' | undefined
  /**
   * Only what changed at this instant or later. Ask with an overlap of a minute: changes become visible when they are committed.
   * An instant, `2026-02-01T00:00:00Z`.
   */
  readonly updatedSince?: string | Date | undefined
}

/** What `listReviews` takes. */
export interface ListReviewsParameters {
  /** The page, from 1. Deep pages are slow: use `cursor`. */
  readonly page?: number | undefined
  /** Resources per page, 1 to 200; 25 by default. */
  readonly pageSize?: number | undefined
  /** `nextCursor` of the page before: goes on behind it, however deep. Wins over `page`. */
  readonly cursor?: string | undefined
  /** How `total` is counted: quick (the default) is exact, but in an organisation of more than 50000 rows an estimate where more than 200 are met (`totalIsExact` tells); exact counts all. With `cursor` it is that of the first page. */
  readonly total?: 'quick' | 'exact' | undefined
  readonly reason?:
    | 'DOCUMENT'
    | 'REGISTER_ANSWER'
    | 'LIST_MATCH'
    | 'HELD_IMPORT'
    | 'DECLINED_ITEM'
    | 'NOT_ME'
    | 'MAPPING_PROPOSAL'
    | undefined
  /** A user’s id; `me` = the signed-in user; `none` = nobody’s. */
  readonly assignee?: string | undefined
  /** Absent = what waits (OPEN, AWAITING_SECOND); with `updatedSince`, all. */
  readonly status?: 'OPEN' | 'AWAITING_SECOND' | 'DECIDED' | 'WITHDRAWN' | undefined
  /**
   * Only what changed at this instant or later. Ask with an overlap of a minute: changes become visible when they are committed.
   * An instant, `2026-02-01T00:00:00Z`.
   */
  readonly updatedSince?: string | Date | undefined
}

/** What `getReview` takes. */
export interface GetReviewParameters {
  readonly id: string
}

/** What `updateReview` takes. */
export interface UpdateReviewParameters {
  readonly id: string
  readonly body: ReviewPatch
}

/** What `decideReview` takes. */
export interface DecideReviewParameters {
  readonly id: string
  readonly body: DecideReviewInput
}

/** What `listBanChecks` takes. */
export interface ListBanChecksParameters {
  readonly id: string
  /** The page, from 1. Deep pages are slow: use `cursor`. */
  readonly page?: number | undefined
  /** Resources per page, 1 to 200; 25 by default. */
  readonly pageSize?: number | undefined
  /** `nextCursor` of the page before: goes on behind it, however deep. Wins over `page`. */
  readonly cursor?: string | undefined
  /** How `total` is counted: quick (the default) is exact, but in an organisation of more than 50000 rows an estimate where more than 200 are met (`totalIsExact` tells); exact counts all. With `cursor` it is that of the first page. */
  readonly total?: 'quick' | 'exact' | undefined
}

/** What `listRegisters` takes. */
export interface ListRegistersParameters {
  /** The page, from 1. Deep pages are slow: use `cursor`. */
  readonly page?: number | undefined
  /** Resources per page, 1 to 200; 25 by default. */
  readonly pageSize?: number | undefined
  /** `nextCursor` of the page before: goes on behind it, however deep. Wins over `page`. */
  readonly cursor?: string | undefined
  /** How `total` is counted: quick (the default) is exact, but in an organisation of more than 50000 rows an estimate where more than 200 are met (`totalIsExact` tells); exact counts all. With `cursor` it is that of the first page. */
  readonly total?: 'quick' | 'exact' | undefined
  readonly isConnected?: boolean | undefined
  /**
   * Only what changed at this instant or later. Ask with an overlap of a minute: changes become visible when they are committed.
   * An instant, `2026-02-01T00:00:00Z`.
   */
  readonly updatedSince?: string | Date | undefined
}

/** What `getRegister` takes. */
export interface GetRegisterParameters {
  readonly id: string
}

/** What `setConnector` takes. */
export interface SetConnectorParameters {
  readonly id: string
  readonly body: RegisterInput
}

/** What `removeConnector` takes. */
export interface RemoveConnectorParameters {
  readonly id: string
}

/** What `getRegisterHealth` takes. */
export interface GetRegisterHealthParameters {
  readonly id: string
}

/** What `listTrustedIssuers` takes. */
export interface ListTrustedIssuersParameters {
  /** The page, from 1. Deep pages are slow: use `cursor`. */
  readonly page?: number | undefined
  /** Resources per page, 1 to 200; 25 by default. */
  readonly pageSize?: number | undefined
  /** `nextCursor` of the page before: goes on behind it, however deep. Wins over `page`. */
  readonly cursor?: string | undefined
  /** How `total` is counted: quick (the default) is exact, but in an organisation of more than 50000 rows an estimate where more than 200 are met (`totalIsExact` tells); exact counts all. With `cursor` it is that of the first page. */
  readonly total?: 'quick' | 'exact' | undefined
  /**
   * Only what changed at this instant or later. Ask with an overlap of a minute: changes become visible when they are committed.
   * An instant, `2026-02-01T00:00:00Z`.
   */
  readonly updatedSince?: string | Date | undefined
}

/** What `createTrustedIssuer` takes. */
export interface CreateTrustedIssuerParameters {
  readonly body: TrustedIssuerInput
}

/** What `getTrustedIssuer` takes. */
export interface GetTrustedIssuerParameters {
  readonly id: string
}

/** What `deleteTrustedIssuer` takes. */
export interface DeleteTrustedIssuerParameters {
  readonly id: string
}

/** What `verifySignedDocument` takes. */
export interface VerifySignedDocumentParameters {
  readonly body: VerifySignedDocumentInput
}

/** What `listListVersions` takes. */
export interface ListListVersionsParameters {
  readonly id: string
  /** The page, from 1. Deep pages are slow: use `cursor`. */
  readonly page?: number | undefined
  /** Resources per page, 1 to 200; 25 by default. */
  readonly pageSize?: number | undefined
  /** `nextCursor` of the page before: goes on behind it, however deep. Wins over `page`. */
  readonly cursor?: string | undefined
  /** How `total` is counted: quick (the default) is exact, but in an organisation of more than 50000 rows an estimate where more than 200 are met (`totalIsExact` tells); exact counts all. With `cursor` it is that of the first page. */
  readonly total?: 'quick' | 'exact' | undefined
  /**
   * Only what changed at this instant or later. Ask with an overlap of a minute: changes become visible when they are committed.
   * An instant, `2026-02-01T00:00:00Z`.
   */
  readonly updatedSince?: string | Date | undefined
}

/** What `uploadList` takes. */
export interface UploadListParameters {
  readonly id: string
  readonly body: FormData
}

/** What `getListVersion` takes. */
export interface GetListVersionParameters {
  readonly id: string
  readonly versionId: string
}

/** What `listListChanges` takes. */
export interface ListListChangesParameters {
  readonly id: string
  readonly versionId: string
  /** The page, from 1. Deep pages are slow: use `cursor`. */
  readonly page?: number | undefined
  /** Resources per page, 1 to 200; 25 by default. */
  readonly pageSize?: number | undefined
  /** `nextCursor` of the page before: goes on behind it, however deep. Wins over `page`. */
  readonly cursor?: string | undefined
  /** How `total` is counted: quick (the default) is exact, but in an organisation of more than 50000 rows an estimate where more than 200 are met (`totalIsExact` tells); exact counts all. With `cursor` it is that of the first page. */
  readonly total?: 'quick' | 'exact' | undefined
}

/** What `applyList` takes. */
export interface ApplyListParameters {
  readonly id: string
  readonly versionId: string
}

/** What `rejectList` takes. */
export interface RejectListParameters {
  readonly id: string
  readonly versionId: string
}

/** What `listPositions` takes. */
export interface ListPositionsParameters {
  /** The page, from 1. Deep pages are slow: use `cursor`. */
  readonly page?: number | undefined
  /** Resources per page, 1 to 200; 25 by default. */
  readonly pageSize?: number | undefined
  /** `nextCursor` of the page before: goes on behind it, however deep. Wins over `page`. */
  readonly cursor?: string | undefined
  /** How `total` is counted: quick (the default) is exact, but in an organisation of more than 50000 rows an estimate where more than 200 are met (`totalIsExact` tells); exact counts all. With `cursor` it is that of the first page. */
  readonly total?: 'quick' | 'exact' | undefined
  /** The beginning of the code or the name. */
  readonly query?: string | undefined
  readonly state?: 'NSW' | 'VIC' | 'QLD' | 'WA' | 'SA' | 'TAS' | 'ACT' | 'NT' | undefined
  /** `true` shows deleted ones too. */
  readonly includeDeleted?: boolean | undefined
  /**
   * Only what changed at this instant or later. Ask with an overlap of a minute: changes become visible when they are committed.
   * An instant, `2026-02-01T00:00:00Z`.
   */
  readonly updatedSince?: string | Date | undefined
}

/** What `createPosition` takes. */
export interface CreatePositionParameters {
  readonly body: PositionInput
}

/** What `getPosition` takes. */
export interface GetPositionParameters {
  readonly id: string
}

/** What `replacePosition` takes. */
export interface ReplacePositionParameters {
  readonly id: string
  readonly body: PositionInput
}

/** What `updatePosition` takes. */
export interface UpdatePositionParameters {
  readonly id: string
  readonly body: PositionPatch
}

/** What `deletePosition` takes. */
export interface DeletePositionParameters {
  readonly id: string
}

/** What `restorePosition` takes. */
export interface RestorePositionParameters {
  readonly id: string
}

/** What `getWorkerCompliance` takes. */
export interface GetWorkerComplianceParameters {
  readonly id: string
  /** The day or instant that the answer is about; a day means its end in the organisation’s zone. Now by default. */
  readonly asOf?: string | undefined
  /** What was recorded later does not count. The same instant by default. */
  readonly knownAt?: string | undefined
}

/** What `simulatePosition` takes. */
export interface SimulatePositionParameters {
  readonly id: string
  readonly body: SimulatePositionInput
}

/** What `listCompliance` takes. */
export interface ListComplianceParameters {
  /** The page, from 1. Deep pages are slow: use `cursor`. */
  readonly page?: number | undefined
  /** Resources per page, 1 to 200; 25 by default. */
  readonly pageSize?: number | undefined
  /** `nextCursor` of the page before: goes on behind it, however deep. Wins over `page`. */
  readonly cursor?: string | undefined
  /** How `total` is counted: quick (the default) is exact, but in an organisation of more than 50000 rows an estimate where more than 200 are met (`totalIsExact` tells); exact counts all. With `cursor` it is that of the first page. */
  readonly total?: 'quick' | 'exact' | undefined
  /** The day or instant that the answer is about; a day means its end in the organisation’s zone. Now by default. */
  readonly asOf?: string | undefined
  /** What was recorded later does not count. The same instant by default. */
  readonly knownAt?: string | undefined
  /** A position’s id or code. */
  readonly positionId?: string | undefined
  readonly licenceStatus?: 'green' | 'yellow' | 'red' | undefined
  /**
   * Only what changed at this instant or later. Ask with an overlap of a minute: changes become visible when they are committed.
   * An instant, `2026-02-01T00:00:00Z`.
   */
  readonly updatedSince?: string | Date | undefined
}

/** What `listCredentialTypes` takes. */
export interface ListCredentialTypesParameters {
  /** The page, from 1. Deep pages are slow: use `cursor`. */
  readonly page?: number | undefined
  /** Resources per page, 1 to 200; 25 by default. */
  readonly pageSize?: number | undefined
  /** `nextCursor` of the page before: goes on behind it, however deep. Wins over `page`. */
  readonly cursor?: string | undefined
  /** How `total` is counted: quick (the default) is exact, but in an organisation of more than 50000 rows an estimate where more than 200 are met (`totalIsExact` tells); exact counts all. With `cursor` it is that of the first page. */
  readonly total?: 'quick' | 'exact' | undefined
  readonly category?:
    | 'PROFESSIONAL_REGISTRATION'
    | 'CHILD_SAFETY'
    | 'SCREENING'
    | 'TEACHING'
    | 'TRAINING'
    | 'LICENCE'
    | 'HEALTH'
    | 'RIGHT_TO_WORK'
    | 'EDUCATION'
    | 'IDENTITY'
    | 'CUSTOM'
    | undefined
  readonly jurisdiction?: 'NSW' | 'VIC' | 'QLD' | 'WA' | 'SA' | 'TAS' | 'ACT' | 'NT' | undefined
  /** The code of the register that decides. */
  readonly register?: string | undefined
  /** Words of the code or the name. */
  readonly query?: string | undefined
  /**
   * Only what changed at this instant or later. Ask with an overlap of a minute: changes become visible when they are committed.
   * An instant, `2026-02-01T00:00:00Z`.
   */
  readonly updatedSince?: string | Date | undefined
}

/** What `createCredentialType` takes. */
export interface CreateCredentialTypeParameters {
  readonly body: CredentialTypeInput
}

/** What `getCredentialType` takes. */
export interface GetCredentialTypeParameters {
  readonly id: string
}

/** What `replaceLicenceTypeMappings` takes. */
export interface ReplaceLicenceTypeMappingsParameters {
  readonly body: LicenceTypeMappingsInput
}

/** What `listFetchRequests` takes. */
export interface ListFetchRequestsParameters {
  /** The page, from 1. Deep pages are slow: use `cursor`. */
  readonly page?: number | undefined
  /** Resources per page, 1 to 200; 25 by default. */
  readonly pageSize?: number | undefined
  /** `nextCursor` of the page before: goes on behind it, however deep. Wins over `page`. */
  readonly cursor?: string | undefined
  /** How `total` is counted: quick (the default) is exact, but in an organisation of more than 50000 rows an estimate where more than 200 are met (`totalIsExact` tells); exact counts all. With `cursor` it is that of the first page. */
  readonly total?: 'quick' | 'exact' | undefined
  /** One state or, repeated, several. */
  readonly status?:
    | readonly (
        | 'INITIATED'
        | 'SENT'
        | 'OPENED'
        | 'PARTIALLY_COMPLETED'
        | 'SUBMITTED'
        | 'COMPLETED'
        | 'EXPIRED'
        | 'CANCELLED'
      )[]
    | undefined
  readonly workerId?: string | undefined
  /** Beginning of the worker’s name, family name or e-mail address. */
  readonly query?: string | undefined
  /** `true` shows deleted ones too. */
  readonly includeDeleted?: boolean | undefined
  /**
   * Only what changed at this instant or later. Ask with an overlap of a minute: changes become visible when they are committed.
   * An instant, `2026-02-01T00:00:00Z`.
   */
  readonly updatedSince?: string | Date | undefined
}

/** What `createFetchRequest` takes. */
export interface CreateFetchRequestParameters {
  readonly body: FetchRequestInput
}

/** What `createFetchRequests` takes. */
export interface CreateFetchRequestsParameters {
  readonly body: CreateFetchRequestsInput
}

/** What `getFetchRequest` takes. */
export interface GetFetchRequestParameters {
  readonly id: string
  /** `true` shows deleted ones too. */
  readonly includeDeleted?: boolean | undefined
}

/** What `patchFetchRequest` takes. */
export interface PatchFetchRequestParameters {
  readonly id: string
  readonly body: FetchRequestPatch
}

/** What `deleteFetchRequest` takes. */
export interface DeleteFetchRequestParameters {
  readonly id: string
}

/** What `restoreFetchRequest` takes. */
export interface RestoreFetchRequestParameters {
  readonly id: string
}

/** What `remindFetchRequest` takes. */
export interface RemindFetchRequestParameters {
  readonly id: string
}

/** What `resendFetchRequest` takes. */
export interface ResendFetchRequestParameters {
  readonly id: string
  /** Days for which the new link is good; the organisation’s default when absent. */
  readonly expiryDays?: number | undefined
}

/** What `cancelFetchRequest` takes. */
export interface CancelFetchRequestParameters {
  readonly id: string
}

/** What `handOverFetchRequestLink` takes. */
export interface HandOverFetchRequestLinkParameters {
  readonly id: string
}

/** What `listSubmissions` takes. */
export interface ListSubmissionsParameters {
  readonly id: string
  /** The page, from 1. Deep pages are slow: use `cursor`. */
  readonly page?: number | undefined
  /** Resources per page, 1 to 200; 25 by default. */
  readonly pageSize?: number | undefined
  /** `nextCursor` of the page before: goes on behind it, however deep. Wins over `page`. */
  readonly cursor?: string | undefined
  /** How `total` is counted: quick (the default) is exact, but in an organisation of more than 50000 rows an estimate where more than 200 are met (`totalIsExact` tells); exact counts all. With `cursor` it is that of the first page. */
  readonly total?: 'quick' | 'exact' | undefined
  /**
   * Only what changed at this instant or later. Ask with an overlap of a minute: changes become visible when they are committed.
   * An instant, `2026-02-01T00:00:00Z`.
   */
  readonly updatedSince?: string | Date | undefined
}

/** What `getFetchRequestReport` takes. */
export interface GetFetchRequestReportParameters {
  readonly id: string
}

/** What `listFetchRequestEvents` takes. */
export interface ListFetchRequestEventsParameters {
  readonly id: string
  /** The page, from 1. Deep pages are slow: use `cursor`. */
  readonly page?: number | undefined
  /** Resources per page, 1 to 200; 25 by default. */
  readonly pageSize?: number | undefined
  /** `nextCursor` of the page before: goes on behind it, however deep. Wins over `page`. */
  readonly cursor?: string | undefined
  /** How `total` is counted: quick (the default) is exact, but in an organisation of more than 50000 rows an estimate where more than 200 are met (`totalIsExact` tells); exact counts all. With `cursor` it is that of the first page. */
  readonly total?: 'quick' | 'exact' | undefined
}

/** What `listImports` takes. */
export interface ListImportsParameters {
  /** The page, from 1. Deep pages are slow: use `cursor`. */
  readonly page?: number | undefined
  /** Resources per page, 1 to 200; 25 by default. */
  readonly pageSize?: number | undefined
  /** `nextCursor` of the page before: goes on behind it, however deep. Wins over `page`. */
  readonly cursor?: string | undefined
  /** How `total` is counted: quick (the default) is exact, but in an organisation of more than 50000 rows an estimate where more than 200 are met (`totalIsExact` tells); exact counts all. With `cursor` it is that of the first page. */
  readonly total?: 'quick' | 'exact' | undefined
  readonly status?:
    | 'RECEIVED'
    | 'PLANNING'
    | 'PLANNED'
    | 'HELD'
    | 'APPLYING'
    | 'COMPLETED'
    | 'FAILED'
    | 'SUPERSEDED'
    | 'REJECTED'
    | 'CANCELLED'
    | 'LAPSED'
    | undefined
  /** The source, without case. */
  readonly source?: string | undefined
  /**
   * Only what changed at this instant or later. Ask with an overlap of a minute: changes become visible when they are committed.
   * An instant, `2026-02-01T00:00:00Z`.
   */
  readonly updatedSince?: string | Date | undefined
}

/** What `createImport` takes. */
export interface CreateImportParameters {
  /** `true` stops at the plan. */
  readonly dryRun?: boolean | undefined
  readonly body: FormData
}

/** What `getImport` takes. */
export interface GetImportParameters {
  readonly id: string
}

/** What `listImportRows` takes. */
export interface ListImportRowsParameters {
  readonly id: string
  /** The page, from 1. Deep pages are slow: use `cursor`. */
  readonly page?: number | undefined
  /** Resources per page, 1 to 200; 25 by default. */
  readonly pageSize?: number | undefined
  /** `nextCursor` of the page before: goes on behind it, however deep. Wins over `page`. */
  readonly cursor?: string | undefined
  /** How `total` is counted: quick (the default) is exact, but in an organisation of more than 50000 rows an estimate where more than 200 are met (`totalIsExact` tells); exact counts all. With `cursor` it is that of the first page. */
  readonly total?: 'quick' | 'exact' | undefined
  readonly status?: 'CREATED' | 'UPDATED' | 'UNCHANGED' | 'REJECTED' | undefined
}

/** What `getImportRow` takes. */
export interface GetImportRowParameters {
  readonly id: string
  readonly row: string
}

/** What `mendImportRow` takes. */
export interface MendImportRowParameters {
  readonly id: string
  readonly row: string
  readonly body: ImportRowPatch
}

/** What `getImportResults` takes. */
export interface GetImportResultsParameters {
  readonly id: string
}

/** What `applyImport` takes. */
export interface ApplyImportParameters {
  readonly id: string
  readonly body: ApplyImportInput
}

/** What `rejectImport` takes. */
export interface RejectImportParameters {
  readonly id: string
}

/** What `cancelImport` takes. */
export interface CancelImportParameters {
  readonly id: string
}

/** What `listMappingProposals` takes. */
export interface ListMappingProposalsParameters {
  /** The page, from 1. Deep pages are slow: use `cursor`. */
  readonly page?: number | undefined
  /** Resources per page, 1 to 200; 25 by default. */
  readonly pageSize?: number | undefined
  /** `nextCursor` of the page before: goes on behind it, however deep. Wins over `page`. */
  readonly cursor?: string | undefined
  /** How `total` is counted: quick (the default) is exact, but in an organisation of more than 50000 rows an estimate where more than 200 are met (`totalIsExact` tells); exact counts all. With `cursor` it is that of the first page. */
  readonly total?: 'quick' | 'exact' | undefined
  /**
   * Only what changed at this instant or later. Ask with an overlap of a minute: changes become visible when they are committed.
   * An instant, `2026-02-01T00:00:00Z`.
   */
  readonly updatedSince?: string | Date | undefined
}

/** What `listExports` takes. */
export interface ListExportsParameters {
  /** The page, from 1. Deep pages are slow: use `cursor`. */
  readonly page?: number | undefined
  /** Resources per page, 1 to 200; 25 by default. */
  readonly pageSize?: number | undefined
  /** `nextCursor` of the page before: goes on behind it, however deep. Wins over `page`. */
  readonly cursor?: string | undefined
  /** How `total` is counted: quick (the default) is exact, but in an organisation of more than 50000 rows an estimate where more than 200 are met (`totalIsExact` tells); exact counts all. With `cursor` it is that of the first page. */
  readonly total?: 'quick' | 'exact' | undefined
  /** The source whose keys it holds, without case. */
  readonly source?: string | undefined
  /**
   * Only what changed at this instant or later. Ask with an overlap of a minute: changes become visible when they are committed.
   * An instant, `2026-02-01T00:00:00Z`.
   */
  readonly updatedSince?: string | Date | undefined
}

/** What `getExport` takes. */
export interface GetExportParameters {
  readonly id: string
}

/** What `getExportContent` takes. */
export interface GetExportContentParameters {
  readonly id: string
}

/** What `listUsers` takes. */
export interface ListUsersParameters {
  /** The page, from 1. Deep pages are slow: use `cursor`. */
  readonly page?: number | undefined
  /** Resources per page, 1 to 200; 25 by default. */
  readonly pageSize?: number | undefined
  /** `nextCursor` of the page before: goes on behind it, however deep. Wins over `page`. */
  readonly cursor?: string | undefined
  /** How `total` is counted: quick (the default) is exact, but in an organisation of more than 50000 rows an estimate where more than 200 are met (`totalIsExact` tells); exact counts all. With `cursor` it is that of the first page. */
  readonly total?: 'quick' | 'exact' | undefined
  readonly role?: 'owner' | 'admin' | 'manager' | 'reviewer' | 'viewer' | undefined
  readonly state?: 'INVITED' | 'ACTIVE' | 'DISABLED' | undefined
  /** The whole address, without case. */
  readonly email?: string | undefined
  /** `true` shows deleted ones too. */
  readonly includeDeleted?: boolean | undefined
  /**
   * Only what changed at this instant or later. Ask with an overlap of a minute: changes become visible when they are committed.
   * An instant, `2026-02-01T00:00:00Z`.
   */
  readonly updatedSince?: string | Date | undefined
}

/** What `inviteUser` takes. */
export interface InviteUserParameters {
  readonly body: UserInput
}

/** What `getUser` takes. */
export interface GetUserParameters {
  readonly id: string
}

/** What `updateUser` takes. */
export interface UpdateUserParameters {
  readonly id: string
  readonly body: UserPatch
}

/** What `deleteUser` takes. */
export interface DeleteUserParameters {
  readonly id: string
}

/** What `resendInvitation` takes. */
export interface ResendInvitationParameters {
  readonly id: string
}

/** What `signIn` takes. */
export interface SignInParameters {
  readonly body: SignInInput
}

/** What `acceptInvitation` takes. */
export interface AcceptInvitationParameters {
  readonly body: AcceptInvitationInput
}

/** What `requestPasswordReset` takes. */
export interface RequestPasswordResetParameters {
  readonly body: RequestPasswordResetInput
}

/** What `resetPassword` takes. */
export interface ResetPasswordParameters {
  readonly body: ResetPasswordInput
}

/** What `changePassword` takes. */
export interface ChangePasswordParameters {
  readonly body: ChangePasswordInput
}

/** What `listSessions` takes. */
export interface ListSessionsParameters {
  /** The page, from 1. Deep pages are slow: use `cursor`. */
  readonly page?: number | undefined
  /** Resources per page, 1 to 200; 25 by default. */
  readonly pageSize?: number | undefined
  /** `nextCursor` of the page before: goes on behind it, however deep. Wins over `page`. */
  readonly cursor?: string | undefined
  /** How `total` is counted: quick (the default) is exact, but in an organisation of more than 50000 rows an estimate where more than 200 are met (`totalIsExact` tells); exact counts all. With `cursor` it is that of the first page. */
  readonly total?: 'quick' | 'exact' | undefined
  readonly userId?: string | undefined
  /**
   * Only what changed at this instant or later. Ask with an overlap of a minute: changes become visible when they are committed.
   * An instant, `2026-02-01T00:00:00Z`.
   */
  readonly updatedSince?: string | Date | undefined
}

/** What `endSession` takes. */
export interface EndSessionParameters {
  readonly id: string
}

/** What `listSecondFactors` takes. */
export interface ListSecondFactorsParameters {
  /** The page, from 1. Deep pages are slow: use `cursor`. */
  readonly page?: number | undefined
  /** Resources per page, 1 to 200; 25 by default. */
  readonly pageSize?: number | undefined
  /** `nextCursor` of the page before: goes on behind it, however deep. Wins over `page`. */
  readonly cursor?: string | undefined
  /** How `total` is counted: quick (the default) is exact, but in an organisation of more than 50000 rows an estimate where more than 200 are met (`totalIsExact` tells); exact counts all. With `cursor` it is that of the first page. */
  readonly total?: 'quick' | 'exact' | undefined
  /**
   * Only what changed at this instant or later. Ask with an overlap of a minute: changes become visible when they are committed.
   * An instant, `2026-02-01T00:00:00Z`.
   */
  readonly updatedSince?: string | Date | undefined
}

/** What `beginTotp` takes. */
export interface BeginTotpParameters {
  readonly body: SecondFactorInput
}

/** What `confirmTotp` takes. */
export interface ConfirmTotpParameters {
  readonly body: ConfirmTotpInput
}

/** What `deleteSecondFactor` takes. */
export interface DeleteSecondFactorParameters {
  readonly id: string
}

/** What `addPasskey` takes. */
export interface AddPasskeyParameters {
  readonly body: AddPasskeyInput
}

/** What `signInByPasskey` takes. */
export interface SignInByPasskeyParameters {
  readonly body: SignInByPasskeyInput
}

/** What `finishSingleSignOn` takes. */
export interface FinishSingleSignOnParameters {
  readonly code?: string | undefined
  readonly state?: string | undefined
}

/** What `listSftpAccounts` takes. */
export interface ListSftpAccountsParameters {
  /** The page, from 1. Deep pages are slow: use `cursor`. */
  readonly page?: number | undefined
  /** Resources per page, 1 to 200; 25 by default. */
  readonly pageSize?: number | undefined
  /** `nextCursor` of the page before: goes on behind it, however deep. Wins over `page`. */
  readonly cursor?: string | undefined
  /** How `total` is counted: quick (the default) is exact, but in an organisation of more than 50000 rows an estimate where more than 200 are met (`totalIsExact` tells); exact counts all. With `cursor` it is that of the first page. */
  readonly total?: 'quick' | 'exact' | undefined
  /** `true` shows deleted ones too. */
  readonly includeDeleted?: boolean | undefined
  /**
   * Only what changed at this instant or later. Ask with an overlap of a minute: changes become visible when they are committed.
   * An instant, `2026-02-01T00:00:00Z`.
   */
  readonly updatedSince?: string | Date | undefined
}

/** What `createSftpAccount` takes. */
export interface CreateSftpAccountParameters {
  readonly body: SftpAccountInput
}

/** What `getSftpAccount` takes. */
export interface GetSftpAccountParameters {
  readonly id: string
}

/** What `updateSftpAccount` takes. */
export interface UpdateSftpAccountParameters {
  readonly id: string
  readonly body: SftpAccountPatch
}

/** What `deleteSftpAccount` takes. */
export interface DeleteSftpAccountParameters {
  readonly id: string
}

/** What `restoreSftpAccount` takes. */
export interface RestoreSftpAccountParameters {
  readonly id: string
}

/** What `listSftpFiles` takes. */
export interface ListSftpFilesParameters {
  /** The page, from 1. Deep pages are slow: use `cursor`. */
  readonly page?: number | undefined
  /** Resources per page, 1 to 200; 25 by default. */
  readonly pageSize?: number | undefined
  /** `nextCursor` of the page before: goes on behind it, however deep. Wins over `page`. */
  readonly cursor?: string | undefined
  /** How `total` is counted: quick (the default) is exact, but in an organisation of more than 50000 rows an estimate where more than 200 are met (`totalIsExact` tells); exact counts all. With `cursor` it is that of the first page. */
  readonly total?: 'quick' | 'exact' | undefined
  /** The folder, `/` when absent: /upload, /download, … */
  readonly path?: string | undefined
  /**
   * Only what changed at this instant or later. Ask with an overlap of a minute: changes become visible when they are committed.
   * An instant, `2026-02-01T00:00:00Z`.
   */
  readonly updatedSince?: string | Date | undefined
}

/** What `getSftpFileContent` takes. */
export interface GetSftpFileContentParameters {
  /** For example /upload/archive/HRMS-20260201_060000.csv. */
  readonly path: string
}

/** What `updateOrganisation` takes. */
export interface UpdateOrganisationParameters {
  readonly body: OrganisationPatch
}

/** What `listAccessTokens` takes. */
export interface ListAccessTokensParameters {
  /** The page, from 1. Deep pages are slow: use `cursor`. */
  readonly page?: number | undefined
  /** Resources per page, 1 to 200; 25 by default. */
  readonly pageSize?: number | undefined
  /** `nextCursor` of the page before: goes on behind it, however deep. Wins over `page`. */
  readonly cursor?: string | undefined
  /** How `total` is counted: quick (the default) is exact, but in an organisation of more than 50000 rows an estimate where more than 200 are met (`totalIsExact` tells); exact counts all. With `cursor` it is that of the first page. */
  readonly total?: 'quick' | 'exact' | undefined
  /** `true` shows revoked ones too. */
  readonly includeDeleted?: boolean | undefined
  /**
   * Only what changed at this instant or later. Ask with an overlap of a minute: changes become visible when they are committed.
   * An instant, `2026-02-01T00:00:00Z`.
   */
  readonly updatedSince?: string | Date | undefined
}

/** What `createAccessToken` takes. */
export interface CreateAccessTokenParameters {
  readonly body: AccessTokenInput
}

/** What `getAccessToken` takes. */
export interface GetAccessTokenParameters {
  readonly id: string
}

/** What `revokeAccessToken` takes. */
export interface RevokeAccessTokenParameters {
  readonly id: string
}

/** What `rotateAccessToken` takes. */
export interface RotateAccessTokenParameters {
  readonly id: string
}

/** What `listEvents` takes. */
export interface ListEventsParameters {
  /** The page, from 1. Deep pages are slow: use `cursor`. */
  readonly page?: number | undefined
  /** Resources per page, 1 to 200; 25 by default. */
  readonly pageSize?: number | undefined
  /** `nextCursor` of the page before: goes on behind it, however deep. Wins over `page`. */
  readonly cursor?: string | undefined
  /** How `total` is counted: quick (the default) is exact, but in an organisation of more than 50000 rows an estimate where more than 200 are met (`totalIsExact` tells); exact counts all. With `cursor` it is that of the first page. */
  readonly total?: 'quick' | 'exact' | undefined
  /** The last number that you have dealt with. */
  readonly after?: number | undefined
  /** Only events of this type, for example `worker.created`. */
  readonly type?: string | undefined
  /**
   * Only what changed at this instant or later. Ask with an overlap of a minute: changes become visible when they are committed.
   * An instant, `2026-02-01T00:00:00Z`.
   */
  readonly updatedSince?: string | Date | undefined
}

/** What `listMails` takes. */
export interface ListMailsParameters {
  /** The page, from 1. Deep pages are slow: use `cursor`. */
  readonly page?: number | undefined
  /** Resources per page, 1 to 200; 25 by default. */
  readonly pageSize?: number | undefined
  /** `nextCursor` of the page before: goes on behind it, however deep. Wins over `page`. */
  readonly cursor?: string | undefined
  /** How `total` is counted: quick (the default) is exact, but in an organisation of more than 50000 rows an estimate where more than 200 are met (`totalIsExact` tells); exact counts all. With `cursor` it is that of the first page. */
  readonly total?: 'quick' | 'exact' | undefined
  readonly kind?: string | undefined
  readonly status?: 'QUEUED' | 'SENT' | 'FAILED' | 'OUTBOX' | 'CANCELLED' | undefined
  /** The address, without case. */
  readonly to?: string | undefined
  /**
   * Only what changed at this instant or later. Ask with an overlap of a minute: changes become visible when they are committed.
   * An instant, `2026-02-01T00:00:00Z`.
   */
  readonly updatedSince?: string | Date | undefined
}

/** What `readMail` takes. */
export interface ReadMailParameters {
  readonly id: string
}

/** What `takeMailEvents` takes. */
export interface TakeMailEventsParameters {
  /** When it was signed, in seconds since 1970. */
  readonly xVouchsafeTimestamp: string
  /** HMAC-SHA-256 with MAIL_EVENTS_KEY over the timestamp, a dot and the body byte for byte, in hexadecimal digits. */
  readonly xVouchsafeSignature: string
  readonly body: TakeMailEventsInput
}

/** The people whose credentials are watched: staff, contractors, volunteers, students. */
export interface WorkersOperations {
  /** List workers. Needs the grant `worker:READ`. */
  listWorkers(parameters?: ListWorkersParameters, options?: CallOptions): Promise<Page<Worker, PageMeta>>
  /** All that `listWorkers` gives, page after page. */
  iterateWorkers(
    parameters?: Omit<ListWorkersParameters, 'page'>,
    options?: CallOptions,
  ): AsyncGenerator<Worker, void, undefined>
  /**
   * Create a worker.
   * An e-mail belongs to one active worker at most, an external id to one worker of its system: 409 names the one who has it. Needs the grant `worker:CREATE`.
   */
  createWorker(parameters: CreateWorkerParameters, options?: CallOptions & KeyOption): Promise<Answer<Worker>>
  /** Get a worker. Needs the grant `worker:READ`. */
  getWorker(parameters: GetWorkerParameters, options?: CallOptions): Promise<Answer<Worker>>
  /**
   * Replace a worker.
   * What is absent is emptied; without a status the worker is ACTIVE. Needs the grant `worker:UPDATE`.
   */
  replaceWorker(
    parameters: ReplaceWorkerParameters,
    options?: CallOptions & MatchOption,
  ): Promise<Answer<Worker>>
  /**
   * Change a worker.
   * A JSON merge patch: null empties, what is absent stays as it is. Needs the grant `worker:UPDATE`.
   */
  updateWorker(
    parameters: UpdateWorkerParameters,
    options?: CallOptions & MatchOption,
  ): Promise<Answer<Worker>>
  /**
   * Delete a worker.
   * Hidden from lists, statuses and exports; `restore` brings the worker back. Needs the grant `worker:DELETE`.
   */
  deleteWorker(
    parameters: DeleteWorkerParameters,
    options?: CallOptions & MatchOption,
  ): Promise<Answer<undefined>>
  /** Get a worker by the key of another system. Needs the grant `worker:READ`. */
  getWorkerByExternalId(
    parameters: GetWorkerByExternalIdParameters,
    options?: CallOptions,
  ): Promise<Answer<Worker>>
  /**
   * Create or replace the worker with a key of another system.
   * 201 when the worker is new (this needs the grant `worker:CREATE` too), 200 when there was one. What is absent is emptied. Needs the grant `worker:UPDATE`.
   */
  upsertWorker(
    parameters: UpsertWorkerParameters,
    options?: CallOptions & MatchOption,
  ): Promise<Answer<Worker>>
  /**
   * Bring a deleted worker back.
   * Refused when somebody else has the e-mail or the external id by now: 409 names them. Needs the grant `worker:UPDATE`.
   */
  restoreWorker(
    parameters: RestoreWorkerParameters,
    options?: CallOptions & KeyOption,
  ): Promise<Answer<Worker>>
  /**
   * Create or replace up to 1,000 workers by the keys of other systems.
   * Each item is done or fails by itself, and `results` says which; the answer is 200 also when all failed. What is absent of an item is emptied. E-mails are judged on the end state, so that two people may swap theirs. Needs the grant `worker:UPDATE` too. Needs the grant `worker:CREATE`.
   */
  upsertWorkers(
    parameters: UpsertWorkersParameters,
    options?: CallOptions & KeyOption,
  ): Promise<Answer<WorkerBatch>>
  /**
   * List what the ban lists say of a worker.
   * One for each ban list that is connected. A name alone never makes a MATCH: a likeness waits in `/reviews` (LIST_MATCH), where ACCEPT means that it is somebody else and REJECT that it is this person. Decided so, it is not asked about again until the row or the worker changes. Needs the grant `worker:READ`.
   */
  listBanChecks(parameters: ListBanChecksParameters, options?: CallOptions): Promise<Page<BanCheck, PageMeta>>
  /** All that `listBanChecks` gives, page after page. */
  iterateBanChecks(
    parameters: Omit<ListBanChecksParameters, 'page'>,
    options?: CallOptions,
  ): AsyncGenerator<BanCheck, void, undefined>
}

/** Registrations, checks, licences and trainings that a worker holds, and what is known of each. */
export interface CredentialsOperations {
  /** List credentials. Needs the grant `credential:READ`. */
  listCredentials(
    parameters?: ListCredentialsParameters,
    options?: CallOptions,
  ): Promise<Page<Credential, PageMeta>>
  /** All that `listCredentials` gives, page after page. */
  iterateCredentials(
    parameters?: Omit<ListCredentialsParameters, 'page'>,
    options?: CallOptions,
  ): AsyncGenerator<Credential, void, undefined>
  /**
   * Declare a credential.
   * A worker has a number of one type once: 409 names the credential that has it. What is declared is not verified yet; `licenceStatus` follows within moments. Needs the grant `credential:CREATE`.
   */
  createCredential(
    parameters: CreateCredentialParameters,
    options?: CallOptions & KeyOption,
  ): Promise<Answer<Credential>>
  /** Get a credential. Needs the grant `credential:READ`. */
  getCredential(parameters: GetCredentialParameters, options?: CallOptions): Promise<Answer<Credential>>
  /**
   * Replace what is declared of a credential.
   * What is absent is emptied; what was verified stays. Another number, type or holder name than was verified sets `assurance` back to DECLARED. Needs the grant `credential:UPDATE`.
   */
  replaceCredential(
    parameters: ReplaceCredentialParameters,
    options?: CallOptions & MatchOption,
  ): Promise<Answer<Credential>>
  /**
   * Change what is declared of a credential.
   * A JSON merge patch over `declared`: null empties, what is absent stays as it is. Needs the grant `credential:UPDATE`.
   */
  updateCredential(
    parameters: UpdateCredentialParameters,
    options?: CallOptions & MatchOption,
  ): Promise<Answer<Credential>>
  /**
   * Delete a credential.
   * Hidden from lists, statuses and exports; `restore` brings it back. Needs the grant `credential:DELETE`.
   */
  deleteCredential(
    parameters: DeleteCredentialParameters,
    options?: CallOptions & MatchOption,
  ): Promise<Answer<undefined>>
  /**
   * Bring a deleted credential back.
   * Refused when the worker has another one of the type and number by now: 409 names it. Needs the grant `credential:UPDATE`.
   */
  restoreCredential(
    parameters: RestoreCredentialParameters,
    options?: CallOptions & KeyOption,
  ): Promise<Answer<Credential>>
  /** List the attachments of a credential. Needs the grant `credential:READ`. */
  listAttachments(
    parameters: ListAttachmentsParameters,
    options?: CallOptions,
  ): Promise<Page<CredentialAttachment, PageMeta>>
  /** All that `listAttachments` gives, page after page. */
  iterateAttachments(
    parameters: Omit<ListAttachmentsParameters, 'page'>,
    options?: CallOptions,
  ): AsyncGenerator<CredentialAttachment, void, undefined>
  /**
   * Attach a document to a credential.
   * A JPEG, PNG, WebP, HEIC/HEIF or PDF file of up to 10 MB, as a form with the part `file`, or as JSON with its bytes in base64. The bytes decide what it is: a declared type that disagrees, a document that is encrypted, damaged, or larger than can be opened safely is refused with 400, and nothing of it is kept. The same bytes again give the attachment that is there, with `deduplicated: true`. A credential has at most 20. `verification` is absent until the automatic check is ready. Needs the grant `credential:CREATE`.
   */
  createAttachment(
    parameters: CreateAttachmentParameters,
    options?: CallOptions & KeyOption,
  ): Promise<Answer<CredentialAttachment>>
  /**
   * Get what is known about an attachment.
   * Without its bytes: those are at `contentUrl`. Needs the grant `credential:READ`.
   */
  getAttachment(
    parameters: GetAttachmentParameters,
    options?: CallOptions,
  ): Promise<Answer<CredentialAttachment>>
  /**
   * Delete an attachment for good.
   * Its bytes are removed and cannot be brought back; the audit entry stays. Needs the grant `credential:DELETE`.
   */
  deleteAttachment(
    parameters: DeleteAttachmentParameters,
    options?: CallOptions & MatchOption,
  ): Promise<Answer<undefined>>
  /**
   * Download an attachment.
   * The bytes as they came, under the type that they are of and the name that they had. Needs the grant `credential:READ`.
   */
  getAttachmentContent(parameters: GetAttachmentContentParameters, options?: CallOptions): Promise<FileAnswer>
  /**
   * Ask the register about a credential now.
   * The answer comes within moments of the register’s own: `correlationId` stands on its check (`GET …/checks`) and `credential.verified` tells of what changed. Asked twice before the answer, it is asked once. 409 when no register is connected that knows the type. Needs the grant `credential:UPDATE`.
   */
  verifyCredential(
    parameters: VerifyCredentialParameters,
    options?: CallOptions & KeyOption,
  ): Promise<Answer<Verification>>
  /**
   * List the checks of a credential.
   * Each attempt to verify it, for good. A check that could not be made (`ERROR`) leaves what is known as it is. Needs the grant `credential:READ`.
   */
  listChecks(parameters: ListChecksParameters, options?: CallOptions): Promise<Page<Check, PageMeta>>
  /** All that `listChecks` gives, page after page. */
  iterateChecks(
    parameters: Omit<ListChecksParameters, 'page'>,
    options?: CallOptions,
  ): AsyncGenerator<Check, void, undefined>
}

/** What a person has to decide: documents, uncertain answers, likenesses on lists, and the like. */
export interface ReviewsOperations {
  /**
   * List what waits for a person’s decision.
   * A review stands by the time since it was opened, and earlier by what its reason is worth: LIST_MATCH 30 days, NOT_ME 14, REGISTER_ANSWER and HELD_IMPORT 7, DOCUMENT 2, DECLINED_ITEM 1. So the riskiest come first, and what has waited long comes before them. Needs the grant `review:READ`.
   */
  listReviews(parameters?: ListReviewsParameters, options?: CallOptions): Promise<Page<Review, PageMeta>>
  /** All that `listReviews` gives, page after page. */
  iterateReviews(
    parameters?: Omit<ListReviewsParameters, 'page'>,
    options?: CallOptions,
  ): AsyncGenerator<Review, void, undefined>
  /** Get a review. Needs the grant `review:READ`. */
  getReview(parameters: GetReviewParameters, options?: CallOptions): Promise<Answer<Review>>
  /**
   * Give a review to somebody.
   * Whoever may decide can still do so. null = nobody in particular. The user must be able to decide on it. Needs the grant `review:UPDATE`.
   */
  updateReview(
    parameters: UpdateReviewParameters,
    options?: CallOptions & MatchOption,
  ): Promise<Answer<Review>>
  /**
   * Decide a review.
   * `possibleDecisions` says what fits; all but ACCEPT need a reason. ACCEPT of a document makes its credential REVIEWED, with what `corrected` says; REJECT says that it may not count. For a list match ACCEPT means that it is somebody else; for a register’s answer ASK_AGAIN asks the register. Of two decisions at once one is taken, the other is 409. Nobody decides on their own record: 403. Where `review.fourEyes` names the decision, the review is AWAITING_SECOND until somebody else decides the same. Needs the grant `review:UPDATE`.
   */
  decideReview(parameters: DecideReviewParameters, options?: CallOptions & KeyOption): Promise<Answer<Review>>
}

/** The authorities whose word decides, how each is asked, and how it has answered. */
export interface RegistersOperations {
  /** List the registers, and which are connected. Needs the grant `register:READ`. */
  listRegisters(
    parameters?: ListRegistersParameters,
    options?: CallOptions,
  ): Promise<Page<Register, PageMeta>>
  /** All that `listRegisters` gives, page after page. */
  iterateRegisters(
    parameters?: Omit<ListRegistersParameters, 'page'>,
    options?: CallOptions,
  ): AsyncGenerator<Register, void, undefined>
  /** Get a register. Needs the grant `register:READ`. */
  getRegister(parameters: GetRegisterParameters, options?: CallOptions): Promise<Answer<Register>>
  /**
   * Connect a register, or change how it is asked.
   * Everything about an `http` connector is data: the address, what is sent, and what the answer’s words mean. All active credentials of the register’s types are asked about from then on, no faster than `perSecond`. The secret is never shown; one that is left out stays, as long as it goes to the same address in the same way. Needs the grant `register:UPDATE`.
   */
  setConnector(
    parameters: SetConnectorParameters,
    options?: CallOptions & MatchOption,
  ): Promise<Answer<Register>>
  /**
   * Ask a register no more.
   * What it said stays, with its age. Needs the grant `register:DELETE`.
   */
  removeConnector(
    parameters: RemoveConnectorParameters,
    options?: CallOptions & MatchOption,
  ): Promise<Answer<undefined>>
  /**
   * Look whether a register answers.
   * It is called now, without a question about anybody. Needs the grant `register:READ`.
   */
  getRegisterHealth(
    parameters: GetRegisterHealthParameters,
    options?: CallOptions,
  ): Promise<Answer<RegisterHealth>>
  /** List the versions of a published list. Needs the grant `register:READ`. */
  listListVersions(
    parameters: ListListVersionsParameters,
    options?: CallOptions,
  ): Promise<Page<ListVersion, PageMeta>>
  /** All that `listListVersions` gives, page after page. */
  iterateListVersions(
    parameters: Omit<ListListVersionsParameters, 'page'>,
    options?: CallOptions,
  ): AsyncGenerator<ListVersion, void, undefined>
  /**
   * Bring the file of a published list.
   * A CSV file in UTF-8, read by the settings of the register’s `list` connector. A file that cannot be read whole is refused with what is wrong and where, and the version that counts stays. One that has lost more of the rows than `heldWhenLost` is HELD until somebody applies or rejects it. The same file again is no new version. Needs the grant `register:UPDATE`.
   */
  uploadList(
    parameters: UploadListParameters,
    options?: CallOptions & KeyOption,
  ): Promise<Answer<ListVersion>>
  /** Get a version of a published list. Needs the grant `register:READ`. */
  getListVersion(parameters: GetListVersionParameters, options?: CallOptions): Promise<Answer<ListVersion>>
  /**
   * List what became other with a version of a published list.
   * Against the version that counted before it. Nothing of a version that was never applied. Needs the grant `register:READ`.
   */
  listListChanges(
    parameters: ListListChangesParameters,
    options?: CallOptions,
  ): Promise<Page<ListChange, PageMeta>>
  /** All that `listListChanges` gives, page after page. */
  iterateListChanges(
    parameters: Omit<ListListChangesParameters, 'page'>,
    options?: CallOptions,
  ): AsyncGenerator<ListChange, void, undefined>
  /**
   * Let a version that is held count.
   * Its file is read anew, with the settings of now; then every worker is looked for in it. Needs the grant `register:UPDATE`.
   */
  applyList(parameters: ApplyListParameters, options?: CallOptions & KeyOption): Promise<Answer<ListVersion>>
  /**
   * Put a version that is held aside.
   * The version that counts goes on counting. Needs the grant `register:UPDATE`.
   */
  rejectList(
    parameters: RejectListParameters,
    options?: CallOptions & KeyOption,
  ): Promise<Answer<ListVersion>>
}

/** Diplomas, badges and certificates that carry a signature: what each is worth, and whose signatures are believed. */
export interface SignedDocumentsOperations {
  /** List the issuers whose signatures are believed. Needs the grant `register:READ`. */
  listTrustedIssuers(
    parameters?: ListTrustedIssuersParameters,
    options?: CallOptions,
  ): Promise<Page<TrustedIssuer, PageMeta>>
  /** All that `listTrustedIssuers` gives, page after page. */
  iterateTrustedIssuers(
    parameters?: Omit<ListTrustedIssuersParameters, 'page'>,
    options?: CallOptions,
  ): AsyncGenerator<TrustedIssuer, void, undefined>
  /**
   * Believe an issuer’s signatures.
   * Documents that it signed are verified from then on, where nothing else is amiss with them. Needs the grant `register:CREATE`.
   */
  createTrustedIssuer(
    parameters: CreateTrustedIssuerParameters,
    options?: CallOptions & KeyOption,
  ): Promise<Answer<TrustedIssuer>>
  /** Get a trusted issuer. Needs the grant `register:READ`. */
  getTrustedIssuer(
    parameters: GetTrustedIssuerParameters,
    options?: CallOptions,
  ): Promise<Answer<TrustedIssuer>>
  /**
   * Believe an issuer’s signatures no more.
   * What was verified by it stays as it was found. Needs the grant `register:DELETE`.
   */
  deleteTrustedIssuer(
    parameters: DeleteTrustedIssuerParameters,
    options?: CallOptions & MatchOption,
  ): Promise<Answer<undefined>>
  /**
   * Find out what a signed document is worth.
   * OpenAttestation 2.0 (OpenCerts), W3C Verifiable Credentials 1.1 and 2.0 as JWT or with an embedded proof, and Open Badges 3.0. Nothing of it is kept. Each part of the report has passed, failed, or was not checked; what could not be asked never passes. The id is the SHA-256 of the document. Needs the grant `register:READ`.
   */
  verifySignedDocument(
    parameters: VerifySignedDocumentParameters,
    options?: CallOptions & KeyOption,
  ): Promise<Answer<SignedDocumentReport>>
}

/** The roles that people are rostered for, and which credentials each requires. */
export interface PositionsOperations {
  /** List positions. Needs the grant `position:READ`. */
  listPositions(
    parameters?: ListPositionsParameters,
    options?: CallOptions,
  ): Promise<Page<Position, PageMeta>>
  /** All that `listPositions` gives, page after page. */
  iteratePositions(
    parameters?: Omit<ListPositionsParameters, 'page'>,
    options?: CallOptions,
  ): AsyncGenerator<Position, void, undefined>
  /** Create a position. Needs the grant `position:CREATE`. */
  createPosition(
    parameters: CreatePositionParameters,
    options?: CallOptions & KeyOption,
  ): Promise<Answer<Position>>
  /** Get a position by its id or code. Needs the grant `position:READ`. */
  getPosition(parameters: GetPositionParameters, options?: CallOptions): Promise<Answer<Position>>
  /**
   * Replace a position.
   * By id or code. What is absent is emptied; what position files say of it stays. Needs the grant `position:UPDATE`.
   */
  replacePosition(
    parameters: ReplacePositionParameters,
    options?: CallOptions & MatchOption,
  ): Promise<Answer<Position>>
  /**
   * Change a position.
   * By id or code. A JSON merge patch: null empties, what is absent stays; `requirements` is replaced as a whole. Needs the grant `position:UPDATE`.
   */
  updatePosition(
    parameters: UpdatePositionParameters,
    options?: CallOptions & MatchOption,
  ): Promise<Answer<Position>>
  /**
   * Delete a position.
   * Refused while active people hold it. `restore` brings it back. Needs the grant `position:DELETE`.
   */
  deletePosition(
    parameters: DeletePositionParameters,
    options?: CallOptions & MatchOption,
  ): Promise<Answer<undefined>>
  /**
   * Bring a deleted position back.
   * By its id. Refused when another position has its code by now: 409 names it. Needs the grant `position:UPDATE`.
   */
  restorePosition(
    parameters: RestorePositionParameters,
    options?: CallOptions & KeyOption,
  ): Promise<Answer<Position>>
  /**
   * Who would flip if a position required something else?
   * By id or code. Judges every active holder by what is required and by what would be, as if that were in force already. Nothing is saved. Needs the grant `worker:READ` too. Needs the grant `position:READ`.
   */
  simulatePosition(
    parameters: SimulatePositionParameters,
    options?: CallOptions & KeyOption,
  ): Promise<Answer<PositionSimulation>>
}

/** Whether people may work their positions: now, and at any past instant, with what is lacking and what it rests on. */
export interface ComplianceOperations {
  /**
   * May this worker work their position?
   * Now, or as of a past or coming instant: judged by what was recorded by then, with the rules, settings and catalogue that were in force. What was deleted since still counts then. 410 for a person who was erased. Needs the grant `worker:READ`.
   */
  getWorkerCompliance(
    parameters: GetWorkerComplianceParameters,
    options?: CallOptions,
  ): Promise<Answer<Compliance>>
  /**
   * Who may work their position?
   * Active workers with their answers. With `asOf` or `knownAt` those of that time, whose total is not counted; a page may then be short and yet have a `nextCursor`. Needs the grant `worker:READ`.
   */
  listCompliance(
    parameters?: ListComplianceParameters,
    options?: CallOptions,
  ): Promise<Page<Compliance, PageMeta>>
  /** All that `listCompliance` gives, page after page. */
  iterateCompliance(
    parameters?: Omit<ListComplianceParameters, 'page'>,
    options?: CallOptions,
  ): AsyncGenerator<Compliance, void, undefined>
}

/** What can be held and checked, and what an organisation’s own codes stand for. */
export interface CredentialTypesOperations {
  /**
   * List the supported credential types.
   * What can be held, asked for and checked, with what is known about each. Needs the grant `credentialType:READ`.
   */
  listCredentialTypes(
    parameters?: ListCredentialTypesParameters,
    options?: CallOptions,
  ): Promise<Page<CredentialType, PageMeta>>
  /** All that `listCredentialTypes` gives, page after page. */
  iterateCredentialTypes(
    parameters?: Omit<ListCredentialTypesParameters, 'page'>,
    options?: CallOptions,
  ): AsyncGenerator<CredentialType, void, undefined>
  /**
   * Add a credential type of your own.
   * A code keeps its meaning for good: a type is not changed afterwards. Nothing can be asked of a register about it. Needs the grant `credentialType:CREATE`.
   */
  createCredentialType(
    parameters: CreateCredentialTypeParameters,
    options?: CallOptions & KeyOption,
  ): Promise<Answer<CredentialType>>
  /** Get a credential type by its code. Needs the grant `credentialType:READ`. */
  getCredentialType(
    parameters: GetCredentialTypeParameters,
    options?: CallOptions,
  ): Promise<Answer<CredentialType>>
  /** Get what the organisation’s own codes stand for. Needs the grant `credentialType:READ`. */
  getLicenceTypeMappings(
    parameters?: NoParameters,
    options?: CallOptions,
  ): Promise<Answer<LicenceTypeMappings>>
  /**
   * Replace what the organisation’s own codes stand for.
   * All mappings at once: a code that is left out stands for nothing any more. A plan that was made before is stale. Codes equal to a credential type’s need no mapping. Needs the grant `credentialType:UPDATE`.
   */
  replaceLicenceTypeMappings(
    parameters: ReplaceLicenceTypeMappingsParameters,
    options?: CallOptions & MatchOption,
  ): Promise<Answer<LicenceTypeMappings>>
  /**
   * List codes that files used and nothing stands for yet, with what they may mean.
   * From the files of the last 30 days. Nothing is mapped by a proposal: a person decides. Needs the grant `credentialType:READ`.
   */
  listMappingProposals(
    parameters?: ListMappingProposalsParameters,
    options?: CallOptions,
  ): Promise<Page<MappingProposal, PageMeta>>
  /** All that `listMappingProposals` gives, page after page. */
  iterateMappingProposals(
    parameters?: Omit<ListMappingProposalsParameters, 'page'>,
    options?: CallOptions,
  ): AsyncGenerator<MappingProposal, void, undefined>
}

/** Asking workers for credentials by a secure link: what was asked, how far they are, what they supplied. */
export interface FetchRequestsOperations {
  /** List fetch requests. Needs the grant `captureRequest:READ`. */
  listFetchRequests(
    parameters?: ListFetchRequestsParameters,
    options?: CallOptions,
  ): Promise<Page<FetchRequest, PageMeta>>
  /** All that `listFetchRequests` gives, page after page. */
  iterateFetchRequests(
    parameters?: Omit<ListFetchRequestsParameters, 'page'>,
    options?: CallOptions,
  ): AsyncGenerator<FetchRequest, void, undefined>
  /**
   * Ask a worker for credentials.
   * The worker gets an e-mail with a secure link to a page on which to supply what is asked for; `lifecycle.status` follows how far they are. With `delivery: {"channel": "LINK"}` nothing is mailed: take the link from `POST …/link`. Needs the grant `captureRequest:CREATE`.
   */
  createFetchRequest(
    parameters: CreateFetchRequestParameters,
    options?: CallOptions & KeyOption,
  ): Promise<Answer<FetchRequest>>
  /**
   * Ask many workers for the same credentials.
   * Each worker is asked or fails alone, and `data` says which, in the order given; the answer is 200 also when all failed. Faults of what they have in common are 400, as are no workers and more than the organisation’s `fetchRequest.bulkMax` (50). Needs the grant `captureRequest:CREATE`.
   */
  createFetchRequests(
    parameters: CreateFetchRequestsParameters,
    options?: CallOptions & KeyOption,
  ): Promise<Answer<readonly FetchRequestOutcome[]> & { readonly meta: ResultsMeta }>
  /** Get a fetch request. Needs the grant `captureRequest:READ`. */
  getFetchRequest(parameters: GetFetchRequestParameters, options?: CallOptions): Promise<Answer<FetchRequest>>
  /**
   * Change message or days of an open fetch request.
   * The days count from when the link was last issued. Needs the grant `captureRequest:UPDATE`.
   */
  patchFetchRequest(
    parameters: PatchFetchRequestParameters,
    options?: CallOptions & MatchOption,
  ): Promise<Answer<FetchRequest>>
  /**
   * Hide a fetch request.
   * Its link is dead and nothing is mailed any more; `POST …/restore` brings it back. Needs the grant `captureRequest:DELETE`.
   */
  deleteFetchRequest(
    parameters: DeleteFetchRequestParameters,
    options?: CallOptions & MatchOption,
  ): Promise<Answer<undefined>>
  /**
   * Bring a deleted fetch request back.
   * Its link works again, unless it has expired meanwhile. Needs the grant `captureRequest:UPDATE`.
   */
  restoreFetchRequest(
    parameters: RestoreFetchRequestParameters,
    options?: CallOptions & KeyOption,
  ): Promise<Answer<FetchRequest>>
  /**
   * Note a reminder of your own.
   * Counts `delivery.remindersSent` up and changes nothing else. To have an e-mail go out now, use resend. Needs the grant `captureRequest:UPDATE`.
   */
  remindFetchRequest(
    parameters: RemindFetchRequestParameters,
    options?: CallOptions & KeyOption,
  ): Promise<Answer<FetchRequest>>
  /**
   * Issue a new link and mail it.
   * The old link stops working at once, and the status is INITIATED again. Needs the grant `captureRequest:UPDATE`.
   */
  resendFetchRequest(
    parameters: ResendFetchRequestParameters,
    options?: CallOptions & KeyOption,
  ): Promise<Answer<FetchRequest>>
  /**
   * Withdraw a fetch request.
   * Its link stops working. What the worker has supplied stays. Needs the grant `captureRequest:UPDATE`.
   */
  cancelFetchRequest(
    parameters: CancelFetchRequestParameters,
    options?: CallOptions & KeyOption,
  ): Promise<Answer<FetchRequest>>
  /**
   * Get the link itself, to hand it over.
   * Recorded, since whoever has the link answers in the worker’s name. Needs the grant `captureRequest:UPDATE`.
   */
  handOverFetchRequestLink(
    parameters: HandOverFetchRequestLinkParameters,
    options?: CallOptions & KeyOption,
  ): Promise<Answer<FetchRequestLink>>
  /** List what the worker has supplied so far. Needs the grant `captureRequest:READ`. */
  listSubmissions(
    parameters: ListSubmissionsParameters,
    options?: CallOptions,
  ): Promise<Page<Submission, PageMeta>>
  /** All that `listSubmissions` gives, page after page. */
  iterateSubmissions(
    parameters: Omit<ListSubmissionsParameters, 'page'>,
    options?: CallOptions,
  ): AsyncGenerator<Submission, void, undefined>
  /**
   * Download the report of a completed fetch request.
   * Who was asked for what, what the worker supplied, what checks found and how it came to that, as a PDF in the organisation’s name that can be read aloud. 409 before the request is COMPLETED. That it was taken is recorded. Needs the grant `captureRequest:READ`.
   */
  getFetchRequestReport(
    parameters: GetFetchRequestReportParameters,
    options?: CallOptions,
  ): Promise<FileAnswer>
  /** List what happened to a fetch request. Needs the grant `captureRequest:READ`. */
  listFetchRequestEvents(
    parameters: ListFetchRequestEventsParameters,
    options?: CallOptions,
  ): Promise<Page<FetchRequestEvent, PageMeta>>
  /** All that `listFetchRequestEvents` gives, page after page. */
  iterateFetchRequestEvents(
    parameters: Omit<ListFetchRequestEventsParameters, 'page'>,
    options?: CallOptions,
  ): AsyncGenerator<FetchRequestEvent, void, undefined>
}

/** Files of workers and credentials that came in: what became of each row, and plans that wait. */
export interface ImportsOperations {
  /** List import runs. Needs the grant `import:READ`. */
  listImports(parameters?: ListImportsParameters, options?: CallOptions): Promise<Page<Import, PageMeta>>
  /** All that `listImports` gives, page after page. */
  iterateImports(
    parameters?: Omit<ListImportsParameters, 'page'>,
    options?: CallOptions,
  ): AsyncGenerator<Import, void, undefined>
  /**
   * Bring a file of people and credentials, or of position requirements, as CSV or XLSX.
   * The file is planned and applied shortly after the answer: follow it with `GET /imports/{id}`. It changes what it names (`UPSERT`) unless `mode` is `SNAPSHOT`, which also deactivates who is missing. With `dryRun=true` it stops at the plan, whose rows can be looked at and mended before its hash is applied. Needs the grant `import:CREATE`.
   */
  createImport(parameters: CreateImportParameters, options?: CallOptions & KeyOption): Promise<Answer<Import>>
  /** Get an import run. Needs the grant `import:READ`. */
  getImport(parameters: GetImportParameters, options?: CallOptions): Promise<Answer<Import>>
  /** List what became of each row. Needs the grant `import:READ`. */
  listImportRows(
    parameters: ListImportRowsParameters,
    options?: CallOptions,
  ): Promise<Page<ImportRow, PageMeta>>
  /** All that `listImportRows` gives, page after page. */
  iterateImportRows(
    parameters: Omit<ListImportRowsParameters, 'page'>,
    options?: CallOptions,
  ): AsyncGenerator<ImportRow, void, undefined>
  /** Get what became of a row. Needs the grant `import:READ`. */
  getImportRow(parameters: GetImportRowParameters, options?: CallOptions): Promise<Answer<ImportRow>>
  /**
   * Mend a row before its plan is applied.
   * Reads the row with other values than the file has, and plans anew: the run has a new `planHash` then, and waits for it to be applied. The file stays as it came; the results file shows the mended values. Needs the grant `import:UPDATE`.
   */
  mendImportRow(
    parameters: MendImportRowParameters,
    options?: CallOptions & MatchOption,
  ): Promise<Answer<ImportRow>>
  /** Get the results file: the original rows with what became of each. Needs the grant `import:READ`. */
  getImportResults(parameters: GetImportResultsParameters, options?: CallOptions): Promise<FileAnswer>
  /**
   * Apply exactly the plan that has this hash.
   * Applies the plan of a run that is HELD or PLANNED. When anything the plan rests on has changed, the answer is 409 `PLAN_STALE` with the new `planHash`. Needs the grant `import:UPDATE`.
   */
  applyImport(parameters: ApplyImportParameters, options?: CallOptions & KeyOption): Promise<Answer<Import>>
  /** Say no to a plan that waits. Needs the grant `import:UPDATE`. */
  rejectImport(parameters: RejectImportParameters, options?: CallOptions & KeyOption): Promise<Answer<Import>>
  /** Take back a file that was not begun, or whose plan waits. Needs the grant `import:UPDATE`. */
  cancelImport(parameters: CancelImportParameters, options?: CallOptions & KeyOption): Promise<Answer<Import>>
}

/** Files with each person’s licence status, for the systems that roster them. */
export interface ExportsOperations {
  /** List status exports. Needs the grant `export:READ`. */
  listExports(parameters?: ListExportsParameters, options?: CallOptions): Promise<Page<Export, PageMeta>>
  /** All that `listExports` gives, page after page. */
  iterateExports(
    parameters?: Omit<ListExportsParameters, 'page'>,
    options?: CallOptions,
  ): AsyncGenerator<Export, void, undefined>
  /** Get what is known about a status export. Needs the grant `export:READ`. */
  getExport(parameters: GetExportParameters, options?: CallOptions): Promise<Answer<Export>>
  /** Get the file: each key exactly as last received, with its licence status. Needs the grant `export:READ`. */
  getExportContent(parameters: GetExportContentParameters, options?: CallOptions): Promise<FileAnswer>
}

/** People who work with the organisation’s data in the console: invitations, roles, states. */
export interface UsersOperations {
  /** List users. Needs the grant `user:READ`. */
  listUsers(parameters?: ListUsersParameters, options?: CallOptions): Promise<Page<User, PageMeta>>
  /** All that `listUsers` gives, page after page. */
  iterateUsers(
    parameters?: Omit<ListUsersParameters, 'page'>,
    options?: CallOptions,
  ): AsyncGenerator<User, void, undefined>
  /**
   * Invite a user.
   * The link to accept is mailed, and is in the answer once. It serves once, within 7 days. Nobody gives a role above their own; a token gives what its own grants cover. Needs the grant `user:CREATE`.
   */
  inviteUser(
    parameters: InviteUserParameters,
    options?: CallOptions & KeyOption,
  ): Promise<Answer<InviteUserResource>>
  /** Get a user. Needs the grant `user:READ`. */
  getUser(parameters: GetUserParameters, options?: CallOptions): Promise<Answer<User>>
  /**
   * Change a user’s role, state or name.
   * Who is DISABLED is signed out everywhere at once. Users with a role above one’s own, and the last owner, stay as they are: 409. Needs the grant `user:UPDATE`.
   */
  updateUser(parameters: UpdateUserParameters, options?: CallOptions & MatchOption): Promise<Answer<User>>
  /**
   * Delete a user.
   * Signed out everywhere at once; the address is free again. The audit log keeps the id. Needs the grant `user:DELETE`.
   */
  deleteUser(
    parameters: DeleteUserParameters,
    options?: CallOptions & MatchOption,
  ): Promise<Answer<undefined>>
  /**
   * Invite a user anew.
   * The link before is worth nothing from now on. Only for users who have not joined yet. Needs the grant `user:CREATE`.
   */
  resendInvitation(
    parameters: ResendInvitationParameters,
    options?: CallOptions & KeyOption,
  ): Promise<Answer<ResendInvitationResource>>
}

/** Sessions of users: with a password, a passkey, or single sign-on; and forgotten passwords. */
export interface SigningInOperations {
  /**
   * Sign in with e-mail and password.
   * Sets the cookie `vouchsafe_session`. Unknown address, wrong password and disabled user get one answer. After five wrong ones in a row nobody signs in as this user, or from this address, for a minute, then for twice as long each time, up to an hour. Needs no access token.
   */
  signIn(parameters: SignInParameters, options?: CallOptions & KeyOption): Promise<Answer<Me>>
  /** End this session. For signed-in users; an access token has no user. */
  signOut(parameters?: NoParameters, options?: CallOptions & KeyOption): Promise<Answer<undefined>>
  /**
   * Accept an invitation.
   * Sets the password and signs in. The token stands behind `#invitation=` in the link. Needs no access token.
   */
  acceptInvitation(
    parameters: AcceptInvitationParameters,
    options?: CallOptions & KeyOption,
  ): Promise<Answer<Me>>
  /**
   * Ask for a link to set a forgotten password anew.
   * The answer is the same whether anybody has this address. The link serves once, within an hour. Needs no access token.
   */
  requestPasswordReset(
    parameters: RequestPasswordResetParameters,
    options?: CallOptions & KeyOption,
  ): Promise<Answer<undefined>>
  /**
   * Set a forgotten password anew.
   * All sessions of the user end; sign in after it, with the second factor if there is one. Needs no access token.
   */
  resetPassword(
    parameters: ResetPasswordParameters,
    options?: CallOptions & KeyOption,
  ): Promise<Answer<undefined>>
  /** Get the signed-in user, their grants and the CSRF token. For signed-in users; an access token has no user. */
  getMe(parameters?: NoParameters, options?: CallOptions): Promise<Answer<Me>>
  /**
   * Change one’s password.
   * All other sessions of the user end. For signed-in users; an access token has no user.
   */
  changePassword(
    parameters: ChangePasswordParameters,
    options?: CallOptions & KeyOption,
  ): Promise<Answer<undefined>>
  /**
   * List sessions that are not over.
   * A user’s own by default. Those of somebody else, and with an access token those of all, need the grant `user:READ`. For users and access tokens.
   */
  listSessions(parameters?: ListSessionsParameters, options?: CallOptions): Promise<Page<Session2, PageMeta>>
  /** All that `listSessions` gives, page after page. */
  iterateSessions(
    parameters?: Omit<ListSessionsParameters, 'page'>,
    options?: CallOptions,
  ): AsyncGenerator<Session2, void, undefined>
  /**
   * End a session, at once.
   * One’s own always; anybody else’s needs the grant `user:DELETE`. For users and access tokens.
   */
  endSession(
    parameters: EndSessionParameters,
    options?: CallOptions & MatchOption,
  ): Promise<Answer<undefined>>
  /**
   * Begin to sign in with a passkey.
   * For a passkey alone, and for one as the second factor of `POST /sign-in`. Needs no access token.
   */
  beginPasskeySignIn(
    parameters?: NoParameters,
    options?: CallOptions & KeyOption,
  ): Promise<Answer<PasskeyOptions>>
  /**
   * Sign in with a passkey alone.
   * Sets the cookie `vouchsafe_session`. The authenticator has made sure who touched it. Needs no access token.
   */
  signInByPasskey(
    parameters: SignInByPasskeyParameters,
    options?: CallOptions & KeyOption,
  ): Promise<Answer<Me>>
  /**
   * Sign in by the provider of single sign-on.
   * Sends the browser to the provider. 404 where there is none (`OIDC_ISSUER`). Needs no access token.
   * Answers with a redirect: a page goes to the address itself instead of calling this.
   */
  beginSingleSignOn(parameters?: NoParameters, options?: CallOptions): Promise<Answer<undefined>>
  /**
   * Where the provider of single sign-on sends the browser back to.
   * Sets the cookie `vouchsafe_session` for a user who was invited: known by issuer and subject, the first time by a verified e-mail. Needs no access token.
   * Answers with a redirect: a page goes to the address itself instead of calling this.
   */
  finishSingleSignOn(
    parameters?: FinishSingleSignOnParameters,
    options?: CallOptions,
  ): Promise<Answer<undefined>>
}

/** Authenticator apps, passkeys and recovery codes of the user who is signed in. */
export interface SecondFactorsOperations {
  /** List one’s own second factors. For signed-in users; an access token has no user. */
  listSecondFactors(
    parameters?: ListSecondFactorsParameters,
    options?: CallOptions,
  ): Promise<Page<SecondFactor, PageMeta>>
  /** All that `listSecondFactors` gives, page after page. */
  iterateSecondFactors(
    parameters?: Omit<ListSecondFactorsParameters, 'page'>,
    options?: CallOptions,
  ): AsyncGenerator<SecondFactor, void, undefined>
  /**
   * Begin with an authenticator app.
   * Shows the secret once, as text and as the URI for a QR code. It counts after it was confirmed; one that was begun before and not confirmed gives way. For signed-in users; an access token has no user.
   */
  beginTotp(
    parameters: BeginTotpParameters,
    options?: CallOptions & KeyOption,
  ): Promise<Answer<BeginTotpResource>>
  /**
   * Confirm an authenticator app with a code.
   * Asked for at every sign-in from now on. With the first second factor come ten recovery codes, shown once. For signed-in users; an access token has no user.
   */
  confirmTotp(
    parameters: ConfirmTotpParameters,
    options?: CallOptions & KeyOption,
  ): Promise<Answer<ConfirmTotpResource>>
  /**
   * Take a second factor away.
   * Needs a sign-in of the last ten minutes. The recovery codes go with the last one. For signed-in users; an access token has no user.
   */
  deleteSecondFactor(
    parameters: DeleteSecondFactorParameters,
    options?: CallOptions & MatchOption,
  ): Promise<Answer<undefined>>
  /**
   * Make new recovery codes.
   * Ten codes, each for one sign-in without the second factor; those from before are worth nothing. Needs a sign-in of the last ten minutes. For signed-in users; an access token has no user.
   */
  renewRecoveryCodes(
    parameters?: NoParameters,
    options?: CallOptions & KeyOption,
  ): Promise<Answer<RecoveryCodes>>
  /**
   * Begin with a passkey.
   * Within five minutes of it the authenticator answers. Needs a sign-in of the last ten minutes. For signed-in users; an access token has no user.
   */
  beginPasskey(parameters?: NoParameters, options?: CallOptions & KeyOption): Promise<Answer<PasskeyOptions>>
  /**
   * Add a passkey.
   * Signs in by itself from now on, and is asked for beside the password. With the first second factor come ten recovery codes, shown once. For signed-in users; an access token has no user.
   */
  addPasskey(
    parameters: AddPasskeyParameters,
    options?: CallOptions & KeyOption,
  ): Promise<Answer<AddPasskeyResource>>
}

/** Accounts of the systems that exchange files, the files that lie there, and the server’s fingerprints. */
export interface SFTPOperations {
  /** List SFTP accounts. Needs the grant `sftpAccount:READ`. */
  listSftpAccounts(
    parameters?: ListSftpAccountsParameters,
    options?: CallOptions,
  ): Promise<Page<SftpAccount, PageMeta>>
  /** All that `listSftpAccounts` gives, page after page. */
  iterateSftpAccounts(
    parameters?: Omit<ListSftpAccountsParameters, 'page'>,
    options?: CallOptions,
  ): AsyncGenerator<SftpAccount, void, undefined>
  /** Make an SFTP account with public keys, a password, or both. Needs the grant `sftpAccount:CREATE`. */
  createSftpAccount(
    parameters: CreateSftpAccountParameters,
    options?: CallOptions & KeyOption,
  ): Promise<Answer<SftpAccount>>
  /** Get an SFTP account. Needs the grant `sftpAccount:READ`. */
  getSftpAccount(parameters: GetSftpAccountParameters, options?: CallOptions): Promise<Answer<SftpAccount>>
  /**
   * Change an SFTP account.
   * What is absent stays; the keys and addresses given replace all that there were. Needs the grant `sftpAccount:UPDATE`.
   */
  updateSftpAccount(
    parameters: UpdateSftpAccountParameters,
    options?: CallOptions & MatchOption,
  ): Promise<Answer<SftpAccount>>
  /**
   * Delete an SFTP account.
   * It can no longer log in, and its user name is free; `restore` brings it back. Needs the grant `sftpAccount:DELETE`.
   */
  deleteSftpAccount(
    parameters: DeleteSftpAccountParameters,
    options?: CallOptions & MatchOption,
  ): Promise<Answer<undefined>>
  /** Bring a deleted SFTP account back. Needs the grant `sftpAccount:UPDATE`. */
  restoreSftpAccount(
    parameters: RestoreSftpAccountParameters,
    options?: CallOptions & KeyOption,
  ): Promise<Answer<SftpAccount>>
  /**
   * List a folder of the SFTP server.
   * What an account of the organisation finds there; uploads that are not complete are left out. Needs the grant `sftpAccount:READ`.
   */
  listSftpFiles(
    parameters?: ListSftpFilesParameters,
    options?: CallOptions,
  ): Promise<Page<SftpFile, PageMeta>>
  /** All that `listSftpFiles` gives, page after page. */
  iterateSftpFiles(
    parameters?: Omit<ListSftpFilesParameters, 'page'>,
    options?: CallOptions,
  ): AsyncGenerator<SftpFile, void, undefined>
  /** Download a file of the SFTP server. The download is recorded. Needs the grant `sftpAccount:READ`. */
  getSftpFileContent(parameters: GetSftpFileContentParameters, options?: CallOptions): Promise<FileAnswer>
  /** Get where the SFTP server is and by which host keys it is known. Needs the grant `sftpAccount:READ`. */
  getSftpServer(parameters?: NoParameters, options?: CallOptions): Promise<Answer<SftpServer>>
}

/** The organisation’s name and settings, with the schema of what can be set. */
export interface OrganisationOperations {
  /** Get the organisation and its settings. Needs the grant `settings:READ`. */
  getOrganisation(parameters?: NoParameters, options?: CallOptions): Promise<Answer<Organisation>>
  /**
   * Change the organisation’s name or settings.
   * Settings that are absent stay as they are, null goes back to the default. All of them are changed, or none. Needs the grant `settings:UPDATE`.
   */
  updateOrganisation(
    parameters: UpdateOrganisationParameters,
    options?: CallOptions & MatchOption,
  ): Promise<Answer<Organisation>>
  /** Get what every setting may be, as JSON Schema. Needs the grant `settings:READ`. */
  getSettingsSchema(parameters?: NoParameters, options?: CallOptions): Promise<Answer<SettingsSchema>>
}

/** Keys of this API: what each may do and until when. The token itself is shown once. */
export interface AccessTokensOperations {
  /** List access tokens. Needs the grant `settings:READ`. */
  listAccessTokens(
    parameters?: ListAccessTokensParameters,
    options?: CallOptions,
  ): Promise<Page<AccessToken, PageMeta>>
  /** All that `listAccessTokens` gives, page after page. */
  iterateAccessTokens(
    parameters?: Omit<ListAccessTokensParameters, 'page'>,
    options?: CallOptions,
  ): AsyncGenerator<AccessToken, void, undefined>
  /**
   * Make an access token. It is shown once.
   * Whoever makes one must hold every grant that it gets: 403 names the first that is missing. Needs the grant `settings:CREATE`.
   */
  createAccessToken(
    parameters: CreateAccessTokenParameters,
    options?: CallOptions & KeyOption,
  ): Promise<Answer<AccessToken>>
  /** Get an access token, without its secret. Needs the grant `settings:READ`. */
  getAccessToken(parameters: GetAccessTokenParameters, options?: CallOptions): Promise<Answer<AccessToken>>
  /**
   * Revoke an access token, for good.
   * On other nodes it may be good for a second more. Needs the grant `settings:DELETE`.
   */
  revokeAccessToken(
    parameters: RevokeAccessTokenParameters,
    options?: CallOptions & MatchOption,
  ): Promise<Answer<undefined>>
  /**
   * Give an access token a new secret. It is shown once; the old one is dead at once.
   * Whoever rotates it must hold every grant that it has. Needs the grant `settings:UPDATE`.
   */
  rotateAccessToken(
    parameters: RotateAccessTokenParameters,
    options?: CallOptions & KeyOption,
  ): Promise<Answer<AccessToken>>
}

/** What happened, in order: the feed for those without webhooks. */
export interface EventsOperations {
  /**
   * Read the change feed.
   * Everything that happened, in the order of its number. Keep the last `sequence` that you have dealt with and ask for what comes `after` it: nothing is missed, and nothing is told twice.
   * What `data` holds of the events of files and reviews:
   * - `import.held` `{importId}`: a plan waits for somebody to approve or reject it; `holdReasons` of the import say why. Once, and again when a plan made anew waits for other reasons.
   * - `import.completed` `{importId}`: a file was applied, and its results are there.
   * - `import.failed` `{importId}`: a file could not be read; `fault` of the import says why. Nothing was applied.
   * - `import.ended` `{importId, status}`: an import ended without being applied: SUPERSEDED, REJECTED, CANCELLED or LAPSED.
   * - `import.missing` `{source, lastImportId, lastReceivedAt, silentHours}`: a source that sends daily has sent nothing for so many hours; once, until it sends again.
   * - `list.held` `{register, versionId}`: a published list has lost so many rows that somebody has to say whether it counts.
   * - `export.ready` `{exportId}`: a status export was written.
   * - `compliance.changed` `{cause, workerIds}`: the answers about these people are others than before (ANSWERS): their status, whether they satisfy what their position requires, or their gaps. `{cause, credentials}`: a setting or the catalogue gave so many credentials another status (SETTINGS).
   * - `review.created` `{reviewId, reason, subject, workerId, credentialId, fetchRequestId}`: something waits for a person’s decision.
   * The types: `worker.created`, `worker.updated`, `worker.deactivated`, `worker.reactivated`, `worker.deleted`, `credential.added`, `credential.updated`, `credential.verified`, `credential.expiring`, `credential.expired`, `credential.deleted`, `attachment.received`, `attachment.checked`, `fetchRequest.created`, `fetchRequest.sent`, `fetchRequest.opened`, `fetchRequest.partiallyCompleted`, `fetchRequest.submitted`, `fetchRequest.completed`, `fetchRequest.expired`, `fetchRequest.cancelled`, `fetchRequest.deliveryFailed`, `fetchRequest.linkLocked`, `fetchRequest.disputed`, `import.held`, `import.completed`, `import.failed`, `import.missing`, `import.ended`, `export.ready`, `review.created`, `compliance.changed`, `list.held`, `list.confirmed`. Needs the grant `auditEntry:READ`.
   */
  listEvents(parameters?: ListEventsParameters, options?: CallOptions): Promise<Page<Event, PageMeta>>
  /** All that `listEvents` gives, page after page. */
  iterateEvents(
    parameters?: Omit<ListEventsParameters, 'page'>,
    options?: CallOptions,
  ): AsyncGenerator<Event, void, undefined>
}

/** Every mail that the product wrote, and what became of it. */
export interface OutboxOperations {
  /** List the mails that were written, without what stands in them. Needs the grant `settings:READ`. */
  listMails(parameters?: ListMailsParameters, options?: CallOptions): Promise<Page<Mail, PageMeta>>
  /** All that `listMails` gives, page after page. */
  iterateMails(
    parameters?: Omit<ListMailsParameters, 'page'>,
    options?: CallOptions,
  ): AsyncGenerator<Mail, void, undefined>
  /** Read a mail. That it was read is recorded. Needs the grant `settings:READ`. */
  readMail(parameters: ReadMailParameters, options?: CallOptions): Promise<Answer<Mail>>
  /**
   * Take what a mail provider tells about mail that it took.
   * For providers that report over HTTP what did not arrive, by themselves or by a script between; an alternative to BOUNCE_IMAP_URL. A mail that is told as `bounced` and `permanent` has failed, once, however often it is told. What is not about a mail of ours is left aside. There is nothing at this address without MAIL_EVENTS_KEY. Needs no access token.
   */
  takeMailEvents(
    parameters: TakeMailEventsParameters,
    options?: CallOptions & KeyOption,
  ): Promise<Answer<undefined>>
}

/** One method per operation, and an iterator per list. */
export interface Operations
  extends
    WorkersOperations,
    CredentialsOperations,
    ReviewsOperations,
    RegistersOperations,
    SignedDocumentsOperations,
    PositionsOperations,
    ComplianceOperations,
    CredentialTypesOperations,
    FetchRequestsOperations,
    ImportsOperations,
    ExportsOperations,
    UsersOperations,
    SigningInOperations,
    SecondFactorsOperations,
    SFTPOperations,
    OrganisationOperations,
    AccessTokensOperations,
    EventsOperations,
    OutboxOperations {}

/** How each goes over the wire. */
export const operations = {
  listWorkers: {
    method: 'GET',
    path: '/workers',
    answer: 'page',
    iterator: 'iterateWorkers',
    pageSizeMax: 200,
  },
  createWorker: {
    method: 'POST',
    path: '/workers',
    answer: 'envelope',
    body: 'application/json',
    isKeyed: true,
  },
  getWorker: { method: 'GET', path: '/workers/{id}', answer: 'envelope' },
  replaceWorker: { method: 'PUT', path: '/workers/{id}', answer: 'envelope', body: 'application/json' },
  updateWorker: { method: 'PATCH', path: '/workers/{id}', answer: 'envelope', body: 'application/json' },
  deleteWorker: { method: 'DELETE', path: '/workers/{id}', answer: 'nothing' },
  getWorkerByExternalId: {
    method: 'GET',
    path: '/workers/by-external-id/{sourceSystem}/{externalId}',
    answer: 'envelope',
  },
  upsertWorker: {
    method: 'PUT',
    path: '/workers/by-external-id/{sourceSystem}/{externalId}',
    answer: 'envelope',
    body: 'application/json',
  },
  restoreWorker: { method: 'POST', path: '/workers/{id}/restore', answer: 'envelope', isKeyed: true },
  upsertWorkers: {
    method: 'POST',
    path: '/workers/batch',
    answer: 'envelope',
    body: 'application/json',
    isKeyed: true,
  },
  listCredentials: {
    method: 'GET',
    path: '/credentials',
    answer: 'page',
    iterator: 'iterateCredentials',
    pageSizeMax: 200,
  },
  createCredential: {
    method: 'POST',
    path: '/credentials',
    answer: 'envelope',
    body: 'application/json',
    isKeyed: true,
  },
  getCredential: { method: 'GET', path: '/credentials/{id}', answer: 'envelope' },
  replaceCredential: {
    method: 'PUT',
    path: '/credentials/{id}',
    answer: 'envelope',
    body: 'application/json',
  },
  updateCredential: {
    method: 'PATCH',
    path: '/credentials/{id}',
    answer: 'envelope',
    body: 'application/json',
  },
  deleteCredential: { method: 'DELETE', path: '/credentials/{id}', answer: 'nothing' },
  restoreCredential: { method: 'POST', path: '/credentials/{id}/restore', answer: 'envelope', isKeyed: true },
  listAttachments: {
    method: 'GET',
    path: '/credentials/{id}/attachments',
    answer: 'page',
    iterator: 'iterateAttachments',
    pageSizeMax: 200,
  },
  createAttachment: {
    method: 'POST',
    path: '/credentials/{id}/attachments',
    answer: 'envelope',
    body: 'multipart/form-data',
    isKeyed: true,
  },
  getAttachment: { method: 'GET', path: '/credentials/{id}/attachments/{attachmentId}', answer: 'envelope' },
  deleteAttachment: {
    method: 'DELETE',
    path: '/credentials/{id}/attachments/{attachmentId}',
    answer: 'nothing',
  },
  getAttachmentContent: {
    method: 'GET',
    path: '/credentials/{id}/attachments/{attachmentId}/content',
    answer: 'file',
    named: { range: { in: 'header', name: 'Range' } },
  },
  verifyCredential: { method: 'POST', path: '/credentials/{id}/verify', answer: 'envelope', isKeyed: true },
  listChecks: {
    method: 'GET',
    path: '/credentials/{id}/checks',
    answer: 'page',
    iterator: 'iterateChecks',
    pageSizeMax: 200,
  },
  listReviews: {
    method: 'GET',
    path: '/reviews',
    answer: 'page',
    iterator: 'iterateReviews',
    pageSizeMax: 200,
  },
  getReview: { method: 'GET', path: '/reviews/{id}', answer: 'envelope' },
  updateReview: { method: 'PATCH', path: '/reviews/{id}', answer: 'envelope', body: 'application/json' },
  decideReview: {
    method: 'POST',
    path: '/reviews/{id}/decide',
    answer: 'envelope',
    body: 'application/json',
    isKeyed: true,
  },
  listBanChecks: {
    method: 'GET',
    path: '/workers/{id}/ban-checks',
    answer: 'page',
    iterator: 'iterateBanChecks',
    pageSizeMax: 200,
  },
  listRegisters: {
    method: 'GET',
    path: '/registers',
    answer: 'page',
    iterator: 'iterateRegisters',
    pageSizeMax: 200,
  },
  getRegister: { method: 'GET', path: '/registers/{id}', answer: 'envelope' },
  setConnector: {
    method: 'PUT',
    path: '/registers/{id}/connector',
    answer: 'envelope',
    body: 'application/json',
  },
  removeConnector: { method: 'DELETE', path: '/registers/{id}/connector', answer: 'nothing' },
  getRegisterHealth: { method: 'GET', path: '/registers/{id}/health', answer: 'envelope' },
  listTrustedIssuers: {
    method: 'GET',
    path: '/trusted-issuers',
    answer: 'page',
    iterator: 'iterateTrustedIssuers',
    pageSizeMax: 200,
  },
  createTrustedIssuer: {
    method: 'POST',
    path: '/trusted-issuers',
    answer: 'envelope',
    body: 'application/json',
    isKeyed: true,
  },
  getTrustedIssuer: { method: 'GET', path: '/trusted-issuers/{id}', answer: 'envelope' },
  deleteTrustedIssuer: { method: 'DELETE', path: '/trusted-issuers/{id}', answer: 'nothing' },
  verifySignedDocument: {
    method: 'POST',
    path: '/signed-documents/verify',
    answer: 'envelope',
    body: 'application/json',
    isKeyed: true,
  },
  listListVersions: {
    method: 'GET',
    path: '/registers/{id}/lists',
    answer: 'page',
    iterator: 'iterateListVersions',
    pageSizeMax: 200,
  },
  uploadList: {
    method: 'POST',
    path: '/registers/{id}/lists',
    answer: 'envelope',
    body: 'multipart/form-data',
    isKeyed: true,
  },
  getListVersion: { method: 'GET', path: '/registers/{id}/lists/{versionId}', answer: 'envelope' },
  listListChanges: {
    method: 'GET',
    path: '/registers/{id}/lists/{versionId}/changes',
    answer: 'page',
    iterator: 'iterateListChanges',
    pageSizeMax: 200,
  },
  applyList: {
    method: 'POST',
    path: '/registers/{id}/lists/{versionId}/apply',
    answer: 'envelope',
    isKeyed: true,
  },
  rejectList: {
    method: 'POST',
    path: '/registers/{id}/lists/{versionId}/reject',
    answer: 'envelope',
    isKeyed: true,
  },
  listPositions: {
    method: 'GET',
    path: '/positions',
    answer: 'page',
    iterator: 'iteratePositions',
    pageSizeMax: 200,
  },
  createPosition: {
    method: 'POST',
    path: '/positions',
    answer: 'envelope',
    body: 'application/json',
    isKeyed: true,
  },
  getPosition: { method: 'GET', path: '/positions/{id}', answer: 'envelope' },
  replacePosition: { method: 'PUT', path: '/positions/{id}', answer: 'envelope', body: 'application/json' },
  updatePosition: { method: 'PATCH', path: '/positions/{id}', answer: 'envelope', body: 'application/json' },
  deletePosition: { method: 'DELETE', path: '/positions/{id}', answer: 'nothing' },
  restorePosition: { method: 'POST', path: '/positions/{id}/restore', answer: 'envelope', isKeyed: true },
  getWorkerCompliance: { method: 'GET', path: '/workers/{id}/compliance', answer: 'envelope' },
  simulatePosition: {
    method: 'POST',
    path: '/positions/{id}/simulate',
    answer: 'envelope',
    body: 'application/json',
    isKeyed: true,
  },
  listCompliance: {
    method: 'GET',
    path: '/compliance',
    answer: 'page',
    iterator: 'iterateCompliance',
    pageSizeMax: 200,
  },
  listCredentialTypes: {
    method: 'GET',
    path: '/credential-types',
    answer: 'page',
    iterator: 'iterateCredentialTypes',
    pageSizeMax: 200,
  },
  createCredentialType: {
    method: 'POST',
    path: '/credential-types',
    answer: 'envelope',
    body: 'application/json',
    isKeyed: true,
  },
  getCredentialType: { method: 'GET', path: '/credential-types/{id}', answer: 'envelope' },
  getLicenceTypeMappings: { method: 'GET', path: '/licence-type-mappings', answer: 'envelope' },
  replaceLicenceTypeMappings: {
    method: 'PUT',
    path: '/licence-type-mappings',
    answer: 'envelope',
    body: 'application/json',
  },
  listFetchRequests: {
    method: 'GET',
    path: '/fetch-requests',
    answer: 'page',
    iterator: 'iterateFetchRequests',
    pageSizeMax: 200,
  },
  createFetchRequest: {
    method: 'POST',
    path: '/fetch-requests',
    answer: 'envelope',
    body: 'application/json',
    isKeyed: true,
  },
  createFetchRequests: {
    method: 'POST',
    path: '/fetch-requests/bulk',
    answer: 'envelope',
    body: 'application/json',
    isKeyed: true,
  },
  getFetchRequest: { method: 'GET', path: '/fetch-requests/{id}', answer: 'envelope' },
  patchFetchRequest: {
    method: 'PATCH',
    path: '/fetch-requests/{id}',
    answer: 'envelope',
    body: 'application/json',
  },
  deleteFetchRequest: { method: 'DELETE', path: '/fetch-requests/{id}', answer: 'nothing' },
  restoreFetchRequest: {
    method: 'POST',
    path: '/fetch-requests/{id}/restore',
    answer: 'envelope',
    isKeyed: true,
  },
  remindFetchRequest: {
    method: 'POST',
    path: '/fetch-requests/{id}/remind',
    answer: 'envelope',
    isKeyed: true,
  },
  resendFetchRequest: {
    method: 'POST',
    path: '/fetch-requests/{id}/resend',
    answer: 'envelope',
    isKeyed: true,
  },
  cancelFetchRequest: {
    method: 'POST',
    path: '/fetch-requests/{id}/cancel',
    answer: 'envelope',
    isKeyed: true,
  },
  handOverFetchRequestLink: {
    method: 'POST',
    path: '/fetch-requests/{id}/link',
    answer: 'envelope',
    isKeyed: true,
  },
  listSubmissions: {
    method: 'GET',
    path: '/fetch-requests/{id}/submissions',
    answer: 'page',
    iterator: 'iterateSubmissions',
    pageSizeMax: 200,
  },
  getFetchRequestReport: { method: 'GET', path: '/fetch-requests/{id}/report.pdf', answer: 'file' },
  listFetchRequestEvents: {
    method: 'GET',
    path: '/fetch-requests/{id}/events',
    answer: 'page',
    iterator: 'iterateFetchRequestEvents',
    pageSizeMax: 200,
  },
  listImports: {
    method: 'GET',
    path: '/imports',
    answer: 'page',
    iterator: 'iterateImports',
    pageSizeMax: 200,
  },
  createImport: {
    method: 'POST',
    path: '/imports',
    answer: 'envelope',
    body: 'multipart/form-data',
    isKeyed: true,
  },
  getImport: { method: 'GET', path: '/imports/{id}', answer: 'envelope' },
  listImportRows: {
    method: 'GET',
    path: '/imports/{id}/rows',
    answer: 'page',
    iterator: 'iterateImportRows',
    pageSizeMax: 200,
  },
  getImportRow: { method: 'GET', path: '/imports/{id}/rows/{row}', answer: 'envelope' },
  mendImportRow: {
    method: 'PATCH',
    path: '/imports/{id}/rows/{row}',
    answer: 'envelope',
    body: 'application/json',
  },
  getImportResults: { method: 'GET', path: '/imports/{id}/results.csv', answer: 'file' },
  applyImport: {
    method: 'POST',
    path: '/imports/{id}/apply',
    answer: 'envelope',
    body: 'application/json',
    isKeyed: true,
  },
  rejectImport: { method: 'POST', path: '/imports/{id}/reject', answer: 'envelope', isKeyed: true },
  cancelImport: { method: 'POST', path: '/imports/{id}/cancel', answer: 'envelope', isKeyed: true },
  listMappingProposals: {
    method: 'GET',
    path: '/licence-type-mappings/proposals',
    answer: 'page',
    iterator: 'iterateMappingProposals',
    pageSizeMax: 200,
  },
  listExports: {
    method: 'GET',
    path: '/exports',
    answer: 'page',
    iterator: 'iterateExports',
    pageSizeMax: 200,
  },
  getExport: { method: 'GET', path: '/exports/{id}', answer: 'envelope' },
  getExportContent: { method: 'GET', path: '/exports/{id}/content', answer: 'file' },
  listUsers: { method: 'GET', path: '/users', answer: 'page', iterator: 'iterateUsers', pageSizeMax: 200 },
  inviteUser: { method: 'POST', path: '/users', answer: 'envelope', body: 'application/json', isKeyed: true },
  getUser: { method: 'GET', path: '/users/{id}', answer: 'envelope' },
  updateUser: { method: 'PATCH', path: '/users/{id}', answer: 'envelope', body: 'application/json' },
  deleteUser: { method: 'DELETE', path: '/users/{id}', answer: 'nothing' },
  resendInvitation: { method: 'POST', path: '/users/{id}/invite', answer: 'envelope', isKeyed: true },
  signIn: { method: 'POST', path: '/sign-in', answer: 'envelope', body: 'application/json', isPublic: true },
  signOut: { method: 'POST', path: '/sign-out', answer: 'nothing', isKeyed: true },
  acceptInvitation: {
    method: 'POST',
    path: '/invitations/accept',
    answer: 'envelope',
    body: 'application/json',
    isPublic: true,
  },
  requestPasswordReset: {
    method: 'POST',
    path: '/password-reset',
    answer: 'nothing',
    body: 'application/json',
    isPublic: true,
  },
  resetPassword: {
    method: 'POST',
    path: '/password-reset/confirm',
    answer: 'nothing',
    body: 'application/json',
    isPublic: true,
  },
  getMe: { method: 'GET', path: '/me', answer: 'envelope' },
  changePassword: {
    method: 'POST',
    path: '/me/password',
    answer: 'nothing',
    body: 'application/json',
    isKeyed: true,
  },
  listSessions: {
    method: 'GET',
    path: '/sessions',
    answer: 'page',
    iterator: 'iterateSessions',
    pageSizeMax: 200,
  },
  endSession: { method: 'DELETE', path: '/sessions/{id}', answer: 'nothing' },
  listSecondFactors: {
    method: 'GET',
    path: '/me/second-factors',
    answer: 'page',
    iterator: 'iterateSecondFactors',
    pageSizeMax: 200,
  },
  beginTotp: {
    method: 'POST',
    path: '/me/second-factors/totp',
    answer: 'envelope',
    body: 'application/json',
    isKeyed: true,
  },
  confirmTotp: {
    method: 'POST',
    path: '/me/second-factors/totp/confirm',
    answer: 'envelope',
    body: 'application/json',
    isKeyed: true,
  },
  deleteSecondFactor: { method: 'DELETE', path: '/me/second-factors/{id}', answer: 'nothing' },
  renewRecoveryCodes: { method: 'POST', path: '/me/recovery-codes', answer: 'envelope', isKeyed: true },
  beginPasskey: {
    method: 'POST',
    path: '/me/second-factors/passkey/options',
    answer: 'envelope',
    isKeyed: true,
  },
  addPasskey: {
    method: 'POST',
    path: '/me/second-factors/passkey',
    answer: 'envelope',
    body: 'application/json',
    isKeyed: true,
  },
  beginPasskeySignIn: {
    method: 'POST',
    path: '/sign-in/passkey/options',
    answer: 'envelope',
    isPublic: true,
  },
  signInByPasskey: {
    method: 'POST',
    path: '/sign-in/passkey',
    answer: 'envelope',
    body: 'application/json',
    isPublic: true,
  },
  beginSingleSignOn: { method: 'GET', path: '/sign-in/oidc', answer: 'redirect', isPublic: true },
  finishSingleSignOn: { method: 'GET', path: '/sign-in/oidc/callback', answer: 'redirect', isPublic: true },
  listSftpAccounts: {
    method: 'GET',
    path: '/sftp-accounts',
    answer: 'page',
    iterator: 'iterateSftpAccounts',
    pageSizeMax: 200,
  },
  createSftpAccount: {
    method: 'POST',
    path: '/sftp-accounts',
    answer: 'envelope',
    body: 'application/json',
    isKeyed: true,
  },
  getSftpAccount: { method: 'GET', path: '/sftp-accounts/{id}', answer: 'envelope' },
  updateSftpAccount: {
    method: 'PATCH',
    path: '/sftp-accounts/{id}',
    answer: 'envelope',
    body: 'application/json',
  },
  deleteSftpAccount: { method: 'DELETE', path: '/sftp-accounts/{id}', answer: 'nothing' },
  restoreSftpAccount: {
    method: 'POST',
    path: '/sftp-accounts/{id}/restore',
    answer: 'envelope',
    isKeyed: true,
  },
  listSftpFiles: {
    method: 'GET',
    path: '/sftp-files',
    answer: 'page',
    iterator: 'iterateSftpFiles',
    pageSizeMax: 200,
  },
  getSftpFileContent: { method: 'GET', path: '/sftp-files/content', answer: 'file' },
  getSftpServer: { method: 'GET', path: '/sftp-server', answer: 'envelope' },
  getOrganisation: { method: 'GET', path: '/organisation', answer: 'envelope' },
  updateOrganisation: {
    method: 'PATCH',
    path: '/organisation',
    answer: 'envelope',
    body: 'application/json',
  },
  getSettingsSchema: { method: 'GET', path: '/organisation/settings-schema', answer: 'envelope' },
  listAccessTokens: {
    method: 'GET',
    path: '/access-tokens',
    answer: 'page',
    iterator: 'iterateAccessTokens',
    pageSizeMax: 200,
  },
  createAccessToken: {
    method: 'POST',
    path: '/access-tokens',
    answer: 'envelope',
    body: 'application/json',
    isKeyed: true,
  },
  getAccessToken: { method: 'GET', path: '/access-tokens/{id}', answer: 'envelope' },
  revokeAccessToken: { method: 'DELETE', path: '/access-tokens/{id}', answer: 'nothing' },
  rotateAccessToken: {
    method: 'POST',
    path: '/access-tokens/{id}/rotate',
    answer: 'envelope',
    isKeyed: true,
  },
  listEvents: { method: 'GET', path: '/events', answer: 'page', iterator: 'iterateEvents', pageSizeMax: 200 },
  listMails: { method: 'GET', path: '/outbox', answer: 'page', iterator: 'iterateMails', pageSizeMax: 200 },
  readMail: { method: 'GET', path: '/outbox/{id}', answer: 'envelope' },
  takeMailEvents: {
    method: 'POST',
    path: '/mail-events',
    answer: 'nothing',
    body: 'application/json',
    named: {
      xVouchsafeTimestamp: { in: 'header', name: 'X-Vouchsafe-Timestamp' },
      xVouchsafeSignature: { in: 'header', name: 'X-Vouchsafe-Signature' },
    },
    isPublic: true,
  },
} as const satisfies Readonly<Record<string, Operation>>
