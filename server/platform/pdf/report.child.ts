/** The child process that draws reports (report-writer.ts). */
import { serveTasks } from '../child-tasks.ts'
import { drawReport } from './draw-report.ts'
import type { PdfReport } from './pdf-report.rules.ts'

serveTasks<PdfReport, Uint8Array>(drawReport)
