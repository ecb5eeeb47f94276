/** Jobs and listeners of the file exchange: delivering what was made, throwing away what was never finished. */
import { systemCaller } from '../../platform/context.ts'
import type { JobDefinition, ListenerDefinition } from '../../platform/runtime.ts'
import {
  clearUp,
  deliverExport,
  deliverRun,
  expirePartial,
  partialTimer,
  retentionTimer,
  timeRetention,
} from './file-exchange.ts'

export const fileExchangeJobs: readonly JobDefinition[] = [
  {
    kind: partialTimer,
    run: (runtime, { organisationId, subjectId }) =>
      expirePartial(runtime, systemCaller, organisationId, subjectId),
  },
  {
    kind: retentionTimer,
    run: (runtime, { organisationId }) => clearUp(runtime, organisationId),
  },
]

export const fileExchangeListeners: readonly ListenerDefinition[] = [
  {
    name: 'file-exchange.runs',
    types: ['import.completed', 'import.held', 'import.planned', 'import.failed', 'import.ended'],
    run: (runtime, { organisationId, data }) =>
      deliverRun(runtime, organisationId, data['importId'] as string),
  },
  {
    name: 'file-exchange.exports',
    types: ['export.ready'],
    run: (runtime, { organisationId, data }) =>
      deliverExport(runtime, organisationId, data['exportId'] as string),
  },
  {
    name: 'file-exchange.clock',
    types: ['clock.moved'],
    run: (runtime, { organisationId }) =>
      runtime.write(organisationId, systemCaller, (ctx) => timeRetention(ctx)),
  },
]
