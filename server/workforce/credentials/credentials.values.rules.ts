/** What the values of a credential may be, by its type. Pure. */
import { AppError, type Fault } from '../../platform/errors.ts'
import { checkCredentialNumber } from '../credential-types/credential-numbers.rules.ts'
import type { CredentialTypeEntry } from '../credential-types/credential-types.schema.ts'

/** The values by which a credential is judged: null = none is known. */
export interface JudgedValues {
  readonly number: string | null
  readonly issueDate: string | null
  readonly expiryDate: string | null
}

/** Every fault, with its pointer into the values. */
export function valueFaults(type: CredentialTypeEntry, values: JudgedValues): Fault[] {
  const { number, issueDate, expiryDate } = values
  const faults: Fault[] = []
  const judged = number === null ? undefined : checkCredentialNumber(type, number)
  if (judged?.fault?.firmness === 'firm')
    faults.push({ pointer: '/number', code: 'NUMBER_FORMAT', detail: judged.fault.detail })
  if (number === null && type.suppliedBy === 'number')
    faults.push({ pointer: '/number', code: 'REQUIRED', detail: `${type.name} needs its number.` })
  if (issueDate !== null && expiryDate !== null && issueDate > expiryDate)
    faults.push({
      pointer: '/expiryDate',
      code: 'EXPIRES_BEFORE_ISSUE',
      detail: 'It expires before it was issued.',
    })
  return faults
}

export function refusedValues(faults: readonly Fault[]): AppError {
  return new AppError('VALIDATION_FAILED', faults.map((fault) => fault.detail).join(' '), { errors: faults })
}
