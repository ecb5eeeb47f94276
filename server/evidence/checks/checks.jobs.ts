/** When sources are asked: at each turn, and sooner after what changes. */
import { systemCaller } from '../../platform/context.ts'
import type { JobDefinition, ListenerDefinition } from '../../platform/runtime.ts'
import {
  askAnew,
  askDue,
  askTimer,
  askedOfWorker,
  dismissRegister,
  enrol,
  queueChanged,
  queueChecksOfWorkers,
} from './checks.ts'

export const checkJobs: readonly JobDefinition[] = [
  {
    // The subject is the register.
    kind: askTimer,
    run: (runtime, { organisationId, subjectId }) => askDue(runtime, organisationId, subjectId),
  },
]

export const checkListeners: readonly ListenerDefinition[] = [
  {
    name: 'checks.credentials',
    types: ['credential.added', 'credential.updated'],
    // Imports queue what they change themselves.
    skipsImports: true,
    run: (runtime, { organisationId, data }) =>
      runtime.write(organisationId, systemCaller, (ctx) =>
        queueChanged(ctx, data['credentialIds'] as readonly string[]),
      ),
  },
  {
    name: 'checks.workers',
    types: ['worker.updated', 'worker.reactivated'],
    skipsImports: true,
    run: async (runtime, { organisationId, type, data }) => {
      const { changed, workerIds } = data as { changed?: readonly string[]; workerIds: readonly string[] }
      if (type === 'worker.updated' && !changed?.some((name) => askedOfWorker.has(name))) return
      await runtime.write(organisationId, systemCaller, (ctx) => queueChecksOfWorkers(ctx, workerIds))
    },
  },
  {
    name: 'checks.connected',
    types: ['register.connected'],
    run: (runtime, { organisationId, data }) => enrol(runtime, organisationId, data['register'] as string),
  },
  {
    name: 'checks.disconnected',
    types: ['register.disconnected'],
    run: (runtime, { organisationId, data }) =>
      dismissRegister(runtime, organisationId, data['register'] as string),
  },
  {
    name: 'checks.clock',
    types: ['clock.moved'],
    run: (runtime, { organisationId }) => runtime.write(organisationId, systemCaller, (ctx) => askAnew(ctx)),
  },
]
