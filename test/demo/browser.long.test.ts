/** The demo page in a real browser: what it draws of what it is told, and what it shows of each story. */
import { type Browser, chromium, type Page as Tab } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Page } from '../../examples/demo/page/server.ts'
import type { Hello, Payments, Tick, Wire } from '../../examples/demo/page/wire.ts'
import { DEFAULT_QUOTA } from '../../examples/mock/quota.ts'
import { SCENARIOS } from '../../examples/scenarios.ts'
import { have, pathOf } from '../stack/tools.ts'
import { builtServer } from './program.ts'

const isWithoutBrowser = !have('chromium')
if (isWithoutBrowser) process.stderr.write('no Chromium here: the tests of the demo page in a browser are left out\n')

const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run']
const QUIET = ['--disable-background-networking', '--disable-component-update', '--disable-sync']

/** Whatever is seen ends the waiting; how long it may take is the test's own limit. */
const until = (look: () => Promise<boolean>, what: string): Promise<void> =>
  expect.poll(look, { timeout: 110_000, interval: 200, message: what }).toBe(true)

/** What is on the screen. */
interface Screen {
  connection: string
  problem: string
  look: string
  pause: string
  truth: string
  /** Counts of both sides: of the library, of the server. */
  pairs: Record<string, [number, number]>
  lost: number
  tiles: Record<string, { value: string; note: string; level: string; word: string }>
  /** Lines of each chart and their value, in seconds or per cent where it has a unit. */
  charts: Record<string, Record<string, number>>
  /** Alerts of the events. */
  started: string[]
  ended: string[]
  operations: Record<string, number>
  /** Titles of the rows of failing calls. */
  calls: string[]
  payments: {
    state: string
    note: string
    /** By kind of object: answers by library and server, and those that failed by both. */
    results: Record<string, number[]>
    /** By how they were answered, or by what they tell: of library and server. */
    notifications: Record<string, number[]>
  }
}

const READ = `(() => {
  const all = (where, root = document) => [...root.querySelectorAll(where)]
  const text = (where, root = document) => root.querySelector(where)?.textContent ?? ''
  const number = (text) => Number.parseFloat(text.replaceAll(',', '')) / (text.endsWith(' ms') ? 1000 : 1)
  const record = (where, root, pair) => Object.fromEntries(all(where, root).map(pair))
  return {
    connection: text('#connection'), problem: text('#problem'), look: text('#look'), pause: text('#pause span'),
    truth: document.querySelector('#truth').dataset.state,
    pairs: record('[data-pair]', document, (pair) => [pair.dataset.pair, ['library', 'server'].map((side) => number(text('[data-term="' + side + '"]', pair)))]),
    lost: number(text('[data-count="neverArrived"]')),
    tiles: record('[data-tile]', document, (tile) => [tile.dataset.tile, { value: text('.value', tile), note: text('.note', tile), level: tile.dataset.level, word: text('.word', tile) }]),
    charts: record('figure', document, (figure) => [figure.id, record('.legend li:not(.empty)', figure, (li) => [li.children[1].textContent, number(text('.value', li))])]),
    started: all('#events .started a').map((a) => a.textContent), ended: all('#events .ended a').map((a) => a.textContent),
    operations: record('#operation-rows tr', document, (row) => [row.children[0].textContent, number(row.children[1].textContent)]),
    calls: all('#failing-rows button').map((button) => button.textContent),
    payments: {
      state: document.querySelector('#payments').dataset.state, note: text('#payments-note'),
      results: record('[data-result]', document, (row) => [row.dataset.result, all('.number', row).map((td) => number(td.textContent))]),
      notifications: record('[data-notifications]', document, (row) => [row.dataset.notifications, all('.number', row).map((td) => number(td.textContent))]),
    },
  }
})()`
/** Notes that do not fit into their tile. */
const CUT = `[...document.querySelectorAll('.tile .note')].filter((note) => note.scrollWidth > note.clientWidth || note.scrollHeight > note.clientHeight).map((note) => note.textContent)`
const screen = (tab: Tab): Promise<Screen> => tab.evaluate(READ)
const shows = (tab: Tab, sight: (screen: Screen) => boolean | undefined, what: string): Promise<void> =>
  until(async () => sight(await screen(tab)) === true, what)

