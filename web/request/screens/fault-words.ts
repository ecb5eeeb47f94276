/** What is wrong, in words that say what to do. */
import type { EntryFault } from '../entry.ts'
import type { PageItem } from '../page-state.ts'
import type { Fault } from '../parts/fields.tsx'
import type { DatePart, ReadDate } from '../rules/dates.ts'
import type { WordKey } from '../words/catalogue.ts'
import type { Params } from '../words/words.ts'

type Say = (key: WordKey, params?: Params) => string

export function dateFaultPart(read: ReadDate): DatePart | undefined {
  return 'part' in read ? read.part : undefined
}

/** @param field the label of the date */
export function dateFaultText(t: Say, read: ReadDate, field: string): string {
  const missing = { day: 'date.missingDay', month: 'date.missingMonth', year: 'date.missingYear' } as const
  const range = { day: 'date.badDay', month: 'date.badMonth', year: 'date.badYear' } as const
  switch (read.kind) {
    case 'missing':
      return t(missing[read.part], { field })
    case 'notANumber':
      return t('date.notANumber', { field })
    case 'yearOfTwoDigits':
      return t('date.yearOfTwoDigits', { field })
    case 'outOfRange':
      return t(range[read.part], { field })
    case 'noSuchDay':
      return t('date.noSuchDay', { field })
    case 'none':
    case 'date':
      return t('date.missing', { field })
  }
}

/** The id of the input to go to. */
function fieldId(fault: EntryFault): string | null {
  switch (fault.field) {
    case null:
      return null
    case 'issueDate':
    case 'expiryDate':
      return `${fault.field}-${fault.kind === 'date' ? (dateFaultPart(fault.fault) ?? 'day') : 'day'}`
    case 'number':
    case 'holderName':
    case 'consent':
    case 'files':
      return fault.field
  }
}

export function entryFaultWords(t: Say, item: PageItem, fault: EntryFault): Fault {
  const at = fieldId(fault)
  if (fault.kind === 'told')
    return { fieldId: at, text: fault.detail === '' ? t('fault.refused') : fault.detail }
  const label = fault.field === 'issueDate' ? t('field.issueDate') : t('field.expiryDate')
  if (fault.kind === 'date') return { fieldId: at, text: dateFaultText(t, fault.fault, label) }
  if (fault.kind === 'endsBeforeStart') return { fieldId: at, text: t('field.endsBeforeStart') }
  if (fault.kind === 'issuedLater') return { fieldId: at, text: t('field.issuedLater') }
  if (fault.kind === 'notUploaded') return { fieldId: at, text: t('files.notUploaded') }
  if (fault.kind === 'numberDiffers')
    return { fieldId: at, text: t('field.numberDiffersFirm', { example: item.number?.example ?? '' }) }
  switch (fault.field) {
    case 'files':
      return { fieldId: at, text: t('files.missing') }
    case 'consent':
      return { fieldId: at, text: t('field.consentMissing') }
    case 'number':
    case 'holderName':
      return { fieldId: at, text: t('field.numberMissing') }
    case 'issueDate':
    case 'expiryDate':
      return {
        fieldId: at,
        text: t(item.mayLackExpiry ? 'field.expiryMissingOrNone' : 'field.expiryMissing'),
      }
  }
}
