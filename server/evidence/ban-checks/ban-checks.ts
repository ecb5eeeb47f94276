/**
 * Ban checks: whether a worker may be somebody on a list of those who may not work.
 *
 * Owns: what each list said of each worker, with every change of it, and the likenesses that were found. Words: a *likeness* (ban
 * match) is a worker and a row that may be one person. Promises: a name alone makes nobody red: it asks for a person's eye; what was
 * decided of a likeness holds until either side is another; every active worker is looked for again when a list or their name
 * changes, and a crash in between loses nobody.
 */
import { createHash } from 'node:crypto'
import { systemCaller, type ReadContext, type WriteContext } from '../../platform/context.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { catalogueOf } from '../../workforce/credential-types/credential-types.ts'
import type { BanAnswer } from '../../workforce/requirements/requirements.evaluate.rules.ts'
import { getWorker } from '../../workforce/workers/workers.ts'
import { partsOf, tokensOf } from '../published-lists/names.tokens.rules.ts'
import { foldNumber } from '../published-lists/published-lists.rows.rules.ts'
import { confirmedBy, listIndex, listState, type ListIndex } from '../published-lists/published-lists.ts'
import { connectedRegisters, listSettingsOf } from '../registers/registers.ts'
import { openReview, withdrawReviews } from '../reviews/reviews.ts'
import { nextMatches, outcomeOf, type FoundMatch, type KnownMatch } from './ban-checks.rules.ts'
import type { BanCheckAttributes } from './ban-checks.schema.ts'
import * as store from './ban-checks.store.ts'

/** The job that looks for everybody in a list; its subject is the register. */
export const screenJob = 'banChecks.screen'
const batchSize = 1_000
/** Then the job makes room for others, and goes on as another one. */
const turnMs = 8_000
const dayMs = 86_400_000

/** Fields of a worker that are compared. */
export const comparedFields: ReadonlySet<string> = new Set([
  'displayName',
  'firstName',
  'middleName',
  'lastName',
  'birthDate',
  'state',
])

interface BanList {
  readonly register: string
  readonly index: ListIndex
  readonly numberOf: string | null
  readonly numberDecides: boolean
}

/** The list in the version that counts; undefined where it is not connected as a ban list, or no version counts yet. */
async function banList(ctx: ReadContext, register: string): Promise<BanList | undefined> {
  const entry = (await catalogueOf(ctx)).registers.get(register)
  if (entry?.kind !== 'ban') return undefined
  const settings = await listSettingsOf(ctx, register)
  if (!settings || ((await listState(ctx, register))?.version ?? null) === null) return undefined
  const { numberOf, numberDecides } = entry
  return { register, index: await listIndex(ctx, register, settings), numberOf, numberDecides }
}

async function banRegisters(ctx: ReadContext): Promise<string[]> {
  const { registers } = await catalogueOf(ctx)
  return (await connectedRegisters(ctx))
    .map(({ register }) => register)
    .filter((register) => registers.get(register)?.kind === 'ban')
}

/**
 * Looks for everybody in the version of the list that counts, a batch in a transaction each. Who was looked for in it already is
 * left out, so that after a crash it goes on where it stood.
 */
export async function screenEverybody(
  runtime: Runtime,
  organisationId: string,
  register: string,
): Promise<void> {
  const started = performance.now()
  for (let behind: string | null = ''; behind !== null;) {
    const from: string = behind
    behind = await runtime.write(organisationId, systemCaller, async (ctx) => {
      const list = await banList(ctx, register)
      if (!list) return null
      const some = await store.nextUnscreened(ctx, register, list.index.version, from, batchSize)
      const last = some.at(-1)
      if (!last) return null
      await screen(
        ctx,
        list,
        some.map(({ id }) => id),
      )
      if (performance.now() - started <= turnMs) return last.id
      await ctx.enqueue(screenJob, register)
      return null
    })
  }
}

