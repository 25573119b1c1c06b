import {
  MANGOPAY_ERROR_CATEGORY_VALUE_AUTHENTICATION,
  MANGOPAY_ERROR_CATEGORY_VALUE_AUTHORIZATION,
  MANGOPAY_ERROR_CATEGORY_VALUE_NETWORK,
  MANGOPAY_ERROR_CATEGORY_VALUE_SERVER_ERROR,
  MANGOPAY_ERROR_CATEGORY_VALUE_TIMEOUT,
} from 'opentelemetry-mangopay/names'
import type { AlertName } from '../../../alerts/model.ts'
import { buildRules } from '../../../alerts/rules.ts'
import { NUMBERS } from '../../../alerts/thresholds.ts'
import type { AppEvent } from '../../traffic/messages.ts'
import { type PaymentsLately, troublesIn } from './payments.ts'
import type { StoryEvent, Tiles } from './wire.ts'

/** Of an alert with two rules the first counts, which is the more urgent. */
const URGENCIES = new Map(
  buildRules()
    .alerts.toReversed()
    .map(({ alert, urgency }) => [alert, urgency]),
)

/** Calls per second that keep one process of an app busy, whatever Mangopay does. */
const BUSY = 30

/** What of late is looked at. */
type Lately = Tiles & PaymentsLately

/** What a spike is called, what its calls got, and the alert that tells of the same. */
const SPIKES: Readonly<Record<SpikeOf['kind'], { headline: string; got: string; alert: AlertName }>> = {
  429: { headline: 'frequent 429s', got: 'were answered 429', alert: 'MangopayRateLimited' },
  500: { headline: 'frequent 500s', got: 'were answered 500', alert: 'MangopayErrorBudgetBurn' },
  unavailable: {
    headline: 'many calls without a proper answer',
    got: 'got a 5xx, a time-out or a broken connection',
    alert: 'MangopayFailing',
  },
}

interface Told {
  /** What it is about: a beginning and its end have the same. */
  key: string
  alert: AlertName
  headline: string
  text: string
}

/**
 * Alerts that no callback of the library tells of. The page looks at them itself: the numbers of the rule, over what it
 * calls lately, so that a visitor does not have to wait as long as the rule does.
 */
const RULES: readonly ((lately: Lately) => Told & { holds: boolean })[] = [
  ({ calls, errors, seconds }) => {
    const refused =
      (errors[MANGOPAY_ERROR_CATEGORY_VALUE_AUTHENTICATION] ?? 0) +
      (errors[MANGOPAY_ERROR_CATEGORY_VALUE_AUTHORIZATION] ?? 0)
    return {
      key: 'refused',
      alert: 'MangopayAccessRefused',
      headline: 'our key or rights are refused',
      text: `${number(refused)} of the ${number(calls)} calls in ${duration(seconds)} were answered 401 or 403.`,
      holds: refused > NUMBERS.refusedCount && refused > NUMBERS.refusedShare * calls,
    }
  },
  ({ calls, errors, latency, seconds }) => {
    const p95 = latency?.p95 ?? 0
    const timeouts = errors[MANGOPAY_ERROR_CATEGORY_VALUE_TIMEOUT] ?? 0
    const given = timeouts > 0 ? ` The app gave up on ${number(timeouts)} of them.` : ''
    const holds = calls >= NUMBERS.latencyCount && p95 > NUMBERS.latencySeconds
    const pace = calls / seconds
    const busy = pace > BUSY ? ` At ${number(Math.round(pace))} calls a second it may be the app that is slow.` : ''
    return {
      key: 'slow',
      alert: 'MangopayLatencyHigh',
      headline: 'slow answers',
      text: `p95 of the ${number(calls)} calls in ${duration(seconds)}: ${p95.toFixed(1)}\u00a0s.${holds ? given + busy : ''}`,
      holds,
    }
  },
  ...(['pay-ins', 'payouts', 'notifications'] as const).map((what) => (lately: Lately) => {
    const trouble = troublesIn(lately).find((each) => each.what === what)
    const { alert = 'MangopayPayInsFailing', failed = 0, all = 0, holds = false } = trouble ?? {}
    const isHook = what === 'notifications'
    return {
      key: what,
      alert,
      headline: isHook ? 'notifications are missed' : `${what} fail`,
      text: isHook
        ? `${failed} of ${all} notifications in 30\u00a0s were refused or answered too late.`
        : `${failed} of ${all} ${what} that ended in 30\u00a0s have failed.`,
      holds,
    }
  }),
]

