/** Cases of the alerts on payments. */

import { LABEL, SERIES } from '../../../alerts/spelling.ts'
import { type AlertCase, type Firing, type Series, shape, silentAt } from './case.ts'

const selector = (metric: string, labels: Record<string, string>): string =>
  `${metric}{${Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(',')}}`

/** A counter of notifications, acknowledged unless told. */
export const notified = (
  eventType: string,
  values: string,
  delivery = 'acknowledged',
  instance = 'shop-0',
): Series => ({
  series: selector(SERIES.notifications, {
    [LABEL.job]: 'shop',
    [LABEL.instance]: instance,
    [LABEL.eventType]: eventType,
    [LABEL.delivery]: delivery,
  }),
  values,
})

/** A counter of results of pay-ins in production; successful ones unless a category is given. */
export const results = (values: string, category = ''): Series => ({
  series: selector(SERIES.results, {
    [LABEL.job]: 'shop',
    [LABEL.environment]: 'production',
    [LABEL.operation]: 'POST /payins/card/direct',
    [LABEL.resource]: 'pay_in',
    [LABEL.resultStatus]: category === '' ? 'SUCCEEDED' : 'FAILED',
    ...(category === '' ? {} : { [LABEL.resultCategory]: category }),
  }),
  values,
})

/** Pay-ins that fail and succeed, each as so many a minute for so long. */
export const payIns = (failed: string, succeeded: string): Series[] => [
  notified('PAYIN_NORMAL_FAILED', failed),
  notified('PAYIN_NORMAL_SUCCEEDED', succeeded),
]
export const payouts = (failed: string, succeeded: string): Series[] => [
  notified('PAYOUT_NORMAL_FAILED', failed),
  notified('PAYOUT_NORMAL_SUCCEEDED', succeeded),
]

const job = { job: 'shop' }
const firing = (
  severity: 'critical' | 'warning',
  value: Firing['value'] & {},
  more: Record<string, string>,
): Firing => ({
  labels: { severity, ...more },
  value,
})

/** A day of a shop, and a change at minute 1,500. */
const DAY = 1_500
const day = (
  before: readonly [failed: number, succeeded: number],
  after: readonly [failed: number, succeeded: number],
) => payIns(shape([before[0], DAY], [after[0], 60]), shape([before[1], DAY], [after[1], 60]))

const PAY_INS: readonly AlertCase[] = [
  {
    alert: 'MangopayPayInsFailing',
    name: 'from 10 % refused to 80 %',
    series: day([0.2, 1.8], [1.6, 0.4]),
    // Half of the span is bad after nine minutes; five more prove it.
    at: [silentAt(DAY), silentAt(DAY + 12), { minute: DAY + 30, firing: [firing('critical', '80%', job)] }],
  },
  {
    alert: 'MangopayPayInsFailing',
    name: '60 % where 30 % are usual',
    series: day([0.6, 1.4], [1.2, 0.8]),
    at: [{ minute: DAY + 30, firing: [firing('critical', '60%', job)] }],
  },
  {
    alert: 'MangopayPayInsFailing',
    name: '45 % where 10 % are usual: more succeed than fail',
    series: day([0.2, 1.8], [0.9, 1.1]),
    at: [silentAt(DAY + 30)],
  },
  {
    alert: 'MangopayPayInsFailing',
    name: 'a shop that is always at 50 % refused, at 60 % today',
    series: day([1, 1], [1.2, 0.8]),
    at: [silentAt(DAY - 30), silentAt(DAY + 30)],
  },
  {
    alert: 'MangopayPayInsFailing',
    name: 'three failures at night, of three',
    series: payIns(shape([0, 30], [1, 3], [0, 60]), shape([1, 20], [0, 73])),
    at: [silentAt(34), silentAt(38), silentAt(44)],
  },
  {
    alert: 'MangopayPayInsFailing',
    name: 'eight failures in a quarter of an hour',
    series: payIns(shape([0, 30], [0.5, 60]), shape([1, 30], [0, 60])),
    at: [silentAt(60)],
  },
  {
    alert: 'MangopayPayInsFailing',
    name: 'twelve failures in a quarter of an hour, eight in ten minutes',
    series: day([0, 1], [0.8, 0.2]),
    at: [{ minute: DAY + 30, firing: [firing('critical', '80%', job)] }],
  },
  {
    alert: 'MangopayPayInsFailing',
    name: 'eight in a quarter of an hour, twelve in 22 minutes',
    series: day([0, 1], [0.55, 0.1]),
    at: [silentAt(DAY + 30)],
  },
  {
    alert: 'MangopayPayInsFailing',
    name: 'a shop that has never been otherwise: nothing is usual yet',
    series: payIns(shape([0.8, 60]), shape([0.2, 60])),
    at: [silentAt(40)],
  },
  {
    alert: 'MangopayPayInsFailing',
    name: 'repeats of notifications that were refused are no pay-ins',
    series: [
      ...payIns(shape([0.2, 120]), shape([1, 120])),
      notified('PAYIN_NORMAL_FAILED', '0+5x120', 'refused'),
      notified('PAYIN_NORMAL_FAILED', '0+5x120', 'late'),
    ],
    at: [silentAt(60)],
  },
  {
    alert: 'MangopayPayInsFailing',
    name: 'kept for a quarter of an hour',
    series: payIns(shape([0, DAY], [10, 20], [0, 60]), shape([1, DAY + 80])),
    at: [{ minute: DAY + 46, firing: [firing('critical', ['58.82%', '57.14%'], job)] }, silentAt(DAY + 51)],
  },
  {
    alert: 'MangopayPayInsFailing',
    name: 'for five minutes',
    series: payIns(shape([0, 60], [10, 30]), shape([0.1, 90])),
    // Ten within one minute, and from then on.
    at: [silentAt(65), { minute: 68, firing: [firing('critical', '98.16%', job)] }],
  },
]

