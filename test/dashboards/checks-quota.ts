/** Tests of the quota, who uses it, and who is refused; one Prometheus for all. */
import { expect, it } from 'vitest'
import { LABEL } from '../../alerts/spelling.ts'
import { PANELS } from '../../dashboards/palette.ts'
import { type Asker, about, ENV, HOURS_3 } from './asker.ts'
import type { Way } from './open-metrics.ts'
import { GET_USER, PAY_IN, TRANSFER } from './traffic.ts'

/** Defines these tests. */
export const quotaChecks = ({ now, at, chart }: Asker, way: Way): void => {
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
    // One query for each window, in the order of their length.
    expect((await at(PANELS.quotaUsed, 'C', by, 240))['15m ']).toBeCloseTo(1173 / 2300)
    expect((await at(PANELS.quotaUsed, 'F', by, 240))['24h ']).toBeCloseTo(16_000 / 105_600)
    // A minute's window was full a moment ago: the chart shows its highest.
    expect((await at(PANELS.quotaUsed, 'A', by, 240))['1m ']).toBeCloseTo(0.9)
    expect((await now(PANELS.readingAge, 'A', ENV))['production']).toBe(5)
  })

  it('the forecast is that of the rules, else straight on', async () => {
    const found = (refId: string) => at(PANELS.quotaForecast, refId, [LABEL.window, LABEL.account], 240)
    for (const { labels } of await chart(PANELS.quotaForecast, 'A')) expect(labels).not.toHaveProperty('__name__')
    expect((await found('A'))['15m ']).toBeCloseTo(way.rules ? 0.77 : 1173 / 2300, 2)
    expect((await found('D'))['24h ']).toBeCloseTo((16_000 + 8 * 240) / 105_600, 3)
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
}
