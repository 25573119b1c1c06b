import { MANGOPAY_ACCOUNT_VALUE_OTHER } from '../names.ts'
import { MOST_ACCOUNTS } from '../options.ts'
import { type Env, textFrom } from './env.ts'
import type { Say } from './say.ts'

/** The `accounts` option for those who write no code. */
const VARIABLE = 'MANGOPAY_TELEMETRY_ACCOUNTS'

/**
 * `client-id=alias`, comma-separated, as the `accounts` option of the processor. A wrong entry costs itself: the option
 * would refuse them all. Client ids are not for logs, so that an entry is told by its place.
 */
export function accountsFrom(env: Env, say: Say): Record<string, string> {
  const accounts = new Map<string, string>()
  const aliases = new Set([MANGOPAY_ACCOUNT_VALUE_OTHER])
  for (const [at, entry] of (textFrom(env, VARIABLE)?.split(',') ?? []).entries()) {
    if (entry.trim() === '') continue
    const [clientId = '', alias = '', ...rest] = entry.split('=').map((side) => side.trim())
    const problem =
      !clientId || !alias || rest.length > 0
        ? 'is not client-id=alias'
        : aliases.has(alias)
          ? `has an alias that is taken, ${alias}`
          : accounts.size === MOST_ACCOUNTS
            ? `is beyond ${MOST_ACCOUNTS}`
            : undefined
    if (problem !== undefined) {
      say(`${VARIABLE}: entry ${at + 1} ${problem}; it is left out`)
      continue
    }
    accounts.set(clientId, alias)
    aliases.add(alias)
  }
  return Object.fromEntries(accounts)
}
