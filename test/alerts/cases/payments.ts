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

export const documents = (refused: string, accepted: string): Series[] => [
  notified('KYC_FAILED', refused),
  notified('KYC_SUCCEEDED', accepted),
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

/** So many that succeed in one hour and none in the next, and then a quarter of an hour in which four in five fail. */
const payInsOf = (shop: string, known: number): Series[] =>
  [
    ['PAYIN_NORMAL_SUCCEEDED', shape([known / 60, 60], [0, 55], [0.4, 30])],
    ['PAYIN_NORMAL_FAILED', shape([0, 115], [1.6, 30])],
  ].map(([type = '', values = '']) => {
    const { series } = notified(type, values)
    return { series: series.replace('job="shop"', `job="${shop}"`), values }
  })

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
    series: payIns(shape([0, 60], [10, 30]), shape([2, 60], [0.1, 30])),
    // More than half of the span from its third minute on.
    at: [silentAt(67), { minute: 69, firing: [firing('critical', ['88.51%', '87.46%'], job)] }],
  },
  {
    alert: 'MangopayPayInsFailing',
    name: 'of forty pay-ins of the day before, what is usual is not known; of sixty it is',
    series: [40, 60].flatMap((known) => payInsOf(`shop-of-${known}`, known)),
    at: [{ minute: 130, firing: [firing('critical', '80%', { job: 'shop-of-60' })] }],
  },
  {
    alert: 'MangopayPayInsFailing',
    name: 'the first hour of a shop whose share is always high: low by chance in its first minutes',
    series: payIns(shape([0.2, 15], [0.7, 45]), shape([0.5, 15], [0.3, 45])),
    at: [silentAt(30), silentAt(40), silentAt(50)],
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

/** The same with the environment that option `webhooks` has given it. */
const ofEnvironment = (environment: string, { series, values }: Series): Series => ({
  series: series.replace('{', `{${LABEL.environment}="${environment}",`),
  values,
})

const HOOKS: readonly AlertCase[] = [
  {
    alert: 'MangopayWebhooksNotAcknowledged',
    name: 'kept for half an hour, from half an hour after the last ones',
    series: [notified('KYC_FAILED', shape([5, 60], [0, 90]), 'refused')],
    at: [{ minute: 110, firing: [firing('critical', '5', hook('KYC_FAILED'))] }, silentAt(121)],
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
      notified('KYC_FAILED', shape([1, 5], [0, 45], [1, 1], [0, 80]), 'acknowledged', 'shop-1'),
    ],
    at: [silentAt(30), { minute: 48, firing: [firing('critical', '30', hook('KYC_FAILED'))] }],
  },
  {
    alert: 'MangopayWebhooksNotAcknowledged',
    name: 'a hook that takes hundreds and is disabled within a minute: the refusals are remembered until it shows',
    series: [
      notified('KYC_FAILED', shape([0, 40], [100, 1], [0, 80]), 'refused'),
      notified('KYC_FAILED', shape([50, 40], [0, 80])),
    ],
    at: [silentAt(64), { minute: 68, firing: [firing('critical', '100', hook('KYC_FAILED'))] }],
  },
  {
    alert: 'MangopayWebhooksNotAcknowledged',
    name: 'nothing for hours, a burst that a deploy refuses, and its repeats that are acknowledged after ten minutes',
    series: [
      notified('KYC_FAILED', shape([0, 40], [20, 1], [0, 80]), 'refused'),
      notified('KYC_FAILED', shape([0, 50], [10, 2], [0, 80])),
    ],
    at: [silentAt(45), silentAt(52), silentAt(53), silentAt(60)],
  },
  {
    alert: 'MangopayWebhooksNotAcknowledged',
    name: 'for twelve minutes',
    series: [notified('KYC_FAILED', shape([0, 40], [10, 60]), 'refused')],
    at: [silentAt(51), { minute: 54, firing: [firing('critical', '140', hook('KYC_FAILED'))] }],
  },
  {
    alert: 'MangopayWebhooksNotAcknowledged',
    name: 'of the sandbox, where its path says so: nobody is woken, whatever production acknowledges',
    series: [
      ofEnvironment('sandbox', notified('KYC_FAILED', '0+0.2x100', 'refused')),
      ofEnvironment('production', notified('KYC_FAILED', '0+1x100')),
    ],
    at: [{ minute: 80, firing: [firing('warning', '6', { ...hook('KYC_FAILED'), [LABEL.environment]: 'sandbox' })] }],
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

/** As for pay-ins: what is usual, and a change at minute 1,500; `other` fail for another reason. */
const authenticated = (
  before: readonly [failed: number, succeeded: number],
  after: readonly [failed: number, succeeded: number],
  other = 0,
) => [
  results(shape([before[0], DAY], [after[0], 60]), 'authentication'),
  results(shape([before[1], DAY], [after[1], 60])),
  results(shape([other, DAY + 60]), 'bank_refused'),
]

const THREE_DS: readonly AlertCase[] = [
  {
    alert: 'MangopayThreeDsFailing',
    name: 'from 5 % not authenticated to 80 %',
    series: authenticated([0.1, 1.9], [1.6, 0.4]),
    at: [silentAt(DAY), silentAt(DAY + 9), { minute: DAY + 30, firing: [firing('critical', '80%', production)] }],
  },
  {
    alert: 'MangopayThreeDsFailing',
    name: '40 % where 20 % are usual',
    series: authenticated([0.4, 1.6], [0.8, 1.2]),
    at: [{ minute: DAY + 30, firing: [firing('critical', '40%', production)] }],
  },
  {
    alert: 'MangopayThreeDsFailing',
    name: '25 % where 5 % are usual',
    series: authenticated([0.1, 1.9], [0.8, 2.4]),
    at: [silentAt(DAY + 30)],
  },
  {
    alert: 'MangopayThreeDsFailing',
    name: '40 % where 30 % are usual, and so in another shop every day',
    series: authenticated([0.6, 1.4], [0.8, 1.2]),
    at: [silentAt(DAY - 30), silentAt(DAY + 30)],
  },
  {
    alert: 'MangopayThreeDsFailing',
    name: 'of all pay-ins, what the bank refuses included',
    series: authenticated([0.1, 1.9], [0.8, 0.4], 1.6),
    at: [silentAt(DAY + 30)],
  },
  {
    alert: 'MangopayThreeDsFailing',
    name: 'twelve in a quarter of an hour, eight in ten minutes',
    series: authenticated([0, 1], [0.8, 0.2]),
    at: [{ minute: DAY + 30, firing: [firing('critical', '80%', production)] }],
  },
  {
    alert: 'MangopayThreeDsFailing',
    name: 'eight in a quarter of an hour, twelve in 22 minutes',
    series: authenticated([0, 1], [0.55, 0.1]),
    at: [silentAt(DAY + 30)],
  },
  {
    alert: 'MangopayThreeDsFailing',
    name: 'refusals of banks are none',
    series: [results(shape([0.1, DAY], [8, 60]), 'bank_refused'), results(shape([1, DAY + 60]))],
    at: [silentAt(DAY + 30)],
  },
  {
    alert: 'MangopayThreeDsFailing',
    name: 'kept for a quarter of an hour',
    series: [results(shape([0, DAY], [10, 20], [0, 60]), 'authentication'), results(shape([3, DAY + 80]))],
    at: [{ minute: DAY + 44, firing: [firing('critical', ['32.26%', '30.77%'], production)] }, silentAt(DAY + 51)],
  },
  {
    alert: 'MangopayThreeDsFailing',
    name: 'for five minutes',
    series: [results(shape([0, 60], [10, 30]), 'authentication'), results(shape([0.1, 90]))],
    at: [silentAt(65), { minute: 68, firing: [firing('critical', '98.16%', production)] }],
  },
]

/** Twenty accepted in the first hours, and none later: so it is known what is usual. */
const KNOWN = shape([0.2, 100], [0, 1_900])

const KYC: readonly AlertCase[] = [
  {
    alert: 'MangopayKycRefused',
    name: 'from two in five refused to four in five',
    series: documents(shape([0.08, DAY], [0.2, 400]), shape([0.12, DAY], [0.05, 400])),
    at: [silentAt(DAY), silentAt(DAY + 60), { minute: DAY + 380, firing: [firing('warning', '80%', job)] }],
  },
  {
    alert: 'MangopayKycRefused',
    name: '45 % where 10 % are usual: more are accepted',
    series: documents(shape([0.01, DAY], [0.09, 400]), shape([0.09, DAY], [0.11, 400])),
    at: [silentAt(DAY + 380)],
  },
  {
    alert: 'MangopayKycRefused',
    name: '65 % where 50 % are usual',
    series: documents(shape([0.1, DAY], [0.13, 400]), shape([0.1, DAY], [0.07, 400])),
    at: [silentAt(DAY - 30), silentAt(DAY + 380)],
  },
  {
    alert: 'MangopayKycRefused',
    name: 'nine in six hours, all refused; thirteen in nine',
    series: documents(shape([0, 900], [0.025, 800]), KNOWN),
    at: [silentAt(1_290), silentAt(1_600)],
  },
  {
    alert: 'MangopayKycRefused',
    name: 'twelve in six hours, eight in four',
    series: documents(shape([0, 900], [0.0333, 400]), KNOWN),
    at: [{ minute: 1_290, firing: [firing('warning', '100%', job)] }],
  },
  {
    alert: 'MangopayKycRefused',
    name: 'for two minutes',
    series: documents(shape([0, 500], [10, 30]), KNOWN),
    at: [silentAt(502), { minute: 503, firing: [firing('warning', '100%', job)] }],
  },
  {
    alert: 'MangopayKycRefused',
    name: 'kept for six hours, from a quarter of an hour after the last one',
    series: documents(shape([0, 500], [1, 30], [0, 500]), KNOWN),
    at: [{ minute: 880, firing: [firing('warning', '100%', job)] }, silentAt(915)],
  },
  {
    alert: 'MangopayKycRefused',
    name: 'of eight documents of the day before, what is usual is not known; of twelve it is',
    series: [8, 12].flatMap((known) =>
      documents(shape([0, 500], [1, 30]), shape([known / 100, 100], [0, 500])).map(({ series, values }) => ({
        series: series.replace('job="shop"', `job="shop-of-${known}"`),
        values,
      })),
    ),
    at: [{ minute: 520, firing: [firing('warning', '100%', { job: 'shop-of-12' })] }],
  },
]

/** All cases of the alerts on payments. */
export const PAYMENT_CASES: readonly AlertCase[] = [...PAY_INS, ...PAYOUTS, ...TECHNICAL, ...HOOKS, ...THREE_DS, ...KYC]
