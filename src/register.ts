/**
 * `node --import opentelemetry-mangopay/register app.js`, or `--require`: sets up the app's own OpenTelemetry SDK with
 * everything of this package in place. See docs/register.md.
 *
 * Built as CommonJS only, and that one file serves both options: one copy however often it is loaded, the SDK's
 * CommonJS build in one copy too, everything in place before the app's first line, and a missing package is caught
 * here instead of ending the process.
 *
 * @packageDocumentation
 */
import { fromPm2 } from './register/pm2.ts'
import { sayOnStderr } from './register/say.ts'
import { type Library, start } from './register/start.ts'

/** On the global object: two installed copies of this package set up once. */
const STARTED = Symbol.for('opentelemetry-mangopay.register')

const once = globalThis as { [STARTED]?: boolean }
if (!once[STARTED]) {
  once[STARTED] = true
  start(process.env, loadLibrary, sayOnStderr, fromPm2(process.env))
}

/** Late, since the API package it needs may be missing. */
function loadLibrary(): Library {
  const { MangopaySpanProcessor } = require('./processor.js') as Omit<Library, 'apiFile'>
  return { MangopaySpanProcessor, apiFile: require.resolve('@opentelemetry/api') }
}
