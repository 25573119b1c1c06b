/** Tests of the telemetry itself, and of what the rules recorded; one Prometheus for all. */
import { expect, it } from 'vitest'
import { LABEL } from '../../alerts/spelling.ts'
import { PANELS } from '../../dashboards/palette.ts'
import { type Asker, ENV, HOURS_3 } from './asker.ts'
import type { Way } from './open-metrics.ts'
import { END } from './traffic.ts'

/** Defines these tests. */
export const telemetryChecks = ({ now, at }: Asker, way: Way): void => {
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

  it('the alerts that fire, each with what it is about and its age', async () => {
    const found = await now(PANELS.alerts, 'A', ['severity', LABEL.environment, 'alert'])
    const texts = Object.entries(found).map(([key, seconds]) => [key.replace(/ +/g, ' ').trim(), seconds])
    expect(Object.fromEntries(texts)).toEqual(
      way.rules ? { 'critical production RateLimited': 600, 'warning sandbox LatencyHigh shop/tests': 60 } : {},
    )
  })

  it('the SLO row reads what the rules recorded', async () => {
    const found = await now(PANELS.availability, 'A', ENV)
    if (!way.rules) return expect(found).toEqual({})
    expect(found['production']).toBeCloseTo(1 - 6 / 609, 5)
    expect((await now(PANELS.budgetLeft, 'A', ENV))['production']).toBeCloseTo(1 - 6 / 609 / 0.005, 5)
    expect((await at(PANELS.burnRate, 'A', ENV, 240))['production']).toBeCloseTo(6 / 609 / 0.005, 5)
  })
}
