/** What the tests of the demo page share: the built page, a real browser, and ways to read what is on the screen. */
import { existsSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page as Tab } from 'playwright-core'
import { expect } from 'vitest'
import { have, pathOf } from '../stack/tools.ts'

const built = (path: string): string => fileURLToPath(new URL(`../../build/${path}`, import.meta.url))

/** The program, as `npm run demo` starts it. The app behind the page is a process of its own, so both are built. */
export const PROGRAM = built('examples/demo/main.js')

type Server = typeof import('../../examples/demo/page/server.ts')

/** The page's server, built. */
export const builtServer = async (): Promise<Server> => {
  const file = built('examples/demo/page/server.js')
  if (!existsSync(file)) throw new Error('npm run build comes first: the demo runs as built')
  return (await import(pathToFileURL(file).href)) as Server
}

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Whether the tests in a browser are left out. */
export const isWithoutBrowser = !have('chromium')

/** Starts the browser. */
export const startBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: pathOf('chromium'), args: ARGUMENTS })

/** A tab that writes down everything it complains about. */
export const openTab = async (
  browser: Browser,
  url: string,
  view: { width: number; height: number; colorScheme?: 'light' | 'dark' } = { width: 1_280, height: 960 },
): Promise<{ tab: Tab; complaints: string[] }> => {
  const { width, height, colorScheme = 'light' } = view
  const tab = await browser.newPage({ viewport: { width, height }, colorScheme })
  const complaints: string[] = []
  tab.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  tab.on('pageerror', (error) => complaints.push(String(error)))
  tab.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  await tab.goto(url)
  return { tab, complaints }
}

/** How often an operation was called, by the table of operations. */
export const callsOf = async (tab: Tab, operation: string): Promise<number> => {
  const row = tab.locator('#operation-rows tr', { has: tab.getByText(operation, { exact: true }) })
  return (await row.count()) === 0 ? 0 : Number((await row.locator('td').nth(1).innerText()).replaceAll(',', ''))
}

/** A line of the latency chart now, in seconds. */
export const quantile = async (tab: Tab, name: 'p50' | 'p95' | 'p99'): Promise<number> => {
  const [value = 'NaN', unit] = (await legend(tab, 'latency'))[name]?.split(' ') ?? []
  return Number(value) / (unit === 'ms' ? 1_000 : 1)
}

/** What a tile says. */
export const tile = (tab: Tab, name: string): Promise<string> => tab.locator(`[data-tile="${name}"] .value`).innerText()

/** What a tile says as a number: of seconds, where it is a time. */
export const tileNumber = async (tab: Tab, name: string): Promise<number> => {
  const text = await tile(tab, name)
  const number = Number(text.replaceAll(',', '').replace(/ (ms|s|%)$/, ''))
  return text.endsWith(' ms') ? number / 1_000 : number
}

/** A chart's legend: the present value of each line. */
export const legend = async (tab: Tab, chart: string): Promise<Record<string, string>> =>
  Object.fromEntries(
    await tab
      .locator(`#${chart} .legend li:not(.empty)`)
      .evaluateAll((items) =>
        items.map((item) => [item.children[1]?.textContent ?? '', item.querySelector('.value')?.textContent ?? '']),
      ),
  ) as Record<string, string>

/** Whether a line of a chart is above zero now. */
export const isUp = async (tab: Tab, chart: string, line: string): Promise<boolean> => {
  const value = (await legend(tab, chart))[line]
  return value !== undefined && value !== '0' && value !== '–'
}

/** The strip that compares library and server. */
export const truth = async (tab: Tab): Promise<{ state: string | null; text: string }> => {
  const strip = tab.locator('#truth')
  return { state: await strip.getAttribute('data-state'), text: (await strip.innerText()).replace(/\s+/g, ' ') }
}

/** How much longer than usual a busy machine may take; whatever is seen sooner ends the waiting. */
const PATIENCE = 3

/** Waits until something is to be seen. */
export const until = async (look: () => Promise<boolean>, what: string, seconds = 20): Promise<void> => {
  await expect.poll(look, { timeout: PATIENCE * seconds * 1_000, interval: 200, message: what }).toBe(true)
}
