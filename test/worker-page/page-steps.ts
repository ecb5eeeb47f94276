/** What the browser tests of the worker's page do and look at again and again. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { BrowserContext, Page } from 'playwright-core'
import { expect } from 'vitest'
import type { PageHouse } from './page-house.ts'

export { fillDate } from './fill-date.ts'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** A picture of one pixel, and what else a worker sends. */
export const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
export const pdf = (bytes = 2_000): Buffer =>
  Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(bytes, 'x')])

/** A page whose every complaint is a failure: scripts that break, policies that bite, strangers that are asked. */
export async function openPage(
  context: BrowserContext,
  house: PageHouse,
  hash = '',
): Promise<{ page: Page; complaints: string[] }> {
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    // Answers that say no are part of some tests.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text())
  })
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url())
    if (protocol !== 'blob:' && origin !== new URL(house.url).origin) complaints.push(`asked ${origin}`)
  })
  await page.goto(house.url + hash)
  await page.getByRole('heading', { level: 1 }).waitFor()
  return { page, complaints }
}

/** axe-core over WCAG 2.0 to 2.2, A and AA, and its best practices. Any violation fails. */
export async function expectAccessible(page: Page, name: string): Promise<void> {
  await page.evaluate(axeSource)
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(
          options: object,
        ): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>
      }
    }
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
    const { violations: found } = await axe.run({ runOnly: { type: 'tag', values: tags } })
    return found.map(
      ({ id, impact, nodes }) =>
        `${impact} ${id}: ${nodes
          .map(({ html }) => html)
          .join(' ')
          .slice(0, 300)}`,
    )
  })
  expect(violations, name).toEqual([])
}

/** Nothing has to be scrolled sideways (WCAG 2.2, 1.4.10). */
export async function expectReflow(page: Page, name: string): Promise<void> {
  const { scroll, client, widest } = await page.evaluate(() => {
    const edge = document.documentElement.clientWidth
    const over = [...document.querySelectorAll('main *, header *')].filter(
      (one) => !one.closest('.unseen') && one.getBoundingClientRect().right > edge + 1,
    )
    return {
      scroll: document.documentElement.scrollWidth,
      client: edge,
      widest: over.map((one) => one.outerHTML.slice(0, 120)),
    }
  })
  expect(widest, name).toEqual([])
  expect(scroll, name).toBeLessThanOrEqual(client)
}

/** Whatever can be pressed is large enough for a thumb: 24 px at least (WCAG 2.2, 2.5.8), 44 for all but links in text. */
export async function expectTargets(page: Page, name: string): Promise<void> {
  const small = await page.evaluate(() =>
    [...document.querySelectorAll('button, .button, .card-link, .chooser, summary, input, textarea')]
      .filter((one) => {
        const { width, height } = one.getBoundingClientRect()
        const least = one.matches('input[type=radio], input[type=checkbox]') ? 24 : 44
        return width > 0 && (height < least || width < 24)
      })
      .map((one) => one.outerHTML.slice(0, 120)),
  )
  expect(small, name).toEqual([])
}

/** What has the focus, as a screen reader would name it, and whether an eye can see where it is. */
export async function focused(page: Page): Promise<{ tag: string; name: string; isVisible: boolean }> {
  return page.evaluate(() => {
    const one = document.activeElement as HTMLElement
    const label = (one as HTMLInputElement).labels?.[0]
    const legend = one.closest('fieldset')?.querySelector('legend')?.textContent ?? ''
    const own = one.getAttribute('aria-label') ?? label?.textContent ?? one.textContent ?? ''
    // A file input is shown by the label that looks like a button.
    const shown = one.matches('input[type=file]') && label ? label : one
    const { outlineStyle, outlineWidth } = getComputedStyle(shown)
    const { top, bottom, width } = shown.getBoundingClientRect()
    const isInView = bottom > 0 && top < innerHeight && width > 0
    return {
      tag: one.tagName,
      name: `${legend} ${own}`.trim(),
      isVisible: isInView && outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2,
    }
  })
}

/** Presses Tab until `name` has the focus; everything on the way must show that it has it. */
export async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press('Tab')
    const at = await focused(page)
    if (at.tag === 'BODY') continue
    expect(at.isVisible, `the focus is seen on ${at.tag} ${at.name}`).toBe(true)
    if (name.test(at.name)) return
  }
  throw new Error(`Tab never comes to ${name}`)
}

/** The focus is on the heading of the screen of this name. */
export async function expectScreen(page: Page, title: RegExp): Promise<void> {
  await page.getByRole('heading', { level: 1, name: title }).waitFor()
  await expect
    .poll(() => focused(page))
    .toMatchObject({ tag: 'H1', name: expect.stringMatching(title) as string })
}
