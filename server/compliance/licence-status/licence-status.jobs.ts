/** When statuses are computed: after what changes them, and on the day on which time does. */
import type { JobDefinition, ListenerDefinition } from '../../platform/runtime.ts'
import { recomputeDue, recomputeWorkers } from './licence-status.ts'

export const licenceStatusJobs: readonly JobDefinition[] = [
  {
    kind: 'licence-status.recompute',
    run: async (runtime, { organisationId }) => void (await recomputeDue(runtime, organisationId)),
  },
]

export const licenceStatusListeners: readonly ListenerDefinition[] = [
  {
    name: 'licence-status.changes',
    types: ['import.completed'],
    run: async (runtime, event) => void (await recomputeDue(runtime, event.organisationId)),
  },
  {
    name: 'licence-status.credentials',
    types: ['credential.added', 'credential.updated', 'credential.verified', 'credential.deleted'],
    skipsImports: true,
    run: async (runtime, event) => void (await recomputeDue(runtime, event.organisationId)),
  },
  {
    name: 'licence-status.workers',
    // Imports mark what they change themselves.
    types: ['worker.updated'],
    skipsImports: true,
    run: async (runtime, { organisationId, data }) => {
      const { changed, workerIds } = data as { changed?: readonly string[]; workerIds: readonly string[] }
      if (changed?.includes('workerType')) await recomputeWorkers(runtime, organisationId, workerIds)
    },
  },
  {
    name: 'licence-status.settings',
    types: ['settings.changed'],
    run: async (runtime, { organisationId, data }) => {
      if (data['key'] !== 'import.acceptDeclared' && data['key'] !== 'timeZone') return
      await recomputeDue(runtime, organisationId)
    },
  },
]
