/** What partners need done without being asked. */
import { systemCaller } from '../../platform/context.ts'
import type { JobDefinition } from '../../platform/runtime.ts'
import { dailyTimer, runDaily } from './partners.ts'

export const partnerJobs: readonly JobDefinition[] = [
  {
    kind: dailyTimer,
    run: (runtime, { organisationId }) => runtime.write(organisationId, systemCaller, (ctx) => runDaily(ctx)),
  },
]
