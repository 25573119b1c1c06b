/**
 * The example app: a platform that calls Mangopay through the official SDK, axios and fetch. Runs as a child process
 * (see `child.ts`), is told what to play by messages, and exports its telemetry over OTLP like any other service.
 */
import type { AddressInfo } from 'node:net'
import { type HookManner, type Scenario, scenarioNamed } from '../scenarios.ts'
import type { AppSettings, AppState, FromApp, ToApp } from './messages.ts'
import { Player } from './player.ts'
import { startTelemetry } from './telemetry.ts'

const settings = JSON.parse(process.argv[2] ?? '') as AppSettings
/** Where Mangopay's notifications come in. */
const HOOK_PATH = '/hooks/mangopay'
const tell = (message: FromApp) => {
  if (process.connected) process.send?.(message)
}

// Mangopay's SDK (1.68, and every version since it moved to axios) reads the response of an error that has none when a
// connection is reset: its own promise never settles, and the TypeError ends the process as an unhandled rejection.
// That would end this demo with the first reset. The guard lets exactly this one error pass and books the call as lost;
// its span has ended by then, so its telemetry is whole. Anything else still ends the process.
process.on('unhandledRejection', (reason) => {
  const fromSdk = reason instanceof TypeError && /mangopay4-nodejs-sdk/.test(reason.stack ?? '')
  if (!fromSdk) throw reason
  player.lose()
})

const telemetry = startTelemetry(settings.telemetry, {
  hosts: settings.hosts,
  results: true,
  webhooks: HOOK_PATH,
  spike: { windowSeconds: 60, minimumSeconds: 10 },
  onSpike: (event) =>
    tell({
      type: 'event',
      event: { kind: 'spike', at: Date.now(), event: { ...event, since: event.since.getTime() } },
    }),
  onQuotaLow: (event) => tell({ type: 'event', event: { kind: 'quota', at: Date.now(), event } }),
})
// Only now: instrumentation has to be in place before a HTTP client is loaded.
const { makeCallers } = await import('./clients.ts')
const player = new Player(makeCallers(settings.account), settings.player)

const state = (): AppState => ({
  time: Date.now(),
  snapshot: telemetry.mangopay.snapshot(),
  counts: player.counts,
})
const ticker = setInterval(() => tell({ type: 'state', state: state() }), settings.stateInterval)

const drain = async () => {
  await player.drain()
  tell({ type: 'drained', state: state() })
}
const stop = async () => {
  await drain()
  clearInterval(ticker)
  await telemetry.shutdown()
  process.disconnect()
}
/** The story under way and when it began, by `performance.now()`: notifications come whether calls are made or not. */
let story: { scenario: Scenario; start: number } | undefined
const hookManner = (): HookManner => {
  const seconds = story === undefined ? 0 : (performance.now() - story.start) / 1_000
  return story?.scenario.hook?.(seconds) ?? 'answers'
}
process.on('message', (message: ToApp) => {
  if (message.type === 'play') {
    const scenario = scenarioNamed(message.scenario)
    story = { scenario, start: performance.now() - message.from * 1_000 }
    player.play(scenario, message.from)
  }
  if (message.type === 'drain') void drain()
  if (message.type === 'stop') void stop()
})
// Ctrl-C reaches the whole group; the parent decides how this one ends. Without a parent there is nothing to live for.
process.on('SIGINT', () => {})
process.on('disconnect', () => process.exit(0))
// Answered at once, as Mangopay asks: what there is to do would be done afterwards.
const { createServer } = await import('node:http')
const hooks = createServer((_, response) => {
  const manner = hookManner()
  if (manner === 'refuses') response.writeHead(503)
  if (manner === 'dawdles') setTimeout(() => response.end('OK'), 3_000)
  else response.end('OK')
})
hooks.listen(0, '127.0.0.1', () => {
  const { port } = hooks.address() as AddressInfo
  tell({ type: 'ready', hookUrl: `http://127.0.0.1:${port}${HOOK_PATH}` })
})
