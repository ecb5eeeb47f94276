/** An organisation's settings: one list that validates, types, documents and gives the defaults. */
import { z } from 'zod'
import { requiredLine } from '../../platform/fields.schema.ts'
import { AppError } from '../../platform/errors.ts'
import { isTimeZone } from '../../platform/local-date.ts'
import { nearest } from '../../platform/nearest.ts'

interface Kind<T> {
  /** Throws an Error whose message says what is allowed. */
  parse(text: string): T
  /** The same values in JSON, as the API takes and shows them (JSON Schema 2020-12). */
  readonly json: Readonly<Record<string, unknown>>
}

interface SettingDefinition<T> extends Kind<T> {
  readonly fallback: T
  readonly description: string
}

const define = <T>(fallback: T, description: string, kind: Kind<T>): SettingDefinition<T> => ({
  fallback,
  description,
  ...kind,
})

const whole = (minimum: number, maximum: number): Kind<number> => ({
  json: { type: 'integer', minimum, maximum },
  parse: (text) => {
    const value = Number(text)
    if (!/^\d{1,10}$/.test(text) || value < minimum || value > maximum)
      throw new Error(`must be a whole number from ${minimum} to ${maximum}`)
    return value
  },
})

const flag: Kind<boolean> = {
  json: { type: 'boolean' },
  parse: (text) => {
    if (text !== '0' && text !== '1') throw new Error('must be 1 or 0')
    return text === '1'
  },
}

const oneOf = <const T extends string>(...allowed: readonly T[]): Kind<T> => ({
  json: { type: 'string', enum: allowed },
  parse: (text) => {
    const found = allowed.find((value) => value === text)
    if (found === undefined) throw new Error(`must be one of ${allowed.join(', ')}`)
    return found
  },
})

const textOf = (parse: (text: string) => string): Kind<string> => ({ json: { type: 'string' }, parse })

const wordsOf = (allowed?: readonly string[]): Kind<readonly string[]> => ({
  json: { type: 'array', items: { type: 'string', ...(allowed ? { enum: allowed } : {}) } },
  parse: (text) => {
    const words = text
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== '')
    const unknown = allowed ? words.filter((word) => !allowed.includes(word)) : []
    if (unknown.length > 0)
      throw new Error(`names ${unknown.join(', ')}; it may name ${(allowed ?? []).join(', ')} only`)
    return words
  },
})

const address = /^[^\s@,;<>"()\\]+@[^\s@,;<>"()\\]+$/

/** A list of e-mail addresses, or `off` alone. */
const addressesOrOff: Kind<readonly string[]> = {
  json: { type: 'array', items: { type: 'string', maxLength: 320 }, maxItems: 20 },
  parse: (text) => {
    const words = wordsOf().parse(text)
    const isOff = words.length === 1 && words[0] === 'off'
    const wrong = isOff ? [] : words.filter((word) => !address.test(word) || word.length > 320)
    if (wrong.length > 0 || words.length > 20)
      throw new Error('must be up to 20 e-mail addresses separated by commas, or the one word off')
    return words
  },
}

/** The columns of the employee file that an organisation may leave empty. */
const optionalColumns = ['first_name', 'last_name', 'dob', 'email', 'position_id', 'issue_date'] as const

