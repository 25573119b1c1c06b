/**
 * Pictures of the demo page: `npm run screenshots [-- folder]`. Plays some stories and takes each in several widths and
 * themes, for people to look at. `docs/images/demo.png`, which the README shows, is one of retry-loop-1280-light.
 */
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Browser, chromium } from 'playwright-core'
import { startPage } from './page/server.ts'

/** Switches for a browser that does nothing but show this page, also as root in a container. */
const BROWSER_ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Where Debian has it. */
const BROWSER = process.env['CHROMIUM'] ?? '/usr/bin/chromium'

/** A story and how long it has gone on when its picture is taken. */
const SCENES = [
  { scenario: 'normal', seconds: 25 },
  { scenario: 'retry-loop', seconds: 70 },
  { scenario: 'outage', seconds: 45 },
] as const

const VIEWS = [
  { name: '1280-light', width: 1_280, height: 960, colorScheme: 'light' },
  { name: '1280-dark', width: 1_280, height: 960, colorScheme: 'dark' },
  { name: '390-light', width: 390, height: 844, colorScheme: 'light' },
] as const

const openTabs = (browser: Browser, url: string) =>
  Promise.all(
    VIEWS.map(async ({ name, width, height, colorScheme }) => {
      const tab = await browser.newPage({ viewport: { width, height }, colorScheme, deviceScaleFactor: 1 })
      await tab.goto(url)
      return { name, tab }
    }),
  )

const takePictures = async (folder: string): Promise<void> => {
  mkdirSync(folder, { recursive: true })
  const page = await startPage()
  const browser = await chromium.launch({ executablePath: BROWSER, args: BROWSER_ARGUMENTS })
  try {
    const tabs = await openTabs(browser, page.url)
    for (const { scenario, seconds } of SCENES) {
      await tabs[0]?.tab.request.post(`${page.url}/play`, { data: { scenario } })
      await sleep(seconds * 1_000)
      for (const { name, tab } of tabs) {
        const first = tab.locator('#failing-rows button').first()
        if ((await first.count()) > 0) await first.click()
        await tab.mouse.move(1, 1)
        await tab.locator('html').evaluate((html) => html.scrollTo(0, 0))
        await sleep(1_500)
        await tab.screenshot({ path: join(folder, `${scenario}-${name}.png`) })
        await tab.screenshot({ path: join(folder, `${scenario}-${name}-full.png`), fullPage: true })
      }
      process.stdout.write(`${scenario}\n`)
    }
  } finally {
    await browser.close()
    await page.close()
  }
}

if (existsSync(BROWSER)) {
  await takePictures(process.argv[2] ?? 'build/screenshots')
} else {
  process.stderr.write(`no browser at ${BROWSER}; set CHROMIUM\n`)
  process.exitCode = 1
}