const PAYOUTS: readonly AlertCase[] = [
  {
    alert: 'MangopayPayoutsFailing',
    name: 'kept for an hour',
    series: payouts(shape([0, 60], [1, 3], [0, 120]), shape([0, 183])),
    at: [
      silentAt(64),
      { minute: 65, firing: [firing('warning', '100%', job)] },
      { minute: 130, firing: [firing('warning', '100%', job)] },
      silentAt(138),
    ],
  },
  {
    alert: 'MangopayPayoutsFailing',
    name: 'three of twenty in an hour',
    series: payouts(shape([0, 100], [1, 3], [0, 60]), shape([0.2866, 163])),
    at: [silentAt(99), { minute: 110, firing: [firing('warning', '14.85%', job)] }],
  },
  {
    alert: 'MangopayPayoutsFailing',
    name: 'two, however few there are',
    series: payouts(shape([0, 100], [1, 2], [0, 60]), shape([0, 162])),
    at: [silentAt(110)],
  },
  {
    alert: 'MangopayPayoutsFailing',
    name: 'one in twelve',
    series: payouts(shape([0.1, 160]), shape([1.1, 160])),
    at: [silentAt(110)],
  },
  {
    alert: 'MangopayPayoutsFailing',
    name: 'one in eight',
    series: payouts(shape([0.1, 160]), shape([0.7, 160])),
    at: [{ minute: 110, firing: [firing('warning', '12.5%', job)] }],
  },
  {
    alert: 'MangopayPayoutsFailing',
    name: 'three in 55 minutes, and three in 80',
    series: payouts(shape([0, 100], [1, 1], [0, 26], [1, 1], [0, 26], [1, 1], [0, 100]), shape([0, 250])),
    at: [{ minute: 158, firing: [firing('warning', '100%', job)] }],
  },
  {
    alert: 'MangopayPayoutsFailing',
    name: 'three in 80 minutes are two in an hour',
    series: payouts(shape([0, 100], [1, 1], [0, 39], [1, 1], [0, 39], [1, 1], [0, 100]), shape([0, 250])),
    at: [silentAt(182)],
  },
]

const production = { mangopay_environment: 'production' }

