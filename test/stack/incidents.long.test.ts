/** Incidents on the real servers, all the way to the webhook: each alert where it had to come, and no other. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ALERT_NAMES, ALERTS, type AlertName } from '../../alerts/model.ts'
import { LABEL } from '../../alerts/spelling.ts'
import { eventually } from './child.ts'
import { EXPECTED, LINKS, MINUTE, SOON } from './incidents-plan.ts'
import { IncidentRun } from './incidents-run.ts'
import { have } from './tools.ts'

describe.skipIf(!have('prometheus', 'promtool', 'alertmanager', 'collector'))(
  'incidents, all the way to the webhook',
  () => {
    const run = new IncidentRun()
    beforeAll(() => run.start(), 180_000)
    afterAll(() => run.stop())

    it('the storm is announced as what it is, and mutes that it is coming', { timeout: 120_000 }, async () => {
      const first = await eventually(
        'RateLimited at the webhook',
        60,
        () => run.notified('MangopayRateLimited', 'storm')[0],
      )
      expect(first.status).toBe('firing')
      const inhibited = await eventually('the three are inhibited', 60, async () => {
        const filter = `${LABEL.environment}="storm"`
        const url = `${run.alertmanager.url}/api/v2/alerts?inhibited=true&filter=${encodeURIComponent(filter)}`
        const alerts = (await (await fetch(url)).json()) as {
          labels: Record<string, string>
          status: { state: string; inhibitedBy: string[] }
        }[]
        const muted = alerts.filter(({ status }) => status.state === 'suppressed' && status.inhibitedBy.length > 0)
        const names = new Set(muted.map(({ labels }) => labels['alertname']))
        return SOON.every((name) => names.has(name)) ? names : undefined
      })
      expect([...inhibited].sort()).toEqual([...SOON].sort())
      expect(SOON.flatMap((name) => run.notified(name, 'storm'))).toEqual([])
    })

    it('the storm is over: it resolves, and only then does anything else of that environment speak', {
      timeout: 180_000,
    }, async () => {
      const over = await run.stormOver
      const resolved = await eventually('resolved', 90, () =>
        run.notified('MangopayRateLimited', 'storm').find(({ status }) => status === 'resolved'),
      )
      // It keeps firing for a while after the last 429, so that a storm in waves is one message; and it ends.
      expect(resolved.time - over).toBeGreaterThan(10 * MINUTE * 1_000)
      expect(run.notified('MangopayRateLimited', 'storm').map(({ status }) => status)).toEqual(['firing', 'resolved'])
      for (const { time } of SOON.flatMap((name) => run.notified(name, 'storm'))) {
        expect(time).toBeGreaterThan(resolved.time - 1_000) // the same moment; the order of two posts is open
      }
      await run.rest
    })

    it.each(ALERT_NAMES)('%s has fired where it had to', { timeout: 60_000 }, async (alert) => {
      for (const environment of EXPECTED[alert]) {
        const { labels, annotations } = await eventually(`${alert} of ${environment}`, 50, () =>
          run.notified(alert, environment).find(({ status }) => status === 'firing'),
        )
        expect(labels['severity']).toMatch(/^(critical|warning)$/)
        if (environment === 'sandbox') expect(labels['severity']).toBe('warning')
        expect(annotations['runbook_url']).toBe(`${LINKS.runbookUrl}#${alert.toLowerCase()}`)
        expect(annotations['dashboard_url']).toBe(`${LINKS.dashboardUrl}?var-environment=${environment}`)
        expect(annotations['summary']).toBe(ALERTS[alert].summary)
        expect(annotations['description']).toContain(environment)
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
      const others = run
        .notified()
        .map(({ labels }) => [labels['alertname'] ?? '', labels[LABEL.environment] ?? ''] as const)
        .filter(([name, environment]) => !allowed(name, environment))
      expect(others).toEqual([])
      expect(new Set(run.notified('MangopayErrorBudgetBurn').map(({ labels }) => labels['burn']))).toEqual(
        new Set(['fast', 'slow']),
      )
      expect(run.notified('MangopayNothingSucceeds', 'outage')[0]?.labels['severity']).toBe('critical')
    })

    it('has sent traces with the categories through the collector as well', () => {
      const text = JSON.stringify(
        run.traces.received.filter(({ path }) => path === '/v1/traces').map(({ body }) => body),
      )
      for (const category of ['rate_limit', 'server_error', 'network', 'authorization', 'not_found']) {
        expect(text).toContain(`{"key":"mangopay.error.category","value":{"stringValue":"${category}"}}`)
      }
    })
  },
)
