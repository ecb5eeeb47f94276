/** When exports are written: after an import, daily, and when a decision changed what counts. */
import { systemCaller } from '../../platform/context.ts'
import type { JobDefinition, ListenerDefinition } from '../../platform/runtime.ts'
import { exportAfterImport, followClock, scheduleDaily, writeStatusExports } from './exports.ts'

export const exportJobs: readonly JobDefinition[] = [
  {
    kind: 'exports.daily',
    run: async (runtime, { organisationId }) => {
      await runtime.write(organisationId, systemCaller, (ctx) => scheduleDaily(ctx))
      await writeStatusExports(runtime, systemCaller, { organisationId, trigger: 'SCHEDULE' })
    },
  },
]

export const exportListeners: readonly ListenerDefinition[] = [
  {
    // No checks are queued by an import yet, so nothing is waited for (spec 50, A run, 7: "none queued = at once").
    name: 'exports.afterImport',
    types: ['import.completed'],
    run: (runtime, { organisationId }) => exportAfterImport(runtime, organisationId),
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
        await writeStatusExports(runtime, systemCaller, { organisationId, trigger: 'SETTINGS' })
    },
  },
]
