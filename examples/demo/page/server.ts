import { existsSync, readdirSync, readFileSync } from 'node:fs'
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { listen, stop } from '../../mock/listen.ts'
import { SCENARIOS } from '../../scenarios.ts'
import type { Stage, StageOptions } from '../stage.ts'
import { runbookPage } from './runbook.ts'
import { Session } from './session.ts'
import { Stream } from './stream.ts'

/** How the page is set up. */
export interface PageOptions {
  /** Port wanted; a free one is taken when somebody else has it. Default: a free one. */
  port?: number
  /** Scenario to begin with. Default `normal`. */
  scenario?: string
  /** What to change of the traffic behind it. */
  stage?: StageOptions
}

/** The page, running. */
export interface Page {
  url: string
  port: number
  /** Mock, receiver and app of the story under way; undefined for the moment it takes to start them. */
  stage(): Stage | undefined
  /** Tabs that are listening. */
  tabs(): number
  /** Ends the page, the app and everything else at once. */
  close(): Promise<void>
}

/** Control calls are tiny. */
const MAXIMUM_BODY = 1_024

/** Starts the demo and its page on loopback. */
export const startPage = async (options: PageOptions = {}): Promise<Page> => {
  const scenario = storyNamed(options.scenario ?? 'normal')
  if (scenario === undefined) throw new RangeError(`no scenario "${options.scenario}"`)
  const assets = loadAssets()
  const stream = new Stream()
  const session = new Session(stream.publish, options.stage)
  let port = 0
  const server = createServer((request, response) => {
    void answer({ request, response, port, assets, stream, session }).catch((error) => {
      if (response.headersSent) response.destroy()
      else send(response, 500, { message: String(error) })
    })
  })
  const end = async () => {
    stream.end()
    await Promise.all([session.end(), server.listening ? stop(server) : undefined])
  }
  try {
    port = await listenSomewhere(server, options.port ?? 0)
    await session.play(scenario)
    const url = `http://127.0.0.1:${port}`
    return { url, port, stage: () => session.run?.stage, tabs: () => stream.size, close: end }
  } catch (error) {
    await end()
    throw error
  }
}

/** The scenario of that name, of those that are stories. */
const storyNamed = (name: string) => SCENARIOS.find((scenario) => scenario.name === name)

const listenSomewhere = (server: Server, port: number): Promise<number> =>
  listen(server, port, '127.0.0.1').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE' || error.code === 'EACCES') return listen(server, 0, '127.0.0.1')
    throw error
  })

interface Exchange {
  request: IncomingMessage
  response: ServerResponse
  port: number
  assets: ReadonlyMap<string, Asset>
  stream: Stream
  session: Session
}

const answer = async ({ request, response, port, assets, stream, session }: Exchange): Promise<void> => {
  for (const [name, value] of Object.entries(SAFE_HEADERS)) response.setHeader(name, value)
  const { method = '' } = request
  const path = (request.url ?? '').replace(/\?.*$/, '')
  const refused = refusal(method, request.headers, port)
  if (refused) return send(response, refused.status, { message: refused.message })
  if (method === 'POST') return control(path, await bodyOf(request), response, session)
  if (path === '/events' && method === 'GET' && session.run) {
    if (stream.isFull) return send(response, 503, { message: 'Too many tabs are open.' })
    return stream.add(response, session.run.hello())
  }
  const asset = assets.get(path)
  if (!asset) return send(response, 404, { message: `There is nothing at ${path}.` })
  response.writeHead(200, { 'Content-Type': asset.type, 'Content-Length': Buffer.byteLength(asset.body) })
  response.end(method === 'HEAD' ? undefined : asset.body)
}

const control = async (path: string, body: unknown, response: ServerResponse, session: Session): Promise<void> => {
  if (path === '/pause') session.run?.pause()
  else if (path === '/resume') session.run?.resume()
  else if (path === '/play') {
    const name = (body as { scenario?: unknown } | null)?.scenario
    const scenario = typeof name === 'string' ? storyNamed(name) : undefined
    if (!scenario) return send(response, 400, { message: `No scenario ${JSON.stringify(name)}.` })
    await session.play(scenario)
  } else return send(response, 404, { message: `There is no control call ${path}.` })
  send(response, 200, {})
}

const bodyOf = async (request: IncomingMessage): Promise<unknown> => {
  let text = ''
  for await (const chunk of request) {
    text += chunk
    if (text.length > MAXIMUM_BODY) return undefined
  }
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const send = (response: ServerResponse, status: number, value: unknown): void => {
  response.writeHead(status, { 'Content-Type': 'application/json' })
  response.end(`${JSON.stringify(value)}\n`)
}

/** On every answer: nothing from elsewhere, nothing for others, nothing inline. */
const SAFE_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
}

/** Names of this machine that no DNS record can take over. */
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'] as const

const ownHosts = (port: number): string[] =>
  LOOPBACK.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]))

/**
 * Refuses what does not come from a page of ours: another Host is a page elsewhere whose name was made to point here
 * (DNS rebinding); another Origin is a page elsewhere that tries to push our buttons.
 */
const refusal = (
  method: string,
  headers: IncomingHttpHeaders,
  port: number,
): { status: number; message: string } | undefined => {
  const hosts = ownHosts(port)
  if (!hosts.includes((headers.host ?? '').toLowerCase())) {
    return { status: 421, message: `This server answers to ${hosts.join(', ')} only.` }
  }
  if (method === 'GET' || method === 'HEAD') return undefined
  if (method !== 'POST') return { status: 405, message: 'GET and POST only.' }
  const site = headers['sec-fetch-site']
  const foreign =
    (site !== undefined && site !== 'same-origin') ||
    (headers.origin !== undefined && !hosts.some((host) => headers.origin === `http://${host}`))
  if (foreign) return { status: 403, message: 'Control calls are taken from this page only.' }
  if (!/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '')) {
    return { status: 415, message: 'Control calls are JSON.' }
  }
  return undefined
}

/** A file as it is served. */
interface Asset {
  type: string
  body: Buffer | string
}

const TYPES = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
} as const

/** The folder that holds package.json, from a source file or from a built one. */
const repositoryRoot = (): string => {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder)
  return folder
}

/** Everything the page consists of, by path, read once: what is not among it cannot be asked for, whatever the path. */
const loadAssets = (): ReadonlyMap<string, Asset> => {
  const root = repositoryRoot()
  const page = join(root, 'examples/demo/page')
  const build = join(root, 'build')
  const uplot = dirname(createRequire(import.meta.url).resolve('uplot/package.json'))
  const browser = 'examples/demo/page/browser'
  const assets = new Map<string, Asset>()
  const add = (path: string, kind: keyof typeof TYPES, file: string) =>
    assets.set(path, { type: TYPES[kind], body: readFileSync(file) })

  add('/', 'html', join(page, 'page.html'))
  add('/page.css', 'css', join(page, 'page.css'))
  add('/icon.svg', 'svg', join(page, 'icon.svg'))
  add('/uplot.js', 'js', join(uplot, 'dist/uPlot.iife.min.js'))
  add('/uplot.css', 'css', join(uplot, 'dist/uPlot.min.css'))
  add('/js/dashboards/palette.js', 'js', join(build, 'dashboards/palette.js'))
  for (const file of readdirSync(join(build, browser)).filter((name) => name.endsWith('.js'))) {
    add(`/js/${browser}/${file}`, 'js', join(build, browser, file))
  }
  assets.set('/runbook', { type: TYPES.html, body: runbookPage(join(root, 'docs/runbook.md')) })
  return assets
}
