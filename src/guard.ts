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

/** Says, once for each cause, that something of ours failed. Telemetry never throws into the application. */
export function reportFailure(where: string, error: unknown): void {
  try {
    if (reported.has(where)) return
    reported.add(where)
    diag.error(`opentelemetry-mangopay: ${where} failed; the application is not affected`, error)
  } catch {
    // A logger that throws has nobody left to tell.
  }
}
