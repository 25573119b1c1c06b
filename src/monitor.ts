/**
 * `node --import opentelemetry-mangopay/monitor app.js`, or `--require`: counts the app's Mangopay calls without any
 * tracing and exports them as metrics. See docs/requests.md. Built as CommonJS only, as `register` is.
 *
 * @packageDocumentation
 */
import { type MonitorLibrary, startMonitor } from './register/monitor.ts'
import { sayOnStderr } from './register/say.ts'

/** On the global object: two installed copies of this package set up once. */
const STARTED = Symbol.for('opentelemetry-mangopay.monitor')

const once = globalThis as { [STARTED]?: boolean }
if (!once[STARTED]) {
  once[STARTED] = true
  startMonitor(process.env, loadLibrary, sayOnStderr)
}

/** Late, since the API package it needs may be missing. */
function loadLibrary(): MonitorLibrary {
  return require('./client-monitor.js') as MonitorLibrary
}
