// An app without a line of telemetry: node --require opentelemetry-mangopay/register register.cjs
require('./calls.cjs').calls(require, require('axios'), require('undici'))
