import { choiceFrom, type Env, textFrom } from './env.ts'
import type { AppPackage } from './packages.ts'
import { messageOf, type Say, shownAddress } from './say.ts'

/** Finds a package for the app, preferring the copy that its sdk-node was released with. */
export type Find = (name: string) => AppPackage | undefined

const PACKAGE_OF_PROTOCOL = { 'http/json': 'http', 'http/protobuf': 'proto', grpc: 'grpc' } as const
export const DEFAULT_PROTOCOL = 'http/json'
const PROTOCOLS = Object.keys(PACKAGE_OF_PROTOCOL) as (keyof typeof PACKAGE_OF_PROTOCOL)[]

/**
 * The OTLP exporter of a signal for the protocol asked for; endpoint, headers, time-out, compression and certificates
 * it reads from the environment itself. Without a protocol it is the package `…-otlp-http`, which speaks JSON.
 */
export function otlpExporter(signal: 'trace' | 'metrics', env: Env, find: Find, say: Say): unknown {
  const perSignal = signal === 'trace' ? 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL' : 'OTEL_EXPORTER_OTLP_METRICS_PROTOCOL'
  const variables = [perSignal, 'OTEL_EXPORTER_OTLP_PROTOCOL']
  const protocol = choiceFrom(env, variables, PROTOCOLS, DEFAULT_PROTOCOL, say) as keyof typeof PACKAGE_OF_PROTOCOL
  if (protocol !== 'grpc') sayWrongEndpoint(signal, env, say)
  const name = `@opentelemetry/exporter-${signal}-otlp-${PACKAGE_OF_PROTOCOL[protocol]}`
  const lost = signal === 'trace' ? 'spans are not exported' : 'metrics are not exported'
  const found = find(name)
  if (!found) {
    say(`OTLP over ${protocol} needs ${name}: npm install ${name}. Until then ${lost}`)
    return undefined
  }
  try {
    const classes = found.load() as Readonly<Record<string, new () => unknown>>
    const Exporter = classes[signal === 'trace' ? 'OTLPTraceExporter' : 'OTLPMetricExporter']
    if (Exporter) return new Exporter()
    say(`${name} ${found.version} has no exporter this package knows; ${lost}`)
  } catch (error) {
    say(`${name} ${found.version} cannot be used: ${messageOf(error)}; ${lost}`)
  }
  return undefined
}

/**
 * The exporters tell only the diagnostic logger, or take `localhost:` for a scheme and send to nowhere. Over gRPC an
 * endpoint needs no scheme. Both signals say the same of the variable that they share.
 */
function sayWrongEndpoint(signal: 'trace' | 'metrics', env: Env, say: Say): void {
  const perSignal = signal === 'trace' ? 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT' : 'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT'
  const variable = [perSignal, 'OTEL_EXPORTER_OTLP_ENDPOINT'].find((name) => textFrom(env, name) !== undefined)
  const endpoint = variable && textFrom(env, variable)
  if (!endpoint || (/^https?:\/\//i.test(endpoint) && URL.canParse(endpoint))) return
  say(`${variable}=${shownAddress(endpoint)} is not an http or https URL, such as http://localhost:4318`)
}
