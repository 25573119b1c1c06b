/** The image of the demo, built step by step in a clean folder: installs all packages. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startReceiver } from '../../examples/otlp-receiver.ts'
import { METRIC_MANGOPAY_CLIENT_REQUESTS } from '../../src/names.ts'
import { build, type Image } from './dockerfile.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })

const until = async <T>(
  what: string,
  seconds: number,
  look: () => Promise<T | undefined> | T | undefined,
): Promise<T> => {
  for (const end = Date.now() + seconds * 1_000; Date.now() < end; ) {
    const found = await look()
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`not within ${seconds} s: ${what}`)
}

describe('the image of the demo, built step by step in a clean folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mangopay-image-'))
  const children: ChildProcess[] = []
  let image: Image

  const start = (command: readonly string[], env: Record<string, string>) => {
    const [program = '', ...args] = command
    // Only what a container has: no variable of this machine.
    const child = spawn(program === 'node' ? process.execPath : program, args, {
      cwd: image.folder,
      env: { ...image.env, PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    children.push(child)
    let text = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        text += chunk
      })
    }
    const ended = new Promise<number | string>((resolve) =>
      child.once('exit', (code, signal) => resolve(code ?? signal ?? 'unknown')),
    )
    return { child, ended, said: () => text }
  }

  beforeAll(() => {
    const context = join(folder, 'context')
    // What a clone has: committed and new files, nothing ignored.
    const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: root, encoding: 'utf8' })
    for (const file of files.split('\0').filter((name) => name !== '' && existsSync(join(root, name)))) {
      mkdirSync(dirname(join(context, file)), { recursive: true })
      cpSync(join(root, file), join(context, file))
    }
    image = build(join(context, 'docker/Dockerfile'), context, join(folder, 'image'), () => {})
  }, 300_000)

  afterAll(async () => {
    for (const child of children) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })

  it('has no compiler, no linter and no source, and is not run by root', () => {
    const packages = readdirSync(join(image.folder, 'node_modules'))
    expect(packages).toContain('mangopay4-nodejs-sdk')
    for (const tool of ['typescript', '@biomejs', 'vitest', '@grafana', 'publint', 'playwright-core', '.bin'])
      expect(packages).not.toContain(tool)
    expect(readdirSync(image.folder).sort()).toEqual(['build', 'dist', 'node_modules', 'package.json'])
    expect(image.user).toBe('node')
  })

  it('plays, sends metrics and traces, is healthy, and ends cleanly on SIGTERM', async () => {
    const receiver = await startReceiver()
    const port = await freePort()
    // The port is fixed inside a container, where nobody else has it.
    const health = image.healthcheck.map((word) => word.replace('8080', String(port)))
    const demo = start(image.command, {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      DEMO_HEALTH_PORT: String(port),
      DEMO_SCENARIO: 'retry-loop',
    })
    const healthy = () => start(health, {}).ended
    await until('healthy', 20, async () => ((await healthy()) === 0 ? true : undefined))
    const calls = await until('metrics', 20, () => {
      const sum = receiver.points(METRIC_MANGOPAY_CLIENT_REQUESTS).reduce((all, { value }) => all + value, 0)
      return sum > 0 && receiver.spanCount > 0 ? sum : undefined
    })
    expect(calls).toBeGreaterThan(0)
    expect(demo.said()).toContain('Retry loop')
    demo.child.kill('SIGTERM')
    expect(await until('end', 14, async () => Promise.race([demo.ended, undefined]))).toBe(0)
    expect(await healthy()).toBe(1)
    expect(
      demo
        .said()
        .trim()
        .split('\n')
        .map((line) => line.split(/[ ,:]/)[0]),
    ).toEqual(['Retry', 'health', 'ending'])
    await receiver.close()
  }, 60_000)

  it('refuses a scenario that does not exist', async () => {
    const demo = start(image.command, { DEMO_SCENARIO: 'no-such', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' })
    expect(await demo.ended).toBe(1)
    expect(demo.said()).toContain('no-such')
  })

  it('prints what Alertmanager tells its webhook', async () => {
    const port = await freePort()
    const webhook = start(['node', 'build/examples/docker/webhook.js'], { WEBHOOK_PORT: String(port) })
    const url = `http://127.0.0.1:${port}`
    await until('webhook', 10, () =>
      fetch(url).then(
        ({ ok }) => ok || undefined,
        () => undefined,
      ),
    )
    const alert = {
      status: 'firing',
      labels: { alertname: 'X', severity: 'critical' },
      annotations: { summary: 'why' },
    }
    expect((await fetch(url, { method: 'POST', body: JSON.stringify({ alerts: [alert] }) })).status).toBe(200)
    expect((await fetch(url, { method: 'POST', body: 'nonsense' })).status).toBe(400)
    expect(webhook.said()).toBe('firing   critical X: why\n')
    webhook.child.kill('SIGTERM')
    expect(await webhook.ended).toBe(0)
  })
})
