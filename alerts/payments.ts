/**
 * Alerts about payments: how many fail, as Mangopay's notifications tell (option `webhooks`), and why, as its answers do
 * (option `results`). Without these options the series do not exist and the alerts are silent.
 */

import {
  MANGOPAY_WEBHOOK_DELIVERY_VALUE_ACKNOWLEDGED as ACKNOWLEDGED,
  MANGOPAY_RESULT_CATEGORY_VALUE_AUTHENTICATION as AUTHENTICATION,
  MANGOPAY_RESULT_CATEGORY_VALUE_TECHNICAL as TECHNICAL,
} from '../src/names.ts'
import type { AlertRule, RuleContext } from './model.ts'
import { LABEL, SERIES } from './spelling.ts'

/** Of a service, and of an environment where option `webhooks` names it: a notification does not tell it. */
const BY_JOB = `${LABEL.job}, ${LABEL.environment}`
const BY_HOOK = `${BY_JOB}, ${LABEL.eventType}`
const BY_ENV = LABEL.environment
/** Acknowledged ones come once, whatever the number of instances. */
const ONCE = `${LABEL.delivery}="${ACKNOWLEDGED}"`
/** What is usual: the day before. Not the same hour last week: a small shop has too few payments in an hour. */
const DAY = 1_440

/** How many, in a span, by these labels. */
const countIn = (by: string, series: string, matchers: string, span: string, offset = ''): string =>
  `sum by (${by}) (increase(${series}${matchers === '' ? '' : `{${matchers}}`}[${span}]${offset}))`

const ended = (kind: 'PAYIN_NORMAL' | 'PAYOUT_NORMAL' | 'KYC') => ({
  failed: `${ONCE}, ${LABEL.eventType}="${kind}_FAILED"`,
  all: `${ONCE}, ${LABEL.eventType}=~"${kind}_(FAILED|SUCCEEDED)"`,
})

/** Alerts on payments. */
export const paymentAlerts = ({ numbers: n, span }: RuleContext): AlertRule[] => {
  const notified = (matchers: string, minutes: number, by: string = BY_JOB, offset = '') =>
    countIn(by, SERIES.notifications, matchers, span(minutes), offset)
  const refused = `${LABEL.delivery}!="${ACKNOWLEDGED}"`
  const payIns = ended('PAYIN_NORMAL')
  const payouts = ended('PAYOUT_NORMAL')
  const documents = ended('KYC')
  const shareOf = ({ failed, all }: ReturnType<typeof ended>, minutes: number, offset = '') =>
    `${notified(failed, minutes, BY_JOB, offset)} / ${notified(all, minutes, BY_JOB, offset)}`
  const results = (matchers: string, minutes: number, offset = '') =>
    countIn(BY_ENV, SERIES.results, matchers, span(minutes), offset)
  const technical = results(`${LABEL.resultCategory}="${TECHNICAL}"`, n.technicalSpan)
  const ofPayIns = `${LABEL.resource}="pay_in"`
  const authentication = (minutes: number, offset = '') =>
    results(`${ofPayIns}, ${LABEL.resultCategory}="${AUTHENTICATION}"`, minutes, offset)
  const authenticationShare = (minutes: number, offset = '') =>
    `${authentication(minutes, offset)} / ${results(`${ofPayIns}, ${LABEL.resultStatus}=~"FAILED|SUCCEEDED"`, minutes, offset)}`
  return [
    {
      alert: 'MangopayPayInsFailing',
      urgency: 'page',
      expr: `${shareOf(payIns, n.payInsSpan)} > ${n.payInsShare}
and ${notified(payIns.failed, n.payInsSpan)} > ${n.payInsCount}
and ${notified(payIns.all, DAY, BY_JOB, ` offset ${span(n.payInsSpan)}`)} > ${n.payInsKnown}
unless ${shareOf(payIns, n.payInsSpan)} <= ${n.payInsTimes} * ${shareOf(payIns, DAY, ` offset ${span(n.payInsSpan)}`)}`,
      forMinutes: n.payInsFor,
      keepFiringForMinutes: n.payInsKeep,
      mayBeAbsent: [SERIES.notifications],
      description: ({ value, where }) =>
        `${value('share')} of the pay-ins${where('job')} that ended in the last minutes have failed, far more than the day before. The category of their results tells why: bank_refused of one bank is the bank; authentication is 3-D Secure or our redirect; abandoned after a deploy is our checkout; technical is Mangopay or its processor.`,
    },
    {
      alert: 'MangopayPayoutsFailing',
      urgency: 'ticket',
      expr: `${shareOf(payouts, n.payoutsSpan)} > ${n.payoutsShare}
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
      expr: `${technical} / ${results('', n.technicalSpan)} > ${n.technicalShare}
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
unless ${notified(ONCE, n.hooksNone, BY_HOOK)} > 0`,
      forMinutes: n.hooksFor,
      keepFiringForMinutes: n.hooksKeep,
      mayBeAbsent: [SERIES.notifications],
      description: ({ value, label, where }) =>
        `${value('count')} notifications ${label(LABEL.eventType)}${where('job')} of the last half hour were refused or answered too late, and for a quarter of an hour not one was acknowledged. Mangopay sends them again for three days; after 100 failures in a row it disables the hook, and nothing comes any more.`,
    },
    {
      alert: 'MangopayThreeDsFailing',
      urgency: 'page',
      expr: `${authenticationShare(n.threeDsSpan)} > ${n.threeDsShare}
and ${authentication(n.threeDsSpan)} > ${n.threeDsCount}
unless ${authenticationShare(n.threeDsSpan)} <= ${n.threeDsTimes} * ${authenticationShare(DAY, ` offset ${span(n.threeDsSpan)}`)}`,
      forMinutes: n.threeDsFor,
      keepFiringForMinutes: n.threeDsKeep,
      mayBeAbsent: [SERIES.results],
      description: ({ value, where }) =>
        `${value('share')} of the pay-ins${where()} whose end is known have failed in the last minutes because the cardholder was not authenticated (3-D Secure), far more than the day before. After a deploy it may be our redirect; else it is the server of the card issuers.`,
    },
    {
      alert: 'MangopayKycRefused',
      urgency: 'ticket',
      expr: `${shareOf(documents, n.kycSpan)} > ${n.kycShare}
and ${notified(documents.failed, n.kycSpan)} > ${n.kycCount}
and ${notified(documents.all, DAY, BY_JOB, ` offset ${span(n.kycSpan)}`)} > ${n.kycKnown}
and ${notified(documents.failed, n.lately)} > 0
unless ${shareOf(documents, n.kycSpan)} <= ${n.kycTimes} * ${shareOf(documents, DAY, ` offset ${span(n.kycSpan)}`)}`,
      forMinutes: n.kycFor,
      keepFiringForMinutes: n.kycKeep,
      mayBeAbsent: [SERIES.notifications],
      description: ({ value, where }) =>
        `${value('share')} of the KYC documents${where('job')} that were looked at in the last hours have been refused, far more than the day before. Their owners cannot be paid out. Read a few of them: the reason is in RefusedReasonType.`,
    },
  ]
}
