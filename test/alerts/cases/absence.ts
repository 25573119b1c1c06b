/** Cases of the alert on missing data. */

import { type AlertCase, calls, later, silentAt } from './case.ts'

const missing = (job: string) => ({ labels: { job, mangopay_environment: 'production', severity: 'warning' } })
const other = calls('0+1x2000', { job: 'other', instance: 'other-0' })

/** All cases of the alert on missing data. */
export const ABSENCE_CASES: readonly AlertCase[] = [
  {
    alert: 'MangopayTelemetryMissing',
    name: '18 hours of data, then none: after a quarter of an hour, and for some hours',
    series: [calls('0+1x1080'), other],
    at: [silentAt(1_094), { minute: 1_097, firing: [missing('shop')] }, { minute: 1_440, firing: [missing('shop')] }],
  },
  {
    alert: 'MangopayTelemetryMissing',
    name: 'it ends by itself when most of the day is without data',
    series: [calls('0+1x1080'), other],
    at: [silentAt(1_530)],
  },
  {
    alert: 'MangopayTelemetryMissing',
    name: 'a job of 15 hours that has ended',
    series: [calls('0+1x900'), other],
    at: [silentAt(920), silentAt(1_000)],
  },
  {
    alert: 'MangopayTelemetryMissing',
    name: 'a gap of a restart',
    series: [calls('0+1x1080'), calls(later(1_092, '0+1x100'), { instance: 'shop-1' }), other],
    at: [silentAt(1_090), silentAt(1_096), silentAt(1_100)],
  },
  {
    alert: 'MangopayTelemetryMissing',
    name: 'the environments of a job are told apart',
    series: [calls('0+1x1080'), calls('0+1x1200', { environment: 'sandbox' }), other],
    at: [{ minute: 1_100, firing: [missing('shop')] }],
  },
  {
    alert: 'MangopayTelemetryMissing',
    name: '400 calls a day: a new process may take two hours to its first call',
    series: [calls('0+0.3x1080'), other],
    at: [silentAt(1_110), silentAt(1_200), { minute: 1_220, firing: [missing('shop')] }],
  },
  {
    alert: 'MangopayTelemetryMissing',
    name: '40 calls a day: nothing can be said',
    series: [calls('0+0.03x1080'), other],
    at: [silentAt(1_220)],
  },
  {
    alert: 'MangopayTelemetryMissing',
    name: '600 calls a day: a quarter of an hour',
    series: [calls('0+0.55x1080'), other],
    at: [{ minute: 1_100, firing: [missing('shop')] }],
  },
  {
    alert: 'MangopayTelemetryMissing',
    name: '60 calls a day: two hours',
    series: [calls('0+0.055x1080'), other],
    at: [{ minute: 1_220, firing: [missing('shop')] }],
  },
]
