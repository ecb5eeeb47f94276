/** What goes wrong on phones: lost connections, wrong files, impatient thumbs, links that die. Nothing typed is lost. */
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { phone, startChromium, type Chromium } from '../chromium.ts'
import { noFields, openPageHouse, type PageHouse } from './page-house.ts'
import { fillDate, openPage, pdf, png } from './page-steps.ts'

let chromium: Chromium
let house: PageHouse
let page: Page
let complaints: string[]
beforeAll(async () => {
  chromium = await startChromium()
})
afterAll(() => chromium.close())
beforeEach(async () => {
  house = await openPageHouse({ stage: 'ANSWERING' })
  ;({ page, complaints } = await openPage(await chromium.open(phone), house, '#/list'))
})
afterEach(async () => {
  expect(complaints).toEqual([])
  await page.context().close()
  await house.close()
})

const open = async (id: string): Promise<void> => {
  await page.goto(`${house.url}#/item/${id}`)
  await page.getByRole('button', { name: 'Save' }).waitFor()
}
const choose = (...files: { name: string; mimeType: string; buffer: Buffer }[]): Promise<void> =>
  page.locator('#files').setInputFiles(files)
const scan = { name: 'scan.pdf', mimeType: 'application/pdf', buffer: pdf() }
const callsOf = (call: string): number => house.calls.filter((one) => one === call).length

describe('what is typed', () => {
  test('is saved by itself, and there again on another device', async () => {
    await open('fri_ahpra')
    await page.getByLabel('Number').fill('NMW0001234567')
    await fillDate(page, 'Valid until', ['31', '5', '2027'])
    await page.getByText('Saved at').waitFor()
    expect(house.item('fri_ahpra')).toMatchObject({
      state: 'OPEN',
      fields: { number: 'NMW0001234567', expiryDate: '2027-05-31' },
    })
    // In one go, not at every key.
    expect(callsOf('PUT /items/fri_ahpra/draft')).toBeLessThanOrEqual(2)
    const other = await openPage(await chromium.open(phone), house, '#/item/fri_ahpra')
    expect(await other.page.getByLabel('Number').inputValue()).toBe('NMW0001234567')
    expect(
      await other.page.getByRole('group', { name: 'Valid until' }).getByLabel('Month').inputValue(),
    ).toBe('5')
  })

  test('is saved at once when the page is left, and when the form is', async () => {
    await open('fri_ahpra')
    await page.getByLabel('Number').fill('NMW1')
    await page.getByRole('link', { name: 'Back to the list' }).click()
    await expect.poll(() => house.item('fri_ahpra').fields.number).toBe('NMW1')
    await open('fri_aid')
    await page.getByLabel('Number').fill('HLT')
    await page.goto('about:blank')
    await expect.poll(() => house.item('fri_aid').fields.number).toBe('HLT')
  })

  test('stays while the connection is lost, and is saved when it is back', async () => {
    await open('fri_ahpra')
    house.trouble.isCut = true
    await page.getByLabel('Number').fill('NMW0001234567')
    await page.getByText('You are offline').waitFor()
    await page.getByText('Not saved yet').waitFor()
    house.trouble.isCut = false
    await page.evaluate(() => dispatchEvent(new Event('online')))
    await page.getByText('Saved at').waitFor()
    expect(house.item('fri_ahpra').fields.number).toBe('NMW0001234567')
    expect(await page.getByText('You are offline').count()).toBe(0)
  })

  test('stays on the screen when the link dies, and the page says so', async () => {
    await open('fri_ahpra')
    await page.getByLabel('Number').fill('NMW0001234567')
    await fillDate(page, 'Valid until', ['31', '5', '2027'])
    house.trouble.isDead = true
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('alert').filter({ hasText: 'This link no longer works' }).waitFor()
    await page.getByText('Ask Sunrise Aged Care for a new one.').waitFor()
    expect(await page.getByLabel('Number').inputValue()).toBe('NMW0001234567')
  })

  test('stays when the server refuses it; each fault is at its field', async () => {
    await open('fri_ahpra')
    await page.getByLabel('Number').fill('NMW0001234567')
    await fillDate(page, 'Valid until', ['31', '5', '2027'])
    // A draft would be refused in its place.
    await page.getByText('Saved at').waitFor()
    house.trouble.refuseNext = {
      status: 422,
      body: {
        detail: 'Two things are to be mended.',
        errors: [
          { pointer: '/fields/number', code: 'TAKEN', detail: 'This number belongs to somebody else.' },
          { pointer: '', code: 'OTHER', detail: 'Something else is wrong.' },
        ],
      },
    }
    await page.getByRole('button', { name: 'Save' }).click()
    const summary = page.getByRole('alert').filter({ hasText: 'There is a problem' })
    await summary.getByText('Something else is wrong.').waitFor()
    expect(await page.locator('#number-fault').textContent()).toBe('This number belongs to somebody else.')
    expect(await page.getByLabel('Number').getAttribute('aria-describedby')).toContain('number-fault')
    await summary.getByRole('link', { name: 'belongs to somebody else' }).click()
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('number')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('saved.').first().waitFor()
  })
})

