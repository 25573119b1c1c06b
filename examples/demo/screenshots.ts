/**
 * Pictures of the demo page: `npm run screenshots [-- folder]`. Plays every story after three others and takes each in
 * several widths and themes, for people to look at. `docs/images/demo.png`, which the README shows, is one of
 * retry-loop-1280-light.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { chromium } from 'playwright-core'
import { SCENARIOS } from '../scenarios.ts'
import { startPage } from './page/server.ts'

/** For a browser that does nothing but show this page, also as root in a container. */
const BROWSER = {
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
}

/** Seconds that a story has gone on when its picture is taken: until what it is about is to be seen. */
const SECONDS: Readonly<Record<string, number>> = { 'retry-loop': 75, 'payday-batch': 70 }
const USUAL_SECONDS = 40

const VIEWS = [1_280, 390].flatMap((width) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })),
)

const folder = process.argv[2] ?? 'build/screenshots'
mkdirSync(folder, { recursive: true })
const page = await startPage()
const browser = await chromium.launch(BROWSER)
try {
  const play = (scenario: string) =>
    fetch(`${page.url}/play`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ scenario }),
    })
  for (const { name } of SCENARIOS.slice(0, 3)) {
    await play(name)
    await sleep(10_000)
  }
  for (const { name } of SCENARIOS.toReversed()) {
    await play(name)
    await sleep((SECONDS[name] ?? USUAL_SECONDS) * 1_000)
    // One tab after the other: drawing four at once is much for a small machine.
    for (const { width, colorScheme } of VIEWS) {
      const tab = await browser.newPage({ viewport: { width, height: width === 390 ? 844 : 960 }, colorScheme })
      await tab.goto(page.url)
      await tab.locator('#operation-rows tr').first().waitFor()
      const file = join(folder, `${name}-${width}-${colorScheme}`)
      // On a narrow screen one scrolls, on a wide one a call is opened where it stands.
      await tab.screenshot({ path: `${file}.png`, fullPage: width === 390 })
      if (width !== 390) {
        const call = tab.locator('#failing-rows button').first()
        if ((await call.count()) > 0) await call.click()
        await tab.screenshot({ path: `${file}-full.png`, fullPage: true })
      }
      await tab.close()
    }
    process.stdout.write(`${name}\n`)
  }
} finally {
  await browser.close()
  await page.close()
}
