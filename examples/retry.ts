/**
 * Retries that never repeat a write whose effect is unknown: a policy of cockatiel that asks `classify`.
 */
import { ExponentialBackoff, handleWhen, type IPolicy, retry } from 'cockatiel'
import { type About, classify } from 'opentelemetry-mangopay/classify'

/** A policy for one call, or for all calls of a kind; `about` says what the client's errors do not. */
export const retryMangopay = (about: About = {}, initialDelay = 200): IPolicy =>
  retry(
    handleWhen((error) => classify(error, about).retryable),
    { maxAttempts: 3, backoff: new ExponentialBackoff({ initialDelay }) },
  )
