/** `npm run demo`: see the library at work, on one machine, without an account. */
import { parseArgs } from 'node:util'
import { runOnce } from './once.ts'

const { values } = parseArgs({
  options: {
    // The proof in 20 s, also what runs without options.
    once: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '20' },
  },
})
const seconds = Number(values.seconds)
if (!(seconds >= 1 && seconds <= 3_600)) {
  process.stderr.write(`--seconds must be a number from 1 to 3600, not "${values.seconds}"\n`)
  process.exit(2)
}
const terminal = process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined
try {
  process.exitCode = await runOnce({ seconds, terminal, write: (text) => void process.stdout.write(text) })
} catch (error) {
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
