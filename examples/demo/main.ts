/**
 * `npm run demo`: see the library at work, on one machine, without an account. On a page, or as a proof on the terminal.
 */
import { parseArgs } from 'node:util'
import { SCENARIOS } from '../scenarios.ts'
import { runOnce } from './once.ts'
import { DEFAULT_PORT, runPage } from './page/run.ts'

const USAGE = `usage: npm run demo -- [--port ${DEFAULT_PORT}] [--scenario normal]
       npm run demo -- --once [--seconds 20]
  --port      where the page is on 127.0.0.1; a free port is taken when this one is not; 0: any
  --scenario  what is played first: ${SCENARIOS.map(({ name }) => name).join(', ')}
  --once      no page: make calls for a while, hold the counts against the server's log, exit with 0 when they are equal
  --seconds   how long --once makes calls, 1 to 3600
`

/** What is wrong with the arguments. */
class Misuse extends Error {}

const numberOf = (name: string, text: string, least: number, most: number): number => {
  const number = Number(text)
  if (text.trim() !== '' && number >= least && number <= most) return number
  throw new Misuse(`--${name} must be a number from ${least} to ${most}, not "${text}"`)
}

const portOf = (text: string): number => {
  const port = numberOf('port', text, 0, 65_535)
  if (Number.isInteger(port)) return port
  throw new Misuse(`--port must be a whole number, not "${text}"`)
}

const readOptions = () => {
  const { values } = parseArgs({
    options: {
      once: { type: 'boolean', default: false },
      seconds: { type: 'string' },
      port: { type: 'string' },
      scenario: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const { once, help, seconds, port, scenario } = values
  const duration = numberOf('seconds', seconds ?? '20', 1, 3_600)
  for (const [name, value] of Object.entries(once ? { port, scenario } : { seconds })) {
    if (value !== undefined) throw new Misuse(`--${name} has no meaning ${once ? 'with' : 'without'} --once`)
  }
  if (scenario !== undefined && !SCENARIOS.some(({ name }) => name === scenario)) {
    throw new Misuse(`there is no scenario "${scenario}"`)
  }
  return {
    once,
    help,
    seconds: duration,
    page: { ...(port === undefined ? {} : { port: portOf(port) }), ...(scenario === undefined ? {} : { scenario }) },
  }
}

const run = async (): Promise<number> => {
  const { once, help, seconds, page } = readOptions()
  const write = (text: string) => void process.stdout.write(text)
  if (help) {
    write(USAGE)
    return 0
  }
  const terminal = process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined
  return once ? runOnce({ seconds, terminal, write }) : runPage({ write, ...page })
}

try {
  process.exitCode = await run()
} catch (error) {
  const misuse = error instanceof Misuse || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS') === true
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n${misuse ? USAGE : ''}`)
  process.exitCode = misuse ? 2 : 1
}
