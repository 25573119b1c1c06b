/** Tabs of the demo page: their size, several at once, a server or an app that is gone, and what a long stay costs. */
import type { Browser, Page as Tab } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Page } from '../../examples/demo/page/server.ts'
import { builtServer, isWithoutBrowser, openTab, startBrowser, truth, until } from './page.ts'
import { installFlood } from './page-flood.ts'

/** The colour behind everything. */
const ground = async (tab: Tab): Promise<string> =>
  String(await tab.evaluate('getComputedStyle(document.body).backgroundColor'))

describe.skipIf(isWithoutBrowser)('tabs of the demo page', () => {
  let browser: Browser
  let page: Page
  let tab: Tab

  beforeAll(async () => {
    const { startPage } = await builtServer()
    ;[page, browser] = await Promise.all([startPage(), startBrowser()])
    ;({ tab } = await openTab(browser, page.url))
  })
  afterAll(async () => {
    await browser?.close()
    await page?.close()
  })

  it.each([
    { width: 1_280, height: 800 },
    { width: 390, height: 844 },
  ])('fits into $width px, light and dark', async (view) => {
    const grounds = new Set<string>()
    for (const colorScheme of ['light', 'dark'] as const) {
      const own = await openTab(browser, page.url, { ...view, colorScheme })
      await until(async () => (await own.tab.locator('#connection').innerText()) === 'live', 'live', 5)
      expect(await own.tab.evaluate('document.documentElement.scrollWidth')).toBe(view.width)
      for (const plot of await own.tab.locator('.plot canvas').all()) {
        const box = await plot.boundingBox()
        expect(box?.width).toBeGreaterThan(180)
        expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(view.width)
      }
      grounds.add(await ground(own.tab))
      if (colorScheme === 'dark') {
        // From system to light.
        await own.tab.locator('#theme').click()
        expect(await ground(own.tab)).toBe([...grounds][0])
      }
      expect(own.complaints).toEqual([])
      await own.tab.close()
    }
    expect(grounds.size).toBe(2)
  })

  it('shows the same in two tabs, and is rid of one that was closed', async () => {
    const other = await openTab(browser, page.url)
    await until(async () => page.tabs() === 2, 'two tabs', 5)
    await other.tab.locator('.story', { hasText: 'SCA wave' }).click()
    for (const each of [tab, other.tab]) {
      await until(
        async () => (await each.locator('.story[aria-pressed="true"]').innerText()).includes('SCA wave'),
        'both',
        3,
      )
    }
    await other.tab.close()
    await until(async () => page.tabs() === 1, 'one tab', 5)
  })

  it('shows its own errors', async () => {
    const own = await openTab(browser, page.url)
    await own.tab.evaluate(() => void setTimeout(() => Promise.reject(new Error('made by the test'))))
    await until(async () => (await own.tab.locator('#problem').innerText()).includes('made by the test'), 'shown', 3)
    await own.tab.route('**/play', (route) => route.abort())
    // The keys are those of the stories that the server tells of, and what it tells takes no error of the page away.
    await own.tab.locator('.story').first().waitFor()
    expect(await own.tab.locator('#problem').innerText()).toContain('made by the test')
    await own.tab.keyboard.press('1')
    await until(
      async () => (await own.tab.locator('#problem').innerText()).includes('could not be changed'),
      'shown',
      3,
    )
    await own.tab.close()
  })

  it('shows calls that never arrived apart, and takes them for no difference', async () => {
    // First nothing is under way: of a call that is cut while the server accepts it nobody can say whether it arrived.
    await tab.keyboard.press('p')
    await until(async () => (await truth(tab)).state === 'equal', 'drained', 15)
    await page.stage.mock.close()
    await tab.keyboard.press('1')
    const lost = () => tab.locator('[data-count="neverArrived"] b').innerText()
    await until(async () => Number(await lost()) > 5, 'calls to a closed port are refused', 15)
    expect((await truth(tab)).state).not.toBe('differs')
    await tab.keyboard.press('p')
    await until(async () => (await truth(tab)).state === 'equal', 'settled', 15)
    expect(Number(await lost())).toBeGreaterThan(5)
  })

  it('says that it is disconnected, and comes back', async () => {
    const { startPage } = await builtServer()
    await page.close()
    await until(
      async () => (await tab.locator('#connection').innerText()) === 'disconnected, reconnecting',
      'disconnected',
      5,
    )
    page = await startPage({ port: page.port, scenario: 'outage' })
    await until(async () => (await tab.locator('#connection').innerText()) === 'live', 'live again', 12)
    await until(
      async () => (await tab.locator('.story[aria-pressed="true"]').innerText()).includes('outage'),
      'new state',
      3,
    )
    await until(async () => (await truth(tab)).state !== 'differs', 'new counts', 5)
  })

  it('says that the app behind it has ended', async () => {
    process.kill(page.stage.app.pid, 'SIGKILL')
    await until(
      async () => (await tab.locator('#problem').innerText()).includes('The example app has ended'),
      'said',
      5,
    )
    await until(async () => (await tab.locator('#connection').innerText()) === 'no new data from the app', 'said', 12)
  })

  it('stays small in a tab that is left open', async () => {
    const own = await browser.newPage()
    // A server that tells of a quarter of an hour in a moment.
    await own.addInitScript(installFlood)
    await own.goto(page.url)
    await own.evaluate(
      `sources[0].say('hello', { limits: { headroomUsed: 0.9, latencySeconds: 2.5 }, stories: [], categories: [], marks: [], history: [], events: [], failed: [] })`,
    )
    const size = async () => {
      const session = await own.context().newCDPSession(own)
      await session.send('HeapProfiler.collectGarbage')
      return {
        heap: (await own.evaluate('performance.memory.usedJSHeapSize')) as number,
        nodes: (await own.evaluate("document.querySelectorAll('*').length")) as number,
      }
    }
    await own.evaluate('flood(0, 320)')
    const early = await size()
    await own.evaluate('flood(320, 920)')
    const late = await size()
    expect(late.nodes).toBeLessThan(early.nodes + 50)
    expect(late.heap).toBeLessThan(early.heap + 700_000)
    await own.close()
  })
})
