/** The shipped catalogue: data in `catalogue/`, read once and validated as a whole. */
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { z } from 'zod'
import { AppError } from '../../platform/errors.ts'
import { registersFile, typesFile, type Catalogue } from './credential-types.schema.ts'

const folder = new URL('../../../catalogue/', import.meta.url)

function readFile<Schema extends z.ZodType>(
  name: string,
  schema: Schema,
  faults: string[],
): z.infer<Schema> | undefined {
  const result = schema.safeParse(parse(readFileSync(new URL(name, folder), 'utf8')))
  if (result.success) return result.data
  for (const issue of result.error.issues) faults.push(`${name}: ${issue.path.join('.')}: ${issue.message}`)
  return undefined
}

function byCode<Entry extends { readonly code: string }>(
  name: string,
  entries: readonly Entry[],
  faults: string[],
): Map<string, Entry> {
  const map = new Map<string, Entry>()
  for (const entry of entries) {
    if (map.has(entry.code)) faults.push(`${name}: the code ${entry.code} stands twice`)
    map.set(entry.code, entry)
  }
  return map
}

let loaded: Catalogue | undefined

/** The shipped catalogue, read once. Every fault in it is listed, and stops the start. */
export function loadCatalogue(): Catalogue {
  if (loaded) return loaded
  const faults: string[] = []
  const types = readFile('credential-types.yaml', typesFile, faults)
  const registers = readFile('registers.yaml', registersFile, faults)
  const catalogue: Catalogue = {
    version: types?.version ?? '',
    types: byCode('credential-types.yaml', types?.types ?? [], faults),
    registers: byCode('registers.yaml', registers?.registers ?? [], faults),
  }
  for (const type of catalogue.types.values()) {
    if (type.register !== null && !catalogue.registers.has(type.register))
      faults.push(`${type.code}: no register ${type.register}`)
    if (!new RegExp(type.number.pattern, 'u').test(type.number.example))
      faults.push(`${type.code}: its example does not fit its pattern`)
    for (const [prefix, day] of Object.entries(type.validity?.yearEndOfPrefix ?? {}))
      if (!type.validity?.yearEnds?.includes(day))
        faults.push(`${type.code}: ${day}, the day of ${prefix}, is none of its yearEnds`)
  }
  for (const { code, numberOf } of catalogue.registers.values())
    if (numberOf !== null && !catalogue.types.has(numberOf)) faults.push(`${code}: no type ${numberOf}`)
  if (faults.length > 0)
    throw new AppError('SETTING_INVALID', `The catalogue has faults: ${faults.join('; ')}.`)
  loaded = catalogue
  return catalogue
}
