import type { AlertName } from '../../../alerts/model.ts'
import { buildRules } from '../../../alerts/rules.ts'
import { NUMBERS } from '../../../alerts/thresholds.ts'
import type { AppEvent } from '../../traffic/messages.ts'
import type { PaymentsLately } from './payments.ts'
import type { Lately as CallsLately } from './readings.ts'
import type { Counts, StoryEvent } from './wire.ts'

/** Of an alert with two rules the first counts, which is the more urgent. */
const URGENCIES = new Map(
  buildRules()
    .alerts.toReversed()
    .map(({ alert, urgency }) => [alert, urgency]),
)

/** The last half minute. */
type Lately = CallsLately & PaymentsLately

/** What the calls of a spike are, and the alert that tells of the same. */
const SPIKES: Readonly<Record<SpikeOf['kind'], { calls: string; alert: AlertName }>> = {
  429: { calls: 'were answered 429', alert: 'MangopayRateLimited' },
  500: { calls: 'were answered 500', alert: 'MangopayErrorBudgetBurn' },
  unavailable: { calls: 'failed with a 5xx, a time-out or on the network', alert: 'MangopayFailing' },
}

interface Told {
  /** What it is about: a beginning and its end have the same. */
  key: string
  alert: AlertName
  text: string
}

/**
 * Alerts that no callback of the library tells of. The page looks at them itself: the numbers of the rule, over the last
 * half minute, so that a visitor does not have to wait as long as the rule does.
 */
const RULES: readonly ((lately: Lately) => Told & { holds: boolean })[] = [
  ({ calls, refused }) => ({
    key: 'refused',
    alert: 'MangopayAccessRefused',
    text: `${refused} of ${calls} calls in 30\u00a0s were answered 401 or 403`,
    holds: refused > NUMBERS.refusedCount && refused > NUMBERS.refusedShare * calls,
  }),
  ({ calls, p95 = 0 }) => ({
    key: 'slow',
    alert: 'MangopayLatencyHigh',
    text: `p95 of the calls in 30\u00a0s: ${p95.toFixed(1)}\u00a0s`,
    holds: calls >= NUMBERS.latencyCount && p95 > NUMBERS.latencySeconds,
  }),
  ({ acknowledged }) => {
    const { failed, all } = endedIn(acknowledged, 'PAYIN')
    return {
      key: 'payIns',
      alert: 'MangopayPayInsFailing',
      text: `${failed} of ${all} pay-ins that ended in 30\u00a0s have failed`,
      holds: failed > NUMBERS.payInsCount && failed > NUMBERS.payInsShare * all,
    }
  },
  ({ acknowledged }) => {
    const { failed, all } = endedIn(acknowledged, 'PAYOUT')
    return {
      key: 'payouts',
      alert: 'MangopayPayoutsFailing',
      text: `${failed} of ${all} payouts that ended in 30\u00a0s have failed`,
      holds: failed > NUMBERS.payoutsCount && failed > NUMBERS.payoutsShare * all,
    }
  },
  ({ acknowledged, missed }) => {
    const [type = '', count = 0] =
      Object.entries(missed).find(([type, count]) => count > NUMBERS.hooksCount && !acknowledged[type]) ?? []
    return {
      key: 'hooks',
      alert: 'MangopayWebhooksNotAcknowledged',
      text: `${count} notifications ${type} in 30\u00a0s were refused or answered too late, and none was acknowledged`,
      holds: count > 0,
    }
  },
]

const endedIn = (acknowledged: Counts, kind: 'PAYIN' | 'PAYOUT') => {
  const failed = acknowledged[`${kind}_NORMAL_FAILED`] ?? 0
  return { failed, all: failed + (acknowledged[`${kind}_NORMAL_SUCCEEDED`] ?? 0) }
}

/** Puts what happens into words, and gives the end of a story the alert of its beginning. */
export class Storyteller {
  readonly #begun = new Map<string, AlertName>()

  /** An event of the library as the page shows it. */
  tell(event: AppEvent): StoryEvent {
    const source = event.kind === 'spike' ? 'onSpike' : 'onQuotaLow'
    return this.#tell(
      event.at,
      source,
      event.event.state,
      event.kind === 'spike' ? spike(event.event) : low(event.event),
    )
  }

  /** The alert rules whose conditions have begun or ceased to hold. */
  look(time: number, lately: Lately): StoryEvent[] {
    return RULES.map((rule) => rule(lately))
      .filter(({ key, holds }) => holds !== this.#begun.has(key))
      .map((told) => this.#tell(time, 'alert rule', told.holds ? 'started' : 'ended', told))
  }

  #tell(
    time: number,
    source: StoryEvent['source'],
    state: StoryEvent['state'],
    { key, alert, text }: Told,
  ): StoryEvent {
    const told = (state === 'ended' && this.#begun.get(key)) || alert
    if (state === 'started') this.#begun.set(key, told)
    else this.#begun.delete(key)
    return { time, source, state, text, alert: told, urgency: URGENCIES.get(told) ?? 'ticket' }
  }
}

type SpikeOf = Extract<AppEvent, { kind: 'spike' }>['event']
type QuotaOf = Extract<AppEvent, { kind: 'quota' }>['event']

// With spaces that do not break: a line may not begin with a unit.
const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)}\u00a0%`

const duration = (seconds: number): string =>
  seconds < 120 ? `${Math.round(seconds)}\u00a0s` : `${Math.round(seconds / 60)}\u00a0min`

const spike = ({ kind, environment, count, ratio }: SpikeOf): Told => ({
  key: `${environment} ${kind}`,
  alert: SPIKES[kind].alert,
  text: `${count} calls in a minute (${percent(ratio)}) ${SPIKES[kind].calls}`,
})

const low = ({ window, environment, account = '', remaining, limit, secondsToEmpty }: QuotaOf): Told => {
  const used = 1 - remaining / limit
  const soon = secondsToEmpty !== undefined && secondsToEmpty > 0
  return {
    key: `${environment} ${account} ${window}`,
    alert: quotaAlert(window, used),
    text: `${window} quota: ${percent(used)} used${soon ? `, empty in ${duration(secondsToEmpty)}` : ''}`,
  }
}

const quotaAlert = (window: string, used: number): AlertName => {
  if (window === '24h' && used >= NUMBERS.nearlyEmptyUsed) return 'MangopayRateLimitNearlyEmpty'
  return used >= NUMBERS.headroomUsed ? 'MangopayRateLimitHeadroomLow' : 'MangopayRateLimitExhaustionPredicted'
}