export const settingDefinitions = {
  timeZone: define(
    'Australia/Sydney',
    'Zone in which "today", schedules and the dates in file names are read.',
    textOf((text) => {
      if (!isTimeZone(text)) throw new Error('must be a time zone like Australia/Perth')
      return text
    }),
  ),
  'import.schedule': define<'realtime' | 'hourly' | 'twice-daily' | 'daily' | 'weekly'>(
    'realtime',
    'When waiting files are taken.',
    oneOf('realtime', 'hourly', 'twice-daily', 'daily', 'weekly'),
  ),
  'import.quietSeconds': define(
    5,
    'Seconds after the last arrival before a file is taken (realtime only).',
    whole(0, 3_600),
  ),
  'import.maxRows': define(10_000, 'Most rows in one file.', whole(1, 1_000_000)),
  'import.maxBytes': define(104_857_600, 'Most bytes in one file.', whole(1, 2_147_483_648)),
  'import.optional': define<readonly string[]>(
    [],
    `Required columns that may be empty, comma-separated: ${optionalColumns.join(', ')}.`,
    wordsOf(optionalColumns),
  ),
  'import.missingCredentials': define<'deactivate' | 'keep'>(
    'deactivate',
    'What becomes of a credential that a snapshot no longer has.',
    oneOf('deactivate', 'keep'),
  ),
  'import.acceptDeclared': define<readonly string[]>(
    [],
    'Credential types, comma-separated, for which what HR says is enough.',
    wordsOf(),
  ),
  'import.guard.deactivationsMin': define(
    10,
    'A snapshot may deactivate this many people whatever their share.',
    whole(0, 1_000_000),
  ),
  'import.guard.deactivationsPercent': define(
    20,
    'Share of the source’s active people above which deactivations are held.',
    whole(0, 100),
  ),
  'import.guard.majorityPercent': define(
    50,
    'Share above which even two deactivations are held.',
    whole(0, 100),
  ),
  'import.guard.credentialsMin': define(
    10,
    'A snapshot may make this many credentials inactive whatever their share.',
    whole(0, 1_000_000),
  ),
  'import.guard.credentialsPercent': define(
    20,
    'Share of the source’s active credentials above which their going is held.',
    whole(0, 100),
  ),
  'import.guard.requirementRowsPercent': define(
    20,
    'Share of a source’s requirement rows above which their removal is held.',
    whole(0, 100),
  ),
  'import.heldDays': define(14, 'Days after which a held import lapses.', whole(1, 365)),
  'import.missingHours': define(
    48,
    'Hours of silence after which a source that sends daily is reported as missing; days of the week on which it never sends do not count. 0 = never.',
    whole(0, 2_000),
  ),
  'import.notify': define<readonly string[]>(
    [],
    'E-mail addresses, comma-separated, that are told of held, failed and missing files beside the users who decide on imports; or off, and nobody is.',
    addressesOrOff,
  ),
  'review.fourEyes': define<readonly string[]>(
    [],
    'Decisions on reviews, comma-separated, that take effect when a second person decides the same: ACCEPT, REJECT, ASK_AGAIN, WAIVE.',
    wordsOf(['ACCEPT', 'REJECT', 'ASK_AGAIN', 'WAIVE']),
  ),
  'document.acceptPercent': define(
    90,
    'Percent of confidence from which a document about which nothing is odd makes a credential REVIEWED by itself, where no register knows its type. 101 = a person always looks.',
    whole(50, 101),
  ),
  'export.filePrefix': define(
    'Vouchsafe',
    'First part of the names of exports.',
    textOf((text) => {
      if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/.test(text))
        throw new Error('must be 1 to 64 letters, digits, dots, dashes or underscores')
      return text
    }),
  ),
  'export.schedule': define<'daily' | 'off'>(
    'daily',
    'Whether a status export is written every day at 05:00.',
    oneOf('daily', 'off'),
  ),
  'export.merge': define(false, '1 joins the exports of several sources in one file.', flag),
  'export.compliance': define(
    false,
    '1 writes the compliance export too, whenever status exports are written by themselves.',
    flag,
  ),
  'export.afterImport': define(true, '1 writes a status export after every import.', flag),
  'export.settleMinutes': define(
    60,
    'Longest wait for first answers of registers before the export after an import.',
    whole(0, 1_440),
  ),
  'fetchRequest.expiryDays': define(14, 'Days for which the link of a fetch request is good.', whole(1, 90)),
  'fetchRequest.reminderDays': define(
    7,
    'Days after the last e-mail of an open fetch request until the worker is reminded by itself.',
    whole(1, 90),
  ),
  'fetchRequest.remindersMax': define(
    3,
    'Reminders that go out by themselves for one link of a fetch request. 0 = none.',
    whole(0, 20),
  ),
  'fetchRequest.bulkMax': define(50, 'Workers in one bulk call of fetch requests.', whole(1, 1_000)),
  'fetchRequest.stepUp': define<'off' | 'birthDate'>(
    'off',
    'Whether a worker says their date of birth before the page of a fetch request shows anything personal.',
    oneOf('off', 'birthDate'),
  ),
  'fetchRequest.stepUpMayBeSkipped': define(
    false,
    '1 lets workers without a date of birth on file answer without that step.',
    flag,
  ),
  privacyNotice: define(
    '',
    'What workers are told about their data before they answer a fetch request, as plain text of up to 10,000 characters.',
    textOf((text) => {
      if (text.length > 10_000) throw new Error('must have at most 10,000 characters')
      return text
    }),
  ),
  'retention.uploadArchiveDays': define(30, 'Days for which processed files are kept.', whole(1, 3_650)),
  'retention.downloadDays': define(90, 'Days for which exports and results are kept.', whole(1, 3_650)),
  'mail.senderName': define(
    '',
    'Name that people see as the sender of the organisation’s mail. Default: the organisation’s name.',
    textOf((text) => {
      if (/[\p{Cc}<>"@]/u.test(text) || text.length > 100)
        throw new Error('must be one line of up to 100 characters without <, >, " and @')
      return text
    }),
  ),
  'mail.replyTo': define(
    '',
    'E-mail address that answers to the organisation’s mail reach: a person’s or a team’s. Default: none.',
    textOf((text) => {
      if (text !== '' && (!address.test(text) || text.length > 320))
        throw new Error('must be one e-mail address like people@example.com')
      return text
    }),
  ),
  'sftp.connectionsPerAccount': define(
    20,
    'SFTP connections that one account may have at once, on each node.',
    whole(1, 1_000),
  ),
  'sftp.storageMegabytes': define(
    10_240,
    'Megabytes that the files of one SFTP account may take, its archived ones included.',
    whole(1, 10_000_000),
  ),
  'sftp.partialHours': define(24, 'Hours for which a cut upload can be resumed.', whole(1, 720)),
} as const

export type SettingKey = keyof typeof settingDefinitions
export type OrganisationSettings = {
  readonly [K in SettingKey]: (typeof settingDefinitions)[K] extends SettingDefinition<infer T> ? T : never
}

export const settingKeys = Object.keys(settingDefinitions) as SettingKey[]

/** The key, or VALIDATION_FAILED naming the nearest one. */
export function settingKey(text: string): SettingKey {
  if (text in settingDefinitions) return text as SettingKey
  const near = nearest(text, settingKeys)
  throw new AppError(
    'VALIDATION_FAILED',
    `There is no setting "${text}"${near ? `. Did you mean ${near}?` : `. The settings are ${settingKeys.join(', ')}.`}`,
  )
}

/** The value a text stands for; VALIDATION_FAILED says what is allowed. */
export function parseSetting<K extends SettingKey>(key: K, text: string): OrganisationSettings[K] {
  try {
    return settingDefinitions[key].parse(text) as OrganisationSettings[K]
  } catch (error) {
    throw new AppError('VALIDATION_FAILED', `${key} ${(error as Error).message} (it is "${text}").`)
  }
}

/** A setting's value in JSON as text; undefined when it is of another kind than the setting. */
export function settingText(key: SettingKey, value: unknown): string | undefined {
  const { fallback } = settingDefinitions[key]
  if (Array.isArray(fallback))
    return Array.isArray(value) && value.every((word) => typeof word === 'string' && !word.includes(','))
      ? value.join(',')
      : undefined
  if (typeof value !== typeof fallback) return undefined
  return typeof value === 'boolean' ? (value ? '1' : '0') : String(value)
}

/** What an organisation can be set to, as JSON Schema. */
export function settingsSchema(): Readonly<Record<string, unknown>> {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(
      settingKeys.map((key) => {
        const { json, description, fallback } = settingDefinitions[key]
        return [key, { ...json, description, default: fallback }]
      }),
    ),
  }
}

/** An organisation as the API shows it. */
export const organisationAttributes = z.object({
  name: z.string(),
  settings: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]))
    .describe('Every setting in force; `/organisation/settings-schema` says what each may be.'),
})

/** What PATCH takes: settings that are absent stay, null goes back to the default. */
export const organisationPatch = z.strictObject({
  name: requiredLine(200).optional(),
  settings: z.record(z.string(), z.unknown()).optional(),
})
export type OrganisationPatch = z.infer<typeof organisationPatch>

/** All settings in force, from the rows that were set. */
export function settingsFrom(
  rows: readonly { readonly key: string; readonly value: string }[],
): OrganisationSettings {
  const settings: Record<string, unknown> = {}
  for (const key of settingKeys) settings[key] = settingDefinitions[key].fallback
  for (const { key, value } of rows)
    if (key in settingDefinitions) settings[key] = parseSetting(key as SettingKey, value)
  return settings as OrganisationSettings
}

export interface Organisation {
  readonly id: string
  readonly name: string
}
