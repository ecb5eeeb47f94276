/**
 * A worker answers a request in a real browser, on a phone, against the real server: asked over the API, invited by mail, two
 * documents, a break, and back again (spec 30).
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { desktop, phone, startChromium, type Chromium, type Screen } from '../chromium.ts'
import { pdf, picture } from '../documents.ts'
import { fillDate } from '../worker-page/fill-date.ts'
import { Installation } from './installation.ts'

let house: Installation
let chromium: Chromium
let token: string

beforeAll(async () => {
  house = await Installation.create()
  await house.start()
  chromium = await startChromium()
  token = (
    await house.json<{ token: string }>('token', 'create', '--org', 'Default', '--name', 'e2e', '--all')
  ).token
}, 120_000)
afterAll(async () => {
  await chromium.close()
  await house.remove()
})

async function api<T>(method: string, path: string, body?: object): Promise<T> {
  const answer = await fetch(`http://127.0.0.1:${house.ready?.httpPort}/openapi/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
  return (JSON.parse(text) as { data: T }).data
}
interface Resource<Attributes> {
  readonly id: string
  readonly attributes: Attributes
}
const statusOf = async (id: string): Promise<string> =>
  (await api<Resource<{ lifecycle: { status: string } }>>('GET', `/fetch-requests/${id}`)).attributes
    .lifecycle.status

/** A window on the link; whatever breaks in it is a complaint. */
async function openLink(url: string, device: Screen): Promise<{ page: Page; complaints: string[] }> {
  const context = await chromium.open(device)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    // Told with its address below.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text())
  })
  page.on('response', (response) => {
    const { pathname } = new URL(response.url())
    // Browsers ask for it by themselves.
    if (response.status() >= 400 && pathname !== '/favicon.ico')
      complaints.push(`${response.status()} ${pathname}`)
  })
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url())
    if (protocol !== 'blob:' && origin !== new URL(url).origin) complaints.push(`asked ${origin}`)
  })
  await page.goto(url)
  await page.getByRole('heading', { level: 1 }).waitFor()
  return { page, complaints }
}

const expectScreen = (page: Page, title: RegExp): Promise<void> =>
  page
    .getByRole('heading', { level: 1, name: title })
    .waitFor()
    .catch(async (error: unknown) => {
      throw new Error(`the page shows: ${await page.locator('body').innerText()}`, { cause: error })
    })

/** Nothing has to be scrolled sideways. */
async function expectReflow(page: Page, name: string): Promise<void> {
  const root = 'document.documentElement'
  expect(await page.evaluate(`${root}.scrollWidth <= ${root}.clientWidth`), name).toBe(true)
}

/** What has the focus, as a screen reader names it, and whether an eye can see where it is. */
const focusedScript = `(() => {
  const one = document.activeElement
  const label = one.labels && one.labels[0]
  const legend = one.closest('fieldset')?.querySelector('legend')?.textContent ?? ''
  const own = one.getAttribute('aria-label') ?? label?.textContent ?? one.textContent ?? ''
  const shown = one.matches('input[type=file]') && label ? label : one
  const { outlineStyle, outlineWidth } = getComputedStyle(shown)
  const { top, bottom, width } = shown.getBoundingClientRect()
  const isInView = bottom > 0 && top < innerHeight && width > 0
  return { name: (legend + ' ' + own).trim(), isSeen: isInView && outlineStyle !== 'none' && parseFloat(outlineWidth) > 0 }
})()`

