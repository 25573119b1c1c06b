/**
 * `npm run bench:requests`: what counting from requests costs beside counting from spans, in CPU time and in bytes, on
 * the newest LTS line. Requests and messages are Node's own; nothing goes over a network. Writes a part of docs/requests.md.
 */
import { execFileSync } from 'node:child_process'
import diagnosticsChannel from 'node:diagnostics_channel'
import { EventEmitter } from 'node:events'
import http, { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { SpanKind } from '@opentelemetry/api'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, NoopSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { MangopayClientMonitor, MangopaySpanProcessor } from 'opentelemetry-mangopay'
import { nodeBinary } from '../matrix/lab.ts'
import { nodeVersions } from '../matrix/lines.ts'
import { writeSection } from '../tools/section.ts'

const ROUNDS = 15
const CALLS = 10_000
const OURS = 'api.mangopay.com'
const FOREIGN = 'api.example.com'
const PATH = '/v2.01/acme/users/user_m_01HV3C6B7Q'

const now = Math.floor(Date.now() / 1000)
const HEADERS = [
  ...['Content-Type', 'application/json', 'Date', new Date(now * 1000).toUTCString(), 'Connection', 'keep-alive'],
  ...['Server', 'cloudflare', 'CF-RAY', '8c1', 'X-Request-Id', 'abc', 'Cache-Control', 'no-store', 'Vary', 'Origin'],
  ...[900, 1_800, 3_600, 86_340].flatMap((seconds) => [
    ...['X-RateLimit', '10', 'X-RateLimit-Remaining', '2290', 'X-RateLimit-Reset', `${now + seconds}`],
  ]),
]
const BYTES = HEADERS.map((text) => Buffer.from(text))
const socket = Object.assign(new EventEmitter(), { connecting: false, destroyed: false }).setMaxListeners(0)
const channel = (name: string) => diagnosticsChannel.channel(name)
const start = channel('http.client.request.start')
const finish = channel('http.client.response.finish')
const [create, send, sent, head, end] = [
  ...['request:create', 'client:sendHeaders', 'request:bodySent', 'request:headers', 'request:trailers'].map((name) =>
    channel(`undici:${name}`),
  ),
] as [typeof start, typeof start, typeof start, typeof start, typeof start]

/** Takes requests and gives them nothing. */
const agent = { addRequest: () => {}, protocol: 'http:', defaultPort: 80, options: {} } as unknown as http.Agent

const beginHttp = (host: string) => {
  const request = http.request({ host, path: PATH, agent })
  request.emit('socket', socket)
  if (start.hasSubscribers) start.publish({ request })
  return request
}
const callHttp = (host: string): void => {
  const request = beginHttp(host)
  const response = new IncomingMessage(socket as unknown as Socket)
  response.rawHeaders = HEADERS
  response.statusCode = 200
  response.complete = true
  if (finish.hasSubscribers) finish.publish({ request, response })
  response.emit('end')
  request.emit('close')
}
const callUndici = (host: string): void => {
  const request = { origin: `https://${host}`, method: 'GET', path: PATH, headers: '', completed: false }
  if (create.hasSubscribers) create.publish({ request })
  if (send.hasSubscribers) send.publish({ request, socket })
  if (sent.hasSubscribers) sent.publish({ request })
  if (head.hasSubscribers) head.publish({ request, response: { statusCode: 200, headers: BYTES, statusText: 'OK' } })
  if (end.hasSubscribers) end.publish({ request, trailers: [] })
}

const tracerWith = (mangopay: MangopaySpanProcessor | undefined) => {
  const provider = new BasicTracerProvider({
    spanProcessors: [mangopay ?? new NoopSpanProcessor()],
    ...(mangopay && { sampler: mangopay.sampler() }),
  })
  return provider.getTracer('@opentelemetry/instrumentation-http')
}
const callSpan = (tracer: ReturnType<typeof tracerWith>, mangopay: MangopaySpanProcessor | undefined): void => {
  const attributes = {
    'http.request.method': 'GET',
    'server.address': OURS,
    'server.port': 443,
    'url.full': `https://${OURS}${PATH}`,
  }
  const span = tracer.startSpan('GET', { kind: SpanKind.CLIENT, attributes })
  const response = new IncomingMessage(socket as unknown as Socket)
  response.rawHeaders = HEADERS
  response.complete = true
  mangopay?.responseHook(span, response)
  span.setAttribute('http.response.status_code', 200)
  span.end()
}

const nanoseconds = (run: () => void): number => {
  const before = process.cpuUsage()
  for (let i = 0; i < CALLS; i++) run()
  const { user, system } = process.cpuUsage(before)
  return ((user + system) * 1000) / CALLS
}
const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

/** Nanoseconds that something costs more with than without, each measured in turn. */
async function extra(
  without: () => void,
  prepare: () => { run: () => void; end: () => Promise<void> },
): Promise<number> {
  const differences: number[] = []
  for (let round = -3; round < ROUNDS; round++) {
    const base = nanoseconds(without)
    const { run, end } = prepare()
    const ours = nanoseconds(run)
    await end()
    if (round >= 0) differences.push(ours - base)
  }
  return median(differences)
}

const meterProvider = new MeterProvider()
const watched = (run: () => void) => () => {
  const monitor = new MangopayClientMonitor({ meterProvider })
  return { run, end: () => monitor.shutdown() }
}
const traced = () => {
  const mangopay = new MangopaySpanProcessor({ meterProvider })
  const tracer = tracerWith(mangopay)
  return { run: () => callSpan(tracer, mangopay), end: () => mangopay.shutdown() }
}

/** Bytes held for each call under way, and for each that has ended. */
async function bytes(): Promise<{ underWay: number; after: number }> {
  const heap = (): number => {
    global.gc?.()
    global.gc?.()
    return process.memoryUsage().heapUsed
  }
  const take = () => {
    const before = heap()
    const requests = Array.from({ length: CALLS }, () => beginHttp(OURS))
    const held = heap() - before
    for (const request of requests.splice(0)) request.emit('close')
    return { held, left: heap() - before }
  }
  take()
  const base = take()
  const monitor = new MangopayClientMonitor({ meterProvider })
  take()
  const ours = take()
  await monitor.shutdown()
  return { underWay: (ours.held - base.held) / CALLS, after: (ours.left - base.left) / CALLS }
}

if (process.argv[2] !== 'child') {
  const binary = nodeBinary(nodeVersions['24'] ?? '')
  const output = execFileSync(binary, ['--expose-gc', fileURLToPath(import.meta.url), 'child'], { encoding: 'utf8' })
  process.stdout.write(output)
  writeSection('docs/requests.md', 'bench:requests', output)
} else {
  const base = tracerWith(undefined)
  const rows: [what: string, nanoseconds: number, goal: string][] = [
    [
      'foreign request of `node:http`',
      await extra(
        () => callHttp(FOREIGN),
        watched(() => callHttp(FOREIGN)),
      ),
      '500',
    ],
    [
      'foreign request of undici',
      await extra(
        () => callUndici(FOREIGN),
        watched(() => callUndici(FOREIGN)),
      ),
      '500',
    ],
  ]
  const span = await extra(() => callSpan(base, undefined), traced)
  const overHttp = await extra(
    () => callHttp(OURS),
    watched(() => callHttp(OURS)),
  )
  const overUndici = await extra(
    () => callUndici(OURS),
    watched(() => callUndici(OURS)),
  )
  rows.push(
    ['Mangopay call from its span, with the hook', span, ''],
    [`Mangopay call from its request, \`node:http\` (${(overHttp / span).toFixed(2)} x)`, overHttp, '1 x'],
    [`Mangopay call from its request, undici (${(overUndici / span).toFixed(2)} x)`, overUndici, '1 x'],
  )
  const { underWay, after } = await bytes()
  process.stdout.write(`Measured ${new Date().toISOString().slice(0, 10)} on Node ${process.version.slice(1)} by \`npm run bench:requests\`: CPU time more than without
this library, median of ${ROUNDS} rounds of ${CALLS} calls, four quota windows in each answer.

| | ns | goal |
| --- | --- | --- |
${rows.map(([what, value, goal]) => `| ${what} | ${value.toFixed(0)} | ${goal} |`).join('\n')}

Each call under way holds ${underWay.toFixed(0)} bytes (goal: 500), one that has ended ${Math.max(0, after).toFixed(0)}.
`)
}
