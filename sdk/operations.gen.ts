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
    | 'SETTING_INVALID'
    | 'COMMAND_INVALID'
    | 'FILE_NAME_INVALID'
    | 'FILE_FAULTY'
    | 'TOKEN_MISSING'
    | 'TOKEN_INVALID'
    | 'GRANT_MISSING'
    | 'PATH_FORBIDDEN'
    | 'OPERATION_UNSUPPORTED'
    | 'NOT_FOUND'
    | 'METHOD_NOT_ALLOWED'
    | 'MEDIA_TYPE_UNSUPPORTED'
    | 'BODY_TOO_LARGE'
    | 'CONFLICT'
    | 'NAME_TAKEN'
    | 'PLAN_STALE'
    | 'IMPORT_STATE'
    | 'ALREADY_RUNNING'
    | 'VERSION_MISMATCH'
    | 'EXTERNAL_ID_TAKEN'
    | 'EMAIL_TAKEN'
    | 'IDEMPOTENCY_MISMATCH'
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

export interface PageMeta {
  readonly page: number
  readonly pageSize: number
  readonly total: number
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
    /** The worst, over credential types, of the best of each; null without credentials. */
    readonly licenceStatus: 'green' | 'yellow' | 'red' | null
    readonly gaps: readonly {
      readonly path: string
      readonly credentialType: string
      readonly reason: string
    }[]
  }
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly deletedAt: string | null
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
  /** An instant, `2026-02-01T00:00:00Z`. */
  readonly lastVerifiedAt: string | null
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

export interface LicenceTypeMappingsInput {
  readonly mappings: readonly {
    /** Your own code, byte for byte as it stands in your files. */
    readonly code: string
    /** A credential type, or one of the names `ahpra`, `vicwwc`, `qldblue`, `ndis`. */
    readonly credentialType: string
  }[]
}

