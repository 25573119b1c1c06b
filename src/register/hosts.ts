import { Hosts, MOST_ENVIRONMENTS } from '../request/hosts.ts'
import { type Env, textFrom } from './env.ts'
import { type Say, shownAddress } from './say.ts'

/** The `hosts` option for those who write no code. */
const VARIABLE = 'MANGOPAY_TELEMETRY_HOSTS'

/**
 * `host:port/prefix=environment`, comma-separated, as the `hosts` option of the processor. A wrong entry costs itself,
 * and so does one of an environment too many: the option would refuse them all.
 */
export function hostsFrom(env: Env, say: Say): Record<string, string> {
  const hosts: Record<string, string> = {}
  const environments = new Hosts({}).environments
  const tooMany = new Set<string>()
  for (const part of textFrom(env, VARIABLE)?.split(',') ?? []) {
    const entry = part.trim()
    if (!entry) continue
    const [host = '', environment = '', ...rest] = entry.split('=').map((side) => side.trim())
    const wanted = !host || !environment || rest.length > 0 ? 'host=environment' : isHost(host) ? undefined : HOST
    if (wanted !== undefined) {
      say(`${VARIABLE}: ${shownAddress(entry)} is not ${wanted}; it is left out`)
    } else if (environments.size < MOST_ENVIRONMENTS || environments.has(environment)) {
      hosts[host] = environment
      environments.add(environment)
    } else {
      tooMany.add(environment)
    }
  }
  if (tooMany.size > 0) {
    const most = `there can be ${MOST_ENVIRONMENTS} environments, production and sandbox among them`
    say(`${VARIABLE}: ${most}; the hosts of ${[...tooMany].join(', ')} are left out`)
  }
  return hosts
}

const HOST = 'a host, host:port or host/prefix without scheme, and its environment'

/** As the processor itself will judge it. */
function isHost(host: string): boolean {
  try {
    return new Hosts({ [host]: 'any' }) !== undefined
  } catch {
    return false
  }
}