let browser: Browser
let page: Page
beforeAll(async () => {
  if (isWithoutBrowser) return
  const { startPage } = await builtServer()
  // A 15 min quota that is gone in seconds: the wait for the first 429 is the one thing about it that is dull.
  const quota = DEFAULT_QUOTA.map(({ seconds, limit }) => ({ seconds, limit: limit * (seconds === 900 ? 1.5 : 3) }))
  page = await startPage({ stage: { mock: { quota } } })
  browser = await chromium.launch({ executablePath: pathOf('chromium'), args: [...ARGUMENTS, ...QUIET] })
})
afterAll(async () => {
  await browser?.close()
  await page?.close()
})

/** A tab that writes down everything it complains about. */
const openTab = async (width = 1_280, colorScheme: 'light' | 'dark' = 'light', script?: string) => {
  const tab = await browser.newPage({ viewport: { width, height: 900 }, colorScheme })
  const complaints: string[] = []
  tab.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  tab.on('pageerror', (error) => complaints.push(String(error)))
  tab.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  if (script) await tab.addInitScript(script)
  await tab.goto(page.url)
  return { tab, complaints }
}

describe.skipIf(isWithoutBrowser)('what the page draws', () => {
  const START = 1_800_000_000_000
  const hello: Hello = {
    limits: { headroomUsed: 0.9, latencySeconds: 2.5, clientSeconds: 5, latelySeconds: 15 },
    stories: [
      { name: 'one', title: 'One', key: '1', look: 'Look.', todo: 'Do.', about: 'calls', alerts: ['MangopayFailing'] },
    ],
    categories: ['rate_limit', 'sca_required'],
    playing: { name: 'one', since: START, isPaused: false },
    history: [],
    events: [],
    failed: [],
  }
  const tick = (second: number, more: Partial<Tick> = {}, categories: Record<string, number> = {}): Tick => ({
    sample: { time: START + second * 1_000, categories, statuses: {}, quota: [] },
    tiles: { seconds: 15, calls: 100, errors: {}, leftOut: {}, rateLimited: 0, serverErrors: {} },
    totals: { categories: {}, statuses: {} },
    unknownOutcomes: 0,
    operations: [],
    ...more,
  })
  const span = { traceId: 't', spanId: 's', name: 'GET', start: START, milliseconds: 1, attributes: {} }
  const call = (id: number, more = {}): Wire['failed'][number] => {
    return { id, category: 'rate_limit', span: { ...span, status: 'error', message: '', events: [], ...more } }
  }

  /** A tab whose server is the test. */
  const openStaged = async (width?: number, colorScheme?: 'light' | 'dark') => {
    const { tab, complaints } = await openTab(
      width,
      colorScheme,
      `globalThis.EventSource = class extends EventTarget {
        constructor() { super(); globalThis.say = (kind, data) => this.dispatchEvent(new MessageEvent(kind, { data: JSON.stringify(data) })) }
        close() {}
      }`,
    )
    const sayAll = (all: readonly (readonly [keyof Wire, unknown])[]) =>
      tab.evaluate(`for (const [kind, data] of ${JSON.stringify(all)}) say(kind, data)`)
    const say = <K extends keyof Wire>(kind: K, data: Wire[K]) => sayAll([[kind, data]])
    await tab.waitForFunction(() => 'say' in globalThis)
    await say('hello', hello)
    return { tab, complaints, say, sayAll }
  }

  it('one failed call as one, in a bar of its five seconds', async () => {
    const { tab, say } = await openStaged()
    for (let second = 1; second <= 12; second++) {
      const categories = { rate_limit: second < 7 ? 0 : 1 }
      await say('tick', tick(second, { totals: { categories, statuses: {} } }, second === 7 ? categories : {}))
    }
    expect((await screen(tab)).charts['categories']).toEqual({ rate_limit: 1 })
    await tab.locator('#categories summary').click()
    await say('tick', tick(13, { totals: { categories: { rate_limit: 1 }, statuses: {} } }))
    expect(await tab.locator('#categories tbody td.number').allInnerTexts()).toEqual(['0', '1', '0'])
    // The newest bar is not over.
    const times = await tab.locator('#categories tbody td:first-child').allInnerTexts()
    expect(times.map((time) => time.endsWith('so far'))).toEqual([true, false, false])
    await tab.close()
  })

  it('numbers with a word that says what to do', async () => {
    const { tab, say } = await openStaged()
    const quota = (share: number, seconds: number) => ({
      headroom: { window: '15m', share, soonest: { window: '30m', seconds } },
    })
    const payments = (what: 'pay-ins' | 'payouts' | 'notifications', urgency?: 'page' | 'ticket') => ({
      payments: { what, failed: 6, all: 10, seconds: 30, ...(urgency ? { urgency } : {}) },
    })
    const latency = (p95: number) => ({ latency: { p50: 0.1, p95, p99: 5 } })
    for (const [tiles, name, word, value, note] of [
      [{}, 'errorRatio', 'ok', '0 %', 'of calls'],
      [
        { leftOut: { sca_required: 41, not_found: 2 } },
        'errorRatio',
        'ok',
        '0 %',
        '41 sca_required and 2 more not counted',
      ],
      [{ leftOut: { idempotency_conflict: 7 } }, 'errorRatio', 'ok', '0 %', '7 idempotency_conflict not counted'],
      [{ errors: { authentication: 20 } }, 'errorRatio', 'act now', '20 %', 'all authentication'],
      [{ calls: 10, errors: { timeout: 2 } }, 'errorRatio', 'ok', '20 %', 'of calls'],
      [{ rateLimited: 1 }, 'rateLimited', 'act now', '1.0 %', 'refused: no quota'],
      [{ serverErrors: { 502: 8, 500: 2 } }, 'serverErrors', 'act now', '10 %', 'mostly 502'],
      [quota(0.5, 9_000), 'headroom', 'ok', '50 %', 'of the 15 min quota'],
      [quota(0.5, 300), 'headroom', 'watch', '50 %', '30 min: 5 min to go'],
      [quota(0.5, 8), 'headroom', 'act now', '50 %', '30 min: 8 s to go'],
      [{ serverErrors: { 502: 100 }, latency: { p50: 0.1, p95: 5, p99: 5 } }, 'p95', 'watch', '5.0 s', 'p50 100 ms'],
      [quota(0.05, 9_000), 'headroom', 'act now', '5.0 %', 'of the 15 min quota'],
      [quota(0, 0), 'headroom', 'act now', '0 %', '15 min quota is used up'],
      [latency(2.4), 'p95', 'ok', '2.4 s', 'p50 100 ms'],
      [latency(2.6), 'p95', 'watch', '2.6 s', 'p50 100 ms'],
      [{}, 'payments', '', '–', 'none has ended lately'],
      [payments('pay-ins'), 'payments', 'ok', '60 %', 'of 10 ended pay-ins failed in 30 s'],
      [
        { ...payments('pay-ins'), errors: { timeout: 20 } },
        'payments',
        '',
        '60 %',
        'of 10 ended pay-ins failed in 30 s',
      ],
      [payments('payouts', 'ticket'), 'payments', 'watch', '60 %', 'of 10 ended payouts failed in 30 s'],
      [payments('notifications', 'page'), 'payments', 'act now', '60 %', 'of 10 notifications missed in 30 s'],
      [{ payments: 'hook disabled' }, 'payments', 'act now', '–', 'no news: hook disabled'],
    ] as const) {
      await say('tick', tick(1, { tiles: { ...tick(1).tiles, ...tiles } }))
      expect((await screen(tab)).tiles[name]).toMatchObject({ word, value, note })
      expect(await tab.evaluate(CUT), note).toEqual([])
    }
    await tab.close()
  })

  it('payments of both sides, with a word when they differ and when the hook is dead', async () => {
    const { tab, say } = await openStaged()
    const line = (what: string, library: number, server: number) => ({ what, library, server })
    const payments: Payments = {
      results: [{ ...line('pay_in', 9, 9), failed: line('failed', 3, 3) }],
      deliveries: [line('acknowledged', 5, 5), line('late', 1, 2), line('refused', 0, 0)],
      ends: [line('PAYIN_NORMAL_FAILED', 3, 3)],
      why: { code: '101101', words: 'bank refuses, no reason given', count: 3 },
      waiting: 4,
      isInvalid: false,
      state: 'differs',
    }
    await say('tick', tick(1, { payments }))
    expect((await screen(tab)).payments).toEqual({
      state: 'differs',
      note: 'Most seen in failed answers: code 101101, bank refuses, no reason given (3). 4 notifications under way or to be sent again.',
      results: { pay_in: [9, 9, 3, 3] },
      notifications: { acknowledged: [5, 5], late: [1, 2], refused: [0, 0], PAYIN_NORMAL_FAILED: [3, 3] },
    })
    expect(await tab.locator('#payments .differs').allInnerTexts()).toEqual(['2'])
    expect(await tab.locator('#payments-state').innerText()).toBe('✗ COUNTS DIFFER')
    await say('tick', tick(2, { payments: { ...payments, state: 'equal', isInvalid: true } }))
    expect(await tab.locator('#payments-state').innerText()).toBe('✓ Counts agree')
    expect((await screen(tab)).payments.note).toContain('disabled the hook')
    expect(await tab.locator('#payments .differs').count()).toBe(0)
    // What is under way is told beside the counts that it makes differ.
    await say('tick', tick(3, { payments: { ...payments, state: 'explained' } }))
    expect(await tab.locator('#payments-state').innerText()).toBe('✓ Counts add up')
    expect(await tab.locator('[data-notifications="late"] .number').allInnerTexts()).toEqual(['1+ 1', '2'])
    expect(await tab.locator('[data-notifications="acknowledged"] .number').allInnerTexts()).toEqual(['5', '5'])
    await tab.close()
  })

  it.each([
    [
      'an empty quota, and what follows from it',
      { rateLimited: 60, errors: { rate_limit: 60 }, headroom: { window: '15m', share: 0 } },
      { headroom: 'act now', rateLimited: 'follows', serverErrors: 'ok', errorRatio: 'follows' },
    ],
    [
      'an outage, and what follows from it',
      { serverErrors: { 502: 60 }, errors: { server_error: 60, timeout: 20 }, latency: { p50: 1, p95: 5, p99: 5 } },
      { headroom: '', serverErrors: 'act now', errorRatio: 'follows', p95: 'follows' },
    ],
    [
      'two kinds of trouble, one after the other',
      { errors: { network: 30 }, headroom: { window: '15m', share: 0.01 } },
      { headroom: 'act now', errorRatio: 'act next' },
    ],
  ] as const)('one of them first: %s', async (_what, tiles, words) => {
    const { tab, say } = await openStaged()
    await say('tick', tick(1, { tiles: { ...tick(1).tiles, ...tiles } }))
    const shown = (await screen(tab)).tiles
    expect(Object.fromEntries(Object.keys(words).map((name) => [name, shown[name]?.word]))).toEqual(words)
    await tab.close()
  })

  it('both sides as a sum, with what is under way', async () => {
    const { tab, say } = await openStaged()
    const lines = [
      { what: 'All calls', library: 90, server: 100 },
      { what: '429', library: 7, server: 9 },
      { what: '500', library: 1, server: 1 },
    ] as const
    const sums = () =>
      tab
        .locator('.pair')
        .evaluateAll((pairs) =>
          pairs
            .map((pair) => pair.querySelectorAll('b, .tick'))
            .map((all) => [...all].map((each) => each.textContent).join(' ')),
        )
    await say('tick', tick(1, { truth: { lines, inFlight: 10, neverArrived: 0, state: 'explained' } }))
    expect(await sums()).toEqual(['90 10 100 ✓', '7 2 9 ✓', '1 0 1 ✓'])
    await say('tick', tick(2, { truth: { lines, inFlight: 10, neverArrived: 0, state: 'differs' } }))
    expect(await sums()).toEqual(['90 0 100 ✗', '7 0 9 ✗', '1 0 1 ✓'])
    await tab.close()
  })

  it('how many writes may have happened although their calls failed', async () => {
    const { tab, say } = await openStaged()
    for (const [unknownOutcomes, text] of [
      [0, ''],
      [1, '1 write may have happened'],
      [1_200, '1,200 writes may have happened'],
    ] as const) {
      await say('tick', tick(1, { unknownOutcomes }))
      expect(await tab.locator('#unknown').textContent()).toBe(text)
    }
    await tab.close()
  })

  it('hostile text as text, in a list that stands still while a call is open', async () => {
    const { tab, complaints, say } = await openStaged()
    const evil = '<img src=x onerror="alert(1)"><script>alert(2)</script>'
    const attributes = { 'mangopay.operation': `GET /${evil}`, 'mangopay.outcome': evil, [evil]: evil }
    const events = [{ name: evil, attributes: { 'exception.message': evil } }]
    await say('failed', [{ ...call(1, { name: evil, message: evil, attributes, events }), category: evil }])
    await say('tick', tick(1))
    await tab.locator('#failing-rows button').click()
    await say('failed', [call(2)])
    await say('tick', tick(2))
    expect((await screen(tab)).calls).toEqual([`GET /${evil}`])
    expect(await tab.locator('#held').innerText()).toContain('1 newer')
    expect(await tab.locator('#failing .span').innerText()).toContain(evil)
    expect(await tab.locator('#failing img, #failing script').count()).toBe(0)
    // A new story leaves nothing of it.
    const words = { headline: evil, text: evil, alert: 'A' }
    await say('event', { time: START, source: 'onSpike', state: 'started', urgency: 'page', ...words })
    expect((await screen(tab)).started).toEqual(['A'])
    await say('hello', hello)
    expect(await screen(tab)).toMatchObject({ calls: [], started: [], charts: { categories: {} } })
    expect(complaints).toEqual([])
    await tab.close()
  })

  it.each([1_280, 800, 390])('within %i px, light and dark, and nothing moves by itself', async (width) => {
    const grounds = new Set<unknown>()
    for (const colorScheme of ['light', 'dark'] as const) {
      const { tab, complaints, say } = await openStaged(width, colorScheme)
      await tab.evaluate(`
        globalThis.shifts = []
        new PerformanceObserver((list) => {
          for (const { value, hadRecentInput, sources } of list.getEntries()) {
            // The list of calls goes down as newer ones come: that is what it is for.
            const moved = sources.filter(({ node }) => !node?.parentElement?.closest('#failing-rows'))
            if (!hadRecentInput && moved.length > 0) shifts.push({ value, where: moved.map(({ node }) => node?.parentElement?.outerHTML.slice(0, 80)) })
          }
        }).observe({ type: 'layout-shift', buffered: true })`)
      const operation = 'GET /wallets/{walletId}/transactions'
      for (let second = 1; second <= 30; second++) {
        const attributes = { 'mangopay.operation': operation, 'mangopay.outcome': 'failure' }
        await say('failed', [call(second, { attributes: { ...attributes, 'http.response.status_code': 429 } })])
        const failures = second * 1_234
        const line = { operation, calls: failures, failures, status429: failures, status500: failures, p95: 0.123 }
        const totals = { categories: { rate_limit: second * 400 }, statuses: { 429: second * 400 } }
        const each = (what: string) => ({ what, library: second * 4_000, server: second * 4_000 })
        const payments: Payments = {
          results: ['pay_in', 'payout', 'transfer', 'card_registration']
            .slice(0, 1 + second / 5)
            .map((what) => ({ ...each(what), failed: each('failed') })),
          deliveries: ['acknowledged', 'late', 'refused'].map(each),
          ends: ['PAYIN_NORMAL_FAILED', 'PAYOUT_NORMAL_FAILED'].map(each),
          why: { code: '101304', words: '3-D Secure session expired', count: second * 400 },
          waiting: second < 9 ? 0 : second,
          isInvalid: second > 20,
          state: 'equal',
        }
        await say('tick', tick(second, { totals, payments, operations: [line] }, { rate_limit: 400 }))
      }
      expect(await tab.evaluate('document.documentElement.scrollWidth')).toBe(width)
      for (const what of [
        '.plot canvas',
        '#failing-rows td:nth-child(5)',
        '#failing-rows td:last-child',
        '#operation-rows td:last-child',
        '#payment-rows td:last-child',
        '#delivery-rows td:last-child',
      ]) {
        const box = await tab.locator(what).first().boundingBox()
        expect((box?.x ?? 0) + (box?.width ?? Number.NaN)).toBeLessThanOrEqual(width)
      }
      expect(await tab.evaluate('shifts.filter(({ value }) => value > 0.01)')).toEqual([])
      const ground = () => tab.evaluate('getComputedStyle(document.body).backgroundColor')
      grounds.add(await ground())
      // From system to light.
      await tab.locator('#theme').click()
      expect(await ground()).toBe([...grounds][0])
      expect(complaints).toEqual([])
      await tab.close()
    }
    expect(grounds.size).toBe(2)
  })

  it('for hours in a tab that stays small', async () => {
    const { tab, sayAll } = await openStaged()
    const ticks = (from: number, to: number) =>
      sayAll(
        Array.from({ length: to - from }, (_, i) => {
          const second = from + i
          const { sample } = tick(second, {}, { [`made up ${second % 7}`]: 1 })
          // Large, so that what is kept by mistake weighs.
          const quota = Array.from({ length: 60 }, (_, at) => ({ window: `w${at}`, used: second, limit: 2_300 }))
          const event = {
            time: START,
            source: 'onSpike',
            state: 'started',
            headline: 'x',
            text: `${second}`,
            alert: 'A',
            urgency: 'page',
          }
          return [
            ['tick', tick(second, { sample: { ...sample, quota } })],
            ['failed', [call(second, { name: 'x'.repeat(4_000) })]],
            ['event', event],
          ] as const
        }).flat(),
      )
    const size = async () => {
      const session = await tab.context().newCDPSession(tab)
      await session.send('HeapProfiler.collectGarbage')
      return {
        heap: Number(await tab.evaluate('performance.memory.usedJSHeapSize')),
        nodes: Number(await tab.evaluate("document.querySelectorAll('*').length")),
      }
    }
    await ticks(0, 320)
    const early = await size()
    await ticks(320, 920)
    const late = await size()
    expect(late.nodes).toBeLessThan(early.nodes + 50)
    expect(late.heap).toBeLessThan(early.heap + 700_000)
    await tab.close()
  })
})