export interface ImportAttributes {
  readonly fileName: string
  readonly fileType: 'EMPLOYEE' | 'POSITION'
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

export interface ApplyImportInput {
  readonly planHash: string
}

export interface ExportAttributes {
  readonly kind: 'STATUS'
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
  /** The key under which another system knows the worker. */
  readonly externalId?: string | undefined
  /** The other system, without case. */
  readonly sourceSystem?: string | undefined
  readonly status?: 'ACTIVE' | 'INACTIVE' | undefined
  /** A position’s id or code. */
  readonly positionId?: string | undefined
  readonly licenceStatus?: 'green' | 'yellow' | 'red' | undefined
  /** The beginning of the name or of the e-mail. */
  readonly query?: string | undefined
  /** `true` shows deleted ones too. */
  readonly includeDeleted?: boolean | undefined
  /**
   * Only what changed at this instant or later. Ask with an overlap of a minute: changes become visible when they are committed.
   * An instant, `2026-02-01T00:00:00Z`.
   */
  readonly updatedSince?: string | Date | undefined
}

/** What `createWorker` takes. */
export interface CreateWorkerParameters {
  readonly body: WorkerInput
}

/** What `getWorker` takes. */
export interface GetWorkerParameters {
  readonly id: string
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

/** What `listCredentials` takes. */
export interface ListCredentialsParameters {
  /** The page, from 1. Deep pages are slow: use `cursor`. */
  readonly page?: number | undefined
  /** Resources per page, 1 to 200; 25 by default. */
  readonly pageSize?: number | undefined
  /** `nextCursor` of the page before: goes on behind it, however deep. Wins over `page`. */
  readonly cursor?: string | undefined
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

/** What `getCredential` takes. */
export interface GetCredentialParameters {
  readonly id: string
}

/** What `listCredentialTypes` takes. */
export interface ListCredentialTypesParameters {
  /** The page, from 1. Deep pages are slow: use `cursor`. */
  readonly page?: number | undefined
  /** Resources per page, 1 to 200; 25 by default. */
  readonly pageSize?: number | undefined
  /** `nextCursor` of the page before: goes on behind it, however deep. Wins over `page`. */
  readonly cursor?: string | undefined
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

/** What `replaceLicenceTypeMappings` takes. */
export interface ReplaceLicenceTypeMappingsParameters {
  readonly body: LicenceTypeMappingsInput
}

/** What `listImports` takes. */
export interface ListImportsParameters {
  /** The page, from 1. Deep pages are slow: use `cursor`. */
  readonly page?: number | undefined
  /** Resources per page, 1 to 200; 25 by default. */
  readonly pageSize?: number | undefined
  /** `nextCursor` of the page before: goes on behind it, however deep. Wins over `page`. */
  readonly cursor?: string | undefined
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
  readonly status?: 'CREATED' | 'UPDATED' | 'UNCHANGED' | 'REJECTED' | undefined
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

/** What `listExports` takes. */
export interface ListExportsParameters {
  /** The page, from 1. Deep pages are slow: use `cursor`. */
  readonly page?: number | undefined
  /** Resources per page, 1 to 200; 25 by default. */
  readonly pageSize?: number | undefined
  /** `nextCursor` of the page before: goes on behind it, however deep. Wins over `page`. */
  readonly cursor?: string | undefined
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
  /** Get a credential. Needs the grant `credential:READ`. */
  getCredential(parameters: GetCredentialParameters, options?: CallOptions): Promise<Answer<Credential>>
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
  /** Get the results file: the original rows with what became of each. Needs the grant `import:READ`. */
  getImportResults(parameters: GetImportResultsParameters, options?: CallOptions): Promise<FileAnswer>
  /**
   * Apply exactly the plan that has this hash.
   * Applies the plan of a run that is HELD or PLANNED. When anything the plan rests on has changed, the answer is 409 `PLAN_STALE` with the new `planHash`. Needs the grant `import:UPDATE`.
   */
  applyImport(parameters: ApplyImportParameters, options?: CallOptions & KeyOption): Promise<Answer<Import>>
  /** Say no to a plan that waits. Needs the grant `import:UPDATE`. */
  rejectImport(parameters: RejectImportParameters, options?: CallOptions & KeyOption): Promise<Answer<Import>>
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

/** One method per operation, and an iterator per list. */
export interface Operations
  extends
    WorkersOperations,
    CredentialsOperations,
    CredentialTypesOperations,
    ImportsOperations,
    ExportsOperations {}

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
  listCredentials: {
    method: 'GET',
    path: '/credentials',
    answer: 'page',
    iterator: 'iterateCredentials',
    pageSizeMax: 200,
  },
  getCredential: { method: 'GET', path: '/credentials/{id}', answer: 'envelope' },
  listCredentialTypes: {
    method: 'GET',
    path: '/credential-types',
    answer: 'page',
    iterator: 'iterateCredentialTypes',
    pageSizeMax: 200,
  },
  getLicenceTypeMappings: { method: 'GET', path: '/licence-type-mappings', answer: 'envelope' },
  replaceLicenceTypeMappings: {
    method: 'PUT',
    path: '/licence-type-mappings',
    answer: 'envelope',
    body: 'application/json',
  },
  listImports: {
    method: 'GET',
    path: '/imports',
    answer: 'page',
    iterator: 'iterateImports',
    pageSizeMax: 200,
  },
  getImport: { method: 'GET', path: '/imports/{id}', answer: 'envelope' },
  listImportRows: {
    method: 'GET',
    path: '/imports/{id}/rows',
    answer: 'page',
    iterator: 'iterateImportRows',
    pageSizeMax: 200,
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
  listExports: {
    method: 'GET',
    path: '/exports',
    answer: 'page',
    iterator: 'iterateExports',
    pageSizeMax: 200,
  },
  getExport: { method: 'GET', path: '/exports/{id}', answer: 'envelope' },
  getExportContent: { method: 'GET', path: '/exports/{id}/content', answer: 'file' },
} as const satisfies Readonly<Record<string, Operation>>
