/**
 * "It is over": every alert, at high and at low traffic, with the minute of the last bad call. It may fire for 20 minutes
 * more and then for its `keep_firing_for`, whatever comes after: good calls or none.
 */

import type { AlertName } from '../../../alerts/model.ts'
import { type AlertCase, calls, type Firing, oneAt, quota, ruleOf, type Series, shape } from './case.ts'
import { buckets, refused, timeout, write } from './failures.ts'
import { documents, notified, payIns, payouts, results } from './payments.ts'

/** An incident that ends. */
interface Ending {
  series: readonly Series[]
  /** A minute at which it fires, and how. */
  fires: readonly [minute: number, ...firing: Firing[]]
  /** Minute of the last bad call. */
  last: number
}

const fires = (severity: 'critical' | 'warning', value: Firing['value'] & {}, more: Record<string, string> = {}) =>
  ({ labels: { mangopay_environment: 'production', severity, ...more }, value }) satisfies Firing
const low = { traffic: 'low' }
const limited = (values: string): Series => calls(values, { status: 429, category: 'rate_limit' })
const day = { window: '24h' }
const ofDay = { mangopay_rate_limit_window: '24h' }
const SHOP = { job: 'shop' }

/** Calls answered until that minute, and none after it: the newest reading stays. */
const until = (minute: number, window: string, used: number): Series[] =>
  quota(`${used}+0x300`, { window, read: `0+60x${minute} ${minute * 60}+0x300` })
/** A day window that stays full, and from that minute on empties by 17 calls a minute, 3.9 % in four hours. */
const emptying = (minute: number, used: number): Series[] => quota(`${used}+0x${minute} ${used - 17}-17x200`, day)
const slow = { '1': 0.8, '2.5': 0.9, '5': 1, '+Inf': 1 }
const times = (perMinute: Record<string, number>, factor: number) =>
  Object.fromEntries(Object.entries(perMinute).map(([le, n]) => [le, n * factor]))

