/** What a person has to learn although nobody asked: that calls cannot be counted, or that something of ours failed. */
import { diag } from '@opentelemetry/api'

/** Where every copy of the API keeps what is registered. */
const REGISTRY = Symbol.for('opentelemetry.js.api.1')

const TYPE = 'MangopayTelemetryWarning'

const said = new Set<string>()
const reported = new Set<string>()

/**
 * Tells the user something, without ever failing: by the logger of OpenTelemetry where the app has set one, else as a
 * warning of Node, once for each text. `node --disable-warning=CODE` switches one off.
 *
 * @param code - of the warning, such as `MANGOPAY_TELEMETRY_SAMPLER`
 */
export function say(message: string, level: 'warn' | 'error' = 'warn', code = 'MANGOPAY_TELEMETRY'): void {
  try {
    const registry = (globalThis as { [REGISTRY]?: { diag?: unknown } })[REGISTRY]
    if (registry?.diag !== undefined) diag[level](`opentelemetry-mangopay: ${message}`)
    else if (!said.has(message)) {
      said.add(message)
      const line = message.split('\n    at ', 2).join(' at ') // of a stack the place
      process.emitWarning(`opentelemetry-mangopay: ${line}`, { type: TYPE, code })
    }
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
  say(`${where} failed; the application is not affected: ${placeOf(error)}`, 'error', 'MANGOPAY_TELEMETRY_FAILED')
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

/** Something that makes the counts or the quota incomplete. */
export interface HealthProblem {
  /**
   * What it is: `MANGOPAY_TELEMETRY_` and `NO_SPANS`, `SAMPLER`, `UNSAMPLED_SPANS`, `DOUBLED_SPANS`, `UNKNOWN_HOST`,
   * `IP_ADDRESS`, `RUNTIME`, `RESPONSE_HOOK`, `ACCOUNTS`, `RATE_LIMIT_HEADERS` or `SERIES`. Also the code of the warning.
   */
  code: string
  /** What to know and what to do. */
  message: string
  /** When it was noticed first, epoch milliseconds. */
  since: number
}

/** What is wrong with the set-up or with what it sees, each thing once. */
export class Health {
  readonly #problems = new Map<string, HealthProblem>()

  /** Notes a problem, and tells the user of it when it is new. */
  note(kind: string, message: string): void {
    if (this.#problems.has(message)) return
    const code = `MANGOPAY_TELEMETRY_${kind}`
    this.#problems.set(message, { code, message, since: Date.now() })
    say(message, 'warn', code)
  }

  /** Everything that was noted, the oldest first. */
  get problems(): HealthProblem[] {
    return [...this.#problems.values()].map((problem) => ({ ...problem }))
  }
}

/** Tells only the logger of OpenTelemetry, if there is one: of what may be right as it is. */
export function mention(message: string): void {
  try {
    diag.warn(`opentelemetry-mangopay: ${message}`)
  } catch {
    // as above
  }
}
