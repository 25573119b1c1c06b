/** Cases of the quota alerts. */

import { type AlertCase, calls, type Firing, later, oneAt, quota, shape, silentAt } from './case.ts'

const limited = (value: Firing['value'] & {}, more: Record<string, string> = {}): Firing => ({
  labels: { mangopay_environment: 'production', severity: 'critical', ...more },
  value,
})
const LOW = { traffic: 'low' }
const ticket = (window: string, value: Firing['value'] & {}, more: Record<string, string> = {}): Firing => ({
  labels: { mangopay_environment: 'production', mangopay_rate_limit_window: window, severity: 'warning', ...more },
  value,
})
const page = (window: string, value: string): Firing => ({
  labels: { mangopay_environment: 'production', mangopay_rate_limit_window: window, severity: 'critical' },
  value,
})
const refused = (values: string, more = {}) => calls(values, { status: 429, category: 'rate_limit', ...more })

const RATE_LIMITED: readonly AlertCase[] = [
  {
    alert: 'MangopayRateLimited',
    name: '1.1 % of calls, five in five minutes',
    series: [calls('0+90x60'), refused('0+1x60')],
    at: [{ minute: 20, firing: [limited('5')] }],
  },
  {
    alert: 'MangopayRateLimited',
    name: '0.9 % of calls',
    series: [calls('0+111x60'), refused('0+1x60')],
    at: [silentAt(20)],
  },
  {
    alert: 'MangopayRateLimited',
    name: 'two of ten calls are two stray ones',
    series: [calls('0+2x60'), refused('0+0.4x60')],
    at: [silentAt(22)],
  },
  {
    alert: 'MangopayRateLimited',
    name: 'three of ten calls',
    series: [calls('0+2x60'), refused('0+0.6x60')],
    at: [{ minute: 22, firing: [limited('3')] }],
  },
  {
    alert: 'MangopayRateLimited',
    name: 'sandbox: a warning, and production beside it is quiet',
    series: [calls('0+90x60'), refused('0+5x60', { environment: 'sandbox' })],
    at: [{ minute: 20, firing: [limited('25', { mangopay_environment: 'sandbox', severity: 'warning' })] }],
  },
  {
    alert: 'MangopayRateLimited',
    name: '85 refusals in the first minute of a new process, in one export with its first zero',
    series: [calls('0+90x120'), refused(later(80, '85+0x30'), { instance: 'shop-1' })],
    at: [silentAt(78), { minute: 82, firing: [limited('85')] }],
  },
  {
    alert: 'MangopayRateLimited',
    name: 'of two accounts the one that is refused is named, and its share is its own',
    series: [
      calls('0+900x60', { account: 'main' }),
      calls('0+2x60', { account: 'tenant' }),
      refused('0+1x60', { account: 'tenant' }),
    ],
    at: [{ minute: 20, firing: [limited('5', { mangopay_account: 'tenant' })] }],
  },
  {
    alert: 'MangopayRateLimited',
    name: 'ten jobs are one page',
    series: Array.from({ length: 10 }, (_, i) => refused('0+1x60', { job: `job-${i}` })),
    at: [{ minute: 20, firing: [limited('50')] }],
  },
  {
    alert: 'MangopayRateLimited',
    name: 'kept for a quarter of an hour after the last refusal, no longer',
    series: [calls(shape([20, 30], [90_000, 60])), refused('0+2x90')],
    at: [{ minute: 44, firing: [limited('10')] }, silentAt(47)],
  },
  {
    alert: 'MangopayRateLimited',
    name: 'three calls an hour, all refused',
    series: [calls('5+0x300'), refused(oneAt([60, 100, 140], 300))],
    at: [
      silentAt(110),
      { minute: 150, firing: [limited('3', LOW)] },
      { minute: 215, firing: [limited('3', LOW)] },
      silentAt(300),
    ],
  },
  {
    alert: 'MangopayRateLimited',
    name: '27 calls an hour, all refused: low traffic',
    series: [refused('0+0.45x130')],
    at: [{ minute: 120, firing: [limited('53', LOW)] }],
  },
  {
    alert: 'MangopayRateLimited',
    name: '33 calls an hour, all refused: not low any more',
    series: [refused('0+0.55x170')],
    at: [{ minute: 160, firing: [limited('3')] }],
  },
  {
    alert: 'MangopayRateLimited',
    name: 'eight refused calls in five quiet minutes are few',
    series: [calls('5+0x200'), refused(shape([0, 100], [1.6, 6], [0, 60]))],
    at: [{ minute: 110, firing: [limited(['4', '3']), limited(['9', '10'], LOW)] }],
  },
  {
    alert: 'MangopayRateLimited',
    name: 'twelve are not: what was a quiet hour is over',
    series: [calls('5+0x200'), refused(shape([0, 100], [2.4, 6], [0, 60]))],
    at: [{ minute: 105, firing: [limited('12')] }],
  },
  {
    alert: 'MangopayRateLimited',
    name: 'refusals far apart still add up within four hours',
    series: [calls('5+0x300'), refused(oneAt([60, 150, 240], 300))],
    at: [{ minute: 248, firing: [limited('3', LOW)] }],
  },
  {
    alert: 'MangopayRateLimited',
    name: 'but not within five',
    series: [calls('5+0x400'), refused(oneAt([60, 200, 340], 400))],
    at: [silentAt(346)],
  },
  {
    alert: 'MangopayRateLimited',
    name: 'at night half of the calls refused is the line: 4 of 8',
    series: [calls(oneAt([60, 80, 100, 120], 300)), refused(oneAt([62, 82, 102, 122], 300))],
    at: [silentAt(140)],
  },
  {
    alert: 'MangopayRateLimited',
    name: 'at night half of the calls refused is the line: 5 of 8',
    series: [calls(oneAt([62, 92, 122], 300)), refused(oneAt([60, 75, 90, 105, 120], 300))],
    at: [{ minute: 140, firing: [limited('5', LOW)] }],
  },
  {
    alert: 'MangopayRateLimited',
    name: 'what succeeded two hours ago does not count against it',
    series: [calls(oneAt([20, 22, 24, 26, 28, 30, 32], 300)), refused(oneAt([90, 110, 130], 300))],
    at: [{ minute: 140, firing: [limited('3', LOW)] }],
  },
]

