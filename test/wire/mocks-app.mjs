// Calls that a mock answers in the process itself, counted from requests. Prints what was counted, and what classify says of
// an answer and of an error that the mock makes. Arguments: our library, classify, the mock, who is first.
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const [library, classifyFile, mock, first] = process.argv.slice(2)
const require = createRequire(import.meta.url)
const fromLab = createRequire(`${process.cwd()}/app.js`)
const importLab = (name) => import(pathToFileURL(fromLab.resolve(name)).href)
const { MangopayClientMonitor } = require(library)
const { classify } = require(classifyFile)

const ORIGIN = 'https://api.sandbox.mangopay.com'
const [READ, REFUSED, BROKEN] = ['users/1', 'transfers', 'payins/card/direct'].map((path) => `/v2.01/acme/${path}`)
const undici = fromLab('undici')

const MOCKS = {
  nock: async () => {
    const { default: nock } = await importLab('nock')
    const api = nock(ORIGIN).persist()
    api.get(READ).reply(200, {})
    api.post(REFUSED).reply(500, { Type: 'other' })
    api
      .post(BROKEN)
      .replyWithError(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' }))
  },
  msw: async () => {
    const { http, HttpResponse } = await importLab('msw')
    const { setupServer } = await importLab('msw/node')
    setupServer(
      http.get(ORIGIN + READ, () => HttpResponse.json({})),
      http.post(ORIGIN + REFUSED, () => HttpResponse.json({ Type: 'other' }, { status: 500 })),
      http.post(ORIGIN + BROKEN, () => HttpResponse.error()),
    ).listen()
  },
  MockAgent: async () => {
    const agent = new undici.MockAgent()
    agent.disableNetConnect()
    undici.setGlobalDispatcher(agent)
    const api = agent.get(ORIGIN)
    api.intercept({ path: READ }).reply(200, {}).persist()
    api.intercept({ path: REFUSED, method: 'POST' }).reply(500, { Type: 'other' }).persist()
    api.intercept({ path: BROKEN, method: 'POST' }).replyWithError(new Error('broken')).persist()
  },
}
let monitor
const steps = [
  MOCKS[mock],
  async () => {
    monitor = new MangopayClientMonitor()
  },
]
for (const step of first === 'ours' ? steps.reverse() : steps) await step()

const about = (path) => ({ method: 'POST', url: ORIGIN + path })
const thrown = (call) =>
  call.then(
    () => 'it was fulfilled',
    (error) => error,
  )
let refused
let broken
if (mock === 'MockAgent') {
  await (await undici.request(ORIGIN + READ)).body.text()
  const answer = await undici.request(ORIGIN + REFUSED, { method: 'POST', body: '{}' })
  await answer.body.text()
  refused = classify(answer, about(REFUSED))
  broken = classify(await thrown(undici.request(ORIGIN + BROKEN, { method: 'POST', body: '{}' })), about(BROKEN))
} else {
  const axios = fromLab('axios')
  await axios.get(ORIGIN + READ)
  await (await fetch(ORIGIN + READ)).text()
  refused = classify(await thrown(axios.post(ORIGIN + REFUSED, {})))
  broken = classify(await thrown(axios.post(ORIGIN + BROKEN, {})))
}
await new Promise((resolve) => setTimeout(resolve, 50))
const { calls = 0, failures = {} } = monitor.snapshot().environments.sandbox ?? {}
const say = ({ category, outcome, operation }) => [category, outcome, operation].join(' ')
console.log(JSON.stringify({ calls, failures, refused: say(refused), broken: say(broken) }))
process.exit()
