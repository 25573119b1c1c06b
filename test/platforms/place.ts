/** Places where teams run: folders with real packages and the packed library in them, and the code of docs/platforms.md. */
import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DEMO_CLIENT } from '../../examples/mock/options.ts'
import type { Mock } from '../../examples/mock/server.ts'
import { lab, nodeBinary, npm } from '../matrix/lab.ts'
import { nodeVersions } from '../matrix/lines.ts'
import { root } from '../support/project-files.ts'
import type { Backend } from './backend.ts'
import { pins } from './pins.ts'

const page = readFileSync(new URL('docs/platforms.md', root), 'utf8')
const apps = fileURLToPath(new URL('test/platforms/apps/', root))

/** What a section shows: files by the name in their first line, and the other blocks by language. */
export interface Shown {
  readonly files: Readonly<Record<string, string>>
  readonly blocks: Readonly<Record<string, readonly string[]>>
}

export function shown(section: string): Shown {
  const text = page.split(/^## /m).find((part) => part.startsWith(`${section}\n`))
  if (text === undefined) throw new Error(`docs/platforms.md has no section ${section}`)
  const files: Record<string, string> = {}
  const blocks: Record<string, string[]> = {}
  for (const [, language = '', code = ''] of text.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)) {
    const name = /^(?:\/\/|#) (\S+\.\w+)$/m.exec(code.split('\n')[0] ?? '')?.[1]
    if (name === undefined) blocks[language] = [...(blocks[language] ?? []), code]
    else files[name] = code
  }
  return { files, blocks }
}

/** The words of the line of a shell block that starts so, after its variables. */
export function command(section: string, start: string): string[] {
  const line = shown(section)
    .blocks['sh']?.join('')
    .split('\n')
    .find((one) => one.includes(start))
  if (line === undefined) throw new Error(`section ${section} has no line with ${start}`)
  return line.slice(line.indexOf(start)).split(' ')
}

/** `NAME=value` of a section's shell blocks. */
export function variables(section: string): Record<string, string> {
  const text = shown(section).blocks['sh']?.join('\n') ?? ''
  return Object.fromEntries(
    [...text.matchAll(/(?:^|\s)([A-Z][A-Z0-9_]+)=(?:'([^']*)'|(\S+))/g)].map(([, name, quoted, plain]) => [
      name,
      quoted ?? plain ?? '',
    ]),
  )
}

const places = new Map<string, string>()

/** A project of pins.ts with the packed library and the apps in it. */
export function place(name: keyof typeof pins, tarball: string): string {
  const known = places.get(name)
  if (known !== undefined) return known
  const folder = lab(pins[name])
  // npm takes a tarball of the same name and version for the same; ours has changed.
  rmSync(join(folder, 'node_modules/opentelemetry-mangopay'), { recursive: true, force: true })
  npm(folder, 'install', '--no-save', '--no-package-lock', '--prefer-offline', tarball)
  cpSync(apps, folder, { recursive: true })
  places.set(name, folder)
  return folder
}

/** Writes files of the page; a processor of default hosts also takes the mock for Mangopay. */
export function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    const hosts = `hosts: { [process.env.MOCK_HOST ?? '']: 'sandbox' }`
    const forMock = text
      .replaceAll('new MangopaySpanProcessor()', `new MangopaySpanProcessor({ ${hosts} })`)
      .replaceAll('new MangopaySpanProcessor({ countFrom', `new MangopaySpanProcessor({ ${hosts}, countFrom`)
    writeFileSync(join(folder, name), forMock)
  }
}

export const newerNode = () => nodeBinary(nodeVersions['24'] ?? '')

/** A program that runs. */
export interface Running {
  child: ChildProcess
  /** Waits for a text on stdout. */
  says(text: string | RegExp): Promise<string>
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string }>
}

const alive = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of alive) end(child)
})

/** Starts a program there; its variables are those of the page and what points it at the mock and the backend. */
export function start(
  folder: string,
  [file = '', ...args]: readonly string[],
  { mock, backend }: { mock: Mock; backend: Pick<Backend, 'url'> },
  env: Readonly<Record<string, string | undefined>> = {},
): Running {
  const child = spawn(file === 'node' ? process.execPath : file, args, {
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: `${join(folder, 'node_modules/.bin')}:${process.env['PATH']}`,
      HOME: process.env['HOME'],
      MOCK_HOST: mock.hostPort,
      TARGET: `${mock.url}/v2.01/${DEMO_CLIENT.clientId}`,
      TOKEN: mock.issueToken(),
      MANGOPAY_TELEMETRY_HOSTS: `${mock.hostPort}=sandbox`,
      OTEL_EXPORTER_OTLP_ENDPOINT: backend.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_LOGS_EXPORTER: 'none',
      OTEL_METRICS_EXPORTER: 'otlp',
      ...env,
    },
  })
  alive.add(child)
  const said = { stdout: '', stderr: '' }
  const listeners = new Set<() => void>()
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text
      for (const listener of listeners) listener()
    })
  }
  const ended = new Promise<Awaited<Running['ended']>>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      alive.delete(child)
      for (const listener of listeners) listener()
      resolve({ code, signal, ...said })
    })
  })
  const says = (text: string | RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const found = typeof text === 'string' ? said.stdout.includes(text) : text.test(said.stdout)
        if (!found && child.exitCode === null && child.signalCode === null) return
        listeners.delete(look)
        if (found) resolve(said.stdout)
        else reject(new Error(`ended without saying ${text}: ${said.stdout}\n${said.stderr}`))
      }
      listeners.add(look)
      look()
    })
  return { child, says, ended }
}

/** Ends a program and what it started. */
export function end(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  } catch {
    // It has ended.
  }
}
