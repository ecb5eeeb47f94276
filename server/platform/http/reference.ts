/**
 * The reference page of the API: the OpenAPI document as one HTML page, without scripts, that reads well with a keyboard,
 * a screen reader and on a phone. Pure.
 */
import { createHash } from 'node:crypto'

type Json = Readonly<Record<string, unknown>>

interface Parameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly description?: string
  readonly schema?: Json
}
interface Content {
  readonly [mediaType: string]: { readonly example?: unknown; readonly schema?: Json }
}
interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly description: string
  readonly tags: readonly string[]
  readonly parameters: readonly Parameter[]
  readonly requestBody?: { readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>
}

const style = `
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1rem; overflow-wrap: anywhere; }
code, pre { font: 0.875rem/1.5 ui-monospace, monospace; }
pre { overflow-x: auto; padding: 0.75rem; border: 1px solid #8888; border-radius: 0.375rem; overflow-wrap: normal; }
h3 code { font-size: 1.125rem; }
h3 { margin-top: 2.5rem; border-top: 1px solid #8888; padding-top: 1rem; }
dt { font-weight: 600; margin-top: 0.5rem; }
dd { margin: 0; }
nav ul { padding-left: 1.25rem; }
a:focus-visible, summary:focus-visible, pre:focus-visible { outline: 3px solid #2a6fdb; outline-offset: 2px; }
`

/** What a Content-Security-Policy must name for the page's style to be taken. */
export const referenceStyleHash = `'sha256-${createHash('sha256').update(style).digest('base64')}'`

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '')
}

/** Descriptions mark code with backquotes. */
function prose(text: string): string {
  return escape(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>')
}

function typeOf({ type, enum: values, format, minimum, maximum }: Json): string {
  if (Array.isArray(values)) return values.map(String).join(' | ')
  const range =
    minimum !== undefined && maximum !== undefined ? ` ${String(minimum)} to ${String(maximum)}` : ''
  const name =
    typeof format === 'string' ? format : Array.isArray(type) ? type.join(' or ') : (type ?? 'string')
  return String(name) + range
}

function code(value: unknown, label: string): string {
  // Focusable, so that a keyboard can scroll what is wider than the page.
  return `<pre tabindex="0" aria-label="${escape(label)}"><code>${escape(JSON.stringify(value, null, 2))}</code></pre>`
}

function parameterList(parameters: readonly Parameter[]): string {
  if (parameters.length === 0) return ''
  const items = parameters.map(
    ({ name, in: place, required, description, schema }) =>
      `<dt><code>${escape(name)}</code> (${place}${required ? ', required' : ''})</dt><dd><code>${escape(typeOf(schema ?? {}))}</code>${
        description === undefined ? '' : `. ${prose(description)}`
      }</dd>`,
  )
  return `<h4>Parameters</h4><dl>${items.join('')}</dl>`
}

function responseList(responses: Operation['responses'], operationId: string): string {
  const items = Object.entries(responses).map(([status, { description, content }]) => {
    const example = Object.values(content ?? {})[0]?.example
    return `<dt>${status}</dt><dd>${prose(description)}${example === undefined ? '' : code(example, `Answer ${status} of ${operationId}`)}</dd>`
  })
  return `<h4>Answers</h4><dl>${items.join('')}</dl>`
}

function operation(method: string, path: string, one: Operation): string {
  const body = Object.entries(one.requestBody?.content ?? {})[0]
  return [
    `<h3 id="${escape(one.operationId)}"><code>${method.toUpperCase()} ${escape(path)}</code></h3>`,
    `<p><strong>${prose(one.summary)}</strong></p><p>${prose(one.description)}</p>`,
    parameterList(one.parameters),
    body === undefined
      ? ''
      : `<h4>Body</h4><p><code>${escape(body[0])}</code>, for example:</p>${code(body[1].example, `Body of ${one.operationId}`)}`,
    responseList(one.responses, one.operationId),
  ].join('')
}

/** @param document an OpenAPI document as `buildDocument` makes it */
export function referencePage(document: Json, basePath: string): string {
  const { info, paths, tags } = document as {
    info: { title: string; version: string; description: string }
    paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
    tags: readonly { name: string; description?: string }[]
  }
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, one]) => ({ method, path, one })),
  )
  const of = (tag: string): typeof all => all.filter(({ one }) => one.tags[0] === tag)
  const contents = tags.map(
    ({ name }) =>
      `<li>${escape(name)}<ul>${of(name)
        .map(
          ({ method, path, one }) =>
            `<li><a href="#${escape(one.operationId)}"><code>${method.toUpperCase()} ${escape(path)}</code></a></li>`,
        )
        .join('')}</ul></li>`,
  )
  const chapters = tags.map(
    ({ name, description }) =>
      `<section><h2>${escape(name)}</h2>${description === undefined ? '' : `<p>${prose(description)}</p>`}${of(
        name,
      )
        .map(({ method, path, one }) => operation(method, path, one))
        .join('')}</section>`,
  )
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(info.title)} API ${escape(info.version)}</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>${escape(info.title)} API</h1>
<p>${prose(info.description)} Version ${escape(info.version)}. All addresses begin with <code>${escape(basePath)}</code>. For tools:
<a href="${escape(basePath)}/openapi.json">the OpenAPI document</a>.</p>
<p>Send an access token with every request: <code>Authorization: Bearer vs_…</code>. <code>npx vouchsafe token create</code> makes one.</p>
</header>
<nav aria-label="Operations"><ul>${contents.join('')}</ul></nav>
<main>${chapters.join('')}</main>
</body>
</html>
`
}
