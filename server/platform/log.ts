/** Structured logs. They carry ids, never names, numbers, tokens or bodies (spec 90, Privacy). */
import { pino } from 'pino'

export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
  child(fields: Record<string, unknown>): Log
}

/** JSON lines on standard error, so that a command's output on standard output stays its own. */
export function createLog(level: string): Log {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2))
}

export const silentLog: Log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLog,
}

/** For an error that is ignored on purpose: says why, and keeps a trace of it. */
export async function bestEffort(log: Log, why: string, work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch (error) {
    log.warn({ err: error, why }, 'ignored on purpose')
  }
}
