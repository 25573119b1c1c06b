import { diag } from '@opentelemetry/api'

const reported = new Set<string>()

/** Tells the user something, without ever failing. */
export function say(message: string): void {
  try {
    diag.warn(`opentelemetry-mangopay: ${message}`)
  } catch {
    // A logger that throws has nobody left to tell.
  }
}

/**
 * Says, once for each cause, that something of ours failed. Telemetry never throws into the application. Of the error
 * only its kind and where it was thrown: its message may hold what must not be in a log.
 */
export function reportFailure(where: string, error: unknown): void {
  try {
    if (reported.has(where)) return
    reported.add(where)
    diag.error(`opentelemetry-mangopay: ${where} failed; the application is not affected: ${placeOf(error)}`)
  } catch {
    // A logger that throws has nobody left to tell.
  }
}

function placeOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error
  const frames = error.stack?.split('\n').filter((line) => line.startsWith('    at ')) ?? []
  return [error.name, ...frames].join('\n')
}
