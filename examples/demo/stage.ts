import type { MockOptions } from '../mock/options.ts'
import { DEMO_CLIENT } from '../mock/options.ts'
import { DEFAULT_QUOTA } from '../mock/quota.ts'
import { type Mock, startMock } from '../mock/server.ts'
import { type OtlpReceiver, type ReceivedSpan, startReceiver } from '../otlp-receiver.ts'
import type { Scenario } from '../scenarios.ts'
import { type App, type AppListeners, startApp } from '../traffic/child.ts'

/** How a demo is set up. */
export interface StageOptions extends AppListeners {
  /** Multiplies the rate of every scenario, and the quota with it. Default 1. */
  pace?: number
  /** Share of traces exported. Default 1. */
  sampleRatio?: number
  /** Milliseconds between two exports and two reports of the app. Default 1,000. */
  interval?: number
  /** Milliseconds after which the app's clients give up. Default 5,000: longer than the slow answers of any scenario. */
  timeout?: number
  /** Name of the service in the telemetry. Default `mangopay-demo`. */
  serviceName?: string
  /** Base URL of an OTLP/HTTP receiver to use in place of the built-in one. */
  otlpUrl?: string
  /** More options of the mock. */
  mock?: MockOptions
  /** Seed of traffic and faults. Default 1. */
  seed?: number
  /** Called with every batch of spans that arrives at the built-in receiver. */
  onSpans?: (spans: readonly ReceivedSpan[]) => void
  /** Called when metrics have arrived at the built-in receiver. */
  onMetrics?: () => void
}

/** A demo under way: the mock and the receiver in this process, the app in a child. */
export interface Stage {
  mock: Mock
  /** Undefined when `otlpUrl` was given. */
  receiver: OtlpReceiver | undefined
  app: App
  /** Plays a scenario, the app's calls and the mock's faults, from its beginning or from this second of it on. */
  play(scenario: Scenario, from?: number): void
  /** What is being played and for how many seconds. */
  playing(): { scenario: Scenario; seconds: number } | undefined
  /** Stops the calls and the faults, and waits for what is in flight. */
  drain(): ReturnType<App['drain']>
  /** Ends everything: calls in flight first, then telemetry, then the servers. */
  close(): Promise<void>
  /** Ends everything at once. */
  kill(): Promise<void>
}

/** How much faster than Mangopay the mock repeats a notification: 30 s in place of ten minutes. */
const HOOK_PACE = 20

/** Milliseconds after which the app's clients give up. */
export const CLIENT_TIMEOUT = 5_000

/** Milliseconds between two updates of the mock's faults. */
const FAULT_TICK = 250

/** Sets mock, receiver and app up; nothing is called yet. */
export const startStage = async (options: StageOptions = {}): Promise<Stage> => {
  const pace = options.pace ?? 1
  const seed = options.seed ?? 1
  const mock = await startMock({
    quota: DEFAULT_QUOTA.map(({ seconds, limit }) => ({ seconds, limit: Math.round(limit * pace) })),
    // Answers of the real API take tens to hundreds of milliseconds.
    latency: (random) => 15 + 60 * random() ** 3,
    seed,
    keepLog: 20_000,
    ...options.mock,
  })
  const { onSpans = () => {}, onMetrics = () => {} } = options
  const receiver = options.otlpUrl ? undefined : await startReceiver({ onSpans, onMetrics })
  const interval = options.interval ?? 1_000
  const app = await startApp(
    {
      account: { baseUrl: mock.url, ...DEMO_CLIENT, timeout: options.timeout ?? CLIENT_TIMEOUT },
      hosts: { [mock.hostPort]: 'sandbox' },
      telemetry: {
        serviceName: options.serviceName ?? 'mangopay-demo',
        otlpUrl: options.otlpUrl ?? receiver?.url ?? '',
        sampleRatio: options.sampleRatio ?? 1,
        exportInterval: interval,
      },
      player: { seed: seed + 10, pace, maximumInFlight: 500 },
      stateInterval: interval,
    },
    options,
  ).catch(async (error) => {
    await Promise.all([mock.close(), receiver?.close()])
    throw error
  })

  const enableHook = () => mock.notify({ urls: [app.hookUrl], pace: HOOK_PACE })
  enableHook()

  let current: { scenario: Scenario; start: number; timer: NodeJS.Timeout } | undefined
  const pause = () => {
    clearInterval(current?.timer)
    current = undefined
    mock.setFaults([])
    mock.setFates([])
  }
  const closeServers = async () => {
    pause()
    await Promise.all([mock.close(), receiver?.close()])
  }
  return {
    mock,
    receiver,
    app,
    play: (scenario, from = 0) => {
      pause()
      // Somebody has to, at Mangopay as well.
      if (from === 0 && mock.hookTotals()?.isInvalid) enableHook()
      const start = performance.now() - from * 1_000
      const spoil = () => {
        const seconds = (performance.now() - start) / 1_000
        mock.setFaults(scenario.faults(seconds))
        mock.setFates(scenario.fates?.(seconds) ?? [])
      }
      spoil()
      current = { scenario, start, timer: setInterval(spoil, FAULT_TICK) }
      app.play(scenario.name, from)
    },
    playing: () => current && { scenario: current.scenario, seconds: (performance.now() - current.start) / 1_000 },
    drain: () => {
      pause()
      return app.drain()
    },
    close: async () => {
      pause()
      await app.stop()
      await closeServers()
    },
    kill: async () => {
      app.kill()
      await app.ended
      await closeServers()
    },
  }
}
