// An app that prints everything it can notice of its own requests. Arguments: what to do, URL of a server.
import http from 'node:http'
import { inspect } from 'node:util'

const [what, url] = process.argv.slice(2)
const print = (...words) => console.log(...words)

const REQUEST = ['socket', 'connect', 'response', 'finish', 'abort', 'timeout', 'error', 'close']
const RESPONSE = ['data', 'readable', 'pause', 'resume', 'end', 'aborted', 'error', 'close']

function told(request) {
  for (const name of REQUEST) request.on(name, (it) => print('request', name, it?.code ?? it?.message ?? ''))
  request.on('response', (response) => {
    for (const name of RESPONSE) {
      if (name !== 'readable' && name !== 'data') response.on(name, (it) => print('response', name, it?.code ?? ''))
    }
    print(response.statusCode, response.readableFlowing, Object.keys(response.headers).length)
    response.on('data', (chunk) => print('response data', chunk.length, response.complete))
  })
  return request
}

const get = (agent, path = '') =>
  new Promise((resolve, reject) => {
    const request = http.get(url + path, { agent }, (response) => {
      response.resume().on('end', () => resolve(request.reusedSocket))
    })
    request.on('error', reject)
  })

const ACTS = {
  events: () => told(http.request(url, { method: 'POST' })).end('{}'),
  'events of a cut body': () => told(http.get(`${url}/cut`)),
  'events of a reset': () => told(http.get(`${url}/reset`)),
  'events of a time limit': () => {
    const request = told(http.get(`${url}/silent`))
    request.on('finish', () => request.setTimeout(100)) // a busy machine may take longer to connect
    request.on('timeout', () => request.destroy())
  },
  'events of an abort': () => {
    const request = told(http.get(`${url}/silent`))
    request.on('finish', () => setTimeout(() => request.abort(), 100))
  },
  'an error nobody hears': () => http.get('http://127.0.0.1:1/'),
  'a cut body nobody hears': () => http.get(`${url}/cut`, (response) => response.resume()),
  'a rejection nobody hears': () => fetch('http://127.0.0.1:1/'),
  'a listener that throws': () =>
    http.get(url, () => {
      throw new Error('of the app')
    }),
  'answers nobody reads': async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
    for (let i = 0; i < 3; i++) {
      await new Promise((resolve) => {
        const request = http.request(url, { agent }) // without a listener for 'response' Node drops the body
        request.on('close', () => resolve(print('closed', request.reusedSocket))).end()
      })
    }
    agent.destroy()
  },
  'connections that are kept': async () => {
    const agent = new http.Agent({ keepAlive: true })
    for (let i = 0; i < 4; i++) print(await get(agent))
    print(Object.values(agent.freeSockets).map((all) => all.map((socket) => socket.listenerCount('timeout'))))
    agent.destroy()
  },
  'as many listeners as Node allows': () => {
    const request = http.get(url, (response) => {
      for (let i = 0; i < 9; i++) response.on('end', () => {})
      response.resume()
    })
    for (let i = 0; i < 10; i++) request.on('close', () => {})
  },
  'numbers of listeners': () => {
    const request = http.get(url, (response) => {
      print(['data', 'readable', 'error', 'close', 'aborted'].map((name) => response.listenerCount(name)))
      response.resume()
    })
    print(['error', 'response', 'timeout', 'finish', 'drain', 'abort'].map((name) => request.listenerCount(name)))
  },
  'a request that is logged': () => {
    const request = http.get(`${url}/v2.01/acme/users/user_m_01SECRET`, (response) => response.resume())
    print(Object.keys(request), Object.keys({ ...request }).length, inspect(request, { depth: 0 }).length > 0)
    print(Object.getOwnPropertySymbols({ ...request }).map(({ description }) => description))
  },
  fetch: async () => {
    const response = await fetch(url, { method: 'POST', body: '{}' })
    print(response.status, await response.text())
    await fetch(`${url}/cut`)
      .then((cut) => cut.text())
      .catch((error) => print(error.message, error.cause?.code))
    const { signal } = AbortSignal.timeout(100) && { signal: AbortSignal.timeout(100) }
    await fetch(`${url}/silent`, { signal }).catch((error) => print(error.name))
    await fetch(url) // not read
  },
}

process.on('warning', ({ name, message }) => print('warning', name, message))
process.on('exit', (code) => print('exit', code))
if (what === 'list') process.stdout.write(JSON.stringify(Object.keys(ACTS)))
else await ACTS[what]?.()
