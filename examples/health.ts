/**
 * GET /health from the numbers in process, without a backend. A Mangopay that fails makes the answer `degraded`, never
 * a 5xx: whoever restarts an app that is not healthy must not restart it because somebody else is down.
 */
import { createServer, type Server } from 'node:http'
import type { EnvironmentSnapshot, MangopaySpanProcessor } from 'opentelemetry-mangopay'

const stateOf = ({ rates, quota, spikes, unknownOutcomes }: EnvironmentSnapshot) => {
  const low = quota.filter(({ remaining, limit }) => remaining < limit * 0.2)
  return {
    status: spikes.length > 0 || low.length > 0 ? 'degraded' : 'ok',
    calls: rates.calls,
    failing: rates.kinds.unavailable.ratio,
    spikes: spikes.map(({ kind, since }) => ({ kind, since: new Date(since).toISOString() })),
    quota: quota.map(({ window, remaining, limit, secondsToEmpty }) => ({ window, remaining, limit, secondsToEmpty })),
    unknownOutcomes,
  }
}

/** What /health says. */
export const health = (mangopay: MangopaySpanProcessor) => {
  const environments = Object.entries(mangopay.snapshot().environments).map(
    ([name, environment]) => [name, stateOf(environment)] as const,
  )
  const status = environments.every(([, state]) => state.status === 'ok') ? 'ok' : 'degraded'
  return { status, mangopay: Object.fromEntries(environments) }
}

/** Serves it on a port of its own. */
export const serveHealth = (mangopay: MangopaySpanProcessor, port: number): Server =>
  createServer((request, response) => {
    const found = request.url === '/health'
    response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' })
    response.end(found ? JSON.stringify(health(mangopay)) : '{}')
  }).listen(port)
