/**
 * The shipped rules and every query of the dashboard on the same live calls told twice: by the library, and by a Collector
 * that got the spans. With an idle gap, and after it a single 500.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { AttributeValue } from '@opentelemetry/api'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { renderRules } from '../../alerts/prometheus.ts'
import { LABEL, SERIES } from '../../alerts/spelling.ts'
import { fill } from '../dashboards/fill.ts'
import { promqlOf, shipped } from '../dashboards/model.ts'
import { Random } from '../fuzz/random.ts'
import { loadedRules, query, queryRange, type Sample } from '../stack/promql.ts'
import { type Server, Stack } from '../stack/servers.ts'
import { have } from '../stack/tools.ts'
import { runCollector } from './running.ts'
import { type PlainSpan, tagWith } from './spans.ts'

const stack = new Stack()
afterAll(() => stack.stop())

const PATHS = [
  ['GET', '/users/user_m_1'],
  ['POST', '/payins/card/direct'],
  ['POST', '/transfers'],
  ['GET', '/wallets/wlt_m_1/transactions'],
] as const

/** A call now, the quota on it as the server would say. */
function callNow(
  random: Random,
  status: number | undefined,
  used: number,
  [method, path]: readonly [string, string] = random.pick(PATHS),
): PlainSpan {
  const minute = Math.floor(Date.now() / 60_000) * 60
  const limits = [2_300, 4_500, 8_800, 105_600]
  return {
    duration: random.pick([40, 120, 300, 700]),
    status: { code: status === undefined || status >= 400 ? 2 : 0 },
    attributes: {
      'http.request.method': method,
      'server.address': 'api.sandbox.mangopay.com',
      'url.full': `https://api.sandbox.mangopay.com/v2.01/acme${path}`,
      ...(status === undefined ? { 'error.type': 'ECONNRESET' } : { 'http.response.status_code': status }),
      ...(status !== undefined && {
        'http.response.header.x-ratelimit': limits.map(() => used).join(', '),
        'http.response.header.x-ratelimit-remaining': limits.map((limit) => limit - used).join(', '),
        'http.response.header.x-ratelimit-reset': [900, 1_800, 3_600, 86_340].map((ahead) => minute + ahead).join(', '),
        'http.response.header.date': new Date().toUTCString(),
      }),
    },
  }
}

