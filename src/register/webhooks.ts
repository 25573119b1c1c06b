import { Hosts } from '../request/hosts.ts'
import { HOOK_PATH, isHookPath } from '../webhooks/path.ts'
import { type Env, textFrom } from './env.ts'
import { type Say, shownAddress } from './say.ts'

/** The `webhooks` option for those who write no code. */
const VARIABLE = 'MANGOPAY_TELEMETRY_WEBHOOKS'

/** `path` or `path=environment`, comma-separated. A wrong path costs itself; a wrong environment is left out. */
export function webhooksFrom(
  env: Env,
  say: Say,
  hosts: Readonly<Record<string, string>> = {},
): Record<string, string | undefined> {
  const paths: Record<string, string | undefined> = {}
  const { environments } = new Hosts(hosts)
  for (const part of textFrom(env, VARIABLE)?.split(',') ?? []) {
    const [path = '', environment] = part.split('=').map((side) => side.trim())
    if (!isHookPath(path)) {
      if (path) say(`${VARIABLE}: ${shownAddress(path)} is not ${HOOK_PATH}; it is left out`)
      continue
    }
    const isKnown = environment === undefined || environments.has(environment)
    paths[path] = isKnown ? environment : undefined
    if (!isKnown)
      say(`${VARIABLE}: the environment of ${path} is not one of ${[...environments].join(', ')}; it is left out`)
  }
  return paths
}
