/**
 * Virus scans: at the upload, and later of what came while the scanner did not answer (spec 40).
 *
 * Promises: what a scanner found something in is not kept; what it has not looked at waits, and is not read by the house until
 * then; when there is no scanner any more, nothing waits for it.
 */
import { systemCaller, type WriteContext } from '../../platform/context.ts'
import { AppError } from '../../platform/errors.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { releaseBlobs } from '../../platform/storage/sweeper.ts'
import type { ScanVerdict } from '../../platform/virus-scanner.ts'
import { factsOf, subjectOf } from './attachments.audit.rules.ts'
import type { AttachmentRecord, ScanState } from './attachments.schema.ts'
import * as store from './attachments.store.ts'

/** The timer of the next look at what waits; its subject is the organisation. */
export const scanTimer = 'attachments.scan'
const againMs = 60_000
/** Then the job makes room for others. */
const perJob = 500

async function verdictOn(runtime: Runtime, organisationId: string, blobKey: string): Promise<ScanVerdict> {
  const { scanner } = runtime
  if (!scanner) return { state: 'CLEAN' }
  const reader = await runtime.storage.open(organisationId, blobKey)
  try {
    return await scanner.scan(reader.stream())
  } finally {
    await reader.close()
  }
}

/** Refuses with FILE_INFECTED. */
export async function scanUpload(
  runtime: Runtime,
  organisationId: string,
  blobKey: string,
): Promise<ScanState> {
  if (!runtime.scanner) return 'OFF'
  const verdict = await verdictOn(runtime, organisationId, blobKey)
  if (verdict.state === 'INFECTED')
    throw new AppError(
      'FILE_INFECTED',
      `The virus scanner found ${verdict.name} in the file. Nothing of it was kept.`,
    )
  return verdict.state === 'CLEAN' ? 'CLEAN' : 'WAITING'
}

/** Looks again in a while. */
export async function awaitScan(ctx: WriteContext): Promise<void> {
  await ctx.setTimer({
    kind: scanTimer,
    subjectId: ctx.organisationId,
    dueAt: new Date(ctx.now.getTime() + againMs),
    isQuietTime: true,
    orEarlier: true,
  })
}

/** Has what waits looked at, oldest first, until the scanner falls silent. May be repeated, and stopped at any point. */
export async function scanWaiting(runtime: Runtime, organisationId: string): Promise<void> {
  const { scanner } = runtime
  const waiting = await runtime.read(organisationId, systemCaller, (ctx) => store.waitingForScan(ctx, perJob))
  let left = waiting.length === perJob
  for (const one of waiting) {
    const verdict = await verdictOn(runtime, organisationId, one.blobKey).catch((error: unknown) => {
      // It was deleted meanwhile.
      if (error instanceof AppError && error.code === 'NOT_FOUND') return undefined
      throw error
    })
    if (verdict === undefined) continue
    if (verdict.state !== 'UNKNOWN') {
      await runtime.write(organisationId, systemCaller, (ctx) =>
        settle(ctx, one.id, verdict, scanner ? 'CLEAN' : 'OFF'),
      )
      continue
    }
    left = true
    // Silent about this file only: the others behind it need not wait for that.
    if ((await scanner?.fault()) !== undefined) break
  }
  if (left) await runtime.write(organisationId, systemCaller, (ctx) => awaitScan(ctx))
}

async function settle(ctx: WriteContext, id: string, verdict: ScanVerdict, state: ScanState): Promise<void> {
  const one = await store.lockById(ctx, id)
  if (!one || one.scan !== 'WAITING') return
  if (verdict.state === 'INFECTED') return drop(ctx, one, verdict.name)
  await store.setScan(ctx, id, state)
  await ctx.emit({
    type: 'attachment.readable',
    data: { attachmentId: id, credentialId: one.credentialId },
  })
}

async function drop(ctx: WriteContext, one: AttachmentRecord, name: string): Promise<void> {
  await store.removeAttachment(ctx, one.id)
  await releaseBlobs(ctx, [one.blobKey])
  await ctx.audit({
    ...subjectOf(
      one.credentialId === null ? { heldFor: one.heldFor ?? '' } : { credentialId: one.credentialId },
    ),
    action: 'attachment.infected',
    changes: { ...factsOf(one), found: name },
  })
  ctx.log.warn(
    { attachmentId: one.id, found: name },
    'an attachment was removed: the virus scanner found something',
  )
}