describe('files', () => {
  test('several at once, shown, opened and deleted', async () => {
    await open('fri_flu')
    await choose(scan, { name: 'photo.png', mimeType: 'image/png', buffer: png })
    await page.getByRole('link', { name: 'View photo.png' }).waitFor()
    expect(house.item('fri_flu').files.map(({ fileName }) => fileName)).toEqual(['scan.pdf', 'photo.png'])
    expect([...house.contents.values()].map((bytes) => bytes.length)).toEqual([
      scan.buffer.length,
      png.length,
    ])
    await expect
      .poll(() => page.locator('img.thumbnail').evaluate((one) => (one as HTMLImageElement).naturalWidth))
      .toBe(1)
    expect(await page.getByRole('link', { name: 'View scan.pdf' }).getAttribute('href')).toBe(
      `${house.base}/items/fri_flu/files/att_1/content`,
    )
    await page.getByRole('button', { name: 'Delete scan.pdf' }).click()
    await page.getByRole('link', { name: 'View scan.pdf' }).waitFor({ state: 'detached' })
    await expect.poll(() => page.locator('p[role=status]').last().textContent()).toBe('scan.pdf was deleted.')
    expect(house.item('fri_flu').files).toHaveLength(1)
  })

  test('of the wrong kind, empty or too large are refused before they are sent, in clear words', async () => {
    await open('fri_flu')
    await choose(
      {
        name: 'letter.docx',
        mimeType: 'application/vnd.openxmlformats',
        buffer: Buffer.from('PK\x03\x04xxxx'),
      },
      { name: 'fake.pdf', mimeType: 'application/pdf', buffer: Buffer.from('no pdf at all') },
      { name: 'nothing.pdf', mimeType: 'application/pdf', buffer: Buffer.alloc(0) },
      { name: 'poster.pdf', mimeType: 'application/pdf', buffer: pdf(10 * 1024 * 1024) },
    )
    await page.getByText(/poster\.pdf has 10 MB; up to 10 MB/).waitFor()
    await page.getByText('letter.docx is not a kind of file').waitFor()
    await page.getByText('fake.pdf is not a kind of file').waitFor()
    await page.getByText('nothing.pdf cannot be read').waitFor()
    expect(callsOf('POST /items/fri_flu/files')).toBe(0)
    await page.getByRole('button', { name: 'Remove fake.pdf' }).click()
    expect(await page.getByText('fake.pdf').count()).toBe(0)
  })

  test('go on by themselves after the connection was lost', async () => {
    await open('fri_flu')
    house.trouble.isCut = true
    await choose(scan)
    await page.getByText('The connection broke off').waitFor()
    house.trouble.isCut = false
    await page.evaluate(() => dispatchEvent(new Event('online')))
    await page.getByRole('link', { name: 'View scan.pdf' }).waitFor()
    expect(house.contents.get('att_1')).toEqual(scan.buffer)
  })

  test('show true progress on a slow link, keep the form from being saved, and can be cancelled', async () => {
    await open('fri_flu')
    const slow = await page.context().newCDPSession(page)
    await slow.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 50,
      downloadThroughput: 200_000,
      uploadThroughput: 200_000,
    })
    await choose({ name: 'large.pdf', mimeType: 'application/pdf', buffer: pdf(3_000_000) }, scan)
    const bar = page.getByRole('progressbar', { name: 'Sending large.pdf' })
    await expect
      .poll(() => bar.evaluate((one) => (one as HTMLProgressElement).value), { timeout: 15_000 })
      .toBeGreaterThan(0.05)
    const early = await bar.evaluate((one) => (one as HTMLProgressElement).value)
    expect(early).toBeLessThan(0.9)
    await expect
      .poll(() => bar.evaluate((one) => (one as HTMLProgressElement).value), { timeout: 15_000 })
      .toBeGreaterThan(early)
    await page.getByText('Waiting for its turn').waitFor()
    await fillDate(page, 'Valid until', ['1', '4', '2027'])
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('A file is still on its way').first().waitFor()
    await page.getByRole('button', { name: 'Cancel large.pdf' }).click()
    await page.getByRole('link', { name: 'View scan.pdf' }).waitFor()
    expect(house.item('fri_flu').files.map(({ fileName }) => fileName)).toEqual(['scan.pdf'])
    expect(await page.getByText('You are offline').count()).toBe(0)
  }, 60_000)

  test('refused by the server say why and can be tried again', async () => {
    await open('fri_flu')
    house.trouble.refuseNext = {
      status: 422,
      body: { detail: 'The PDF is locked with a password. Save it without one.' },
    }
    await choose(scan)
    await page.getByText('locked with a password').waitFor()
    await page.getByRole('button', { name: 'Try scan.pdf again' }).click()
    await page.getByRole('link', { name: 'View scan.pdf' }).waitFor()
  })

  test('may be dropped on their place, and elsewhere do not take the page away', async () => {
    await open('fri_flu')
    const drop = (selector: string): Promise<void> =>
      page.evaluate((place) => {
        const data = new DataTransfer()
        data.items.add(new File(['%PDF-1.4 x'], 'dropped.pdf', { type: 'application/pdf' }))
        for (const type of ['dragover', 'drop'])
          document
            .querySelector(place)
            ?.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: data }))
      }, selector)
    await drop('h1')
    await drop('.files')
    await page.getByRole('link', { name: 'View dropped.pdf' }).waitFor()
    expect(house.item('fri_flu').files).toHaveLength(1)
  })

  test('from the camera: the phone’s own, at the back', async () => {
    await open('fri_flu')
    const camera = page.getByLabel('Take a photo')
    expect([await camera.getAttribute('capture'), await camera.getAttribute('accept')]).toEqual([
      'environment',
      'image/*',
    ])
  })
})

