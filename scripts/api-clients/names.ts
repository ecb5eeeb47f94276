/** Names for what is generated. Pure. */

function words(text: string): string {
  const found = text.match(/[A-Za-z0-9]+/g) ?? ['Unnamed']
  return found.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
}

/** `credential types` as `CredentialTypes`. */
export function pascal(text: string): string {
  const name = words(text)
  return /^\d/.test(name) ? `N${name}` : name
}

/** `X-Trace` as `xTrace`. */
export function camel(text: string): string {
  const name = pascal(text)
  return name.charAt(0).toLowerCase() + name.slice(1)
}

export function isIdentifier(text: string): boolean {
  return /^[A-Za-z_$][\w$]*$/.test(text)
}

/** Gives out each name once: the second that wants it gets it with the next number. */
export function nameGiver(taken: Iterable<string>): (wanted: string) => string {
  const used = new Set(taken)
  return (wanted) => {
    let name = wanted
    for (let number = 2; used.has(name); number++) name = `${wanted}${number}`
    used.add(name)
    return name
  }
}
