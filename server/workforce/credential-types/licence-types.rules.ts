/**
 * From an organisation's own codes to credential types. Only an exact mapping or a catalogue code decides; everything
 * else is a proposal for a person (spec 10, Credential types). Pure.
 */
import type { Catalogue } from './credential-types.schema.ts'

const states = new Set(['NSW', 'VIC', 'QLD', 'WA', 'SA', 'TAS', 'ACT', 'NT'])

/** Other spellings of one scheme, so that `VIC-WWCC` and `WWC VIC` meet. */
const schemes: Readonly<Record<string, string>> = { WWC: 'WWCC', BLUECARD: 'BLUE', DLIC: 'DL', DRIVER: 'DL' }

/** The contract's names of mapping targets, by our codes. */
const contractTargets: Readonly<Record<string, string>> = {
  ahpra: 'AHPRA',
  vicwwc: 'WWCC_VIC',
  qldblue: 'BLUE_CARD_QLD',
  ndis: 'NDIS_WORKER_SCREENING',
}

/** Upper case, words split from states and sorted: `VICWWC`, `WWC-VIC` and `vic wwcc` are one. */
export function foldLicenceType(code: string): string {
  const words = code
    .normalize('NFKC')
    .toUpperCase()
    .split(/[^A-Z0-9]+/)
    .filter((word) => word !== '')
    .flatMap((word) => splitState(word))
    .map((word) => schemes[word] ?? word)
  return words.sort().join(' ')
}

function splitState(word: string): string[] {
  if (states.has(word)) return [word]
  for (const state of states) {
    if (word.length <= state.length + 1) continue
    if (word.startsWith(state)) return [state, word.slice(state.length)]
    if (word.endsWith(state)) return [word.slice(0, -state.length), state]
  }
  return [word]
}

export type LicenceTypeAnswer =
  | { readonly credentialType: string; readonly by: 'MAPPING' | 'CATALOGUE' }
  | { readonly credentialType: null; readonly proposals: readonly string[] }

const proposalsMax = 3

const foldedAliases = new WeakMap<Catalogue, Map<string, string[]>>()

function aliasesOf(catalogue: Catalogue): Map<string, string[]> {
  const known = foldedAliases.get(catalogue)
  if (known) return known
  const map = new Map<string, string[]>()
  for (const type of catalogue.types.values()) {
    for (const spelling of [type.code, ...type.aliases]) {
      const key = foldLicenceType(spelling)
      const list = map.get(key) ?? []
      if (!list.includes(type.code)) map.set(key, [...list, type.code])
    }
  }
  foldedAliases.set(catalogue, map)
  return map
}

/** Types whose spellings are the same as, or share words with, this one; best first. */
function proposalsFor(code: string, catalogue: Catalogue): string[] {
  const key = foldLicenceType(code)
  if (key === '') return []
  const aliases = aliasesOf(catalogue)
  const exact = aliases.get(key)
  if (exact) return exact.slice(0, proposalsMax)
  const words = new Set(key.split(' '))
  const scores = new Map<string, number>()
  for (const [spelling, codes] of aliases) {
    const other = spelling.split(' ')
    const shared = other.filter((word) => words.has(word) && !states.has(word)).length
    if (shared === 0) continue
    // A state named differently is another type; a state named the same speaks for it.
    const otherState = other.find((word) => states.has(word))
    const ownState = [...words].find((word) => states.has(word))
    if (otherState !== undefined && ownState !== undefined && otherState !== ownState) continue
    const score =
      shared / Math.max(other.length, words.size) +
      (otherState !== undefined && otherState === ownState ? 0.5 : 0)
    for (const type of codes) scores.set(type, Math.max(scores.get(type) ?? 0, score))
  }
  return [...scores]
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .map(([type]) => type)
    .slice(0, proposalsMax)
}

/** What a code in a file stands for, or what it may have meant. */
export function resolveLicenceType(
  code: string,
  mappings: ReadonlyMap<string, string>,
  catalogue: Catalogue,
): LicenceTypeAnswer {
  const trimmed = code.trim()
  const mapped = mappings.get(trimmed)
  if (mapped !== undefined) return { credentialType: mapped, by: 'MAPPING' }
  if (catalogue.types.has(trimmed)) return { credentialType: trimmed, by: 'CATALOGUE' }
  return { credentialType: null, proposals: proposalsFor(trimmed, catalogue) }
}

/** What a person named as a mapping's target: a catalogue code (case apart) or one of the contract's names. */
export function mappingTarget(
  text: string,
  catalogue: Catalogue,
):
  | { readonly credentialType: string; readonly nearest: readonly string[] }
  | { readonly credentialType: null; readonly nearest: readonly string[] } {
  const trimmed = text.trim()
  const named = contractTargets[trimmed.toLowerCase()]
  if (named !== undefined) return { credentialType: named, nearest: [] }
  const upper = trimmed.toUpperCase()
  if (catalogue.types.has(upper)) return { credentialType: upper, nearest: [] }
  return { credentialType: null, nearest: proposalsFor(trimmed, catalogue) }
}
