/** Child processes of the tests: started, waited for, and ended by their id, whatever becomes of the test. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** A running program. */
export interface Child {
  readonly pid: number
  /** What it has printed so far, both streams. */
  output(): string
  /** Calls back with each whole line of its standard output. */
  onLine(listener: (line: string) => void): void
  /** Writes a line to its standard input. */
  send(line: string): void
  running(): boolean
  /** Ends it and waits until it is gone. A program that ignores SIGTERM for ten seconds is killed. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>
  /** Resolves with its exit code when it has ended by itself, `null` when a signal ended it. */
  readonly ended: Promise<number | null>
}

const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Starts a program. It is ended with this process at the latest. */
export function startChild(command: string, args: string[], options: { env?: NodeJS.ProcessEnv; cwd?: string } = {}) {
  const child = spawn(command, args, { stdio: 'pipe', ...options })
  running.add(child)
  let output = ''
  let rest = ''
  const listeners: ((line: string) => void)[] = []
  const keep = (text: string) => {
    output = (output + text).slice(-200_000)
  }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    keep(text)
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) for (const listener of listeners) listener(line)
  })
  child.stderr.setEncoding('utf8').on('data', keep)
  child.stdin.on('error', () => {}) // A program that is gone cannot be talked to; `ended` says so.
  const ended = new Promise<number | null>((resolve) => {
    child.on('error', (error) => {
      keep(String(error))
      running.delete(child)
      resolve(-1)
    })
    child.on('close', (code) => {
      running.delete(child)
      resolve(code)
    })
  })
  const result: Child = {
    pid: child.pid ?? -1,
    output: () => output,
    onLine: (listener) => void listeners.push(listener),
    send: (line) => void child.stdin.write(`${line}\n`),
    running: () => running.has(child),
    async stop(signal = 'SIGTERM') {
      if (!running.has(child)) return
      child.kill(signal)
      const killer = setTimeout(() => child.kill('SIGKILL'), 10_000)
      await ended
      clearTimeout(killer)
    },
    ended,
  }
  return result
}

/** A port of the loopback interface that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Asks again and again until the answer is not `undefined`; fails with what the last try said. */
export async function eventually<Result>(
  what: string,
  seconds: number,
  ask: () => Promise<Result | undefined> | Result | undefined,
  explain: () => unknown = () => '',
): Promise<Result> {
  const until = Date.now() + seconds * 1_000
  for (let last: unknown; ; await delay(100)) {
    try {
      const result = await ask()
      if (result !== undefined) return result
    } catch (error) {
      last = error
    }
    if (Date.now() > until) throw new Error(`${what}: not within ${seconds} s. ${last ?? ''} ${explain()}`)
  }
}

/** Waits until a server answers 200 there; fails at once when its process has ended. */
export async function answers(child: Child, url: string, request: RequestInit = {}): Promise<void> {
  await eventually(
    url,
    60,
    async () => {
      if (!child.running()) return true
      return (await fetch(url, request)).ok || undefined
    },
    () => child.output(),
  )
  if (!child.running()) throw new Error(`ended before it answered ${url}:\n${child.output()}`)
}
