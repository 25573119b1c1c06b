import { existsSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { renderRules } from '../../alerts/prometheus.ts'
import { LABEL, SERIES } from '../../alerts/spelling.ts'
import { PANELS } from '../../dashboards/palette.ts'
import { type CallCount, compare, countsOfLog, differences, sum } from '../../examples/demo/once-compare.ts'
import type { Stage, StageOptions } from '../../examples/demo/stage.ts'
import { SIX_WINDOWS } from '../../examples/mock/quota.ts'
import { operationShape } from '../../examples/mock/routes.ts'
import { type Mock, startMock } from '../../examples/mock/server.ts'
import { scenarioNamed } from '../../examples/scenarios.ts'
import { type Choice, fill } from '../dashboard/fill.ts'
import { promqlOf, shipped } from '../dashboard/model.ts'
import { eventually, freePort } from './child.ts'
import { query, queryRange, type Sample, single } from './promql.ts'
import { type Server, Stack } from './servers.ts'
import { Service } from './service.ts'
import { type Sink, startSink } from './sink.ts'
import { have } from './tools.ts'

const built = new URL('../../build/examples/demo/stage.js', import.meta.url)

/** The demo's stories, one after the other, and for how many seconds each. */
const STORIES = [
  ['normal', 12],
  ['outage', 16],
  ['connection-resets', 10],
  ['sca-wave', 6],
  ['retry-loop', 8],
] as const

/** All six windows, so that no panel of one is left out; the 15 minutes are so few calls that the retry loop meets its end. */
const ALL_WINDOWS = SIX_WINDOWS.map(({ seconds, limit }) => ({ seconds, limit: seconds === 900 ? 420 : limit * 10 }))

/** The environment each way of sending shows, and its service. */
const PUSHED = { environment: 'sandbox', job: 'shop' }
const PULLED = { environment: 'production', job: 'pulled' }

describe.skipIf(!have('prometheus', 'collector'))('the dashboard on live traffic', () => {
  const stack = new Stack()
  const dashboard = shipped()
  let stage: Stage
  let mock: Mock
  let traces: Sink
  let prometheus: Server
  let choice: Choice

  /** What Prometheus has of one environment, call by call. */
  const counts = async (environment: string): Promise<CallCount[]> => {
    const samples = await query(prometheus.url, `${SERIES.requests}{${LABEL.environment}="${environment}"}`)
    return samples.map(({ labels, value }) => ({
      shape: operationShape(labels[LABEL.operation] ?? ''),
      status: labels[LABEL.status] ?? 'none',
      count: value,
    }))
  }
  const arrived = (environment: string, server: () => CallCount[]) =>
    eventually(`all calls of ${environment} in Prometheus`, 20, async () =>
      sum(await counts(environment)) === sum(server()) ? true : undefined,
    ).catch(() => {}) // The first test says what is missing.
  const ofDemo = () => countsOfLog(stage.mock.log.entries)
  const ofPulled = () => countsOfLog(mock.log.entries)

  beforeAll(async () => {
    if (!existsSync(fileURLToPath(built))) throw new Error('build/ is missing: npm run build')
    const { startStage } = (await import(built.href)) as { startStage(options: StageOptions): Promise<Stage> }
    const pullPort = await freePort()
    const from = Date.now() / 1_000
    traces = await startSink()
    // The rules at thirty times their pace, so that the SLO row has something recorded.
    const rules = renderRules({ scale: 1 / 30 })
    const scrape = { [PULLED.job]: [`127.0.0.1:${pullPort}`] }
    prometheus = await stack.prometheus({ rules, scrape, seconds: 2 })
    const collector = await stack.collector(prometheus, traces.url)
    stage = await startStage({
      otlpUrl: collector.url,
      serviceName: PUSHED.job,
      interval: 1_000,
      timeout: 4_000,
      pace: 3,
      mock: { quota: ALL_WINDOWS },
    })
    mock = await startMock({
      requireToken: false,
      quota: ALL_WINDOWS,
      faults: [
        { share: 0.15, fault: { kind: 'status', status: 429 } },
        { share: 0.1, fault: { kind: 'status', status: 500 } },
        { share: 0.1, fault: { kind: 'reset' } },
      ],
    })
    const hosts = { [mock.hostPort]: PULLED.environment }
    const service = await Service.start({
      service: PULLED.job,
      instance: 'ignored',
      hosts,
      exportMilliseconds: 0,
      pullPort,
    })
    stack.keep(service.child)
    const calls = (client: 'fetch' | 'axios', method: 'GET' | 'POST', path: string) =>
      service.calls({ client, method, url: `${mock.url}/v2.01/demo-platform/${path}`, perSecond: 4, seconds: 40 })
    const pulled = [calls('fetch', 'GET', 'users/user_m_01'), calls('axios', 'POST', 'transfers')]
    for (const [name, seconds] of STORIES) {
      stage.play(scenarioNamed(name))
      await delay(seconds * 1_000)
    }
    await Promise.all([stage.drain(), ...pulled])
    await Promise.all([arrived(PUSHED.environment, ofDemo), arrived(PULLED.environment, ofPulled)])
    await delay(2_500) // one more evaluation of the rules
    choice = { from: from - 10, to: Date.now() / 1_000 }
  }, 180_000)

  afterAll(async () => {
    await stage?.close()
    await stack.stop()
    await mock?.close()
    await traces?.close()
  })

  it.each([
    ['pushed through the collector', PUSHED, ofDemo],
    ['pulled from the exporter', PULLED, ofPulled],
  ] as const)('counters %s: each operation and status exactly as often as the server saw it', async (_, way, truth) => {
    const comparison = compare(await counts(way.environment), truth())
    expect(differences(comparison)).toEqual([])
    // Successes, 429s, 500s and calls without an answer are among them.
    const statuses = comparison.statuses.filter(({ server }) => server > 0).map(({ what }) => what)
    expect(statuses).toEqual(expect.arrayContaining(['200', '429', '500', 'none']))
    expect(await query(prometheus.url, `count by (job) (${SERIES.requests}{job="${way.job}"})`)).toHaveLength(1)
  })

  /** The values of a query, an instant one now, a chart over the range. */
  const shown = async (expr: string, instant: boolean | undefined, chosen: Choice): Promise<Sample[]> => {
    const ready = fill(expr, chosen)
    if (instant) return query(prometheus.url, ready, chosen.to)
    // Finer than Grafana asks at that zoom, so that a minute of traffic is more than two points.
    const series = await queryRange(prometheus.url, ready, chosen.from, chosen.to, 5)
    return series.flatMap(({ labels, values }) => values.map(({ value }) => ({ labels, value })))
  }

  it.each([PUSHED, PULLED])(
    'every query has data and no NaN for $job in $environment',
    async ({ environment, job }) => {
      const chosen = { ...choice, values: { environment: [environment], job: [job] } }
      const silent: string[] = []
      for (const { panel, target, expr } of promqlOf(dashboard)) {
        const samples = await shown(expr, target.instant, chosen)
        if (samples.length === 0) silent.push(`${panel.title} ${target.refId}`)
        for (const { value } of samples) expect(value, `${panel.title} ${target.refId}: ${expr}`).not.toBeNaN()
      }
      expect(silent).toEqual([])
    },
  )

  describe.each([
    { way: PUSHED, truth: ofDemo },
    { way: PULLED, truth: ofPulled },
  ])('the numbers of $way.environment', ({ way, truth }) => {
    const value = async (panel: { id: number }, refId: string, matchers: Record<string, string> = {}) => {
      const found = promqlOf(dashboard).find(({ panel: { id }, target }) => id === panel.id && target.refId === refId)
      const chosen = { ...choice, values: { environment: [way.environment] } }
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
      const chosen = { ...choice, values: { environment: [way.environment] } }
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
      const truthfully = way === PUSHED ? stage.mock : mock
      const used = truthfully.used()[ALL_WINDOWS.findIndex(({ seconds }) => seconds === 900)] ?? Number.NaN
      // Of the last answer with headers: calls may have been booked after it, never before.
      const shown = await value(PANELS.callsLeft, 'B', { [LABEL.window]: '15m' })
      expect(used - shown).toBeGreaterThanOrEqual(0)
      expect(used - shown).toBeLessThanOrEqual(10)
    })
  })

  it('shows the pull exporter’s histogram beside that of the collector, each in its own spelling', async () => {
    const calls = (name: string, job: string) => single(prometheus.url, `sum(${name}{job="${job}"})`)
    const name = SERIES.durationBucketPull.replace(/_bucket$/, '')
    expect(await calls(`${name}_seconds_count`, PUSHED.job)).toBe(sum(ofDemo()))
    expect(await calls(`${name}_count`, PULLED.job)).toBe(sum(ofPulled()))
    expect(await query(prometheus.url, `${name}_seconds_count{job="${PULLED.job}"}`)).toEqual([])
  })
})