/** What a visitor must see soon after the key was pressed. */
const SIGHTS: Record<string, (screen: Screen) => boolean | undefined> = {
  'retry-loop': ({ tiles, charts: { categories, statuses, quota }, started }) =>
    tiles['rateLimited']?.level === 'bad' &&
    (categories?.['rate_limit'] ?? 0) > 0 &&
    (statuses?.['429'] ?? 0) > 0 &&
    quota?.['15m'] === 100 &&
    started.includes('MangopayRateLimitExhaustionPredicted') &&
    started.includes('MangopayRateLimited'),
  normal: ({ pairs, charts: { categories }, started }) =>
    (pairs['All calls']?.[0] ?? 0) > 20 && !categories?.['rate_limit'] && started.length === 0,
  'payday-batch': ({ operations, charts: { statuses, quota } }) =>
    (operations['POST /payouts/bankwire'] ?? 0) > 60 && !statuses?.['429'] && (quota?.['15m'] ?? 0) > 72,
  outage: ({ tiles, charts: { categories, statuses }, started }) =>
    tiles['serverErrors']?.level === 'bad' &&
    ['server_error', 'timeout'].every((name) => categories?.[name]) &&
    ['502', 'no response'].every((name) => statuses?.[name]) &&
    started.includes('MangopayFailing'),
  'expired-credentials': ({ charts: { categories, statuses }, started }) =>
    [categories?.['authentication'], statuses?.['401'], started.includes('MangopayAccessRefused')].every(Boolean),
  'sca-wave': ({ charts: { categories }, tiles, started }) =>
    (categories?.['sca_required'] ?? 0) > 5 &&
    tiles['errorRatio']?.note.includes('sca_required') &&
    started.length === 0,
  'slow-answers': ({ charts: { latency, categories }, started }) =>
    (latency?.['p50'] ?? 0) > 0.4 && !categories?.['timeout'] && started.includes('MangopayLatencyHigh'),
  'connection-resets': ({ charts: { categories, statuses }, started }) =>
    [categories?.['network'], statuses?.['no response'], started.includes('MangopayFailing')].every(Boolean),
  'reused-keys': ({ charts: { categories, statuses }, tiles }) =>
    [categories?.['idempotency_conflict'], statuses?.['409'], tiles['errorRatio']?.note.includes('idempotency')].every(
      Boolean,
    ),
  'refusal-wave': ({ payments: { results, note }, tiles, started }) =>
    (results['pay_in']?.[2] ?? 0) > 9 &&
    note.includes('code 101101') &&
    tiles['errorRatio']?.level !== 'bad' &&
    started.includes('MangopayPayInsFailing'),
  '3ds-outage': ({ payments: { results, notifications, note }, started }) =>
    // More notifications tell of a failure than answers did: some fail after the redirect.
    (notifications['PAYIN_NORMAL_FAILED']?.[0] ?? 0) > (results['pay_in']?.[2] ?? 0) &&
    note.includes('code 101301') &&
    started.includes('MangopayPayInsFailing'),
  'payout-failures': ({ payments: { results, notifications }, started }) =>
    (notifications['PAYOUT_NORMAL_FAILED']?.[0] ?? 0) > 3 &&
    results['payout']?.[2] === 0 &&
    started.includes('MangopayPayoutsFailing'),
  'dying-hook': ({ payments: { notifications, note }, started }) =>
    [notifications['late']?.[0], notifications['refused']?.[0], note.includes('disabled the hook')].every(Boolean) &&
    started.includes('MangopayWebhooksNotAcknowledged'),
}