/** On by Tab until what is named has the focus, which must be seen there. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  const passed: string[] = []
  for (let stops = 0; stops < 60; stops += 1) {
    await page.keyboard.press('Tab')
    const at = await page.evaluate<{ name: string; isSeen: boolean }>(focusedScript)
    passed.push(at.name)
    if (!name.test(at.name)) continue
    expect(at.isSeen, `the focus on ${at.name}`).toBe(true)
    return
  }
  throw new Error(`Tab leads to ${passed.join(' | ')}, and not to ${String(name)}`)
}

/** Asks somebody for two credentials, and waits until the mail is out: the request, and the link in the mail. */
async function asked(who: string): Promise<{ id: string; url: string }> {
  const worker = await api<Resource<object>>('POST', '/workers', {
    identity: { displayName: `${who} Avery`, firstName: who, lastName: 'Avery' },
    contact: { workEmail: `${who.toLowerCase()}.avery@example.com` },
  })
  const { id } = await api<Resource<object>>('POST', '/fetch-requests', {
    worker: { id: worker.id },
    requestedCredentialTypes: ['FIRST_AID', 'POLICE_CHECK'],
    credentialGuidingTexts: { FIRST_AID: 'The certificate, please, not the wallet card.' },
    message: `Hi ${who}, it takes three minutes.`,
  })
  await expect.poll(() => statusOf(id), { timeout: 20_000 }).toBe('SENT')
  const links = await house.json<{ url: string; fetchRequestId: string }[]>('outbox', 'links', 'Default')
  const url = links.find((one) => one.fetchRequestId === id)?.url ?? ''
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/r\/[\w-]{43}$/)
  return { id, url }
}

test('from the mail to the thanks by keyboard alone, the focus always to be seen', async () => {
  const { id, url } = await asked('Kim')
  const { page, complaints } = await openLink(url, desktop)
  const type = (text: string): Promise<void> => page.keyboard.type(text)
  const press = (key: string): Promise<void> => page.keyboard.press(key)
  const typeDate = async ([day, month, year]: [string, string, string]): Promise<void> => {
    await tabTo(page, /Issued on.*Day/)
    await type(day)
    await tabTo(page, /Month/)
    await type(month)
    await tabTo(page, /Year/)
    await type(year)
  }
  const choose = async (name: string, mimeType: string, buffer: Buffer): Promise<void> => {
    await tabTo(page, /Choose a file/)
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), press('Space')])
    await chooser.setFiles([{ name, mimeType, buffer }])
    await page.getByRole('link', { name: new RegExp(name) }).waitFor()
  }
  await tabTo(page, /^Start/)
  await press('Enter')
  await expectScreen(page, /What we ask for/)
  await tabTo(page, /First aid/)
  await press('Enter')
  await expectScreen(page, /First aid/)
  await choose('photo.jpg', 'image/jpeg', await picture('jpeg', 1200, 900))
  await tabTo(page, /Number/)
  await type('HLTAID011')
  await typeDate(['3', '11', '2025'])
  await tabTo(page, /^Save/)
  await press('Enter')
  await expectScreen(page, /What we ask for/)
  expect(await statusOf(id)).toBe('PARTIALLY_COMPLETED')
  await tabTo(page, /olice/)
  await press('Enter')
  await expectScreen(page, /olice/)
  await choose('check.pdf', 'application/pdf', pdf(2))
  await tabTo(page, /Number/)
  await type('NPC-12345')
  await typeDate(['10', '1', '2026'])
  await tabTo(page, /no end date/)
  await press('Space')
  await tabTo(page, /^Save/)
  await press('Enter')
  await expectScreen(page, /What we ask for/)
  await tabTo(page, /Check and send/)
  await press('Enter')
  await expectScreen(page, /Check and send/)
  await tabTo(page, /^Send/)
  await press('Enter')
  await expectScreen(page, /Thank you/)
  expect(await statusOf(id)).toBe('SUBMITTED')
  expect(complaints).toEqual([])
  await page.context().close()
}, 240_000)

