import type { AlertName } from '../../../alerts/model.ts'
import { buildRules } from '../../../alerts/rules.ts'
import { NUMBERS } from '../../../alerts/thresholds.ts'
import type { AppEvent } from '../../traffic/messages.ts'
import type { StoryEvent } from './wire.ts'

/** Of an alert with two rules the first counts, which is the more urgent. */
const URGENCIES = new Map(
  buildRules()
    .alerts.toReversed()
    .map(({ alert, urgency }) => [alert, urgency]),
)

/** What the calls of a spike are called. */
const SPIKES = {
  429: 'of calls answered 429',
  500: 'of calls answered 500',
  unavailable: 'of calls without a good answer (5xx, time-out, network)',
} as const

/** The alert that tells of the same. */
const SPIKE_ALERTS = {
  429: 'MangopayRateLimited',
  500: 'MangopayErrorBudgetBurn',
  unavailable: 'MangopayFailing',
} as const satisfies Record<keyof typeof SPIKES, AlertName>

/** Puts the library's events into words, and gives the end of a story the alert of its beginning. */
export class Storyteller {
  #id = 0
  readonly #begun = new Map<string, AlertName>()

  /** The event as the page shows it. */
  tell(event: AppEvent): StoryEvent {
    const { key, alert, text } = event.kind === 'spike' ? spike(event.event) : quotaLow(event.event)
    const { state } = event.event
    const told = (state === 'ended' && this.#begun.get(key)) || alert
    this.#begun.set(key, told)
    this.#id++
    return {
      id: this.#id,
      time: event.at,
      callback: event.kind === 'spike' ? 'onSpike' : 'onQuotaLow',
      state,
      text,
      alert: told,
      urgency: URGENCIES.get(told) ?? 'ticket',
    }
  }
}

interface Told {
  key: string
  alert: AlertName
  text: string
}

type SpikeOf = Extract<AppEvent, { kind: 'spike' }>['event']
type QuotaOf = Extract<AppEvent, { kind: 'quota' }>['event']

// With spaces that do not break: a line may not begin with a unit.
const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)}\u00a0%`

const spike = ({ kind, environment, count, ratio }: SpikeOf): Told => ({
  key: `${environment} ${kind}`,
  alert: SPIKE_ALERTS[kind],
  text: `${percent(ratio)} ${SPIKES[kind]}, ${count} in a minute`,
})

const quotaLow = ({ window, environment, account = '', remaining, limit, secondsToEmpty }: QuotaOf): Told => {
  const used = 1 - remaining / limit
  const soon = secondsToEmpty !== undefined && secondsToEmpty > 0
  return {
    key: `${environment} ${account} ${window}`,
    alert: quotaAlert(window, used),
    text: `${window} window ${percent(used)} used${soon ? `, empty in ${duration(secondsToEmpty)}` : ''}`,
  }
}

const quotaAlert = (window: string, used: number): AlertName => {
  if (window === '24h' && used >= NUMBERS.nearlyEmptyUsed) return 'MangopayRateLimitNearlyEmpty'
  return used >= NUMBERS.headroomUsed ? 'MangopayRateLimitHeadroomLow' : 'MangopayRateLimitExhaustionPredicted'
}

const duration = (seconds: number): string =>
  seconds < 120 ? `${Math.round(seconds)}\u00a0s` : `${Math.round(seconds / 60)}\u00a0min`