/** Puts what happens into words, and gives the end of a story the alert of its beginning. */
export class Storyteller {
  readonly #begun = new Map<string, AlertName>()

  /**
   * An event of the library as the page shows it.
   *
   * @param lately What the page knows about the calls it tells of.
   */
  tell(event: AppEvent, lately?: Tiles): StoryEvent {
    const { at, kind, event: own } = event
    if (kind === 'quota') return this.#tell(at, 'onQuotaLow', own.state, low(own))
    const told = spike(own)
    const why = own.kind === 'unavailable' && own.state === 'started' ? this.#why(lately) : ''
    return this.#tell(at, 'onSpike', own.state, { ...told, text: told.text + why })
  }

  /** The alert rules whose conditions have begun or ceased to hold. */
  look(time: number, lately: Lately): StoryEvent[] {
    return RULES.map((rule) => rule(lately))
      .filter(({ key, holds }) => holds !== this.#begun.has(key))
      .map((told) => this.#tell(time, 'alert rule', told.holds ? 'started' : 'ended', told))
  }

  /** Time-outs are the app's own doing: whether Mangopay is to blame shows in what else there is. */
  #why(lately: Tiles | undefined): string {
    const of = (category: string) => lately?.errors[category] ?? 0
    const timeouts = of(MANGOPAY_ERROR_CATEGORY_VALUE_TIMEOUT)
    const others = of(MANGOPAY_ERROR_CATEGORY_VALUE_SERVER_ERROR) + of(MANGOPAY_ERROR_CATEGORY_VALUE_NETWORK)
    if (timeouts <= others) return ''
    const isFlooded = [...this.#begun.values()].includes(SPIKES[429].alert)
    return isFlooded && others === 0
      ? ' The latest are all time-outs: the app gave up waiting. It is busy with its own retries; Mangopay is not down.'
      : ' The latest are mostly time-outs: the app gave up waiting.'
  }

  #tell(
    time: number,
    source: StoryEvent['source'],
    state: StoryEvent['state'],
    { key, alert, headline, text }: Told,
  ): StoryEvent {
    const told = (state === 'ended' && this.#begun.get(key)) || alert
    if (state === 'started') this.#begun.set(key, told)
    else this.#begun.delete(key)
    return { time, source, state, headline, text, alert: told, urgency: URGENCIES.get(told) ?? 'ticket' }
  }
}

type SpikeOf = Extract<AppEvent, { kind: 'spike' }>['event']
type QuotaOf = Extract<AppEvent, { kind: 'quota' }>['event']

// With spaces that do not break: a line may not begin with a unit.
const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)}\u00a0%`

const number = (count: number): string => count.toLocaleString('en')

const duration = (seconds: number): string =>
  seconds < 120 ? `${Math.round(seconds)}\u00a0s` : `${Math.round(seconds / 60)}\u00a0min`

/** 15 min for 15m. */
const windowName = (window: string): string => window.replace(/m$/, '\u00a0min').replace(/h$/, '\u00a0h')

const spike = ({ kind, environment, count }: SpikeOf): Told => {
  const { headline, got, alert } = SPIKES[kind]
  return { key: `${environment} ${kind}`, alert, headline, text: `${number(count)} calls of the last minute ${got}.` }
}

const low = ({ window, environment, account = '', remaining, limit, secondsToEmpty }: QuotaOf): Told => {
  const used = 1 - remaining / limit
  const soon = secondsToEmpty !== undefined && secondsToEmpty > 0
  return {
    key: `${environment} ${account} ${window}`,
    alert: quotaAlert(window, used),
    headline: `${windowName(window)} quota runs low`,
    text: `${percent(used)} is used${soon ? `; at this pace all of it in ${duration(secondsToEmpty)}` : ''}.`,
  }
}

const quotaAlert = (window: string, used: number): AlertName => {
  if (window === '24h' && used >= NUMBERS.nearlyEmptyUsed) return 'MangopayRateLimitNearlyEmpty'
  return used >= NUMBERS.headroomUsed ? 'MangopayRateLimitHeadroomLow' : 'MangopayRateLimitExhaustionPredicted'
}
