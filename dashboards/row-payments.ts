/** Payments: do they go through, and if not, why? Needs the options `results` and `webhooks`. */
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard'
import { LABEL, SERIES } from '../alerts/spelling.ts'
import { NUMBERS } from '../alerts/thresholds.ts'
import {
  MANGOPAY_WEBHOOK_DELIVERY_VALUE_ACKNOWLEDGED as ACKNOWLEDGED,
  MANGOPAY_WEBHOOK_DELIVERY_VALUE_LATE as LATE,
  MANGOPAY_WEBHOOK_DELIVERY_VALUE_REFUSED as REFUSED,
} from '../src/names.ts'
import { RESULT_CODES } from '../src/results/codes.ts'
import { EMPTY, LEVEL_COLOURS, RESULT_COLOURS } from './palette.ts'
import { coloured, dashedLines, lines, stackedBars } from './panels.ts'
import { SCOPE, WINDOW } from './promql.ts'
import { CODE_WORDS } from './result-words.ts'
import { table } from './tables.ts'
import { overTime } from './targets.ts'

const { good, warn, bad, plain } = LEVEL_COLOURS
/** A notification does not tell its environment: only the service can be chosen. */
const HOOKS = `${LABEL.job}=~"$job"`
/** Each thing that happened once, whatever the number of instances and of repeats. */
const ONCE = `${LABEL.delivery}="${ACKNOWLEDGED}"`

const notified = (by: string, matchers: string, window: string, offset = ''): string =>
  `sum by (${by}) (increase(${SERIES.notifications}{${HOOKS}, ${matchers}}[${window}]${offset}))`

const payInsFailed = () => {
  const share = (offset = '') => {
    const of = (types: string) => notified('', `${ONCE}, ${LABEL.eventType}=~"${types}"`, WINDOW.step, offset)
    return `${of('PAYIN_NORMAL_FAILED')} / (${of('PAYIN_NORMAL_(FAILED|SUCCEEDED)')} > 0)`
  }
  return coloured(
    dashedLines(
      lines('payInsFailed', {
        asks: 'Do pay-ins go through?',
        means:
          'Share of the pay-ins ended that have failed, by the notifications of the chosen services, whatever the environment, and the same a day before. Dashed: where the alert pages, if it is also far above the day before.',
        advice: 'Why they fail: see "Failed results by category" and "Why payments fail: codes".',
        empty: EMPTY.noWebhooks,
        unit: 'percentunit',
        width: 8,
        height: 9,
      }),
      [NUMBERS.payInsShare, bad],
    ),
    { failed: bad, 'the day before': plain },
  )
    .max(1)
    .targets([overTime('A', share(), 'failed'), overTime('B', share(' offset 1d'), 'the day before')])
}

const resultsByCategory = () =>
  coloured(
    stackedBars('resultsByCategory', {
      asks: 'Why do payments fail, and who should look?',
      means:
        'Failed results per minute, of pay-ins, payouts, KYC documents and so on. bank_refused: the payer’s bank. authentication: 3-D Secure. abandoned: people do not finish. risk: fraud rules. technical, in red: Mangopay or its processor.',
      advice: 'A wave of one category: its section in the runbook says who should look and what to tell customers.',
      empty: EMPTY.noResults,
      unit: 'cpm',
      width: 8,
      height: 9,
    }),
    RESULT_COLOURS,
  ).targets([
    overTime(
      'A',
      `sum by (${LABEL.resultCategory}) (
  increase(${SERIES.results}{${[...SCOPE.chosen, `${LABEL.resultCategory}!=""`].join(', ')}}[${WINDOW.step}])
) * 60000 / $__rate_interval_ms`,
      `{{${LABEL.resultCategory}}}`,
    ),
  ])

const named = Object.fromEntries(
  [...RESULT_CODES, '_OTHER'].flatMap((code) =>
    CODE_WORDS[code] === undefined ? [] : [[code, `${code} ${CODE_WORDS[code]}`]],
  ),
)

const failureCodes = () =>
  table(
    'failureCodes',
    {
      asks: 'Which codes do payments fail with?',
      means: 'Failed results of the whole range by kind of object and result code. Common codes are told in words.',
      advice: 'Mangopay’s documentation says under Error codes what each of them means.',
      empty: EMPTY.noResults,
      unit: 'short',
      width: 8,
      height: 9,
    },
    [
      { title: 'Object', from: { label: LABEL.resource }, width: 90 },
      { title: 'Code', from: { label: LABEL.resultCode }, least: 130, names: named },
      {
        title: 'Failures',
        from: {
          expr: `sum by (${LABEL.resource}, ${LABEL.resultCode}) (increase(${SERIES.resultFailures}{${SCOPE.services.join(', ')}}[${WINDOW.range}])) > 0.5`,
        },
        unit: 'locale',
        decimals: 0,
        width: 70,
      },
    ],
    { column: 'Failures', descending: true },
  )

const endsByEvent = () =>
  stackedBars('endsByEvent', {
    asks: 'Are payouts and KYC documents refused, and is money sent back?',
    means:
      'Notifications per minute of what ended badly, but for pay-ins: payouts, transfers and refunds that failed, KYC documents refused, payouts sent back. Counted once each, whatever the environment.',
    advice: 'Many failed payouts: look at their codes. Many refused documents: look at what onboarding sends.',
    empty: EMPTY.noWebhooks,
    unit: 'cpm',
    width: 12,
    height: 8,
  }).targets([
    overTime(
      'A',
      `${notified(
        LABEL.eventType,
        `${ONCE}, ${LABEL.eventType}=~".*_(FAILED|REFUSED)|PAYOUT_REFUND_SUCCEEDED", ${LABEL.eventType}!="PAYIN_NORMAL_FAILED"`,
        WINDOW.step,
      )} * 60000 / $__rate_interval_ms`,
      `{{${LABEL.eventType}}}`,
    ),
  ])

const webhookDeliveries = () =>
  coloured(
    stackedBars('webhookDeliveries', {
      asks: 'Does our app hear what Mangopay tells it?',
      means:
        'Notifications per minute by how they were answered. Only acknowledged ones, 200 within two seconds, are not sent again. late and refused come back every ten minutes, and after 100 failures in a row Mangopay disables the hook.',
      advice: 'refused after a deploy: roll it back. late: answer first, work afterwards.',
      empty: EMPTY.noWebhooks,
      unit: 'cpm',
      width: 12,
      height: 8,
    }),
    { [ACKNOWLEDGED]: good, [LATE]: warn, [REFUSED]: bad },
  ).targets([
    overTime(
      'A',
      `sum by (${LABEL.delivery}) (increase(${SERIES.notifications}{${HOOKS}}[${WINDOW.step}])) * 60000 / $__rate_interval_ms`,
      `{{${LABEL.delivery}}}`,
    ),
  ])

/** The row's panels, in reading order. */
export const payments = (): Panel[] =>
  [payInsFailed(), resultsByCategory(), failureCodes(), endsByEvent(), webhookDeliveries()].map((panel) =>
    panel.build(),
  )
