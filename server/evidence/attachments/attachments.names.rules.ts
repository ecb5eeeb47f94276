/** What a file may be called: kept as its owner knows it, without what would mislead people or programs. Pure. */

const charactersMax = 255
/** They turn the direction in which a line is read: `photo-‮gnp.exe` looks like a picture (Unicode TR 36, section 2.8). */
const turning = /[\u202a-\u202e\u2066-\u2069]/
// eslint-disable-next-line no-control-regex -- finding them is the point
const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/

/** The name without the folders around it; or what is wrong with it. */
export function plainNameOf(given: string): string | { readonly fault: string } {
  const name = (given.split(/[/\\]/).at(-1) ?? '').trim()
  const length = [...name].length
  if (/^\.*$/.test(name)) return { fault: 'The file has no name. Give it one, without folders.' }
  if (length > charactersMax)
    return { fault: `The file name has ${length} characters; ${charactersMax} is the most. Shorten it.` }
  if (!name.isWellFormed() || control.test(name))
    return { fault: 'The file name holds a control character or half of a character. Leave it out.' }
  if (turning.test(name))
    return {
      fault:
        'The file name holds a character that turns the direction of reading, so that it looks like another name. Leave it out.',
    }
  return name
}
