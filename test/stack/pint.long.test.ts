/** The rules as a team's CI sees them: pint against a live Prometheus that gets our metrics in one of their spellings. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FORECASTS, RECORDS } from '../../alerts/records.ts'
import { LABEL, SERIES } from '../../alerts/spelling.ts'
import { withPast } from './history.ts'
import { type Server, Stack } from './servers.ts'
import { have, pathOf } from './tools.ts'

const file = fileURLToPath(new URL('../../alerts/mangopay.rules.yml', import.meta.url))
const shipped = readFileSync(file, 'utf8')

describe.skipIf(!have('pint', 'prometheus', 'promtool'))('pint on the rules, with a live Prometheus', () => {
  const stack = new Stack()
  let prometheus: Server
  beforeAll(async () => {
    const { durationBucketPull: _, ...otlp } = SERIES
    const env = `${LABEL.environment}="production"`
    const process = `${LABEL.job}="shop",${LABEL.instance}="shop-0",${env}`
    const operation = `${LABEL.operation}="GET /users/{userId}"`
    // What every process exports from its first call on; nothing else has happened for a week.
    const ends = ['', 'rate_limit', 'server_error'].map((category) =>
      category === '' ? `${LABEL.outcome}="success"` : `${LABEL.category}="${category}",${LABEL.outcome}="failure"`,
    )
    const windows = FORECASTS.map(({ window }) => `${LABEL.window}="${window}"`)
    const labelsOf = (metric: string): string[] => {
      if (metric.startsWith('global:')) return ['']
      if (metric.startsWith('account:')) return [env]
      if (metric.startsWith('account_window:')) return windows.map((window) => `${env},${window}`)
      if (metric.includes('rate_limit')) return windows.map((window) => `${process},${window}`)
      if (metric.endsWith('_bucket')) return [`${process},${operation},le="+Inf"`]
      return ends.map(
        (end) => `${metric.startsWith('job_') ? `${LABEL.job}="shop",${env}` : process},${operation},${end}`,
      )
    }
    const week = { value: 1, seconds: 8 * 86_400, every: 250 }
    const series = [...Object.values(otlp), ...Object.values(RECORDS)].flatMap((metric) =>
      labelsOf(metric).map((labels) => ({ series: `${metric}{${labels}}`, ...week })),
    )
    prometheus = await stack.prometheus({ rules: shipped, backfill: withPast(series) })
  }, 60_000)
  afterAll(() => stack.stop())

  /** It exits with 0 on findings unless told otherwise. */
  const lint = async (rules: string) => {
    const folder = await stack.folder({
      'rules.yml': rules,
      'pint.hcl': `prometheus "live" {\n  uri = "${prometheus.url}"\n}\n`,
    })
    const args = ['--no-color', '--config', `${folder}/pint.hcl`, 'lint', '--min-severity=warning', '--fail-on=warning']
    const { status, stdout, stderr } = spawnSync(pathOf('pint'), [...args, `${folder}/rules.yml`], { encoding: 'utf8' })
    return { status, said: stdout + stderr }
  }

  it('finds nothing', { timeout: 60_000 }, async () => {
    const { status, said } = await lint(shipped)
    expect(said).toMatch(/entries=\d{2}/)
    expect(said).not.toMatch(/^(Warning|Bug|Fatal): /m)
    expect(status).toBe(0)
  })

  it('would find the spelling of the histogram that is not there, but for the comment', {
    timeout: 60_000,
  }, async () => {
    const { said } = await lint(shipped.replaceAll(/^ +# pint disable .*\n/gm, ''))
    expect(said).toContain(SERIES.durationBucketPull)
    expect(said).toMatch(/^(Warning|Bug|Fatal): /m)
  })
})
