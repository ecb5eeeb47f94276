/** The composition: what the house is made of, in one explicit list each. */
import { attachmentBlobs } from './evidence/attachments/attachments.ts'
import { attachmentJobs } from './evidence/attachments/attachments.jobs.ts'
import { attachmentRoutes } from './evidence/attachments/attachments.routes.ts'
import { checkJobs, checkListeners } from './evidence/checks/checks.jobs.ts'
import { checkRoutes } from './evidence/checks/checks.routes.ts'
import { banCheckJobs, banCheckListeners } from './evidence/ban-checks/ban-checks.jobs.ts'
import { banCheckRoutes } from './evidence/ban-checks/ban-checks.routes.ts'
import { publishedListBlobs } from './evidence/published-lists/published-lists.ts'
import { registerJobs } from './evidence/registers/registers.jobs.ts'
import { listCommands } from './evidence/registers/registers.lists.commands.ts'
import { listRoutes } from './evidence/registers/registers.lists.routes.ts'
import { reviewListeners } from './evidence/reviews/reviews.jobs.ts'
import { reviewRoutes } from './evidence/reviews/reviews.routes.ts'
import { signedDocumentRoutes } from './evidence/signed-documents/signed-documents.routes.ts'
import { signedDocumentCommands } from './evidence/signed-documents/signed-documents.commands.ts'
import { documentCheckJobs, documentCheckListeners } from './evidence/document-checks/document-checks.jobs.ts'
import type { ReadingEngine } from './evidence/document-reading/document-reading.schema.ts'
import { registerCommands } from './evidence/registers/registers.commands.ts'
import { registerRoutes } from './evidence/registers/registers.routes.ts'
import { waitingFor } from './evidence/checks/checks.ts'
import { answerJobs, answerListeners } from './compliance/answers/answers.jobs.ts'
import { answerRoutes } from './compliance/answers/answers.routes.ts'
import { licenceStatusJobs, licenceStatusListeners } from './compliance/licence-status/licence-status.jobs.ts'
import { workerPageFiles } from './collection/worker-page/worker-page.assets.routes.ts'
import { workerPageOperations } from './collection/worker-page/worker-page.routes.ts'
import { isAlive } from './collection/worker-page/worker-page.ts'
import { fetchRequestMails } from './collection/fetch-requests/fetch-requests.emails.ts'
import { fetchRequestJobs, fetchRequestListeners } from './collection/fetch-requests/fetch-requests.jobs.ts'
import { heldDocument } from './collection/fetch-requests/fetch-requests.ts'
import { fetchRequestRoutes } from './collection/fetch-requests/fetch-requests.routes.ts'
import { exportCommands } from './exchange/exports/exports.commands.ts'
import { exportRoutes } from './exchange/exports/exports.routes.ts'
import { exportJobs, exportListeners } from './exchange/exports/exports.jobs.ts'
import { fileExchangeRoutes } from './exchange/file-exchange/file-exchange.routes.ts'
import { banCommands } from './exchange/file-exchange/file-exchange.bans.commands.ts'
import { fileExchangeCommands } from './exchange/file-exchange/file-exchange.commands.ts'
import { fileExchangeJobs, fileExchangeListeners } from './exchange/file-exchange/file-exchange.jobs.ts'
import { exportBlobs } from './exchange/exports/exports.ts'
import { fileExchangeBlobs } from './exchange/file-exchange/file-exchange.ts'
import { importBlobs } from './exchange/imports/imports.ts'
import { importCommands } from './exchange/imports/imports.commands.ts'
import { importRoutes } from './exchange/imports/imports.routes.ts'
import { importJobs, importListeners } from './exchange/imports/imports.jobs.ts'
import { partnerCommands } from './issuing/partners/partners.commands.ts'
import { partnerJobs } from './issuing/partners/partners.jobs.ts'
import { partnerRoutes } from './issuing/partners/partners.routes.ts'
import { submissionCommands } from './issuing/submissions/submissions.commands.ts'
import { submissionJobs } from './issuing/submissions/submissions.jobs.ts'
import { submissionRoutes } from './issuing/submissions/submissions.routes.ts'
import { partnerBasePath, submissionBlobs } from './issuing/submissions/submissions.ts'
import { operatorCommands } from './operator.commands.ts'
import type { CommandDefinition } from './platform/cli/command.ts'
import type { Contract } from './platform/http/contract-route.ts'
import { httpJobs } from './platform/http/http.jobs.ts'
import type { MailDefinition, MailParts } from './platform/mail/mail-definition.ts'
import { mailJobs } from './platform/mail/mail.jobs.ts'
import { storageJobs } from './platform/storage/sweeper.jobs.ts'
import type { BlobOwner } from './platform/storage/sweeper.ts'
import type { PageOperation, PageRoute } from './platform/http/pages.ts'
import type { Route } from './platform/http/route.ts'
import type { JobDefinition, ListenerDefinition, Runtime } from './platform/runtime.ts'
import { accessRoutes } from './tenancy/access/access.routes.ts'
import { accessCommands } from './tenancy/access/access.commands.ts'
import { eventFeedRoutes } from './tenancy/event-feed/event-feed.routes.ts'
import { outboxCommands } from './tenancy/outbox/outbox.commands.ts'
import { outboxRoutes } from './tenancy/outbox/outbox.routes.ts'
import { organisationRoutes } from './tenancy/organisations/organisations.routes.ts'
import { mailIdentity } from './tenancy/organisations/organisations.ts'
import { organisationCommands } from './tenancy/organisations/organisations.commands.ts'
import { userCommands } from './tenancy/users/users.commands.ts'
import { singleSignOnRoutes } from './tenancy/users/users.oidc.routes.ts'
import { userRoutes } from './tenancy/users/users.routes.ts'
import { passkeyRoutes } from './tenancy/users/users.passkeys.routes.ts'
import { secondFactorRoutes } from './tenancy/users/users.second-factors.routes.ts'
import { sessionRoutes } from './tenancy/users/users.sessions.routes.ts'
import { credentialRoutes, credentialSummaryExample } from './workforce/credentials/credentials.routes.ts'
import { credentialSummary } from './workforce/credentials/credentials.schema.ts'
import { credentialSummaries } from './workforce/credentials/credentials.ts'
import { positionRoutes } from './workforce/positions/positions.routes.ts'
import { workerRoutes } from './workforce/workers/workers.routes.ts'
import { activeHolders } from './workforce/workers/workers.ts'
import { credentialTypeCommands } from './workforce/credential-types/credential-types.commands.ts'
import { credentialTypeRoutes } from './workforce/credential-types/credential-types.routes.ts'

