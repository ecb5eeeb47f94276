/** Every screen of the worker's page in a real browser: on a phone and a desk, light and dark, narrow and enlarged. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { desktop, phone, startChromium, type Chromium } from '../chromium.ts'
import { noFields, openPageHouse, token, type PageHouse } from './page-house.ts'
import { expectAccessible, expectReflow, expectTargets, fillDate, openPage, pdf, png } from './page-steps.ts'

let chromium: Chromium
beforeAll(async () => {
  chromium = await startChromium()
})
afterAll(() => chromium.close())

type Look = (page: Page, name: string) => Promise<void>

/** Brings every screen and every state of it to the eye, one after the other. */
async function seeAll(page: Page, house: PageHouse, look: Look): Promise<number> {
  let seen = 0
  const see = async (name: string): Promise<void> => {
    seen += 1
    await look(page, name)
  }
  const to = async (hash: string, heading: RegExp): Promise<void> => {
    await page.goto(`${house.url}${hash}`)
    await page.getByRole('heading', { level: 1, name: heading }).waitFor()
  }
  const reload = async (hash: string, heading: RegExp): Promise<void> => {
    await to(hash, /./)
    await page.reload()
    await page.getByRole('heading', { level: 1, name: heading }).waitFor()
  }

  await see('identify')
  await fillDate(page, 'Your date of birth', ['1', '1', '1990'])
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByText('You have 4 more tries').first().waitFor()
  await see('identify, wrong')
  await fillDate(page, 'Your date of birth', ['27', '3', '1985'])
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('heading', { name: 'Hello Maria' }).waitFor()
  await page.locator('summary').click()
  await see('welcome')
  await to('#/not-me', /Tell us/)
  await page.getByRole('button', { name: 'Tell Sunrise' }).click()
  await page.getByText('Choose what is wrong').first().waitFor()
  await see('not me, fault')
  await page.getByLabel(/my name is wrong or/).check()
  await page.getByLabel('Your name as it should be').fill('Maria Souza')
  await page.getByRole('button', { name: 'Tell Sunrise' }).click()
  await page.getByRole('heading', { name: 'Thank you for telling us' }).waitFor()
  await see('not me, told')
  await to('#/', /Hello/)
  await page.getByRole('button', { name: 'Start' }).click()
  await page.getByRole('heading', { name: 'What we ask for' }).waitFor()
  await see('list')

  await to('#/item/fri_police', /police/)
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('There is a problem').waitFor()
  await see('form, faults')
  house.reading = {
    state: 'DONE',
    fields: { number: 'NPC-882134', holderName: 'MARIA J SILVA', issueDate: '2026-02-01' },
    concerns: ['ILLEGIBLE', 'EXPIRES_SOON'],
  }
  await page.locator('#files').setInputFiles([
    { name: 'front.png', mimeType: 'image/png', buffer: png },
    { name: `${'a-very-long-name-of-a-scan-'.repeat(4)}.pdf`, mimeType: 'application/pdf', buffer: pdf() },
    { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('hello') },
  ])
  await page.getByText('Is it right?').first().waitFor()
  await page.getByText('is not a kind of file').waitFor()
  await page.getByRole('link', { name: 'View front.png' }).waitFor()
  await see('form, files and reading')
  house.reading = null
  await to('#/item/fri_wwcc', /children/)
  await see('on file')
  await to('#/item/fri_ahpra', /Ahpra/)
  await page.getByLabel('Number').fill('NMW00012345678')
  await fillDate(page, 'Valid until', ['1', '2', '2020'])
  await page.getByText('This date has passed').waitFor()
  await see('form, cautions')
  await to('#/item/fri_flu/none', /You don’t have this/)
  await page.getByLabel('Another reason').check()
  await page.getByRole('button', { name: 'Save this answer' }).click()
  await page.getByText('Write your reason').first().waitFor()
  await see('decline, fault')
  await to('#/review', /Check and send/)
  await page.getByRole('button', { name: 'Send to' }).click()
  await page.getByText('There is a problem').waitFor()
  await see('review, not answered')

  Object.assign(house.item('fri_cpr'), {
    state: 'SUPPLIED',
    fields: {
      ...noFields,
      number: 'HLTAID009',
      holderName: 'Maria Silva',
      issueDate: '2026-03-01',
      expiryDate: '2027-03-01',
    },
  })
  Object.assign(house.item('fri_police'), {
    state: 'SENT_BACK',
    sentBackReason: 'The second page is missing.',
  })
  Object.assign(house.item('fri_wwcc'), {
    state: 'SUPPLIED',
    fields: { ...noFields, number: '1234567A', hasNoExpiry: true },
  })
  Object.assign(house.item('fri_passport'), { state: 'DECLINED', declineReason: 'I have never had it' })
  Object.assign(house.item('fri_flu'), { state: 'WAIVED' })
  await reload('#/list', /What we ask for/)
  await see('list, every mark')
  await to('#/item/fri_police', /police/)
  await see('sent back')
  await to('#/item/fri_cpr', /CPR/)
  await see('supplied')
  await to('#/item/fri_passport', /Passport/)
  await see('declined')
  await to('#/item/fri_flu', /Influenza/)
  await see('waived')

  house.trouble.isCut = true
  await to('#/item/fri_aid', /First aid/)
  await page.getByLabel('Number').fill('HLT')
  await page.getByText('You are offline').waitFor()
  await see('offline')
  house.trouble.isCut = false
  house.trouble.isDead = true
  await page.getByLabel('Number').fill('HLTAID')
  await page.getByRole('heading', { name: 'This link no longer works' }).waitFor()
  await see('gone in mid-work')
  house.trouble.isDead = false

  for (const item of house.state.items ?? []) item.state = item.id === 'fri_cpr' ? 'DECLINED' : 'SUPPLIED'
  await reload('#/review', /Check and send/)
  await see('review, all answered')
  house.state.submittedAt = '2026-11-28T03:00:00Z'
  await reload('#/thanks', /Thank you/)
  await see('thanks, something lacks')
  house.state.stage = 'SENT'
  await reload('#/', /Thank you/)
  await see('thanks')
  await page.goto(house.url.replace(token, 'unknown'))
  await page.getByRole('heading', { name: 'This link no longer works' }).waitFor()
  await see('dead link')
  return seen
}

