/** When the files of published lists are fetched. */
import type { JobDefinition } from '../../platform/runtime.ts'
import { fetchTimer } from './registers.list-settings.ts'
import { fetchList } from './registers.lists.ts'

export const registerJobs: readonly JobDefinition[] = [
  {
    kind: fetchTimer,
    run: (runtime, { organisationId, subjectId }) => fetchList(runtime, organisationId, subjectId),
  },
]