/** Everything that names files in the storage: what none of them names is cleared away. */
export const blobOwners: readonly BlobOwner[] = [
  attachmentBlobs,
  publishedListBlobs,
  importBlobs,
  exportBlobs,
  fileExchangeBlobs,
  submissionBlobs,
]

/** The kinds of mail that are rendered when they are sent. */
export const mailDefinitions: readonly MailDefinition[] = [...fetchRequestMails]

const mailParts: MailParts = { definitions: mailDefinitions, identityOf: mailIdentity }

export const jobs: readonly JobDefinition[] = [
  ...httpJobs,
  ...mailJobs(mailParts),
  ...storageJobs(blobOwners),
  ...attachmentJobs,
  ...registerJobs,
  ...checkJobs,
  ...banCheckJobs,
  ...licenceStatusJobs,
  ...answerJobs,
  ...fetchRequestJobs,
  ...importJobs,
  ...exportJobs,
  ...fileExchangeJobs,
  ...partnerJobs,
  ...submissionJobs,
]

/** Those that read documents, with the engine that does. */
export const documentJobs = (engine: ReadingEngine): readonly JobDefinition[] =>
  documentCheckJobs({ engine, heldDocument })

export const listeners: readonly ListenerDefinition[] = [
  ...checkListeners,
  ...reviewListeners,
  ...documentCheckListeners,
  ...banCheckListeners,
  ...licenceStatusListeners,
  ...answerListeners,
  ...fetchRequestListeners,
  ...importListeners,
  ...exportListeners,
  ...fileExchangeListeners,
]

