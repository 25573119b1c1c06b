/** What the server of the demo page tells the browser. Types only, so that both sides can import them. */

/** A number for each of some names. */
export type Counts = Readonly<Record<string, number>>

/** One point of all charts. */
export interface Sample {
  /** Epoch milliseconds. */
  time: number
  /** Calls that have failed since the point before, by category. */
  categories: Counts
  /** The same calls by status code or "no response". */
  statuses: Counts
  /** Seconds; absent when no call ended lately. */
  latency?: Percentiles
  quota: readonly QuotaLine[]
}

/** Quantiles of durations, in seconds. */
export interface Percentiles {
  p50: number
  p95: number
  p99: number
}

/** One quota window. */
export interface QuotaLine {
  window: string
  used: number
  limit: number
  /** The library's forecast; absent when the present pace never empties the window. */
  secondsToEmpty?: number
}

/** The strip of numbers on top: the calls that ended lately, and the quota now. */
export interface Tiles {
  /** Length of that time: shorter just after the story began. */
  seconds: number
  calls: number
  /** Failed calls by category, without what a healthy integration meets as well. */
  errors: Counts
  /** Failed calls that `errors` leaves out, by category. */
  leftOut: Counts
  rateLimited: number
  /** Answers of 5xx, by status. */
  serverErrors: Counts
  /** The window with the least share left, and the one that will be used up first, if any. */
  headroom?: { window: string; share: number; soonest?: { window: string; seconds: number } }
  /** Absent without calls. */
  latency?: Percentiles
  /**
   * What became of payments, or of the notifications that tell of them: the worst of it, with the urgency of the alert
   * whose condition holds. Absent while there is none.
   */
  payments?:
    | {
        what: 'pay-ins' | 'payouts' | 'notifications'
        failed: number
        all: number
        seconds: number
        urgency?: 'page' | 'ticket'
      }
    | 'hook disabled'
}

/** One operation since the story began. */
export interface OperationLine {
  operation: string
  calls: number
  failures: number
  status429: number
  status500: number
  /** Seconds. */
  p95?: number
}

/** One count of the library, without calls that never arrived, beside the same count of the server. */
export interface TruthLine {
  what: 'All calls' | '429' | '500'
  library: number
  server: number
}

/** The library's counts held against the server's own log. */
export interface Truth {
  lines: readonly TruthLine[]
  /** Requests that have reached the server and whose end the library has not seen yet. */
  inFlight: number
  /** Calls that failed before they reached the server; only the library can count them. */
  neverArrived: number
  /**
   * `explained`: what the library is behind is in flight. `settling`: it is not, but the two sides are read a moment
   * apart; if it stays so, it `differs`.
   */
  state: 'equal' | 'explained' | 'settling' | 'differs'
}

/** One count of the library beside the same count of the server. */
export interface PaymentLine {
  what: string
  library: number
  server: number
}

/** What became of payments, on both sides, since the story began. */
export interface Payments {
  /** By kind of object: answers of the calls that make one, and how many of these had failed by then. */
  results: readonly (PaymentLine & { failed: PaymentLine })[]
  /** Notifications by how the app answered them. */
  deliveries: readonly PaymentLine[]
  /** Notifications that tell of a failure, acknowledged ones. */
  ends: readonly PaymentLine[]
  /** The code that most answers failed with. */
  why?: { code: string; words: string; count: number }
  /** Notifications that the server has still to send, or to hear the answer of. */
  waiting: number
  /** Notifications that the app answered in time by its own clock, and too late by the server's; absent without any. */
  lateOnTheWay?: number
  /** Whether the server has disabled the hook. */
  isInvalid: boolean
  /** As in {@link Truth}. */
  state: Truth['state']
}

/** Something that has begun or is over. */
export interface StoryEvent {
  time: number
  /** Who says so: a callback of the library, or the condition of an alert rule, looked at by the page. */
  source: 'onSpike' | 'onQuotaLow' | 'alert rule'
  state: 'started' | 'ended'
  /** What it is, in a few words. */
  headline: string
  /** How much, and why. */
  text: string
  /** The alert of the rules file that tells the same story. */
  alert: string
  urgency: 'page' | 'ticket'
}

/** A failed call, with its span as it was exported. */
export interface FailedCall {
  id: number
  category: string
  span: {
    traceId: string
    spanId: string
    name: string
    /** Epoch milliseconds. */
    start: number
    milliseconds: number
    attributes: Readonly<Record<string, unknown>>
    status: string
    message: string
    events: readonly { name: string; attributes: Readonly<Record<string, unknown>> }[]
  }
}

/** What can be played. */
export interface Story {
  name: string
  title: string
  key: string
  look: string
  todo: string
  about: 'calls' | 'payments'
  alerts: readonly string[]
}

/** Everything: for a tab that was just opened or comes back, and anew for all when a story begins, pauses or goes on. */
export interface Hello {
  /**
   * Where the alerts draw their lines: a share of a quota window, and seconds of p95. After how many seconds the app's
   * clients give up. How many seconds what happens lately is about.
   */
  limits: { headroomUsed: number; latencySeconds: number; clientSeconds: number; latelySeconds: number }
  stories: readonly Story[]
  categories: readonly string[]
  playing: { name: string; since: number; isPaused: boolean }
  history: readonly Sample[]
  events: readonly StoryEvent[]
  failed: readonly FailedCall[]
  /** Something is broken, such as the example app having ended. */
  problem?: string
  tick?: Tick
}

/** What is new, about once a second. */
export interface Tick {
  sample: Sample
  tiles: Tiles
  /** Writes whose answer does not tell whether they happened, since the story began. */
  unknownOutcomes: number
  /** Failed calls since the story began. */
  totals: { categories: Counts; statuses: Counts }
  truth?: Truth
  payments?: Payments
  operations: readonly OperationLine[]
}

/** The kinds of server-sent events and what each carries. */
export interface Wire {
  hello: Hello
  tick: Tick
  event: StoryEvent
  failed: readonly FailedCall[]
}
