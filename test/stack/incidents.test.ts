import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { INHIBIT_RULES } from '../../alerts/inhibition.ts'
import { ALERT_NAMES, type AlertName } from '../../alerts/model.ts'
import { renderRules } from '../../alerts/prometheus.ts'
import { RECORDS } from '../../alerts/records.ts'
import { LABEL } from '../../alerts/spelling.ts'
import type { MockOptions } from '../../examples/mock/options.ts'
import { type Mock, startMock } from '../../examples/mock/server.ts'
import type { FaultShare } from '../../examples/scenarios.ts'
import { eventually } from './child.ts'
import { withPast } from './history.ts'
import { type Server, Stack } from './servers.ts'
import { Service } from './service.ts'
import { type Sink, startSink } from './sink.ts'
import { have } from './tools.ts'

/** A minute of the rules takes two seconds here; exports, evaluations and the server's quota are as much faster. */
const MINUTE = 2
const SCALE = MINUTE / 60

/** Calls that any healthy integration makes fail. */
const EVERYDAY: FaultShare[] = [
  { share: 0.03, fault: { kind: 'status', status: 404 } },
  { share: 0.03, fault: { kind: 'sca' } },
  { share: 0.01, fault: { kind: 'status', status: 400 } },
]

/** Calls a second of an environment whose quota is watched, and a quota that lasts 13 of its 15 minutes at that pace. */
const PACE = 6
const QUOTA = [
  { seconds: 15 * MINUTE, limit: PACE * 13 * MINUTE },
  { seconds: 1_440 * MINUTE, limit: 20_000 },
]

/** Windows that slide thirty times as fast, shown as what they stand for. */
const compressedQuota: MockOptions = {
  quota: QUOTA,
  alterHeaders: (headers) => {
    const minute = Math.floor(Date.parse(String(headers['Date'])) / 60_000) * 60
    return { ...headers, 'X-RateLimit-Reset': [900, 86_340].map((seconds) => String(minute + seconds)) }
  },
}

/** Who calls what how often, and what goes wrong. */
interface Incident {
  faults: FaultShare[]
  perSecond: number
  method?: 'POST'
  mock?: MockOptions
}

/** Each environment is an incident of its own. */
const ENVIRONMENTS: Record<string, Incident> = {
  calm: { perSecond: 5, faults: EVERYDAY },
  // 429s although the quota is far from spent, as on an account that others use as well; and it is being spent too.
  storm: {
    perSecond: PACE / 0.6,
    faults: [{ share: 0.4, fault: { kind: 'status', status: 429 } }],
    mock: compressedQuota,
  },
  leak: { perSecond: PACE, faults: [], mock: compressedQuota },
  outage: { perSecond: 5, faults: [{ share: 1, fault: { kind: 'edge', status: 503 } }] },
  sandbox: { perSecond: 5, faults: [{ share: 1, fault: { kind: 'edge', status: 502 } }] },
  failing: {
    perSecond: 5,
    method: 'POST',
    faults: [
      { share: 0.2, fault: { kind: 'status', status: 500 } },
      { share: 0.2, fault: { kind: 'reset' } },
    ],
  },
  refused: { perSecond: 5, faults: [{ share: 0.5, fault: { kind: 'status', status: 403 } }] },
  slow: { perSecond: 5, faults: [{ share: 0.5, fault: { kind: 'slow', milliseconds: 3_500 } }] },
}

/** What must reach the webhook: alert → environments. */
const EXPECTED: Record<AlertName, string[]> = {
  MangopayRateLimited: ['storm'],
  MangopayRateLimitExhaustionPredicted: ['leak'],
  MangopayRateLimitHeadroomLow: ['leak'],
  MangopayRateLimitNearlyEmpty: ['leak'],
  MangopayNothingSucceeds: ['outage', 'sandbox'],
  MangopayFailing: ['failing'],
  MangopayErrorBudgetBurn: ['failing'],
  MangopayAccessRefused: ['refused'],
  MangopayLatencyHigh: ['slow'],
  MangopayUnknownOutcomes: ['failing'],
  MangopayTelemetryMissing: ['nightly'],
}
const SOON: AlertName[] = [
  'MangopayRateLimitExhaustionPredicted',
  'MangopayRateLimitHeadroomLow',
  'MangopayRateLimitNearlyEmpty',
]

