/** What a manager is told in a sentence or two. Pure. */
import type { DocumentExpectation, DocumentReading } from './document-reading.schema.ts'

/** Names the type, the holder, the number and the end as they were read, and what is against it. */
export function reasoningOf(
  reading: Omit<DocumentReading, 'reasoning'>,
  expectation: DocumentExpectation,
): string {
  const { extracted, concerns, detectedType, findings, outcome } = reading
  if (outcome === 'UNREADABLE') return 'The document could not be read. Look at it, or ask for another copy.'
  const name = findings.types[0]?.name
  if (concerns.some(({ code }) => code === 'ILLEGIBLE') && detectedType === null)
    return 'The document is too unclear to be read. Ask for a sharper photo or a scan.'
  const said: string[] = []
  if (extracted.holderName) said.push(`made out to ${extracted.holderName.value}`)
  if (extracted.number) said.push(`number ${extracted.number.value}`)
  if (extracted.expiryDate) said.push(`valid until ${extracted.expiryDate.value}`)
  else if (extracted.issueDate) said.push(`dated ${extracted.issueDate.value}`)
  const what =
    name === undefined
      ? 'The document is of no kind that is known here'
      : `It looks like ${detectedType === null ? name : `a ${name}`}`
  const first = said.length > 0 ? `${what}, ${said.join(', ')}.` : `${what}.`
  if (concerns.length > 0)
    return `${first} To be looked at: ${concerns.map(({ message }) => message).join(' ')}`.slice(0, 600)
  return expectation.credentialType === null
    ? first
    : `${first} Type and what was compared agree with the credential.`
}
