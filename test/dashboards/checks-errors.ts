/** Tests of what failed, and of the writes to look up; one Prometheus for all. */
import { expect, it } from 'vitest'
import { LABEL } from '../../alerts/spelling.ts'
import { PANELS } from '../../dashboards/palette.ts'
import { type Asker, about, ENV, HOURS_3, minute } from './asker.ts'
import { counted, TRANSFER } from './traffic.ts'

const production = (labels: Record<string, string>): boolean => labels[LABEL.environment] === 'production'

/** Defines these tests. */
export const errorChecks = ({ now, at }: Asker): void => {
  it('the error ratio counts what a process is born with, and no healthy outcome', async () => {
    // Ten minutes to minute 235: 2 time-outs, and 85 429s that a series is born with. Not the ten 404s.
    const found = await now(PANELS.errorRatio, 'A', ENV, { ...HOURS_3, to: minute(235) })
    about((found['production'] as number) * 1000, (87 / (550 + 87)) * 1000)
    expect(found['sandbox']).toBe(0)
    // No calls: nothing, so that the text for it shows, not 0 %.
    expect(found).not.toHaveProperty('idle')
  })

  it('429s, 5xx and open writes of the range; 0 where calls were made and none failed', async () => {
    const is = (label: string, value: string) => (labels: Record<string, string>) =>
      production(labels) && labels[label] === value
    const limited = counted(is(LABEL.status, '429'), 60)
    expect(limited).toBe(115)
    const found = await now(PANELS.rateLimited, 'A', ENV)
    about(found['production'], limited)
    expect(found).toMatchObject({ sandbox: 0, idle: 0 })
    about((await now(PANELS.serverErrors, 'A', ENV))['production'], counted(is(LABEL.status, '500'), 60))
    about((await now(PANELS.unsettledWrites, 'A', ENV))['production'], 26)
    // Nothing at all happened there, and nothing is known either.
    expect(await now(PANELS.rateLimited, 'A', ENV, { ...HOURS_3, values: { environment: ['nowhere'] } })).toEqual({})
  })

  it('errors by category and by status, no response among them', async () => {
    const choice = { ...HOURS_3, values: { environment: ['production'] } }
    const categories = await at(PANELS.errorsByCategory, 'A', [LABEL.category], 206, choice)
    about(categories['rate_limit'], 3)
    about(categories['not_found'], 1)
    expect(categories['server_error']).toBe(0)
    expect(
      await at(PANELS.errorsByCategory, 'A', [LABEL.category], 206, {
        ...choice,
        values: { environment: ['sandbox'] },
      }),
    ).toEqual({ 'no error': 0 })
    about((await at(PANELS.errorsByStatus, 'A', [LABEL.status], 156, choice))['500'], 2)
    // Four time-outs that a series is born with, seen for four minutes.
    about((await at(PANELS.errorsByStatus, 'B', [], 227, choice))[''], 1)
    about(((await at(PANELS.unavailableRatio, 'A', [], 156, choice))[''] as number) * 100, (2 / 57) * 100)
    about(((await at(PANELS.unavailableRatio, 'B', [], 206, choice))[''] as number) * 100, (3 / 58) * 100)
    expect(await at(PANELS.unavailableRatio, 'A', [], 206, { ...choice, values: { environment: ['idle'] } })).toEqual(
      {},
    )
  })

  it('failed calls by category and status, no response among them', async () => {
    const choice = { ...HOURS_3, values: { environment: ['production'] } }
    const found = await now(PANELS.failedCalls, 'A', [LABEL.category, LABEL.status], choice)
    expect(Object.keys(found).sort()).toEqual([
      'idempotency_conflict 409',
      'not_found 404',
      'rate_limit 429',
      'server_error 500',
      'timeout ',
    ])
    about(found['rate_limit 429'], 115)
    about(found['timeout '], 6)
  })

  it('writes to look up, by operation and category, without reused keys', async () => {
    const found = await now(PANELS.unsettledByOperation, 'A', [LABEL.operation, LABEL.category])
    expect(Object.keys(found).sort()).toEqual([`${TRANSFER} server_error`, `${TRANSFER} timeout`])
    about(found[`${TRANSFER} server_error`], 20)
    about(found[`${TRANSFER} timeout`], 6)
  })
}