describe.skipIf(isWithoutBrowser)('the stories, one after the other', () => {
  let tab: Tab
  let complaints: string[]
  beforeAll(async () => {
    ;({ tab, complaints } = await openTab())
  })
  const stage = () => {
    const found = page.stage()
    if (!found) throw new Error('nothing is played')
    return found
  }

  it.each(['retry-loop', 'normal', ...SCENARIOS.map(({ name }) => name).slice(2)])('%s', async (name) => {
    const scenario = SCENARIOS.find((each) => each.name === name)
    const sight = SIGHTS[name]
    if (!scenario || !sight) throw new Error(`there is no sight for ${name}`)
    await tab.locator('.story').first().waitFor()
    await tab.keyboard.press(scenario.key)
    await shows(tab, ({ look }) => look === scenario.look, 'what the story is about')
    // Nothing of the story before.
    expect((await screen(tab)).started).toEqual([])
    for (const alert of scenario.alerts) {
      const link = tab.locator('#alerts a', { hasText: new RegExp(`^${alert}$`) })
      expect(await link.getAttribute('href')).toBe(`/runbook#${alert.toLowerCase()}`)
    }
    await shows(tab, sight, `what ${name} is about`)
    const { truth, payments } = await screen(tab)
    expect([truth, payments.state]).not.toContain('differs')
  })

  it('pauses a story of payments, and then the payments equal what the server answered and sent', async () => {
    await tab.keyboard.press('b')
    await shows(tab, ({ payments: { results } }) => (results['pay_in']?.[2] ?? 0) > 3, 'refused pay-ins')
    await tab.keyboard.press('p')
    await shows(
      tab,
      ({ pause, truth, payments: { state, results, notifications, note } }) => {
        const { mock } = stage()
        const answered = mock.log.totals().results
        const failed = Object.entries(answered).filter(([name]) => name.startsWith('pay_in FAILED'))
        const count = failed.reduce((sum, [, each]) => sum + each, 0)
        const told = mock.hookTotals()?.events['PAYIN_NORMAL_FAILED']
        // A busy machine is too late with an answer that it gave in time: then it is told so, and sent once more.
        const isLate = note.includes('in time, but too late for the server') && state === 'explained'
        const isSettled = mock.hookTotals()?.waiting === 0 && (state === 'equal' || isLate)
        return (
          [pause === 'Go on', truth === 'equal', isSettled].every(Boolean) &&
          JSON.stringify(results['pay_in']?.slice(2)) === JSON.stringify([count, count]) &&
          (isLate || JSON.stringify(notifications['PAYIN_NORMAL_FAILED']) === JSON.stringify([told, told]))
        )
      },
      'settled and equal',
    )
    // The other half of the proof: a payment that the library has not seen.
    const { url, issueToken } = stage().mock
    await fetch(`${url}/v2.01/demo-platform/payins/card/direct`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${issueToken()}`, 'Content-Type': 'application/json' },
      body: '{}',
    }).then((response) => response.text())
    await shows(tab, ({ payments: { state } }) => state === 'differs', 'one that the library missed is red')
  })

  it('opens the span of a failing call where it stands, as it was exported', async () => {
    await tab.keyboard.press('9')
    await shows(tab, ({ charts: { categories } }) => (categories?.['idempotency_conflict'] ?? 0) > 0, 'a 409')
    await tab.locator('#filter').selectOption('idempotency_conflict')
    await tab.locator('#failing').hover({ position: { x: 300, y: 5 } })
    await tab.locator('#failing-rows button').first().click()
    const pairs = await tab
      .locator('#failing .span dl div')
      .evaluateAll((all) => all.map((pair) => [...pair.children].map((each) => each.textContent ?? '')))
    const shown = Object.fromEntries(pairs) as Record<string, string>
    const span = stage().receiver?.spans.find(({ spanId }) => spanId === shown['span id'])
    expect(span).toBeDefined()
    for (const [name, value] of Object.entries(span?.attributes ?? {})) {
      expect(shown[name]).toBe(typeof value === 'object' ? JSON.stringify(value) : String(value))
    }
    expect(shown['mangopay.response.status_text']).toBe('Conflict')
  })

  it('opens the runbook at the section of an alert, and marks it', async () => {
    await tab.keyboard.press('5')
    const opened = tab.waitForEvent('popup')
    await tab.locator('#alerts a').first().click()
    const runbook = await opened
    const section = runbook.locator('section:target')
    expect(await section.locator('h2').innerText()).toBe('MangopayAccessRefused')
    const border = "getComputedStyle(document.querySelector('section:target')).borderLeftColor"
    expect(await runbook.evaluate(border)).not.toBe('rgba(0, 0, 0, 0)')
    expect(await runbook.evaluate('document.documentElement.scrollWidth')).toBe(1_280)
    await runbook.close()
  })

  it('pauses, and then every count equals the server’s log; says how to go on, and goes on', async () => {
    await tab.keyboard.press('2')
    await shows(tab, ({ pairs }) => (pairs['429']?.[0] ?? 0) > 0, 'a 429')
    await tab.locator('#pause').click()
    await shows(
      tab,
      ({ truth, pairs, look }) => {
        const { requests, statuses, open } = stage().mock.log.totals()
        const both = (count = 0) => JSON.stringify([count, count])
        return (
          [truth === 'equal', look.includes('Press P to go on'), open === 0].every(Boolean) &&
          JSON.stringify(pairs['All calls']) === both(requests) &&
          JSON.stringify(pairs['429']) === both(statuses[429])
        )
      },
      'settled and equal',
    )
    expect(stage().playing()).toBeUndefined()
    const { requests } = stage().mock.log.totals()
    await tab.keyboard.press('p')
    await shows(tab, ({ pairs, pause }) => pause === 'Pause' && (pairs['All calls']?.[0] ?? 0) > requests, 'it goes on')
    // The other half of the proof: a call that only one side has seen is not called equal.
    await tab.keyboard.press('p')
    await shows(tab, ({ truth }) => truth === 'equal', 'settled again')
    await fetch(`${stage().mock.url}/v2.01/demo-platform/users/42`).then((response) => response.text())
    await shows(tab, ({ truth }) => truth === 'differs', 'a call that the library missed is red')
  })

  it('shows calls that never arrived apart, and takes them for no difference', async () => {
    await tab.keyboard.press('1')
    await shows(tab, ({ look, pairs }) => look.startsWith('Almost') && (pairs['All calls']?.[0] ?? 0) > 0, 'calls')
    // Nothing is under way: of a call that is cut while the server accepts it nobody can say whether it arrived.
    await tab.keyboard.press('p')
    await shows(tab, ({ truth, pause }) => pause === 'Go on' && truth === 'equal', 'drained')
    await stage().mock.close()
    await tab.keyboard.press('p')
    await shows(tab, ({ lost }) => lost > 5, 'calls to a closed port are refused')
    await tab.keyboard.press('p')
    await shows(tab, ({ truth, lost }) => truth === 'equal' && lost > 5, 'settled')
  })

  it('shows the same in two tabs, and is rid of one that was closed', async () => {
    const other = await openTab()
    await until(async () => page.tabs() === 2, 'two tabs')
    await other.tab.locator('.story', { hasText: 'SCA wave' }).click()
    for (const each of [tab, other.tab]) await shows(each, ({ look }) => look.includes('sca_required'), 'both')
    await other.tab.close()
    await until(async () => page.tabs() === 1, 'one tab')
  })

  it('says that the app has ended, and starts it again with the next story', async () => {
    await until(async () => page.stage() !== undefined, 'started')
    process.kill(stage().app.pid, 'SIGKILL')
    await shows(tab, ({ problem }) => problem.includes('The example app has ended'), 'said')
    await shows(tab, ({ connection }) => connection === 'no new data from the app', 'said')
    await tab.keyboard.press('1')
    await shows(tab, (now) => now.problem === '' && now.connection === 'live' && SIGHTS['normal']?.(now), 'again')
    expect(complaints).toEqual([])
  })

  it('says that it is disconnected, and comes back', async () => {
    await page.close()
    await shows(tab, ({ connection }) => connection === 'disconnected, reconnecting', 'disconnected')
    await tab.keyboard.press('4')
    await shows(tab, ({ problem }) => problem.includes('could not be changed'), 'a control call that fails is told')
    page = await (await builtServer()).startPage({ port: page.port, scenario: 'outage' })
    await shows(tab, ({ connection, look }) => connection === 'live' && look.includes('Mangopay is down'), 'live again')
    await tab.evaluate(() => void setTimeout(() => Promise.reject(new Error('made by the test'))))
    await shows(tab, ({ problem }) => problem.includes('made by the test'), 'its own errors are shown')
  })
})
