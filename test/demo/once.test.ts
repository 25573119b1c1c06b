/** `npm run demo -- --once` as people run it: a process of its own, its exit code and what it prints. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const program = fileURLToPath(new URL('../../build/examples/demo/main.js', import.meta.url))

const run = (args: string[], env: NodeJS.ProcessEnv = {}): Promise<{ code: number | null; output: string }> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [program, ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk
      })
    }
    // 'close' waits for the pipes too: a child left behind would hold them open and this test would time out.
    child.once('close', (code) => resolve({ code, output }))
  })

describe('npm run demo -- --once', () => {
  it('makes real calls and finds every count equal to the server’s log', async () => {
    const { code, output } = await run(['--once', '--seconds', '10'])
    expect(output).toContain('every count equals the server')
    // One call in four is sampled, so the span shown may be of any call; one that failed says why.
    const [, outcome] = /^ {4}mangopay\.outcome +"(success|failure|unknown)"$/m.exec(output) ?? []
    expect(outcome).toBeDefined()
    if (outcome === 'failure') expect(output).toMatch(/^ {4}mangopay\.error\.category +"[a-z_]+"$/m)
    // Of the exported counter, which has every call.
    expect(output).toMatch(/rate_limit [1-9]/)
    expect(output).toMatch(/server_error [1-9]/)
    expect(output).toMatch(/^ {2}429 +[1-9]\d* +[\d.]+ % +[1-9]\d* +[\d.]+ % +equal$/m)
    expect(output).toMatch(/^ {2}500 +[1-9]\d* +[\d.]+ % +[1-9]\d* +[\d.]+ % +equal$/m)
    expect(output).not.toContain('DIFFERENT')
    expect(code).toBe(0)
  }, 60_000)

  it('exits with 1 when the counts differ: here the SDK is off, and nothing was counted', async () => {
    const { code, output } = await run(['--once', '--seconds', '1'], { OTEL_SDK_DISABLED: 'true' })
    expect(output).toMatch(/^ {2}all: the library counted 0, the server [1-9]/m)
    expect(output).not.toContain('every count equals')
    expect(code).toBe(1)
  })

  it.each([
    [['--once', '--seconds', 'soon'], '"soon"'],
    [['--seconds', '0'], '"0"'],
    [['--no-such-option'], '--no-such-option'],
  ])('refuses %j', async (args, named) => {
    const { code, output } = await run(args)
    expect(code).toBe(2)
    expect(output).toContain(named)
    expect(output).toContain('usage:')
  })

  it('ends at once on SIGINT, and its app with it', async () => {
    const child = spawn(process.execPath, [program, '--once', '--seconds', '60'], { stdio: ['ignore', 'pipe', 'pipe'] })
    const closed = new Promise<number | null>((resolve) => child.once('close', resolve))
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk) => {
        if (/calls [1-9]/.test(String(chunk))) resolve()
      })
    })
    child.kill('SIGINT')
    expect(await closed).toBe(1)
  })
})
