/** The demo page in a real browser, from its first second through every story: one session, in this order. */
import type { Browser, Page as Tab } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PANELS } from '../../dashboards/palette.ts'
import type { Page } from '../../examples/demo/page/server.ts'
import { DEFAULT_QUOTA } from '../../examples/mock/quota.ts'
import { SCENARIOS } from '../../examples/scenarios.ts'
import { builtServer, isWithoutBrowser, legend, openTab, startBrowser, tile, truth, until } from './page.ts'
import { evil, hostileSpan } from './page-hostile.ts'
import { ORDER, SIGHTS } from './page-sights.ts'

if (isWithoutBrowser) process.stderr.write('no Chromium here: the tests of the demo page in a browser are left out\n')

/** A 15 min quota that is gone in seconds: the wait for the first 429 is the one thing about it that is dull. */
const SHORT_QUOTA = DEFAULT_QUOTA.map(({ seconds, limit }) => ({ seconds, limit: limit * (seconds === 900 ? 1.5 : 3) }))

describe.skipIf(isWithoutBrowser)('the demo page in a browser', () => {
  let browser: Browser
  let page: Page
  let tab: Tab
  let complaints: string[]

  beforeAll(async () => {
    const { startPage } = await builtServer()
    ;[page, browser] = await Promise.all([startPage({ stage: { mock: { quota: SHORT_QUOTA } } }), startBrowser()])
    ;({ tab, complaints } = await openTab(browser, page.url))
    await tab.evaluate(`
      globalThis.shifts = []
      const where = ({ node }) => (node?.closest ? node : node?.parentElement)?.closest('[id], [class]')?.outerHTML.slice(0, 80)
      new PerformanceObserver((list) => {
        for (const { value, hadRecentInput, sources } of list.getEntries()) {
          if (!hadRecentInput) shifts.push({ value, where: sources.map(where) })
        }
      }).observe({ type: 'layout-shift', buffered: true })
    `)
  })
  afterAll(async () => {
    await browser?.close()
    await page?.close()
  })

  it('shows the panels of the dashboard, filled, within seconds', async () => {
    await until(
      async () => (await tile(tab, 'headroom')) !== '–' && (await tile(tab, 'p95')) !== '–',
      'tiles are filled',
      8,
    )
    const titles = await tab.locator('h2').allInnerTexts()
    for (const panel of ['callRate', 'errorRatio', 'rateLimited', 'serverErrors', 'headroom', 'p95'] as const) {
      expect(titles).toContain(PANELS[panel].title)
    }
    for (const panel of [
      'quotaUsed',
      'errorsByCategory',
      'errorsByStatus',
      'latency',
      'failingCalls',
      'operations',
    ] as const) {
      expect(titles).toContain(PANELS[panel].title)
    }
    expect(Object.keys(await legend(tab, 'quota'))).toEqual(['15m', '30m', '1h', '24h'])
    expect(await tab.locator('.plot canvas').count()).toBe(4)
    expect(await tab.locator('#connection').innerText()).toBe('live')
  })

  it('has a sight for every scenario', () => {
    expect(Object.keys(SIGHTS).sort()).toEqual(SCENARIOS.map(({ name }) => name).sort())
  })

  it.each(ORDER)('shows what %s is about', async (name) => {
    const scenario = SCENARIOS.find((each) => each.name === name)
    // What went before may linger for a moment, and on a busy machine every answer is slow for a while.
    await until(async () => !(await SIGHTS[name]?.(tab)), `nothing yet of what ${name} is about`)
    await tab.keyboard.press(scenario?.key ?? '')
    await until(async () => (await tab.locator('#look').innerText()) === scenario?.look, 'the sentence is there', 3)
    expect(await tab.locator('.story[aria-pressed="true"]').innerText()).toContain(scenario?.title)
    for (const alert of scenario?.alerts ?? []) {
      const link = tab.locator('#alerts a', { hasText: new RegExp(`^${alert}$`) })
      expect(await link.getAttribute('href')).toBe(`/runbook#${alert.toLowerCase()}`)
    }
    await until(() => SIGHTS[name]?.(tab) ?? Promise.resolve(false), `what ${name} is about`)
    expect((await truth(tab)).state).not.toBe('differs')
  })

  it('shows the span of a failing call as it was exported', async () => {
    await until(async () => (await tab.locator('#failing-rows button').count()) > 3, 'failing calls are listed')
    await tab.locator('#filter').selectOption('idempotency_conflict')
    await tab.locator('#failing-rows button').first().click()
    const shown = Object.fromEntries(
      await tab
        .locator('#span dl div')
        .evaluateAll((pairs) => pairs.map((pair) => [...pair.children].map((each) => each.textContent ?? ''))),
    ) as Record<string, string>
    const span = page.stage.receiver?.spans.find(({ spanId }) => spanId === shown['span id'])
    expect(span).toBeDefined()
    for (const [name, value] of Object.entries(span?.attributes ?? {})) {
      expect(shown[name]).toBe(typeof value === 'object' ? JSON.stringify(value) : String(value))
    }
    expect(shown['mangopay.error.category']).toBe('idempotency_conflict')
    expect(shown['mangopay.response.status_text']).toBe('Conflict')
    await tab.locator('#filter').selectOption('')
  })

  it('names the alert and its runbook beside each event of the library', async () => {
    const events = await tab.locator('#events li').all()
    expect(events.length).toBeGreaterThan(2)
    for (const event of events) {
      const alert = await event.locator('a').innerText()
      expect(alert).toMatch(/^Mangopay[A-Za-z]+$/)
      expect(await event.locator('a').getAttribute('href')).toBe(`/runbook#${alert.toLowerCase()}`)
    }
  })

  it('shows hostile text as text', async () => {
    const sent = await fetch(`${page.stage.receiver?.url}/v1/traces`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [hostileSpan()] }] }] }),
    })
    expect(sent.status).toBe(200)
    // The list stands still under the pointer.
    await tab.mouse.move(1, 1)
    const row = tab.locator('#failing-rows button', { hasText: '<script>' })
    await until(async () => (await row.count()) === 1, 'the hostile span is listed', 5)
    await row.click()
    expect(await tab.locator('#span').innerText()).toContain(evil)
    expect(await tab.locator('#failing img, #failing script, #span img, #span script').count()).toBe(0)
    expect(complaints).toEqual([])
  })

  it('has a table behind each chart', async () => {
    for (const chart of ['quota', 'categories', 'statuses', 'latency']) {
      await tab.locator(`#${chart} summary`).click()
      await until(async () => (await tab.locator(`#${chart} tbody tr`).count()) > 3, `${chart} has a table`, 4)
      expect(await tab.locator(`#${chart} tbody`).innerText()).toMatch(/\d\d:\d\d:\d\d/)
      await tab.locator(`#${chart} summary`).click()
      expect(await tab.locator(`#${chart} .plot`).getAttribute('aria-label')).toMatch(/^At \d\d:\d\d:\d\d: .+/)
    }
  })

  it('pauses on demand, and then every count equals the server’s log', async () => {
    await tab.locator('#pause').click()
    const number = (count = 0) => new Intl.NumberFormat('en').format(count)
    const settled = async () => {
      const { requests, statuses, open } = page.stage.mock.log.totals()
      const { state, text } = await truth(tab)
      const isSaid = (what: string, count?: number) => text.includes(`${what} ${number(count)} = ${number(count)}`)
      const isEqual = isSaid('All calls', requests) && isSaid('429', statuses[429]) && isSaid('500', statuses[500])
      return page.stage.playing() === undefined && open === 0 && state === 'equal' && isEqual
    }
    await until(settled, 'settled and equal', 25)
    const { statuses } = page.stage.mock.log.totals()
    expect(statuses[429]).toBeGreaterThan(0)
    expect(statuses[500]).toBeGreaterThan(0)
    // The other half of the proof: a call that only one side has seen is not called equal.
    await fetch(`${page.stage.mock.url}/v2.01/demo-platform/users/42`).then((response) => response.text())
    await until(async () => (await truth(tab)).state === 'differs', 'a call that the library missed is red', 8)
  })

  it('never moved anything by itself, and never complained', async () => {
    const shifts = (await tab.evaluate('shifts')) as { value: number; where: string[] }[]
    // What is left are figures that grow by a digit within their own cell.
    expect(shifts.filter(({ value }) => value > 0.001)).toEqual([])
    expect(shifts.reduce((sum, { value }) => sum + value, 0)).toBeLessThan(0.02)
    expect(complaints).toEqual([])
  })
})
