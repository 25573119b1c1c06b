/**
 * Runs in a process of its own, once per SDK line and convention: sets up that line's real SDK and instrumentations,
 * makes every case happen with every client, and prints the spans. Arguments: folder of the line, convention.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Case, cases, type Hop, type Target } from './cases.ts'
import { type Client, clients } from './clients.ts'
import type { Recorded, Truth } from './record.ts'
import { ports, recorder, saw, scopes, seenSince } from './recorder.ts'
import { blockedPort, type RawServer, rawServer, refusedPort } from './server.ts'

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

const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds))
// Mangopay's SDK answers a failed connection with an unhandled rejection and a promise that never settles.
let rejected = () => {}
process.on('unhandledRejection', () => rejected())

/** Makes one case happen and returns what was recorded. */
async function run(it: Case, name: string, client: Client, method: 'GET' | 'POST', origins: Record<Target, string>) {
  const seen = seenSince()
  server.reply = secure.reply = it.reply
  const path = method === 'GET' ? '/v2.01/acme/users/user_m_01' : '/v2.01/acme/payins/card/direct'
  const ask = { act: it.act ?? 'plain', method, origin: origins[it.target ?? 'server'], path, token: it.token ?? false }
  const unhandled = new Promise<void>((resolve) => {
    rejected = resolve
  })
  await Promise.race([
    client.call(ask).then(
      () => {},
      () => {},
    ),
    unhandled,
    pause(5_000),
  ])
  // Some clients give up at once and leave their connection, and with it the span, to a time-out of 10 s.
  const turns = it.target === 'blocked' ? 1_200 : 30
  for (let turn = 0; turn < turns && !(seen.length > 0 && seen.every((one) => one.recorded)); turn += 1) await pause(10)
  const post = it.token ? 'POST /oauth/token' : (client.post ?? 'POST /payins/card/direct')
  const truth = [it.truth].flat().map((hop: Hop): Truth => {
    const read = method === 'GET' || hop.get
    return {
      operation: read && !it.token ? 'GET /users/{userId}' : post,
      outcome: read && !it.token ? (hop.category ? 'failure' : 'success') : hop.write,
      ...(hop.category && { category: hop.category }),
      ...(hop.status && { status: hop.status }),
    }
  })
  const spans = seen.flatMap((one) => one.recorded ?? [])
  server.drop()
  secure.drop()
  await pause(10)
  return { case: it.name, client: name, method, truth, spans } satisfies Recorded
}

function selfSigned(): { key: string; cert: string } {
  const at = mkdtempSync(join(tmpdir(), 'certificate-'))
  const files = ['-keyout', join(at, 'key'), '-out', join(at, 'cert'), '-subj', '/CN=localhost', '-days', '2']
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...files], { stdio: 'ignore' })
  const read = (file: string) => readFileSync(join(at, file), 'utf8')
  const pair = { key: read('key'), cert: read('cert') }
  rmSync(at, { recursive: true })
  return pair
}

const server: RawServer = await rawServer()
const secure: RawServer = await rawServer(selfSigned())
const blocked = await blockedPort()
const origins: Record<Target, string> = {
  server: `http://127.0.0.1:${server.port}`,
  dns: 'http://api.mangopay.invalid',
  refused: `http://127.0.0.1:${await refusedPort()}`,
  'tls-plain': `https://127.0.0.1:${server.port}`,
  'tls-self-signed': `https://127.0.0.1:${secure.port}`,
  blocked: `http://127.0.0.1:${blocked.port}`,
}
for (const origin of Object.values(origins)) ports.add(origin.split(':')[2] ?? '')

const records: Recorded[] = []
// What tells nothing new is left out: the conventions concern the http instrumentation only, and mangopay2 brings
// mangopay4's axios.
const first = convention === process.env['RECORD_FIRST']
const wanted = (client: string): boolean => first || ['axios', 'node:http', 'mangopay4'].includes(client)
for (const [name, client] of Object.entries(all)) {
  if (!wanted(name)) continue
  for (const it of cases) {
    if (!client.acts.includes(it.act ?? 'plain')) continue
    if (it.clients && !it.clients.includes(name)) continue
    for (const method of it.token ? (['POST'] as const) : (['GET', 'POST'] as const)) {
      records.push(await run(it, name, client, method, origins))
    }
  }
}
blocked.close()
process.stdout.write(JSON.stringify({ scopes, records }), () => process.exit(0))
