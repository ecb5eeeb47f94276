/** Names as they are searched by. Pure. */
import { foldText } from '../../platform/text.ts'

/** The family name, folded; where none is known the last word of the name that is shown. */
export function foldedFamilyName(lastName: string | null, displayName: string): string {
  const folded = foldText(lastName ?? '')
  return folded === '' ? (foldText(displayName).split(' ').at(-1) ?? '') : folded
}
