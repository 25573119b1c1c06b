/** Cases of the alerts on failures. */

import { SERIES } from '../../../alerts/spelling.ts'
import { type AlertCase, calls, type Firing, later, oneAt, type Series, shape, silentAt } from './case.ts'

const firing = (
  severity: 'critical' | 'warning',
  value: Firing['value'] & {},
  more: Record<string, string> = {},
): Firing => ({
  labels: { mangopay_environment: 'production', severity, ...more },
  value,
})
export const timeout = (values: string, more = {}): Series => calls(values, { category: 'timeout', ...more })
export const refused = (values: string, more = {}): Series =>
  calls(values, { category: 'authentication', status: 401, ...more })
const LOW = { traffic: 'low' }
const TOKEN = 'POST /oauth/token'
const token = (values: string, more = {}): Series => calls(values, { operation: TOKEN, ...more })

const NOTHING: readonly AlertCase[] = [
  {
    alert: 'MangopayNothingSucceeds',
    name: 'ten failures in five minutes, no success',
    series: [timeout('0+2x60')],
    at: [silentAt(1), { minute: 20, firing: [firing('critical', '10')] }],
  },
  {
    alert: 'MangopayNothingSucceeds',
    name: 'nine failures in five minutes and five in half an hour before: one success, long ago',
    series: [timeout(shape([0, 40], [1.8, 30])), calls(oneAt([35], 80))],
    at: [silentAt(46)],
  },
  ...(['not_found', 'idempotency_conflict', 'sca_required'] as const).map(
    (category): AlertCase => ({
      alert: 'MangopayNothingSucceeds',
      name: `one ${category} is a sign of life`,
      series: [timeout('0+20x60'), calls('0+0.1x60', { category })],
      at: [silentAt(20)],
    }),
  ),
  {
    alert: 'MangopayNothingSucceeds',
    name: 'a single success in five minutes is a sign of life',
    series: [timeout('0+20x60'), calls('0+0.2x60')],
    at: [silentAt(20)],
  },
  {
    alert: 'MangopayNothingSucceeds',
    name: 'refusals for the quota are another alert',
    series: [calls('0+20x60', { category: 'rate_limit', status: 429 })],
    at: [silentAt(20)],
  },
  {
    alert: 'MangopayNothingSucceeds',
    name: 'one service has only 400s, the other is fine: the service is named',
    series: [calls('0+5x60', { category: 'invalid_request', status: 400, job: 'checkout' }), calls('0+50x60')],
    at: [{ minute: 20, firing: [firing('critical', '25', { job: 'checkout' })] }],
  },
  {
    alert: 'MangopayNothingSucceeds',
    name: 'ten services are one page',
    series: Array.from({ length: 10 }, (_, i) => timeout('0+3x60', { job: `job-${i}` })),
    at: [{ minute: 20, firing: [firing('critical', '150')] }],
  },
  {
    alert: 'MangopayNothingSucceeds',
    name: 'twelve refusals in the only export of a process',
    series: [calls('0+50x120'), refused(later(80, '12+0x1 _x30'), { job: 'refunds' })],
    at: [silentAt(80), { minute: 81, firing: [firing('critical', '12', { job: 'refunds' })] }],
  },
  {
    alert: 'MangopayNothingSucceeds',
    name: 'thirty calls an hour: five failures and no success within 25 minutes',
    series: [calls(oneAt([50, 54, 58], 120)), timeout(oneAt([66, 70, 74, 78, 82], 120))],
    at: [silentAt(83), { minute: 95, firing: [firing('critical', '5'), firing('critical', '5', LOW)] }],
  },
  {
    alert: 'MangopayNothingSucceeds',
    name: 'thirty calls an hour: five failures, and a healthy answer among them',
    series: [
      calls(oneAt([50, 54, 58], 120)),
      timeout(oneAt([66, 70, 74, 78, 82], 120)),
      calls(oneAt([76], 120), { category: 'idempotency_conflict', status: 409 }),
    ],
    at: [silentAt(90), silentAt(95)],
  },
  {
    alert: 'MangopayNothingSucceeds',
    name: 'four failures within 25 minutes are not yet enough',
    series: [
      calls('5+0x200'),
      calls(oneAt([60], 200), { category: 'not_found' }),
      timeout(oneAt([92, 95, 98, 101], 200)),
    ],
    at: [silentAt(104)],
  },
  {
    alert: 'MangopayNothingSucceeds',
    name: 'five failures within 25 minutes are, unless they are 400s',
    series: [
      calls('5+0x200'),
      calls(oneAt([60], 200), { category: 'not_found' }),
      timeout(oneAt([92, 95, 98, 101, 104], 200)),
      calls(oneAt([92, 95, 98, 101, 104], 200), { category: 'invalid_request', environment: 'staging' }),
    ],
    at: [silentAt(102), { minute: 116, firing: [firing('critical', '5'), firing('critical', '5', LOW)] }],
  },
  {
    alert: 'MangopayNothingSucceeds',
    name: 'six failures in one export and then no call at all: over after twenty minutes, and an hour at low traffic',
    series: [calls('5+0x200'), timeout(later(80, '6+0x100'))],
    at: [
      { minute: 92, firing: [firing('critical', '6'), firing('critical', '6', LOW)] },
      { minute: 112, firing: [firing('critical', '6', LOW)] },
      silentAt(160),
    ],
  },
  {
    alert: 'MangopayNothingSucceeds',
    name: 'five failures spread over 32 minutes wait for the slow rule',
    series: [
      calls('5+0x200'),
      calls(oneAt([60], 200), { category: 'not_found' }),
      timeout(oneAt([92, 100, 108, 116, 124], 200)),
    ],
    at: [silentAt(126)],
  },
  {
    alert: 'MangopayNothingSucceeds',
    name: 'three calls an hour: five failures, 90 minutes without success',
    series: [calls(oneAt([20], 400)), timeout(oneAt([40, 60, 80, 100, 120], 400))],
    at: [silentAt(105), silentAt(124), { minute: 130, firing: [firing('critical', '5', LOW)] }],
  },
  {
    alert: 'MangopayNothingSucceeds',
    name: 'three failures are not enough',
    series: [calls(oneAt([20], 400)), timeout(oneAt([40, 70, 100], 400))],
    at: [silentAt(125), silentAt(150)],
  },
  {
    alert: 'MangopayNothingSucceeds',
    name: 'four failures spread over three hours are, while they last',
    series: [calls(oneAt([20], 400)), timeout(oneAt([40, 100, 160, 220], 400))],
    at: [
      { minute: 226, firing: [firing('critical', '4', LOW)] },
      { minute: 270, firing: [firing('critical', '4', LOW)] },
      silentAt(345),
    ],
  },
  {
    alert: 'MangopayNothingSucceeds',
    name: 'four failures spread over five hours are not',
    series: [calls(oneAt([20], 500)), timeout(oneAt([40, 130, 220, 320], 500))],
    at: [silentAt(326)],
  },
  {
    alert: 'MangopayNothingSucceeds',
    name: 'four failures, and then nobody called for an hour and a half',
    series: [calls(oneAt([20], 400)), timeout(oneAt([40, 50, 60, 70], 400))],
    at: [silentAt(185)],
  },
  {
    alert: 'MangopayNothingSucceeds',
    name: 'a few 400s at night are a bug, not an outage',
    series: [calls(oneAt([20], 400)), calls(oneAt([40, 60, 80, 100, 120, 140], 400), { category: 'invalid_request' })],
    at: [silentAt(150)],
  },
  {
    alert: 'MangopayNothingSucceeds',
    name: 'an old success within 90 minutes is a sign of life',
    series: [calls(oneAt([60], 400)), timeout(oneAt([40, 80, 100, 120], 400))],
    at: [silentAt(126), silentAt(140)],
  },
  {
    alert: 'MangopayNothingSucceeds',
    name: 'a call for a token succeeds every other minute, nothing else does: whole environment',
    series: [timeout('0+3x60'), token('0+0.5x60')],
    at: [{ minute: 20, firing: [firing('critical', '15')] }],
  },
  {
    alert: 'MangopayNothingSucceeds',
    name: 'a call for a token succeeds every other minute, nothing else does: one service',
    series: [calls('0+50x60'), refused('0+3x60', { job: 'payouts' }), token('0+0.5x60', { job: 'payouts' })],
    at: [{ minute: 20, firing: [firing('critical', '15', { job: 'payouts' })] }],
  },
  {
    alert: 'MangopayNothingSucceeds',
    name: 'thirty calls an hour fail, a call for a token in between succeeds',
    series: [calls(oneAt([50, 54, 58], 120)), timeout(oneAt([66, 70, 74, 78, 82], 120)), token(oneAt([12, 72], 120))],
    at: [{ minute: 95, firing: [firing('critical', '5'), firing('critical', '5', LOW)] }],
  },
  {
    alert: 'MangopayNothingSucceeds',
    name: 'three calls an hour fail, the hourly call for a token succeeds',
    series: [calls(oneAt([20], 400)), timeout(oneAt([40, 60, 80, 100, 120], 400)), token(oneAt([20, 80], 400))],
    at: [silentAt(105), { minute: 130, firing: [firing('critical', '5', LOW)] }],
  },
  {
    alert: 'MangopayNothingSucceeds',
    name: 'only calls for a token are made, and they fail',
    series: [calls(oneAt([20], 400)), timeout(oneAt([40, 60, 80, 100, 120], 400), { operation: TOKEN })],
    at: [silentAt(105), { minute: 130, firing: [firing('critical', '5', LOW)] }],
  },
  {
    alert: 'MangopayNothingSucceeds',
    name: 'a service that only fetches tokens for others: pages although most succeed, a known limit',
    series: [
      calls('0+50x60'),
      token('0+20x60', { job: 'tokens' }),
      token('0+2x60', { job: 'tokens', category: 'timeout' }),
    ],
    at: [{ minute: 20, firing: [firing('critical', '10', { job: 'tokens' })] }],
  },
  {
    alert: 'MangopayNothingSucceeds',
    name: 'a token for an end user’s checkout is a sign of life',
    series: [timeout('0+20x60'), token('0+0.5x60', { operation: `${TOKEN}/embedded/checkout` })],
    at: [silentAt(20)],
  },
  {
    alert: 'MangopayNothingSucceeds',
    name: 'kept for ten minutes after the first success, no longer',
    series: [timeout('0+3x90'), calls(later(32, '1+2x60'))],
    at: [{ minute: 40, firing: [firing('critical', '15')] }, silentAt(44)],
  },
]

