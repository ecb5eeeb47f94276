/**
 * Histories of people and their positions, made by chance: each person has one of their own, and what all share (positions, settings,
 * the catalogue) changes among them. After each step the answers that are given are noted; at the end each noted instant is asked
 * about again.
 */
import { expect } from 'vitest'
import {
  listAnswers,
  listAnswersAsOf,
  type AnswerList,
  type AnswerPage,
  type AnswerResource,
} from '../server/compliance/answers/answers.ts'
import { insertChecks } from '../server/evidence/checks/checks.store.ts'
import { recordPersonCheck } from '../server/evidence/checks/checks.ts'
import type { WriteContext } from '../server/platform/context.ts'
import { sql } from '../server/platform/db/database.ts'
import { addDays } from '../server/platform/local-date.ts'
import { setSetting } from '../server/tenancy/organisations/organisations.ts'
import { loadCatalogue, noteCatalogue } from '../server/workforce/credential-types/credential-types.ts'
import type { CredentialTypeEntry } from '../server/workforce/credential-types/credential-types.schema.ts'
import { credentialInput } from '../server/workforce/credentials/credentials.schema.ts'
import {
  applyAnswers,
  createCredential,
  deleteCredential,
  lockedAskedCredentials,
  replaceCredential,
  restoreCredential,
} from '../server/workforce/credentials/credentials.ts'
import { positionInput } from '../server/workforce/positions/positions.schema.ts'
import {
  applyRequirements,
  createPosition,
  createRequirementStage,
  planRequirements,
  replacePosition,
} from '../server/workforce/positions/positions.ts'
import { workerInput } from '../server/workforce/workers/workers.schema.ts'
import {
  createWorker,
  deleteWorker,
  replaceWorker,
  restoreWorker,
} from '../server/workforce/workers/workers.ts'
import { operator, type TestHouse } from './harness.ts'

const types = ['AHPRA', 'WWCC_VIC', 'FIRST_AID', 'CPR', 'POLICE_CHECK', 'NDIS_WORKER_SCREENING'] as const
const start = '2026-02-01'

/** Chance that is the same for the same seed. */
function chanceOf(seed: number): { below(n: number): number; pick<T>(of: readonly T[]): T } {
  let state = seed >>> 0
  const below = (n: number): number => {
    // A Weyl sequence through a mixing function: quick, and even enough for choosing.
    state = (state + 0x9e3779b9) >>> 0
    let z = state
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
    return ((z ^ (z >>> 15)) >>> 0) % n
  }
  return { below, pick: (of) => of[below(of.length)] as never }
}
type Chance = ReturnType<typeof chanceOf>

const day = (chance: Chance, from: number, to: number): string =>
  addDays(start as never, from + chance.below(to - from))

function leafOf(chance: Chance): object {
  return {
    credentialType: chance.pick(types),
    ...(chance.below(4) === 0 ? { minimumDaysLeft: chance.below(60) } : {}),
    ...(chance.below(6) === 0 ? { minimumAssurance: chance.pick(['REVIEWED', 'VERIFIED']) } : {}),
    ...(chance.below(6) === 0 ? { exemptedBy: [chance.pick(types)] } : {}),
  }
}
function treeOf(chance: Chance): object | null {
  const leaves = (): object[] => Array.from({ length: 1 + chance.below(2) }, () => leafOf(chance))
  return chance.pick([
    () => null,
    () => ({ allOf: leaves() }),
    () => ({ anyOf: leaves() }),
    () => ({ anyOf: [...leaves(), ...leaves()] }),
    () => ({ allOf: [leafOf(chance), { anyOf: leaves() }] }),
    () => ({ allOf: [{ atLeast: 1, of: leaves() }], banChecks: [{ register: 'NDIS_ENFORCEMENT' }] }),
  ])()
}
const positionOf = (chance: Chance, code: string): ReturnType<typeof positionInput.parse> =>
  positionInput.parse({
    code,
    requirements: treeOf(chance),
    graceDays: chance.pick([0, 0, 5, 30]),
    effectiveFrom: chance.pick([null, null, day(chance, -20, 20), day(chance, 0, 60)]),
  })

type Given = Omit<AnswerResource['attributes'], 'asOf' | 'knownAt'>

