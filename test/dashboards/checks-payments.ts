/** Tests of what became of payments; one Prometheus for all. */
import { expect, it } from 'vitest'
import { LABEL } from '../../alerts/spelling.ts'
import { PANELS } from '../../dashboards/palette.ts'
import { type Asker, about, HOURS_3 } from './asker.ts'

/** Defines these tests. */
export const paymentChecks = ({ now, at }: Asker): void => {
  it('the share of pay-ins failed counts each once, whatever was refused and repeated', async () => {
    about(((await at(PANELS.payInsFailed, 'A', [], 150, HOURS_3))[''] as number) * 100, 20)
    const nobody = { ...HOURS_3, values: { job: ['nobody'] } }
    expect(await at(PANELS.payInsFailed, 'A', [], 150, nobody)).toEqual({})
  })

  it('failed results by category and by code, of the chosen environment', async () => {
    const found = await at(PANELS.resultsByCategory, 'A', [LABEL.resultCategory], 150, HOURS_3)
    about(found['bank_refused'], 1.5)
    about(found['technical'], 0.5)
    expect(Object.keys(found).length).toBe(2)
    const sandbox = { ...HOURS_3, values: { environment: ['sandbox'] } }
    expect(await at(PANELS.resultsByCategory, 'A', [LABEL.resultCategory], 150, sandbox)).toEqual({})
    about((await now(PANELS.failureCodes, 'A', [LABEL.resultCode]))['101101'], 270)
  })

  it('what ended badly but for pay-ins, and how notifications were answered', async () => {
    const ends = await at(PANELS.endsByEvent, 'A', [LABEL.eventType], 150, HOURS_3)
    expect(Object.keys(ends)).toEqual(['PAYOUT_NORMAL_FAILED'])
    about(ends['PAYOUT_NORMAL_FAILED'], 0.5)
    const deliveries = await at(PANELS.webhookDeliveries, 'A', [LABEL.delivery], 150, HOURS_3)
    about(deliveries['acknowledged'], 10.5)
    about(deliveries['refused'], 2)
    about(deliveries['late'], 0.25)
  })
}