const FAILING: readonly AlertCase[] = [
  {
    alert: 'MangopayFailing',
    name: '11 % for three minutes, of any of the three categories',
    series: [
      calls('0+89x60'),
      timeout('0+4x60'),
      calls('0+4x60', { category: 'server_error', status: 502 }),
      calls('0+3x60', { category: 'network' }),
    ],
    at: [silentAt(3), { minute: 4, firing: [firing('critical', '11%')] }],
  },
  { alert: 'MangopayFailing', name: '9 %', series: [calls('0+91x60'), timeout('0+9x60')], at: [silentAt(20)] },
  {
    alert: 'MangopayFailing',
    name: 'half of the calls, but only nine failures in five minutes',
    series: [calls('0+2x60'), timeout('0+1.8x60')],
    at: [silentAt(20)],
  },
  {
    alert: 'MangopayFailing',
    name: 'half of the calls, eleven failures in five minutes',
    series: [calls('0+2.2x60'), timeout('0+2.2x60')],
    at: [{ minute: 20, firing: [firing('critical', '50%')] }],
  },
  {
    alert: 'MangopayFailing',
    name: 'our own mistakes and healthy refusals are not Mangopay failing',
    series: [
      calls('0+10x60'),
      ...[
        'invalid_request',
        'authentication',
        'authorization',
        'not_found',
        'rate_limit',
        'cancelled',
        'sca_required',
      ].map((category) => calls('0+10x60', { category })),
    ],
    at: [silentAt(20)],
  },
  {
    alert: 'MangopayFailing',
    name: 'one service among big ones: named',
    series: [calls('0+900x60'), calls('0+5x60', { job: 'payouts' }), timeout('0+5x60', { job: 'payouts' })],
    at: [{ minute: 20, firing: [firing('critical', '50%', { job: 'payouts' })] }],
  },
  {
    alert: 'MangopayFailing',
    name: 'sandbox: a warning',
    series: [timeout('0+5x60', { environment: 'sandbox' })],
    at: [{ minute: 20, firing: [firing('warning', '100%', { mangopay_environment: 'sandbox' })] }],
  },
  {
    alert: 'MangopayFailing',
    name: 'kept for ten minutes, no longer',
    series: [calls(shape([50, 30], [90_000, 60])), timeout('0+25x90')],
    at: [{ minute: 39, firing: [firing('critical', '33.33%')] }, silentAt(42)],
  },
]

