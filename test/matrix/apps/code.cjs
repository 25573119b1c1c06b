// A CommonJS app that sets the SDK up itself.
const { MangopaySpanProcessor } = require('opentelemetry-mangopay')
const { setup } = require('./setup.cjs')

const sdk = setup(require, MangopaySpanProcessor)
require('./calls.cjs')
  .calls(require, require('axios'), require('undici'))
  .then(() => sdk.shutdown())