/** A list is read or compared otherwise than before: everybody is looked for again. Nothing for what is no ban list. */
export async function screenAnew(ctx: WriteContext, register: string): Promise<void> {
  if ((await catalogueOf(ctx)).registers.get(register)?.kind !== 'ban') return
  await store.forgetVersions(ctx, register)
  await ctx.enqueue(screenJob, register)
}

/** Looks for some workers, up to some thousands, in every ban list that is connected. */
export async function screenWorkers(
  runtime: Runtime,
  organisationId: string,
  workerIds: readonly string[],
): Promise<void> {
  const registers = await runtime.read(organisationId, systemCaller, (ctx) => banRegisters(ctx))
  for (const register of registers)
    for (let at = 0; at < workerIds.length; at += batchSize)
      await runtime.write(organisationId, systemCaller, async (ctx) => {
        const list = await banList(ctx, register)
        if (list) await screen(ctx, list, workerIds.slice(at, at + batchSize))
      })
}

/** Looks for those who hold these credentials, where a ban list has numbers of their type. */
export async function screenOwners(
  runtime: Runtime,
  organisationId: string,
  credentialIds: readonly string[],
): Promise<void> {
  const workerIds = await runtime.read(organisationId, systemCaller, async (ctx) => {
    const { registers } = await catalogueOf(ctx)
    const types = (await banRegisters(ctx)).flatMap((register) => registers.get(register)?.numberOf ?? [])
    return types.length === 0 ? [] : store.ownersOf(ctx, credentialIds, types)
  })
  if (workerIds.length > 0) await screenWorkers(runtime, organisationId, workerIds)
}

function comparedPerson(one: store.LookedFor): Parameters<ListIndex['matchesOf']>[0] {
  const { firstName, middleName, lastName, displayName, birthDate, state } = one
  const isKnown = (firstName ?? lastName ?? '') !== ''
  const name = isKnown
    ? { given: firstName, middle: middleName, family: lastName }
    : partsOf(displayName, false)
  return { ...name, birthDate, state }
}

/** What of a worker is compared: while it is the same, a decision holds. */
function workerHashOf(person: Parameters<ListIndex['matchesOf']>[0], numbers: readonly string[]): string {
  const words = tokensOf(person).map(({ text, role }) => `${role}:${text}`)
  return createHash('sha256')
    .update(JSON.stringify([words, person.birthDate, person.state, numbers]))
    .digest('base64url')
    .slice(0, 32)
}

async function screen(ctx: WriteContext, list: BanList, workerIds: readonly string[]): Promise<void> {
  const { register, index } = list
  await store.lockScreening(ctx, register)
  const people = await store.peopleOf(ctx, workerIds, list.numberOf)
  const known = new Map<string, KnownMatch[]>()
  for (const match of await store.knownMatches(
    ctx,
    register,
    people.map(({ id }) => id),
  ))
    known.set(match.workerId, [...(known.get(match.workerId) ?? []), match])
  const saved: store.SavedMatch[] = []
  const screened: store.Screened[] = []
  for (const one of people) {
    const person = comparedPerson(one)
    const workerHash = workerHashOf(person, one.numbers)
    const before = known.get(one.id) ?? []
    const next = nextMatches(workerHash, foundOf(list, person, one.numbers), before, (key) =>
      index.entries.has(key),
    )
    for (const match of next)
      saved.push({ ...match, id: match.id ?? ctx.newId('banMatch'), workerId: one.id, workerHash })
    const statuses = new Map(before.map((match) => [match.entryKey, match.status]))
    for (const { entryKey, status } of next) statuses.set(entryKey, status)
    screened.push({ workerId: one.id, outcome: outcomeOf(statuses.values()) })
  }
  await store.saveMatches(ctx, register, index.version, saved)
  for (const match of saved) await askAbout(ctx, register, match)
  const changed = await store.saveOutcomes(ctx, register, index.version, screened)
  await tell(ctx, register, changed)
}