/** An hour and more of history, then what fails. */
const BURN: readonly AlertCase[] = [
  {
    alert: 'MangopayErrorBudgetBurn',
    name: '8 % for more than an hour: a page, and a ticket for the slow leak',
    series: [calls('0+92x200'), timeout('0+8x200')],
    at: [
      {
        minute: 100,
        firing: [firing('critical', '8%', { burn: 'fast' }), firing('warning', '8%', { burn: 'slow' })],
      },
    ],
  },
  {
    alert: 'MangopayErrorBudgetBurn',
    name: '6.5 % for more than an hour: a ticket, no page',
    series: [calls('0+93.5x200'), timeout('0+6.5x200')],
    at: [silentAt(14), { minute: 100, firing: [firing('warning', '6.5%', { burn: 'slow' })] }],
  },
  {
    alert: 'MangopayErrorBudgetBurn',
    name: '2.5 % for hours',
    series: [calls('0+97.5x500'), timeout('0+2.5x500')],
    at: [silentAt(450)],
  },
  {
    alert: 'MangopayErrorBudgetBurn',
    name: '3.5 % for hours',
    series: [calls('0+96.5x500'), timeout('0+3.5x500')],
    at: [{ minute: 450, firing: [firing('warning', '3.5%', { burn: 'slow' })] }],
  },
  {
    alert: 'MangopayErrorBudgetBurn',
    name: 'a fifth of few calls: nine errors',
    series: [calls('0+0.6x100'), timeout('0+0.15x100')],
    at: [silentAt(60)],
  },
  {
    alert: 'MangopayErrorBudgetBurn',
    name: 'a fifth of few calls: twelve errors',
    series: [calls('0+0.8x100'), timeout('0+0.2x100')],
    at: [silentAt(44), { minute: 60, firing: [firing('critical', '20%', { burn: 'fast' })] }],
  },
  {
    alert: 'MangopayErrorBudgetBurn',
    name: 'over means over, after ten minutes more, and after an hour for the ticket',
    series: [calls(shape([92, 100], [90_000, 60])), timeout('0+8x200')],
    at: [
      {
        minute: 109,
        firing: [firing('critical', '8%', { burn: 'fast' }), firing('warning', '8%', { burn: 'slow' })],
      },
      { minute: 112, firing: [firing('warning', '8%', { burn: 'slow' })] },
      silentAt(164),
    ],
  },
  {
    alert: 'MangopayErrorBudgetBurn',
    name: 'fast: six minutes without errors are over, slow: twenty',
    series: [calls('0+92x200'), timeout(shape([8, 100], [0, 100]))],
    at: [
      { minute: 116, firing: [firing('warning', ['7.054%', '7.087%'], { burn: 'slow' })] },
      { minute: 176, firing: [firing('warning', ['7.054%', '6.974%'], { burn: 'slow' })] },
      silentAt(182),
    ],
  },
  {
    alert: 'MangopayErrorBudgetBurn',
    name: 'slow: 8 % that has become 1 % is over half an hour later, and the hour that it is kept',
    series: [calls('0+92x200'), timeout(shape([8, 100], [1, 100]))],
    at: [silentAt(188)],
  },
  {
    alert: 'MangopayErrorBudgetBurn',
    name: 'a burst of six minutes that is 6 % of an hour',
    series: [calls('0+90x200'), timeout(shape([0, 100], [58, 6], [0, 80]))],
    at: [silentAt(104), silentAt(106), silentAt(108)],
  },
  {
    alert: 'MangopayErrorBudgetBurn',
    name: 'a burst of six minutes that is 9 % of an hour',
    series: [calls('0+90x200'), timeout(shape([0, 100], [100, 6], [0, 80]))],
    at: [{ minute: 112, firing: [firing('critical', ['9.244%', '9.852%'], { burn: 'fast' })] }],
  },
  {
    alert: 'MangopayErrorBudgetBurn',
    name: 'a quarter of an hour of proof before a ticket, two minutes before a page',
    series: [calls('0+90x200'), timeout(later(100, '3000+0x90'))],
    at: [
      silentAt(101),
      { minute: 102, firing: [firing('critical', ['25%', '24.69%'], { burn: 'fast' })] },
      { minute: 114, firing: [firing('critical', ['35.71%', '35.34%'], { burn: 'fast' })] },
      { minute: 117, firing: [firing('warning', '22.47%', { burn: 'slow' })] },
    ],
  },
  {
    alert: 'MangopayErrorBudgetBurn',
    name: 'hours at 6.5 %: two are 2.3 % of six, three and a half 3.6 % (in two environments, to save a day)',
    series: [
      calls('0+90x700', { environment: 'two-hours' }),
      timeout(shape([0, 420], [6.25, 120], [0, 100]), { environment: 'two-hours' }),
      calls('0+90x700'),
      timeout(shape([0, 420], [6.25, 210], [0, 60])),
    ],
    at: [
      silentAt(541),
      silentAt(560),
      { minute: 620, firing: [firing('warning', ['3.679%', '3.669%'], { burn: 'slow' })] },
    ],
  },
  {
    alert: 'MangopayErrorBudgetBurn',
    name: 'a tiny service among big ones: half of its calls, three an hour',
    series: [calls('0+900x120'), calls('0+0.05x120', { job: 'tiny' }), timeout('0+0.05x120', { job: 'tiny' })],
    at: [silentAt(100)],
  },
  {
    alert: 'MangopayErrorBudgetBurn',
    name: 'one service among big ones had ten bad minutes an hour ago',
    series: [
      calls('0+900x200'),
      calls('0+5x200', { job: 'payouts' }),
      timeout(shape([0, 100], [5, 10], [0, 80]), { job: 'payouts' }),
    ],
    at: [{ minute: 158, firing: [firing('warning', ['7.116%', '7.353%'], { burn: 'slow', job: 'payouts' })] }],
  },
  {
    alert: 'MangopayErrorBudgetBurn',
    name: 'one service among big ones: named',
    series: [calls('0+900x200'), calls('0+5x200', { job: 'payouts' }), timeout('0+5x200', { job: 'payouts' })],
    at: [
      {
        minute: 100,
        firing: [
          firing('critical', '50%', { burn: 'fast', job: 'payouts' }),
          firing('warning', '50%', { burn: 'slow', job: 'payouts' }),
        ],
      },
    ],
  },
]

