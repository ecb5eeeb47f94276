// Bites on types that say nothing, switches that forget a case, and what is not used.
import { AppError } from '../../../../../../server/platform/errors.ts' // bites: @typescript-eslint/consistent-type-imports

export type Status = 'active' | 'inactive'

export function title(status: Status, fault: AppError | null): string {
  switch (status) { // bites: @typescript-eslint/switch-exhaustiveness-check
    case 'active':
      return fault?.title ?? 'Active'
  }
  return ''
}

export const anything = (value: any): string => String(value) // bites: @typescript-eslint/no-explicit-any

export function isActive(text: string | null): boolean {
  try {
    return text != null && JSON.parse(text) === 'active' // bites: eqeqeq
  } catch (fault) { // bites: @typescript-eslint/no-unused-vars
    return false
  }
}

export function allOf(status: Status): string {
  switch (status) {
    case 'active':
      return 'Active'
    case 'inactive':
      return 'Inactive'
  }
}
