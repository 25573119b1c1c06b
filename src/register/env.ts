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

/** A number above 0. Anything else is named and then treated as not set. */
export function positiveFrom(env: Env, variable: string, say: Say): number | undefined {
  const value = textFrom(env, variable)
  if (value === undefined) return undefined
  const number = Number(value)
  if (Number.isFinite(number) && number > 0) return number
  say(`${variable}=${value} is not a number above 0; the default is used`)
  return undefined
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
