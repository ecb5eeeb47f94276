/** A document's findings against what the house knows (spec 40, "Concerns"). Pure: a stored reading can be compared anew. */
import { addDays, addMonths, type LocalDate } from '../../platform/local-date.ts'
import type {
  Concern,
  DocumentExpectation,
  DocumentReading,
  FoundField,
  NameMatch,
} from './document-reading.schema.ts'
import { compareNames } from './names.rules.ts'
import { sameNumber } from './numbers.rules.ts'
import { reasoningOf } from './reasoning.rules.ts'

type Plain = Pick<
  DocumentReading,
  'outcome' | 'detectedType' | 'extracted' | 'findings' | 'engine' | 'engineVersion'
>

/** A type that is nearly as likely as the best counts as met when it is what was expected. */
const nearlyAs = 0.8

/**
 * Judges a reading against an expectation: whether it matches, what is odd, how sure that is, and why. What a former comparison
 * said does not matter: comparing twice gives what comparing once with the second expectation gives.
 */
export function compareReading(read: Plain, expectation: DocumentExpectation): DocumentReading {
  const { outcome, detectedType, extracted, findings, engine, engineVersion } = read
  const [best] = findings.types
  const expected = findings.types.find(({ code }) => code !== null && code === expectation.credentialType)
  const matchesExpectedType =
    expectation.credentialType !== null &&
    expected !== undefined &&
    (detectedType === expectation.credentialType || expected.confidence >= nearlyAs * (best?.confidence ?? 1))
  const nameMatch = nameMatchOf(read, expectation)
  const concerns: Concern[] = [...findings.concerns]
  if (outcome === 'READ') concerns.push(...concernsOf(read, expectation, matchesExpectedType, nameMatch))
  const confidencePercent =
    outcome === 'READ' ? confidenceOf(read, expectation, matchesExpectedType, nameMatch) : 0
  const compared = {
    outcome,
    detectedType,
    matchesExpectedType,
    confidencePercent,
    concerns,
    extracted,
    nameMatch,
    findings,
    engine,
    engineVersion,
  }
  return { ...compared, reasoning: reasoningOf(compared, expectation) }
}

function nameMatchOf(
  { findings, extracted, outcome }: Plain,
  { holder }: DocumentExpectation,
): NameMatch | null {
  if (holder === null) return null
  if (outcome !== 'READ') return 'UNSURE'
  const verdicts = findings.names.map((name) => ({ name, verdict: compareNames(name.value, holder) }))
  if (verdicts.some(({ verdict }) => verdict === 'MATCH')) return 'MATCH'
  if (verdicts.some(({ verdict }) => verdict === 'UNSURE')) return 'UNSURE'
  // Somebody else's name has to be read well, and to stand where a holder's stands.
  return extracted.holderName && extracted.holderName.confidence >= 0.5 ? 'DIFFERENT' : 'UNSURE'
}

function concernsOf(
  read: Plain,
  expectation: DocumentExpectation,
  matchesType: boolean,
  nameMatch: NameMatch | null,
): Concern[] {
  const { extracted, findings, detectedType } = read
  const concerns: Concern[] = []
  const expectedName = expectation.types.find(({ code }) => code === expectation.credentialType)?.name
  if (expectation.credentialType !== null && !matchesType)
    concerns.push({
      code: 'WRONG_TYPE',
      message:
        detectedType !== null || findings.types[0]
          ? `It looks like ${findings.types[0]?.name ?? detectedType ?? ''}, not ${expectedName ?? expectation.credentialType}.`
          : `Nothing on it says that it is ${expectedName ?? expectation.credentialType}.`,
    })
  if (nameMatch === 'DIFFERENT')
    concerns.push({
      code: 'NAME_MISMATCH',
      message: `The name on it is ${extracted.holderName?.value ?? 'another'}, not the worker's.`,
    })
  else if (nameMatch === 'UNSURE' && findings.names.length > 0 && extracted.holderName)
    concerns.push({
      code: 'NAME_MISMATCH',
      message: `The name on it, ${extracted.holderName.value}, is only partly the worker's.`,
    })
  if (!matchesType && expectation.credentialType !== null) return concerns
  if (expectation.number !== null && extracted.number && extracted.number.confidence >= 0.5) {
    const known = expectation.number
    if (!findings.numbers.some(({ value }) => sameNumber(value, known)))
      concerns.push({
        code: 'NUMBER_MISMATCH',
        message: `The number on it is ${extracted.number.value}, not ${known}.`,
      })
  }
  const end = endOf(read)
  if (end !== null) {
    if (end.value < expectation.today)
      concerns.push({ code: 'EXPIRED', message: `It expired on ${end.value}.` })
    else if (end.value <= addDays(expectation.today as LocalDate, expectation.expiringDays))
      concerns.push({ code: 'EXPIRES_SOON', message: `It expires on ${end.value}.` })
  }
  const differs = (label: string, known: string | null, found: FoundField | null): void => {
    if (known === null || !found || found.confidence < 0.5 || found.value === known) return
    concerns.push({ code: 'DATE_MISMATCH', message: `The ${label} on it is ${found.value}, not ${known}.` })
  }
  differs('expiry date', expectation.expiryDate, extracted.expiryDate)
  differs('issue date', expectation.issueDate, extracted.issueDate)
  return concerns
}

/** The printed end, or the one that its issue gives where none is printed. */
function endOf({ extracted, findings }: Plain): { value: string } | null {
  if (extracted.expiryDate) return extracted.expiryDate
  return extracted.issueDate && findings.monthsFromIssue !== null
    ? { value: addMonths(extracted.issueDate.value as LocalDate, findings.monthsFromIssue) }
    : null
}

/** That the type is right, and what was compared agrees: each doubtful thing takes its share. */
function confidenceOf(
  read: Plain,
  expectation: DocumentExpectation,
  matchesType: boolean,
  nameMatch: NameMatch | null,
): number {
  const { findings } = read
  const [best] = findings.types
  const expected = findings.types.find(({ code }) => code === expectation.credentialType)
  let confidence = best?.confidence ?? 0
  if (matchesType) confidence = Math.max(expected?.confidence ?? 0, confidence)
  if (nameMatch === 'UNSURE') confidence *= 0.7
  return Math.round(Math.max(0, Math.min(1, confidence)) * 100)
}
