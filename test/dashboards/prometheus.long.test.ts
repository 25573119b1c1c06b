/** Every number of the dashboard on known traffic, in a new and an old Prometheus: one start for all checks of a way. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PANELS } from '../../dashboards/palette.ts'
import { query, queryRange } from '../stack/promql.ts'
import { Stack } from '../stack/servers.ts'
import { have, pathOf } from '../stack/tools.ts'
import { askerOf, dashboard, HOURS_3 } from './asker.ts'
import { callChecks } from './checks-calls.ts'
import { errorChecks } from './checks-errors.ts'
import { paymentChecks } from './checks-payments.ts'
import { quotaChecks } from './checks-quota.ts'
import { telemetryChecks } from './checks-telemetry.ts'
import { fill, stepOf } from './fill.ts'
import { promqlOf } from './model.ts'
import { openMetrics, type Way } from './open-metrics.ts'
import { END } from './traffic.ts'

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
      const withoutRules = [PANELS.availability, PANELS.budgetLeft, PANELS.rules, PANELS.alerts].map(
        ({ id }) => `${id}A`,
      )
      expect(silent.sort()).toEqual(
        [
          // The windows that this account does not have.
          ...['B', 'D', 'E'].flatMap((refId) => [`${PANELS.quotaLeft.id}${refId}`, `${PANELS.quotaUsed.id}${refId}`]),
          ...['B', 'C'].map((refId) => `${PANELS.quotaForecast.id}${refId}`),
          // There was no day before.
          `${PANELS.payInsFailed.id}B`,
          ...(way.rules ? [] : [...withoutRules, `${PANELS.burnRate.id}A`, `${PANELS.burnRate.id}B`]),
        ].sort(),
      )
    })

    const asker = askerOf(() => url)
    callChecks(asker)
    errorChecks(asker)
    quotaChecks(asker, way)
    telemetryChecks(asker, way)
    paymentChecks(asker)
  })
})
