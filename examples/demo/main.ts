/** `npm run demo`: see the library at work, on one machine, without an account. */
import { parseArgs } from 'node:util'
import { runOnce } from './once.ts'

const USAGE = `usage: npm run demo -- [--once] [--seconds 20]
  --once      make calls for a while, hold the counts against the server's log, exit with 0 when they are equal
  --seconds   how long calls are made, 1 to 3600
`

/** The options, or a sentence on what is wrong with them. */
const readOptions = () => {
  try {
    const { values } = parseArgs({
      options: {
        once: { type: 'boolean', default: false },
        seconds: { type: 'string', default: '20' },
        help: { type: 'boolean', default: false },
      },
    })
    const seconds = Number(values.seconds)
    if (seconds >= 1 && seconds <= 3_600) return { seconds, help: values.help }
    return `--seconds must be a number from 1 to 3600, not "${values.seconds}"`
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

const options = readOptions()
if (typeof options === 'string') {
  process.stderr.write(`${options}\n${USAGE}`)
  process.exitCode = 2
} else if (options.help) {
  process.stdout.write(USAGE)
} else {
  const terminal = process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined
  try {
    process.exitCode = await runOnce({
      seconds: options.seconds,
      terminal,
      write: (text) => void process.stdout.write(text),
    })
  } catch (error) {
    process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
}