interface Person {
  readonly chance: Chance
  readonly id: string
  credentials: string[]
}

export interface HistoryRun {
  readonly instants: number
  readonly answers: number
  readonly colours: Readonly<Record<string, number>>
}

/**
 * @param request.histories people, each with a history
 * @param request.steps changes of each, and instants that are asked about again
 */
export async function replayHistories(
  house: TestHouse,
  { seed, histories, steps }: { readonly seed: number; readonly histories: number; readonly steps: number },
): Promise<HistoryRun> {
  const organisationId = (await house.newOrganisation()).id
  const shared = chanceOf(seed)
  const write = <T>(work: (ctx: WriteContext) => Promise<T>): Promise<T> =>
    house.runtime.write(organisationId, operator, work)
  const catalogue = loadCatalogue() as unknown as {
    version: string
    types: Map<string, CredentialTypeEntry>
  }
  const shipped = { version: catalogue.version, types: new Map(catalogue.types) }
  const positions = Array.from({ length: 4 }, (_, n) => `P${n}`)
  const noted: { readonly at: Date; readonly answers: readonly Given[] }[] = []
  try {
    house.clock.set(`${start}T00:00:00Z`)
    await write(noteCatalogue)
    for (const code of positions) await write((ctx) => createPosition(ctx, positionOf(shared, code)))
    const people: Person[] = []
    for (let n = 0; n < histories; n += 1) {
      const chance = chanceOf(seed * 7_919 + n)
      const { id } = await write((ctx) => createWorker(ctx, workerOf(chance, positions, n)))
      people.push({ chance, id, credentials: [] })
    }
    for (let step = 0; step < steps; step += 1) {
      house.clock.advance(shared.pick(['1s', '3h', '1d', '9d', '26d']))
      await changeShared(write, shared, positions, catalogue, step)
      for (const [n, person] of people.entries()) await changePerson(write, person, positions, n)
      await house.drain()
      // A job that keeps failing computes nothing: what it left would be told as a wrong answer only.
      expect(await house.runtime.jobs.listFailed(), house.clock.now().toISOString()).toEqual([])
      const answers = await given(house, organisationId)
      expect(await listedStatuses(house, organisationId), house.clock.now().toISOString()).toEqual(
        answers.map(({ workerId, status }) => [workerId, status]),
      )
      noted.push({ at: house.clock.now(), answers })
    }
    house.clock.advance('400d')
    await house.drain()
    const colours: Record<string, number> = {}
    let answers = 0
    for (const { at, answers: then } of noted) {
      expect(await given(house, organisationId, at), at.toISOString()).toEqual(then)
      answers += then.length
      for (const one of then) colours[one.status ?? 'none'] = (colours[one.status ?? 'none'] ?? 0) + 1
    }
    return { instants: noted.length, answers, colours }
  } finally {
    catalogue.version = shipped.version
    catalogue.types = shipped.types
  }
}

function workerOf(
  chance: Chance,
  positions: readonly string[],
  n: number,
): ReturnType<typeof workerInput.parse> {
  return workerInput.parse({
    identity: { displayName: `Person ${n}` },
    employment: {
      positionId: chance.pick([...positions, ...positions, null]),
      workerType: chance.pick(['EMPLOYEE', 'VOLUNTEER', null]),
      status: chance.pick(['ACTIVE', 'ACTIVE', 'ACTIVE', 'ACTIVE', 'INACTIVE']),
      startDate: chance.pick([null, null, day(chance, -100, 20)]),
    },
  })
}

