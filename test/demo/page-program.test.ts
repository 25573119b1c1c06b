import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { PROGRAM } from './page.ts'

let children: ChildProcess[] = []
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  children = []
})

/** Starts the program; resolves what it prints, its exit code once it and everything it started has gone. */
const start = (...args: string[]) => {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  children.push(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk
    })
  }
  // 'close' waits for the pipes too, which a child left behind would hold open.
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve))
  const url = async (): Promise<string> => {
    for (let i = 0; i < 200; i++) {
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0]
      if (found !== undefined) return found
      await sleep(50)
    }
    throw new Error(`no address within 10 s: ${output}`)
  }
  return { child, closed, url, output: () => output }
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

const childrenOf = (pid = 0): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)

const play = (url: string, scenario: string) =>
  fetch(`${url}/play`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ scenario }),
  })

describe('npm run demo', () => {
  it('prints one address on loopback and how to get Grafana, and shows the scenario asked for', async () => {
    const demo = start('--port', '0', '--scenario', 'outage')
    const url = await demo.url()
    expect(await (await fetch(url)).text()).toContain('<title>Mangopay API client: live demo</title>')
    const events = await fetch(`${url}/events`)
    const reader = events.body?.getReader()
    const { value } = (await reader?.read()) ?? {}
    expect(Buffer.from(value ?? []).toString()).toMatch(/"scenario":"outage"/)
    await reader?.cancel()
    await sleep(100)
    expect(demo.output().match(/http:/g)).toHaveLength(1)
    expect(demo.output()).toContain('docker compose')
  })

  it('ends at once on Ctrl-C in the middle of a storm, and leaves nothing behind', async () => {
    const demo = start('--port', '0', '--scenario', 'retry-loop')
    const url = await demo.url()
    // A tab that listens must not keep it alive.
    const tab = await fetch(`${url}/events`)
    await sleep(6_000)
    const apps = childrenOf(demo.child.pid)
    expect(apps).toHaveLength(1)
    const pressed = performance.now()
    demo.child.kill('SIGINT')
    expect(await demo.closed).toBe(0)
    expect(performance.now() - pressed).toBeLessThan(2_000)
    expect(apps.filter(isAlive)).toEqual([])
    await tab.body?.cancel().catch(() => {})
    await expect(fetch(url)).rejects.toThrow()
    expect(demo.output()).not.toMatch(/error/i)
  })

  it('takes a second Ctrl-C, and the app goes with it', async () => {
    const demo = start('--port', '0', '--scenario', 'outage')
    await demo.url()
    await sleep(1_500)
    const apps = childrenOf(demo.child.pid)
    // As a terminal does it: everybody in the group gets each of them.
    for (const pid of [demo.child.pid ?? 0, ...apps]) process.kill(pid, 'SIGINT')
    for (const pid of [demo.child.pid ?? 0, ...apps]) if (isAlive(pid)) process.kill(pid, 'SIGINT')
    expect([0, 130]).toContain(await demo.closed)
    for (let i = 0; i < 40 && apps.some(isAlive); i++) await sleep(50)
    expect(apps.filter(isAlive)).toEqual([])
  })

  it('goes when its terminal does', async () => {
    const demo = start('--port', '0')
    await demo.url()
    const apps = childrenOf(demo.child.pid)
    demo.child.kill('SIGHUP')
    expect(await demo.closed).toBe(0)
    expect(apps.filter(isAlive)).toEqual([])
  })

  it('takes a free port when the wanted one is taken, and says so', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    const { port } = other.address() as { port: number }
    const demo = start('--port', String(port))
    const url = await demo.url()
    expect(url).not.toContain(`:${port}`)
    expect(demo.output()).toContain(`Port ${port} is taken`)
    expect((await play(url, 'normal')).status).toBe(200)
    other.close()
  })

  it.each([
    [['--port', 'x'], '"x"'],
    [['--port', '70000'], '"70000"'],
    [['--port', '80.5'], '"80.5"'],
    [['--port', ''], '""'],
    [['--scenario', 'proof'], '"proof"'],
    [['--once', '--port', '1'], '--port has no meaning with --once'],
    [['--seconds', '9'], '--seconds has no meaning without --once'],
    [['storm'], 'storm'],
  ])('refuses %j', async (args, said) => {
    const demo = start(...args)
    expect(await demo.closed).toBe(2)
    expect(demo.output()).toContain(said)
    expect(demo.output()).toContain('usage:')
    expect(demo.output()).toContain('retry-loop')
  })

  it('explains itself', async () => {
    const demo = start('--help')
    expect(await demo.closed).toBe(0)
    expect(demo.output()).toMatch(/^usage:/)
  })
})
