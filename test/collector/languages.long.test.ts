/** Spans as the agents of six languages leave them, written by hand from their sources, and what is true of each. */
import { afterAll, expect, test } from 'vitest'
import { Stack } from '../stack/servers.ts'
import { have } from '../stack/tools.ts'
import { runCollector } from './running.ts'
import type { PlainSpan } from './spans.ts'

const stack = new Stack()
afterAll(() => stack.stop())

const HOST = 'api.mangopay.com'
const URL = `https://${HOST}/v2.01/acme/transfers`

/** A POST by the stable conventions; an error type makes it an error. */
const stable = (error: string | undefined, more: PlainSpan['attributes'] = {}): PlainSpan => ({
  attributes: {
    'http.request.method': 'POST',
    'server.address': HOST,
    'server.port': 443,
    'url.full': URL,
    ...(error !== undefined && { 'error.type': error }),
    ...more,
  },
  ...(error !== undefined && { status: { code: 2 } }),
})
/** A POST by the old conventions. */
const old = (more: PlainSpan['attributes'] = {}): PlainSpan => ({
  attributes: {
    'http.method': 'POST',
    'net.peer.name': HOST,
    'http.target': '/v2.01/acme/transfers',
    'http.scheme': 'https',
    ...more,
  },
})
const thrown = (span: PlainSpan, type: string, message: string): PlainSpan => ({
  ...span,
  status: { code: 2, message },
  events: [
    {
      name: 'exception',
      attributes: {
        'exception.type': type,
        'exception.message': message,
        'exception.stacktrace': `${type}: ${message}\n  at x`,
      },
    },
  ],
})
const status = (code: number) => ({ 'http.response.status_code': code })