const ENDINGS: Readonly<Record<AlertName, { high: Ending; low: Ending }>> = {
  MangopayRateLimited: {
    // 30 calls a second for ten minutes, nearly all refused; 0.9 before and after.
    high: {
      series: [calls(shape([54, 30], [230, 10], [54, 120])), limited(shape([0, 30], [1_570, 10], [0, 120]))],
      fires: [36, fires('critical', '7850')],
      last: 40,
    },
    low: {
      series: [calls(oneAt([20, 160, 180, 200, 220], 300)), limited(oneAt([60, 80, 100, 120, 140], 300))],
      fires: [126, fires('critical', '4', low)],
      last: 140,
    },
  },
  MangopayRateLimitExhaustionPredicted: {
    high: {
      series: quota('400+80x20 2000+0x100'),
      fires: [10, fires('warning', '104.3%', { mangopay_rate_limit_window: '15m' })],
      last: 20,
    },
    low: {
      series: quota('80000+75x110 88250+0x200', day),
      fires: [110, fires('warning', '100.6%', ofDay)],
      last: 110,
    },
  },
  MangopayRateLimitHeadroomLow: {
    high: { series: emptying(60, 102_432), fires: [60, fires('warning', '97%', ofDay)], last: 60 },
    low: {
      series: until(40, '15m', 2_200),
      fires: [40, fires('warning', '95.65%', { mangopay_rate_limit_window: '15m' })],
      last: 40,
    },
  },
  MangopayRateLimitNearlyEmpty: {
    high: { series: emptying(60, 103_488), fires: [60, fires('critical', '98%', ofDay)], last: 60 },
    low: { series: until(40, '24h', 103_488), fires: [40, fires('critical', '98%', ofDay)], last: 40 },
  },
  MangopayNothingSucceeds: {
    high: {
      series: [calls(shape([60, 30], [0, 20], [60, 60])), timeout(shape([0, 30], [60, 20], [0, 60]))],
      fires: [40, fires('critical', '300')],
      last: 50,
    },
    low: {
      series: [calls(oneAt([20], 300)), timeout(oneAt([40, 60, 80, 100, 120], 300))],
      fires: [126, fires('critical', '5', low)],
      last: 120,
    },
  },
  MangopayFailing: {
    high: {
      series: [calls('0+50x120'), timeout(shape([50, 40], [0, 80]))],
      fires: [20, fires('critical', '50%')],
      last: 40,
    },
    low: {
      series: [calls(shape([2.2, 40], [0, 80])), timeout(shape([2.2, 40], [0, 80]))],
      fires: [20, fires('critical', '50%')],
      last: 40,
    },
  },
  MangopayErrorBudgetBurn: {
    high: {
      series: [calls('0+92x300'), timeout(shape([8, 100], [0, 200]))],
      fires: [100, fires('critical', '8%', { burn: 'fast' }), fires('warning', '8%', { burn: 'slow' })],
      last: 100,
    },
    low: {
      series: [calls(shape([0.8, 100], [0, 200])), timeout(shape([0.2, 100], [0, 200]))],
      fires: [100, fires('critical', '20%', { burn: 'fast' }), fires('warning', '20%', { burn: 'slow' })],
      last: 100,
    },
  },
  MangopayAccessRefused: {
    high: {
      series: [calls('0+60x120'), refused(shape([20, 40], [0, 80]))],
      fires: [20, fires('critical', '25%')],
      last: 40,
    },
    low: {
      series: [calls(oneAt([22, 24], 60)), refused(oneAt([21, 22, 24, 25, 26], 60))],
      fires: [30, fires('critical', '71.43%')],
      last: 26,
    },
  },
  MangopayLatencyHigh: {
    high: {
      series: [calls('0+100x100'), ...buckets(times(slow, 100), 30)],
      fires: [20, fires('warning', '3.75s', SHOP)],
      last: 31,
    },
    low: {
      series: [calls(shape([2.2, 31], [0, 100])), ...buckets(times(slow, 2.2), 30)],
      fires: [30, fires('warning', '3.75s', SHOP)],
      last: 31,
    },
  },
  MangopayUnknownOutcomes: {
    high: {
      series: [calls('0+90x300'), write(shape([0, 20], [10, 10], [0, 200]))],
      fires: [40, fires('warning', ['95', '100'])],
      last: 30,
    },
    low: { series: [write(oneAt([20, 30, 40, 50, 60], 300))], fires: [66, fires('warning', '5')], last: 60 },
  },
  MangopayPayInsFailing: {
    high: {
      series: payIns(shape([0, 60], [10, 60], [0, 120]), shape([2, 240])),
      fires: [100, { labels: { ...SHOP, severity: 'critical' }, value: '83.33%' }],
      last: 120,
    },
    low: {
      series: payIns(shape([0, 60], [0.8, 60], [0, 120]), shape([1, 60], [0.2, 60], [0, 120])),
      fires: [100, { labels: { ...SHOP, severity: 'critical' }, value: '80%' }],
      last: 120,
    },
  },
  MangopayPayoutsFailing: {
    high: {
      series: payouts(shape([0, 60], [5, 10], [0, 200]), shape([2, 270])),
      fires: [70, { labels: { ...SHOP, severity: 'warning' }, value: '29.41%' }],
      last: 70,
    },
    low: {
      series: payouts(shape([0, 60], [1, 3], [0, 300]), shape([0, 363])),
      fires: [70, { labels: { ...SHOP, severity: 'warning' }, value: '100%' }],
      last: 103,
    },
  },
  MangopayPaymentsTechnical: {
    high: {
      series: [results('0+40x200'), results(shape([0, 40], [10, 40], [0, 120]), 'technical')],
      fires: [70, fires('critical', '20%')],
      last: 80,
    },
    low: {
      series: [results('0+0.1x200'), results(shape([0, 40], [0.4, 40], [0, 120]), 'technical')],
      fires: [70, fires('critical', '80%')],
      last: 80,
    },
  },
  MangopayWebhooksNotAcknowledged: {
    high: {
      series: [
        notified('KYC_FAILED', shape([0, 40], [5, 60], [0, 120]), 'refused'),
        notified('KYC_FAILED', shape([0, 101], [5, 120])),
      ],
      fires: [
        90,
        { labels: { ...SHOP, severity: 'critical', mangopay_webhook_event_type: 'KYC_FAILED' }, value: '150' },
      ],
      last: 100,
    },
    low: {
      series: [notified('KYC_FAILED', shape([0, 40], [0.2, 60], [0, 120]), 'late')],
      fires: [90, { labels: { ...SHOP, severity: 'critical', mangopay_webhook_event_type: 'KYC_FAILED' }, value: '6' }],
      last: 110,
    },
  },
  MangopayThreeDsFailing: {
    high: {
      series: [results('0+2x240'), results(shape([0, 60], [10, 60], [0, 120]), 'authentication')],
      fires: [100, fires('critical', '83.33%')],
      last: 120,
    },
    low: {
      series: [results(shape([0.2, 120], [0, 120])), results(shape([0, 60], [0.8, 60], [0, 120]), 'authentication')],
      fires: [100, fires('critical', '80%')],
      last: 120,
    },
  },
  MangopayKycRefused: {
    high: {
      series: documents(shape([0, 500], [5, 60], [0, 500]), shape([0.2, 1_060])),
      fires: [540, { labels: { ...SHOP, severity: 'warning' }, value: '73.53%' }],
      last: 560,
    },
    low: {
      series: documents(shape([0, 500], [0.15, 100], [0, 500]), shape([0.1, 120], [0, 1_000])),
      fires: [590, { labels: { ...SHOP, severity: 'warning' }, value: '100%' }],
      last: 600,
    },
  },
  // Over is when data come again.
  MangopayTelemetryMissing: {
    high: {
      series: [calls('0+1x1080 _x70 0+1x60', SHOP)],
      fires: [1_120, { labels: { ...SHOP, mangopay_environment: 'production', severity: 'warning' } }],
      last: 1_150,
    },
    low: {
      series: [calls('0+0.055x1080 _x180 0+1x60', SHOP)],
      fires: [1_240, { labels: { ...SHOP, mangopay_environment: 'production', severity: 'warning' } }],
      last: 1_261,
    },
  },
}

/** All endings as cases. */
export const ENDING_CASES: readonly AlertCase[] = Object.entries(ENDINGS).flatMap(([name, endings]) =>
  Object.entries(endings).map(
    ([
      traffic,
      {
        series,
        fires: [minute, ...firing],
        last,
      },
    ]) => {
      const alert = name as AlertName
      const keep = Math.max(...firing.map(({ labels }) => ruleOf(alert, labels).keepFiringForMinutes))
      return {
        alert,
        name: `it is over, ${traffic} traffic`,
        series,
        at: [
          { minute, firing },
          { minute: last + 20 + keep, firing: [] },
        ],
      }
    },
  ),
)
