/**
 * Runs in a process of its own, once per SDK line and convention: sets up that line's real SDK and instrumentations,
 * makes every case happen with every client, and prints the spans. Arguments: folder of the line, convention.
 */
import type { IncomingMessage } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Case } from './cases.ts'
import { type Client, clients } from './clients.ts'
import type { Recorded } from './record.ts'
import { ports, recorder, saw, scopes, seenSince } from './recorder.ts'
import { casesOf, type Method, pause, startWorld, truthOf } from './world.ts'

const [folder = '', convention = ''] = process.argv.slice(2)
const load = createRequire(join(folder, 'lab.js'))

const { NodeSDK } = load('@opentelemetry/sdk-node')
const { HttpInstrumentation } = load('@opentelemetry/instrumentation-http')
const { UndiciInstrumentation } = load('@opentelemetry/instrumentation-undici')
new NodeSDK({
  autoDetectResources: false,
  spanProcessors: [recorder],
  instrumentations: [
    new HttpInstrumentation({
      responseHook: (span: unknown, incoming: IncomingMessage) =>
        'rawHeaders' in incoming &&
        saw(span, { isComplete: () => incoming.complete, headers: incoming.rawHeaders, client: 'http' }),
    }),
    new UndiciInstrumentation({
      responseHook: (
        span: unknown,
        { request, response }: { request: { completed?: boolean }; response: { headers: Buffer[] } },
      ) => saw(span, { isComplete: () => request.completed, headers: response.headers.map(String), client: 'undici' }),
    }),
  ],
}).start()
const all = clients(load)

/** Makes one case happen and returns what was recorded. */
async function run(it: Case, name: string, client: Client, method: Method) {
  const seen = seenSince()
  await world.call(it, client, method)
  // Some clients give up at once and leave their connection, and with it the span, to a time-out of 10 s.
  const turns = it.target === 'blocked' ? 1_200 : 30
  for (let turn = 0; turn < turns && !(seen.length > 0 && seen.every((one) => one.recorded)); turn += 1) await pause(10)
  const spans = seen.flatMap((one) => one.recorded ?? [])
  await world.drop()
  return { case: it.name, client: name, method, truth: truthOf(it, client, method), spans } satisfies Recorded
}

const world = await startWorld()
for (const origin of Object.values(world.origins)) ports.add(origin.split(':')[2] ?? '')

const records: Recorded[] = []
// What tells nothing new is left out: the conventions concern the http instrumentation only, and mangopay2 brings
// mangopay4's axios.
const first = convention === process.env['RECORD_FIRST']
const wanted = (client: string): boolean => first || ['axios', 'node:http', 'mangopay4'].includes(client)
for (const [name, client] of Object.entries(all)) {
  if (!wanted(name)) continue
  for (const { it, method } of casesOf(name, client)) records.push(await run(it, name, client, method))
}
world.close()
process.stdout.write(JSON.stringify({ scopes, records }), () => process.exit(0))
