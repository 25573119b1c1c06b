import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LABEL } from '../alerts/spelling.ts'
import { PANELS } from '../dashboards/palette.ts'
import { type Choice, fill, stepOf } from './dashboard/fill.ts'
import { promqlOf, shipped } from './dashboard/model.ts'
import { counted, END, GET_USER, openMetrics, PAY_IN, START, TRANSFER, type Way } from './dashboard/traffic.ts'
import { query, queryRange, type Sample } from './stack/promql.ts'
import { Stack } from './stack/servers.ts'
import { have, pathOf } from './stack/tools.ts'

const dashboard = shipped()
const HOURS_3: Choice = { from: END - 3 * 3600, to: END }
const minute = (at: number): number => START + at * 60

const SERVERS = [
  ['3.16', 'prometheus', 'promtool'],
  ['2.42', 'distro-prometheus', 'distro-promtool'],
] as const

const WAYS: readonly (readonly [string, Way])[] = [
  ['every 60 s over OTLP, with the rules', { every: 60, spelling: 'otlp', rules: true }],
  ['every 60 s over OTLP, without rules', { every: 60, spelling: 'otlp', rules: false }],
  ['every 15 s by the pull exporter, without rules', { every: 15, spelling: 'pull', rules: false }],
]

const CASES = SERVERS.flatMap(([version, server, promtool]) =>
  WAYS.map(([name, way]) => ({ name: `Prometheus ${version}, ${name}`, server, promtool, way })),
)

