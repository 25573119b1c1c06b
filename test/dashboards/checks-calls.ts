/** Tests of how many calls there are, and who makes them; one Prometheus for all. */
import { expect, it } from 'vitest'
import { LABEL } from '../../alerts/spelling.ts'
import { PANELS } from '../../dashboards/palette.ts'
import { type Asker, about, ENV, HOURS_3, minute } from './asker.ts'
import { GET_USER, PAY_IN, TRANSFER } from './traffic.ts'

/** Defines these tests. */
export const callChecks = ({ now, at }: Asker): void => {
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
}
