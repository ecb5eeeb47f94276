/**
 * The one error type and the one catalogue of codes.
 *
 * Owns: which faults the product can report, what kind each is, and how to mend it.
 * Promises: every adapter (HTTP, SFTP, CLI, results file) has one total table from `ErrorKind` to its own
 * status, so a new code needs a line here and nowhere else.
 */

/** What an adapter needs to know to choose its status. */
export type ErrorKind =
  | 'invalid' // the caller sent something that can never be right
  | 'unauthenticated'
  | 'forbidden'
  | 'notFound'
  | 'gone' // it was there, and is no more for good
  | 'conflict' // right in itself, but not in the present state
  | 'stale' // a precondition (ETag, If-Match) named an older version
  | 'tooLarge'
  | 'unsatisfiable' // a range of a file that has no byte of it
  | 'unprocessable' // understood, but it contradicts what was said before
  | 'unsupported'
  | 'methodNotAllowed'
  | 'tooMany'
  | 'unavailable' // a part of ours or a neighbour is down: try again
  | 'internal'

interface CatalogueEntry {
  readonly kind: ErrorKind
  readonly title: string
  /** How the person who sees it mends it. */
  readonly help: string
}

export const errorCatalogue = {
  VALIDATION_FAILED: {
    kind: 'invalid',
    title: 'The request has faults',
    help: 'Correct every fault listed in `errors` and send it again.',
  },
  MALFORMED_JSON: { kind: 'invalid', title: 'The body is not JSON', help: 'Send a well-formed JSON body.' },
  MALFORMED_MULTIPART: {
    kind: 'invalid',
    title: 'The body is not multipart/form-data',
    help: 'Send the file as a part called `file`, and let your HTTP client make the boundary.',
  },
  HTTP_MALFORMED: {
    kind: 'invalid',
    title: 'The request is not well-formed HTTP',
    help: 'Look at what your HTTP client, or a proxy before this server, sends.',
  },
  SETTING_INVALID: {
    kind: 'invalid',
    title: 'The configuration has faults',
    help: 'Correct every setting named and start again.',
  },
  COMMAND_INVALID: { kind: 'invalid', title: 'The command is not known', help: 'See `vouchsafe --help`.' },
  ORGANISATION_REQUIRED: {
    kind: 'invalid',
    title: 'The organisation must be named',
    help: 'Send `organisation` with one of the ids in `organisations`.',
  },
  WORKER_CANNOT_BE_ASKED: {
    kind: 'unprocessable',
    title: 'The worker cannot be asked',
    help: 'See `detail`: restore or reactivate the worker, or put the missing e-mail address or date of birth on file.',
  },
  EXPIRY_IN_THE_PAST: {
    kind: 'unprocessable',
    title: 'The link would have expired already',
    help: 'Give more days, or send the request again: its days then count from now.',
  },
  LINK_INVALID: {
    kind: 'invalid',
    title: 'The link is not valid',
    help: 'It was used, has expired, or was replaced by a newer one. Ask for a new one.',
  },
  LINK_DEAD: {
    kind: 'notFound',
    title: 'This link no longer works',
    help: 'Ask your employer for a new one. What you have already sent is safe.',
  },
  PAGE_ONLY: {
    kind: 'forbidden',
    title: 'Only from the page itself',
    help: 'Open the link in a browser and use the page. Programs use the API with an access token.',
  },
  IDENTITY_REQUIRED: {
    kind: 'forbidden',
    title: 'Say who you are first',
    help: 'Open the link again and say your date of birth.',
  },
  IDENTITY_WRONG: {
    kind: 'unprocessable',
    title: 'The date of birth is another one',
    help: 'Check what was typed. After the last try the link stops working, and your employer sends a new one.',
  },
  PRIVACY_NOTICE_CHANGED: {
    kind: 'conflict',
    title: 'The privacy notice has changed',
    help: 'Read it again, then send.',
  },
  FILE_NAME_INVALID: {
    kind: 'invalid',
    title: 'The file name does not tell what the file is',
    help: 'Name it <source>-<YYYYMMDD_HHMMSS>.csv, <source>-DELTA-<timestamp>.csv or <source>-POS-<timestamp>.csv.',
  },
  FILE_FAULTY: {
    kind: 'invalid',
    title: 'The file cannot be read',
    help: 'Mend the file at the place named and send it again.',
  },
  TOKEN_MISSING: {
    kind: 'unauthenticated',
    title: 'No access token',
    help: 'Send `Authorization: Bearer <token>`.',
  },
  TOKEN_INVALID: {
    kind: 'unauthenticated',
    title: 'The access token is not valid',
    help: 'It is unknown, expired or revoked. Make a new one with `vouchsafe token create`.',
  },
  SESSION_INVALID: {
    kind: 'unauthenticated',
    title: 'The session is over',
    help: 'Sign in again with `POST /sign-in`.',
  },
  SIGN_IN_FAILED: {
    kind: 'unauthenticated',
    title: 'Signing in failed',
    help: 'Check what was typed. A forgotten password is set anew with `POST /password-reset`.',
  },
  SIGNATURE_INVALID: {
    kind: 'unauthenticated',
    title: 'The signature is not valid',
    help: 'Sign `<timestamp>.<body>` byte for byte with MAIL_EVENTS_KEY (HMAC-SHA-256), with a timestamp of now.',
  },
  SECOND_FACTOR_REQUIRED: {
    kind: 'unauthenticated',
    title: 'A second factor is needed',
    help: 'Send the same again with `secondFactor`, by one of the ways in `methods`.',
  },
  PARTNER_TOKEN_INVALID: {
    kind: 'unauthenticated',
    title: 'The access token is not valid',
    help: 'It is absent, unknown or expired. Get a new one from POST /api/partner/v1/oauth/token.json and send `Authorization: Bearer <token>`.',
  },
  SCOPE_MISSING: {
    kind: 'forbidden',
    title: 'A scope is missing',
    help: 'Ask for a token with the scopes in `missingScopes`; what a client may ask for is set by the operator.',
  },
  UPLOAD_LINK_INVALID: {
    kind: 'forbidden',
    title: 'The upload link is not valid',
    help: 'Use the link byte for byte as it was given, within its time. POST …/upload-link.json makes a new one.',
  },
  GRANT_MISSING: {
    kind: 'forbidden',
    title: 'A grant is missing',
    help: 'Use a token, or a user whose role, has the grant named in `detail`.',
  },
  SESSION_REQUIRED: {
    kind: 'forbidden',
    title: 'Only for signed-in users',
    help: 'Sign in with `POST /sign-in`; an access token has no user of its own.',
  },
  CSRF_REQUIRED: {
    kind: 'forbidden',
    title: 'The request may come from another site',
    help: 'Send `X-CSRF-Token` as `GET /me` gives it, from pages of PUBLIC_URL only.',
  },
  REAUTHENTICATE: {
    kind: 'forbidden',
    title: 'The sign-in is too long ago for this',
    help: 'Sign in again and repeat the request within ten minutes.',
  },
  PATH_FORBIDDEN: {
    kind: 'forbidden',
    title: 'That is not allowed in this folder',
    help: 'Send files to /upload; read and delete in /download.',
  },
  OPERATION_UNSUPPORTED: {
    kind: 'unsupported',
    title: 'The operation is not supported',
    help: 'Use one of the operations that are documented.',
  },
  ERASED_PERSON: {
    kind: 'gone',
    title: 'The person was erased',
    help: 'Nothing is kept of whoever was erased, and nothing can be answered about them.',
  },
  NOT_FOUND: { kind: 'notFound', title: 'Not found', help: 'Check the id or path.' },
  METHOD_NOT_ALLOWED: {
    kind: 'methodNotAllowed',
    title: 'The method is not allowed here',
    help: 'Use one of the methods in the `Allow` header.',
  },
  MEDIA_TYPE_UNSUPPORTED: {
    kind: 'unsupported',
    title: 'The media type is not supported',
    help: 'Send the body with a `Content-Type` that this route documents.',
  },
  BODY_TOO_LARGE: {
    kind: 'tooLarge',
    title: 'The body is too large',
    help: 'Send less at once; the limit is in `detail`.',
  },
  RANGE_UNSATISFIABLE: {
    kind: 'unsatisfiable',
    title: 'The file has no byte in this range',
    help: 'Ask for bytes below the size in `bytes`, or for the whole without `Range`.',
  },
  STORAGE_FULL: {
    kind: 'tooLarge',
    title: 'The storage of this account is full',
    help: 'Delete files that are no longer needed, or have the setting `sftp.storageMegabytes` raised.',
  },
  CONFLICT: {
    kind: 'conflict',
    title: 'It conflicts with the present state',
    help: 'Read the present state and decide anew.',
  },
  NAME_TAKEN: {
    kind: 'conflict',
    title: 'The name is taken',
    help: 'Choose another name, or use the one that has it.',
  },
  USER_EXISTS: {
    kind: 'conflict',
    title: 'The organisation has a user with this e-mail',
    help: 'Use the user named in `detail`, or another address.',
  },
  LAST_OWNER: {
    kind: 'conflict',
    title: 'An organisation keeps an owner',
    help: 'Make somebody else an owner first.',
  },
  ROLE_ABOVE_OWN: {
    kind: 'conflict',
    title: 'The role is above your own',
    help: 'Ask somebody who has this role.',
  },
  PLAN_STALE: {
    kind: 'conflict',
    title: 'The plan is stale',
    help: 'Something changed since it was made. Look at the new plan and apply its hash.',
  },
  IMPORT_STATE: {
    kind: 'conflict',
    title: 'The import run is not in a state that allows this',
    help: 'Read the run; its `status` tells what can be done with it.',
  },
  ALREADY_RUNNING: {
    kind: 'conflict',
    title: 'Vouchsafe is already running on this data',
    help: 'Stop the other process, or choose another DATA_DIR.',
  },
  VERSION_MISMATCH: {
    kind: 'stale',
    title: 'The resource has changed',
    help: 'Read it again and repeat the change with its present ETag.',
  },
  EXTERNAL_ID_TAKEN: {
    kind: 'conflict',
    title: 'Another worker has this external id',
    help: 'Use the worker named in `detail`, or another id.',
  },
  EMAIL_TAKEN: {
    kind: 'conflict',
    title: 'Another active worker has this e-mail',
    help: 'Give each active person an address of their own; the other is named in `detail`.',
  },
  CREDENTIAL_EXISTS: {
    kind: 'conflict',
    title: 'The worker has this credential already',
    help: 'Change the credential named in `detail` instead of making another one.',
  },
  CREDENTIAL_ID_TAKEN: {
    kind: 'conflict',
    title: 'The credential_id belongs to something else',
    help: 'Give each submission and each item an id of its own; the same submission again must have the same body.',
  },
  ASSET_ARRIVED: {
    kind: 'conflict',
    title: 'Another file has arrived for this asset',
    help: 'An asset never changes. Send a corrected file as a new submission, and revoke this one.',
  },
  SUBMISSION_STATE: {
    kind: 'conflict',
    title: 'The submission is not in a state that allows this',
    help: 'Ask for its status; `detail` says what would have to be so.',
  },
  NOT_CHECKABLE: {
    kind: 'conflict',
    title: 'No source can be asked about this credential',
    help: 'See `GET /registers` for the registers and which of them are connected.',
  },
  ATTACHMENTS_FULL: {
    kind: 'conflict',
    title: 'The credential has as many attachments as it may have',
    help: 'Delete one that is no longer needed, then send the file again.',
  },
  FILE_INFECTED: {
    kind: 'unprocessable',
    title: 'The virus scanner found something in the file',
    help: 'Nothing of it was kept. Scan the computer that it comes from, and send a clean copy.',
  },
  LIST_STATE: {
    kind: 'conflict',
    title: 'The version of the list is not in a state that allows this',
    help: 'Read the version; only one whose `status` is HELD waits for a decision.',
  },
  REVIEW_DECIDED: {
    kind: 'conflict',
    title: 'The review is decided',
    help: 'Somebody was faster, or its subject is gone. Read the review to see what became of it.',
  },
  REVIEW_SECOND_NEEDED: {
    kind: 'conflict',
    title: 'A second person has to decide',
    help: 'You have said what you want. Somebody else has to say the same (setting `review.fourEyes`).',
  },
  REVIEW_OWN_RECORD: {
    kind: 'forbidden',
    title: 'Nobody decides on their own record',
    help: 'Have somebody else decide it.',
  },
  POSITION_IN_USE: {
    kind: 'conflict',
    title: 'People hold the position',
    help: 'Give them another position first: `GET /workers?positionId=…` lists them.',
  },
  IDEMPOTENCY_MISMATCH: {
    kind: 'unprocessable',
    title: 'The Idempotency-Key belongs to another request',
    help: 'Use a new key for each new request.',
  },
  SECRET_SHOWN_ONCE: {
    kind: 'conflict',
    title: 'The first answer showed a secret and is not kept',
    help: 'The change was made: `id` names what it made. Rotate the secret if the first answer is lost.',
  },
  IDEMPOTENCY_RUNNING: {
    kind: 'conflict',
    title: 'The first request with this Idempotency-Key still runs',
    help: 'Wait a moment and repeat the request with the same key.',
  },
  TOO_MANY_REQUESTS: {
    kind: 'tooMany',
    title: 'Too many requests',
    help: 'Wait for the time in `Retry-After`.',
  },
  SANDBOX_ONLY: {
    kind: 'forbidden',
    title: 'Only in the sandbox',
    help: 'Start with SANDBOX=1 to move the clock.',
  },
  OUTBOUND_REFUSED: {
    kind: 'forbidden',
    title: 'The address may not be called',
    help: 'Only public https addresses may be called, unless the operator allows others.',
  },
  OUTBOUND_FAILED: {
    kind: 'unavailable',
    title: 'The other system did not answer',
    help: 'Try again later; the detail says what happened.',
  },
  STORAGE_FAULT: {
    kind: 'unavailable',
    title: 'The file storage failed',
    help: 'See `vouchsafe doctor`.',
  },
  DATABASE_UNAVAILABLE: {
    kind: 'unavailable',
    title: 'The database does not answer',
    help: 'See `vouchsafe doctor`.',
  },
  DATABASE_UNSAFE: {
    kind: 'unavailable',
    title: 'The database would not keep organisations apart',
    help: 'Do what the detail says, then start again.',
  },
  INTERNAL: {
    kind: 'internal',
    title: 'A fault of ours',
    help: 'Report it with the request id.',
  },
} as const satisfies Record<string, CatalogueEntry>

