import type { PageOptions } from './server.ts'
import { startPage } from './server.ts'

/** The page as a program. */
export interface RunOptions extends PageOptions {
  write: (text: string) => void
}

/** Where the page is unless somebody says otherwise or has taken it. */
export const DEFAULT_PORT = 4983

/**
 * Shows the page until Ctrl-C (or SIGTERM, or the end of the terminal).
 *
 * @returns The exit code.
 */
export const runPage = async ({ write, ...options }: RunOptions): Promise<number> => {
  const stopped = signalled()
  const wanted = options.port ?? DEFAULT_PORT
  const page = await startPage({ ...options, port: wanted })
  if (page.port !== wanted && wanted !== 0) write(`  Port ${wanted} is taken, so another one:\n`)
  write(`\n  Demo page   ${page.url}\n`)
  write('  In Grafana  docker compose -f docker/compose.yaml up\n')
  write('\n  Keys 1 to 9 on the page start a scenario. Ctrl-C ends everything.\n')
  const ended = await Promise.race([stopped, page.stage.app.ended.then((code) => `the example app ended: ${code}`)])
  // The page is left standing to say so; only then is there nothing more to see.
  if (ended !== undefined) write(`\n  ${ended}; the page says so as well. Ctrl-C ends it.\n`)
  if (ended !== undefined) await stopped
  await page.close()
  return ended === undefined ? 0 : 1
}

/**
 * Resolves at the first Ctrl-C. A second one ends the process where it stands: the app behind it notices that its
 * parent has gone, and goes as well.
 */
const signalled = (): Promise<undefined> =>
  new Promise((resolve) => {
    let first = true
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (!first) process.exit(130)
        first = false
        resolve(undefined)
      })
    }
  })
