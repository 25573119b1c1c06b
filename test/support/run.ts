/** Child processes of the tests: real ones, since exit codes and signals are what is tested. */
import { fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** In `NODE_OPTIONS`: gives an app's exporters more time than `register` does, since this machine may be busy. */
export const PATIENT = `--require ${JSON.stringify(fileURLToPath(new URL('patient.cjs', import.meta.url)))}`

/** How a child ended. */
export interface Ended {
  /** Exit code, or the signal that ended it. */
  status: number | string
  stdout: string
  stderr: string
  /** What it sent to its parent. */
  messages: unknown[]
}

/** A child that runs. */
export interface Running {
  pid: number
  ended: Promise<Ended>
  /** Sends it a message. */
  tell(message: unknown): void
  /** Its next message that was not taken yet. */
  next(): Promise<unknown>
  /** Sends it a signal. */
  signal(signal: NodeJS.Signals): void
}

const alive = new Set<{ kill(signal: NodeJS.Signals): boolean }>()
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL')
})

/** Starts a program of `test/children`, which `npm run build` has compiled. It gets its settings as JSON. */
export const start = (program: string, settings: unknown, env: NodeJS.ProcessEnv = {}): Running => {
  const file = fileURLToPath(new URL(`../../build/test/children/${program}.js`, import.meta.url))
  if (!existsSync(file)) throw new Error(`${file} is missing: npm run build`)
  const child = fork(file, [JSON.stringify(settings)], {
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  alive.add(child)
  const said = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text
    })
  }
  const messages: unknown[] = []
  const waiting: ((message: unknown) => void)[] = []
  let taken = 0
  child.on('message', (message) => {
    messages.push(message)
    const take = waiting.shift()
    if (take === undefined) return
    taken++
    take(message)
  })
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => {
      alive.delete(child)
      resolve({ status: code ?? signal ?? 'unknown', ...said, messages })
    })
  })
  return {
    pid: child.pid ?? 0,
    ended,
    tell: (message) => void child.send(message as object),
    next: () =>
      taken < messages.length
        ? Promise.resolve(messages[taken++])
        : Promise.race([
            new Promise((resolve) => waiting.push(resolve)),
            ended.then(({ status, stderr }) => {
              throw new Error(`the child ended (${status}) before it said anything more: ${stderr}`)
            }),
          ]),
    signal: (signal) => void child.kill(signal),
  }
}
