/** Traffic that is full of secrets, for the tests of leaks. */
import { DEMO_CLIENT } from '../../examples/mock/options.ts'
import type { Fault } from '../../examples/scenarios.ts'
import type { Ask, ClientName } from './instrumented.ts'
import type { Lab } from './lab.ts'

const CLIENTS: ClientName[] = ['sdk', 'axios', 'fetch', 'undici']

/** What nobody may find, besides all that the mock hands out or receives. */
export const SECRETS = {
  user: 'user_m_01JSECRETUSER',
  unknown: 'zz-secret-segment-zz',
  query: 'secret-query-value',
  email: 'ada.secret@shop.example',
  iban: 'FR7630004000031234567890143',
  key: 'order-secret-idempotency',
  own: 'secret-request-header',
  echoed: 'secret-response-header',
  version: 'vsecret-version',
  second: 'second-platform-secret',
  login: 'login-secret',
}
const DATA = { Email: SECRETS.email, IBAN: SECRETS.iban, Tag: SECRETS.login, Amount: 1 }

const FAULTS: Fault[] = [
  { kind: 'slow', milliseconds: 1 },
  { kind: 'status', status: 400 },
  { kind: 'sca' },
  { kind: 'edge', status: 502 },
  { kind: 'edge', status: 403 },
  { kind: 'status', status: 429 },
  { kind: 'redirect' },
  { kind: 'credentials' },
  { kind: 'empty', status: 204 },
]
/** These kill the SDK's process. No RST in a body: what the client has read by then is a matter of chance. */
const CUTS: Fault[] = [{ kind: 'reset' }, { kind: 'cut', how: 'fin' }]

const asks = (lab: Lab): Ask[] => {
  const { user, unknown, query, key, own, version, second } = SECRETS
  const headers = { 'X-Own': own, 'Idempotency-Key': key }
  return [
    { method: 'GET', url: lab.url(`/users/${user}?Email=${query}&sig=${query}`) },
    { method: 'GET', url: lab.url(`/users/${encodeURIComponent(`${user}/../é`)}/wallets/`) },
    { method: 'POST', url: lab.url('/payins/card/direct'), body: DATA, headers },
    { method: 'POST', url: lab.url('/payins/card/direct'), body: DATA, headers },
    { method: 'GET', url: lab.url(`/responses/${key}`) },
    { method: 'PUT', url: lab.url(`/users/natural/${user}`), body: DATA },
    { method: 'DELETE', url: lab.url(`/users/natural/${user}`), body: DATA },
    { method: 'DELETE', url: lab.url(`/users/${user}`) },
    { method: 'GET', url: lab.url(`/${unknown}/${user}`) },
    { method: 'GET', url: lab.url(`/users/${user}/${unknown}?a=${query}#${query}`) },
    { method: 'GET', url: lab.url('/users').replace('/v2.01/', `/${version}/`) },
    { method: 'GET', url: lab.url('/users').replace(DEMO_CLIENT.clientId, second) },
    { method: 'GET', url: `${lab.mock.url}/${unknown}` },
    { method: 'POST', url: lab.tokenUrl, headers: { authorization: `Basic ${btoa(`${second}:${key}`)}` } },
  ]
}

/** The same calls in the same order each time. */
export const traffic = async (lab: Lab) => {
  for (const client of CLIENTS) {
    for (const ask of asks(lab)) await lab.call(client, ask)
    for (const fault of client === 'sdk' ? FAULTS : [...FAULTS, ...CUTS]) {
      for (const ask of asks(lab).slice(0, 3)) {
        lab.mock.failNext(fault)
        await lab.call(client, ask)
      }
    }
  }
  const { user, login, key } = SECRETS
  const withLogin = lab.url(`/users/${user}`).replace('//', `//${login}:${key}@`)
  await lab.call('axios', { method: 'GET', url: withLogin })
}

/** Headers of hostile answers: values that look like a quota but carry something else. */
export const alterHeaders = (headers: Record<string, string | string[]>) => ({
  ...headers,
  'X-Request-Id': SECRETS.echoed,
  ...(headers['X-RateLimit'] === undefined ? {} : { 'X-RateLimit': [...headers['X-RateLimit'], SECRETS.echoed] }),
})
