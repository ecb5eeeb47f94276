/** When exports are written: after an import, daily, and when a decision changed what counts. */
import { systemCaller } from '../../platform/context.ts'
import type { JobDefinition, ListenerDefinition } from '../../platform/runtime.ts'
import {
  endSettling,
  exportAfterImport,
  followClock,
  scheduleDaily,
  settledJob,
  settlingTimer,
  writeExports,
} from './exports.ts'

export const exportJobs: readonly JobDefinition[] = [
  {
    kind: 'exports.daily',
    run: async (runtime, { organisationId }) => {
      await runtime.write(organisationId, systemCaller, (ctx) => scheduleDaily(ctx))
      await writeExports(runtime, systemCaller, { organisationId, trigger: 'SCHEDULE' })
    },
  },
  {
    kind: settlingTimer,
    run: (runtime, { organisationId, subjectId }) =>
      runtime.write(organisationId, systemCaller, (ctx) => endSettling(ctx, subjectId)),
  },
  {
    kind: settledJob,
    run: (runtime, { organisationId }) =>
      writeExports(runtime, systemCaller, { organisationId, trigger: 'IMPORT' }),
  },
]

export const exportListeners: readonly ListenerDefinition[] = [
  {
    name: 'exports.afterImport',
    types: ['import.completed'],
    run: (runtime, { organisationId, data }) =>
      exportAfterImport(runtime, organisationId, data['importId'] as string),
  },
  {
    name: 'exports.settled',
    types: ['checks.settled'],
    run: (runtime, { organisationId, data }) =>
      runtime.write(organisationId, systemCaller, (ctx) => endSettling(ctx, data['importId'] as string)),
  },
  {
    name: 'exports.settings',
    types: ['settings.changed'],
    run: async (runtime, { organisationId, data }) => {
      if (data['key'] !== 'export.schedule' && data['key'] !== 'timeZone') return
      await runtime.write(organisationId, systemCaller, (ctx) => scheduleDaily(ctx))
    },
  },
  {
    name: 'exports.clock',
    types: ['clock.moved'],
    run: (runtime, { organisationId }) =>
      runtime.write(organisationId, systemCaller, (ctx) => followClock(ctx)),
  },
  {
    // A decision about what counts changed statuses: the systems downstream should not wait for tomorrow.
    name: 'exports.decisions',
    types: ['compliance.changed'],
    run: async (runtime, { organisationId, data }) => {
      if (data['cause'] === 'SETTINGS')
        await writeExports(runtime, systemCaller, { organisationId, trigger: 'SETTINGS' })
    },
  },
]
