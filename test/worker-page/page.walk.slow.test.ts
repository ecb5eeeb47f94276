/** A worker goes through the whole page in a real browser: by keyboard alone, and on a phone in Chinese. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { desktop, phone, startChromium, type Chromium } from '../chromium.ts'
import { openPageHouse, pageItemOf } from './page-house.ts'
import { expectScreen, fillDate, openPage, pdf, png, tabTo } from './page-steps.ts'

let chromium: Chromium
beforeAll(async () => {
  chromium = await startChromium()
})
afterAll(() => chromium.close())

test('from the date of birth to the thanks by keyboard alone, the focus always to be seen', async () => {
  const house = await openPageHouse(
    {
      items: [
        pageItemOf({
          id: 'fri_ahpra',
          name: 'Ahpra registration',
          suppliedBy: 'number',
          number: { pattern: '^[A-Z]{3}[0-9]{10}$', example: 'NMW0001234567', firmness: 'firm' },
          asksIssueDate: false,
        }),
        pageItemOf({
          id: 'fri_police',
          name: 'Police check',
          suppliedBy: 'document',
          mayLackExpiry: true,
          consent: 'I agree to this.',
        }),
        pageItemOf({
          id: 'fri_wwcc',
          name: 'Children check',
          onFile: { number: '123A', expiryDate: '2027-05-03', licenceStatus: 'green' },
        }),
        pageItemOf({ id: 'fri_flu', name: 'Influenza vaccination' }),
      ],
      tree: {
        kind: 'all',
        children: ['fri_ahpra', 'fri_police', 'fri_wwcc', 'fri_flu'].map((itemId) => ({
          kind: 'item' as const,
          itemId,
        })),
      },
    },
    '1985-03-27',
  )
  const { page, complaints } = await openPage(await chromium.open(desktop), house)
  const type = (text: string) => page.keyboard.type(text)
  const press = (key: string) => page.keyboard.press(key)

  await tabTo(page, /date of birth Day/)
  await type('27')
  await tabTo(page, /Month/)
  await type('3')
  await tabTo(page, /Year/)
  await type('1985')
  await press('Enter')
  await expectScreen(page, /Hello Maria/)
  await tabTo(page, /Start/)
  await press('Enter')
  await expectScreen(page, /What we ask for/)

  // A fault takes the focus, and its link leads to the field.
  await tabTo(page, /Ahpra/)
  await press('Enter')
  await expectScreen(page, /Ahpra/)
  await tabTo(page, /^Number/)
  await type('NMW1')
  await tabTo(page, /^Save/)
  await press('Enter')
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('alert')
  await tabTo(page, /does not look like NMW0001234567/)
  await press('Enter')
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('number')
  expect(await page.getByLabel('Number').getAttribute('aria-invalid')).toBe('true')
  await press('Control+a')
  await type('NMW0001234567')
  await tabTo(page, /Valid until Day/)
  await type('31')
  await tabTo(page, /Month/)
  await type('5')
  await tabTo(page, /Year/)
  await type('2027')
  await press('Enter')
  await expectScreen(page, /What we ask for/)
  expect(house.item('fri_ahpra')).toMatchObject({
    state: 'SUPPLIED',
    fields: { number: 'NMW0001234567', holderName: 'Maria Silva', expiryDate: '2027-05-31' },
  })

  // A file by the keyboard: Space opens the dialog of the browser.
  await tabTo(page, /Police/)
  await press('Enter')
  await expectScreen(page, /Police/)
  await tabTo(page, /Choose a file/)
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), press('Space')])
  await chooser.setFiles([{ name: 'check.pdf', mimeType: 'application/pdf', buffer: pdf() }])
  await page.getByRole('link', { name: 'View check.pdf' }).waitFor()
  await tabTo(page, /no end date/)
  await press('Space')
  await tabTo(page, /I agree to this/)
  await press('Space')
  await tabTo(page, /^Save/)
  await press('Enter')
  await expectScreen(page, /What we ask for/)

  await tabTo(page, /Children check/)
  await press('Enter')
  await expectScreen(page, /Children check/)
  await tabTo(page, /still right/)
  await press('Enter')
  await expectScreen(page, /What we ask for/)

  await tabTo(page, /Influenza/)
  await press('Enter')
  await expectScreen(page, /Influenza/)
  await tabTo(page, /don’t have this/)
  await press('Enter')
  await expectScreen(page, /You don’t have this/)
  await tabTo(page, /I have applied/)
  await press('Space')
  await tabTo(page, /Save this answer/)
  await press('Enter')
  await expectScreen(page, /What we ask for/)
  expect(house.item('fri_flu')).toMatchObject({
    state: 'DECLINED',
    declineReason: 'I have applied for it and am waiting',
  })

  // Undone, and given after all.
  await tabTo(page, /Influenza/)
  await press('Enter')
  await expectScreen(page, /Influenza/)
  await tabTo(page, /I do have this/)
  await press('Enter')
  await page.getByLabel('Number').waitFor()
  await page.locator('#files').setInputFiles([{ name: 'jab.png', mimeType: 'image/png', buffer: png }])
  // What is saved before its file has arrived is told to wait.
  await page.getByRole('link', { name: /jab.png/ }).waitFor()
  await page.getByLabel('Number').fill('B-1')
  await fillDate(page, 'Valid until', ['1', '4', '2027'])
  await page.getByRole('button', { name: 'Save' }).press('Enter')
  await expectScreen(page, /What we ask for/)

  await tabTo(page, /Check and send/)
  await press('Enter')
  await expectScreen(page, /Check and send/)
  await tabTo(page, /Send to Sunrise/)
  await press('Enter')
  await expectScreen(page, /Thank you, Maria/)
  expect(house.state.stage).toBe('SENT')
  expect(house.bodies.find(({ call }) => call === 'POST /submit')?.body).toEqual({
    privacyNoticeVersion: 'notice-1',
  })
  expect(complaints).toEqual([])
  await house.close()
}, 120_000)

test('the screen reader’s order is the order of the page', async () => {
  const house = await openPageHouse({ stage: 'ANSWERING' })
  const { page } = await openPage(await chromium.open(phone), house, '#/item/fri_police')
  const order = async (): Promise<string[]> =>
    [
      ...(await page.locator('body').ariaSnapshot()).matchAll(
        /^\s*- (heading|link|button|textbox|checkbox|group|status|list|region|progressbar|radio)(?: "([^"]*)")?/gm,
      ),
    ].map(([, role = '', name = '']) => `${role} ${name}`.trim())
  expect(await order()).toEqual([
    'link Skip to the content',
    'button 简体中文',
    'status',
    'link Back to the list',
    'heading National police check',
    'region Photo or file',
    'heading Photo or file',
    'button Take a photo',
    'button Choose a file',
    'region Details',
    'heading Details',
    'textbox Number (optional)',
    'textbox Name on the document',
    'group Issued on (optional)',
    'textbox Day',
    'textbox Month',
    'textbox Year',
    'group Valid until',
    'textbox Day',
    'textbox Month',
    'textbox Year',
    'checkbox It has no end date',
    'region Your consent',
    'heading Your consent',
    'checkbox I agree that Sunrise Aged Care keeps and reads my police check.',
    'button Save',
    'link I don’t have this',
    'status',
  ])
  await page.goto(`${house.url}#/list`)
  await page.getByRole('heading', { name: 'What we ask for' }).waitFor()
  const list = await order()
  const at = (line: string): number => list.findIndex((one) => one.startsWith(line))
  expect(at('progressbar 0 of 6 answered')).toBeGreaterThan(at('heading What we ask for'))
  expect(at('link Health practitioner registration (Ahpra) To do')).toBeGreaterThan(at('progressbar'))
  expect(at('heading Life support – One of these is enough')).toBeGreaterThan(
    at('link Working with children'),
  )
  expect(at('link CPR')).toBeGreaterThan(at('heading Life support'))
  expect(at('heading Proof of identity – 2 of these 3')).toBeGreaterThan(at('link Medical exemption letter'))
  expect(at('link Check and send')).toBeGreaterThan(at('link Medicare card'))
  await house.close()
}, 60_000)

test('the whole page in simplified Chinese, for whose browser asks for it, and by a switch', async () => {
  const house = await openPageHouse()
  const { page, complaints } = await openPage(await chromium.open({ ...phone, locale: 'zh-CN' }), house)
  await page.getByRole('heading', { name: 'Maria，您好' }).waitFor()
  expect(await page.locator('html').getAttribute('lang')).toBe('zh-Hans')
  expect(await page.title()).toContain('您好')
  await page.getByRole('button', { name: '开始' }).click()
  await page.getByRole('heading', { name: '需要提供的内容' }).waitFor()
  // What the organisation wrote is English, and says so.
  expect(await page.getByText('Driver licence').getAttribute('lang')).toBe('en')
  await page.getByRole('link', { name: /police/ }).click()
  await page.getByRole('button', { name: '保存' }).click()
  await page.getByText('请添加证件的照片或文件。').first().waitFor()
  const english = await page.evaluate(() =>
    [...document.querySelectorAll('main *, footer *')]
      .filter((one) => one.children.length === 0 && !one.closest('[lang=en]'))
      .map((one) => one.textContent ?? '')
      .filter((text) => /[A-Za-z]{4,}/.test(text.replaceAll(/Sunrise Aged Care|JPEG|WebP|HEIC/g, ''))),
  )
  expect(english).toEqual([])
  // The reason reaches the manager in the manager’s language.
  await page.getByRole('link', { name: '我没有此项' }).click()
  await page.getByLabel('我从未有过').check()
  await page.getByRole('button', { name: '保存此回答' }).click()
  await page.getByRole('heading', { name: '需要提供的内容' }).waitFor()
  expect(house.item('fri_police').declineReason).toBe('I have never had it')
  // The switch is kept for the next visit, and does not take the focus away.
  await page.getByRole('button', { name: 'English' }).click()
  await page.getByRole('heading', { name: 'What we ask for' }).waitFor()
  expect(await page.locator('html').getAttribute('lang')).toBe('en')
  await page.reload()
  await page.getByRole('heading', { name: 'What we ask for' }).waitFor()
  expect(complaints).toEqual([])
  await house.close()
}, 60_000)