describe('what was read of a document', () => {
  const read = {
    number: 'NPC-882134',
    holderName: 'MARIA J SILVA',
    issueDate: '2026-02-01',
    expiryDate: '2029-02-01',
  }

  test('fills the form when it is done, for the worker to say that it is right', async () => {
    await open('fri_police')
    house.reading = { state: 'PENDING', fields: {}, concerns: [] }
    await choose(scan)
    await page.getByText('We are reading your document').first().waitFor()
    const [file] = house.item('fri_police').files
    if (file) file.reading = { state: 'DONE', fields: read, concerns: [] }
    await page.getByRole('heading', { name: 'We read this from your document. Is it right?' }).waitFor()
    await page.getByText('1 February 2029').waitFor()
    expect(await page.getByLabel('Number').inputValue()).toBe('NPC-882134')
    expect(await page.getByLabel('Name on the document').inputValue()).toBe('MARIA J SILVA')
    expect(await page.getByText('Read from your document', { exact: true }).count()).toBe(4)
    await page.getByRole('button', { name: 'Yes, that is right' }).click()
    expect(await page.getByRole('heading', { name: 'Is it right?' }).count()).toBe(0)
    expect(await page.getByLabel('Number').inputValue()).toBe('NPC-882134')
    await page.getByLabel('I agree').check()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('saved.').first().waitFor()
    expect(house.item('fri_police').fields).toEqual({ ...read, hasNoExpiry: false })
  })

  test('never overwrites what was typed, and goes when it is not right', async () => {
    await open('fri_police')
    await page.getByLabel('Number').fill('MINE-1')
    house.reading = { state: 'DONE', fields: read, concerns: [] }
    await choose(scan)
    await page.getByText('Is it right?').first().waitFor()
    expect(await page.getByLabel('Number').inputValue()).toBe('MINE-1')
    await page.getByRole('button', { name: 'No, clear it' }).click()
    expect(await page.getByLabel('Number').inputValue()).toBe('MINE-1')
    expect(await page.getByLabel('Name on the document').inputValue()).toBe('Maria Silva')
    expect(await page.getByRole('group', { name: 'Valid until' }).getByLabel('Year').inputValue()).toBe('')
  })
})

