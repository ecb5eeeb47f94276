/** The types that get a name: the document's components, and what stands inline at an operation. */
import type { ApiDocument } from './document.ts'
import { nameGiver, pascal } from './names.ts'
import { docComment, isPlainObject, notesOf, typeOf, type Schema } from './schema-types.ts'

export interface NamedTypes {
  /** A name that nothing else has. */
  newName(wanted: string): string
  /** The type of a schema: by its name, where it has one. */
  typeOf(schema: Schema, isInput: boolean): string
  /** The same, but what is more than a word gets the wanted name, or another like it. */
  named(schema: Schema, wanted: string, isInput: boolean): string
  /** Every declaration, those of inline schemas as far as they were asked for. */
  declarations(): string[]
}

const component = /^#\/components\/schemas\/(.+)$/

/** The components that a schema leads to. */
function reach(schema: unknown, schemas: ApiDocument['schemas'], found: Set<string>): void {
  if (typeof schema !== 'object' || schema === null) return
  for (const [key, part] of Object.entries(schema)) {
    const name = key === '$ref' && typeof part === 'string' ? component.exec(part)?.[1] : undefined
    if (name === undefined) reach(part, schemas, found)
    else if (!found.has(name)) {
      found.add(name)
      reach(schemas[name], schemas, found)
    }
  }
}

/** @param taken names that neither the document's schemas nor anything else generated may have */
export function nameTypes(document: ApiDocument, taken: Iterable<string>): NamedTypes {
  const { schemas, resolve } = document
  const newName = nameGiver(taken)
  const names = new Map(Object.keys(schemas).map((name) => [name, newName(pascal(name))]))

  const inputs = new Set<string>()
  for (const { body, parameters } of document.operations)
    for (const { schema } of [...(body?.contents ?? []), ...parameters]) reach(schema, schemas, inputs)

  const typed = (schema: Schema, isInput: boolean): string => typeOf(schema, { nameOf, isInput })
  const nameOf = (reference: string): string =>
    // What lies elsewhere in the document has no name of its own.
    names.get(component.exec(reference)?.[1] ?? '') ?? typed(resolve({ $ref: reference }), false)
  const declared = (name: string, schema: Schema, isInput: boolean): string => {
    const type = typed(schema, isInput)
    const declaration = isPlainObject(schema) ? `interface ${name} ${type}` : `type ${name} = ${type}`
    return `${docComment(notesOf(schema))}export ${declaration}\n`
  }
  const inline: string[] = []
  return {
    newName,
    typeOf: typed,
    named: (schema, wanted, isInput) => {
      const type = typed(schema, isInput)
      if (!type.includes('{\n')) return type
      const name = newName(wanted)
      inline.push(declared(name, schema, isInput))
      return name
    },
    declarations: () => [
      ...[...names].map(([key, name]) => declared(name, schemas[key] as Schema, inputs.has(key))),
      ...inline,
    ],
  }
}
