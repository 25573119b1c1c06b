import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { listen, stop } from '../../mock/listen.ts'
import { SCENARIOS } from '../../scenarios.ts'
import type { Stage, StageOptions } from '../stage.ts'
import { type Asset, loadAssets } from './assets.ts'
import { refusal, SAFE_HEADERS } from './guard.ts'
import { Session } from './session.ts'
import { Stream } from './stream.ts'

/** How the page is set up. */
export interface PageOptions {
  /** Port wanted; a free one is taken when somebody else has it. Default: a free one. */
  port?: number
  /** Scenario to begin with. Default `normal`. */
  scenario?: string
  /** Folder of the compiled browser code. Default: `build` of this repository. */
  build?: string
  /** What to change of the traffic behind it. */
  stage?: StageOptions
}

/** The page, running. */
export interface Page {
  url: string
  port: number
  /** Mock, receiver and app behind it. */
  stage: Stage
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
  const assets = loadAssets(options.build)
  const stream = new Stream()
  const session = new Session(stream.publish)
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
    const stage = await session.start(options.stage)
    session.play(scenario)
    return { url: `http://127.0.0.1:${port}`, port, stage, tabs: () => stream.size, close: end }
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
  if (path === '/events' && method === 'GET') {
    if (stream.isFull) return send(response, 503, { message: 'Too many tabs are open.' })
    return stream.add(response, session.hello())
  }
  const asset = assets.get(path)
  if (!asset) return send(response, 404, { message: `There is nothing at ${path}.` })
  response.writeHead(200, { 'Content-Type': asset.type, 'Content-Length': Buffer.byteLength(asset.body) })
  response.end(method === 'HEAD' ? undefined : asset.body)
}

const control = async (path: string, body: unknown, response: ServerResponse, session: Session): Promise<void> => {
  if (path === '/pause') {
    await session.pause()
    return send(response, 200, {})
  }
  if (path !== '/play') return send(response, 404, { message: `There is no control call ${path}.` })
  const name = (body as { scenario?: unknown } | null)?.scenario
  const scenario = typeof name === 'string' ? storyNamed(name) : undefined
  if (!scenario) return send(response, 400, { message: `No scenario ${JSON.stringify(name)}.` })
  session.play(scenario)
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