describe('an impatient thumb', () => {
  test('pressed twice saves once, and starts once', async () => {
    house.trouble.delayMs = 300
    await open('fri_ahpra')
    await page.getByLabel('Number').fill('NMW0001234567')
    await fillDate(page, 'Valid until', ['31', '5', '2027'])
    await page.getByRole('button', { name: 'Save' }).dblclick()
    await page.getByText('saved.').first().waitFor()
    expect(callsOf('POST /items/fri_ahpra/supply')).toBe(1)
  })

  test('sees that a slow link is at work', async () => {
    house.trouble.delayMs = 5_000
    await page.reload({ waitUntil: 'commit' })
    await page.getByText('Your connection is slow').waitFor()
    await page.getByRole('heading', { name: 'What we ask for' }).waitFor()
    expect(await page.getByText('Your connection is slow').count()).toBe(0)
  })
})

test('a page that cannot be loaded can be tried again', async () => {
  house.trouble.isCut = true
  await page.reload({ waitUntil: 'commit' }).catch(() => {})
  await page.getByRole('heading', { name: 'The page could not be loaded' }).waitFor()
  house.trouble.isCut = false
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByRole('heading', { name: 'What we ask for' }).waitFor()
})

test('the link locks after five wrong dates of birth; nothing personal was told before', async () => {
  const guarded = await openPageHouse({}, '1985-03-27')
  const { page: other } = await openPage(await chromium.open(phone), guarded)
  expect(await other.locator('body').innerText()).not.toMatch(/Maria|Silva|Ahpra/)
  for (const left of [4, 3, 2, 1]) {
    await fillDate(other, 'Your date of birth', ['1', '1', '1990'])
    await other.getByRole('button', { name: 'Continue' }).click()
    await other
      .getByText(left === 1 ? 'You have 1 more try.' : `You have ${left} more tries.`)
      .first()
      .waitFor()
  }
  await other.getByRole('button', { name: 'Continue' }).click()
  await other.getByRole('heading', { name: 'This link no longer works' }).waitFor()
  await guarded.close()
})

test('the privacy notice that changed meanwhile is shown before it is agreed to', async () => {
  for (const item of house.state.items ?? [])
    Object.assign(item, { state: 'SUPPLIED', fields: { ...noFields, number: '1' } })
  await page.goto(`${house.url}#/review`)
  await page.reload()
  await page.getByRole('heading', { name: 'Check and send' }).waitFor()
  house.state.organisation.privacyNotice = { version: 'notice-2', text: 'Now it is another.' }
  await page.getByRole('button', { name: 'Send to' }).click()
  await page.getByText('The privacy notice has changed').waitFor()
  await page.locator('summary').click()
  await page.getByText('Now it is another.').waitFor()
  await page.getByRole('button', { name: 'Send to' }).click()
  await page.getByRole('heading', { name: 'Thank you, Maria' }).waitFor()
})
