import { context, ROOT_CONTEXT } from '@opentelemetry/api'
import type { ResolvedOptions } from './options.ts'
import type { Events } from './statistics.ts'
import { reportFailure } from './warnings.ts'

/**
 * Calls the user's callbacks: after the work of the span, not within it, and outside of its trace, so that a call made
 * by a callback does not become part of the request that happened to set it off.
 */
export class Callbacks {
  readonly #onSpike: ResolvedOptions['onSpike']
  readonly #onQuotaLow: ResolvedOptions['onQuotaLow']

  constructor({ onSpike, onQuotaLow }: ResolvedOptions) {
    this.#onSpike = onSpike
    this.#onQuotaLow = onQuotaLow
  }

  /** Whether anybody wants to know. */
  get isWanted(): boolean {
    return this.#onSpike !== undefined || this.#onQuotaLow !== undefined
  }

  /** Calls the callbacks soon. Resolves when they have been called, without waiting for what they return. */
  notify({ spikes, quotas }: Events): Promise<void> | undefined {
    const calls = [
      ...(this.#onSpike === undefined ? [] : spikes.map((event) => () => this.#onSpike?.(event))),
      ...(this.#onQuotaLow === undefined ? [] : quotas.map((event) => () => this.#onQuotaLow?.(event))),
    ]
    if (calls.length === 0) return undefined
    return new Promise((resolve) => {
      context.with(ROOT_CONTEXT, setImmediate, undefined, () => {
        for (const call of calls) run(call)
        resolve()
      })
    })
  }
}

function run(call: () => unknown): void {
  try {
    const result = call()
    if (isThenable(result)) result.then(undefined, (error: unknown) => reportFailure('a callback', error))
  } catch (error) {
    reportFailure('a callback', error)
  }
}

/** Promises of another realm or library are no instances of this one's. */
function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function'
}
