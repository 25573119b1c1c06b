/** `npm run demo` as a program: what it prints, how it ends, and what it refuses. */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { type Program, startProgram } from './program.ts'

const programs: Program[] = []
afterEach(() => {
  for (const { child } of programs.splice(0)) child.kill('SIGKILL')
})
const start = (...args: string[]): Program => {
  const program = startProgram(args)
  programs.push(program)
  return program
}
const urlOf = async (program: Program) => (await program.says(/http:\/\/127\.0\.0\.1:\d+/))[0]

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
const appsOf = ({ child: { pid } }: Program): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)

/** The first of what a tab is told. */
const told = async (url: string): Promise<string> => {
  const tab = await fetch(`${url}/events`)
  const reader = tab.body?.getReader()
  const { value } = (await reader?.read()) ?? {}
  await reader?.cancel()
  return Buffer.from(value ?? []).toString()
}

describe('npm run demo', () => {
  it('prints one address on loopback and how to get Grafana, and plays the story asked for', async () => {
    const demo = start('--port', '0', '--scenario', 'outage')
    const url = await urlOf(demo)
    expect(await (await fetch(url)).text()).toContain('<title>Mangopay API client: live demo</title>')
    expect(await told(url)).toContain('"name":"outage","since"')
    await demo.says(/Ctrl-C/)
    expect(demo.output().match(/http:/g)).toHaveLength(1)
    expect(demo.output()).toContain('docker compose')
  })

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'ends on %s, with a tab open, and leaves nothing behind',
    async (signal) => {
      const demo = start('--port', '0', '--scenario', 'retry-loop')
      const url = await urlOf(demo)
      const tab = await fetch(`${url}/events`)
      const apps = appsOf(demo)
      expect(apps).toHaveLength(1)
      demo.child.kill(signal)
      expect(await demo.closed).toBe(0)
      expect(apps.filter(isAlive)).toEqual([])
      await tab.body?.cancel().catch(() => {})
      expect(demo.output()).not.toMatch(/error/i)
    },
  )

  it('takes a second Ctrl-C, and the app goes with it', async () => {
    const demo = start('--port', '0', '--scenario', 'outage')
    await urlOf(demo)
    const apps = appsOf(demo)
    // As a terminal does it: everybody in the group gets each of them.
    const all = [demo.child.pid ?? 0, ...apps]
    for (const pid of [...all, ...all]) if (isAlive(pid)) process.kill(pid, 'SIGINT')
    expect([0, 130]).toContain(await demo.closed)
    await expect.poll(() => apps.filter(isAlive), { timeout: 100_000 }).toEqual([])
  })

  it('takes a free port when the wanted one is taken, and says so', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    const { port } = other.address() as { port: number }
    const demo = start('--port', String(port))
    expect(await urlOf(demo)).not.toContain(`:${port}`)
    expect(demo.output()).toContain(`Port ${port} is taken`)
    other.close()
  })

  it.each([
    [['--port', 'x'], '"x"'],
    [['--port', '70000'], '"70000"'],
    [['--port', '80.5'], '"80.5"'],
    [['--port', ''], '""'],
    [['--scenario', 'proof'], '"proof"'],
    [['--once', '--port', '1'], '--port has no meaning with --once'],
    [['--once', '--seconds', 'soon'], '"soon"'],
    [['--seconds', '0'], '"0"'],
    [['--seconds', '9'], '--seconds has no meaning without --once'],
    [['--details'], '--details has no meaning without --once'],
    [['--no-such-option'], '--no-such-option'],
    [['storm'], 'storm'],
  ])('refuses %j', async (args, said) => {
    const demo = start(...args)
    expect(await demo.closed).toBe(2)
    expect(demo.output()).toContain(said)
    expect(demo.output()).toMatch(/usage:[\s\S]+retry-loop/)
  })

  it('explains itself', async () => {
    const demo = start('--help')
    expect(await demo.closed).toBe(0)
    expect(demo.output()).toMatch(/^usage:/)
  })
})