function foundOf(
  { index, numberDecides }: BanList,
  person: Parameters<ListIndex['matchesOf']>[0],
  numbers: readonly string[],
): FoundMatch[] {
  const numbered = new Set(
    numbers.flatMap((number) => index.byNumber.get(foldNumber(number) ?? '') ?? []).map(({ key }) => key),
  )
  const named = index.matchesOf(person).map(({ key, score, grounds, entry }): FoundMatch => {
    const isNumbered = numbered.delete(key)
    return {
      entryKey: key,
      entryHash: entry.hash,
      entry: entry.row,
      score,
      grounds: isNumbered ? [...grounds, 'SAME_NUMBER'] : grounds,
      isDecided: isNumbered && numberDecides,
    }
  })
  const others = [...numbered].flatMap((key): FoundMatch[] => {
    const entry = index.entries.get(key)
    if (!entry) return []
    return [
      {
        entryKey: key,
        entryHash: entry.hash,
        entry: entry.row,
        score: 0,
        grounds: ['SAME_NUMBER', 'NAME_DIFFERS'],
        // A number that stands under another name is a matter for a person: it may have been mistyped.
        isDecided: false,
      },
    ]
  })
  return [...named, ...others]
}

/** Puts what a person has to look at into the queue, and takes out what nobody has to look at any more. */
async function askAbout(ctx: WriteContext, register: string, match: store.SavedMatch): Promise<void> {
  const subject = { type: 'banMatch', id: match.id }
  if (match.withdraws) await withdrawReviews(ctx, { reasons: ['LIST_MATCH'], subject })
  if (match.asks)
    await openReview(ctx, {
      reason: 'LIST_MATCH',
      subject,
      workerId: match.workerId,
      facts: { register, grounds: match.grounds, score: match.score, entry: match.entry },
    })
}

async function tell(ctx: WriteContext, register: string, workerIds: readonly string[]): Promise<void> {
  for (let at = 0; at < workerIds.length; at += batchSize)
    await ctx.emit({
      type: 'banChecks.changed',
      data: { register, workerIds: workerIds.slice(at, at + batchSize) },
    })
}

/** What a person decided of a likeness: REJECT that it is this worker, ACCEPT that it is somebody else. Idempotent. */
export async function heedDecision(
  runtime: Runtime,
  organisationId: string,
  data: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { reason, decision, reviewId, subject } = data as {
    reason: string
    decision: string
    reviewId: string
    subject: { type: string; id: string }
  }
  if (reason !== 'LIST_MATCH' || subject.type !== 'banMatch') return
  if (decision !== 'ACCEPT' && decision !== 'REJECT') return
  await runtime.write(organisationId, systemCaller, async (ctx) => {
    const found = await store.lockMatch(ctx, subject.id)
    if (found?.status !== 'POSSIBLE') return
    const { register, workerId } = found
    await store.lockScreening(ctx, register)
    const status = decision === 'ACCEPT' ? 'DISMISSED' : 'CONFIRMED'
    await store.decideMatch(ctx, found.id, status, reviewId)
    await ctx.audit({
      entityType: 'worker',
      entityId: workerId,
      action: status === 'CONFIRMED' ? 'confirmBanMatch' : 'dismissBanMatch',
      changes: { register, match: found.id, review: reviewId },
    })
    const version = (await listState(ctx, register))?.version ?? null
    if (version === null) return
    const statuses = (await store.knownMatches(ctx, register, [workerId])).map((one) => one.status)
    const changed = await store.saveOutcomes(ctx, register, version, [
      { workerId, outcome: outcomeOf(statuses) },
    ])
    await tell(ctx, register, changed)
  })
}