test.each([
  { place: 'on a phone', device: phone, who: 'Jordan' },
  { place: 'at a desk', device: desktop, who: 'Robin' },
])(
  'from the mail to the thanks $place, with a photo and a PDF, and a break in between',
  async ({ device, who }) => {
    const { id, url } = await asked(who)
    const photoPath = join(house.folder, 'IMG_2041.jpg')
    const pdfPath = join(house.folder, 'police-check.pdf')
    await writeFile(photoPath, await picture('jpeg', 1200, 900))
    await writeFile(pdfPath, pdf(2))

    // The first evening: one of two.
    const first = await openLink(url, device)
    await expectScreen(first.page, new RegExp(`Hello ${who}`))
    expect(await first.page.getByText('it takes three minutes').isVisible()).toBe(true)
    await expectReflow(first.page, 'welcome')
    expect(await statusOf(id)).toBe('SENT')
    await first.page.getByRole('button', { name: 'Start' }).click()
    await expectScreen(first.page, /What we ask for/)
    expect(await statusOf(id)).toBe('OPENED')
    await first.page.getByRole('link', { name: /First aid/ }).click()
    expect(await first.page.getByText('not the wallet card').isVisible()).toBe(true)
    await first.page.locator('input[type=file]').first().setInputFiles(photoPath)
    await first.page.getByRole('link', { name: /IMG_2041.jpg/ }).waitFor()
    await first.page.getByLabel('Number').fill('HLTAID011')
    await fillDate(first.page, 'Issued on', ['3', '11', '2025'])
    await expectReflow(first.page, 'form')
    await first.page.getByRole('button', { name: /^Save/ }).click()
    await expectScreen(first.page, /What we ask for/)
    expect(await statusOf(id)).toBe('PARTIALLY_COMPLETED')
    // A form half filled in, and the window is gone.
    await first.page.getByRole('link', { name: /olice/ }).click()
    await first.page.getByLabel('Number').fill('NPC-12345')
    await first.page.getByText(/Saved/).waitFor()
    expect(first.complaints).toEqual([])
    await first.page.context().close()

    // Another day, another browser.
    const { page, complaints } = await openLink(url, device)
    await page.getByRole('link', { name: /olice/ }).click()
    expect(await page.getByLabel('Number').inputValue()).toBe('NPC-12345')
    await page.locator('input[type=file]').first().setInputFiles(pdfPath)
    await page.getByRole('link', { name: /police-check.pdf/ }).waitFor()
    await fillDate(page, 'Issued on', ['10', '1', '2026'])
    await page.getByLabel('It has no end date').check()
    await page.getByRole('button', { name: /^Save/ }).click()
    await expectScreen(page, /What we ask for/)
    expect(await statusOf(id)).toBe('PARTIALLY_COMPLETED')
    await page.getByRole('link', { name: 'Check and send' }).click()
    await page.getByRole('button', { name: /send/i }).click()
    await expectScreen(page, /Thank you/)
    await expectReflow(page, 'thanks')
    expect(['SUBMITTED', 'COMPLETED']).toContain(await statusOf(id))
    expect(complaints).toEqual([])

    const submissions = await api<
      Resource<{
        credentialType: string
        attachments: { fileName: string; contentUrl: string; sizeBytes: number }[]
      }>[]
    >('GET', `/fetch-requests/${id}/submissions`)
    expect(
      submissions.map(({ attributes }) => [
        attributes.credentialType,
        attributes.attachments.map(({ fileName }) => fileName),
      ]),
    ).toEqual([
      ['FIRST_AID', ['IMG_2041.jpg']],
      ['POLICE_CHECK', ['police-check.pdf']],
    ])
    const [stored] = submissions[1]?.attributes.attachments ?? []
    const content = await fetch(`http://127.0.0.1:${house.ready?.httpPort}${stored?.contentUrl}`, {
      headers: { authorization: `Bearer ${token}` },
    })
    expect(Buffer.from(await content.arrayBuffer())).toEqual(pdf(2))

    // Cancelled or not: a link that was replaced opens nothing, and the log never held one.
    const other = await openLink(url.replace(/[^/]+$/, 'A'.repeat(43)), device)
    expect(await other.page.getByRole('heading', { level: 1 }).textContent()).toContain('no longer works')
    expect(house.log.join('\n')).not.toContain(url.slice(url.indexOf('/r/') + 3))
  },
  240_000,
)
