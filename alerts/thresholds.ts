/**
 * Every number an alert depends on, with the reason for it. To change one, change it here, run `npm run render`, and
 * `npm run simulate` to see what it does in incidents. `docs/alerts.md` shows them and says how to change the shipped file.
 */

/** A number of an alert and why it is that number. */
export interface Threshold {
  value: number
  /** `share`: 0 to 1. `count`: calls. `minutes`: a span, a `for` or a `keep_firing_for`. `factor`: a multiple. */
  unit: 'share' | 'count' | 'minutes' | 'factor'
  reason: string
}

const share = (value: number, reason: string): Threshold => ({ value, unit: 'share', reason })
const count = (value: number, reason: string): Threshold => ({ value, unit: 'count', reason })
const minutes = (value: number, reason: string): Threshold => ({ value, unit: 'minutes', reason })
const factor = (value: number, reason: string): Threshold => ({ value, unit: 'factor', reason })

/**
 * The numbers. Counts are no whole numbers because `increase()` extrapolates: the step from 0 to 1 shows as 0.8, so three
 * first errors may be 2.4 and four 3.2.
 */
export const THRESHOLDS = {
  lately: minutes(
    14,
    'A bad call shows in a count for five minutes more: 19 minutes after the last one nothing says it goes on.',
  ),
  lowSpan: minutes(90, 'Shows what the traffic is at a few calls an hour, when five minutes are mostly empty.'),
  lowCalls: count(
    45,
    'Thirty calls an hour. With fewer, the rules for low traffic watch; with more, five minutes hold enough.',
  ),
  lowNow: count(9.5, 'Ten calls in five minutes are not few, whatever the last hour was: a start, a night that ends.'),
  lowFor: minutes(5, 'A start, or the first minute of a burst, looks like few calls.'),
  lowKeep: minutes(
    60,
    'At three calls an hour an hour without a bad call is the least that proves something; with less one outage is many pages.',
  ),

  rateLimitedShare: share(0.01, 'One 429 in a hundred calls is more than a lost race at the edge of a window.'),
  rateLimitedCount: count(2.3, 'Three: one stray 429 of four night calls is 25 % and still nothing.'),
  rateLimitedKeep: minutes(
    15,
    'A retry loop is limited in waves of the shortest window; without this one storm is many pages.',
  ),
  rateLimitedLowShare: share(0.5, 'Low traffic, share of the 90 minutes: the quota is gone, not brushed.'),
  rateLimitedLowMemory: minutes(
    240,
    'Three refusals at three calls an hour; with an hour it paged three times in one night.',
  ),

  predictedKeep: minutes(15, 'The length of the shortest window: a batch near the limit is one warning, not six.'),
  predictedFull: share(
    1,
    'Forecast over limit: empty. 99 % warns a ramp 1.5 minutes earlier, and of 48 loads that fit 6 instead of 3.',
  ),
  predictedGuard: share(
    0.25,
    '15m window: a burst at start-up is steep and harmless; but 3 calls/s from nothing use a quarter in 3 min.',
  ),
  predictedGuardLong: share(
    0.5,
    'Longer windows: half of them left is a quarter of an hour at least, whatever the pace.',
  ),

  headroomUsed: share(0.9, 'A healthy 1.0 call/s is 82 % of the 24 h window for ever: 80 % would never resolve.'),
  headroomFor: minutes(5, 'The end of a batch brushes the limit for a few minutes.'),
  headroomKeep: minutes(10, 'Readings wander around the limit.'),
  emptying: share(0.03, 'Of the day’s limit, in four hours: 13 calls a minute less than what leaves. Less is noise.'),
  nearlyEmptyUsed: share(0.97, 'At the sustainable 1.22 calls/s 3 % of a day is 43 minutes; no batch may start now.'),
  nearlyEmptyFor: minutes(2, 'Two newer readings say the same.'),
  nearlyEmptyKeep: minutes(15, 'The day window moves slowly; one page, not one per swing.'),

  nothingFastCount: count(9.5, 'Ten failures in five minutes and no success: one unlucky customer does not make ten.'),
  nothingMediumSpan: minutes(
    25,
    'Five failures at thirty calls an hour take ten minutes; the rest keeps small accounts calm.',
  ),
  nothingMediumCount: count(4.5, 'Five in a row, of any service of the environment.'),
  nothingLowCount: count(3.1, 'Low traffic: four failures; three are not rare enough on a noisy line.'),
  nothingLowMemory: minutes(
    240,
    'Four failures at three calls an hour; with 90 minutes it fell silent while the outage lasted.',
  ),
  nothingFor: minutes(1, 'One more evaluation.'),
  nothingKeep: minutes(10, 'One lucky answer in an outage is not its end.'),

  failingShare: share(0.1, 'Mangopay on a bad but bearable day stays under a few per cent.'),
  failingCount: count(9.5, 'Ten failures in five minutes: half of four night calls is no page.'),
  failingFor: minutes(3, 'A failed rolling deploy at the edge is over by then.'),
  failingKeep: minutes(10, 'Outages breathe; 30 calls an hour flapped ten times without.'),

  burnBudget: share(0.005, 'What a third party may fail: 99.5 % is promised to our own users on top of it.'),
  burnFast: factor(14.4, 'Two per cent of 30 days of budget in one hour.'),
  burnFastSpan: minutes(60, 'Long window of the fast pair.'),
  burnFastFor: minutes(2, 'Skips a single odd evaluation.'),
  burnSlow: factor(6, 'Five per cent of 30 days of budget in six hours.'),
  burnSlowSpan: minutes(360, 'Long window of the slow pair.'),
  burnSlowShortSpan: minutes(30, 'Short window of the slow pair: ends the alert when the trouble ends.'),
  burnSlowFor: minutes(15, 'A ticket may wait for a quarter of an hour of proof.'),
  burnCount: count(9.5, 'Ten errors: on a small account one error is already 10 % of an hour.'),
  burnFastKeep: minutes(10, 'The five-minute window swings at low traffic.'),
  burnSlowKeep: minutes(60, 'A slow leak is a few errors an hour; one ticket, not one per error.'),

  refusedSpan: minutes(10, 'Five refusals at thirty calls an hour take ten minutes.'),
  refusedCount: count(4.5, 'Five: one stale token gives one or two 401s and is renewed.'),
  refusedShare: share(0.2, 'End users asked for SCA look like 401s when the hook is missing; they are a few per cent.'),
  refusedFor: minutes(1, 'One more evaluation.'),
  refusedKeep: minutes(5, 'A replaced key reaches the processes one by one.'),

  latencySeconds: factor(
    2.5,
    'Seconds of p95, a bucket boundary so that no interpolation decides: a checkout that waits longer is left.',
  ),
  latencySpan: minutes(10, 'Enough calls for a quantile on a small account.'),
  latencyCount: count(20, 'Below twenty calls p95 is the slowest call.'),
  latencyFor: minutes(5, 'A slow report at the top of the hour is over by then.'),
  latencyKeep: minutes(10, 'A quantile near its threshold swings.'),

  unknownSpan: minutes(60, 'What belongs to one piece of trouble.'),
  unknownCount: count(4.5, 'Five writes: single ones are the panel’s business, five are a list to work off.'),
  unknownKeep: minutes(120, 'The writes stay unsettled until somebody has looked; the outage may be over by then.'),

  payInsShare: share(0.5, 'More fail than succeed. A shop may well live with a third refused.'),
  payInsCount: count(9.5, 'Ten: three refusals at night are three customers.'),
  payInsTimes: factor(
    1.5,
    'Times the share of the day before: a shop that is always at 55 % refused is not paged for 60.',
  ),
  payInsKnown: count(
    50,
    'Pay-ins of the day before: of fewer nobody can say what is usual, as in the first minutes of a shop.',
  ),
  payInsSpan: minutes(15, 'Ten failures at a payment a minute.'),
  payInsFor: minutes(5, 'One batch of card tests is over by then.'),
  payInsKeep: minutes(15, 'The length of the span: a wave that comes back is one page.'),

  payoutsShare: share(0.1, 'Payouts go to accounts that were checked; one in ten is no wrong IBAN.'),
  payoutsCount: count(2.3, 'Three: one wrong IBAN is one customer, and may be tried twice.'),
  payoutsSpan: minutes(60, 'Payouts end in batches of the bank, some an hour.'),
  payoutsFor: minutes(2, 'A restart of Prometheus can make one look see half of the notifications.'),
  payoutsKeep: minutes(60, 'A list to work off, not one ticket for each batch.'),

  technicalShare: share(0.05, 'Never usual; one in twenty is no single bank of a single customer.'),
  technicalCount: count(4.5, 'Five: 009199 is also said of a card that is not supported.'),
  technicalSpan: minutes(15, 'As for pay-ins.'),
  technicalFor: minutes(2, 'One more evaluation.'),
  technicalKeep: minutes(15, 'As for pay-ins.'),

  hooksCount: count(4.5, 'Five of one type: one that is refused comes again three times in half an hour.'),
  hooksSpan: minutes(30, 'Three repeats of Mangopay’s; and refusals are remembered after the hook was disabled.'),
  hooksNone: minutes(15, 'None acknowledged for so long: what a deploy refused is repeated after ten minutes.'),
  hooksFor: minutes(12, 'A burst that a deploy refused comes again after ten minutes, and then it is acknowledged.'),
  hooksKeep: minutes(30, 'Until the next repeats tell whether it works again.'),

  threeDsShare: share(0.3, 'One in three; on any day it is some per cent.'),
  threeDsCount: count(9.5, 'As for pay-ins.'),
  threeDsTimes: factor(1.5, 'As for pay-ins.'),
  threeDsSpan: minutes(15, 'As for pay-ins.'),
  threeDsFor: minutes(5, 'As for pay-ins.'),
  threeDsKeep: minutes(15, 'As for pay-ins.'),

  kycShare: share(0.6, 'One in three is usual, and half of a dozen is chance.'),
  kycCount: count(9.5, 'Ten: five of seven come by chance every other week.'),
  kycTimes: factor(1.5, 'As for pay-ins.'),
  kycKnown: count(10, 'Documents of the day before: of fewer nobody can say what is usual.'),
  kycSpan: minutes(360, 'Documents are looked at by people, in office hours.'),
  kycFor: minutes(2, 'As for payouts.'),
  kycKeep: minutes(360, 'The span: one ticket, not one for each document.'),

  missingSpan: minutes(1_440, 'A day: tells a service that always reports from one that ran once.'),
  missingMinutes: count(
    1_000,
    'Minutes with data, more than 16 hours of the day: a cron job of ten hours may end in peace.',
  ),
  missingCalls: count(500, 'Calls of the day; so a quarter of an hour without one is no accident.'),
  missingFor: minutes(10, 'A deploy without overlap and a restarted collector are over by then.'),
  missingFewCalls: count(
    50,
    'Calls of the day. A new process shows nothing before its first call; below this that may take hours.',
  ),
  missingFewSpan: minutes(120, 'Two hours without a call are no accident at fifty a day.'),
} as const satisfies Record<string, Threshold>

/** Just the numbers, by name: what the builders take, so that a test can change one. */
export type Numbers = { readonly [Name in keyof typeof THRESHOLDS]: number }

/** The shipped numbers. */
export const NUMBERS: Numbers = Object.fromEntries(
  Object.entries(THRESHOLDS).map(([name, { value }]) => [name, value]),
) as Numbers