export type ErrorCode = keyof typeof errorCatalogue

/** One fault inside an input. `pointer` is a JSON pointer (RFC 6901) into what was sent. */
export interface Fault {
  readonly pointer: string
  readonly code: string
  readonly detail: string
}

export interface AppErrorOptions {
  readonly errors?: readonly Fault[]
  readonly cause?: unknown
  /** Machine-readable members that an adapter hands on beside the standard ones (never secrets). */
  readonly extra?: Readonly<Record<string, unknown>>
}

/** Every fault that the product reports on purpose. `detail` is one sentence for a person. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly errors: readonly Fault[]
  readonly extra: Readonly<Record<string, unknown>>

  constructor(code: ErrorCode, detail: string, options: AppErrorOptions = {}) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.errors = options.errors ?? []
    this.extra = options.extra ?? {}
  }

  get kind(): ErrorKind {
    return errorCatalogue[this.code].kind
  }
  get title(): string {
    return errorCatalogue[this.code].title
  }
  get help(): string {
    return errorCatalogue[this.code].help
  }
}

/** Whatever was thrown, as an `AppError`; what we did not foresee becomes `INTERNAL` with its cause kept. */
export function asAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown
  return new AppError('INTERNAL', 'Something went wrong on our side.', { cause: thrown })
}
