/**
 * Organisations: the tenants. Nothing crosses one.
 *
 * Owns: organisations, their data keys and their settings (with versions). Promises: names are unique without case;
 * the data key never lies unwrapped; a setting that is stored can be read.
 */
import { AppError, type Fault } from '../../platform/errors.ts'
import { systemCaller, type Caller, type ReadContext, type WriteContext } from '../../platform/context.ts'
import type { AsOf } from '../../platform/db/as-of.ts'
import { brokenUnique } from '../../platform/db/database.ts'
import { newId } from '../../platform/ids.ts'
import { nearest } from '../../platform/nearest.ts'
import { rewrapKeys } from '../../platform/rewrap-keys.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { newKey, unwrapKey, wrapKey } from '../../platform/secrets.ts'
import { foldText } from '../../platform/text.ts'
import {
  parseSetting,
  settingDefinitions,
  settingKey,
  settingKeys,
  settingsFrom,
  settingText,
  type Organisation,
  type OrganisationPatch,
  type OrganisationSettings,
  type SettingKey,
} from './organisations.schema.ts'
import * as store from './organisations.store.ts'

export type { Organisation, OrganisationSettings } from './organisations.schema.ts'
export {
  bumpMappingVersion,
  lockOrganisation,
  mappingVersion,
  organisationName,
} from './organisations.store.ts'

const keyPurpose = (organisationId: string): string => `organisation:${organisationId}`

/** Refuses a name that could be taken for an id. */
function organisationName(text: string): string {
  const name = text.trim()
  if (name === '' || name.length > 200)
    throw new AppError('VALIDATION_FAILED', 'An organisation needs a name of 1 to 200 characters.')
  if (/^org_[0-9A-Za-z]{16}$/.test(name))
    throw new AppError('VALIDATION_FAILED', 'A name must not look like an id.')
  return name
}

/** Makes an organisation with a data key of its own. Refuses a name that is taken (case and accents apart). */
export async function createOrganisation(
  runtime: Runtime,
  input: { readonly name: string; readonly timeZone?: string },
  caller: Caller = systemCaller,
): Promise<Organisation> {
  const name = organisationName(input.name)
  const id = newId('organisation')
  try {
    await runtime.write(id, caller, async (ctx) => {
      await store.insertOrganisation(ctx, {
        name,
        nameFolded: foldText(name),
        wrappedKey: wrapKey(runtime.masterKey, keyPurpose(id), newKey()),
      })
      await ctx.audit({ entityType: 'settings', entityId: id, action: 'createOrganisation' })
      if (input.timeZone !== undefined) await setSetting(ctx, 'timeZone', input.timeZone)
    })
  } catch (error) {
    if (brokenUnique(error) === undefined) throw error
    throw new AppError('NAME_TAKEN', `There is an organisation called "${name}" already.`)
  }
  return { id, name }
}

/** By id or by name (case and accents apart). */
export async function findOrganisation(runtime: Runtime, idOrName: string): Promise<Organisation> {
  const all = await store.unscopedOrganisations(runtime.db)
  const folded = foldText(idOrName)
  const found = all.find((one) => one.id === idOrName) ?? all.find((one) => foldText(one.name) === folded)
  if (found) return found
  const near = nearest(
    idOrName,
    all.map((one) => one.name),
  )
  throw new AppError(
    'NOT_FOUND',
    `There is no organisation "${idOrName}"${near ? `. Did you mean "${near}"?` : '.'}`,
  )
}

/** All of the installation, oldest first: for the operator. */
export function listOrganisations(runtime: Runtime): Promise<Organisation[]> {
  return store.unscopedOrganisations(runtime.db)
}

const keys = new WeakMap<Runtime, Map<string, Buffer>>()

/** The organisation's data key (32 bytes), unwrapped once per process. */
export async function organisationKey(runtime: Runtime, organisationId: string): Promise<Buffer> {
  const cached = keys.get(runtime)?.get(organisationId)
  if (cached) return cached
  return runtime.read(organisationId, systemCaller, (ctx) => organisationKeyWithin(runtime, ctx))
}

/** The same inside a unit of work, on its connection: one that waits for another connection could wait for ever. */
export async function organisationKeyWithin(runtime: Runtime, ctx: ReadContext): Promise<Buffer> {
  const { organisationId } = ctx
  let known = keys.get(runtime)
  if (!known) keys.set(runtime, (known = new Map()))
  const cached = known.get(organisationId)
  if (cached) return cached
  const wrapped = await store.wrappedKey(ctx)
  if (!wrapped) throw new AppError('NOT_FOUND', 'There is no such organisation.')
  const key = unwrapKey(runtime.masterKeys, keyPurpose(organisationId), wrapped)
  known.set(organisationId, key)
  return key
}

/**
 * Wraps every organisation's data key by the master key in force, where another one wrapped it. One by one, each at once or
 * not at all: what is broken off goes on where it was.
 *
 * @returns how many were wrapped anew
 */