describe.each(CASES)('$name', ({ server, promtool, way }) => {
  describe.skipIf(!have(server, promtool))('', () => {
    const stack = new Stack()
    let url = ''

    beforeAll(async () => {
      const backfill = async (data: string) => {
        const text = join(dirname(data), 'data.txt')
        writeFileSync(text, openMetrics(way))
        execFileSync(pathOf(promtool), ['tsdb', 'create-blocks-from', 'openmetrics', text, data], { stdio: 'pipe' })
      }
      const running = await stack.prometheus({ which: server, backfill })
      url = running.url
    })
    afterAll(() => stack.stop())

    const target = (panel: { id: number; title: string }, refId: string) => {
      const found = promqlOf(dashboard).find(({ panel: { id }, target: one }) => id === panel.id && one.refId === refId)
      if (found === undefined) throw new Error(`${panel.title} has no query ${refId}`)
      return found
    }
    /** What an instant query shows, by the values of some labels. */
    const now = async (
      panel: { id: number; title: string },
      refId: string,
      by: readonly string[],
      choice: Choice = HOURS_3,
    ): Promise<Record<string, number>> =>
      keyed(await query(url, fill(target(panel, refId).expr, choice), choice.to), by)
    /** What a chart shows at a minute. */
    const at = async (
      panel: { id: number; title: string },
      refId: string,
      by: readonly string[],
      when: number,
      choice: Choice = HOURS_3,
    ): Promise<Record<string, number>> => {
      const found = await chart(panel, refId, choice)
      return keyed(
        found.flatMap(({ labels, values }) =>
          values.filter(({ time }) => time === minute(when)).map(({ value }) => ({ labels, value })),
        ),
        by,
      )
    }
    const chart = (panel: { id: number; title: string }, refId: string, choice: Choice = HOURS_3) =>
      queryRange(url, fill(target(panel, refId).expr, choice), choice.from, choice.to, stepOf(choice))
    const keyed = (samples: readonly Sample[], by: readonly string[]): Record<string, number> =>
      Object.fromEntries(samples.map(({ labels, value }) => [by.map((label) => labels[label] ?? '').join(' '), value]))

    const ENV = [LABEL.environment]
    const production = (labels: Record<string, string>): boolean => labels[LABEL.environment] === 'production'
    const within = (expected: number) => ({ least: expected * 0.97 - 0.1, most: expected * 1.03 + 0.1 })
    /** `increase` extrapolates to the edges of its window: 3 % and a tenth of a call. */
    const about = (actual: number | undefined, expected: number): void => {
      expect(actual).toBeGreaterThanOrEqual(within(expected).least)
      expect(actual).toBeLessThanOrEqual(within(expected).most)
    }

    it('every query of every panel is answered with data', async () => {
      const silent: string[] = []
      for (const { panel, target: one, expr } of promqlOf(dashboard)) {
        const ready = fill(expr, HOURS_3)
        const values = one.instant
          ? (await query(url, ready, END)).map(({ value }) => value)
          : (await queryRange(url, ready, HOURS_3.from, END, stepOf(HOURS_3))).flatMap((series) =>
              series.values.map(({ value }) => value),
            )
        if (values.length === 0) silent.push(`${panel.id}${one.refId}`)
        for (const value of values) expect(value, `${panel.title} ${one.refId}`).not.toBeNaN()
      }
      const withoutRules = [PANELS.availability, PANELS.budgetLeft, PANELS.rules].map(({ id }) => `${id}A`)
      expect(silent.sort()).toEqual(
        [
          // The windows that this account does not have.
          ...['B', 'D', 'E'].map((refId) => `${PANELS.quotaLeft.id}${refId}`),
          ...(way.rules ? [] : [...withoutRules, `${PANELS.burnRate.id}A`, `${PANELS.burnRate.id}B`]),
        ].sort(),
      )
    })

    it('calls per second, per environment; 0 for a process that lives and does not call', async () => {
      const found = await now(PANELS.callRate, 'A', ENV)
      about((found['production'] as number) * 60, 55)
      about((found['sandbox'] as number) * 60, 12)
      expect(found['idle']).toBe(0)
    })

    it('a process that was there before the telemetry was does not look like a burst', async () => {
      const soon = await now(PANELS.callRate, 'A', ENV, { ...HOURS_3, to: minute(5) })
      expect(soon['idle']).toBe(0)
      about((soon['sandbox'] as number) * 60, 6)
    })

    it('telemetry that comes back after half an hour does not look like a burst', async () => {
      const choice = { ...HOURS_3, values: { environment: ['gap'] } }
      for (const when of [151, 152, 153, 160]) {
        const { server_error: rate } = await at(PANELS.errorsByCategory, 'A', [LABEL.category], when, choice)
        expect(rate, `minute ${when}`).toBeLessThan(1.1)
      }
      about((await now(PANELS.serverErrors, 'A', ENV, choice))['gap'], 180)
    })

    it('follow the choice of an operation with braces, and of several services', async () => {
      const one = await now(PANELS.callRate, 'A', ENV, { ...HOURS_3, values: { operation: [GET_USER] } })
      about((one['production'] as number) * 60, 46)
      const two = {
        environment: ['sandbox', 'production'],
        job: ['shop/api', 'shop/tests'],
        operation: [PAY_IN, GET_USER],
      }
      const both = await now(PANELS.callRate, 'A', ENV, { ...HOURS_3, values: two })
      about((both['production'] as number) * 60, 52)
      about((both['sandbox'] as number) * 60, 12)
      expect(Object.keys(both)).toHaveLength(2)
      expect(await now(PANELS.callRate, 'A', ENV, { ...HOURS_3, values: { job: ['renamed'] } })).toEqual({})
    })

    it('the error ratio counts what a process is born with, and no healthy outcome', async () => {
      // Ten minutes to minute 235: 2 time-outs, and 85 429s that a series is born with. Not the ten 404s.
      const found = await now(PANELS.errorRatio, 'A', ENV, { ...HOURS_3, to: minute(235) })
      about((found['production'] as number) * 1000, (87 / (550 + 87)) * 1000)
      expect(found['sandbox']).toBe(0)
      // No calls: nothing, so that the text for it shows, not 0 %.
      expect(found).not.toHaveProperty('idle')
    })

    it('429s, 5xx and open writes of the range; 0 where calls were made and none failed', async () => {
      const is = (label: string, value: string) => (labels: Record<string, string>) =>
        production(labels) && labels[label] === value
      const limited = counted(is(LABEL.status, '429'), 60)
      expect(limited).toBe(115)
      const found = await now(PANELS.rateLimited, 'A', ENV)
      about(found['production'], limited)
      expect(found).toMatchObject({ sandbox: 0, idle: 0 })
      about((await now(PANELS.serverErrors, 'A', ENV))['production'], counted(is(LABEL.status, '500'), 60))
      about((await now(PANELS.unsettledWrites, 'A', ENV))['production'], 26)
      // Nothing at all happened there, and nothing is known either.
      expect(await now(PANELS.rateLimited, 'A', ENV, { ...HOURS_3, values: { environment: ['nowhere'] } })).toEqual({})
    })

    it('the quota is that of the newest reading, never a sum, never the idle process', async () => {
      const by = [LABEL.window, LABEL.account]
      const used = await now(PANELS.callsLeft, 'B', by)
      expect(used).toEqual({ '15m ': 1173, '15m marketplace': 230, '24h ': 16_000, '1m ': 20 })
      expect(await now(PANELS.callsLeft, 'A', by)).toMatchObject({ '15m ': 2300 - 1173, '15m marketplace': 2070 })
      expect(await now(PANELS.callsLeft, 'C', by)).toMatchObject({ '15m ': 2300, '24h ': 105_600 })
      expect((await now(PANELS.callsLeft, 'D', by))['15m ']).toBeCloseTo(1173 / 2300)
      expect((await now(PANELS.callsLeft, 'E', by))['15m ']).toBe(5)
      const left = await now(PANELS.headroom, 'A', [LABEL.account])
      expect(left['']).toBeCloseTo(1 - 1173 / 2300)
      expect(left['marketplace']).toBeCloseTo(0.9)
      expect((await now(PANELS.quotaLeft, 'C', [LABEL.account]))['']).toBeCloseTo(1 - 1173 / 2300)
      const share = await at(PANELS.quotaUsed, 'A', by, 240)
      expect(share['15m ']).toBeCloseTo(1173 / 2300)
      expect(share['24h ']).toBeCloseTo(16_000 / 105_600)
      // A minute's window was full a moment ago: the chart shows its highest.
      expect((await at(PANELS.quotaUsed, 'B', by, 240))['1m ']).toBeCloseTo(0.9)
      expect((await now(PANELS.readingAge, 'A', ENV))['production']).toBe(5)
    })

    it('the forecast is that of the rules, else straight on', async () => {
      const found = await at(PANELS.quotaForecast, 'A', [LABEL.window, LABEL.account], 240)
      for (const { labels } of await chart(PANELS.quotaForecast, 'A')) expect(labels).not.toHaveProperty('__name__')
      expect(found['15m ']).toBeCloseTo(way.rules ? 0.77 : 1173 / 2300, 2)
      expect(found['24h ']).toBeCloseTo((16_000 + 8 * 240) / 105_600, 3)
    })

    it('429s by operation: a rate while they come, what a series is born with, and a line at 0', async () => {
      const by = [LABEL.operation]
      about((await at(PANELS.rateLimitedByOperation, 'A', by, 206))[PAY_IN], 3)
      expect(await at(PANELS.rateLimitedByOperation, 'A', by, 120)).toEqual({ 'no 429': 0 })
      const [payIns] = (await chart(PANELS.rateLimitedByOperation, 'A')).filter(
        ({ labels }) => labels[LABEL.operation] === PAY_IN,
      )
      // A point is a rate per minute, one a minute: their sum is the number of calls.
      about(
        payIns?.values.reduce((sum, { value }) => sum + value, 0),
        115,
      )
    })

    it('who uses the quota: every service, whatever is chosen', async () => {
      const by = [LABEL.environment, LABEL.job, LABEL.operation]
      const choice = { ...HOURS_3, values: { job: ['shop/cron'], operation: [TRANSFER] } }
      const taken = await now(PANELS.quotaUsers, 'A', by, choice)
      const refused = await now(PANELS.quotaUsers, 'B', by, choice)
      about(taken[`production shop/api ${PAY_IN}`], 6 * 180)
      about(refused[`production shop/api ${PAY_IN}`], 115)
      about(taken[`sandbox shop/tests ${GET_USER}`], 12 * 180)
      expect(refused[`sandbox shop/tests ${GET_USER}`]).toBe(0)
      expect(Object.keys(refused).sort()).toEqual(Object.keys(taken).sort())
    })

    it('errors by category and by status, no response among them', async () => {
      const choice = { ...HOURS_3, values: { environment: ['production'] } }
      const categories = await at(PANELS.errorsByCategory, 'A', [LABEL.category], 206, choice)
      about(categories['rate_limit'], 3)
      about(categories['not_found'], 1)
      expect(categories['server_error']).toBe(0)
      expect(
        await at(PANELS.errorsByCategory, 'A', [LABEL.category], 206, {
          ...choice,
          values: { environment: ['sandbox'] },
        }),
      ).toEqual({ 'no error': 0 })
      about((await at(PANELS.errorsByStatus, 'A', [LABEL.status], 156, choice))['500'], 2)
      // Four time-outs that a series is born with, seen for four minutes.
      about((await at(PANELS.errorsByStatus, 'B', [], 227, choice))[''], 1)
      about(((await at(PANELS.unavailableRatio, 'A', [], 156, choice))[''] as number) * 100, (2 / 57) * 100)
      about(((await at(PANELS.unavailableRatio, 'B', [], 206, choice))[''] as number) * 100, (3 / 58) * 100)
      expect(await at(PANELS.unavailableRatio, 'A', [], 206, { ...choice, values: { environment: ['idle'] } })).toEqual(
        {},
      )
    })

    it('writes to look up, by operation and category, without reused keys', async () => {
      const found = await now(PANELS.unsettledByOperation, 'A', [LABEL.operation, LABEL.category])
      expect(Object.keys(found).sort()).toEqual([`${TRANSFER} server_error`, `${TRANSFER} timeout`])
      about(found[`${TRANSFER} server_error`], 20)
      about(found[`${TRANSFER} timeout`], 6)
    })

    it('latency, in both spellings of the histogram', async () => {
      about(((await now(PANELS.p95, 'A', ENV))['production'] as number) * 100, 100)
      expect(await now(PANELS.p95, 'A', ENV)).not.toHaveProperty('idle')
      about(((await at(PANELS.latency, 'A', [], 120))[''] as number) * 100, 10)
      about(((await at(PANELS.latency, 'B', [], 120))[''] as number) * 100, 100)
      about(((await at(PANELS.latency, 'C', [], 120))[''] as number) * 100, 220)
      const cells = await at(PANELS.latencyHeatmap, 'A', ['le'], 120)
      about(cells['+Inf'], 66 * 4)
      about(cells['0.1'], 33 * 4)
    })

    it('operations: calls, share failed, 429, 5xx, open writes, p95', async () => {
      const by = [LABEL.environment, LABEL.operation]
      const [calls, failed, limited, server, open, slow] = await Promise.all(
        ['A', 'B', 'C', 'D', 'E', 'F'].map((refId) => now(PANELS.operations, refId, by)),
      )
      about(calls?.[`production ${PAY_IN}`], 6 * 180 + 115)
      about((failed?.[`production ${PAY_IN}`] as number) * 1000, (115 / (6 * 180 + 115)) * 1000)
      about((failed?.[`production ${TRANSFER}`] as number) * 1000, (26 / (3 * 180 + 36)) * 1000)
      about(limited?.[`production ${PAY_IN}`], 115)
      about(server?.[`production ${TRANSFER}`], 20)
      about(open?.[`production ${TRANSFER}`], 26)
      expect(open?.[`production ${GET_USER}`]).toBe(0)
      about((slow?.[`production ${GET_USER}`] as number) * 100, 100)
      for (const column of [limited, server, open]) expect(column).toHaveProperty([`sandbox ${GET_USER}`], 0)
      expect(failed).not.toHaveProperty([`idle ${GET_USER}`])
    })

    it('the age of the data grows when it stops', async () => {
      expect((await now(PANELS.dataAge, 'A', ENV))['production']).toBe(0)
      expect((await now(PANELS.dataAge, 'A', ENV, { ...HOURS_3, to: END + 100 }))['production']).toBe(100)
      // Longer than Prometheus remembers a series by itself.
      const later = (await now(PANELS.dataAge, 'A', ENV, { ...HOURS_3, to: END + 3000 }))['production']
      expect(later).toBe(3000)
      expect(await now(PANELS.dataAge, 'A', ENV, { ...HOURS_3, to: END + 5 * 3600 })).toEqual({})
    })

    it('telemetry health', async () => {
      const by = [LABEL.job, LABEL.environment]
      expect(await at(PANELS.instances, 'A', by, 220)).toEqual({
        'shop/api production': 2,
        'shop/tests sandbox': 1,
        'shop/cron idle': 1,
        'shop/far gap': 1,
      })
      expect((await at(PANELS.instances, 'A', by, 240))['shop/api production']).toBe(3)
      // Two minutes after its last sample a process does not count, although its series linger for five.
      const after = { from: END, to: END + 240 }
      expect((await at(PANELS.instances, 'A', by, 241, after))['shop/api production']).toBe(3)
      expect(await at(PANELS.instances, 'A', by, 242, after)).toEqual({})
      expect(await now(PANELS.unknownOperations, 'A', ENV)).toEqual({ production: 0, sandbox: 0, gap: 0 })
      expect(await now(PANELS.overflow, 'A', [])).toEqual({ '': 0 })
      expect(await now(PANELS.rules, 'A', [])).toEqual(way.rules ? { '': 1 } : {})
    })

    it('the SLO row reads what the rules recorded', async () => {
      const found = await now(PANELS.availability, 'A', ENV)
      if (!way.rules) return expect(found).toEqual({})
      expect(found['production']).toBeCloseTo(1 - 6 / 609, 5)
      expect((await now(PANELS.budgetLeft, 'A', ENV))['production']).toBeCloseTo(1 - 6 / 609 / 0.005, 5)
      expect((await at(PANELS.burnRate, 'A', ENV, 240))['production']).toBeCloseTo(6 / 609 / 0.005, 5)
    })
  })
})
