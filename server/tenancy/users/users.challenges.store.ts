/** The table `sign_in_challenges`: asked before a scope is known, keyed hashes only. */
import { sql, type Database } from '../../platform/db/database.ts'

/** How many forgotten ones a new one clears away. */
const cleared = 50

export async function insertChallenge(
  db: Database,
  challenge: { readonly hash: Buffer; readonly expiresAt: Date },
  now: Date,
): Promise<void> {
  await db.installation(async (tx) => {
    await tx.run(sql`delete from sign_in_challenges where hash in (
      select hash from sign_in_challenges where expires_at <= ${now} limit ${cleared} for update skip locked)`)
    await tx.run(
      sql`insert into sign_in_challenges (hash, expires_at) values (${challenge.hash}, ${challenge.expiresAt})`,
    )
  })
}

/** Uses it up; false when it is not there or too old. */
export async function takeChallenge(db: Database, hash: Buffer, now: Date): Promise<boolean> {
  const taken = await db.installation((tx) =>
    tx.maybeOne<{ expiresAt: Date }>(
      sql`delete from sign_in_challenges where hash = ${hash} returning expires_at as "expiresAt"`,
    ),
  )
  return taken !== undefined && taken.expiresAt > now
}
