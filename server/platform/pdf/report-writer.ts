/** Reports as PDF, drawn in a child process: a table of hundreds of rows would hold up everything else for seconds. */
import { openChildPool } from '../child-pool.ts'
import { AppError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { PdfReport } from './pdf-report.rules.ts'

export interface ReportWriter {
  /** The same report gives the same bytes. `INTERNAL` when it could not be drawn. */
  write(report: PdfReport): Promise<Buffer>
  close(): void
}

const timeMs = 60_000
const memoryBytes = 1_073_741_824

/** Starts nothing: its process comes with the first report, and goes when no more are asked for. */
export function openReportWriter({ log }: { readonly log: Log }): ReportWriter {
  const pool = openChildPool<PdfReport, Uint8Array>({
    entry: new URL('report.child.ts', import.meta.url),
    size: 1,
    timeMs,
    memoryBytes,
    log,
  })
  return {
    async write(report) {
      const { result, death } = await pool.run(() => Promise.resolve(report))
      if (result) return Buffer.from(result)
      throw death === 'CLOSED'
        ? new AppError('STORAGE_FAULT', 'The server is closing. Ask for the report again in a moment.')
        : new AppError('INTERNAL', `The report could not be drawn: its process ended (${death ?? ''}).`)
    },
    close: () => pool.close(),
  }
}