const REFUSED: readonly AlertCase[] = [
  {
    alert: 'MangopayAccessRefused',
    name: 'a quarter of the calls, 401 and 403',
    series: [calls('0+75x60'), refused('0+15x60'), calls('0+10x60', { category: 'authorization', status: 403 })],
    at: [silentAt(1), { minute: 20, firing: [firing('critical', '25%')] }],
  },
  { alert: 'MangopayAccessRefused', name: '18 %', series: [calls('0+82x60'), refused('0+18x60')], at: [silentAt(20)] },
  {
    alert: 'MangopayAccessRefused',
    name: 'four in ten minutes',
    series: [calls(oneAt([20, 24], 60)), refused(oneAt([21, 23, 25, 27], 60))],
    at: [silentAt(28), silentAt(30)],
  },
  {
    alert: 'MangopayAccessRefused',
    name: 'five in ten minutes',
    series: [calls(oneAt([22, 24], 60)), refused(oneAt([21, 22, 24, 25, 26], 60))],
    at: [silentAt(22), { minute: 30, firing: [firing('critical', '71.43%')] }],
  },
  {
    alert: 'MangopayAccessRefused',
    name: 'one every three minutes',
    series: [refused(oneAt([20, 23, 26, 29, 32, 35], 60))],
    at: [silentAt(36), silentAt(38), silentAt(40)],
  },
  {
    alert: 'MangopayAccessRefused',
    name: 'two dozen in the only export of a process: one evaluation more',
    series: [calls('0+50x120'), refused(later(80, '24+0x1 _x30'), { job: 'refunds' })],
    at: [silentAt(80), { minute: 81, firing: [firing('critical', '100%', { job: 'refunds' })] }],
  },
  {
    alert: 'MangopayAccessRefused',
    name: 'SCA is no refusal of ours',
    series: [calls('0+10x60'), calls('0+10x60', { category: 'sca_required', status: 401 })],
    at: [silentAt(20)],
  },
  {
    alert: 'MangopayAccessRefused',
    name: 'one service among big ones: named',
    series: [calls('0+900x60'), refused('0+5x60', { job: 'payouts' })],
    at: [{ minute: 20, firing: [firing('critical', '100%', { job: 'payouts' })] }],
  },
  {
    alert: 'MangopayAccessRefused',
    name: 'kept for five minutes, no longer',
    series: [calls(shape([30, 30], [90_000, 60])), refused('0+70x90')],
    at: [{ minute: 35, firing: [firing('critical', '70%')] }, silentAt(37)],
  },
]

