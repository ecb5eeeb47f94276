/** Jobs of the imports: taking waiting files, letting held ones lapse. */
import { systemCaller } from '../../platform/context.ts'
import type { JobDefinition } from '../../platform/runtime.ts'
import { lapseRun, processRuns } from './imports.ts'

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
]
