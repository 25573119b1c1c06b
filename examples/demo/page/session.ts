import {
  ATTR_MANGOPAY_ERROR_CATEGORY,
  METRIC_MANGOPAY_CLIENT_RATE_LIMIT_LIMIT,
  METRIC_MANGOPAY_CLIENT_RATE_LIMIT_USAGE,
  METRIC_MANGOPAY_CLIENT_REQUEST_DURATION,
  METRIC_MANGOPAY_CLIENT_REQUESTS,
} from 'opentelemetry-mangopay/names'
import { NUMBERS } from '../../../alerts/thresholds.ts'
import { CATEGORY_COLOURS } from '../../../dashboards/palette.ts'
import type { ReceivedPoint, ReceivedSpan } from '../../otlp-receiver.ts'
import { SCENARIOS, type Scenario } from '../../scenarios.ts'
import type { AppState } from '../../traffic/messages.ts'
import { CLIENT_TIMEOUT, type Stage, type StageOptions, startStage } from '../stage.ts'
import { fillQuota } from './account.ts'
import { Storyteller } from './events.ts'
import { isAboutPayments, PaymentWatch, paymentsTile } from './payments.ts'
import { LATELY_SECONDS, quotaLines, type Reading, Trend, takeReading } from './readings.ts'
import { FailedCalls, Ring } from './recent.ts'
import { neverArrived, sumOf, TruthWatch } from './truth.ts'
import type { Hello, Payments, Sample, StoryEvent, Tick, Truth, Wire } from './wire.ts'

/** Seconds of history that a tab gets: what its charts can show. */
const HISTORY_SECONDS = 300

/** Faster than one platform on the default quota, so that a chart moves; the quota is as much larger. */
const PACE = 3

const CATEGORIES = Object.keys(CATEGORY_COLOURS)

/** Tells every tab something. */
export type Publish = <K extends keyof Wire>(kind: K, data: Wire[K]) => void

/**
 * The stories of the page, one at a time. Each has a mock, a receiver and an app of its own, so that it begins with empty
 * charts, no event of another one, and counts of zero on both sides.
 */
export class Session {
  readonly #publish: Publish
  readonly #options: StageOptions
  #run: Run | undefined
  /** One story begins when the one before has ended. */
  #turn: Promise<void> = Promise.resolve()

  constructor(publish: Publish, options: StageOptions = {}) {
    this.#publish = publish
    this.#options = options
  }

  /** The story under way; none before the first. */
  get run(): Run | undefined {
    return this.#run
  }

  /** Plays a story from its beginning. Resolves when its first calls are made, or when another one was asked for. */
  play(scenario: Scenario): Promise<void> {
    const before = this.#run
    const run = new Run(scenario, (kind, data) => {
      if (this.#run === run) this.#publish(kind, data)
    })
    this.#run = run
    this.#publish('hello', run.hello())
    const begun = this.#turn.then(async () => {
      await before?.end()
      if (this.#run === run) await run.start(this.#options)
    })
    this.#turn = begun.catch(() => {})
    return begun
  }

  /** Ends everything at once. */
  async end(): Promise<void> {
    const last = this.#run
    this.#run = undefined
    await this.#turn
    await last?.end()
  }
}

/** One story from its beginning to its end, and what has become of it lately. Memory is bounded. */
class Run {
  readonly #scenario: Scenario
  readonly #publish: Publish
  readonly #history = new Ring<Sample>(HISTORY_SECONDS)
  readonly #events = new Ring<StoryEvent>(50)
  readonly #failed = new FailedCalls(CATEGORIES)
  readonly #storyteller = new Storyteller()
  readonly #truthWatch = new TruthWatch()
  readonly #paymentWatch = new PaymentWatch()
  #since = Date.now()
  #trend = new Trend(this.#since)
  #stage: Stage | undefined
  /** Seconds played when it was paused. */
  #paused: number | undefined
  #lost = 0
  /** The newest export, until a state of the app is newer: no number may be ahead of the totals beside it. */
  #reading: { reading: Reading; used: readonly ReceivedPoint[]; limit: readonly ReceivedPoint[] } | undefined
  #truth: Truth | undefined
  #payments: Payments | undefined
  #tick: Tick | undefined
  #problem: string | undefined
  #ended = false

  constructor(scenario: Scenario, publish: Publish) {
    this.#scenario = scenario
    this.#publish = publish
  }

  /** Mock, receiver and app; undefined until they have started. */
  get stage(): Stage | undefined {
    return this.#stage
  }

