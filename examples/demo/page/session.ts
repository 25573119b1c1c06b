import { ATTR_MANGOPAY_ERROR_CATEGORY } from 'opentelemetry-mangopay/names'
import { NUMBERS } from '../../../alerts/thresholds.ts'
import { CATEGORY_COLOURS } from '../../../dashboards/palette.ts'
import { DEMO_CLIENT } from '../../mock/options.ts'
import type { ReceivedSpan } from '../../otlp-receiver.ts'
import { SCENARIOS, type Scenario } from '../../scenarios.ts'
import type { AppState } from '../../traffic/messages.ts'
import { type Stage, type StageOptions, startStage } from '../stage.ts'
import { CLIENTS, fillQuota } from './account.ts'
import { type Exported, ExportWatch } from './export-watch.ts'
import { FailedCalls } from './failed-calls.ts'
import { quotaLines } from './readings.ts'
import { Ring } from './ring.ts'
import { Storyteller } from './stories.ts'
import { Trend } from './trend.ts'
import { neverArrived, TruthWatch } from './truth.ts'
import type { Hello, Mark, OperationLine, Sample, StoryEvent, Tick, Truth, Wire } from './wire.ts'

/** Seconds of history that a tab gets: what its charts can show. */
const HISTORY_SECONDS = 300

/** Faster than one platform on the default quota, so that a chart moves; the quota is as much larger. */
const PACE = 3

/** Milliseconds between two looks whether new metrics have arrived. */
const LOOK = 100

/** Tells every tab something. */
export type Publish = <K extends keyof Wire>(kind: K, data: Wire[K]) => void

/** The demo behind the page: mock, receiver and app, and what has become of them lately. Memory is bounded. */
export class Session {
  readonly #publish: Publish
  readonly #history = new Ring<Sample>(HISTORY_SECONDS)
  readonly #marks = new Ring<Mark>(50)
  readonly #events = new Ring<StoryEvent>(50)
  readonly #failed = new FailedCalls(Object.keys(CATEGORY_COLOURS))
  readonly #storyteller = new Storyteller()
  readonly #trend = new Trend()
  readonly #truthWatch = new TruthWatch()
  readonly #exports = new ExportWatch()
  #stage: Stage | undefined
  #timer: NodeJS.Timeout | undefined
  #played = 0
  #lost = 0
  #state: AppState | undefined
  #truth: Truth | undefined
  #tick: Tick | undefined
  #problem: string | undefined
  #ended = false

  constructor(publish: Publish) {
    this.#publish = publish
  }

  /** Starts mock, receiver and app; nothing is called yet. */
  async start(options: StageOptions = {}): Promise<Stage> {
    const stage = await startStage({
      pace: PACE,
      // Longer than the slowest answer of any scenario: slow is not the same as failed.
      timeout: 5_000,
      onSpans: (spans) => this.#takeSpans(spans),
      onState: (state) => this.#takeState(state),
      onEvent: (event) => {
        const told = this.#storyteller.tell(event)
        this.#events.push(told)
        this.#publish('story', told)
      },
      ...options,
      mock: { clients: { [DEMO_CLIENT.clientId]: DEMO_CLIENT.apiKey, ...CLIENTS }, ...options.mock },
    })
    this.#stage = stage
    const { receiver } = stage
    if (receiver !== undefined) this.#timer = setInterval(() => this.#exports.look(receiver, Date.now()), LOOK)
    void stage.app.ended.then((code) => {
      if (this.#ended) return
      this.#problem = `The example app has ended (${code}); start the demo again.`
      this.#publish('problem', this.#problem)
    })
    return stage
  }

  /** Plays a scenario from its beginning, on an account that has had a usual day. */
  play(scenario: Scenario): void {
    if (this.#stage === undefined) return
    const clients = Object.keys(CLIENTS)
    const client = clients[this.#played % clients.length] ?? ''
    this.#played++
    fillQuota(this.#stage.mock, client, PACE)
    this.#stage.play(scenario, client)
    this.#mark({ time: Date.now(), scenario: scenario.name })
  }

  /** Makes no more calls and lets those in flight end. */
  async pause(): Promise<void> {
    this.#mark({ time: Date.now() })
    await this.#stage?.drain()
  }

  /** Everything, for a tab that was just opened or comes back. */
  hello(): Hello {
    return {
      limits: { headroomUsed: NUMBERS.headroomUsed, latencySeconds: NUMBERS.latencySeconds },
      stories: SCENARIOS.map(({ name, title, key, look, alerts }) => ({ name, title, key, look, alerts })),
      categories: Object.keys(CATEGORY_COLOURS),
      marks: this.#marks.entries,
      history: this.#history.entries,
      events: this.#events.entries,
      failed: this.#failed.newest,
      ...(this.#problem === undefined ? {} : { problem: this.#problem }),
      ...(this.#tick === undefined ? {} : { tick: this.#tick }),
    }
  }

  /** Ends everything at once. */
  async end(): Promise<void> {
    this.#ended = true
    clearInterval(this.#timer)
    await this.#stage?.kill()
  }

  #mark(mark: Mark): void {
    this.#marks.push(mark)
    this.#publish('mark', mark)
  }

  #takeSpans(spans: readonly ReceivedSpan[]): void {
    const failed = spans.filter(({ attributes }) => attributes[ATTR_MANGOPAY_ERROR_CATEGORY] !== undefined)
    this.#lost += failed.filter(neverArrived).length
    const kept = this.#failed.take(failed)
    if (kept.length > 0) this.#publish('failed', kept)
  }

  #takeState(state: AppState): void {
    this.#state = state
    if (this.#stage) this.#truth = this.#truthWatch.look(state, this.#stage.mock.log, this.#lost)
    const exported = this.#exports.coveredBy(state.time)
    if (exported !== undefined) this.#tell(exported)
  }

  #tell({ reading, p95s, used, limit }: Exported): void {
    const quotas = Object.values(this.#state?.snapshot.environments ?? {}).flatMap(({ quota }) => quota)
    const forecast = (window: string) => quotas.find((line) => line.window === window)?.secondsToEmpty
    const { sample, tiles } = this.#trend.take(reading, quotaLines(used, limit, forecast))
    this.#history.push(sample)
    this.#tick = {
      sample,
      tiles,
      operations: this.#operations(p95s),
      skipped: this.#state?.counts.skipped ?? 0,
      ...(this.#truth === undefined ? {} : { truth: this.#truth }),
    }
    this.#publish('tick', this.#tick)
  }

  #operations(p95s: ReadonlyMap<string, number>): OperationLine[] {
    const environments = Object.values(this.#state?.snapshot.environments ?? {})
    return environments
      .flatMap(({ operations }) => Object.entries(operations))
      .map(([operation, totals]) => {
        const p95 = p95s.get(operation)
        return { operation, ...totals, ...(p95 === undefined ? {} : { p95 }) }
      })
      .sort((a, b) => b.calls - a.calls)
  }
}
