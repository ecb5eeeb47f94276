/** Jobs of the imports: taking waiting files, letting held ones lapse. */
import { systemCaller } from '../../platform/context.ts'
import type { JobDefinition, ListenerDefinition } from '../../platform/runtime.ts'
import {
  followSchedule,
  followSilenceSettings,
  lapseRun,
  processRuns,
  refusalTimer,
  retimePickUp,
  silenceTimer,
  tellOfEvent,
  tellOfRefusal,
  tellSilence,
  tellTogether,
  togetherTimer,
} from './imports.ts'

export const importJobs: readonly JobDefinition[] = [
  {
    // The subject is the organisation (its waiting files) or one run.
    kind: 'imports.pickUp',
    run: (runtime, { organisationId, subjectId }) =>
      processRuns(runtime, organisationId, subjectId === organisationId ? undefined : subjectId),
  },
  {
    kind: 'imports.lapse',
    run: (runtime, { organisationId, subjectId }) =>
      runtime.write(organisationId, systemCaller, (ctx) => lapseRun(ctx, subjectId)),
  },
  {
    kind: silenceTimer,
    run: (runtime, { organisationId, subjectId }) =>
      runtime.write(organisationId, systemCaller, (ctx) => tellSilence(ctx, subjectId)),
  },
  {
    kind: refusalTimer,
    run: (runtime, { organisationId, subjectId }) => tellOfRefusal(runtime, organisationId, subjectId),
  },
  { kind: togetherTimer, run: (runtime, { organisationId }) => tellTogether(runtime, organisationId) },
]

export const importListeners: readonly ListenerDefinition[] = [
  {
    name: 'imports.schedule',
    types: ['settings.changed'],
    run: (runtime, { organisationId, data }) =>
      runtime.write(organisationId, systemCaller, async (ctx) => {
        await followSchedule(ctx, data['key'] as string)
        await followSilenceSettings(ctx, data['key'] as string)
      }),
  },
  {
    name: 'imports.clock',
    types: ['clock.moved'],
    run: (runtime, { organisationId }) =>
      runtime.write(organisationId, systemCaller, (ctx) => retimePickUp(ctx, { orEarlier: true })),
  },
  {
    name: 'imports.notices',
    types: ['import.held', 'import.failed', 'import.missing'],
    run: (runtime, event) => tellOfEvent(runtime, event),
  },
]
