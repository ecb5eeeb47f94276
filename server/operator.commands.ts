/** Commands about the installation: jobs, the sandbox's clock, health. */
import {
  requiredText,
  table,
  type CommandAnswer,
  type CommandContext,
  type CommandDefinition,
} from './platform/cli/command.ts'
import { parseDuration } from './platform/clock.ts'
import { systemCaller } from './platform/context.ts'
import { isRetryable } from './platform/db/database.ts'
import { AppError } from './platform/errors.ts'
import { askServer, moveClock } from './platform/installation-clock.ts'
import { recomputeAll } from './compliance/licence-status/licence-status.ts'
import { degradedRegisters } from './evidence/registers/registers.ts'
import { rotateLinkKey } from './collection/fetch-requests/fetch-requests.ts'
import { rewrapHolders } from './issuing/holders/holders.ts'
import { rewrapPartners } from './issuing/partners/partners.ts'
import { rewrapInstallation } from './platform/installation-identity.ts'
import { listOrganisations, rewrapOrganisations } from './tenancy/organisations/organisations.ts'

/** Moves the clock of every node. */
async function move(context: CommandContext, by: Parameters<typeof moveClock>[2]): Promise<CommandAnswer> {
  const { runtime, movableClock } = context
  if (!movableClock)
    throw new AppError('SANDBOX_ONLY', 'The clock can be moved in the sandbox only (SANDBOX=1).')
  await moveClock(runtime.db, movableClock, by)
  // A clock that goes back makes answers that were right then wrong now: all are computed anew.
  for (const { id } of await listOrganisations(runtime))
    await persistently(() =>
      runtime.write(id, systemCaller, async (ctx) => {
        await recomputeAll(ctx)
        await ctx.emit({ type: 'clock.moved', data: {} })
      }),
    )
  return showClock(context)
}

const attemptsMax = 5

/** All statuses are marked while imports and jobs write some of them: who is chosen to give way comes again. */
async function persistently(work: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await work()
      return
    } catch (error) {
      if (!isRetryable(error) || attempt === attemptsMax) throw error
    }
  }
}

function showClock({ runtime, movableClock }: CommandContext): CommandAnswer {
  const now = runtime.clock.now().toISOString()
  return { output: { now, offsetMs: movableClock?.offsetMs ?? 0 }, text: `It is ${now}.` }
}

export const operatorCommands: readonly CommandDefinition[] = [
  {
    path: 'jobs run',
    summary: 'Run everything that is due, quiet times included, and return when nothing is left.',
    example: 'vouchsafe jobs run --until-idle',
    options: [{ flags: '--until-idle', description: 'until nothing is left', isRequired: true }],
    run: async ({ workers }) => {
      const ran = await workers.runUntilIdle()
      return { output: { ran }, text: `${ran} jobs run.` }
    },
  },
  {
    path: 'jobs list',
    summary: 'List jobs that failed for good.',
    example: 'vouchsafe jobs list --failed',
    options: [{ flags: '--failed', description: 'the failed ones', isRequired: true }],
    run: async ({ runtime }) => {
      const failed = await runtime.jobs.listFailed()
      const rows = failed.map((job) => [
        job.jobId,
        job.kind,
        job.subjectId,
        job.failedAt?.toISOString() ?? '',
        job.error,
      ])
      return { output: failed, text: failed.length === 0 ? 'No failed job.' : table(rows) }
    },
  },
  {
    path: 'jobs retry',
    summary: 'Run a failed job again.',
    example: 'vouchsafe jobs retry 5b1f0c9e-…',
    arguments: [{ name: 'id', description: 'the job’s id' }],
    run: async ({ runtime }, input) => {
      const id = requiredText(input, 'id')
      if (!(await runtime.jobs.retry(id)))
        throw new AppError('NOT_FOUND', 'There is no failed job with this id.')
      runtime.jobs.nudge()
      return { output: { id, retried: true }, text: `Job ${id} runs again.` }
    },
  },
  {
    path: 'clock set',
    summary: 'Set the sandbox’s clock; it goes on from there.',
    example: 'vouchsafe clock set 2026-02-01T00:00:00Z',
    arguments: [{ name: 'instant', description: 'an RFC 3339 instant' }],
    run: async (context, input) => {
      const instant = requiredText(input, 'instant')
      if (
        !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(instant) ||
        Number.isNaN(Date.parse(instant))
      ) {
        throw new AppError(
          'COMMAND_INVALID',
          `"${instant}" is no instant. Write it like 2026-02-01T00:00:00Z.`,
        )
      }
      const machine = context.runtime.clock.now().getTime() - (context.movableClock?.offsetMs ?? 0)
      return move(context, { toMs: Date.parse(instant) - machine })
    },
  },
  {
    path: 'clock advance',
    summary: 'Move the sandbox’s clock forward.',
    example: 'vouchsafe clock advance 3d',
    arguments: [{ name: 'duration', description: 'like 3d, 12h or 1d12h' }],
    run: async (context, input) => {
      let duration: number
      try {
        duration = parseDuration(requiredText(input, 'duration'))
      } catch (error) {
        throw new AppError('COMMAND_INVALID', `That is ${(error as Error).message}.`)
      }
      return move(context, { byMs: duration })
    },
  },
  {
    path: 'clock reset',
    summary: 'Let the sandbox’s clock show the machine’s time again.',
    example: 'vouchsafe clock reset',
    run: (context) => move(context, { toMs: 0 }),
  },
  {
    path: 'clock show',
    summary: 'Show the platform’s clock.',
    example: 'vouchsafe clock show',
    run: async (context) => showClock(context),
  },
  {
    path: 'keys rewrap',
    summary:
      'Wrap every key anew by MASTER_KEY, to take the place of another master key. First start every node with MASTER_KEY as it was and MASTER_KEY_OTHER = the new one; then every node with the two exchanged; then run this; then start every node without MASTER_KEY_OTHER. Nothing stops meanwhile, and what is broken off is run again.',
    example: 'vouchsafe keys rewrap',
    run: async ({ runtime }) => {
      const { masterKeys } = runtime
      if (masterKeys.length < 2)
        throw new AppError(
          'COMMAND_INVALID',
          'There is one master key only. Set MASTER_KEY_OTHER to the one that is to go (vouchsafe keys rewrap --help).',
        )
      const organisations = await rewrapOrganisations(runtime, systemCaller)
      const partners = await rewrapPartners(runtime, systemCaller)
      const holders = await rewrapHolders(runtime, systemCaller)
      const { root } = runtime.storage
      const secrets = await rewrapInstallation(runtime.db, { masterKeys, root })
      return {
        output: { organisations, partners, holders, secrets },
        text: `Wrapped anew: ${organisations} keys of organisations, ${partners} of partners, ${holders} of holders and ${secrets} of the installation. MASTER_KEY opens all; MASTER_KEY_OTHER may go from every node.`,
      }
    },
  },
  {
    path: 'keys rotate-links',
    summary:
      'Make a new key for the links to the worker’s page. Links that are out go on leading there; those issued from now on are made under it.',
    example: 'vouchsafe keys rotate-links',
    run: async ({ runtime }) => {
      const version = await rotateLinkKey(runtime)
      return { output: { version }, text: `Links are made under key ${version} from now on.` }
    },
  },
  {
    path: 'doctor',
    summary:
      'Check database, storage, mail, registers, keys, clock and waiting work, and say how to mend what is wrong.',
    example: 'vouchsafe doctor',
    run: async (context) => {
      const findings = await examine(context)
      const isWell = findings.every((finding) => finding.ok)
      return {
        output: { ok: isWell, findings },
        text: table(findings.map((finding) => [finding.ok ? 'ok' : 'WRONG', finding.part, finding.detail])),
        exitCode: isWell ? 0 : 1,
      }
    },
  },
]