/** The window uniformly filled: forecast = (used + 5 × what three minutes added) / limit while nothing else is known. */
const PREDICTED: readonly AlertCase[] = [
  {
    alert: 'MangopayRateLimitExhaustionPredicted',
    name: '15m window: 80 more each minute, 104 %',
    series: quota('400+80x60'),
    at: [silentAt(8), { minute: 10, firing: [ticket('15m', '104.3%')] }],
  },
  {
    alert: 'MangopayRateLimitExhaustionPredicted',
    name: '15m window: 70 more each minute, 98 %',
    series: quota('500+70x60'),
    at: [silentAt(10)],
  },
  {
    alert: 'MangopayRateLimitExhaustionPredicted',
    name: '15m window: steady at 95 % is no forecast of trouble',
    series: quota('2185+0x60'),
    at: [silentAt(30)],
  },
  {
    alert: 'MangopayRateLimitExhaustionPredicted',
    name: 'a steep start with 22 % used',
    series: quota('0+128x60'),
    at: [silentAt(4)],
  },
  {
    alert: 'MangopayRateLimitExhaustionPredicted',
    name: 'the same with 28 % used',
    series: quota('0+128x5 640+0x60'),
    at: [{ minute: 5, firing: [ticket('15m', '111.3%')] }],
  },
  {
    alert: 'MangopayRateLimitExhaustionPredicted',
    name: '1h window: a steep start with 48 % used',
    series: quota('4000+100x60', { window: '1h' }),
    at: [silentAt(3)],
  },
  {
    alert: 'MangopayRateLimitExhaustionPredicted',
    name: '1h window: the same with 51 % used',
    series: quota('4000+100x60', { window: '1h' }),
    at: [{ minute: 5, firing: [ticket('1h', '119.3%')] }],
  },
  {
    alert: 'MangopayRateLimitExhaustionPredicted',
    name: '30m window by its own limit',
    series: quota('2500+100x60', { window: '30m' }),
    at: [{ minute: 5, firing: [ticket('30m', '133.3%')] }],
  },
  {
    alert: 'MangopayRateLimitExhaustionPredicted',
    name: '24h window: 75 more each minute empty it within four hours',
    series: quota('80000+75x300', { window: '24h' }),
    at: [silentAt(40), { minute: 110, firing: [ticket('24h', '100.6%')] }],
  },
  {
    alert: 'MangopayRateLimitExhaustionPredicted',
    name: '24h window: 60 more each minute do not yet',
    series: quota('80000+60x300', { window: '24h' }),
    at: [silentAt(110)],
  },
  {
    alert: 'MangopayRateLimitExhaustionPredicted',
    name: 'the account is named, and the other one is quiet',
    series: quota('400+80x60', { account: 'main' }),
    ...quota('400+0x60', { account: 'other' }),
    at: [{ minute: 10, firing: [ticket('15m', '104.3%', { mangopay_account: 'main' })] }],
  },
  {
    alert: 'MangopayRateLimitExhaustionPredicted',
    name: 'two readings of one second tell no pace',
    series: quota('400+80x60', { read: '600+1x60' }),
    at: [silentAt(10)],
  },
  {
    alert: 'MangopayRateLimitExhaustionPredicted',
    name: 'kept for a quarter of an hour, no longer',
    series: quota('400+80x10 100+0x60'),
    at: [{ minute: 24, firing: [ticket('15m', '104.3%')] }, silentAt(27)],
  },
  {
    alert: 'MangopayRateLimitExhaustionPredicted',
    name: 'a batch of 130 calls a minute after 36: what leaves is known to be little, and the window never fills',
    series: [...quota(used(36, 130, 40, 15)), calls(shape([36, 40], [130, 60]))],
    at: [silentAt(45), silentAt(48), silentAt(50), silentAt(53), silentAt(56), silentAt(60)],
  },
  {
    alert: 'MangopayRateLimitExhaustionPredicted',
    name: 'a leak of 180 calls a minute after 36',
    series: [...quota(used(36, 180, 40, 15)), calls(shape([36, 40], [180, 60]))],
    at: [silentAt(40), { minute: 44, firing: [ticket('15m', ['120.9%', '121.9%'])] }],
  },
]

