/**
 * Alerts about payments: how many fail, as Mangopay's notifications tell (option `webhooks`), and why, as its answers do
 * (option `results`). Without these options the series do not exist and the alerts are silent.
 */

import {
  MANGOPAY_WEBHOOK_DELIVERY_VALUE_ACKNOWLEDGED as ACKNOWLEDGED,
  MANGOPAY_RESULT_CATEGORY_VALUE_TECHNICAL as TECHNICAL,
} from '../src/names.ts'
import type { AlertRule, RuleContext } from './model.ts'
import { LABEL, SERIES } from './spelling.ts'

/** A notification does not tell its environment, so these are of a service. */
const BY_JOB = LABEL.job
const BY_HOOK = `${LABEL.job}, ${LABEL.eventType}`
const BY_ENV = LABEL.environment
/** Acknowledged ones come once, whatever the number of instances. */
const ONCE = `${LABEL.delivery}="${ACKNOWLEDGED}"`
/** What is usual: the day before. Not the same hour last week: a small shop has too few payments in an hour. */
const DAY = 1_440

/** How many, in a span, by these labels. */
const countIn = (by: string, series: string, matchers: string, span: string, offset = ''): string =>
  `sum by (${by}) (increase(${series}${matchers === '' ? '' : `{${matchers}}`}[${span}]${offset}))`

const ended = (kind: 'PAYIN' | 'PAYOUT') => ({
  failed: `${ONCE}, ${LABEL.eventType}="${kind}_NORMAL_FAILED"`,
  all: `${ONCE}, ${LABEL.eventType}=~"${kind}_NORMAL_(FAILED|SUCCEEDED)"`,
})

/** Alerts on payments. */
export const paymentAlerts = ({ numbers: n, span }: RuleContext): AlertRule[] => {
  const notified = (matchers: string, minutes: number, by: string = BY_JOB, offset = '') =>
    countIn(by, SERIES.notifications, matchers, span(minutes), offset)
  const refused = `${LABEL.delivery}!="${ACKNOWLEDGED}"`
  const payIns = ended('PAYIN')
  const payouts = ended('PAYOUT')
  const failedShare = (minutes: number, offset = '') =>
    `${notified(payIns.failed, minutes, BY_JOB, offset)} / ${notified(payIns.all, minutes, BY_JOB, offset)}`
  const results = (matchers: string) => countIn(BY_ENV, SERIES.results, matchers, span(n.technicalSpan))
  const technical = results(`${LABEL.resultCategory}="${TECHNICAL}"`)
  return [
    {
      alert: 'MangopayPayInsFailing',
      urgency: 'page',
      expr: `${failedShare(n.payInsSpan)} > ${n.payInsShare}
and ${notified(payIns.failed, n.payInsSpan)} > ${n.payInsCount}
unless ${failedShare(n.payInsSpan)} <= ${n.payInsTimes} * ${failedShare(DAY, ` offset ${span(n.payInsSpan)}`)}`,
      forMinutes: n.payInsFor,
      keepFiringForMinutes: n.payInsKeep,
      mayBeAbsent: [SERIES.notifications],
      description: ({ value, where }) =>
        `${value('share')} of the pay-ins${where('job')} that ended in the last minutes have failed, far more than the day before. The category of their results tells why: bank_refused of one bank is the bank; authentication is 3-D Secure or our redirect; abandoned after a deploy is our checkout; technical is Mangopay or its processor.`,
    },
    {
      alert: 'MangopayPayoutsFailing',
      urgency: 'ticket',
      expr: `${notified(payouts.failed, n.payoutsSpan)} / ${notified(payouts.all, n.payoutsSpan)} > ${n.payoutsShare}
and ${notified(payouts.failed, n.payoutsSpan)} > ${n.payoutsCount}
and ${notified(payouts.failed, n.lately)} > 0`,
      forMinutes: n.payoutsFor,
      keepFiringForMinutes: n.payoutsKeep,
      mayBeAbsent: [SERIES.notifications],
      description: ({ value, where }) =>
        `${value('share')} of the payouts${where('job')} that ended in the last hour have failed: the money is back in the wallets, and their owners do not know. The dashboard lists their codes.`,
    },
    {
      alert: 'MangopayPaymentsTechnical',
      urgency: 'page',
      expr: `${technical} / ${results('')} > ${n.technicalShare}
and ${technical} > ${n.technicalCount}`,
      forMinutes: n.technicalFor,
      keepFiringForMinutes: n.technicalKeep,
      mayBeAbsent: [SERIES.results],
      description: ({ value, where }) =>
        `${value('share')} of the results${where()} of the last minutes failed for technical reasons: Mangopay, its processor or a bank. The API itself answers 200. Look at status.mangopay.com and at the codes; code 009199 alone may also be a card that is not supported.`,
    },
    {
      alert: 'MangopayWebhooksNotAcknowledged',
      urgency: 'page',
      expr: `${notified(refused, n.hooksSpan, BY_HOOK)} > ${n.hooksCount}
and ${notified(refused, n.lately, BY_HOOK)} > 0
unless ${notified(ONCE, n.hooksSpan, BY_HOOK)} > 0`,
      forMinutes: 0,
      keepFiringForMinutes: n.hooksKeep,
      mayBeAbsent: [SERIES.notifications],
      description: ({ value, label, where }) =>
        `${value('count')} notifications ${label(LABEL.eventType)}${where('job')} of the last half hour were refused or answered too late, and not one was acknowledged. Mangopay sends them again for three days; after 100 failures in a row it disables the hook, and nothing comes any more.`,
    },
  ]
}