describe.skipIf(!have('prometheus', 'collector'))('told twice', () => {
  const JOBS = ['library', 'collector'] as const
  const ENVIRONMENT = { library: 'sandbox', collector: 'production' }
  let prometheus: Server
  let from: number
  let to: number
  const alerts: Record<string, Set<string>> = { library: new Set(), collector: new Set() }

  beforeAll(async () => {
    from = Date.now() / 1_000
    // The rules at thirty times their pace.
    prometheus = await stack.prometheus({ rules: renderRules({ scale: 1 / 30 }), seconds: 2 })
    const exporter = new OTLPMetricExporter({ url: `${prometheus.url}/api/v1/otlp/v1/metrics` })
    const provider = new MeterProvider({
      resource: resourceFromAttributes({ 'service.name': 'library', 'service.instance.id': 'one' }),
      readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1_000, exportTimeoutMillis: 900 })],
    })
    const library = tagWith({ meterProvider: provider })
    const collector = await runCollector(stack, { metricsTo: `${prometheus.url}/api/v1/otlp`, flush: '1s' })
    const random = new Random(21)
    let used = 700 // so much that the forecast leaves no doubt, at whatever pace this machine makes calls
    const tell = async (spans: PlainSpan[]) => {
      // An environment for each: most alerts are of an environment, not of a service.
      const production = (value: AttributeValue | undefined) =>
        typeof value === 'string' ? value.replace('api.sandbox.', 'api.') : value
      await collector.send(
        spans.map(({ attributes, ...span }) => ({
          ...span,
          attributes: Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, production(value)])),
          resource: { 'service.name': 'collector' },
        })),
      )
      library(spans)
    }
    const watch = async () => {
      for (const { labels } of await query(prometheus.url, `ALERTS{alertstate="firing"}`))
        for (const [job, environment] of Object.entries(ENVIRONMENT))
          if (labels[LABEL.environment] === environment) alerts[job]?.add(labels['alertname'] ?? '')
    }
    const play = async (seconds: number, statuses: readonly (number | undefined)[]) => {
      for (const end = Date.now() + seconds * 1_000; Date.now() < end; await delay(250)) {
        await tell(Array.from({ length: 8 }, () => callNow(random, random.pick(statuses), ++used)))
        await watch()
      }
    }
    await tell([callNow(random, 200, ++used, ['GET', '/payouts/po_1'])])
    await play(15, [200, 200, 200, 200, 200, 200, 204, 404, 400])
    await play(25, [200, 500, 502, undefined, 429, 401])
    // Longer than Prometheus looks back for a sample, and the last reading of the quota with it.
    await delay(15_000)
    await tell([callNow(random, 500, ++used, ['GET', '/payouts/po_1'])])
    await delay(6_000)
    await watch()
    await provider.forceFlush()
    await provider.shutdown()
    to = Date.now() / 1_000
  }, 180_000)

  const withoutOrigin = ({ labels, value }: Sample) => {
    const { job: _job, instance: _instance, [LABEL.environment]: _environment, severity: _severity, ...others } = labels
    return [JSON.stringify(Object.entries(others).sort()), value] as const
  }

  test('each call is counted once by both, in the same series', async () => {
    const [library = [], collector = []] = await Promise.all(
      JOBS.map((job) => query(prometheus.url, `${SERIES.requests}{${LABEL.job}="${job}"} > 0`, to - 1)),
    )
    const told = Object.fromEntries(collector.map(withoutOrigin))
    expect(told).toEqual(Object.fromEntries(library.map(withoutOrigin)))
    expect(Object.keys(told).length).toBeGreaterThan(20)
  })

  test('the single 500 after the gap is an increase for both', async () => {
    for (const job of JOBS) {
      const expression = `sum(increase(${SERIES.requests}{${LABEL.job}="${job}",${LABEL.operation}="GET /payouts/{payoutId}",${LABEL.status}="500"}[20s]))`
      const [sample] = await query(prometheus.url, expression, to)
      expect(sample?.value, job).toBeGreaterThan(0)
    }
  })

  test('every query of the dashboard shows the same', async () => {
    const different: unknown[] = []
    let shown = 0
    for (const { panel, target, expr } of promqlOf(shipped())) {
      const results = await Promise.all(
        JOBS.map(async (job) => {
          const choice = { from, to, values: { job: [job], environment: [ENVIRONMENT[job]] } }
          const ready = fill(expr, choice)
          const samples = target.instant
            ? await query(prometheus.url, ready, to)
            : (await queryRange(prometheus.url, ready, from, to, 5)).map(({ labels, values }) => ({
                labels,
                value: values.reduce((sum, { value }) => sum + value, 0) / values.length,
              }))
          // What the library expects and nothing has been counted in.
          return new Map(samples.map(withoutOrigin).filter(([, value]) => value !== 0))
        }),
      )
      const [library = new Map(), collector = new Map()] = results
      if (library.size > 0) shown++
      // Both export once a second, not at the same moment. A series that the library had at 0 from the first call on is
      // born with its first call here, so that increase() extrapolates it otherwise: up to a quarter in so short a range.
      const isSame = (one: number | undefined, other: number | undefined) =>
        one !== undefined &&
        other !== undefined &&
        Math.abs(one - other) <= 0.3 * Math.max(Math.abs(one), Math.abs(other)) + 0.05
      // How old the newest sample is, which changes while we ask; and the gauge that a Collector does not have.
      if (panel.title === 'Data age') continue
      if (panel.title === 'Series per metric')
        for (const key of library.keys()) if (key.includes('error_ratio')) library.delete(key)
      for (const key of new Set([...library.keys(), ...collector.keys()]))
        if (!isSame(library.get(key), collector.get(key)))
          different.push([panel.title, target.refId, key, library.get(key), collector.get(key)])
    }
    expect(shown).toBeGreaterThan(30)
    expect(different).toEqual([])
  })

  test('every rule is healthy, and the same alerts fire', async () => {
    const rules = await loadedRules(prometheus.url)
    expect(rules.filter(({ health }) => health !== 'ok')).toEqual([])
    expect([...(alerts['collector'] ?? [])].sort()).toEqual([...(alerts['library'] ?? [])].sort())
    expect(alerts['collector']?.size).toBeGreaterThan(1)
  })
})
