import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { AppEvent, AppSettings, AppState, FromApp, ToApp } from './messages.ts'

/** The example app from its parent's side. */
export interface App {
  /** Its process id. */
  pid: number
  /** The last state it reported; undefined before the first. */
  state(): AppState | undefined
  /** Where it takes Mangopay's notifications. */
  hookUrl: string
  /** Plays the scenario of this name, from its beginning or from this second of it on. */
  play(scenario: string, from?: number): void
  /** Lets it finish what is in flight, and resolves with its state then. */
  drain(): Promise<AppState>
  /** Lets it finish, send its telemetry and exit. */
  stop(): Promise<void>
  /** Ends it at once. */
  kill(): void
  /** Resolves with its exit code (or the signal) when it has ended, however. */
  ended: Promise<number | string>
}

/** What a parent may want to hear. */
export interface AppListeners {
  onState?: (state: AppState) => void
  onEvent?: (event: AppEvent) => void
}

/** Starts the example app as a child process and waits until it is ready. */
export const startApp = async (settings: AppSettings, listeners: AppListeners = {}): Promise<App> => {
  const file = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './app.ts' : './app.js', import.meta.url))
  const env = { ...process.env, OTEL_LOGS_EXPORTER: 'none' }
  const child = fork(file, [JSON.stringify(settings)], { env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const ended = new Promise<number | string>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 'unknown'))
  })
  let last: AppState | undefined
  const drained: ((state: AppState) => void)[] = []
  let markReady: (hookUrl: string) => void = () => {}
  const ready = new Promise<string>((resolve) => {
    markReady = resolve
  })
  child.on('message', (message: FromApp) => {
    if (message.type === 'ready') markReady(message.hookUrl)
    else if (message.type === 'event') listeners.onEvent?.(message.event)
    else {
      last = message.state
      listeners.onState?.(message.state)
      if (message.type === 'drained') for (const resolve of drained.splice(0)) resolve(message.state)
    }
  })
  const tell = (message: ToApp) => {
    if (child.connected) child.send(message)
  }
  const hookUrl = await Promise.race([
    ready,
    ended.then((code): never => {
      throw new Error(`the example app ended before it was ready: ${code}`)
    }),
  ])
  return {
    pid: child.pid ?? 0,
    hookUrl,
    state: () => last,
    play: (scenario, from = 0) => tell({ type: 'play', scenario, from }),
    drain: () =>
      new Promise((resolve, reject) => {
        drained.push(resolve)
        void ended.then((code) => reject(new Error(`the example app ended early: ${code}`)))
        tell({ type: 'drain' })
      }),
    stop: async () => {
      tell({ type: 'stop' })
      await ended
    },
    kill: () => child.kill('SIGKILL'),
    ended,
  }
}
