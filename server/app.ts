/** The composition: platform and features, in one explicit list. */
import { licenceStatusJobs, licenceStatusListeners } from './compliance/licence-status/licence-status.jobs.ts'
import { exportJobs, exportListeners } from './exchange/exports/exports.jobs.ts'
import { importJobs } from './exchange/imports/imports.jobs.ts'
import type { JobDefinition, ListenerDefinition } from './platform/runtime.ts'

export const jobs: readonly JobDefinition[] = [...licenceStatusJobs, ...importJobs, ...exportJobs]

export const listeners: readonly ListenerDefinition[] = [...licenceStatusListeners, ...exportListeners]