export async function rewrapOrganisations(runtime: Runtime, caller: Caller): Promise<number> {
  return rewrapKeys(runtime, caller, await store.unscopedOrganisations(runtime.db), {
    purpose: keyPurpose,
    entityType: 'settings',
    locked: store.lockedWrappedKey,
    set: store.setWrappedKey,
  })
}

/** How the organisation's mail is signed, and whom an answer to it reaches; null = nobody but the sender's address. */
export async function mailIdentity(
  ctx: ReadContext,
): Promise<{ readonly name: string; readonly replyTo: string | null }> {
  const settings = await settingsOf(ctx)
  return {
    name: settings['mail.senderName'] || (await store.organisationName(ctx)),
    replyTo: settings['mail.replyTo'] || null,
  }
}

/** Every setting in force: what was set, else the default. */
export async function settingsOf(ctx: ReadContext): Promise<OrganisationSettings> {
  return settingsFrom(await store.settingRows(ctx))
}

/** Every setting that was in force then. */
export async function settingsAsOf(ctx: ReadContext, at: AsOf): Promise<OrganisationSettings> {
  return settingsFrom(await store.settingRowsAsOf(ctx, at))
}

/**
 * Sets one setting from its text; an empty text takes it back to its default. Refuses an unknown key or a value that is
 * not allowed, and says what would be.
 */
export async function setSetting(ctx: WriteContext, key: string, text: string): Promise<void> {
  const known = settingKey(key)
  const value = text.trim() === '' ? null : text.trim()
  if (value !== null) parseSetting(known, value)
  await store.saveSetting(ctx, known, value)
  await ctx.audit({
    entityType: 'settings',
    entityId: ctx.organisationId,
    action: 'update',
    changes: { key: known, value },
  })
  await ctx.emit({ type: 'settings.changed', data: { key: known } })
}

/** Key and value in force, as text, for showing. */
export async function describeSettings(ctx: ReadContext): Promise<{ key: string; value: string }[]> {
  const settings = await settingsOf(ctx)
  return settingKeys.map((key) => ({ key, value: settingText(key, settings[key]) ?? '' }))
}

export interface OrganisationResource {
  readonly id: string
  readonly attributes: { readonly name: string; readonly settings: OrganisationSettings }
  readonly lastUpdated: Date
}

/** The organisation with every setting in force. */
export async function getOrganisation(ctx: ReadContext): Promise<OrganisationResource> {
  const { name, lastUpdated } = await store.organisationRow(ctx)
  return { id: ctx.organisationId, attributes: { name, settings: await settingsOf(ctx) }, lastUpdated }
}

/** The same, held against other changes until the transaction ends. */
export async function lockedOrganisation(ctx: WriteContext): Promise<OrganisationResource> {
  await store.lockOrganisation(ctx)
  return getOrganisation(ctx)
}

/**
 * Changes the name and settings that are given, all or none; null takes a setting back to its default. Refuses NAME_TAKEN,
 * and with VALIDATION_FAILED every setting that is not there or may not have its value.
 */
export async function changeOrganisation(
  ctx: WriteContext,
  patch: OrganisationPatch,
): Promise<OrganisationResource> {
  const before = await lockedOrganisation(ctx)
  const faults: Fault[] = []
  const wanted = Object.entries(patch.settings ?? {}).flatMap(([key, value]) => {
    try {
      const known = settingKey(key)
      const text = value === null ? '' : settingText(known, value)
      if (text === undefined) {
        const { json } = settingDefinitions[known]
        throw new AppError('VALIDATION_FAILED', `${key} must be of the type ${String(json['type'])}.`)
      }
      if (text !== '') parseSetting(known, text)
      return [{ key: known, text }]
    } catch (error) {
      const pointer = `/settings/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
      faults.push({ pointer, code: 'SETTING', detail: (error as Error).message })
      return []
    }
  })
  if (faults.length > 0)
    throw new AppError('VALIDATION_FAILED', faults.map(({ detail }) => detail).join(' '), { errors: faults })
  const name = patch.name === undefined ? before.attributes.name : organisationName(patch.name)
  if (name !== before.attributes.name) await renameOrganisation(ctx, name)
  const asText = (key: SettingKey): string => settingText(key, before.attributes.settings[key]) ?? ''
  for (const { key, text } of wanted) {
    const fallback = settingText(key, settingDefinitions[key].fallback) ?? ''
    if (asText(key) !== (text === '' ? fallback : text)) await setSetting(ctx, key, text)
  }
  return getOrganisation(ctx)
}

async function renameOrganisation(ctx: WriteContext, name: string): Promise<void> {
  try {
    await store.rename(ctx, name, foldText(name))
  } catch (error) {
    if (brokenUnique(error) === undefined) throw error
    throw new AppError('NAME_TAKEN', `There is an organisation called "${name}" already.`, { cause: error })
  }
  await ctx.audit({
    entityType: 'settings',
    entityId: ctx.organisationId,
    action: 'update',
    changes: { fields: ['name'] },
  })
}