const looks = [
  ['a phone, light', phone],
  ['a phone, dark', { ...phone, colourScheme: 'dark' }],
  ['a desk, light', desktop],
  ['a desk, dark', { ...desktop, colourScheme: 'dark' }],
] as const

describe.each(looks)('on %s', (name, screen) => {
  test('every screen is accessible, by axe’s rules of WCAG 2.2 AA, and fits', async () => {
    const house = await openPageHouse({}, '1985-03-27')
    const { page, complaints } = await openPage(await chromium.open(screen), house)
    const seen = await seeAll(page, house, async (_page, what) => {
      await expectAccessible(page, `${name}: ${what}`)
      await expectReflow(page, `${name}: ${what}`)
      await expectTargets(page, `${name}: ${what}`)
    })
    expect(seen).toBeGreaterThan(20)
    expect(complaints).toEqual([])
    await house.close()
  }, 240_000)
})

test('at 320 pixels, which is a desk at 400 %, and with text of twice the size nothing is cut off', async () => {
  const house = await openPageHouse({}, '1985-03-27')
  const { page } = await openPage(await chromium.open({ width: 320, height: 256 }), house)
  await seeAll(page, house, expectReflow)
  await house.close()
  const other = await openPageHouse({}, '1985-03-27')
  const large = await openPage(await chromium.open({ width: 640, height: 800 }), other)
  await large.page.addInitScript(() => {
    document.addEventListener('DOMContentLoaded', () =>
      document.documentElement.style.setProperty('font-size', '200%'),
    )
  })
  await large.page.reload()
  await large.page.getByRole('heading', { level: 1 }).waitFor()
  await seeAll(large.page, other, expectReflow)
  await other.close()
}, 240_000)

test('without JavaScript the page says what to do', async () => {
  const house = await openPageHouse()
  const context = await chromium.open(phone)
  const page = await (await context.browser()?.newContext({ javaScriptEnabled: false }))?.newPage()
  await page?.goto(house.url)
  expect(await page?.locator('noscript').innerText()).toContain('This page needs JavaScript')
  await house.close()
})

test('who wants less motion gets none', async () => {
  const house = await openPageHouse({ stage: 'ANSWERING' })
  house.reading = { state: 'PENDING', fields: {}, concerns: [] }
  for (const reducedMotion of [true, false]) {
    const { page } = await openPage(await chromium.open({ ...phone, reducedMotion }), house, '#/item/fri_flu')
    await page
      .locator('#files')
      .setInputFiles([{ name: 'a.pdf', mimeType: 'application/pdf', buffer: pdf() }])
    await page.locator('.busy').first().waitFor()
    expect(await page.evaluate(() => document.getAnimations().length > 0)).toBe(!reducedMotion)
  }
  await house.close()
})