export const routes: readonly Route[] = [
  ...workerRoutes({
    credentials: {
      attributes: credentialSummary,
      example: credentialSummaryExample,
      of: credentialSummaries,
    },
  }),
  ...credentialRoutes,
  ...attachmentRoutes,
  ...checkRoutes,
  ...reviewRoutes,
  ...banCheckRoutes,
  ...registerRoutes(waitingFor),
  ...signedDocumentRoutes,
  ...listRoutes,
  ...positionRoutes(activeHolders),
  ...answerRoutes,
  ...credentialTypeRoutes,
  ...fetchRequestRoutes,
  ...importRoutes,
  ...exportRoutes,
  ...userRoutes,
  ...sessionRoutes,
  ...secondFactorRoutes,
  ...passkeyRoutes,
  ...singleSignOnRoutes,
  ...fileExchangeRoutes,
  ...organisationRoutes,
  ...accessRoutes,
  ...eventFeedRoutes,
  ...outboxRoutes(mailParts),
]

/** The interface for issuers that push credentials to people, as it was published (spec 80). */
export const partnerContract: Contract = {
  basePath: partnerBasePath,
  title: 'Vouchsafe for issuers',
  description:
    'Issuers offer credentials to a person, who accepts and keeps them. Get a token, send a batch, send the person to `redirect_uri`, put the files to their links, and ask for the status.',
  tokenDescription: 'An access token (`vpt_…`) of `POST /v1/oauth/token.json`.',
  tags: {
    Access: 'Tokens for the systems of a partner (OAuth 2.0, client credentials).',
    Adding: 'Offering credentials to a person: all of a submission is kept, or nothing.',
    Files: 'The files that were declared with a submission, each put to a link of its own.',
    Status: 'How far a submission is, and taking it back.',
  },
  routes: [...partnerRoutes, ...submissionRoutes],
}

export const contracts: readonly Contract[] = [partnerContract]

/** What people open in a browser, outside the API. Throws where an installation lacks its bundles. */
export const pages = (runtime: Runtime): readonly PageRoute[] => [
  ...workerPageFiles((token) => isAlive(runtime, token)),
]

/** What those pages do. */
export const pageOperations: readonly PageOperation[] = [...workerPageOperations]

/** What the routes of each tag are about, for the API's documentation. */
export const tags: Readonly<Record<string, string>> = {
  Workers: 'The people whose credentials are watched: staff, contractors, volunteers, students.',
  Credentials:
    'Registrations, checks, licences and trainings that a worker holds, and what is known of each.',
  Reviews: 'What a person has to decide: documents, uncertain answers, likenesses on lists, and the like.',
  Registers: 'The authorities whose word decides, how each is asked, and how it has answered.',
  Compliance:
    'Whether people may work their positions: now, and at any past instant, with what is lacking and what it rests on.',
  'Signed documents':
    'Diplomas, badges and certificates that carry a signature: what each is worth, and whose signatures are believed.',
  Positions: 'The roles that people are rostered for, and which credentials each requires.',
  'Credential types': 'What can be held and checked, and what an organisation’s own codes stand for.',
  'Fetch requests':
    'Asking workers for credentials by a secure link: what was asked, how far they are, what they supplied.',
  Imports: 'Files of workers and credentials that came in: what became of each row, and plans that wait.',
  Exports: 'Files with each person’s licence status, for the systems that roster them.',
  SFTP: 'Accounts of the systems that exchange files, the files that lie there, and the server’s fingerprints.',
  Organisation: 'The organisation’s name and settings, with the schema of what can be set.',
  'Access tokens': 'Keys of this API: what each may do and until when. The token itself is shown once.',
  Users: 'People who work with the organisation’s data in the console: invitations, roles, states.',
  'Signing in': 'Sessions of users: with a password, a passkey, or single sign-on; and forgotten passwords.',
  'Second factors': 'Authenticator apps, passkeys and recovery codes of the user who is signed in.',
  Outbox: 'Every mail that the product wrote, and what became of it.',
  Events: 'What happened, in order: the feed for those without webhooks.',
}

export const commands: readonly CommandDefinition[] = [
  ...organisationCommands,
  ...accessCommands,
  ...userCommands,
  ...credentialTypeCommands,
  ...registerCommands,
  ...signedDocumentCommands,
  ...listCommands,
  ...fileExchangeCommands,
  ...banCommands,
  ...importCommands,
  ...exportCommands,
  ...partnerCommands,
  ...submissionCommands,
  ...outboxCommands,
  ...operatorCommands,
]
