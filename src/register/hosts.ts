import { type Env, textFrom } from './env.ts'
import type { Say } from './say.ts'

/** The `hosts` option for those who write no code. */
export const HOSTS_VARIABLE = 'MANGOPAY_TELEMETRY_HOSTS'

/** `host:port/prefix=environment`, comma-separated, as the `hosts` option of the processor. */
export function hostsFrom(env: Env, say: Say): Record<string, string> {
  const hosts: Record<string, string> = {}
  for (const entry of textFrom(env, HOSTS_VARIABLE)?.split(',') ?? []) {
    const [host = '', environment = '', ...rest] = entry.split('=').map((part) => part.trim())
    if (host && environment && rest.length === 0) hosts[host] = environment
    else if (entry.trim()) say(`${HOSTS_VARIABLE}: ${entry.trim()} is not host=environment; it is left out`)
  }
  return hosts
}
