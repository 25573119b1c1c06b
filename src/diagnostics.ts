import { diag } from '@opentelemetry/api'

const reported = new Set<string>()

/** Tells the user something, without ever failing. */
export function say(message: string, level: 'warn' | 'error' = 'warn'): void {
  try {
    diag[level](`opentelemetry-mangopay: ${message}`)
  } catch {
    // A logger that throws has nobody left to tell.
  }
}

/**
 * Says, once for each cause, that something of ours failed. Telemetry never throws into the application. Of the error
 * only its kind and where it was thrown: its message may hold what must not be in a log.
 */
export function reportFailure(where: string, error: unknown): void {
  if (reported.has(where)) return
  reported.add(where)
  say(`${where} failed; the application is not affected: ${placeOf(error)}`, 'error')
}

/** Never fails, whatever was thrown. */
function placeOf(error: unknown): string {
  try {
    const { name, stack } = error as Error
    return [name, ...(stack as string).split('\n').filter((line) => line.startsWith('    at '))].join('\n')
  } catch {
    return typeof error // none that knows where it comes from
  }
}