/** Cumulative buckets of a histogram: calls a minute at most as long as the boundary. */
export const buckets = (
  perMinute: Record<string, number>,
  length: number,
  metric: string = SERIES.durationBucketOtlp,
): Series[] =>
  Object.entries(perMinute).map(([le, calls]) => ({
    series: `${metric}{job="shop",instance="shop-0",mangopay_environment="production",mangopay_operation="GET /users/{userId}",le="${le}"}`,
    values: `0+${calls}x${length} ${calls * (length + 1)}+0x100`,
  }))

const slow = { '1': 80, '2.5': 90, '5': 100, '+Inf': 100 }
const LATENCY: readonly AlertCase[] = [
  {
    alert: 'MangopayLatencyHigh',
    name: 'p95 of 3.75 s for five minutes',
    series: [calls('0+100x60'), ...buckets(slow, 60)],
    at: [silentAt(6), { minute: 7, firing: [firing('warning', '3.75s', { job: 'shop' })] }],
  },
  {
    alert: 'MangopayLatencyHigh',
    name: 'the same in the spelling of the pull exporter',
    series: [calls('0+100x60'), ...buckets(slow, 60, SERIES.durationBucketPull)],
    at: [{ minute: 20, firing: [firing('warning', '3.75s', { job: 'shop' })] }],
  },
  {
    alert: 'MangopayLatencyHigh',
    name: 'p95 of 2.2 s',
    series: [calls('0+100x60'), ...buckets({ '1': 80, '2.5': 98.75, '5': 100, '+Inf': 100 }, 60)],
    at: [silentAt(20)],
  },
  {
    alert: 'MangopayLatencyHigh',
    name: '18 calls in ten minutes are no quantile',
    series: [calls('0+1.8x60'), ...buckets(slow, 60)],
    at: [silentAt(30)],
  },
  {
    alert: 'MangopayLatencyHigh',
    name: '22 calls in ten minutes are',
    series: [calls('0+2.2x60'), ...buckets(slow, 60)],
    at: [{ minute: 30, firing: [firing('warning', '3.75s', { job: 'shop' })] }],
  },
  {
    alert: 'MangopayLatencyHigh',
    name: 'ten minutes of slow answers are forgotten ten minutes later, and kept for ten more',
    series: [calls('0+100x100'), ...buckets(slow, 30)],
    at: [{ minute: 48, firing: [firing('warning', '3.75s', { job: 'shop' })] }, silentAt(52)],
  },
]