/** The register is no ban list of the organisation any more: nothing is known from it, and nothing waits for it. */
export async function forgetRegister(
  runtime: Runtime,
  organisationId: string,
  register: string,
): Promise<void> {
  for (let isMore = true; isMore;)
    isMore = await runtime.write(organisationId, systemCaller, async (ctx) => {
      // Connected again meanwhile: what is known stays.
      if (await listSettingsOf(ctx, register)) return false
      await store.lockScreening(ctx, register)
      for (const id of await store.dropPossible(ctx, register))
        await withdrawReviews(ctx, { reasons: ['LIST_MATCH'], subject: { type: 'banMatch', id } })
      const workerIds = await store.forgetOutcomes(ctx, register, batchSize)
      await tell(ctx, register, workerIds)
      return workerIds.length === batchSize
    })
}

/** Which of the lists were known, at an instant, to be what is published. */
async function freshAt(ctx: ReadContext, at: Date, known: Date): Promise<(register: string) => boolean> {
  const fresh = new Set<string>()
  const confirmed = await confirmedBy(ctx, at < known ? at : known)
  for (const [register, confirmedAt] of confirmed) {
    const days = (await listSettingsOf(ctx, register))?.staleAfterDays ?? 14
    if (at.getTime() - confirmedAt.getTime() <= days * dayMs) fresh.add(register)
  }
  return (register) => fresh.has(register)
}

function answersOf(
  rows: readonly { workerId: string; register: string; outcome: store.OutcomeRow['outcome'] | null }[],
  isFresh: (register: string) => boolean,
): Map<string, BanAnswer[]> {
  const answers = new Map<string, BanAnswer[]>()
  for (const { workerId, register, outcome } of rows) {
    if (outcome === null) continue
    const said = outcome === 'CLEAR' && !isFresh(register) ? 'STALE' : outcome
    answers.set(workerId, [...(answers.get(workerId) ?? []), { register, outcome: said }])
  }
  return answers
}

/** What the lists say of workers now, for the evaluator. Of a list that was not looked into for somebody there is no answer. */
export async function banAnswers(
  ctx: ReadContext,
  workerIds: readonly string[],
): Promise<ReadonlyMap<string, readonly BanAnswer[]>> {
  if (workerIds.length === 0) return new Map()
  return answersOf(await store.outcomesOf(ctx, workerIds), await freshAt(ctx, ctx.now, ctx.now))
}

/** The same as it stood at an instant, and as it was known at another. */
export async function banAnswersAt(
  ctx: ReadContext,
  workerIds: readonly string[],
  when: { readonly validAt: Date; readonly knownAt: Date },
): Promise<ReadonlyMap<string, readonly BanAnswer[]>> {
  if (workerIds.length === 0) return new Map()
  return answersOf(
    await store.outcomesAt(ctx, workerIds, when),
    await freshAt(ctx, when.validAt, when.knownAt),
  )
}

/** Of one worker, one for each list that is connected. NOT_FOUND for a worker that is not there. */
export async function banChecksOf(
  ctx: ReadContext,
  workerId: string,
): Promise<{ id: string; attributes: BanCheckAttributes; lastUpdated: Date }[]> {
  const worker = await getWorker(ctx, workerId)
  const rows = new Map((await store.outcomesOf(ctx, [workerId])).map((row) => [row.register, row]))
  const answers = (await banAnswers(ctx, [workerId])).get(workerId) ?? []
  const matches = await store.matchesOfWorker(ctx, workerId)
  return (await banRegisters(ctx)).sort().map((register) => {
    const row = rows.get(register)
    return {
      id: register,
      lastUpdated: row?.checkedAt ?? worker.lastUpdated,
      attributes: {
        register,
        outcome: answers.find((one) => one.register === register)?.outcome ?? 'NOT_YET_CHECKED',
        checkedAt: row?.checkedAt ?? null,
        listVersion: row?.listVersion ?? null,
        matches: matches.filter((one) => one.register === register).map(({ register: _, ...match }) => match),
      },
    }
  })
}
