/**
 * `npm run demo`: see the library at work, on one machine, without an account. On a page, or as a proof on the terminal.
 */
import { parseArgs } from 'node:util'
import { SCENARIOS } from '../scenarios.ts'
import { runOnce } from './once.ts'
import { type PageOptions, startPage } from './page/server.ts'

/** Where the page is unless somebody says otherwise or has taken it. */
const DEFAULT_PORT = 4983

const USAGE = `usage: npm run demo -- [--port ${DEFAULT_PORT}] [--scenario normal]
       npm run demo -- --once [--seconds 20] [--details]
  --port      port of the page on 127.0.0.1; when it is taken, a free one; 0: any free one
  --scenario  the story to begin with: ${SCENARIOS.map(({ name }) => name).join(', ')}
  --once      no page: makes calls for a while and compares the library's counts with the server's log; exits with 0 when
              they are equal, with 1 when they are not
  --seconds   how long --once makes calls, 1 to 3600
  --details   with --once: also the counts by operation, a tagged span and what the numbers leave out
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
      details: { type: 'boolean' },
      seconds: { type: 'string' },
      port: { type: 'string' },
      scenario: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const { once, help, details, seconds, port, scenario } = values
  const duration = numberOf('seconds', seconds ?? '20', 1, 3_600)
  for (const [name, value] of Object.entries(once ? { port, scenario } : { seconds, details })) {
    if (value !== undefined) throw new Misuse(`--${name} has no meaning ${once ? 'with' : 'without'} --once`)
  }
  if (scenario !== undefined && !SCENARIOS.some(({ name }) => name === scenario)) {
    throw new Misuse(`there is no scenario "${scenario}"`)
  }
  return {
    once,
    help,
    seconds: duration,
    details: details === true,
    page: { ...(port === undefined ? {} : { port: portOf(port) }), ...(scenario === undefined ? {} : { scenario }) },
  }
}

/** Shows the page until Ctrl-C (or SIGTERM, or the end of the terminal). */
const runPage = async (options: PageOptions, write: (text: string) => void): Promise<number> => {
  const stopped = signalled()
  const wanted = options.port ?? DEFAULT_PORT
  const page = await startPage({ ...options, port: wanted })
  if (page.port !== wanted && wanted !== 0) write(`  Port ${wanted} is taken, so the page has another one.\n`)
  write(`\n  Demo page   ${page.url}\n`)
  write('  In Grafana  docker compose -f docker/compose.yaml up\n')
  write('\n  On the page, the key beside a story starts it and P pauses. Ctrl-C ends everything.\n')
  await stopped
  await page.close()
  return 0
}

/**
 * Resolves at the first Ctrl-C. A second one ends the process where it stands: the app behind it notices that its
 * parent has gone, and goes as well.
 */
const signalled = (): Promise<void> =>
  new Promise((resolve) => {
    let first = true
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (!first) process.exit(130)
        first = false
        resolve()
      })
    }
  })

const run = async (): Promise<number> => {
  const { once, help, seconds, details, page } = readOptions()
  const write = (text: string) => void process.stdout.write(text)
  if (help) {
    write(USAGE)
    return 0
  }
  const terminal = process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined
  return once ? runOnce({ seconds, details, terminal, write }) : runPage(page, write)
}

try {
  process.exitCode = await run()
} catch (error) {
  const misuse = error instanceof Misuse || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS') === true
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n${misuse ? USAGE : ''}`)
  process.exitCode = misuse ? 2 : 1
}
