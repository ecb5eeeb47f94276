/** When documents are read, and compared anew. */
import { systemCaller } from '../../platform/context.ts'
import type { JobDefinition, ListenerDefinition } from '../../platform/runtime.ts'
import {
  judgeCredential,
  judgeJob,
  queueDocument,
  queueJudging,
  queueJudgingOfWorkers,
  readDocument,
  readJob,
  readUnread,
  unreadJob,
  type DocumentCheckParts,
} from './document-checks.ts'

export const documentCheckJobs = (parts: DocumentCheckParts): readonly JobDefinition[] => [
  {
    kind: readJob,
    run: (runtime, { organisationId, subjectId }, signal) =>
      readDocument(runtime, parts, organisationId, subjectId, signal),
  },
  {
    kind: judgeJob,
    run: (runtime, { organisationId, subjectId }) =>
      runtime.write(organisationId, systemCaller, (ctx) => judgeCredential(ctx, parts, subjectId)),
  },
  { kind: unreadJob, run: (runtime, { organisationId }) => readUnread(runtime, organisationId) },
]

/** What a name on a document is compared with. */
const names: ReadonlySet<string> = new Set(['displayName', 'firstName', 'middleName', 'lastName'])

export const documentCheckListeners: readonly ListenerDefinition[] = [
  {
    name: 'document-checks.readable',
    types: ['attachment.readable'],
    run: (runtime, { organisationId, data }) =>
      runtime.write(organisationId, systemCaller, (ctx) =>
        queueDocument(ctx, data['attachmentId'] as string),
      ),
  },
  {
    name: 'document-checks.credentials',
    types: ['credential.updated', 'credential.verified'],
    run: (runtime, { organisationId, data }) =>
      runtime.write(organisationId, systemCaller, (ctx) =>
        queueJudging(ctx, data['credentialIds'] as readonly string[]),
      ),
  },
  {
    // Also where no document is left: what was open because of one ends.
    name: 'document-checks.moved',
    types: ['attachments.moved'],
    run: (runtime, { organisationId, data }) =>
      runtime.write(organisationId, systemCaller, (ctx) =>
        ctx.enqueueAll(judgeJob, data['credentialIds'] as readonly string[]),
      ),
  },
  {
    name: 'document-checks.workers',
    types: ['worker.updated'],
    run: async (runtime, { organisationId, data }) => {
      const { changed, workerIds } = data as { changed?: readonly string[]; workerIds: readonly string[] }
      // An import tells of many at once, and not of what.
      if (changed !== undefined && !changed.some((name) => names.has(name))) return
      await runtime.write(organisationId, systemCaller, (ctx) => queueJudgingOfWorkers(ctx, workerIds))
    },
  },
]