interface Finding {
  readonly part: string
  readonly ok: boolean
  readonly detail: string
}

const clockSkewMax = 5_000

/** What a person would look at first when something is wrong. */
async function examine({ runtime, isServing, movableClock }: CommandContext): Promise<Finding[]> {
  const findings: Finding[] = []
  const check = async (part: string, look: () => Promise<string>): Promise<void> => {
    try {
      findings.push({ part, ok: true, detail: await look() })
    } catch (error) {
      findings.push({ part, ok: false, detail: (error as Error).message })
    }
  }
  await check('server', async () => (isServing ? 'running' : 'not running (this command looked by itself)'))
  await check('database', async () => {
    const machineNow = new Date(runtime.clock.now().getTime() - (movableClock?.offsetMs ?? 0))
    const { version, skewMs } = await askServer(runtime.db, machineNow)
    if (skewMs > clockSkewMax)
      throw new Error(`its clock differs from this machine’s by ${skewMs} ms: set both by NTP`)
    return `PostgreSQL ${version}, organisations kept apart by row-level security`
  })
  await check('storage', async () => {
    const health = await runtime.storage.health()
    if (!health.ok) throw new Error(health.detail)
    return 'can be written and read'
  })
  await check('mail', async () => {
    if (runtime.mail.isOutbox) return 'no SMTP_URL: mail stays in the outbox (vouchsafe outbox list)'
    const fault = await runtime.mail.fault()
    if (fault !== undefined) throw new Error(`the mail server of SMTP_URL does not take mail: ${fault}`)
    return 'the mail server answers'
  })
  await check('registers', async () => {
    const late = [...(await degradedRegisters(runtime)).keys()].sort()
    if (late.length > 0)
      throw new Error(`answers are late from ${late.join(', ')}: vouchsafe connector list --org … says why`)
    return 'none is late'
  })
  await check('jobs', async () => {
    const { waiting, active, failed } = await runtime.jobs.counts()
    if (failed > 0) throw new Error(`${failed} failed: see vouchsafe jobs list --failed`)
    return `${waiting} waiting, ${active} running`
  })
  await check('clock', async () =>
    movableClock && movableClock.offsetMs !== 0
      ? `moved to ${runtime.clock.now().toISOString()} (sandbox)`
      : 'the machine’s',
  )
  await check(
    'keys',
    async () =>
      `master key ${runtime.config.masterKey === null ? 'in DATA_DIR/keys: back it up, without it no file can be read' : 'from MASTER_KEY'}`,
  )
  return findings
}
