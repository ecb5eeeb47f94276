/** What a signed document says, as a flat list, and whether that is what was submitted beside it. No input or output. */
import { isObject, type Json } from './signed-documents.json.rules.ts'
import type {
  Part,
  SignedDocumentReport,
  SubmittedField,
  SubmittedFields,
} from './signed-documents.schema.ts'

export type DocumentField = SignedDocumentReport['fields'][number]

const fieldsMax = 2_000
const valueMax = 1_000
/** Direction marks, zero-width and control characters, which could make a value look like another. */
const unseen = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}]/gu

/** A value as a person reads it: what is not seen is written out. */
export function shownText(text: string): string {
  return text.replaceAll(unseen, (character) =>
    character === '\n' || character === '\t'
      ? character
      : `\\u{${(character.codePointAt(0) as number).toString(16).toUpperCase()}}`,
  )
}

/** One field; values of more than 1,000 characters (pictures, mostly) are shortened and say so. */
export function documentField(path: string, value: string): DocumentField {
  const isShortened = value.length > valueMax
  const kept = isShortened ? value.slice(0, valueMax).toWellFormed() : value
  return { path: shownText(path), value: shownText(kept), isShortened }
}

/**
 * The leaves of a value with their paths (`credentialSubject.achievement.name`, `evidence[0].id`), at most 2,000; null leaves
 * say nothing and are left out.
 */
export function flatFields(value: Json, leftOut: ReadonlySet<string>): DocumentField[] {
  const fields: DocumentField[] = []
  const walk = (at: Json, path: string): void => {
    if (fields.length >= fieldsMax || at === null) return
    if (Array.isArray(at)) (at as readonly Json[]).forEach((item, index) => walk(item, `${path}[${index}]`))
    else if (isObject(at))
      for (const [name, inner] of Object.entries(at)) {
        if (path === '' && leftOut.has(name)) continue
        walk(inner, path === '' ? name : `${path}.${name}`)
      }
    else fields.push(documentField(path, String(at)))
  }
  walk(value, '')
  return fields
}

/** Where documents keep what is submitted: the last names of paths, by how a path begins. Both in lower case, indexes left out. */
const places: Readonly<Record<SubmittedField, readonly RegExp[]>> = {
  holderName: [
    /^recipient\.(?:name|fullname)$/,
    /^credentialsubject\.(?:name|fullname|legalname|full_name|recipientname)$/,
    /^credentialsubject\.(?:person|recipient|holder)\.name$/,
  ],
  credentialName: [
    /^name$/,
    /^credentialsubject\.achievement\.name$/,
    /^credentialsubject\.(?:degree|qualification|award)\.name$/,
    /^credentialsubject\.(?:degree|qualification|title)$/,
    /^qualification(?:\.name)?$/,
  ],
  issuerName: [/^issuer\.name$/, /^issuers\.name$/, /^credentialsubject\.achievement\.creator\.name$/],
  issueDate: [
    /^(?:issuedon|issuedate|issuancedate|validfrom|issued|awardeddate|graduationdate|conferraldate)$/,
    /^credentialsubject\.(?:issuedate|graduationdate|conferraldate|achievementdate)$/,
  ],
  expiryDate: [/^(?:expireson|expirydate|expirationdate|validuntil)$/, /^credentialsubject\.expirydate$/],
  number: [
    /^id$/,
    /^(?:certificatenumber|licensenumber|serialnumber|number)$/,
    /^credentialsubject\.(?:licensenumber|certificatenumber|number|identifier)$/,
  ],
}

const folded = (text: string): string =>
  text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()

/** Names are compared without regard to the order of their parts. */
const foldedName = (text: string): string => folded(text).split(' ').sort().join(' ')

function isSame(field: SubmittedField, submitted: string, signed: string): boolean {
  switch (field) {
    case 'issueDate':
    case 'expiryDate':
      // A year or month says less than a day, and agrees with every day in it.
      return /^\d{4}(?:-\d{2}){0,2}$/.test(submitted) && signed.startsWith(submitted)
    case 'holderName':
      return foldedName(submitted) !== '' && foldedName(submitted) === foldedName(signed)
    case 'credentialName':
    case 'issuerName':
    case 'number':
      return folded(submitted) !== '' && folded(submitted) === folded(signed)
  }
}

const fullName = (fields: readonly DocumentField[]): string[] => {
  const part = (name: string): string =>
    fields.find(({ path }) => path.toLowerCase() === `credentialsubject.${name}`)?.value ?? ''
  const name = `${part('givenname')} ${part('additionalname')} ${part('familyname')}`
  return part('givenname') === '' || part('familyname') === '' ? [] : [name.replaceAll(/ +/g, ' ').trim()]
}

/** Each submitted field beside what the document says of it. */
export function compareFields(
  submitted: SubmittedFields,
  fields: readonly DocumentField[],
): SignedDocumentReport['comparison'] {
  return (Object.entries(submitted) as [SubmittedField, string | undefined][]).flatMap(([field, value]) => {
    if (value === undefined) return []
    const signed = fields
      .filter(({ path }) => {
        const plain = path.toLowerCase().replaceAll(/\[\d+\]|\.\d+(?=\.|$)/g, '')
        return places[field].some((place) => place.test(plain))
      })
      .map((found) => found.value)
    if (field === 'holderName') signed.push(...fullName(fields))
    const outcome =
      signed.length === 0
        ? 'NOT_IN_DOCUMENT'
        : signed.some((one) => isSame(field, value, one))
          ? 'SAME'
          : 'DIFFERENT'
    return [{ field, submitted: shownText(value), signed, outcome } as const]
  })
}

const words: Readonly<Record<SubmittedField, string>> = {
  holderName: 'the holder’s name',
  credentialName: 'the credential’s name',
  issuerName: 'the issuer’s name',
  issueDate: 'the date of issue',
  expiryDate: 'the date of expiry',
  number: 'the number',
}

/** What a comparison comes to. */
export function comparisonPart(comparison: SignedDocumentReport['comparison'], redactedCount: number): Part {
  const named = (outcome: string): string =>
    comparison
      .filter((compared) => compared.outcome === outcome)
      .map(({ field }) => words[field as SubmittedField])
      .join(', ')
  const different = named('DIFFERENT')
  const missing = named('NOT_IN_DOCUMENT')
  if (different !== '')
    return {
      part: 'SUBMITTED_FIELDS',
      outcome: 'FAILED',
      detail: `The signed document says something else than was submitted: ${different}.`,
    }
  if (missing !== '')
    return {
      part: 'SUBMITTED_FIELDS',
      outcome: 'NOT_CHECKED',
      detail: `The signed document does not show ${missing}${redactedCount > 0 ? ' (some of its fields are hidden)' : ''}.`,
    }
  return {
    part: 'SUBMITTED_FIELDS',
    outcome: 'PASSED',
    detail: 'The signed document says what was submitted.',
  }
}
