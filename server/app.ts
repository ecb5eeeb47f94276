/** The composition: what the house is made of, in one explicit list each. */
import { licenceStatusJobs, licenceStatusListeners } from './compliance/licence-status/licence-status.jobs.ts'
import { exportCommands } from './exchange/exports/exports.commands.ts'
import { exportRoutes } from './exchange/exports/exports.routes.ts'
import { exportJobs, exportListeners } from './exchange/exports/exports.jobs.ts'
import { fileExchangeRoutes } from './exchange/file-exchange/file-exchange.routes.ts'
import { fileExchangeCommands } from './exchange/file-exchange/file-exchange.commands.ts'
import { fileExchangeJobs, fileExchangeListeners } from './exchange/file-exchange/file-exchange.jobs.ts'
import { importCommands } from './exchange/imports/imports.commands.ts'
import { importRoutes } from './exchange/imports/imports.routes.ts'
import { importJobs } from './exchange/imports/imports.jobs.ts'
import { operatorCommands } from './operator.commands.ts'
import type { CommandDefinition } from './platform/cli/command.ts'
import { httpJobs } from './platform/http/http.jobs.ts'
import type { Route } from './platform/http/route.ts'
import type { JobDefinition, ListenerDefinition } from './platform/runtime.ts'
import { accessRoutes } from './tenancy/access/access.routes.ts'
import { accessCommands } from './tenancy/access/access.commands.ts'
import { eventFeedRoutes } from './tenancy/event-feed/event-feed.routes.ts'
import { organisationRoutes } from './tenancy/organisations/organisations.routes.ts'
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

export const jobs: readonly JobDefinition[] = [
  ...httpJobs,
  ...licenceStatusJobs,
  ...importJobs,
  ...exportJobs,
  ...fileExchangeJobs,
]

export const listeners: readonly ListenerDefinition[] = [
  ...licenceStatusListeners,
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
  ...positionRoutes(activeHolders),
  ...credentialTypeRoutes,
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
]

export const commands: readonly CommandDefinition[] = [
  ...organisationCommands,
  ...accessCommands,
  ...userCommands,
  ...credentialTypeCommands,
  ...fileExchangeCommands,
  ...importCommands,
  ...exportCommands,
  ...operatorCommands,
]
