/** What fails a file as a whole (spec 50, Files): one error, with the rule that was broken and where. Pure. */
import { AppError } from './errors.ts'

/** `line` and `column` count from 1; a column is a place in the line or, where the header is at fault, a column's name. */
export function fileFaulty(
  rule: string,
  detail: string,
  line: number,
  column: number | string | null = null,
): AppError {
  return new AppError('FILE_FAULTY', detail, { extra: { rule, line, column } })
}
