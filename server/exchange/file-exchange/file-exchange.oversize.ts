/** What is above the limit of a file, or of what its account may store: it is thrown away, and a report says why. */
import { AppError } from '../../platform/errors.ts'
import { bestEffort } from '../../platform/log.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { putReport, reportOnSize, reportOnStorage, type Report } from './file-exchange.arrivals.ts'
import { forgetUpload, type ExchangeSession, type Upload } from './file-exchange.open-uploads.ts'
import { partialTimer } from './file-exchange.partials.ts'
import * as store from './file-exchange.store.ts'

export const storageFull = ({ share }: Upload): AppError =>
  new AppError('STORAGE_FULL', `The account's files take at most ${share.bytesMax} bytes here.`)

/** Refuses, with BODY_TOO_LARGE or STORAGE_FULL, to let the file have so many bytes. */
export async function checkSize(
  runtime: Runtime,
  session: ExchangeSession,
  upload: Upload,
  bytes: number,
): Promise<void> {
  const { name, bytesMax, share } = upload
  const { organisationId } = session
  if (bytes > bytesMax) {
    const tooLarge = new AppError('BODY_TOO_LARGE', `A file has at most ${bytesMax} bytes here.`)
    await throwAway(runtime, session, upload, tooLarge, bytesMax, () =>
      reportOnSize(runtime, organisationId, name, bytesMax),
    )
  }
  if (!share.grow(bytes)) {
    await throwAway(runtime, session, upload, storageFull(upload), share.bytesMax, () =>
      reportOnStorage(runtime, organisationId, name, share.bytesMax),
    )
  }
}

async function throwAway(
  runtime: Runtime,
  session: ExchangeSession,
  upload: Upload,
  why: AppError,
  bytesMax: number,
  writeReport: () => Promise<Report>,
): Promise<never> {
  const { organisationId, caller } = session
  upload.end = why
  forgetUpload(upload)
  const report = await writeReport()
  await runtime.write(organisationId, caller, async (ctx) => {
    await store.lockTree(ctx)
    await store.deleteFile(ctx, upload.fileId)
    await ctx.clearTimer(partialTimer, upload.fileId)
    await putReport(ctx, upload.fileId, report)
    await ctx.audit({
      entityType: 'sftpFile',
      entityId: upload.fileId,
      action: 'refuse',
      changes: {
        folder: upload.folder,
        fileName: upload.name,
        code: why.code,
        bytesMax,
      },
    })
  })
  await bestEffort(runtime.log, 'the sweeper finds what is left', upload.staged.discard())
  throw why
}