/** Used calls of a window of `length` minutes when `before` calls a minute become `after` at minute `at`. */
function used(before: number, after: number, at: number, length: number): string {
  const rate = (minute: number) => (minute < at ? before : after)
  return Array.from({ length: 90 }, (_, minute) => {
    let sum = 0
    for (let i = minute - length; i < minute; i++) sum += rate(i)
    return sum
  }).join(' ')
}

const HEADROOM: readonly AlertCase[] = [
  {
    alert: 'MangopayRateLimitHeadroomLow',
    name: '91 % for five minutes',
    series: quota('2093+0x60'),
    at: [silentAt(4), { minute: 5, firing: [ticket('15m', '91%')] }],
  },
  {
    alert: 'MangopayRateLimitHeadroomLow',
    name: '89 %',
    series: quota('2047+0x60'),
    at: [silentAt(30)],
  },
  {
    alert: 'MangopayRateLimitHeadroomLow',
    name: '24h at 91 %, any account',
    series: quota('96096+0x60', { window: '24h', account: 'main' }),
    at: [{ minute: 30, firing: [ticket('24h', '91%', { mangopay_account: 'main' })] }],
  },
  {
    alert: 'MangopayRateLimitHeadroomLow',
    name: 'windows of 1 and 5 minutes are full all the time',
    series: [...quota('199+0x60', { window: '1m', limit: 200 }), ...quota('899+0x60', { window: '5m', limit: 900 })],
    at: [silentAt(30)],
  },
  {
    alert: 'MangopayRateLimitHeadroomLow',
    name: 'a reading of more than 19 minutes ago is history',
    series: quota('2200+0x400', { read: '0+60x30 1800+0x300' }),
    at: [
      { minute: 48, firing: [ticket('15m', '95.65%')] },
      { minute: 57, firing: [ticket('15m', '95.65%')] },
      silentAt(61),
    ],
  },
  {
    alert: 'MangopayRateLimitHeadroomLow',
    name: 'calls get fewer: it will be below 90 % soon, and that is the end of it',
    series: quota('2200+0x20 2188-12x20'),
    at: [{ minute: 30, firing: [ticket('15m', '95.13%')] }, silentAt(36)],
  },
  {
    alert: 'MangopayRateLimitHeadroomLow',
    name: 'kept for ten minutes, no longer',
    series: quota('2200+0x30 1000+0x60'),
    at: [{ minute: 38, firing: [ticket('15m', '95.65%')] }, silentAt(43)],
  },
  {
    alert: 'MangopayRateLimitHeadroomLow',
    name: 'an idle process with an old reading does not count',
    series: [...quota('2200+0x60', { instance: 'idle', read: '60+0x60' }), ...quota('1000+0x60', { instance: 'busy' })],
    at: [silentAt(30)],
  },
  {
    alert: 'MangopayRateLimitHeadroomLow',
    name: 'of two fresh readings the worse one counts',
    series: [...quota('2200+0x60', { instance: 'a', read: '-60+60x60' }), ...quota('1000+0x60', { instance: 'b' })],
    at: [{ minute: 30, firing: [ticket('15m', '95.65%')] }],
  },
]

const NEARLY_EMPTY: readonly AlertCase[] = [
  {
    alert: 'MangopayRateLimitNearlyEmpty',
    name: '24h at 98 %',
    series: quota('103488+0x60', { window: '24h' }),
    at: [silentAt(1), { minute: 2, firing: [page('24h', '98%')] }],
  },
  {
    alert: 'MangopayRateLimitNearlyEmpty',
    name: '24h at 96 %',
    series: quota('101376+0x60', { window: '24h' }),
    at: [silentAt(30)],
  },
  {
    alert: 'MangopayRateLimitNearlyEmpty',
    name: '1h at 98 % comes back by itself',
    series: quota('8624+0x60', { window: '1h' }),
    at: [silentAt(30)],
  },
  {
    alert: 'MangopayRateLimitNearlyEmpty',
    name: 'a reading of more than 19 minutes ago is history; kept for a quarter of an hour after that',
    series: quota('103488+0x400', { window: '24h', read: '0+60x30 1800+0x300' }),
    at: [{ minute: 62, firing: [page('24h', '98%')] }, silentAt(66)],
  },
  {
    alert: 'MangopayRateLimitNearlyEmpty',
    name: 'emptying by 11 a minute, 2.5 % in four hours, which may be noise',
    series: quota('105500-11x90', { window: '24h' }),
    at: [{ minute: 60, firing: [page('24h', '99.28%')] }],
  },
]

/** All cases of the quota alerts. */
export const QUOTA_CASES: readonly AlertCase[] = [...RATE_LIMITED, ...PREDICTED, ...HEADROOM, ...NEARLY_EMPTY]