/** One alert of a webhook message. */
interface Notified {
  status: 'firing' | 'resolved'
  labels: Record<string, string>
  annotations: Record<string, string>
  time: number
}

describe.skipIf(!have('prometheus', 'promtool', 'alertmanager', 'collector'))(
  'incidents, all the way to the webhook',
  () => {
    const stack = new Stack()
    const mocks: Record<string, Mock> = {}
    let webhook: Sink
    let traces: Sink
    let alertmanager: Server
    let platform: Service
    let stormOver: Promise<number>
    let rest: Promise<unknown>

    const notified = (alert?: string, environment?: string): Notified[] =>
      webhook.received
        .flatMap(({ body, time }) => (body as { alerts: Notified[] }).alerts.map((one) => ({ ...one, time })))
        .filter(({ labels }) => alert === undefined || labels['alertname'] === alert)
        .filter(({ labels }) => environment === undefined || labels[LABEL.environment] === environment)

    const call = (environment: string, seconds: number, perSecond?: number): Promise<void> => {
      const { perSecond: pace = 1, method = 'GET' } = ENVIRONMENTS[environment] ?? {}
      const path = method === 'POST' ? 'payins/card/direct' : 'users/user_m_01'
      const url = `${mocks[environment]?.url}/v2.01/demo-platform/${path}`
      return platform.calls({ client: 'fetch', method, url, perSecond: perSecond ?? pace, seconds })
    }

    beforeAll(async () => {
      webhook = await startSink()
      traces = await startSink()
      const nightly: Incident = { perSecond: 5, faults: EVERYDAY }
      for (const [environment, { faults, mock }] of Object.entries<Incident>({ ...ENVIRONMENTS, nightly })) {
        mocks[environment] = await startMock({ requireToken: false, faults, ...mock })
      }
      for (const environment of ['storm', 'leak']) mocks[environment]?.spend(19_600, 'demo-platform', 600 * MINUTE)
      alertmanager = await stack.alertmanager({
        route: { receiver: 'us', group_by: ['...'], group_wait: '1s', group_interval: '1s', repeat_interval: '1h' },
        receivers: [{ name: 'us', webhook_configs: [{ url: webhook.url }] }],
        inhibit_rules: INHIBIT_RULES,
      })
      const rules = renderRules({ scale: SCALE })
      const past = withPast([
        // Rules that are new believe no birth, and no forecast before a window has passed.
        { series: RECORDS.evaluated, value: 1, seconds: 90 * MINUTE, every: MINUTE },
        // A service that reported for two thirds of a day, so that its silence is noticed without waiting for one.
        {
          series: `${RECORDS.callsByCategory}{${LABEL.job}="worker",${LABEL.environment}="nightly"}`,
          value: 5,
          seconds: 1_100 * MINUTE,
          every: MINUTE,
        },
      ])
      const prometheus = await stack.prometheus({ rules, alertmanager, seconds: MINUTE, backfill: past })
      const collector = await stack.collector(prometheus, traces.url)
      const start = async (service: string) => {
        const hosts = Object.fromEntries(Object.entries(mocks).map(([name, { hostPort }]) => [hostPort, name]))
        const config = {
          service,
          instance: `${service}-0`,
          hosts,
          otlp: collector.url,
          exportMilliseconds: MINUTE * 1_000,
        }
        const started = await Service.start(config)
        stack.keep(started.child)
        return started
      }
      platform = await start('platform')
      const worker = await start('worker')
      const url = `${mocks['nightly']?.url}/v2.01/demo-platform/users/user_m_01`
      await worker.calls({ client: 'fetch', method: 'GET', url, perSecond: nightly.perSecond, seconds: 3 * MINUTE })
      await worker.child.stop('SIGKILL')
      // The storm lasts thirteen minutes, then the cause is gone and a little traffic goes on.
      const storm = async () => {
        await call('storm', 13 * MINUTE)
        mocks['storm']?.setFaults([])
        const over = Date.now()
        rest = call('storm', 15 * MINUTE, 1)
        return over
      }
      for (const environment of Object.keys(ENVIRONMENTS)) {
        // The leak is found before the first 429; the others go on while the storm does.
        if (environment !== 'storm') call(environment, (environment === 'leak' ? 11 : 25) * MINUTE).catch(() => {})
      }
      stormOver = storm()
    }, 180_000)

    afterAll(async () => {
      await stack.stop()
      await Promise.all(Object.values(mocks).map((mock) => mock.close()))
      await webhook?.close()
      await traces?.close()
    })

    it('the storm is announced as what it is, and mutes that it is coming', { timeout: 120_000 }, async () => {
      const first = await eventually(
        'RateLimited at the webhook',
        60,
        () => notified('MangopayRateLimited', 'storm')[0],
      )
      expect(first.status).toBe('firing')
      const inhibited = await eventually('the three are inhibited', 60, async () => {
        const filter = `${LABEL.environment}="storm"`
        const url = `${alertmanager.url}/api/v2/alerts?inhibited=true&filter=${encodeURIComponent(filter)}`
        const alerts = (await (await fetch(url)).json()) as {
          labels: Record<string, string>
          status: { state: string; inhibitedBy: string[] }
        }[]
        const muted = alerts.filter(({ status }) => status.state === 'suppressed' && status.inhibitedBy.length > 0)
        const names = new Set(muted.map(({ labels }) => labels['alertname']))
        return SOON.every((name) => names.has(name)) ? names : undefined
      })
      expect([...inhibited].sort()).toEqual([...SOON].sort())
      expect(SOON.flatMap((name) => notified(name, 'storm'))).toEqual([])
    })

    it('the storm is over: it resolves, and only then does anything else of that environment speak', {
      timeout: 180_000,
    }, async () => {
      const over = await stormOver
      const resolved = await eventually('resolved', 90, () =>
        notified('MangopayRateLimited', 'storm').find(({ status }) => status === 'resolved'),
      )
      // It keeps firing for ten minutes after the last 429, so that a storm in waves is one message.
      expect(resolved.time - over).toBeGreaterThan(10 * MINUTE * 1_000)
      expect(notified('MangopayRateLimited', 'storm').map(({ status }) => status)).toEqual(['firing', 'resolved'])
      for (const { time } of SOON.flatMap((name) => notified(name, 'storm'))) {
        expect(time).toBeGreaterThan(resolved.time - 1_000) // the same moment; the order of two posts is open
      }
      await rest
    })

    it.each(ALERT_NAMES)('%s has fired where it had to', { timeout: 60_000 }, async (alert) => {
      for (const environment of EXPECTED[alert]) {
        const { labels, annotations } = await eventually(`${alert} of ${environment}`, 50, () =>
          notified(alert, environment).find(({ status }) => status === 'firing'),
        )
        expect(labels['severity']).toMatch(/^(critical|warning)$/)
        if (environment === 'sandbox') expect(labels['severity']).toBe('warning')
        expect(annotations['runbook_url']).toMatch(new RegExp(`#${alert.toLowerCase()}$`))
        expect(annotations['summary']).toContain(environment)
        const texts = Object.values(annotations).join('\n')
        expect(texts).not.toMatch(/\{\{|no value|NaN|%!/)
      }
    })

    it('has paged for nothing else', () => {
      const allowed = (name: string, environment: string) =>
        EXPECTED[name as AlertName]?.includes(environment) ||
        (environment === 'storm' && SOON.includes(name as AlertName)) ||
        // Muted by "nothing succeeds" there: the list of writes is not, and these are reads.
        false
      const others = notified()
        .map(({ labels }) => [labels['alertname'] ?? '', labels[LABEL.environment] ?? ''] as const)
        .filter(([name, environment]) => !allowed(name, environment))
      expect(others).toEqual([])
      expect(new Set(notified('MangopayErrorBudgetBurn').map(({ labels }) => labels['burn']))).toEqual(
        new Set(['fast', 'slow']),
      )
      expect(notified('MangopayNothingSucceeds', 'outage')[0]?.labels['severity']).toBe('critical')
    })

    it('has sent traces with the categories through the collector as well', () => {
      const text = JSON.stringify(traces.received.filter(({ path }) => path === '/v1/traces').map(({ body }) => body))
      for (const category of ['rate_limit', 'server_error', 'network', 'authorization', 'not_found']) {
        expect(text).toContain(`{"key":"mangopay.error.category","value":{"stringValue":"${category}"}}`)
      }
    })
  },
)