  async start(options: StageOptions): Promise<void> {
    const stage = await startStage({
      pace: PACE,
      onSpans: (spans) => this.#takeSpans(spans),
      onMetrics: () => this.#takeMetrics(),
      onState: (state) => this.#takeState(state),
      onEvent: (event) => this.#tell(this.#storyteller.tell(event, this.#tick?.tiles)),
      ...options,
    })
    this.#stage = stage
    void stage.app.ended.then((code) => {
      if (this.#ended) return
      this.#problem = `The example app has ended (${code}). Choose a story to start it again.`
      this.#publish('hello', this.hello())
    })
    fillQuota(stage.mock, PACE)
    this.#since = Date.now()
    this.#trend = new Trend(this.#since)
    stage.play(this.#scenario)
    this.#publish('hello', this.hello())
  }

  /** Makes no more calls and lets those in flight end. */
  pause(): void {
    const seconds = this.#stage?.playing()?.seconds
    if (seconds === undefined) return
    this.#paused = seconds
    // The app may end meanwhile, and then says so itself.
    this.#stage?.drain().catch(() => {})
    this.#publish('hello', this.hello())
  }

  /** Goes on where it was paused. */
  resume(): void {
    if (this.#paused === undefined) return
    this.#stage?.play(this.#scenario, this.#paused)
    this.#paused = undefined
    this.#publish('hello', this.hello())
  }

  /** Everything, for a tab that was just opened or comes back. */
  hello(): Hello {
    return {
      limits: {
        headroomUsed: NUMBERS.headroomUsed,
        latencySeconds: NUMBERS.latencySeconds,
        clientSeconds: CLIENT_TIMEOUT / 1_000,
        latelySeconds: LATELY_SECONDS,
      },
      stories: SCENARIOS.map(({ name, title, key, look, todo, alerts }) => {
        return { name, title, key, look, todo, alerts, about: alerts.some(isAboutPayments) ? 'payments' : 'calls' }
      }),
      categories: CATEGORIES,
      playing: { name: this.#scenario.name, since: this.#since, isPaused: this.#paused !== undefined },
      history: this.#history.entries,
      events: this.#events.entries,
      failed: this.#failed.newest,
      ...(this.#problem === undefined ? {} : { problem: this.#problem }),
      ...(this.#tick === undefined ? {} : { tick: this.#tick }),
    }
  }

  async end(): Promise<void> {
    this.#ended = true
    await this.#stage?.kill()
  }

  #tell(event: StoryEvent): void {
    this.#events.push(event)
    this.#publish('event', event)
  }

  #takeSpans(spans: readonly ReceivedSpan[]): void {
    const failed = spans.filter(({ attributes }) => attributes[ATTR_MANGOPAY_ERROR_CATEGORY] !== undefined)
    this.#lost += failed.filter(neverArrived).length
    const kept = this.#failed.take(failed)
    if (kept.length > 0) this.#publish('failed', kept)
  }

  #takeMetrics(): void {
    const points = (metric: string) => this.#stage?.receiver?.points(metric) ?? []
    const durations = points(METRIC_MANGOPAY_CLIENT_REQUEST_DURATION)
    this.#reading = {
      reading: takeReading(Date.now(), points(METRIC_MANGOPAY_CLIENT_REQUESTS), durations),
      used: points(METRIC_MANGOPAY_CLIENT_RATE_LIMIT_USAGE),
      limit: points(METRIC_MANGOPAY_CLIENT_RATE_LIMIT_LIMIT),
    }
  }

  #takeState(state: AppState): void {
    if (this.#stage === undefined) return
    const { mock } = this.#stage
    this.#truth = this.#truthWatch.look(state, mock.log, this.#lost)
    const server = { results: mock.log.totals().results, hooks: mock.hookTotals() }
    this.#payments = this.#paymentWatch.look(state.snapshot, server, state.counts.inFlight)
    if (this.#reading === undefined || state.time < this.#reading.reading.time) return
    const { reading, used, limit } = this.#reading
    this.#reading = undefined
    const quotas = Object.values(state.snapshot.environments).flatMap(({ quota }) => quota)
    const forecast = (window: string) => quotas.find((line) => line.window === window)?.secondsToEmpty
    const { sample, tiles: ofCalls } = this.#trend.take(reading, quotaLines(used, limit, forecast))
    const lately = this.#paymentWatch.lately()
    const tiles = { ...ofCalls, ...paymentsTile(lately, this.#payments?.isInvalid === true) }
    const { categories, statuses, operations } = reading
    const unknownOutcomes = sumOf(state.snapshot, (environment) => environment.unknownOutcomes)
    this.#history.push(sample)
    const [truth, payments] = [this.#truth, this.#payments]
    this.#tick = { sample, tiles, totals: { categories, statuses }, unknownOutcomes, truth, payments, operations }
    this.#publish('tick', this.#tick)
    for (const event of this.#storyteller.look(reading.time, { ...tiles, ...lately })) {
      this.#tell(event)
    }
  }
}
