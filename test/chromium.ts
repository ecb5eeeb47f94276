/** A real browser for tests of pages: Debian's Chromium without a window, each with a profile of its own. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type BrowserContext } from 'playwright-core'

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export interface Screen {
  readonly width: number
  readonly height: number
  /** A phone: touched, not pointed at. */
  readonly isTouched?: boolean
  readonly locale?: string
  readonly colourScheme?: 'light' | 'dark'
  readonly reducedMotion?: boolean
}

export const phone: Screen = { width: 360, height: 740, isTouched: true }
export const desktop: Screen = { width: 1280, height: 900 }

export interface Chromium {
  /** A window with nothing remembered. Closed with the browser. */
  open(screen?: Screen): Promise<BrowserContext>
  close(): Promise<void>
}

export async function startChromium(): Promise<Chromium> {
  const home = await mkdtemp(join(tmpdir(), 'vouchsafe-chromium-'))
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: flags,
    env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home },
  })
  return {
    open: ({
      width,
      height,
      isTouched = false,
      locale = 'en-AU',
      colourScheme = 'light',
      reducedMotion = true,
    } = phone) =>
      browser.newContext({
        viewport: { width, height },
        isMobile: isTouched,
        hasTouch: isTouched,
        deviceScaleFactor: isTouched ? 2 : 1,
        locale,
        timezoneId: 'Australia/Melbourne',
        colorScheme: colourScheme,
        reducedMotion: reducedMotion ? 'reduce' : 'no-preference',
      }),
    close: async () => {
      await browser.close()
      await rm(home, { recursive: true, force: true })
    },
  }
}
