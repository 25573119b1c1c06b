import { type Env, textFrom } from './env.ts'
import type { Say } from './say.ts'

/**
 * The SDK reads OTEL_PROPAGATORS itself, but tells only its diagnostic logger of a value it does not know; a trace
 * that breaks at a typo deserves a line.
 */
export function sayUnknownPropagators(env: Env, hasJaeger: boolean, say: Say): void {
  const known = ['tracecontext', 'baggage', 'b3', 'b3multi', ...(hasJaeger ? ['jaeger'] : []), 'none']
  const asked = textFrom(env, 'OTEL_PROPAGATORS')?.split(',') ?? []
  const unknown = asked.map((name) => name.trim()).filter((name) => name !== '' && !known.includes(name))
  if (unknown.length === 0) return
  say(`OTEL_PROPAGATORS: ${unknown.join(', ')} is not supported by this SDK; use ${known.join(', ')}`)
}