const TECHNICAL: readonly AlertCase[] = [
  {
    alert: 'MangopayPaymentsTechnical',
    name: 'kept for a quarter of an hour',
    series: [results('0+1x140'), results(shape([0, 20], [5, 20], [0, 100]), 'technical')],
    at: [{ minute: 66, firing: [firing('critical', ['26.32%', '25%'], production)] }, silentAt(71)],
  },
  {
    alert: 'MangopayPaymentsTechnical',
    name: 'one in ten',
    series: [results('0+9x60'), results('0+1x60', 'technical')],
    at: [silentAt(6), { minute: 30, firing: [firing('critical', '10%', production)] }],
  },
  {
    alert: 'MangopayPaymentsTechnical',
    name: 'one in sixteen, and one in twenty-five',
    series: [results('0+15x60'), results('0+1x60', 'technical')],
    at: [{ minute: 30, firing: [firing('critical', '6.25%', production)] }],
  },
  {
    alert: 'MangopayPaymentsTechnical',
    name: 'one in twenty-five',
    series: [results('0+24x60'), results('0+1x60', 'technical')],
    at: [silentAt(30)],
  },
  {
    alert: 'MangopayPaymentsTechnical',
    name: 'four in a quarter of an hour',
    series: [results('0+1x60'), results('0+0.27x60', 'technical')],
    at: [silentAt(40)],
  },
  {
    alert: 'MangopayPaymentsTechnical',
    name: 'five and a half in a quarter of an hour, and as many in twenty minutes more',
    series: [results('0+1x60'), results('0+0.36x60', 'technical')],
    at: [{ minute: 40, firing: [firing('critical', '26.47%', production)] }],
  },
  {
    alert: 'MangopayPaymentsTechnical',
    name: 'refusals of banks are none',
    series: [results('0+1x60'), results('0+9x60', 'bank_refused')],
    at: [silentAt(30)],
  },
  {
    alert: 'MangopayPaymentsTechnical',
    name: 'for two minutes',
    series: [results('0+1x90'), results(shape([0, 60], [5, 30]), 'technical')],
    at: [silentAt(62), { minute: 63, firing: [firing('critical', '50%', production)] }],
  },
]

const hook = (eventType: string) => ({ ...job, [LABEL.eventType]: eventType })

const HOOKS: readonly AlertCase[] = [
  {
    alert: 'MangopayWebhooksNotAcknowledged',
    name: 'kept for half an hour, from a quarter of an hour after the last one',
    series: [notified('KYC_FAILED', shape([5, 60], [0, 90]), 'refused')],
    at: [{ minute: 100, firing: [firing('critical', ['88', '85'], hook('KYC_FAILED'))] }, silentAt(107)],
  },
  {
    alert: 'MangopayWebhooksNotAcknowledged',
    name: 'five of a type refused or late, none acknowledged; another type is fine',
    series: [
      notified('KYC_FAILED', shape([0, 40], [0.2, 60]), 'refused'),
      notified('KYC_FAILED', shape([0, 40], [0.05, 60]), 'late'),
      notified('KYC_FAILED', '0+0x100'),
      notified('PAYIN_NORMAL_SUCCEEDED', '0+1x100'),
      notified('PAYIN_NORMAL_SUCCEEDED', '0+1x100', 'refused'),
    ],
    at: [silentAt(50), { minute: 80, firing: [firing('critical', '8', hook('KYC_FAILED'))] }],
  },
  {
    alert: 'MangopayWebhooksNotAcknowledged',
    name: 'one acknowledged, by another instance',
    series: [
      notified('KYC_FAILED', '0+1x100', 'refused'),
      notified('KYC_FAILED', shape([1, 5], [0, 25], [1, 1], [0, 80]), 'acknowledged', 'shop-1'),
    ],
    at: [silentAt(34), silentAt(55), { minute: 95, firing: [firing('critical', '30', hook('KYC_FAILED'))] }],
  },
  {
    alert: 'MangopayWebhooksNotAcknowledged',
    name: 'four in half an hour',
    series: [notified('KYC_FAILED', '0+0.13x100', 'refused')],
    at: [silentAt(80)],
  },
  {
    alert: 'MangopayWebhooksNotAcknowledged',
    name: 'five in half an hour, six, and the first of a type that nobody knew',
    series: [notified('_OTHER', '0+0.2x100', 'refused')],
    at: [{ minute: 80, firing: [firing('critical', '6', hook('_OTHER'))] }],
  },
]

/** All cases of the alerts on payments. */
export const PAYMENT_CASES: readonly AlertCase[] = [...PAY_INS, ...PAYOUTS, ...TECHNICAL, ...HOOKS]
