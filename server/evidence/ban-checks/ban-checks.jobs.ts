/** When workers are looked for in the ban lists: at every change of a list, and of what is compared of a worker. */
import { systemCaller } from '../../platform/context.ts'
import type { JobDefinition, ListenerDefinition } from '../../platform/runtime.ts'
import {
  comparedFields,
  forgetRegister,
  heedDecision,
  screenAnew,
  screenEverybody,
  screenJob,
  screenOwners,
  screenWorkers,
} from './ban-checks.ts'

export const banCheckJobs: readonly JobDefinition[] = [
  {
    kind: screenJob,
    run: (runtime, { organisationId, subjectId }) => screenEverybody(runtime, organisationId, subjectId),
  },
]

export const banCheckListeners: readonly ListenerDefinition[] = [
  {
    name: 'banChecks.lists',
    types: ['list.changed'],
    run: (runtime, { organisationId, data }) =>
      runtime.write(organisationId, systemCaller, (ctx) =>
        ctx.enqueue(screenJob, data['register'] as string),
      ),
  },
  {
    name: 'banChecks.workers',
    types: ['worker.created', 'worker.updated', 'worker.reactivated'],
    run: async (runtime, { organisationId, type, data }) => {
      const { changed, workerIds } = data as { changed?: readonly string[]; workerIds: readonly string[] }
      if (type === 'worker.updated' && changed && !changed.some((name) => comparedFields.has(name))) return
      await screenWorkers(runtime, organisationId, workerIds)
    },
  },
  {
    name: 'banChecks.numbers',
    types: ['credential.added', 'credential.updated', 'credential.deleted'],
    run: (runtime, { organisationId, data }) =>
      screenOwners(runtime, organisationId, data['credentialIds'] as readonly string[]),
  },
  {
    name: 'banChecks.decided',
    types: ['review.decided'],
    run: (runtime, { organisationId, data }) => heedDecision(runtime, organisationId, data),
  },
  {
    name: 'banChecks.connected',
    types: ['register.connected'],
    run: (runtime, { organisationId, data }) =>
      runtime.write(organisationId, systemCaller, (ctx) => screenAnew(ctx, data['register'] as string)),
  },
  {
    name: 'banChecks.disconnected',
    types: ['register.disconnected'],
    run: (runtime, { organisationId, data }) =>
      forgetRegister(runtime, organisationId, data['register'] as string),
  },
]
