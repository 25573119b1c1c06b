import { nearest } from '../wrong-option.ts'
import type { Say } from './say.ts'

/** `process.env`, or a part of it. */
export type Env = Readonly<Record<string, string | undefined>>

/** The first of these variables that is set. Empty counts as not set, as the OpenTelemetry specification asks. */
export function textFrom(env: Env, ...variables: string[]): string | undefined {
  for (const variable of variables) {
    const value = env[variable]?.trim()
    if (value) return value
  }
  return undefined
}

/** True for `true` in any case; everything else is false. */
export function booleanFrom(env: Env, variable: string): boolean {
  return textFrom(env, variable)?.toLowerCase() === 'true'
}

/** Milliseconds that a timer of Node bears. One more, and it fires after 1 ms, again and again. */
const LONGEST_TIMER = 2_147_483_647

/**
 * A whole number from 1: half a span is what the SDK tries to send for ever. Anything else is named and then treated as
 * not set. The fallback is the SDK's own default, and handed over all the same, since it may read the variable itself.
 */
export function positiveFrom(env: Env, variable: string, fallback: number, say: Say, most = LONGEST_TIMER): number {
  const value = textFrom(env, variable)
  if (value === undefined) return fallback
  const number = Number(value)
  if (Number.isInteger(number) && number >= 1 && number <= most) return number
  say(`${variable}=${value} is not a whole number from 1 to ${most}; ${fallback} is used`)
  return fallback
}

/** One value out of a set, in lower case. An unknown one is named and then treated as not set. */
export function choiceFrom(
  env: Env,
  variables: readonly string[],
  known: readonly string[],
  fallback: string,
  say: Say,
): string {
  const value = textFrom(env, ...variables)?.toLowerCase()
  if (value === undefined || known.includes(value)) return value ?? fallback
  const variable = variables.find((name) => textFrom(env, name)) ?? ''
  say(`${variable}=${value} is not supported; use ${known.join(', ')}. ${fallback} is used`)
  return fallback
}

/**
 * A comma list of values out of a set, in lower case, each once. Unknown ones are named and left out; when nothing is
 * left the default is used. `none` beside others wins: whoever writes it wants nothing to leave the process.
 */
export function choicesFrom(
  env: Env,
  variable: string,
  known: readonly string[],
  fallback: string,
  say: Say,
): string[] {
  const value = textFrom(env, variable)
  if (value === undefined) return [fallback]
  const asked = new Set(
    value
      .toLowerCase()
      .split(',')
      .map((part) => part.trim()),
  )
  asked.delete('')
  const chosen = [...asked].filter((part) => known.includes(part))
  const unknown = [...asked].filter((part) => !known.includes(part))
  if (chosen.includes('none')) {
    if (asked.size > 1) say(`${variable}=${value}: none stands beside others and wins; nothing is exported`)
    return []
  }
  const result = chosen.length > 0 ? chosen : [fallback]
  if (unknown.length > 0) {
    say(`${variable}: ${unknown.join(', ')} is not supported; use ${known.join(', ')}. ${result.join(', ')} is used`)
  }
  return result
}

/** Every variable of this package. */
export const OURS: readonly string[] = ['HOSTS', 'ACCOUNTS', 'COUNT_FROM', 'RESULTS', 'WEBHOOKS'].map(
  (name) => `MANGOPAY_TELEMETRY_${name}`,
)
const PREFIX = 'MANGOPAY_TELEMETRY_'

/** Says which variables look like ours and are not. Others that begin with MANGOPAY_ are the app's own. */
export function sayUnknownVariables(env: Env, say: Say): void {
  for (const name of Object.keys(env)) {
    if (OURS.includes(name) || textFrom(env, name) === undefined) continue
    const meant = name.startsWith('MANGOPAY_') ? nearest(name, OURS) : undefined
    if (meant !== undefined) say(`there is no variable ${name}; did you mean ${meant}?`)
    else if (name.startsWith(PREFIX)) say(`there is no variable ${name}; there are ${OURS.join(', ')}`)
  }
}
