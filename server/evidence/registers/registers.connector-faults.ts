/** What is wrong with a connector that somebody sets, beyond its shape: where it would go, and with which secret. */
import type { Fault } from '../../platform/errors.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { organisationKey } from '../../tenancy/organisations/organisations.ts'
import { httpSettings, type ConnectorInput, type HttpInput } from './registers.schema.ts'
import type { ConnectorRow } from './registers.store.ts'

/** A connector that is to be set, with what has to be learnt before the transaction, which must not wait. */
export interface PreparedConnector {
  readonly input: ConnectorInput
  /** What the secrets of the organisation's connectors are wrapped with. */
  readonly key: Buffer
  /** Addresses that may not be called. */
  readonly faults: readonly Fault[]
}

/** Looks at where a connector would go. What may not be called now is refused by `setConnector`, with all other faults. */
export async function prepareConnector(
  runtime: Runtime,
  organisationId: string,
  input: ConnectorInput,
): Promise<PreparedConnector> {
  const places = placesOf(input)
  const refusals = await Promise.all(
    places.map(async ([pointer, place, options]): Promise<Fault[]> => {
      const why = place === null ? null : await runtime.outbound.refusalOf(place, options)
      return why === null ? [] : [{ pointer, code: 'OUTBOUND_REFUSED', detail: why }]
    }),
  )
  return { input, key: await organisationKey(runtime, organisationId), faults: refusals.flat() }
}

type Place = [pointer: string, url: string | null, options?: { allowLoopback: boolean }]

function placesOf(input: ConnectorInput): Place[] {
  if (input.kind === 'list') return [['/settings/url', input.settings.url]]
  const { url, healthUrl, auth } = input.settings
  return [
    ['/settings/url', url.replaceAll(/[{}]/g, ''), { allowLoopback: input.kind === 'simulator' }],
    ['/settings/healthUrl', healthUrl],
    ['/settings/auth/tokenUrl', auth.kind === 'oauth2' ? auth.tokenUrl : null],
  ]
}

/** What is wrong with a simulator's settings. @param mayUse the operator sets it, or the installation is a sandbox */
export function simulatorFaults({ kind, settings }: HttpInput, mayUse: boolean): Fault[] {
  if (kind !== 'simulator') return []
  const faults: Fault[] = []
  if (!mayUse)
    faults.push({
      pointer: '/kind',
      code: 'SIMULATOR',
      detail: 'The simulator is for sandboxes; its operator connects it with `vouchsafe connector set`.',
    })
  if (new URL(settings.url).pathname !== '/')
    faults.push({
      pointer: '/settings/url',
      code: 'SIMULATOR_URL',
      detail: 'Say where the simulator listens, like http://127.0.0.1:8095.',
    })
  if (settings.healthUrl !== null)
    faults.push({
      pointer: '/settings/healthUrl',
      code: 'SIMULATOR_URL',
      detail: 'A simulator is looked at where it listens: leave this out.',
    })
  return faults
}

/** What is wrong with the secret: it goes nowhere else than it was given for, and is there where it is needed. */
export function secretFaults(before: ConnectorRow | undefined, input: HttpInput): Fault[] {
  const { secret, settings } = input
  const fault = (detail: string): Fault[] => [{ pointer: '/secret', code: 'SECRET_NEEDED', detail }]
  const isKept = secret === undefined && before !== undefined && before.wrappedSecret !== null
  if (isKept && !goesWhereItWent(before, input))
    return fault(
      'Send the secret again, or null for none: it would go to another address, or in another way, than it was given for.',
    )
  if (settings.auth.kind === 'none' || isKept || typeof secret === 'string') return []
  return fault(`Authentication by ${settings.auth.kind} needs its secret.`)
}

/** A secret is not sent to an address that it was not given for; what is asked there may change. */
function goesWhereItWent(before: ConnectorRow, { kind, settings }: HttpInput): boolean {
  const earlier = httpSettings.safeParse(before.settings)
  if (!earlier.success || before.kind !== kind) return false
  const place = ({ url, auth, healthUrl }: typeof settings): string =>
    JSON.stringify([url.split(/[?#]/)[0], healthUrl, auth])
  return place(earlier.data) === place(settings)
}
