/** From the catalogue's entries to what a reader needs of them. Pure. */
import type { CredentialTypeEntry } from '../../workforce/credential-types/credential-types.schema.ts'
import type { DocumentTypeHints } from './document-reading.schema.ts'

/** Of a shipped type or an organisation's own: one without hints is known by its name and its words. */
export function documentTypeHints(entry: CredentialTypeEntry): DocumentTypeHints {
  const { code, name, jurisdiction, number, validity, documentHints, documentWords } = entry
  return {
    code,
    name,
    jurisdiction,
    numberPattern: number.pattern,
    hints: {
      titles: documentHints.titles.length > 0 ? documentHints.titles : [name.replace(/\s*\(.*\)$/, '')],
      issuers: documentHints.issuers,
      codes: documentHints.codes,
      words: documentWords,
      numberLabels: documentHints.numberLabels,
      covers: documentHints.covers,
    },
    monthsFromIssue: validity?.countsFromIssue === true ? (validity.months ?? null) : null,
  }
}
