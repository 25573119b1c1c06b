/** What the tests of the demo share: the program, as `npm run demo` starts it, and the built page. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'

const built = (path: string): string => {
  const file = fileURLToPath(new URL(`../../build/examples/demo/${path}`, import.meta.url))
  if (!existsSync(file)) throw new Error('npm run build comes first: the demo runs as built')
  return file
}

/** The app behind the page is a process of its own, so the demo runs as built. */
const PROGRAM = built('main.js')

/** The page's server. */
export const builtServer = async (): Promise<typeof import('../../examples/demo/page/server.ts')> =>
  import(pathToFileURL(built('page/server.js')).href)

/** The program under way. */
export interface Program {
  child: ChildProcess
  /** What it has printed so far. */
  output(): string
  /** Resolves when it has printed this. */
  says(text: RegExp): Promise<RegExpExecArray>
  /** Resolves with its exit code once it and everything it started have gone, which would hold its pipes open. */
  closed: Promise<number | null>
}

/** Starts the program. */
export const startProgram = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Program => {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk
    })
  }
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve))
  const says = (text: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const found = text.exec(output)
        if (found) resolve(found)
      }
      for (const stream of [child.stdout, child.stderr]) stream.on('data', look)
      void closed.then(() => reject(new Error(`ended without saying ${text}: ${output}`)))
      look()
    })
  return { child, closed, says, output: () => output }
}
