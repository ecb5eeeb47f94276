// Bites on promises that nobody waits for, and on waiting for what is no promise.
export async function greet(name: string): Promise<string> {
  return await `Hello ${name}` // bites: @typescript-eslint/await-thenable
}

export function greetAll(names: readonly string[]): void {
  greet('all') // bites: @typescript-eslint/no-floating-promises
  names.forEach(async (name) => { // bites: @typescript-eslint/no-misused-promises
    await greet(name)
  })
}

export function refuse(): never {
  throw 'no' // bites: @typescript-eslint/only-throw-error
}

export async function soundly(names: readonly string[]): Promise<string[]> {
  try {
    return await Promise.all(names.map((name) => greet(name)))
  } catch (thrown: unknown) {
    if (names.length > 0) throw thrown
    return []
  }
}