export const write = (values: string, more = {}): Series =>
  calls(values, { category: 'timeout', outcome: 'unknown', operation: 'POST /transfers', ...more })
const UNKNOWN: readonly AlertCase[] = [
  {
    alert: 'MangopayUnknownOutcomes',
    name: 'five writes within an hour, of whatever operation and service',
    series: [
      calls('0+90x200'),
      write(oneAt([20, 30, 40], 200)),
      write(oneAt([50, 60], 200), { operation: 'POST /payins/card/direct', job: 'other' }),
    ],
    at: [silentAt(58), { minute: 66, firing: [firing('warning', '5')] }],
  },
  {
    alert: 'MangopayUnknownOutcomes',
    name: 'four writes',
    series: [write(oneAt([20, 30, 40, 50], 200))],
    at: [silentAt(56), silentAt(70)],
  },
  {
    alert: 'MangopayUnknownOutcomes',
    name: 'five writes spread over 80 minutes',
    series: [write(oneAt([20, 40, 60, 80, 100], 200))],
    at: [silentAt(105)],
  },
  {
    alert: 'MangopayUnknownOutcomes',
    name: 'failures that are known to be failures',
    series: [calls('0+5x100', { category: 'timeout' })],
    at: [silentAt(50)],
  },
  {
    alert: 'MangopayUnknownOutcomes',
    name: 'a used idempotency key did its work',
    series: [write('0+5x100', { category: 'idempotency_conflict', status: 409 })],
    at: [silentAt(50)],
  },
  {
    alert: 'MangopayUnknownOutcomes',
    name: 'kept for two hours after the last, no longer',
    series: [write(oneAt([20, 21, 22, 23, 24], 300))],
    at: [{ minute: 158, firing: [firing('warning', '5')] }, silentAt(164)],
  },
]

/** All cases of the alerts on failures. */
export const FAILURE_CASES: readonly AlertCase[] = [...NOTHING, ...FAILING, ...BURN, ...REFUSED, ...LATENCY, ...UNKNOWN]