/** What all share: a position, a setting, or the catalogue. */
async function changeShared(
  write: <T>(work: (ctx: WriteContext) => Promise<T>) => Promise<T>,
  chance: Chance,
  positions: readonly string[],
  catalogue: { version: string; types: Map<string, CredentialTypeEntry> },
  step: number,
): Promise<void> {
  await chance.pick([
    () => write((ctx) => fromFile(ctx, chance, chance.pick(positions))),
    () => {
      const code = chance.pick(positions)
      return write((ctx) => replacePosition(ctx, code, positionOf(chance, code)))
    },
    () =>
      write((ctx) =>
        setSetting(ctx, 'import.acceptDeclared', types.filter(() => chance.below(2) === 0).join()),
      ),
    () =>
      write((ctx) =>
        setSetting(ctx, 'timeZone', chance.pick(['Australia/Perth', 'Australia/Sydney', 'Pacific/Auckland'])),
      ),
    () => {
      // An upgrade: the same codes, other rules. It is noticed with the next computing, as after a start.
      catalogue.version = `${catalogue.version}.${step}`
      const changed = new Map(catalogue.types)
      for (const code of types) {
        const entry = changed.get(code)
        if (entry && chance.below(2) === 0)
          changed.set(code, {
            ...entry,
            graceMonths: chance.below(3),
            expiringWindowDays: chance.below(90),
            assuranceNeeded: chance.pick(['DECLARED', 'REVIEWED', 'VERIFIED', null]),
          })
      }
      catalogue.types = changed
      return write((ctx) => ctx.enqueue('licence-status.recompute', ctx.organisationId))
    },
  ])()
}

/** As a position file leaves it: rows of a source, one of which may not be readable, with their version. */
async function fromFile(ctx: WriteContext, chance: Chance, code: string): Promise<void> {
  await createRequirementStage(ctx)
  const rows = [...new Set(Array.from({ length: 1 + chance.below(2) }, () => chance.pick([...types, null])))]
  for (const [n, type] of rows.entries())
    await ctx.tx
      .run(sql`insert into planned_requirements ("row", position_code, license_code, state, credential_type, jurisdiction, unresolved_reason)
      values (${n + 1}, ${code}, ${type ?? 'NOBODY-KNOWS'}, '', ${type}, null, ${type === null ? 'UNMAPPED_CODE' : null})`)
  // Other positions' rows of this source stay: a file names them all, and this one names what it changes.
  await ctx.tx.run(sql`insert into kept_requirements (position_code, license_code)
    select code, null from positions where organisation_id = ${ctx.organisationId} and code <> ${code}`)
  await planRequirements(ctx, 'hrms')
  await applyRequirements(ctx, { sourceFolded: 'hrms', runId: ctx.newId('importRun') })
}

async function changePerson(
  write: <T>(work: (ctx: WriteContext) => Promise<T>) => Promise<T>,
  person: Person,
  positions: readonly string[],
  n: number,
): Promise<void> {
  const { chance, id } = person
  const held = (): string | undefined => person.credentials[chance.below(person.credentials.length || 1)]
  const credential = (): ReturnType<typeof credentialInput.parse> =>
    credentialInput.parse({
      worker: { id },
      credentialType: chance.pick(types),
      number: numbers[chance.below(numbers.length)],
      issueDate: day(chance, -700, -300),
      expiryDate: chance.pick([
        day(chance, -60, 30),
        day(chance, 0, 120),
        day(chance, 200, 900),
        day(chance, 400, 900),
      ]),
    })
  const onOne = (work: (ctx: WriteContext, credentialId: string) => Promise<unknown>) => async () => {
    const credentialId = held()
    if (credentialId !== undefined) await write((ctx) => work(ctx, credentialId))
  }
  const add = async (): Promise<void> => {
    const input = numbered(credential())
    const { id: made } = await write((ctx) => createCredential(ctx, input))
    person.credentials.push(made)
  }
  const answer = onOne(async (ctx, credentialId) => answerFor(ctx, chance, credentialId))
  const steps: (() => Promise<unknown>)[] = [
    () => Promise.resolve(),
    add,
    add,
    add,
    answer,
    answer,
    answer,
    onOne(async (ctx, credentialId) => {
      const [asked] = await lockedAskedCredentials(ctx, [credentialId])
      if (asked)
        await replaceCredential(
          ctx,
          credentialId,
          numbered(credentialInput.parse({ ...credential(), credentialType: asked.credentialType })),
        )
    }),
    onOne((ctx, credentialId) =>
      recordPersonCheck(ctx, {
        credentialId,
        outcome: chance.pick(['MAY_ENGAGE', 'MAY_NOT_ENGAGE']),
        corrected: {},
        pointer: '',
        words: null,
        reviewId: 'rev_test',
      }),
    ),
    onOne(deleteCredential),
    onOne(restoreCredential),
    () => write((ctx) => replaceWorker(ctx, id, workerOf(chance, positions, n))),
    () => write((ctx) => replaceWorker(ctx, id, workerOf(chance, positions, n))),
    () => write((ctx) => deleteWorker(ctx, id)),
    () => write((ctx) => restoreWorker(ctx, id)),
  ]
  try {
    await chance.pick(steps)()
  } catch (error) {
    // What chance asks for may not be allowed just now; then nothing happened.
    const { code } = error as { code?: string }
    if (!['NOT_FOUND', 'VALIDATION_FAILED', 'CREDENTIAL_EXISTS', 'NUMBER_TAKEN'].includes(code ?? ''))
      throw error
  }
}

