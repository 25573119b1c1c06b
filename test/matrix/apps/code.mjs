// An ES module app that sets the SDK up itself, before it loads what makes the calls.
import { createRequire } from 'node:module'
import { MangopaySpanProcessor } from 'opentelemetry-mangopay'
import { METRIC_MANGOPAY_CLIENT_REQUESTS } from 'opentelemetry-mangopay/names'
import { setup } from './setup.cjs'

if (METRIC_MANGOPAY_CLIENT_REQUESTS !== 'mangopay.client.requests') throw new Error('other names')
const require = createRequire(import.meta.url)
const sdk = setup(require, MangopaySpanProcessor)
const { calls } = await import('./calls.cjs')
await calls(require, (await import('axios')).default, await import('undici'))
await sdk.shutdown()
