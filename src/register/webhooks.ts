import { HOOK_PATH, isHookPath } from '../webhooks/path.ts'
import { type Env, textFrom } from './env.ts'
import { type Say, shownAddress } from './say.ts'

/** The `webhooks` option for those who write no code. */
const VARIABLE = 'MANGOPAY_TELEMETRY_WEBHOOKS'

/** Paths, comma-separated. A wrong one costs itself. */
export function webhooksFrom(env: Env, say: Say): string[] {
  const paths: string[] = []
  for (const part of textFrom(env, VARIABLE)?.split(',') ?? []) {
    const path = part.trim()
    if (isHookPath(path)) paths.push(path)
    else if (path) say(`${VARIABLE}: ${shownAddress(path)} is not ${HOOK_PATH}; it is left out`)
  }
  return paths
}