const numbers = ['1', '2', '3']
/** A number that fits the type. */
function numbered(input: ReturnType<typeof credentialInput.parse>): ReturnType<typeof credentialInput.parse> {
  const example = loadCatalogue().types.get(input.credentialType ?? '')?.number.example ?? '1'
  return { ...input, number: example.replace(/\d(?=\D*$)/, input.number ?? '1') }
}

/** A register's answer, recorded and applied as those of the registers are. */
async function answerFor(ctx: WriteContext, chance: Chance, credentialId: string): Promise<void> {
  const [asked] = await lockedAskedCredentials(ctx, [credentialId])
  if (!asked?.isAsked) return
  const checkId = ctx.newId('check')
  const outcome = chance.pick([
    'MAY_ENGAGE',
    'MAY_ENGAGE',
    'MAY_ENGAGE',
    'MAY_NOT_ENGAGE',
    'REVIEW_REQUIRED',
    'IN_PROGRESS',
    'ERROR',
  ] as const)
  const details = outcome === 'MAY_ENGAGE' ? chance.pick([[], [], ['CONDITIONS'], ['RENEWAL_PENDING']]) : []
  const told = {
    number: asked.number,
    holderName: null,
    issueDate: asked.issueDate,
    expiryDate: asked.expiryDate,
    neverExpires: false,
  }
  await insertChecks(ctx, [
    {
      id: checkId,
      credentialId,
      credentialVersion: asked.version,
      source: 'REGISTER',
      person: null,
      register: 'AHPRA',
      connectorKind: 'http',
      connectorVersion: 1,
      catalogueVersion: loadCatalogue().version,
      trigger: 'DEMAND' as never,
      correlationId: checkId,
      inputs: {},
      startedAt: ctx.now,
      finishedAt: ctx.now,
      outcome,
      ownWords: null,
      details,
      conditions: [],
      told: told as never,
      fault: outcome === 'ERROR' ? ({ code: 'TIMEOUT', detail: 'slow' } as never) : null,
      evidence: null,
      evidenceMediaType: null,
      sameEvidenceAs: null,
    },
  ])
  await applyAnswers(ctx, [{ credentialId, checkId, outcome, details, conditions: [], ...told }])
}

/** The status of each active person by which lists of people filter. */
async function listedStatuses(
  house: TestHouse,
  organisationId: string,
): Promise<(readonly [string, string | null])[]> {
  const rows = await house.owner<{ id: string; status: string | null }>(
    `select id, licence_status as status from workers where organisation_id = $1 and status = 'ACTIVE' and deleted_at is null`,
    [organisationId],
  )
  return rows.map(({ id, status }) => [id, status] as const).sort(([a], [b]) => (a < b ? -1 : 1))
}

/** Every answer, as given now or about an instant, without what names the instant. */
async function given(house: TestHouse, organisationId: string, at?: Date): Promise<Given[]> {
  const all: AnswerResource[] = []
  let after: readonly string[] | null = null
  do {
    const page: AnswerPage = { limit: 200, offset: 0, after, counting: 'QUICK' }
    const { answers, nextKey }: AnswerList = await house.runtime.read(organisationId, operator, (ctx) =>
      at ? listAnswersAsOf(ctx, { asOf: { at } }, page) : listAnswers(ctx, {}, page),
    )
    all.push(...answers)
    after = nextKey
  } while (after !== null)
  return all
    .map(({ attributes: { asOf, knownAt, gaps, ...rest } }) => ({
      ...rest,
      // A gap without a credential says so by its absence, or not at all.
      gaps: gaps.map((gap) => ({ ...gap })),
    }))
    .sort((a, b) => (a.workerId < b.workerId ? -1 : 1))
}
