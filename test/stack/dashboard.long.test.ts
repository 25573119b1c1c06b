/** The dashboard on live traffic: every query is answered, every number is the one that the server counted. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LABEL, SERIES } from '../../alerts/spelling.ts'
import { PANELS } from '../../dashboards/palette.ts'
import { type CallCount, compare, differences, sum } from '../../examples/demo/compare.ts'
import { operationShape } from '../../examples/mock/routes.ts'
import { type Choice, fill } from '../dashboards/fill.ts'
import { promqlOf, shipped } from '../dashboards/model.ts'
import { ALL_WINDOWS, LiveTraffic, PULLED, PUSHED } from './dashboard-traffic.ts'
import { query, queryRange, type Sample, single } from './promql.ts'
import { have } from './tools.ts'

describe.skipIf(!have('prometheus', 'collector'))('the dashboard on live traffic', () => {
  const dashboard = shipped()
  const live = new LiveTraffic()
  beforeAll(() => live.play(), 180_000)
  afterAll(() => live.stop())

  it.each([
    ['pushed through the collector', PUSHED, live.ofDemo],
    ['pulled from the exporter', PULLED, live.ofPulled],
  ] as const)('counters %s: each operation and status exactly as often as the server saw it', async (_, way, truth) => {
    const comparison = compare(await live.counts(way.environment), truth())
    expect(differences(comparison)).toEqual([])
    // Successes, 429s, 500s and calls without an answer are among them.
    const statuses = comparison.statuses.filter(({ server }) => server > 0).map(({ what }) => what)
    expect(statuses).toEqual(expect.arrayContaining(['200', '429', '500', 'none']))
    expect(await query(live.prometheus.url, `count by (job) (${SERIES.requests}{job="${way.job}"})`)).toHaveLength(1)
  })

  /** The values of a query, an instant one now, a chart over the range. */
  const shown = async (expr: string, instant: boolean | undefined, chosen: Choice): Promise<Sample[]> => {
    const ready = fill(expr, chosen)
    if (instant) return query(live.prometheus.url, ready, chosen.to)
    // Finer than Grafana asks at that zoom, so that a minute of traffic is more than two points.
    const series = await queryRange(live.prometheus.url, ready, chosen.from, chosen.to, 5)
    return series.flatMap(({ labels, values }) => values.map(({ value }) => ({ labels, value })))
  }

  it.each([PUSHED, PULLED])(
    'every query has data and no NaN for $job in $environment',
    async ({ environment, job }) => {
      const chosen = { ...live.choice, values: { environment: [environment], job: [job] } }
      const silent: string[] = []
      // What needs an hour of readings or the day before. The service that is pulled looks at no payments at all.
      const { payInsFailed, failureCodes, resultsByCategory, endsByEvent, webhookDeliveries } = PANELS
      const payments = job === PULLED.job ? [resultsByCategory, endsByEvent, webhookDeliveries] : []
      const mayBeSilent = [
        `${PANELS.quotaForecast.title} D`,
        ...[payInsFailed, failureCodes, ...payments].flatMap(({ title }) => [`${title} A`, `${title} B`]),
      ]
      for (const { panel, target, expr } of promqlOf(dashboard)) {
        const samples = await shown(expr, target.instant, chosen)
        if (samples.length === 0) silent.push(`${panel.title} ${target.refId}`)
        for (const { value } of samples) expect(value, `${panel.title} ${target.refId}: ${expr}`).not.toBeNaN()
      }
      expect(silent.filter((name) => !mayBeSilent.includes(name))).toEqual([])
    },
  )

  describe.each([
    { way: PUSHED, truth: live.ofDemo },
    { way: PULLED, truth: live.ofPulled },
  ])('the numbers of $way.environment', ({ way, truth }) => {
    const value = async (panel: { id: number }, refId: string, matchers: Record<string, string> = {}) => {
      const found = promqlOf(dashboard).find(({ panel: { id }, target }) => id === panel.id && target.refId === refId)
      const chosen = { ...live.choice, values: { environment: [way.environment] } }
      const samples = await shown(found?.expr ?? '', true, chosen)
      return samples
        .filter(({ labels }) => Object.entries(matchers).every(([name, wanted]) => labels[name] === wanted))
        .reduce((total, { value: one }) => total + one, 0)
    }
    const server = (takes: (count: CallCount) => boolean = () => true) => sum(truth(), takes)
    /** `increase` extrapolates by up to half an export at either end: 5 % of these minutes, and a call. */
    const about = (actual: number, expected: number) => {
      expect(actual).toBeGreaterThanOrEqual(expected * 0.95 - 1)
      expect(actual).toBeLessThanOrEqual(expected * 1.05 + 1)
    }

    it('429s and 5xx of the range', async () => {
      const limited = server(({ status }) => status === '429')
      const failed = server(({ status }) => status.startsWith('5'))
      expect(Math.min(limited, failed)).toBeGreaterThan(10)
      about(await value(PANELS.rateLimited, 'A'), limited)
      about(await value(PANELS.serverErrors, 'A'), failed)
    })

    it('calls and 429s by operation', async () => {
      const shapes = new Set(truth().map(({ shape }) => shape))
      const found = promqlOf(dashboard).filter(({ panel: { id } }) => id === PANELS.operations.id)
      const chosen = { ...live.choice, values: { environment: [way.environment] } }
      const calls = await shown(found.find(({ target }) => target.refId === 'A')?.expr ?? '', true, chosen)
      const limited = await shown(found.find(({ target }) => target.refId === 'C')?.expr ?? '', true, chosen)
      for (const shape of shapes) {
        const of = (samples: Sample[]) =>
          samples.find(({ labels }) => operationShape(labels[LABEL.operation] ?? '') === shape)?.value ?? 0
        about(
          of(calls),
          server((count) => count.shape === shape),
        )
        about(
          of(limited),
          server((count) => count.shape === shape && count.status === '429'),
        )
      }
      expect(shapes.size).toBeGreaterThan(1)
    })

    it('the quota as the server knows it', async () => {
      const truthfully = way === PUSHED ? live.stage.mock : live.mock
      const used = truthfully.used()[ALL_WINDOWS.findIndex(({ seconds }) => seconds === 900)] ?? Number.NaN
      // Of the last answer with headers: calls may have been booked after it, never before.
      const shown = await value(PANELS.callsLeft, 'B', { [LABEL.window]: '15m' })
      expect(used - shown).toBeGreaterThanOrEqual(0)
      expect(used - shown).toBeLessThanOrEqual(10)
    })
  })

  it('shows the pull exporter’s histogram beside that of the collector, each in its own spelling', async () => {
    const calls = (name: string, job: string) => single(live.prometheus.url, `sum(${name}{job="${job}"})`)
    const name = SERIES.durationBucketPull.replace(/_bucket$/, '')
    expect(await calls(`${name}_seconds_count`, PUSHED.job)).toBe(sum(live.ofDemo()))
    expect(await calls(`${name}_count`, PULLED.job)).toBe(sum(live.ofPulled()))
    expect(await query(live.prometheus.url, `${name}_seconds_count{job="${PULLED.job}"}`)).toEqual([])
  })
})
