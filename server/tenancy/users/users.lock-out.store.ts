/**
 * The table `sign_in_failures`: shared by every node, asked before a scope is known. Its subjects are keyed hashes, so that
 * the table tells nobody's address.
 */
import { sql, type Database, type Tx } from '../../platform/db/database.ts'
import { failuresForgottenMs, lockMs } from './users.rules.ts'

/** How many forgotten ones an attempt clears away on its way. */
const cleared = 50

/**
 * Counts an attempt as failed before it is judged, for each of the subjects: whatever runs at once, no more are tried than
 * are allowed. Resolves to when the last lock ends, and counts nothing, while one of them is locked.
 */
export function reserveAttempt(
  db: Database,
  subjects: readonly Buffer[],
  now: Date,
): Promise<Date | undefined> {
  return db.installation(async (tx) => {
    const forgotten = new Date(now.getTime() - failuresForgottenMs)
    await tx.run(sql`delete from sign_in_failures where subject in (
      select subject from sign_in_failures where last_at <= ${forgotten} limit ${cleared} for update skip locked)`)
    // In one order, so that two attempts do not wait for each other.
    const ordered = [...subjects].sort(Buffer.compare)
    let lockedUntil: Date | undefined
    const counted: { subject: Buffer; failures: number }[] = []
    for (const subject of ordered) {
      await tx.run(sql`insert into sign_in_failures (subject, failures, last_at) values (${subject}, 0, ${now})
        on conflict (subject) do nothing`)
      const row = await tx.one<{ failures: number; lockedUntil: Date | null; lastAt: Date }>(
        sql`select failures, locked_until as "lockedUntil", last_at as "lastAt" from sign_in_failures where subject = ${subject} for update`,
      )
      if (row.lockedUntil !== null && row.lockedUntil > now) {
        if (lockedUntil === undefined || row.lockedUntil > lockedUntil) lockedUntil = row.lockedUntil
      }
      counted.push({ subject, failures: (row.lastAt <= forgotten ? 0 : row.failures) + 1 })
    }
    if (lockedUntil !== undefined) return lockedUntil
    for (const { subject, failures } of counted) await saveFailures(tx, subject, failures, now)
    return undefined
  })
}

async function saveFailures(tx: Tx, subject: Buffer, failures: number, now: Date): Promise<void> {
  const lock = lockMs(failures)
  const lockedUntil = lock === 0 ? null : new Date(now.getTime() + lock)
  await tx.run(sql`update sign_in_failures set failures = ${failures}, last_at = ${now}, locked_until = ${lockedUntil}
    where subject = ${subject}`)
}

/** What was reserved was no failure, and no success yet either. */
export async function releaseAttempt(db: Database, subjects: readonly Buffer[]): Promise<void> {
  await db.installation(async (tx) => {
    for (const subject of [...subjects].sort(Buffer.compare))
      await tx.run(
        sql`update sign_in_failures set failures = greatest(failures - 1, 0), locked_until = null where subject = ${subject}`,
      )
  })
}

/** Nothing is held against them any more. */
export async function clearFailures(db: Database, subjects: readonly Buffer[]): Promise<void> {
  await db.installation(async (tx) => {
    for (const subject of [...subjects].sort(Buffer.compare))
      await tx.run(sql`delete from sign_in_failures where subject = ${subject}`)
  })
}