/** Agent, span, category, outcome. */
const CASES: [agent: string, span: PlainSpan, category: string | undefined, outcome: string][] = [
  ['java', stable(undefined, status(200)), undefined, 'success'],
  ['java', stable('503', status(503)), 'server_error', 'unknown'],
  [
    'java',
    thrown(stable('java.net.SocketTimeoutException'), 'java.net.SocketTimeoutException', 'Read timed out'),
    'timeout',
    'unknown',
  ],
  [
    'java',
    thrown(stable('java.net.SocketTimeoutException'), 'java.net.SocketTimeoutException', 'Connect timed out'),
    'timeout',
    'failure',
  ],
  [
    'java',
    thrown(
      stable('java.net.http.HttpConnectTimeoutException'),
      'java.net.http.HttpConnectTimeoutException',
      'HTTP connect timed out',
    ),
    'timeout',
    'failure',
  ],
  [
    'java',
    thrown(stable('java.net.UnknownHostException'), 'java.net.UnknownHostException', 'api.mangopay.com'),
    'network',
    'failure',
  ],
  [
    'java',
    thrown(stable('java.net.ConnectException'), 'java.net.ConnectException', 'Connection refused'),
    'network',
    'failure',
  ],
  [
    'java',
    thrown(stable('java.net.SocketException'), 'java.net.SocketException', 'Connection reset'),
    'network',
    'unknown',
  ],
  [
    'java',
    thrown(
      stable('javax.net.ssl.SSLHandshakeException'),
      'javax.net.ssl.SSLHandshakeException',
      'PKIX path building failed',
    ),
    'network',
    'failure',
  ],
  ['java', stable('java.util.concurrent.CancellationException'), 'cancelled', 'unknown'],
  // A body that was cut behind a 200, and an error of the app behind another.
  [
    'java',
    thrown(
      stable('org.apache.http.ConnectionClosedException', status(200)),
      'org.apache.http.ConnectionClosedException',
      'Premature end',
    ),
    'network',
    'unknown',
  ],
  [
    'java',
    thrown(stable('com.shop.PaymentRefused', status(200)), 'com.shop.PaymentRefused', 'payin refused'),
    undefined,
    'success',
  ],

  [
    'python requests',
    thrown(
      stable('ReadTimeout'),
      'requests.exceptions.ReadTimeout',
      "HTTPSConnectionPool(host='api.mangopay.com', port=443): Read timed out.",
    ),
    'timeout',
    'unknown',
  ],
  [
    'python requests',
    thrown(stable('ConnectTimeout'), 'requests.exceptions.ConnectTimeout', 'Max retries exceeded'),
    'timeout',
    'failure',
  ],
  [
    'python requests',
    thrown(
      stable('ConnectionError'),
      'requests.exceptions.ConnectionError',
      'Failed to establish a new connection: [Errno 111] Connection refused',
    ),
    'network',
    'failure',
  ],
  [
    'python requests',
    thrown(
      stable('ConnectionError'),
      'requests.exceptions.ConnectionError',
      "('Connection aborted.', ConnectionResetError(104, 'Connection reset by peer'))",
    ),
    'network',
    'unknown',
  ],
  [
    'python requests',
    thrown(stable('InvalidHeader'), 'requests.exceptions.InvalidHeader', 'Invalid leading whitespace'),
    'invalid_request',
    'failure',
  ],
  [
    'python httpx',
    thrown(stable('ConnectError'), 'httpx.ConnectError', 'All connection attempts failed'),
    'network',
    'failure',
  ],
  [
    'python httpx',
    thrown(
      stable('RemoteProtocolError', status(200)),
      'httpx.RemoteProtocolError',
      'peer closed connection without sending complete message body',
    ),
    'network',
    'unknown',
  ],
  ['python aiohttp', stable('CancelledError'), 'cancelled', 'unknown'],

  [
    'go otelhttp',
    thrown(
      stable('*errors.errorString'),
      '*errors.errorString',
      'Post "…": dial tcp: lookup api.mangopay.com: no such host',
    ),
    'network',
    'failure',
  ],
  [
    'go otelhttp',
    thrown(
      stable('*url.Error'),
      '*url.Error',
      'context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
    ),
    'timeout',
    'unknown',
  ],
  [
    'go otelhttp',
    thrown(stable('*errors.errorString'), '*errors.errorString', 'context canceled'),
    'cancelled',
    'unknown',
  ],
  [
    'go otelhttp',
    thrown(stable('*errors.errorString'), '*errors.errorString', 'unsupported protocol scheme "mangopay"'),
    'invalid_request',
    'failure',
  ],
  [
    'go otelhttp',
    thrown(stable('*errors.errorString', status(200)), '*errors.errorString', 'unexpected EOF'),
    'network',
    'unknown',
  ],

  ['ruby net_http', old({ 'http.status_code': 409 }), 'idempotency_conflict', 'unknown'],
  [
    'ruby net_http',
    thrown(old(), 'Net::ReadTimeout', 'Net::ReadTimeout with #<TCPSocket:(closed)>'),
    'timeout',
    'unknown',
  ],
  ['ruby net_http', thrown(old(), 'Net::OpenTimeout', 'execution expired'), 'timeout', 'failure'],
  [
    'ruby faraday',
    thrown(old(), 'Errno::ECONNREFUSED', 'Failed to open TCP connection to api.mangopay.com:443'),
    'network',
    'failure',
  ],

  ['dotnet', stable('name_resolution_error'), 'network', 'failure'],
  ['dotnet', stable('System.Threading.Tasks.TaskCanceledException'), 'timeout', 'unknown'],
  ['dotnet', stable('response_ended', status(200)), 'network', 'unknown'],
  ['dotnet', stable('429', status(429)), 'rate_limit', 'failure'],

  // curl's instrumentation writes the peer's IP address where the host belongs.
  ['php curl', stable(undefined, { ...status(200), 'server.address': '104.18.6.66' }), undefined, 'success'],
  ['php curl', stable('cURL error (28)', { 'server.address': '' }), 'timeout', 'unknown'],
  ['php curl', stable('cURL error (6)', { 'server.address': '' }), 'network', 'failure'],
  ['php curl', stable('cURL error (18)', { ...status(200), 'server.address': '104.18.6.66' }), 'network', 'unknown'],
  [
    'php guzzle',
    thrown(
      stable('GuzzleHttp\\Exception\\ConnectException'),
      'GuzzleHttp\\Exception\\ConnectException',
      `cURL error 7: Failed to connect to api.mangopay.com port 443 for ${URL}`,
    ),
    'network',
    'failure',
  ],
  [
    'php guzzle',
    thrown(
      stable('GuzzleHttp\\Exception\\ConnectException'),
      'GuzzleHttp\\Exception\\ConnectException',
      'cURL error 28: Operation timed out after 30000 milliseconds',
    ),
    'timeout',
    'unknown',
  ],
]

test.skipIf(!have('collector'))('spans of six languages', async () => {
  const collector = await runCollector(stack)
  const tagged = await collector.tag(CASES.map(([, span]) => span))
  const said = CASES.map(([agent, span], at) => {
    const { tags = {}, name } = tagged[at] ?? {}
    const evidence = span.events?.[0]?.attributes?.['exception.message'] ?? span.attributes['error.type'] ?? ''
    return [
      agent,
      evidence,
      name,
      tags['mangopay.operation'],
      tags['mangopay.error.category'],
      tags['mangopay.outcome'],
    ]
  })
  const [name, operation] = ['POST /v2.01/{clientId}/transfers', 'POST /transfers']
  const expected = CASES.map(([, , category, outcome], at) => [
    ...(said[at] ?? []).slice(0, 2),
    name,
    operation,
    category,
    outcome,
  ])
  expect(said).toEqual(expected)
})
