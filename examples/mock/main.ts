/**
 * The mock as a program: `node build/examples/mock/main.js [--port 4010] [--control-port 4011] [--host 127.0.0.1]
 * [--scenario normal]`. Prints one line of JSON with its addresses and runs until SIGINT or SIGTERM.
 */
import { parseArgs } from 'node:util'
import { scenarioNamed } from '../scenarios.ts'
import { startMock } from './server.ts'

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '4010' },
    'control-port': { type: 'string', default: '4011' },
    host: { type: 'string', default: '127.0.0.1' },
    scenario: { type: 'string', default: 'normal' },
  },
})
const scenario = scenarioNamed(values.scenario)
const mock = await startMock({
  port: Number(values.port),
  controlPort: Number(values['control-port']),
  host: values.host,
  faults: scenario.faults(0),
  keepLog: 10_000,
})
process.stdout.write(`${JSON.stringify({ url: mock.url, controlUrl: mock.controlUrl, scenario: scenario.name })}\n`)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void mock.close())
