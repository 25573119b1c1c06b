/**
 * The demo app of `docker/compose.yaml`: mock and app as in `npm run demo`, scenarios one after the other, telemetry to
 * the collector of the stack. Settings come from the environment, as containers have it:
 *
 * - `OTEL_EXPORTER_OTLP_ENDPOINT`: base URL of an OTLP/HTTP receiver. Default `http://127.0.0.1:4318`.
 * - `DEMO_SCENARIO`: plays this one only. Default: a round of all.
 * - `DEMO_HEALTH_PORT`: `GET /` answers 200 while calls are being made. Default 8080, 0 for a free port.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import process from 'node:process'
import { startStage } from '../demo/stage.ts'
import { programme } from './programme.ts'

/** Milliseconds without a new call after which something is wrong: every scenario makes several a minute. */
const SILENCE = 60_000

const say = (text: string): void => void process.stdout.write(`${text}\n`)
const { env } = process
const otlpUrl = (env['OTEL_EXPORTER_OTLP_ENDPOINT'] || 'http://127.0.0.1:4318').replace(/\/+$/, '')
const acts = programme(env['DEMO_SCENARIO'])

let started = 0
let lastCall = performance.now()
const stage = await startStage({
  otlpUrl,
  serviceName: 'mangopay-demo',
  interval: 5_000,
  onState: ({ counts }) => {
    if (counts.started > started) lastCall = performance.now()
    started = counts.started
  },
})

let timer: NodeJS.Timeout | undefined
const play = (index: number): void => {
  const act = acts[index % acts.length]
  if (act === undefined) return
  stage.play(act.scenario)
  say(`${act.scenario.title}, ${act.minutes} min. ${act.scenario.look} To do: ${act.scenario.todo}`)
  timer = setTimeout(() => play(index + 1), act.minutes * 60_000)
}
play(0)

const health = createServer((_request, response) => {
  const silent = performance.now() - lastCall
  const playing = stage.playing()?.scenario.name
  response.writeHead(silent < SILENCE ? 200 : 503, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ playing, calls: started, secondsSinceLastCall: Math.round(silent / 1_000) }))
})
health.listen(Number(env['DEMO_HEALTH_PORT'] || 8080), '127.0.0.1', () => {
  say(`health: http://127.0.0.1:${(health.address() as AddressInfo).port}, telemetry to ${otlpUrl}`)
})

let ending = false
const end = async (): Promise<void> => {
  clearTimeout(timer)
  health.close()
  health.closeAllConnections()
  // The second signal: whoever sends it does not want to wait for the calls in flight.
  if (ending) return stage.kill()
  ending = true
  say('ending: waits for the calls in flight and sends what is left')
  await stage.close()
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void end())

// Without the app there is nothing to show; the container's restart policy starts over.
void stage.app.ended.then((code) => {
  if (ending) return
  say(`the app ended by itself: ${code}`)
  process.exitCode = 1
  void end()
})
